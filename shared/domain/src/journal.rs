//! What makes tampering show: the verifier of the access log's chains, of what they say about consents, and the seal of a
//! day. A day's head holds hashes and times only. It is signed and laid where nobody can change it, so that not even
//! somebody who rewrites whole chains consistently gets past the last midnight (Safety Measures Standard Art. 8).

use crate::access::{Entry, Scope};
use crate::chain::{self, GENESIS, Head};
use crate::consent::{self, ConsentEvent, ConsentHead};
use crate::id::CaseId;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

/// Days that an entry of the log is kept (Safety Measures Standard Art. 8: two years for sensitive information).
pub const LOG_DAYS: i64 = 731;

/// What is wrong with a chain or a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fault {
    /// A stable code.
    pub code: &'static str,
    /// The place in the chain, from 1, where the fault has one.
    pub place: Option<u64>,
}

impl Fault {
    const fn at(code: &'static str, place: u64) -> Self {
        Self { code, place: Some(place) }
    }

    const fn whole(code: &'static str) -> Self {
        Self { code, place: None }
    }

    /// The record at this place cannot be read, or contradicts what is kept beside it.
    pub const fn unreadable(place: u64) -> Self {
        Self::at("unreadable", place)
    }

    /// The record of where the chain stands cannot be read.
    pub const fn unreadable_head() -> Self {
        Self::whole("unreadable-head")
    }

    /// Entries of a day cannot be read.
    pub const fn unreadable_entries() -> Self {
        Self::whole("unreadable")
    }

    /// A day's head does not follow from that of the day before.
    pub const fn previous() -> Self {
        Self::whole("previous")
    }

    /// There are no records where there must be some.
    pub const fn missing() -> Self {
        Self::whole("missing")
    }

    /// Nobody has sealed the day.
    pub const fn not_sealed() -> Self {
        Self::whole("not-sealed")
    }

    /// What lies as the day's head is not signed by the service, or no head at all.
    pub const fn signature() -> Self {
        Self::whole("signature")
    }

    /// The day's head was laid down more than once, or taken away.
    pub const fn replaced() -> Self {
        Self::whole("replaced")
    }
}

/// Walks a chain of the access log up to the head that is kept beside it. When the chain is old enough for its first entries
/// to have expired, it may begin late.
///
/// # Errors
/// The first [`Fault`]: `broken`, `not-the-head` or `missing`.
pub fn check_log(scope: &Scope, entries: &[Entry], kept: &Head, may_begin_late: bool) -> Result<(), Fault> {
    let first = entries.first().ok_or(Fault::missing())?;
    let mut head = if may_begin_late && first.seq > 1 {
        Head { seq: first.seq - 1, hash: first.previous_hash.clone() }
    } else {
        Head::default()
    };
    for entry in entries {
        let place = head.seq + 1;
        // An entry of another chain is none of this one, however well it is linked.
        if entry.seq != place || entry.previous_hash != head.hash || entry.scope != *scope {
            return Err(Fault::at("broken", place));
        }
        let hash = chain::link(&head.hash, entry).map_err(|_| Fault::at("broken", place))?;
        head = Head { seq: place, hash };
    }
    if head == *kept { Ok(()) } else { Err(Fault::at("not-the-head", head.seq.min(kept.seq).max(1))) }
}

/// Walks a case's consent events and holds them against the state that is kept beside them.
///
/// # Errors
/// The first [`Fault`], with the codes of [`consent::Fault`].
pub fn check_consents(case: &CaseId, events: &[ConsentEvent], kept: &ConsentHead) -> Result<(), Fault> {
    if let Some(foreign) = events.iter().position(|event| event.case != *case) {
        return Err(Fault::at("broken", place_of(foreign)));
    }
    consent::verify(events, kept).map_err(|fault| Fault { code: fault.code(), place: fault.place() })
}

/// Holds consent events against the log: every commit of events left the hash of its last one in the log's entry, so that
/// who rewrites the one chain must rewrite the other.
///
/// # Errors
/// `contradicted` with the log's place that speaks of events which are not there; `unrecorded` with the place of the first
/// event that the log does not vouch for.
pub fn check_evidence(events: &[ConsentEvent], entries: &[Entry]) -> Result<(), Fault> {
    let mut hash = GENESIS.to_owned();
    let mut hashes = Vec::with_capacity(events.len());
    for (place, event) in events.iter().enumerate() {
        hash = chain::link(&hash, event).map_err(|_| Fault::at("unrecorded", place_of(place)))?;
        hashes.push(hash.clone());
    }
    let mut vouched = 0;
    for entry in entries {
        let Some(evidence) = &entry.evidence else { continue };
        let ahead = hashes.iter().skip(vouched).position(|hash| hash == evidence);
        vouched += 1 + ahead.ok_or(Fault::at("contradicted", entry.seq))?;
    }
    if vouched == hashes.len() { Ok(()) } else { Err(Fault::at("unrecorded", place_of(vouched))) }
}

