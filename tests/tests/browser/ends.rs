//! How a link ends while its session is open: revoked, run out, called off. Whatever is clicked then shows the one page that
//! everything dead shows.

use super::Sent;
use super::chromium::Chromium;
use super::look::{Look, story};
use super::visit::Visit;
use anyhow::{Result, ensure};
use medius_tests::stack::Stack;
use serde_json::json;

story!(a_revoked_link_shows_nothing_more_in_an_open_session, crate::ends::revoked);
story!(an_expired_link_shows_nothing_more_in_an_open_session, crate::ends::expired);
story!(a_referral_that_both_call_off_closes_the_desk, crate::ends::called_off);

async fn revoked(stack: &Stack, browser: &Chromium, look: Look) -> Result<()> {
    let sent = Sent::new(stack).await?;
    let visit = Visit::new(stack, browser, &sent, look, "revoked").await?;
    let path = format!("/v1/cases/{}/deliveries/{}/revoke", sent.case, sent.delivery);
    sent.app.post(&path, &json!({})).await?.expect(200, "revoke")?;
    gone(&visit).await
}

async fn expired(stack: &Stack, browser: &Chromium, look: Look) -> Result<()> {
    use aws_sdk_dynamodb::types::AttributeValue::S;
    let sent = Sent::new(stack).await?;
    let visit = Visit::new(stack, browser, &sent, look, "expired").await?;
    let id = format!("LINK#{}", sent.link.link.id);
    let update = stack.dynamodb(stack.operator_credentials()).update_item().table_name(stack.table("links"));
    let update = update.key("pk", S(id)).key("sk", S("LINK".to_owned()));
    let update = update.update_expression("SET body.expires_at = :past");
    update.expression_attribute_values(":past", S("2026-01-01T00:00:00Z".to_owned())).send().await?;
    gone(&visit).await
}

/// Both agree to call it off: the page says that it is over, and the link has ended with it.
async fn called_off(stack: &Stack, browser: &Chromium, look: Look) -> Result<()> {
    let sent = Sent::new(stack).await?;
    let visit = Visit::new(stack, browser, &sent, look, "cancel").await?;
    visit.answer("accept", &[("text", "We are glad to help.")], "ACCEPTED").await?;
    visit.patient(&json!({"action": "request_cancel", "code": "patient-decided"})).await?;
    browser.reload().await?;
    let form = visit.form("confirm_cancel").await?;
    visit.page("5-asked").await?;
    browser.submit(&format!("{form} button[type=submit]")).await?;
    visit.shows(look.of("의뢰가 취소되었습니다", "The referral is cancelled")).await?;
    visit.page("6-called-off").await?;
    ensure!(visit.task().await?["state"] == "CANCELLED", "it was not called off");
    nothing_more(&visit).await
}

/// Whatever is clicked now shows the one page that everything dead shows.
async fn gone(visit: &Visit<'_>) -> Result<()> {
    let browser = visit.browser;
    let form = visit.form("decline").await?;
    browser.click(&format!("{form} [value=capacity]")).await?;
    browser.submit(&format!("{form} button[type=submit]")).await?;
    visit.is_gone().await?;
    visit.page("9-gone").await?;
    let task = visit.task().await?;
    ensure!(task["state"] == "OPENED", "an answer through a dead link was taken: {}", task["state"]);
    nothing_more(visit).await
}

/// Neither page of the session shows anything any more.
async fn nothing_more(visit: &Visit<'_>) -> Result<()> {
    for page in ["referral", "desk"] {
        visit.browser.open(&format!("{}/{page}", visit.sent.page(visit.stack))).await?;
        visit.is_gone().await?;
    }
    Ok(())
}
