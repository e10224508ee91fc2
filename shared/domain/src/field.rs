//! How a rule says that a field is wrong: where (a JSON pointer) and why (a stable code), never with which value.

use std::fmt;

/// Why a field was refused. The code is part of the API: clients translate it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Invalid {
    /// Nothing was given where something is needed.
    Empty,
    /// More characters or entries than the field takes.
    TooLong,
    /// A control character, or a line break in a field of one line.
    ControlCharacter,
    /// A character that changes the direction or the look of the text around it.
    BidiCharacter,
    /// A character that the letter's fonts cannot show: a romanised spelling is needed.
    UnsupportedScript,
    /// Looks like a Korean resident or alien registration number (PIPA Art. 24-2: not to be collected).
    ResidentNumber,
    /// Looks like a passport number (PIPA Art. 24: not to be collected).
    PassportNumber,
    /// Looks like a payment card number.
    CardNumber,
    /// Not of the form that the field has.
    Format,
    /// A date that no calendar has.
    ImpossibleDate,
    /// A date after today (Asia/Seoul).
    FutureDate,
    /// Outside the range of the field.
    OutOfRange,
    /// Not one of the listed values.
    UnknownValue,
    /// The same entry twice.
    Duplicate,
    /// Status and entries contradict each other.
    Inconsistent,
    /// Needed before the case can go on.
    Missing,
}

impl Invalid {
    /// The stable code, lower case with hyphens.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::TooLong => "too-long",
            Self::ControlCharacter => "control-character",
            Self::BidiCharacter => "bidi-character",
            Self::UnsupportedScript => "unsupported-script",
            Self::ResidentNumber => "resident-registration-number",
            Self::PassportNumber => "passport-number",
            Self::CardNumber => "card-number",
            Self::Format => "format",
            Self::ImpossibleDate => "impossible-date",
            Self::FutureDate => "future-date",
            Self::OutOfRange => "out-of-range",
            Self::UnknownValue => "unknown-value",
            Self::Duplicate => "duplicate",
            Self::Inconsistent => "inconsistent",
            Self::Missing => "missing",
        }
    }

    /// Every code, so that the edge can tell a rule's own word from a parser's message.
    pub const ALL: [Self; 16] = [
        Self::Empty,
        Self::TooLong,
        Self::ControlCharacter,
        Self::BidiCharacter,
        Self::UnsupportedScript,
        Self::ResidentNumber,
        Self::PassportNumber,
        Self::CardNumber,
        Self::Format,
        Self::ImpossibleDate,
        Self::FutureDate,
        Self::OutOfRange,
        Self::UnknownValue,
        Self::Duplicate,
        Self::Inconsistent,
        Self::Missing,
    ];
}

/// The prefix by which the edge knows a code inside a parser's error text.
pub const CODE_MARK: &str = "invalid:";

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{CODE_MARK}{}", self.code())
    }
}

/// One refused field of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    /// RFC 6901 JSON pointer into the request's body.
    pub pointer: String,
    /// The rule's stable code.
    pub code: &'static str,
}

impl FieldError {
    /// A field that broke a rule.
    pub fn new(pointer: impl Into<String>, why: Invalid) -> Self {
        Self { pointer: pointer.into(), code: why.code() }
    }
}
