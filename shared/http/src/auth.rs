//! Who is asking. The gateway's authorizer has verified the token's signature; here its claims are read again, because
//! the authorizer alone does not tell an ID token from an access token and knows no client.

use crate::config::Pool;
use crate::gateway::Gateway;
use crate::problem::{Problem, ProblemKind};
use crate::router::Boundary;
use axum::extract::FromRequestParts;
use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use http::request::Parts;
use medius_domain::id::Subject;
use medius_domain::policy::Role;
use std::collections::BTreeMap;
use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

/// A signed-in patient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Patient {
    /// The patient's pseudonym.
    pub subject: Subject,
    /// When they last gave their password or code, as the token says; a refreshed token keeps that moment.
    pub signed_in_at: Option<DateTime<Utc>>,
    /// Whether it is a test patient, who signs in at a pool of their own.
    pub synthetic: bool,
}

/// Minutes for which a sign-in shows that it is the patient who asks (PIPA Enforcement Decree Art. 46).
const FRESH_MINUTES: i64 = 15;

impl Patient {
    /// Whether the sign-in is so recent that it shows who asks.
    pub fn fresh(&self, now: DateTime<Utc>) -> bool {
        let since = |at: DateTime<Utc>| now - at;
        self.signed_in_at.is_some_and(|at| since(at) <= TimeDelta::minutes(FRESH_MINUTES) && since(at) >= -SKEW)
    }
}

/// How much the clocks of the pool and of the function may differ.
const SKEW: TimeDelta = TimeDelta::minutes(1);

/// A signed-in member of staff.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Staff {
    /// The person's pseudonym.
    pub subject: Subject,
    /// The roles that the pool's groups give. Groups that are no roles give nothing.
    pub roles: Vec<Role>,
}

/// The id of the request, as the answer's `x-request-id` and the log have it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestId(pub(crate) Arc<str>);

impl RequestId {
    /// The gateway's id; a new one where there is no gateway.
    pub(crate) fn of(gateway: &Gateway) -> Self {
        let like_an_id =
            |id: &&str| (1..=64).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        let id = gateway.request_id.as_deref().filter(like_an_id);
        Self(id.map_or_else(|| uuid::Uuid::new_v4().to_string().into(), Into::into))
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The address that the request came from: for counting attempts per network. Personal, so it does not print.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct SourceIp(pub IpAddr);

impl fmt::Debug for SourceIp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

/// A function without the pool that its handler asks for: a wrong deployment.
#[derive(Debug, thiserror::Error)]
#[error("{0} is not configured for this function")]
struct NotConfigured(&'static str);

impl<S: Sync> FromRequestParts<S> for Patient {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let boundary = boundary(parts)?;
        let pool = boundary.config.patient.as_ref().ok_or_else(|| Problem::internal(NotConfigured("patient pool")))?;
        let claims = claims(parts)?;
        let signed_in_at = claims.get("auth_time").and_then(|at| moment(at));
        let synthetic = boundary.config.synthetic.as_ref().filter(|pool| pool.issued(claims));
        let subject = verified(claims, synthetic.unwrap_or(pool), boundary.clock.now())?;
        Ok(Self { subject, signed_in_at, synthetic: synthetic.is_some() })
    }
}

impl<S: Sync> FromRequestParts<S> for Staff {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let boundary = boundary(parts)?;
        let pool = boundary.config.staff.as_ref().ok_or_else(|| Problem::internal(NotConfigured("staff pool")))?;
        let claims = claims(parts)?;
        let subject = verified(claims, pool, boundary.clock.now())?;
        let groups = claims.get("cognito:groups").map(|g| groups(g)).unwrap_or_default();
        Ok(Self { subject, roles: groups.iter().filter_map(|g| Role::of_group(g)).collect() })
    }
}

impl<S: Sync> FromRequestParts<S> for RequestId {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        parts.extensions.get::<Self>().cloned().ok_or_else(|| Problem::internal(NotConfigured("service layer")))
    }
}

impl<S: Sync> FromRequestParts<S> for SourceIp {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let ip = parts.extensions.get::<Gateway>().and_then(|gateway| gateway.source_ip);
        ip.map(Self).ok_or_else(|| Problem::internal(NotConfigured("source address")))
    }
}

fn boundary(parts: &Parts) -> Result<&Boundary, Problem> {
    parts.extensions.get::<Boundary>().ok_or_else(|| Problem::internal(NotConfigured("service layer")))
}

type Claims = BTreeMap<String, String>;

fn claims(parts: &Parts) -> Result<&Claims, Problem> {
    let gateway = parts.extensions.get::<Gateway>().ok_or_else(|| Problem::new(ProblemKind::Unauthorized))?;
    Ok(&gateway.claims)
}

impl Pool {
    /// Whether a token is of this pool.
    fn issued(&self, claims: &Claims) -> bool {
        let issuer = claims.get("iss").map_or("", String::as_str);
        issuer.strip_suffix(&self.id).is_some_and(|rest| rest.ends_with('/'))
    }
}

