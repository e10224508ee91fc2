//! An institution at its desk, in a browser.

use super::Sent;
use super::chromium::Chromium;
use super::look::Look;
use super::reading::enter_code;
use anyhow::{Context, Result, ensure};
use medius_tests::stack::Stack;
use reqwest::Method;
use serde_json::{Value, json};
use std::time::Duration;

/// An institution at its desk.
pub(crate) struct Visit<'a> {
    pub(crate) stack: &'a Stack,
    pub(crate) browser: &'a Chromium,
    pub(crate) sent: &'a Sent,
    pub(crate) look: Look,
    pub(crate) story: &'static str,
}

impl<'a> Visit<'a> {
    /// From the mail to the desk.
    pub(crate) async fn new(
        stack: &'a Stack,
        browser: &'a Chromium,
        sent: &'a Sent,
        look: Look,
        story: &'static str,
    ) -> Result<Self> {
        let visit = Self { stack, browser, sent, look, story };
        look.sized(browser).await?;
        browser.open(&sent.link.link.url).await?;
        browser.see("#ask").await?;
        browser.click(&format!("[data-language={}]", look.language)).await?;
        visit.page("0-link").await?;
        enter_code(stack, browser, sent, false).await?;
        visit.page("1-referral").await?;
        browser.submit("a[href=desk]").await?;
        browser.see("#history").await?;
        visit.page("2-desk").await?;
        Ok(visit)
    }

    /// Looks at the page.
    pub(crate) async fn page(&self, name: &str) -> Result<()> {
        self.look.page(self.browser, &format!("{}-{name}", self.story)).await
    }

    /// Looks at the page as it is printed: all that it is read for, and nothing that can only be clicked. The letter's number is a
    /// link on the screen and a number on paper.
    pub(crate) async fn on_paper(&self, name: &str, read: &[&str]) -> Result<()> {
        self.browser.paper(true).await?;
        let shown = format!(
            "return [...document.querySelectorAll('button, input, select, textarea, summary, a')]
                .filter(e => e.offsetParent !== null && e.innerText !== '{}').map(e => e.outerHTML)",
            self.sent.number()
        );
        let shown = self.browser.run(&shown).await?;
        ensure!(shown == json!([]), "printed, but only to be clicked: {shown}");
        self.browser.picture(&self.look.picture(&format!("{}-{name}", self.story))).await?;
        for text in read.iter().copied().chain([self.sent.name.as_str(), self.sent.number()]) {
            self.shows(text).await?;
        }
        self.browser.paper(false).await
    }

    /// Opens the form of an answer, unless it is open.
    pub(crate) async fn form(&self, action: &str) -> Result<String> {
        let form = format!("#form-{action}");
        self.browser.exists(&form).await?;
        if !self.is_open(&form).await? {
            self.browser.click(&format!("details:has({form}) > summary")).await?;
        }
        self.browser.see(&form).await?;
        Ok(form)
    }

    /// Whether a form is open to be filled in.
    pub(crate) async fn is_open(&self, form: &str) -> Result<bool> {
        let open = format!("const d = document.querySelector('{form}').closest('details'); return !d || d.open");
        Ok(self.browser.run(&open).await? == true)
    }

    /// Fills in the fields of an answer and sends it; then the desk shows `state`.
    pub(crate) async fn answer(&self, action: &str, fields: &[(&str, &str)], state: &str) -> Result<()> {
        let form = self.form(action).await?;
        for (name, value) in fields {
            self.browser.set(&format!("{form} [name={name}]"), value).await?;
        }
        if !fields.is_empty() {
            self.page(&format!("3-{action}")).await?;
        }
        self.browser.submit(&format!("{form} button[type=submit]")).await?;
        self.stands(state).await?;
        self.page(&format!("4-{state}")).await
    }

    /// Waits until the Task stands somewhere, as the patient sees it.
    pub(crate) async fn stands(&self, state: &str) -> Result<Value> {
        let mut last = Value::Null;
        for _ in 0..100 {
            last = self.task().await?;
            if last["state"] == state {
                self.browser.see("#history").await?;
                return Ok(last);
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        self.browser.picture("failure").await?;
        anyhow::bail!("the Task is {} and not {state}", last["state"])
    }

    /// The Task as the patient sees it.
    pub(crate) async fn task(&self) -> Result<Value> {
        let list =
            self.sent.app.get(&format!("/v1/cases/{}/tasks", self.sent.case)).await?.expect(200, "tasks")?.json();
        Ok(list["items"][0].clone())
    }

    /// The patient does something about it.
    pub(crate) async fn patient(&self, answer: &Value) -> Result<()> {
        let task = self.task().await?;
        let path = format!("/v1/cases/{}/tasks/{}", self.sent.case, task["id"].as_str().context("no id")?);
        let etag = self.sent.app.get(&path).await?.expect(200, "task")?.etag();
        self.sent
            .app
            .change(Method::POST, &format!("{path}/actions"), &etag, Some(answer))
            .await?
            .expect(200, "action")?;
        Ok(())
    }

    /// That the page shows a text.
    pub(crate) async fn shows(&self, text: &str) -> Result<()> {
        ensure!(self.browser.text().await?.contains(text), "the page does not show {text}");
        Ok(())
    }

    /// That this is the page that everything dead shows, and nobody is named on it.
    pub(crate) async fn is_gone(&self) -> Result<()> {
        self.shows(self.look.of("이 링크를 열 수 없습니다", "This link cannot be opened")).await?;
        ensure!(!self.browser.text().await?.contains(&self.sent.name), "the page still names the patient");
        Ok(())
    }

    /// That choosing the other language keeps what was typed, what is open and what has the focus, and comes back.
    pub(crate) async fn switches(&self) -> Result<()> {
        let kept =
            "return JSON.stringify([[...document.querySelectorAll('textarea, input')].map(f => [f.value, f.checked]),
            [...document.querySelectorAll('details')].map(d => d.open)])";
        let before = self.browser.run(kept).await?;
        let other = if self.look.language == "ko" { "en" } else { "ko" };
        for language in [other, self.look.language] {
            self.browser.click(&format!("[data-language={language}]")).await?;
            ensure!(self.browser.run(kept).await? == before, "what was typed or open is lost in {language}");
            let focus = self.browser.run("return document.activeElement.dataset.language").await?;
            ensure!(focus == language, "the focus left the switch");
            self.browser.speaks(language, self.story).await?;
        }
        Ok(())
    }
}
