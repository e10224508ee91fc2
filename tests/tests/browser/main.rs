//! An institution's way in a real browser: from the link in its mail to "received", and the page that verifies a letter.
//! Every page is looked at by axe-core, and the browser's own log says what left for where.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod chromium;
mod colleague;
mod desk;
mod ends;
mod keys;
mod look;
mod reading;
mod receipt;
mod visit;

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
    /// By a patient of its own, to the first institution.
    async fn new(stack: &Stack) -> Result<Self> {
        let recipient = stack.run().providers.first().context("no institution")?;
        Self::to(stack, recipient).await
    }

    /// By a patient of its own.
    async fn to(stack: &Stack, recipient: &str) -> Result<Self> {
        let email = format!("browser-{}@example.org", medius_tests::user::fresh_key());
        let app = PatientApp::new(stack, &stack.sign_in(&stack.new_patient(&email).await?).await?);
        let story = demo_story()?;
        let case = app.ready_case(&story, recipient).await?;
        let id = app.make_letter(&case, recipient).await?;
        let name = story["basic"]["name"].as_str().context("the demo patient has no name")?.to_owned();
        Self::of(stack, app, (case, recipient.to_owned(), name), &id).await
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
