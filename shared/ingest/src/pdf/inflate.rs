//! Counts what streams unpack to, before the PDF library unpacks any of them.
//!
//! The library falls back to a decoder that goes on after errors, so a strict decoder would count too little. This one
//! goes on wherever that one does (hayro-syntax 0.9, `lzw_flate::flate`), and stops at a bound.

/// More came out than the bound allows.
pub(crate) struct Exceeded;

/// Unpacks leniently, at most `bound` bytes.
pub(crate) fn inflate(data: &[u8], bound: usize) -> Result<Vec<u8>, Exceeded> {
    let mut reader = Bits { data, at: 0, buffer: 0, held: 0 };
    let mut out = Vec::new();
    loop {
        if reader.at >= data.len() {
            return Ok(out);
        }
        let Some(header) = reader.bits(3) else { return Ok(out) };
        let more = match header >> 1 {
            0 => stored(&mut reader, &mut out, bound)?,
            1 => {
                let (literals, distances) = fixed();
                block(&mut reader, &literals, &distances, &mut out, bound)?
            }
            2 => match dynamic(&mut reader) {
                Some((literals, distances)) => block(&mut reader, &literals, &distances, &mut out, bound)?,
                None => false,
            },
            _ => false,
        };
        if header & 1 == 1 || !more {
            return Ok(out);
        }
    }
}

struct Bits<'a> {
    data: &'a [u8],
    at: usize,
    buffer: u32,
    held: u8,
}

impl Bits<'_> {
    fn byte(&mut self) -> Option<u8> {
        let byte = self.data.get(self.at).copied();
        self.at += usize::from(byte.is_some());
        byte
    }

    fn bits(&mut self, count: u8) -> Option<u32> {
        while self.held < count {
            self.buffer |= u32::from(self.byte()?) << self.held;
            self.held += 8;
        }
        let bits = self.buffer & ((1 << count) - 1);
        self.buffer >>= count;
        self.held -= count;
        Some(bits)
    }

    fn code(&mut self, table: &Table) -> Option<u16> {
        while self.held < table.longest {
            let Some(byte) = self.byte() else { break };
            self.buffer |= u32::from(byte) << self.held;
            self.held += 8;
        }
        let (length, value) = *table.codes.get((self.buffer & ((1 << table.longest) - 1)) as usize)?;
        if length == 0 || self.held < length {
            return None;
        }
        self.buffer >>= length;
        self.held -= length;
        Some(value)
    }
}

/// Codes by their reversed bits: length and value.
struct Table {
    codes: Vec<(u8, u16)>,
    longest: u8,
}

impl Table {
    fn new(lengths: &[u8]) -> Self {
        let longest = lengths.iter().copied().max().unwrap_or(0);
        if longest == 0 {
            return Self { codes: vec![(0, 0)], longest: 1 };
        }
        let size = 1_usize << longest;
        let mut codes = vec![(0, 0); size];
        let mut code = 0_u32;
        for length in 1..=longest {
            for (value, _) in lengths.iter().enumerate().filter(|(_, l)| **l == length) {
                let reversed = code.reverse_bits() >> (32 - u32::from(length));
                let mut at = reversed as usize;
                while at < size {
                    codes[at] = (length, u16::try_from(value).unwrap_or(0));
                    at += 1 << length;
                }
                code = code.wrapping_add(1);
            }
            code <<= 1;
        }
        Self { codes, longest }
    }
}

fn fixed() -> (Table, Table) {
    let mut lengths = [8_u8; 288];
    lengths[144..256].fill(9);
    lengths[256..280].fill(7);
    (Table::new(&lengths), Table::new(&[5; 30]))
}

fn dynamic(reader: &mut Bits<'_>) -> Option<(Table, Table)> {
    const ORDER: [usize; 19] = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
    let literals = reader.bits(5)? as usize + 257;
    let distances = reader.bits(5)? as usize + 1;
    let count = reader.bits(4)? as usize + 4;
    let mut of_lengths = [0_u8; 19];
    for place in ORDER.iter().take(count) {
        of_lengths[*place] = u8::try_from(reader.bits(3)?).ok()?;
    }
    let table = Table::new(&of_lengths);
    let mut lengths: Vec<u8> = Vec::with_capacity(literals + distances);
    while lengths.len() < literals + distances {
        let code = reader.code(&table)?;
        let (times, value) = match code {
            0..=15 => (1, u8::try_from(code).ok()?),
            16 => (reader.bits(2)? as usize + 3, lengths.last().copied().unwrap_or(0)),
            17 => (reader.bits(3)? as usize + 3, 0),
            18 => (reader.bits(7)? as usize + 11, 0),
            _ => return None,
        };
        let times = times.min(literals + distances - lengths.len());
        lengths.extend(std::iter::repeat_n(value, times));
    }
    let (first, second) = lengths.split_at(literals);
    Some((Table::new(first), Table::new(second)))
}

