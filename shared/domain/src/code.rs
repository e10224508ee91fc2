//! One-time codes by mail, and the tickets that a right code gives: one rule for institutions, guardians and everybody who
//! cannot sign in. How often a code may be asked for and tried is the same for all.

use chrono::{DateTime, TimeDelta, Utc};
use data_encoding::BASE32_NOPAD;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

/// Minutes that a one-time code lives (ASVS 5.0, 6.5.5).
pub const CODE_MINUTES: i64 = 10;
/// Wrong tries that end a one-time code.
pub const CODE_TRIES: u32 = 5;
/// Codes that are sent in [`CODE_MINUTES`] about one thing, so that nobody can fill a mailbox.
pub const CODES_PER_WINDOW: u32 = 3;
/// Minutes that a ticket lives.
pub const TICKET_MINUTES: i64 = 60;

/// Too many of something in a short time: nothing was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooMany {
    /// Seconds after which it is possible again.
    pub retry_after: u32,
}

impl TooMany {
    /// Until a moment.
    pub fn until(end: DateTime<Utc>, now: DateTime<Utc>) -> Self {
        Self { retry_after: u32::try_from((end - now).num_seconds().max(1)).unwrap_or(u32::MAX) }
    }
}

/// The newest one-time code of something, without the code itself: it is derived again when needed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodeState {
    /// Its number.
    pub n: u32,
    /// Until when it can be used.
    pub valid_until: DateTime<Utc>,
    /// Wrong tries so far.
    pub tries: u32,
    /// Start of the window in which codes are counted.
    pub window_from: DateTime<Utc>,
    /// Codes sent in that window.
    pub sent_in_window: u32,
    /// Whether it was used.
    pub used: bool,
}

impl CodeState {
    /// The next code; it ends the one before.
    ///
    /// # Errors
    /// [`TooMany`] when too many were sent of late.
    pub fn next(before: Option<&Self>, now: DateTime<Utc>) -> Result<Self, TooMany> {
        let window = TimeDelta::minutes(CODE_MINUTES);
        let (window_from, sent) =
            before.filter(|c| now < c.window_from + window).map_or((now, 0), |c| (c.window_from, c.sent_in_window));
        if sent >= CODES_PER_WINDOW {
            return Err(TooMany::until(window_from + window, now));
        }
        Ok(Self {
            n: before.map_or(1, |c| c.n + 1),
            valid_until: now + window,
            tries: 0,
            window_from,
            sent_in_window: sent + 1,
            used: false,
        })
    }

    /// Whether it can still be tried.
    pub fn usable(&self, now: DateTime<Utc>) -> bool {
        !self.used && self.tries < CODE_TRIES && now < self.valid_until
    }

    /// The code as it is kept: one whose mail was withheld is as good as used, so that nobody can try what nobody was told.
    #[must_use]
    pub fn if_mailed(&self, mailed: bool) -> Self {
        if mailed { self.clone() } else { self.spent() }
    }

    /// After a wrong try.
    #[must_use]
    pub fn tried(&self) -> Self {
        Self { tries: self.tries + 1, ..self.clone() }
    }

    /// After the right one: it works once.
    #[must_use]
    pub fn spent(&self) -> Self {
        Self { used: true, ..self.clone() }
    }
}

/// A one-time code: eight digits from the key service. It prints as `[REDACTED]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(transparent)]
pub struct OneTimeCode(SecretString);

impl OneTimeCode {
    /// The code of a MAC's first eight bytes.
    pub fn from_mac(mac: &[u8]) -> Self {
        let mut first = [0_u8; 8];
        for (to, from) in first.iter_mut().zip(mac) {
            *to = *from;
        }
        Self(format!("{:08}", u64::from_be_bytes(first) % 100_000_000).into())
    }

    /// What somebody typed; whether it is the code is found out by [`Self::matches`].
    pub fn typed(text: &str) -> Self {
        Self(text.to_owned().into())
    }

    /// The digits, for the mail only.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    /// Whether it has the form of a code at all: a form that was sent empty, as mail scanners do, is no try.
    pub fn is_whole(&self) -> bool {
        let typed = self.expose().chars().filter(|c| !c.is_whitespace() && *c != '-');
        let digits = typed.clone().filter(char::is_ascii_digit).count();
        digits == 8 && typed.count() == 8
    }

    /// Compares in constant time; blanks in what was typed do not count.
    pub fn matches(&self, typed: &Self) -> bool {
        let typed: String = typed.expose().chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
        aws_lc_rs::constant_time::verify_slices_are_equal(self.expose().as_bytes(), typed.as_bytes()).is_ok()
    }
}

/// What a right code gives to somebody without a sign-in: 256 random bits, good for one thing for an hour. The store keeps
/// its hash only. It prints as `[REDACTED]`.
#[derive(Debug, Clone)]
pub struct Ticket(SecretString);

