//! What operators rely on: stages, what production must have, where failures go, and what is always there for the mailer and
//! for retention.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::{list, of_type, template};

#[test]
fn there_are_three_stages_and_each_has_its_environment() {
    let template = template();
    assert_eq!(list(&template["Parameters"]["Stage"]["AllowedValues"]), ["local", "dev", "prod"]);
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let config = std::fs::read_to_string(root.join("samconfig.toml")).unwrap();
    for stage in ["local", "dev", "prod"] {
        assert!(config.contains(&format!("\n[{stage}.deploy.parameters]\n")), "{stage}");
    }
    assert_eq!(template["Parameters"]["Architecture"]["Default"], "arm64");
    assert_eq!(list(&template["Parameters"]["Architecture"]["AllowedValues"]), ["arm64", "x86_64"]);
}

#[test]
fn production_is_refused_without_its_hosts_and_every_deployed_stage_without_somebody_who_is_reminded() {
    let template = template();
    let rule = &template["Rules"]["ProductionIsComplete"];
    assert_eq!(rule["RuleCondition"], json!({ "!Equals": [{ "!Ref": "Stage" }, "prod"] }));
    let asked: Vec<_> = rule["Assertions"].as_array().unwrap().iter().map(|a| a["Assert"].to_string()).collect();
    for parameter in ["CertificateArn", "AlarmMailbox", "LogRetentionDays"] {
        assert!(asked.iter().any(|assert| assert.contains(&format!("\"{parameter}\""))), "{parameter}");
    }
    let rule = &template["Rules"]["OfficerIsReminded"];
    assert_eq!(rule["RuleCondition"], json!({ "!Not": [{ "!Equals": [{ "!Ref": "Stage" }, "local"] }] }));
    let asked = json!({ "!Not": [{ "!Equals": [{ "!Ref": "DpoMailbox" }, ""] }] });
    assert_eq!(rule["Assertions"][0]["Assert"], asked);
}

#[test]
fn every_parameter_says_what_may_be_given() {
    let template = template();
    for (name, parameter) in template["Parameters"].as_object().unwrap() {
        let bounded = ["AllowedValues", "AllowedPattern", "MaxLength"].iter().any(|limit| !parameter[limit].is_null());
        assert!(bounded, "{name}");
        assert!(parameter["Description"].is_string() || parameter["ConstraintDescription"].is_string(), "{name}");
    }
}

/// Functions that nobody waits for, and the queue of what they could not take.
const BEHIND: [(&str, &str); 7] = [
    ("Mailer", "MailFailures"),
    ("Mailevents", "MailFailures"),
    ("Deadlines", "MailFailures"),
    ("Journal", "JournalFailures"),
    ("Retention", "RetentionFailures"),
    ("Fulfilment", "FulfilmentFailures"),
    ("Screening", "ScreeningFailures"),
];

fn functions(template: &Value) -> BTreeMap<&str, &Value> {
    of_type(template, "AWS::Serverless::Function").collect()
}

