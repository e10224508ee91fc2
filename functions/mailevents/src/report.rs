//! An event of the mail service, by the few fields that are used (Amazon SES Developer Guide, "Event data that Amazon SES
//! publishes"; the detail is the same over EventBridge).

use medius_domain::id::MailId;
use medius_store::MAIL_TAG;
use serde_json::Value;

/// What is said of a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Word {
    /// The mail service took it. Every other word says that, too.
    Taken,
    /// The recipient's mail server took it.
    Delivered,
    /// The recipient's mail server does not take it for now.
    Delayed,
    /// It was refused for good, by the recipient's mail server or by the mail service itself. A soft bounce is said only after
    /// the mail service gave up.
    Bounced,
    /// The recipient marked it as spam.
    Complained,
}

/// What is said of which mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// The mail of the outbox.
    pub mail: MailId,
    /// What.
    pub word: Word,
    /// The mail service's number of it.
    pub message_id: String,
}

/// Characters of the mail service's number at most; those of SES have 60.
const MOST_ID: usize = 128;

impl Report {
    /// The report that an event holds; none where it is of another kind, or about a mail that is not of the outbox.
    pub fn of(event: &Value) -> Option<Self> {
        if event.get("source")?.as_str()? != "aws.ses" {
            return None;
        }
        let detail = event.get("detail")?;
        let word = match detail.get("eventType")?.as_str()? {
            "Send" => Word::Taken,
            "Delivery" => Word::Delivered,
            "DeliveryDelay" => Word::Delayed,
            "Bounce" | "Reject" | "Rendering Failure" => Word::Bounced,
            "Complaint" => Word::Complained,
            _ => return None,
        };
        let told = detail.get("mail")?;
        let mail = told.get("tags")?.get(MAIL_TAG)?.get(0)?.as_str()?.parse().ok()?;
        let number = |id: &&str| id.len() <= MOST_ID && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        let message_id = told.get("messageId")?.as_str().filter(number)?.to_owned();
        Some(Self { mail, word, message_id })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn reports_are_read_and_everything_else_is_not_ours() {
        let mail = MailId::new();
        let event = |kind: &str| {
            json!({"version": "0", "source": "aws.ses", "detail-type": "Email Bounced", "detail": {"eventType": kind,
                "mail": {"messageId": "0100", "destination": ["x@hospital.example"],
                    "tags": {"ses:configuration-set": ["medius-mails"], MAIL_TAG: [mail.as_str()]}}}})
        };
        for (kind, word) in [
            ("Send", Word::Taken),
            ("Delivery", Word::Delivered),
            ("DeliveryDelay", Word::Delayed),
            ("Bounce", Word::Bounced),
            ("Reject", Word::Bounced),
            ("Rendering Failure", Word::Bounced),
            ("Complaint", Word::Complained),
        ] {
            assert_eq!(
                Report::of(&event(kind)),
                Some(Report { mail: mail.clone(), word, message_id: "0100".to_owned() })
            );
        }
        let mut untagged = event("Bounce");
        untagged["detail"]["mail"]["tags"] = json!({});
        let mut foreign = event("Bounce");
        foreign["source"] = json!("my.app");
        let mut unnumbered = event("Bounce");
        unnumbered["detail"]["mail"]["messageId"] = json!("somebody@hospital.example");
        for other in [json!({}), json!([]), event("Open"), untagged, foreign, unnumbered] {
            assert_eq!(Report::of(&other), None);
        }
    }
}
