//! A session at an institution's browser: its token, its cookie, how long it lives, and requests of other sites kept out.

use axum::extract::{FromRef, FromRequestParts};
use chrono::{DateTime, TimeDelta, Utc};
use data_encoding::BASE64URL_NOPAD;
use http::request::Parts;
use http::{HeaderMap, HeaderValue, header};
use medius_domain::chain::sha256_hex;
use medius_domain::link::{Link, SESSION_IDLE_MINUTES, SESSION_MINUTES};
use medius_http::Problem;
use medius_store::SessionRecord;
use secrecy::{ExposeSecret, SecretString};

/// The `__Host-` prefix makes browsers take it from this host only, over TLS only, for every path.
const COOKIE: &str = "__Host-medius";
/// Characters of a token: 256 bits in base64url.
const TOKEN_LEN: usize = 43;

/// The token of a session. The store keeps only its SHA-256.
pub(crate) struct Token(SecretString);

/// No randomness to be had.
#[derive(Debug, thiserror::Error)]
#[error("the system has no randomness")]
struct NoRandomness;

impl Token {
    /// 256 random bits.
    pub(crate) fn new() -> Result<Self, Problem> {
        let mut bytes = [0_u8; 32];
        aws_lc_rs::rand::fill(&mut bytes).map_err(|_| Problem::internal(NoRandomness))?;
        Ok(Self(BASE64URL_NOPAD.encode(&bytes).into()))
    }

    /// The token of a request, if its cookie has the form of one.
    pub(crate) fn of(headers: &HeaderMap) -> Option<Self> {
        let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
        let value = cookies
            .flat_map(|line| line.split(';'))
            .find_map(|pair| pair.trim().strip_prefix(COOKIE)?.strip_prefix('='))?;
        let ok = value.len() == TOKEN_LEN && value.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b));
        ok.then(|| Self(value.into()))
    }

    /// What the store keeps of it.
    pub(crate) fn sha256(&self) -> String {
        sha256_hex(self.0.expose_secret().as_bytes())
    }

    /// The cookie that carries it for as long as any session lives.
    pub(crate) fn cookie(&self) -> HeaderValue {
        cookie(self.0.expose_secret(), SESSION_MINUTES * 60)
    }

    /// The cookie that removes it.
    pub(crate) fn removal() -> HeaderValue {
        cookie("", 0)
    }
}

fn cookie(value: &str, seconds: i64) -> HeaderValue {
    let text = format!("{COOKIE}={value}; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age={seconds}");
    // Base64url and fixed text are visible ASCII, so the conversion cannot fail.
    let mut value = HeaderValue::from_str(&text).unwrap_or_else(|_| HeaderValue::from_static(""));
    value.set_sensitive(true);
    value
}

/// A session that starts now.
pub(crate) fn start(link: &Link, now: DateTime<Utc>) -> SessionRecord {
    SessionRecord { started_at: now, seen_at: now, epoch: link.epoch, generation: link.generation }
}

/// When a session ends that is not used again.
pub(crate) fn ends(session: &SessionRecord) -> DateTime<Utc> {
    let idle = session.seen_at + TimeDelta::minutes(SESSION_IDLE_MINUTES);
    idle.min(session.started_at + TimeDelta::minutes(SESSION_MINUTES))
}

/// Whether a session is one of the link as it is now, and has not ended.
pub(crate) fn valid(session: &SessionRecord, link: &Link, now: DateTime<Utc>) -> bool {
    now < ends(session) && session.epoch == link.epoch && session.generation == link.generation
}

/// The origin of our own pages.
#[derive(Clone)]
pub(crate) struct Site(std::sync::Arc<str>);

impl Site {
    pub(crate) fn new(base_url: &str) -> Self {
        Self(base_url.trim_end_matches('/').into())
    }

    /// Its address, without a slash at the end.
    pub(crate) fn address(&self) -> &str {
        &self.0
    }
}

/// A request that no other site's page has sent: besides the cookie's `SameSite=Strict`, what the browser says of the
/// request's origin. Anything else is the one identical 404.
pub(crate) struct SameSite;

impl<S: Send + Sync> FromRequestParts<S> for SameSite
where
    Site: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let site = Site::from_ref(state);
        if from_own_pages(&parts.headers, &site) { Ok(Self) } else { Err(Problem::not_found()) }
    }
}

