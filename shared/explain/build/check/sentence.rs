//! Sentences: short, readable, one at a time, and without a word that diagnoses, promises or doses.

use super::{Errors, Known, source};
use crate::schema::Phrase;
use std::collections::BTreeSet;

/// Most syllables of a Korean sentence: Hangul syllables, and one for each digit and each Latin word.
const KO_SYLLABLES: usize = 45;

/// Highest grade of an English sentence, see [`grade`].
const EN_GRADE: f64 = 8.0;

/// Wording that states a diagnosis, promises health, or tells a dose. A part after `|` excuses the sentence.
const FORBIDDEN_EN: &[&str] = &[
    "you have|if you have|when you have|tests you have|whether you have|that you have|do you have",
    "you are suffering",
    "you suffer",
    "diagnos",
    "indicates",
    "this means",
    "it means",
    "proves",
    "confirms",
    "definitely",
    "certainly",
    "you are healthy",
    "you are ill",
    "you are sick",
    "nothing to worry",
    "do not worry",
    "don't worry",
    "no need to see",
    "cures",
    "stop taking|do not stop taking|not stop taking|before you stop taking",
    "stop the medicine|do not stop the medicine",
    "take more|do not take more",
    "take less",
    "double the dose|do not double the dose|never double the dose",
    "increase the dose|do not increase the dose",
    "increase your dose|do not increase your dose",
    "reduce the dose|do not reduce the dose",
    "reduce your dose",
    "skip a dose",
    "times a day",
    "milligram",
    " mg ",
    " tablets",
];

/// See [`FORBIDDEN_EN`].
const FORBIDDEN_KO: &[&str] = &[
    "당신은",
    "환자분은",
    "진단",
    "확진",
    "걸렸",
    "앓고 있|앓고 있는|앓고 있다면|앓고 있으면",
    "병입니다",
    "질환입니다",
    "암입니다",
    "증입니다",
    "의심됩니다",
    "의미합니다",
    "틀림없",
    "확실합니다",
    "건강합니다",
    "걱정하지 마",
    "걱정할 필요",
    "안심하",
    "완치",
    "복용을 중단하",
    "복용을 중지하",
    "끊으세요",
    "드시지 않아도",
    "증량",
    "감량하",
    "용량을 늘리|용량을 늘리지",
    "용량을 줄이|용량을 줄이지",
    "밀리그램",
    "하루 한 번",
    "하루 두 번",
    "하루 세 번",
    "mg",
];

/// Words of a sentence in small letters.
pub(super) fn words(text: &str) -> BTreeSet<String> {
    split(text).map(str::to_lowercase).collect()
}

fn split(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !(c.is_alphanumeric() || c == '\'')).filter(|w| !w.is_empty())
}

/// Holds a Korean sentence to its rules.
pub(super) fn ko(field: &str, text: &str, errors: &mut Errors) {
    let syllables = text.chars().filter(|c| matches!(c, '가'..='힣') || c.is_ascii_digit()).count()
        + split(text).filter(|w| w.contains(|c: char| c.is_ascii_alphabetic())).count();
    errors.unless(syllables <= KO_SYLLABLES, format!("{field}.ko: {syllables} syllables, at most {KO_SYLLABLES}"));
    errors.unless(text.contains(|c| matches!(c, '가'..='힣')), format!("{field}.ko: not Korean"));
    one(field, "ko", text, errors);
    forbidden(field, "ko", text, FORBIDDEN_KO, errors);
}

/// Holds an English sentence to its rules.
pub(super) fn en(field: &str, text: &str, known: &Known, errors: &mut Errors) {
    let grade = grade(text, &known.terms);
    errors.unless(
        grade <= EN_GRADE,
        format!("{field}.en: grade {grade:.1}, at most {EN_GRADE} (shorter words or sentence)"),
    );
    errors.unless(text.is_ascii() || !text.contains(|c| matches!(c, '가'..='힣')), format!("{field}.en: not English"));
    one(field, "en", text, errors);
    let flat = split(text).collect::<Vec<_>>().join(" ").to_lowercase();
    forbidden(field, "en", &format!(" {flat} "), FORBIDDEN_EN, errors);
}

