//! Why a file was not taken, in words that the person who brought it understands.

use serde::{Deserialize, Serialize};

/// Why a file was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Refusal {
    /// Another file came than the one that was announced.
    NotTheFile,
    /// It is of another kind than it says.
    WrongKind,
    /// It is cut off or damaged.
    Damaged,
    /// It opens with a password only.
    Locked,
    /// It carries a program, a form that runs scripts, or other files.
    Active,
    /// It has too many pages, or pictures that are too large.
    TooManyPages,
    /// Lists within lists, or more entries than are read.
    TooDeep,
    /// Its letters are in no form that can be read.
    Unreadable,
    /// The scan found something harmful.
    Harmful,
    /// The scan could not be made.
    Unchecked,
}

impl Refusal {
    /// Every reason.
    pub const ALL: [Self; 10] = [
        Self::NotTheFile,
        Self::WrongKind,
        Self::Damaged,
        Self::Locked,
        Self::Active,
        Self::TooManyPages,
        Self::TooDeep,
        Self::Unreadable,
        Self::Harmful,
        Self::Unchecked,
    ];

    /// The code, as in JSON.
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotTheFile => "not-the-file",
            Self::WrongKind => "wrong-kind",
            Self::Damaged => "damaged",
            Self::Locked => "locked",
            Self::Active => "active",
            Self::TooManyPages => "too-many-pages",
            Self::TooDeep => "too-deep",
            Self::Unreadable => "unreadable",
            Self::Harmful => "harmful",
            Self::Unchecked => "unchecked",
        }
    }

    /// What the person is told, in Korean and English, with what helps.
    pub const fn text(self) -> (&'static str, &'static str) {
        match self {
            Self::NotTheFile => (
                "받은 파일이 처음 알려 주신 파일과 다릅니다. 다시 올려 주십시오.",
                "The file that came is not the one that was announced. Please upload it again.",
            ),
            Self::WrongKind => (
                "파일의 실제 형식이 표시된 형식과 다릅니다. 병원에서 받은 원본 파일을 올려 주십시오.",
                "The file is of another kind than it says. Please upload the original that the hospital gave you.",
            ),
            Self::Damaged => (
                "파일이 손상되었거나 일부가 빠져 있습니다. 다시 저장하거나 내려받아 올려 주십시오.",
                "The file is damaged or a part of it is missing. Please save or download it again, then upload it.",
            ),
            Self::Locked => (
                "암호나 인쇄·복사 제한이 걸린 파일입니다. 파일을 열어 인쇄 메뉴에서 새 PDF로 저장한 뒤 올려 주십시오.",
                "The file has a password, or limits on printing or copying. Please open it, print it to a new PDF, and upload that.",
            ),
            Self::Active => (
                "파일 안에 실행되는 내용이나 다른 파일이 들어 있어 받을 수 없습니다. 인쇄 메뉴에서 PDF로 저장한 파일을 올려 주십시오.",
                "The file carries a program or other files, so we cannot take it. Please print it to a new PDF and upload that.",
            ),
            Self::TooManyPages => (
                "쪽수가 너무 많거나 그림이 너무 큽니다. 필요한 부분만 나누어 올려 주십시오.",
                "The file has too many pages or a picture that is too large. Please upload only the part that is needed.",
            ),
            Self::TooDeep => (
                "파일에 담긴 항목이 너무 많습니다. 나누어 올려 주십시오.",
                "The file holds more entries than we can read. Please split it and upload the parts.",
            ),
            Self::Unreadable => (
                "글자를 읽을 수 없는 파일입니다. 다른 형식으로 저장하여 올려 주십시오.",
                "We cannot read the text in this file. Please save it in another form and upload it again.",
            ),
            Self::Harmful => (
                "보안 검사에서 위험한 내용이 발견되어 파일을 삭제했습니다. 받으신 곳에 알려 주십시오.",
                "The safety scan found something harmful, so we deleted the file. Please tell whoever gave it to you.",
            ),
            Self::Unchecked => (
                "파일의 안전을 확인할 수 없어 삭제했습니다. 다른 형식으로 저장하여 올려 주십시오.",
                "We could not check that the file is safe, so we deleted it. Please save it in another form and try again.",
            ),
        }
    }
}
