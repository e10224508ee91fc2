//! The appointment as a calendar file: for the institution's own calendar, without the patient's name.

use crate::desk::answer::Desk;
use crate::desk::sight::appointment;
use medius_domain::calendar::{Entry, Standing};
use medius_domain::clock::kst_minute;
use medius_domain::task::TaskState;

/// The file; none where there is no appointment.
pub(crate) fn file(desk: &Desk, operator: &crate::Operator) -> Option<String> {
    let (_, at) = appointment(&desk.notes)?;
    let task = &desk.task;
    let standing = match (task.state, task.appointment_confirmed) {
        (TaskState::Cancelled | TaskState::ConsentWithdrawn, _) => Standing::Cancelled,
        (_, true) => Standing::Confirmed,
        (_, false) => Standing::Tentative,
    };
    let number = &desk.view.document.number;
    let utc = |at: chrono::DateTime<chrono::Utc>| at.format("%Y-%m-%d %H:%M").to_string();
    let description = format!(
        "{} – {} KST (UTC+9)\n{} – {} UTC\n{} {}",
        kst_minute(at.start),
        kst_minute(at.end),
        utc(at.start),
        utc(at.end),
        operator.name,
        operator.phone
    );
    let entry = Entry {
        uid: &format!("{}@medius", task.id),
        sequence: task.version,
        stamp: task.updated_at,
        start: at.start,
        end: at.end,
        summary: &format!("진료 예약 · Appointment {number}"),
        place: at.place.expose(),
        description: &description,
        standing,
    };
    Some(entry.file())
}
