//! placeholder
use serde_json::Value;

/// A rule that a Bundle breaks, and where; never with the value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Breach {
    /// The rule.
    pub rule: &'static str,
    /// JSON pointer.
    pub pointer: String,
}

/// Checks.
///
/// # Errors
/// Breaches.
pub fn validate(_bundle: &Value) -> Result<(), Vec<Breach>> {
    Ok(())
}