#[test]
fn what_fails_behind_the_scenes_ends_in_a_queue_that_an_alarm_watches() {
    let template = template();
    for (id, function) in functions(&template) {
        let events: Vec<_> = function["Events"].as_object().into_iter().flat_map(|all| all.values()).collect();
        let behind = events.iter().any(|event| event["Type"] != "Api");
        let name = id.strip_suffix("Function").unwrap();
        let queue = BEHIND.iter().find(|(function, _)| *function == name);
        if name == "Canary" {
            // What failed is not done again: it is the news. Silence is as bad as failure.
            let alarm = &template["Resources"]["JourneyAlarm"]["Properties"];
            assert_eq!(
                (&alarm["MetricName"], &alarm["TreatMissingData"]),
                (&json!("JourneyPassed"), &json!("breaching"))
            );
            assert_eq!(function["EventInvokeConfig"], json!({ "MaximumRetryAttempts": 0 }));
            continue;
        }
        assert_eq!(queue.is_some(), behind, "{id}");
        let Some((_, queue)) = queue else { continue };
        let to = json!({ "Type": "SQS", "Destination": { "!GetAtt": format!("{queue}.Arn") } });
        assert_eq!(function["EventInvokeConfig"]["DestinationConfig"]["OnFailure"], to, "{id}");
        for stream in events.iter().filter(|event| event["Type"] == "DynamoDB") {
            let stream = &stream["Properties"];
            assert_eq!(stream["DestinationConfig"]["OnFailure"], to, "{id}");
            assert_eq!(stream["BisectBatchOnFunctionError"], true, "{id}");
            assert_eq!(stream["MaximumRetryAttempts"], 5, "{id}");
            assert_eq!(list(&stream["FunctionResponseTypes"]), ["ReportBatchItemFailures"], "{id}");
        }
        let watched = of_type(&template, "AWS::CloudWatch::Alarm").any(|(_, alarm)| {
            let queue = json!([{ "Name": "QueueName", "Value": { "!GetAtt": format!("{queue}.QueueName") } }]);
            alarm["Dimensions"] == queue && alarm["Threshold"] == 0
        });
        assert!(watched, "{queue}");
        let policy = &template["Resources"][format!("{queue}Policy")]["Properties"]["PolicyDocument"]["Statement"];
        assert_eq!(*policy, json!([tls_only("sqs:*", &json!({ "!GetAtt": format!("{queue}.Arn") }))]), "{queue}");
        // For two weeks, so that a long holiday loses nothing.
        assert_eq!(template["Resources"][queue]["Properties"]["MessageRetentionPeriod"], 1_209_600, "{queue}");
    }
}

/// What keeps everybody out who does not speak TLS.
fn tls_only(action: &str, resource: &Value) -> Value {
    json!({ "Sid": "TlsOnly", "Effect": "Deny", "Principal": "*", "Action": action, "Resource": resource,
        "Condition": { "Bool": { "aws:SecureTransport": "false" } } })
}

#[test]
fn every_topic_is_published_to_over_tls() {
    let template = template();
    let policies: Vec<_> = of_type(&template, "AWS::SNS::TopicPolicy").collect();
    assert_eq!(policies.len(), of_type(&template, "AWS::SNS::Topic").count());
    for (id, policy) in policies {
        let wanted = tls_only("sns:Publish", &policy["Topics"][0]);
        assert!(policy["PolicyDocument"]["Statement"].as_array().unwrap().contains(&wanted), "{id}");
    }
}

#[test]
fn mail_and_retention_keep_their_share_however_busy_the_api_is() {
    let template = template();
    for (id, function) in functions(&template) {
        let reserved = ["MailerFunction", "RetentionFunction"].contains(&id);
        assert_eq!(function["ReservedConcurrentExecutions"].is_u64(), reserved, "{id}");
    }
    let globals = &template["Globals"]["Function"];
    assert_eq!((&globals["Tracing"], &globals["Runtime"]), (&json!("Active"), &json!("provided.al2023")));
    assert_eq!(globals["Architectures"], json!([{ "!Ref": "Architecture" }]));
}

#[test]
fn what_is_passing_or_past_is_removed_by_the_buckets_themselves() {
    let template = template();
    for (id, bucket) in of_type(&template, "AWS::S3::Bucket") {
        let rules = bucket["LifecycleConfiguration"]["Rules"].as_array().unwrap();
        let enabled = rules.iter().all(|rule| rule["Status"] == "Enabled");
        let parts = rules.iter().any(|rule| rule["AbortIncompleteMultipartUpload"]["DaysAfterInitiation"] == 1);
        assert!(enabled && parts, "{id}");
        let versioned = bucket["VersioningConfiguration"]["Status"] == "Enabled";
        let noncurrent = rules.iter().any(|rule| rule["NoncurrentVersionExpiration"]["NoncurrentDays"].is_u64());
        assert_eq!(versioned, noncurrent, "{id}");
    }
}
