//! `cargo xtask verify-chains`: walks every chain of consents and of the access log, and every day's signed head, and says
//! what was changed, taken out or moved. On AWS it works with the caller's own credentials, which must be able to scan both
//! tables and list the bucket's versions: no function can.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
    sync::Arc,
};

use anyhow::{Context, Result, bail};
use medius_domain::{
    access::Scope,
    clock::{Clock, SystemClock, start_of_kst_day},
    id::CaseId,
    journal::{Fault, may_have_expired},
};
use medius_store::{Aws, Database, LogHeads, Place, PublicKeys, Tables, Verdict};
use medius_tests::{run_file::RunFile, signed};
use serde_json::Value;

use crate::{say, workspace};

#[derive(clap::Args)]
pub(crate) struct Options {
    /// The run file of a local stack; `target/run/run.json` unless said.
    #[arg(long, conflicts_with = "outputs")]
    run: Option<PathBuf>,
    /// A stack on AWS: what `aws cloudformation describe-stacks --stack-name NAME` answered. Region and credentials come from
    /// AWS_REGION, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN.
    #[arg(long)]
    outputs: Option<PathBuf>,
}

impl Options {
    /// Those of a local stack.
    pub(crate) const fn of(run: PathBuf) -> Self {
        Self { run: Some(run), outputs: None }
    }
}

/// Where the chains are.
struct Store {
    db: Database,
    heads: LogHeads,
    keys: PublicKeys,
}

/// What was found.
#[derive(Default)]
struct Report {
    logs: usize,
    consents: usize,
    days: usize,
    faults: Vec<String>,
}

impl Report {
    fn note(&mut self, what: &str, fault: Fault) {
        let place = fault.place.map(|place| format!(" at {place}")).unwrap_or_default();
        self.faults.push(format!("{what}: {}{place}", fault.code));
    }

    fn verdict(&mut self, what: &str, verdict: Verdict) {
        if let Err(fault) = verdict {
            self.note(what, fault);
        }
    }
}

/// Verifies everything; fails when anything is wrong.
pub(crate) async fn run(options: &Options) -> Result<()> {
    let store = match &options.outputs {
        Some(file) => on_aws(file)?,
        None => local(options.run.clone().unwrap_or_else(|| workspace::root().join("target/run/run.json")))?,
    };
    let report = verify(&store).await?;
    let Report { logs, consents, days, faults } = report;
    for fault in &faults {
        say::line(fault);
    }
    say::line(&format!("walked {logs} chains of the access log, the consents of {consents} cases, {days} days"));
    if faults.is_empty() { Ok(()) } else { bail!("{} faults", faults.len()) }
}

fn local(file: PathBuf) -> Result<Store> {
    let text = std::fs::read_to_string(&file)
        .with_context(|| format!("{} cannot be read: is the stack running?", file.display()))?;
    let run: RunFile = serde_json::from_str(&text).with_context(|| format!("{} is no run file", file.display()))?;
    let aws = Aws::new(run.region, signed::Aws::local_operator(), Some(run.endpoint), false)?;
    let get = |names: &BTreeMap<String, String>, name: &str| {
        names.get(name).cloned().with_context(|| format!("the run file has no {name}"))
    };
    let tables = [get(&run.tables, "cases")?, get(&run.tables, "consents")?, get(&run.tables, "access_log")?];
    Ok(store(&aws, tables, run.log_heads, get(&run.keys, "signing")?))
}

fn on_aws(file: &PathBuf) -> Result<Store> {
    let text = std::fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()))?;
    let answer: Value = serde_json::from_str(&text).with_context(|| format!("{} is no JSON", file.display()))?;
    let outputs = answer.pointer("/Stacks/0/Outputs").and_then(Value::as_array);
    let outputs = outputs.with_context(|| format!("{} has no outputs of a stack", file.display()))?;
    let get = |name: &str| {
        let found = outputs.iter().find(|output| output["OutputKey"] == name);
        let value = found.and_then(|output| output["OutputValue"].as_str()).map(ToOwned::to_owned);
        value.with_context(|| format!("the stack has no output {name}"))
    };
    let tables = [get("CasesTableName")?, get("ConsentsTableName")?, get("AccessLogTableName")?];
    Ok(store(&Aws::from_env()?, tables, get("LogHeadsBucketName")?, get("SigningKeyArn")?))
}

fn store(aws: &Aws, [cases, consents, access_log]: [String; 3], bucket: String, key: String) -> Store {
    let tables = Tables::new(|variable| match variable {
        "TABLE_CASES" => Some(cases.clone()),
        "TABLE_CONSENTS" => Some(consents.clone()),
        "TABLE_ACCESS_LOG" => Some(access_log.clone()),
        _ => None,
    });
    Store {
        db: Database::new(aws.dynamodb(), tables, Arc::new(SystemClock)),
        heads: LogHeads::new(aws.s3(), bucket, None),
        keys: PublicKeys::new(aws.kms(), key),
    }
}

/// Whether a case is still there. One that cannot be read is.
async fn is_kept(db: &Database, case: &CaseId) -> Result<bool> {
    Ok(!matches!(db.read([Place::Case(case.clone())]).await?.case(case), Ok(None)))
}

async fn verify(store: &Store) -> Result<Report> {
    let mut report = Report::default();
    let versions = store.heads.versions().await.context("the bucket of signed heads")?;
    let first_day = versions.keys().next().copied();
    // Beginnings of chains expire after two years; before the service is that old, none can be gone.
    let aged = first_day.is_some_and(|day| may_have_expired(start_of_kst_day(day), SystemClock.now()));
    let names = store.db.chain_names().await.context("the tables of consents and of the access log")?;
    if names.unknown > 0 {
        report.faults.push(format!("{} keys that name no chain", names.unknown));
    }
    let cases = names.cases.into_iter().map(Scope::Case);
    for scope in names.logs.into_iter().chain(cases).collect::<BTreeSet<_>>() {
        report.logs += 1;
        match &scope {
            Scope::Case(case) if is_kept(&store.db, case).await? => {
                report.consents += 1;
                let verdict = store.db.check_case(case, aged).await?;
                report.verdict(&scope.name(), verdict.access_log);
                report.verdict(&format!("{scope}: consents", scope = scope.name()), verdict.consents);
                report.verdict(&format!("{scope}: consents against the log", scope = scope.name()), verdict.evidence);
            }
            // Of a case that is destroyed, the log is all that is left.
            Scope::Case(_)
            | Scope::Provider(_)
            | Scope::Member(_)
            | Scope::SignIns(_)
            | Scope::Registry
            | Scope::Review(_)
            | Scope::Right(_)
            | Scope::Inquiry(_) => report.verdict(&scope.name(), store.db.check_log(&scope, aged).await?),
        }
    }
    let (Some(first), Some(last)) = (first_day, versions.keys().next_back().copied()) else { return Ok(report) };
    let keys = store.keys.set().await.context("the public key")?;
    for day in first.iter_days().take_while(|day| *day <= last) {
        report.days += 1;
        if let Some(fault) = store.db.check_day(day, &store.heads, &keys).await?.fault {
            report.note(&format!("day {day}"), fault);
        }
        if versions.get(&day).is_some_and(|count| *count > 1) {
            report.note(&format!("day {day}"), Fault::replaced());
        }
    }
    Ok(report)
}
