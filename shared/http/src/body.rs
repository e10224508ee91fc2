//! A JSON body, parsed at the edge: size, media type, UTF-8, depth, doubled names, then the type's own rules. What is
//! wrong is said by a pointer and a code; a value never leaves this module.

use crate::digest::sha256_hex;
use crate::problem::{Problem, ProblemKind};
use crate::structure;
use axum::extract::{FromRequest, Request};
use http::HeaderMap;
use http::header::CONTENT_TYPE;
use medius_domain::field::{CODE_MARK, FieldError, Invalid};
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::error::Category;
use serde_path_to_error::Segment;

/// Most bytes of a body: 256 KiB.
pub const MAX_BYTES: usize = 256 * 1024;

/// Most levels of arrays and objects within each other.
pub const MAX_DEPTH: usize = 128;

/// A body of `application/json`. `T` should refuse unknown fields (`#[serde(deny_unknown_fields)]`).
///
/// Codes of a field (422): `unknown-field`, `duplicate-field`, `missing`, `wrong-type`, `unknown-value`,
/// `out-of-range`, `format`, and those of [`Invalid`].
pub struct Body<T> {
    /// What was sent.
    pub value: T,
    /// SHA-256 of the bytes, for the record of an idempotent request.
    pub sha256: String,
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        let bytes = json_bytes(request).await?;
        Ok(Self { value: parse(&bytes)?, sha256: sha256_hex([&bytes[..]]) })
    }
}

/// A body that names in `action` which of several things it is: `Tagged(answer): Tagged<PatientAnswer>`; see [`parse_tagged`].
pub struct Tagged<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Tagged<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        parse_tagged(&json_bytes(request).await?, "action").map(Self)
    }
}

/// The bytes of a body that says it is JSON and is not too large.
async fn json_bytes(request: Request) -> Result<axum::body::Bytes, Problem> {
    if !is_json(request.headers()) {
        return Err(ProblemKind::UnsupportedMediaType.into());
    }
    // The body is whole in memory when it arrives from Lambda: the limit is the only way to fail.
    axum::body::to_bytes(request.into_body(), MAX_BYTES).await.map_err(|_| Problem::new(ProblemKind::BodyTooLarge))
}

/// `application/json`, if a charset is named then UTF-8 (RFC 8259 section 8.1).
fn is_json(headers: &HeaderMap) -> bool {
    let Some(value) = headers.get(CONTENT_TYPE).and_then(|v| v.to_str().ok()) else { return false };
    let mut parts = value.split(';').map(str::trim);
    let essence = parts.next().unwrap_or_default();
    let mut charsets = parts.filter_map(|p| p.split_once('=')).filter(|(name, _)| name.eq_ignore_ascii_case("charset"));
    essence.eq_ignore_ascii_case("application/json")
        && charsets.all(|(_, charset)| charset.trim_matches('"').eq_ignore_ascii_case("utf-8"))
}

/// Parses a body by all rules of this module.
///
/// # Errors
/// A problem that names the field, never its value.
pub fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    if structure::deeper_than(bytes, MAX_DEPTH) {
        return Err(ProblemKind::JsonTooDeep.into());
    }
    let malformed = || Problem::new(ProblemKind::MalformedJson);
    let text = std::str::from_utf8(bytes).map_err(|_| malformed())?;
    serde_json::from_str::<IgnoredAny>(text).map_err(|_| malformed())?;
    if let Some(pointer) = structure::duplicate_name(text) {
        return Err(Problem::invalid([FieldError { pointer, code: "duplicate-field" }]));
    }
    let mut deserializer = serde_json::Deserializer::from_str(text);
    serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
        let pointer = pointer(error.path());
        let inner = error.into_inner();
        match inner.classify() {
            Category::Data => Problem::invalid([field_error(pointer, &inner.to_string())]),
            // Well-formed, and a number or list stands where a code belongs: the parser takes that for broken JSON.
            Category::Syntax if inner.to_string().starts_with("expected value") => {
                Problem::invalid([FieldError { pointer, code: "wrong-type" }])
            }
            // Well-formed, and yet not text or a number: half of a surrogate pair, a number beyond every range.
            Category::Syntax | Category::Eof | Category::Io => malformed(),
        }
    })
}

