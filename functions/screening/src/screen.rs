//! One file: its record and its bytes are read, it is checked, and it is kept, refused, or left waiting for the scan. Every
//! step can be repeated and can meet another run at the same file.

use crate::{Failure, Screening, check, scanner};
use medius_domain::upload::{FileHash, Owner, Refusal, Upload, UploadState, UploadStep};
use medius_http::telemetry;
use medius_store::{Change, Conflict, Place, Snapshot, StoreError};

/// What the scan said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Nothing was found.
    Harmless,
    /// Something was found.
    Harmful,
    /// The scan cannot look into it, for example an archive with a password.
    CannotTell,
    /// The scan failed; the sweep ends the waiting.
    Failed,
}

impl Verdict {
    /// Of GuardDuty's word. One that is not known yet is no clearance.
    pub(crate) fn of(status: &str) -> Self {
        match status {
            "NO_THREATS_FOUND" => Self::Harmless,
            "THREATS_FOUND" => Self::Harmful,
            "UNSUPPORTED" => Self::CannotTell,
            _ => Self::Failed,
        }
    }
}

/// What became of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Nobody awaits it: it was removed.
    NotOurs,
    /// It was dealt with before; what was left of it was removed.
    Before,
    /// There are no bytes.
    NotThere,
    /// Its form is right, and it waits for the scan.
    Waits,
    /// It is kept.
    Kept,
    /// It is refused.
    Refused(Refusal),
    /// Its owner took it back, and it is gone.
    TakenBack,
}

/// Times that a file is looked at again when another run was quicker.
const ATTEMPTS: u32 = 3;

impl Screening {
    /// Looks at an object of the quarantine bucket.
    pub(crate) async fn look(&self, key: &str, verdict: Option<Verdict>, request_id: &str) -> Result<Outcome, Failure> {
        let mut attempt = 1;
        loop {
            match self.try_look(key, verdict, request_id).await {
                Err(Failure::Store(StoreError::Conflict(Conflict::Version))) if attempt < ATTEMPTS => attempt += 1,
                outcome => return outcome,
            }
        }
    }

    async fn try_look(&self, key: &str, verdict: Option<Verdict>, request_id: &str) -> Result<Outcome, Failure> {
        let Some((owner, id)) = Upload::of_quarantine_key(key) else {
            return self.remove(key, Outcome::NotOurs).await;
        };
        let log = Place::LogHead(owner.scope());
        let places = [Place::Upload(owner.clone(), id.clone()), Place::owner_key(&owner), log];
        let snapshot = self.db.read(places).await?;
        let Some(upload) = snapshot.upload(&owner, &id)? else {
            return self.remove(key, Outcome::NotOurs).await;
        };
        if upload.state == UploadState::Removing {
            return self.take_away(&snapshot, &upload, request_id).await;
        }
        if upload.state.is_settled() {
            if upload.state != UploadState::Released {
                // Another run may have sealed it before it lost: no file stays that nobody is to have.
                self.files.remove(&upload).await?;
            }
            return self.remove(key, Outcome::Before).await;
        }
        let Some(bytes) = self.quarantine.fetch(&upload).await? else { return Ok(Outcome::NotThere) };
        // The scan looks at what lies there; that it is the announced file is said by its hash.
        let told = match verdict {
            Some(Verdict::Harmful) => Err(Refusal::Harmful),
            Some(Verdict::CannotTell) => Err(Refusal::Unchecked),
            Some(Verdict::Harmless | Verdict::Failed) | None => inspect(&upload, &bytes),
        };
        let harmless = match verdict {
            None if self.scans_itself => Some(!scanner::is_harmful(&bytes)),
            Some(Verdict::Harmless) => Some(true),
            Some(Verdict::Harmful | Verdict::CannotTell | Verdict::Failed) | None => None,
        };
        match (told, harmless) {
            (Err(why), _) => self.refuse(&snapshot, &upload, why, request_id).await,
            (Ok(()), Some(false)) => self.refuse(&snapshot, &upload, Refusal::Harmful, request_id).await,
            (Ok(()), Some(true)) => self.keep(&snapshot, &upload, &bytes, request_id).await,
            (Ok(()), None) => {
                if upload.state == UploadState::Awaited {
                    self.move_on(&snapshot, &upload, UploadStep::Came, "", request_id).await?;
                }
                Ok(Outcome::Waits)
            }
        }
    }

