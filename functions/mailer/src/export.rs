//! The two mails about the copy that a patient asked for: its link, and the code that fetches it. Both go to the mailbox of
//! the case that the copy names, and only while there is something to fetch.

use crate::error::MailError;
use crate::ready::{Addressee, Ready};
use crate::{Mailer, Sender};
use askama::Template;
use chrono::{DateTime, Utc};
use medius_domain::clock::kst_minute;
use medius_domain::code::OneTimeCode;
use medius_domain::consent::TextLanguage;
use medius_domain::id::{CaseId, RightId};
use medius_domain::link::LinkSecret;
use medius_domain::policy::Permit;
use medius_store::{Message, Place};

/// One template of a mail; the four of a mail (Korean, English; HTML, text) have the same fields.
macro_rules! template {
    ($name:ident, $path:literal, $($field:ident),+) => {
        #[derive(Template)]
        #[template(path = $path)]
        struct $name<'a> {
            sender: &'a Sender,
            $($field: &'a str),+
        }
    };
}

template!(ReadyKoHtml, "export_ready/ko.html", until, url);
template!(ReadyKoText, "export_ready/ko.txt", until, url);
template!(ReadyEnHtml, "export_ready/en.html", until, url);
template!(ReadyEnText, "export_ready/en.txt", until, url);
template!(CodeKoHtml, "export_code/ko.html", until, code);
template!(CodeKoText, "export_code/ko.txt", until, code);
template!(CodeEnHtml, "export_code/en.html", until, code);
template!(CodeEnText, "export_code/en.txt", until, code);

impl Mailer {
    /// The link, or with a number one of its codes, while the copy can be fetched.
    pub(crate) async fn export(
        &self,
        case_id: &CaseId,
        leave: &Permit,
        right_id: &RightId,
        code_n: Option<u32>,
    ) -> Result<Option<Ready>, MailError> {
        let export = Place::Export(right_id.clone());
        let snapshot = self.db.read(Place::gate(case_id).into_iter().chain([export])).await?;
        let now = snapshot.now();
        let export = snapshot.export(right_id)?.filter(|e| e.live(now) && e.told_by == *case_id);
        let (Some(export), Some(case)) = (export, snapshot.case(case_id)?) else { return Ok(None) };
        if export.institution.is_some() {
            // Its link stands in a mail of its own.
            return match code_n {
                Some(n) => self.statement_code(export, n).await,
                None => Ok(None),
            };
        }
        let Some(to) = self.addressee(&snapshot, leave, &case).await? else { return Ok(None) };
        let right_id = export.right_id;
        Ok(match code_n {
            None => Some(Ready::Export { to, right_id, until: export.expires_at }),
            Some(n) => export.code.filter(|code| code.n == n && code.usable(now)).map(|code| Ready::ExportCode {
                to,
                right_id,
                n,
                until: code.valid_until,
            }),
        })
    }
}

fn message(sender: &Sender, to: &Addressee, subject: &str, html: String, text: String) -> Message {
    Message { to: to.email.clone(), subject: format!("[{}] {subject}", sender.name), text, html }
}

/// The mail with the link. A repeat is the same mail.
pub(crate) fn ready(
    sender: &Sender,
    to: &Addressee,
    right: &RightId,
    secret: &LinkSecret,
    until: DateTime<Utc>,
) -> Result<Message, MailError> {
    let (until, url) = (&*kst_minute(until), &*format!("{}/e/{right}#{}", sender.base_url, secret.expose()));
    Ok(match to.language {
        TextLanguage::Ko => {
            let (html, text) =
                (ReadyKoHtml { sender, until, url }.render()?, ReadyKoText { sender, until, url }.render()?);
            message(sender, to, "요청하신 사본이 준비되었습니다", html, text)
        }
        TextLanguage::En => {
            let (html, text) =
                (ReadyEnHtml { sender, until, url }.render()?, ReadyEnText { sender, until, url }.render()?);
            message(sender, to, "The copy that you asked for is ready", html, text)
        }
    })
}

/// The mail with a code. Its subject is that of every code: subjects show on locked screens.
pub(crate) fn code(
    sender: &Sender,
    to: &Addressee,
    until: DateTime<Utc>,
    code: &OneTimeCode,
) -> Result<Message, MailError> {
    let (until, code) = (&*kst_minute(until), code.expose());
    Ok(match to.language {
        TextLanguage::Ko => {
            let (html, text) =
                (CodeKoHtml { sender, until, code }.render()?, CodeKoText { sender, until, code }.render()?);
            message(sender, to, "확인 코드", html, text)
        }
        TextLanguage::En => {
            let (html, text) =
                (CodeEnHtml { sender, until, code }.render()?, CodeEnText { sender, until, code }.render()?);
            message(sender, to, "Your code", html, text)
        }
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::letter::sound::{check, sender};
    use medius_domain::person::Email;

    #[test]
    fn they_are_whole_in_one_language_carry_what_is_needed_and_say_nothing_of_the_case() {
        let (right, secret) = (RightId::new(), LinkSecret::from_mac(&[7; 32]));
        let until = "2026-11-22T10:15:00Z".parse().unwrap();
        let digits = OneTimeCode::from_mac(&[255; 32]);
        let url = format!("https://r.medius.example/e/{right}#{}", secret.expose());
        for (language, name) in [(TextLanguage::Ko, "ko"), (TextLanguage::En, "en")] {
            let to = Addressee { email: Email::parse("somebody@people.example").unwrap(), language };
            let link_mail = ready(&sender(), &to, &right, &secret, until).unwrap();
            let code_mail = code(&sender(), &to, until, &digits).unwrap();
            for (kind, mail) in [("export", &link_mail), ("export-code", &code_mail)] {
                check(&format!("{kind}-{name}"), mail);
                assert_eq!(mail.to.expose(), "somebody@people.example");
                for part in [&mail.subject, &mail.text, &mail.html] {
                    assert_eq!(
                        part.chars().any(|c| ('가'..='힣').contains(&c)),
                        language == TextLanguage::Ko,
                        "{kind}"
                    );
                    let words = part.to_lowercase();
                    let told =
                        ["환자", "진료", "의뢰", "병원", "의료", "건강", "patient", "refer", "hospital", "medical"];
                    assert!(told.iter().all(|word| !words.contains(word)), "{kind} {name}");
                }
                assert!(mail.text.contains("2026-11-22 19:15") && mail.html.contains("2026-11-22 19:15"), "{kind}");
            }
            assert_eq!((link_mail.html.matches(&url).count(), link_mail.text.matches(&url).count()), (2, 1));
            assert!(!code_mail.html.contains("href=") && !code_mail.text.contains("://"));
            assert_eq!(
                (code_mail.text.matches("09551615").count(), code_mail.html.matches("09551615").count()),
                (1, 1)
            );
            assert!(!code_mail.subject.contains("0955") && !link_mail.subject.contains(secret.expose()));
        }
    }
}
