//! Which entry a printed name stands for: an exact code, then an exact alias. Everything else is only suggested, and the
//! patient confirms.

use crate::catalogue::Catalogue;
use crate::fold;
use crate::input::ResultRow;
use crate::schema::{Analyte, Kind, Specimen};

/// What a row was found to be.
#[derive(Debug, Clone, Copy)]
pub enum Found<'a> {
    /// This entry.
    Entry(&'a Analyte),
    /// Code and name stand for two entries.
    Differ,
    /// Nothing.
    Nothing,
}

/// Finds the entry of a row.
#[must_use]
pub fn find<'a>(catalogue: &'a Catalogue, row: &ResultRow) -> Found<'a> {
    if let Some(id) = &row.confirmed {
        return catalogue.analyte(id).map_or(Found::Nothing, Found::Entry);
    }
    let named = by_name(catalogue, row);
    match (row.loinc.as_deref().and_then(|code| catalogue.by_loinc(code)), named) {
        (Some(coded), Some(named)) if coded.id != named.id => Found::Differ,
        (Some(entry), _) | (None, Some(entry)) => Found::Entry(entry),
        (None, None) => Found::Nothing,
    }
}

fn by_name<'a>(catalogue: &'a Catalogue, row: &ResultRow) -> Option<&'a Analyte> {
    let exact = alias(catalogue, &row.name);
    match hint(row) {
        // `Glucose` below `Urinalysis` is not the blood's: only an entry of that specimen counts.
        Some(specimen @ (Specimen::Urine | Specimen::Stool)) => {
            exact.filter(|entry| entry.specimen == specimen).or_else(|| below(catalogue, row, specimen))
        }
        Some(Specimen::Blood | Specimen::Plasma | Specimen::Serum | Specimen::Body | Specimen::Bone) | None => exact,
    }
}

/// What was looked at, from the row or from its heading.
fn hint(row: &ResultRow) -> Option<Specimen> {
    if row.specimen.is_some() {
        return row.specimen;
    }
    // `주요검사`, `필요검사` and `중요검사` are not about urine.
    let heading = ["주요", "필요", "중요", "소요"]
        .iter()
        .fold(fold::name(row.heading.as_deref()?), |h, word| h.replace(word, ""));
    let has = |words: &[&str]| words.iter().any(|word| heading.contains(word));
    if has(&["소변", "요검사", "뇨검사", "요침사", "요화학", "요일반", "요단백", "urin"])
        || heading == "u/a"
        || heading == "ua"
    {
        Some(Specimen::Urine)
    } else if has(&["대변", "분변", "stool", "fecal", "faecal"]) {
        Some(Specimen::Stool)
    } else {
        None
    }
}

/// A bare name below a heading that says the specimen.
fn below<'a>(catalogue: &'a Catalogue, row: &ResultRow, specimen: Specimen) -> Option<&'a Analyte> {
    let key = fold::name(&row.name);
    let spellings = match specimen {
        Specimen::Urine => {
            [format!("urine{key}"), format!("{key}u"), format!("{key}요"), format!("요{key}"), format!("소변{key}")]
        }
        Specimen::Stool => [
            format!("stool{key}"),
            format!("fecal{key}"),
            format!("{key}대변"),
            format!("분변{key}"),
            format!("대변{key}"),
        ],
        Specimen::Blood | Specimen::Plasma | Specimen::Serum | Specimen::Body | Specimen::Bone => return None,
    };
    let entry = spellings.iter().find_map(|s| catalogue.by_key(s)).filter(|entry| entry.specimen == specimen)?;
    // Two urine tests share a name (strip and microscope): the unit tells which one it is.
    let fits = match entry.kind {
        Kind::Quantity => row.unit.as_deref().is_some_and(|unit| unit_of(entry, unit).is_some()),
        Kind::Ordinal | Kind::Qualitative => true,
    };
    fits.then_some(entry)
}

/// The entry of a name, or of a name with another name of the same entry in brackets.
fn alias<'a>(catalogue: &'a Catalogue, name: &str) -> Option<&'a Analyte> {
    if let Some(entry) = catalogue.by_key(&fold::name(name)) {
        return Some(entry);
    }
    let text = fold::text(name);
    let (outside, inside) = text.split_once(['(', '['])?;
    let inside = inside.trim_end().strip_suffix([')', ']'])?;
    let (a, b) = (catalogue.by_key(&fold::name(outside))?, catalogue.by_key(&fold::name(inside))?);
    (a.id == b.id).then_some(a)
}

/// The unit of an entry's closed list: its UCUM code as FHIR carries it, or one of its spellings.
#[must_use]
pub(crate) fn unit_of<'a>(analyte: &'a Analyte, printed: &str) -> Option<&'a crate::schema::Unit> {
    let (key, code) = (fold::unit(printed), fold::text(printed));
    let coded = analyte.units.iter().find(|unit| unit.ucum == code);
    coded.or_else(|| analyte.units.iter().find(|unit| unit.spell.iter().any(|spelled| fold::unit(spelled) == key)))
}

/// Entries whose names are near to what is printed, nearest first, at most five; the patient confirms one or none.
#[must_use]
pub fn suggest<'a>(catalogue: &'a Catalogue, name: &str) -> Vec<&'a Analyte> {
    nearest(&fold::name(name), catalogue.keys(), |a| a.id.as_str())
}

/// As [`suggest`], for medicines.
#[must_use]
pub fn suggest_medicine<'a>(catalogue: &'a Catalogue, name: &str) -> Vec<&'a crate::schema::Medicine> {
    nearest(&fold::medicine(name), catalogue.medicine_keys(), |m| m.id.as_str())
}

fn nearest<'a, T>(key: &str, keys: impl Iterator<Item = (&'a str, &'a T)>, id: impl Fn(&T) -> &str) -> Vec<&'a T> {
    let length = key.chars().count();
    if !(2..=60).contains(&length) {
        return Vec::new();
    }
    let mut near: Vec<(usize, &T)> = keys
        .filter_map(|(other, entry)| {
            let theirs = other.chars().count();
            let contained = theirs >= 3 && length >= 3 && (key.contains(other) || other.contains(key));
            let distance = if length.abs_diff(theirs) > 3 { usize::MAX } else { distance(key, other) };
            let allowed = 1 + length.min(theirs) / 5;
            if distance <= allowed {
                Some((distance, entry))
            } else {
                contained.then_some((4 + length.abs_diff(theirs), entry))
            }
        })
        .collect();
    near.sort_by_key(|(distance, entry)| (*distance, id(entry).to_owned()));
    let mut found: Vec<&T> = Vec::new();
    for (_, entry) in near {
        if !found.iter().any(|other| id(other) == id(entry)) {
            found.push(entry);
        }
    }
    found.truncate(5);
    found
}

/// Levenshtein's distance.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut corner = i;
        let mut left = i + 1;
        for (cell, y) in row.iter_mut().skip(1).zip(&b) {
            let next = (corner + usize::from(x != *y)).min(*cell + 1).min(left + 1);
            corner = *cell;
            *cell = next;
            left = next;
        }
        if let Some(first) = row.first_mut() {
            *first = i + 1;
        }
    }
    row.last().copied().unwrap_or_default()
}
