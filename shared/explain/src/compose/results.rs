//! One result in words.

use super::YOUR_REPORT;
use crate::input::{Input, ResultRow};
use crate::judge::{Judgement, Place, Reason, Used, Verdict, Whose};
use crate::matching::suggest;
use crate::report::{
    CriticalNotice, Explained, NotJudged, NumberLine, Printed, Quantity, Screened, Suggestion, UsedRange,
};
use crate::said::{Fact, Said, Speaker, Unsaid};
use crate::schema::{Analyte, Class};
use rust_decimal::Decimal;

/// Critical values, each unless a later value of the same test is there and speaks for itself.
pub(super) fn critical(
    speaker: Speaker<'_>,
    input: &Input,
    verdicts: &[Verdict<'_>],
) -> Result<Vec<CriticalNotice>, Unsaid> {
    let mut notices = Vec::new();
    for (row, verdict) in input.results.iter().zip(verdicts) {
        let (Some(analyte), Some((reached, source))) = (verdict.analyte, verdict.critical) else { continue };
        let on = row.date.unwrap_or(input.as_of);
        let followed = input.results.iter().zip(verdicts).any(|(other, later)| {
            let same = later.analyte.is_some_and(|a| a.id == analyte.id);
            same && other.date.is_some_and(|date| date > on) && later.certain
        });
        if followed {
            continue;
        }
        let facts = [("name", name(analyte)), ("value", Fact::Same(&row.value)), ("unit", unit_in(row))];
        let said = vec![
            speaker.phrase("critical-value", &facts, YOUR_REPORT)?,
            speaker.phrase("critical-call", &[], YOUR_REPORT)?,
            speaker.phrase("critical-abroad", &[], YOUR_REPORT)?,
        ];
        let unit = canonical_unit(analyte);
        notices.push(CriticalNotice {
            row: row.id.clone(),
            name: analyte.name.clone(),
            reached,
            unit,
            source: source.to_owned(),
            said,
        });
    }
    Ok(notices)
}

pub(super) fn name(analyte: &Analyte) -> Fact<'_> {
    Fact::Each { ko: &analyte.name.ko, en: &analyte.name.en }
}

fn unit_in(row: &ResultRow) -> Fact<'_> {
    Fact::Same(row.unit.as_deref().unwrap_or_default())
}

pub(super) fn canonical_unit(analyte: &Analyte) -> String {
    analyte.units.iter().find(|unit| unit.canonical).map_or_else(String::new, |unit| unit.ucum.clone())
}

/// One result with everything that is said of it.
pub(super) fn explained(speaker: Speaker<'_>, row: &ResultRow, verdict: &Verdict<'_>) -> Result<Explained, Unsaid> {
    // A blocked entry says nothing.
    let analyte = verdict.analyte.filter(|_| verdict.judgement != Judgement::NotJudged(Reason::NotReviewed));
    let quote = |list: &[crate::schema::Sentence]| list.iter().map(|s| speaker.quote(s)).collect::<Vec<_>>();
    let unmatched = verdict.analyte.is_none();
    let suggestions = if unmatched { suggest(speaker.catalogue, &row.name) } else { Vec::new() };
    Ok(Explained {
        row: row.id.clone(),
        printed: Printed {
            name: row.name.clone(),
            value: row.value.clone(),
            unit: row.unit.clone(),
            range: row.range.clone(),
            flag: row.flag.clone(),
        },
        date: row.date,
        analyte: verdict.analyte.map(|a| a.id.clone()),
        name: verdict.analyte.map(|a| a.name.clone()),
        group: verdict.analyte.map(|a| a.group.clone()),
        given: verdict
            .value
            .and_then(|v| v.exact())
            .zip(verdict.unit)
            .map(|(value, unit)| Quantity { value, unit: unit.to_owned() }),
        canonical: verdict
            .canonical
            .and_then(|v| v.exact())
            .zip(analyte)
            .map(|(value, a)| Quantity { value: value.normalize(), unit: canonical_unit(a) }),
        word: verdict.word.map(ToOwned::to_owned),
        range: verdict.used.as_ref().map(used_range),
        judgement: verdict.judgement,
        critical: verdict.critical.is_some(),
        screening: verdict.screening.map(|(class, source)| screened(speaker, class, source)).transpose()?,
        line: line(verdict),
        measures: analyte.map(|a| speaker.quote(&a.text.measures)),
        lies: lies(speaker, row, verdict)?,
        can_go_with: analyte.and_then(|a| can_go_with(a, verdict)).map(|s| speaker.quote(s)),
        affects: analyte.map(|a| quote(&a.text.affects)).unwrap_or_default(),
        ask: analyte.map(|a| quote(&a.text.ask)).unwrap_or_default(),
        caveats: analyte.map(|a| quote(&a.caveats)).unwrap_or_default(),
        reviewed: verdict.analyte.is_some_and(|a| a.review.is_done()),
        suggestions: suggestions.into_iter().map(|a| Suggestion { id: a.id.clone(), name: a.name.clone() }).collect(),
    })
}

