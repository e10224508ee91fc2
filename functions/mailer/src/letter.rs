//! The words of mails to institutions, from a folder of templates each. They say who writes, to whom, until when and whom to
//! call; nothing about a patient, not even that there is a particular one.

use crate::Sender;
use crate::error::MailError;
use askama::Template;
use chrono::{DateTime, Utc};
use medius_domain::clock::kst_minute;
use medius_domain::code::OneTimeCode;
use medius_domain::link::{Factor, Link, LinkSecret};
use medius_domain::provider::Provider;
use medius_store::Message;

/// What every mail to an institution says about itself.
pub(crate) struct Facts<'a> {
    pub(crate) provider: &'a Provider,
    pub(crate) reference: String,
    pub(crate) at: String,
}

impl<'a> Facts<'a> {
    pub(crate) fn new(provider: &'a Provider, link: &Link, at: DateTime<Utc>) -> Self {
        Self { provider, reference: link.reference(), at: kst_minute(at) }
    }
}

#[derive(Template)]
#[template(path = "provider_link/mail.html")]
struct LinkHtml<'a> {
    sender: &'a Sender,
    facts: &'a Facts<'a>,
    url: &'a str,
    told: bool,
}

#[derive(Template)]
#[template(path = "provider_link/mail.txt")]
struct LinkText<'a> {
    sender: &'a Sender,
    facts: &'a Facts<'a>,
    url: &'a str,
    told: bool,
}

#[derive(Template)]
#[template(path = "provider_code/mail.html")]
struct CodeHtml<'a> {
    sender: &'a Sender,
    facts: &'a Facts<'a>,
    code: &'a str,
}

#[derive(Template)]
#[template(path = "provider_code/mail.txt")]
struct CodeText<'a> {
    sender: &'a Sender,
    facts: &'a Facts<'a>,
    code: &'a str,
}

#[derive(Template)]
#[template(path = "provider_ended/mail.html")]
struct EndedHtml<'a> {
    sender: &'a Sender,
    facts: &'a Facts<'a>,
}

#[derive(Template)]
#[template(path = "provider_ended/mail.txt")]
struct EndedText<'a> {
    sender: &'a Sender,
    facts: &'a Facts<'a>,
}

#[derive(Template)]
#[template(path = "provider_superseded/mail.html")]
struct SupersededHtml<'a> {
    sender: &'a Sender,
    facts: &'a Facts<'a>,
}

#[derive(Template)]
#[template(path = "provider_superseded/mail.txt")]
struct SupersededText<'a> {
    sender: &'a Sender,
    facts: &'a Facts<'a>,
}

/// The mail with the link. A repeat is the same mail.
pub(crate) fn link(
    sender: &Sender,
    provider: &Provider,
    link: &Link,
    secret: &LinkSecret,
) -> Result<Message, MailError> {
    let facts = &Facts::new(provider, link, link.expires_at);
    let url = &format!("{}/r/{}#{}", sender.base_url, link.id, secret.expose());
    let subject =
        format!("[{}] 진료 의뢰 자료가 도착했습니다 · A patient referral for you ({})", sender.name, facts.reference);
    let told = link.factor == Factor::AccessCode;
    let html = LinkHtml { sender, facts, url, told }.render()?;
    let text = LinkText { sender, facts, url, told }.render()?;
    Ok(Message { to: provider.contact_email.clone(), subject, text, html })
}

/// The mail with a code.
pub(crate) fn code(
    sender: &Sender,
    provider: &Provider,
    link: &Link,
    valid_until: DateTime<Utc>,
    code: &OneTimeCode,
) -> Result<Message, MailError> {
    let facts = &Facts::new(provider, link, valid_until);
    // The code is not in the subject: subjects show on locked screens.
    let subject = format!("[{}] 일회용 코드 · One-time code ({})", sender.name, facts.reference);
    let html = CodeHtml { sender, facts, code: code.expose() }.render()?;
    let text = CodeText { sender, facts, code: code.expose() }.render()?;
    Ok(Message { to: provider.contact_email.clone(), subject, text, html })
}

