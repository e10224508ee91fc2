//! The reading page: the letter's display model as HTML. All rules (what is flagged, what an empty list says) are the
//! model's; here is only how it looks on a screen.

use crate::Operator;
use crate::page::{READING_SCRIPT, READING_STYLE};
use crate::reader::Shown;
use askama::Template;
use chrono::{DateTime, Utc};
use medius_documents::ReferralView;
use medius_documents::view::{Bar, Judgement, Part, Status, Trend};
use medius_domain::clock::kst_minute;
use medius_domain::health::Urgency;
use medius_domain::link::LinkEvent;
use medius_http::Problem;

#[derive(Template)]
#[template(path = "referral.html")]
struct Reading<'a> {
    operator: &'a Operator,
    style: &'static str,
    script: &'static str,
    tab: &'static str,
    view: &'a ReferralView,
    recipient_ko: &'a str,
    recipient_en: &'a str,
    department_ko: &'a str,
    department_en: &'a str,
    opened_at: String,
    expires_at: String,
    acknowledged_at: Option<String>,
    /// Whether receipt can still be confirmed, and anything handed out: who has declined does neither.
    may_acknowledge: bool,
    may_download: bool,
    downloads_left: u32,
    pages: u32,
    pdf_kib: u64,
    urgent: bool,
    allergies_withheld: bool,
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

/// A moment as the pages show it.
pub(crate) fn kst(at: DateTime<Utc>) -> String {
    format!("{} KST", kst_minute(at))
}

/// The page of a referral.
pub(crate) fn render(shown: &Shown, operator: &Operator, now: DateTime<Utc>) -> Result<String, Problem> {
    let Shown { link, provider, referral, view } = shown;
    let reading = Reading {
        operator,
        style: READING_STYLE,
        script: READING_SCRIPT,
        tab: "referral",
        view,
        recipient_ko: &provider.name_ko,
        recipient_en: &provider.name_en,
        department_ko: &provider.department_ko,
        department_en: &provider.department_en,
        opened_at: kst(now),
        expires_at: kst(link.expires_at),
        acknowledged_at: link.acknowledged_at.map(kst),
        may_acknowledge: link.state.after(LinkEvent::Acknowledge).is_some(),
        may_download: link.state.after(LinkEvent::Download).is_some(),
        downloads_left: link.max_downloads.saturating_sub(link.downloads),
        pages: referral.pages,
        pdf_kib: referral.pdf_bytes.div_ceil(1024),
        urgent: matches!(view.urgency.code, Urgency::Urgent),
        allergies_withheld: view.allergies.status == Status::Withheld,
        charts: view.trends.iter().map(Chart::new).collect(),
    };
    // A template's error speaks of the template, not of its values.
    reading.render().map_err(Problem::internal)
}

