//! Requests of people who cannot sign in: what they send, the code to the mailbox on file, and what they may do then. Whether
//! somebody is known to the service is not told by any answer, nor by how long it takes: it is looked up by the mailer, and
//! here only after a code was right.

pub mod api;
mod create;
pub(crate) mod handlers;
mod verify;

use crate::State;
use chrono::{DateTime, Utc};
use medius_domain::chain::sha256_hex;
use medius_domain::code::{CodeState, TooMany};
use medius_domain::id::RightId;
use medius_domain::rights::{Claim, RightsRequest};
use medius_http::Problem;
use medius_store::{Change, MailAbout, MailRecord, Place, Snapshot, StoreError, Tally};

/// Requests and codes that one network may ask for in an hour.
const MOST_PER_NETWORK: u32 = 20;
/// Codes that go to one mailbox in an hour, whatever they are for and whoever asks.
const MOST_PER_MAILBOX: u32 = 6;

/// Where it is counted how often a network or a mailbox was named: hashes of MACs.
struct Counted {
    network: String,
    mailbox: String,
}

impl Counted {
    fn new(network: &str, mailbox: &str) -> Self {
        let name = |what: &str, mac: &str| sha256_hex(format!("medius/claims/v1|{what}|{mac}").as_bytes());
        Self { network: name("network", network), mailbox: name("mailbox", mailbox) }
    }

    fn places(&self) -> [Place; 2] {
        [Place::Tally(self.network.clone()), Place::Tally(self.mailbox.clone())]
    }

    /// Counts one more of both, and orders the mail unless the mailbox has had enough: then everything else is as always, so
    /// that nobody learns what others ask, and nobody's mailbox is filled.
    fn count(
        &self,
        snapshot: &Snapshot,
        change: &mut Change,
        (id, code): (&RightId, &CodeState),
        now: DateTime<Utc>,
    ) -> Result<(), Problem> {
        let network = Tally::more(snapshot.tally(&self.network)?, now);
        if network.n > MOST_PER_NETWORK {
            return Err(TooMany::until(network.ends(), now).into());
        }
        let mailbox = Tally::more(snapshot.tally(&self.mailbox)?, now);
        change.count(&self.network, &network)?;
        change.count(&self.mailbox, &mailbox)?;
        if mailbox.n <= MOST_PER_MAILBOX {
            change.order_mail(&mail(id, code, now))?;
        }
        Ok(())
    }
}

fn mail(id: &RightId, code: &CodeState, now: DateTime<Utc>) -> MailRecord {
    MailRecord::apart(MailAbout::RightCode { right_id: id.clone(), code_n: code.n }, now)
}

/// A request that came without a sign-in; every other one is as absent as one that is nowhere.
async fn found(state: &State, id: &RightId) -> Result<(RightsRequest, Claim), Problem> {
    let snapshot = state.db.read([Place::Right(id.clone())]).await?;
    let request = snapshot.rights_request(id)?.ok_or_else(Problem::not_found)?;
    let claim = request.claim.clone().ok_or_else(Problem::not_found)?;
    Ok((request, claim))
}

/// Whether somebody else was at the same thing meanwhile: then it is decided anew.
const fn again(error: &StoreError) -> bool {
    use medius_store::Conflict as C;
    matches!(error, StoreError::Conflict(C::Version | C::Busy | C::Idempotency | C::Link))
}
