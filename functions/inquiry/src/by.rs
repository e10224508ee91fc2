//! Who comes to an inquiry of theirs: a signed-in patient, or a visitor with the ticket that a one-time code gave.

use crate::State;
use crate::thread::object;
use medius_domain::access::{Action, Authentication, Object, Purpose};
use medius_domain::chain::sha256_hex;
use medius_domain::code::Ticket;
use medius_domain::id::{InquiryId, Subject};
use medius_domain::inquiry::Inquiry;
use medius_domain::policy::{On, Permit, permit};
use medius_http::{Origin, Patient, Problem, own_inquiry};
use medius_store::{Change, Snapshot};

/// Who comes to an inquiry of theirs.
#[derive(Clone, Copy)]
pub(crate) enum By<'a> {
    /// The patient, signed in.
    Patient(&'a Patient),
    /// A visitor.
    Visitor(&'a Ticket),
}

impl By<'_> {
    /// As whose a repeat of a request counts.
    pub(crate) fn repeats_as(self) -> Subject {
        match self {
            Self::Patient(patient) => patient.subject.clone(),
            Self::Visitor(ticket) => Subject::of(&sha256_hex(ticket.expose().as_bytes())),
        }
    }

    /// The pseudonym of who signed in.
    pub(crate) fn subject(self) -> Option<Subject> {
        match self {
            Self::Patient(patient) => Some(patient.subject.clone()),
            Self::Visitor(_) => None,
        }
    }

    /// Leave to do something with a part of the inquiry.
    pub(crate) async fn leave(
        self,
        state: &State,
        snapshot: &Snapshot,
        origin: &Origin,
        id: &InquiryId,
        (action, part): (Action, &'static str),
    ) -> Result<(Inquiry, Permit), Problem> {
        self.leave_on(state, snapshot, origin, id, (action, object(id, part))).await
    }

    /// Leave to do something with what belongs to the inquiry. An attempt that is refused is recorded and answered like one
    /// at an inquiry that is not there. The snapshot must hold the inquiry and the head of its log.
    pub(crate) async fn leave_on(
        self,
        state: &State,
        snapshot: &Snapshot,
        origin: &Origin,
        id: &InquiryId,
        (action, object): (Action, Object),
    ) -> Result<(Inquiry, Permit), Problem> {
        let ticket = match self {
            Self::Patient(patient) => {
                let event = origin.patient(patient, action, object, Purpose::Inquiry);
                return own_inquiry(&state.db, snapshot, id, event).await;
            }
            Self::Visitor(ticket) => ticket,
        };
        let inquiry = snapshot.inquiry(id)?.filter(|i| i.visitor.is_some()).ok_or_else(Problem::not_found)?;
        let admitted = inquiry.admits(ticket, state.db.now());
        let how = if admitted { Authentication::MailboxCode } else { Authentication::Nothing };
        let event = origin.without_sign_in(&inquiry.subject, how, action, object, Purpose::Inquiry);
        if admitted {
            let leave = permit(event, &On::Inquiry(&inquiry))?;
            return Ok((inquiry, leave));
        }
        let refusal = Permit::refusal(event, &On::Inquiry(&inquiry));
        state.db.commit(Change::new(refusal, state.db.now()), snapshot).await?;
        Err(Problem::not_found())
    }
}
