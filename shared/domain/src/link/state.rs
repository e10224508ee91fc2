//! Where a delivery stands, and the one table that says what may happen to it when.

use serde::{Deserialize, Serialize};

/// Where a delivery stands. Expiry is derived from the time, never stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum LinkState {
    /// The mail waits to be sent.
    Queued,
    /// The mail provider took the mail.
    Sent,
    /// The institution's mail server took the mail. Nobody need have read it.
    Delivered,
    /// The institution's mail server does not take the mail for now; the mail provider goes on trying.
    Delayed,
    /// The institution's mail server refused the mail for good.
    Bounced,
    /// Somebody at the institution proved that they hold the mailbox or the access code.
    Unlocked,
    /// The letter or the data was handed out.
    Downloaded,
    /// The institution said that it received the referral.
    Acknowledged,
    /// The institution said that it does not take the referral.
    Declined,
    /// Too many wrong codes: nobody gets in until a coordinator makes the link anew.
    Suspended,
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
    /// The institution's mail server took it.
    MailDelivered,
    /// The institution's mail server does not take it for now.
    MailDelayed,
    /// The institution's mail server refused it, or the mail provider did.
    MailBounced,
    /// The right secret and the right code.
    Unlock,
    /// The letter or the data is handed out.
    Download,
    /// The institution says "received".
    Acknowledge,
    /// The institution says that it does not take the referral.
    Decline,
    /// One wrong code too many.
    Suspend,
    /// A coordinator makes the link anew: another secret, another mail.
    Reissue,
    /// The patient takes the link back.
    Revoke,
    /// The patient withdraws a consent that the link needs.
    ConsentWithdrawn,
    /// What the letter says was corrected.
    Supersede,
}

impl LinkEvent {
    /// Every event, for tests over the whole table.
    pub const ALL: [Self; 13] = [
        Self::MailSent,
        Self::MailDelivered,
        Self::MailDelayed,
        Self::MailBounced,
        Self::Unlock,
        Self::Download,
        Self::Acknowledge,
        Self::Decline,
        Self::Suspend,
        Self::Reissue,
        Self::Revoke,
        Self::ConsentWithdrawn,
        Self::Supersede,
    ];
}

impl LinkState {
    /// Every state, for tests over the whole table.
    pub const ALL: [Self; 12] = [
        Self::Queued,
        Self::Sent,
        Self::Delivered,
        Self::Delayed,
        Self::Bounced,
        Self::Unlocked,
        Self::Downloaded,
        Self::Acknowledged,
        Self::Declined,
        Self::Suspended,
        Self::Revoked,
        Self::Superseded,
    ];

    /// Whether it has ended for good, whatever its time.
    pub const fn over(self) -> bool {
        match self {
            Self::Revoked | Self::Superseded => true,
            Self::Queued
            | Self::Sent
            | Self::Delivered
            | Self::Delayed
            | Self::Bounced
            | Self::Unlocked
            | Self::Downloaded
            | Self::Acknowledged
            | Self::Declined
            | Self::Suspended => false,
        }
    }

    /// Whether somebody with the right secret and code gets in.
    pub const fn admits(self) -> bool {
        !self.over() && !matches!(self, Self::Suspended)
    }

