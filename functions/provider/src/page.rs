//! Pages: their bytes, and the policy that lets exactly these scripts and styles run (CSP level 3, hashes of inline code).
//! The pages that anybody can open are made once, so that they cannot differ from one address to another.

use crate::{Operator, desk};
use askama::Template;
use axum::body::Body;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use data_encoding::BASE64;
use http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use medius_http::{Error, Problem, ProblemKind};

const STYLE: &str = include_str!("../templates/style.css");
const LINK_SCRIPT: &str = concat!(
    include_str!("../templates/language.js"),
    include_str!("../templates/post.js"),
    include_str!("../templates/link_kind.js"),
    include_str!("../templates/link.js")
);
const EXPORT_SCRIPT: &str = concat!(
    include_str!("../templates/language.js"),
    include_str!("../templates/post.js"),
    include_str!("../templates/export_kind.js"),
    include_str!("../templates/link.js")
);
const CHECK_SCRIPT: &str = concat!(
    include_str!("../templates/language.js"),
    include_str!("../templates/post.js"),
    include_str!("../templates/check.js")
);

/// The style of the reading page.
pub(crate) const READING_STYLE: &str = concat!(
    include_str!("../templates/style.css"),
    include_str!("../templates/referral.css"),
    include_str!("../templates/desk.css")
);

/// The script of pages that are only read: the choice of the language, and nothing else. Without it both languages are shown.
pub(crate) const READING_SCRIPT: &str = include_str!("../templates/language.js");

const HTML: HeaderValue = HeaderValue::from_static("text/html; charset=utf-8");

#[derive(Template)]
#[template(path = "link.html")]
struct LinkPage<'a> {
    operator: &'a Operator,
    style: &'static str,
    script: &'static str,
}

#[derive(Template)]
#[template(path = "export.html")]
struct ExportPage<'a> {
    operator: &'a Operator,
    style: &'static str,
    script: &'static str,
}

#[derive(Template)]
#[template(path = "check.html")]
struct CheckPage<'a> {
    operator: &'a Operator,
    style: &'static str,
    script: &'static str,
}

#[derive(Template)]
#[template(path = "notice.html")]
struct Notice<'a> {
    operator: &'a Operator,
    style: &'static str,
    script: &'static str,
    title: &'static str,
    heading_ko: &'static str,
    heading_en: &'static str,
    text_ko: String,
    text_en: String,
}

/// A page whose bytes never change.
pub(crate) struct Page {
    html: Bytes,
    policy: HeaderValue,
}

impl Page {
    fn new(html: String, style: &str, script: &str) -> Result<Self, Error> {
        Ok(Self { html: html.into(), policy: policy(style, Some(script), "'self'")? })
    }

    /// A page that the browser lets speak to nobody, not even to us.
    pub(crate) fn silent(html: String, style: &str, script: &str) -> Result<Self, Error> {
        Ok(Self { html: html.into(), policy: policy(style, Some(script), "'none'")? })
    }

    /// A page that does nothing: no script, and nobody to speak to.
    pub(crate) fn still(html: String, style: &str) -> Result<Self, Error> {
        Ok(Self { html: html.into(), policy: policy(style, None, "'none'")? })
    }

    /// What is sent: the page and its policy.
    #[cfg(test)]
    pub(crate) fn into_parts(self) -> (String, String) {
        (String::from_utf8_lossy(&self.html).into_owned(), String::from_utf8_lossy(self.policy.as_bytes()).into_owned())
    }

    /// The page as an answer.
    pub(crate) fn answer(&self, status: StatusCode) -> Response {
        let headers = [(CONTENT_TYPE, HTML), (CONTENT_SECURITY_POLICY, self.policy.clone())];
        (status, headers, Body::from(self.html.clone())).into_response()
    }
}

/// The pages of this function, and the policy of the one that is made anew each time.
pub(crate) struct Pages {
    /// What every link opens.
    pub(crate) link: Page,
    /// What the link of a patient's copy opens.
    pub(crate) export: Page,
    /// Where a letter's QR code leads.
    pub(crate) check: Page,
    /// The one answer to everything that cannot be opened.
    pub(crate) gone: Page,
    /// After a session was ended.
    pub(crate) closed: Page,
    /// After a referral was called off at the desk, and its link ended with it.
    pub(crate) called_off: Page,
    /// Named by pages that are made when something is refused.
    operator: Operator,
    reading_policy: HeaderValue,
    desk_policy: HeaderValue,
}

