//! Tables on a page, and what a reader must make of them.

use super::Doc;
use medius_ingest::{Proposed, Reading};

/// The order in which cells are drawn.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Order {
    Rows,
    Columns,
    /// From the last to the first.
    Backwards,
}

/// How a table looks.
pub struct Look {
    pub font: usize,
    pub size: f64,
    pub x: Vec<f64>,
    /// Columns that are set to the right, by their right edge.
    pub right: Vec<(usize, f64)>,
    pub top: f64,
    pub pitch: f64,
    pub grid: bool,
    pub order: Order,
}

impl Look {
    pub fn new(x: &[f64]) -> Self {
        Self {
            font: 0,
            size: 9.0,
            x: x.to_vec(),
            right: Vec::new(),
            top: 120.0,
            pitch: 18.0,
            grid: true,
            order: Order::Rows,
        }
    }
}

/// Draws a table; its first row is the header.
pub fn table(doc: &mut Doc, look: &Look, rows: &[Vec<&str>]) {
    let width = look.x.last().unwrap() + 90.0;
    if look.grid {
        for at in 0..=rows.len() {
            let y = look.top + look.pitch * (at as f64 - 0.7);
            doc.line(look.x[0] - 4.0, y, width, y);
        }
        for x in look.x.iter().map(|x| x - 4.0).chain([width]) {
            doc.line(x, look.top - 0.7 * look.pitch, x, look.top + look.pitch * (rows.len() as f64 - 0.7));
        }
    }
    let mut cells: Vec<(usize, usize)> = (0..rows.len()).flat_map(|r| (0..look.x.len()).map(move |c| (r, c))).collect();
    match look.order {
        Order::Rows => {}
        Order::Columns => cells.sort_by_key(|(r, c)| (*c, *r)),
        Order::Backwards => cells.reverse(),
    }
    for (r, c) in cells {
        let text = rows[r].get(c).copied().unwrap_or_default();
        if text.is_empty() {
            continue;
        }
        let right = look.right.iter().find(|(column, _)| *column == c);
        let x = match right {
            Some((_, edge)) if r > 0 => edge - doc.width(look.font, look.size, text),
            _ => look.x[c],
        };
        doc.text(look.font, look.size, x, look.top + look.pitch * r as f64, text);
    }
}

/// What was read, one line for each proposal: `name|value|unit|range|flag|date`, or
/// `name|dose|daily dose|frequency|duration|directions|date`.
pub fn told(reading: &Reading) -> Vec<String> {
    let or = |text: &Option<String>| text.clone().unwrap_or_default();
    reading
        .rows
        .iter()
        .map(|row| match &row.proposed {
            Proposed::Result(r) => {
                [r.name.clone(), r.value.clone(), or(&r.unit), or(&r.range), or(&r.flag), or(&r.date)].join("|")
            }
            Proposed::Medicine(m) => [
                m.name.clone(),
                or(&m.dose),
                or(&m.daily_dose),
                or(&m.frequency),
                or(&m.duration),
                or(&m.directions),
                or(&m.date),
            ]
            .join("|"),
        })
        .collect()
}

/// A blood count and chemistry as a hospital prints them: name, result, flag, unit, range.
pub fn blood() -> Vec<Vec<&'static str>> {
    vec![
        vec!["검사명", "결과", "판정", "단위", "참고치"],
        vec!["WBC (백혈구)", "6.52", "", "10^3/uL", "4.00 - 10.00"],
        vec!["Hemoglobin", "11.2", "L", "g/dL", "12.0 - 16.0"],
        vec!["혈소판", "250", "", "10^3/uL", "150 - 400"],
        vec!["공복혈당", "126", "H", "mg/dL", "70 - 99"],
        vec!["총콜레스테롤", "<50", "", "mg/dL", "< 200"],
        vec!["AST (SGOT)", "38", "", "U/L", "0 - 40"],
        vec!["Creatinine", "0.81", "", "mg/dL", "0.50 - 1.10"],
        vec!["HBsAg", "음성(0.32)", "", "", "음성"],
        vec!["요단백", "±", "", "", "음성"],
        vec!["eGFR", "> 60", "", "mL/min/1.73m2", "> 60"],
    ]
}

/// What must be read of [`blood`].
pub fn blood_told(date: &str) -> Vec<String> {
    blood().iter().skip(1).map(|r| [r[0], r[1], r[3], r[4], r[2], date].join("|")).collect()
}
