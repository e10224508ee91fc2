//! Alarms: each watches a metric that somebody writes, wakes somebody, and has its entry in the runbook.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::{list, of_type, template};

/// Metrics of AWS's own that alarms or the dashboard use, by namespace, as its documentation names them.
const OF_AWS: [(&str, &[&str]); 6] = [
    ("AWS/Lambda", &["Errors", "Duration", "Throttles", "ConcurrentExecutions", "IteratorAge"]),
    ("AWS/ApiGateway", &["Count", "Latency", "4XXError", "5XXError"]),
    ("AWS/SQS", &["ApproximateNumberOfMessagesVisible"]),
    ("AWS/SES", &["Reputation.BounceRate", "Reputation.ComplaintRate"]),
    ("AWS/DynamoDB", &["ThrottledRequests"]),
    ("AWS/WAFV2", &["BlockedRequests", "AllowedRequests"]),
];

/// What the design asks to be woken for, and by what.
const ASKED: [(&str, &[&str]); 17] = [
    ("errors", &["FunctionErrorsAlarm"]),
    ("throttles", &["FunctionThrottlesAlarm"]),
    ("p99", &["ApiLatencyAlarm"]),
    ("concurrency", &["FunctionConcurrencyAlarm"]),
    ("5xx", &["ApiServerErrorsAlarm"]),
    ("4xx spike", &["ApiClientErrorsAlarm"]),
    ("DynamoDB throttles", &["TableThrottlesAlarm"]),
    ("iterator age > 5 min", &["MailerStreamAgeAlarm", "RetentionStreamAgeAlarm", "FulfilmentStreamAgeAlarm"]),
    (
        "DLQ > 0",
        &[
            "MailFailuresAlarm",
            "JournalFailuresAlarm",
            "RetentionFailuresAlarm",
            "FulfilmentFailuresAlarm",
            "ScreeningFailuresAlarm",
        ],
    ),
    ("outbox age > 5 min", &["OutboxAgeAlarm"]),
    ("bounce >= 5 %", &["MailBouncesAlarm"]),
    ("complaint >= 0.1 %", &["MailComplaintsAlarm"]),
    ("KMS denied or deletion scheduled", &["KeyRefusedAlarm", "KeyInDanger"]),
    ("link SUSPENDED", &["LinkSuspendedAlarm"]),
    ("rights request near its date", &["RightsDueAlarm"]),
    ("overdue destruction > 0", &["OverdueDestructionAlarm"]),
    ("canary", &["JourneyAlarm"]),
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// The source of a crate, without its unit tests.
fn source(folder: &str) -> String {
    let (mut text, mut folders) = (String::new(), vec![root().join(folder).join("src")]);
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display())) {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|end| end == "rs") {
                let all = std::fs::read_to_string(&path).unwrap();
                text.push_str(all.split("\n#[cfg(test)]\nmod ").next().unwrap());
            }
        }
    }
    text
}

/// Whether somebody writes the metric: AWS, or our code in the function that the dimension names, or in what all share.
fn assert_written(namespace: &str, metric: &str, function: Option<&str>, by: &str) {
    if namespace != "Medius" {
        let of_aws: BTreeMap<_, _> = OF_AWS.into();
        assert!(of_aws.get(namespace).is_some_and(|all| all.contains(&metric)), "{by}: {namespace} {metric}");
        return;
    }
    // What the store counts, it counts in every function.
    let folder = function.map_or("shared/store".to_owned(), |name| format!("functions/{name}"));
    let source = source(&folder);
    let literal = format!("\"{metric}\"");
    let counts = ["telemetry", "metrics::counter!"].iter().any(|how| source.contains(how));
    assert!(source.contains(&literal) && counts, "{by}: nothing in {folder} writes {metric}");
}

/// `SELECT SUM(metric) FROM SCHEMA("namespace", …)`.
fn of_query(query: &str) -> (&str, &str) {
    let metric = query.split_once("SUM(").unwrap().1.split_once(')').unwrap().0;
    let namespace = query.split_once("SCHEMA(\"").unwrap().1.split_once('"').unwrap().0;
    (namespace, metric)
}

#[test]
fn every_alarm_watches_a_metric_that_somebody_writes() {
    let template = template();
    for (id, alarm) in of_type(&template, "AWS::CloudWatch::Alarm") {
        if let Some(queries) = alarm["Metrics"].as_array() {
            for metric in queries.iter().filter(|query| query["MetricStat"].is_object()) {
                let metric = &metric["MetricStat"]["Metric"];
                let [namespace, name] = ["Namespace", "MetricName"].map(|key| metric[key].as_str().unwrap());
                let dimensions = metric["Dimensions"].as_array().into_iter().flatten();
                let function = dimensions.filter(|d| d["Name"] == "function").find_map(|d| d["Value"].as_str());
                assert_eq!(function.is_some(), namespace == "Medius", "{id}");
                assert_written(namespace, name, function, id);
            }
            if let Some(query) = queries[0]["Expression"].as_str().filter(|query| query.contains("SCHEMA")) {
                let (namespace, metric) = of_query(query);
                assert_written(namespace, metric, None, id);
            }
            // The local AWS knows neither queries nor sums.
            assert_eq!(template["Resources"][id]["Condition"], "IsDeployed", "{id}");
            continue;
        }
        let dimensions = alarm["Dimensions"].as_array().into_iter().flatten();
        let function = dimensions.filter(|d| d["Name"] == "function").find_map(|d| d["Value"].as_str());
        let namespace = alarm["Namespace"].as_str().unwrap();
        assert_eq!(function.is_some(), namespace == "Medius", "{id}");
        assert_written(namespace, alarm["MetricName"].as_str().unwrap(), function, id);
    }
}

