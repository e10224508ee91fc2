//! The list of cases that wait for staff. In the index `by_state` a case lies under its state and the day that the rule
//! gives; where staff set a day, the assignment lies there too, in a partition of its own. So each is found by its day, and
//! neither a patient's change nor one of staff's has to know what the other wrote.

use crate::database::Database;
use crate::error::StoreError;
use crate::item::{decode, text};
use crate::place::{Place, Table};
use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;
use chrono::NaiveDate;
use medius_domain::case::{Case, CaseState};
use medius_domain::id::CaseId;
use medius_domain::work::Assignment;
use std::collections::BTreeSet;

/// The partition of assignments with a day that staff set.
pub(crate) const DATED: &str = "dated";
/// Cases in one answer.
const MOST: usize = 100;
/// Cases looked at for one answer: those that staff put off or gave to others lie between those that are wanted.
const MOST_WALKED: usize = 2000;
/// Cases read in one transaction, which takes 100 places: each with its assignment.
const CASES_PER_READ: usize = 50;

/// A case that waits, with who looks after it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// The case.
    pub case: Case,
    /// Who looks after it, and the day that staff set.
    pub assignment: Assignment,
}

impl Waiting {
    /// The day on which it should be looked at.
    pub fn due(&self) -> NaiveDate {
        self.assignment.due(&self.case)
    }
}

/// Cases that wait, the most urgent first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkList {
    /// The cases, at most 100.
    pub items: Vec<Waiting>,
    /// Whether more wait than are in the list.
    pub more: bool,
}

impl WorkList {
    /// The most urgent of what was found; `more` when not everything was looked at.
    fn of(mut found: Vec<Waiting>, more: bool) -> Self {
        found.sort_by(|a, b| (a.due(), a.case.updated_at, &a.case.id).cmp(&(b.due(), b.case.updated_at, &b.case.id)));
        found.dedup_by(|a, b| a.case.id == b.case.id);
        let more = more || found.len() > MOST;
        found.truncate(MOST);
        Self { items: found, more }
    }
}

impl Database {
    /// Cases of a state that are due on a day or before and that are wanted by who looks after them. The index follows the
    /// table within a second or so.
    ///
    /// # Errors
    /// [`StoreError::Service`] or [`StoreError::Corrupt`].
    pub async fn work_list(
        &self,
        state: CaseState,
        until: NaiveDate,
        wanted: impl Fn(&Assignment) -> bool,
    ) -> Result<WorkList, StoreError> {
        let wanted = |w: &Waiting| w.case.state == state && w.due() <= until && wanted(&w.assignment);
        let mut found = Vec::new();
        let dated: Vec<Assignment> = self.all("assignment", self.by_day(DATED, until)?).await?;
        let ids: Vec<CaseId> = dated.into_iter().map(|a| a.case_id).collect();
        for ids in ids.chunks(CASES_PER_READ) {
            found.extend(self.waiting(ids).await?.into_iter().filter(wanted));
        }

        let known: BTreeSet<CaseId> = ids.into_iter().collect();
        let page = i32::try_from(CASES_PER_READ).unwrap_or(i32::MAX);
        let mut pages = self.by_day(state.code(), until)?.limit(page).into_paginator().send();
        let (mut walked, mut kept) = (0, 0);
        // Pages come by the rule's day, and what has a day of its own is found already: after enough there is no sooner one.
        while kept < MOST && walked < MOST_WALKED {
            let Some(page) = pages.next().await else { return Ok(WorkList::of(found, false)) };
            let page = page.map_err(|e| StoreError::service("DynamoDB", "Query", &e))?;
            let cases: Vec<Case> = page.items().iter().map(|i| decode("case", i)).collect::<Result<_, _>>()?;
            walked += cases.len();
            let ids: Vec<CaseId> = cases.into_iter().map(|c| c.id).filter(|id| !known.contains(id)).collect();
            let waiting = self.waiting(&ids).await?;
            let before = found.len();
            found.extend(waiting.into_iter().filter(wanted));
            kept += found.len() - before;
        }
        Ok(WorkList::of(found, true))
    }

    fn by_day(&self, partition: &str, until: NaiveDate) -> Result<QueryFluentBuilder, StoreError> {
        Ok(self
            .client
            .query()
            .table_name(self.tables.name(Table::Cases)?)
            .index_name("by_state")
            .key_condition_expression("#state = :state AND due_on <= :until")
            .expression_attribute_names("#state", "state")
            .expression_attribute_values(":state", text(partition))
            .expression_attribute_values(":until", text(until.to_string())))
    }

    /// Cases with their assignments as they are now; without those that are gone.
    pub(crate) async fn waiting(&self, ids: &[CaseId]) -> Result<Vec<Waiting>, StoreError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let places = ids.iter().flat_map(|id| [Place::Case(id.clone()), Place::Assignment(id.clone())]);
        let snapshot = self.read(places).await?;
        let mut found = Vec::with_capacity(ids.len());
        for id in ids {
            if let Some(case) = snapshot.case(id)? {
                found.push(Waiting { case, assignment: snapshot.assignment(id)? });
            }
        }
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use chrono::{Days, TimeZone, Utc};
    use medius_domain::id::Subject;

    /// A case of a day in November 2026, perhaps with a day that staff set.
    fn waiting(changed: u32, staff: Option<u32>) -> Waiting {
        let now = Utc.with_ymd_and_hms(2026, 11, changed, 3, 0, 0).unwrap();
        let case = Case::new(Subject::of("x"), false, now);
        let due_on = staff.and_then(|day| NaiveDate::from_ymd_opt(2026, 11, day));
        let assignment = Assignment { due_on, ..Assignment::none(case.id.clone(), now) };
        Waiting { case, assignment }
    }

    #[test]
    fn the_day_that_staff_set_goes_before_the_rules_in_both_directions() {
        // Drafts are due after 14 days: on 15, 16 and 17 November, unless staff say otherwise.
        let (put_off, plain, sooner) = (waiting(1, Some(28)), waiting(2, None), waiting(3, Some(10)));
        let list = WorkList::of(vec![put_off.clone(), plain.clone(), sooner.clone()], false);
        assert_eq!(list.items, [sooner, plain, put_off]);
        assert!(!list.more);
    }

    #[test]
    fn a_case_stands_in_the_list_once_and_the_list_says_when_it_is_cut() {
        let twice = waiting(5, Some(6));
        assert_eq!(WorkList::of(vec![twice.clone(), twice.clone()], false).items, [twice]);
        let many: Vec<Waiting> = (0..=MOST).map(|i| waiting(1 + u32::try_from(i % 28).unwrap(), None)).collect();
        let list = WorkList::of(many, false);
        assert_eq!((list.items.len(), list.more), (MOST, true));
        assert!(list.items.windows(2).all(|two| two[0].due() <= two[1].due()));
        let last = list.items.last().unwrap();
        assert!(last.due() <= last.case.updated_at.date_naive() + Days::new(14));
    }
}
