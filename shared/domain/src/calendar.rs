//! An appointment as a calendar file (RFC 5545), for both sides of it: the institution's and the patient's calendar put it at the
//! right hour wherever they are. It names an institution and a number, never a patient or a reason.

use crate::clock::kst_minute;
use crate::task::appointment::Appointment;
use crate::task::{Task, TaskState};
use chrono::{DateTime, Utc};
use chrono_tz::Asia::Seoul;
use std::fmt::Write;

/// The media type of a calendar file.
pub const MEDIA_TYPE: &str = "text/calendar; charset=utf-8";

/// The zone of every appointment, by its name in the IANA database.
pub const TIME_ZONE: &str = "Asia/Seoul";

/// A Task's newest appointment as a calendar file. None once it was dropped or what became of it was told: a file that says
/// otherwise would stand in a calendar for good. `contact` is whom to call, and may be empty.
pub fn of_task(task: &Task, at: &Appointment, summary: &str, contact: &str) -> Option<String> {
    let standing = match (task.state, task.appointment_confirmed) {
        (TaskState::Cancelled | TaskState::ConsentWithdrawn, _) => Standing::Cancelled,
        (TaskState::Scheduled | TaskState::CancelRequested, true) => Standing::Confirmed,
        (TaskState::Scheduled | TaskState::CancelRequested, false) => Standing::Tentative,
        _ => return None,
    };
    let utc = |at: DateTime<Utc>| at.format("%Y-%m-%d %H:%M").to_string();
    let times = format!(
        "{} – {} KST (UTC+9)\n{} – {} UTC",
        kst_minute(at.start),
        kst_minute(at.end),
        utc(at.start),
        utc(at.end)
    );
    let description = format!("{times}\n{contact}");
    let entry = Entry {
        uid: &format!("{}@medius", task.id),
        sequence: task.version,
        stamp: task.updated_at,
        start: at.start,
        end: at.end,
        summary,
        place: at.place.expose(),
        description: description.trim_end(),
        standing,
    };
    Some(entry.file())
}

/// Bytes of a content line at most, without its end (RFC 5545 section 3.1).
const LINE: usize = 75;

/// Whether an appointment stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Proposed, not yet confirmed.
    Tentative,
    /// Confirmed.
    Confirmed,
    /// It will not take place.
    Cancelled,
}

impl Standing {
    const fn text(self) -> &'static str {
        match self {
            Self::Tentative => "TENTATIVE",
            Self::Confirmed => "CONFIRMED",
            Self::Cancelled => "CANCELLED",
        }
    }
}

/// An entry of a calendar.
pub struct Entry<'a> {
    /// What stays the same over all versions of the entry; opaque.
    pub uid: &'a str,
    /// Grows with each version, so that a newer file takes the place of an older one.
    pub sequence: u64,
    /// When this version was made.
    pub stamp: DateTime<Utc>,
    /// Start.
    pub start: DateTime<Utc>,
    /// End.
    pub end: DateTime<Utc>,
    /// One line, without a person's name or a reason.
    pub summary: &'a str,
    /// Where.
    pub place: &'a str,
    /// How to prepare and whom to call.
    pub description: &'a str,
    /// Whether it stands.
    pub standing: Standing,
}

impl Entry<'_> {
    /// The file. Times are in Seoul, with the zone's rule along: it has had no clock change since 1988.
    pub fn file(&self) -> String {
        let mut file = String::new();
        for line in [
            "BEGIN:VCALENDAR",
            "VERSION:2.0",
            "PRODID:-//Medius//Referral//EN",
            "CALSCALE:GREGORIAN",
            "METHOD:PUBLISH",
            "BEGIN:VTIMEZONE",
            "TZID:Asia/Seoul",
            "BEGIN:STANDARD",
            "DTSTART:19881009T030000",
            "TZOFFSETFROM:+1000",
            "TZOFFSETTO:+0900",
            "TZNAME:KST",
            "END:STANDARD",
            "END:VTIMEZONE",
            "BEGIN:VEVENT",
        ] {
            push(&mut file, line);
        }
        push(&mut file, &format!("UID:{}", escape(self.uid)));
        push(&mut file, &format!("SEQUENCE:{}", self.sequence));
        push(&mut file, &format!("DTSTAMP:{}", self.stamp.format("%Y%m%dT%H%M%SZ")));
        push(&mut file, &format!("DTSTART;TZID=Asia/Seoul:{}", seoul(self.start)));
        push(&mut file, &format!("DTEND;TZID=Asia/Seoul:{}", seoul(self.end)));
        push(&mut file, &format!("STATUS:{}", self.standing.text()));
        push(&mut file, &format!("SUMMARY:{}", escape(self.summary)));
        push(&mut file, &format!("LOCATION:{}", escape(self.place)));
        push(&mut file, &format!("DESCRIPTION:{}", escape(self.description)));
        // A calendar that is shared at the desk shows that the time is taken and not for what.
        for line in ["CLASS:PRIVATE", "END:VEVENT", "END:VCALENDAR"] {
            push(&mut file, line);
        }
        file
    }
}

