//! The access code: a second factor that is told by telephone, for institutions whose mailbox many people read or a machine
//! opens. Ten characters of Crockford's base32 have 50 bits; what is stored is their Argon2id hash (OWASP ASVS 5.0, 11.4.2),
//! and a link allows 20 wrong tries in all.

use crate::code::NoRandomness;
use argon2::{Algorithm, Argon2, Block, Params, Version};
use data_encoding::HEXLOWER;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use std::sync::{Mutex, PoisonError};

/// Characters of a code.
pub const ACCESS_CODE_LEN: usize = 10;
/// Crockford's base32: no I, L, O and U, which are misheard and misread.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// OWASP's first recommendation for Argon2id: 19 MiB, two passes, one lane.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;
/// Bytes.
const SALT_LEN: usize = 16;
/// Bytes.
const HASH_LEN: usize = 32;

/// Where hashing works, kept by the process. Taken anew each time, 19 MiB that are aligned to 64 bytes are seldom found again among
/// what was freed, and a function grows by 19 MiB a code until it has no memory left.
static MEMORY: Mutex<Vec<Block>> = Mutex::new(Vec::new());

/// How somebody proves that the link is meant for them, beside its secret.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Factor {
    /// An eight-digit code that is mailed to the institution's mailbox when it is asked for.
    #[default]
    OneTimeCode,
    /// A code of ten characters that the patient or a coordinator tells the institution by telephone.
    AccessCode,
}

/// An access code. It prints as `[REDACTED]`.
#[derive(Debug, Clone)]
pub struct AccessCode(SecretString);

impl AccessCode {
    /// A new one.
    ///
    /// # Errors
    /// [`NoRandomness`].
    pub fn new() -> Result<Self, NoRandomness> {
        let mut random = [0_u8; ACCESS_CODE_LEN];
        aws_lc_rs::rand::fill(&mut random).map_err(|_| NoRandomness)?;
        // 256 is a multiple of 32, so every character is equally likely.
        let text: String =
            random.iter().filter_map(|b| ALPHABET.get(usize::from(b % 32))).map(|b| char::from(*b)).collect();
        Ok(Self(text.into()))
    }

    /// What somebody typed: blanks and hyphens do not count, and letters that are misread are read as what they look like
    /// (Crockford).
    pub fn typed(text: &str) -> Self {
        let read = |c: char| match c.to_ascii_uppercase() {
            'I' | 'L' => '1',
            'O' => '0',
            other => other,
        };
        let kept = text.chars().filter(|c| !c.is_whitespace() && *c != '-').take(64).map(read);
        Self(kept.collect::<String>().into())
    }

    /// Whether it has the form of a code at all: a form that was sent empty, as mail scanners do, is no try.
    pub fn is_whole(&self) -> bool {
        let text = self.0.expose_secret().as_bytes();
        text.len() == ACCESS_CODE_LEN && text.iter().all(|b| ALPHABET.contains(b))
    }

    /// The code as it is shown once, to be told: two groups of five.
    pub fn shown(&self) -> String {
        let text = self.0.expose_secret();
        match text.split_at_checked(ACCESS_CODE_LEN / 2) {
            Some((first, second)) => format!("{first}-{second}"),
            None => text.to_owned(),
        }
    }

    /// What the store keeps of it.
    ///
    /// # Errors
    /// [`NoRandomness`] for the salt.
    pub fn hash(&self) -> Result<AccessCodeHash, NoRandomness> {
        let mut salt = [0_u8; SALT_LEN];
        aws_lc_rs::rand::fill(&mut salt).map_err(|_| NoRandomness)?;
        let blank = AccessCodeHash {
            memory_kib: MEMORY_KIB,
            passes: PASSES,
            lanes: LANES,
            salt: HEXLOWER.encode(&salt),
            argon2id: String::new(),
        };
        // The parameters are ours and in range.
        let argon2id = blank.of(self).ok_or(NoRandomness)?;
        Ok(AccessCodeHash { argon2id: HEXLOWER.encode(&argon2id), ..blank })
    }
}

/// An access code's Argon2id hash (RFC 9106, version 0x13) with its salt and parameters, so that these can be raised later. It
/// prints as `[redacted]`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessCodeHash {
    memory_kib: u32,
    passes: u32,
    lanes: u32,
    /// Hex.
    salt: String,
    /// Hex.
    argon2id: String,
}

impl std::fmt::Debug for AccessCodeHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[redacted]")
    }
}

impl AccessCodeHash {
    /// Whether this is the code. Where they differ, time does not tell.
    pub fn matches(&self, code: &AccessCode) -> bool {
        let (Some(typed), Ok(kept)) = (self.of(code), HEXLOWER.decode(self.argon2id.as_bytes())) else { return false };
        aws_lc_rs::constant_time::verify_slices_are_equal(&typed, &kept).is_ok()
    }

    fn of(&self, code: &AccessCode) -> Option<[u8; HASH_LEN]> {
        let params = Params::new(self.memory_kib, self.passes, self.lanes, Some(HASH_LEN)).ok()?;
        let salt = HEXLOWER.decode(self.salt.as_bytes()).ok()?;
        let mut hash = [0_u8; HASH_LEN];
        let mut memory = MEMORY.lock().unwrap_or_else(PoisonError::into_inner);
        memory.resize(params.block_count(), Block::default());
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let made = argon2.hash_password_into_with_memory(
            code.0.expose_secret().as_bytes(),
            &salt,
            &mut hash,
            memory.as_mut_slice(),
        );
        // What a code was spread over does not lie about until the next one.
        memory.fill(Block::default());
        made.ok()?;
        Some(hash)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_code_is_ten_characters_that_can_be_told_and_is_kept_as_argon2id() {
        let (code, other) = (AccessCode::new().unwrap(), AccessCode::new().unwrap());
        let shown = code.shown();
        assert_eq!((shown.len(), shown.matches('-').count()), (11, 1));
        assert!(shown.bytes().all(|b| b == b'-' || ALPHABET.contains(&b)), "no letter that is misheard");
        let hash = code.hash().unwrap();
        assert_eq!((hash.memory_kib, hash.passes, hash.lanes, hash.argon2id.len()), (19_456, 2, 1, 64));
        assert!(hash.matches(&AccessCode::typed(&shown)) && !hash.matches(&other));
        assert_ne!(hash, code.hash().unwrap(), "each hash has a salt of its own");
        for printed in [format!("{code:?}"), format!("{hash:?}")] {
            assert!(!printed.contains(&shown.replace('-', "")) && !printed.contains(&hash.argon2id));
        }
    }

    #[test]
    fn what_is_misread_or_written_otherwise_is_the_same_code() {
        let read = |text: &str| AccessCode::typed(text).0.expose_secret().to_owned();
        assert_eq!(read("01abc-dxyz9"), "01ABCDXYZ9");
        assert_eq!(read(" o1 ABC dxyz9 "), read("OIabcDXYZ9"));
        assert_eq!(read("Ol"), "01");
        assert!(AccessCode::typed("01abc-dxyz9").is_whole());
        for no_code in ["", "01ABCDXYZ", "01ABCDXYZ99", "01ABCDXYZU"] {
            assert!(!AccessCode::typed(no_code).is_whole(), "{no_code}");
        }
    }
}
