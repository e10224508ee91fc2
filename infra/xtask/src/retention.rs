//! What the operator does about destruction: verifies a certificate offline, applies the ledger to restored tables before
//! they are used, and, on the local stack alone, ages a case and shows the whole.

use std::{path::PathBuf, sync::Arc};

use anyhow::{Context, Result, ensure};
use http::Method;
use medius_domain::{
    clock::SystemClock,
    destruction::{Certificate, Step},
    id::{CaseId, DestructionId},
    signed::{KeySet, Kind, verify as verify_signed},
};
use medius_store::{Aws, Database, Destroyer, Tables};
use medius_tests::{
    aging,
    journey::demo_story,
    run_file::RunFile,
    signed,
    stack::Stack,
    user::{PatientApp, fresh_key},
};
use serde_json::{Value, json};

use crate::{say, verify, workspace};

#[derive(clap::Args)]
pub(crate) struct CertificateOptions {
    /// The certificate, as the link of the mail gives it.
    file: PathBuf,
    /// The operator's public keys (a JWK Set), as its page `/.well-known/medius-signing-keys.json` gives them.
    #[arg(long)]
    keys: PathBuf,
}

#[derive(clap::Args)]
pub(crate) struct AgeOptions {
    /// The case.
    #[arg(long)]
    case: CaseId,
    /// By how many days it becomes older.
    #[arg(long)]
    days: i64,
    /// The run file of the local stack; `target/run/run.json` unless said.
    #[arg(long)]
    run: Option<PathBuf>,
}

#[derive(clap::Args)]
pub(crate) struct RestoreOptions {
    /// The run file of the stack; `target/run/run.json` unless said. On AWS a file of the same form; region and credentials
    /// come from the environment then.
    #[arg(long)]
    run: Option<PathBuf>,
    /// A table that was restored under another name: `cases=NAME`. May be given for each.
    #[arg(long = "table", value_name = "SHORT=NAME")]
    tables: Vec<String>,
}

#[derive(clap::Args)]
pub(crate) struct DemoOptions {
    /// What is shown.
    #[arg(value_parser = ["retention"])]
    what: String,
    /// The run file of the local stack; `target/run/run.json` unless said.
    #[arg(long)]
    run: Option<PathBuf>,
}

fn run_file(given: Option<&PathBuf>) -> Result<RunFile> {
    let file = given.cloned().unwrap_or_else(|| workspace::root().join("target/run/run.json"));
    let text = std::fs::read_to_string(&file)
        .with_context(|| format!("{} cannot be read: is the stack running?", file.display()))?;
    serde_json::from_str(&text).with_context(|| format!("{} is no run file", file.display()))
}

/// Says what a certificate proves, or fails with what is wrong.
pub(crate) fn certificate(options: &CertificateOptions) -> Result<()> {
    let verified = verify::file(Kind::Destruction, &options.file, &options.keys)?;
    say::line(&format!("verified: {}; signed with the key {}", in_words(&verified.statement)?, verified.kid));
    Ok(())
}

fn in_words(statement: &Value) -> Result<String> {
    let c: Certificate = serde_json::from_value(statement.clone()).context("the certificate has another form")?;
    let counted: u64 = c.counts.values().sum();
    let last = match c.period.irrecoverable_at {
        Some(at) => format!("irrecoverable since {at}"),
        None => "not yet beyond the backups of the keys".to_owned(),
    };
    let holders: Vec<String> = c
        .third_parties
        .iter()
        .map(|t| {
            format!("{} since {} ({})", t.name, t.provided_at, if t.told_at.is_some() { "told" } else { "not told" })
        })
        .collect();
    let holders = if holders.is_empty() { "nobody".to_owned() } else { holders.join(", ") };
    let opening = if c.attempts.is_empty() { "" } else { ", opening tried and failed for want of a key" };
    let kept: Vec<String> = c.kept.iter().map(|k| format!("{} until {} ({})", k.what, k.until, k.statute)).collect();
    Ok(format!(
        "case {} was destroyed at {} ({counted} things, none left in {} stores{opening}), {last}; copies held by {holders}; kept by \
         law: {}",
        c.case_id,
        c.period.destroyed_at,
        c.stores.len(),
        kept.join(", ")
    ))
}

/// Makes a case of the local stack older.
pub(crate) async fn age(options: &AgeOptions) -> Result<()> {
    let stack = Stack::from_run(run_file(options.run.as_ref())?);
    aging::age(&stack, options.case.as_str(), options.days).await?;
    say::line(&format!("{} is {} days older", options.case, options.days));
    Ok(())
}

/// The tables with restored ones in their places.
fn store(run: &RunFile, restored: &[String]) -> Result<(Database, Destroyer)> {
    let mut tables = run.tables.clone();
    for given in restored {
        let (short, name) = given.split_once('=').context("--table takes SHORT=NAME")?;
        ensure!(tables.insert(short.to_owned(), name.to_owned()).is_some(), "there is no table {short}");
    }
    let aws = if run.stage == "local" {
        Aws::new(run.region.clone(), signed::Aws::local_operator(), Some(run.endpoint.clone()), false)?
    } else {
        Aws::from_env()?
    };
    let name = |variable: &str| tables.get(&variable.strip_prefix("TABLE_")?.to_lowercase()).cloned();
    let db = Database::new(aws.dynamodb(), Tables::new(name), Arc::new(SystemClock));
    let destroyer = Destroyer::new(db.clone(), aws.s3(), run.bucket.clone());
    Ok((db, destroyer))
}