impl Pages {
    pub(crate) fn new(operator: &Operator) -> Result<Self, Error> {
        let phone = &operator.phone;
        let gone = Notice {
            operator,
            style: STYLE,
            script: READING_SCRIPT,
            title: "열 수 없음 · Cannot be opened",
            heading_ko: "이 링크를 열 수 없습니다",
            heading_en: "This link cannot be opened",
            text_ko: format!(
                "열람 시간이 끝났거나, 기간이 지났거나, 전달이 취소되었을 수 있습니다. 메일의 링크를 다시 열어 새 코드를 받으십시오. 문의 전화: {phone}"
            ),
            text_en: format!(
                "The session may have ended, or the link may have expired or been withdrawn. Open the link of the mail again and get a new code. If in doubt, please call {phone}."
            ),
        };
        let closed = Notice {
            operator,
            style: STYLE,
            script: READING_SCRIPT,
            title: "닫힘 · Closed",
            heading_ko: "열람을 마쳤습니다",
            heading_en: "The session is closed",
            text_ko: "이 창을 닫으셔도 됩니다. 다시 열람하려면 메일의 링크를 열고 새 코드를 받으십시오.".to_owned(),
            text_en: "You may close this window. To read again, open the link of the mail and get a new code."
                .to_owned(),
        };
        let called_off = Notice {
            operator,
            style: STYLE,
            script: READING_SCRIPT,
            title: "취소됨 · Cancelled",
            heading_ko: "의뢰가 취소되었습니다",
            heading_en: "The referral is cancelled",
            text_ko: format!(
                "취소에 동의하셨고, 환자에게 알렸습니다. 이 의뢰의 링크는 모두 끝나 더 열 수 없습니다. 문의 전화: {phone}"
            ),
            text_en: format!(
                "You agreed to cancel, and the patient is told. Every link to this referral has ended and opens no more. If in doubt, please call {phone}."
            ),
        };
        let link = LinkPage { operator, style: STYLE, script: LINK_SCRIPT };
        let export = ExportPage { operator, style: STYLE, script: EXPORT_SCRIPT };
        let check = CheckPage { operator, style: STYLE, script: CHECK_SCRIPT };
        Ok(Self {
            link: Page::new(link.render()?, STYLE, LINK_SCRIPT)?,
            export: Page::new(export.render()?, STYLE, EXPORT_SCRIPT)?,
            check: Page::new(check.render()?, STYLE, CHECK_SCRIPT)?,
            gone: Page::new(gone.render()?, STYLE, READING_SCRIPT)?,
            closed: Page::new(closed.render()?, STYLE, READING_SCRIPT)?,
            called_off: Page::new(called_off.render()?, STYLE, READING_SCRIPT)?,
            operator: operator.clone(),
            reading_policy: policy(READING_STYLE, Some(READING_SCRIPT), "'self'")?,
            desk_policy: policy(READING_STYLE, Some(desk::page::SCRIPT), "'self'")?,
        })
    }

    /// The reading page as an answer. Its policy comes from our own style and script, never from the page's bytes: what is in the
    /// page cannot allow itself.
    pub(crate) fn reading(&self, html: String) -> Response {
        let headers = [(CONTENT_TYPE, HTML), (CONTENT_SECURITY_POLICY, self.reading_policy.clone())];
        (StatusCode::OK, headers, html).into_response()
    }

    /// The desk's page as an answer.
    pub(crate) fn desk(&self, status: StatusCode, html: String) -> Response {
        let headers = [(CONTENT_TYPE, HTML), (CONTENT_SECURITY_POLICY, self.desk_policy.clone())];
        (status, headers, html).into_response()
    }

    /// A refusal for who asked: to a browser that shows pages, a page, which for everything that cannot be opened is the same;
    /// else problem details.
    pub(crate) fn refusal(&self, headers: &HeaderMap, problem: Problem) -> Response {
        if !wants_html(headers) {
            return problem.into_response();
        }
        if problem.kind() == ProblemKind::NotFound {
            return self.gone.answer(StatusCode::NOT_FOUND);
        }
        match self.refused(&problem) {
            Ok(page) => problem.shown_as(page),
            Err(_) => problem.into_response(),
        }
    }

    /// Why something was not done, in words, and how to go on.
    fn refused(&self, problem: &Problem) -> Result<Response, Error> {
        let why = desk::words::not_done(problem.kind().code(), problem.reason());
        let notice = Notice {
            operator: &self.operator,
            style: STYLE,
            script: READING_SCRIPT,
            title: "처리되지 않음 · Not done",
            heading_ko: "처리되지 않았습니다",
            heading_en: "This was not done",
            text_ko: format!("{} 브라우저의 뒤로 가기를 눌러 돌아간 뒤 새로 고침하십시오.", why.ko),
            text_en: format!("{} Go back in your browser and load the page anew.", why.en),
        };
        Ok(Page::new(notice.render()?, STYLE, READING_SCRIPT)?.answer(problem.kind().status()))
    }
}

