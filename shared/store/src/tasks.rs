//! Tasks beside their case: where each stands, in clear without a word about health, and what was said at its steps, sealed under
//! the case's key.

use crate::change::{Change, Kind};
use crate::database::Database;
use crate::error::{Conflict, StoreError};
use crate::item::{blob, bytes, encode, key, number, text, time};
use crate::keyring::WrappedKey;
use crate::place::{Place, Table};
use crate::seal::{Binding, DataKey};
use crate::snapshot::Snapshot;
use chrono::{DateTime, Utc};
use medius_domain::id::{CaseId, TaskId};
use medius_domain::task::appointment::Appointment;
use medius_domain::task::{Note, Task};
use std::collections::BTreeMap;

/// The part of the index in which Tasks stand about which the clock has something to tell.
const OPEN: &str = "open";
/// The part of the index in which Tasks stand that need a coordinator, by the day until which.
pub(crate) const NEEDED: &str = "needed";
const SAID: &str = "said";
const CORRUPT: StoreError = StoreError::Corrupt { place: "task note" };

pub(crate) fn binding(case: &CaseId, place: &Place) -> Binding {
    Binding::field(case, place, SAID)
}

/// What was said at the steps of a Task, by the step's number.
pub type Notes = BTreeMap<u32, Note>;

/// The newest appointment that was proposed, with the number of its step.
pub fn newest_appointment(notes: &Notes) -> Option<(u32, &Appointment)> {
    notes.iter().rev().find_map(|(n, note)| Some((*n, note.appointment.as_ref()?)))
}

fn item(task: &Task, kept_until: DateTime<Utc>) -> Result<(Place, crate::item::Item), StoreError> {
    let mut beside = vec![("version", number(task.revision()))];
    if let Some(day) = task.needed_on() {
        beside.extend([("desk", text(NEEDED)), ("desk_on", text(day.to_string()))]);
    }
    if let Some(at) = task.due_at() {
        beside.extend([("task_due", text(OPEN)), ("due_at", text(time(at)))]);
    }
    let place = Place::Task(task.case_id.clone(), task.id.clone());
    let item = encode(&place, task, Some(kept_until), beside)?;
    Ok((place, item))
}

/// The places of what was said at a Task's steps.
pub fn note_places(task: &Task) -> Vec<Place> {
    let noted = task.steps.iter().filter(|step| step.noted);
    noted.map(|step| Place::TaskNote(task.case_id.clone(), task.id.clone(), step.n)).collect()
}

impl Snapshot {
    /// A Task.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`].
    pub fn task(&self, case: &CaseId, id: &TaskId) -> Result<Option<Task>, StoreError> {
        self.body(&Place::Task(case.clone(), id.clone()))
    }

    /// What was said at a Task's steps, opened; its places ([`note_places`]) must have been read.
    ///
    /// # Errors
    /// [`StoreError::Seal`], or [`StoreError::Corrupt`] when one opens but is not of its form, or is not there.
    pub fn task_notes(&self, task: &Task, data: &DataKey) -> Result<Notes, StoreError> {
        let noted = task.steps.iter().filter(|step| step.noted);
        noted.map(|step| Ok((step.n, self.task_note(task, step.n, data)?))).collect()
    }

    fn task_note(&self, task: &Task, n: u32, data: &DataKey) -> Result<Note, StoreError> {
        let place = Place::TaskNote(task.case_id.clone(), task.id.clone(), n);
        let sealed = self.item(&place).and_then(|item| blob(item, SAID)).ok_or(CORRUPT)?;
        data.open_form(&binding(&task.case_id, &place), &sealed)
    }
}

impl Change {
    /// A new Task; it is kept until its case's end.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`].
    pub fn create_task(&mut self, task: &Task, kept_until: DateTime<Utc>) -> Result<(), StoreError> {
        let (place, item) = item(task, kept_until)?;
        self.create(place, item);
        Ok(())
    }

    /// A Task in its next revision, if the stored one is the one before.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`].
    pub fn update_task(&mut self, task: &Task, kept_until: DateTime<Utc>) -> Result<(), StoreError> {
        let (place, item) = item(task, kept_until)?;
        let expected = [(":expected", number(task.revision() - 1))];
        self.push(place, Kind::Put(item), "version = :expected", expected, Conflict::Version);
        Ok(())
    }

    /// What was said at a Task's newest step. A case that is destroyed at this moment gets nothing more.
    ///
    /// # Errors
    /// [`StoreError::Seal`].
    pub fn put_task_note(
        &mut self,
        task: &Task,
        note: &Note,
        (wrapped, data): (&WrappedKey, &DataKey),
        kept_until: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let n = task.steps.last().map_or(0, |step| step.n);
        let place = Place::TaskNote(task.case_id.clone(), task.id.clone(), n);
        let sealed = data.seal_form(&binding(&task.case_id, &place), note)?;
        let mut item = key(&place);
        item.insert("expires_at".to_owned(), number(kept_until.timestamp()));
        item.insert(SAID.to_owned(), bytes(&sealed));
        self.create(place, item);
        let same = [(":wrapped", bytes(&wrapped.0))];
        self.push(Place::DataKey(task.case_id.clone()), Kind::Check, "#wrapped = :wrapped", same, Conflict::Version);
        self.name_last("#wrapped", "wrapped");
        Ok(())
    }
}

impl Database {
    /// The Tasks of a case, the newest first.
    ///
    /// # Errors
    /// [`StoreError::Service`] or [`StoreError::Corrupt`].
    pub async fn tasks(&self, case: &CaseId) -> Result<Vec<Task>, StoreError> {
        let mut found: Vec<Task> =
            self.list("task", Table::Cases, Place::Case(case.clone()).pk(), Place::TASKS).await?;
        found.sort_by(|a, b| (b.created_at, b.id.as_str()).cmp(&(a.created_at, a.id.as_str())));
        Ok(found)
    }

    /// Tasks about which the clock has something to tell at a moment, the longest due first, at most `most`.
    ///
    /// # Errors
    /// [`StoreError::Service`] or [`StoreError::Corrupt`].
    pub async fn due_tasks(&self, until: DateTime<Utc>, most: i32) -> Result<Vec<Task>, StoreError> {
        let answer = self
            .client
            .query()
            .table_name(self.tables.name(Table::Cases)?)
            .index_name("by_task_due")
            .key_condition_expression("task_due = :open AND due_at <= :until")
            .expression_attribute_values(":open", text(OPEN))
            .expression_attribute_values(":until", text(time(until)))
            .limit(most)
            .send()
            .await
            .map_err(|e| StoreError::service("DynamoDB", "Query", &e))?;
        answer.items().iter().map(|item| crate::item::decode("task", item)).collect()
    }
}
