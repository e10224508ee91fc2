//! DICOM (PS3.10): the preamble, which must not be a program, and the elements of the file's own group, which name how the
//! rest is written. The rest is kept as it is and read by nobody here.

use super::Reader;
use medius_domain::upload::Refusal;

/// Value representations with a long length.
const LONG: [&[u8; 2]; 11] = [b"OB", b"OW", b"OF", b"OD", b"OL", b"OV", b"SQ", b"UC", b"UR", b"UT", b"UN"];
/// Elements that the group can have.
const MOST_ELEMENTS: usize = 64;

pub(super) fn check(bytes: &[u8]) -> Result<(), Refusal> {
    let mut reader = Reader(bytes);
    let preamble = reader.take(128).map_err(|_| Refusal::WrongKind)?;
    if reader.take(4).map_err(|_| Refusal::WrongKind)? != b"DICM" {
        return Err(Refusal::WrongKind);
    }
    // The preamble is free, and programs have been hidden in it; what scanners of film put there is a TIFF's header.
    let tiff = preamble.starts_with(b"II*\0") || preamble.starts_with(b"MM\0*");
    if !tiff && preamble.iter().any(|byte| *byte != 0) {
        return Err(Refusal::Active);
    }
    let mut written_as = false;
    for _ in 0..MOST_ELEMENTS {
        let start = reader.0;
        let Ok([g0, g1, e0, e1]) = reader.array::<4>() else { return Err(Refusal::Damaged) };
        let (group, element) = (u16::from_le_bytes([g0, g1]), u16::from_le_bytes([e0, e1]));
        if group != 2 {
            // The file's own group ends here, and something must follow.
            return if written_as && start.len() > 8 { Ok(()) } else { Err(Refusal::Damaged) };
        }
        let kind = reader.array::<2>()?;
        if !kind.iter().all(u8::is_ascii_uppercase) {
            return Err(Refusal::Damaged);
        }
        let length = if LONG.contains(&&kind) {
            reader.take(2)?;
            u32::from_le_bytes(reader.array()?)
        } else {
            u16::from_le_bytes(reader.array()?).into()
        };
        let value = reader.take(usize::try_from(length).map_err(|_| Refusal::Damaged)?)?;
        if element == 0x0010 {
            written_as = value.starts_with(b"1.2.840.");
        }
    }
    Err(Refusal::Damaged)
}
