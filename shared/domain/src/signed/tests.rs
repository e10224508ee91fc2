#![allow(clippy::unwrap_used)]
use super::*;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair};
use proptest::prelude::*;
use serde_json::json;
use std::sync::LazyLock;

/// A key, a JWS and signatures that another implementation made; the file says how.
pub(crate) fn vectors() -> Value {
    serde_json::from_str(include_str!("../../data/signed-vectors.json")).unwrap()
}

struct Signer {
    pair: EcdsaKeyPair,
    public: PublicKey,
}

impl Signer {
    fn new() -> Self {
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap();
        let jwk = |part: &[u8]| BASE64URL_NOPAD.encode(part);
        let (x, y) = pair.public_key().as_ref()[1..].split_at(32);
        let jwk = json!({"kty": "EC", "crv": "P-256", "x": jwk(x), "y": jwk(y)});
        let public = PublicKey::try_from(serde_json::from_value::<Jwk>(jwk).unwrap()).unwrap();
        Self { pair, public }
    }

    fn keys(&self) -> KeySet {
        KeySet::new(vec![self.public.clone()]).unwrap()
    }

    fn signature(&self, bytes: &[u8]) -> Signature {
        Signature::from_der(self.pair.sign(&SystemRandom::new(), bytes).unwrap().as_ref()).unwrap()
    }

    fn sign(&self, kind: Kind, statement: &Value) -> Value {
        let unsigned = Unsigned::new(kind, self.public.kid(), statement).unwrap();
        let signature = self.signature(unsigned.input.as_bytes());
        serde_json::to_value(unsigned.signed(&signature)).unwrap()
    }

    /// A JWS with any header and content.
    fn jws(&self, header: &str, content: &str) -> String {
        let input =
            format!("{}.{}", BASE64URL_NOPAD.encode(header.as_bytes()), BASE64URL_NOPAD.encode(content.as_bytes()));
        let signature = self.signature(input.as_bytes());
        format!("{input}.{}", BASE64URL_NOPAD.encode(&signature.0))
    }
}

static SIGNER: LazyLock<Signer> = LazyLock::new(Signer::new);

fn statement() -> Value {
    json!({"schema_version": "1", "events": [{"event_state": "given", "seq": 7}], "text": "동의: \"예\" \\"})
}

fn check(file: &Value) -> Result<Verified, Unverified> {
    verify(Kind::ConsentReceipt, &serde_json::to_vec_pretty(file).unwrap(), &SIGNER.keys())
}

#[test]
fn a_statement_verifies_and_says_what_was_signed_with_which_key() {
    let verified = check(&SIGNER.sign(Kind::ConsentReceipt, &statement())).unwrap();
    assert_eq!(verified, Verified { kid: SIGNER.public.kid().to_owned(), statement: statement() });
    let head = SIGNER.sign(Kind::LogHead, &statement());
    let bytes = serde_json::to_vec(&head).unwrap();
    assert_eq!(verify(Kind::LogHead, &bytes, &SIGNER.keys()).unwrap().statement, statement());
}

#[test]
fn what_another_implementation_signed_verifies() {
    let vectors = vectors();
    let keys = json!({"keys": [vectors["jwk"]]});
    let keys: KeySet = serde_json::from_value(keys).unwrap();
    let file = vectors["file"].clone();
    let verified = verify(Kind::ConsentReceipt, file.to_string().as_bytes(), &keys).unwrap();
    assert_eq!((Value::from(verified.kid), verified.statement), (vectors["kid"].clone(), file["receipt"].clone()));
    assert_eq!(check(&file).unwrap_err(), Unverified::Key);
}

/// RFC 7515 appendix A.3.
#[test]
fn the_example_of_the_rfc_holds() {
    let jwk = json!({"kty": "EC", "crv": "P-256", "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
        "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"});
    let key = PublicKey::try_from(serde_json::from_value::<Jwk>(jwk).unwrap()).unwrap();
    let input = "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
    let signature = "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";
    let signature = Signature(BASE64URL_NOPAD.decode(signature.as_bytes()).unwrap().try_into().unwrap());
    assert!(key.holds(input.as_bytes(), &signature));
    assert!(!key.holds(&input.as_bytes()[1..], &signature));
}

