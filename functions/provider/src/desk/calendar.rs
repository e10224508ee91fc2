//! The appointment as a calendar file: for the institution's own calendar, without the patient's name.

use crate::desk::answer::Desk;
use crate::desk::sight::appointment;
use medius_domain::calendar::of_task;

/// The file; none where there is no appointment to be kept in mind.
pub(crate) fn file(desk: &Desk, operator: &crate::Operator) -> Option<String> {
    let (_, at) = appointment(&desk.notes)?;
    let summary = format!("진료 예약 · Appointment {}", desk.view.document.number);
    of_task(&desk.task, at, &summary, &format!("{} {}", operator.name, operator.phone))
}
