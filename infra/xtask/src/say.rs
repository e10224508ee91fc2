//! What the tool says to the person at the terminal: one place, so that lines look alike and a closed pipe is no panic.

use std::{
    io::Write,
    time::{Duration, Instant},
};

/// A plain line.
pub(crate) fn line(text: &str) {
    // Nobody listening is no reason to stop.
    let _ = writeln!(std::io::stdout(), "{text}");
}

/// The one line that says what went wrong.
pub(crate) fn error(text: &str) {
    let _ = writeln!(std::io::stderr(), "error: {text}");
}

/// A step that takes a while: says so at its start, and how long it took at its end.
pub(crate) struct Step {
    name: String,
    start: Instant,
}

impl Step {
    /// Starts the step.
    pub(crate) fn start(name: &str) -> Self {
        line(&format!("==> {name}"));
        Self { name: name.to_owned(), start: Instant::now() }
    }

    /// Still at it.
    pub(crate) fn progress(&self, detail: &str) {
        line(&format!("    {} … {} s {detail}", self.name, self.start.elapsed().as_secs()));
    }

    /// Finished.
    pub(crate) fn done(self, detail: &str) {
        line(&format!("    {} ({})", if detail.is_empty() { "done" } else { detail }, seconds(self.start.elapsed())));
    }
}

fn seconds(duration: Duration) -> String {
    format!("{:.1} s", duration.as_secs_f32())
}
