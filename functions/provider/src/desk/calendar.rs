//! The appointment as a calendar file: for the institution's own calendar, without the patient's name.

use crate::desk::answer::Desk;
use medius_domain::calendar::of_task;
use medius_store::newest_appointment;

/// The file; none where there is no appointment to be kept in mind.
pub(crate) fn file(desk: &Desk, operator: &crate::Operator) -> Option<String> {
    let (_, at) = newest_appointment(&desk.notes)?;
    let summary = format!("진료 예약 · Appointment {}", desk.view.document.number);
    of_task(&desk.task, at, &summary, &format!("{} {}", operator.name, operator.phone))
}
