//! Writes about destructions.

use super::Change;
use crate::error::{Conflict, StoreError};
use crate::item::{encode, number, text, time};
use crate::place::Place;
use chrono::Months;
use medius_domain::destruction::{LEDGER_YEARS, Ledger};

impl Change {
    /// A destruction in its next revision, if the stored one is the revision before: of two that work at the same one, the
    /// slower has done nothing that the quicker did not.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`].
    pub fn put_ledger(&mut self, ledger: &Ledger) -> Result<(), StoreError> {
        let place = Place::Ledger(ledger.id.clone());
        let mut beside = vec![("rev", number(ledger.rev))];
        // What is finished leaves the index.
        if let Some(next) = ledger.next_at() {
            beside.extend([("step", text(ledger.step.code())), ("due_at", text(time(next)))]);
        }
        let until = ledger.started_at.checked_add_months(Months::new(12 * LEDGER_YEARS));
        let item = encode(&place, ledger, until, beside)?;
        self.put_revision(place, item, ledger.rev, Conflict::Version);
        Ok(())
    }
}
