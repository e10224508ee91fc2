//! Where a Task stands, in the institution's words: what it is called, what happens next, and what was done by whom.

use super::page::Stage;
use super::words::{Two, two};
use medius_domain::task::{Party, TaskAction, TaskState};

/// What a state is called, and what the institution does next.
pub(crate) const fn state(state: TaskState) -> (Two, Two) {
    match state {
        TaskState::Draft | TaskState::Consented | TaskState::Generated | TaskState::Reviewed => {
            (two("보내기 전", "Not yet sent"), two("", ""))
        }
        TaskState::Sent | TaskState::Opened => (
            two("새 의뢰", "New referral"),
            two("수신을 확인하고, 기한 안에 수락 여부를 알려 주십시오.", "Please confirm receipt, and decide in time."),
        ),
        TaskState::Acknowledged => (
            two("수신 확인됨", "Receipt confirmed"),
            two(
                "수락, 추가 자료 요청, 다른 곳 추천, 거절 중에서 답해 주십시오.",
                "Please accept, ask for more, suggest another place, or decline.",
            ),
        ),
        TaskState::Accepted => (
            two("수락함", "Accepted"),
            two("환자에게 예약 시간을 제안해 주십시오.", "Please propose an appointment to the patient."),
        ),
        TaskState::MoreInformation => (
            two("추가 자료를 기다림", "Waiting for more information"),
            two(
                "환자의 답을 기다립니다. 새 의뢰서가 오면 새 링크로 알려 드립니다.",
                "The patient was asked. A new letter comes with a new link.",
            ),
        ),
        TaskState::Declined => (two("거절함", "Declined"), two("이 의뢰는 끝났습니다.", "This referral has ended.")),
        TaskState::Redirected => (
            two("다른 곳을 추천함", "Sent elsewhere"),
            two("환자가 새 기관에 동의하면 자료가 그곳으로 갑니다.", "The patient decides whether to follow."),
        ),
        TaskState::Scheduled => (
            two("예약됨", "Appointment"),
            two(
                "진료 뒤 내원 여부와 소견을 알려 주십시오.",
                "After the visit, please say whether the patient came, and return the outcome.",
            ),
        ),
        TaskState::Attended => (
            two("내원함", "The patient came"),
            two("소견을 회송해 주십시오. 환자가 받아 보관합니다.", "Please return the outcome. The patient keeps it."),
        ),
        TaskState::NoShow => (
            two("내원하지 않음", "The patient did not come"),
            two("다른 시간을 제안하거나 취소를 요청해 주십시오.", "Please propose another time, or ask to cancel."),
        ),
        TaskState::CancelRequested => (
            two("취소 요청됨", "Cancellation requested"),
            two("상대방의 동의를 기다립니다.", "It waits for the other side's word."),
        ),
        TaskState::Cancelled => (two("취소됨", "Cancelled"), two("이 의뢰는 끝났습니다.", "This referral has ended.")),
        TaskState::OutcomeReturned => (
            two("소견을 회송함", "Outcome returned"),
            two("환자가 소견을 받았습니다. 감사합니다.", "The patient has the outcome. Thank you."),
        ),
        TaskState::Completed => (two("완료", "Completed"), two("감사합니다.", "Thank you.")),
        TaskState::Expired => (two("기한이 지남", "Expired"), two("이 의뢰는 끝났습니다.", "This referral has ended.")),
        TaskState::ConsentWithdrawn => {
            (two("동의가 철회됨", "Consent withdrawn"), two("이 의뢰는 끝났습니다.", "This referral has ended."))
        }
    }
}

/// The five stages of the way, and how far a state has got.
pub(crate) fn stages(state: TaskState) -> Vec<Stage> {
    const NAMES: [Two; 5] = [
        two("1. 도착", "1. Received"),
        two("2. 결정", "2. Decision"),
        two("3. 예약", "3. Appointment"),
        two("4. 소견", "4. Outcome"),
        two("5. 완료", "5. Completed"),
    ];
    let at = match state {
        TaskState::Draft
        | TaskState::Consented
        | TaskState::Generated
        | TaskState::Reviewed
        | TaskState::Sent
        | TaskState::Opened => 0,
        TaskState::Acknowledged
        | TaskState::MoreInformation
        | TaskState::Declined
        | TaskState::Redirected
        | TaskState::Expired => 1,
        TaskState::Accepted | TaskState::Scheduled | TaskState::NoShow => 2,
        TaskState::Attended => 3,
        TaskState::OutcomeReturned | TaskState::Completed => 4,
        // Wherever it stood before, the way ends here.
        TaskState::CancelRequested | TaskState::Cancelled | TaskState::ConsentWithdrawn => 2,
    };
    let stage = |(n, name)| Stage { name, done: n < at || state == TaskState::Completed, current: n == at };
    NAMES.into_iter().enumerate().map(stage).collect()
}

