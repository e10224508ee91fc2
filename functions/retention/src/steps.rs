//! The steps of a destruction, one after the other. Each does its work, which can be repeated, and then moves the ledger; of
//! two runs at the same step one moves it and the other finds out and goes on from there.

use crate::{Failure, Retention};
use chrono::{DateTime, Utc};
use medius_domain::access::{Action, Scope};
use medius_domain::destruction::{Certificate, Ground, Ledger, Move, Step};
use medius_domain::id::{CaseId, Subject};
use medius_domain::lifecycle::Hold;
use medius_domain::signed::Kind;
use medius_http::telemetry;
use medius_store::{
    Change, Conflict, Doomed, MailAbout, MailRecord, MailStatus, Notice, Place, STORES, Snapshot, StoreError,
};

/// How far a destruction got in a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// There is nothing more to do, now or ever.
    Finished,
    /// It waits for its time, or for the mail to go out.
    Waiting,
    /// Another run is at it.
    InOtherHands,
    /// The caller wanted no more.
    Stopped,
}

/// Where the caller wants to stop: asked before each step.
pub trait Stop: Send {
    /// Whether to stop before the step that follows this one.
    fn before(&mut self, after: Step) -> bool;
}

impl<F: FnMut(Step) -> bool + Send> Stop for F {
    fn before(&mut self, after: Step) -> bool {
        self(after)
    }
}

/// Mails that one step orders at the most: the rest of a transaction's 100 writes is the ledger's and the log's.
const MOST_MAILS: usize = 90;

fn defect(error: impl std::fmt::Display) -> Failure {
    Failure::Ledger(error.to_string())
}

