//! PDF: the header at its beginning, the end at its end, no password, no program, no other file inside, within limits of pages.

use super::contains;
use medius_domain::upload::Refusal;

/// Bytes at the end in which the end must stand.
const TAIL: usize = 1024;
const MOST_PAGES: usize = 50;

pub(super) fn check(bytes: &[u8]) -> Result<(), Refusal> {
    let version = bytes.strip_prefix(b"%PDF-").ok_or(Refusal::WrongKind)?;
    if !version.first().is_some_and(|major| matches!(major, b'1' | b'2')) {
        return Err(Refusal::WrongKind);
    }
    let tail = &bytes[bytes.len().saturating_sub(TAIL)..];
    if !contains(tail, b"%%EOF") || !contains(bytes, b"startxref") {
        return Err(Refusal::Damaged);
    }
    // An archive whose directory stands behind the document.
    if contains(tail, b"PK\x05\x06") {
        return Err(Refusal::WrongKind);
    }
    let mut pages = 0;
    for name in names(&outside_streams(bytes)) {
        match name.as_slice() {
            b"Encrypt" => return Err(Refusal::Locked),
            b"JavaScript" | b"JS" | b"Launch" | b"EmbeddedFile" | b"EmbeddedFiles" | b"RichMedia" | b"XFA" => {
                return Err(Refusal::Active);
            }
            b"Page" => pages += 1,
            _ => {}
        }
    }
    if pages > MOST_PAGES { Err(Refusal::TooManyPages) } else { Ok(()) }
}

/// The document without what its streams hold: packed bytes look like anything by chance.
fn outside_streams(bytes: &[u8]) -> Vec<u8> {
    let mut kept = Vec::new();
    let mut rest = bytes;
    while let Some(at) = find(rest, b"stream") {
        kept.extend_from_slice(&rest[..at]);
        rest = &rest[at + 6..];
        // `endstream` closes nothing that was opened here.
        if !kept.ends_with(b"end") {
            rest = find(rest, b"endstream").map_or(&[], |end| &rest[end + 9..]);
        }
    }
    kept.extend_from_slice(rest);
    kept
}

fn find(bytes: &[u8], text: &[u8]) -> Option<usize> {
    bytes.windows(text.len()).position(|window| window == text)
}

/// Names of objects, with `#41` read as `A`: writing it so is how a scanner is deceived.
fn names(bytes: &[u8]) -> impl Iterator<Item = Vec<u8>> {
    bytes.split(|byte| *byte == b'/').skip(1).map(|after| {
        let regular = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'#' | b'_' | b'-' | b'.' | b'+');
        let raw: Vec<u8> = after.iter().take(64).take_while(regular).copied().collect();
        let mut name = Vec::with_capacity(raw.len());
        let mut rest = raw.as_slice();
        while let Some((first, after)) = rest.split_first() {
            let hex = after.get(..2).filter(|_| *first == b'#').and_then(|two| std::str::from_utf8(two).ok());
            match hex.and_then(|two| u8::from_str_radix(two, 16).ok()) {
                Some(byte) => {
                    name.push(byte);
                    rest = &after[2..];
                }
                None => {
                    name.push(*first);
                    rest = after;
                }
            }
        }
        name
    })
}
