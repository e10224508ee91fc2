//! The desk as a page: where the referral stands, what the institution can answer now, the appointment, and what happened.

use super::fields::{Choice, Form, Kind};
use super::files::STANDINGS;
use super::words::{Two, two};
use crate::Operator;
use crate::page::READING_STYLE;
use askama::Template;
use chrono::{DateTime, Utc};
use medius_domain::clock::kst_minute;
use medius_http::Problem;

/// The script of the desk's page: what it adds is comfort, and bringing files.
pub(crate) const SCRIPT: &str =
    concat!(include_str!("../../templates/language.js"), include_str!("../../templates/desk.js"));

/// Who reads: shown on every page of a session.
pub(crate) struct Reader {
    pub(crate) recipient_ko: String,
    pub(crate) recipient_en: String,
    pub(crate) department_ko: String,
    pub(crate) department_en: String,
    pub(crate) opened_at: String,
    pub(crate) expires_at: String,
}

/// The patient and the letter, as the head of the page names them.
pub(crate) struct Head {
    pub(crate) number: String,
    pub(crate) patient: String,
    pub(crate) patient_romanised: Option<String>,
    pub(crate) birth_date: String,
    pub(crate) urgency_ko: String,
    pub(crate) urgency_en: String,
    pub(crate) urgent: bool,
}

/// A stage of the way.
pub(crate) struct Stage {
    pub(crate) name: Two,
    pub(crate) done: bool,
    pub(crate) current: bool,
}

/// A day by which something should be done.
pub(crate) struct Due {
    pub(crate) name: Two,
    pub(crate) at: String,
    pub(crate) late: bool,
}

/// An appointment, with its hour for both sides.
pub(crate) struct Meeting {
    pub(crate) standing: Two,
    pub(crate) start: String,
    pub(crate) end: String,
    pub(crate) start_utc: String,
    pub(crate) end_utc: String,
    pub(crate) iso: String,
    pub(crate) place: String,
    pub(crate) prepare: Option<String>,
}

impl Meeting {
    /// From its moments and words.
    pub(crate) fn new(
        standing: Two,
        (start, end): (DateTime<Utc>, DateTime<Utc>),
        place: &str,
        prepare: Option<&str>,
    ) -> Self {
        let utc = |at: DateTime<Utc>| at.format("%Y-%m-%d %H:%M").to_string();
        let to_hour = |at: String| at.split_once(' ').map(|(_, hour)| hour.to_owned()).unwrap_or_default();
        Self {
            standing,
            start: kst_minute(start),
            end: to_hour(kst_minute(end)),
            start_utc: utc(start),
            end_utc: to_hour(utc(end)),
            iso: start.to_rfc3339(),
            place: place.to_owned(),
            prepare: prepare.map(ToOwned::to_owned),
        }
    }
}

/// A step of the history.
pub(crate) struct Row {
    pub(crate) at: String,
    pub(crate) who: Two,
    pub(crate) what: Two,
    pub(crate) reason: Option<Two>,
    pub(crate) said: Vec<(Two, String)>,
}

/// A file that the institution brought.
pub(crate) struct FileRow {
    pub(crate) number: u32,
    pub(crate) kind: String,
    pub(crate) kib: u64,
    pub(crate) standing: Two,
    /// Its id, while it is being checked: the page asks until it is known how that ends.
    pub(crate) awaited: Option<String>,
}

/// What the page shows.
pub(crate) struct Sight {
    pub(crate) reader: Reader,
    pub(crate) head: Head,
    pub(crate) version: u64,
    pub(crate) state: Two,
    pub(crate) meaning: Two,
    pub(crate) stages: Vec<Stage>,
    pub(crate) dues: Vec<Due>,
    pub(crate) forms: Vec<Form>,
    pub(crate) appointment: Option<Meeting>,
    pub(crate) takes_files: bool,
    pub(crate) files: Vec<FileRow>,
    pub(crate) colleagues: Vec<Choice>,
    pub(crate) history: Vec<Row>,
}

#[derive(Template)]
#[template(path = "desk.html")]
struct Desk<'a> {
    operator: &'a Operator,
    style: &'static str,
    script: &'static str,
    tab: &'static str,
    banner: Option<Two>,
    overdue: Two,
    waiting: &'static [(&'static str, Two)],
    upload_messages: &'static [(&'static str, Two)],
    recipient_ko: &'a str,
    recipient_en: &'a str,
    department_ko: &'a str,
    department_en: &'a str,
    opened_at: &'a str,
    expires_at: &'a str,
    number: &'a str,
    patient: &'a str,
    patient_romanised: Option<&'a str>,
    birth_date: &'a str,
    urgency_ko: &'a str,
    urgency_en: &'a str,
    urgent: bool,
    version: u64,
    state: Two,
    meaning: Two,
    stages: &'a [Stage],
    dues: &'a [Due],
    main_forms: Vec<&'a Form>,
    other_forms: Vec<&'a Form>,
    appointment: Option<&'a Meeting>,
    takes_files: bool,
    files: &'a [FileRow],
    colleagues: &'a [Choice],
    history: &'a [Row],
}

