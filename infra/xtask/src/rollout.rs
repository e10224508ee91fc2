//! The template as production gets it, after the transform: every function has its published version and alias, CodeDeploy
//! moves the alias and goes back on alarms, and nothing but the alias is ever called. What the template says in one line for
//! all functions is proven here for each.

use std::{collections::BTreeSet, fs, path::Path};

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::say;

/// Resources that a stack may have are 500 (CloudFormation's quota, which nobody can raise); some are kept free, so that
/// the release which needs one more is not the one that cannot be deployed.
const RESOURCES: usize = 490;

/// Checks the expanded template.
pub(crate) fn check(expanded: &Path) -> Result<()> {
    say::line("==> template (how versions get their traffic)");
    let text = fs::read_to_string(expanded).with_context(|| format!("{}", expanded.display()))?;
    let template: Value = serde_json::from_str(&text)?;
    let resources = template["Resources"].as_object().context("a template without resources")?;
    ensure!(resources.len() <= RESOURCES, "{} resources: CloudFormation ends at 500", resources.len());
    let of = |kind: &'static str| resources.iter().filter(move |(_, resource)| resource["Type"] == kind);
    let functions: Vec<_> = of("AWS::Lambda::Function").map(|(id, _)| id.as_str()).collect();
    ensure!(!functions.is_empty(), "a template without functions");
    for id in &functions {
        let alias = &resources.get(&format!("{id}Aliaslive")).with_context(|| format!("{id} has no alias"))?;
        let version = alias["Properties"]["FunctionVersion"]["Fn::GetAtt"][0].as_str().unwrap_or_default();
        ensure!(resources[version]["Type"] == "AWS::Lambda::Version", "{id}: its alias names no published version");
        let group = &alias["UpdatePolicy"]["CodeDeployLambdaAliasUpdate"]["DeploymentGroupName"]["Ref"];
        let group = &resources[group.as_str().with_context(|| format!("{id}: CodeDeploy does not move its alias"))?];
        let group = &group["Properties"];
        let alarms = group["AlarmConfiguration"]["Alarms"].as_array().map_or(0, Vec::len);
        ensure!(group["AlarmConfiguration"]["Enabled"] == true && alarms > 0, "{id}: no alarm stops its release");
        let events = group["AutoRollbackConfiguration"]["Events"].to_string();
        ensure!(events.contains("DEPLOYMENT_STOP_ON_ALARM"), "{id}: an alarm does not bring the version before back");
        let way = group["DeploymentConfigName"]["Fn::Sub"][1]["ConfigName"].as_str().unwrap_or("AllAtOnce");
        ensure!(way != "AllAtOnce", "{id}: production gives a new version all traffic at once");
        let role = group["ServiceRoleArn"]["Fn::GetAtt"][0].as_str().unwrap_or_default();
        let role = &resources.get(role).with_context(|| format!("{id}: CodeDeploy has no role"))?["Properties"];
        let trusted = role["AssumeRolePolicyDocument"].to_string();
        ensure!(trusted.contains("codedeploy.amazonaws.com"), "{id}: CodeDeploy may not take its role");
        ensure!(
            role["ManagedPolicyArns"].to_string().contains("AWSCodeDeployRoleForLambda"),
            "{id}: CodeDeploy may not move its alias"
        );
    }
    let called = called(resources);
    ensure!(called.len() > functions.len(), "what calls the functions was not found");
    for (by, target) in &called {
        let named =
            functions.iter().find(|id| target.contains(&format!("\"{id}\"")) || target.contains(&format!("${{{id}.")));
        ensure!(named.is_none(), "{by} calls {} past its alias", named.unwrap_or(&""));
    }
    say::line(&format!(
        "    {} functions, {} callers, {} resources of 500",
        functions.len(),
        called.len(),
        resources.len()
    ));
    Ok(())
}

/// Whatever calls or lets call a function, and what it names.
fn called(resources: &serde_json::Map<String, Value>) -> BTreeSet<(String, String)> {
    let mut called = BTreeSet::new();
    for (id, resource) in resources {
        let properties = &resource["Properties"];
        let targets: Vec<&Value> = match resource["Type"].as_str().unwrap_or_default() {
            "AWS::Lambda::Permission" | "AWS::Lambda::EventSourceMapping" => vec![&properties["FunctionName"]],
            "AWS::Scheduler::Schedule" => vec![&properties["Target"]["Arn"]],
            "AWS::Events::Rule" => properties["Targets"].as_array().into_iter().flatten().map(|t| &t["Arn"]).collect(),
            "AWS::ApiGateway::RestApi" => vec![&properties["Body"]["paths"]],
            _ => Vec::new(),
        };
        called.extend(targets.into_iter().map(|target| (id.clone(), target.to_string())));
    }
    called
}
