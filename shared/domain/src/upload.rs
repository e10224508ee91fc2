//! Files that people bring: test records to a case, a mandate to a request about rights, an attachment to an inquiry. A file
//! is announced with its kind, size and hash, waits in quarantine, and is kept, sealed, only after it was checked.

mod kind;
mod refusal;
#[cfg(test)]
mod tests;

pub use kind::FileKind;
pub use refusal::Refusal;

use crate::access::{Opaque, Scope};
use crate::field::Invalid;
use crate::id::{CaseId, InquiryId, ProviderId, RightId, Subject, UploadId};
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

/// Bytes of a file at most.
pub const MOST_BYTES: u64 = 20 * 1024 * 1024;
/// Minutes that the address which takes the file is good for.
pub const PUT_MINUTES: i64 = 15;
/// Hours after which a file that nobody could check is refused.
pub const CHECK_HOURS: i64 = 12;

/// What a file belongs to. It is sealed under the key of its owner, and ends with it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", content = "id", rename_all = "snake_case")]
pub enum Owner {
    /// A case.
    Case(CaseId),
    /// A request about rights: a mandate, or proof of who asks.
    Right(RightId),
    /// An inquiry.
    Inquiry(InquiryId),
}

impl Owner {
    /// The kind, as in keys and in encryption contexts.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Case(_) => "case",
            Self::Right(_) => "right",
            Self::Inquiry(_) => "inquiry",
        }
    }

    /// The id.
    pub fn id(&self) -> &str {
        match self {
            Self::Case(id) => id.as_str(),
            Self::Right(id) => id.as_str(),
            Self::Inquiry(id) => id.as_str(),
        }
    }

    /// The owner of a kind and an id.
    pub fn of(kind: &str, id: &str) -> Option<Self> {
        match kind {
            "case" => id.parse().ok().map(Self::Case),
            "right" => id.parse().ok().map(Self::Right),
            "inquiry" => id.parse().ok().map(Self::Inquiry),
            _ => None,
        }
    }

    /// The chain of the access log in which the file's way stands.
    pub fn scope(&self) -> Scope {
        match self {
            Self::Case(id) => Scope::Case(id.clone()),
            Self::Right(id) => Scope::Right(id.clone()),
            Self::Inquiry(id) => Scope::Inquiry(id.clone()),
        }
    }

    /// Whether a file of a kind may be brought to it. Data files mean something for a case only.
    pub const fn takes(&self, kind: FileKind) -> bool {
        match self {
            Self::Case(_) => true,
            Self::Right(_) | Self::Inquiry(_) => kind.is_page(),
        }
    }

    /// Files at most, those left out that were refused or never came.
    pub const fn most_files(&self) -> usize {
        match self {
            Self::Case(_) => 50,
            Self::Right(_) | Self::Inquiry(_) => 5,
        }
    }
}

impl Opaque for &Owner {
    fn text(&self) -> &str {
        self.id()
    }
}

/// SHA-256 of a file, in hex.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct FileHash(String);

impl FileHash {
    /// The hash as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Of bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self(crate::chain::sha256_hex(bytes))
    }
}

impl TryFrom<String> for FileHash {
    type Error = Invalid;
    fn try_from(s: String) -> Result<Self, Invalid> {
        let hex = s.len() == 64 && s.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        if hex { Ok(Self(s)) } else { Err(Invalid::Format) }
    }
}

impl From<FileHash> for String {
    fn from(hash: FileHash) -> Self {
        hash.0
    }
}

/// Size of a file in bytes, between one and the most that is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "u64", into = "u64")]
pub struct FileSize(u64);

impl FileSize {
    /// The number.
    pub const fn bytes(self) -> u64 {
        self.0
    }
}

impl TryFrom<u64> for FileSize {
    type Error = Invalid;
    fn try_from(n: u64) -> Result<Self, Invalid> {
        if (1..=MOST_BYTES).contains(&n) { Ok(Self(n)) } else { Err(Invalid::OutOfRange) }
    }
}

impl From<FileSize> for u64 {
    fn from(size: FileSize) -> Self {
        size.0
    }
}

/// Where a file stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", content = "reason", rename_all = "snake_case")]
pub enum UploadState {
    /// It was announced; its bytes have not come.
    Awaited,
    /// It came and its form is right; whether it is harmful is not known yet.
    Quarantined,
    /// It is kept, sealed.
    Released,
    /// It was not taken, and its bytes are gone.
    Refused(Refusal),
    /// It never came.
    Lapsed,
    /// Its owner took it back: nobody is shown it any more, and its bytes are being removed.
    Removing,
    /// Its owner took it back, and its bytes are gone, every version of them.
    Removed,
}

impl UploadState {
    /// The code, as in JSON and in the index.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Awaited => "awaited",
            Self::Quarantined => "quarantined",
            Self::Released => "released",
            Self::Refused(_) => "refused",
            Self::Lapsed => "lapsed",
            Self::Removing => "removing",
            Self::Removed => "removed",
        }
    }

    /// Whether nothing more happens to it.
    pub const fn is_settled(self) -> bool {
        match self {
            Self::Awaited | Self::Quarantined | Self::Removing => false,
            Self::Released | Self::Refused(_) | Self::Lapsed | Self::Removed => true,
        }
    }

    /// Whether it counts among the files of its owner.
    pub const fn counts(self) -> bool {
        match self {
            Self::Awaited | Self::Quarantined | Self::Released => true,
            Self::Refused(_) | Self::Lapsed | Self::Removing | Self::Removed => false,
        }
    }
}

