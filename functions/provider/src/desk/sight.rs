//! From the Task to what the page shows and what the JSON says. The table decides what can be done; here it gets words.

use crate::desk::answer::Desk;
use crate::desk::fields::{Choice, Offered, form};
use crate::desk::page::{Due, Head, Meeting, Reader, Row, Sight};
use crate::desk::words::{Two, reason, two};
use crate::desk::{colleague, files, standing};
use crate::reading::kst;
use chrono::{DateTime, TimeDelta, Utc};
use medius_domain::clock::kst_minute;
use medius_domain::health::Urgency;
use medius_domain::provider::Provider;
use medius_domain::task::appointment::Appointment;
use medius_domain::task::deadline::{Mark, Owed};
use medius_domain::task::estimate::Currency;
use medius_domain::task::{Effect, Note, Party, Task, TaskAction, TaskState};
use medius_domain::upload::Upload;
use medius_store::newest_appointment;

/// Whether an appointment of the Task is to be kept in mind.
fn ahead(task: &Task) -> bool {
    matches!(task.state, TaskState::Scheduled | TaskState::CancelRequested)
}

/// What the page shows.
pub(crate) fn sight(desk: &Desk, now: DateTime<Utc>) -> Sight {
    let Desk { link, provider, task, view, .. } = desk;
    let offered = Offered {
        files: desk.files.iter().filter_map(files::choice).collect(),
        institutions: institutions(provider, &desk.directory, now),
        told: task.steps.iter().any(|step| step.effect() == Effect::OutcomeTold),
    };
    let may = task.available_actions(Party::Institution, now);
    let (state, meaning) = standing::state(task.state);
    let outcomes = [TaskAction::InterimOutcome, TaskAction::FinalOutcome];
    Sight {
        reader: Reader {
            recipient_ko: provider.name_ko.clone(),
            recipient_en: provider.name_en.clone(),
            department_ko: provider.department_ko.clone(),
            department_en: provider.department_en.clone(),
            opened_at: kst(now),
            expires_at: kst(link.expires_at),
        },
        head: Head {
            number: view.document.number.clone(),
            patient: view.patient.name.clone(),
            patient_romanised: view.patient.name_romanised.clone(),
            birth_date: view.patient.birth_date.clone(),
            urgency_ko: view.urgency.label.ko.clone(),
            urgency_en: view.urgency.label.en.clone(),
            urgent: matches!(view.urgency.code, Urgency::Urgent),
        },
        version: task.version,
        state,
        meaning,
        stages: standing::stages(task.state),
        dues: dues(task, now),
        forms: may.iter().filter_map(|action| form(action.code(), &offered)).collect(),
        appointment: newest_appointment(&desk.notes).filter(|_| ahead(task)).map(|(_, at)| meeting(task, at)),
        takes_files: outcomes.iter().any(|action| may.contains(action)),
        files: desk.files.iter().map(files::row).collect(),
        colleagues: if may.contains(&TaskAction::AddColleague) {
            colleague::contacts(provider, &desk.directory, now)
        } else {
            vec![]
        },
        history: history(desk),
    }
}

fn meeting(task: &Task, at: &Appointment) -> Meeting {
    let standing = if task.appointment_confirmed {
        two("예약 (환자가 확인함)", "Appointment, confirmed by the patient")
    } else {
        two("제안한 예약 (환자의 확인을 기다림)", "Proposed appointment, not yet confirmed by the patient")
    };
    Meeting::new(standing, (at.start, at.end), at.place.expose(), at.prepare.as_ref().map(|text| text.expose()))
}

