//! A secure link: the way a letter goes to one institution. One transition table says what may happen when.

use crate::consent::ConsentProof;
use crate::id::{CaseId, DeliveryId, EventId, LinkId, ProviderId, ReferralId, Subject};
use chrono::{DateTime, TimeDelta, Utc};
use data_encoding::BASE32_NOPAD;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

/// Days that a link lives from its making (30 at most by policy; 14 unless configured).
pub const LIFE_DAYS: i64 = 14;
/// Downloads that a link allows.
pub const MAX_DOWNLOADS: u32 = 10;
/// Minutes after which an unused session ends.
pub const SESSION_IDLE_MINUTES: i64 = 15;
/// Minutes after which any session ends.
pub const SESSION_MINUTES: i64 = 60;

/// Where a delivery stands. Expiry is derived from the time, never stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum LinkState {
    /// The mail waits to be sent.
    Queued,
    /// The mail provider took the mail.
    Sent,
    /// Somebody at the institution proved that they hold the mailbox.
    Unlocked,
    /// The letter or the data was handed out.
    Downloaded,
    /// The institution said that it received the referral.
    Acknowledged,
    /// The patient took the link back, or withdrew the consent.
    Revoked,
    /// What the letter says was corrected: it is not to be read any more.
    Superseded,
}

/// What happens to a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkEvent {
    /// The mail provider took the mail.
    MailSent,
    /// The right secret and the right code.
    Unlock,
    /// The letter or the data is handed out.
    Download,
    /// The institution says "received".
    Acknowledge,
    /// The patient takes the link back.
    Revoke,
    /// The patient withdraws a consent that the link needs.
    ConsentWithdrawn,
    /// What the letter says was corrected.
    Supersede,
}

impl LinkState {
    /// Every state, for tests over the whole table.
    pub const ALL: [Self; 7] = [
        Self::Queued,
        Self::Sent,
        Self::Unlocked,
        Self::Downloaded,
        Self::Acknowledged,
        Self::Revoked,
        Self::Superseded,
    ];

    /// Whether it has ended for good, whatever its time.
    pub const fn over(self) -> bool {
        match self {
            Self::Revoked | Self::Superseded => true,
            Self::Queued | Self::Sent | Self::Unlocked | Self::Downloaded | Self::Acknowledged => false,
        }
    }

    /// The state after an event, or none where the event may not happen.
    pub const fn after(self, event: LinkEvent) -> Option<Self> {
        use LinkEvent as E;
        match (self, event) {
            (Self::Revoked | Self::Superseded, _) => None,
            (_, E::Revoke | E::ConsentWithdrawn) => Some(Self::Revoked),
            (_, E::Supersede) => Some(Self::Superseded),
            // A repeated mail, or one that is recorded after the reader was quicker, changes nothing.
            (Self::Queued, E::MailSent) => Some(Self::Sent),
            (state @ (Self::Sent | Self::Unlocked | Self::Downloaded | Self::Acknowledged), E::MailSent) => Some(state),
            // The mail can arrive before its sending is recorded.
            (Self::Queued | Self::Sent | Self::Unlocked, E::Unlock) => Some(Self::Unlocked),
            (state @ (Self::Downloaded | Self::Acknowledged), E::Unlock) => Some(state),
            (Self::Unlocked | Self::Downloaded, E::Download) => Some(Self::Downloaded),
            (Self::Acknowledged, E::Download) => Some(Self::Acknowledged),
            (Self::Unlocked | Self::Downloaded | Self::Acknowledged, E::Acknowledge) => Some(Self::Acknowledged),
            (Self::Queued | Self::Sent, E::Download | E::Acknowledge) => None,
        }
    }

    /// The state's name in the store and in answers.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "QUEUED",
            Self::Sent => "SENT",
            Self::Unlocked => "UNLOCKED",
            Self::Downloaded => "DOWNLOADED",
            Self::Acknowledged => "ACKNOWLEDGED",
            Self::Revoked => "REVOKED",
            Self::Superseded => "SUPERSEDED",
        }
    }
}

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
}

impl Link {
    /// Whether the link can be used at all at a moment.
    pub fn live(&self, now: DateTime<Utc>) -> bool {
        !self.state.over() && now < self.expires_at
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

/// The secret half of a link: 256 bits, 52 characters of lower-case base32. It prints as `[REDACTED]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(transparent)]
pub struct LinkSecret(SecretString);

impl LinkSecret {
    /// The secret of 32 bytes from the key service.
    pub fn from_mac(mac: &[u8]) -> Self {
        Self(BASE32_NOPAD.encode(mac).to_lowercase().into())
    }

    /// The secret's text, for the mail only.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    /// What the store keeps of it.
    pub fn sha256(&self) -> String {
        crate::chain::sha256_hex(self.expose().as_bytes())
    }

    /// Compares with a stored hash without telling by time where they differ.
    pub fn matches(&self, sha256: &str) -> bool {
        aws_lc_rs::constant_time::verify_slices_are_equal(self.sha256().as_bytes(), sha256.as_bytes()).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EVENTS: [LinkEvent; 7] = [
        LinkEvent::MailSent,
        LinkEvent::Unlock,
        LinkEvent::Download,
        LinkEvent::Acknowledge,
        LinkEvent::Revoke,
        LinkEvent::ConsentWithdrawn,
        LinkEvent::Supersede,
    ];

    #[test]
    fn nothing_revives_a_link_that_is_over() {
        for over in LinkState::ALL.into_iter().filter(|state| state.over()) {
            assert!(EVENTS.iter().all(|e| over.after(*e).is_none()));
        }
    }

    #[test]
    fn every_live_link_can_be_revoked_and_none_is_downloaded_before_it_is_unlocked() {
        for state in LinkState::ALL {
            if !state.over() {
                assert_eq!(state.after(LinkEvent::Supersede), Some(LinkState::Superseded));
                assert_eq!(state.after(LinkEvent::Revoke), Some(LinkState::Revoked));
                assert_eq!(state.after(LinkEvent::ConsentWithdrawn), Some(LinkState::Revoked));
            }
        }
        assert_eq!(LinkState::Sent.after(LinkEvent::Download), None);
        assert_eq!(LinkState::Queued.after(LinkEvent::Acknowledge), None);
    }

    #[test]
    fn secrets_do_not_print() {
        let secret = LinkSecret::from_mac(&[7; 32]);
        assert_eq!(secret.expose().len(), 52);
        assert!(!format!("{secret:?}").contains(secret.expose()));
        assert!(secret.matches(&secret.sha256()) && !secret.matches("00"));
    }
}