/// What happens to a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UploadStep {
    /// It came, and its form is right.
    Came,
    /// It was found harmless and is kept.
    Keep,
    /// It is not taken.
    Refuse(Refusal),
    /// Its time to come is over.
    Lapse,
    /// What is in it was read into a record of proposals: it stays as it is, in its next version, so that it cannot be taken
    /// back at the same moment.
    Read,
    /// Its owner takes it back.
    TakeBack,
    /// Its bytes are gone.
    Gone,
}

/// A file, without anything that is in it: no name, since people name files after themselves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Upload {
    /// Its id.
    pub id: UploadId,
    /// What it belongs to.
    pub owner: Owner,
    /// Who brings it, as a pseudonym; nobody where it was brought without a sign-in.
    pub subject: Option<Subject>,
    /// The institution that brings it to a patient's case, to send it along with what it found; none where the patient does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider: Option<ProviderId>,
    /// Which of its owner's files it is, from 1: what people call it by.
    pub number: u32,
    /// What kind of file it was announced to be, and then was found to be.
    pub media: FileKind,
    /// Its size.
    pub bytes: FileSize,
    /// Its SHA-256.
    pub sha256: FileHash,
    /// Where it stands.
    #[serde(flatten)]
    pub state: UploadState,
    /// Grows by one with each change.
    pub version: u64,
    /// When it was announced.
    pub created_at: DateTime<Utc>,
    /// When it got to where it stands.
    pub updated_at: DateTime<Utc>,
    /// Until when its bytes are awaited.
    pub put_until: DateTime<Utc>,
}

impl Upload {
    /// A file that is announced.
    pub fn new(
        owner: Owner,
        subject: Option<Subject>,
        number: u32,
        (media, bytes, sha256): (FileKind, FileSize, FileHash),
        now: DateTime<Utc>,
    ) -> Self {
        Self {
            id: UploadId::new(),
            owner,
            subject,
            provider: None,
            number,
            media,
            bytes,
            sha256,
            state: UploadState::Awaited,
            version: 1,
            created_at: now,
            updated_at: now,
            put_until: now + TimeDelta::minutes(PUT_MINUTES),
        }
    }

    /// The file after a step; none where the step cannot be, so that a repeat of an event changes nothing.
    pub fn after(&self, step: UploadStep, now: DateTime<Utc>) -> Option<Self> {
        let state = match (self.state, step) {
            (UploadState::Awaited, UploadStep::Came) => UploadState::Quarantined,
            (UploadState::Awaited | UploadState::Quarantined, UploadStep::Keep) => UploadState::Released,
            (UploadState::Awaited | UploadState::Quarantined, UploadStep::Refuse(why)) => UploadState::Refused(why),
            (UploadState::Awaited, UploadStep::Lapse) => UploadState::Lapsed,
            // It came and nobody could say whether it is harmful.
            (UploadState::Quarantined, UploadStep::Lapse) => UploadState::Refused(Refusal::Unchecked),
            (UploadState::Released, UploadStep::Read) => UploadState::Released,
            (UploadState::Awaited | UploadState::Quarantined | UploadState::Released, UploadStep::TakeBack) => {
                UploadState::Removing
            }
            (UploadState::Removing, UploadStep::Gone) => UploadState::Removed,
            (UploadState::Quarantined, UploadStep::Came)
            | (UploadState::Awaited | UploadState::Quarantined, UploadStep::Read | UploadStep::Gone)
            | (
                UploadState::Released,
                UploadStep::Came | UploadStep::Keep | UploadStep::Refuse(_) | UploadStep::Lapse | UploadStep::Gone,
            )
            | (
                UploadState::Removing,
                UploadStep::Came
                | UploadStep::Keep
                | UploadStep::Refuse(_)
                | UploadStep::Lapse
                | UploadStep::Read
                | UploadStep::TakeBack,
            )
            | (UploadState::Refused(_) | UploadState::Lapsed | UploadState::Removed, _) => return None,
        };
        let updated_at = if state == self.state { self.updated_at } else { now };
        Some(Self { state, version: self.version + 1, updated_at, ..self.clone() })
    }

    /// When the sweep has to look at it: an announced file some minutes after its address ended, one in quarantine when it
    /// should have been checked, one that was taken back at once. A settled file is its owner's to end.
    pub fn due_at(&self) -> Option<DateTime<Utc>> {
        match self.state {
            // A transfer that began in time may end later.
            UploadState::Awaited => Some(self.put_until + TimeDelta::minutes(PUT_MINUTES)),
            UploadState::Quarantined => Some(self.created_at + TimeDelta::hours(CHECK_HOURS)),
            UploadState::Removing => Some(self.updated_at),
            UploadState::Released | UploadState::Refused(_) | UploadState::Lapsed | UploadState::Removed => None,
        }
    }

    /// The object that the bytes are put to.
    pub fn quarantine_key(&self) -> String {
        format!("{}/{}/{}", self.owner.kind(), self.owner.id(), self.id)
    }

    /// The owner and the id that an object's name says.
    pub fn of_quarantine_key(key: &str) -> Option<(Owner, UploadId)> {
        let mut parts = key.split('/');
        let owner = Owner::of(parts.next()?, parts.next()?)?;
        let id = parts.next()?.parse().ok()?;
        parts.next().is_none().then_some((owner, id))
    }
}