/// Parses a body `{"<tag>": "<variant>", …}` as an enum whose variants are written `{"<variant>": {…}}`. An enum that has its
/// tag inside would lose the place of what is wrong.
///
/// # Errors
/// As [`parse`].
pub fn parse_tagged<T: DeserializeOwned>(bytes: &[u8], tag: &str) -> Result<T, Problem> {
    let mut fields: serde_json::Map<String, serde_json::Value> = parse(bytes)?;
    let at = |code| Problem::invalid([FieldError { pointer: format!("/{tag}"), code }]);
    let name = match fields.remove(tag) {
        Some(serde_json::Value::String(name)) => name,
        Some(_) => return Err(at("wrong-type")),
        None => return Err(at(Invalid::Missing.code())),
    };
    let whole = serde_json::Value::Object([(name.clone(), serde_json::Value::Object(fields))].into_iter().collect());
    serde_path_to_error::deserialize(&whole).map_err(|error| {
        let pointer = pointer(error.path());
        let field = field_error(pointer, &error.into_inner().to_string());
        // What is wrong with the variant's name is wrong with the tag; the rest lies below the variant.
        match field.pointer.strip_prefix(&format!("/{name}")) {
            Some(inner) => Problem::invalid([FieldError { pointer: inner.to_owned(), code: field.code }]),
            None => Problem::invalid([FieldError { pointer: format!("/{tag}"), code: field.code }]),
        }
    })
}

/// Turns a parser's message into a pointer and a code. The parser's own words stand at the beginning of each message,
/// so that what the client sent cannot be taken for them.
fn field_error(at: String, message: &str) -> FieldError {
    if let Some(code) = message.strip_prefix(CODE_MARK) {
        let code = code.split(' ').next().unwrap_or_default();
        let known = Invalid::ALL.into_iter().find(|invalid| invalid.code() == code);
        return FieldError { pointer: at, code: known.unwrap_or(Invalid::Format).code() };
    }
    if let Some(rest) = message.strip_prefix("unknown field `") {
        let name = rest.rsplit_once("`, expected ").or_else(|| rest.rsplit_once("`, there are")).map_or("", |(n, _)| n);
        // The path has the name already, except inside a tagged enum, where the parser has lost its place.
        let pointer = if at.ends_with(&format!("/{name}")) { at } else { below(at, name) };
        return FieldError { pointer, code: "unknown-field" };
    }
    if let Some(rest) = message.strip_prefix("missing field `") {
        let name = rest.split('`').next().unwrap_or_default();
        return FieldError { pointer: below(at, name), code: Invalid::Missing.code() };
    }
    let code = if message.starts_with("unknown variant") {
        Invalid::UnknownValue.code()
    } else if message.starts_with("invalid value: integer") || message.starts_with("invalid value: floating point") {
        Invalid::OutOfRange.code()
    } else if message.starts_with("invalid type")
        || message.starts_with("invalid length")
        || message.starts_with("invalid value")
        || message.starts_with("data did not match")
    {
        "wrong-type"
    } else {
        Invalid::Format.code()
    };
    FieldError { pointer: at, code }
}

/// The pointer of a field, if it can be one of ours; else of the object that it stands in.
fn below(mut pointer: String, name: &str) -> String {
    structure::push_name(&mut pointer, name);
    pointer
}

