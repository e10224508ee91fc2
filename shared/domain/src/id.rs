//! Opaque identifiers: a prefix that names the kind and 122 random bits that say nothing. Safe in logs, URLs and keys.

use crate::field::Invalid;
use aws_lc_rs::digest::{SHA256, digest};
use data_encoding::{BASE32_NOPAD, HEXLOWER};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

macro_rules! opaque_id {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// A new random id.
            #[allow(clippy::new_without_default, reason = "a random default would surprise")]
            pub fn new() -> Self {
                Self(format!("{}{}", $prefix, uuid::Uuid::new_v4().simple()))
            }

            /// The id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = Invalid;
            fn from_str(s: &str) -> Result<Self, Invalid> {
                let hex = s.strip_prefix($prefix).ok_or(Invalid::Format)?;
                let ok = hex.len() == 32 && hex.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
                if ok { Ok(Self(s.to_owned())) } else { Err(Invalid::Format) }
            }
        }

        impl TryFrom<String> for $name {
            type Error = Invalid;
            fn try_from(s: String) -> Result<Self, Invalid> {
                s.parse()
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

opaque_id!(/// A Task: one request of one patient to one institution.
    TaskId, "tsk_");
opaque_id!(/// One patient's request for a referral, with all that belongs to it.
    CaseId, "cas_");
opaque_id!(/// One letter.
    ReferralId, "ref_");
opaque_id!(/// One explanation of a patient's records.
    ExplanationId, "exp_");
opaque_id!(/// One letter on its way to one institution.
    DeliveryId, "dlv_");
opaque_id!(/// The event that a consent text was shown.
    ServingId, "srv_");
opaque_id!(/// A consent event.
    EventId, "evt_");
opaque_id!(/// An institution of the provider directory.
    ProviderId, "prv_");
opaque_id!(/// A mail in the outbox.
    MailId, "mal_");
opaque_id!(/// An entry of the access log.
    LogEntryId, "log_");
opaque_id!(/// A message between a patient and staff.
    MessageId, "msg_");
opaque_id!(/// A proposed change of the directory.
    ChangeId, "chg_");
opaque_id!(/// The destruction of a case.
    DestructionId, "dst_");

impl DestructionId {
    /// The id of a case's destruction: made of the case's random id, so that a case has one and nobody gets from the one to
    /// the other by reading.
    pub fn of(case: &CaseId) -> Self {
        let hash = digest(&SHA256, format!("medius/destruction/v1|{case}").as_bytes());
        Self(format!("dst_{}", HEXLOWER.encode(&hash.as_ref()[..16])))
    }
}
opaque_id!(/// What a patient asks the service.
    InquiryId, "inq_");
opaque_id!(/// A request about the patient's rights.
    RightId, "rgt_");
opaque_id!(/// A file that somebody brings.
    UploadId, "upl_");
opaque_id!(/// What was read from a file or told in a form: results and medicines, each confirmed by the patient or not.
    RecordId, "rec_");

/// The person behind a sign-in, as a pseudonym: `sub_` and 128 bits of SHA-256 over the pool's random user id.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Subject(String);

impl Subject {
    /// The pseudonym of a user-pool `sub` claim.
    pub fn of(sub: &str) -> Self {
        let hash = digest(&SHA256, format!("medius/subject/v1|{sub}").as_bytes());
        Self(format!("sub_{}", HEXLOWER.encode(&hash.as_ref()[..16])))
    }

    /// The pseudonym as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Subject {
    type Err = Invalid;
    fn from_str(s: &str) -> Result<Self, Invalid> {
        let hex = s.strip_prefix("sub_").ok_or(Invalid::Format)?;
        let ok = hex.len() == 32 && hex.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        if ok { Ok(Self(s.to_owned())) } else { Err(Invalid::Format) }
    }
}

impl TryFrom<String> for Subject {
    type Error = Invalid;
    fn try_from(s: String) -> Result<Self, Invalid> {
        s.parse()
    }
}

impl From<Subject> for String {
    fn from(s: Subject) -> String {
        s.0
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The public half of a secure link: 128 random bits in lower-case base32 (26 characters).
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct LinkId(String);

impl LinkId {
    /// A new random link id.
    #[allow(clippy::new_without_default, reason = "a random default would surprise")]
    pub fn new() -> Self {
        // A version-4 UUID has 122 random bits; its hash with a second one has the full 128.
        let seed = [uuid::Uuid::new_v4().into_bytes(), uuid::Uuid::new_v4().into_bytes()].concat();
        let hash = digest(&SHA256, &seed);
        Self(BASE32_NOPAD.encode(&hash.as_ref()[..16]).to_lowercase())
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for LinkId {
    type Err = Invalid;
    fn from_str(s: &str) -> Result<Self, Invalid> {
        let ok = s.len() == 26 && s.bytes().all(|b| matches!(b, b'a'..=b'z' | b'2'..=b'7'));
        if ok { Ok(Self(s.to_owned())) } else { Err(Invalid::Format) }
    }
}

impl TryFrom<String> for LinkId {
    type Error = Invalid;
    fn try_from(s: String) -> Result<Self, Invalid> {
        s.parse()
    }
}

impl From<LinkId> for String {
    fn from(id: LinkId) -> String {
        id.0
    }
}

impl fmt::Display for LinkId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a letter is called on paper: `MDS-<year>-<8 Crockford characters>`, 40 random bits after the year of issue.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct DocumentNumber(String);

/// Crockford's alphabet: no I, L, O, U, so that a number survives being read aloud.
const CROCKFORD: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

impl DocumentNumber {
    /// A new number of a year.
    pub fn new(year: i32) -> Self {
        // The hash spreads the UUID's random bits evenly: its fixed version bits would otherwise show.
        let hash = digest(&SHA256, uuid::Uuid::new_v4().as_bytes());
        let tail: String = hash.as_ref()[..8].iter().map(|b| char::from(CROCKFORD[usize::from(b % 32)])).collect();
        Self(format!("MDS-{year:04}-{tail}"))
    }

    /// The number as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for DocumentNumber {
    type Err = Invalid;
    fn from_str(s: &str) -> Result<Self, Invalid> {
        let mut parts = s.split('-');
        let ok = parts.next() == Some("MDS")
            && parts.next().is_some_and(|y| y.len() == 4 && y.bytes().all(|b| b.is_ascii_digit()))
            && parts.next().is_some_and(|t| t.len() == 8 && t.bytes().all(|b| CROCKFORD.contains(&b)))
            && parts.next().is_none();
        if ok { Ok(Self(s.to_owned())) } else { Err(Invalid::Format) }
    }
}

impl TryFrom<String> for DocumentNumber {
    type Error = Invalid;
    fn try_from(s: String) -> Result<Self, Invalid> {
        s.parse()
    }
}

impl From<DocumentNumber> for String {
    fn from(n: DocumentNumber) -> String {
        n.0
    }
}

impl fmt::Display for DocumentNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn ids_parse_what_they_print_and_nothing_else() {
        let id = CaseId::new();
        assert_eq!(id.as_str().parse::<CaseId>().unwrap(), id);
        assert!(id.as_str().parse::<ReferralId>().is_err());
        for bad in
            ["", "cas_", "cas_ZZ", "cas_0123456789abcdef0123456789abcdeF", "cas_0123456789abcdef0123456789abcde/"]
        {
            assert!(bad.parse::<CaseId>().is_err());
        }
        let link = LinkId::new();
        assert_eq!(link.as_str().parse::<LinkId>().unwrap(), link);
        let number = DocumentNumber::new(2026);
        assert_eq!(number.as_str().parse::<DocumentNumber>().unwrap(), number);
        assert!("MDS-2026-0000000I".parse::<DocumentNumber>().is_err());
    }

    #[test]
    fn a_subject_is_stable_and_hides_the_sign_in() {
        let sub = "8e5a0d1c-7f35-4b0b-9c3e-2f1d0a9b8c7d";
        assert_eq!(Subject::of(sub), Subject::of(sub));
        assert!(!Subject::of(sub).as_str().contains("8e5a0d1c"));
    }
}
