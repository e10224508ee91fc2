//! The way in without a script: the link of the mail is pasted into the page's field, the code into the next page's. What the
//! script does otherwise is done here, by the same rules and with the same answers; the secret travels in the body of a form
//! and stands in no address (OWASP ASVS 5.0, 14.2.1).

use crate::Operator;
use crate::State;
use crate::api::CodeBy;
use crate::page::READING_STYLE;
use crate::session::SameSite;
use crate::unlock::{self, Ordered, Visitor};
use askama::Template;
use axum::extract;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::{HeaderMap, StatusCode, header};
use medius_domain::code::OneTimeCode;
use medius_domain::id::LinkId;
use medius_domain::link::LinkSecret;
use medius_http::openapi::PublicProblems;
use medius_http::{Origin, Problem, SourceIp};

/// Characters of a link's id and of its secret, base32 in lower case.
const ID: usize = 26;
const SECRET: usize = 52;
/// Bytes of a form.
const MOST: usize = 4096;

#[derive(Template)]
#[template(path = "paste.html")]
struct CodePage<'a> {
    operator: &'a Operator,
    style: &'static str,
    link: &'a LinkId,
    secret: &'a str,
    told: bool,
}

/// The id and the secret of a link as somebody pasted it: the whole address, also as mail gateways rewrite it.
fn pasted(text: &str) -> Option<(LinkId, LinkSecret)> {
    let text: String = text.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_ascii_lowercase();
    let tail = text.rsplit_once("/r/")?.1;
    let (id, rest) = tail.split_at_checked(ID)?;
    let secret = ["#", "%23", "%2523"].iter().find_map(|mark| rest.strip_prefix(mark))?.get(..SECRET)?;
    let base32 = |c: u8| matches!(c, b'a'..=b'z' | b'2'..=b'7');
    secret.bytes().all(base32).then_some(())?;
    Some((id.parse().ok()?, LinkSecret::typed(secret)))
}

/// A field of a form; none of a body that is larger than any form of ours.
fn field(body: &[u8], name: &str) -> Option<String> {
    let body = Some(body).filter(|body| body.len() <= MOST)?;
    form_urlencoded::parse(body).find(|(n, _)| n == name).map(|(_, value)| value.into_owned())
}

/// Takes a link that was pasted, orders its code, and asks for the code. For browsers without a script.
#[utoipa::path(post, path = "/r/paste", tag = "provider",
    request_body(content = String, content_type = "application/x-www-form-urlencoded"),
    responses((status = 200, body = String, content_type = "text/html"), PublicProblems))]
pub(crate) async fn paste_link(
    extract::State(state): extract::State<State>,
    site: Result<SameSite, Problem>,
    (origin, ip): (Origin, SourceIp),
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let asked = unlock::evenly(async {
        site?;
        let typed = field(&body, "link").ok_or_else(Problem::not_found)?;
        let (link, secret) = pasted(&typed).ok_or_else(Problem::not_found)?;
        let visitor = Visitor::new(&state, (&origin, &ip), &link, &secret).await?;
        let Ordered { by, .. } = visitor.order_code().await?;
        let (operator, told) = (&*state.operator, by == CodeBy::Phone);
        let page = CodePage { operator, style: READING_STYLE, link: &link, secret: secret.expose(), told };
        // A template's error speaks of the template, not of its values.
        Ok(state.pages.reading(page.render().map_err(Problem::internal)?))
    });
    asked.await.unwrap_or_else(|problem| state.pages.refusal(&headers, problem))
}

/// Starts a session with the link that was pasted and its code, and goes on to the referral. For browsers without a script.
#[utoipa::path(post, path = "/r/paste/unlock", tag = "provider",
    request_body(content = String, content_type = "application/x-www-form-urlencoded"),
    responses((status = 303, description = "On to the referral"), PublicProblems))]
pub(crate) async fn paste_code(
    extract::State(state): extract::State<State>,
    site: Result<SameSite, Problem>,
    (origin, ip): (Origin, SourceIp),
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let opened = unlock::evenly(async {
        site?;
        let field = |name| field(&body, name).ok_or_else(Problem::not_found);
        let link: LinkId = field("id")?.parse().map_err(|_| Problem::not_found())?;
        let (secret, code) = (LinkSecret::typed(&field("secret")?), OneTimeCode::typed(&field("code")?));
        let token = Visitor::new(&state, (&origin, &ip), &link, &secret).await?.unlock(&code).await?;
        // Relative: whatever stands before `/r/` stays.
        let on = format!("../{link}/referral");
        Ok((StatusCode::SEE_OTHER, [(header::SET_COOKIE, token.cookie())], [(header::LOCATION, on)]).into_response())
    });
    opened.await.unwrap_or_else(|problem| state.pages.refusal(&headers, problem))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_link_is_read_as_people_and_mail_gateways_write_it_and_nothing_else_is_one() {
        let (id, secret) = ("abcdefghijklmnopqrstuvwxyz", "a2".repeat(26));
        for mark in ["#", "%23", "%2523"] {
            for whole in [
                format!("https://r.medius.example/r/{id}{mark}{secret}"),
                format!("  https://r.medius.example/r/{}{mark}{} \n", id.to_uppercase(), secret.to_uppercase()),
                format!("/r/{id}{mark}{}\r\n{}>", &secret[..20], &secret[20..]),
            ] {
                let (link, typed) = pasted(&whole).unwrap();
                assert_eq!((link.as_str(), typed.expose()), (id, &*secret), "{whole}");
            }
        }
        for none in [
            String::new(),
            secret.clone(),
            format!("https://r.medius.example/r/{id}"),
            format!("https://r.medius.example/r/{id}#{}", &secret[1..]),
            format!("https://r.medius.example/r/{id}#{}1", &secret[1..]),
            format!("https://r.medius.example/r/é{id}#{secret}"),
        ] {
            assert!(pasted(&none).is_none(), "{none}");
        }
    }
}
