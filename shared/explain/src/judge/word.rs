//! Words: `음성`, `1+`, `Reactive`, held against the report's own expected word, else against the catalogue's.

use super::person::About;
use super::quantity::present;
use super::{Judgement, Place, Reason, Used, Verdict, Whose};
use crate::input::ResultRow;
use crate::read::flag::{self, Flag};
use crate::read::value;
use crate::schema::Analyte;

pub(super) fn judge<'a>(analyte: &'a Analyte, row: &ResultRow, about: About) -> Verdict<'a> {
    let mut verdict = Verdict::not(Some(analyte), Reason::ValueUnreadable);
    verdict.flag = present(row.flag.as_deref()).map(ToOwned::to_owned);
    let Some(step) = value::word(analyte, &row.value) else { return verdict };
    verdict.word = Some(&step.is);
    verdict.screening = about.screening(&analyte.screening).and_then(|screening| {
        let band = screening.bands.iter().find(|band| band.words.contains(&step.is))?;
        Some((band.is, screening.source.as_str()))
    });
    let own = present(row.range.as_deref()).and_then(|raw| Some((raw, value::word(analyte, raw)?)));
    let within = if let Some((raw, expected)) = own {
        verdict.used = Some(Used { whose: Whose::Report, shown: raw.to_owned(), interval: None, canonical: None });
        expected.is == step.is
    } else if analyte.expected.is_empty() {
        verdict.judgement = Judgement::NotJudged(Reason::NoReference);
        return verdict;
    } else {
        let whose = Whose::Cited(analyte.text.measures.source.clone());
        verdict.used = Some(Used { whose, shown: analyte.expected.join(", "), interval: None, canonical: None });
        analyte.expected.contains(&step.is)
    };
    let mark = verdict.flag.as_deref().and_then(flag::read);
    verdict.judgement = match (within, mark) {
        (true, None | Some(Flag::Within)) => Judgement::Judged(Place::Within),
        (false, None | Some(Flag::High | Flag::Low | Flag::Outside)) => Judgement::Judged(Place::Outside),
        (true, Some(Flag::High | Flag::Low | Flag::Outside)) | (false, Some(Flag::Within)) => Judgement::Conflict,
    };
    verdict
}
