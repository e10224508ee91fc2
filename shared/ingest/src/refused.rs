//! Why a file is not read: stable codes for programs, plain words for patients.

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Why a file is refused. The reason never holds anything of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Error, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Refused {
    /// No bytes, or nothing but blanks.
    #[error("the file is empty")]
    Empty,
    /// More bytes than the limit.
    #[error("the file is too large")]
    TooLarge,
    /// Not of the kind that it claims to be.
    #[error("the file is of another kind")]
    WrongKind,
    /// The end is missing.
    #[error("the file is cut off")]
    Truncated,
    /// Broken inside: a checksum, a structure, an encoding.
    #[error("the file is damaged")]
    Damaged,
    /// Encrypted, with or without a password to open it.
    #[error("the file is protected")]
    Protected,
    /// Also a file of another kind (archive, page, program).
    #[error("the file is two files in one")]
    Polyglot,
    /// Carries scripts, programs to start or forms that change by themselves.
    #[error("the file carries a script")]
    Script,
    /// More pages than the limit.
    #[error("the file has too many pages")]
    TooManyPages,
    /// More rows or entries than the limit.
    #[error("the file has too many entries")]
    TooManyEntries,
    /// Unpacks to more bytes than the limit.
    #[error("the file unpacks to too much")]
    TooMuchInside,
    /// Nested deeper than the limit.
    #[error("the file is nested too deeply")]
    TooDeep,
    /// Needs more work than the limit.
    #[error("the file is too complex")]
    TooComplex,
    /// No text: a scan or a photo.
    #[error("the file has no text")]
    NoText,
    /// Text that cannot be told for sure: characters without a meaning.
    #[error("the text cannot be read reliably")]
    Unreadable,
    /// The confirmed mapping is not of this file, or names a column that is not there, or lacks one that is needed.
    #[error("the mapping does not fit the file")]
    MappingMismatch,
    /// A FHIR version, resource or profile that is not read here.
    #[error("the record is of a kind that is not read here")]
    UnknownRecord,
}

impl Refused {
    /// Every reason, for the table of texts and its test.
    pub const ALL: [Self; 17] = [
        Self::Empty,
        Self::TooLarge,
        Self::WrongKind,
        Self::Truncated,
        Self::Damaged,
        Self::Protected,
        Self::Polyglot,
        Self::Script,
        Self::TooManyPages,
        Self::TooManyEntries,
        Self::TooMuchInside,
        Self::TooDeep,
        Self::TooComplex,
        Self::NoText,
        Self::Unreadable,
        Self::MappingMismatch,
        Self::UnknownRecord,
    ];

    /// The stable code, as in JSON.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::TooLarge => "too-large",
            Self::WrongKind => "wrong-kind",
            Self::Truncated => "truncated",
            Self::Damaged => "damaged",
            Self::Protected => "protected",
            Self::Polyglot => "polyglot",
            Self::Script => "script",
            Self::TooManyPages => "too-many-pages",
            Self::TooManyEntries => "too-many-entries",
            Self::TooMuchInside => "too-much-inside",
            Self::TooDeep => "too-deep",
            Self::TooComplex => "too-complex",
            Self::NoText => "no-text",
            Self::Unreadable => "unreadable",
            Self::MappingMismatch => "mapping-mismatch",
            Self::UnknownRecord => "unknown-record",
        }
    }

    /// What the patient reads: why, and what to do. Korean, English.
    pub const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Empty => {
                ("파일이 비어 있습니다. 다른 파일을 올려 주세요.", "The file is empty. Please upload another file.")
            }
            Self::TooLarge => (
                "파일이 너무 큽니다. 20MB보다 작은 파일을 올려 주세요.",
                "The file is too large. Please upload a file smaller than 20 MB.",
            ),
            Self::WrongKind => (
                "파일 형식이 이름과 다릅니다. 병원에서 받은 원본 파일을 올려 주세요.",
                "The file is not the kind it says it is. Please upload the original file from the hospital.",
            ),
            Self::Truncated => (
                "파일의 끝부분이 없습니다. 파일을 다시 내려받아 올려 주세요.",
                "The end of the file is missing. Please download it again and upload it.",
            ),
            Self::Damaged => (
                "파일이 손상되었습니다. 파일을 다시 내려받아 올려 주세요.",
                "The file is damaged. Please download it again and upload it.",
            ),
            Self::Protected => (
                "파일에 암호나 보호 설정이 있습니다. 보호를 풀고 다시 저장한 파일을 올려 주세요.",
                "The file is protected or has a password. Please save it without protection and upload it.",
            ),
            Self::Polyglot => (
                "한 파일에 다른 종류의 파일이 섞여 있습니다. 병원에서 받은 원본 파일을 올려 주세요.",
                "The file holds a second file of another kind. Please upload the original file from the hospital.",
            ),
            Self::Script => (
                "파일에 실행되는 내용이 들어 있습니다. 인쇄용 PDF로 다시 저장한 파일을 올려 주세요.",
                "The file holds a program or a script. Please save it as a plain PDF and upload it.",
            ),
            Self::TooManyPages => (
                "쪽수가 너무 많습니다. 필요한 쪽만 나누어 올려 주세요.",
                "The file has too many pages. Please upload only the pages you need.",
            ),
            Self::TooManyEntries => (
                "항목이 너무 많습니다. 파일을 나누어 올려 주세요.",
                "The file has too many entries. Please split it and upload the parts.",
            ),
            Self::TooMuchInside => (
                "파일을 풀면 너무 커집니다. 필요한 쪽만 다시 저장해 올려 주세요.",
                "The file becomes too large when it is opened. Please save only the pages you need and upload them.",
            ),
            Self::TooDeep | Self::TooComplex => (
                "파일이 너무 복잡해서 읽을 수 없습니다. 값을 직접 입력해 주세요.",
                "The file is too complex to read. Please type the values yourself.",
            ),
            Self::NoText => (
                "글자가 없는 파일입니다(사진이나 스캔). 값을 직접 입력해 주세요.",
                "The file has no text; it may be a photo or a scan. Please type the values yourself.",
            ),
            Self::Unreadable => (
                "글자를 정확히 읽을 수 없습니다. 값을 직접 입력해 주세요.",
                "The text cannot be read for sure. Please type the values yourself.",
            ),
            Self::MappingMismatch => (
                "확인하신 열 구성이 이 파일과 맞지 않습니다. 열을 다시 골라 주세요.",
                "The columns you confirmed do not fit this file. Please choose the columns again.",
            ),
            Self::UnknownRecord => (
                "이 종류의 기록은 읽을 수 없습니다. 값을 직접 입력해 주세요.",
                "This kind of record cannot be read. Please type the values yourself.",
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_reason_has_one_code_and_words_in_both_languages() {
        let codes: BTreeSet<_> = Refused::ALL.into_iter().map(Refused::code).collect();
        assert_eq!(codes.len(), Refused::ALL.len());
        for reason in Refused::ALL {
            assert_eq!(serde_json::to_value(reason).unwrap(), reason.code());
            let (ko, en) = reason.words();
            assert!(ko.contains("주세요") && en.contains("Please"), "{reason:?} says what to do");
        }
    }
}
