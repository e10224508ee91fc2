//! What a request waits for, since when, and what comes next, in plain words: nobody should have to ask why nothing happens.

use super::refusal::Text;
use super::request::RightsRequest;
use super::state::State;
use chrono::{DateTime, Utc};
use serde::Serialize;

/// What a request waits for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Waiting {
    /// For what.
    pub what: Text,
    /// Since when.
    pub since: DateTime<Utc>,
    /// What comes next.
    pub next: Text,
}

const fn text(ko: &'static str, en: &'static str) -> Text {
    Text { ko, en }
}

impl RightsRequest {
    /// What it waits for; nothing once it is closed.
    pub fn waiting_for(&self) -> Option<Waiting> {
        let (what, next) = match self.state {
            State::Received | State::IdentityPending => (
                text("본인 확인을 기다리고 있습니다.", "It waits for proof of who asks."),
                text("확인되면 담당자에게 전달됩니다.", "Once that is shown, it goes to the data protection officer."),
            ),
            State::AgentProofPending => (
                text(
                    "위임을 확인할 서류를 기다리고 있습니다.",
                    "It waits for the mandate of who acts for the patient.",
                ),
                text("확인되면 담당자에게 전달됩니다.", "Once that is shown, it goes to the data protection officer."),
            ),
            State::Queued => (
                text(
                    "개인정보 보호책임자의 배정을 기다리고 있습니다.",
                    "It waits for the data protection officer to take it up.",
                ),
                text("담당자가 내용을 검토합니다.", "The request will then be looked into."),
            ),
            State::InReview if self.needs_second() => (
                text("두 번째 담당자의 승인을 기다리고 있습니다.", "One person has agreed; it waits for a second."),
                text("두 번째 사람이 승인하면 실행합니다.", "Once a second person agrees, it is carried out."),
            ),
            State::InReview => (
                text("개인정보 보호책임자가 검토하고 있습니다.", "The data protection officer is looking into it."),
                text("결정을 알려 드립니다.", "You will be told the decision."),
            ),
            State::EvidencePending => (
                text("요청드린 자료를 기다리고 있습니다.", "It waits for what we asked you for."),
                text("자료를 주시면 검토를 계속합니다.", "Once you give it, we go on."),
            ),
            State::Deferred => (
                text("열람이 연기되었습니다.", "Access was put off to the day that is given."),
                text("그날까지 검토를 다시 시작합니다.", "By that day it will be taken up again."),
            ),
            State::Approved | State::Upheld => (
                text("승인되어 실행을 기다리고 있습니다.", "It was agreed to and waits to be carried out."),
                text("실행한 뒤 결과를 알려 드립니다.", "You will be told the result."),
            ),
            State::Executing => (
                text(
                    "개인정보 보호책임자가 실행하고 있습니다.",
                    "It is being carried out by the data protection officer.",
                ),
                text("끝나면 결과를 알려 드립니다.", "You will be told the result."),
            ),
            State::ExecutionFailed => (
                text(
                    "실행하지 못해 다시 시도할 예정입니다.",
                    "It could not be carried out and waits to be tried again.",
                ),
                text("다시 실행한 뒤 결과를 알려 드립니다.", "After that you will be told the result."),
            ),
            State::ObjectionOpen => (
                text(
                    "이의에 대한 다른 담당자의 판단을 기다리고 있습니다.",
                    "Your objection waits for another person to decide.",
                ),
                text("판단한 결과를 알려 드립니다.", "You will be told what was decided."),
            ),
            State::Refused
            | State::Completed
            | State::Partial
            | State::Dismissed
            | State::Cancelled
            | State::ClosedUnverified => return None,
        };
        Some(Waiting { what, since: self.changed_at(), next })
    }
}