#[test]
fn each_thing_that_is_wrong_is_named() {
    let good = SIGNER.sign(Kind::ConsentReceipt, &statement());
    let jws = good["jws"].as_str().unwrap();
    let parts: Vec<_> = jws.split('.').collect();
    let with = |jws: &str| check(&json!({"receipt": statement(), "jws": jws})).unwrap_err();

    let mut readable = good.clone();
    readable["receipt"]["events"][0]["event_state"] = json!("refused");
    assert_eq!(check(&readable).unwrap_err(), Unverified::Readable);

    let content = BASE64URL_NOPAD.encode(readable["receipt"].to_string().as_bytes());
    let changed = json!({"receipt": readable["receipt"], "jws": format!("{}.{content}.{}", parts[0], parts[2])});
    assert_eq!(check(&changed).unwrap_err(), Unverified::Signature);

    assert_eq!(check(&Signer::new().sign(Kind::ConsentReceipt, &statement())).unwrap_err(), Unverified::Key);
    let log_head = SIGNER.sign(Kind::LogHead, &statement());
    assert_eq!(check(&log_head).unwrap_err(), Unverified::File);
    assert_eq!(with(log_head["jws"].as_str().unwrap()), Unverified::Kind);

    for length in 0..jws.len() {
        let refusal = with(&jws[..length]);
        assert!(matches!(refusal, Unverified::Jws | Unverified::Algorithm | Unverified::Signature), "{refusal:?}");
    }
    assert_eq!(with(&format!("{jws}A")), Unverified::Jws);
    assert_eq!(with(&format!("{jws}.")), Unverified::Jws);
    assert_eq!(with(&format!("{}.{}.", parts[0], parts[1])), Unverified::Jws);
    assert_eq!(with(""), Unverified::Jws);
}

#[test]
fn a_header_has_three_members_and_one_algorithm() {
    let kid = SIGNER.public.kid();
    let content = statement().to_string();
    let with = |header: String| {
        let jws = SIGNER.jws(&header, &content);
        check(&json!({"receipt": statement(), "jws": jws}))
    };
    let typ = Kind::ConsentReceipt.typ();
    assert!(with(json!({"typ": typ, "kid": kid, "alg": "ES256"}).to_string()).is_ok());
    for alg in ["none", "None", "HS256", "ES384", ""] {
        assert_eq!(with(json!({"alg": alg, "kid": kid, "typ": typ}).to_string()).unwrap_err(), Unverified::Algorithm);
    }
    assert_eq!(with(json!({"kid": kid, "typ": typ}).to_string()).unwrap_err(), Unverified::Algorithm);
    let own = json!({"alg": "ES256", "kid": kid, "typ": typ, "jwk": Jwk::from(SIGNER.public.clone())});
    for header in
        [own, json!({"alg": "ES256", "typ": typ}), json!(["ES256"]), json!({"alg": "ES256", "kid": 1, "typ": typ})]
    {
        assert!(matches!(with(header.to_string()).unwrap_err(), Unverified::Jws | Unverified::Algorithm));
    }
    let twice = format!(r#"{{"alg":"none","alg":"ES256","kid":"{kid}","typ":"{typ}"}}"#);
    assert_eq!(with(twice).unwrap_err(), Unverified::Jws);
    let none = json!({"alg": "none", "kid": kid, "typ": typ}).to_string();
    let unsigned =
        format!("{}.{}.", BASE64URL_NOPAD.encode(none.as_bytes()), BASE64URL_NOPAD.encode(content.as_bytes()));
    assert_eq!(check(&json!({"receipt": statement(), "jws": unsigned})).unwrap_err(), Unverified::Algorithm);
}

#[test]
fn what_is_no_such_file_is_said_to_be_none() {
    let good = SIGNER.sign(Kind::ConsentReceipt, &statement());
    let check = |text: &str| verify(Kind::ConsentReceipt, text.as_bytes(), &SIGNER.keys());
    let text = good.to_string();
    assert!(check(&text).is_ok() && check(&format!(" {text}\n")).is_ok());
    let jws = good["jws"].as_str().unwrap();
    for wrong in ["", "x", "[]", "null", "{}", jws, &text[1..], &text[..text.len() - 1], &format!("{text}{text}")] {
        assert_eq!(check(wrong).unwrap_err(), Unverified::File);
    }
    assert_eq!(check(&json!({"receipt": statement(), "jws": 1}).to_string()).unwrap_err(), Unverified::File);
    assert_eq!(
        check(&json!({"receipt": statement(), "jws": jws, "note": ""}).to_string()).unwrap_err(),
        Unverified::File
    );
    // A reader sees "refused", a program "given".
    let state = r#""event_state":"given""#;
    let twice = text.replace(state, &format!(r#""event_state":"refused",{state}"#));
    assert_ne!(twice, text);
    assert_eq!(check(&twice).unwrap_err(), Unverified::File);
    assert_eq!(check(&" ".repeat(MAX_BYTES + 1)).unwrap_err(), Unverified::File);
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 32, 6, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            proptest::collection::btree_map(any::<String>(), inner, 0..6)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]
    #[test]
    fn every_statement_comes_back_and_none_after_a_changed_byte(statement in any_json(), at in any::<prop::sample::Index>(), to in any::<u8>()) {
        let file = serde_json::to_vec(&SIGNER.sign(Kind::ConsentReceipt, &statement)).unwrap();
        prop_assert_eq!(verify(Kind::ConsentReceipt, &file, &SIGNER.keys()).unwrap().statement, statement.clone());
        let mut changed = file.clone();
        let at = at.index(changed.len());
        changed[at] = to;
        // A byte may change without a change of meaning (`\u0041` and `A`); then the same statement comes back.
        if let Ok(verified) = verify(Kind::ConsentReceipt, &changed, &SIGNER.keys()) {
            prop_assert_eq!(verified.statement, statement);
        }
    }
}
