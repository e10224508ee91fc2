//! Writes about members of staff.

use super::{ABSENT, Change, Kind};
use crate::error::{Conflict, StoreError};
use crate::item::{encode, number};
use crate::place::Place;
use medius_domain::chain;
use medius_domain::id::Subject;
use medius_domain::member::Member;

impl Change {
    /// A member in their next revision. The log's entry carries the hash of the whole record. It has no end: who had which
    /// rights must be answerable for years.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`].
    pub fn put_member(&mut self, member: &Member) -> Result<(), StoreError> {
        let place = Place::Member(member.subject.clone());
        let item = encode(&place, member, None, [("rev", number(member.rev))])?;
        self.put_revision(place, item, member.rev, Conflict::Version);
        let hash = chain::link(chain::GENESIS, member).map_err(|_| StoreError::Corrupt { place: "member" })?;
        self.permit = self.permit.clone().with_evidence(&hash);
        Ok(())
    }

    /// Makes the change depend on a member being at a revision, or on their not being in the registry. Two people who take
    /// each other's rights at the same moment cannot both succeed.
    pub fn require_member(&mut self, subject: &Subject, found: Option<&Member>) {
        let place = Place::Member(subject.clone());
        match found {
            None => self.push(place, Kind::Check, ABSENT, [], Conflict::Version),
            Some(member) => {
                let expected = [(":expected", number(member.rev))];
                self.push(place, Kind::Check, "rev = :expected", expected, Conflict::Version);
            }
        }
    }
}
