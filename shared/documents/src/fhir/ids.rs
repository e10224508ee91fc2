//! Names of resources inside the Bundle: the same letter gets the same `urn:uuid`, so that a rerender is byte-identical.

use aws_lc_rs::digest::{SHA256, digest};
use medius_domain::id::ReferralId;

/// The UUID (version 8, RFC 9562: custom, here SHA-256) of a resource of a letter.
pub(crate) fn uuid(referral: &ReferralId, path: &str) -> uuid::Uuid {
    let hash = digest(&SHA256, format!("medius/fhir/v1|{referral}|{path}").as_bytes());
    let mut bytes = [0_u8; 16];
    bytes.copy_from_slice(&hash.as_ref()[..16]);
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}

/// The same as a `fullUrl`.
pub(crate) fn urn(referral: &ReferralId, path: &str) -> String {
    uuid(referral, path).urn().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_place_has_the_same_id_and_another_letter_another() {
        let (a, b) = (ReferralId::new(), ReferralId::new());
        assert_eq!(urn(&a, "Patient"), urn(&a, "Patient"));
        assert_ne!(urn(&a, "Patient"), urn(&a, "Observation/0"));
        assert_ne!(urn(&a, "Patient"), urn(&b, "Patient"));
        assert_eq!(uuid(&a, "Patient").get_version_num(), 8);
    }
}
