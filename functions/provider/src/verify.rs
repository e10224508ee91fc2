//! Verifying a consent receipt: a page that needs nobody, and the public keys for programs.
//!
//! The page carries the keys and does everything in the browser; its policy forbids it to talk to anybody, us included. It
//! learns nothing of whose receipt is looked at, so nothing goes into an access log.

use crate::page::Page;
use crate::{Operator, State};
use askama::Template;
use axum::extract;
use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};
use medius_domain::signed::KeySet;
use medius_http::openapi::PublicProblems;
use medius_http::{Error, Problem};
use medius_store::PublicKeys;
use tokio::sync::OnceCell;

const STYLE: &str = concat!(include_str!("../templates/style.css"), include_str!("../templates/verify.css"));
const SCRIPT: &str = concat!(include_str!("../templates/language.js"), include_str!("../templates/verify.js"));

/// The media type of a JWK Set (RFC 7517 section 8.5.2).
const JWK_SET: &str = "application/jwk-set+json";

#[derive(Template)]
#[template(path = "verify.html")]
struct VerifyPage<'a> {
    operator: &'a Operator,
    style: &'static str,
    script: &'static str,
    keys: &'a str,
}

/// The page and the keys: made at the first request, because only then KMS is asked.
pub(crate) struct Verifier {
    keys: PublicKeys,
    kept: OnceCell<(Page, String)>,
}

impl Verifier {
    pub(crate) fn new(keys: PublicKeys) -> Self {
        Self { keys, kept: OnceCell::new() }
    }

    async fn made(&self, operator: &Operator) -> Result<&(Page, String), Problem> {
        let make = || async {
            let set = self.keys.set().await?;
            let json = serde_json::to_string(&set).map_err(Problem::internal)?;
            let page = page(operator, &set).map_err(Unmade).map_err(Problem::internal)?;
            Ok((page, json))
        };
        self.kept.get_or_try_init(make).await
    }
}

/// Cannot happen: the template and its policy are those that the tests make.
#[derive(Debug, thiserror::Error)]
#[error("the page cannot be made: {0}")]
struct Unmade(Error);

fn page(operator: &Operator, keys: &KeySet) -> Result<Page, Error> {
    // Base64url, hashes and names of our own: nothing in it can end the element that holds it.
    let keys = serde_json::to_string(keys)?;
    let page = VerifyPage { operator, style: STYLE, script: SCRIPT, keys: &keys };
    Page::silent(page.render()?, STYLE, SCRIPT)
}

/// The page that verifies a consent receipt in the browser.
#[utoipa::path(get, path = "/verify", tag = "provider",
    responses((status = 200, body = String, content_type = "text/html"), PublicProblems))]
pub(crate) async fn open_verify(extract::State(state): extract::State<State>) -> Result<Response, Problem> {
    Ok(state.verifier.made(&state.operator).await?.0.answer(StatusCode::OK))
}

/// The same page's headers.
#[utoipa::path(head, path = "/verify", tag = "provider", responses((status = 200)))]
pub(crate) async fn open_verify_head(state: extract::State<State>) -> Result<Response, Problem> {
    open_verify(state).await
}

/// The public keys that receipts and other statements are verified with, as a JWK Set (RFC 7517).
#[utoipa::path(get, path = "/.well-known/medius-signing-keys.json", tag = "provider",
    responses((status = 200, body = serde_json::Value, content_type = "application/jwk-set+json"), PublicProblems))]
pub(crate) async fn signing_keys(extract::State(state): extract::State<State>) -> Result<Response, Problem> {
    let (_, keys) = state.verifier.made(&state.operator).await?;
    Ok(([(header::CONTENT_TYPE, JWK_SET)], keys.clone()).into_response())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use serde_json::json;

    fn made() -> (String, String) {
        let operator = Operator { name: "A & B".into(), phone: "+82 2 555 0100".into(), registration: "M-1".into() };
        // A key of RFC 7515 appendix A.3.
        let keys = json!({"keys": [{"kty": "EC", "crv": "P-256", "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
            "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}]});
        page(&operator, &serde_json::from_value(keys).unwrap()).unwrap().into_parts()
    }

    #[test]
    fn the_page_has_nothing_that_it_could_load_or_send() {
        let (html, policy) = made();
        for forbidden in [
            "http://",
            "https://",
            "//",
            " src=",
            "srcset",
            "url(",
            "@import",
            "import(",
            "import ",
            "fetch",
            "XMLHttpRequest",
            "WebSocket",
            "EventSource",
            "sendBeacon",
            "Worker",
            "<form",
            "<iframe",
            "<object",
            "<embed",
            "<base",
            "location",
            "window.open",
            "innerHTML",
            "eval",
            " style=",
            " onclick=",
            "{{",
            "{%",
        ] {
            let found = html.matches(forbidden).count();
            // The one line of comment in the script begins with two strokes.
            let comments = if forbidden == "//" { SCRIPT.matches("// ").count() } else { 0 };
            assert_eq!(found, comments, "{forbidden}");
        }
        let links: Vec<_> = html.split("href=\"").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
        assert_eq!(links, ["data:,"]);
        for stated in ["default-src 'none'; ", "connect-src 'none'; ", "form-action 'none'; ", "base-uri 'none'"] {
            assert!(policy.contains(stated), "{policy}");
        }
        assert!(!policy.contains("'self'") && !policy.contains("unsafe"));
    }

    #[test]
    fn the_page_carries_the_keys_and_runs_only_its_own_script() {
        let (html, policy) = made();
        let block = html.split("id=\"keys\">").nth(1).unwrap().split("</script>").next().unwrap();
        let keys: KeySet = serde_json::from_str(block).unwrap();
        let kid = serde_json::to_value(keys).unwrap()["keys"][0]["kid"].as_str().unwrap().to_owned();
        assert_eq!(kid.len(), 43);
        let hash = |text: &str| {
            let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, text.as_bytes());
            format!("'sha256-{}'", data_encoding::BASE64.encode(digest.as_ref()))
        };
        let inline = |open: &str| html.split(open).nth(1).unwrap().split("</").next().unwrap().to_owned();
        assert!(policy.contains(&format!("script-src {};", hash(SCRIPT))));
        assert!(policy.contains(&format!("style-src {};", hash(&inline("<style>")))));
        assert_eq!(html.matches("<script>").count(), 1);
        assert!(html.contains(&format!("<script>{SCRIPT}</script>")));
    }

    #[test]
    fn every_refusal_of_the_script_has_its_words_in_both_languages() {
        let (html, _) = made();
        let mut whys: Vec<_> = SCRIPT.split("refuse('").skip(1).map(|rest| rest.split('\'').next().unwrap()).collect();
        whys.extend(SCRIPT.split("say('error', '").skip(1).map(|rest| rest.split('\'').next().unwrap()));
        whys.extend(["file", "jws", "failed"]);
        for why in whys {
            let message = html.split(&format!("data-message=\"{why}\"")).nth(1).unwrap_or_default();
            let message = message.split("</div>").next().unwrap();
            assert!(message.contains("lang=\"ko\"") && message.contains("lang=\"en\""), "{why}");
        }
        for state in ["given", "refused", "withdrawn", "superseded", "expired"] {
            assert!(html.contains(&format!("data-state=\"{state}\"")));
        }
        assert!(html.contains("A &#38; B"));
    }
}
