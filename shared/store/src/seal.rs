//! Sealing: a data key per case, a single-use key per value, a commitment to that key, and the place as additional data.
//!
//! `form 1 | salt 32 | commitment 32 | ciphertext | tag 16`; the form is the number of the form of what is inside, bound like the
//! place. HKDF-SHA512 of the data key and the salt gives the
//! encryption key (bound to the place) and the commitment; AES-256-GCM with a fixed nonce, since each key seals once.
//! The design follows the AWS Encryption SDK: key commitment, derived keys, context as additional data.

use crate::place::{Place, Table};
use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::{hkdf, rand};
use medius_domain::access::Opaque;
use zeroize::Zeroizing;

/// What stands for the form where what is sealed is no JSON of ours: a file, a text, a document that is handed out as it is.
pub(crate) const AS_IT_IS: u8 = 1;
const SALT: usize = 32;
const COMMITMENT: usize = 32;
const TAG: usize = 16;
/// Bytes that sealing adds.
pub(crate) const OVERHEAD: usize = 1 + SALT + COMMITMENT + TAG;

/// Why a value could not be sealed or opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// Not a sealed value, or cut short.
    #[error("not a sealed value of a known version")]
    Form,
    /// Another key, another place, or a changed byte.
    #[error("the value does not belong here or was changed")]
    Mismatch,
    /// The random or cipher primitive refused.
    #[error("the cipher refused")]
    Cipher,
}

/// Where a sealed value belongs: moving it to another case, table, item or field makes it unreadable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binding(Vec<u8>);

impl Binding {
    /// A field of an item.
    pub fn field(owner: impl Opaque, place: &Place, field: &'static str) -> Self {
        Self::new(owner.text(), place.table(), &format!("{}/{}", place.pk(), place.sk()), field)
    }

    /// An object of the documents bucket.
    pub fn object(owner: impl Opaque, key: &str, kind: &'static str) -> Self {
        Self::encode(&[owner.text(), "documents", key, kind])
    }

    fn new(owner: &str, table: Table, item: &str, field: &str) -> Self {
        Self::encode(&[owner, table.purpose(), item, field])
    }

    /// Length-prefixed, so that no two places have the same bytes.
    fn encode(parts: &[&str]) -> Self {
        let mut bytes = Vec::new();
        for part in parts {
            put(&mut bytes, part.as_bytes());
        }
        Self(bytes)
    }

    /// The place and the form of what is sealed there.
    fn with(&self, form: u8) -> Vec<u8> {
        let mut bytes = self.0.clone();
        put(&mut bytes, &[form]);
        bytes
    }
}

/// Parts are ids and names of at most some hundred bytes.
fn put(bytes: &mut Vec<u8>, part: &[u8]) {
    bytes.extend(u32::try_from(part.len()).unwrap_or(u32::MAX).to_be_bytes());
    bytes.extend(part);
}

struct Length(usize);
impl hkdf::KeyType for Length {
    fn len(&self) -> usize {
        self.0
    }
}

/// The plaintext data key of a case. It leaves memory when dropped and does not print.
#[derive(Clone)]
pub struct DataKey(Zeroizing<[u8; 32]>);

impl std::fmt::Debug for DataKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[redacted]")
    }
}

impl DataKey {
    /// A key of exactly 32 bytes.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Result<Self, SealError> {
        bytes.try_into().map(|k: [u8; 32]| Self(Zeroizing::new(k))).map_err(|_| SealError::Form)
    }

    /// A random key that nothing keeps: what it seals can be opened in this process only. Sealing is measured with it.
    ///
    /// # Errors
    /// [`SealError::Cipher`].
    pub fn unkept() -> Result<Self, SealError> {
        let mut key = Zeroizing::new([0_u8; 32]);
        rand::fill(key.as_mut_slice()).map_err(|_| SealError::Cipher)?;
        Ok(Self(key))
    }

    /// Seals a value for its place.
    ///
    /// # Errors
    /// [`SealError::Cipher`].
    pub fn seal(&self, binding: &Binding, plaintext: &[u8]) -> Result<Vec<u8>, SealError> {
        self.seal_as(AS_IT_IS, binding, plaintext)
    }

    /// Seals what has a form.
    pub(crate) fn seal_as(&self, form: u8, binding: &Binding, plaintext: &[u8]) -> Result<Vec<u8>, SealError> {
        let mut salt = [0_u8; SALT];
        rand::fill(&mut salt).map_err(|_| SealError::Cipher)?;
        self.seal_with(&salt, form, binding, plaintext)
    }

    pub(crate) fn seal_with(
        &self,
        salt: &[u8; SALT],
        form: u8,
        binding: &Binding,
        plaintext: &[u8],
    ) -> Result<Vec<u8>, SealError> {
        let place = binding.with(form);
        let (key, commitment) = self.derive(salt, &place)?;
        let mut out = Vec::with_capacity(plaintext.len() + OVERHEAD);
        out.push(form);
        out.extend_from_slice(salt);
        out.extend_from_slice(&commitment);
        out.extend_from_slice(plaintext);
        let tag = key
            .seal_in_place_separate_tag(nonce(), Aad::from(&place), &mut out[1 + SALT + COMMITMENT..])
            .map_err(|_| SealError::Cipher)?;
        out.extend_from_slice(tag.as_ref());
        Ok(out)
    }

    /// Opens a value at its place.
    ///
    /// # Errors
    /// [`SealError::Form`] or [`SealError::Mismatch`].
    pub fn open(&self, binding: &Binding, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, SealError> {
        if sealed.first() != Some(&AS_IT_IS) {
            return Err(SealError::Form);
        }
        self.open_any(binding, sealed).map(|(_, plaintext)| plaintext)
    }

    /// Opens a value at its place, whatever its form, and says which that is.
    pub(crate) fn open_any(&self, binding: &Binding, sealed: &[u8]) -> Result<(u8, Zeroizing<Vec<u8>>), SealError> {
        if sealed.len() < OVERHEAD {
            return Err(SealError::Form);
        }
        let (form, place) = (sealed[0], binding.with(sealed[0]));
        let (salt, rest) = sealed[1..].split_at(SALT);
        let (stored, ciphertext) = rest.split_at(COMMITMENT);
        let (key, commitment) = self.derive(salt, &place)?;
        verify_slices_are_equal(&commitment, stored).map_err(|_| SealError::Mismatch)?;
        let mut buffer = Zeroizing::new(ciphertext.to_vec());
        let length = key.open_in_place(nonce(), Aad::from(&place), &mut buffer).map_err(|_| SealError::Mismatch)?.len();
        buffer.truncate(length);
        Ok((form, buffer))
    }

    fn derive(&self, salt: &[u8], place: &[u8]) -> Result<(LessSafeKey, [u8; COMMITMENT]), SealError> {
        let prk = hkdf::Salt::new(hkdf::HKDF_SHA512, salt).extract(self.0.as_slice());
        let fill = |info: &[&[u8]], out: &mut [u8; 32]| {
            prk.expand(info, Length(32)).and_then(|okm| okm.fill(out)).map_err(|_| SealError::Cipher)
        };
        let (mut key, mut commitment) = (Zeroizing::new([0_u8; 32]), [0_u8; COMMITMENT]);
        fill(&[b"medius/v1/encrypt", place], &mut key)?;
        fill(&[b"medius/v1/commit"], &mut commitment)?;
        let key = UnboundKey::new(&AES_256_GCM, key.as_slice()).map_err(|_| SealError::Cipher)?;
        Ok((LessSafeKey::new(key), commitment))
    }
}

