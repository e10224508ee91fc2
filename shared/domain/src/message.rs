//! Messages between a patient and staff (policy clause P1: answering and supporting the patient).

use crate::personal_text;
use crate::text::Lines;

personal_text!(
    /// What a message says; at most 4,000 characters.
    MessageText,
    4000,
    Lines::Many
);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::field::Invalid;

    #[test]
    fn a_message_obeys_the_rules_of_text_and_does_not_print() {
        let written = MessageText::parse("  Is the letter sent?\r\nThank you. ");
        assert_eq!(written.as_ref().map(MessageText::expose), Ok("Is the letter sent?\nThank you."));
        assert_eq!(format!("{written:?}"), "Ok([redacted])");
        assert_eq!(MessageText::parse(&"a".repeat(4001)), Err(Invalid::TooLong));
        assert_eq!(MessageText::parse("my number is 900101-1234567"), Err(Invalid::ResidentNumber));
        assert_eq!(MessageText::parse("a\u{7}b"), Err(Invalid::ControlCharacter));
    }
}
