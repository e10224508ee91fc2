//! Writes about the work of staff at a case: who looks after it, and messages with the patient.

use super::Change;
use crate::error::{Conflict, StoreError};
use crate::item::{bytes, encode, number};
use crate::place::Place;
use crate::records::MessageRecord;
use medius_domain::case::Case;
use medius_domain::work::Assignment;

impl Change {
    /// Who looks after a case, in its next revision.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`].
    pub fn assign(&mut self, assignment: &Assignment, case: &Case) -> Result<(), StoreError> {
        let place = Place::Assignment(case.id.clone());
        let item = encode(&place, assignment, Some(case.expires_at), [("rev", number(assignment.rev))])?;
        self.put_revision(place, item, assignment.rev, Conflict::Version);
        Ok(())
    }

    /// A message with its sealed text.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`].
    pub fn post_message(&mut self, message: &MessageRecord, sealed: &[u8], case: &Case) -> Result<(), StoreError> {
        let place = Place::Message(case.id.clone(), message.id.clone());
        let item = encode(&place, message, Some(case.expires_at), [("text", bytes(sealed))])?;
        self.create(place, item);
        Ok(())
    }
}