fn seoul(at: DateTime<Utc>) -> String {
    at.with_timezone(&Seoul).format("%Y%m%dT%H%M%S").to_string()
}

/// TEXT of section 3.3.11: backslash, semicolon, comma and line break are written out; other controls have no place in it.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.replace("\r\n", "\n").chars() {
        match c {
            '\\' | ';' | ',' => {
                escaped.push('\\');
                escaped.push(c);
            }
            '\n' => escaped.push_str("\\n"),
            c if c.is_control() => {}
            c => escaped.push(c),
        }
    }
    escaped
}

/// Writes a content line, folded so that no part is longer than 75 bytes and no character is torn apart.
fn push(file: &mut String, line: &str) {
    let mut length = 0;
    for c in line.chars() {
        if length + c.len_utf8() > LINE {
            file.push_str("\r\n ");
            length = 1;
        }
        // A `String` takes every character.
        let _ = file.write_char(c);
        length += c.len_utf8();
    }
    file.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn entry<'a>(place: &'a str, description: &'a str) -> Entry<'a> {
        Entry {
            uid: "tsk_0123@medius",
            sequence: 4,
            stamp: "2026-11-23T03:00:00Z".parse().unwrap(),
            start: "2026-12-01T16:30:00Z".parse().unwrap(),
            end: "2026-12-01T17:00:00Z".parse().unwrap(),
            summary: "진료 예약 MDS-2026-7Q4WX0KD",
            place,
            description,
            standing: Standing::Confirmed,
        }
    }

    /// As a calendar reads it: unfolded.
    fn lines(file: &str) -> Vec<String> {
        file.replace("\r\n ", "").split("\r\n").map(ToOwned::to_owned).collect()
    }

    #[test]
    fn the_hour_is_seoul_s_with_its_rule() {
        let file = entry("본관 2층", "x").file();
        let lines = lines(&file);
        for wanted in [
            "DTSTART;TZID=Asia/Seoul:20261202T013000",
            "DTEND;TZID=Asia/Seoul:20261202T020000",
            "TZOFFSETTO:+0900",
            "DTSTAMP:20261123T030000Z",
            "SEQUENCE:4",
            "STATUS:CONFIRMED",
            "SUMMARY:진료 예약 MDS-2026-7Q4WX0KD",
        ] {
            assert!(lines.iter().any(|line| line == wanted), "{wanted}\n{file}");
        }
        assert!(file.starts_with("BEGIN:VCALENDAR\r\n") && file.ends_with("\r\nEND:VCALENDAR\r\n"));
    }

    #[test]
    fn what_people_write_cannot_become_a_line_of_its_own() {
        let file = entry("A; B, C\\D", "one\r\nATTENDEE:mailto:x@example.org\u{7}\nEND:VEVENT").file();
        let lines = lines(&file);
        assert!(lines.contains(&"LOCATION:A\\; B\\, C\\\\D".to_owned()));
        assert!(lines.contains(&"DESCRIPTION:one\\nATTENDEE:mailto:x@example.org\\nEND:VEVENT".to_owned()));
        assert_eq!(lines.iter().filter(|line| *line == "END:VEVENT").count(), 1);
        assert!(!lines.iter().any(|line| line.starts_with("ATTENDEE")));
    }

    #[test]
    fn no_line_is_longer_than_75_bytes_and_no_character_is_torn() {
        let long = "검사 전날 밤 열두 시부터 아무것도 드시지 마십시오. ".repeat(12);
        let file = entry(&long, &long).file();
        assert!(file.split("\r\n").all(|line| line.len() <= 75), "{file}");
        assert!(lines(&file).iter().any(|line| line == &format!("LOCATION:{long}")));
        assert!(!file.replace("\r\n", "").contains(['\r', '\n']));
    }
}
