//! Verifying a day: what its signed head says, against what the log has of that day now.

use crate::chains::DayLog;
use crate::database::Database;
use crate::error::StoreError;
use crate::heads::LogHeads;
use chrono::NaiveDate;
use medius_domain::clock::start_of_kst_day;
use medius_domain::journal::{DayHead, Fault, may_have_expired};
use medius_domain::review::Reviewer;
use medius_domain::signed::KeySet;

/// What the verifier says about a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DayVerdict {
    /// The day's head, if there is one whose signature holds.
    pub head: Option<DayHead>,
    /// How many entries the log has of the day; none where they have expired, after two years.
    pub found: Option<u64>,
    /// Attempts to sign in that came to nothing.
    pub failed_sign_ins: usize,
    /// The first fault.
    pub fault: Option<Fault>,
}

impl Database {
    /// Verifies a day that is over.
    ///
    /// # Errors
    /// [`StoreError::Service`].
    pub async fn check_day(&self, day: NaiveDate, heads: &LogHeads, keys: &KeySet) -> Result<DayVerdict, StoreError> {
        let gone = may_have_expired(start_of_kst_day(day), self.now());
        let log = if gone { DayLog::default() } else { self.day_log(day).await? };
        let mut reviewer = Reviewer::default();
        log.entries.iter().for_each(|entry| reviewer.see(entry));
        let found = u64::try_from(log.entries.len()).unwrap_or(u64::MAX) + log.unreadable;
        let mut verdict = DayVerdict {
            head: None,
            found: (!gone).then_some(found),
            failed_sign_ins: reviewer.failed_sign_ins(),
            fault: Some(Fault::not_sealed()),
        };
        let head = match heads.get(day, keys).await? {
            Some(Ok(head)) => head,
            Some(Err(_)) => return Ok(DayVerdict { fault: Some(Fault::signature()), ..verdict }),
            None => return Ok(verdict),
        };
        let previous = match day.pred_opt() {
            Some(before) => heads.get(before, keys).await?.transpose(),
            None => Ok(None),
        };
        verdict.fault = match previous {
            Ok(_) if log.unreadable > 0 => Some(Fault::unreadable_entries()),
            Ok(previous) if gone => head.check_links(day, previous.as_ref()).err(),
            Ok(previous) => head.check(day, previous.as_ref(), log.entries).err(),
            Err(_) => Some(Fault::previous()),
        };
        verdict.head = Some(head);
        Ok(verdict)
    }
}
