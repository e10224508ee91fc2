//! ECDSA signatures as KMS gives them (DER) in the form that JWS carries (RFC 7518 section 3.4: r and s, 32 octets each).
//!
//! Our own reader: the one shape that a P-256 signature has is read strictly in a few lines, which is less to trust than
//! another stack of crates; `aws-lc-rs` verifies both forms but converts neither.

/// Length of r and of s for P-256.
const HALF: usize = 32;

/// `SEQUENCE { r INTEGER, s INTEGER }` (RFC 3279 section 2.2.3) as r‖s. `None` for what is not the one DER encoding of two
/// positive integers of at most 256 bits.
pub(super) fn fixed(der: &[u8]) -> Option<[u8; 2 * HALF]> {
    // Two integers of at most 33 octets fit the short form of a length, so that DER allows no other.
    let [0x30, length, body @ ..] = der else { return None };
    if usize::from(*length) != body.len() || *length >= 0x80 {
        return None;
    }
    let (r, rest) = integer(body)?;
    let (s, rest) = integer(rest)?;
    let mut out = [0; 2 * HALF];
    out[..HALF].copy_from_slice(&r);
    out[HALF..].copy_from_slice(&s);
    rest.is_empty().then_some(out)
}

/// A positive integer, filled up to 32 octets, and what follows it.
fn integer(bytes: &[u8]) -> Option<([u8; HALF], &[u8])> {
    let [0x02, length, rest @ ..] = bytes else { return None };
    let (value, rest) = rest.split_at_checked(usize::from(*length))?;
    let digits = match value {
        // A zero octet stands exactly before a high bit, which would read as a sign.
        [0, digits @ ..] if digits.first().is_some_and(|first| first & 0x80 != 0) => digits,
        [first, ..] if *first != 0 && first & 0x80 == 0 => value,
        _ => return None,
    };
    let mut out = [0; HALF];
    let start = HALF.checked_sub(digits.len())?;
    out[start..].copy_from_slice(digits);
    Some((out, rest))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::signed::tests::vectors;
    use aws_lc_rs::rand::SystemRandom;
    use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, ECDSA_P256_SHA256_FIXED, EcdsaKeyPair, KeyPair};
    use data_encoding::HEXLOWER;
    use proptest::prelude::*;

    #[test]
    fn signatures_of_every_shape_read_as_another_implementation_reads_them() {
        let vectors = vectors();
        let signatures = vectors["signatures"].as_object().unwrap();
        assert!(["plain", "high_both", "short_r", "short_s"].iter().all(|shape| signatures.contains_key(*shape)));
        for signature in signatures.values() {
            let der = HEXLOWER.decode(signature["der"].as_str().unwrap().as_bytes()).unwrap();
            assert_eq!(HEXLOWER.encode(&fixed(&der).unwrap()), signature["fixed"]);
        }
    }

    #[test]
    fn the_smallest_and_the_largest_are_read_and_everything_else_is_refused() {
        let read = |hex: &str| fixed(&HEXLOWER.decode(hex.as_bytes()).unwrap());
        let one = |n: u8| [[0; 31].as_slice(), &[n]].concat();
        assert_eq!(read("3006020101020102").unwrap().to_vec(), [one(1), one(2)].concat());
        let largest = format!("022100{}", "ff".repeat(32));
        assert_eq!(read(&format!("3046{largest}{largest}")).unwrap(), [0xff; 64]);
        for (hex, why) in [
            ("", "nothing"),
            ("30", "no length"),
            ("3006020101020102ff", "more after the end"),
            ("3007020101020102ff", "more inside"),
            ("30050201010201", "cut"),
            ("308106020101020102", "a long length where the short one does"),
            ("3080020101020102", "an open length"),
            ("3106020101020102", "a set"),
            ("3006030101020102", "no integer"),
            ("3006020100020102", "zero"),
            ("3006020181020102", "negative"),
            ("300702020001020102", "a zero octet too many"),
            ("30050200020102", "an empty integer"),
            ("3003020101", "one integer only"),
        ] {
            assert_eq!(read(hex), None, "{why}");
        }
        assert_eq!(read(&format!("3026022101{}020101", "00".repeat(32))), None, "33 digits");
    }

    proptest! {
        #[test]
        fn what_was_signed_as_der_verifies_as_r_and_s(message in proptest::collection::vec(any::<u8>(), 0..200)) {
            let key = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap();
            let der = key.sign(&SystemRandom::new(), &message).unwrap();
            let public = aws_lc_rs::signature::UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, key.public_key().as_ref());
            prop_assert!(public.verify(&message, &fixed(der.as_ref()).unwrap()).is_ok());
        }

        #[test]
        fn what_reads_is_the_one_encoding_of_what_it_reads_as(bytes in proptest::collection::vec(any::<u8>(), 0..80)) {
            // Random bytes rarely get past the first tags; these do.
            let framed = [&[0x30, u8::try_from(bytes.len()).unwrap()], &bytes[..]].concat();
            for der in [&bytes, &framed] {
                if let Some(read) = fixed(der) {
                    prop_assert_eq!(&encode(&read), der);
                }
            }
        }

        #[test]
        fn every_pair_of_numbers_comes_back(r in any::<[u8; 32]>(), s in any::<[u8; 32]>(), short in 0..32_usize) {
            let mut both = [r, s].concat();
            both[..short].fill(0);
            both[31] |= 1;
            both[63] |= 1;
            prop_assert_eq!(fixed(&encode(&both)).unwrap().to_vec(), both);
        }
    }

    /// The DER of r‖s.
    fn encode(fixed: &[u8]) -> Vec<u8> {
        let mut body = Vec::new();
        for half in fixed.chunks(HALF) {
            let digits: Vec<u8> = half.iter().copied().skip_while(|d| *d == 0).collect();
            let sign = digits.first().is_some_and(|d| d & 0x80 != 0);
            body.extend([0x02, u8::try_from(digits.len() + usize::from(sign)).unwrap()]);
            body.extend(sign.then_some(0));
            body.extend(digits);
        }
        [&[0x30, u8::try_from(body.len()).unwrap()], &body[..]].concat()
    }
}