/// What the page says while a file is on its way.
const UPLOADS: &[(&str, Two)] = &[
    ("sending", two("파일을 보내고 있습니다.", "Sending the file.")),
    ("checking", two("파일을 확인하고 있습니다.", "The file is being checked.")),
    (
        "kept",
        two("확인을 마쳤습니다. 소견 양식에서 고를 수 있습니다.", "Checked. You can choose it in the note's form."),
    ),
    (
        "later",
        two(
            "확인에 시간이 걸립니다. 잠시 뒤 이 페이지를 다시 여십시오.",
            "The check takes longer. Please open this page again in a moment.",
        ),
    ),
    (
        "refused",
        two(
            "이 파일은 받을 수 없습니다. 암호가 없고 손상되지 않은 PDF, JPEG, PNG 파일 또는 FHIR Bundle이어야 합니다.",
            "This file cannot be taken. It must be a PDF, JPEG or PNG without a password and without damage, or a FHIR Bundle.",
        ),
    ),
    (
        "kind",
        two(
            "PDF, JPEG, PNG 파일과 FHIR Bundle만 받습니다.",
            "Only PDF, JPEG and PNG files and FHIR Bundles are taken.",
        ),
    ),
    (
        "bundle",
        two(
            "이 FHIR Bundle은 받을 수 없습니다. 다음 위치를 고쳐 다시 올려 주십시오.",
            "This FHIR Bundle cannot be taken as it is. Please correct these places and bring it again.",
        ),
    ),
    ("large", two("4 MiB보다 큽니다.", "It is larger than 4 MiB.")),
    ("many", two("더 올릴 수 없습니다.", "No more files can be brought.")),
    (
        "failed",
        two("올리지 못했습니다. 잠시 뒤 다시 시도해 주십시오.", "This did not work. Please try again in a moment."),
    ),
];

