//! What may be done about a Task, by whom, and where it leads: the one table. Everything else asks it: what an actor may do now,
//! what the pages offer, what the FHIR Task says.

use super::action::TaskAction;
use super::effect::Effect;
use super::guard::Guard;
use super::state::TaskState;
use serde::{Deserialize, Serialize};

/// Who does it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Party {
    /// The patient, or the guardian at the same sign-in.
    Patient,
    /// The institution, through its link.
    Institution,
    /// The coordinator.
    Coordinator,
    /// The clinician who reviews letters.
    Reviewer,
    /// The service itself.
    Service,
}

impl Party {
    /// Everybody.
    pub const ALL: [Self; 5] = [Self::Patient, Self::Institution, Self::Coordinator, Self::Reviewer, Self::Service];
}

/// Where an action leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum To {
    /// To a state.
    State(TaskState),
    /// Nowhere: something is added.
    Same,
    /// Back to where it was before cancelling was asked for.
    Before,
}

/// A row of the table.
#[derive(Debug, Clone, Copy)]
pub struct Row {
    /// What is done.
    pub action: TaskAction,
    /// By whom.
    pub by: &'static [Party],
    /// From which states.
    pub from: &'static [TaskState],
    /// What has to be so beside that.
    pub guard: Guard,
    /// Where it leads; the codes of FHIR and BSeR are the state's ([`TaskState::fhir_status`], [`TaskState::business_status`]).
    pub to: To,
    /// What it brings about.
    pub effect: Effect,
}

use Effect as E;
use Guard as G;
use Party as P;
use TaskAction as A;
use TaskState as S;

const fn row(action: A, by: &'static [P], from: &'static [S], guard: G, to: To, effect: E) -> Row {
    Row { action, by, from, guard, to, effect }
}

/// States in which the institution has the letter and has not decided.
const UNDECIDED: &[S] = &[S::Sent, S::Opened, S::Acknowledged];
/// States in which a newer letter can take the place of the one that was sent.
const RENEWABLE: &[S] =
    &[S::MoreInformation, S::Sent, S::Opened, S::Acknowledged, S::Accepted, S::Scheduled, S::Attended, S::NoShow];
/// States that end when a consent is withdrawn.
const LIVE: &[S] = &[
    S::Generated,
    S::Reviewed,
    S::Sent,
    S::Opened,
    S::Acknowledged,
    S::Accepted,
    S::MoreInformation,
    S::Scheduled,
    S::Attended,
    S::NoShow,
    S::CancelRequested,
];

