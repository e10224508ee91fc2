//! What was said at a step: the part of it that is sealed under the case's key.

use super::appointment::{AnswerText, Appointment};
use super::estimate::Estimate;
use crate::id::{ProviderId, UploadId};
use serde::{Deserialize, Serialize};

/// What was said at a step.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// In words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<AnswerText>,
    /// The institution that was named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<ProviderId>,
    /// The appointment that was proposed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub appointment: Option<Appointment>,
    /// What is expected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub estimate: Option<Estimate>,
    /// The outcome that was told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Outcome>,
}

/// What came with an outcome; its words are the note's text.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// Files that the institution brought, after their check.
    pub files: Vec<UploadId>,
    /// The SHA-256 of the FHIR Bundle that came along, where one did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bundle_sha256: Option<String>,
}

impl Note {
    /// Whether nothing was said.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}
