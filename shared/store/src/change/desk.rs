//! Writes about the work of staff at a case: who looks after it, and messages with the patient.

use super::{Change, Kind};
use crate::error::{Conflict, StoreError};
use crate::item::{bytes, encode, number, text};
use crate::keyring::WrappedKey;
use crate::place::Place;
use crate::records::MessageRecord;
use crate::work_list::DATED;
use chrono::{DateTime, Utc};
use medius_domain::case::{Case, open_case_expiry};
use medius_domain::work::Assignment;

impl Change {
    /// How long what belongs to the work at a case is kept. A case that has only begun may go on for long; should it end
    /// sooner, its data key ends with it and no message can be read any more.
    fn work_kept_until(&self, case: &Case) -> DateTime<Utc> {
        case.expires_at.max(open_case_expiry(self.now))
    }

    /// Who looks after a case, in its next revision.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`].
    pub fn assign(&mut self, assignment: &Assignment, case: &Case) -> Result<(), StoreError> {
        let place = Place::Assignment(case.id.clone());
        let mut beside = vec![("rev", number(assignment.rev))];
        if let Some(day) = assignment.due_on {
            beside.extend([("state", text(DATED)), ("due_on", text(day.to_string()))]);
        }
        let item = encode(&place, assignment, Some(self.work_kept_until(case)), beside)?;
        self.put_revision(place, item, assignment.rev, Conflict::Version);
        Ok(())
    }

    /// A message with its text, sealed under the case's data key as it was read: a case that was shredded meanwhile gets
    /// none.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`].
    pub fn post_message(
        &mut self,
        message: &MessageRecord,
        sealed: &[u8],
        data_key: &WrappedKey,
        case: &Case,
    ) -> Result<(), StoreError> {
        let place = Place::Message(case.id.clone(), message.id.clone());
        let item = encode(&place, message, Some(self.work_kept_until(case)), [("text", bytes(sealed))])?;
        self.create(place, item);
        let same = [(":wrapped", bytes(&data_key.0))];
        self.push(Place::DataKey(case.id.clone()), Kind::Check, "#wrapped = :wrapped", same, Conflict::Version);
        self.name_last("#wrapped", "wrapped");
        Ok(())
    }
}
