//! What a patient says of a record, for the institution that made it (PIPA Art. 36; Enforcement Decree Art. 43(2)): whose record it
//! is, what it says, and what is right as the patient says. A page to read and print, and the same as JSON. It is put together
//! when it is fetched, so that nothing of it lies anywhere but in the case.

use crate::Operator;
use askama::Template;
use chrono::{DateTime, Utc};
use medius_domain::clock::kst_minute;
use medius_domain::correction::Correction;
use medius_domain::id::{CaseId, RightId};
use medius_domain::intake::{BasicDraft, Draft};
use serde::Serialize;
use serde_json::Value;

/// Fields of a story, as they are called in Korean and English.
const LABELS: [(&str, &str, &str); 17] = [
    ("name", "성명", "Name"),
    ("name_romanised", "로마자 성명", "Name in Latin letters"),
    ("birth_date", "생년월일", "Date of birth"),
    ("sex", "성별", "Sex"),
    ("phone", "전화", "Telephone"),
    ("email", "이메일", "Email"),
    ("country", "거주 국가", "Country of residence"),
    ("languages", "사용 언어", "Languages"),
    ("reason", "진료를 받으려는 이유", "Reason for seeking care"),
    ("urgency", "긴급도", "Urgency"),
    ("symptoms", "증상", "Symptoms"),
    ("history", "병력", "Medical history"),
    ("allergies", "알레르기", "Allergies"),
    ("medications", "복용 약", "Medicines"),
    ("results", "검사 결과", "Test results"),
    ("concerns", "걱정되는 점", "Concerns"),
    ("expectations", "바라는 점", "Expectations"),
];

/// Codes of a story in words. That a list has entries is said by the entries.
const WORDS: [(&str, &str); 15] = [
    ("listed", ""),
    ("none_known", "없음 · none known"),
    ("not_asked", "묻지 않음 · not asked"),
    ("female", "여성 · female"),
    ("male", "남성 · male"),
    ("other", "기타 · other"),
    ("unknown", "알 수 없음 · unknown"),
    ("routine", "보통 · routine"),
    ("soon", "빠른 시일 내 · soon"),
    ("urgent", "긴급 · urgent"),
    ("mild", "가벼움 · mild"),
    ("moderate", "보통 정도 · moderate"),
    ("severe", "심함 · severe"),
    ("active", "현재 있음 · active"),
    ("resolved", "나음 · resolved"),
];
/// The fields whose values are codes: what somebody wrote is never taken for one.
const CODED: [&str; 4] = ["status", "sex", "urgency", "severity"];

/// The statement as data.
#[derive(Serialize)]
struct Data<'a> {
    request: &'a RightId,
    case: &'a CaseId,
    fetched_at: DateTime<Utc>,
    person: BasicDraft,
    recorded: &'a Correction,
    right: &'a Correction,
}

/// A field: what is recorded, and what is right.
struct Row {
    ko: &'static str,
    en: &'static str,
    recorded: Vec<String>,
    right: Vec<String>,
}

#[derive(Template)]
#[template(path = "statement.html")]
struct Page<'a> {
    operator: &'a Operator,
    request: &'a RightId,
    case: &'a CaseId,
    at: String,
    person: Vec<(&'static str, &'static str, String)>,
    rows: Vec<Row>,
}

/// The statement cannot be written: of its form, never of what it says.
#[derive(Debug, thiserror::Error)]
#[error("the statement cannot be written")]
pub(crate) struct Unwritten;

/// The files of a statement: the page, and the data.
pub(crate) fn files(
    operator: &Operator,
    (request, case): (&RightId, &CaseId),
    (story, correction): (&Draft, &Correction),
    now: DateTime<Utc>,
) -> Result<Vec<(String, Vec<u8>)>, Unwritten> {
    let recorded = correction.present(story);
    let person = known_by(story.basic.clone().unwrap_or_default());
    let page = Page {
        operator,
        request,
        case,
        at: kst_minute(now),
        person: labelled(&flat(&Correction { basic: person.clone(), ..Correction::default() })?),
        rows: rows(&flat(&recorded)?, &flat(correction)?),
    };
    let page = page.render().map_err(|_| Unwritten)?;
    let data = Data { request, case, fetched_at: now, person, recorded: &recorded, right: correction };
    let data = serde_json::to_vec_pretty(&data).map_err(|_| Unwritten)?;
    Ok(vec![("correction.html".to_owned(), page.into_bytes()), ("correction.json".to_owned(), data)])
}

/// Whose record it is: what an institution finds a record by, and nothing else.
fn known_by(basic: BasicDraft) -> BasicDraft {
    let BasicDraft { name, name_romanised, birth_date, sex, .. } = basic;
    BasicDraft { name, name_romanised, birth_date, sex, ..BasicDraft::default() }
}

