//! How often something is asked for without a sign-in: by a network, about a mailbox from one network, and about a mailbox at all.
//! What is counted are hashes of MACs, for an hour, and of each kind of thing apart: who asks the one does not use up the other.

use crate::problem::Problem;
use medius_domain::chain::sha256_hex;
use medius_domain::code::TooMany;
use medius_store::{Change, Database, MailRecord, Place, Snapshot, Tally};

/// Times that one network may ask for something in an hour.
const MOST_PER_NETWORK: u32 = 20;
/// Codes that one network has sent to one mailbox in an hour: two things with their three codes each. It is counted by both
/// together, so that somebody who asks about a stranger uses up nothing of what the stranger may ask for.
const MOST_PER_PAIR: u32 = 6;
/// Codes that go to one mailbox in an hour, whoever asks: so many only keep it from being filled by many networks at once.
const MOST_PER_MAILBOX: u32 = 60;

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// Something about a patient's rights.
    Right,
    /// An inquiry.
    Inquiry,
}

impl Asked {
    const fn name(self) -> &'static str {
        match self {
            Self::Right => "right",
            Self::Inquiry => "inquiry",
        }
    }
}

/// Where a network and a mailbox are counted.
pub struct Counted {
    network: String,
    pair: String,
    mailbox: String,
}

impl Counted {
    /// By their MACs.
    pub fn new(asked: Asked, network: &str, mailbox: &str) -> Self {
        let asked = asked.name();
        let name = |what: &str, mac: &str| sha256_hex(format!("medius/asked/v2|{asked}|{what}|{mac}").as_bytes());
        Self {
            network: name("network", network),
            pair: name("pair", &format!("{network}|{mailbox}")),
            mailbox: name("mailbox", mailbox),
        }
    }

    /// What must be read to count one more.
    pub fn places(&self) -> [Place; 3] {
        [&self.network, &self.pair, &self.mailbox].map(|name| Place::Tally(name.clone()))
    }

    /// Counts one more in a change, and orders the mail with the code unless enough were ordered. Says whether it was: what is
    /// not mailed must not be tried either, or the limit would be one of mails and none of guesses. Everything else is as
    /// always, so that nobody learns what others ask, and nobody's mailbox is filled.
    ///
    /// # Errors
    /// 429 where the network has asked too often; that says nothing about anybody.
    pub fn count(
        &self,
        db: &Database,
        snapshot: &Snapshot,
        change: &mut Change,
        mail: &MailRecord,
    ) -> Result<bool, Problem> {
        let now = db.now();
        let network = Tally::more(snapshot.tally(&self.network)?, now);
        if network.n > MOST_PER_NETWORK {
            return Err(TooMany::until(network.ends(), now).into());
        }
        let pair = Tally::more(snapshot.tally(&self.pair)?, now);
        change.count(&self.network, &network)?;
        change.count(&self.pair, &pair)?;
        // What is withheld from one network uses up nothing of what comes from the others.
        let mut mailed = pair.n <= MOST_PER_PAIR;
        if mailed {
            let mailbox = Tally::more(snapshot.tally(&self.mailbox)?, now);
            mailed = mailbox.n <= MOST_PER_MAILBOX;
            change.count(&self.mailbox, &mailbox)?;
        }
        if mailed {
            change.order_mail(mail)?;
        }
        Ok(mailed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_of_thing_and_each_pair_is_counted_apart() {
        let of = |asked, network, mailbox| Counted::new(asked, network, mailbox);
        let (one, other) = (of(Asked::Right, "n", "m"), of(Asked::Right, "o", "m"));
        assert_eq!(one.mailbox, other.mailbox);
        assert!(one.pair != other.pair && one.network != other.network);
        let inquiry = of(Asked::Inquiry, "n", "m");
        assert!(one.mailbox != inquiry.mailbox && one.pair != inquiry.pair && one.network != inquiry.network);
    }
}
