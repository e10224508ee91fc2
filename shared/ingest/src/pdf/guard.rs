//! The first look at the bytes: is it one whole, unprotected PDF that does not unpack to more than it may?
//!
//! It works on the raw bytes, since the library already unpacks streams while it opens a file.

use super::inflate::{Exceeded, inflate};
use crate::{Limits, Refused};

/// How deep filters may wrap each other (`[/ASCII85Decode /FlateDecode]` is two).
const FILTERS: usize = 3;

/// Checks size, both ends, kind, protection and what streams unpack to.
pub(crate) fn check(bytes: &[u8], limits: &Limits) -> Result<(), Refused> {
    if bytes.iter().all(|b| b.is_ascii_whitespace() || *b == 0) {
        return Err(Refused::Empty);
    }
    if bytes.len() > limits.bytes {
        return Err(Refused::TooLarge);
    }
    kind(bytes)?;
    end(bytes)?;
    names(bytes)?;
    if count(bytes, b" obj") > limits.objects || count(bytes, b"stream") > 2 * limits.objects {
        return Err(Refused::TooComplex);
    }
    inflated(bytes, limits.inflated)
}

/// A PDF from the first byte on, and nothing else as well.
fn kind(bytes: &[u8]) -> Result<(), Refused> {
    let head = &bytes[..bytes.len().min(1024)];
    let Some(at) = find(head, b"%PDF-") else { return Err(Refused::WrongKind) };
    if at > 0 {
        let blank = head[..at].iter().all(u8::is_ascii_whitespace) || head.starts_with(b"\xef\xbb\xbf%");
        return Err(if blank { Refused::Damaged } else { Refused::Polyglot });
    }
    let lower = head.to_ascii_lowercase();
    let pages: [&[u8]; 6] = [b"<html", b"<!doctype", b"<script", b"<?php", b"<svg", b"#!/"];
    let magic: [(usize, &[u8]); 4] = [(128, b"DICM"), (257, b"ustar"), (32_769, b"CD001"), (512, b"\xec\xa5\xc1\x00")];
    let archives: [&[u8]; 3] = [b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c", b"PK\x03\x04"];
    let other = pages.iter().any(|p| find(&lower, p).is_some())
        || magic.iter().any(|(at, m)| bytes.get(*at..).is_some_and(|rest| rest.starts_with(m)))
        || archives.iter().take(2).any(|a| find(bytes, a).is_some())
        || find(head, archives[2]).is_some()
        || is_zip(bytes);
    if other { Err(Refused::Polyglot) } else { Ok(()) }
}

/// A ZIP is found from its end: a directory record whose comment reaches exactly to the end of the file.
fn is_zip(bytes: &[u8]) -> bool {
    let from = bytes.len().saturating_sub(66_000);
    let tail = &bytes[from..];
    let mut at = 0;
    while let Some(found) = find(&tail[at..], b"PK\x05\x06") {
        let record = &tail[at + found..];
        let comment = record.get(20..22).map(|c| usize::from(u16::from_le_bytes([c[0], c[1]])));
        if comment.is_some_and(|comment| record.len() == 22 + comment) {
            return true;
        }
        at += found + 4;
    }
    false
}

/// The end mark, nothing behind it, and a cross-reference where it says.
fn end(bytes: &[u8]) -> Result<(), Refused> {
    let Some(eof) = rfind(bytes, b"%%EOF") else { return Err(Refused::Truncated) };
    let behind = &bytes[eof + 5..];
    if !behind.iter().all(|b| b.is_ascii_whitespace() || *b == 0) {
        let start = behind.trim_ascii_start();
        // The next part of an incremental update has begun and has no end.
        let update = start.first().is_some_and(u8::is_ascii_digit) && find(start, b" obj").is_some_and(|at| at < 24);
        return Err(if update { Refused::Truncated } else { Refused::Polyglot });
    }
    let tail = &bytes[eof.saturating_sub(256)..eof];
    let Some(at) = rfind(tail, b"startxref") else { return Err(Refused::Truncated) };
    let number: String = tail[at + 9..].trim_ascii().iter().take(12).map(|b| char::from(*b)).collect();
    let Ok(offset) = number.parse::<usize>() else { return Err(Refused::Damaged) };
    let Some(place) = bytes.get(offset..) else { return Err(Refused::Truncated) };
    let place = place.trim_ascii_start();
    let stream = place.first().is_some_and(u8::is_ascii_digit) && find(&place[..place.len().min(32)], b"obj").is_some();
    if place.starts_with(b"xref") || stream { Ok(()) } else { Err(Refused::Damaged) }
}

/// Names that decide before anything is opened: protection, and filters whose output is not counted here.
fn names(bytes: &[u8]) -> Result<(), Refused> {
    let mut at = 0;
    while let Some(found) = bytes[at..].iter().position(|b| *b == b'/') {
        let start = at + found + 1;
        let name = name(&bytes[start..]);
        match name.as_slice() {
            b"Encrypt" => return Err(Refused::Protected),
            b"LZWDecode" | b"RunLengthDecode" => return Err(Refused::TooComplex),
            // Two or three letters come up in packed bytes by chance; in a dictionary they stand among readable signs.
            b"LZW" | b"RL" if readable(bytes, start) => return Err(Refused::TooComplex),
            _ => {}
        }
        at = start;
    }
    Ok(())
}

fn name(bytes: &[u8]) -> Vec<u8> {
    let mut name = Vec::new();
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        if name.len() > 16 || byte.is_ascii_whitespace() || byte == 0 || b"()<>[]{}/%".contains(&byte) {
            break;
        }
        let hex = |b: Option<&u8>| b.and_then(|b| char::from(*b).to_digit(16));
        match (byte, hex(bytes.get(at + 1)), hex(bytes.get(at + 2))) {
            (b'#', Some(high), Some(low)) => {
                name.push(u8::try_from(high * 16 + low).unwrap_or(0));
                at += 3;
            }
            _ => {
                name.push(byte);
                at += 1;
            }
        }
    }
    name
}

