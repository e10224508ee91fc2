//! Privacy as a page: what the policy promises and how far it is kept, where data lies and how it ends there, and which function
//! can open what.

use std::fmt::Write;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use crate::policy_map::Map;

/// The template as a deployed stage gets it.
pub(super) fn template(text: &str) -> Result<Value> {
    Ok(decided(serde_yaml::from_str(text).context("template.yaml")?))
}

fn decided(value: serde_yaml::Value) -> Value {
    match value {
        serde_yaml::Value::Tagged(tagged) => match (tagged.tag.to_string().as_str(), tagged.value) {
            ("!If", serde_yaml::Value::Sequence(branches)) => {
                let local = branches.first().is_some_and(|condition| condition == "IsLocal");
                decided(branches.into_iter().nth(if local { 2 } else { 1 }).unwrap_or_default())
            }
            (tag, value) => json!({ tag: decided(value) }),
        },
        serde_yaml::Value::Sequence(all) => all.into_iter().map(decided).collect(),
        serde_yaml::Value::Mapping(all) => {
            let name = |key: &serde_yaml::Value| key.as_str().unwrap_or_default().to_owned();
            Value::Object(all.into_iter().map(|(key, value)| (name(&key), decided(value))).collect())
        }
        scalar @ (serde_yaml::Value::Null
        | serde_yaml::Value::Bool(_)
        | serde_yaml::Value::Number(_)
        | serde_yaml::Value::String(_)) => serde_json::to_value(scalar).unwrap_or_default(),
    }
}

/// The page.
pub(super) fn page(map: &Map, template: &Value) -> Result<String> {
    let mut text = String::from(
        "# Privacy\nMade by `cargo xtask docs` from `infra/policy-map.toml` and `template.yaml`. Each sentence of the policy with its code and \
         tests is in `infra/policy-map.md`; what is kept of whom, why and how long, and who may do what, is in `README.md`. Counsel must \
         check what is said of the law.\n\n## What the policy promises\n",
    );
    text.push_str(&crate::policy_map::count(map));
    text.push_str("\n\n| clause | promise | standing |\n| --- | --- | --- |\n");
    for (clause, phrase, standing) in crate::policy_map::standings(map) {
        let _ = writeln!(text, "| {clause} | {phrase} | {standing} |");
    }
    tables(&mut text, template)?;
    buckets(&mut text, template);
    openers(&mut text, template)?;
    Ok(text)
}

fn of_type<'a>(template: &'a Value, kind: &'a str) -> impl Iterator<Item = (&'a str, &'a Value)> {
    let all = template["Resources"].as_object().into_iter().flatten();
    all.filter(move |(_, resource)| resource["Type"] == kind)
        .map(|(id, resource)| (id.as_str(), &resource["Properties"]))
}

fn tables(text: &mut String, template: &Value) -> Result<()> {
    text.push_str(
        "\n## Tables\nAn item that has `expires_at` is invisible from that moment on and removed by DynamoDB within days; what is personal is removed by \
         retention first. A copy of a table can be had back for the days of its recovery; of the wrapped keys only for one, so that a destroyed \
         key stays destroyed.\n\n| table | expires | days of recovery | change stream |\n| --- | --- | --- | --- |\n",
    );
    for (id, table) in of_type(template, "AWS::DynamoDB::Table") {
        let expires = if table["TimeToLiveSpecification"]["Enabled"] == true { "yes" } else { "no" };
        let days = table["PointInTimeRecoverySpecification"]["RecoveryPeriodInDays"].as_u64();
        let days = days.with_context(|| format!("{id} has no days of recovery"))?;
        let stream = table["StreamSpecification"]["StreamViewType"].as_str().unwrap_or("none");
        let _ = writeln!(text, "| {} | {expires} | {days} | {stream} |", id.trim_end_matches("Table"));
    }
    Ok(())
}

fn buckets(text: &mut String, template: &Value) {
    text.push_str(
        "\n## Buckets\n| bucket | versions | lock | what it removes by itself |\n| --- | --- | --- | --- |\n",
    );
    for (id, bucket) in of_type(template, "AWS::S3::Bucket") {
        let versions = if bucket["VersioningConfiguration"]["Status"] == "Enabled" { "kept" } else { "none" };
        let retention = &bucket["ObjectLockConfiguration"]["Rule"]["DefaultRetention"];
        let lock = match (retention["Mode"].as_str(), retention["Days"].as_u64()) {
            (Some(mode), Some(days)) => format!("{} for {days} days", mode.to_lowercase()),
            (_, _) => "none".to_owned(),
        };
        let rule = |rule: &Value| {
            let mut ends = Vec::new();
            for (what, days) in [
                ("objects", &rule["ExpirationInDays"]),
                ("older versions", &rule["NoncurrentVersionExpiration"]["NoncurrentDays"]),
                ("parts of uploads", &rule["AbortIncompleteMultipartUpload"]["DaysAfterInitiation"]),
            ] {
                if let Some(days) = days.as_u64() {
                    let below = rule["Prefix"].as_str().map(|prefix| format!(" below {prefix}")).unwrap_or_default();
                    ends.push(format!("{what}{below}: {days} d"));
                }
            }
            ends.join(", ")
        };
        let rules = bucket["LifecycleConfiguration"]["Rules"].as_array().into_iter().flatten();
        let rules: Vec<String> = rules.map(rule).collect();
        let _ = writeln!(text, "| {} | {versions} | {lock} | {} |", id.trim_end_matches("Bucket"), rules.join("; "));
    }
}

fn openers(text: &mut String, template: &Value) -> Result<()> {
    text.push_str(
        "\n## Who can open what is sealed\nBy the encryption context that each role's right to the data key is bound to. A function that is not \
         here can open nothing.\n\n| function | purposes |\n| --- | --- |\n",
    );
    for (id, role) in of_type(template, "AWS::IAM::Role") {
        let statements = role["Policies"][0]["PolicyDocument"]["Statement"].as_array().into_iter().flatten();
        for statement in statements.filter(|s| s["Resource"] == json!({ "!GetAtt": "DataKey.Arn" })) {
            let purposes = &statement["Condition"]["StringEquals"]["kms:EncryptionContext:purpose"];
            let one = purposes.as_str().into_iter();
            let all: Vec<&str> =
                one.chain(purposes.as_array().into_iter().flatten().filter_map(Value::as_str)).collect();
            anyhow::ensure!(!all.is_empty(), "{id} may use the data key for every purpose");
            let _ = writeln!(text, "| {} | {} |", id.trim_end_matches("Role").to_lowercase(), all.join(", "));
        }
    }
    Ok(())
}
