//! An answer as a browser's form sends it, and the same answer as JSON: one parser decides about both.

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, TimeZone, Utc};
use chrono_tz::Asia::Seoul;
use medius_http::body::MAX_BYTES;
use medius_http::{Problem, ProblemKind};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// The media type of a form without files.
pub(crate) const MEDIA_TYPE: &str = "application/x-www-form-urlencoded";
/// More fields than any form of ours has.
const MOST_FIELDS: usize = 64;

/// What was typed, as it came: it is shown again where it was refused, and kept nowhere.
#[derive(Default)]
pub(crate) struct Entered(BTreeMap<String, Vec<String>>);

impl Entered {
    /// Reads a form's bytes.
    ///
    /// # Errors
    /// 413 for more than any form of ours sends.
    pub(crate) fn parse(bytes: &[u8]) -> Result<Self, Problem> {
        if bytes.len() > MAX_BYTES {
            return Err(ProblemKind::BodyTooLarge.into());
        }
        let mut fields: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (at, (name, value)) in form_urlencoded::parse(bytes).enumerate() {
            if at >= MOST_FIELDS {
                return Err(ProblemKind::BodyTooLarge.into());
            }
            fields.entry(name.into_owned()).or_default().push(value.into_owned());
        }
        Ok(Self(fields))
    }

    /// What was typed into a field; nothing for blanks.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name)?.first().map(|value| value.trim()).filter(|value| !value.is_empty())
    }

    /// Whether a value was ticked among those of a name.
    pub(crate) fn ticked(&self, name: &str, value: &str) -> bool {
        self.0.get(name).is_some_and(|values| values.iter().any(|v| v == value))
    }

    /// What the form is for.
    pub(crate) fn action(&self) -> &str {
        self.text("action").unwrap_or_default()
    }

    /// The version of the Task that the page showed.
    ///
    /// # Errors
    /// 428 without one.
    pub(crate) fn version(&self) -> Result<u64, Problem> {
        let version = self.text("version").and_then(|version| version.parse().ok());
        version.ok_or_else(|| ProblemKind::IfMatchRequired.into())
    }

    /// The answer as JSON; fields that were left empty are left out.
    pub(crate) fn json(&self) -> Value {
        let mut body = Map::from_iter([("action".to_owned(), self.action().into())]);
        for name in ["code", "text", "to", "treatment", "currency", "included"] {
            self.put(&mut body, name);
        }
        for name in ["low", "high"] {
            if let Some(amount) = self.text(name) {
                // As people write amounts; what is no number is refused as what it is.
                let plain: String = amount.chars().filter(|c| !matches!(c, ',' | ' ')).collect();
                body.insert(name.to_owned(), plain.into());
            }
        }
        if let Some(files) = self.0.get("files") {
            body.insert("files".to_owned(), files.iter().map(|id| Value::from(id.as_str())).collect());
        }
        if ["date", "time", "place", "prepare"].iter().any(|name| self.0.contains_key(*name)) {
            body.insert("appointment".to_owned(), self.appointment());
        }
        Value::Object(body)
    }

    fn put(&self, body: &mut Map<String, Value>, name: &str) {
        if let Some(value) = self.text(name) {
            body.insert(name.to_owned(), value.into());
        }
    }

    /// Day, hour and minutes are Seoul's: the form says so.
    fn appointment(&self) -> Value {
        let mut fields = Map::new();
        if let Some(start) = self.start() {
            let minutes = self.text("minutes").and_then(|m| m.parse().ok()).unwrap_or(30_u16);
            fields.insert("start".to_owned(), start.to_rfc3339().into());
            fields.insert("end".to_owned(), (start + TimeDelta::minutes(minutes.into())).to_rfc3339().into());
        } else if let Some(date) = self.text("date").or(self.text("time")) {
            // Something that is no moment: the one parser says that it is none.
            fields.insert("start".to_owned(), date.into());
        }
        for name in ["place", "prepare"] {
            self.put(&mut fields, name);
        }
        Value::Object(fields)
    }

    fn start(&self) -> Option<DateTime<Utc>> {
        let day: NaiveDate = self.text("date")?.parse().ok()?;
        let hour = NaiveTime::parse_from_str(self.text("time")?, "%H:%M").ok()?;
        Some(Seoul.from_local_datetime(&day.and_time(hour)).earliest()?.with_timezone(&Utc))
    }
}

/// The field of a form that a pointer of the JSON means.
pub(crate) fn field_of(pointer: &str) -> &str {
    match pointer {
        "/appointment/start" | "/appointment/end" | "/appointment" => "date",
        // Files stand in a list.
        _ if pointer.starts_with("/files") => "files",
        _ => pointer.rsplit('/').next().unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use serde_json::json;

    fn entered(text: &str) -> Entered {
        Entered::parse(text.as_bytes()).unwrap()
    }

    #[test]
    fn a_form_says_what_the_json_says() {
        let declined = entered("version=3&action=decline&code=capacity&text=+%EC%9E%90%EB%A6%AC+");
        assert_eq!(declined.version().unwrap(), 3);
        assert_eq!(declined.json(), json!({"action": "decline", "code": "capacity", "text": "자리"}));
        assert_eq!(entered("action=accept&text=++").json(), json!({"action": "accept"}));
        let files = entered("action=final_outcome&text=x&files=upl_1&files=upl_2");
        assert_eq!(files.json()["files"], json!(["upl_1", "upl_2"]));
        assert!(files.ticked("files", "upl_2") && !files.ticked("files", "upl_3"));
        let estimate = entered("action=estimate&treatment=x&low=1%2C200%2C000&high=a&currency=KRW");
        assert_eq!((&estimate.json()["low"], &estimate.json()["high"]), (&json!("1200000"), &json!("a")));
    }

    #[test]
    fn the_hour_of_an_appointment_is_seoul_s() {
        let form = entered("action=schedule&date=2026-12-02&time=01%3A30&minutes=45&place=A&prepare=");
        let expected = json!({"start": "2026-12-01T16:30:00+00:00", "end": "2026-12-01T17:15:00+00:00", "place": "A"});
        assert_eq!(form.json()["appointment"], expected);
        assert_eq!(entered("date=2026-02-30&time=10:00").json()["appointment"], json!({"start": "2026-02-30"}));
        assert_eq!(entered("date=&time=&place=").json()["appointment"], json!({}));
    }

    #[test]
    fn a_page_s_version_is_needed_and_nothing_endless_is_read() {
        for text in ["action=accept", "version=x", "version="] {
            assert_eq!(entered(text).version().unwrap_err().kind(), ProblemKind::IfMatchRequired);
        }
        assert!(Entered::parse("a=1&".repeat(65).as_bytes()).is_err());
        assert!(Entered::parse(&vec![b'a'; MAX_BYTES + 1]).is_err());
    }

    #[test]
    fn every_pointer_leads_to_a_field_that_is_seen() {
        for (pointer, field) in
            [("/text", "text"), ("/appointment/start", "date"), ("/appointment/place", "place"), ("/files/0", "files")]
        {
            assert_eq!(field_of(pointer), field);
        }
    }
}