    async fn remove(&self, key: &str, outcome: Outcome) -> Result<Outcome, Failure> {
        self.quarantine.remove(key).await?;
        Ok(outcome)
    }

    /// Seals and keeps it: first the sealed object, then its record, then the plain bytes go.
    async fn keep(
        &self,
        snapshot: &Snapshot,
        upload: &Upload,
        bytes: &[u8],
        request_id: &str,
    ) -> Result<Outcome, Failure> {
        let leave = Self::leave(upload, "released", request_id)?;
        // Without its key the owner is destroyed, and what is brought to it belongs to nobody.
        let Some(wrapped) = snapshot.owner_key(&leave, &upload.owner) else {
            return self.remove(&upload.quarantine_key(), Outcome::NotOurs).await;
        };
        let key = self.keys.unwrap(&upload.owner, &wrapped).await?;
        self.files.put(upload, &key, bytes).await?;
        self.move_on(snapshot, upload, UploadStep::Keep, "released", request_id).await?;
        telemetry::count("FileKept");
        self.remove(&upload.quarantine_key(), Outcome::Kept).await
    }

    /// Removes what its owner took back: every version of the sealed bytes, the plain ones, and then its record says so.
    pub(crate) async fn take_away(
        &self,
        snapshot: &Snapshot,
        upload: &Upload,
        request_id: &str,
    ) -> Result<Outcome, Failure> {
        self.files.remove(upload).await?;
        self.quarantine.remove(&upload.quarantine_key()).await?;
        self.move_on(snapshot, upload, UploadStep::Gone, "removed", request_id).await?;
        telemetry::count("FileRemoved");
        Ok(Outcome::TakenBack)
    }

    /// Refuses it: first its record, then the bytes go, those too that another run sealed before it lost. The plain bytes go
    /// last: what a crash leaves the sweep finds by them.
    pub(crate) async fn refuse(
        &self,
        snapshot: &Snapshot,
        upload: &Upload,
        why: Refusal,
        request_id: &str,
    ) -> Result<Outcome, Failure> {
        self.move_on(snapshot, upload, UploadStep::Refuse(why), "refused", request_id).await?;
        telemetry::count("FileRefused");
        self.files.remove(upload).await?;
        self.remove(&upload.quarantine_key(), Outcome::Refused(why)).await
    }

    pub(crate) async fn move_on(
        &self,
        snapshot: &Snapshot,
        upload: &Upload,
        step: UploadStep,
        part: &'static str,
        request_id: &str,
    ) -> Result<(), Failure> {
        let now = self.db.now();
        let Some(next) = upload.after(step, now) else {
            return Err(StoreError::Conflict(Conflict::Version).into());
        };
        let leave = Self::leave(upload, part, request_id)?;
        let owner: &Owner = &upload.owner;
        let kept_until = snapshot.upload_kept_until(owner, &upload.id).unwrap_or(now);
        let mut change = Change::new(leave.clone(), now);
        // Only what is kept depends on its owner's key, and only then was it read.
        if step == UploadStep::Keep
            && let Some(wrapped) = snapshot.owner_key(&leave, owner)
        {
            change.require_owner_key(owner, &wrapped);
        }
        change.update_upload(&next, kept_until)?;
        Ok(self.db.commit(change, snapshot).await?)
    }
}

/// Holds the bytes against what was announced, and their form against their kind.
fn inspect(upload: &Upload, bytes: &[u8]) -> Result<(), Refusal> {
    let size = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    if size != upload.bytes.bytes() || FileHash::of(bytes) != upload.sha256 {
        return Err(Refusal::NotTheFile);
    }
    check::file(upload.media, bytes)
}