impl Retention {
    /// Enters a destruction into the ledger, or finds the one that is there.
    ///
    /// # Errors
    /// [`Failure`].
    pub async fn enter(
        &self,
        case: &CaseId,
        subject: &Subject,
        ground: Ground,
        due_at: DateTime<Utc>,
        request_id: &str,
    ) -> Result<Ledger, Failure> {
        let new = Ledger::new(case.clone(), String::new(), ground, due_at, self.db.now());
        let scope = Scope::Case(case.clone());
        let snapshot = self.db.read([Place::Ledger(new.id.clone()), Place::LogHead(scope)]).await?;
        if let Some(there) = snapshot.ledger(&new.id)? {
            return Ok(there);
        }
        let new = Ledger { subject_hmac: self.codes.subject_hmac(subject).await?, ..new };
        let mut change = Change::new(Self::leave(case, Action::Delete, "due", request_id)?, self.db.now());
        change.put_ledger(&new)?;
        match self.db.commit(change, &snapshot).await {
            Ok(()) => Ok(new),
            // Another run was quicker.
            Err(StoreError::Conflict(Conflict::Version)) => {
                let there = self.db.read([Place::Ledger(new.id.clone())]).await?.ledger(&new.id)?;
                there.ok_or_else(|| defect("the ledger is not there"))
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Goes on with a destruction as far as it can be done now.
    ///
    /// # Errors
    /// [`Failure`]; what was moved before stays moved.
    pub async fn advance(&self, ledger: Ledger, request_id: &str, stop: &mut dyn Stop) -> Result<Progress, Failure> {
        let mut ledger = ledger;
        loop {
            if ledger.step == Step::Irrecoverable {
                return Ok(Progress::Finished);
            }
            if !ledger.is_due(self.db.now()) {
                return Ok(Progress::Waiting);
            }
            if stop.before(ledger.step) {
                return Ok(Progress::Stopped);
            }
            let doomed = self.db.doomed(&ledger.case_id).await?;
            let Some((next, mails)) = Box::pin(self.work(&ledger, &doomed, request_id)).await? else {
                return Ok(Progress::Waiting);
            };
            match self.record(&next, mails, &doomed.snapshot, request_id).await {
                Ok(()) => ledger = next,
                Err(Failure::Store(StoreError::Conflict(Conflict::Version))) => return Ok(Progress::InOtherHands),
                Err(error) => return Err(error),
            }
        }
    }

    /// Does the work of the next step; nothing when it has to wait.
    async fn work(
        &self,
        ledger: &Ledger,
        doomed: &Doomed,
        request_id: &str,
    ) -> Result<Option<(Ledger, Vec<MailRecord>)>, Failure> {
        let mut now = ledger.clone();
        let moved = |ledger: &Ledger, by| ledger.moved(by).map_err(defect);
        let next = match ledger.step {
            Step::Due => {
                if let Some(postponed) = self.postponed(ledger, doomed)? {
                    return Ok(Some((postponed, Vec::new())));
                }
                self.destroyer.take_stock(&mut now).await?;
                return Ok(Some(self.told(moved(&now, Move::Told)?, doomed)));
            }
            Step::Told => {
                if let Some(postponed) = self.postponed(ledger, doomed)? {
                    return Ok(Some((postponed, Vec::new())));
                }
                if self.mail_is_on_its_way(ledger).await? {
                    return Ok(None);
                }
                if let Some(case) = &doomed.case {
                    match self.db.condemn(case).await {
                        // It changed since it was looked at: the next look decides anew.
                        Err(StoreError::Conflict(_)) => return Ok(None),
                        done => done?,
                    }
                }
                self.destroyer.objects(&mut now).await?;
                moved(&now, Move::ObjectsGone)?
            }
            Step::Objects => {
                self.destroyer.items(&mut now).await?;
                moved(&now, Move::ItemsGone)?
            }
            Step::Items => {
                self.destroyer.exports(&mut now).await?;
                moved(&now, Move::ExportsGone)?
            }
            Step::Exports => {
                self.destroyer.keys(&mut now).await?;
                moved(&now, Move::KeysGone)?
            }
            Step::Keys => {
                if self.nothing_is_left(ledger).await? {
                    // The moment that the certificate names: the word to institutions may take its time.
                    Ledger { destroyed_at: Some(self.db.now()), ..moved(&now, Move::NothingFound)? }
                } else {
                    moved(&now, Move::SomethingFound)?
                }
            }
            Step::Verified => {
                if self.word_is_on_its_way(&mut now).await? {
                    return Ok(None);
                }
                self.certified(moved(&now, Move::Certified)?, doomed).await?
            }
            Step::Destroyed => {
                if !self.nothing_is_left(ledger).await? {
                    // A write that was under way: it could not be opened any more, but it must not lie there either.
                    Ledger { destroyed_at: None, ..moved(&now, Move::SomethingFound)? }
                } else {
                    self.word_is_on_its_way(&mut now).await?;
                    let last = Ledger { irrecoverable_at: Some(self.db.now()), ..moved(&now, Move::WindowPassed)? };
                    self.certified(last, doomed).await?
                }
            }
            Step::Irrecoverable => return Ok(None),
        };
        tracing::debug!(request_id, destruction.id = %next.id, step = next.step.code(), "step");
        Ok(Some(self.with_word(next)))
    }

    /// Whether every store is empty of the case, and what was sealed for it cannot be opened.
    async fn nothing_is_left(&self, ledger: &Ledger) -> Result<bool, Failure> {
        let left = self.destroyer.left(ledger).await?;
        let opens = self.destroyer.opens(&ledger.case_id).await?;
        if left > 0 || opens {
            telemetry::count("DestructionUnverified");
            tracing::warn!(destruction.id = %ledger.id, left, opens, "not destroyed yet");
        }
        Ok(left == 0 && !opens)
    }

    /// The ledger with a later time, where the case lives on: it was reopened, used again, kept for an open request, or is held.
    /// What the patient asked for waits for a hold alone.
    fn postponed(&self, ledger: &Ledger, doomed: &Doomed) -> Result<Option<Ledger>, Failure> {
        let Some(case) = &doomed.case else { return Ok(None) };
        let later = match ledger.ground {
            Ground::Deletion => case.hold.as_ref().map(Hold::ends_at).filter(|at| *at > self.db.now()),
            Ground::RetentionEnded => Some(case.destroy_at()),
        };
        let Some(later) = later.filter(|at| *at > ledger.due_at) else { return Ok(None) };
        let postponed = ledger.moved(Move::Postponed).map_err(defect)?;
        Ok(Some(Ledger { due_at: later, mail: None, ..postponed }))
    }

    /// The patient's mail, while there is an address: also where the case is found late, past its end.
    fn told(&self, told: Ledger, doomed: &Doomed) -> (Ledger, Vec<MailRecord>) {
        // A draft that never got so far: there is nobody to write to, and nothing to wait for.
        let Some(case) = doomed.case.as_ref().filter(|_| doomed.reachable) else { return (told, Vec::new()) };
        let about = MailAbout::PatientNotice { notice: Notice::Destroyed };
        let mail = MailRecord::new(about, case.id.clone(), case.subject.clone(), self.db.now());
        (Ledger { mail: Some(mail.id.clone()), ..told }, vec![mail])
    }

    /// The ledger with the mails that tell those who hold copies, once the destruction has begun and cannot be called off: some
    /// with each step, as many as a transaction takes.
    fn with_word(&self, ledger: Ledger) -> (Ledger, Vec<MailRecord>) {
        let (mut ledger, mut mails) = (ledger, Vec::new());
        if ledger.step >= Step::Objects {
            for held in ledger.third_parties.iter_mut().filter(|held| held.mail.is_none()).take(MOST_MAILS) {
                let (provider_id, documents) = (held.provider_id.clone(), held.documents.clone());
                let about = MailAbout::ProviderDestroyed { provider_id, documents };
                let mail = MailRecord::nameless(about, ledger.case_id.clone(), self.db.now());
                held.mail = Some(mail.id.clone());
                mails.push(mail);
            }
        }
        (ledger, mails)
    }

    /// Notes which institutions have been told. Says whether some mail is still to be waited for.
    async fn word_is_on_its_way(&self, ledger: &mut Ledger) -> Result<bool, Failure> {
        let (now, mut waits) = (self.db.now(), false);
        let late = ledger.mail_is_late(now);
        for held in ledger.third_parties.iter_mut().filter(|held| held.told_at.is_none()) {
            let Some(mail) = &held.mail else { continue };
            match self.db.mail_status(mail).await? {
                Some(MailStatus::Sent) => held.told_at = Some(now),
                Some(MailStatus::Pending | MailStatus::Sending) => waits = true,
                Some(MailStatus::Dropped) | None => {}
            }
        }
        Ok(waits && !late)
    }

    async fn mail_is_on_its_way(&self, ledger: &Ledger) -> Result<bool, Failure> {
        let Some(mail) = &ledger.mail else { return Ok(false) };
        let waiting = match self.db.mail_status(mail).await? {
            Some(MailStatus::Pending | MailStatus::Sending) => true,
            Some(MailStatus::Sent | MailStatus::Dropped) | None => false,
        };
        Ok(waiting && !ledger.mail_is_late(self.db.now()))
    }

    /// The ledger with its signed certificate.
    async fn certified(&self, ledger: Ledger, doomed: &Doomed) -> Result<Ledger, Failure> {
        let now = self.db.now();
        let head = doomed.snapshot.log_head(&Scope::Case(ledger.case_id.clone()))?;
        let ledger = Ledger { destroyed_at: ledger.destroyed_at.or(Some(now)), ..ledger };
        let certificate = Certificate::of(&ledger, &STORES, &head.hash, now);
        let envelope = self.signer.sign(Kind::Destruction, &certificate).await?;
        let certificate = Some(serde_json::to_string_pretty(&envelope).map_err(defect)?);
        Ok(Ledger { certificate, ..ledger })
    }

    /// Moves the ledger, with the mails and the entry in the access log.
    async fn record(
        &self,
        next: &Ledger,
        mails: Vec<MailRecord>,
        snapshot: &Snapshot,
        request_id: &str,
    ) -> Result<(), Failure> {
        let leave = Self::leave(&next.case_id, Action::Delete, next.step.code(), request_id)?;
        let mut change = Change::new(leave, self.db.now());
        change.put_ledger(next)?;
        for mail in &mails {
            change.order_mail(mail)?;
        }
        Ok(self.db.commit(change, snapshot).await?)
    }
}