#[test]
fn every_alarm_wakes_somebody_and_has_its_entry_in_the_runbook() {
    let template = template();
    let runbook = std::fs::read_to_string(root().join("infra/runbook.md")).unwrap();
    let entries: BTreeSet<_> = runbook.lines().filter_map(|line| line.strip_prefix("### ")).collect();
    let mut named = BTreeSet::new();
    for (id, alarm) in of_type(&template, "AWS::CloudWatch::Alarm") {
        assert_eq!(alarm["AlarmActions"], json!([{ "!Ref": "AlarmTopic" }]), "{id}");
        let name = alarm["AlarmName"]["!Sub"].as_str().unwrap().strip_prefix("${AWS::StackName}-").unwrap();
        let description = alarm["AlarmDescription"].as_str().unwrap();
        assert!(description.ends_with(&format!("infra/runbook.md#{name}")), "{id}");
        assert!(named.insert(name.to_owned()), "{name} twice");
    }
    for (id, rule) in of_type(&template, "AWS::Events::Rule") {
        assert_eq!(rule["Targets"][0]["Arn"], json!({ "!Ref": "AlarmTopic" }), "{id}");
        named.insert(rule["Name"]["!Sub"].as_str().unwrap().strip_prefix("${AWS::StackName}-").unwrap().to_owned());
    }
    for name in &named {
        assert!(entries.contains(name.as_str()), "infra/runbook.md has no entry \"### {name}\"");
    }
    // Entries of alarms that are no more mislead whoever is woken.
    let alarms = runbook.split_once("\n## Alarms\n").unwrap().1.split("\n## ").next().unwrap();
    for entry in alarms.lines().filter_map(|line| line.strip_prefix("### ")) {
        assert!(named.contains(entry), "infra/runbook.md: no alarm is called {entry}");
    }
}

#[test]
fn the_runbook_asks_for_figures_that_their_function_writes_and_names_every_function() {
    let runbook = std::fs::read_to_string(root().join("infra/runbook.md")).unwrap();
    let figures = runbook.lines().filter_map(|line| line.strip_prefix("figure "));
    let mut asked = 0;
    for figure in figures {
        let [function, metric, _] = figure.split(' ').collect::<Vec<_>>()[..] else { panic!("{figure}") };
        assert_written("Medius", metric, Some(function), "infra/runbook.md");
        asked += 1;
    }
    assert!(asked > 10, "{asked}");
    let listed = runbook.lines().find_map(|line| line.strip_prefix("FUNCTIONS=\"")?.strip_suffix('"')).unwrap();
    let listed: BTreeSet<&str> = listed.split(' ').collect();
    let template = template();
    let there = of_type(&template, "AWS::Serverless::Function");
    let there: BTreeSet<String> = there
        .map(|(_, function)| function["FunctionName"]["!Sub"].as_str().unwrap().replace("${AWS::StackName}-", ""))
        .collect();
    assert_eq!(listed, there.iter().map(String::as_str).collect::<BTreeSet<_>>());
}

#[test]
fn whatever_the_design_asks_to_be_woken_for_has_its_alarm() {
    let template = template();
    for (what, alarms) in ASKED {
        for alarm in alarms {
            assert!(template["Resources"][alarm].is_object(), "{what}: {alarm}");
        }
    }
    let topic = &template["Resources"]["AlarmTopic"]["Properties"];
    assert_eq!(topic["KmsMasterKeyId"], json!({ "!GetAtt": "LogsKey.Arn" }));
    let danger = &template["Resources"]["KeyInDanger"]["Properties"]["EventPattern"]["detail"]["eventName"];
    assert_eq!(list(danger), ["ScheduleKeyDeletion", "DisableKey", "PutKeyPolicy"]);
}

#[test]
fn the_dashboard_shows_figures_that_somebody_writes_and_no_logs() {
    let template = template();
    let body = template["Resources"]["Dashboard"]["Properties"]["DashboardBody"]["!Sub"].as_str().unwrap();
    let body: Value = serde_json::from_str(body).expect("JSON");
    let mut ours = BTreeSet::new();
    for widget in body["widgets"].as_array().unwrap() {
        assert_eq!(widget["type"], "metric");
        for metric in widget["properties"]["metrics"].as_array().unwrap() {
            if let Some(query) = metric[0]["expression"].as_str() {
                let (namespace, name) = of_query(query);
                assert_written(namespace, name, None, "dashboard");
                ours.insert(name.to_owned());
                continue;
            }
            let row: Vec<_> = metric.as_array().unwrap().iter().filter_map(Value::as_str).collect();
            let function = row.iter().position(|cell| *cell == "function").and_then(|at| row.get(at + 1)).copied();
            assert_written(row[0], row[1], function, "dashboard");
            if row[0] == "Medius" {
                ours.insert(row[1].to_owned());
            }
        }
    }
    // Every promise has its figure: deliveries by state, code failures, seals,
    // overdue destruction, rights due, outbox age, explanations.
    for promise in [
        "DeliveryOrdered",
        "LinkUnlocked",
        "LetterDownloaded",
        "DeliveryAcknowledged",
        "RequestSteps",
        "LinksEnded",
        "UnlockRefused",
        "LinkSuspended",
        "SealFailed",
        "KeyRefused",
        "OverdueDestruction",
        "RightsDue",
        "OutboxAge",
        "ExplanationNotJudged",
        "JourneyPassed",
    ] {
        assert!(ours.contains(promise), "{promise}");
    }
}
