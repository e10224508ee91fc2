//! Public keys: as KMS gives them (SubjectPublicKeyInfo), as a JWK Set names them (RFC 7517), and by which name (RFC 7638).

use super::Signature;
use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, ParsedPublicKey};
use data_encoding::BASE64URL_NOPAD;
use serde::{Deserialize, Serialize};

/// What stands before the point in the SubjectPublicKeyInfo of every P-256 key (RFC 5480): DER has one encoding, so that
/// comparing is reading.
const SPKI_START: [u8; 26] = [
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce,
    0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
];
/// Mark of an uncompressed point (SEC 1 section 2.3.3).
const UNCOMPRESSED: u8 = 4;

/// Why something is no key of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Not the SubjectPublicKeyInfo of a P-256 key.
    #[error("this is not a public key on the curve P-256")]
    Format,
    /// A JWK of another type or curve, or for another use.
    #[error("a key of the set is not for ES256 signatures")]
    Purpose,
    /// The coordinates are no point of the curve.
    #[error("a key of the set is no point of the curve P-256")]
    Point,
    /// The key does not have the name that it is given.
    #[error("a key of the set has another thumbprint than its kid says")]
    Name,
    /// A set without keys proves nothing.
    #[error("the set has no keys")]
    Empty,
}

/// A key as RFC 7517 writes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Jwk {
    /// `EC`.
    pub kty: String,
    /// `P-256`.
    pub crv: String,
    /// First coordinate, base64url.
    pub x: String,
    /// Second coordinate, base64url.
    pub y: String,
    /// The key's name: its thumbprint.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kid: Option<String>,
    /// `ES256`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alg: Option<String>,
    /// `sig`.
    #[serde(default, rename = "use", skip_serializing_if = "Option::is_none")]
    pub usage: Option<String>,
}

/// A public key that statements are checked with.
#[derive(Debug, Clone)]
pub struct PublicKey {
    kid: String,
    x: String,
    y: String,
    key: ParsedPublicKey,
}

impl PublicKey {
    /// Reads the key as KMS gives it.
    ///
    /// # Errors
    /// [`KeyError::Format`] or [`KeyError::Point`].
    pub fn from_spki(der: &[u8]) -> Result<Self, KeyError> {
        Self::from_point(der.strip_prefix(&SPKI_START).ok_or(KeyError::Format)?)
    }

    fn from_point(point: &[u8]) -> Result<Self, KeyError> {
        let [UNCOMPRESSED, coordinates @ ..] = point else { return Err(KeyError::Format) };
        if coordinates.len() != 64 {
            return Err(KeyError::Format);
        }
        let (x, y) = coordinates.split_at(32);
        let (x, y) = (BASE64URL_NOPAD.encode(x), BASE64URL_NOPAD.encode(y));
        let key = ParsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).map_err(|_| KeyError::Point)?;
        // RFC 7638 section 3.2: the required members in this order, without white space.
        let members = format!(r#"{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}"#);
        let kid = BASE64URL_NOPAD.encode(digest(&SHA256, members.as_bytes()).as_ref());
        Ok(Self { kid, x, y, key })
    }

    /// The key's name: its thumbprint (RFC 7638).
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// Whether a signature over these bytes is this key's.
    pub(super) fn holds(&self, bytes: &[u8], signature: &Signature) -> bool {
        self.key.verify_sig(bytes, &signature.0).is_ok()
    }
}

impl TryFrom<Jwk> for PublicKey {
    type Error = KeyError;
    fn try_from(jwk: Jwk) -> Result<Self, KeyError> {
        let other = |given: &Option<String>, ours: &str| given.as_ref().is_some_and(|given| given != ours);
        if jwk.kty != "EC" || jwk.crv != "P-256" || other(&jwk.alg, "ES256") || other(&jwk.usage, "sig") {
            return Err(KeyError::Purpose);
        }
        let coordinate = |text: &str| BASE64URL_NOPAD.decode(text.as_bytes()).ok().filter(|bytes| bytes.len() == 32);
        let (x, y) = coordinate(&jwk.x).zip(coordinate(&jwk.y)).ok_or(KeyError::Point)?;
        let key = Self::from_point(&[&[UNCOMPRESSED], &x[..], &y[..]].concat())?;
        if other(&jwk.kid, &key.kid) { Err(KeyError::Name) } else { Ok(key) }
    }
}

