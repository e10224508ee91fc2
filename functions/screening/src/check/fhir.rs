//! FHIR as JSON: nesting is measured before anything is parsed, then the kind of resource and the number of entries.

use medius_domain::upload::Refusal;
use serde::Deserialize;
use serde::de::{IgnoredAny, SeqAccess, Visitor};

const MOST_BYTES: usize = 4 * 1024 * 1024;
const MOST_DEPTH: usize = 64;
const MOST_ENTRIES: usize = 200;
/// What is read, and what may contain it.
const TYPES: [&str; 5] = ["Bundle", "Observation", "DiagnosticReport", "MedicationStatement", "MedicationRequest"];

#[derive(Deserialize)]
struct Resource {
    #[serde(rename = "resourceType")]
    kind: String,
    #[serde(default)]
    entry: Entries,
}

/// Entries, counted without being kept.
#[derive(Default)]
struct Entries(usize);

impl<'de> Deserialize<'de> for Entries {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Count;
        impl<'de> Visitor<'de> for Count {
            type Value = Entries;
            fn expecting(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
                f.write_str("a list")
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Entries, A::Error> {
                let mut n = 0;
                while list.next_element::<IgnoredAny>()?.is_some() {
                    n += 1;
                }
                Ok(Entries(n))
            }
        }
        deserializer.deserialize_seq(Count)
    }
}

pub(super) fn check(bytes: &[u8]) -> Result<(), Refusal> {
    if bytes.len() > MOST_BYTES {
        return Err(Refusal::TooDeep);
    }
    let text = std::str::from_utf8(bytes).map_err(|_| Refusal::Unreadable)?;
    let text = text.trim_start_matches('\u{feff}');
    if !text.trim_start().starts_with('{') {
        return Err(Refusal::WrongKind);
    }
    if depth(text) > MOST_DEPTH {
        return Err(Refusal::TooDeep);
    }
    let resource: Resource = serde_json::from_str(text).map_err(|error| {
        // Whether it breaks off, or is JSON of another kind.
        if error.is_data() { Refusal::WrongKind } else { Refusal::Damaged }
    })?;
    if !TYPES.contains(&resource.kind.as_str()) {
        return Err(Refusal::WrongKind);
    }
    if resource.entry.0 > MOST_ENTRIES { Err(Refusal::TooDeep) } else { Ok(()) }
}

/// How deeply lists and objects lie in each other, outside strings.
fn depth(text: &str) -> usize {
    let (mut now, mut most, mut quoted, mut escaped) = (0_usize, 0, false, false);
    for byte in text.bytes() {
        match (quoted, escaped, byte) {
            (true, true, _) => escaped = false,
            (true, false, b'\\') => escaped = true,
            (_, false, b'"') => quoted = !quoted,
            (false, _, b'{' | b'[') => {
                now += 1;
                most = most.max(now);
            }
            (false, _, b'}' | b']') => now = now.saturating_sub(1),
            (true | false, true | false, _) => {}
        }
    }
    most
}