/// The mail that says that the link of an earlier mail has ended, under the same reference.
pub(crate) fn ended(
    sender: &Sender,
    provider: &Provider,
    link: &Link,
    at: DateTime<Utc>,
) -> Result<Message, MailError> {
    let facts = &Facts::new(provider, link, at);
    let subject = format!("[{}] 전달 종료 안내 · A referral has ended ({})", sender.name, facts.reference);
    let html = EndedHtml { sender, facts }.render()?;
    let text = EndedText { sender, facts }.render()?;
    Ok(Message { to: provider.contact_email.clone(), subject, text, html })
}

/// The mail that says that the letter of an earlier mail is out of date, under the same reference.
pub(crate) fn superseded(
    sender: &Sender,
    provider: &Provider,
    link: &Link,
    at: DateTime<Utc>,
) -> Result<Message, MailError> {
    let facts = &Facts::new(provider, link, at);
    let subject = format!("[{}] 의뢰 자료 정정 안내 · A referral was corrected ({})", sender.name, facts.reference);
    let html = SupersededHtml { sender, facts }.render()?;
    let text = SupersededText { sender, facts }.render()?;
    Ok(Message { to: provider.contact_email.clone(), subject, text, html })
}

/// What every mail must be, whoever it goes to; for the tests of all of them.
#[cfg(test)]
pub(crate) mod sound {
    #![allow(clippy::unwrap_used)]
    use crate::Sender;
    use medius_store::Message;

    pub(crate) fn sender() -> Sender {
        Sender {
            name: "Medius & <Co>".to_owned(),
            phone: "+82 2 555 0100".to_owned(),
            registration: "M-2025-01-000777".to_owned(),
            base_url: "https://r.medius.example".to_owned(),
            app_url: "https://app.medius.example".to_owned(),
            officer: None,
            coordinators: None,
        }
    }

