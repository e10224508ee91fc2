//! The seal of a day. Days are sealed in their order, none is left out, and what is sealed is never written again: a repeat
//! finds the same head, or somebody has changed the log since.

use crate::{Journal, NAME};
use chrono::{Days, NaiveDate};
use medius_domain::access::{Action, Event, Object, Outcome, Purpose, Scope};
use medius_domain::clock::kst_day;
use medius_domain::journal::DayHead;
use medius_domain::policy::{On, Permit, Thing, permit};
use medius_domain::signed::{KeySet, Kind};
use medius_store::{Change, Place, StoreError};
use serde::Serialize;

/// Most days of one run; what is left is the next one's.
const MOST_DAYS: u64 = 31;

/// A day that was sealed, or was found sealed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Sealed {
    /// The day.
    pub day: NaiveDate,
    /// Number of its entries.
    pub entries: u64,
    /// Hash of its head.
    pub sha256: String,
}

/// Why a day was not sealed.
#[derive(Debug, thiserror::Error)]
pub enum NotSealed {
    /// The day is not over in Asia/Seoul.
    #[error("{0} is not over")]
    NotOver(NaiveDate),
    /// The day has another head than the log gives now: somebody changed the one or the other.
    #[error("the log of {0} is not the one that was sealed")]
    Mismatch(NaiveDate),
    /// What lies as the day's head is not signed by the service.
    #[error("the head of {0} does not count: {1}")]
    Head(NaiveDate, medius_domain::signed::Unverified),
    /// Entries of the day cannot be read.
    #[error("{1} entries of {0} cannot be read")]
    Unreadable(NaiveDate, u64),
    /// No function of the service may do this: a defect of the policy table.
    #[error("the policy table does not allow the seal")]
    Policy,
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl NotSealed {
    /// The counter that an alarm watches.
    pub const fn metric(&self) -> &'static str {
        match self {
            Self::Mismatch(_) | Self::Head(..) | Self::Unreadable(..) => "LogHeadMismatch",
            Self::NotOver(_) | Self::Policy | Self::Store(_) => "LogHeadFailed",
        }
    }
}

fn encoding(_: serde_json::Error) -> NotSealed {
    NotSealed::Store(StoreError::Corrupt { place: "day head" })
}

impl Journal {
    /// Seals a day, after the days before it that have no head; without a day the one before today. A day that has its head
    /// is held against it.
    ///
    /// # Errors
    /// [`NotSealed`]; the days before it are sealed.
    pub async fn seal(&self, day: Option<NaiveDate>, request_id: &str) -> Result<Vec<Sealed>, NotSealed> {
        let today = kst_day(self.db.now());
        let last = day.or_else(|| today.pred_opt()).unwrap_or(today);
        if last >= today {
            return Err(NotSealed::NotOver(last));
        }
        let keys = self.signer.keys().set().await?;
        let before = self.heads.days().await?.range(..last).next_back().copied();
        let mut previous = match before {
            Some(day) => self.sealed(day, &keys).await?,
            None => None,
        };
        let first = match before {
            Some(day) => day.succ_opt().unwrap_or(last),
            None => self.first_day(last).await?,
        };
        let mut done = Vec::new();
        for day in first.iter_days().take_while(|day| *day <= last).take(usize::try_from(MOST_DAYS).unwrap_or(31)) {
            let head = self.seal_one(day, previous.as_ref(), &keys, request_id).await?;
            done.push(Sealed { day, entries: head.entries, sha256: head.sha256().map_err(encoding)? });
            previous = Some(head);
        }
        Ok(done)
    }

    /// The first day of all: that of the first entries, if the very first runs did not take place.
    async fn first_day(&self, last: NaiveDate) -> Result<NaiveDate, NotSealed> {
        let from = last.checked_sub_days(Days::new(MOST_DAYS - 1)).unwrap_or(last);
        for day in from.iter_days().take_while(|day| *day < last) {
            let log = self.db.day_log(day).await?;
            if log.unreadable > 0 || !log.entries.is_empty() {
                return Ok(day);
            }
        }
        Ok(last)
    }

    /// The head that a day has.
    async fn sealed(&self, day: NaiveDate, keys: &KeySet) -> Result<Option<DayHead>, NotSealed> {
        match self.heads.get(day, keys).await? {
            Some(Ok(head)) if head.day == day => Ok(Some(head)),
            Some(Ok(_)) => Err(NotSealed::Mismatch(day)),
            Some(Err(why)) => Err(NotSealed::Head(day, why)),
            None => Ok(None),
        }
    }

    async fn seal_one(
        &self,
        day: NaiveDate,
        previous: Option<&DayHead>,
        keys: &KeySet,
        request_id: &str,
    ) -> Result<DayHead, NotSealed> {
        let log = self.db.day_log(day).await?;
        if log.unreadable > 0 {
            return Err(NotSealed::Unreadable(day, log.unreadable));
        }
        let head = DayHead::seal(day, previous, log.entries).map_err(encoding)?;
        let there = match self.sealed(day, keys).await? {
            Some(there) => there,
            None => {
                // The log says it first: of a head that the log knows nothing of, nobody could tell where it came from.
                self.note(&head, Outcome::Done, request_id).await?;
                let signed = self.signer.sign(Kind::LogHead, &head).await?;
                if self.heads.put(day, &signed).await? {
                    return Ok(head);
                }
                // Another run was quicker.
                self.sealed(day, keys).await?.ok_or(NotSealed::Mismatch(day))?
            }
        };
        if there == head {
            return Ok(head);
        }
        self.note(&head, Outcome::Refused, request_id).await?;
        Err(NotSealed::Mismatch(day))
    }

    /// Writes into the log that a day is sealed, or that its seal does not fit.
    async fn note(&self, head: &DayHead, outcome: Outcome, request_id: &str) -> Result<(), NotSealed> {
        let event = Event {
            evidence: Some(head.sha256().map_err(encoding)?),
            ..Event::of_function(
                NAME,
                Action::Create,
                Object::part(Thing::Chain, "day"),
                Purpose::Oversight,
                Some(request_id),
            )
        };
        let (scope, on) = (Scope::Registry, On::Service(&Scope::Registry));
        let leave = match outcome {
            Outcome::Done => permit(event, &on).map_err(|_| NotSealed::Policy)?,
            Outcome::Refused => Permit::refusal(event, &on),
        };
        let snapshot = self.db.read([Place::LogHead(scope)]).await?;
        Ok(self.db.commit(Change::new(leave, self.db.now()), &snapshot).await?)
    }
}
