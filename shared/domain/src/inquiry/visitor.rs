//! Visitors: who asks without a sign-in. Staff see what they ask only after a one-time code has shown that the mailbox is
//! theirs; what nobody confirms is gone after a day.

use super::{Inquiry, InquiryState, Step, Topic};
use crate::code::{CodeState, Ticket, TicketState};
use crate::consent::TextLanguage;
use crate::id::{InquiryId, Subject};
use crate::person::Email;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// A visitor, as far as they are known. The mailbox itself lies sealed beside what they wrote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Visitor {
    /// The mailbox, as a MAC under a key that only the service has.
    pub mailbox: String,
    /// The newest code.
    pub code: CodeState,
    /// What the last right code gave.
    pub ticket: Option<TicketState>,
}

/// The mailbox that answers to an inquiry are announced at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnswerTo {
    /// The address.
    pub email: Email,
    /// The language of mails.
    pub language: TextLanguage,
}

impl Inquiry {
    /// A new inquiry of a visitor, under a name of its own, which is nobody's.
    pub fn of_visitor(visitor: Visitor, topic: Topic, now: DateTime<Utc>) -> Self {
        let id = InquiryId::new();
        let subject = Subject::of(&format!("visitor|{id}"));
        let state = InquiryState::Unconfirmed;
        Self { id, state, visitor: Some(visitor), ..Self::new(subject, topic, None, now) }
    }

    /// The inquiry after another code was ordered, or one was tried. Its term does not move.
    #[must_use]
    pub fn with_code(&self, code: CodeState) -> Self {
        let visitor = self.visitor.clone().map(|visitor| Visitor { code, ..visitor });
        Self { visitor, version: self.version + 1, ..self.clone() }
    }

    /// The inquiry after a right code: it has a ticket, and staff see it from now on.
    #[must_use]
    pub fn confirmed(&self, ticket: &Ticket, now: DateTime<Utc>) -> Self {
        let spent = |visitor: &Visitor| Visitor {
            code: visitor.code.spent(),
            ticket: Some(ticket.state(now)),
            ..visitor.clone()
        };
        let next = match self.state {
            InquiryState::Unconfirmed => self.after(Step::Confirm, now),
            InquiryState::Open | InquiryState::Answered | InquiryState::Closed => None,
        };
        let next = next.unwrap_or_else(|| Self { version: self.version + 1, ..self.clone() });
        Self { visitor: self.visitor.as_ref().map(spent), ..next }
    }

    /// Whether a ticket is this inquiry's, and can be used.
    pub fn admits(&self, ticket: &Ticket, now: DateTime<Utc>) -> bool {
        let state = self.visitor.as_ref().and_then(|visitor| visitor.ticket.as_ref());
        state.is_some_and(|state| state.admits(ticket, now))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use chrono::{TimeDelta, TimeZone};

    #[test]
    fn a_visitor_s_inquiry_waits_a_day_for_the_code_and_is_an_inquiry_from_then_on() {
        let now = Utc.with_ymd_and_hms(2026, 11, 22, 3, 0, 0).unwrap();
        let visitor = Visitor { mailbox: "m".to_owned(), code: CodeState::next(None, now).unwrap(), ticket: None };
        let asked = Inquiry::of_visitor(visitor, Topic::Service, now);
        assert_eq!((asked.state, asked.expires_at()), (InquiryState::Unconfirmed, now + TimeDelta::hours(24)));
        for step in [Step::Ask, Step::Answer, Step::Close] {
            assert_eq!(asked.after(step, now), None);
        }
        let tried = asked.with_code(asked.visitor.as_ref().unwrap().code.tried());
        assert_eq!((tried.version, tried.expires_at()), (2, asked.expires_at()));
        let ticket = Ticket::new().unwrap();
        let open = tried.confirmed(&ticket, now);
        assert_eq!((open.state, open.version), (InquiryState::Open, 3));
        assert!(open.expires_at() > now + TimeDelta::days(365) && open.admits(&ticket, now));
        assert!(!open.visitor.as_ref().unwrap().code.usable(now));
        // A later code gives another ticket and moves nothing.
        let answered = open.after(Step::Answer, now).unwrap();
        let next = Ticket::new().unwrap();
        let again = answered.confirmed(&next, now + TimeDelta::days(3));
        assert_eq!((again.state, again.updated_at), (InquiryState::Answered, now));
        assert!(again.admits(&next, now + TimeDelta::days(3)) && !again.admits(&ticket, now));
        assert!(answered.after(Step::Confirm, now).is_none());
    }
}
