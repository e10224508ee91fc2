//! What a thousand referrals cost: complete journeys on the local stack, of which every request that AWS bills is counted, and a
//! price list with its days and sources (infra/xtask/data/prices.toml). Nothing of it was measured on AWS.

mod dynamodb;
mod fixed;
mod logs;
mod prices;

use std::{collections::BTreeMap, fs, path::Path};

use anyhow::{Context, Result, ensure};
use http::Method;
use medius_tests::{journey, signed::Aws, stack::Stack, user::fresh_key};
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::tap::{Call, Tap};
use crate::{preflight, say, stack, workspace};
use prices::{Line, Prices};

/// Referrals that the figures are for.
const REFERRALS: u32 = 1000;
/// Bytes of a GB. AWS's own reckoning of DynamoDB takes so many (aws/agent-toolkit-for-aws, calculate_costs.py); where a service means
/// 1,024 instead of 1,000, this is rather too dear.
const GB: u64 = 1_000_000_000;
/// Months that what a referral leaves is kept in this reckoning, as if nothing were destroyed in its first year.
const MONTHS: u32 = 12;
/// Months that production keeps its logs: the shortest that its parameter LogRetentionDays takes, 180 days.
const LOG_MONTHS: u32 = 6;

#[derive(clap::Args)]
pub(super) struct Options {
    /// Journeys that are counted, after one that warms the functions.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=100))]
    journeys: u32,
}

/// Counts of a number of journeys, by the price list's names or as calls that it does not know.
type Counts = BTreeMap<String, Decimal>;

pub(super) async fn run(options: Options) -> Result<()> {
    let prices = Prices::embedded()?;
    let fixed = fixed::counts(&fixed::template().await?)?;
    let files = workspace::root().join("target/bench-run");
    let (front, proxy) = (preflight::listen(0, "")?, preflight::listen(0, "")?);
    let port = preflight::free_port()?;
    let seen_at = format!("http://{}", proxy.local_addr()?);
    let tap = Tap::serve(proxy, &format!("http://127.0.0.1:{port}"))?;
    let up = stack::up_behind(&files, port, front, Some(&seen_at)).await?;
    let stack = Stack::from_run(up.run.clone());
    without_schedules(&stack).await?;
    one_journey(&stack).await.context("the journey that warms the functions")?;
    let counted = journeys(&stack, &tap, &files, options.journeys).await?;

    // The counts are of some journeys, the lines of a thousand.
    let share =
        |count: Decimal, months: u32| count * Decimal::from(REFERRALS * months) / Decimal::from(options.journeys);
    let referrals: Vec<Line> = counted.requests.iter().map(|(id, count)| prices.line(id, share(*count, 1))).collect();
    let storage = [
        ("dynamodb-storage", share(gb(counted.table_bytes), MONTHS)),
        ("dynamodb-recovery", share(gb(counted.table_bytes), MONTHS)),
        ("s3-storage", share(gb(counted.object_bytes), MONTHS)),
        ("log-storage", share(gb(counted.log_bytes), LOG_MONTHS)),
    ];
    let storage: Vec<Line> = storage.into_iter().map(|(id, count)| prices.line(id, count)).collect();
    let metrics = ("custom-metrics", Decimal::from(counted.metrics));
    let fixed: Vec<Line> = fixed.into_iter().chain([metrics]).map(|(id, count)| prices.line(id, count)).collect();
    let mut figures = json!({
        "build": "debug", "journeys": options.journeys, "region": prices::REGION, "functions": counted.functions,
    });
    for (name, title, lines) in [
        ("referrals", "1,000 referrals", referrals),
        ("storage", "what they leave, for a year", storage),
        ("month", "each month, without any", fixed),
    ] {
        figures[name] = table(title, lines);
    }
    say::line("\nEach price with its source: infra/xtask/data/prices.toml");
    super::keep("cost", &figures)
}

/// Prints lines with their sum, and gives both.
fn table(title: &str, mut lines: Vec<Line>) -> Value {
    lines.sort_by(Line::order);
    say::line(&prices::head(title));
    for line in &lines {
        say::line(&line.text());
    }
    let (total, unpriced) = prices::sum(&lines);
    say::line(&format!("sum: {} USD", total.round_dp(2)));
    if !unpriced.is_empty() {
        say::line(&format!("not in the sum: {}", unpriced.join(", ")));
    }
    json!({ "lines": lines, "usd": total, "not_priced": unpriced })
}

/// What some journeys took together.
struct Counted {
    requests: Counts,
    table_bytes: u64,
    object_bytes: u64,
    log_bytes: u64,
    metrics: usize,
    /// Invocations and billed GB-seconds by function.
    functions: Value,
}

