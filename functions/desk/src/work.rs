//! Use cases of the work list: which cases wait, and who looks after them.

use crate::State;
use crate::api::{AssignmentRequest, Whose, WorkItem, WorkItems, WorkListParams};
use chrono::{Days, NaiveDate};
use medius_domain::access::{Action, Object, Purpose, Scope};
use medius_domain::case::CaseState;
use medius_domain::clock::kst_day;
use medius_domain::field::{FieldError, Invalid};
use medius_domain::id::CaseId;
use medius_domain::policy::Thing;
use medius_domain::work::Assignment;
use medius_http::{Errand, IfMatch, Origin, Problem, ProblemKind, Staff};
use medius_store::{Change, Place};

/// Days that the list looks ahead unless said: as far as the rule for drafts.
const AHEAD_DAYS: u64 = 14;
/// Days that a case may be put off.
const MOST_DAYS: u64 = 366;

/// The cases that wait. The look is in the log of the registry before anything is shown: the list is nobody's case.
pub(crate) async fn list(
    state: &State,
    staff: &Staff,
    origin: &Origin,
    wanted: &WorkListParams,
) -> Result<WorkItems, Problem> {
    let object = Object::part(Thing::WorkList, "");
    let errand = Errand { staff, origin, action: Action::View, object, purpose: Purpose::Inquiry, reason: None };
    errand.admitted(&state.db).await?;
    let permit = errand.on_service(&Scope::Registry)?;
    let now = state.db.now();
    let until = wanted.due_by.unwrap_or_else(|| ahead(kst_day(now), AHEAD_DAYS));
    let whose = wanted.assignee.unwrap_or(Whose::Any);
    let fits = |assignment: &Assignment| whose.wants(assignment, &staff.subject);
    let found = state.db.work_list(wanted.state.unwrap_or(CaseState::Complete), until, fits).await?;
    let snapshot = state.db.read([Place::LogHead(Scope::Registry)]).await?;
    state.db.commit(Change::new(permit, now), &snapshot).await?;
    let items = found.items.iter().map(|waiting| WorkItem::new(waiting, &staff.subject, now)).collect();
    Ok(WorkItems { items, more: found.more })
}

/// Says who looks after a case, and when next.
pub(crate) async fn assign(
    state: &State,
    staff: &Staff,
    origin: &Origin,
    id: &CaseId,
    expected: IfMatch,
    wanted: AssignmentRequest,
) -> Result<Assignment, Problem> {
    let object = Object::part(Thing::Assignment, "");
    let errand = Errand { staff, origin, action: Action::Update, object, purpose: Purpose::Inquiry, reason: None };
    errand.admitted(&state.db).await?;
    let places = [Place::Case(id.clone()), Place::Assignment(id.clone()), Place::case_log(id)];
    let snapshot = state.db.read(places).await?;
    let (case, permit) = errand.on_case(&state.db, &snapshot, id).await?;
    let before = snapshot.assignment(id)?;
    if before.rev != expected.0 {
        return Err(ProblemKind::VersionMismatch.into());
    }
    let now = state.db.now();
    if wanted.due_on.is_some_and(|day| !may_be_due(day, kst_day(now))) {
        return Err(Problem::invalid([FieldError::new("/due_on", Invalid::OutOfRange)]));
    }
    let next = Assignment {
        case_id: id.clone(),
        assignee: wanted.assignee.map(|assignee| assignee.subject(&staff.subject)),
        due_on: wanted.due_on,
        rev: before.rev + 1,
        updated_at: now,
    };
    let mut change = Change::new(permit, now);
    change.assign(&next, &case)?;
    state.db.commit(change, &snapshot).await?;
    Ok(next)
}

fn ahead(day: NaiveDate, days: u64) -> NaiveDate {
    day.checked_add_days(Days::new(days)).unwrap_or(day)
}

/// From today on, and not so late that the case would be forgotten.
fn may_be_due(day: NaiveDate, today: NaiveDate) -> bool {
    (today..=ahead(today, MOST_DAYS)).contains(&day)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_case_is_put_off_from_today_to_a_year() {
        let day = |y, m, d| NaiveDate::from_ymd_opt(y, m, d).unwrap();
        let today = day(2026, 11, 22);
        for (due, fits) in [
            (day(2026, 11, 21), false),
            (today, true),
            (day(2027, 11, 23), true),
            (day(2027, 11, 24), false),
            (NaiveDate::MAX, false),
        ] {
            assert_eq!(may_be_due(due, today), fits, "{due}");
        }
    }
}
