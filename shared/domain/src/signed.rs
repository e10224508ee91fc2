//! Signed statements that anybody can check without us: a readable part and a JWS over the same content (RFC 7515 compact,
//! ES256 of RFC 7518), in one JSON file. A consent receipt is one, a day's log head another.
//!
//! What is checked is exactly one form: one algorithm, one header of three members, keys by thumbprint from a list that the
//! checker holds. A header that brings its own key, or asks for another algorithm, is no header of ours.

mod der;
mod key;

pub use key::{Jwk, KeyError, KeySet, PublicKey};

use aws_lc_rs::digest::{SHA256, digest};
use data_encoding::BASE64URL_NOPAD;
use serde::ser::SerializeMap;
use serde::{Deserialize, Serialize, Serializer};
use serde_json::Value;
use serde_json::value::RawValue;

const ALGORITHM: &str = "ES256";
/// No statement of ours comes near this; a checker need not read more.
const MAX_BYTES: usize = 1024 * 1024;

/// What a statement is. A signature for one kind never counts for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// What was decided about a consent text.
    ConsentReceipt,
    /// Where the access log's chains stood at the end of a day.
    LogHead,
    /// That a case was destroyed.
    Destruction,
    /// That a clinician reviewed a letter.
    LetterSignature,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::ConsentReceipt, Self::LogHead, Self::Destruction, Self::LetterSignature];

    /// The media type in the header, without `application/` (RFC 7515 section 4.1.9).
    pub const fn typ(self) -> &'static str {
        match self {
            Self::ConsentReceipt => "medius-consent-receipt+jws",
            Self::LogHead => "medius-log-head+jws",
            Self::Destruction => "medius-destruction-certificate+jws",
            Self::LetterSignature => "medius-letter-signature+jws",
        }
    }

    /// The member of the file that holds the readable part.
    pub const fn member(self) -> &'static str {
        match self {
            Self::ConsentReceipt => "receipt",
            Self::LogHead => "log_head",
            Self::Destruction => "certificate",
            Self::LetterSignature => "signature",
        }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    alg: String,
    kid: String,
    typ: String,
}

/// An ES256 signature: r and s.
#[derive(Clone, PartialEq, Eq)]
pub struct Signature([u8; 64]);

/// A signature in another form than DER allows for P-256.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is not the DER of a P-256 signature")]
pub struct NotASignature;

impl Signature {
    /// Reads the signature as KMS gives it.
    ///
    /// # Errors
    /// [`NotASignature`].
    pub fn from_der(der: &[u8]) -> Result<Self, NotASignature> {
        der::fixed(der).map(Self).ok_or(NotASignature)
    }
}

/// A statement that waits for its signature.
pub struct Unsigned {
    kind: Kind,
    readable: Box<RawValue>,
    input: String,
}

impl Unsigned {
    /// A statement, to be signed by the key with this thumbprint. Its numbers should be whole: every checker must read the
    /// same ones.
    ///
    /// # Errors
    /// A statement that JSON cannot carry.
    pub fn new(kind: Kind, kid: &str, statement: &impl Serialize) -> Result<Self, serde_json::Error> {
        let header = Header { alg: ALGORITHM.to_owned(), kid: kid.to_owned(), typ: kind.typ().to_owned() };
        let part = |json: String| BASE64URL_NOPAD.encode(json.as_bytes());
        let input = format!("{}.{}", part(serde_json::to_string(&header)?), part(serde_json::to_string(statement)?));
        Ok(Self { kind, readable: RawValue::from_string(serde_json::to_string_pretty(statement)?)?, input })
    }

    /// SHA-256 of what is signed: KMS takes at most 4,096 bytes of a message itself.
    pub fn digest(&self) -> [u8; 32] {
        let mut out = [0; 32];
        out.copy_from_slice(digest(&SHA256, self.input.as_bytes()).as_ref());
        out
    }

    /// With its signature.
    #[must_use]
    pub fn signed(self, signature: &Signature) -> Envelope {
        let jws = format!("{}.{}", self.input, BASE64URL_NOPAD.encode(&signature.0));
        Envelope { kind: self.kind, readable: self.readable, jws }
    }
}

/// A signed statement; as JSON the file that is handed out: `{"receipt": {…}, "jws": "…"}`.
#[derive(Debug)]
pub struct Envelope {
    kind: Kind,
    readable: Box<RawValue>,
    jws: String,
}

