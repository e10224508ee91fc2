//! What a year does to a case, and what a backup keeps of it, for the local stack only: nobody waits a year for a test.

use anyhow::{Context, Result, bail};
use aws_sdk_dynamodb::types::AttributeValue;
use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use medius_domain::id::{CaseId, DestructionId};
use std::collections::HashMap;

use crate::stack::Stack;

type Item = HashMap<String, AttributeValue>;

/// Tables in which a case has a partition of its own.
const TABLES: [&str; 3] = ["cases", "consents", "keys"];

/// What backups of the tables hold of a case.
pub struct Backup(Vec<(String, Item)>);

impl Backup {
    /// How many items.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

fn text(value: &str) -> AttributeValue {
    AttributeValue::S(value.to_owned())
}

fn client(stack: &Stack) -> aws_sdk_dynamodb::Client {
    stack.dynamodb(stack.operator_credentials())
}

async fn partition(stack: &Stack, table: &str, pk: &str) -> Result<Vec<Item>> {
    let query = client(stack).query().table_name(stack.table(table)).consistent_read(true);
    let query = query.key_condition_expression("pk = :pk").expression_attribute_values(":pk", text(pk));
    Ok(query.send().await?.items.unwrap_or_default())
}

/// Everything that the tables hold of a case: its partitions, its links, and what its letters can be verified by.
///
/// # Errors
/// When a table cannot be read.
pub async fn backup(stack: &Stack, case: &str) -> Result<Backup> {
    let pk = format!("CASE#{case}");
    let mut all = Vec::new();
    for table in TABLES {
        all.extend(partition(stack, table, &pk).await?.into_iter().map(|item| (table.to_owned(), item)));
    }
    let named = |name: &str| -> Vec<String> {
        let of = |item: &Item| item.get("body")?.as_m().ok()?.get(name)?.as_s().ok().cloned();
        all.iter().filter_map(|(_, item)| of(item)).collect()
    };
    let (links, letters) = (named("link_id"), named("document_number"));
    for (table, pk) in links
        .iter()
        .map(|l| ("links", format!("LINK#{l}")))
        .chain(letters.iter().map(|l| ("cases", format!("DOCUMENT#{l}"))))
    {
        all.extend(partition(stack, table, &pk).await?.into_iter().map(|item| (table.to_owned(), item)));
    }
    Ok(Backup(all))
}

/// Puts items of some tables back as they were.
///
/// # Errors
/// When a table cannot be written.
pub async fn restore(stack: &Stack, backup: &Backup, tables: &[&str]) -> Result<()> {
    for (table, item) in backup.0.iter().filter(|(table, _)| tables.contains(&table.as_str())) {
        client(stack).put_item().table_name(stack.table(table)).set_item(Some(item.clone())).send().await?;
    }
    Ok(())
}

/// Moves the ends of everything about a case into the past, and the times of the case itself and of its destruction. What is chained stays as it
/// is: nothing may change it.
///
/// # Errors
/// When the stack is not the local one, or there is no such case.
pub async fn age(stack: &Stack, case: &str, days: i64) -> Result<()> {
    if stack.run().stage != "local" {
        bail!("only the local stage can age a case");
    }
    let Backup(mut all) = backup(stack, case).await?;
    let by = TimeDelta::try_days(days).context("so many days do not exist")?;
    let id: CaseId = case.parse().ok().context("this is no case's id")?;
    let ledger = format!("DESTRUCTION#{}", DestructionId::of(&id));
    all.extend(partition(stack, "ledger", &ledger).await?.into_iter().map(|item| ("ledger".to_owned(), item)));
    if all.is_empty() {
        bail!("there is no such case");
    }
    for (_, item) in &mut all {
        if let Some(AttributeValue::N(end)) = item.get_mut("expires_at") {
            *end = (end.parse::<i64>()? - by.num_seconds()).to_string();
        }
        if item.get("sk").is_some_and(|sk| [text("CASE"), text("LEDGER")].contains(sk)) {
            for name in ["body", "destroy_on", "updated_at", "due_at"] {
                if let Some(value) = item.get_mut(name) {
                    earlier(value, by);
                }
            }
        }
    }
    restore(stack, &Backup(all), &["cases", "consents", "keys", "links", "ledger"]).await
}

/// Every moment in a value, earlier.
fn earlier(value: &mut AttributeValue, by: TimeDelta) {
    if let AttributeValue::S(at) = value {
        if let Ok(time) = DateTime::parse_from_rfc3339(at) {
            *at = (time.with_timezone(&Utc) - by).to_rfc3339_opts(SecondsFormat::Millis, true);
        }
    } else if let AttributeValue::M(members) = value {
        members.values_mut().for_each(|member| earlier(member, by));
    }
}
