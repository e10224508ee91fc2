//! What keeps a mail from being sent for now. It waits in the outbox, and is tried again.

use medius_domain::policy::Denied;
use medius_store::StoreError;

/// An error of the mailer. No variant carries data of a person.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    /// The store, KMS or the mail service.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A template could not be filled.
    #[error("a template cannot be filled: {0}")]
    Template(#[from] askama::Error),
    /// The policy table does not let the mailer send this.
    #[error("the policy table denies it: {0:?}")]
    Denied(Denied),
}

impl From<Denied> for MailError {
    fn from(denied: Denied) -> Self {
        Self::Denied(denied)
    }
}
