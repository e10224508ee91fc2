//! The lease of a mail: who is at it, so that no two mailers send it at once, and whether the mail service has it already.

use crate::change::mail_item;
use crate::database::Database;
use crate::error::{Conflict, StoreError};
use crate::item::{key, number, text};
use crate::place::{Place, Table};
use crate::records::{MailRecord, MailStatus};
use aws_sdk_dynamodb::error::ProvideErrorMetadata;
use aws_sdk_dynamodb::types::AttributeValue;
use medius_domain::id::MailId;

/// The field of a mail that says under which number the mail service took it.
const TAKEN: &str = "message_id";

impl Database {
    /// Takes or gives back the lease of a mail, if the stored one has the status and attempts that it was read with, and nobody has
    /// noted meanwhile that it was taken.
    ///
    /// These are the writes without an entry in the access log: neither a lease nor the mail service's number says anything about a
    /// person or shows anything to anybody. What becomes of the mail (sent or not) is a [`crate::Change`].
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the mail is in other hands, or [`StoreError::Service`].
    pub async fn lease_mail(&self, mail: &MailRecord, from: MailStatus, attempts: u32) -> Result<(), StoreError> {
        let put = self
            .client
            .put_item()
            .table_name(self.tables.name(Table::Outbox)?)
            .set_item(Some(mail_item(mail)?))
            .condition_expression(
                "#status = :from AND attempts = :attempts AND expires_at > :now AND #body.#taken = :taken",
            )
            .expression_attribute_names("#status", "status")
            .expression_attribute_names("#body", "body")
            .expression_attribute_names("#taken", TAKEN)
            .expression_attribute_values(":taken", mail.message_id.as_deref().map_or(AttributeValue::Null(true), text))
            .expression_attribute_values(":from", text(from.as_str()))
            .expression_attribute_values(":attempts", number(attempts))
            .expression_attribute_values(":now", number(self.now().timestamp()));
        match put.send().await {
            Ok(_) => Ok(()),
            Err(e) if e.as_service_error().is_some_and(|e| e.is_conditional_check_failed_exception()) => {
                Err(StoreError::Conflict(Conflict::Mail))
            }
            Err(e) => Err(StoreError::service("DynamoDB", "PutItem", &e)),
        }
    }

    /// Notes that the mail service took a mail of which nobody has recorded yet that it was sent; whether there was something to
    /// note. Who comes for the mail next records it and does not send it again.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] while somebody is just recording it, or [`StoreError::Service`].
    pub async fn mail_taken(&self, mail: &MailId, message_id: &str) -> Result<bool, StoreError> {
        let update = self
            .client
            .update_item()
            .table_name(self.tables.name(Table::Outbox)?)
            .set_key(Some(key(&Place::Mail(mail.clone()))))
            .update_expression("SET #body.#taken = :taken")
            .condition_expression("#status IN (:pending, :sending) AND #body.#taken = :nobody")
            .expression_attribute_names("#status", "status")
            .expression_attribute_names("#body", "body")
            .expression_attribute_names("#taken", TAKEN)
            .expression_attribute_values(":taken", text(message_id))
            .expression_attribute_values(":nobody", AttributeValue::Null(true))
            .expression_attribute_values(":pending", text(MailStatus::Pending.as_str()))
            .expression_attribute_values(":sending", text(MailStatus::Sending.as_str()));
        match update.send().await {
            Ok(_) => Ok(true),
            Err(e) if e.as_service_error().is_some_and(|e| e.is_conditional_check_failed_exception()) => Ok(false),
            Err(e) if e.code() == Some("TransactionConflictException") => Err(StoreError::Conflict(Conflict::Busy)),
            Err(e) => Err(StoreError::service("DynamoDB", "UpdateItem", &e)),
        }
    }
}
