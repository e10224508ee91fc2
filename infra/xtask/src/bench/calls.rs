//! AWS calls per request: a journey on the local stack whose functions reach AWS through a counting proxy. The first journey
//! warms the functions; the second is counted, with a new case.

use std::collections::BTreeMap;

use anyhow::{Context, Result, ensure};
use http::Method;
use medius_tests::{
    journey::{self, demo_story, mailbox},
    stack::Stack,
    user::{Answer, Institution, PatientApp},
};
use serde::Serialize;
use serde_json::json;

use super::tap::{Tap, round_trips};
use crate::{preflight, say, stack, workspace};

/// What is to be held of a request.
#[derive(Debug, Clone, Copy, Serialize)]
struct Held {
    #[serde(skip_serializing_if = "Option::is_none")]
    round_trips: Option<usize>,
    /// Requests to KMS: none for a case whose key the function has, one for another case.
    #[serde(skip_serializing_if = "Option::is_none")]
    kms: Option<usize>,
}

impl Held {
    const NOTHING: Self = Self { round_trips: None, kms: None };

    const fn trips(round_trips: usize) -> Self {
        Self { round_trips: Some(round_trips), ..Self::NOTHING }
    }

    const fn warm(self) -> Self {
        Self { kms: Some(0), ..self }
    }

    const fn cold(self) -> Self {
        Self { kms: Some(1), ..self }
    }
}

/// What one request cost.
#[derive(Debug, Serialize)]
struct Counted {
    request: &'static str,
    function: &'static str,
    round_trips: usize,
    calls: usize,
    kms: usize,
    held: Held,
    operations: BTreeMap<String, usize>,
}

/// The stack, its proxy and what was counted so far.
struct Counter {
    tap: Tap,
    stack: Stack,
    all: Vec<Counted>,
}

impl Counter {
    /// Counts what one function calls while it answers one request.
    async fn count(
        &mut self,
        request: &'static str,
        function: &'static str,
        held: Held,
        status: u16,
        answer: impl Future<Output = Result<Answer>>,
    ) -> Result<Answer> {
        // A mail that an earlier request ordered writes to the same case, and a request that meets it begins anew.
        self.tap.quiet().await?;
        self.tap.take()?;
        let answer = answer.await?.expect(status, request)?;
        let name = &self.stack.function(function).name;
        let calls: Vec<_> =
            self.tap.take()?.into_iter().filter(|call| call.function().as_ref() == Some(name)).collect();
        let mut operations = BTreeMap::new();
        for call in &calls {
            *operations.entry(call.operation.clone()).or_insert(0_usize) += 1;
        }
        let kms = operations.iter().filter(|(name, _)| name.starts_with("kms ")).map(|(_, n)| n).sum();
        let round_trips = round_trips(&calls);
        self.all.push(Counted { request, function, round_trips, calls: calls.len(), kms, held, operations });
        Ok(answer)
    }
}

pub(super) async fn run() -> Result<()> {
    let (front, proxy) = (preflight::listen(0, "")?, preflight::listen(0, "")?);
    let port = preflight::free_port()?;
    let seen_at = format!("http://{}", proxy.local_addr()?);
    let tap = Tap::serve(proxy, &format!("http://127.0.0.1:{port}"))?;
    let up = stack::up_behind(&workspace::root().join("target/bench-run"), port, front, Some(&seen_at)).await?;
    let stack = Stack::from_run(up.run.clone());
    journey::run(&stack, &mut |_| {}).await.context("the journey that warms the functions")?;
    let mut counter = Counter { tap, stack, all: Vec::new() };
    counted_journey(&mut counter).await?;
    table(&counter.all);
    let seen: usize = counter.all.iter().map(|counted| counted.calls).sum();
    ensure!(seen > 0, "the proxy saw no call of a function");
    super::keep("calls", &json!({ "build": "debug", "requests": counter.all }))?;
    let more = |n: usize, held: Option<usize>| held.is_some_and(|held| n > held);
    let over = counter.all.iter().filter(|c| more(c.round_trips, c.held.round_trips) || more(c.kms, c.held.kms));
    let over: Vec<_> = over.map(|c| c.request).collect();
    ensure!(over.is_empty(), "more calls than are to be held: {}", over.join(", "));
    Ok(())
}

