//! The QR code that opens the verification page, as one path: it stays vector in the PDF.

use crate::issue::DocumentError;
use qrcode::{Color, EcLevel, QrCode};
use std::fmt::Write;

/// Light modules around the code (ISO/IEC 18004 asks for four).
const QUIET: usize = 4;

/// The code as SVG. The fingerprint stands behind `#`, so that it never reaches a server unless the page sends it.
pub(crate) fn svg(text: &str) -> Result<String, DocumentError> {
    let code = QrCode::with_error_correction_level(text, EcLevel::M).map_err(|_| DocumentError::QrCode)?;
    let width = code.width();
    let modules = code.to_colors();
    let mut path = String::new();
    for y in 0..width {
        let mut x = 0;
        while x < width {
            let from = x;
            while x < width && modules[y * width + x] == Color::Dark {
                x += 1;
            }
            if x > from {
                // Writing to a String cannot fail.
                let _ = write!(path, "M{} {}h{len}v1h-{len}z", from + QUIET, y + QUIET, len = x - from);
            } else {
                x += 1;
            }
        }
    }
    let side = width + 2 * QUIET;
    Ok(format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" width="{side}" height="{side}"><path d="{path}" fill="#14212e"/></svg>"##
    ))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_verification_address_with_its_fingerprint_fits() {
        let address = format!("https://r.medius.example/d/MDS-2026-00000000#{}", "0".repeat(64));
        assert!(svg(&address).unwrap().contains("<path"));
        assert!(matches!(svg(&"x".repeat(5000)), Err(DocumentError::QrCode)));
    }
}