/// The page; `banner` says why an answer was not saved.
pub(crate) fn render(sight: &Sight, operator: &Operator, banner: Option<Two>) -> Result<String, Problem> {
    let (main_forms, other_forms) = sight.forms.iter().partition(|form| form.main);
    let (reader, head) = (&sight.reader, &sight.head);
    let desk = Desk {
        operator,
        style: READING_STYLE,
        script: SCRIPT,
        tab: "desk",
        banner,
        overdue: two("지났음", "overdue"),
        waiting: STANDINGS,
        upload_messages: UPLOADS,
        recipient_ko: &reader.recipient_ko,
        recipient_en: &reader.recipient_en,
        department_ko: &reader.department_ko,
        department_en: &reader.department_en,
        opened_at: &reader.opened_at,
        expires_at: &reader.expires_at,
        number: &head.number,
        patient: &head.patient,
        patient_romanised: head.patient_romanised.as_deref(),
        birth_date: &head.birth_date,
        urgency_ko: &head.urgency_ko,
        urgency_en: &head.urgency_en,
        urgent: head.urgent,
        version: sight.version,
        state: sight.state,
        meaning: sight.meaning,
        stages: &sight.stages,
        dues: &sight.dues,
        main_forms,
        other_forms,
        appointment: sight.appointment.as_ref(),
        takes_files: sight.takes_files,
        files: &sight.files,
        colleagues: &sight.colleagues,
        history: &sight.history,
    };
    // A template's error speaks of the template, not of its values.
    desk.render().map_err(Problem::internal)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::desk::fields::{Offered, form};
    use crate::desk::form::Entered;
    use medius_domain::field::FieldError;

    const HOSTILE: &str = "<script>alert(1)</script>\" onclick=\"x";

    fn sight(actions: &[&'static str]) -> Sight {
        let file = Choice { value: "upl_1".into(), ko: "1. PDF".into(), en: "1. PDF".into(), chosen: false };
        let offered = Offered { files: vec![file.clone()], institutions: vec![file.clone()], told: false };
        let at = "2026-12-01T16:30:00Z".parse().unwrap();
        Sight {
            reader: Reader {
                recipient_ko: "서울병원".into(),
                recipient_en: "Seoul Hospital".into(),
                department_ko: "내분비내과".into(),
                department_en: "Endocrinology".into(),
                opened_at: "2026-11-23 12:00 KST".into(),
                expires_at: "2026-12-06 12:00 KST".into(),
            },
            head: Head {
                number: "MDS-2026-7Q4WX0KD".into(),
                patient: HOSTILE.into(),
                patient_romanised: None,
                birth_date: "1980-01-01".into(),
                urgency_ko: "보통".into(),
                urgency_en: "Routine".into(),
                urgent: false,
            },
            version: 7,
            state: two("수신 확인됨", "Receipt confirmed"),
            meaning: two("결정해 주십시오.", "Please decide."),
            stages: vec![
                Stage { name: two("도착", "Sent"), done: true, current: false },
                Stage { name: two("결정", "Decision"), done: false, current: true },
            ],
            dues: vec![Due { name: two("결정 기한", "Decide by"), at: "2026-12-04 24:00".into(), late: true }],
            forms: actions.iter().filter_map(|action| form(action, &offered)).collect(),
            appointment: Some(Meeting::new(
                two("예약", "Appointment"),
                (at, at + chrono::TimeDelta::minutes(30)),
                HOSTILE,
                None,
            )),
            takes_files: true,
            files: vec![],
            colleagues: vec![file],
            history: vec![Row {
                at: "2026-11-23 12:00".into(),
                who: two("환자", "Patient"),
                what: two("보냄", "Sent"),
                reason: None,
                said: vec![(two("말", "Words"), HOSTILE.into())],
            }],
        }
    }

    const ALL: [&str; 16] = [
        "acknowledge",
        "accept",
        "decline",
        "ask_more",
        "redirect",
        "schedule",
        "reschedule",
        "confirm_appointment",
        "attended",
        "no_show",
        "request_cancel",
        "confirm_cancel",
        "refuse_cancel",
        "interim_outcome",
        "final_outcome",
        "estimate",
    ];

    fn operator() -> Operator {
        Operator { name: "Medius".into(), phone: "+82 2 555 0100".into(), registration: "M-1".into() }
    }

    #[test]
    fn every_answer_has_a_form_and_what_people_wrote_stays_text() {
        let html = render(&sight(&ALL), &operator(), None).unwrap();
        for action in ALL {
            assert_eq!(html.matches(&format!("name=\"action\" value=\"{action}\"")).count(), 1, "{action}");
        }
        assert_eq!(html.matches("name=\"version\" value=\"7\"").count(), ALL.len() + 1);
        assert_eq!((html.matches("<script").count(), html.matches("<style").count()), (1, 1));
        for forbidden in [" style=", " onclick=\"", "http:", "https:", "{{", "{%"] {
            assert!(!html.contains(forbidden), "{forbidden}");
        }
        assert!(
            html.contains("&#60;script&#62;alert(1)") && html.contains("2026-12-02 01:30") && html.contains("16:30")
        );
        if let Some(folder) = std::env::var_os("MEDIUS_PAGE_PREVIEW") {
            std::fs::write(std::path::Path::new(&folder).join("desk.html"), html).unwrap();
        }
    }

    #[test]
    fn every_field_is_named_by_a_label_and_no_id_stands_twice() {
        let html = render(&sight(&ALL), &operator(), None).unwrap();
        let ids: Vec<&str> = html.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        let unique: std::collections::BTreeSet<&&str> = ids.iter().collect();
        assert_eq!(unique.len(), ids.len());
        for wanted in html.split(" for=\"").skip(1).filter_map(|rest| rest.split('"').next()) {
            assert!(unique.contains(&wanted), "{wanted}");
        }
        assert!(ids.len() > 60);
    }

    #[test]
    fn what_was_refused_is_shown_where_it_stands_with_what_was_typed() {
        let mut sight = sight(&["accept", "decline"]);
        let entered = Entered::parse(b"action=decline&version=6&code=capacity&text=900101-1234567").unwrap();
        let errors = [
            FieldError { pointer: "/text".into(), code: "resident-registration-number" },
            FieldError { pointer: "/other".into(), code: "inconsistent" },
        ];
        let decline = sight.forms.iter_mut().find(|form| form.action == "decline").unwrap();
        decline.refused(&entered, &errors);
        let html = render(&sight, &operator(), Some(super::super::words::refusal("invalid-field", None))).unwrap();
        assert!(html.contains("role=\"alert\"") && html.contains("Your answer was not saved"));
        assert!(html.contains("aria-invalid=\"true\" aria-describedby=\"decline-text-wrong decline-text-hint\""));
        assert!(html.contains(">900101-1234567</textarea>") && html.contains("value=\"capacity\" checked"));
        assert!(html.contains("These do not fit together."));
        assert_eq!(html.matches("<details class=\"act\" open>").count(), 2);
    }
}
