//! An institution's way in a real browser: from the link in its mail to "received", and the page that verifies a letter.
//! Every page is looked at by axe-core, and the browser's own log says what left for where.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod chromium;
mod desk;
mod receipt;

use anyhow::{Context, Result, ensure};
use chromium::Chromium;
use medius_tests::journey::{demo_story, mailbox, wait_for_state};
use medius_tests::stack::Stack;
use medius_tests::user::{Institution, PatientApp};
use serde_json::Value;

/// A letter on its way to an institution.
struct Sent {
    app: PatientApp,
    case: String,
    delivery: String,
    recipient: String,
    name: String,
    mailbox: String,
    link: Institution,
    referral: Value,
    letter: Vec<u8>,
    bundle: Vec<u8>,
}

impl Sent {
    /// By a patient of its own, to the last institution that takes referrals.
    async fn new(stack: &Stack) -> Result<Self> {
        let email = format!("browser-{}@example.org", medius_tests::user::fresh_key());
        let app = PatientApp::new(stack, &stack.sign_in(&stack.new_patient(&email).await?).await?);
        let providers = app.get("/v1/providers").await?.expect(200, "directory")?.json();
        let open = providers["items"].as_array().and_then(|all| all.iter().rfind(|p| p["may_receive"] == true));
        let recipient = open.and_then(|p| p["id"].as_str()).context("no institution takes referrals")?.to_owned();
        let story = demo_story()?;
        let case = app.ready_case(&story, &recipient).await?;
        let id = app.make_letter(&case, &recipient).await?;
        let name = story["basic"]["name"].as_str().context("the demo patient has no name")?.to_owned();
        Self::of(stack, app, (case, recipient, name), &id).await
    }

    /// A newer letter of the same case to the same institution.
    async fn newer(&self, stack: &Stack) -> Result<Self> {
        let id = self.app.make_letter(&self.case, &self.recipient).await?;
        Self::of(stack, self.app.clone(), (self.case.clone(), self.recipient.clone(), self.name.clone()), &id).await
    }

    async fn of(
        stack: &Stack,
        app: PatientApp,
        (case, recipient, name): (String, String, String),
        id: &str,
    ) -> Result<Self> {
        let path = format!("/v1/cases/{case}/referrals/{id}");
        let referral = app.get(&path).await?.expect(200, "referral")?.json();
        let letter = app.get(&format!("{path}/letter")).await?.expect(200, "letter")?.body;
        let bundle = app.get(&format!("{path}/bundle")).await?.expect(200, "bundle")?.body;
        let mailbox = mailbox(stack, &recipient).await?;
        let delivery = app.deliver(&case, id).await?;
        let link = Institution::of_delivery(stack, &case, &delivery, &mailbox).await?;
        Ok(Self { app, case, delivery, recipient, name, mailbox, link, referral, letter, bundle })
    }

    fn number(&self) -> &str {
        self.referral["document_number"].as_str().unwrap_or_default()
    }

    fn page(&self, stack: &Stack) -> String {
        stack.url(&format!("/r/{}", self.link.link.id))
    }

    async fn state(&self, state: &str) -> Result<()> {
        wait_for_state(&self.app, &self.case, &self.delivery, state).await.map(drop)
    }
}

#[tokio::test]
async fn an_institution_reads_a_referral_in_its_browser() {
    let stack = Stack::load().unwrap();
    let browser = Chromium::start(&stack.run().files).await.unwrap();
    let outcome = visit(&stack, &browser).await;
    // In any case, so that a failing test leaves no browser behind.
    let ended = browser.quit().await;
    outcome.unwrap();
    ended.unwrap();
}

async fn visit(stack: &Stack, browser: &Chromium) -> Result<()> {
    let sent = Sent::new(stack).await?;
    let secret = sent.link.link.secret.clone();
    link_page(stack, browser, &sent).await?;
    reading_page(stack, browser, &sent).await?;
    closed(stack, browser, &sent).await?;
    verification_page(stack, browser, &sent).await?;
    let requests = stays_here(stack, browser).await?;
    ensure!(requests.len() >= 12, "the network log has only {} requests", requests.len());
    for request in requests {
        let seen = format!("{} {}", request["url"], request["headers"]);
        ensure!(!seen.contains(&secret), "a request carries the secret in its address or headers");
    }
    changed_by_a_mail_gateway(stack, browser, &sent).await?;
    stays_here(stack, browser).await?;
    let log = stack.logs("provider").await?.join("\n");
    ensure!(log.contains("request_id") && !log.contains(&secret), "the function's log has the secret, or nothing");
    Ok(())
}

/// From the mail's link to the code's field.
async fn link_page(stack: &Stack, browser: &Chromium, sent: &Sent) -> Result<()> {
    browser.open(&sent.link.link.url).await?;
    browser.see("#ask").await?;
    ensure!(browser.address().await? == sent.page(stack), "the address bar still holds the secret");
    let shown = browser.run("return document.documentElement.outerHTML + JSON.stringify(history.state)").await?;
    ensure!(!shown.to_string().contains(&sent.link.link.secret), "the page shows the secret");
    browser.accessible("1-link-en").await?;
    browser.click("[data-language=ko]").await?;
    ensure!(browser.text().await?.contains("코드 보내기"), "no Korean");
    browser.accessible("1-link-ko").await?;
    enter_code(stack, browser, sent, true).await
}

