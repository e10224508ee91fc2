//! The words of the desk in Korean and English, and nothing that is decided.

/// A text in both languages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Two {
    pub(crate) ko: &'static str,
    pub(crate) en: &'static str,
}

pub(crate) const fn two(ko: &'static str, en: &'static str) -> Two {
    Two { ko, en }
}

/// Title and button of an answer, and whether it is what most institutions do next.
pub(crate) fn button(action: &str) -> Option<(Two, Two, bool)> {
    let (title, submit, main) = match action {
        "acknowledge" => (two("수신 확인", "Confirm receipt"), two("수신 확인", "Confirm receipt"), true),
        "accept" => (two("진료 수락", "Accept the patient"), two("수락하기", "Accept"), true),
        "decline" => (two("의뢰 거절", "Decline"), two("거절하기", "Decline"), false),
        "ask_more" => (two("추가 자료 요청", "Ask for more information"), two("요청하기", "Ask"), false),
        "redirect" => {
            (two("다른 곳 추천", "Suggest another institution or department"), two("추천하기", "Suggest"), false)
        }
        "schedule" => (two("예약 제안", "Propose an appointment"), two("제안하기", "Propose"), true),
        "reschedule" => (two("예약 변경 제안", "Propose another time"), two("제안하기", "Propose"), false),
        "confirm_appointment" => {
            (two("환자가 원하는 시간 확정", "Confirm the time"), two("확정하기", "Confirm the time"), true)
        }
        "attended" => (two("내원함", "The patient came"), two("내원 기록", "The patient came"), true),
        "no_show" => (two("내원하지 않음", "The patient did not come"), two("미내원 기록", "Did not come"), false),
        "request_cancel" => (two("취소 요청", "Ask to cancel"), two("취소 요청", "Ask to cancel"), false),
        "confirm_cancel" => (two("취소 동의", "Agree to cancel"), two("취소 동의", "Agree to cancel"), true),
        "refuse_cancel" => (two("취소에 동의하지 않음", "Do not agree to cancel"), two("보내기", "Send"), false),
        "interim_outcome" => (two("중간 소견", "Interim note"), two("보내기", "Send"), false),
        "final_outcome" => (two("회송 소견", "Outcome note"), two("회송하기", "Return the outcome"), true),
        "estimate" => (two("예상 진료와 비용", "Expected treatment and cost"), two("보내기", "Send"), false),
        _ => return None,
    };
    Some((title, submit, main))
}

/// Why a referral is declined (NHS e-RS: exactly one coded reason).
pub(crate) const DECLINE: &[(&str, Two)] = &[
    ("capacity", two("예약 가능한 자리가 없음", "No capacity")),
    ("wrong-specialty", two("다른 진료과에 해당", "Another specialty is needed")),
    ("insufficient-information", two("자료가 부족함", "Too little information")),
    ("out-of-scope", two("본 기관의 진료 범위가 아님", "Not a service of ours")),
    ("cannot-treat-foreign-patient", two("외국인환자 진료가 어려움", "We cannot treat foreign patients")),
    ("duplicate", two("같은 의뢰가 이미 있음", "We have the same referral already")),
    ("clinically-inappropriate", two("의학적으로 적절하지 않음", "Clinically not appropriate")),
    ("other", two("기타", "Other")),
];

/// Why a patient is sent elsewhere.
pub(crate) const REDIRECT: &[(&str, Two)] = &[
    ("other-department", two("본 기관의 다른 진료과", "Another department here")),
    ("other-institution", two("다른 기관", "Another institution")),
];

/// Why something is cancelled, as an institution says it.
pub(crate) const CANCEL: &[(&str, Two)] = &[
    ("institution-cannot", two("기관 사정", "The institution cannot")),
    ("patient-decided", two("환자가 원함", "The patient wants it")),
    ("treated-elsewhere", two("다른 곳에서 진료함", "Treated elsewhere")),
    ("duplicate", two("같은 의뢰가 이미 있음", "Duplicate")),
    ("other", two("기타", "Other")),
];

/// What is needed before a decision.
pub(crate) const QUESTION: &[(&str, Two)] = &[
    ("test-results", two("검사 결과", "Test results")),
    ("imaging", two("영상과 판독", "Images and their reports")),
    ("medication", two("약, 용량, 알레르기", "Medicines, doses, allergies")),
    ("medical-history", two("과거 병력과 치료", "Earlier illnesses and treatment")),
    ("symptoms", two("증상", "Symptoms")),
    ("arrangements", two("입국 일정, 통역, 비용", "Travel, interpreter, payment")),
    ("other", two("기타", "Other")),
];

/// Why a patient asks for another time.
const OTHER_TIME: &[(&str, Two)] = &[
    ("time-does-not-suit", two("시간이 맞지 않음", "The time does not suit")),
    ("travel", two("입국 일정", "Travel")),
    ("health", two("몸 상태", "Health")),
    ("other", two("기타", "Other")),
];

/// Why it is not to be cancelled.
pub(crate) const KEEP: &[(&str, Two)] = &[
    ("care-still-needed", two("진료가 여전히 필요함", "The care is still needed")),
    ("already-arranged", two("이미 준비되어 되돌릴 수 없음", "Already arranged and cannot be undone")),
    ("to-be-discussed", two("먼저 상의가 필요함", "To be discussed first")),
    ("other", two("기타", "Other")),
];

/// What is known of a patient's not coming.
pub(crate) const NO_SHOW: &[(&str, Two)] = &[
    ("not-heard-from", two("연락 없음", "Not heard from")),
    ("told-before", two("미리 연락함", "Told beforehand")),
    ("came-too-late", two("늦게 와서 진료하지 못함", "Came too late to be seen")),
    ("other", two("기타", "Other")),
];

