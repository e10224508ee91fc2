//! PNG: every chunk with its checksum, from the header to the end, and nothing after it.

use super::{Reader, dimensions, no_second_file};
use medius_domain::upload::Refusal;

const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";

pub(super) fn check(bytes: &[u8]) -> Result<(), Refusal> {
    let mut reader = Reader(bytes.strip_prefix(SIGNATURE).ok_or(Refusal::WrongKind)?);
    let (mut first, mut pictures) = (true, 0_u32);
    loop {
        let length = reader.size()?;
        let covered = reader.0;
        let (kind, data) = (reader.take(4)?, reader.take(length)?);
        if reader.u32()? != crc(&covered[..4 + length]) {
            return Err(Refusal::Damaged);
        }
        match kind {
            b"IHDR" if first => {
                let mut header = Reader(data);
                dimensions(header.u32()?, header.u32()?)?;
            }
            _ if first => return Err(Refusal::Damaged),
            b"IDAT" => pictures += 1,
            b"IEND" if pictures == 0 => return Err(Refusal::Damaged),
            // What stands after the end is another file.
            b"IEND" if !reader.0.is_empty() => return Err(Refusal::WrongKind),
            b"IEND" => return no_second_file(bytes),
            _ => {}
        }
        first = false;
    }
}

/// CRC-32 as PNG has it (ISO 3309).
fn crc(bytes: &[u8]) -> u32 {
    const TABLE: [u32; 256] = {
        let mut table = [0_u32; 256];
        let (mut n, mut seed) = (0, 0_u32);
        while n < 256 {
            let mut c = seed;
            let mut bit = 0;
            while bit < 8 {
                c = if c & 1 == 1 { 0xedb8_8320 ^ (c >> 1) } else { c >> 1 };
                bit += 1;
            }
            table[n] = c;
            n += 1;
            seed += 1;
        }
        table
    };
    let step = |c: u32, byte: &u8| TABLE[usize::from(c.to_le_bytes()[0] ^ byte)] ^ (c >> 8);
    !bytes.iter().fold(u32::MAX, step)
}
