//! How a new version of a function gets its traffic: always through one alias, in production step by step, and back by itself
//! when an alarm of the release rings.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::{list, of_type, template};

/// Metrics that one alarm may add up: CloudWatch's quota.
const METRICS_OF_AN_ALARM: usize = 10;

fn functions(template: &Value) -> BTreeMap<&str, &Value> {
    of_type(template, "AWS::Serverless::Function").collect()
}

/// The functions whose alias an alarm watches, by the metric's name.
fn watched(alarm: &Value) -> BTreeSet<(String, String)> {
    let metrics = alarm["Metrics"].as_array().into_iter().flatten().map(|metric| &metric["MetricStat"]["Metric"]);
    metrics
        .filter(|metric| metric["Namespace"] == "AWS/Lambda")
        .map(|metric| {
            let function = metric["Dimensions"][0]["Value"]["!Ref"].as_str().unwrap();
            let alias = json!({ "Name": "Resource", "Value": { "!Sub": format!("${{{function}}}:live") } });
            assert_eq!(metric["Dimensions"], json!([metric["Dimensions"][0], alias]), "{function}");
            (function.to_owned(), metric["MetricName"].as_str().unwrap().to_owned())
        })
        .collect()
}

#[test]
fn every_function_is_called_by_one_alias_and_no_version_gets_all_traffic_at_once_in_production() {
    let template = template();
    let globals = &template["Globals"]["Function"];
    assert_eq!(globals["AutoPublishAlias"], "live");
    let rollout = &template["Mappings"]["Rollout"];
    assert_eq!(
        rollout["prod"],
        json!({ "Answering": "Canary10Percent10Minutes", "Behind": "Linear10PercentEvery1Minute" })
    );
    for (id, function) in functions(&template) {
        assert!(function["AutoPublishAlias"].is_null(), "{id}: the alias is the same for all");
        // A changed variable, role or limit is a new version, not only changed code.
        assert_eq!(function["AutoPublishAliasAllProperties"], true, "{id}");
        let preference = &function["DeploymentPreference"];
        assert_eq!(preference["Enabled"], json!({ "!Ref": "Gradual" }), "{id}");
        let answers = function["Events"].as_object().unwrap().values().any(|event| event["Type"] == "Api");
        let way = if answers { "Answering" } else { "Behind" };
        assert_eq!(preference["Type"], json!({ "!FindInMap": ["Rollout", { "!Ref": "Stage" }, way] }), "{id}");
    }
}

#[test]
fn a_release_goes_back_when_the_new_version_fails_or_is_slow() {
    let template = template();
    for (id, function) in functions(&template) {
        let alarms: Vec<_> = function["DeploymentPreference"]["Alarms"].as_array().unwrap().iter().collect();
        let mut seen = BTreeSet::new();
        for alarm in alarms {
            let alarm = alarm["!Ref"].as_str().unwrap();
            let alarm = &of_type(&template, "AWS::CloudWatch::Alarm").find(|(id, _)| *id == alarm).unwrap().1;
            if alarm["MetricName"] == "5XXError" {
                seen.insert("5XXError".to_owned());
            }
            seen.extend(watched(alarm).into_iter().filter(|(function, _)| function == id).map(|(_, metric)| metric));
        }
        // An error of ours that is answered as a 5xx is none of Lambda's: the gateway counts those.
        let answers = function["Events"].as_object().unwrap().values().any(|event| event["Type"] == "Api");
        let expected: &[&str] = if answers { &["5XXError", "Duration", "Errors"] } else { &["Errors"] };
        assert_eq!(seen.iter().map(String::as_str).collect::<Vec<_>>(), expected, "{id}");
    }
    for (id, alarm) in of_type(&template, "AWS::CloudWatch::Alarm") {
        assert!(watched(alarm).len() <= METRICS_OF_AN_ALARM, "{id}");
    }
}

#[test]
fn only_the_local_stage_may_do_without() {
    let template = template();
    let rule = &template["Rules"]["DeployedIsReversible"];
    assert_eq!(rule["RuleCondition"], json!({ "!Not": [{ "!Equals": [{ "!Ref": "Stage" }, "local"] }] }));
    assert_eq!(rule["Assertions"][0]["Assert"], json!({ "!Equals": [{ "!Ref": "Gradual" }, "true"] }));
    assert_eq!(list(&template["Parameters"]["Gradual"]["AllowedValues"]), ["true", "false"]);
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let config = std::fs::read_to_string(root.join("samconfig.toml")).unwrap();
    for stage in ["dev", "prod"] {
        let (_, of_stage) = config.split_once(&format!("[{stage}.deploy.parameters]")).unwrap();
        assert!(of_stage.split("\n[").next().unwrap().contains("\"Gradual=true\""), "{stage}");
    }
}

#[test]
fn sign_ins_go_to_a_published_version_too() {
    let template = template();
    for alias in ["JournalOfPatients", "JournalOfStaff"] {
        let version = &template["Resources"][alias]["Properties"]["FunctionVersion"];
        assert_eq!(version, &json!({ "!GetAtt": "JournalFunction.Version.Version" }), "{alias}");
    }
}
