//! The main requests under load on the local stack: so many patients at once go whole journeys from the first request to the
//! hospital's download, for a fixed time; throughput, and of each request the median and the 99th percentile. Functions, local AWS and
//! clients share this machine's cores, so that the figures compare releases and loads with each other, and say nothing of AWS.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use http::Method;
use medius_tests::journey::{self, demo_story, mailbox};
use medius_tests::stack::Stack;
use medius_tests::user::{Answer, Institution, PatientApp, fresh_key};
use serde::Serialize;
use serde_json::json;

use crate::{preflight, say, stack, workspace};

#[derive(clap::Args)]
pub(super) struct Options {
    /// How many patients at once, one load after the other.
    #[arg(long, value_delimiter = ',', default_value = "1,4,16")]
    patients: Vec<usize>,
    /// Seconds of each load.
    #[arg(long, default_value_t = 60)]
    seconds: u64,
}

/// What one kind of request took under one load.
#[derive(Debug, Serialize)]
struct Measured {
    patients: usize,
    request: &'static str,
    requests: usize,
    p50_ms: f64,
    p99_ms: f64,
}

/// One load as a whole.
#[derive(Debug, Serialize)]
struct Load {
    patients: usize,
    seconds: f64,
    journeys: usize,
    requests_per_second: f64,
}