async fn journeys(stack: &Stack, tap: &Tap, files: &Path, journeys: u32) -> Result<Counted> {
    tap.quiet().await?;
    let metered = || fs::read_to_string(files.join("meter.jsonl")).context("the local AWS metered nothing");
    let (lines, requests) = (logs::read(stack).await?, metered()?.lines().count());
    let (tables, objects) = (dynamodb::stored(stack).await?, objects(stack).await?);
    let mails = stack.mails().await?.len();
    tap.take()?;
    for n in 1..=journeys {
        one_journey(stack).await.with_context(|| format!("journey {n}"))?;
        tap.quiet().await?;
    }
    let calls = tap.take()?;
    let (each, all) = logs::since(stack, &lines).await?;
    let units = dynamodb::units(metered()?.lines().skip(requests))?;
    let seen = calls.iter().filter(|call| call.operation.starts_with("dynamodb ")).count();
    ensure!(units.requests == seen, "the local AWS metered {} requests of DynamoDB, {seen} passed", units.requests);

    let mut counts = calls_by_price(&calls);
    let arrived = Decimal::from(stack.mails().await?.len() - mails);
    ensure!(counts.get("mails") == Some(&arrived), "{arrived} mails arrived, {:?} were sent", counts.get("mails"));
    counts.insert("dynamodb-read-units".to_owned(), units.reads);
    counts.insert("dynamodb-write-units".to_owned(), units.writes);
    counts.insert("lambda-requests".to_owned(), all.count.into());
    counts.insert("lambda-gb-seconds".to_owned(), all.gb_seconds());
    counts.insert("log-bytes".to_owned(), gb(u64::try_from(all.log_bytes)?));
    // Each request goes through the firewall and the gateway; a trace is at most one for each.
    for id in ["gateway-requests", "firewall-requests", "traces"] {
        counts.insert(id.to_owned(), all.requests.into());
    }
    counts.insert("patients".to_owned(), journeys.into());
    let functions: BTreeMap<_, _> = each
        .iter()
        .map(|(name, one)| {
            (*name, json!({ "invocations": one.count, "gb_seconds": one.gb_seconds(), "log_bytes": one.log_bytes }))
        })
        .collect();
    Ok(Counted {
        requests: counts,
        table_bytes: dynamodb::stored(stack).await?.saturating_sub(tables),
        object_bytes: self::objects(stack).await?.saturating_sub(objects),
        log_bytes: u64::try_from(all.log_bytes)?,
        metrics: all.metrics.len(),
        functions: json!(functions),
    })
}

/// Calls by the name of their price. What has none keeps its own name, so that a table shows it without a price.
fn calls_by_price(calls: &[Call]) -> Counts {
    let mut counts = Counts::new();
    let mut add = |id: &str, count: Decimal| *counts.entry(id.to_owned()).or_default() += count;
    for call in calls {
        match call.operation.as_str() {
            "s3 PUT" | "s3 POST" | "s3 LIST" => add("s3-writes", Decimal::ONE),
            "s3 GET" | "s3 HEAD" => add("s3-reads", Decimal::ONE),
            "kms Sign" | "kms Verify" | "kms GetPublicKey" => add("kms-asymmetric-requests", Decimal::ONE),
            "ses POST" => {
                add("mails", Decimal::ONE);
                add("mail-bytes", gb(call.sent));
            }
            other if other.starts_with("kms ") => add("kms-requests", Decimal::ONE),
            // Counted by their units.
            other if other.starts_with("dynamodb ") => {}
            other => add(other, Decimal::ONE),
        }
    }
    counts
}

fn gb(bytes: u64) -> Decimal {
    Decimal::from(bytes) / Decimal::from(GB)
}

/// A journey of a patient who was never there.
async fn one_journey(stack: &Stack) -> Result<()> {
    let patient = stack.new_patient(&format!("cost-{}@patients.example", fresh_key())).await?;
    let mut run = stack.run().clone();
    run.sign_ins.retain(|other| other.role != patient.role);
    run.sign_ins.push(patient);
    journey::run(&Stack::from_run(run), &mut |_| {}).await.map(|_| ())
}

/// Takes the schedules out of the local stack: what they do is counted by the month, and not with the referrals beside them.
async fn without_schedules(stack: &Stack) -> Result<()> {
    let aws = Aws::new(&stack.run().endpoint, &stack.run().region, Aws::local_operator());
    let get = aws.rest("scheduler", Method::GET.as_str(), "/schedules", &Value::Null).await?;
    let answer: Value = serde_json::from_str(&get)?;
    let names: Vec<_> =
        answer["Schedules"].as_array().into_iter().flatten().filter_map(|one| one["Name"].as_str()).collect();
    ensure!(!names.is_empty(), "the local AWS has no schedules");
    for name in names {
        aws.rest("scheduler", Method::DELETE.as_str(), &format!("/schedules/{name}"), &Value::Null).await?;
    }
    Ok(())
}

/// Bytes in all buckets.
async fn objects(stack: &Stack) -> Result<u64> {
    let s3 = stack.s3(stack.operator_credentials());
    let run = stack.run();
    let mut bytes = 0;
    for bucket in [&run.bucket, &run.log_heads, &run.quarantine, &run.handoff] {
        let mut pages = s3.list_objects_v2().bucket(bucket).into_paginator().send();
        while let Some(page) = pages.next().await {
            for object in page?.contents() {
                bytes += u64::try_from(object.size().unwrap_or_default())?;
            }
        }
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_call_has_its_price_or_its_own_name() {
        let calls = [
            "s3 PUT",
            "s3 LIST",
            "s3 GET",
            "kms Decrypt",
            "kms GenerateMac",
            "kms Sign",
            "ses POST",
            "dynamodb Query",
            "sqs SendMessage",
        ];
        let calls: Vec<_> = calls.into_iter().map(|operation| Call::of(operation, GB / 2)).collect();
        let counts = calls_by_price(&calls);
        let counts: Vec<_> = counts.iter().map(|(id, count)| format!("{id} {}", count.normalize())).collect();
        assert_eq!(
            counts,
            [
                "kms-asymmetric-requests 1",
                "kms-requests 2",
                "mail-bytes 0.5",
                "mails 1",
                "s3-reads 1",
                "s3-writes 2",
                "sqs SendMessage 1"
            ]
        );
    }
}
