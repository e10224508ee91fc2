//! A secure link: the way a letter goes to one institution. One transition table says what may happen when.

use crate::consent::ConsentProof;
use crate::id::{CaseId, DeliveryId, EventId, LinkId, ProviderId, ReferralId, Subject, TaskId};
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

mod access_code;
mod secret;
mod state;
mod tries;

pub use access_code::{ACCESS_CODE_LEN, AccessCode, AccessCodeHash, Factor};
pub use secret::LinkSecret;
pub use state::{LinkEvent, LinkState};
pub use tries::{LOCK_MINUTES, MOST_WRONG, TRIES, TRIES_MINUTES, Tries};

/// Days that a link lives from its making, and from each time that it is made anew.
pub const LIFE_DAYS: i64 = 14;
/// Days after its first making on which it ends however often it is made anew.
pub const MOST_LIFE_DAYS: i64 = 30;
/// Downloads that a link allows.
pub const MAX_DOWNLOADS: u32 = 10;
/// Minutes after which an unused session ends.
pub const SESSION_IDLE_MINUTES: i64 = 15;
/// Minutes after which any session ends.
pub const SESSION_MINUTES: i64 = 60;

/// A link as the store keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// Its public half.
    pub id: LinkId,
    /// The case.
    pub case_id: CaseId,
    /// Whose letter, as a pseudonym.
    pub subject: Subject,
    /// The letter.
    pub referral_id: ReferralId,
    /// The delivery.
    pub delivery_id: DeliveryId,
    /// The institution.
    pub provider_id: ProviderId,
    /// The consents that it was made on. Agreed to anew, they make a new link possible and never revive this one.
    pub basis: Vec<EventId>,
    /// SHA-256 of the secret, lower-case hex. The secret itself is never stored.
    pub secret_sha256: String,
    /// Which secret of this link; a new one kills the old.
    pub generation: u32,
    /// Grows when permissions change; a session of an older epoch is dead.
    pub epoch: u32,
    /// Grows by one with each change: two writers never both win.
    pub rev: u64,
    /// Where it stands.
    pub state: LinkState,
    /// Downloads so far.
    pub downloads: u32,
    /// Downloads allowed.
    pub max_downloads: u32,
    /// Codes asked for so far; the number of the newest code.
    pub code_n: u32,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it ends.
    pub expires_at: DateTime<Utc>,
    /// When the mail was taken by the mail provider.
    pub sent_at: Option<DateTime<Utc>>,
    /// When it was first unlocked.
    pub unlocked_at: Option<DateTime<Utc>>,
    /// When something was first handed out.
    pub downloaded_at: Option<DateTime<Utc>>,
    /// When the institution said "received".
    pub acknowledged_at: Option<DateTime<Utc>>,
    /// When it was revoked, or superseded.
    pub revoked_at: Option<DateTime<Utc>>,
    /// How somebody proves that it is meant for them.
    #[serde(default)]
    pub factor: Factor,
    /// The access code, where that is the factor and one was made.
    #[serde(default)]
    pub access_code: Option<AccessCodeHash>,
    /// Wrong codes since it was made or made anew.
    #[serde(default)]
    pub wrong_codes: u32,
    /// Whose verified mailbox it goes to, where that is another entry of the directory than the institution's own.
    #[serde(default)]
    pub mailbox_of: Option<ProviderId>,
    /// The request that it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task_id: Option<TaskId>,
    /// When the institution's mail server took the mail.
    #[serde(default)]
    pub delivered_at: Option<DateTime<Utc>>,
    /// When it was said last that the mail is delayed.
    #[serde(default)]
    pub delayed_at: Option<DateTime<Utc>>,
    /// When the mail was refused for good.
    #[serde(default)]
    pub bounced_at: Option<DateTime<Utc>>,
    /// When somebody at the institution marked the mail as spam.
    #[serde(default)]
    pub complained_at: Option<DateTime<Utc>>,
    /// When the institution said that it does not take the referral.
    #[serde(default)]
    pub declined_at: Option<DateTime<Utc>>,
    /// When it was suspended.
    #[serde(default)]
    pub suspended_at: Option<DateTime<Utc>>,
    /// When it was made anew last.
    #[serde(default)]
    pub reissued_at: Option<DateTime<Utc>>,
}

