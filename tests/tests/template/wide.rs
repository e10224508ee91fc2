//! Grants on more than one thing: each pattern of resources has its reason here, and each reason a grant that needs it.

use crate::{list, of_type, statements, template};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Patterns in resources, and why an exact name will not do.
const PATTERNS: [(&str, &str); 12] = [
    ("*", "X-Ray and dynamodb:ListStreams know no resource"),
    (
        "${DocumentsBucket.Arn}/cases/*",
        "an object for each document; whose may be read is decided by consents, and it opens with its case's key alone",
    ),
    ("${DocumentsBucket.Arn}/cases/*/uploads/*", "the same for files that patients brought, without letters"),
    ("${DocumentsBucket.Arn}/exports/*", "an object for each copy that was asked for"),
    ("${DocumentsBucket.Arn}/rights/*", "an object for each mandate"),
    ("${DocumentsBucket.Arn}/inquiries/*", "an object for each attachment"),
    ("${QuarantineBucket.Arn}/case/*", "an object for each upload, under a key that is drawn"),
    ("${QuarantineBucket.Arn}/right/*", "the same of mandates"),
    ("${QuarantineBucket.Arn}/inquiry/*", "the same of attachments"),
    ("${QuarantineBucket.Arn}/*", "screening and the scanner look at everything that came in"),
    ("${HandoffBucket.Arn}/*", "an object for each hand-out, under a key that is drawn, for minutes"),
    ("${LogHeadsBucket.Arn}/heads/*", "an object for each day"),
];
/// The rule that GuardDuty makes for itself, by the name that its guide gives.
const GUARDDUTY: &str = "rule/DO-NOT-DELETE-AmazonGuardDutyMalwareProtectionS3*";
/// Policies that AWS writes, by role. The gateway logs for the whole account and asks for just this one.
const MANAGED: [(&str, &str); 1] = [("GatewayLogRole", "service-role/AmazonAPIGatewayPushToCloudWatchLogs")];

/// Every text within a value.
fn texts(value: &Value) -> Vec<&str> {
    match value {
        Value::String(text) => vec![text],
        Value::Array(all) => all.iter().flat_map(texts).collect(),
        Value::Object(all) => all.values().flat_map(texts).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) => Vec::new(),
    }
}

#[test]
fn every_pattern_of_resources_has_its_reason_and_every_reason_a_grant() {
    let template = template();
    let mut used = BTreeSet::new();
    for (role, statements) in statements(&template) {
        for statement in statements {
            let sid = statement["Sid"].as_str().unwrap();
            for text in texts(&statement["Resource"]).into_iter().filter(|text| text.contains('*')) {
                if text.ends_with(GUARDDUTY) {
                    assert_eq!(role, "ScanRole", "{sid}");
                    continue;
                }
                assert!(PATTERNS.iter().any(|(pattern, _)| *pattern == text), "{role} {sid}: no reason for {text}");
                used.insert(text);
                let allowed = match sid {
                    "Traces" => vec!["xray:PutTraceSegments", "xray:PutTelemetryRecords"],
                    "Streams" => vec!["dynamodb:ListStreams"],
                    _ => Vec::new(),
                };
                assert!(text != "*" || list(&statement["Action"]) == allowed, "{role} {sid}");
            }
        }
    }
    for (pattern, reason) in PATTERNS {
        assert!(used.contains(pattern), "nothing needs {pattern} ({reason}) any more");
    }
}

#[test]
fn policies_that_aws_writes_are_listed() {
    let template = template();
    let managed = of_type(&template, "AWS::IAM::Role").flat_map(|(role, properties)| {
        texts(&properties["ManagedPolicyArns"])
            .into_iter()
            .map(move |arn| (role, arn.split(":policy/").last().unwrap()))
    });
    assert_eq!(managed.collect::<Vec<_>>(), MANAGED);
    for (id, function) in of_type(&template, "AWS::Serverless::Function") {
        assert!(function["Policies"].is_null() && function["Role"].is_object(), "{id}: a role of its own");
    }
}

/// What else is suppressed stands in infra/guard/suppressions.toml, which `cargo xtask check` holds against what the tools find.
#[test]
fn the_linter_looks_away_at_one_place() {
    let template = template();
    let all = template["Resources"].as_object().unwrap().iter();
    let told = all.map(|(id, resource)| (id.as_str(), &resource["Metadata"]["cfn-lint"]));
    let told: Vec<_> = told.filter(|(_, config)| !config.is_null()).collect();
    // Its schema of SAM knows one pool for an authorizer; SAM takes a list, as API Gateway does.
    let api = json!({ "config": { "ignore_checks": ["E3002", "E3003", "E3012", "E3017"] } });
    assert_eq!(told, [("Api", &api)]);
}

#[test]
fn mail_is_sent_by_one_role_as_one_identity() {
    let template = template();
    for (role, statements) in statements(&template) {
        for statement in statements {
            let sends = list(&statement["Action"]).iter().any(|action| action.starts_with("ses:"));
            assert_eq!(sends, (role, &statement["Sid"]) == ("MailerRole", &json!("Send")), "{role}");
            if sends {
                assert_eq!(list(&statement["Action"]), ["ses:SendEmail"]);
                let arns = texts(&statement["Resource"]).into_iter().filter(|text| text.starts_with("arn:"));
                let what = |arn: &str| arn.rsplit(':').next().unwrap().to_owned();
                let named: Vec<String> = arns.map(what).collect();
                assert_eq!(named, ["identity/${Domain}", "configuration-set/${MailConfigurationSet}"]);
            }
        }
    }
}