    pub(crate) fn check(name: &str, mail: &Message) {
        for part in [&mail.subject, &mail.text, &mail.html] {
            assert!(!["{{", "}}", "{%", "{#"].iter().any(|mark| part.contains(mark)), "{name}");
        }
        assert!(!mail.subject.contains(char::is_control) && mail.subject.starts_with("[Medius & <Co>] "), "{name}");
        assert!(mail.html.contains("Medius &#38; &#60;Co&#62;") && !mail.html.contains("<Co>"), "{name}");
        for part in [&mail.text, &mail.html] {
            assert!(part.contains("+82 2 555 0100"), "{name}");
        }
        // No picture, no style sheet, no font of another host: nothing tells that the mail was read.
        for remote in ["<img", "<link", "src=", "@import", "url("] {
            assert!(!mail.html.contains(remote), "{name}: {remote}");
        }
        // Nothing that lines of text are torn by, and no hole where a value was to be.
        assert!(!mail.text.contains("\n\n\n") && mail.text.lines().all(|l| l.trim_end() == l), "{name}");
        if let Some(folder) = std::env::var_os("MEDIUS_MAIL_PREVIEW") {
            let at = |ending| std::path::Path::new(&folder).join(format!("{name}.{ending}"));
            std::fs::write(at("html"), &mail.html).unwrap();
            std::fs::write(at("txt"), format!("Subject: {}\n\n{}", mail.subject, mail.text)).unwrap();
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::sound::{check, sender};
    use super::*;
    use medius_domain::id::{CaseId, LinkId, ReferralId, Subject};
    use medius_domain::link::LinkOf;
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

    fn example_link() -> Link {
        let created_at = "2026-11-22T10:05:00Z".parse().unwrap();
        let of = LinkOf {
            id: LinkId::new(),
            case_id: CaseId::new(),
            subject: Subject::of("x"),
            referral_id: ReferralId::new(),
            delivery_id: "dlv_1a2b3c4d00000000000000000000000f".parse().unwrap(),
            provider_id: provider().id,
            basis: vec![],
        };
        Link::queued(of, String::new(), created_at)
    }

    #[test]
    fn a_correction_is_told_in_both_languages_and_not_what_was_corrected() {
        let at = "2026-11-22T10:15:00Z".parse().unwrap();
        let mail = superseded(&sender(), &provider(), &example_link(), at).unwrap();
        check("superseded", &mail);
        for part in [&mail.text, &mail.html] {
            assert!(part.contains("1A2B3C4D") && part.contains("2026-11-22 19:15 KST"));
            assert!(part.contains("정정") && part.contains("corrected") && !part.contains("://"));
        }
    }

    #[test]
    fn word_of_a_change_carries_the_same_link_and_nothing_of_the_change() {
        let (link, secret) = (example_link(), LinkSecret::from_mac(&[7; 32]));
        let mail = crate::changed::letter(&sender(), &provider(), &link, &secret).unwrap();
        check("task", &mail);
        for part in [&mail.text, &mail.html] {
            assert!(part.contains(&format!("/r/{}#{}", link.id, secret.expose())) && part.contains("1A2B3C4D"));
        }
    }

    #[test]
    fn where_the_code_is_told_by_phone_the_mail_says_so_and_promises_none() {
        let told = Link { factor: Factor::AccessCode, ..example_link() };
        let mail = link(&sender(), &provider(), &told, &LinkSecret::from_mac(&[7; 32])).unwrap();
        check("link-told", &mail);
        for part in [&mail.text, &mail.html] {
            assert!(part.contains("전화로 알려 드리는 10자리 접근 코드") && part.contains("told you by phone"));
            assert!(!part.contains("일회용 코드") && !part.contains("one-time code"));
        }
    }

    fn mails() -> (Link, LinkSecret, [Message; 3]) {
        let (example, secret) = (example_link(), LinkSecret::from_mac(&[7; 32]));
        let until = "2026-11-22T10:15:00Z".parse().unwrap();
        let code_mail = code(&sender(), &provider(), &example, until, &OneTimeCode::from_mac(&[255; 32])).unwrap();
        let link_mail = link(&sender(), &provider(), &example, &secret).unwrap();
        let ended_mail = ended(&sender(), &provider(), &example, until).unwrap();
        (example, secret, [link_mail, code_mail, ended_mail])
    }

    #[test]
    fn mails_are_whole_and_escape_what_the_directory_holds() {
        for (mail, name) in mails().2.iter().zip(["link", "code", "ended"]) {
            check(name, mail);
            assert_eq!(mail.to.expose(), "international@hospital.example");
            for part in [&mail.subject, &mail.text, &mail.html] {
                // The same reference in every mail, so that one can be told to belong to the other.
                assert!(part.contains("1A2B3C4D") && part.contains("Medius"));
            }
            assert!(mail.html.contains("서울 &#60;예시&#62; &#38; 병원") && !mail.html.contains("<b>Example"));
            assert!(mail.text.contains("서울 <예시> & 병원"));
            for part in [&mail.text, &mail.html] {
                assert!(part.contains("M-2025-01-000777"));
            }
        }
    }

    #[test]
    fn the_link_stands_once_as_a_button_and_once_as_text() {
        let (example, secret, [link_mail, code_mail, ended_mail]) = mails();
        let url = format!("https://r.medius.example/r/{}#{}", example.id, secret.expose());
        assert_eq!(link_mail.html.matches(&format!("href=\"{url}\"")).count(), 1);
        assert_eq!(link_mail.html.matches(&url).count(), 2);
        assert_eq!(link_mail.text.matches(&url).count(), 1);
        assert!(link_mail.text.contains("2026-12-06 19:05"));
        for without in [&code_mail, &ended_mail] {
            assert!(!without.html.contains(secret.expose()) && !without.html.contains("href="));
            assert!(!without.text.contains("://") && !without.text.contains(example.id.as_str()));
        }
        assert!(code_mail.text.contains("09551615") && code_mail.html.contains("09551615"));
        assert!(!code_mail.subject.contains("09551615"));
        assert!(code_mail.text.contains("유효기간 · Valid until: 2026-11-22 19:15 KST"));
    }

    #[test]
    fn the_end_is_told_in_both_languages_with_what_becomes_of_copies() {
        let (_, _, [_, _, mail]) = mails();
        for part in [&mail.text, &mail.html] {
            assert!(part.contains("2026-11-22 19:15 KST") && !part.contains("Valid until"));
            assert!(part.contains("환자의 뜻에 따라") && part.contains("The patient no longer wishes to share"));
            assert!(part.contains("삭제해 주십시오") && part.contains("please delete it"));
            assert!(part.contains("법령에 따라 보존") && part.contains("the law requires you to keep it"));
        }
        assert!(mail.text.contains("종료 · Ended: "));
    }
}
