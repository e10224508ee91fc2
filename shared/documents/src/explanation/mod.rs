//! The explanation as PDF: the report of the engine, set in the house's style. It adds no sentence about health of its own.

use crate::issue::{DocumentError, Operator};
use crate::typeset::{Sheet, Template, compile, export, needs_fallback};
use crate::view::Label;
use chrono::{DateTime, Utc};
use medius_domain::clock::kst_day;
use medius_explain::{Language, Report};
use serde::Serialize;

/// What an explanation is made of. All of it comes from the caller, the time included.
pub struct Explanation<'a> {
    /// What the engine says.
    pub report: &'a Report,
    /// The languages that the report was made in.
    pub language: Language,
    /// When it was made.
    pub made_at: DateTime<Utc>,
    /// Who runs the service.
    pub operator: &'a Operator,
    /// Its id: what the file calls itself.
    pub id: &'a str,
}

#[derive(Serialize)]
struct Data<'a> {
    view: View<'a>,
    report: &'a Report,
    layout: Layout<'a>,
}

#[derive(Serialize)]
struct View<'a> {
    title: Label,
    language: Language,
    made_on: String,
    issuer: Issuer<'a>,
}

#[derive(Serialize)]
struct Issuer<'a> {
    name: &'a str,
    registration_number: &'a str,
    phone: &'a str,
}

#[derive(Serialize)]
struct Layout<'a> {
    /// Spacing in percent.
    density: u32,
    /// Faces in order.
    fonts: &'a [&'a str],
}

/// The PDF (PDF/A-3a and PDF/UA-1) and its number of pages. The same arguments give the same bytes.
///
/// # Errors
/// [`DocumentError`]; none is expected for a report of the engine.
pub fn render(explanation: &Explanation<'_>) -> Result<(Vec<u8>, u32), DocumentError> {
    let result = typeset(explanation);
    // The cache would keep this patient's text for the next invocation.
    comemo::evict(0);
    result
}

fn typeset(explanation: &Explanation<'_>) -> Result<(Vec<u8>, u32), DocumentError> {
    let Explanation { report, language, made_at, operator, id } = explanation;
    let view = View {
        title: Label::new("검사·처방 기록 설명", "Your records explained"),
        language: *language,
        made_on: kst_day(*made_at).to_string(),
        issuer: Issuer {
            name: &operator.name,
            registration_number: &operator.registration_number,
            phone: &operator.phone,
        },
    };
    let text = serde_json::to_string(report).map_err(|_| DocumentError::Serialise)?;
    let fallback = needs_fallback(&text);
    let fonts: &[&str] = if fallback { &["Pretendard", "Noto Sans KR"] } else { &["Pretendard"] };
    let data = Data { view, report, layout: Layout { density: 100, fonts } };
    let data = serde_json::to_vec(&data).map_err(|_| DocumentError::Serialise)?;
    let sheet = Sheet::new(Template::Explanation, fallback, &[("/data.json", &data)]).ok_or(DocumentError::Fonts)?;
    let document = compile(&sheet)?;
    let pages = u32::try_from(document.pages().len()).unwrap_or(u32::MAX);
    Ok((export(&document, id, *made_at)?, pages))
}
