//! PDF with text: result sheets, prescriptions, health checks.

use crate::{Limits, Reading, Refused};

/// Checks structure and limits without reading text, for the screening of uploads.
///
/// # Errors
/// Why the file is not taken.
pub fn inspect(bytes: &[u8], limits: &Limits) -> Result<u32, Refused> {
    let _ = (bytes, limits);
    Err(Refused::UnknownRecord)
}

/// Reads rows of recognised tables.
///
/// # Errors
/// Why the file is not read.
pub fn read(bytes: &[u8], limits: &Limits) -> Result<Reading, Refused> {
    let _ = (bytes, limits);
    Err(Refused::UnknownRecord)
}
