//! How often something is asked for without a sign-in: by a network, and about a mailbox. What is counted are hashes of MACs,
//! for an hour.

use crate::problem::Problem;
use medius_domain::chain::sha256_hex;
use medius_domain::code::TooMany;
use medius_store::{Change, Database, MailRecord, Place, Snapshot, Tally};

/// Times that one network may ask for something in an hour.
const MOST_PER_NETWORK: u32 = 20;
/// Codes that go to one mailbox in an hour, whatever they are for and whoever asks.
const MOST_PER_MAILBOX: u32 = 6;

/// Where a network and a mailbox are counted.
pub struct Counted {
    network: String,
    mailbox: String,
}

impl Counted {
    /// By their MACs.
    pub fn new(network: &str, mailbox: &str) -> Self {
        let name = |what: &str, mac: &str| sha256_hex(format!("medius/asked/v1|{what}|{mac}").as_bytes());
        Self { network: name("network", network), mailbox: name("mailbox", mailbox) }
    }

    /// What must be read to count one more.
    pub fn places(&self) -> [Place; 2] {
        [Place::Tally(self.network.clone()), Place::Tally(self.mailbox.clone())]
    }

    /// Counts one more of both in a change, and orders the mail with the code unless the mailbox has had enough: then
    /// everything else is as always, so that nobody learns what others ask, and nobody's mailbox is filled.
    ///
    /// # Errors
    /// 429 where the network has asked too often; that says nothing about anybody.
    pub fn count(
        &self,
        db: &Database,
        snapshot: &Snapshot,
        change: &mut Change,
        mail: &MailRecord,
    ) -> Result<(), Problem> {
        let now = db.now();
        let network = Tally::more(snapshot.tally(&self.network)?, now);
        if network.n > MOST_PER_NETWORK {
            return Err(TooMany::until(network.ends(), now).into());
        }
        let mailbox = Tally::more(snapshot.tally(&self.mailbox)?, now);
        change.count(&self.network, &network)?;
        change.count(&self.mailbox, &mailbox)?;
        if mailbox.n <= MOST_PER_MAILBOX {
            change.order_mail(mail)?;
        }
        Ok(())
    }
}
