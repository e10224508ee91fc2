//! Which ingredient a printed medicine is: a code, then an exact name, with strength, form and brackets taken away.

use crate::catalogue::Catalogue;
use crate::fold;
use crate::input::MedicineRow;
use crate::schema::Medicine;

/// Forms as they stand at the end of a Korean or English product name, longer ones first.
const FORMS: &[&str] = &[
    "구강붕해정",
    "구강용해필름",
    "필름코팅정",
    "장용코팅정",
    "서방캡슐",
    "장용캡슐",
    "연질캡슐",
    "경질캡슐",
    "건조시럽",
    "츄어블정",
    "서방정",
    "장용정",
    "확산정",
    "분산정",
    "설하정",
    "저작정",
    "발포정",
    "현탁액",
    "점안액",
    "점이액",
    "점비액",
    "주사액",
    "흡입액",
    "외용액",
    "비강분무액",
    "흡입제",
    "에어로솔",
    "패취",
    "패치",
    "플라스타",
    "카타플라스마",
    "크림",
    "연고",
    "로션",
    "좌제",
    "시럽",
    "과립",
    "세립",
    "캡슐",
    "캅셀",
    "주사",
    "질정",
    "점안",
    "겔",
    "젤",
    "정제",
    "필름",
    "정",
    "액",
    "산",
    "주",
    "tablets",
    "tablet",
    "tabs",
    "tab",
    "capsules",
    "capsule",
    "caps",
    "cap",
    "injection",
    "inj",
    "syrup",
    "cream",
    "ointment",
    "patch",
    "suspension",
];

/// Units of strengths.
const STRENGTHS: &[&str] = &[
    "mg",
    "mcg",
    "ug",
    "g",
    "ml",
    "iu",
    "%",
    "meq",
    "unit",
    "밀리그램",
    "밀리그람",
    "마이크로그램",
    "마이크로그람",
    "그램",
    "그람",
    "밀리리터",
    "단위",
    "국제단위",
    "퍼센트",
    "만단위",
];

/// Finds the medicine of a row.
#[must_use]
pub fn find<'a>(catalogue: &'a Catalogue, row: &MedicineRow) -> Option<&'a Medicine> {
    if let Some(id) = &row.confirmed {
        return catalogue.medicine(id);
    }
    let named = by_name(catalogue, &row.name);
    match (row.hira.as_deref().and_then(|code| catalogue.by_hira(code)), named) {
        // Code and name disagree: neither counts.
        (Some(coded), Some(named)) if coded.id != named.id => None,
        (Some(entry), _) | (None, Some(entry)) => Some(entry),
        (None, None) => None,
    }
}

fn by_name<'a>(catalogue: &'a Catalogue, name: &str) -> Option<&'a Medicine> {
    let text = fold::text(name);
    if let Some(entry) = catalogue.medicine_by_key(&fold::medicine(&text)) {
        return Some(entry);
    }
    let (outside, inside) = brackets(&text);
    let named = bare(catalogue, &outside);
    // Korean products carry their ingredient in brackets.
    let inside: Vec<&Medicine> = inside.iter().filter_map(|part| bare(catalogue, part)).collect();
    match (named, inside.as_slice()) {
        (Some(entry), inside) => inside.iter().all(|other| holds(entry, other)).then_some(entry),
        (None, [only]) => Some(only),
        (None, _) => None,
    }
}

/// Whether a name in brackets says no more than the entry does.
fn holds(entry: &Medicine, other: &Medicine) -> bool {
    entry.id == other.id || entry.components.contains(&other.id)
}

/// A name without its bracketed parts, and the parts.
fn brackets(text: &str) -> (String, Vec<String>) {
    let (mut outside, mut inside) = (String::new(), Vec::new());
    let (mut part, mut depth) = (String::new(), 0_u8);
    for c in text.chars() {
        match c {
            '(' | '[' => depth = depth.saturating_add(1),
            ')' | ']' => {
                depth = depth.saturating_sub(1);
                if depth == 0 && !part.is_empty() {
                    inside.push(std::mem::take(&mut part));
                }
            }
            other if depth > 0 => part.push(other),
            other => outside.push(other),
        }
    }
    (outside, inside)
}

/// The entry of a name after strength and form are taken away, one after the other.
fn bare<'a>(catalogue: &'a Catalogue, name: &str) -> Option<&'a Medicine> {
    let mut name = name.trim().to_lowercase();
    // Bounded: each turn takes something away.
    for _ in 0..6 {
        if let Some(entry) = catalogue.medicine_by_key(&fold::medicine(&name)) {
            return Some(entry);
        }
        let shorter = without_strength(&name).or_else(|| without_form(&name))?;
        name = shorter.trim().trim_end_matches(['-', '_', ',', '.']).trim().to_owned();
    }
    None
}

fn without_form(name: &str) -> Option<String> {
    FORMS
        .iter()
        .find_map(|form| name.strip_suffix(form))
        .filter(|rest| rest.trim().chars().count() >= 2)
        .map(ToOwned::to_owned)
}

/// `노바스크정5밀리그램` → `노바스크정`; a digit that no unit follows belongs to the name.
fn without_strength(name: &str) -> Option<String> {
    let unit = STRENGTHS.iter().filter(|unit| name.ends_with(*unit)).max_by_key(|unit| unit.len())?;
    let number = name.strip_suffix(unit)?.trim_end();
    let rest = number.trim_end_matches(|c: char| c.is_ascii_digit() || matches!(c, '.' | ',' | '/' | '-'));
    (rest.len() < number.len() && !rest.trim().is_empty()).then(|| {
        // `80/5mg`, and `80mg/5mg` in a second turn.
        rest.trim_end().to_owned()
    })
}
