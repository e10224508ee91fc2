//! The mails' words, from a folder of templates each. They say who writes, to whom, until when and whom to call; nothing
//! about a patient, not even that there is a particular one.

use crate::Sender;
use askama::Template;
use chrono::{DateTime, FixedOffset, Utc};
use medius_domain::link::{Link, LinkSecret, OneTimeCode};
use medius_domain::provider::Provider;
use medius_store::{Message, StoreError};

/// What both mails say about themselves.
struct Facts<'a> {
    sender: &'a Sender,
    provider: &'a Provider,
    reference: String,
    until: String,
}

impl<'a> Facts<'a> {
    fn new(sender: &'a Sender, provider: &'a Provider, link: &Link, until: DateTime<Utc>) -> Self {
        Self { sender, provider, reference: reference(link), until: kst(until) }
    }
}

#[derive(Template)]
#[template(path = "provider_link/mail.html")]
struct LinkHtml<'a> {
    facts: &'a Facts<'a>,
    url: &'a str,
}

#[derive(Template)]
#[template(path = "provider_link/mail.txt")]
struct LinkText<'a> {
    facts: &'a Facts<'a>,
    url: &'a str,
}

#[derive(Template)]
#[template(path = "provider_code/mail.html")]
struct CodeHtml<'a> {
    facts: &'a Facts<'a>,
    code: &'a str,
}

#[derive(Template)]
#[template(path = "provider_code/mail.txt")]
struct CodeText<'a> {
    facts: &'a Facts<'a>,
    code: &'a str,
}

/// The mail with the link. A repeat is the same mail.
pub(crate) fn link(
    sender: &Sender,
    provider: &Provider,
    link: &Link,
    secret: &LinkSecret,
) -> Result<Message, StoreError> {
    let facts = Facts::new(sender, provider, link, link.expires_at);
    let url = format!("{}/r/{}#{}", sender.base_url, link.id, secret.expose());
    let subject =
        format!("[{}] 진료 의뢰 자료가 도착했습니다 · A patient referral for you ({})", sender.name, facts.reference);
    let html = LinkHtml { facts: &facts, url: &url }.render();
    let text = LinkText { facts: &facts, url: &url }.render();
    message(provider, subject, html, text)
}

/// The mail with a code.
pub(crate) fn code(
    sender: &Sender,
    provider: &Provider,
    link: &Link,
    valid_until: DateTime<Utc>,
    code: &OneTimeCode,
) -> Result<Message, StoreError> {
    let facts = Facts::new(sender, provider, link, valid_until);
    // The code is not in the subject: subjects show on locked screens.
    let subject = format!("[{}] 일회용 코드 · One-time code ({})", sender.name, facts.reference);
    let html = CodeHtml { facts: &facts, code: code.expose() }.render();
    let text = CodeText { facts: &facts, code: code.expose() }.render();
    message(provider, subject, html, text)
}

fn message(
    provider: &Provider,
    subject: String,
    html: Result<String, askama::Error>,
    text: Result<String, askama::Error>,
) -> Result<Message, StoreError> {
    let (Ok(html), Ok(text)) = (html, text) else { return Err(StoreError::Corrupt { place: "mail" }) };
    Ok(Message { to: provider.contact_email.clone(), subject, text, html })
}

/// What to name on the telephone: the first eight digits of the delivery's id. Opaque, and short enough to be read aloud.
fn reference(link: &Link) -> String {
    let digits: String = link.delivery_id.as_str().chars().skip("dlv_".len()).take(8).collect();
    digits.to_ascii_uppercase()
}