/// What a link is about.
#[derive(Debug, Clone)]
pub struct LinkOf {
    /// Its public half.
    pub id: LinkId,
    /// The case.
    pub case_id: CaseId,
    /// Whose letter, as a pseudonym.
    pub subject: Subject,
    /// The letter.
    pub referral_id: ReferralId,
    /// The delivery.
    pub delivery_id: DeliveryId,
    /// The institution.
    pub provider_id: ProviderId,
    /// The consents that it is made on.
    pub basis: Vec<EventId>,
}

/// The first secret of a link.
pub const FIRST_GENERATION: u32 = 1;

impl Link {
    /// A new link whose mail waits to be sent.
    pub fn queued(of: LinkOf, secret_sha256: String, now: DateTime<Utc>) -> Self {
        Self {
            id: of.id,
            case_id: of.case_id,
            subject: of.subject,
            referral_id: of.referral_id,
            delivery_id: of.delivery_id,
            provider_id: of.provider_id,
            basis: of.basis,
            secret_sha256,
            generation: FIRST_GENERATION,
            epoch: 1,
            rev: 1,
            state: LinkState::Queued,
            downloads: 0,
            max_downloads: MAX_DOWNLOADS,
            code_n: 0,
            created_at: now,
            expires_at: Self::expiry(now),
            sent_at: None,
            unlocked_at: None,
            downloaded_at: None,
            acknowledged_at: None,
            revoked_at: None,
            factor: Factor::default(),
            access_code: None,
            wrong_codes: 0,
            mailbox_of: None,
            task_id: None,
            delivered_at: None,
            delayed_at: None,
            bounced_at: None,
            complained_at: None,
            declined_at: None,
            suspended_at: None,
            reissued_at: None,
        }
    }

    /// What to name on the telephone, and what stands on mails and copies: the first eight digits of the delivery's id.
    /// Opaque, and short enough to be read aloud.
    pub fn reference(&self) -> String {
        let digits: String = self.delivery_id.as_str().chars().skip("dlv_".len()).take(8).collect();
        digits.to_ascii_uppercase()
    }

    /// Whether the link can be used at all at a moment.
    pub fn live(&self, now: DateTime<Utc>) -> bool {
        self.state.admits() && now < self.expires_at
    }

    /// The link after a wrong code, its next revision. The last one that it allows suspends it and ends its sessions.
    #[must_use]
    pub fn wrong_code(&self, now: DateTime<Utc>) -> Self {
        let next = Self { wrong_codes: self.wrong_codes + 1, rev: self.rev + 1, ..self.clone() };
        match next.state.after(LinkEvent::Suspend) {
            Some(state) if next.wrong_codes >= MOST_WRONG => {
                Self { state, epoch: next.epoch + 1, suspended_at: Some(now), ..next }
            }
            Some(_) | None => next,
        }
    }

    /// The link after an access code was made for it, its next revision: from now on it asks for that code, and sessions that
    /// began without it end.
    #[must_use]
    pub fn with_access_code(&self, hash: AccessCodeHash) -> Self {
        Self {
            factor: Factor::AccessCode,
            access_code: Some(hash),
            epoch: self.epoch + 1,
            rev: self.rev + 1,
            ..self.clone()
        }
    }

    /// Whether a coordinator can make it anew: it is not over, nobody has declined, and its thirty days are not done.
    pub fn reissuable(&self, now: DateTime<Utc>) -> bool {
        self.state.after(LinkEvent::Reissue).is_some() && now < self.created_at + TimeDelta::days(MOST_LIFE_DAYS)
    }

