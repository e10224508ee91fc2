//! The form of a file, by its kind: what it begins with, how it is built, how large it is inside, and that it is not a second
//! file as well. Nothing is drawn, run or unpacked beyond its limits.

mod csv;
mod dicom;
mod fhir;
mod heic;
mod jpeg;
mod pdf;
mod png;
#[cfg(test)]
mod tests;

use medius_domain::upload::{FileKind, Refusal};

/// Width and height that a picture may have.
const MOST_SIDE: u32 = 20_000;
/// Points that a picture may have.
const MOST_POINTS: u64 = 120_000_000;

/// Checks the form of a file.
///
/// # Errors
/// Why it is not taken.
pub fn file(kind: FileKind, bytes: &[u8]) -> Result<(), Refusal> {
    match kind {
        FileKind::Pdf => pdf::check(bytes),
        FileKind::Jpeg => jpeg::check(bytes),
        FileKind::Png => png::check(bytes),
        FileKind::Heic => heic::check(bytes),
        FileKind::Dicom => dicom::check(bytes),
        FileKind::Csv => csv::check(bytes),
        FileKind::Fhir => fhir::check(bytes),
    }
}

/// Whether a text stands in the bytes.
fn contains(bytes: &[u8], text: &[u8]) -> bool {
    bytes.windows(text.len()).any(|window| window == text)
}

/// Refuses a picture or table that is also a document, an archive or a program: such files are read as one thing by a
/// scanner and as another by a person's machine.
fn no_second_file(bytes: &[u8]) -> Result<(), Refusal> {
    let begin = &bytes[..bytes.len().min(1024)];
    let end = &bytes[bytes.len().saturating_sub(64 * 1024)..];
    // An archive is found by its directory, which stands at the end.
    if contains(begin, b"%PDF-") || contains(end, b"PK\x05\x06") { Err(Refusal::WrongKind) } else { Ok(()) }
}

/// Refuses a picture that nobody needs and that would fill a memory.
fn dimensions(width: u32, height: u32) -> Result<(), Refusal> {
    let fits = (1..=MOST_SIDE).contains(&width) && (1..=MOST_SIDE).contains(&height);
    if !fits || u64::from(width) * u64::from(height) > MOST_POINTS {
        return Err(if width == 0 || height == 0 { Refusal::Damaged } else { Refusal::TooManyPages });
    }
    Ok(())
}

/// Bytes read one after the other; each step past the end is a damaged file.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, n: usize) -> Result<&'a [u8], Refusal> {
        let (taken, rest) = self.0.split_at_checked(n).ok_or(Refusal::Damaged)?;
        self.0 = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], Refusal> {
        self.take(N)?.try_into().map_err(|_| Refusal::Damaged)
    }

    fn u16(&mut self) -> Result<u16, Refusal> {
        Ok(u16::from_be_bytes(self.array()?))
    }

    fn u32(&mut self) -> Result<u32, Refusal> {
        Ok(u32::from_be_bytes(self.array()?))
    }

    fn size(&mut self) -> Result<usize, Refusal> {
        usize::try_from(self.u32()?).map_err(|_| Refusal::Damaged)
    }
}
