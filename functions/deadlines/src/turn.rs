//! The turn of one Task: what is due about it, in one transaction with the mails.

use crate::{Deadlines, Failure};
use chrono::{DateTime, Utc};
use medius_domain::access::{Action, Event, Object, Purpose};
use medius_domain::case::Case;
use medius_domain::id::{CaseId, TaskId};
use medius_domain::link::Link;
use medius_domain::policy::{On, Thing, permit};
use medius_domain::task::deadline::{Mark, Told, weightiest};
use medius_domain::task::{Party, Task, TaskAction};
use medius_store::{
    Around, Change, Conflict, DeskNotice, MailAbout, MailRecord, Notice, Place, Snapshot, StoreError, pause,
};

/// Times that a turn is taken anew when others wrote at the same Task.
const ATTEMPTS: u32 = 8;

/// What a turn did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// Somebody was reminded.
    Reminded,
    /// It ended: nobody answered.
    Expired,
    /// It ended: the patient has the outcome.
    Completed,
    /// There was nobody to tell any more.
    Settled,
    /// Nothing could be done now: processing is suspended, or nothing is due.
    Later,
}

impl Deadlines {
    /// Takes the turn of a Task.
    ///
    /// # Errors
    /// [`Failure`]; nothing was told.
    pub async fn turn(&self, case: &CaseId, task: &TaskId, request_id: &str) -> Result<Turn, Failure> {
        let mut attempt = 0;
        loop {
            match self.try_turn(case, task, request_id).await {
                Err(Failure::Store(StoreError::Conflict(Conflict::Busy | Conflict::Version))) if attempt < ATTEMPTS => {
                    attempt += 1;
                    pause(attempt).await;
                }
                done => return done,
            }
        }
    }

    async fn try_turn(&self, id: &CaseId, task: &TaskId, request_id: &str) -> Result<Turn, Failure> {
        let places = [Place::Case(id.clone()), Place::Assignment(id.clone()), Place::case_log(id)];
        let own = Place::Task(id.clone(), task.clone());
        let snapshot = self.db.read(places.into_iter().chain([own])).await?;
        let now = self.db.now();
        let found = (snapshot.task(id, task)?, snapshot.case(id)?);
        // What is destroyed owes nothing.
        let (Some(task), Some(case)) = found else { return Ok(Turn::Later) };
        if task.due_at().is_none_or(|at| at > now) {
            return Ok(Turn::Later);
        }
        let event = event(&task, request_id);
        if case.suspends(&event, Some(&task.provider_id)) {
            return Ok(Turn::Later);
        }
        let leave = permit(event, &On::Behind(id, &task.subject)).map_err(|_| Failure::Policy)?;
        let live = self.db.live_links(id).await?;
        let links: Vec<&Link> = live.iter().filter(|link| task.owns(link)).collect();
        let mut change = Change::new(leave, now);
        let turn = if let Some(next) = task.ended_by_time(now) {
            self.end(&mut change, &case, &next, now).await?
        } else {
            let marks = task.owed().reached(&task.told, now);
            let lost = links.is_empty() && self.lost(&task).await?;
            change.update_task(&task.after_telling(&marks), case.expires_at)?;
            remind(&mut change, (&snapshot, &case, &task), (&links, lost), &weightiest(&marks), now)?
        };
        self.db.commit(change, &snapshot).await?;
        Ok(turn)
    }

    /// Whether the institution lost its link by time, by wrong codes or by its mailbox. Where the patient took it back, nobody is to
    /// send another.
    async fn lost(&self, task: &Task) -> Result<bool, StoreError> {
        let Some(id) = task.links.last() else { return Ok(false) };
        let newest = self.db.read([Place::Link(id.clone())]).await?.link(id)?;
        Ok(newest.is_some_and(|link| !link.state.over()))
    }

    /// The end of a Task by time, with its mails; where the outcome is there the service is completed.
    async fn end(&self, change: &mut Change, case: &Case, next: &Task, now: DateTime<Utc>) -> Result<Turn, Failure> {
        let last = self.db.tasks(&case.id).await?.iter().all(|other| other.id == next.id || other.state.over());
        change.step_task(next, Around { case, live: &[], last, at: None }, now)?;
        let completed = next.steps.last().is_some_and(|step| step.action == TaskAction::Complete);
        Ok(if completed { Turn::Completed } else { Turn::Expired })
    }
}

/// Orders the mails of the marks that weigh most: to everybody of the institution who has a link. Where no link lives any more, the
/// institution can neither be reminded nor answer, and a coordinator is told so. A completed service has nobody to remind.
fn remind(
    change: &mut Change,
    (snapshot, case, task): (&Snapshot, &Case, &Task),
    (links, lost): (&[&Link], bool),
    marks: &[Mark],
    now: DateTime<Utc>,
) -> Result<Turn, StoreError> {
    let mut turn = Turn::Settled;
    if case.completion.is_some() {
        return Ok(turn);
    }
    // Assigned once, however much is told: one change writes an item once.
    let mut due = snapshot.assignment(&case.id)?.asked(case, now);
    let about_case = |about| MailRecord::new(about, case.id.clone(), case.subject.clone(), now);
    for mark in marks {
        let mails = match addressee(task, *mark) {
            To::Institution if !lost => links.iter().map(|link| MailRecord::news(link, now)).collect(),
            To::Patient => vec![about_case(MailAbout::PatientNotice { notice: Notice::AnswerAwaited })],
            To::Institution => vec![about_case(MailAbout::CoordinatorNotice { notice: DeskNotice::LinkOver })],
            To::Coordinator => vec![about_case(MailAbout::CoordinatorNotice { notice: escalation(*mark) })],
        };
        for mail in &mails {
            if matches!(mail.about, MailAbout::CoordinatorNotice { .. })
                && let Some(due) = due.take()
            {
                change.assign(&due, case)?;
            }
            change.order_mail(mail)?;
            turn = Turn::Reminded;
        }
    }
    Ok(turn)
}

/// What a coordinator is told at a mark.
const fn escalation(mark: Mark) -> DeskNotice {
    match mark {
        Mark::OutcomeEscalated => DeskNotice::OutcomeMissing,
        Mark::CancelEscalated => DeskNotice::CancelUnanswered,
        Mark::AppointmentEscalated => DeskNotice::AppointmentMissing,
        Mark::QuestionEscalated => DeskNotice::QuestionUnanswered,
        Mark::AcknowledgeHalf
        | Mark::AcknowledgeDue
        | Mark::AcknowledgeEscalated
        | Mark::DecideHalf
        | Mark::DecideDue
        | Mark::DecideEscalated
        | Mark::AppointmentHalf
        | Mark::AppointmentDue
        | Mark::QuestionHalf
        | Mark::QuestionDue
        | Mark::OutcomeAsked
        | Mark::CancelHalf
        | Mark::CancelDue => DeskNotice::AnswerMissing,
    }
}

/// Who gets a mail.
enum To {
    Institution,
    Patient,
    Coordinator,
}

/// Whom a mark of a Task is told.
fn addressee(task: &Task, mark: Mark) -> To {
    match mark.told() {
        Told::Institution => To::Institution,
        Told::Patient => To::Patient,
        Told::OtherSide if task.cancelling.is_some_and(|asked| asked.by == Party::Institution) => To::Patient,
        Told::OtherSide => To::Institution,
        Told::Coordinator => To::Coordinator,
    }
}

fn event(task: &Task, request_id: &str) -> Event {
    Event::of_function(
        "deadlines",
        Action::Update,
        Object::of(Thing::Task, &task.id, "clock"),
        Purpose::Provision,
        Some(request_id),
    )
}