    /// The link made anew, if it can be: the generation of `secret_sha256` ends every secret, session and lock of the one
    /// before, and its mail waits to be sent. What the institution has acknowledged stays so.
    pub fn reissued(&self, secret_sha256: String, now: DateTime<Utc>) -> Option<Self> {
        if !self.reissuable(now) {
            return None;
        }
        let queued = self.state.after(LinkEvent::Reissue)?;
        Some(Self {
            state: if self.acknowledged_at.is_some() { LinkState::Acknowledged } else { queued },
            secret_sha256,
            generation: self.generation + 1,
            epoch: self.epoch + 1,
            rev: self.rev + 1,
            wrong_codes: 0,
            expires_at: Self::expiry(now).min(self.created_at + TimeDelta::days(MOST_LIFE_DAYS)),
            delivered_at: None,
            delayed_at: None,
            bounced_at: None,
            suspended_at: None,
            reissued_at: Some(now),
            ..self.clone()
        })
    }

    /// The link after it was taken back, lost its consent or was superseded, or none when it was ended before. The new epoch ends its
    /// sessions.
    pub fn ended(&self, event: LinkEvent, now: DateTime<Utc>) -> Option<Self> {
        let state = self.state.after(event)?;
        Some(Self { state, epoch: self.epoch + 1, rev: self.rev + 1, revoked_at: Some(now), ..self.clone() })
    }

    /// Whether the consents in force are the very ones that the link was made on.
    pub fn rests_on(&self, proof: &ConsentProof) -> bool {
        self.basis == proof.basis()
    }

    /// When a link made now ends.
    pub fn expiry(now: DateTime<Utc>) -> DateTime<Utc> {
        now + TimeDelta::days(LIFE_DAYS)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use chrono::TimeZone;

    fn day(n: i64) -> DateTime<Utc> {
        Utc.with_ymd_and_hms(2026, 11, 23, 3, 0, 0).unwrap() + TimeDelta::days(n)
    }

    fn link() -> Link {
        let of = LinkOf {
            id: LinkId::new(),
            case_id: CaseId::new(),
            subject: Subject::of("x"),
            referral_id: ReferralId::new(),
            delivery_id: DeliveryId::new(),
            provider_id: ProviderId::new(),
            basis: Vec::new(),
        };
        Link::queued(of, "00".to_owned(), day(0))
    }

    #[test]
    fn the_twentieth_wrong_code_suspends_and_ends_every_session() {
        let nineteen = (1..MOST_WRONG).fold(link(), |link, _| link.wrong_code(day(1)));
        assert_eq!((nineteen.wrong_codes, nineteen.state, nineteen.epoch), (19, LinkState::Queued, 1));
        let twenty = nineteen.wrong_code(day(1));
        assert_eq!((twenty.state, twenty.epoch, twenty.suspended_at), (LinkState::Suspended, 2, Some(day(1))));
        assert!(!twenty.live(day(1)) && twenty.reissuable(day(1)));
    }

    #[test]
    fn made_anew_it_has_another_secret_and_ends_after_thirty_days_at_most() {
        let suspended = (0..MOST_WRONG).fold(link(), |link, _| link.wrong_code(day(1)));
        let anew = suspended.reissued("11".to_owned(), day(20)).unwrap();
        assert_eq!((anew.state, anew.generation, anew.epoch, anew.wrong_codes), (LinkState::Queued, 2, 3, 0));
        assert_eq!((anew.expires_at, anew.secret_sha256.as_str()), (day(30), "11"));
        assert!(anew.live(day(29)) && !anew.live(day(30)) && anew.reissued("22".to_owned(), day(30)).is_none());
        assert_eq!(link().reissued("11".to_owned(), day(1)).unwrap().expires_at, day(15));
        let received = Link { state: LinkState::Acknowledged, acknowledged_at: Some(day(1)), ..link() };
        assert_eq!(received.reissued("11".to_owned(), day(2)).unwrap().state, LinkState::Acknowledged);
        let over = link().ended(LinkEvent::Revoke, day(1)).unwrap();
        assert!(over.reissued("11".to_owned(), day(1)).is_none());
    }
}