/// RFC 6901. Cut at the first name that no field of ours has: it may be a value in the wrong place.
fn pointer(path: &serde_path_to_error::Path) -> String {
    let mut pointer = String::new();
    for segment in path {
        let known = match segment {
            Segment::Seq { index } => structure::push_index(&mut pointer, *index),
            Segment::Map { key } => structure::push_name(&mut pointer, key),
            Segment::Enum { variant } => structure::push_name(&mut pointer, variant),
            Segment::Unknown => false,
        };
        if !known {
            break;
        }
    }
    pointer
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;
    use serde::Deserialize;

    #[allow(dead_code, reason = "only its parsing is tested")]
    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Outer {
        items: Vec<Inner>,
        dose: Option<u8>,
        id: Option<medius_domain::id::CaseId>,
        said: Option<Said>,
        sign: Option<medius_domain::emergency::EmergencySign>,
        name: Option<Inner>,
        map: Option<std::collections::BTreeMap<String, u8>>,
        tagged: Option<Tagged>,
    }

    #[allow(dead_code, reason = "only its parsing is tested")]
    #[derive(Debug, Deserialize)]
    #[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
    enum Tagged {
        One { name: String },
    }

    #[allow(dead_code, reason = "only its parsing is tested")]
    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Inner {
        name: String,
    }

    #[allow(dead_code, reason = "only its parsing is tested")]
    #[derive(Debug, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Said {
        Text(Inner),
    }

    fn refusal(json: &str) -> String {
        let problem = parse::<Outer>(json.as_bytes()).unwrap_err();
        let response = problem.render(crate::Language::En, "r");
        let body = whole_body(response);
        let value: serde_json::Value = serde_json::from_slice(&body).unwrap();
        match value["errors"].get(0) {
            Some(e) => format!("{} {}", e["pointer"].as_str().unwrap(), e["code"].as_str().unwrap()),
            None => value["code"].as_str().unwrap().to_owned(),
        }
    }

    fn whole_body(response: axum::response::Response) -> Vec<u8> {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(axum::body::to_bytes(response.into_body(), usize::MAX)).unwrap().to_vec()
    }

    #[test]
    fn a_refusal_names_the_field_and_the_rule() {
        for (json, expected) in [
            (r#"{"items":[{"name":"a"},{"nam":"b"}]}"#, "/items/1/nam unknown-field"),
            (r#"{"items":[{"name":"a","Hong Gildong":1}]}"#, "/items/0 unknown-field"),
            (r#"{"items":[],"900101-1234567":1}"#, " unknown-field"),
            (r#"{"items":[],"a`b":1}"#, " unknown-field"),
            (r#"{"items":[],"tagged":{"kind":"one","x":1}}"#, "/tagged/x unknown-field"),
            (r#"{"items":[],"tagged":{"kind":"two"}}"#, "/tagged/kind unknown-value"),
            (r#"{"items":[],"tagged":{"kind":"one"}}"#, "/tagged/name missing"),
            (r#"{"items":[{}]}"#, "/items/0/name missing"),
            (r#"{}"#, "/items missing"),
            (r#"{"items":7}"#, "/items wrong-type"),
            (r#"{"items":[{"name":["x"]}]}"#, "/items/0/name wrong-type"),
            (r#"{"items":[],"dose":300}"#, "/dose out-of-range"),
            (r#"{"items":[],"dose":-1}"#, "/dose out-of-range"),
            (r#"{"items":[],"dose":1.5}"#, "/dose wrong-type"),
            (r#"{"items":[],"id":"cas_nope"}"#, "/id format"),
            (r#"{"items":[],"said":{"text":{"name":4}}}"#, "/said/text/name wrong-type"),
            (r#"{"items":[],"said":{"TEXT":{"name":4}}}"#, "/said unknown-value"),
            (r#"{"items":[],"sign":"headache"}"#, "/sign unknown-value"),
            (r#"{"items":[],"sign":7}"#, "/sign wrong-type"),
            (r#"{"items":[],"sign":["chest_pain_now"]}"#, "/sign wrong-type"),
            (r#"{"items":[],"said":true}"#, "/said wrong-type"),
            (r#"{"items":[{"name":"a","name":"b"}]}"#, "/items/0/name duplicate-field"),
            (r#"{"items":[{"name":"a","n\u0061me":"b"}]}"#, "/items/0/name duplicate-field"),
            (r#"{"items":[{"items":1}]}"#, "/items/0/items unknown-field"),
            (r#"{"items":[],"said":{"text":{"text":1}}}"#, "/said/text/text unknown-field"),
            (r#"{"items":[],"name":{}}"#, "/name/name missing"),
            (r#"{"items":[],"map":{"Hong Gildong":"x"}}"#, "/map wrong-type"),
            (r#"[]"#, " wrong-type"),
            (r#"null"#, " wrong-type"),
            ("", "malformed-json"),
            ("{", "malformed-json"),
            (r#"{"items":[]} x"#, "malformed-json"),
            (r#"{"items":[{"name":"\ud800"}]}"#, "malformed-json"),
            ("{\"items\":[{\"name\":\"\u{1}\"}]}", "malformed-json"),
        ] {
            assert_eq!(refusal(json), expected, "{json}");
        }
    }

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Answer {
        Accept(Empty),
        Decline(Declined),
    }

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Empty {}

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Declined {
        code: medius_domain::upload::FileSize,
        more: Option<Empty>,
    }

    #[test]
    fn a_tagged_body_keeps_the_place_of_what_is_wrong() {
        let refusal = |json: &str| {
            let body = whole_body(
                parse_tagged::<Answer>(json.as_bytes(), "action").unwrap_err().render(crate::Language::En, "r"),
            );
            let value: serde_json::Value = serde_json::from_slice(&body).unwrap();
            let first = &value["errors"][0];
            format!("{} {}", first["pointer"].as_str().unwrap(), first["code"].as_str().unwrap())
        };
        for (json, expected) in [
            (r#"{}"#, "/action missing"),
            (r#"{"action":7}"#, "/action wrong-type"),
            (r#"{"action":"perish"}"#, "/action unknown-value"),
            (r#"{"action":"accept","x":1}"#, "/x unknown-field"),
            (r#"{"action":"decline"}"#, "/code missing"),
            (r#"{"action":"decline","code":0}"#, "/code out-of-range"),
            (r#"{"action":"decline","code":1,"more":{"y":1}}"#, "/more/y unknown-field"),
            (r#"{"action":"accept","action":"accept"}"#, "/action duplicate-field"),
        ] {
            assert_eq!(refusal(json), expected, "{json}");
        }
        let accepted: Answer = parse_tagged(br#"{"action":"accept"}"#, "action").unwrap();
        assert_eq!(accepted, Answer::Accept(Empty {}));
    }

    #[test]
    fn broken_utf8_is_malformed() {
        let problem = parse::<Outer>(b"{\"items\":[{\"name\":\"\xff\"}]}").unwrap_err();
        assert_eq!(problem.kind(), ProblemKind::MalformedJson);
    }

    #[test]
    fn a_depth_of_128_is_read_and_129_is_refused() {
        let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        let kind = |json: String| parse::<Outer>(json.as_bytes()).unwrap_err().kind();
        assert_eq!(kind(nested(128)), ProblemKind::InvalidField);
        assert_eq!(kind(nested(129)), ProblemKind::JsonTooDeep);
        assert_eq!(kind("[".repeat(100_000)), ProblemKind::JsonTooDeep);
        assert!(parse::<IgnoredAny>(nested(128).as_bytes()).is_ok());
        assert!(parse::<IgnoredAny>(format!("\"{}\"", "[".repeat(500)).as_bytes()).is_ok());
    }

    #[test]
    fn only_json_in_utf8_counts_as_json() {
        for (value, expected) in [
            ("application/json", true),
            ("Application/JSON; Charset=\"UTF-8\"", true),
            ("application/json;charset=euc-kr", false),
            ("application/jsonp", false),
            ("text/plain", false),
            ("application/problem+json", false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(CONTENT_TYPE, value.parse().unwrap());
            assert_eq!(is_json(&headers), expected, "{value}");
        }
        assert!(!is_json(&HeaderMap::new()));
    }
}