/// The system has no randomness.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the system has no randomness")]
pub struct NoRandomness;

impl Ticket {
    /// A new one.
    ///
    /// # Errors
    /// [`NoRandomness`].
    pub fn new() -> Result<Self, NoRandomness> {
        let mut bytes = [0_u8; 32];
        aws_lc_rs::rand::fill(&mut bytes).map_err(|_| NoRandomness)?;
        Ok(Self(BASE32_NOPAD.encode(&bytes).to_lowercase().into()))
    }

    /// What somebody sent, if it has the form of one.
    pub fn parse(text: &str) -> Option<Self> {
        let ok = text.len() == 52 && text.bytes().all(|b| matches!(b, b'a'..=b'z' | b'2'..=b'7'));
        ok.then(|| Self(text.to_owned().into()))
    }

    /// The text, for who gets it only.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    /// What is kept of it.
    pub fn state(&self, now: DateTime<Utc>) -> TicketState {
        let sha256 = crate::chain::sha256_hex(self.expose().as_bytes());
        TicketState { sha256, valid_until: now + TimeDelta::minutes(TICKET_MINUTES) }
    }
}

/// The newest ticket of something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TicketState {
    /// SHA-256 of the ticket, lower-case hex.
    pub sha256: String,
    /// Until when it can be used.
    pub valid_until: DateTime<Utc>,
}

impl TicketState {
    /// Whether this is the ticket, and it can be used. Where they differ, time does not tell.
    pub fn admits(&self, ticket: &Ticket, now: DateTime<Utc>) -> bool {
        let sent = ticket.state(now).sha256;
        let same = aws_lc_rs::constant_time::verify_slices_are_equal(sent.as_bytes(), self.sha256.as_bytes()).is_ok();
        same && now < self.valid_until
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use chrono::TimeZone;

    fn now() -> DateTime<Utc> {
        Utc.with_ymd_and_hms(2026, 11, 22, 3, 0, 0).unwrap()
    }

    fn minutes(n: i64) -> DateTime<Utc> {
        now() + TimeDelta::minutes(n)
    }

    #[test]
    fn three_codes_in_ten_minutes_and_then_a_pause() {
        let mut last = CodeState::next(None, now()).unwrap();
        for n in 2..=CODES_PER_WINDOW {
            last = CodeState::next(Some(&last), minutes(i64::from(n))).unwrap();
            assert_eq!(last.n, n);
        }
        assert_eq!((last.sent_in_window, last.window_from), (CODES_PER_WINDOW, now()));
        assert_eq!(CodeState::next(Some(&last), minutes(9)), Err(TooMany { retry_after: 60 }));
        let later = CodeState::next(Some(&last), minutes(10)).unwrap();
        assert_eq!((later.n, later.sent_in_window, later.tries, later.used), (4, 1, 0, false));
    }

    #[test]
    fn a_code_works_once_for_ten_minutes_and_five_tries() {
        let mut code = CodeState::next(None, now()).unwrap();
        assert!(code.usable(minutes(9)) && !code.usable(minutes(10)) && !code.spent().usable(now()));
        assert!(code.if_mailed(true).usable(now()) && !code.if_mailed(false).usable(now()));
        for _ in 0..CODE_TRIES {
            assert!(code.usable(now()));
            code = code.tried();
        }
        assert!(!code.usable(now()));
    }

    #[test]
    fn codes_do_not_print_and_blanks_do_not_count() {
        let code = OneTimeCode::from_mac(&[255; 32]);
        assert_eq!(code.expose(), "09551615");
        assert!(!format!("{code:?}").contains("09551615"));
        assert!(code.is_whole() && OneTimeCode("0955-1615 ".into()).is_whole());
        for no_code in ["", "0955161", "095516155", "0955161x"] {
            assert!(!OneTimeCode(no_code.into()).is_whole(), "{no_code}");
        }
        assert!(code.matches(&OneTimeCode("0955 1615".into())) && !code.matches(&OneTimeCode("09551616".into())));
    }

    #[test]
    fn a_ticket_is_good_for_an_hour_and_for_nobody_else() {
        let (ticket, other) = (Ticket::new().unwrap(), Ticket::new().unwrap());
        let state = ticket.state(now());
        assert!(state.admits(&Ticket::parse(ticket.expose()).unwrap(), minutes(59)));
        assert!(!state.admits(&ticket, minutes(60)) && !state.admits(&other, now()));
        assert!(!format!("{ticket:?}").contains(ticket.expose()) && !state.sha256.contains(ticket.expose()));
        for bad in ["", "x", &ticket.expose()[1..], &ticket.expose().to_uppercase(), &format!("{}a", ticket.expose())] {
            assert!(Ticket::parse(bad).is_none());
        }
    }
}
