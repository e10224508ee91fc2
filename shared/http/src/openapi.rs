//! What all functions' API descriptions share: the problem schema, the answers that every route can give, headers, and
//! the sign-ins. `merge` makes one document of the functions' parts.

use crate::headers::{IdempotencyKey, IfMatch};
use crate::language::Language;
use crate::problem::ProblemKind;
use std::collections::BTreeMap;
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn, PathItem};
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::server::{Server, ServerBuilder, ServerVariableBuilder};
use utoipa::openapi::{
    Components, ContentBuilder, InfoBuilder, ObjectBuilder, OpenApi, OpenApiBuilder, Ref, RefOr, Required, Response,
    ResponseBuilder, Type,
};
use utoipa::{IntoParams, IntoResponses, PartialSchema, ToSchema};

/// Problem details (RFC 9457).
#[derive(ToSchema)]
#[schema(as = Problem)]
#[allow(dead_code, reason = "a schema: the document is written by problem.rs")]
pub struct ProblemSchema {
    /// `urn:medius:problem:` and the code.
    r#type: String,
    /// What is wrong, in the language of `Accept-Language`.
    title: String,
    /// The HTTP status.
    status: u16,
    /// Stable code.
    code: String,
    /// A hint for developers.
    detail: Option<String>,
    /// The request's id, as in `x-request-id`; absent from a 404.
    request_id: Option<String>,
    /// Fields that are wrong or missing.
    errors: Option<Vec<FieldErrorSchema>>,
    /// With `consent-required`: what is missing.
    missing_consents: Option<Vec<MissingConsentSchema>>,
    /// With `state-conflict`: why, as a stable code.
    reason: Option<String>,
    /// With `emergency`: whom to call. Nothing was stored.
    emergency: Option<EmergencySchema>,
}

/// One field that is wrong or missing.
#[derive(ToSchema)]
#[schema(as = FieldError)]
#[allow(dead_code, reason = "a schema")]
pub struct FieldErrorSchema {
    /// RFC 6901 JSON pointer into the body.
    pointer: String,
    /// Stable code.
    code: String,
}

/// A consent that is not there.
#[derive(ToSchema)]
#[schema(as = MissingConsent)]
#[allow(dead_code, reason = "a schema")]
pub struct MissingConsentSchema {
    /// Consent item.
    item: String,
    /// Recipient, where the item is given per recipient.
    recipient: Option<String>,
}

/// Whom to call in an emergency.
#[derive(ToSchema)]
#[schema(as = EmergencyText)]
#[allow(dead_code, reason = "a schema")]
pub struct EmergencySchema {
    /// What to do.
    text: String,
    /// Number in Korea.
    korea: String,
    /// Numbers elsewhere.
    elsewhere: String,
}

/// Names of the sign-ins in `security(...)`.
pub mod sign_in {
    /// A patient's access token.
    pub const PATIENT: &str = "patient";
    /// A staff member's access token.
    pub const STAFF: &str = "staff";
    /// The session of an institution's browser that unlocked a link.
    pub const SESSION: &str = "session";
    /// The ticket of somebody without a sign-in, got for a one-time code.
    pub const TICKET: &str = "ticket";
}

/// Problems of a route that reads: `responses((status = 200, …), ReadProblems)`.
pub struct ReadProblems;

/// Problems of a route that changes.
pub struct ChangeProblems;

/// Problems of a route without sign-in that takes a body.
pub struct PublicProblems;

const READ: [ProblemKind; 7] = [
    ProblemKind::Unauthorized,
    ProblemKind::Forbidden,
    ProblemKind::ConsentRequired,
    ProblemKind::NotFound,
    ProblemKind::TooManyRequests,
    ProblemKind::Internal,
    ProblemKind::TemporarilyUnavailable,
];

const PUBLIC: [ProblemKind; 9] = [
    ProblemKind::InvalidField,
    ProblemKind::MalformedJson,
    ProblemKind::JsonTooDeep,
    ProblemKind::BodyTooLarge,
    ProblemKind::UnsupportedMediaType,
    ProblemKind::NotFound,
    ProblemKind::TooManyRequests,
    ProblemKind::Internal,
    ProblemKind::TemporarilyUnavailable,
];

type Responses = BTreeMap<String, RefOr<Response>>;

impl IntoResponses for ReadProblems {
    fn responses() -> Responses {
        problems(&READ)
    }
}

impl IntoResponses for ChangeProblems {
    fn responses() -> Responses {
        let mut kinds = ProblemKind::ALL.to_vec();
        kinds.retain(|kind| *kind != ProblemKind::MethodNotAllowed);
        problems(&kinds)
    }
}

impl IntoResponses for PublicProblems {
    fn responses() -> Responses {
        problems(&PUBLIC)
    }
}

/// One response for each status, with the codes that it can carry.
fn problems(kinds: &[ProblemKind]) -> Responses {
    let mut texts = BTreeMap::<String, Vec<String>>::new();
    for kind in kinds {
        let text = format!("`{}`: {}", kind.code(), kind.title(Language::En));
        texts.entry(kind.status().as_str().to_owned()).or_default().push(text);
    }
    let content = || ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
    let response = |text: Vec<String>| {
        ResponseBuilder::new().description(text.join(" ")).content("application/problem+json", content()).build()
    };
    texts.into_iter().map(|(status, text)| (status, response(text).into())).collect()
}

