//! What may be done about a Task, by whom, and where it leads: the one table. Everything else asks it: what an actor may do now,
//! what the pages offer, what the FHIR Task says.

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

macro_rules! actions {
    ($($(#[$doc:meta])* $name:ident = $code:literal),+ $(,)?) => {
        /// What is done about a Task.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum TaskAction {
            $($(#[$doc])* $name),+
        }

        impl TaskAction {
            /// Every action.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// The code, as in JSON.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$name => $code),+ }
            }
        }
    };
}

actions! {
    /// Gives the consents for a letter.
    Consent = "consent",
    /// Makes the letter.
    Generate = "generate",
    /// Reads, corrects and signs the letter.
    Review = "review",
    /// Sends the letter.
    Send = "send",
    /// Opens the link.
    Open = "open",
    /// Says that the letter was received.
    Acknowledge = "acknowledge",
    /// Will see the patient.
    Accept = "accept",
    /// Will not see the patient.
    Decline = "decline",
    /// Asks for more.
    AskMore = "ask_more",
    /// Answers with a new letter.
    AnswerMore = "answer_more",
    /// Sends a corrected letter in the place of one that was sent.
    Renew = "renew",
    /// Names another institution.
    Redirect = "redirect",
    /// Proposes an appointment.
    Schedule = "schedule",
    /// Proposes another time.
    Reschedule = "reschedule",
    /// Agrees to the time.
    ConfirmAppointment = "confirm_appointment",
    /// Asks for another time.
    AskOtherTime = "ask_other_time",
    /// Says that the patient was seen.
    Attended = "attended",
    /// Says that the patient did not come.
    NoShow = "no_show",
    /// Ends it before it was sent.
    Cancel = "cancel",
    /// Asks to cancel.
    RequestCancel = "request_cancel",
    /// Agrees to cancel.
    ConfirmCancel = "confirm_cancel",
    /// Does not agree to cancel.
    RefuseCancel = "refuse_cancel",
    /// Tells an outcome that is not the last word.
    InterimOutcome = "interim_outcome",
    /// Tells the outcome.
    FinalOutcome = "final_outcome",
    /// Says what is expected and what it may cost.
    Estimate = "estimate",
    /// Has another person of the institution get a link.
    AddColleague = "add_colleague",
    /// Has the outcome and closes the loop.
    Complete = "complete",
    /// Ends what nobody answered.
    Expire = "expire",
    /// Ends what lost its consent.
    Withdraw = "withdraw",
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
    /// Where it leads.
    pub to: To,
}

use Party as P;
use TaskAction as A;
use TaskState as S;

const fn row(action: A, by: &'static [P], from: &'static [S], to: To) -> Row {
    Row { action, by, from, to }
}

/// States in which the institution has the letter and has not decided.
const UNDECIDED: &[S] = &[S::Sent, S::Opened, S::Acknowledged];
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

/// The table.
pub const TABLE: &[Row] = &[
    row(A::Consent, &[P::Patient], &[S::Draft], To::State(S::Consented)),
    row(A::Generate, &[P::Patient], &[S::Draft, S::Consented, S::Generated, S::Reviewed], To::State(S::Generated)),
    // A newer letter is made before it is sent: what was asked is still unanswered.
    row(
        A::Generate,
        &[P::Patient],
        &[S::MoreInformation, S::Sent, S::Opened, S::Acknowledged, S::Accepted, S::Scheduled, S::Attended, S::NoShow],
        To::Same,
    ),
    row(A::Review, &[P::Reviewer], &[S::Generated], To::State(S::Reviewed)),
    row(A::Review, &[P::Reviewer], &[S::MoreInformation], To::Same),
    row(A::Send, &[P::Patient], &[S::Generated, S::Reviewed], To::State(S::Sent)),
    row(A::AnswerMore, &[P::Patient], &[S::MoreInformation], To::State(S::Sent)),
    row(
        A::Renew,
        &[P::Patient],
        &[S::Sent, S::Opened, S::Acknowledged, S::Accepted, S::Scheduled, S::Attended, S::NoShow],
        To::Same,
    ),
    row(A::Open, &[P::Institution], &[S::Sent], To::State(S::Opened)),
    row(A::Acknowledge, &[P::Institution], &[S::Sent, S::Opened], To::State(S::Acknowledged)),
    row(A::Accept, &[P::Institution], &[S::Opened, S::Acknowledged], To::State(S::Accepted)),
    row(
        A::Decline,
        &[P::Institution],
        &[S::Opened, S::Acknowledged, S::MoreInformation, S::Accepted],
        To::State(S::Declined),
    ),
    row(A::AskMore, &[P::Institution], &[S::Opened, S::Acknowledged], To::State(S::MoreInformation)),
    row(A::Redirect, &[P::Institution], &[S::Opened, S::Acknowledged, S::Accepted], To::State(S::Redirected)),
    row(A::Schedule, &[P::Institution], &[S::Accepted, S::NoShow], To::State(S::Scheduled)),
    row(A::Reschedule, &[P::Institution], &[S::Scheduled], To::Same),
    row(A::ConfirmAppointment, &[P::Patient], &[S::Scheduled], To::Same),
    row(A::AskOtherTime, &[P::Patient], &[S::Scheduled], To::State(S::Accepted)),
    row(A::Attended, &[P::Institution], &[S::Accepted, S::Scheduled], To::State(S::Attended)),
    row(A::NoShow, &[P::Institution], &[S::Scheduled], To::State(S::NoShow)),
    row(A::Cancel, &[P::Patient], &[S::Generated, S::Reviewed], To::State(S::Cancelled)),
    row(
        A::RequestCancel,
        &[P::Patient],
        &[S::Sent, S::Opened, S::Acknowledged, S::MoreInformation, S::Accepted, S::Scheduled, S::NoShow],
        To::State(S::CancelRequested),
    ),
    row(A::RequestCancel, &[P::Institution], &[S::Accepted, S::Scheduled, S::NoShow], To::State(S::CancelRequested)),
    row(
        A::ConfirmCancel,
        &[P::Patient, P::Institution, P::Coordinator],
        &[S::CancelRequested],
        To::State(S::Cancelled),
    ),
    row(A::RefuseCancel, &[P::Patient, P::Institution], &[S::CancelRequested], To::Before),
    row(A::InterimOutcome, &[P::Institution], &[S::Accepted, S::Scheduled, S::Attended, S::NoShow], To::Same),
    row(A::FinalOutcome, &[P::Institution], &[S::Accepted, S::Scheduled, S::Attended], To::State(S::OutcomeReturned)),
    row(A::FinalOutcome, &[P::Institution], &[S::OutcomeReturned], To::Same),
    row(A::Estimate, &[P::Institution], &[S::Opened, S::Acknowledged, S::Accepted, S::Scheduled], To::Same),
    row(
        A::AddColleague,
        &[P::Institution],
        &[S::Opened, S::Acknowledged, S::MoreInformation, S::Accepted, S::Scheduled, S::Attended, S::NoShow],
        To::Same,
    ),
    row(A::Complete, &[P::Patient, P::Service], &[S::OutcomeReturned], To::State(S::Completed)),
    row(A::Expire, &[P::Service], UNDECIDED, To::State(S::Expired)),
    row(A::Withdraw, &[P::Patient], LIVE, To::State(S::ConsentWithdrawn)),
];

/// Where an action of somebody leads.
pub fn leads(state: TaskState, action: TaskAction, by: Party) -> Option<To> {
    TABLE.iter().find(|r| r.action == action && r.by.contains(&by) && r.from.contains(&state)).map(|r| r.to)
}
