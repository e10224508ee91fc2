//! SHA-256 in hex, for the records of idempotent requests.

use aws_lc_rs::digest::{Context, SHA256};
use data_encoding::HEXLOWER;

/// The digest of several parts, each with its length before it, so that no two lists of parts give the same bytes; a
/// single part is hashed as it is.
pub(crate) fn sha256_hex<const N: usize>(parts: [&[u8]; N]) -> String {
    let mut context = Context::new(&SHA256);
    for part in parts {
        if N > 1 {
            context.update(&(part.len() as u64).to_be_bytes());
        }
        context.update(part);
    }
    HEXLOWER.encode(context.finish().as_ref())
}
