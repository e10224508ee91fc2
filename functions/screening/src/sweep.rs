//! What was lost: files whose event never came, files that nobody checked in time, and copies that were handed over. And what
//! is to go: files that their owners took back.

use crate::{Failure, Screening};
use chrono::TimeDelta;
use medius_domain::upload::{Upload, UploadState, UploadStep};
use medius_http::{Error, telemetry};
use medius_store::Place;

/// Minutes after which an object in quarantine has been forgotten by its events.
const FORGOTTEN: i64 = 30;

impl Screening {
    /// Goes over everything that lies too long. One file's failure leaves the others their turn.
    pub(crate) async fn sweep(&self, request_id: &str) -> Result<(), Error> {
        let now = self.db.now();
        let (mut looked_at, mut failed) = (0_u64, 0_u64);
        for upload in self.db.unsettled_uploads(now).await? {
            looked_at += 1;
            failed += u64::from(noted(self.overdue(&upload, request_id).await));
        }
        for key in self.quarantine.before(now - TimeDelta::minutes(FORGOTTEN)).await? {
            looked_at += 1;
            failed += u64::from(noted(self.look(&key, None, request_id).await.map(|_| ())));
        }
        let handed_over = self.handoff.sweep(now).await?;
        tracing::info!(looked_at, failed, handed_over, "sweep");
        if failed > 0 { Err("some files could not be dealt with".into()) } else { Ok(()) }
    }

    /// A file whose time is over: it may have come without its event, or never.
    async fn overdue(&self, listed: &Upload, request_id: &str) -> Result<(), Failure> {
        let owner = &listed.owner;
        if listed.state == UploadState::Awaited {
            self.look(&listed.quarantine_key(), None, request_id).await?;
        }
        // As it is now: the index may be behind, and the look may have moved it.
        let places = [Place::Upload(owner.clone(), listed.id.clone()), Place::LogHead(owner.scope())];
        let snapshot = self.db.read(places).await?;
        let Some(upload) = snapshot.upload(owner, &listed.id)? else { return Ok(()) };
        if upload.state == UploadState::Removing {
            return self.take_away(&snapshot, &upload, request_id).await.map(|_| ());
        }
        if upload.due_at().is_none_or(|due| due > self.db.now()) {
            return Ok(());
        }
        let part = if upload.state == UploadState::Awaited { "lapsed" } else { "refused" };
        self.move_on(&snapshot, &upload, UploadStep::Lapse, part, request_id).await?;
        self.files.remove(&upload).await?;
        self.quarantine.remove(&upload.quarantine_key()).await?;
        Ok(())
    }
}

fn noted(result: Result<(), Failure>) -> bool {
    let Err(error) = result else { return false };
    telemetry::count("ScreeningFailed");
    tracing::error!(cause = %error, "left to the next sweep");
    true
}
