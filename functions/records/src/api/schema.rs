//! Schemas of the domain's types, which know nothing of HTTP.
#![allow(dead_code, missing_docs, reason = "read by the OpenAPI generator only")]

use utoipa::ToSchema;

/// How many rows stand how.
#[derive(ToSchema)]
#[schema(as = RecordCounts)]
pub struct CountsSchema {
    pub proposed: usize,
    pub confirmed: usize,
    pub corrected: usize,
    pub dropped: usize,
}

/// What the columns of a table hold.
#[derive(ToSchema)]
#[schema(as = ColumnMapping)]
pub struct MappingSchema {
    /// `results` or `medicines`.
    pub subject: String,
    /// The header's cells, as printed.
    pub headers: Vec<String>,
    /// For each: `ignored`, `name`, `code`, `value`, `unit`, `range`, `range_low`, `range_high`, `flag`, `date`, `specimen`,
    /// `dose`, `daily_dose`, `frequency`, `duration` or `directions`.
    pub columns: Vec<String>,
}

/// A result or a medicine, each field as printed.
#[derive(ToSchema)]
#[schema(as = RecordEntry)]
pub struct EntrySchema {
    /// `result` or `medicine`.
    pub kind: String,
    /// Name of the test or the medicine.
    #[schema(max_length = 200)]
    pub name: String,
    /// Result: the value, such as `7.4`, `<0.01` or `1+`. Needed for a result.
    pub value: Option<String>,
    /// Result: the unit, as printed.
    pub unit: Option<String>,
    /// Result: the report's own reference range.
    pub range: Option<String>,
    /// Result: the report's own flag.
    pub flag: Option<String>,
    /// Day of the sample (needed before a result may be used) or of the prescription: `YYYY`, `YYYY-MM` or `YYYY-MM-DD`.
    pub date: Option<String>,
    /// Result: the specimen.
    pub specimen: Option<String>,
    /// Result: a LOINC code beside the name.
    pub loinc: Option<String>,
    /// Result: who measured.
    pub laboratory: Option<String>,
    /// Medicine: the dose each time.
    pub dose: Option<String>,
    /// Medicine: the dose of a day.
    pub daily_dose: Option<String>,
    /// Medicine: times a day, or when.
    pub frequency: Option<String>,
    /// Medicine: for how many days.
    pub duration: Option<String>,
    /// Medicine: how it is taken.
    pub directions: Option<String>,
}
