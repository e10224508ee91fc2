//! Writes about institutions: a proposal, its decision, and the institution as it is afterwards.

use super::{ABSENT, Change, Kind};
use crate::error::{Conflict, StoreError};
use crate::item::{encode, number, text, time};
use crate::place::Place;
use crate::registry::Revised;
use medius_domain::chain;
use medius_domain::directory::{ChangeStatus, ProviderChange};
use medius_domain::provider::Provider;

impl Change {
    /// A proposal in its next revision; approved ones change the institution too, if it still is what they were made from.
    /// The log's entry carries the hash of the whole record: whoever rewrites who agreed to an address must rewrite the log.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`].
    pub fn provider_change(&mut self, change: &ProviderChange) -> Result<(), StoreError> {
        let place = Place::ProviderChange(change.provider_id.clone(), change.id.clone());
        let beside = [
            ("rev", number(change.rev)),
            ("status", text(change.status.code())),
            ("created_at", text(time(change.proposed_at))),
        ];
        let item = encode(&place, change, None, beside)?;
        self.put_revision(place, item, change.rev, Conflict::Version);
        if change.status == ChangeStatus::Approved {
            self.put_provider(&change.after, change.based_on, change.provider_rev())?;
        }
        let hash = chain::link(chain::GENESIS, change).map_err(|_| StoreError::Corrupt { place: "provider change" })?;
        self.permit = self.permit.clone().with_evidence(&hash);
        Ok(())
    }

    fn put_provider(&mut self, provider: &Provider, before: Option<u64>, rev: u64) -> Result<(), StoreError> {
        let place = Place::Provider(provider.id.clone());
        let item = encode(&place, &Revised { provider, rev }, None, [("rev", number(rev))])?;
        let put = Kind::Put(item);
        match before {
            None => self.push(place, put, ABSENT, [], Conflict::Version),
            // One that was seeded has no revision yet.
            Some(0) => {
                let condition = "attribute_exists(pk) AND attribute_not_exists(rev)";
                self.push(place, put, condition, [], Conflict::Version);
            }
            Some(before) => {
                let expected = [(":expected", number(before))];
                self.push(place, put, "rev = :expected", expected, Conflict::Version);
            }
        }
        Ok(())
    }
}
