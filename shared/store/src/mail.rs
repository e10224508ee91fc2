//! Sending mail. Only the mailer's role may.

use crate::error::StoreError;
use aws_sdk_sesv2::Client;
use aws_sdk_sesv2::types::{
    Body, Content, Destination, EmailContent, Message as SesMessage, MessageHeader, MessageTag,
};
use medius_domain::id::MailId;
use medius_domain::person::Email;

/// The tag under which the mail service's reports name a mail of the outbox.
pub const MAIL_TAG: &str = "medius-mail";

/// A mail, ready to be sent.
pub struct Message {
    /// The one recipient.
    pub to: Email,
    /// Subject line.
    pub subject: String,
    /// Plain text.
    pub text: String,
    /// HTML.
    pub html: String,
}

/// Why a mail was not sent.
#[derive(Debug, thiserror::Error)]
pub enum SendError {
    /// The mail service did not take it, and says so.
    #[error(transparent)]
    Refused(StoreError),
    /// No answer came, or none that says: the mail service may have taken it. If it did, it reports so ([`MAIL_TAG`]).
    #[error(transparent)]
    Unanswered(StoreError),
}

/// The mail service.
pub struct Postbox {
    client: Client,
    sender: String,
}

impl Postbox {
    /// With the verified sender.
    pub fn new(client: Client, sender: String) -> Self {
        Self { client, sender }
    }

    /// Sends a mail and returns the mail service's message id. What becomes of it later is reported under the mail's own id,
    /// which is opaque.
    ///
    /// # Errors
    /// [`SendError`].
    pub async fn send(&self, message: &Message, id: &MailId) -> Result<String, SendError> {
        let corrupt = || SendError::Refused(StoreError::Corrupt { place: "mail" });
        let content = |data: &str| Content::builder().data(data).charset("UTF-8").build().map_err(|_| corrupt());
        // Keeps auto-responders from answering to a link that nobody reads there (RFC 3834).
        let header =
            MessageHeader::builder().name("Auto-Submitted").value("auto-generated").build().map_err(|_| corrupt())?;
        let body = Body::builder().text(content(&message.text)?).html(content(&message.html)?).build();
        let simple = SesMessage::builder().subject(content(&message.subject)?).body(body).headers(header).build();
        let tag = MessageTag::builder().name(MAIL_TAG).value(id.as_str()).build().map_err(|_| corrupt())?;
        let answer = self
            .client
            .send_email()
            .email_tags(tag)
            .from_email_address(&self.sender)
            .destination(Destination::builder().to_addresses(message.to.expose()).build())
            .content(EmailContent::builder().simple(simple).build())
            .send()
            .await;
        match answer {
            Ok(answer) => answer.message_id.ok_or(SendError::Unanswered(StoreError::Corrupt { place: "mail" })),
            Err(error) => {
                let refused = error.as_service_error().is_some()
                    && error.raw_response().is_some_and(|raw| raw.status().is_client_error());
                let error = StoreError::service("SES", "SendEmail", &error);
                Err(if refused { SendError::Refused(error) } else { SendError::Unanswered(error) })
            }
        }
    }
}
