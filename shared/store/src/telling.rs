//! What goes along with a step of a Task in the same transaction: the mails that the domain's table asks for, the end of links that
//! nothing can be read by any more, and the end of the service with its last request.

use crate::change::Change;
use crate::error::StoreError;
use crate::records::{DeskNotice, MailAbout, MailRecord, Notice};
use chrono::{DateTime, Utc};
use medius_domain::case::Case;
use medius_domain::id::LinkId;
use medius_domain::lifecycle::Cause;
use medius_domain::link::{Link, LinkEvent};
use medius_domain::task::telling::{ToCoordinator, ToInstitution, ToPatient};
use medius_domain::task::{Effect, Step, Task};

impl From<ToCoordinator> for DeskNotice {
    fn from(word: ToCoordinator) -> Self {
        match word {
            ToCoordinator::Declined => Self::TaskDeclined,
            ToCoordinator::Redirected => Self::TaskRedirected,
            ToCoordinator::CancelRequested => Self::CancelRequested,
            ToCoordinator::NotAttended => Self::NotAttended,
            ToCoordinator::Expired => Self::TaskExpired,
        }
    }
}

impl MailRecord {
    /// Word to an institution that something about its referral changed or is due, with its link again.
    pub fn news(link: &Link, now: DateTime<Utc>) -> Self {
        let (link_id, generation, provider_id) = (link.id.clone(), link.generation, link.provider_id.clone());
        let about = MailAbout::ProviderTask { link_id, generation, provider_id };
        Self::new(about, link.case_id.clone(), link.subject.clone(), now)
    }
}

/// What lies around a step of a Task.
#[derive(Debug, Clone, Copy)]
pub struct Around<'a> {
    /// The Task's case.
    pub case: &'a Case,
    /// The live links of the case.
    pub live: &'a [Link],
    /// Whether no other Task of the case is still under way.
    pub last: bool,
    /// The link at which somebody did it: who is there needs no mail that it has ended.
    pub at: Option<&'a LinkId>,
}

impl Change {
    /// Counts a Task's newest step and orders the general mails about it: what the table says that goes with a link's or a consent's own change is
    /// ordered with that. Without a live link there is nowhere to tell an institution anything.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`].
    pub fn tell<'a>(
        &mut self,
        task: &Task,
        links: impl IntoIterator<Item = &'a Link>,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let Some(step) = task.steps.last() else { return Ok(()) };
        self.counted.push(("RequestSteps", ("action", step.action.code())));
        let mails = step.mails();
        let about_case = |about| MailRecord::new(about, task.case_id.clone(), task.subject.clone(), now);
        if mails.patient == ToPatient::Changed {
            self.order_mail(&about_case(MailAbout::PatientNotice { notice: Notice::TaskChanged }))?;
        }
        // Whoever of the institution has a link: a colleague who answered waits for what follows, too.
        for link in links.into_iter().filter(|_| mails.institution == ToInstitution::Changed) {
            self.order_mail(&MailRecord::news(link, now))?;
        }
        if let Some(word) = mails.coordinator {
            self.order_mail(&about_case(MailAbout::CoordinatorNotice { notice: word.into() }))?;
        }
        Ok(())
    }

    /// A Task's next version with all that its newest step brings along by the table: mails, the end of the links of what was called
    /// off, and the end of the service where the Task was the last that was under way.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`].
    pub fn step_task(
        &mut self,
        next: &Task,
        Around { case, live, last, at }: Around<'_>,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        self.update_task(next, case.expires_at)?;
        let own = live.iter().filter(|link| next.owns(link));
        self.tell(next, own.clone().filter(|link| at != Some(&link.id)), now)?;
        let cause = match next.steps.last().map_or(Effect::None, Step::effect) {
            Effect::CalledOff => {
                for link in own {
                    if at == Some(&link.id) {
                        self.end_link_quietly(link, LinkEvent::Revoke, case)?;
                    } else {
                        self.end_link(link, LinkEvent::Revoke, case)?;
                    }
                }
                Some(Cause::Cancelled)
            }
            Effect::LoopClosed => Some(Cause::OutcomeReturned),
            // The Task carries these out itself, or whoever sends, invites, unlocks or withdraws does.
            Effect::None
            | Effect::LetterJoins
            | Effect::LetterGoesOut
            | Effect::LinkAcknowledged
            | Effect::LinkDeclined
            | Effect::AppointmentProposed
            | Effect::AppointmentConfirmed
            | Effect::AppointmentDropped
            | Effect::CancelAsked
            | Effect::CancelDropped
            | Effect::OutcomeTold
            | Effect::ColleagueInvited
            | Effect::ConsentGone => None,
        };
        match cause.filter(|_| last).and_then(|cause| case.closed(cause, now)) {
            Some(closed) => self.put_case(&closed),
            None => Ok(()),
        }
    }

    /// Ends a link, and tells the institution that was sent it. Gives the link as it is then; none where it had ended before.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`].
    pub fn end_link(&mut self, link: &Link, event: LinkEvent, case: &Case) -> Result<Option<Link>, StoreError> {
        let ended = self.end_link_quietly(link, event, case)?;
        if let Some(ended) = ended.as_ref().filter(|ended| ended.sent_at.is_some()) {
            self.order_mail(&MailRecord::ended(ended, self.now))?;
        }
        Ok(ended)
    }

    /// The same without a word: where another mail goes out instead, or who did it is there.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`].
    pub fn end_link_quietly(&mut self, link: &Link, event: LinkEvent, case: &Case) -> Result<Option<Link>, StoreError> {
        let Some(ended) = link.ended(event, self.now) else { return Ok(None) };
        self.update_link(&ended, case.expires_at)?;
        self.counted.push(("LinksEnded", ("state", ended.state.as_str())));
        Ok(Some(ended))
    }
}
