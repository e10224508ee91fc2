//! "Add a colleague" in a browser: the desk sends another department a link of its own, and there both see one request.

use super::Sent;
use super::chromium::Chromium;
use super::look::{Look, story};
use super::visit::Visit;
use anyhow::{Result, ensure};
use medius_tests::directory::entry;
use medius_tests::stack::Stack;
use medius_tests::user::{Institution, fresh_key};
use serde_json::json;

story!(an_institution_adds_a_colleague_who_answers, crate::colleague::adds);

async fn adds(stack: &Stack, browser: &Chromium, look: Look) -> Result<()> {
    let registration = format!("B-{}", fresh_key());
    let own = entry(stack, &registration, "Medicine").await?;
    let other = entry(stack, &registration, "Endocrinology").await?;
    let sent = Sent::to(stack, own.id.as_str()).await?;
    let visit = Visit::new(stack, browser, &sent, look, "colleague").await?;
    let offered = browser.run("return [...document.querySelectorAll('#colleague option')].map(o => o.value)").await?;
    ensure!(offered == json!([other.id]), "others than the institution's own are offered: {offered}");
    browser.submit("form[action=colleagues] button").await?;
    visit.shows(look.of("동료에게 링크를 보냄", "A link was sent to a colleague")).await?;
    visit.page("3-invited").await?;
    let mailbox = other.contact_email.expose().to_owned();
    let link = Institution::from_mail(stack, &mailbox, 0).await?;
    ensure!(link.link.id != sent.link.link.id, "the colleague has the same link");
    let theirs = Sent { link, mailbox, ..sent };
    let visit = Visit::new(stack, browser, &theirs, look, "colleague-theirs").await?;
    visit.shows(look.of("동료에게 링크를 보냄", "A link was sent to a colleague")).await?;
    visit.answer("accept", &[("text", "Endocrinology takes over.")], "ACCEPTED").await
}
