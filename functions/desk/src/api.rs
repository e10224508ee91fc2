//! What clients send and get: the work list and assignments. A case is in [`crate::case_view`], messages are in
//! [`crate::message_api`].

use chrono::{DateTime, NaiveDate, Utc};
use medius_domain::access::AccessReason;
use medius_domain::case::CaseState;
use medius_domain::clock::kst_day;
use medius_domain::field::Invalid;
use medius_domain::id::{CaseId, Subject};
use medius_domain::work::Assignment;
use medius_store::Waiting;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Which cases the work list is asked for.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct WorkListParams {
    /// `draft` or `complete`; `complete` unless said.
    #[param(value_type = Option<String>)]
    pub state: Option<CaseState>,
    /// The last day (Asia/Seoul) on which a case may be due; two weeks ahead unless said.
    pub due_by: Option<NaiveDate>,
    /// Whose cases: `me`, `none` or `any`; `any` unless said.
    #[param(value_type = Option<String>)]
    pub assignee: Option<Whose>,
}

/// Whose cases are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Whose {
    /// The asker's own.
    Me,
    /// Nobody's.
    None,
    /// Everybody's.
    Any,
}

impl Whose {
    /// Whether an assignment is wanted by who asks.
    pub fn wants(self, assignment: &Assignment, asker: &Subject) -> bool {
        match self {
            Self::Me => assignment.assignee.as_ref() == Some(asker),
            Self::None => assignment.assignee.is_none(),
            Self::Any => true,
        }
    }
}

/// Why staff look, where it must be said.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ReasonParams {
    /// Code of the reason; needed for a case that is not assigned to the asker.
    #[param(value_type = Option<String>)]
    pub reason: Option<AccessReason>,
}

/// Whom a case is assigned to, seen by who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Assigned {
    /// To who asks.
    Me,
    /// To somebody else.
    Other,
    /// To nobody.
    Nobody,
}

impl Assigned {
    /// As the asker sees it.
    pub fn of(assignment: &Assignment, asker: &Subject) -> Self {
        match &assignment.assignee {
            None => Self::Nobody,
            Some(subject) if subject == asker => Self::Me,
            Some(_) => Self::Other,
        }
    }
}

/// A case that waits. Nothing in it says who the patient is.
#[derive(Debug, Serialize, ToSchema)]
pub struct WorkItem {
    /// The case.
    #[schema(value_type = String)]
    pub case_id: CaseId,
    /// `draft` or `complete`.
    #[schema(value_type = String)]
    pub state: CaseState,
    /// The day (Asia/Seoul) on which it should be looked at.
    pub due_on: NaiveDate,
    /// Whether that day is past.
    pub overdue: bool,
    /// Whom it is assigned to.
    pub assigned: Assigned,
    /// When the patient changed it last.
    pub updated_at: DateTime<Utc>,
    /// Version of the assignment, for `If-Match`.
    pub version: u64,
}

impl WorkItem {
    /// As the asker sees it at a moment.
    pub fn new(waiting: &Waiting, asker: &Subject, now: DateTime<Utc>) -> Self {
        let due_on = waiting.due();
        Self {
            case_id: waiting.case.id.clone(),
            state: waiting.case.state,
            due_on,
            overdue: due_on < kst_day(now),
            assigned: Assigned::of(&waiting.assignment, asker),
            updated_at: waiting.case.updated_at,
            version: waiting.assignment.rev,
        }
    }
}

/// Cases that wait.
#[derive(Debug, Serialize, ToSchema)]
pub struct WorkItems {
    /// The cases, the most urgent first, at most 100.
    pub items: Vec<WorkItem>,
    /// Whether more wait than are in the list: narrow `due_by` or `assignee`.
    pub more: bool,
}

/// Who shall look after a case, and when next. It replaces what was set before.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AssignmentRequest {
    /// `me`, the pseudonym of a member of staff, or null for nobody. It cannot be left out.
    #[schema(value_type = Option<String>)]
    #[serde(deserialize_with = "Option::deserialize")]
    pub assignee: Option<Assignee>,
    /// The day (Asia/Seoul) on which to look at it next, from today to a year ahead; without one the rule gives the day.
    #[serde(default)]
    pub due_on: Option<NaiveDate>,
}

/// Whom to assign to.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub enum Assignee {
    /// Who asks.
    Me,
    /// A member of staff.
    Member(Subject),
}

impl TryFrom<String> for Assignee {
    type Error = Invalid;
    fn try_from(s: String) -> Result<Self, Invalid> {
        if s == "me" { Ok(Self::Me) } else { s.parse().map(Self::Member) }
    }
}