/// Who did something.
pub(crate) const fn who(who: Party) -> Two {
    match who {
        Party::Patient => two("환자", "Patient"),
        Party::Institution => two("의료기관", "Institution"),
        Party::Coordinator => two("코디네이터", "Coordinator"),
        Party::Reviewer => two("검토 의사", "Reviewing clinician"),
        Party::Service => two("서비스", "Service"),
    }
}

/// What was done.
pub(crate) const fn deed(action: TaskAction) -> Two {
    match action {
        TaskAction::Consent => two("제공에 동의함", "Consented"),
        TaskAction::Generate => two("의뢰서를 만듦", "Letter made"),
        TaskAction::Review => two("의뢰서를 검토하고 서명함", "Letter reviewed and signed"),
        TaskAction::Send => two("의뢰서를 보냄", "Letter sent"),
        TaskAction::Open => two("의뢰서를 열람함", "Letter opened"),
        TaskAction::Acknowledge => two("수신을 확인함", "Receipt confirmed"),
        TaskAction::Accept => two("수락함", "Accepted"),
        TaskAction::Decline => two("거절함", "Declined"),
        TaskAction::AskMore => two("추가 자료를 요청함", "Asked for more information"),
        TaskAction::AnswerMore => two("추가 자료를 보냄", "More information given"),
        TaskAction::Renew => two("새 의뢰서를 보냄", "A newer letter was sent"),
        TaskAction::AddColleague => two("동료에게 링크를 보냄", "A link was sent to a colleague"),
        TaskAction::Cancel => two("보내기 전에 취소함", "Cancelled before it was sent"),
        TaskAction::Redirect => two("다른 곳을 추천함", "Suggested another place"),
        TaskAction::Schedule => two("예약을 제안함", "Appointment proposed"),
        TaskAction::Reschedule => two("예약 변경을 제안함", "Another time proposed"),
        TaskAction::ConfirmAppointment => two("예약을 확인함", "Appointment confirmed"),
        TaskAction::AskOtherTime => two("다른 시간을 요청함", "Another time asked for"),
        TaskAction::Attended => two("내원함", "The patient came"),
        TaskAction::NoShow => two("내원하지 않음", "The patient did not come"),
        TaskAction::RequestCancel => two("취소를 요청함", "Cancellation requested"),
        TaskAction::ConfirmCancel => two("취소에 동의함", "Cancellation agreed"),
        TaskAction::RefuseCancel => two("취소에 동의하지 않음", "Cancellation not agreed"),
        TaskAction::InterimOutcome => two("중간 소견", "Interim note"),
        TaskAction::FinalOutcome => two("소견을 회송함", "Outcome returned"),
        TaskAction::Estimate => two("예상 진료와 비용", "Expected treatment and cost"),
        TaskAction::Complete => two("완료", "Completed"),
        TaskAction::Expire => two("기한이 지남", "Expired"),
        TaskAction::Withdraw => two("동의를 철회함", "Consent withdrawn"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_has_words_in_both_languages_and_one_place_on_the_way() {
        for standing in TaskState::ALL {
            let (name, _) = state(standing);
            assert!(!name.ko.is_ascii() && name.en.is_ascii());
            assert_eq!(stages(standing).iter().filter(|stage| stage.current).count(), 1);
        }
        assert!(stages(TaskState::Completed).iter().all(|stage| stage.done));
        assert!(stages(TaskState::Sent).iter().all(|stage| !stage.done));
    }

    #[test]
    fn every_deed_and_everybody_has_a_name() {
        for action in TaskAction::ALL.iter().copied() {
            assert!(!deed(action).ko.is_ascii() && deed(action).en.is_ascii());
        }
        for somebody in Party::ALL {
            assert!(!who(somebody).ko.is_ascii() && who(somebody).en.is_ascii());
        }
    }
}
