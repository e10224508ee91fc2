//! CSV: text in an encoding that Korean offices write, within limits of lines and columns.

use super::no_second_file;
use medius_domain::upload::Refusal;

/// Bytes of a table; a result sheet has some thousand.
const MOST_BYTES: usize = 4 * 1024 * 1024;
const MOST_LINES: usize = 20_000;
const MOST_LINE_BYTES: usize = 64 * 1024;

pub(super) fn check(bytes: &[u8]) -> Result<(), Refusal> {
    no_second_file(bytes)?;
    if bytes.len() > MOST_BYTES {
        return Err(Refusal::TooDeep);
    }
    // Every other kind of file has bytes that no text has.
    let control = |byte: &u8| *byte < 0x20 && !matches!(byte, b'\t' | b'\n' | b'\r') || *byte == 0x7f;
    if bytes.iter().any(control) {
        return Err(Refusal::WrongKind);
    }
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if std::str::from_utf8(text).is_err() && !is_korean(text) {
        return Err(Refusal::Unreadable);
    }
    // JSON and pages are text with commas, too.
    if text.trim_ascii_start().first().is_some_and(|first| matches!(first, b'{' | b'[' | b'<')) {
        return Err(Refusal::WrongKind);
    }
    let lines = || text.split(|byte| *byte == b'\n');
    if lines().count() > MOST_LINES || lines().any(|line| line.len() > MOST_LINE_BYTES) {
        return Err(Refusal::TooDeep);
    }
    let separated = |line: &[u8]| line.iter().any(|byte| matches!(byte, b',' | b';' | b'\t'));
    if lines().any(separated) { Ok(()) } else { Err(Refusal::WrongKind) }
}

/// Whether it can be the encoding of Korean Windows (CP949): a leading byte is always followed by one of its range.
fn is_korean(text: &[u8]) -> bool {
    let mut bytes = text.iter();
    while let Some(byte) = bytes.next() {
        match byte {
            0..=0x7f => {}
            0x81..=0xfe => match bytes.next() {
                Some(0x41..=0x5a | 0x61..=0x7a | 0x81..=0xfe) => {}
                Some(_) | None => return false,
            },
            0x80 | 0xff => return false,
        }
    }
    true
}