async fn counted_journey(counter: &mut Counter) -> Result<()> {
    let stack = counter.stack.clone();
    let story = demo_story()?;
    let patient = *stack.patients().first().context("run.json has no patient")?;
    let app = PatientApp::new(&stack, &stack.sign_in(patient).await?);
    let to = stack.run().providers.first().context("the directory is empty")?.clone();
    let mailbox = mailbox(&stack, &to).await?;

    let signs = json!({ "emergency_signs": [] });
    let opened = counter.count("create a case", "intake", Held::trips(2), 201, app.post("/v1/cases", &signs)).await?;
    let case = opened.json()["id"].as_str().context("the new case has no id")?.to_owned();
    let path = |part: &str| format!("/v1/cases/{case}{part}");
    let wanted = json!({ "item": "G1", "language": "en" });
    let (servings, consents) = (path("/consents/servings"), path("/consents"));
    let served =
        counter.count("read a consent's text", "consent", Held::NOTHING, 201, app.post(&servings, &wanted)).await?;
    let body = json!({ "serving_id": served.json()["serving_id"], "decision": "grant" });
    counter.count("decide about consent", "consent", Held::trips(1), 201, app.post(&consents, &body)).await?;
    app.agree(&case, "S1", None).await?;

    let now = app.get(&path("")).await?.expect(200, "case")?;
    let (basic, health) = (path("/intake/basic"), path("/intake/health"));
    let etag = now.etag();
    let put = app.change(Method::PUT, &basic, &etag, Some(&story["basic"]));
    let told = counter.count("story, who (new key)", "intake", Held::trips(2), 200, put).await?;
    let body = json!({ "emergency_signs": [], "health": story["health"] });
    let etag = told.etag();
    let put = app.change(Method::PUT, &health, &etag, Some(&body));
    let told = counter.count("story, health", "intake", Held::trips(2).warm(), 200, put).await?;
    counter.count("read the case", "intake", Held::trips(2).warm(), 200, app.get(&path(""))).await?;
    let etag = told.etag();
    let complete = app.complete(&case, &etag);
    counter.count("complete the story", "intake", Held::trips(2).warm(), 200, complete).await?;
    for item in ["P", "PS"] {
        app.agree(&case, item, Some(&to)).await?;
    }

    let (body, referrals) = (json!({ "recipient": to }), path("/referrals"));
    let made = counter.count("letter", "referral", Held::trips(4).cold(), 201, app.post(&referrals, &body)).await?;
    let letter = made.json()["id"].as_str().context("the letter has no id")?.to_owned();
    let (body, deliveries) = (json!({ "referral_id": letter }), path("/deliveries"));
    let sent = counter.count("send", "delivery", Held::NOTHING, 201, app.post(&deliveries, &body)).await?;
    let delivery = sent.json()["id"].as_str().context("the delivery has no id")?.to_owned();

    let mut institution = Institution::of_delivery(&stack, &case, &delivery, &mailbox).await?;
    counter.count("link, its page", "provider", Held::trips(2), 200, institution.page()).await?;
    let mails = stack.mails().await?.len();
    counter.count("link, ask for a code", "provider", Held::NOTHING, 202, institution.ask_for_code()).await?;
    let code = institution.code_from_mail(&mailbox, mails).await?;
    counter.count("link, unlock by code", "provider", Held::trips(2), 204, institution.unlock(&code)).await?;
    let read = institution.send(Method::GET, "/referral", None);
    counter.count("link, read the referral", "provider", Held::NOTHING.cold(), 200, read).await?;
    let download = institution.send(Method::POST, "/letter", None);
    counter.count("download", "provider", Held::trips(2).warm(), 200, download).await?;
    let download = institution.send(Method::POST, "/letter", None);
    counter.count("download, again", "provider", Held::trips(2).warm(), 200, download).await?;

    app.agree(&case, "E1", None).await?;
    let entry = json!({ "kind": "result", "name": "K", "value": "4.8", "unit": "mmol/L", "range": "3.5~5.1",
        "date": "2026-11-02" });
    app.post(&path("/records"), &json!({ "entries": [entry] })).await?.expect(201, "record")?;
    let (body, explanations) = (json!({ "language": "both" }), path("/explanations"));
    counter.count("explanation", "explanation", Held::NOTHING.cold(), 201, app.post(&explanations, &body)).await?;
    Ok(())
}

fn table(all: &[Counted]) {
    say::line("request                        trips  held  calls  KMS  held  calls by operation");
    for c in all {
        let figure = |held: Option<usize>| held.map_or_else(|| "-".to_owned(), |held| held.to_string());
        let operations: Vec<_> = c.operations.iter().map(|(name, count)| format!("{count} {name}")).collect();
        say::line(&format!(
            "{:<30} {:>5} {:>5} {:>6} {:>4} {:>5}  {}",
            c.request,
            c.round_trips,
            figure(c.held.round_trips),
            c.calls,
            c.kms,
            figure(c.held.kms),
            operations.join(", ")
        ));
    }
}
