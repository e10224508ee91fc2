//! What text may be: one normal form, no hidden characters, only glyphs the letter has, and none of the numbers that
//! the law forbids to collect (PIPA Art. 24, 24-2).

use crate::coverage::covers;
use crate::field::Invalid;
use unicode_normalization::UnicodeNormalization;
use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};

/// Whether a text may have more than one line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lines {
    /// Names, short phrases.
    One,
    /// Narratives; a line break is `\n`.
    Many,
}

/// Cleans and checks a text: NFC, outer blanks removed, at most `max` characters after that.
///
/// # Errors
/// The first rule that the text breaks, see [`Invalid`].
pub fn check(raw: &str, max: usize, lines: Lines) -> Result<String, Invalid> {
    let text: String = raw.replace("\r\n", "\n").nfc().collect();
    let text = text.trim().to_owned();
    if text.is_empty() {
        return Err(Invalid::Empty);
    }
    if text.chars().count() > max {
        return Err(Invalid::TooLong);
    }
    for c in text.chars() {
        check_char(c, lines)?;
    }
    check_numbers(&text)?;
    Ok(text)
}

fn check_char(c: char, lines: Lines) -> Result<(), Invalid> {
    if c == '\n' && lines == Lines::Many {
        return Ok(());
    }
    let category = c.general_category();
    if matches!(
        category,
        GeneralCategory::Control | GeneralCategory::LineSeparator | GeneralCategory::ParagraphSeparator
    ) {
        return Err(Invalid::ControlCharacter);
    }
    // Direction marks, joiners, invisible operators, tags, byte-order marks, private use: none has a look of its own.
    if matches!(
        category,
        GeneralCategory::Format
            | GeneralCategory::PrivateUse
            | GeneralCategory::Surrogate
            | GeneralCategory::Unassigned
    ) {
        return Err(Invalid::BidiCharacter);
    }
    if covers(c) { Ok(()) } else { Err(Invalid::UnsupportedScript) }
}

/// Refuses what looks like a resident or alien registration number, a passport number or a payment card number.
///
/// Digits may be separated by single blanks, dots or hyphens, and full-width digits count as digits. In doubt a text is
/// refused: a patient can write a test value in its own field.
///
/// # Errors
/// [`Invalid::ResidentNumber`], [`Invalid::CardNumber`] or [`Invalid::PassportNumber`].
pub fn check_numbers(text: &str) -> Result<(), Invalid> {
    let folded: Vec<char> = text.nfkc().flat_map(char::to_uppercase).collect();
    for run in digit_runs(&folded) {
        if run.looks_like_resident_number() {
            return Err(Invalid::ResidentNumber);
        }
        if run.looks_like_card_number() {
            return Err(Invalid::CardNumber);
        }
    }
    if has_passport_number(&folded) { Err(Invalid::PassportNumber) } else { Ok(()) }
}

/// Digits in a row, and how they were grouped by separators.
#[derive(Default)]
struct Run {
    digits: Vec<u8>,
    groups: Vec<usize>,
}

/// Runs of digits with at most three separators between two groups.
fn digit_runs(text: &[char]) -> Vec<Run> {
    let mut runs = Vec::new();
    let mut run = Run::default();
    let mut gap = 0;
    for &c in text {
        if let Some(digit) = c.to_digit(10).and_then(|d| u8::try_from(d).ok()) {
            if run.digits.is_empty() || gap > 0 {
                run.groups.push(0);
            }
            if let Some(last) = run.groups.last_mut() {
                *last += 1;
            }
            run.digits.push(digit);
            gap = 0;
        } else if !run.digits.is_empty() && gap < 3 && matches!(c, '-' | ' ' | '.' | '–' | '_' | '/' | '‐' | '−')
        {
            gap += 1;
        } else {
            runs.push(std::mem::take(&mut run));
            gap = 0;
        }
    }
    runs.push(run);
    runs
}

impl Run {
    /// `YYMMDD`, then a century-and-sex digit 1 to 8 and six more. The check digit is not used: numbers issued since
    /// October 2020 have none (Resident Registration Act, enforcement rule Art. 2).
    fn looks_like_resident_number(&self) -> bool {
        let run = &self.digits;
        matches!(self.groups.as_slice(), [13] | [6, 7] | [6, 1, 6] | [2, 2, 2, 7])
            && (1..=12).contains(&(run[2] * 10 + run[3]))
            && (1..=31).contains(&(run[4] * 10 + run[5]))
            && (1..=8).contains(&run[6])
    }

