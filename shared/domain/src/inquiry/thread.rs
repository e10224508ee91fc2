//! What was written in an inquiry. It is sealed as one value, so that all of it has one end.

use crate::message::MessageText;
use crate::policy::Role;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// What was written, in its order.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Thread(Vec<Written>);

/// One text of a thread.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Written {
    /// As what its author wrote it: names of staff are not told.
    pub from: Role,
    /// When.
    pub at: DateTime<Utc>,
    /// What it says.
    pub text: MessageText,
}

/// Bytes of text that a thread holds: with its form it stays below what an item may be.
const THREAD_BYTES: usize = 256 * 1024;

impl Thread {
    /// The thread with one more text; none when it is full.
    pub fn with(mut self, from: Role, text: MessageText, at: DateTime<Utc>) -> Option<Self> {
        self.0.push(Written { from, at, text });
        let bytes: usize = self.0.iter().map(|written| written.text.expose().len() + 100).sum();
        (bytes <= THREAD_BYTES).then_some(self)
    }

    /// The texts, the oldest first.
    pub fn texts(&self) -> &[Written] {
        &self.0
    }
}
