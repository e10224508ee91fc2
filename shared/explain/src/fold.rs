//! Spellings folded to one key: what a Korean report prints in five ways is compared in one.
//!
//! Folding never guesses: two spellings that mean different things keep different keys, and the build refuses a catalogue
//! in which two entries meet in one key. The build script reads this same file.

use unicode_normalization::UnicodeNormalization as _;

/// Superscripts as `^3`, before NFKC would turn `10³` into `103`; then NFKC; signs that look alike made one.
#[must_use]
pub fn text(raw: &str) -> String {
    let mut raised = String::with_capacity(raw.len());
    let mut in_power = false;
    for c in raw.chars() {
        let digit = match c {
            '⁰' => Some('0'),
            '¹' => Some('1'),
            '²' => Some('2'),
            '³' => Some('3'),
            '⁴'..='⁹' => char::from_digit(u32::from(c) - u32::from('⁰'), 10),
            '⁻' => Some('-'),
            _ => None,
        };
        match digit {
            Some(digit) => {
                if !in_power {
                    raised.push('^');
                }
                raised.push(digit);
            }
            None => raised.push(c),
        }
        in_power = digit.is_some();
    }
    raised.nfkc().map(alike).filter(|c| !is_invisible(*c)).collect::<String>().trim().to_owned()
}

/// One character for those that look alike in print.
const fn alike(c: char) -> char {
    match c {
        'μ' | 'µ' => 'u',
        '−' | '‐' | '‑' | '‒' | '–' | '—' | '―' | '﹣' => '-',
        '∼' | '〜' | '～' | '˜' | '∽' => '~',
        '×' | '✕' | '∙' => 'x',
        '’' | '‘' | '′' | '`' => '\'',
        '\u{a0}' | '\t' | '\n' | '\r' | '\u{3000}' => ' ',
        other => other,
    }
}

/// Characters that print nothing.
const fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{ad}')
}

/// Key of a test's name: case, blanks, dashes, dots and brackets do not count; `γ-GTP`, `gamma GTP` and `r-GTP` are one.
#[must_use]
pub fn name(raw: &str) -> String {
    let lower = text(raw).to_lowercase().replace("gamma", "r").replace("alpha", "a").replace("beta", "b");
    lower
        .chars()
        .filter_map(|c| match c {
            'γ' => Some('r'),
            'α' => Some('a'),
            'β' => Some('b'),
            ' ' | '-' | '_' | '.' | ',' | '·' | 'ㆍ' | '・' | '*' | ':' | ';' | '\'' | '"' | '(' | ')' | '[' | ']'
            | '^' => None,
            other => Some(other),
        })
        .collect()
}

/// Key of a unit: case and blanks do not count, `x10³/㎕`, `10^3/uL`, `10*3/µL`, `K/uL` and `x10E3/uL` are one.
#[must_use]
pub fn unit(raw: &str) -> String {
    let folded = text(raw);
    let bare: String = folded.chars().filter(|c| !c.is_whitespace()).collect();
    let bare = bare.strip_prefix(['(', '[']).and_then(|b| b.strip_suffix([')', ']'])).unwrap_or(&bare);
    // `K` and `M` as thousands and millions only when written as such; `m/uL` in small letters stays as it is.
    let bare = match bare.split_once('/') {
        Some(("K" | "k" | "천", per)) => format!("10^3/{per}"),
        Some(("M" | "백만", per)) => format!("10^6/{per}"),
        _ => bare.to_owned(),
    };
    let mut lower = bare.to_lowercase().replace('ℓ', "l");
    for times in ["x10", "*10", "·10"] {
        if let Some(rest) = lower.strip_prefix(times) {
            // `x103/uL`, where the raised digit was lost: with the sign of multiplication there is no other reading.
            let lost = rest.strip_prefix(['3', '6', '9']).is_some_and(|r| r.starts_with('/'));
            lower = format!("{}{rest}", if lost { "10^" } else { "10" });
        }
    }
    for power in ["10*", "10e", "10**"] {
        if let Some(rest) = lower.strip_prefix(power)
            && rest.starts_with(|c: char| c.is_ascii_digit())
        {
            lower = format!("10^{rest}");
        }
    }
    // Raised digits of anything but ten: m² = m2.
    match lower.strip_prefix("10^") {
        Some(rest) => format!("10^{}", rest.replace('^', "")),
        None => lower.replace('^', ""),
    }
}

/// Key of a word that is an answer: `음성`, `(-)`, `Non-reactive`, `1+`.
#[must_use]
pub fn word(raw: &str) -> String {
    let bare: String = text(raw).to_lowercase().chars().filter(|c| !c.is_whitespace()).collect();
    let bare = bare.strip_prefix(['(', '[']).and_then(|b| b.strip_suffix([')', ']'])).unwrap_or(&bare);
    // Dashes count only where there is nothing else: `-` is negative, `non-reactive` is `nonreactive`.
    if bare.chars().any(char::is_alphabetic) { bare.replace(['-', '.', '_'], "") } else { bare.to_owned() }
}

/// Key of a medicine's name: as [`name`].
#[must_use]
pub fn medicine(raw: &str) -> String {
    name(raw)
}
