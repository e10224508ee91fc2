//! Bytes to records: the encodings that Korean programs write, and RFC 4180 with the separators that they use.

use crate::text::tidy;
use crate::{Limits, Refused};

/// A record with the line that it starts on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Record {
    pub(crate) line: u32,
    pub(crate) cells: Vec<String>,
}

/// The text of a file: UTF-8, UTF-16 with its mark, or CP949 as Excel in Korean saves it.
pub(crate) fn decode(bytes: &[u8], limits: &Limits) -> Result<String, Refused> {
    if bytes.iter().all(|b| b.is_ascii_whitespace() || *b == 0) {
        return Err(Refused::Empty);
    }
    if bytes.len() > limits.bytes {
        return Err(Refused::TooLarge);
    }
    let utf16 = |from: fn([u8; 2]) -> u16| {
        let rest = &bytes[2..];
        if rest.len() % 2 == 1 {
            return Err(Refused::Truncated);
        }
        let units: Vec<u16> = rest.chunks_exact(2).map(|pair| from([pair[0], pair[1]])).collect();
        String::from_utf16(&units).map_err(|_| Refused::Damaged)
    };
    let text = match bytes {
        [0xff, 0xfe, ..] => utf16(u16::from_le_bytes)?,
        [0xfe, 0xff, ..] => utf16(u16::from_be_bytes)?,
        _ => {
            let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
            match std::str::from_utf8(bytes) {
                Ok(text) => text.to_owned(),
                // A file cut in the middle of a character.
                Err(e) if e.error_len().is_none() && e.valid_up_to() > 0 => return Err(Refused::Truncated),
                Err(_) => {
                    let (text, _, wrong) = encoding_rs::EUC_KR.decode(bytes);
                    if wrong {
                        return Err(Refused::WrongKind);
                    }
                    text.into_owned()
                }
            }
        }
    };
    // Programs, pictures and archives have control characters; pages and scripts begin like themselves.
    if text.chars().any(|c| c.is_control() && !matches!(c, '\t' | '\n' | '\r' | '\u{c}' | '\u{1a}')) {
        return Err(Refused::WrongKind);
    }
    let start = text.trim_start().chars().take(64).collect::<String>().to_ascii_lowercase();
    if ["%pdf-", "<!doctype", "<html", "<?xml", "<?php", "<script", "#!/", "{\"", "[{", "{\\rtf"]
        .iter()
        .any(|s| start.starts_with(s))
    {
        return Err(Refused::WrongKind);
    }
    Ok(text)
}

/// The records of a text. The separator is the one that gives the first lines the same number of cells, more than one.
pub(crate) fn records(text: &str, limits: &Limits) -> Result<Vec<Record>, Refused> {
    let head: String = text.lines().take(20).collect::<Vec<_>>().join("\n");
    // The last of equals is taken: the comma.
    let separator = ['|', ';', '\t', ',']
        .into_iter()
        .max_by_key(|separator| {
            // The head may end within quotes; that is no fault here.
            let Ok(records) = split(&head, *separator, limits) else {
                return head.lines().next().map_or(0, |line| line.matches(*separator).count());
            };
            let widest = records.iter().map(|r| r.cells.len()).max().unwrap_or(0);
            let alike = records.iter().filter(|r| r.cells.len() == widest).count();
            if widest > 1 { alike * widest } else { 0 }
        })
        .unwrap_or(',');
    split(text, separator, limits)
}

fn split(text: &str, separator: char, limits: &Limits) -> Result<Vec<Record>, Refused> {
    let mut records = Vec::new();
    let mut cells: Vec<String> = Vec::new();
    let mut cell = String::new();
    let (mut line, mut start) = (1, 1);
    let mut quoted = false;
    let mut closed = false;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if c == '\n' {
            line += 1;
        }
        if quoted {
            if c != '"' {
                cell.push(c);
            } else if chars.peek() == Some(&'"') {
                chars.next();
                cell.push('"');
            } else {
                quoted = false;
                closed = true;
            }
            continue;
        }
        match c {
            '"' if cell.trim().is_empty() && !closed => {
                cell.clear();
                quoted = true;
            }
            '\r' if chars.peek() == Some(&'\n') => {}
            '\n' | '\r' => {
                finish(&mut records, &mut cells, &mut cell, start, limits)?;
                start = line;
                closed = false;
            }
            c if c == separator => {
                cells.push(tidy(&cell));
                cell.clear();
                closed = false;
                if cells.len() > limits.columns {
                    return Err(Refused::TooManyEntries);
                }
            }
            // Text behind a closing quote: what the cell is, nobody can tell.
            c if closed && !c.is_whitespace() => return Err(Refused::Damaged),
            _ if closed => {}
            _ => cell.push(c),
        }
    }
    if quoted {
        return Err(Refused::Truncated);
    }
    finish(&mut records, &mut cells, &mut cell, start, limits)?;
    Ok(records)
}

fn finish(
    records: &mut Vec<Record>,
    cells: &mut Vec<String>,
    cell: &mut String,
    line: u32,
    limits: &Limits,
) -> Result<(), Refused> {
    cells.push(tidy(cell));
    cell.clear();
    let cells = std::mem::take(cells);
    // Blank lines part nothing.
    if cells.iter().any(|c| !c.is_empty()) {
        records.push(Record { line, cells });
    }
    if records.len() > limits.rows + 1 { Err(Refused::TooManyEntries) } else { Ok(()) }
}
