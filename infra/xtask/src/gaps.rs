//! What the local CloudFormation leaves out of the deployed template, carried out from that same template. Nothing is decided
//! here; tests on the template hold the rest.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use medius_tests::signed::Aws;
use serde_json::{Value, json};

use crate::{deploy::STAGE, say::Step};

/// Closes the gaps.
pub(crate) async fn close(aws: &Aws, template: &Value, outputs: &BTreeMap<String, String>) -> Result<()> {
    let step = Step::start("what the local CloudFormation leaves out");
    let tables = times_to_live(aws, template, outputs).await?;
    let buckets = object_locks(aws, template, outputs).await?;
    let answers = gateway_responses(aws, template, outputs).await?;
    step.done(&format!("expiry of {tables} tables, lock of {buckets} buckets, {answers} answers of the gateway"));
    Ok(())
}

async fn times_to_live(aws: &Aws, template: &Value, outputs: &BTreeMap<String, String>) -> Result<usize> {
    let mut count = 0;
    for (id, resource) in resources(template, "AWS::DynamoDB::Table") {
        let Some(attribute) = resource["Properties"]["TimeToLiveSpecification"]["AttributeName"].as_str() else {
            continue;
        };
        let name =
            outputs.get(&format!("{id}Name")).with_context(|| format!("the template gives no output {id}Name"))?;
        let body = json!({
            "TableName": name,
            "TimeToLiveSpecification": { "AttributeName": attribute, "Enabled": true },
        });
        aws.json("dynamodb", "DynamoDB_20120810.UpdateTimeToLive", &body).await?;
        count += 1;
    }
    Ok(count)
}

async fn object_locks(aws: &Aws, template: &Value, outputs: &BTreeMap<String, String>) -> Result<usize> {
    let mut count = 0;
    for (id, resource) in resources(template, "AWS::S3::Bucket") {
        let retention = &resource["Properties"]["ObjectLockConfiguration"]["Rule"]["DefaultRetention"];
        let (Some(mode), Some(days)) = (retention["Mode"].as_str(), retention["Days"].as_u64()) else {
            continue;
        };
        let name =
            outputs.get(&format!("{id}Name")).with_context(|| format!("the template gives no output {id}Name"))?;
        let xml = format!(
            "<ObjectLockConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><ObjectLockEnabled>Enabled\
             </ObjectLockEnabled><Rule><DefaultRetention><Mode>{mode}</Mode><Days>{days}</Days></DefaultRetention></Rule>\
             </ObjectLockConfiguration>"
        );
        aws.xml("s3", "PUT", &format!("/{name}?object-lock"), &xml).await?;
        count += 1;
    }
    Ok(count)
}

async fn gateway_responses(aws: &Aws, template: &Value, outputs: &BTreeMap<String, String>) -> Result<usize> {
    let api = outputs.get("ApiId").context("the template gives no output ApiId")?;
    let mut count = 0;
    for (_, resource) in resources(template, "AWS::ApiGateway::RestApi") {
        let answers = &resource["Properties"]["Body"]["x-amazon-apigateway-gateway-responses"];
        for (kind, answer) in answers.as_object().into_iter().flatten() {
            aws.rest("apigateway", "PUT", &format!("/restapis/{api}/gatewayresponses/{kind}"), answer).await?;
            count += 1;
        }
    }
    // They hold from the next deployment on.
    aws.rest("apigateway", "POST", &format!("/restapis/{api}/deployments"), &json!({ "stageName": STAGE })).await?;
    Ok(count)
}

fn resources<'a>(template: &'a Value, kind: &'a str) -> impl Iterator<Item = (&'a String, &'a Value)> {
    let all = template["Resources"].as_object().into_iter().flatten();
    all.filter(move |(_, resource)| resource["Type"] == kind)
}
