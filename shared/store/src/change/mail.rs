//! Writes about mails of the outbox.

use super::{Change, Kind};
use crate::error::{Conflict, StoreError};
use crate::item::{Item, encode, number, text, time};
use crate::place::Place;
use crate::records::{MailRecord, MailStatus};
use chrono::TimeDelta;

/// Days that a mail stays in the outbox after it was ordered.
const OUTBOX_DAYS: i64 = 7;

impl Change {
    /// A mail to be sent.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`].
    pub fn order_mail(&mut self, mail: &MailRecord) -> Result<(), StoreError> {
        // What asked for the change asked for its mails.
        let ordered_by = self.permit.event().request_id.clone();
        let mail = MailRecord { ordered_by, ..mail.clone() };
        self.create(Place::Mail(mail.id.clone()), mail_item(&mail)?);
        Ok(())
    }

    /// A mail in its next status, if the stored one has the status and attempts that it was read with.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`].
    pub fn update_mail(&mut self, mail: &MailRecord, from: MailStatus, attempts: u32) -> Result<(), StoreError> {
        let item = mail_item(mail)?;
        let values = [(":from", text(from.as_str())), (":attempts", number(attempts))];
        let condition = "#status = :from AND attempts = :attempts";
        self.push(Place::Mail(mail.id.clone()), Kind::Put(item), condition, values, Conflict::Mail);
        self.name_last("#status", "status");
        Ok(())
    }
}

/// A mail with what its index and its conditions look at.
pub(crate) fn mail_item(mail: &MailRecord) -> Result<Item, StoreError> {
    let beside = [
        ("status", text(mail.status.as_str())),
        ("created_at", text(time(mail.created_at))),
        ("attempts", number(mail.attempts)),
    ];
    encode(&Place::Mail(mail.id.clone()), mail, Some(mail.created_at + TimeDelta::days(OUTBOX_DAYS)), beside)
}
