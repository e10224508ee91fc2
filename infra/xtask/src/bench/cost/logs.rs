//! What the functions' log groups say of invocations: their number, time and memory, the bytes of the logs, and the metrics in them.

use std::collections::BTreeSet;

use anyhow::{Context, Result};
use medius_tests::stack::Stack;
use rust_decimal::Decimal;
use serde_json::Value;

use crate::run_json::FUNCTIONS;

/// Bytes that CloudWatch Logs adds to each event (PutLogEvents: "26 bytes for each log event").
const EVENT: usize = 26;

/// Sums over invocations.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Invocations {
    pub(super) count: u64,
    /// Billed milliseconds times MB.
    pub(super) ms_mb: u64,
    pub(super) log_bytes: usize,
    /// Requests over HTTP that they answered.
    pub(super) requests: u64,
    /// Metrics that were written, by name and dimensions.
    pub(super) metrics: BTreeSet<String>,
}

impl Invocations {
    /// Gigabytes times seconds, of 1,024 MB each.
    pub(super) fn gb_seconds(&self) -> Decimal {
        Decimal::from(self.ms_mb) / Decimal::from(1024 * 1000)
    }

    fn take(&mut self, line: &str) -> Result<()> {
        self.log_bytes += line.len() + EVENT;
        if line.starts_with("REPORT RequestId: ") {
            let number = |name: &str| -> Result<u64> {
                let (_, rest) = line.split_once(name).with_context(|| format!("no{name} in {line}"))?;
                let text = rest.split_whitespace().next().unwrap_or_default();
                text.parse().with_context(|| format!("{name}{text}"))
            };
            self.count += 1;
            self.ms_mb += number("\tBilled Duration: ")? * number("\tMemory Size: ")?;
        } else if let Some(metrics) = metrics_of(line) {
            self.requests += metrics.requests;
            self.metrics.extend(metrics.names);
        }
        Ok(())
    }
}

/// Metrics of one line in CloudWatch's embedded format.
struct Metrics {
    requests: u64,
    names: Vec<String>,
}

fn metrics_of(line: &str) -> Option<Metrics> {
    let line: Value = serde_json::from_str(line).ok()?;
    let mut names = Vec::new();
    for directive in line["_aws"]["CloudWatchMetrics"].as_array()? {
        for set in directive["Dimensions"].as_array()? {
            let values: Vec<String> =
                set.as_array()?.iter().filter_map(|name| Some(line[name.as_str()?].to_string())).collect();
            for metric in directive["Metrics"].as_array()? {
                names.push(format!("{} {}", metric["Name"].as_str()?, values.join(" ")));
            }
        }
    }
    Some(Metrics { requests: line["Requests"].as_u64().unwrap_or(0), names })
}

/// How many lines each function has written.
pub(super) type Read = Vec<usize>;

/// The lines that stand there now.
pub(super) async fn read(stack: &Stack) -> Result<Read> {
    let mut read = Vec::new();
    for (function, _) in FUNCTIONS {
        read.push(stack.logs(function).await?.len());
    }
    Ok(read)
}

/// What was written since then, by function and together.
pub(super) async fn since(stack: &Stack, read: &Read) -> Result<(Vec<(&'static str, Invocations)>, Invocations)> {
    let (mut each, mut all) = (Vec::new(), Invocations::default());
    for ((function, _), seen) in FUNCTIONS.iter().zip(read) {
        let mut one = Invocations::default();
        for line in stack.logs(function).await?.iter().skip(*seen) {
            one.take(line)?;
            all.take(line)?;
        }
        if one.count > 0 {
            each.push((*function, one));
        }
    }
    Ok((each, all))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use super::*;

    #[test]
    fn a_report_gives_time_and_memory_and_a_metric_its_dimensions() {
        let mut sum = Invocations::default();
        let report = "REPORT RequestId: 1\tDuration: 250 ms\tBilled Duration: 250 ms\tMemory Size: 512 MB\tMax Memory Used: 9 MB";
        let metric = r#"{"_aws":{"CloudWatchMetrics":[{"Dimensions":[["function","route"]],"Metrics":[{"Name":"Requests"},{"Name":"Latency"}]}]},
            "function":"intake","route":"/v1/cases","Requests":2,"Latency":3.5}"#;
        for line in ["START RequestId: 1", metric, metric, report] {
            sum.take(line).unwrap();
        }
        assert_eq!((sum.count, sum.requests, sum.metrics.len()), (1, 4, 2));
        assert_eq!(sum.gb_seconds(), "0.125".parse().unwrap());
        assert_eq!(sum.log_bytes, 18 + report.len() + 2 * metric.len() + 4 * 26);
        assert!(sum.take("REPORT RequestId: 1\tof another form").is_err());
    }
}
