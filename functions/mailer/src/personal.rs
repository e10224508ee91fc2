//! The words of mails to patients and guardians, from a folder of templates each, in the language of their choice. Whoever
//! sees such a mail over somebody's shoulder learns that they know the service, and nothing else: no name, no institution,
//! nothing of what the case is about.

use crate::Sender;
use crate::error::MailError;
use crate::ready::Addressee;
use askama::Template;
use chrono::{DateTime, Utc};
use medius_domain::clock::kst_minute;
use medius_domain::code::OneTimeCode;
use medius_domain::consent::TextLanguage;
use medius_domain::id::{CaseId, DestructionId, InquiryId};
use medius_store::{Message, Notice};

/// One template of a mail; the four of a mail (Korean, English; HTML, text) have the same fields.
macro_rules! template {
    ($name:ident, $path:literal, $($field:ident: $type:ty),+) => {
        #[derive(Template)]
        #[template(path = $path)]
        struct $name<'a> {
            sender: &'a Sender,
            $($field: $type),+
        }
    };
}

template!(CodeKoHtml, "guardian_code/ko.html", until: &'a str, code: &'a str);
template!(CodeKoText, "guardian_code/ko.txt", until: &'a str, code: &'a str);
template!(CodeEnHtml, "guardian_code/en.html", until: &'a str, code: &'a str);
template!(CodeEnText, "guardian_code/en.txt", until: &'a str, code: &'a str);
template!(MailboxKoHtml, "mailbox_code/ko.html", purpose: CodeFor, until: &'a str, code: &'a str);
template!(AnswerKoHtml, "inquiry_answer/ko.html", url: &'a str);
template!(MailboxKoText, "mailbox_code/ko.txt", purpose: CodeFor, until: &'a str, code: &'a str);
template!(AnswerKoText, "inquiry_answer/ko.txt", url: &'a str);
template!(MailboxEnHtml, "mailbox_code/en.html", purpose: CodeFor, until: &'a str, code: &'a str);
template!(AnswerEnHtml, "inquiry_answer/en.html", url: &'a str);
template!(MailboxEnText, "mailbox_code/en.txt", purpose: CodeFor, until: &'a str, code: &'a str);
template!(AnswerEnText, "inquiry_answer/en.txt", url: &'a str);
template!(NoticeKoHtml, "patient_notice/ko.html", url: &'a str, notice: Notice);
template!(NoticeKoText, "patient_notice/ko.txt", url: &'a str, notice: Notice);
template!(NoticeEnHtml, "patient_notice/en.html", url: &'a str, notice: Notice);
template!(NoticeEnText, "patient_notice/en.txt", url: &'a str, notice: Notice);

/// The mail with a guardian's code.
pub(crate) fn guardian_code(
    sender: &Sender,
    to: &Addressee,
    valid_until: DateTime<Utc>,
    code: &OneTimeCode,
) -> Result<Message, MailError> {
    let (until, code) = (&*kst_minute(valid_until), code.expose());
    // Neither the code nor what it is for is in the subject: subjects show on locked screens.
    let (subject, html, text) = match to.language {
        TextLanguage::Ko => {
            ("확인 코드", CodeKoHtml { sender, until, code }.render()?, CodeKoText { sender, until, code }.render()?)
        }
        TextLanguage::En => {
            ("Your code", CodeEnHtml { sender, until, code }.render()?, CodeEnText { sender, until, code }.render()?)
        }
    };
    Ok(Message { to: to.email.clone(), subject: format!("[{}] {subject}", sender.name), text, html })
}

/// What a code to a mailbox is for.
#[derive(Clone, Copy)]
pub(crate) enum CodeFor {
    /// A request about rights.
    Right,
    /// A visitor's inquiry.
    Inquiry,
}

/// The mail with a code for somebody without a sign-in. Its subject is that of every code.
pub(crate) fn mailbox_code(
    sender: &Sender,
    to: &Addressee,
    purpose: CodeFor,
    valid_until: DateTime<Utc>,
    code: &OneTimeCode,
) -> Result<Message, MailError> {
    let (until, code) = (&*kst_minute(valid_until), code.expose());
    let (subject, html, text) = match to.language {
        TextLanguage::Ko => (
            "확인 코드",
            MailboxKoHtml { sender, purpose, until, code }.render()?,
            MailboxKoText { sender, purpose, until, code }.render()?,
        ),
        TextLanguage::En => (
            "Your code",
            MailboxEnHtml { sender, purpose, until, code }.render()?,
            MailboxEnText { sender, purpose, until, code }.render()?,
        ),
    };
    Ok(Message { to: to.email.clone(), subject: format!("[{}] {subject}", sender.name), text, html })
}

/// The mail that says that an inquiry was answered. Its opaque id stands after `#`, so that no server on the way logs it.
pub(crate) fn inquiry_answer(sender: &Sender, to: &Addressee, inquiry: &InquiryId) -> Result<Message, MailError> {
    let url = &*format!("{}/open#{inquiry}", sender.app_url);
    let (subject, html, text) = match to.language {
        TextLanguage::Ko => {
            ("확인하실 내용이 있습니다", AnswerKoHtml { sender, url }.render()?, AnswerKoText { sender, url }.render()?)
        }
        TextLanguage::En => (
            "Something is waiting for you",
            AnswerEnHtml { sender, url }.render()?,
            AnswerEnText { sender, url }.render()?,
        ),
    };
    Ok(Message { to: to.email.clone(), subject: format!("[{}] {subject}", sender.name), text, html })
}

/// The mail that says that something waits. The case's opaque id stands after `#`, so that no server on the way logs it.
pub(crate) fn notice(sender: &Sender, to: &Addressee, case: &CaseId, notice: Notice) -> Result<Message, MailError> {
    let url = &*match notice {
        Notice::Message
        | Notice::Receipt
        | Notice::Right
        | Notice::Corrected
        | Notice::Signed
        | Notice::TaskChanged
        | Notice::AnswerAwaited
        | Notice::ClosingSoon => {
            format!("{}/open#{case}", sender.app_url)
        }
        // Of the case nothing is left to open by then.
        Notice::Destroyed => format!("{}/c/{}", sender.base_url, DestructionId::of(case)),
    };
    // One subject for all of them: what waits is for whoever opens the mail.
    let (subject, html, text) = match to.language {
        TextLanguage::Ko => (
            "확인하실 내용이 있습니다",
            NoticeKoHtml { sender, url, notice }.render()?,
            NoticeKoText { sender, url, notice }.render()?,
        ),
        TextLanguage::En => (
            "Something is waiting for you",
            NoticeEnHtml { sender, url, notice }.render()?,
            NoticeEnText { sender, url, notice }.render()?,
        ),
    };
    Ok(Message { to: to.email.clone(), subject: format!("[{}] {subject}", sender.name), text, html })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::letter::sound::{check, sender};
    use medius_domain::person::Email;

    const LANGUAGES: [(TextLanguage, &str); 2] = [(TextLanguage::Ko, "ko"), (TextLanguage::En, "en")];

    fn to(language: TextLanguage) -> Addressee {
        Addressee { email: Email::parse("somebody@people.example").unwrap(), language }
    }

    const INQUIRY: &str = "inq_1a2b3c4d00000000000000000000000f";

    fn korean(text: &str) -> bool {
        text.chars().any(|c| ('가'..='힣').contains(&c))
    }

    /// Every mail to a person, with its name.
    fn mails(case: &CaseId) -> Vec<(String, TextLanguage, Message)> {
        let until = "2026-11-22T10:15:00Z".parse().unwrap();
        let digits = OneTimeCode::from_mac(&[255; 32]);
        let inquiry: InquiryId = INQUIRY.parse().unwrap();
        let of = |(language, code): (TextLanguage, &str)| {
            let of_mailbox = |purpose| mailbox_code(&sender(), &to(language), purpose, until, &digits).unwrap();
            let waits = |kind| notice(&sender(), &to(language), case, kind).unwrap();
            [
                (format!("guardian-{code}"), guardian_code(&sender(), &to(language), until, &digits).unwrap()),
                (format!("code-right-{code}"), of_mailbox(CodeFor::Right)),
                (format!("code-inquiry-{code}"), of_mailbox(CodeFor::Inquiry)),
                (format!("answer-{code}"), inquiry_answer(&sender(), &to(language), &inquiry).unwrap()),
                (format!("message-{code}"), waits(Notice::Message)),
                (format!("receipt-{code}"), waits(Notice::Receipt)),
                (format!("right-{code}"), waits(Notice::Right)),
                (format!("corrected-{code}"), waits(Notice::Corrected)),
                (format!("signed-{code}"), waits(Notice::Signed)),
                (format!("task-{code}"), waits(Notice::TaskChanged)),
                (format!("awaited-{code}"), waits(Notice::AnswerAwaited)),
                (format!("closing-{code}"), waits(Notice::ClosingSoon)),
                (format!("destroyed-{code}"), waits(Notice::Destroyed)),
            ]
            .map(|(name, mail)| (name, language, mail))
        };
        LANGUAGES.into_iter().flat_map(of).collect()
    }

    #[test]
    fn they_are_whole_in_one_language_and_say_nothing_of_the_case() {
        let case = CaseId::new();
        for (name, language, mail) in mails(&case) {
            check(&name, &mail);
            assert_eq!(mail.to.expose(), "somebody@people.example");
            for part in [&mail.subject, &mail.text, &mail.html] {
                assert_eq!(korean(part), language == TextLanguage::Ko, "{name}");
                // Neither what the service is about nor who is treated where.
                let words = part.to_lowercase();
                for told in [
                    "환자", "진료", "의뢰", "병원", "의료", "건강", "patient", "refer", "hospital", "medical",
                    "health", "m-2025",
                ] {
                    assert!(!words.contains(told), "{name}: {told}");
                }
            }
            assert!(!mail.subject.contains(case.as_str()), "{name}");
        }
    }

    #[test]
    fn a_guardian_gets_the_code_its_end_and_what_to_do_otherwise() {
        for (name, language, mail) in mails(&CaseId::new()).into_iter().filter(|m| m.0.starts_with("guardian")) {
            for part in [&mail.text, &mail.html] {
                assert_eq!(part.matches("09551615").count(), 1, "{name}");
                assert!(part.contains("2026-11-22 19:15") && part.contains("14"), "{name}");
                let (unknown, nothing) = match language {
                    TextLanguage::Ko => ("모르는 요청이라면", "어떤 것에도 동의하시는 것이 아닙니다"),
                    TextLanguage::En => ("If you know nothing of this,", "Entering the code alone agrees to nothing."),
                };
                assert!(part.contains(unknown) && part.contains(nothing), "{name}");
                assert!(!part.contains("://") && !part.contains("href="), "{name}");
            }
            assert!(!mail.subject.contains(|c: char| c.is_ascii_digit()), "{name}");
        }
    }

    #[test]
    fn who_asks_without_a_sign_in_gets_the_code_its_end_and_what_to_do_otherwise() {
        let codes: Vec<_> = mails(&CaseId::new()).into_iter().filter(|m| m.0.starts_with("code-")).collect();
        assert_eq!(codes.len(), 4);
        for (name, language, mail) in codes {
            let unknown = match language {
                TextLanguage::Ko => "모르는 요청이라면",
                TextLanguage::En => "If you know nothing of this,",
            };
            for part in [&mail.text, &mail.html] {
                assert_eq!(part.matches("09551615").count(), 1, "{name}");
                assert!(part.contains("2026-11-22 19:15") && part.contains(unknown), "{name}");
                assert!(!part.contains("://") && !part.contains("href="), "{name}");
            }
            assert!(!mail.subject.contains(|c: char| c.is_ascii_digit()), "{name}");
        }
    }

    #[test]
    fn a_notice_carries_a_link_and_not_what_waits() {
        let case = CaseId::new();
        let open = format!("https://app.medius.example/open#{case}");
        let others = ["guardian", "code", "answer"];
        let waits = |name: &str| !others.iter().any(|other| name.starts_with(other));
        let waiting: Vec<_> = mails(&case).into_iter().filter(|m| waits(&m.0)).collect();
        for (name, _, mail) in waiting.iter().filter(|m| !m.0.starts_with("destroyed")) {
            let url = &open;
            assert_eq!(mail.html.matches(&format!("href=\"{url}\"")).count(), 1, "{name}");
            assert_eq!((mail.html.matches(url).count(), mail.text.matches(url).count()), (2, 1), "{name}");
            // The id stands nowhere but behind the `#`.
            assert_eq!(mail.text.matches(case.as_str()).count(), 1, "{name}");
        }
        for (name, language, mail) in &waiting {
            let same: Vec<_> = waiting.iter().filter(|(_, other, _)| other == language).collect();
            assert!(same.iter().all(|(_, _, other)| other.subject == mail.subject), "{name}");
            assert_eq!(same.iter().filter(|(_, _, other)| other.text == mail.text).count(), 1, "{name}");
        }
    }

    #[test]
    fn word_of_an_answer_leads_to_the_inquiry_and_says_nothing_of_it() {
        let url = format!("https://app.medius.example/open#{INQUIRY}");
        for (name, _, mail) in mails(&CaseId::new()).into_iter().filter(|m| m.0.starts_with("answer")) {
            assert_eq!(mail.html.matches(&format!("href=\"{url}\"")).count(), 1, "{name}");
            assert_eq!((mail.html.matches(INQUIRY).count(), mail.text.matches(INQUIRY).count()), (2, 1), "{name}");
        }
    }

    #[test]
    fn the_last_mail_leads_to_the_proof_and_names_not_even_the_case() {
        let case = CaseId::new();
        let url = format!("/c/{}", DestructionId::of(&case));
        for (name, _, mail) in mails(&case).into_iter().filter(|m| m.0.starts_with("destroyed")) {
            for part in [&mail.text, &mail.html] {
                assert!(part.contains(&url) && !part.contains(case.as_str()), "{name}");
            }
        }
    }
}