impl Assignee {
    /// The person meant by who asks.
    pub fn subject(self, asker: &Subject) -> Subject {
        match self {
            Self::Me => asker.clone(),
            Self::Member(subject) => subject,
        }
    }
}

/// Who looks after a case.
#[derive(Debug, Serialize, ToSchema)]
pub struct AssignmentView {
    /// The case.
    #[schema(value_type = String)]
    pub case_id: CaseId,
    /// Whom it is assigned to, seen by who asks.
    pub assigned: Assigned,
    /// The member of staff, as a pseudonym.
    #[schema(value_type = Option<String>)]
    pub assignee: Option<Subject>,
    /// The day that staff set.
    pub due_on: Option<NaiveDate>,
    /// Its version, also the `ETag` of the assignment.
    pub version: u64,
    /// When it was changed last; none when it never was.
    pub updated_at: Option<DateTime<Utc>>,
}

impl AssignmentView {
    /// As the asker sees it.
    pub fn new(assignment: &Assignment, asker: &Subject) -> Self {
        Self {
            case_id: assignment.case_id.clone(),
            assigned: Assigned::of(assignment, asker),
            assignee: assignment.assignee.clone(),
            due_on: assignment.due_on,
            version: assignment.rev,
            updated_at: (assignment.rev > 0).then_some(assignment.updated_at),
        }
    }
}

/// Why a letter is taken.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DownloadRequest {
    /// Code of the reason; always needed.
    #[schema(value_type = String)]
    #[serde(default)]
    pub reason: Option<AccessReason>,
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use chrono::TimeZone;
    use medius_domain::case::Case;
    use serde_json::json;

    fn subject(name: &str) -> Subject {
        Subject::of(name)
    }

    #[test]
    fn the_list_shows_ids_states_and_days_and_nothing_about_the_patient() {
        let now = Utc.with_ymd_and_hms(2026, 11, 20, 3, 0, 0).unwrap();
        let case = Case::new(subject("patient"), true, now).changed(CaseState::Complete, now);
        let assignment = Assignment { assignee: Some(subject("a")), rev: 3, ..Assignment::none(case.id.clone(), now) };
        let waiting = Waiting { case: case.clone(), assignment };
        let shown = |asker: &str, at| serde_json::to_value(WorkItem::new(&waiting, &subject(asker), at)).unwrap();
        assert_eq!(
            shown("a", now),
            json!({"case_id": case.id, "state": "complete", "due_on": "2026-11-24", "overdue": false, "assigned": "me",
                "updated_at": "2026-11-20T03:00:00Z", "version": 3})
        );
        // 24 November ends in Seoul at 15:00 UTC.
        let last = Utc.with_ymd_and_hms(2026, 11, 24, 14, 59, 59).unwrap();
        assert_eq!(shown("b", last)["overdue"], false);
        let late = shown("b", last + chrono::TimeDelta::seconds(1));
        assert_eq!((&late["overdue"], &late["assigned"]), (&json!(true), &json!("other")));
    }

    #[test]
    fn whose_cases_are_wanted() {
        let now = Utc.with_ymd_and_hms(2026, 11, 20, 3, 0, 0).unwrap();
        let nobodys = Assignment::none(CaseId::new(), now);
        let mine = Assignment { assignee: Some(subject("me")), ..nobodys.clone() };
        let others = Assignment { assignee: Some(subject("other")), ..nobodys.clone() };
        let wanted = |whose: Whose| [&nobodys, &mine, &others].map(|a| whose.wants(a, &subject("me")));
        assert_eq!(wanted(Whose::Me), [false, true, false]);
        assert_eq!(wanted(Whose::None), [true, false, false]);
        assert_eq!(wanted(Whose::Any), [true, true, true]);
    }

    #[test]
    fn an_assignment_names_somebody_or_says_nobody_and_is_never_silent() {
        let parse = serde_json::from_value::<AssignmentRequest>;
        assert_eq!(parse(json!({"assignee": "me"})).unwrap().assignee, Some(Assignee::Me));
        let member = subject("m");
        let named = parse(json!({"assignee": member, "due_on": "2026-11-24"})).unwrap();
        assert_eq!(named.assignee, Some(Assignee::Member(member)));
        assert_eq!(parse(json!({"assignee": null, "due_on": null})).unwrap().assignee, None);
        for refused in [json!({}), json!({"assignee": "you"}), json!({"assignee": 1}), json!({"due_on": "2026-11-24"})]
        {
            assert!(parse(refused).is_err());
        }
    }
}
