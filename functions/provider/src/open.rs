//! Where mails to patients lead while there is no app at that address: a page that says what to do. It is the same for
//! everybody; the case stands behind the `#` of the address, which no browser sends, so nothing is asked of the store and
//! nothing goes into an access log.

use crate::page::Page;
use crate::{Operator, State};
use askama::Template;
use axum::extract;
use axum::response::Response;
use http::StatusCode;
use medius_http::Error;

const STYLE: &str = concat!(include_str!("../templates/style.css"), include_str!("../templates/open.css"));

#[derive(Template)]
#[template(path = "open.html")]
struct OpenPage<'a> {
    operator: &'a Operator,
    style: &'static str,
}

/// The page, made once.
pub(crate) fn page(operator: &Operator) -> Result<Page, Error> {
    Page::still(OpenPage { operator, style: STYLE }.render()?, STYLE)
}

/// The page that the link of a mail to a patient opens.
#[utoipa::path(get, path = "/open", tag = "provider",
    responses((status = 200, body = String, content_type = "text/html")))]
pub(crate) async fn open_notice(extract::State(state): extract::State<State>) -> Response {
    state.open.answer(StatusCode::OK)
}

/// The same page's headers.
#[utoipa::path(head, path = "/open", tag = "provider", responses((status = 200)))]
pub(crate) async fn open_notice_head(state: extract::State<State>) -> Response {
    open_notice(state).await
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn it_says_what_to_do_in_both_languages_and_can_do_nothing_itself() {
        let operator =
            Operator { name: "A & B <i>".into(), phone: "+82 2 555 0100".into(), registration: "M-2025-01".into() };
        let (html, policy) = page(&operator).unwrap().into_parts();
        assert!(html.contains("A &#38; B &#60;i&#62;") && html.contains("+82 2 555 0100"));
        assert!(html.contains("로그인합니다.") && html.contains("Sign in."));
        // It cannot read the address, ask for anything or send anything, whatever stands in it.
        for can in ["<script", "<form", "<input", "<img", "<a ", " style=", " onclick=", "http:", "https:", "{{", "{%"]
        {
            assert!(!html.contains(can), "{can}");
        }
        for part in ["default-src 'none'", "script-src 'none'", "connect-src 'none'", "form-action 'none'"] {
            assert!(policy.contains(part), "{part}");
        }
        let style = html.split("<style>").nth(1).unwrap().split("</style>").next().unwrap();
        assert_eq!(Page::still(html.clone(), style).unwrap().into_parts().1, policy);
        if let Some(folder) = std::env::var_os("MEDIUS_PAGE_PREVIEW") {
            std::fs::write(std::path::Path::new(&folder).join("open.html"), html).unwrap();
        }
    }
}
