//! An emergency is never queued and never stored: the answer is a number to call.

use serde::{Deserialize, Serialize};

/// Signs that need help now, asked before anything else (CDC and KDCA name the same for heart attack and stroke).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EmergencySign {
    /// Pressure or pain in the chest now.
    ChestPainNow,
    /// Face drooping, arm weakness or trouble speaking, suddenly.
    StrokeSigns,
    /// Bleeding that does not stop.
    SevereBleeding,
    /// Cannot get enough air.
    BreathingDifficulty,
    /// Fainted, or cannot be woken.
    Unconsciousness,
    /// A seizure that does not stop, or the first one.
    Seizure,
    /// Swelling of face or throat after food, a sting or a medicine.
    SevereAllergicReaction,
    /// Thoughts of taking one's life.
    SuicidalThoughts,
    /// Poisoning or overdose.
    Poisoning,
    /// Heavy bleeding, severe pain or loss of water in pregnancy.
    PregnancyEmergency,
}

/// What the patient is told, in one language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct EmergencyText {
    /// What to do.
    pub text: &'static str,
    /// Emergency number in Korea.
    pub korea: &'static str,
    /// What to call elsewhere.
    pub elsewhere: &'static str,
}

/// The text in Korean or English.
pub const fn text(korean: bool) -> EmergencyText {
    if korean {
        EmergencyText {
            text: "지금 바로 응급 도움이 필요한 증상일 수 있습니다. 이 서비스는 응급 상황을 처리하지 않습니다. 지금 119 또는 계신 곳의 응급 번호로 전화하거나 가까운 응급실로 가십시오. 입력하신 내용은 저장되지 않았습니다.",
            korea: "119",
            elsewhere: "유럽연합 112, 미국 911, 일본 119, 그 밖의 나라에서는 현지 응급 번호",
        }
    } else {
        EmergencyText {
            text: "What you describe may need help right now. This service does not handle emergencies. Call 119 in Korea or your local emergency number now, or go to the nearest emergency department. Nothing that you entered was stored.",
            korea: "119",
            elsewhere: "112 in the European Union, 911 in the United States, 119 in Japan, your local emergency number anywhere else",
        }
    }
}