impl IntoParams for IdempotencyKey {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        vec![header("Idempotency-Key", "16 to 64 characters of A-Z a-z 0-9 _ -, new for each thing to create")]
    }
}

impl IntoParams for IfMatch {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        vec![header("If-Match", "the ETag of the version to change")]
    }
}

fn header(name: &str, description: &str) -> Parameter {
    ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Header)
        .required(Required::True)
        .description(Some(description))
        .schema(Some(ObjectBuilder::new().schema_type(Type::String).build()))
        .build()
}

const ABOUT: &str = "A patient's story becomes a referral letter that a hospital opens. `/v1` is for patients, `/staff` \
    for staff, `/r` and `/d` for whoever holds a link or a letter. Times are RFC 3339 in UTC; problems are RFC 9457 with a \
    stable `code`; a creating POST needs an `Idempotency-Key`, a change of a version its `If-Match`.";

/// Each stage has hosts of its own: the template's parameters.
fn server() -> Server {
    let host = ServerVariableBuilder::new().default_value("api.medius.example");
    let host = host.description(Some("ApiHost of the stage, or ProviderHost for /r and /d"));
    ServerBuilder::new().url("https://{host}").parameter("host", host).build()
}

/// One document of the functions' parts: their paths and schemas, with what all share.
pub fn merge(parts: Vec<OpenApi>) -> OpenApi {
    let mut components = Components::new();
    for (name, schema) in [
        ("Problem", ProblemSchema::schema()),
        ("FieldError", FieldErrorSchema::schema()),
        ("MissingConsent", MissingConsentSchema::schema()),
        ("EmergencyText", EmergencySchema::schema()),
    ] {
        components.schemas.insert(name.to_owned(), schema);
    }
    for (name, whose) in [(sign_in::PATIENT, "A patient's"), (sign_in::STAFF, "A staff member's")] {
        let scheme = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT");
        let scheme =
            scheme.description(Some(format!("{whose} access token of Cognito; ID tokens are refused."))).build();
        components.security_schemes.insert(name.to_owned(), SecurityScheme::Http(scheme).into());
    }
    let cookie = ApiKeyValue::with_description("__Host-medius", "Set by unlocking a link; for that link only.");
    let session = SecurityScheme::ApiKey(ApiKey::Cookie(cookie));
    components.security_schemes.insert(sign_in::SESSION.to_owned(), session.into());
    let ticket = HttpBuilder::new().scheme(HttpAuthScheme::Bearer);
    let ticket = ticket.description(Some("What a right one-time code gives; for one thing, for an hour.")).build();
    components.security_schemes.insert(sign_in::TICKET.to_owned(), SecurityScheme::Http(ticket).into());
    let info = InfoBuilder::new().title("Medius").version(env!("CARGO_PKG_VERSION")).description(Some(ABOUT)).build();
    let mut whole = OpenApiBuilder::new().info(info).servers(Some([server()])).components(Some(components)).build();
    for part in parts {
        whole.merge(part);
    }
    // Handlers of different functions share names; an operation's id is its own in the whole document.
    for item in whole.paths.paths.values_mut() {
        let PathItem { get, put, post, delete, head, .. } = item;
        for operation in [get, put, post, delete, head].into_iter().flatten() {
            let tag = operation.tags.iter().flatten().next().cloned().unwrap_or_default();
            operation.operation_id = operation.operation_id.take().map(|id| format!("{tag}_{id}"));
        }
    }
    whole
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::*;
    use axum::Json;
    use utoipa_axum::router::OpenApiRouter;
    use utoipa_axum::routes;

    #[utoipa::path(get, path = "/v1/things/{id}", params(("id" = String, Path)), security(("patient" = [])),
        responses((status = 200, body = String), ReadProblems))]
    async fn read_thing() -> Json<String> {
        Json(String::new())
    }

    #[utoipa::path(post, path = "/v1/things/{id}", params(("id" = String, Path), IdempotencyKey, IfMatch),
        request_body = String, security(("patient" = [])), responses((status = 201, body = String), ChangeProblems))]
    async fn make_thing() -> Json<String> {
        Json(String::new())
    }

    #[test]
    fn parts_become_one_document_in_which_every_reference_resolves() {
        let (_, read): (axum::Router, _) = OpenApiRouter::new().routes(routes!(read_thing)).split_for_parts();
        let (_, make): (axum::Router, _) = OpenApiRouter::new().routes(routes!(make_thing)).split_for_parts();
        let document = serde_json::to_value(merge(vec![read, make])).unwrap();
        let path = &document["paths"]["/v1/things/{id}"];
        assert_eq!(path["get"]["responses"].as_object().unwrap().len(), 7);
        let conflict = path["post"]["responses"]["409"]["description"].as_str().unwrap();
        for code in ["state-conflict", "guardian-required", "emergency", "intake-incomplete"] {
            assert!(conflict.contains(code), "{code}");
        }
        assert_eq!(path["post"]["parameters"].as_array().unwrap().len(), 3);
        let text = document.to_string();
        for part in text.split("\"$ref\":\"#").skip(1) {
            let pointer = part.split('"').next().unwrap();
            assert!(document.pointer(pointer).is_some(), "{pointer}");
        }
    }
}
