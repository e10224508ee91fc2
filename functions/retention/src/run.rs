//! One run by the schedule: what is due and what is unfinished, several cases at a time, for as long as there is time.
//!
//! A list is read page by page and its cursor is a key, not a number: what leaves the list meanwhile moves nothing in it, and
//! what comes back behind the cursor is the next run's. A step waits for stores most of its time, so that a few cases side by
//! side cost hardly more than one.

use crate::event::{Deadline, Report, failed};
use crate::{Progress, Retention, idle};
use chrono::TimeDelta;
use medius_domain::case::Case;
use medius_domain::destruction::{Ground, Ledger, Step, TELL_HOURS};
use medius_domain::id::DestructionId;
use medius_http::{Error, telemetry};
use medius_store::{Cursor, Page};
use std::sync::{Mutex, PoisonError};

/// Days before an open case's end at which it can be idle: a year, and the notice before.
const IDLE_AHEAD_DAYS: i64 = 381;

/// A run of the schedule.
pub(crate) struct Run<'a> {
    pub(crate) retention: &'a Retention,
    pub(crate) deadline: Deadline,
    pub(crate) request_id: &'a str,
}

impl Run<'_> {
    /// Enters what became due: open cases at their end, closed ones a day before, so that the patient can be told.
    pub(crate) async fn due(&self, report: &mut Report) -> Result<(), Error> {
        let now = self.retention.db.now();
        for (lifecycle, until) in [("closed", now + TimeDelta::hours(TELL_HOURS)), ("open", now)] {
            let mut from: Option<Cursor> = None;
            loop {
                if self.is_over(report) {
                    return Ok(());
                }
                let Page { items, next } = self.retention.db.due_cases(lifecycle, until, from).await?;
                // A case stays in the list until it is destroyed: whoever waits for a mail is there already.
                let there =
                    self.retention.db.entered(items.iter().map(|case| DestructionId::of(&case.id)).collect()).await?;
                let new: Vec<Case> =
                    items.into_iter().filter(|case| !there.contains(&DestructionId::of(&case.id))).collect();
                report.add(side_by_side(new, &self.deadline, &|case| self.enter(case)).await);
                from = next;
                if from.is_none() {
                    break;
                }
            }
        }
        Ok(())
    }

    async fn enter(&self, case: Case) -> Report {
        let (mut report, ground) = (Report::begun(), Ground::RetentionEnded);
        match self.retention.enter(&case.id, &case.subject, ground, case.destroy_at(), self.request_id).await {
            Ok(_) => report.entered += 1,
            Err(error) => failed(&mut report, &error),
        }
        report
    }

    /// Goes on with everything that has something to do, the nearest to its end first.
    pub(crate) async fn unfinished(&self, report: &mut Report) -> Result<(), Error> {
        for step in Step::ALL.into_iter().rev() {
            let mut from: Option<Cursor> = None;
            loop {
                if self.is_over(report) {
                    return Ok(());
                }
                let Page { items, next } = self.retention.db.due_ledgers(step, self.retention.db.now(), from).await?;
                report.add(side_by_side(items, &self.deadline, &|ledger| self.advance(ledger)).await);
                from = next;
                if from.is_none() {
                    break;
                }
            }
        }
        Ok(())
    }

    async fn advance(&self, ledger: Ledger) -> Report {
        let mut report = Report::begun();
        if ledger.is_late(self.retention.db.now()) {
            telemetry::count("OverdueDestruction");
            report.overdue += 1;
        }
        let id = ledger.id.clone();
        match self.retention.advance(ledger, self.request_id, &mut |_: Step| false).await {
            Ok(Progress::Finished | Progress::Waiting | Progress::InOtherHands | Progress::Stopped) => {
                report.advanced += 1;
            }
            Err(error) => {
                tracing::error!(destruction.id = %id, cause = %error, "a destruction failed");
                failed(&mut report, &error);
            }
        }
        report
    }

    /// Patients' requests whose destructions are done: what a crash left between the two.
    pub(crate) async fn requests(&self, report: &mut Report) -> Result<(), Error> {
        for request in self.retention.deletions_under_way().await? {
            if self.is_over(report) {
                return Ok(());
            }
            match self.retention.finish(&request, self.request_id).await {
                Ok(done) => report.completed += u64::from(done),
                Err(error) => failed(report, &error),
            }
        }
        Ok(())
    }

    /// Open cases in which nothing happens.
    pub(crate) async fn idle(&self, report: &mut Report) -> Result<(), Error> {
        let until = self.retention.db.now() + TimeDelta::days(IDLE_AHEAD_DAYS);
        let until = until.min(idle::idle_until(until, 0));
        let mut from: Option<Cursor> = None;
        loop {
            if self.is_over(report) {
                return Ok(());
            }
            let Page { items, next } = self.retention.db.due_cases("open", until, from).await?;
            report.add(side_by_side(items, &self.deadline, &|case| self.look_at(case)).await);
            from = next;
            if from.is_none() {
                return Ok(());
            }
        }
    }

    async fn look_at(&self, case: Case) -> Report {
        let mut report = Report { looked_at: 1, ..Report::begun() };
        if let Err(error) = self.retention.look_at_open(&case, self.request_id).await {
            failed(&mut report, &error);
        }
        report
    }

    /// Copies and files whose time is over.
    pub(crate) async fn sweeps(&self, report: &mut Report) -> Result<(), Error> {
        let goes_on = || !self.deadline.is_near();
        let copies = self.retention.destroyer.sweep_copies(&goes_on).await?;
        let files = self.retention.destroyer.sweep_files(&goes_on).await?;
        (report.copies, report.files) = (copies.removed, files.removed);
        report.complete &= copies.whole && files.whole;
        Ok(())
    }

    fn is_over(&self, report: &mut Report) -> bool {
        let over = self.deadline.is_near();
        report.complete &= !over;
        over
    }
}

