//! HEIC: the boxes of the outermost level, each within the file, with those that a picture needs.

use super::{Reader, no_second_file};
use medius_domain::upload::Refusal;

const BRANDS: [&[u8; 4]; 8] = [b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1"];
/// Boxes of the outermost level that any camera writes.
const MOST_BOXES: usize = 64;

pub(super) fn check(bytes: &[u8]) -> Result<(), Refusal> {
    let mut reader = Reader(bytes);
    let (mut described, mut pictures) = (false, false);
    for n in 0..MOST_BOXES {
        if reader.0.is_empty() {
            return if described && pictures { no_second_file(bytes) } else { Err(Refusal::Damaged) };
        }
        let start = reader.0;
        let short = if n == 0 { Refusal::WrongKind } else { Refusal::Damaged };
        let size = reader.size().map_err(|_| short)?;
        let kind = reader.array::<4>().map_err(|_| short)?;
        let header = start.len() - reader.0.len();
        let content = match size {
            // The rest of the file.
            0 => reader.0.len(),
            // A long size: such a box is larger than any file that is taken here, unless it says otherwise.
            1 => {
                let long = u64::from_be_bytes(reader.array()?);
                usize::try_from(long).ok().and_then(|long| long.checked_sub(16)).ok_or(Refusal::Damaged)?
            }
            _ => size.checked_sub(header).ok_or(short)?,
        };
        let data = reader.take(content).map_err(|_| short)?;
        match &kind {
            b"ftyp" if n == 0 => {
                let brands = data.chunks_exact(4).enumerate().filter(|(i, _)| *i != 1).map(|(_, brand)| brand);
                if !brands.into_iter().any(|brand| BRANDS.iter().any(|known| known.as_slice() == brand)) {
                    return Err(Refusal::WrongKind);
                }
            }
            _ if n == 0 => return Err(Refusal::WrongKind),
            b"meta" => described = true,
            b"mdat" => pictures = true,
            _ => {}
        }
    }
    Err(Refusal::Damaged)
}