/// What can go with a value is never stated as a fact.
pub(super) fn hedged(field: &str, ko: &str, en: &str, errors: &mut Errors) {
    let en = format!(" {} ", split(en).collect::<Vec<_>>().join(" ").to_lowercase());
    let fine = [" can ", " may ", " might ", " could ", " sometimes ", " often "].iter().any(|w| en.contains(w));
    errors.unless(fine, format!("{field}.en: say can, may or might"));
    errors.unless(ko.contains("수 있") || ko.contains("수도 있"), format!("{field}.ko: say ~수 있습니다"));
}

fn one(field: &str, language: &str, text: &str, errors: &mut Errors) {
    let ends = text.char_indices().filter(|(at, c)| {
        matches!(c, '.' | '?' | '!') && text[at + c.len_utf8()..].chars().next().is_none_or(char::is_whitespace)
    });
    let fine = text.ends_with(['.', '?']) && ends.count() == 1 && text.trim() == text && !text.contains(['{', '}']);
    errors.unless(fine, format!("{field}.{language}: one sentence that ends with . or ?"));
}

fn forbidden(field: &str, language: &str, text: &str, list: &[&str], errors: &mut Errors) {
    for entry in list {
        let mut parts = entry.split('|');
        let wrong = parts.next().unwrap_or_default();
        if text.contains(wrong) && !parts.any(|excuse| text.contains(excuse)) {
            errors.say(format!("{field}.{language}: `{}` is not said to patients", wrong.trim()));
        }
    }
}

/// Flesch-Kincaid grade of one sentence: 0.39 × words + 11.8 × syllables / words − 15.59. Words of the catalogue's names
/// and words with digits count as one syllable: the reader meets them on the paper, and the sentence explains them.
fn grade(text: &str, terms: &BTreeSet<String>) -> f64 {
    let words: Vec<String> = split(text).map(str::to_lowercase).collect();
    let known = |w: &String| terms.contains(w) || w.strip_suffix('s').is_some_and(|w| terms.contains(w));
    let count = |w: &String| if known(w) || w.contains(|c: char| c.is_ascii_digit()) { 1 } else { syllables(w) };
    let total: usize = words.iter().map(count).sum();
    #[expect(clippy::cast_precision_loss, reason = "a sentence has no 2^52 words")]
    let (words, total) = (words.len().max(1) as f64, total as f64);
    0.39f64.mul_add(words, 11.8 * total / words) - 15.59
}

/// Groups of vowels, without a silent e at the end.
fn syllables(word: &str) -> usize {
    let is_vowel = |c: char| matches!(c, 'a' | 'e' | 'i' | 'o' | 'u' | 'y');
    let mut count = 0;
    let mut before = false;
    for c in word.chars() {
        let vowel = is_vowel(c);
        count += usize::from(vowel && !before);
        before = vowel;
    }
    let silent = word.ends_with('e') && !word.ends_with("le")
        || word.ends_with("es") && !word.ends_with("ses")
        || word.ends_with("ed") && !word.ends_with("ted") && !word.ends_with("ded");
    if silent && count > 1 { count - 1 } else { count.max(1) }
}

/// Holds a sentence of the engine to the rules that do not depend on what is put in.
pub(super) fn phrase(phrase: &Phrase, known: &Known, errors: &mut Errors) {
    if let Some(id) = &phrase.source {
        source(id, known, errors);
    }
    let holes = |text: &str| -> Option<BTreeSet<String>> {
        let mut holes = BTreeSet::new();
        let mut rest = text;
        while let Some((_, after)) = rest.split_once('{') {
            let (hole, after) = after.split_once('}')?;
            holes.insert(hole.to_owned());
            rest = after;
        }
        Some(holes)
    };
    let (ko, en) = (holes(&phrase.ko), holes(&phrase.en));
    errors.unless(ko.is_some() && ko == en, "both languages have the same {places}");
    forbidden("text", "ko", &phrase.ko, FORBIDDEN_KO, errors);
    forbidden("text", "en", &format!(" {} ", phrase.en.to_lowercase()), FORBIDDEN_EN, errors);
    let filled = |text: &str| text.replace(['{', '}'], "");
    let grade = grade(&filled(&phrase.en), &known.terms);
    errors.unless(grade <= EN_GRADE, format!("en: grade {grade:.1}, at most {EN_GRADE}"));
}
