//! Parameters behind the question mark, parsed at the edge like a body: an unknown name, a name given twice or a value that
//! breaks its rule is refused by pointer and code, and never repeated.

use crate::body;
use crate::problem::Problem;
use axum::extract::{FromRequestParts, Query};
use http::Uri;
use http::request::Parts;
use medius_domain::field::{FieldError, Invalid};
use serde::de::DeserializeOwned;

/// Parameters of a GET: `Params(wanted): Params<Wanted>`. Every value is text; `T` should refuse unknown fields
/// (`#[serde(deny_unknown_fields)]`).
#[derive(Debug)]
pub struct Params<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Params<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        parse(&parts.uri).map(Self)
    }
}

/// Written as a JSON object with the names in their order, so that the one parser of bodies has every rule, names given
/// twice included.
fn parse<T: DeserializeOwned>(uri: &Uri) -> Result<T, Problem> {
    let Query(pairs) = Query::<Vec<(String, String)>>::try_from_uri(uri)
        .map_err(|_| Problem::invalid([FieldError::new("", Invalid::Format)]))?;
    let member = |(name, value)| Ok(format!("{}:{}", serde_json::to_string(name)?, serde_json::to_string(value)?));
    let members: Result<Vec<String>, serde_json::Error> = pairs.iter().map(|(n, v)| (n, v)).map(member).collect();
    body::parse(format!("{{{}}}", members.map_err(Problem::internal)?.join(",")).as_bytes())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use medius_domain::access::AccessReason;
    use serde::Deserialize;

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Wanted {
        reason: Option<AccessReason>,
        case: Option<medius_domain::id::CaseId>,
    }

    fn parsed(query: &str) -> Result<Wanted, Problem> {
        parse(&format!("/x{query}").parse().unwrap())
    }

    fn refusal(query: &str) -> String {
        let response = parsed(query).unwrap_err().render(crate::Language::En, "r");
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let body = runtime.block_on(axum::body::to_bytes(response.into_body(), usize::MAX)).unwrap();
        let body: serde_json::Value = serde_json::from_slice(&body).unwrap();
        let error = &body["errors"][0];
        format!("{} {}", error["pointer"].as_str().unwrap(), error["code"].as_str().unwrap())
    }

    #[test]
    fn parameters_are_parsed_by_their_types() {
        assert_eq!(parsed("").unwrap(), Wanted { reason: None, case: None });
        let given = parsed("?reason=patient%5fasked").unwrap();
        assert_eq!(given, Wanted { reason: Some(AccessReason::PatientAsked), case: None });
    }

    #[test]
    fn what_is_wrong_is_said_by_pointer_and_code() {
        for (query, expected) in [
            ("?reason=because", "/reason unknown-value"),
            ("?reason=", "/reason unknown-value"),
            ("?reason=audit&reason=audit", "/reason duplicate-field"),
            ("?reason", "/reason unknown-value"),
            ("?case=cas_nope", "/case format"),
            ("?colour=blue", "/colour unknown-field"),
            ("?%22=%22", " unknown-field"),
        ] {
            assert_eq!(refusal(query), expected, "{query}");
        }
    }
}
