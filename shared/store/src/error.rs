//! What can go wrong in the store. No variant carries data of a patient.

use crate::seal::SealError;

/// Which condition a change ran into.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Conflict {
    /// The case has another version than expected.
    Version,
    /// The consents changed meanwhile.
    Consent,
    /// The link, code or session changed meanwhile.
    Link,
    /// Something that was to be created is there already.
    Exists,
    /// A request with the same idempotency key was quicker.
    Idempotency,
    /// The mail is in other hands or done.
    Mail,
    /// Too many others were writing at the same time.
    Busy,
}

/// An error of the store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A condition did not hold; nothing was written.
    #[error("a condition did not hold: {0:?}")]
    Conflict(Conflict),
    /// A service did not answer or refused; whether the change was made may be unknown, a repeat is safe.
    #[error("{service} {operation} failed: {code}")]
    Service {
        /// The service.
        service: &'static str,
        /// The operation.
        operation: &'static str,
        /// The service's error code, or the kind of failure.
        code: String,
    },
    /// A stored record does not have its form.
    #[error("a record at {place} cannot be read")]
    Corrupt {
        /// The kind of place.
        place: &'static str,
    },
    /// A stored record has a form that only a later release knows.
    #[error("a record ({form}) was written by a later release")]
    Newer {
        /// What it is.
        form: &'static str,
    },
    /// Sealing or opening failed.
    #[error("sealing: {0}")]
    Seal(#[source] SealError),
    /// A variable of the function's environment is missing.
    #[error("the variable {0} is not set")]
    Configuration(&'static str),
}

/// Codes of KMS after which somebody has to look: throttling and outages go by, these do not.
const REFUSED: [&str; 4] =
    ["AccessDeniedException", "DisabledException", "KMSInvalidStateException", "NotFoundException"];

/// Counted where it arises, so that it is known from every function, whatever that one does about it.
impl From<SealError> for StoreError {
    fn from(error: SealError) -> Self {
        metrics::counter!("SealFailed").increment(1);
        Self::Seal(error)
    }
}

impl StoreError {
    /// A body of S3 that broke off.
    pub(crate) fn interrupted(operation: &'static str) -> Self {
        Self::Service { service: "S3", operation, code: "interrupted".to_owned() }
    }

    /// Wraps an SDK error by its code only: its message may repeat what was sent.
    pub(crate) fn service<E, R>(
        service: &'static str,
        operation: &'static str,
        error: &aws_smithy_runtime_api::client::result::SdkError<E, R>,
    ) -> Self
    where
        E: aws_smithy_types::error::metadata::ProvideErrorMetadata,
    {
        use aws_smithy_runtime_api::client::result::SdkError;
        let code = if let Some(e) = error.as_service_error() {
            e.code().unwrap_or("unknown").to_owned()
        } else if matches!(error, SdkError::TimeoutError(_)) {
            "timeout".to_owned()
        } else if matches!(error, SdkError::DispatchFailure(_)) {
            "no connection".to_owned()
        } else {
            "no usable answer".to_owned()
        };
        if service == "KMS" && REFUSED.contains(&code.as_str()) {
            metrics::counter!("KeyRefused").increment(1);
        }
        Self::Service { service, operation, code }
    }
}
