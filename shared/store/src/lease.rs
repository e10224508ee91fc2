//! The lease of a mail: who is at it, so that no two mailers send it at once.

use crate::change::mail_item;
use crate::database::Database;
use crate::error::{Conflict, StoreError};
use crate::item::{number, text};
use crate::place::Table;
use crate::records::{MailRecord, MailStatus};

impl Database {
    /// Takes or gives back the lease of a mail, if the stored one has the status and attempts that it was read with.
    ///
    /// The one write without an entry in the access log: a lease says nothing about a person and shows nothing to anybody.
    /// What becomes of the mail (sent or not) is a [`crate::Change`].
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the mail is in other hands, or [`StoreError::Service`].
    pub async fn lease_mail(&self, mail: &MailRecord, from: MailStatus, attempts: u32) -> Result<(), StoreError> {
        let put = self
            .client
            .put_item()
            .table_name(self.tables.name(Table::Outbox)?)
            .set_item(Some(mail_item(mail)?))
            .condition_expression("#status = :from AND attempts = :attempts AND expires_at > :now")
            .expression_attribute_names("#status", "status")
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
}