fn wants_html(headers: &HeaderMap) -> bool {
    let accepted = headers.get_all(header::ACCEPT).iter().filter_map(|v| v.to_str().ok());
    accepted.flat_map(|v| v.split(',')).any(|range| range.split(';').next().unwrap_or_default().trim() == "text/html")
}

/// `talks` is whom the page's scripts and forms may send anything to.
fn policy(style: &str, script: Option<&str>, talks: &str) -> Result<HeaderValue, Error> {
    let hash = |text: &str| {
        let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, text.as_bytes());
        format!("'sha256-{}'", BASE64.encode(digest.as_ref()))
    };
    let script = script.map_or_else(|| "'none'".to_owned(), hash);
    let text = format!(
        "default-src 'none'; script-src {script}; style-src {}; img-src data:; connect-src {talks}; form-action {talks}; \
         frame-ancestors 'none'; base-uri 'none'",
        hash(style)
    );
    Ok(HeaderValue::from_str(&text)?)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn pages() -> Pages {
        let operator =
            Operator { name: "A & B <i>".into(), phone: "+82 2 555 0100".into(), registration: "M-2025-01".into() };
        Pages::new(&operator).unwrap()
    }

    fn inline<'a>(html: &'a str, tag: &str) -> Vec<&'a str> {
        let open = format!("<{tag}>");
        html.split(&open).skip(1).map(|rest| rest.split(&format!("</{tag}>")).next().unwrap()).collect()
    }

    #[test]
    fn who_reads_pages_is_refused_by_one_and_a_program_by_problem_details() {
        let browser = HeaderMap::from_iter([(header::ACCEPT, HeaderValue::from_static("text/html,*/*;q=0.8"))]);
        let pages = pages();
        for (problem, word) in [
            (Problem::conflict("already-on-its-way"), "has been sent a link already"),
            (Problem::conflict("action-not-available"), "not possible in the present state"),
            (Problem::too_many_requests(30), "Please wait a moment"),
            (ProblemKind::Internal.into(), "Something went wrong"),
        ] {
            let status = problem.kind().status();
            let words = desk::words::not_done(problem.kind().code(), problem.reason());
            assert!(words.en.contains(word) && !words.ko.is_empty(), "{word}");
            let bare = pages.refusal(&HeaderMap::new(), problem.clone());
            let shown = pages.refusal(&browser, problem);
            assert_eq!((shown.status(), bare.status()), (status, status));
            assert_eq!(shown.headers()[CONTENT_TYPE], HTML);
            assert!(
                shown.headers().contains_key(CONTENT_SECURITY_POLICY) && !bare.headers().contains_key(CONTENT_TYPE)
            );
            assert_eq!(shown.headers().contains_key(header::RETRY_AFTER), status == StatusCode::TOO_MANY_REQUESTS);
        }
        // Everything that cannot be opened is the same page.
        let gone = pages.refusal(&browser, Problem::not_found());
        assert_eq!(gone.status(), StatusCode::NOT_FOUND);
    }

    #[test]
    fn the_policy_names_the_very_bytes_of_the_page_and_nothing_else() {
        let pages = pages();
        for page in [&pages.link, &pages.export, &pages.check, &pages.gone, &pages.closed, &pages.called_off] {
            let html = std::str::from_utf8(&page.html).unwrap();
            let stated = page.policy.to_str().unwrap();
            let (styles, scripts) = (inline(html, "style"), inline(html, "script"));
            assert_eq!((styles.len(), html.matches("<style").count()), (1, 1));
            assert_eq!(html.matches("<script").count(), scripts.len());
            assert_eq!(policy(styles[0], scripts.first().copied(), "'self'").unwrap(), stated);
            for forbidden in ["unsafe-inline", "http:", "https:", "*"] {
                assert!(!stated.contains(forbidden));
            }
            // Attributes would need `unsafe-hashes`; addresses of other hosts have no place here.
            for forbidden in [" style=", " onclick=", "http://", "https://", "{{", "{%"] {
                assert!(!html.contains(forbidden), "{forbidden}");
            }
            assert!(html.contains("A &#38; B &#60;i&#62;") && html.contains("+82 2 555 0100"));
        }
    }

    #[test]
    fn a_browser_gets_the_page_and_a_program_the_problem() {
        let html = |accept: &str| wants_html(&HeaderMap::from_iter([(header::ACCEPT, accept.parse().unwrap())]));
        assert!(html("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"));
        assert!(!html("*/*") && !html("application/json") && !wants_html(&HeaderMap::new()));
    }
}
