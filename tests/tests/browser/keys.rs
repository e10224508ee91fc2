//! The desk with the keys alone: what has the focus is seen to have it, and nothing needs a mouse.

use super::Sent;
use super::chromium::Chromium;
use super::look::{Look, story};
use super::visit::Visit;
use anyhow::Result;
use medius_tests::stack::Stack;
use thirtyfour::Key;

story!(an_institution_answers_with_the_keys_alone, crate::keys::by_keyboard);

impl Visit<'_> {
    /// Opens the form of an answer with the keys, unless it is open.
    async fn opens(&self, action: &str) -> Result<String> {
        let form = format!("#form-{action}");
        self.browser.exists(&form).await?;
        if !self.is_open(&form).await? {
            self.browser.tab_to(&format!("details:has({form}) > summary")).await?;
            self.browser.press(Key::Enter).await?;
        }
        self.browser.see(&form).await?;
        Ok(form)
    }

    /// Goes to a field and types.
    async fn types(&self, form: &str, field: &str, text: &str) -> Result<()> {
        self.browser.tab_to(&format!("{form} [name={field}]")).await?;
        self.browser.press(text).await
    }

    /// Sends the form, and waits for where the Task stands then.
    async fn sends(&self, form: &str, state: &str) -> Result<()> {
        self.browser.tab_to(&format!("{form} [type=submit]")).await?;
        self.browser.run("window.before = true").await?;
        self.browser.press(Key::Enter).await?;
        self.browser.arrives(form).await?;
        self.stands(state).await.map(drop)
    }
}

async fn by_keyboard(stack: &Stack, browser: &Chromium, look: Look) -> Result<()> {
    let sent = Sent::new(stack).await?;
    let visit = Visit { stack, browser, sent: &sent, look, story: "keys" };
    look.sized(browser).await?;
    browser.open(&sent.link.link.url).await?;
    browser.see("#ask").await?;
    browser.tab_to(&format!("[data-language={}]", look.language)).await?;
    browser.press(" ").await?;
    let before = stack.mails().await?.len();
    browser.tab_to("#send").await?;
    browser.press(Key::Enter).await?;
    browser.see("#enter").await?;
    let code = sent.link.code_from_mail(&sent.mailbox, before).await?;
    browser.tab_to("#code").await?;
    browser.press(&code).await?;
    browser.press(Key::Enter).await?;
    browser.see(".sheet h1").await?;
    browser.tab_to("a[href=desk]").await?;
    visit.page("1-focus").await?;
    browser.press(Key::Enter).await?;
    browser.see("#history").await?;
    answers(&visit).await?;
    browser.tab_to("form[action=close] button").await?;
    browser.press(Key::Enter).await?;
    browser.see("main h1").await?;
    visit.shows(look.of("열람을 마쳤습니다", "The session is closed")).await
}

/// Accepts, proposes an appointment, says what was found so far, and asks to call it off with a reason.
async fn answers(visit: &Visit<'_>) -> Result<()> {
    let form = visit.opens("accept").await?;
    visit.types(&form, "text", "We are glad to help.").await?;
    visit.sends(&form, "ACCEPTED").await?;
    let form = visit.opens("schedule").await?;
    // Day and hour are typed part by part, in the order of the browser's own language.
    let day = (chrono::Utc::now() + chrono::TimeDelta::days(7)).format("%m%d%Y").to_string();
    visit.types(&form, "date", &day).await?;
    visit.types(&form, "time", "0930AM").await?;
    visit.types(&form, "place", "Main building").await?;
    visit.page("2-appointment").await?;
    visit.sends(&form, "SCHEDULED").await?;
    visit.shows("09:30").await?;
    let form = visit.opens("interim_outcome").await?;
    visit.types(&form, "text", "Blood was drawn.").await?;
    visit.sends(&form, "SCHEDULED").await?;
    visit.shows("Blood was drawn.").await?;
    let form = visit.opens("request_cancel").await?;
    // One of the reasons has the focus; the arrow goes to the next.
    visit.browser.tab_to(&format!("{form} [type=radio]")).await?;
    visit.browser.press(" ").await?;
    visit.browser.press(Key::Down).await?;
    visit.page("3-reason").await?;
    visit.sends(&form, "CANCEL_REQUESTED").await
}
