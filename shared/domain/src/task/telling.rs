//! Who is mailed about a step of a Task: the one table. The patient hears of every change, because each is about them; an institution of
//! what others do about what it was sent; the coordinator of what does not go on by itself. A mail says only that something changed
//! and carries a link; what changed stands behind the link.

use super::Step;
use super::TaskAction;
use super::table::Party;

/// What the patient is mailed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ToPatient {
    /// That something changed.
    Changed,
    /// What goes with this action in any case: the receipt of a consent or of its withdrawal, word of a signed letter.
    Own,
}

/// What the institution is mailed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ToInstitution {
    /// That something changed, with its link again.
    Changed,
    /// What goes with the change of its link: the new link, or word that it has ended.
    Link,
    /// Nothing.
    Nothing(Spared),
}

/// Why an institution is not mailed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spared {
    /// It did it itself.
    Itself,
    /// The letter that it is about was not sent to it.
    Unsent,
    /// Nothing is asked of it any more: it told the outcome, or was reminded in vain until the link's end.
    Over,
}

/// What the coordinator is mailed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ToCoordinator {
    /// An institution will not see the patient.
    Declined,
    /// An institution named another one.
    Redirected,
    /// One side asked to cancel.
    CancelRequested,
    /// The patient did not come.
    NotAttended,
    /// Nobody answered while the link lived.
    Expired,
}

/// Who is mailed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mails {
    /// The patient; a child's guardian in their place.
    pub patient: ToPatient,
    /// The institution.
    pub institution: ToInstitution,
    /// The coordinator, where somebody has to see to it.
    pub coordinator: Option<ToCoordinator>,
}

/// Who is mailed when somebody has done something.
pub const fn mails(action: TaskAction, by: Party) -> Mails {
    Mails { patient: to_patient(action), institution: to_institution(action, by), coordinator: to_coordinator(action) }
}

impl Step {
    /// Who is mailed about it.
    pub const fn mails(&self) -> Mails {
        mails(self.action, self.by)
    }
}

use TaskAction as A;

const fn to_patient(action: A) -> ToPatient {
    match action {
        A::Consent | A::Withdraw | A::Review => ToPatient::Own,
        A::Generate
        | A::Send
        | A::Open
        | A::Acknowledge
        | A::Accept
        | A::Decline
        | A::AskMore
        | A::AnswerMore
        | A::Renew
        | A::Redirect
        | A::Schedule
        | A::Reschedule
        | A::ConfirmAppointment
        | A::AskOtherTime
        | A::Attended
        | A::NoShow
        | A::Cancel
        | A::RequestCancel
        | A::ConfirmCancel
        | A::RefuseCancel
        | A::InterimOutcome
        | A::FinalOutcome
        | A::Estimate
        | A::AddColleague
        | A::Complete
        | A::Expire => ToPatient::Changed,
    }
}

const fn to_institution(action: A, by: Party) -> ToInstitution {
    let itself = matches!(by, Party::Institution);
    match action {
        A::Consent | A::Generate | A::Review | A::Cancel => ToInstitution::Nothing(Spared::Unsent),
        A::Send | A::AnswerMore | A::Renew | A::AddColleague | A::Withdraw => ToInstitution::Link,
        A::ConfirmAppointment | A::AskOtherTime => ToInstitution::Changed,
        A::RequestCancel | A::RefuseCancel if !itself => ToInstitution::Changed,
        A::ConfirmCancel if !itself => ToInstitution::Link,
        A::Open
        | A::Acknowledge
        | A::Accept
        | A::Decline
        | A::AskMore
        | A::Redirect
        | A::Schedule
        | A::Reschedule
        | A::Attended
        | A::NoShow
        | A::RequestCancel
        | A::RefuseCancel
        | A::ConfirmCancel
        | A::InterimOutcome
        | A::FinalOutcome
        | A::Estimate => ToInstitution::Nothing(Spared::Itself),
        A::Complete | A::Expire => ToInstitution::Nothing(Spared::Over),
    }
}

const fn to_coordinator(action: A) -> Option<ToCoordinator> {
    match action {
        A::Decline => Some(ToCoordinator::Declined),
        A::Redirect => Some(ToCoordinator::Redirected),
        A::RequestCancel => Some(ToCoordinator::CancelRequested),
        A::NoShow => Some(ToCoordinator::NotAttended),
        A::Expire => Some(ToCoordinator::Expired),
        A::Consent
        | A::Generate
        | A::Review
        | A::Send
        | A::Open
        | A::Acknowledge
        | A::Accept
        | A::AskMore
        | A::AnswerMore
        | A::Renew
        | A::Schedule
        | A::Reschedule
        | A::ConfirmAppointment
        | A::AskOtherTime
        | A::Attended
        | A::Cancel
        | A::ConfirmCancel
        | A::RefuseCancel
        | A::InterimOutcome
        | A::FinalOutcome
        | A::Estimate
        | A::AddColleague
        | A::Complete
        | A::Withdraw => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::task::table::TABLE;

    /// Every row of the transition table with each of its actors.
    fn steps() -> impl Iterator<Item = (A, Party)> {
        TABLE.iter().flat_map(|row| row.by.iter().map(|by| (row.action, *by)))
    }

    #[test]
    fn no_change_is_mailed_to_nobody_but_what_its_institution_did() {
        for (action, by) in steps() {
            let told = mails(action, by);
            let itself = told.institution == ToInstitution::Nothing(Spared::Itself);
            assert_eq!(itself, by == Party::Institution && action != A::AddColleague, "{action:?} by {by:?}");
            // What goes without the general mail has one of its own.
            let own = [A::Consent, A::Withdraw, A::Review].contains(&action);
            assert_eq!(told.patient == ToPatient::Own, own, "{action:?}");
        }
    }

    #[test]
    fn an_institution_hears_of_what_others_do_about_what_it_was_sent() {
        for (action, by) in steps().filter(|(_, by)| *by != Party::Institution) {
            let unsent = [A::Consent, A::Generate, A::Review, A::Cancel].contains(&action);
            let over = [A::Complete, A::Expire].contains(&action);
            let expected = if unsent {
                Some(Spared::Unsent)
            } else if over {
                Some(Spared::Over)
            } else {
                None
            };
            let spared = match mails(action, by).institution {
                ToInstitution::Nothing(why) => Some(why),
                ToInstitution::Changed | ToInstitution::Link => None,
            };
            assert_eq!(spared, expected, "{action:?} by {by:?}");
        }
    }

    #[test]
    fn the_coordinator_hears_of_what_does_not_go_on_by_itself() {
        let heard: Vec<A> = A::ALL.iter().copied().filter(|a| to_coordinator(*a).is_some()).collect();
        assert_eq!(heard, [A::Decline, A::Redirect, A::NoShow, A::RequestCancel, A::Expire]);
    }
}