/// A coded reason; the code itself where a newer version wrote one that is not known here.
pub(crate) fn reason(code: &str) -> Option<Two> {
    [DECLINE, REDIRECT, CANCEL, QUESTION, OTHER_TIME, KEEP, NO_SHOW]
        .into_iter()
        .flatten()
        .find(|(known, _)| *known == code)
        .map(|(_, name)| *name)
}

/// What is wrong with a field, by its stable code.
pub(crate) fn why(code: &str) -> Two {
    match code {
        "missing" | "empty" => two("적어 주십시오.", "Please fill this in."),
        "too-long" => two("너무 깁니다.", "This is too long."),
        "unknown-value" => two("목록에서 하나를 골라 주십시오.", "Please choose one of the list."),
        "resident-registration-number" => two(
            "주민등록번호로 보이는 숫자가 있습니다. 지워 주십시오.",
            "This looks like a resident registration number. Please remove it.",
        ),
        "passport-number" => two(
            "여권번호로 보이는 것이 있습니다. 지워 주십시오.",
            "This looks like a passport number. Please remove it.",
        ),
        "card-number" => {
            two("카드번호로 보이는 숫자가 있습니다. 지워 주십시오.", "This looks like a card number. Please remove it.")
        }
        "out-of-range" => two("가능한 범위를 벗어났습니다.", "This is out of range."),
        "impossible-date" | "format" => two("날짜나 숫자의 형식이 맞지 않습니다.", "This is no date or number."),
        "past-date" => two("지난 시각입니다.", "This lies in the past."),
        "inconsistent" => two("서로 맞지 않습니다.", "These do not fit together."),
        "unsupported-script" => two("이 문자는 쓸 수 없습니다.", "These characters cannot be shown."),
        _ => two("이대로는 받을 수 없습니다.", "This cannot be taken as it is."),
    }
}

/// Why something of the desk that has no form to show it at was not done, by the problem's code and, with a conflict, its reason.
pub(crate) fn not_done(code: &str, reason: Option<&str>) -> Two {
    match code {
        "state-conflict" if reason == Some("already-on-its-way") => two(
            "이 담당자에게는 이미 링크를 보냈거나, 더 보낼 수 있는 링크가 없습니다.",
            "This contact has been sent a link already, or no more links can be sent.",
        ),
        "state-conflict" => two("지금 상태에서는 할 수 없습니다.", "This is not possible in the present state."),
        "version-mismatch" | "if-match-required" => {
            two("그 사이에 상황이 바뀌었습니다.", "The referral changed meanwhile.")
        }
        "invalid-field" => two("보낸 내용을 받을 수 없습니다.", "What was sent cannot be taken."),
        "body-too-large" => two("보낸 파일이나 글이 너무 큽니다.", "What was sent is too large."),
        "too-many-requests" | "temporarily-unavailable" => two(
            "지금은 처리할 수 없습니다. 잠시 기다려 주십시오.",
            "This cannot be done just now. Please wait a moment.",
        ),
        _ => two("알 수 없는 문제가 생겼습니다.", "Something went wrong."),
    }
}

/// Why nothing was changed, by the problem's code and, with a conflict, its reason.
pub(crate) fn refusal(code: &str, reason: Option<&str>) -> Two {
    match code {
        "state-conflict" if reason == Some("before-appointment") => two(
            "예약한 날(한국 시각)이 되어야 내원 여부를 기록할 수 있습니다. 저장하지 않았습니다.",
            "Whether the patient came can be recorded from the day of the appointment on (Korean time). Nothing was saved.",
        ),
        "version-mismatch" | "if-match-required" => two(
            "그 사이에 상황이 바뀌어 답변을 저장하지 않았습니다. 아래의 현재 상태를 확인하고 다시 보내 주십시오.",
            "The referral changed meanwhile, so your answer was not saved. Please look at its state below and send it again.",
        ),
        "state-conflict" => two(
            "지금 상태에서는 할 수 없는 답변입니다. 저장하지 않았습니다.",
            "This answer does not fit the present state. Nothing was saved.",
        ),
        _ => two(
            "답변을 저장하지 않았습니다. 표시된 곳을 고쳐 다시 보내 주십시오.",
            "Your answer was not saved. Please correct what is marked and send it again.",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use medius_domain::task::reason::{
        CancelReason, DeclineReason, KeepReason, NoShowReason, OtherTimeReason, QuestionReason, RedirectReason,
    };

    #[test]
    fn every_coded_reason_has_words_and_no_code_means_two_things() {
        let sorted = |mut codes: Vec<&'static str>| {
            codes.sort_unstable();
            codes
        };
        let of = |words: &[(&'static str, Two)]| sorted(words.iter().map(|(code, _)| *code).collect());
        macro_rules! all {
            ($name:ident) => {
                sorted($name::ALL.iter().map(|reason| reason.code()).collect())
            };
        }
        assert_eq!(of(DECLINE), all!(DeclineReason));
        assert_eq!(of(REDIRECT), all!(RedirectReason));
        assert_eq!(of(CANCEL), all!(CancelReason));
        assert_eq!(of(QUESTION), all!(QuestionReason));
        assert_eq!(of(OTHER_TIME), all!(OtherTimeReason));
        assert_eq!(of(KEEP), all!(KeepReason));
        assert_eq!(of(NO_SHOW), all!(NoShowReason));
        // The history looks a code up without saying what it is about.
        for (code, words) in [DECLINE, REDIRECT, CANCEL, QUESTION, OTHER_TIME, KEEP, NO_SHOW].into_iter().flatten() {
            let found = reason(code).map(|found| found.en);
            assert!(found == Some(words.en) || *code == "duplicate", "{code}: {found:?}");
        }
    }
}
