//! JPEG: every segment up to the picture's data, its dimensions, and its end.

use super::{Reader, dimensions, no_second_file};
use medius_domain::upload::Refusal;

pub(super) fn check(bytes: &[u8]) -> Result<(), Refusal> {
    let mut reader = Reader(bytes.strip_prefix(b"\xff\xd8").ok_or(Refusal::WrongKind)?);
    let mut sized = false;
    loop {
        let [mark, mut marker] = reader.array::<2>()?;
        if mark != 0xff {
            return Err(Refusal::Damaged);
        }
        // Markers may be filled up in front.
        while marker == 0xff {
            [marker] = reader.array::<1>()?;
        }
        if matches!(marker, 0x01 | 0xd0..=0xd7) {
            continue;
        }
        if marker == 0xd9 {
            return Err(Refusal::Damaged); // the end before any picture
        }
        let length = usize::from(reader.u16()?).checked_sub(2).ok_or(Refusal::Damaged)?;
        let data = reader.take(length)?;
        // Frames: all SOF markers but those of tables between them.
        if matches!(marker, 0xc0..=0xcf) && !matches!(marker, 0xc4 | 0xc8 | 0xcc) {
            let mut frame = Reader(data.get(1..).ok_or(Refusal::Damaged)?);
            let (height, width) = (frame.u16()?, frame.u16()?);
            dimensions(width.into(), height.into())?;
            sized = true;
        }
        if marker == 0xda {
            break;
        }
    }
    // Cameras put a second, smaller picture after the end, so the end is looked for and need not be the last thing.
    let ends = reader.0.windows(2).any(|pair| pair == b"\xff\xd9");
    if sized && ends { no_second_file(bytes) } else { Err(Refusal::Damaged) }
}