/// The subject of an access token of this pool and client that has not expired. Every refusal is the same 401.
fn verified(claims: &Claims, pool: &Pool, now: DateTime<Utc>) -> Result<Subject, Problem> {
    let claim = |name: &str| claims.get(name).map_or("", String::as_str);
    let ok = claim("token_use") == "access"
        && claim("client_id") == pool.client_id
        && pool.issued(claims)
        && !claim("sub").is_empty()
        && moment(claim("exp")).is_some_and(|exp| exp > now);
    if ok { Ok(Subject::of(claim("sub"))) } else { Err(ProblemKind::Unauthorized.into()) }
}

/// A moment of the token as the gateway gives it: AWS turns the seconds of the token into Java's `Sun Nov 22 18:00:00 UTC 2026`.
fn moment(claim: &str) -> Option<DateTime<Utc>> {
    match claim.parse::<i64>() {
        Ok(seconds) => DateTime::from_timestamp(seconds, 0),
        Err(_) => NaiveDateTime::parse_from_str(claim, "%a %b %d %H:%M:%S UTC %Y").ok().map(|t| t.and_utc()),
    }
}

/// `cognito:groups` as the gateway gives it: `a,b` or `[a b]`.
fn groups(claim: &str) -> Vec<String> {
    let inner = claim.trim_start_matches('[').trim_end_matches(']');
    inner.split([',', ' ']).filter(|g| !g.is_empty()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use chrono::TimeZone;

    fn pool() -> Pool {
        Pool { id: "ap-northeast-2_Patients".into(), client_id: "client".into() }
    }

    fn good() -> Claims {
        let pairs = [
            ("sub", "8e5a0d1c-7f35-4b0b-9c3e-2f1d0a9b8c7d"),
            ("iss", "https://cognito-idp.ap-northeast-2.amazonaws.com/ap-northeast-2_Patients"),
            ("client_id", "client"),
            ("token_use", "access"),
            ("exp", "1795370400"),
        ];
        pairs.map(|(k, v)| (k.to_owned(), v.to_owned())).into()
    }

    fn at(hour: u32, minute: u32, second: u32) -> DateTime<Utc> {
        Utc.with_ymd_and_hms(2026, 11, 22, hour, minute, second).unwrap()
    }

    #[test]
    fn an_access_token_of_the_pool_and_client_is_taken() {
        let subject = verified(&good(), &pool(), at(17, 59, 59)).unwrap();
        assert_eq!(subject, Subject::of("8e5a0d1c-7f35-4b0b-9c3e-2f1d0a9b8c7d"));
    }

    #[test]
    fn any_other_token_is_refused() {
        let pool_of_a_prefix = "https://cognito-idp.ap-northeast-2.amazonaws.com/xap-northeast-2_Patients";
        for (claim, value) in [
            ("token_use", "id"),
            ("client_id", "other"),
            ("iss", "https://cognito-idp.ap-northeast-2.amazonaws.com/ap-northeast-2_Staff"),
            ("iss", pool_of_a_prefix),
            ("sub", ""),
            ("exp", "1795370399"),
            ("exp", "never"),
            ("exp", "99999999999999999999"),
        ] {
            let mut claims = good();
            claims.insert(claim.into(), value.into());
            assert!(verified(&claims, &pool(), at(17, 59, 59)).is_err(), "{claim}={value}");
            claims.remove(claim);
            assert!(verified(&claims, &pool(), at(17, 59, 59)).is_err(), "no {claim}");
        }
        assert!(verified(&good(), &pool(), at(18, 0, 0)).is_err(), "expired this second");
    }

    #[test]
    fn a_sign_in_is_fresh_for_a_quarter_of_an_hour() {
        let patient = |signed_in_at| Patient { subject: Subject::of("x"), signed_in_at, synthetic: false };
        assert!(patient(Some(at(17, 45, 0))).fresh(at(18, 0, 0)));
        assert!(!patient(Some(at(17, 44, 59))).fresh(at(18, 0, 0)));
        assert!(patient(Some(at(18, 1, 0))).fresh(at(18, 0, 0)));
        // A token from the future shows nothing, nor does one that does not say when.
        assert!(!patient(Some(at(18, 1, 1))).fresh(at(18, 0, 0)));
        assert!(!patient(None).fresh(at(18, 0, 0)));
    }

    #[test]
    fn both_spellings_of_an_expiry_and_of_groups_are_read() {
        assert_eq!(moment("1795370400"), Some(at(18, 0, 0)));
        assert_eq!(moment("Sun Nov 22 18:00:00 UTC 2026"), Some(at(18, 0, 0)));
        assert_eq!(groups("[coordinator auditor]"), ["coordinator", "auditor"]);
        assert_eq!(groups("coordinator,auditor"), ["coordinator", "auditor"]);
        assert!(groups("").is_empty() && groups("[]").is_empty());
    }
}
