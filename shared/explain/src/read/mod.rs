//! What is printed, read: values, ranges and marks. What cannot be read for certain is not read.

pub mod flag;
pub mod range;
pub mod value;

use rust_decimal::Decimal;

/// A number at the start of a text, with the rest; thousands may be grouped by commas.
///
/// A comma that does not group thousands ends in nothing: it could be a decimal comma.
pub(crate) fn number(text: &str) -> Option<(Decimal, &str)> {
    let end = text
        .char_indices()
        .find(|(at, c)| !(c.is_ascii_digit() || matches!(c, '.' | ',') || *at == 0 && matches!(c, '-' | '+')))
        .map_or(text.len(), |(at, _)| at);
    let (printed, rest) = text.split_at(end);
    let bare = printed.trim_start_matches(['-', '+']);
    let (whole, fraction) = bare.split_once('.').map_or((bare, None), |(whole, fraction)| (whole, Some(fraction)));
    let mut groups = whole.split(',');
    let first = groups.next()?;
    let grouped = whole.contains(',');
    let fine = first.chars().all(|c| c.is_ascii_digit())
        && !first.is_empty()
        && (!grouped
            || first.len() <= 3
                && first != "0"
                && groups.all(|g| g.len() == 3 && g.chars().all(|c| c.is_ascii_digit())))
        && fraction.is_none_or(|f| !f.is_empty() && f.chars().all(|c| c.is_ascii_digit()));
    let number = Decimal::from_str_exact(&printed.replace([',', '+'], "")).ok()?;
    (fine && printed.len() <= 20).then_some((number, rest))
}

/// What follows a number, as a unit: nothing, or text that cannot be the rest of a number that was not understood.
pub(crate) fn unit(rest: &str) -> Option<Option<String>> {
    let unit = rest.trim();
    let power = rest.starts_with(' ') && ["10^", "10*", "10E", "10e"].iter().any(|ten| unit.starts_with(ten));
    let odd = unit.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '.' | ',' | '-' | '~' | '+' | '<' | '>'));
    (power || !odd).then(|| (!unit.is_empty()).then(|| unit.to_owned()))
}