/// Does a piece of work for each of a list, eight at a time, until the list or the time is over.
async fn side_by_side<T, F: Future<Output = Report>>(
    list: Vec<T>,
    deadline: &Deadline,
    work: &(impl Fn(T) -> F + Sync),
) -> Report {
    let list = Mutex::new(list.into_iter());
    let lane = || async {
        let mut report = Report::begun();
        loop {
            let next = list.lock().unwrap_or_else(PoisonError::into_inner).next();
            let Some(next) = next else { return report };
            if deadline.is_near() {
                report.complete = false;
                return report;
            }
            report.add(work(next).await);
        }
    };
    let parts = tokio::join!(lane(), lane(), lane(), lane(), lane(), lane(), lane(), lane());
    let mut report = Report::begun();
    for part in <[Report; 8]>::from(parts) {
        report.add(part);
    }
    report
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::Utc;
    use std::sync::atomic::{AtomicU64, Ordering};
    use std::time::Duration;

    #[tokio::test]
    async fn a_list_is_worked_through_once_several_at_a_time_and_no_longer_than_there_is_time() {
        let (running, most) = (AtomicU64::new(0), AtomicU64::new(0));
        let work = |n: u64| {
            let (running, most) = (&running, &most);
            async move {
                most.fetch_max(running.fetch_add(1, Ordering::Relaxed) + 1, Ordering::Relaxed);
                tokio::time::sleep(Duration::from_millis(1)).await;
                running.fetch_sub(1, Ordering::Relaxed);
                Report { advanced: 1, looked_at: n, ..Report::begun() }
            }
        };
        let until = |seconds| Deadline::at((Utc::now() + TimeDelta::seconds(seconds)).into());
        let report = side_by_side((1..=100).collect(), &until(600), &work).await;
        assert_eq!((report.advanced, report.looked_at, report.complete), (100, 5050, true));
        assert_eq!(most.into_inner(), 8);
        let none = |_: u64| async { Report { advanced: 1, ..Report::begun() } };
        let report = side_by_side((1..=100).collect(), &until(5), &none).await;
        assert_eq!((report.advanced, report.complete), (0, false));
        assert!(side_by_side(Vec::new(), &until(5), &none).await.complete, "nothing was left");
    }
}
