//! Writes about consents, and checks that they did not change.

use super::{ABSENT, Change, Kind};
use crate::error::{Conflict, StoreError};
use crate::item::{encode, number, text};
use crate::place::Place;
use crate::records::GuardianCode;
use medius_domain::case::open_case_expiry;
use medius_domain::consent::{ConsentEvent, ConsentHead, ConsentProof};
use medius_domain::id::CaseId;

impl Change {
    /// Consent events, in their order, and the state that follows from them, if the state is still the one that they were
    /// made from. The log's entry carries the hash of that state: whoever rewrites the events must rewrite the log too.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`].
    pub fn consent(&mut self, events: &[ConsentEvent], next: &ConsentHead) -> Result<(), StoreError> {
        let Some(first) = events.first() else { return Ok(()) };
        let expires = Some(open_case_expiry(self.now));
        for event in events {
            let place = Place::ConsentEvent(event.case.clone(), event.seq);
            let item = encode(&place, event, expires, [])?;
            self.create(place, item);
        }
        let place = Place::Consents(first.case.clone());
        let item = encode(&place, next, expires, [("head_hash", text(&next.head.hash))])?;
        if first.seq == 1 {
            self.push(place, Kind::Put(item), ABSENT, [], Conflict::Consent);
        } else {
            let expected = [(":expected", text(&first.previous_hash))];
            self.push(place, Kind::Put(item), "head_hash = :expected", expected, Conflict::Consent);
        }
        self.permit = self.permit.clone().with_evidence(&next.head.hash);
        Ok(())
    }

    /// The state of the guardian's one-time code, in its next revision.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`].
    pub fn put_guardian_code(&mut self, case: &CaseId, code: &GuardianCode) -> Result<(), StoreError> {
        let place = Place::GuardianCode(case.clone());
        let item = encode(&place, code, Some(open_case_expiry(self.now)), [("rev", number(code.rev))])?;
        self.put_revision(place, item, code.rev, Conflict::Link);
        Ok(())
    }

    /// Makes the change depend on the consents being as they were when the proof was made.
    pub fn require(&mut self, proof: &ConsentProof) {
        let expected = [(":expected", text(proof.head_hash()))];
        let place = Place::Consents(proof.case().clone());
        self.push(place, Kind::Check, "head_hash = :expected", expected, Conflict::Consent);
    }
}