fn can_go_with<'a>(analyte: &'a Analyte, verdict: &Verdict<'_>) -> Option<&'a crate::schema::Sentence> {
    match verdict.judgement {
        Judgement::Judged(Place::High | Place::Outside) => analyte.text.high.as_ref(),
        Judgement::Judged(Place::Low) => analyte.text.low.as_ref(),
        // No answer is the expected one (antibodies after a vaccine): what each end of the scale can go with is still told.
        Judgement::NotJudged(Reason::NoReference) if verdict.word.is_some() => {
            let is = |step: Option<&crate::schema::Step>| step.map(|s| s.is.as_str()) == verdict.word;
            let (first, last) = (is(analyte.scale.first()), is(analyte.scale.last()));
            if last { analyte.text.high.as_ref() } else { analyte.text.low.as_ref().filter(|_| first) }
        }
        Judgement::Judged(Place::Within) | Judgement::NotJudged(_) | Judgement::Conflict => None,
    }
}

fn used_range(used: &Used) -> UsedRange {
    UsedRange { shown: used.shown.clone(), source: source_of(used).to_owned() }
}

fn source_of(used: &Used) -> &str {
    match &used.whose {
        Whose::Report => YOUR_REPORT,
        Whose::Cited(source) => source,
    }
}

pub(super) fn screened(speaker: Speaker<'_>, class: Class, source: &str) -> Result<Screened, Unsaid> {
    let phrase = match class {
        Class::NormalA => "screening-normal-a",
        Class::NormalB => "screening-normal-b",
        Class::Suspected => "screening-suspected",
    };
    Ok(Screened { class, said: speaker.phrase(phrase, &[], source)? })
}

/// Where the value lies and whose range that is, or why it is not said.
fn lies(speaker: Speaker<'_>, row: &ResultRow, verdict: &Verdict<'_>) -> Result<Vec<Said>, Unsaid> {
    let shown = verdict.used.as_ref().map_or("", |used| used.shown.as_str());
    let source = verdict.used.as_ref().map_or(YOUR_REPORT, source_of);
    let facts = [("value", Fact::Same(&row.value)), ("unit", unit_in(row)), ("range", Fact::Same(shown))];
    let words = verdict.word.is_some();
    let place = match verdict.judgement {
        Judgement::Judged(Place::Within) if words => "word-within",
        Judgement::Judged(Place::Outside) => "word-outside",
        Judgement::Judged(Place::Within) => "within",
        Judgement::Judged(Place::High) => "high",
        Judgement::Judged(Place::Low) => "low",
        Judgement::NotJudged(reason) => return Ok(vec![speaker.phrase(reason.phrase(), &[], YOUR_REPORT)?]),
        Judgement::Conflict => return conflict(speaker, verdict),
    };
    let whose = match verdict.used.as_ref().map(|used| &used.whose) {
        Some(Whose::Report) => Some(speaker.phrase("whose-report", &[], YOUR_REPORT)?),
        Some(Whose::Cited(source)) if !words => Some(speaker.phrase("whose-cited", &[], source)?),
        Some(Whose::Cited(_)) | None => None,
    };
    Ok([Some(speaker.phrase(place, &facts, source)?), whose].into_iter().flatten().collect())
}

fn conflict(speaker: Speaker<'_>, verdict: &Verdict<'_>) -> Result<Vec<Said>, Unsaid> {
    let flag = verdict.flag.as_deref().unwrap_or_default();
    let shown = verdict.used.as_ref().map_or("", |used| used.shown.as_str());
    let facts = [("flag", Fact::Same(flag)), ("range", Fact::Same(shown))];
    let (phrase, source) = match verdict.used.as_ref().map(|used| &used.whose) {
        Some(Whose::Cited(source)) => ("conflict-cited", source.as_str()),
        Some(Whose::Report) | None => ("conflict", YOUR_REPORT),
    };
    Ok(vec![speaker.phrase(phrase, &facts, source)?, speaker.phrase("conflict-ask", &[], YOUR_REPORT)?])
}

/// The row in the list of what was not judged.
pub(super) fn not_judged(
    speaker: Speaker<'_>,
    row: &ResultRow,
    verdict: &Verdict<'_>,
) -> Result<Option<NotJudged>, Unsaid> {
    let reason = match verdict.judgement {
        Judgement::Judged(_) => return Ok(None),
        Judgement::NotJudged(reason) => Some(reason),
        Judgement::Conflict => None,
    };
    Ok(Some(NotJudged { row: row.id.clone(), printed: row.name.clone(), reason, said: lies(speaker, row, verdict)? }))
}

/// A line for one number and its range, in the unit of the range.
fn line(verdict: &Verdict<'_>) -> Option<NumberLine> {
    match verdict.judgement {
        Judgement::Judged(_) => {}
        Judgement::NotJudged(_) | Judgement::Conflict => return None,
    }
    let used = verdict.used.as_ref()?;
    let range = used.interval?;
    let (value, unit) = match used.whose {
        Whose::Report => (verdict.value?.exact()?, verdict.unit?.to_owned()),
        Whose::Cited(_) => (verdict.canonical?.exact()?, canonical_unit(verdict.analyte?)),
    };
    let (low, high) = (range.low.map(|e| e.at), range.high.map(|e| e.at));
    // A third of the range on each side, and always room for the value.
    let span = match (low, high) {
        (Some(low), Some(high)) => high.checked_sub(low)?,
        (Some(at), None) | (None, Some(at)) => at.abs().max(Decimal::ONE),
        (None, None) => return None,
    };
    let margin = span.checked_div(Decimal::from(3))?.round_dp(2).max(Decimal::new(1, 2));
    let least = low.or(high)?.min(value).checked_sub(margin)?;
    let most = high.or(low)?.max(value).checked_add(margin)?;
    let from = if low.unwrap_or(value).min(value) >= Decimal::ZERO { least.max(Decimal::ZERO) } else { least };
    Some(NumberLine { unit, from, to: most, low, high, value })
}