fn readable(bytes: &[u8], at: usize) -> bool {
    let around = &bytes[at.saturating_sub(10)..(at + 8).min(bytes.len())];
    around.iter().all(|b| b.is_ascii_graphic() || b.is_ascii_whitespace())
}

/// Unpacks everything that can be a stream, whatever its dictionary says, and counts.
fn inflated(bytes: &[u8], bound: usize) -> Result<(), Refused> {
    let mut left = bound;
    let mut at = 0;
    while let Some(found) = find(&bytes[at..], b"stream") {
        let place = at + found;
        at = place + 6;
        if bytes[..place].ends_with(b"end") {
            continue;
        }
        let data = match &bytes[at..] {
            [b'\r', b'\n', rest @ ..] | [b'\n', rest @ ..] | [b'\r', rest @ ..] => rest,
            _ => continue,
        };
        unpack(data, &mut left, FILTERS).map_err(|Exceeded| Refused::TooMuchInside)?;
    }
    Ok(())
}

fn unpack(data: &[u8], left: &mut usize, filters: usize) -> Result<(), Exceeded> {
    if data.len() < 3 {
        return Ok(());
    }
    let header = data[0] & 0x0f == 8 && (u16::from(data[0]) << 8 | u16::from(data[1])).is_multiple_of(31);
    if header {
        let out = inflate(&data[2..], *left)?;
        take(&out, left, filters)?;
    }
    // Without the header too: the library tries that when the checksum behind the header is wrong.
    let stored = data.get(1..5).is_some_and(|l| l[0] == !l[2] && l[1] == !l[3]);
    if data[0] & 6 != 6 && (!header || stored) {
        let out = inflate(data, *left)?;
        take(&out, left, filters)?;
    }
    if let Some(out) = ascii85(data).or_else(|| ascii_hex(data)) {
        take(&out, left, filters)?;
    }
    Ok(())
}

fn take(out: &[u8], left: &mut usize, filters: usize) -> Result<(), Exceeded> {
    *left = left.checked_sub(out.len()).ok_or(Exceeded)?;
    if filters > 1 { unpack(out, left, filters - 1) } else { Ok(()) }
}

pub(crate) fn ascii85(data: &[u8]) -> Option<Vec<u8>> {
    let data = data.trim_ascii_start();
    let data = data.strip_prefix(b"<~").unwrap_or(data);
    let end = find(data, b"~>").filter(|end| {
        data[..*end].iter().all(|b| (b'!'..=b'u').contains(b) || *b == b'z' || b.is_ascii_whitespace())
    })?;
    let mut out = Vec::with_capacity(end);
    let mut group = Vec::with_capacity(5);
    let word = |group: &[u8]| {
        let value = group
            .iter()
            .chain([b'u'; 5].iter())
            .take(5)
            .fold(0_u32, |sum, b| sum.wrapping_mul(85).wrapping_add(u32::from(b - b'!')));
        value.to_be_bytes()
    };
    for byte in data[..end].iter().filter(|b| !b.is_ascii_whitespace()) {
        if *byte == b'z' && group.is_empty() {
            out.extend_from_slice(&[0; 4]);
        } else if *byte != b'z' {
            group.push(*byte);
        }
        if group.len() == 5 {
            out.extend_from_slice(&word(&group));
            group.clear();
        }
    }
    if group.len() > 1 {
        out.extend_from_slice(&word(&group)[..group.len() - 1]);
    }
    Some(out)
}

pub(crate) fn ascii_hex(data: &[u8]) -> Option<Vec<u8>> {
    let end = data.iter().position(|b| !(b.is_ascii_hexdigit() || b.is_ascii_whitespace()))?;
    if data[end] != b'>' || end < 4 {
        return None;
    }
    let digits: Vec<u8> =
        data[..end].iter().filter_map(|b| char::from(*b).to_digit(16)).filter_map(|d| u8::try_from(d).ok()).collect();
    Some(digits.chunks(2).map(|pair| pair[0] << 4 | pair.get(1).copied().unwrap_or(0)).collect())
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    memchr::memmem::find(haystack, needle)
}

fn rfind(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    memchr::memmem::rfind(haystack, needle)
}

fn count(haystack: &[u8], needle: &[u8]) -> usize {
    memchr::memmem::find_iter(haystack, needle).count()
}
