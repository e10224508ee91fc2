//! An event of the mail service, by the few fields that are used (Amazon SES Developer Guide, "Event data that Amazon SES
//! publishes"; the detail is the same over EventBridge).

use medius_domain::id::MailId;
use medius_store::MAIL_TAG;
use serde_json::Value;

/// What is said of a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Word {
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
}

impl Report {
    /// The report that an event holds; none where it is of another kind, or about a mail that is not of the outbox.
    pub fn of(event: &Value) -> Option<Self> {
        if event.get("source")?.as_str()? != "aws.ses" {
            return None;
        }
        let detail = event.get("detail")?;
        let word = match detail.get("eventType")?.as_str()? {
            "Delivery" => Word::Delivered,
            "DeliveryDelay" => Word::Delayed,
            "Bounce" | "Reject" | "Rendering Failure" => Word::Bounced,
            "Complaint" => Word::Complained,
            _ => return None,
        };
        let mail = detail.get("mail")?.get("tags")?.get(MAIL_TAG)?.get(0)?.as_str()?.parse().ok()?;
        Some(Self { mail, word })
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
            ("Delivery", Word::Delivered),
            ("DeliveryDelay", Word::Delayed),
            ("Bounce", Word::Bounced),
            ("Reject", Word::Bounced),
            ("Rendering Failure", Word::Bounced),
            ("Complaint", Word::Complained),
        ] {
            assert_eq!(Report::of(&event(kind)), Some(Report { mail: mail.clone(), word }));
        }
        let mut untagged = event("Bounce");
        untagged["detail"]["mail"]["tags"] = json!({});
        let mut foreign = event("Bounce");
        foreign["source"] = json!("my.app");
        for other in [json!({}), json!([]), event("Send"), event("Open"), untagged, foreign] {
            assert_eq!(Report::of(&other), None);
        }
    }
}
