//! What keeps a mail from being sent for now. It waits in the outbox, and is tried again.

use medius_domain::policy::Denied;
use medius_store::{SendError, StoreError};

/// An error of the mailer. No variant carries data of a person.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    /// The store, KMS or the mail service.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The mail service may have taken the mail: it is not sent again before it had the time to say so.
    #[error("it may be sent: {0}")]
    Unanswered(#[source] StoreError),
    /// A template could not be filled.
    #[error("a template cannot be filled: {0}")]
    Template(#[from] askama::Error),
    /// The policy table does not let the mailer send this.
    #[error("the policy table denies it: {0:?}")]
    Denied(Denied),
}

impl From<SendError> for MailError {
    fn from(error: SendError) -> Self {
        match error {
            SendError::Refused(error) => Self::Store(error),
            SendError::Unanswered(error) => Self::Unanswered(error),
        }
    }
}

impl From<Denied> for MailError {
    fn from(denied: Denied) -> Self {
        Self::Denied(denied)
    }
}