#[cfg(test)]
#[path = "../../../shared/documents/tests/common/mod.rs"]
mod samples;

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use medius_domain::id::{CaseId, DeliveryId, LinkId, ReferralId, Subject};
    use medius_domain::link::{Link, LinkOf, LinkState};
    use medius_store::ReferralRecord;

    fn shown(variant: &str) -> Shown {
        let letter = samples::letter(&samples::variant(variant));
        let items = samples::disclosure(&samples::variant(variant)).items();
        let (provider, issue) = (samples::provider(), samples::issue_of());
        let of = LinkOf {
            id: LinkId::new(),
            case_id: CaseId::new(),
            subject: Subject::of("x"),
            referral_id: ReferralId::new(),
            delivery_id: DeliveryId::new(),
            provider_id: provider.id.clone(),
            basis: vec![],
        };
        let link = Link {
            state: LinkState::Unlocked,
            downloads: if variant == "short" { 10 } else { 1 },
            acknowledged_at: (variant == "long").then_some(issue.issued_at),
            ..Link::queued(of, String::new(), issue.issued_at)
        };
        let referral = ReferralRecord {
            id: link.referral_id.clone(),
            case_id: link.case_id.clone(),
            document_number: issue.document_number,
            recipient: provider.id.clone(),
            issued_at: issue.issued_at,
            case_version: 1,
            basis: vec![],
            items,
            pdf_sha256: letter.pdf_sha256,
            bundle_sha256: letter.bundle_sha256,
            view_sha256: String::new(),
            pdf_bytes: u64::try_from(letter.pdf.len()).unwrap(),
            pages: letter.pages,
            replaces: None,
            superseded_at: None,
            review: None,
        };
        // As it comes back from the store.
        let view = serde_json::from_slice(&serde_json::to_vec(&letter.view).unwrap()).unwrap();
        Shown { link, provider, referral, view }
    }

    #[test]
    fn every_letter_becomes_a_page_in_which_the_patient_s_words_are_words() {
        let operator = Operator { name: "Medius".into(), phone: "+82 2 555 0100".into(), registration: "M-1".into() };
        let now = "2026-11-22T10:05:00Z".parse().unwrap();
        for variant in ["demo", "long", "not_asked", "hanja", "hostile", "short"] {
            let shown = shown(variant);
            let html = render(&shown, &operator, now).unwrap();
            // Ours and no other, whatever the letter says.
            assert_eq!(html.matches("<script").count(), 1, "{variant}");
            assert!(html.contains(&format!("<script>{READING_SCRIPT}</script>")), "{variant}");
            assert_eq!(html.matches("<style").count(), 1, "{variant}");
            assert!(!html.contains(" style=") && !html.contains(" onclick="), "{variant}");
            assert!(html.contains("2026-12-06 12:00 KST") && html.contains("MDS-2026-7Q4WX0KD"), "{variant}");
            // A link that is used up offers nothing that it would refuse, and a receipt is confirmed once.
            assert_eq!(html.contains("action=\"letter\""), variant != "short");
            assert_eq!(html.contains("action=\"acknowledge\""), variant != "long");
            // Nothing is withheld in these, and nothing says so.
            assert!(!html.contains("did not consent") && !html.contains("Withheld"), "{variant}");
            preview(variant, &html);
        }
    }

    #[test]
    fn who_has_declined_is_offered_nothing_that_would_be_refused() {
        let operator = Operator { name: "Medius".into(), phone: "+82 2 555 0100".into(), registration: "M-1".into() };
        let mut shown = shown("demo");
        shown.link.state = LinkState::Declined;
        let html = render(&shown, &operator, "2026-11-22T10:05:00Z".parse().unwrap()).unwrap();
        for action in ["acknowledge", "letter", "bundle"] {
            assert!(!html.contains(&format!("action=\"{action}\"")), "{action}");
        }
        assert!(html.contains("You have declined this referral") && html.contains("action=\"close\""));
    }

    fn preview(variant: &str, html: &str) {
        if let Some(folder) = std::env::var_os("MEDIUS_PAGE_PREVIEW") {
            std::fs::write(std::path::Path::new(&folder).join(format!("{variant}.html")), html).unwrap();
        }
    }

    #[test]
    fn a_part_that_was_left_out_keeps_its_place_and_says_nothing_of_itself() {
        let operator = Operator { name: "Medius".into(), phone: "+82 2 555 0100".into(), registration: "M-1".into() };
        let now = "2026-11-22T10:05:00Z".parse().unwrap();
        let page = |variant: &str| {
            let html = render(&shown(variant), &operator, now).unwrap();
            preview(variant, &html);
            html
        };
        let html = page("required");
        // Contact; country and languages; symptoms, history, allergies, medicines, results; concerns, expectations.
        assert_eq!(html.matches("the patient did not consent to provide this part").count(), 10);
        assert_eq!(html.matches("환자가 이 항목의 제공에 동의하지 않았습니다").count(), 10);
        for gone in ["lan.nguyen@example.org", "베트남", "Unusual thirst", "고혈압", "Penicillin", "Metformin", "7.4"]
        {
            assert!(page("demo").contains(gone) && !html.contains(gone), "{gone}");
        }
        assert!(html.contains("Nguyễn Thị Lan") && html.contains("HbA1c keeps rising"));
        // "None known" must never be read where allergies were withheld.
        assert!(html.contains("Withheld") && !html.contains("None known"));
        assert!(html.contains("Not provided</span>: <span lang=\"ko\">전화번호, 이메일</span>"));
        let narrow = page("narrow");
        assert!(narrow.contains("Metformin") && narrow.contains("베트남") && !narrow.contains("Penicillin"));
    }
}