/// The fields of both parts of a story, by name.
fn flat(story: &Correction) -> Result<serde_json::Map<String, Value>, Unwritten> {
    let Value::Object(parts) = serde_json::to_value(story).map_err(|_| Unwritten)? else { return Err(Unwritten) };
    let fields = parts.into_iter().filter_map(|(_, part)| if let Value::Object(map) = part { Some(map) } else { None });
    Ok(fields.flatten().collect())
}

fn labelled(fields: &serde_json::Map<String, Value>) -> Vec<(&'static str, &'static str, String)> {
    LABELS.iter().filter_map(|(name, ko, en)| Some((*ko, *en, lines(name, fields.get(*name)?).join(", ")))).collect()
}

fn rows(recorded: &serde_json::Map<String, Value>, right: &serde_json::Map<String, Value>) -> Vec<Row> {
    let of = |fields: &serde_json::Map<String, Value>, name: &str| {
        fields.get(name).map(|value| lines(name, value)).unwrap_or_default()
    };
    // What the correction says nothing of stays as it is, so there is nothing to hold against it.
    let said = LABELS.iter().filter(|(name, ..)| right.contains_key(*name));
    said.map(|(name, ko, en)| Row { ko, en, recorded: of(recorded, name), right: of(right, name) }).collect()
}

/// The value of a field in lines to read: an entry of a list is a line, and the fields of an entry follow each other.
fn lines(name: &str, value: &Value) -> Vec<String> {
    match value {
        Value::Null => Vec::new(),
        Value::Array(entries) => entries.iter().map(|entry| lines(name, entry).join(" · ")).collect(),
        Value::Object(fields) => fields.iter().flat_map(|(name, value)| lines(name, value)).collect(),
        Value::String(text) if CODED.contains(&name) => {
            let words = WORDS.iter().find(|(code, _)| code == text).map_or(text.as_str(), |(_, words)| *words);
            Some(words.to_owned()).into_iter().filter(|words| !words.is_empty()).collect()
        }
        Value::String(text) => vec![text.clone()],
        Value::Bool(_) | Value::Number(_) => vec![value.to_string()],
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use serde_json::json;

    #[test]
    fn it_says_what_is_recorded_and_what_is_right_and_nothing_of_other_parts() {
        let operator = Operator { name: "M <1>".to_owned(), phone: "02-1".to_owned(), registration: "A-1".to_owned() };
        let story = json!({
            "basic": {"name": "Nguyễn Thị Lan", "birth_date": "1985-03-14", "sex": "female", "email": "lan@example.org"},
            "health": {
                "medications": {"status": "listed", "items": [
                    {"name": {"text": "Metformin <500 mg>", "ko": "메트포르민"}, "dose": "500 mg"}]},
                "concerns": {"text": "Zqsecret"}
            }
        });
        let correction = json!({"health": {"medications": {"status": "none_known"}}});
        let part = |name: &str| story[name].clone();
        let story = Draft {
            basic: Some(serde_json::from_value(part("basic")).unwrap()),
            health: Some(serde_json::from_value(part("health")).unwrap()),
        };
        let correction: Correction = serde_json::from_value(correction).unwrap();
        let (request, case) = (RightId::new(), CaseId::new());
        let files = files(&operator, (&request, &case), (&story, &correction), Utc::now()).unwrap();
        let [(_, page), (name, data)] = &files[..] else { unreachable!("two files") };
        let page = String::from_utf8(page.clone()).unwrap();
        for shown in
            ["Nguyễn Thị Lan", "1985-03-14", "Metformin &#60;500 mg&#62;", "메트포르민", "없음 · none known", "여성"]
        {
            assert!(page.contains(shown), "{shown}: {page}");
        }
        assert!(page.contains(request.as_str()) && page.contains(case.as_str()));
        for text in [&page, &String::from_utf8(data.clone()).unwrap()] {
            assert!(!text.contains("Zqsecret") && !text.contains("lan@example.org"), "{text}");
        }
        let data: Value = serde_json::from_slice(data).unwrap();
        assert_eq!(name, "correction.json");
        assert_eq!(data["right"]["health"]["medications"]["status"], "none_known");
        assert_eq!(data["recorded"]["health"]["medications"]["items"][0]["dose"], "500 mg");
        assert!(!page.contains("listed") && !page.contains("none_known"));
        assert!(data["recorded"]["health"].get("concerns").is_none());
    }

    #[test]
    fn every_field_of_a_story_has_its_words() {
        for part in ["basic", "health"] {
            // The parser names every field that it knows.
            let unknown = format!("{{\"{part}\": {{\"nothing\": 1}}}}");
            let error = serde_json::from_str::<Correction>(&unknown).unwrap_err().to_string();
            let known: Vec<&str> = error.split('`').skip(3).step_by(2).collect();
            assert!(known.len() > 7, "{error}");
            for name in known {
                assert!(LABELS.iter().any(|(labelled, ..)| *labelled == name), "{name}");
            }
        }
    }
}