/// Fixed: each derived key seals exactly one value, because its salt is random and fresh.
fn nonce() -> Nonce {
    Nonce::assume_unique_for_key([0; 12])
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use data_encoding::HEXLOWER;
    use medius_domain::id::{CaseId, ReferralId};

    fn case() -> CaseId {
        "cas_00112233445566778899aabbccddeeff".parse().unwrap()
    }

    fn key(byte: u8) -> DataKey {
        DataKey::from_bytes(&[byte; 32]).unwrap()
    }

    /// Known answer: computed by an independent implementation (Python `cryptography`), see the test's vector file.
    #[test]
    fn known_answer() {
        let vector: serde_json::Value = serde_json::from_str(include_str!("../assets/seal-vector.json")).unwrap();
        let hex = |name: &str| HEXLOWER.decode(vector[name].as_str().unwrap().as_bytes()).unwrap();
        let binding = Binding::field(&case(), &Place::Intake(case()), "basic");
        assert_eq!(binding.with(AS_IT_IS), hex("aad"));
        let key = DataKey::from_bytes(&hex("data_key")).unwrap();
        let salt: [u8; 32] = hex("salt").try_into().unwrap();
        let sealed = key.seal_with(&salt, AS_IT_IS, &binding, &hex("plaintext")).unwrap();
        assert_eq!(HEXLOWER.encode(&sealed), vector["sealed"].as_str().unwrap());
        assert_eq!(*key.open(&binding, &sealed).unwrap(), hex("plaintext"));
    }

    #[test]
    fn a_value_opens_at_its_own_place_only() {
        let (a, b) = (case(), CaseId::new());
        let basic = Binding::field(&a, &Place::Intake(a.clone()), "basic");
        let sealed = key(7).seal(&basic, b"story").unwrap();
        let elsewhere = [
            Binding::field(&b, &Place::Intake(a.clone()), "basic"),
            Binding::field(&a, &Place::Intake(b.clone()), "basic"),
            Binding::field(&a, &Place::Intake(a.clone()), "health"),
            Binding::field(&a, &Place::Case(a.clone()), "basic"),
            Binding::field(&a, &Place::Referral(a.clone(), ReferralId::new()), "basic"),
            Binding::object(&a, "CASE/INTAKE", "basic"),
        ];
        for place in elsewhere {
            assert_eq!(key(7).open(&place, &sealed).unwrap_err(), SealError::Mismatch);
        }
        assert_eq!(key(8).open(&basic, &sealed).unwrap_err(), SealError::Mismatch);
        assert_eq!(*key(7).open(&basic, &sealed).unwrap(), b"story");
    }

    #[test]
    fn every_cut_and_every_flipped_bit_is_noticed() {
        let binding = Binding::object(&case(), "k", "letter");
        let sealed = key(7).seal(&binding, b"x").unwrap();
        for length in 0..sealed.len() {
            assert!(key(7).open_any(&binding, &sealed[..length]).is_err());
        }
        for byte in 0..sealed.len() {
            for bit in 0..8 {
                let mut changed = sealed.clone();
                changed[byte] ^= 1 << bit;
                assert!(key(7).open_any(&binding, &changed).is_err());
            }
        }
        assert_eq!(sealed.len(), 1 + OVERHEAD);
    }

    #[test]
    fn the_same_value_never_seals_to_the_same_bytes() {
        let binding = Binding::object(&case(), "k", "letter");
        assert_ne!(key(7).seal(&binding, b"x").unwrap(), key(7).seal(&binding, b"x").unwrap());
    }
}