impl Envelope {
    /// The signature with what was signed.
    pub fn jws(&self) -> &str {
        &self.jws
    }
}

impl Serialize for Envelope {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut map = to.serialize_map(Some(2))?;
        map.serialize_entry(self.kind.member(), &self.readable)?;
        map.serialize_entry("jws", &self.jws)?;
        map.end()
    }
}

/// Why a file does not count. The text says what is wrong to whoever checks, and repeats nothing of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unverified {
    /// Not a JSON object with the readable part and `jws`, and nothing else.
    #[error("this is not a signed file of this kind: it must hold the readable part and its signature, once each")]
    File,
    /// The JWS is not three parts in base64url with a JSON header and content.
    #[error("the signature is damaged or cut: it is not in the form of a JWS")]
    Jws,
    /// The header asks for another algorithm, or for none.
    #[error("the signature uses another algorithm than ES256, which nobody here vouches for")]
    Algorithm,
    /// A statement of another kind.
    #[error("the signature is for another kind of document")]
    Kind,
    /// The key is not in the list.
    #[error("the signature is by a key that is not in the list of keys")]
    Key,
    /// The signature does not fit what was signed.
    #[error("the signature does not hold: what was signed has been changed")]
    Signature,
    /// The readable part says something else than what was signed.
    #[error("the signature holds, but the readable part says something else than what was signed")]
    Readable,
}

/// A statement that was checked.
#[derive(Debug, Clone, PartialEq)]
pub struct Verified {
    /// Thumbprint of the key that signed.
    pub kid: String,
    /// What was signed.
    pub statement: Value,
}

/// Checks a file against keys that the checker holds. Nothing but its arguments is looked at.
///
/// # Errors
/// [`Unverified`], the first thing that is wrong.
pub fn verify(kind: Kind, file: &[u8], keys: &KeySet) -> Result<Verified, Unverified> {
    let file = once(file).ok_or(Unverified::File)?;
    let members = file.as_object().filter(|members| members.len() == 2).ok_or(Unverified::File)?;
    let readable = members.get(kind.member()).ok_or(Unverified::File)?;
    let jws = members.get("jws").and_then(Value::as_str).ok_or(Unverified::File)?;
    let (kid, statement) = open(kind, jws, keys)?;
    if statement != *readable {
        return Err(Unverified::Readable);
    }
    Ok(Verified { kid, statement })
}

/// What a JWS says, if it counts.
fn open(kind: Kind, jws: &str, keys: &KeySet) -> Result<(String, Value), Unverified> {
    let (input, signature) = jws.rsplit_once('.').ok_or(Unverified::Jws)?;
    let (header, content) = input.split_once('.').ok_or(Unverified::Jws)?;
    let part = |text: &str| BASE64URL_NOPAD.decode(text.as_bytes()).map_err(|_| Unverified::Jws);
    let header = once(&part(header)?).ok_or(Unverified::Jws)?;
    if header["alg"] != ALGORITHM {
        return Err(Unverified::Algorithm);
    }
    let header = Header::deserialize(&header).map_err(|_| Unverified::Jws)?;
    if header.typ != kind.typ() {
        return Err(Unverified::Kind);
    }
    let content = part(content)?;
    let signature = Signature(part(signature)?.try_into().map_err(|_| Unverified::Jws)?);
    let key = keys.find(&header.kid).ok_or(Unverified::Key)?;
    if !key.holds(input.as_bytes(), &signature) {
        return Err(Unverified::Signature);
    }
    Ok((header.kid, once(&content).ok_or(Unverified::Jws)?))
}

/// JSON in which every member stands once. Of two with one name programs take the last and people read the first.
fn once(bytes: &[u8]) -> Option<Value> {
    if bytes.len() > MAX_BYTES {
        return None;
    }
    let value = serde_json::from_slice(bytes).ok()?;
    // A colon outside a text stands behind a member's name and nowhere else.
    let (mut colons, mut in_text, mut escaped) = (0, false, false);
    for byte in bytes {
        match byte {
            b'"' if !escaped => in_text = !in_text,
            b':' if !in_text => colons += 1,
            _ => {}
        }
        escaped = in_text && !escaped && *byte == b'\\';
    }
    (colons == names(&value)).then_some(value)
}

fn names(value: &Value) -> usize {
    match value {
        Value::Object(members) => members.len() + members.values().map(names).sum::<usize>(),
        Value::Array(items) => items.iter().map(names).sum(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => 0,
    }
}

#[cfg(test)]
pub(crate) mod tests;
