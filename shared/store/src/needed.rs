//! Requests to institutions that need a coordinator, by the day until which: the index holds only those, because a Task says itself
//! whether it needs somebody.

use crate::database::Database;
use crate::error::StoreError;
use crate::item::{decode, key, text};
use crate::place::{Place, Table};
use crate::tasks::NEEDED;
use crate::work_list::Waiting;
use chrono::NaiveDate;
use medius_domain::id::{CaseId, TaskId};
use medius_domain::task::Task;
use std::collections::{BTreeMap, BTreeSet};

/// Tasks in one page: each with its case and its assignment fits into one transaction, which takes 100 places.
const PER_PAGE: i32 = 50;

/// A request that needs a coordinator, with its case and who looks after that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Needed {
    /// The request.
    pub task: Task,
    /// The case.
    pub waiting: Waiting,
    /// The day (Asia/Seoul) until which somebody should have seen to it.
    pub due_on: NaiveDate,
}

/// The request after which a page goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NeededAfter {
    /// Its day.
    pub due_on: NaiveDate,
    /// Its case.
    pub case: CaseId,
    /// Its id.
    pub task: TaskId,
}

impl Database {
    /// Requests that need a coordinator until a day or before, the most urgent first, and where the next page goes on. A page can
    /// hold fewer than the next one: what belongs to a closed service is left out. The index follows the table within a second or so.
    ///
    /// # Errors
    /// [`StoreError::Service`] or [`StoreError::Corrupt`].
    pub async fn needed_tasks(
        &self,
        until: NaiveDate,
        after: Option<&NeededAfter>,
    ) -> Result<(Vec<Needed>, Option<NeededAfter>), StoreError> {
        let from = after.map(|after| {
            let mut from = key(&Place::Task(after.case.clone(), after.task.clone()));
            from.insert("desk".to_owned(), text(NEEDED));
            from.insert("desk_on".to_owned(), text(after.due_on.to_string()));
            from
        });
        let query = self.client.query().table_name(self.tables.name(Table::Cases)?).index_name("by_need");
        let query = query
            .key_condition_expression("desk = :needed AND desk_on <= :until")
            .expression_attribute_values(":needed", text(NEEDED))
            .expression_attribute_values(":until", text(until.to_string()));
        let answer = query.limit(PER_PAGE).set_exclusive_start_key(from).send().await;
        let answer = answer.map_err(|e| StoreError::service("DynamoDB", "Query", &e))?;
        let tasks: Vec<Task> = answer.items().iter().map(|item| decode("task", item)).collect::<Result<_, _>>()?;
        let more = answer.last_evaluated_key.is_some();
        let at = |task: &Task| {
            let due_on = task.needed_on()?;
            Some(NeededAfter { due_on, case: task.case_id.clone(), task: task.id.clone() })
        };
        let next = tasks.last().and_then(at).filter(|_| more);
        let cases: BTreeSet<CaseId> = tasks.iter().map(|task| task.case_id.clone()).collect();
        let waiting = self.waiting(&cases.into_iter().collect::<Vec<_>>()).await?;
        let open = waiting.into_iter().filter(|w| w.case.completion.is_none());
        let open: BTreeMap<CaseId, Waiting> = open.map(|w| (w.case.id.clone(), w)).collect();
        let found = tasks.into_iter().filter_map(|task| {
            let (waiting, due_on) = (open.get(&task.case_id)?.clone(), task.needed_on()?);
            Some(Needed { task, waiting, due_on })
        });
        Ok((found.collect(), next))
    }
}