/// Removes from restored tables what was destroyed since they were copied. Nobody may use them before.
pub(crate) async fn restore(options: &RestoreOptions) -> Result<()> {
    let run = run_file(options.run.as_ref())?;
    let (db, destroyer) = store(&run, &options.tables)?;
    let (destroyed, left) = reapply(&db, &destroyer).await?;
    say::line(&format!("{destroyed} destructions applied again, {left} things left"));
    ensure!(left == 0, "the tables must not be used");
    Ok(())
}

async fn reapply(db: &Database, destroyer: &Destroyer) -> Result<(usize, u64)> {
    let (mut destroyed, mut left) = (0, 0);
    // From the first step that removed anything: what was begun is finished.
    for ledger in db.ledgers().await?.into_iter().filter(|ledger| ledger.step >= Step::Objects) {
        destroyer.again(&ledger).await?;
        left += destroyer.left(&ledger).await?;
        destroyed += 1;
    }
    Ok((destroyed, left))
}

/// Shows the whole on the running local stack.
pub(crate) async fn demo(options: &DemoOptions) -> Result<()> {
    let run = run_file(options.run.as_ref())?;
    ensure!(run.stage == "local", "only the local stage can age a case");
    let (db, destroyer) = store(&run, &[])?;
    let stack = Stack::from_run(run);
    let address = format!("retention-{}@patients.example", fresh_key());
    let tokens = stack.sign_in(&stack.new_patient(&address).await?).await?;
    let app = PatientApp::new(&stack, &tokens);
    let to = stack.run().providers.first().context("the directory is empty")?.clone();
    let case = app.ready_case(&demo_story()?, &to).await?;
    let letter = app.make_letter(&case, &to).await?;
    app.deliver(&case, &letter).await?;
    let etag = app.get(&format!("/v1/cases/{case}")).await?.expect(200, "case")?.etag();
    app.change(Method::POST, &format!("/v1/cases/{case}/close"), &etag, None).await?.expect(200, "close")?;
    say::line(&format!("1. {case}: a letter was sent, the service is completed"));

    let backup = aging::backup(&stack, &case).await?;
    say::line(&format!("2. a backup of the tables was taken: {} items of this case", backup.len()));
    aging::age(&stack, &case, 365).await?;
    stack.invoke("retention", None, &json!({ "kind": "daily" })).await?;
    let case_id: CaseId = case.parse().ok().context("the case's id")?;
    let proof = format!("/c/{}", DestructionId::of(&case_id));
    let in_mail = |mail: &medius_tests::stack::Mail| mail.body_text.as_ref().is_some_and(|t| t.contains(&proof));
    stack.wait_for_mail("@", std::time::Duration::from_secs(60), in_mail).await.context("the mail to the patient")?;
    // The mailer writes down that it was sent after it was.
    tokio::time::sleep(std::time::Duration::from_secs(2)).await;
    say::line(&format!("3. a year later, a day before its end: the patient was told, with the link {proof}"));

    aging::age(&stack, &case, 2).await?;
    let report = stack.invoke("retention", None, &json!({ "kind": "continue" })).await?;
    say::line(&format!("4. its time has come: {report}"));
    // Who holds copies is told before the certificate says so; the schedule comes back every quarter of an hour.
    let mut verified = proven(&stack, &proof).await;
    for _ in 0..30 {
        if verified.is_ok() {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_secs(1)).await;
        stack.invoke("retention", None, &json!({ "kind": "continue" })).await?;
        verified = proven(&stack, &proof).await;
    }
    say::line(&format!("5. verified: {}", verified?));

    aging::restore(&stack, &backup, &["cases", "consents", "links"]).await?;
    let wrapped = aging::backup(&stack, &case).await?.len();
    say::line(&format!("6. the old backup was restored: {wrapped} items, sealed, and no key to open any of them"));
    let (destroyed, left) = reapply(&db, &destroyer).await?;
    ensure!(left == 0 && aging::backup(&stack, &case).await?.is_empty(), "something of the case is left");
    say::line(&format!("7. the ledger was applied: {destroyed} destructions, nothing left"));
    aging::age(&stack, &case, 3).await?;
    stack.invoke("retention", None, &json!({ "kind": "continue" })).await?;
    say::line(&format!("8. three days later: {}", proven(&stack, &proof).await?));
    Ok(())
}

/// What the certificate at an address proves, by the keys that the service publishes.
async fn proven(stack: &Stack, path: &str) -> Result<String> {
    let get = async |path: &str| -> Result<Vec<u8>> {
        let answer = stack.http().get(stack.url(path)).send().await?;
        Ok(answer.error_for_status().context("there is no certificate yet")?.bytes().await?.to_vec())
    };
    let keys: KeySet = serde_json::from_slice(&get("/.well-known/medius-signing-keys.json").await?)?;
    in_words(&verify_signed(Kind::Destruction, &get(path).await?, &keys)?.statement)
}
