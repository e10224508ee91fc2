//! Whether a unit is UCUM (case-sensitive form): terms of known atoms with metric prefixes, exponents and annotations.
//! The atoms are those that laboratories use, which is all that a letter needs to tell a unit from a typing error.

/// Atoms that take a metric prefix.
const METRIC: [&str; 17] =
    ["g", "m", "L", "l", "s", "mol", "U", "Pa", "eq", "osm", "J", "cal", "Hz", "[IU]", "[iU]", "m[Hg]", "K"];
/// Atoms that do not.
const PLAIN: [&str; 12] = ["%", "10*", "10^", "Cel", "h", "min", "d", "wk", "mo", "a", "[HPF]", "[pH]"];
const PREFIXES: [&str; 14] = ["Y", "T", "G", "M", "k", "h", "da", "d", "c", "m", "u", "n", "p", "f"];

/// Whether a code parses.
pub(crate) fn parses(code: &str) -> bool {
    if code.is_empty() || !code.bytes().all(|b| b.is_ascii_graphic()) {
        return false;
    }
    // A leading slash stands for one over the rest.
    let body = code.strip_prefix('/').unwrap_or(code);
    components(body).is_some_and(|parts| parts.iter().all(|part| component(part)))
}

/// Splits at `.` and `/`, except inside brackets and braces.
fn components(term: &str) -> Option<Vec<&str>> {
    let (mut parts, mut from, mut closer) = (Vec::new(), 0, None);
    for (i, c) in term.char_indices() {
        match (closer, c) {
            (Some(wanted), c) if c == wanted => closer = None,
            (Some(_), _) => {}
            (None, '[') => closer = Some(']'),
            (None, '{') => closer = Some('}'),
            (None, ']' | '}') => return None,
            (None, '.' | '/') => {
                parts.push(&term[from..i]);
                from = i + 1;
            }
            (None, _) => {}
        }
    }
    parts.push(&term[from..]);
    closer.is_none().then_some(parts)
}

/// A number, an annotation, or a unit with an exponent and an annotation.
fn component(part: &str) -> bool {
    let unit = match part.split_once('{') {
        Some((unit, rest)) if rest.len() > 1 && rest.ends_with('}') => unit,
        Some(_) => return false,
        None => part,
    };
    if unit.is_empty() {
        return part != unit;
    }
    if unit.bytes().all(|b| b.is_ascii_digit()) {
        return true;
    }
    let base = unit.trim_end_matches(|c: char| c.is_ascii_digit());
    let base = if base.len() < unit.len() { base.strip_suffix(['-', '+']).unwrap_or(base) } else { base };
    atom(unit) || atom(base)
}

fn atom(unit: &str) -> bool {
    PLAIN.contains(&unit)
        || METRIC.iter().any(|m| unit.strip_suffix(m).is_some_and(|p| p.is_empty() || PREFIXES.contains(&p)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_whole_allow_list_parses() {
        for unit in medius_domain::unit::Unit::all() {
            assert!(parses(unit.code()), "{}", unit.code());
        }
    }

    #[test]
    fn what_is_not_ucum_does_not() {
        for bad in ["", "mg/", "furlong", "mg per dL", "µg/L", "[HPF", "{", "mg//dL", "IU/L", "mmHg", "x10^9/L", "g{}"]
        {
            assert!(!parses(bad), "{bad}");
        }
    }
}