/// The table: what, by whom, from where, under which guard, to where, and what it brings about.
pub const TABLE: &[Row] = &[
    row(A::Consent, &[P::Patient], &[S::Draft], G::None, To::State(S::Consented), E::None),
    row(
        A::Generate,
        &[P::Patient],
        &[S::Draft, S::Consented, S::Generated, S::Reviewed],
        G::ConsentInForce,
        To::State(S::Generated),
        E::LetterJoins,
    ),
    // A newer letter is made before it is sent: what was asked is still unanswered.
    row(A::Generate, &[P::Patient], RENEWABLE, G::ConsentInForce, To::Same, E::LetterJoins),
    row(A::Review, &[P::Reviewer], &[S::Generated], G::ConsentInForce, To::State(S::Reviewed), E::LetterJoins),
    row(A::Review, &[P::Reviewer], RENEWABLE, G::ConsentInForce, To::Same, E::LetterJoins),
    row(A::Send, &[P::Patient], &[S::Generated, S::Reviewed], G::ConsentInForce, To::State(S::Sent), E::LetterGoesOut),
    row(A::AnswerMore, &[P::Patient], &[S::MoreInformation], G::ConsentInForce, To::State(S::Sent), E::LetterGoesOut),
    row(
        A::Renew,
        &[P::Patient],
        &[S::Sent, S::Opened, S::Acknowledged, S::Accepted, S::Scheduled, S::Attended, S::NoShow],
        G::ConsentInForce,
        To::Same,
        E::LetterGoesOut,
    ),
    row(A::Open, &[P::Institution], &[S::Sent], G::None, To::State(S::Opened), E::None),
    row(
        A::Acknowledge,
        &[P::Institution],
        &[S::Sent, S::Opened],
        G::None,
        To::State(S::Acknowledged),
        E::LinkAcknowledged,
    ),
    row(A::Accept, &[P::Institution], &[S::Opened, S::Acknowledged], G::None, To::State(S::Accepted), E::None),
    row(
        A::Decline,
        &[P::Institution],
        &[S::Opened, S::Acknowledged, S::MoreInformation, S::Accepted],
        G::None,
        To::State(S::Declined),
        E::LinkDeclined,
    ),
    row(A::AskMore, &[P::Institution], &[S::Opened, S::Acknowledged], G::None, To::State(S::MoreInformation), E::None),
    row(
        A::Redirect,
        &[P::Institution],
        &[S::Opened, S::Acknowledged, S::Accepted],
        G::ReceivingInstitution,
        To::State(S::Redirected),
        E::None,
    ),
    row(
        A::Schedule,
        &[P::Institution],
        &[S::Accepted, S::NoShow],
        G::None,
        To::State(S::Scheduled),
        E::AppointmentProposed,
    ),
    row(A::Reschedule, &[P::Institution], &[S::Scheduled], G::None, To::Same, E::AppointmentProposed),
    row(A::ConfirmAppointment, &[P::Patient], &[S::Scheduled], G::None, To::Same, E::AppointmentConfirmed),
    row(A::AskOtherTime, &[P::Patient], &[S::Scheduled], G::None, To::State(S::Accepted), E::AppointmentDropped),
    row(
        A::Attended,
        &[P::Institution],
        &[S::Accepted, S::Scheduled],
        G::AppointmentDayReached,
        To::State(S::Attended),
        E::None,
    ),
    row(A::NoShow, &[P::Institution], &[S::Scheduled], G::AppointmentDayReached, To::State(S::NoShow), E::None),
    row(A::Cancel, &[P::Patient], &[S::Generated, S::Reviewed], G::None, To::State(S::Cancelled), E::CalledOff),
    row(
        A::RequestCancel,
        &[P::Patient],
        &[S::Sent, S::Opened, S::Acknowledged, S::MoreInformation, S::Accepted, S::Scheduled, S::NoShow],
        G::None,
        To::State(S::CancelRequested),
        E::CancelAsked,
    ),
    row(
        A::RequestCancel,
        &[P::Institution],
        &[S::Accepted, S::Scheduled, S::NoShow],
        G::None,
        To::State(S::CancelRequested),
        E::CancelAsked,
    ),
    row(
        A::ConfirmCancel,
        &[P::Patient, P::Institution, P::Coordinator],
        &[S::CancelRequested],
        G::OtherSideAsked,
        To::State(S::Cancelled),
        E::CalledOff,
    ),
    row(
        A::RefuseCancel,
        &[P::Patient, P::Institution],
        &[S::CancelRequested],
        G::OtherSideAsked,
        To::Before,
        E::CancelDropped,
    ),
    row(
        A::InterimOutcome,
        &[P::Institution],
        &[S::Accepted, S::Scheduled, S::Attended, S::NoShow],
        G::None,
        To::Same,
        E::None,
    ),
    row(
        A::FinalOutcome,
        &[P::Institution],
        &[S::Accepted, S::Scheduled, S::Attended],
        G::None,
        To::State(S::OutcomeReturned),
        E::OutcomeTold,
    ),
    row(A::FinalOutcome, &[P::Institution], &[S::OutcomeReturned], G::None, To::Same, E::OutcomeTold),
    row(
        A::Estimate,
        &[P::Institution],
        &[S::Opened, S::Acknowledged, S::Accepted, S::Scheduled],
        G::None,
        To::Same,
        E::None,
    ),
    row(
        A::AddColleague,
        &[P::Institution],
        &[S::Opened, S::Acknowledged, S::MoreInformation, S::Accepted, S::Scheduled, S::Attended, S::NoShow],
        G::VerifiedContact,
        To::Same,
        E::ColleagueInvited,
    ),
    row(A::Complete, &[P::Patient], &[S::OutcomeReturned], G::None, To::State(S::Completed), E::LoopClosed),
    row(A::Complete, &[P::Service], &[S::OutcomeReturned], G::TimeOver, To::State(S::Completed), E::LoopClosed),
    row(A::Expire, &[P::Service], UNDECIDED, G::TimeOver, To::State(S::Expired), E::None),
    row(A::Withdraw, &[P::Patient], LIVE, G::ConsentGone, To::State(S::ConsentWithdrawn), E::ConsentGone),
];

/// The row by which somebody may do something from a state, if its guard lets them.
pub fn rule(state: TaskState, action: TaskAction, by: Party) -> Option<&'static Row> {
    TABLE.iter().find(|row| row.action == action && row.by.contains(&by) && row.from.contains(&state))
}
