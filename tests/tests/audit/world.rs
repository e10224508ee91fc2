//! What these tests share: people, the operator's hands in the tables, and the service's own code at another time.

use aws_sdk_dynamodb::types::AttributeValue;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use medius_domain::access::Event;
use medius_domain::clock::{Clock, kst_day, start_of_kst_day};
use medius_domain::policy::{On, permit};
use medius_store::{Aws, Change, Database, LogHeads, Place, Signer, Tables};
use medius_tests::stack::Stack;
use medius_tests::staff::StaffApp;
use medius_tests::user::{Answer, PatientApp, fresh_key};
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

pub(crate) type Item = HashMap<String, AttributeValue>;

/// A clock that stands.
pub(crate) struct At(pub(crate) DateTime<Utc>);

impl Clock for At {
    fn now(&self) -> DateTime<Utc> {
        self.0
    }
}

pub(crate) fn aws(stack: &Stack) -> Aws {
    let run = stack.run();
    Aws::new(run.region.clone(), stack.operator_credentials(), Some(run.endpoint.clone()), false).unwrap()
}

/// The tables, at a moment.
pub(crate) fn db(stack: &Stack, at: DateTime<Utc>) -> Database {
    let tables = stack.run().tables.clone();
    let name = move |variable: &str| tables.get(&variable.strip_prefix("TABLE_")?.to_lowercase()).cloned();
    Database::new(aws(stack).dynamodb(), Tables::new(name), Arc::new(At(at)))
}

pub(crate) fn heads(stack: &Stack) -> LogHeads {
    let run = stack.run();
    LogHeads::new(aws(stack).s3(), run.log_heads.clone(), Some(run.keys["logs"].clone()))
}

pub(crate) fn signer(stack: &Stack) -> Signer {
    Signer::new(aws(stack).kms(), stack.run().keys["signing"].clone())
}

/// Writes an entry that the policy allows, at a moment.
pub(crate) async fn happened(stack: &Stack, event: Event, on: &On<'_>, at: DateTime<Utc>) {
    let db = db(stack, at);
    let leave = permit(event, on).unwrap();
    let snapshot = db.read([Place::LogHead(leave.scope().clone())]).await.unwrap();
    db.commit(Change::new(leave, at), &snapshot).await.unwrap();
}

pub(crate) async fn patient(stack: &Stack, name: &str) -> PatientApp {
    let sign_in = stack.new_patient(&format!("{name}-{}@patients.example", fresh_key())).await.unwrap();
    PatientApp::new(stack, &stack.sign_in(&sign_in).await.unwrap())
}

pub(crate) async fn staff(stack: &Stack, group: &str, nth: usize) -> StaffApp {
    StaffApp::sign_in(stack, group, nth).await.unwrap()
}

/// A refusal, with the reason of a conflict where it is one.
pub(crate) fn refused(answer: &Answer, status: u16, code: &str) {
    let json = answer.json();
    let said = if status == 409 { json["reason"].as_str() } else { json["code"].as_str() };
    assert_eq!((answer.status.as_u16(), said), (status, Some(code)), "{}", answer.text());
}

/// Today and the days before it, in Seoul.
pub(crate) fn days_ago(n: i64) -> NaiveDate {
    kst_day(Utc::now() - TimeDelta::days(n))
}

pub(crate) fn noon(day: NaiveDate) -> DateTime<Utc> {
    start_of_kst_day(day) + TimeDelta::hours(12)
}

/// Everything of a partition whose sort keys begin alike.
pub(crate) async fn records(stack: &Stack, table: &str, pk: &str, prefix: &str) -> Vec<Item> {
    let query = stack.dynamodb(stack.operator_credentials()).query().table_name(stack.table(table));
    let query = query.key_condition_expression("pk = :pk");
    let query = query.expression_attribute_values(":pk", AttributeValue::S(pk.to_owned()));
    let mut items = query.send().await.unwrap().items.unwrap_or_default();
    items.retain(|item| item["sk"].as_s().unwrap().starts_with(prefix));
    items
}

pub(crate) async fn put(stack: &Stack, table: &str, item: &Item) {
    let put = stack.dynamodb(stack.operator_credentials()).put_item().table_name(stack.table(table));
    put.set_item(Some(item.clone())).send().await.unwrap();
}

pub(crate) async fn delete(stack: &Stack, table: &str, item: &Item) {
    let delete = stack.dynamodb(stack.operator_credentials()).delete_item().table_name(stack.table(table));
    delete.key("pk", item["pk"].clone()).key("sk", item["sk"].clone()).send().await.unwrap();
}

/// `cargo xtask verify-chains` as an operator runs it: whether all was well, and what it said.
pub(crate) async fn verify_chains(stack: &Stack) -> (bool, String) {
    // The test's program lies in target/debug/deps, the tool beside that folder.
    let tool: PathBuf = std::env::current_exe().unwrap().parent().unwrap().parent().unwrap().join("xtask");
    let run_file = stack.run().files.join("run.json");
    let mut command = tokio::process::Command::new(tool);
    let output = command.arg("verify-chains").arg("--run").arg(run_file).output().await.unwrap();
    let said = String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("walked"), "{said}");
    (output.status.success(), said)
}
