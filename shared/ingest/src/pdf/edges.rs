//! What an object is made of, for counting: whatever is followed here is paid for as often as it is used.

use crate::Refused;
use hayro_interpret::hayro_syntax::object::{MaybeRef, Name, Object, ObjectIdentifier};

/// Objects that an object is made of: colours of colours, functions of functions, the programs of a font. Not its
/// parents, and not the resources that it draws with.
pub(super) fn edges(
    object: &Object<'_>,
    inside: bool,
    found: &mut Vec<ObjectIdentifier>,
    depth: usize,
) -> Result<(), Refused> {
    const MADE_OF: [&[u8]; 22] = [
        b"ColorSpace",
        b"CS",
        b"DefaultGray",
        b"DefaultRGB",
        b"DefaultCMYK",
        b"Function",
        b"Functions",
        b"Shading",
        b"Alternate",
        b"TR",
        b"TR2",
        b"SMask",
        b"G",
        b"FontDescriptor",
        b"FontFile",
        b"FontFile2",
        b"FontFile3",
        b"DescendantFonts",
        b"ToUnicode",
        b"Encoding",
        b"CIDToGIDMap",
        b"UseCMap",
    ];
    const COLOURS: [&[u8]; 6] = [b"Indexed", b"I", b"Separation", b"DeviceN", b"Pattern", b"ICCBased"];
    if depth > 32 {
        return Err(Refused::TooDeep);
    }
    let mut part = |value: MaybeRef<Object<'_>>, inside: bool| match value {
        MaybeRef::Ref(id) if inside => {
            found.push(id.into());
            Ok(())
        }
        MaybeRef::Ref(_) => Ok(()),
        MaybeRef::NotRef(object) => edges(&object, inside, found, depth + 1),
    };
    match object {
        Object::Array(array) => {
            let colour = array.flex_iter().next::<Name<'_>>().is_some_and(|name| COLOURS.contains(&name.as_ref()));
            for item in array.raw_iter() {
                part(item, inside || colour)?;
            }
        }
        Object::Dict(dict) => {
            for (key, value) in dict.entries() {
                part(value, inside || MADE_OF.contains(&key.as_ref()))?;
            }
        }
        Object::Stream(stream) => {
            for (key, value) in stream.dict().entries() {
                part(value, MADE_OF.contains(&key.as_ref()))?;
            }
        }
        Object::Null(_) | Object::Boolean(_) | Object::Number(_) | Object::String(_) | Object::Name(_) => {}
    }
    Ok(())
}