fn place_of(index: usize) -> u64 {
    u64::try_from(index).map_or(u64::MAX, |index| index + 1)
}

/// Where the access log stood at the end of a day in Asia/Seoul. Hashes and times only; the ids in what is hashed are random,
/// so that nobody can guess their way back from a hash.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DayHead {
    /// The day.
    pub day: NaiveDate,
    /// Number of entries of all chains.
    pub entries: u64,
    /// When the first was written.
    pub first_at: Option<String>,
    /// When the last was written.
    pub last_at: Option<String>,
    /// Hash of the last entry, each hashed with the hash before it, the first with `previous_sha256`. On a day without
    /// entries the same as `previous_sha256`.
    pub entries_sha256: String,
    /// Hash of the head of the day before; zeros for the first day of all.
    pub previous_sha256: String,
}

impl DayHead {
    /// Seals a day; the entries may come in any order.
    ///
    /// # Errors
    /// See [`chain::link`].
    pub fn seal(day: NaiveDate, previous: Option<&Self>, mut entries: Vec<Entry>) -> Result<Self, serde_json::Error> {
        // Times alone do not order entries of one millisecond.
        entries.sort_by(|a, b| (&a.at, &a.id).cmp(&(&b.at, &b.id)));
        let previous_sha256 = previous.map_or_else(|| Ok(GENESIS.to_owned()), Self::sha256)?;
        let mut hash = previous_sha256.clone();
        for entry in &entries {
            hash = chain::link(&hash, entry)?;
        }
        Ok(Self {
            day,
            entries: u64::try_from(entries.len()).unwrap_or(u64::MAX),
            first_at: entries.first().map(|e| e.at.clone()),
            last_at: entries.last().map(|e| e.at.clone()),
            entries_sha256: hash,
            previous_sha256,
        })
    }

    /// The hash that the next day's head follows.
    ///
    /// # Errors
    /// See [`chain::link`].
    pub fn sha256(&self) -> Result<String, serde_json::Error> {
        chain::link(&self.previous_sha256, self)
    }

    /// Holds a sealed day against the head of the day before and against what the log has of that day now.
    ///
    /// # Errors
    /// `day` when it is another day's head, `previous` when it does not follow from the day before, `foreign-entry`,
    /// `count` or `entries` when the log has other entries than were sealed.
    pub fn check(&self, day: NaiveDate, previous: Option<&Self>, entries: Vec<Entry>) -> Result<(), Fault> {
        self.check_links(day, previous)?;
        if entries.iter().any(|e| e.day_kst != day) {
            return Err(Fault::whole("foreign-entry"));
        }
        let now = Self::seal(day, previous, entries).map_err(|_| Fault::whole("entries"))?;
        if now.entries != self.entries {
            Err(Fault::whole("count"))
        } else if now != *self {
            Err(Fault::whole("entries"))
        } else {
            Ok(())
        }
    }

    /// Holds a sealed day against the head of the day before alone: all that can be done when its entries have expired.
    ///
    /// # Errors
    /// `day` or `previous`.
    pub fn check_links(&self, day: NaiveDate, previous: Option<&Self>) -> Result<(), Fault> {
        if self.day != day {
            return Err(Fault::whole("day"));
        }
        let expected = previous.map_or_else(|| Ok(GENESIS.to_owned()), Self::sha256);
        let next_day = previous.is_none_or(|p| p.day.succ_opt() == Some(day));
        if next_day && expected.is_ok_and(|hash| hash == self.previous_sha256) {
            Ok(())
        } else {
            Err(Fault::previous())
        }
    }
}

/// Whether what was written at this moment may have expired by now.
pub fn may_have_expired(written: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    // A day of grace, because the first entries of a day expire before its last ones.
    written + TimeDelta::days(LOG_DAYS - 1) <= now
}

#[cfg(test)]
mod tests;