/// Times of requests by their name, of all patients together.
#[derive(Clone, Default)]
struct Times(Arc<Mutex<BTreeMap<&'static str, Vec<f64>>>>);

impl Times {
    async fn of(
        &self,
        request: &'static str,
        status: u16,
        answer: impl Future<Output = Result<Answer>>,
    ) -> Result<Answer> {
        let begun = Instant::now();
        let answer = answer.await?.expect(status, request)?;
        let took = begun.elapsed().as_secs_f64() * 1000.0;
        self.0.lock().unwrap_or_else(PoisonError::into_inner).entry(request).or_default().push(took);
        Ok(answer)
    }

    fn taken(&self) -> BTreeMap<&'static str, Vec<f64>> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

pub(super) async fn run(options: Options) -> Result<()> {
    ensure!(options.patients.iter().all(|n| (1..=256).contains(n)), "between 1 and 256 patients at once");
    let (port, front) = (preflight::free_port()?, preflight::listen(0, "")?);
    let up = stack::up(&workspace::root().join("target/bench-run"), port, front).await?;
    let stack = Stack::from_run(up.run.clone());
    journey::run(&stack, &mut |_| {}).await.context("the journey that warms the functions")?;
    let (mut loads, mut all) = (Vec::new(), Vec::new());
    for patients in options.patients {
        let (load, measured) = under(&stack, patients, Duration::from_secs(options.seconds)).await?;
        loads.push(load);
        all.extend(measured);
    }
    say::line("patients  journeys  requests/s");
    for load in &loads {
        say::line(&format!("{:>8} {:>9} {:>11.1}", load.patients, load.journeys, load.requests_per_second));
    }
    say::line("patients  request                 n     p50 ms     p99 ms");
    for m in &all {
        let (n, p50, p99) = (m.requests, m.p50_ms, m.p99_ms);
        say::line(&format!("{:>8}  {:<20} {n:>5} {p50:>10.0} {p99:>10.0}", m.patients, m.request));
    }
    super::keep("load", &json!({ "build": "debug", "loads": loads, "requests": all }))
}

/// One load: every patient goes journey after journey until the time is over, and ends the one that was begun.
async fn under(stack: &Stack, patients: usize, time: Duration) -> Result<(Load, Vec<Measured>)> {
    let mut apps = Vec::new();
    for n in 0..patients {
        let sign_in = stack.new_patient(&format!("load-{n}-{}@patients.example", fresh_key())).await?;
        apps.push(PatientApp::new(stack, &stack.sign_in(&sign_in).await?));
    }
    let (times, begun) = (Times::default(), Instant::now());
    let mut running = tokio::task::JoinSet::new();
    for (n, app) in apps.into_iter().enumerate() {
        let (stack, times) = (stack.clone(), times.clone());
        running.spawn(async move {
            let mut journeys = 0_usize;
            while begun.elapsed() < time {
                Box::pin(journey(&stack, &app, &times, n)).await?;
                journeys += 1;
            }
            Ok::<_, anyhow::Error>(journeys)
        });
    }
    let mut journeys = 0;
    while let Some(done) = running.join_next().await {
        journeys += done??;
    }
    let (seconds, times) = (begun.elapsed().as_secs_f64(), times.taken());
    let requests: usize = times.values().map(Vec::len).sum();
    let load = Load { patients, seconds, journeys, requests_per_second: requests as f64 / seconds };
    let measured = times.into_iter().map(|(request, times)| Measured {
        patients,
        request,
        requests: times.len(),
        p50_ms: percentile(&times, 50),
        p99_ms: percentile(&times, 99),
    });
    Ok((load, measured.collect()))
}

async fn journey(stack: &Stack, app: &PatientApp, times: &Times, n: usize) -> Result<()> {
    let granted = || json!({ "decision": "grant" });
    let story = demo_story()?;
    let directory = times.of("directory", 200, app.get("/v1/providers")).await?.json();
    let items = directory["items"].as_array().context("no directory")?;
    let open: Vec<&str> = items.iter().filter(|p| p["may_receive"] == true).filter_map(|p| p["id"].as_str()).collect();
    let to = (*open.get(n % open.len().max(1)).context("no institution takes letters")?).to_owned();
    let mailbox = mailbox(stack, &to).await?;
    let signs = json!({ "emergency_signs": [] });
    let opened = times.of("create a case", 201, app.post("/v1/cases", &signs)).await?;
    let case = opened.json()["id"].as_str().context("the new case has no id")?.to_owned();
    let path = |part: &str| format!("/v1/cases/{case}{part}");
    for item in ["G1", "S1"] {
        times.of("read and agree", 201, app.answered(&case, item, None, granted())).await?;
    }
    let now = times.of("read the case", 200, app.get(&path(""))).await?;
    let (basic, health) = (path("/intake/basic"), path("/intake/health"));
    let etag = now.etag();
    let told = times.of("story", 200, app.change(Method::PUT, &basic, &etag, Some(&story["basic"]))).await?;
    let (body, etag) = (json!({ "emergency_signs": [], "health": story["health"] }), told.etag());
    let told = times.of("story", 200, app.change(Method::PUT, &health, &etag, Some(&body))).await?;
    let etag = told.etag();
    times.of("complete the story", 200, app.complete(&case, &etag)).await?;
    for item in ["P", "PS"] {
        times.of("read and agree", 201, app.answered(&case, item, Some(&to), granted())).await?;
    }
    let (body, referrals) = (json!({ "recipient": to }), path("/referrals"));
    let made = times.of("letter", 201, app.post(&referrals, &body)).await?;
    let (body, deliveries) = (json!({ "referral_id": made.json()["id"] }), path("/deliveries"));
    let sent = times.of("send", 201, app.post(&deliveries, &body)).await?;
    let delivery = sent.json()["id"].as_str().context("the delivery has no id")?.to_owned();
    let mut institution = Institution::of_delivery(stack, &case, &delivery, &mailbox).await?;
    times.of("order a code", 202, institution.ask_for_code()).await?;
    let code = institution.code_from_mail(&mailbox, 0).await?;
    times.of("unlock", 204, institution.unlock(&code)).await?;
    times.of("read the referral", 200, institution.send(Method::GET, "/referral", None)).await?;
    times.of("download the letter", 200, institution.send(Method::POST, "/letter", None)).await?;
    Ok(())
}

/// The value that so many of a hundred do not exceed, by the nearest rank.
fn percentile(values: &[f64], percent: usize) -> f64 {
    let mut values = values.to_vec();
    values.sort_by(f64::total_cmp);
    let rank = (values.len() * percent).div_ceil(100).max(1);
    values.get(rank - 1).copied().unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_values_that_were_measured() {
        let values: Vec<f64> = (1..=200).rev().map(f64::from).collect();
        assert_eq!((percentile(&values, 50), percentile(&values, 99)), (100.0, 198.0));
        assert_eq!((percentile(&[7.0], 50), percentile(&[7.0], 99)), (7.0, 7.0));
        assert!(percentile(&[], 50).is_nan());
    }
}
