//! From the link in the mail to "received" and to the page that verifies a letter, each page in all four ways.

use super::chromium::Chromium;
use super::look::{every_way, in_browser};
use super::{Sent, stays_here};
use anyhow::{Context, Result, ensure};
use medius_tests::stack::Stack;

#[tokio::test]
async fn an_institution_reads_a_referral_in_its_browser() {
    in_browser(visit).await;
}

async fn visit(stack: &Stack, browser: &Chromium) -> Result<()> {
    let sent = Sent::new(stack).await?;
    let secret = sent.link.link.secret.clone();
    link_page(stack, browser, &sent).await?;
    reading_page(stack, browser, &sent).await?;
    closed(stack, browser, &sent, async |name| every_way(browser, &format!("reading-{name}")).await).await?;
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
    browser.click("[data-language=ko]").await?;
    ensure!(browser.text().await?.contains("코드 보내기"), "no Korean");
    every_way(browser, "reading-1-link").await?;
    enter_code(stack, browser, sent, true).await
}

/// Orders the code, takes it from the mail and unlocks; with `looking`, looks at what is seen on the way.
pub(crate) async fn enter_code(stack: &Stack, browser: &Chromium, sent: &Sent, looking: bool) -> Result<()> {
    let before = stack.mails().await?.len();
    browser.click("#send").await?;
    browser.see("#enter").await?;
    let code = sent.link.code_from_mail(&sent.mailbox, before).await?;
    if looking {
        every_way(browser, "reading-2-code").await?;
        browser.fill("#code", "1234").await?;
        browser.click("#enter button.main").await?;
        browser.see("[data-message=digits]").await?;
        every_way(browser, "reading-2-code-too-short").await?;
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
    every_way(browser, "reading-3-referral").await?;
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
    every_way(browser, "reading-4-acknowledged").await?;
    sent.state("ACKNOWLEDGED").await?;
    let complaints = browser.complaints().await?;
    ensure!(complaints.is_empty(), "the console: {complaints:#?}");
    Ok(())
}

/// After "close" nothing is left: no cookie, no page. `look` looks at the pages that say so.
pub(crate) async fn closed(
    stack: &Stack,
    browser: &Chromium,
    sent: &Sent,
    look: impl AsyncFn(&str) -> Result<()>,
) -> Result<()> {
    browser.submit("form[action=close] button").await?;
    says(browser, "The session is closed").await?;
    look("closed").await?;
    ensure!(browser.cookies().await?.is_empty(), "the session's cookie is still there");
    browser.open(&format!("{}/referral", sent.page(stack))).await?;
    says(browser, "This link cannot be opened").await?;
    look("gone").await
}

/// That the page has this heading, whichever language is seen.
async fn says(browser: &Chromium, heading: &str) -> Result<()> {
    browser.see("main h1").await?;
    let found = browser.run("return document.querySelector('main h1').textContent").await?;
    ensure!(found.as_str().is_some_and(|text| text.contains(heading)), "the page says {found} and not {heading}");
    Ok(())
}

/// Where the letter's QR code leads.
async fn verification_page(stack: &Stack, browser: &Chromium, sent: &Sent) -> Result<()> {
    let page = stack.url(&format!("/d/{}", sent.number()));
    let printed = sent.referral["bundle_sha256"].as_str().context("no fingerprint")?;
    browser.open(&page).await?;
    browser.see("#choose").await?;
    every_way(browser, "reading-7-verify").await?;
    browser.open(&format!("{page}#{printed}")).await?;
    browser.see("[data-message=printed]").await?;
    every_way(browser, "reading-8-verified").await?;
    let file = browser.download(&format!("{}.pdf", sent.number())).await?;
    browser.choose("#file", &file).await?;
    browser.see("[data-message=pdf]").await?;
    browser.open(&format!("{page}#{}", "0".repeat(64))).await?;
    browser.see("[data-message=not-verified]").await?;
    every_way(browser, "reading-9-not-verified").await?;
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