fn kst(at: DateTime<Utc>) -> String {
    // Seoul has been nine hours ahead of UTC, without summer time, since 1988.
    FixedOffset::east_opt(9 * 3600)
        .map_or_else(|| at.to_rfc3339(), |kst| at.with_timezone(&kst).format("%Y-%m-%d %H:%M").to_string())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use medius_domain::id::{CaseId, LinkId, ReferralId, Subject};
    use medius_domain::link::LinkState;
    use serde_json::json;

    fn provider() -> Provider {
        serde_json::from_value(json!({
            "id": "prv_00000000000000000000000000000001", "name_ko": "서울 <예시> & 병원",
            "name_en": "Seoul <b>Example</b> Hospital", "department_ko": "내분비내과", "department_en": "Endocrinology",
            "contact_email": "international@hospital.example", "registration_number": "A-2024-01-000123",
            "registration_expires_on": "2028-12-31", "active": true
        }))
        .unwrap()
    }

    fn sender() -> Sender {
        Sender {
            name: "Medius".to_owned(),
            phone: "+82 2 555 0100".to_owned(),
            registration: "M-2025-01-000777".to_owned(),
            base_url: "https://r.medius.example".to_owned(),
        }
    }

    fn example_link() -> Link {
        let created_at = "2026-11-22T10:05:00Z".parse().unwrap();
        Link {
            id: LinkId::new(),
            case_id: CaseId::new(),
            subject: Subject::of("x"),
            referral_id: ReferralId::new(),
            delivery_id: "dlv_1a2b3c4d00000000000000000000000f".parse().unwrap(),
            provider_id: provider().id,
            secret_sha256: String::new(),
            generation: 1,
            epoch: 1,
            rev: 1,
            state: LinkState::Queued,
            downloads: 0,
            max_downloads: 10,
            code_n: 0,
            created_at,
            expires_at: Link::expiry(created_at),
            sent_at: None,
            unlocked_at: None,
            downloaded_at: None,
            acknowledged_at: None,
            revoked_at: None,
        }
    }

    fn both() -> (Link, LinkSecret, [Message; 2]) {
        let (example, secret) = (example_link(), LinkSecret::from_mac(&[7; 32]));
        let until = "2026-11-22T10:15:00Z".parse().unwrap();
        let code_mail = code(&sender(), &provider(), &example, until, &OneTimeCode::from_mac(&[255; 32])).unwrap();
        let link_mail = link(&sender(), &provider(), &example, &secret).unwrap();
        (example, secret, [link_mail, code_mail])
    }

    #[test]
    fn mails_are_whole_and_escape_what_the_directory_holds() {
        for mail in both().2 {
            assert_eq!(mail.to.expose(), "international@hospital.example");
            for part in [&mail.subject, &mail.text, &mail.html] {
                assert!(!["{{", "}}", "{%", "{#"].iter().any(|mark| part.contains(mark)));
                assert!(part.contains("1A2B3C4D") && part.contains("Medius"));
            }
            assert!(!mail.subject.contains(char::is_control));
            assert!(mail.html.contains("서울 &#60;예시&#62; &#38; 병원") && !mail.html.contains("<b>Example"));
            assert!(mail.text.contains("서울 <예시> & 병원"));
            for part in [&mail.text, &mail.html] {
                assert!(part.contains("+82 2 555 0100") && part.contains("M-2025-01-000777"));
            }
            // No picture, no style sheet, no font of another host: nothing tells that the mail was read.
            for remote in ["<img", "<link", "src=", "@import", "url("] {
                assert!(!mail.html.contains(remote), "{remote}");
            }
            if let Some(folder) = std::env::var_os("MEDIUS_MAIL_PREVIEW") {
                let name = if mail.html.contains("/r/") { "link" } else { "code" };
                std::fs::write(std::path::Path::new(&folder).join(format!("{name}.html")), &mail.html).unwrap();
                std::fs::write(std::path::Path::new(&folder).join(format!("{name}.txt")), &mail.text).unwrap();
            }
        }
    }

    #[test]
    fn the_link_stands_once_as_a_button_and_once_as_text() {
        let (example, secret, [link_mail, code_mail]) = both();
        let url = format!("https://r.medius.example/r/{}#{}", example.id, secret.expose());
        assert_eq!(link_mail.html.matches(&format!("href=\"{url}\"")).count(), 1);
        assert_eq!(link_mail.html.matches(&url).count(), 2);
        assert_eq!(link_mail.text.matches(&url).count(), 1);
        assert!(link_mail.text.contains("2026-12-06 19:05"));
        assert!(!code_mail.html.contains(secret.expose()) && !code_mail.html.contains("href="));
        assert!(code_mail.text.contains("09551615") && code_mail.html.contains("09551615"));
        assert!(!code_mail.subject.contains("09551615"));
        assert!(code_mail.text.contains("2026-11-22 19:15"));
    }
}