/// Whether another block may follow.
fn stored(reader: &mut Bits<'_>, out: &mut Vec<u8>, bound: usize) -> Result<bool, Exceeded> {
    reader.buffer = 0;
    reader.held = 0;
    let mut head = [0_u8; 4];
    for place in &mut head {
        match reader.byte() {
            Some(byte) => *place = byte,
            None => return Ok(false),
        }
    }
    let length = usize::from(u16::from_le_bytes([head[0], head[1]]));
    let end = (reader.at + length).min(reader.data.len());
    let whole = end - reader.at == length;
    if out.len() + (end - reader.at) > bound {
        return Err(Exceeded);
    }
    out.extend_from_slice(reader.data.get(reader.at..end).unwrap_or_default());
    reader.at = end;
    Ok(whole)
}

fn block(
    reader: &mut Bits<'_>,
    literals: &Table,
    distances: &Table,
    out: &mut Vec<u8>,
    bound: usize,
) -> Result<bool, Exceeded> {
    const LENGTHS: [(u8, usize); 29] = [
        (0, 3),
        (0, 4),
        (0, 5),
        (0, 6),
        (0, 7),
        (0, 8),
        (0, 9),
        (0, 10),
        (1, 11),
        (1, 13),
        (1, 15),
        (1, 17),
        (2, 19),
        (2, 23),
        (2, 27),
        (2, 31),
        (3, 35),
        (3, 43),
        (3, 51),
        (3, 59),
        (4, 67),
        (4, 83),
        (4, 99),
        (4, 115),
        (5, 131),
        (5, 163),
        (5, 195),
        (5, 227),
        (0, 258),
    ];
    loop {
        if out.len() > bound {
            return Err(Exceeded);
        }
        let Some(code) = reader.code(literals) else { return Ok(false) };
        if code < 256 {
            out.push(u8::try_from(code).unwrap_or(0));
            continue;
        }
        if code == 256 {
            return Ok(true);
        }
        let (extra, base) = LENGTHS.get(usize::from(code) - 257).copied().unwrap_or((0, 0));
        let Some(more) = reader.bits(extra) else { return Ok(false) };
        let length = base + more as usize;
        let Some(code) = reader.code(distances) else { return Ok(false) };
        if code >= 30 {
            return Ok(false);
        }
        let extra = u8::try_from((code / 2).saturating_sub(1)).unwrap_or(0);
        let base = if code < 4 { usize::from(code) + 1 } else { ((2 + usize::from(code & 1)) << extra) + 1 };
        let Some(more) = reader.bits(extra) else { return Ok(false) };
        let distance = base + more as usize;
        if distance <= out.len() {
            for _ in 0..length {
                out.push(out[out.len() - distance]);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use flate2::{Compression, write::DeflateEncoder};
    use proptest::prelude::*;
    use std::io::Write;

    proptest! {
        #[test]
        fn what_is_packed_comes_out_again(data in prop::collection::vec(0_u8..40, 0..5000), level in 0_u32..10) {
            let mut encoder = DeflateEncoder::new(Vec::new(), Compression::new(level));
            encoder.write_all(&data).unwrap();
            let packed = encoder.finish().unwrap();
            prop_assert_eq!(inflate(&packed, 10_000).ok().unwrap(), data);
        }

        #[test]
        fn rubbish_ends(data in prop::collection::vec(any::<u8>(), 0..2000)) {
            if let Ok(out) = inflate(&data, 100_000) {
                prop_assert!(out.len() <= 100_000 + 258);
            }
        }
    }

    #[test]
    fn a_bound_holds() {
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(&vec![0; 10 << 20]).unwrap();
        let packed = encoder.finish().unwrap();
        assert!(packed.len() < 20_000);
        assert!(inflate(&packed, 1 << 20).is_err());
        // A wrong complement of the length is no end for the library's fallback, so it is none here.
        let mut lenient = vec![0, 3, 0, 0, 0, b'a', b'b', b'c'];
        lenient.extend_from_slice(&packed);
        assert!(inflate(&lenient, 1 << 20).is_err());
    }
}
