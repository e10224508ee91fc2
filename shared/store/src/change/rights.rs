//! Writes about requests of the patients' rights.

use super::Change;
use crate::error::{Conflict, StoreError};
use crate::item::{encode, number, text, time};
use crate::place::Place;
use medius_domain::chain;
use medius_domain::rights::RightsRequest;

impl Change {
    /// A request in its next revision. The log's entry carries the hash of the whole record: whoever rewrites who decided
    /// what must rewrite the log too.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`].
    pub fn rights_request(&mut self, request: &RightsRequest) -> Result<(), StoreError> {
        let place = Place::Right(request.id.clone());
        let mut beside = vec![
            ("rev", number(request.rev)),
            ("due_at", text(time(request.due_at))),
            ("subject", text(request.subject.as_str())),
            ("received_at", text(time(request.received_at))),
        ];
        // What is closed for long leaves the index of states: nobody works through it any more.
        if !request.hidden {
            beside.push(("state", text(request.state.code())));
        }
        let item = encode(&place, request, Some(request.kept_until()), beside)?;
        self.put_revision(place, item, request.rev, Conflict::Version);
        let hash = chain::link(chain::GENESIS, request).map_err(|_| StoreError::Corrupt { place: "rights request" })?;
        self.permit = self.permit.clone().with_evidence(&hash);
        Ok(())
    }
}
