//! What a JSON parser does not tell: how deep a text is nested, and whether an object has a name twice. (serde_json
//! stops at 127 levels and keeps the last of two equal names where a map or an ignored value takes them.)

use std::collections::BTreeSet;

/// Whether arrays and objects lie within each other more than `limit` levels. Works on any bytes.
pub(crate) fn deeper_than(bytes: &[u8], limit: usize) -> bool {
    let (mut depth, mut in_string, mut escaped) = (0_usize, false, false);
    for byte in bytes {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            _ if in_string => {}
            b'[' | b'{' => {
                depth += 1;
                if depth > limit {
                    return true;
                }
            }
            b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    false
}

enum Level {
    Object { names: BTreeSet<String>, current: String, name_is_next: bool },
    Array { index: usize },
}

/// The pointer of the first name that an object has twice. `text` must be well-formed JSON.
pub(crate) fn duplicate_name(text: &str) -> Option<String> {
    let bytes = text.as_bytes();
    let mut levels: Vec<Level> = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b'{' => {
                let names = BTreeSet::new();
                levels.push(Level::Object { names, current: String::new(), name_is_next: true });
            }
            b'[' => levels.push(Level::Array { index: 0 }),
            b'}' | b']' => {
                levels.pop();
            }
            b',' => match levels.last_mut() {
                Some(Level::Object { name_is_next, .. }) => *name_is_next = true,
                Some(Level::Array { index }) => *index += 1,
                None => {}
            },
            b'"' => {
                let end = end_of_string(bytes, at);
                if let Some(Level::Object { names, current, name_is_next: name_is_next @ true }) = levels.last_mut() {
                    *name_is_next = false;
                    // Names are compared unescaped; half a surrogate pair has no text and is compared as written.
                    let raw = text.get(at..=end).unwrap_or_default();
                    *current = serde_json::from_str(raw).unwrap_or_else(|_| raw.to_owned());
                    if !names.insert(current.clone()) {
                        return Some(pointer(&levels));
                    }
                }
                at = end;
            }
            _ => {}
        }
        at += 1;
    }
    None
}

/// The index of a string's closing quote.
fn end_of_string(bytes: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    while at < bytes.len() && bytes[at] != b'"' {
        at += if bytes[at] == b'\\' { 2 } else { 1 };
    }
    at
}

fn pointer(levels: &[Level]) -> String {
    let mut pointer = String::new();
    for level in levels {
        let known = match level {
            Level::Object { current, .. } => push_name(&mut pointer, current),
            Level::Array { index } => push_index(&mut pointer, *index),
        };
        if !known {
            break;
        }
    }
    pointer
}

/// Adds a name to a JSON pointer if a field of ours could have it (`^[a-z][a-z0-9_]{0,39}$`); anything else may be a
/// value in the place of a name and is left out. Says whether it was added.
pub(crate) fn push_name(pointer: &mut String, name: &str) -> bool {
    let like_ours = name.len() <= 40
        && name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'_'));
    if like_ours {
        pointer.push('/');
        pointer.push_str(name);
    }
    like_ours
}

/// Adds an index to a JSON pointer.
pub(crate) fn push_index(pointer: &mut String, index: usize) -> bool {
    pointer.push('/');
    pointer.push_str(&index.to_string());
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_doubled_name_is_found_at_its_place() {
        for (json, expected) in [
            (r#"{"a":1,"b":{"a":2},"c":[{"a":1},{"a":1}]}"#, None),
            (r#"{"a":1,"a":1}"#, Some("/a")),
            (r#"{"a":["a","a",{"b":"a","c":"b"}]}"#, None),
            (r#"{"x":[0,{"y":{"z":1,"z":2}}]}"#, Some("/x/1/y/z")),
            (r#"{"x":{"Value":1,"Value":2}}"#, Some("/x")),
            (r#"{"a\"":1,"a\\":2,"a":{},"b":[],"a\u0022":1}"#, Some("")),
            (r#""a""#, None),
        ] {
            assert_eq!(duplicate_name(json).as_deref(), expected, "{json}");
        }
    }
}