/// By when the institution should have said something: the last minute of a day in Seoul, since an end at 00:00 is read as the day
/// after.
fn dues(task: &Task, now: DateTime<Utc>) -> Vec<Due> {
    let Some(due) = &task.due else { return vec![] };
    let row = |name, at: DateTime<Utc>| Due { name, at: kst_minute(at - TimeDelta::minutes(1)), late: now >= at };
    let owed = task.owed();
    let until = |name, wanted: Mark| {
        let by = owed.marks().into_iter().find(|(mark, _)| *mark == wanted);
        by.map(|(_, at)| row(name, at)).into_iter().collect()
    };
    match owed {
        Owed::Acknowledgement { .. } => vec![
            row(two("수신 확인 기한", "Confirm receipt by"), due.acknowledge_by),
            row(two("결정 기한", "Decide by"), due.decide_by),
        ],
        Owed::Decision { .. } => vec![row(two("결정 기한", "Decide by"), due.decide_by)],
        Owed::CancelAnswer { .. } if task.cancelling.is_some_and(|asked| asked.by == Party::Patient) => {
            until(two("취소 요청 답변 기한", "Answer the request to cancel by"), Mark::CancelDue)
        }
        Owed::Appointment { .. } => until(two("예약 제안 기한", "Propose an appointment by"), Mark::AppointmentDue),
        Owed::PatientAnswer { .. } | Owed::CancelAnswer { .. } | Owed::Outcome { .. } | Owed::Nothing => vec![],
    }
}

/// Institutions that a patient could be sent on to.
fn institutions(own: &Provider, directory: &[Provider], now: DateTime<Utc>) -> Vec<Choice> {
    let others = directory.iter().filter(|other| other.id != own.id && other.may_receive(now));
    others
        .map(|other| Choice {
            value: other.id.to_string(),
            ko: format!("{} {}", other.name_ko, other.department_ko),
            en: format!("{}, {}", other.name_en, other.department_en),
            chosen: false,
        })
        .collect()
}

/// What happened, the newest first.
fn history(desk: &Desk) -> Vec<Row> {
    let steps = desk.task.steps.iter().rev();
    steps
        .map(|step| Row {
            at: kst_minute(step.at),
            who: standing::who(step.by),
            what: standing::deed(step.action),
            reason: step.reason.and_then(|why| reason(why.code())),
            said: desk.notes.get(&step.n).map(|note| said(note, desk)).unwrap_or_default(),
        })
        .collect()
}

const fn currency(currency: Currency) -> &'static str {
    match currency {
        Currency::Krw => "KRW",
        Currency::Usd => "USD",
    }
}

/// The words of a step.
fn said(note: &Note, desk: &Desk) -> Vec<(Two, String)> {
    let mut said = Vec::new();
    if let Some(text) = &note.text {
        said.push((two("내용", "Said"), text.expose().to_owned()));
    }
    if let Some(to) = &note.to {
        let name = desk.directory.iter().find(|other| other.id == *to);
        let name = name.map_or_else(|| to.to_string(), |p| format!("{} · {}", p.name_ko, p.name_en));
        said.push((two("기관", "Institution"), name));
    }
    if let Some(at) = &note.appointment {
        said.push((two("시간", "Time"), format!("{} – {} KST", kst_minute(at.start), kst_minute(at.end))));
        said.push((two("장소", "Place"), at.place.expose().to_owned()));
        said.extend(at.prepare.iter().map(|text| (two("준비할 것", "How to prepare"), text.expose().to_owned())));
    }
    if let Some(estimate) = &note.estimate {
        said.push((two("예상되는 진료", "Expected treatment"), estimate.treatment.expose().to_owned()));
        let amount = format!("{} – {} {}", estimate.low, estimate.high, currency(estimate.currency));
        said.push((two("예상 금액", "Estimated amount"), amount));
        said.extend(estimate.included.iter().map(|text| (two("포함된 것", "Included"), text.expose().to_owned())));
    }
    if let Some(outcome) = note.outcome.as_ref().filter(|outcome| !outcome.files.is_empty()) {
        let file = |file: &&Upload| outcome.files.contains(&file.id);
        let numbers: Vec<String> = desk.files.iter().filter(file).map(|file| format!("#{}", file.number)).collect();
        said.push((two("파일", "Files"), numbers.join(", ")));
    }
    said
}
