//! Institutions of the directory, as tests need them.

use crate::stack::Stack;
use crate::user::fresh_key;
use anyhow::{Context, Result};
use aws_sdk_dynamodb::types::AttributeValue::{M, S};
use medius_domain::id::ProviderId;
use medius_domain::person::Email;

/// An entry of a test's own.
pub struct Entry {
    /// Its id.
    pub id: ProviderId,
    /// Its mailbox.
    pub contact_email: Email,
}

/// A department of the institution with this registration, otherwise like the first institution of the directory.
///
/// # Errors
/// When the directory cannot be read or written, or has another form.
pub async fn entry(stack: &Stack, registration: &str, department: &str) -> Result<Entry> {
    let id = ProviderId::new();
    let mailbox = format!("{department}-{}@hospital.example", fresh_key());
    let first = stack.run().providers.first().context("no institution")?;
    let directory = stack.dynamodb(stack.operator_credentials());
    let get = directory.get_item().table_name(stack.table("directory")).key("pk", S(format!("PROVIDER#{first}")));
    let item = get.key("sk", S("PROVIDER".to_owned())).send().await?.item;
    let mut item = item.context("the institution is not in the directory")?;
    let mut body = item.get("body").and_then(|b| b.as_m().ok()).context("the directory's form changed")?.clone();
    for (name, value) in [
        ("id", id.as_str()),
        ("contact_email", &mailbox),
        ("registration_number", registration),
        ("department_ko", department),
        ("department_en", department),
    ] {
        body.insert(name.to_owned(), S(value.to_owned())).with_context(|| format!("no {name} in the directory"))?;
    }
    item.insert("body".to_owned(), M(body));
    item.insert("pk".to_owned(), S(format!("PROVIDER#{id}")));
    directory.put_item().table_name(stack.table("directory")).set_item(Some(item)).send().await?;
    Ok(Entry { id, contact_email: mailbox.try_into().ok().context("no mailbox")? })
}
