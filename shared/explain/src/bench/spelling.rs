//! Spellings of one row: what differs between the printers and programs of hospitals and means the same. None of them may
//! change an answer.

use unicode_normalization::UnicodeNormalization as _;

/// The printed fields of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Printed {
    pub(super) name: String,
    pub(super) value: String,
    pub(super) unit: String,
    pub(super) range: String,
}

impl Printed {
    fn map(&self, of: impl Fn(&str) -> String) -> Self {
        Self { name: of(&self.name), value: of(&self.value), unit: of(&self.unit), range: of(&self.range) }
    }
}

/// A way to write rows.
pub(super) type Spelling = (&'static str, fn(&Printed) -> Printed);

/// Every way. The first is the row as it lies in the data.
pub(super) const SPELLINGS: [Spelling; 8] = [
    ("as printed", Printed::clone),
    ("full width", |row| row.map(full_width)),
    ("Hangul in parts", |row| row.map(|text| text.nfd().collect())),
    ("invisible characters", |row| row.map(with_invisible)),
    ("blanks", spaced),
    ("other dashes", dashed),
    ("other signs for micro", micro),
    ("capital letters", |row| Printed { name: row.name.to_ascii_uppercase(), ..row.clone() }),
];

/// ASCII as East Asian programs write it in full width.
fn full_width(text: &str) -> String {
    let wide = |c: char| match c {
        '!'..='~' => char::from_u32(u32::from(c) + 0xfee0).unwrap_or(c),
        other => other,
    };
    text.chars().map(wide).collect()
}

/// A mark at the beginning and characters without width inside, as PDF programs leave them.
fn with_invisible(text: &str) -> String {
    if text.is_empty() { String::new() } else { format!("\u{feff}{}", text.replace(' ', "\u{200b} ")) }
}

/// Blanks around every field, between the syllables of a name, and around the sign of a range.
fn spaced(row: &Printed) -> Printed {
    let mut name = String::new();
    let mut before = false;
    for c in row.name.chars() {
        let hangul = ('가'..='힣').contains(&c);
        if hangul && before {
            name.push(' ');
        }
        name.push(c);
        before = hangul;
    }
    let around = |text: &str| if text.is_empty() { String::new() } else { format!("\u{a0}{text}  ") };
    let range = row.range.replace('~', " ~ ");
    Printed { name: around(&name), value: around(&row.value), unit: around(&row.unit), range: around(&range) }
}

/// A longer dash and another wave in ranges.
fn dashed(row: &Printed) -> Printed {
    Printed { range: row.range.replace('-', "\u{2013}").replace('~', "\u{301c}"), ..row.clone() }
}

/// `u` as the Greek letter, and the sign for micro as `u`.
fn micro(row: &Printed) -> Printed {
    let swap = |c: char| match c {
        'u' => '\u{3bc}',
        '\u{b5}' | '\u{3bc}' => 'u',
        other => other,
    };
    Printed { unit: row.unit.chars().map(swap).collect(), ..row.clone() }
}