fn from_own_pages(headers: &HeaderMap, site: &Site) -> bool {
    let fetch_site = headers.get("sec-fetch-site").map(HeaderValue::as_bytes);
    let origin = headers.get(header::ORIGIN).map(HeaderValue::as_bytes);
    match (fetch_site, origin) {
        // `Referrer-Policy: no-referrer` makes the origin of our own forms `null`: there the browser's word decides.
        (Some(b"same-origin" | b"none"), None | Some(b"null")) | (None, None) => true,
        (Some(b"same-origin" | b"none") | None, Some(origin)) => origin == site.0.as_bytes(),
        (Some(_), _) => false,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use medius_domain::id::{CaseId, DeliveryId, LinkId, ProviderId, ReferralId, Subject};
    use medius_domain::link::{LinkOf, LinkState};

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs.iter().map(|(n, v)| (http::HeaderName::from_static(n), v.parse().unwrap())).collect()
    }

    #[test]
    fn the_cookie_is_bound_to_the_host_and_hidden_from_scripts() {
        let token = Token::new().unwrap();
        let cookie = token.cookie();
        let text = cookie.to_str().unwrap();
        let (pair, attributes) = text.split_once("; ").unwrap();
        assert_eq!(pair, format!("__Host-medius={}", token.0.expose_secret()));
        assert_eq!(attributes, "Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=3600");
        assert!(cookie.is_sensitive());
        assert!(
            Token::removal().to_str().unwrap().starts_with("__Host-medius=; ")
                && Token::removal().to_str().unwrap().ends_with("Max-Age=0")
        );
    }

    #[test]
    fn a_token_comes_back_from_its_cookie_and_nothing_else_is_one() {
        let token = Token::new().unwrap();
        let sent = format!("a=1; __Host-medius={}; b=2", token.0.expose_secret());
        assert_eq!(Token::of(&headers(&[("cookie", &sent)])).unwrap().sha256(), token.sha256());
        for bad in [
            "",
            "__Host-medius=",
            "__Host-medius=short",
            "medius=x",
            &format!("__Host-medius={}", "é".repeat(22)),
            &format!("__Host-medius={}", "%".repeat(43)),
        ] {
            assert!(Token::of(&headers(&[("cookie", bad)])).is_none());
        }
        assert_ne!(Token::new().unwrap().sha256(), token.sha256());
    }

    fn link(now: DateTime<Utc>) -> Link {
        let of = LinkOf {
            id: LinkId::new(),
            case_id: CaseId::new(),
            subject: Subject::of("x"),
            referral_id: ReferralId::new(),
            delivery_id: DeliveryId::new(),
            provider_id: ProviderId::new(),
            basis: vec![],
        };
        Link { state: LinkState::Unlocked, ..Link::queued(of, String::new(), now) }
    }

    #[test]
    fn a_session_ends_idle_after_15_minutes_in_any_case_after_60_and_with_its_link_s_permissions() {
        let now = Utc::now();
        let link = link(now);
        let mut session = start(&link, now);
        let after = |minutes| now + TimeDelta::minutes(minutes);
        assert!(valid(&session, &link, after(14)) && !valid(&session, &link, after(15)));
        session.seen_at = after(50);
        assert!(valid(&session, &link, after(59)) && !valid(&session, &link, after(60)));
        assert!(!valid(&session, &Link { epoch: 2, ..link.clone() }, after(51)));
        assert!(!valid(&session, &Link { generation: 2, ..link }, after(51)));
    }

    #[test]
    fn a_request_of_another_site_is_not_ours() {
        let site = Site::new("https://r.medius.example/");
        for (pairs, expected) in [
            (&[][..], true),
            (&[("sec-fetch-site", "same-origin"), ("origin", "null")], true),
            (&[("sec-fetch-site", "same-origin"), ("origin", "https://r.medius.example")], true),
            (&[("sec-fetch-site", "none")], true),
            (&[("origin", "https://r.medius.example")], true),
            (&[("sec-fetch-site", "cross-site")], false),
            (&[("sec-fetch-site", "same-site"), ("origin", "https://r.medius.example")], false),
            (&[("sec-fetch-site", "same-origin"), ("origin", "https://evil.example")], false),
            (&[("origin", "https://evil.example")], false),
            (&[("origin", "null")], false),
        ] {
            assert_eq!(from_own_pages(&headers(pairs), &site), expected, "{pairs:?}");
        }
    }
}
