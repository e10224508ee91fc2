//! What the template costs in a month whether anybody comes or not, counted in the form that production gets.

use std::fs;

use anyhow::{Context, Result, bail};
use rust_decimal::Decimal;
use serde_json::Value;

use crate::{process, tools::Checks, workspace};

/// Hours of a month, as AWS's calculator takes them.
const HOURS: u32 = 730;

/// Counts by the price list's names.
pub(super) type Counts = Vec<(&'static str, Decimal)>;

/// The template after its transform, as production gets it.
pub(super) async fn template() -> Result<Value> {
    let folder = workspace::root().join("target/bench");
    fs::create_dir_all(&folder)?;
    let file = folder.join("template.json");
    let path = file.to_str().context("a path that is not UTF-8")?;
    let expand = &mut Checks::ensure().await?.run(&["infra/local/expand_template.py", "template.yaml", path]);
    process::logged("template as production gets it", expand, &folder.join("template.log")).await?;
    serde_json::from_slice(&fs::read(&file)?).context("the template is no JSON")
}

/// What is billed for being there.
pub(super) fn counts(template: &Value) -> Result<Counts> {
    let all = |kind: &'static str| {
        template["Resources"]
            .as_object()
            .into_iter()
            .flatten()
            .map(|(_, one)| one)
            .filter(move |one| one["Type"] == kind)
    };
    let mut runs = Decimal::ZERO;
    for schedule in all("AWS::Scheduler::Schedule") {
        let text =
            schedule["Properties"]["ScheduleExpression"].as_str().context("a schedule without its expression")?;
        runs += runs_in_a_month(text)?;
    }
    let number = |n: usize| Decimal::from(n);
    let rules = |one: &Value| one["Properties"]["Rules"].as_array().map_or(0, Vec::len);
    let methods = |one: &Value| {
        let paths = one["Properties"]["Body"]["paths"].as_object().into_iter().flatten();
        paths
            .map(|(_, path)| path.as_object().map_or(0, |path| path.keys().filter(|key| is_method(key)).count()))
            .sum::<usize>()
    };
    Ok(vec![
        ("kms-keys", number(all("AWS::KMS::Key").count())),
        ("firewalls", number(all("AWS::WAFv2::WebACL").count())),
        ("firewall-rules", number(all("AWS::WAFv2::WebACL").map(rules).sum())),
        ("alarms", number(all("AWS::CloudWatch::Alarm").map(alarm_metrics).sum())),
        ("dashboards", number(all("AWS::CloudWatch::Dashboard").count())),
        ("gateway-methods", number(all("AWS::ApiGateway::RestApi").map(methods).sum())),
        ("scheduled-runs", runs),
        ("lambda-requests", runs),
    ])
}

fn is_method(key: &str) -> bool {
    ["get", "put", "post", "patch", "delete", "head", "x-amazon-apigateway-any-method"].contains(&key)
}

/// An alarm is billed for each metric that it looks at, also within an expression.
fn alarm_metrics(alarm: &Value) -> usize {
    let queries = alarm["Properties"]["Metrics"].as_array().into_iter().flatten();
    queries.filter(|query| query["MetricStat"].is_object()).count().max(1)
}

/// How often a schedule comes up in a month: a rate, or once a day.
fn runs_in_a_month(expression: &str) -> Result<Decimal> {
    let inner = |name: &str| expression.strip_prefix(name)?.strip_prefix('(')?.strip_suffix(')');
    if let Some((count, unit)) = inner("rate").and_then(|rate| rate.split_once(' ')) {
        let minutes = match unit.trim_end_matches('s') {
            "minute" => 1,
            "hour" => 60,
            "day" => 24 * 60,
            _ => bail!("{expression}: an unknown unit"),
        };
        return Ok(Decimal::from(HOURS * 60) / Decimal::from(count.parse::<u32>()? * minutes));
    }
    let fields: Vec<&str> = inner("cron").with_context(|| format!("{expression}: another form"))?.split(' ').collect();
    match fields.as_slice() {
        [minute, hour, "*", "*", "?", "*"] if minute.parse::<u8>().is_ok() && hour.parse::<u8>().is_ok() => {
            Ok(Decimal::from(HOURS) / Decimal::from(24))
        }
        _ => bail!("{expression}: neither a rate nor once a day"),
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn schedules_come_up_as_often_as_they_say() {
        for (expression, runs) in [("rate(5 minutes)", "8760"), ("rate(1 hour)", "730"), ("rate(1 day)", "30.417")] {
            let found = runs_in_a_month(expression).unwrap().round_dp(3);
            assert_eq!(found.normalize().to_string(), runs, "{expression}");
        }
        assert_eq!(runs_in_a_month("cron(10 0 * * ? *)").unwrap().round_dp(3).to_string(), "30.417");
        for other in ["cron(10 0 1 * ? *)", "at(2026-01-01T00:00:00)", "rate(5 weeks)"] {
            assert!(runs_in_a_month(other).is_err(), "{other}");
        }
    }

    #[test]
    fn keys_rules_metrics_and_methods_are_counted() {
        let query = json!({ "MetricStat": {} });
        let template = json!({ "Resources": {
            "Key": { "Type": "AWS::KMS::Key" },
            "Firewall": { "Type": "AWS::WAFv2::WebACL", "Properties": { "Rules": [{}, {}] } },
            "Plain": { "Type": "AWS::CloudWatch::Alarm", "Properties": {} },
            "Of": { "Type": "AWS::CloudWatch::Alarm", "Properties": { "Metrics": [query, query, { "Expression": "a+b" }] } },
            "Api": { "Type": "AWS::ApiGateway::RestApi",
                "Properties": { "Body": { "paths": { "/a": { "get": {}, "post": {}, "parameters": [] } } } } },
            "Clock": { "Type": "AWS::Scheduler::Schedule", "Properties": { "ScheduleExpression": "rate(1 hour)" } },
        } });
        let found: Vec<_> =
            counts(&template).unwrap().into_iter().map(|(id, n)| format!("{id} {}", n.normalize())).collect();
        assert_eq!(
            found,
            [
                "kms-keys 1",
                "firewalls 1",
                "firewall-rules 2",
                "alarms 3",
                "dashboards 0",
                "gateway-methods 2",
                "scheduled-runs 730",
                "lambda-requests 730"
            ]
        );
    }
}
