//! What a file carries besides its pages: scripts (refused), and resident numbers in its metadata, notes and fields (told).

use crate::{Refused, resident};
use hayro_interpret::hayro_syntax::Pdf;
use hayro_interpret::hayro_syntax::object::{Dict, MaybeRef, Name, Object};

/// Looks through all objects; says whether a resident number stands in one.
pub(crate) fn check(pdf: &Pdf) -> Result<bool, Refused> {
    let mut found = false;
    for object in pdf.objects() {
        found |= look(&object, 0)?;
        if let Object::Stream(stream) = &object
            && matches!(stream.dict().get::<Name<'_>>(b"Type").as_deref(), Some(b"Metadata"))
            && let Ok(data) = stream.decoded_data()
        {
            found |= resident::contains(&String::from_utf8_lossy(&data));
        }
    }
    Ok(found)
}

fn look(object: &Object<'_>, depth: usize) -> Result<bool, Refused> {
    if depth > 32 {
        return Err(Refused::TooDeep);
    }
    match object {
        Object::Array(array) => {
            let mut found = false;
            for item in array.raw_iter() {
                if let MaybeRef::NotRef(item) = item {
                    found |= look(&item, depth + 1)?;
                }
            }
            Ok(found)
        }
        Object::Dict(dict) => look_in(dict, depth),
        Object::Stream(stream) => look_in(stream.dict(), depth),
        Object::String(string) => Ok(resident::contains(&text(string.as_bytes()))),
        Object::Null(_) | Object::Boolean(_) | Object::Number(_) | Object::Name(_) => Ok(false),
    }
}

fn look_in(dict: &Dict<'_>, depth: usize) -> Result<bool, Refused> {
    const KEYS: [&[u8]; 4] = [b"JS", b"JavaScript", b"XFA", b"RichMediaContent"];
    const ACTIONS: [&[u8]; 8] = [
        b"JavaScript",
        b"Launch",
        b"ImportData",
        b"SubmitForm",
        b"Rendition",
        b"Movie",
        b"RichMediaExecute",
        b"GoTo3DView",
    ];
    const KINDS: [&[u8]; 4] = [b"RichMedia", b"Screen", b"Movie", b"3D"];
    let mut found = false;
    for (key, value) in dict.entries() {
        if KEYS.contains(&key.as_ref()) {
            return Err(Refused::Script);
        }
        if let MaybeRef::NotRef(value) = value {
            if let Object::Name(name) = &value {
                let active = (key.as_ref() == b"S" && ACTIONS.contains(&name.as_ref()))
                    || (key.as_ref() == b"Subtype" && KINDS.contains(&name.as_ref()));
                if active {
                    return Err(Refused::Script);
                }
            }
            found |= look(&value, depth + 1)?;
        }
    }
    Ok(found)
}

/// A text string of a PDF: UTF-16 with its mark, or bytes (ISO 32000-1, 7.9.2).
fn text(bytes: &[u8]) -> String {
    match bytes {
        [0xfe, 0xff, rest @ ..] => {
            let units: Vec<u16> = rest.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect();
            String::from_utf16_lossy(&units)
        }
        _ => String::from_utf8_lossy(bytes).into_owned(),
    }
}