impl From<PublicKey> for Jwk {
    fn from(key: PublicKey) -> Self {
        Self {
            kty: "EC".to_owned(),
            crv: "P-256".to_owned(),
            x: key.x,
            y: key.y,
            kid: Some(key.kid),
            alg: Some("ES256".to_owned()),
            usage: Some("sig".to_owned()),
        }
    }
}

#[derive(Serialize, Deserialize)]
struct JwkSet {
    keys: Vec<Jwk>,
}

/// The keys whose signatures count: as JSON a JWK Set.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(try_from = "JwkSet", into = "JwkSet")]
pub struct KeySet(Vec<PublicKey>);

impl KeySet {
    /// With at least one key.
    ///
    /// # Errors
    /// [`KeyError::Empty`].
    pub fn new(keys: Vec<PublicKey>) -> Result<Self, KeyError> {
        if keys.is_empty() { Err(KeyError::Empty) } else { Ok(Self(keys)) }
    }

    /// The key of a name.
    pub fn find(&self, kid: &str) -> Option<&PublicKey> {
        self.0.iter().find(|key| key.kid == kid)
    }
}

impl TryFrom<JwkSet> for KeySet {
    type Error = KeyError;
    fn try_from(set: JwkSet) -> Result<Self, KeyError> {
        Self::new(set.keys.into_iter().map(PublicKey::try_from).collect::<Result<_, _>>()?)
    }
}

impl From<KeySet> for JwkSet {
    fn from(set: KeySet) -> Self {
        Self { keys: set.0.into_iter().map(Into::into).collect() }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::signed::tests::vectors;
    use data_encoding::HEXLOWER;
    use serde_json::json;

    fn spki() -> Vec<u8> {
        HEXLOWER.decode(vectors()["spki"].as_str().unwrap().as_bytes()).unwrap()
    }

    #[test]
    fn a_key_of_kms_has_the_coordinates_and_the_name_that_another_implementation_finds() {
        let (key, vectors) = (PublicKey::from_spki(&spki()).unwrap(), vectors());
        assert_eq!(key.kid(), vectors["kid"]);
        let jwk = serde_json::to_value(Jwk::from(key)).unwrap();
        for member in ["kty", "crv", "x", "y"] {
            assert_eq!(jwk[member], vectors["jwk"][member]);
        }
        let set: KeySet = serde_json::from_value(json!({"keys": [jwk], "more": "is ignored"})).unwrap();
        assert!(set.find(vectors["kid"].as_str().unwrap()).is_some() && set.find("x").is_none());
    }

    #[test]
    fn what_is_no_key_of_ours_is_refused_for_its_reason() {
        let mut off_curve = spki();
        off_curve[60] ^= 1;
        assert_eq!(PublicKey::from_spki(&off_curve).unwrap_err(), KeyError::Point);
        for wrong in [&spki()[1..], &spki()[..90], &[spki(), vec![0]].concat(), b""] {
            assert_eq!(PublicKey::from_spki(wrong).unwrap_err(), KeyError::Format);
        }
        let mut compressed = spki();
        compressed[26] = 2;
        assert_eq!(PublicKey::from_spki(&compressed).unwrap_err(), KeyError::Format);
        let good = Jwk::from(PublicKey::from_spki(&spki()).unwrap());
        let refused = |jwk: Jwk| PublicKey::try_from(jwk).unwrap_err();
        assert_eq!(refused(Jwk { kty: "oct".into(), ..good.clone() }), KeyError::Purpose);
        assert_eq!(refused(Jwk { crv: "P-384".into(), ..good.clone() }), KeyError::Purpose);
        assert_eq!(refused(Jwk { alg: Some("none".into()), ..good.clone() }), KeyError::Purpose);
        assert_eq!(refused(Jwk { usage: Some("enc".into()), ..good.clone() }), KeyError::Purpose);
        assert_eq!(refused(Jwk { x: good.y.clone(), y: good.x.clone(), ..good.clone() }), KeyError::Point);
        assert_eq!(refused(Jwk { x: format!("{}=", good.x), ..good.clone() }), KeyError::Point);
        assert_eq!(refused(Jwk { kid: Some("another".into()), ..good }), KeyError::Name);
        assert_eq!(KeySet::new(Vec::new()).unwrap_err(), KeyError::Empty);
    }
}
