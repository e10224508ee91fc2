//! The reading page: the letter's display model as HTML. All rules (what is flagged, what an empty list says) are the
//! model's; here is only how it looks on a screen.

use crate::Operator;
use crate::page::READING_STYLE;
use crate::reader::Shown;
use askama::Template;
use chrono::{DateTime, FixedOffset, Utc};
use medius_documents::ReferralView;
use medius_documents::view::{Bar, Judgement, Trend};
use medius_domain::health::Urgency;
use medius_http::Problem;

#[derive(Template)]
#[template(path = "referral.html")]
struct Reading<'a> {
    operator: &'a Operator,
    style: &'static str,
    view: &'a ReferralView,
    recipient_ko: &'a str,
    recipient_en: &'a str,
    department_ko: &'a str,
    department_en: &'a str,
    opened_at: String,
    expires_at: String,
    acknowledged_at: Option<String>,
    downloads_left: u32,
    pages: u32,
    pdf_kib: u64,
    urgent: bool,
    charts: Vec<Chart<'a>>,
}

/// A course as a drawing; places are units of the drawing.
struct Chart<'a> {
    trend: &'a Trend,
    band: Option<(u32, u32)>,
    line: String,
    points: Vec<Dot<'a>>,
}

struct Dot<'a> {
    x: u32,
    y: u32,
    class: &'static str,
    value: &'a str,
    date: &'a str,
}

/// Left edge and width of the plot in units of the drawing, and the same from the top.
const PLOT: (u32, u32, u32, u32) = (50, 620, 34, 120);

fn across(thousandths: u16) -> u32 {
    PLOT.0 + u32::from(thousandths) * PLOT.1 / 1000
}

fn down(thousandths: u16) -> u32 {
    PLOT.2 + u32::from(thousandths) * PLOT.3 / 1000
}

impl<'a> Chart<'a> {
    fn new(trend: &'a Trend) -> Self {
        let points: Vec<Dot<'a>> = trend
            .points
            .iter()
            .map(|p| Dot { x: across(p.x), y: down(p.y), class: class(&p.judgement), value: &p.value, date: &p.date })
            .collect();
        let line = points.iter().map(|p| format!("{},{}", p.x, p.y)).collect::<Vec<_>>().join(" ");
        let band = trend.band.map(|(top, bottom)| (down(top), down(bottom).saturating_sub(down(top))));
        Self { trend, band, line, points }
    }
}

/// The name of a judgement's colour.
const fn class(judgement: &Judgement) -> &'static str {
    match judgement {
        Judgement::High => "high",
        Judgement::Low => "low",
        Judgement::Within => "within",
        Judgement::NotJudged => "open",
    }
}

/// The mark that says the same without colour.
const fn mark(judgement: &Judgement) -> &'static str {
    match judgement {
        Judgement::High => "▲ ",
        Judgement::Low => "▼ ",
        Judgement::Within | Judgement::NotJudged => "",
    }
}

/// Where the value's dot lies in a drawing of 1000 units with a margin for the dot.
fn dot(bar: &Bar) -> u16 {
    bar.at.clamp(40, 960)
}

fn kst(at: DateTime<Utc>) -> String {
    // Seoul has been nine hours ahead of UTC, without summer time, since 1988.
    FixedOffset::east_opt(9 * 3600)
        .map_or_else(|| at.to_rfc3339(), |kst| at.with_timezone(&kst).format("%Y-%m-%d %H:%M KST").to_string())
}

/// The page of a referral.
pub(crate) fn render(shown: &Shown, operator: &Operator, now: DateTime<Utc>) -> Result<String, Problem> {
    let Shown { link, provider, referral, view } = shown;
    let reading = Reading {
        operator,
        style: READING_STYLE,
        view,
        recipient_ko: &provider.name_ko,
        recipient_en: &provider.name_en,
        department_ko: &provider.department_ko,
        department_en: &provider.department_en,
        opened_at: kst(now),
        expires_at: kst(link.expires_at),
        acknowledged_at: link.acknowledged_at.map(kst),
        downloads_left: link.max_downloads.saturating_sub(link.downloads),
        pages: referral.pages,
        pdf_kib: referral.pdf_bytes.div_ceil(1024),
        urgent: matches!(view.urgency.code, Urgency::Urgent),
        charts: view.trends.iter().map(Chart::new).collect(),
    };
    // A template's error speaks of the template, not of its values.
    reading.render().map_err(Problem::internal)
}