/// Orders the code, takes it from the mail and unlocks; with `looking`, looks at what is seen on the way.
async fn enter_code(stack: &Stack, browser: &Chromium, sent: &Sent, looking: bool) -> Result<()> {
    let before = stack.mails().await?.len();
    browser.click("#send").await?;
    browser.see("#enter").await?;
    let code = sent.link.code_from_mail(&sent.mailbox, before).await?;
    if looking {
        browser.accessible("2-code-ko").await?;
        browser.click("[data-language=en]").await?;
        browser.fill("#code", "1234").await?;
        browser.click("#enter button.main").await?;
        browser.see("[data-message=digits]").await?;
        browser.accessible("2-code-too-short").await?;
    }
    browser.fill("#code", &code).await?;
    browser.click("#enter button.main").await?;
    browser.see(".sheet h1").await?;
    ensure!(browser.address().await? == format!("{}/referral", sent.page(stack)), "not at the referral's page");
    Ok(())
}

/// Reads, downloads, confirms.
async fn reading_page(stack: &Stack, browser: &Chromium, sent: &Sent) -> Result<()> {
    let text = browser.text().await?;
    for wanted in [sent.number(), &sent.name] {
        ensure!(text.contains(wanted), "the referral's page does not show {wanted}");
    }
    browser.accessible("3-referral").await?;
    let cookies = browser.cookies().await?;
    let [session] = &cookies[..] else { anyhow::bail!("{} cookies instead of one", cookies.len()) };
    let strict = session.same_site == Some(thirtyfour::SameSite::Strict);
    let kept = session.secure == Some(true) && session.path.as_deref() == Some("/") && strict;
    ensure!(session.name == "__Host-medius" && kept, "the session's cookie is not kept as it must be");
    ensure!(browser.run("return document.cookie").await? == "", "a script can read the session");
    sent.state("UNLOCKED").await?;

    browser.click("form[action=letter] button").await?;
    let letter = browser.download(&format!("{}.pdf", sent.number())).await?;
    let letter = std::fs::read(&letter)?;
    ensure!(
        letter.starts_with(b"%PDF-") && letter != sent.letter,
        "the letter downloaded is not marked for its reader"
    );
    browser.click("form[action=bundle] button").await?;
    let bundle = browser.download(&format!("{}.fhir.json", sent.number())).await?;
    ensure!(std::fs::read(&bundle)? == sent.bundle, "the Bundle downloaded is not the patient's");
    sent.state("DOWNLOADED").await?;

    browser.click("form[action=acknowledge] button").await?;
    browser.see(".received").await?;
    ensure!(browser.address().await? == format!("{}/referral", sent.page(stack)), "not at the referral's page");
    browser.accessible("4-acknowledged").await?;
    sent.state("ACKNOWLEDGED").await?;
    let complaints = browser.complaints().await?;
    ensure!(complaints.is_empty(), "the console: {complaints:#?}");
    Ok(())
}

/// After "close" nothing is left: no cookie, no page.
async fn closed(stack: &Stack, browser: &Chromium, sent: &Sent) -> Result<()> {
    browser.click("form[action=close] button").await?;
    browser.see("main h1").await?;
    ensure!(browser.text().await?.contains("The session is closed"), "not closed");
    browser.accessible("5-closed").await?;
    ensure!(browser.cookies().await?.is_empty(), "the session's cookie is still there");
    browser.open(&format!("{}/referral", sent.page(stack))).await?;
    ensure!(browser.text().await?.contains("This link cannot be opened"), "the referral is still shown");
    browser.accessible("6-gone").await
}

/// Where the letter's QR code leads.
async fn verification_page(stack: &Stack, browser: &Chromium, sent: &Sent) -> Result<()> {
    let page = stack.url(&format!("/d/{}", sent.number()));
    let printed = sent.referral["bundle_sha256"].as_str().context("no fingerprint")?;
    browser.open(&page).await?;
    browser.see("#choose").await?;
    browser.accessible("7-verify").await?;
    browser.open(&format!("{page}#{printed}")).await?;
    browser.see("[data-message=printed]").await?;
    browser.accessible("8-verified").await?;
    let file = browser.download(&format!("{}.pdf", sent.number())).await?;
    browser.choose("#file", &file).await?;
    browser.see("[data-message=pdf]").await?;
    browser.open(&format!("{page}#{}", "0".repeat(64))).await?;
    browser.see("[data-message=not-verified]").await?;
    browser.accessible("9-not-verified").await?;
    let changed = file.with_extension("changed");
    std::fs::write(&changed, [&sent.letter[..], b"\n"].concat())?;
    browser.open(&page).await?;
    browser.choose("#file", &changed).await?;
    browser.see("[data-message=not-verified]").await.map(drop)
}

/// Some mail gateways write the fragment's `#` as `%23`: the whole way works all the same.
async fn changed_by_a_mail_gateway(stack: &Stack, browser: &Chromium, sent: &Sent) -> Result<()> {
    browser.open(&sent.link.link.url.replace('#', "%23")).await?;
    browser.see("#ask").await?;
    ensure!(browser.address().await? == sent.page(stack), "the address bar still holds the secret");
    enter_code(stack, browser, sent, false).await?;
    ensure!(browser.text().await?.contains(sent.number()), "the referral is not shown");
    browser.click("form[action=close] button").await
}

/// The requests so far: all of them to the one host that the link names.
async fn stays_here(stack: &Stack, browser: &Chromium) -> Result<Vec<Value>> {
    let requests = browser.requests().await?;
    let here = format!("{}/", stack.run().api_url);
    for request in &requests {
        let url = request["url"].as_str().unwrap_or_default();
        let inside = url.starts_with("about:") || url.starts_with("data:") || url.starts_with("blob:");
        ensure!(inside || url.starts_with(&here), "a request left for another host: {url}");
    }
    Ok(requests)
}