    /// The state after an event, or none where the event may not happen.
    pub const fn after(self, event: LinkEvent) -> Option<Self> {
        use LinkEvent as E;
        match (self, event) {
            (Self::Revoked | Self::Superseded, _) => None,
            (_, E::Revoke | E::ConsentWithdrawn) => Some(Self::Revoked),
            (_, E::Supersede) => Some(Self::Superseded),
            // Who has declined gets no other link to the same letter.
            (Self::Declined, E::Reissue) => None,
            (_, E::Reissue) => Some(Self::Queued),
            (Self::Suspended, _) => None,
            (_, E::Suspend) => Some(Self::Suspended),
            // Whoever is in has the mail, whatever is said of it later.
            (
                state @ (Self::Unlocked | Self::Downloaded | Self::Acknowledged | Self::Declined),
                E::MailSent | E::MailDelivered | E::MailDelayed | E::MailBounced,
            ) => Some(state),
            // A repeated mail changes nothing; words of it may come before its sending is recorded, and in any order.
            (Self::Queued, E::MailSent) => Some(Self::Sent),
            (state, E::MailSent) => Some(state),
            (state @ Self::Bounced, E::MailDelivered | E::MailDelayed) => Some(state),
            (_, E::MailDelivered) => Some(Self::Delivered),
            (state @ Self::Delivered, E::MailDelayed) => Some(state),
            (_, E::MailDelayed) => Some(Self::Delayed),
            (_, E::MailBounced) => Some(Self::Bounced),
            // The mail can be read before its sending is recorded, and read although another copy of it bounced.
            (
                Self::Queued | Self::Sent | Self::Delivered | Self::Delayed | Self::Bounced | Self::Unlocked,
                E::Unlock,
            ) => Some(Self::Unlocked),
            (state @ (Self::Downloaded | Self::Acknowledged | Self::Declined), E::Unlock) => Some(state),
            (Self::Unlocked | Self::Downloaded, E::Download) => Some(Self::Downloaded),
            (Self::Acknowledged, E::Download) => Some(Self::Acknowledged),
            (Self::Unlocked | Self::Downloaded | Self::Acknowledged, E::Acknowledge) => Some(Self::Acknowledged),
            (Self::Unlocked | Self::Downloaded | Self::Acknowledged | Self::Declined, E::Decline) => {
                Some(Self::Declined)
            }
            // Nothing is handed out before somebody got in, and nothing after they declined.
            (
                Self::Queued | Self::Sent | Self::Delivered | Self::Delayed | Self::Bounced,
                E::Download | E::Acknowledge | E::Decline,
            )
            | (Self::Declined, E::Download | E::Acknowledge) => None,
        }
    }

    /// The state's name in the store and in answers.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "QUEUED",
            Self::Sent => "SENT",
            Self::Delivered => "DELIVERED",
            Self::Delayed => "DELAYED",
            Self::Bounced => "BOUNCED",
            Self::Unlocked => "UNLOCKED",
            Self::Downloaded => "DOWNLOADED",
            Self::Acknowledged => "ACKNOWLEDGED",
            Self::Declined => "DECLINED",
            Self::Suspended => "SUSPENDED",
            Self::Revoked => "REVOKED",
            Self::Superseded => "SUPERSEDED",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use LinkEvent as E;
    use LinkState as S;

    #[test]
    fn nothing_revives_a_link_that_is_over() {
        for over in S::ALL.into_iter().filter(|state| state.over()) {
            assert!(E::ALL.iter().all(|e| over.after(*e).is_none()));
        }
    }

    #[test]
    fn every_live_link_can_be_revoked_and_none_is_downloaded_before_it_is_unlocked() {
        for state in S::ALL.into_iter().filter(|state| !state.over()) {
            assert_eq!(state.after(E::Supersede), Some(S::Superseded));
            assert_eq!(state.after(E::Revoke), Some(S::Revoked));
            assert_eq!(state.after(E::ConsentWithdrawn), Some(S::Revoked));
        }
        for state in [S::Queued, S::Sent, S::Delivered, S::Delayed, S::Bounced, S::Suspended] {
            for event in [E::Download, E::Acknowledge, E::Decline] {
                assert_eq!(state.after(event), None, "{state:?} {event:?}");
            }
        }
    }

    #[test]
    fn only_a_reissue_leads_out_of_a_suspension_and_every_state_that_admits_can_be_suspended() {
        let out: Vec<E> = E::ALL.into_iter().filter(|e| S::Suspended.after(*e).is_some_and(S::admits)).collect();
        assert_eq!(out, [E::Reissue]);
        for state in S::ALL {
            assert_eq!(state.after(E::Suspend).is_some(), state.admits(), "{state:?}");
        }
    }

    #[test]
    fn words_of_a_mail_never_hide_who_is_in_and_come_in_any_order() {
        use E::{MailBounced, MailDelayed, MailDelivered, MailSent};
        let told = |events: &[E]| events.iter().fold(S::Queued, |s, e| s.after(*e).unwrap_or(s));
        assert_eq!(told(&[MailSent, MailDelayed, MailDelivered]), S::Delivered);
        assert_eq!(told(&[MailDelivered, MailSent, MailDelayed]), S::Delivered);
        assert_eq!(told(&[MailSent, MailDelivered, MailBounced]), S::Bounced);
        assert_eq!(told(&[MailBounced, MailDelivered, MailDelayed, MailSent]), S::Bounced);
        for state in [S::Unlocked, S::Downloaded, S::Acknowledged, S::Declined] {
            for event in [MailSent, MailDelivered, MailDelayed, MailBounced] {
                assert_eq!(state.after(event), Some(state));
            }
        }
    }
}
