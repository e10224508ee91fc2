//! What can be done about a Task, by name.

use serde::{Deserialize, Serialize};

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