    /// 13 to 19 digits with a correct Luhn sum (ISO/IEC 7812-1 Annex B) and a first digit that card networks use.
    /// Groups of one or two digits are dates, not cards.
    fn looks_like_card_number(&self) -> bool {
        let run = &self.digits;
        if !(13..=19).contains(&run.len()) || !(2..=6).contains(&run[0]) || self.groups.iter().any(|g| *g < 3) {
            return false;
        }
        let sum: u32 = run
            .iter()
            .rev()
            .enumerate()
            .map(|(i, &d)| {
                let d = u32::from(d) * if i % 2 == 1 { 2 } else { 1 };
                if d > 9 { d - 9 } else { d }
            })
            .sum();
        sum.is_multiple_of(10)
    }
}

/// One or two letters and seven or eight digits as a word of its own, or a Korean `M123A4567` of the new series.
fn has_passport_number(text: &[char]) -> bool {
    let is_word = |c: char| c.is_ascii_alphanumeric();
    text.split(|c| !is_word(*c)).any(|word| {
        let letters = word.iter().take_while(|c| c.is_ascii_uppercase()).count();
        let rest = &word[letters..];
        let digits = rest.iter().all(char::is_ascii_digit);
        let plain = matches!(letters, 1 | 2) && digits && matches!(rest.len(), 7 | 8);
        let new_series = letters == 1
            && word.len() == 9
            && word[4].is_ascii_uppercase()
            && word.iter().enumerate().all(|(i, c)| matches!(i, 0 | 4) || c.is_ascii_digit());
        plain || new_series
    })
}

/// Defines a text type that names a person or their health: checked on the way in, `[redacted]` on the way out.
#[macro_export]
macro_rules! personal_text {
    ($(#[$doc:meta])* $name:ident, $max:literal, $lines:expr) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// Most characters that the field takes.
            pub const MAX: usize = $max;

            /// Checks and cleans a text.
            ///
            /// # Errors
            /// The first rule that the text breaks.
            pub fn parse(raw: &str) -> Result<Self, $crate::field::Invalid> {
                $crate::text::check(raw, $max, $lines).map(Self)
            }

            /// The text itself, for sealing, the letter and the patient's own eyes.
            pub fn expose(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("[redacted]")
            }
        }

        impl TryFrom<String> for $name {
            type Error = $crate::field::Invalid;
            fn try_from(s: String) -> Result<Self, Self::Error> {
                Self::parse(&s)
            }
        }

        impl From<$name> for String {
            fn from(t: $name) -> String {
                t.0
            }
        }
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_normalised_and_trimmed() {
        assert_eq!(check("  Nguye\u{302}\u{303}n\r\nLan ", 40, Lines::Many), Ok("Nguyễn\nLan".to_owned()));
        assert_eq!(check("각", 1, Lines::One), Ok("각".to_owned()));
    }

    #[test]
    fn hidden_characters_are_refused_by_kind() {
        assert_eq!(check("a\u{0}b", 9, Lines::One), Err(Invalid::ControlCharacter));
        assert_eq!(check("a\nb", 9, Lines::One), Err(Invalid::ControlCharacter));
        assert_eq!(check("a\u{202e}b", 9, Lines::One), Err(Invalid::BidiCharacter));
        assert_eq!(check("a\u{2066}b", 9, Lines::Many), Err(Invalid::BidiCharacter));
        assert_eq!(check("a\u{200b}b", 9, Lines::Many), Err(Invalid::BidiCharacter));
        assert_eq!(check("محمد", 9, Lines::One), Err(Invalid::UnsupportedScript));
        assert_eq!(check("   ", 9, Lines::One), Err(Invalid::Empty));
        assert_eq!(check("abcd", 3, Lines::One), Err(Invalid::TooLong));
    }

    #[test]
    fn forbidden_numbers_are_found_however_they_are_written() {
        for rrn in [
            "900101-1234567",
            "9001011234567",
            "id 900101 1234567.",
            "９００１０１－１２３４５６７",
            "900101 - 1234567",
        ] {
            assert_eq!(check_numbers(rrn), Err(Invalid::ResidentNumber), "{rrn}");
        }
        for card in ["4111 1111 1111 1111", "4111-1111-1111-1111", "paid 5500005555555559", "3782 822463 10005"] {
            assert_eq!(check_numbers(card), Err(Invalid::CardNumber), "{card}");
        }
        for passport in ["M12345678", "passport: m12345678", "AB1234567", "M123A4567"] {
            assert_eq!(check_numbers(passport), Err(Invalid::PassportNumber), "{passport}");
        }
    }

    #[test]
    fn clinical_numbers_pass() {
        for fine in [
            "HbA1c 7.4 % on 2026-11-10",
            "BP 132/84, 1000 mg twice",
            "T12 fracture 2019, L4-L5",
            "COVID19, B12 380",
            "2026-11-10 2026-11-12",
        ] {
            assert_eq!(check_numbers(fine), Ok(()), "{fine}");
        }
    }
}
