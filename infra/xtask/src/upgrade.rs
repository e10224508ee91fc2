//! `cargo xtask upgrade`: deploys the previous release into a local AWS, lets it make a complete referral, deploys this one over
//! it, and proves that what was written before is read as before: by the patient, by the institution and by the chains.

use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context, Result, bail, ensure};
use http::Method;
use medius_tests::{
    journey::Journey,
    run_file::RunFile,
    signed::Aws,
    stack::Stack,
    user::{Institution, PatientApp},
};
use serde_json::Value;
use tokio::process::Command;

use crate::{
    chains, deploy, front, gaps, ministack::REGION, preflight, process::Group, run_json, say, say::Step, tools::Tools,
    workspace,
};

/// The commit of the release that a deployment starts from, in a line of its own.
const PREVIOUS: &str = "infra/previous-release";
/// How often the previous release is asked whether it is ready.
const PAUSE: Duration = Duration::from_secs(2);
/// How often at most: 45 minutes, since it may have to be compiled from nothing.
const ASKED: u32 = 45 * 30;

#[derive(clap::Args)]
pub(crate) struct Options {
    /// The release to start from: a commit or tag. The one in infra/previous-release unless said.
    #[arg(long)]
    from: Option<String>,
    /// Where the previous release is compiled; target/upgrade/build unless said.
    #[arg(long)]
    build_dir: Option<PathBuf>,
}

/// What a patient reads: paths below their case.
const READ: [&str; 6] = ["", "/consents", "/referrals", "/deliveries", "/access-log", "/records"];

pub(crate) async fn run(options: Options) -> Result<()> {
    let root = workspace::root();
    let files = root.join("target/upgrade");
    let from = match options.from {
        Some(from) => from,
        None => fs::read_to_string(root.join(PREVIOUS)).context(PREVIOUS)?.trim().to_owned(),
    };
    let tree = files.join("previous");
    check_out(&tree, &from).await?;
    let build = options.build_dir.unwrap_or_else(|| files.join("build"));
    let (port, front_port) = (preflight::free_port()?, preflight::free_port()?);
    let (mut previous, old) = start(&tree, &build, port, front_port).await?;

    let stack = Stack::from_run(old.clone());
    let journey: Journey =
        serde_json::from_value(old.journey.clone().context("the previous release made no referral")?)?;
    let before = Seen::by_patient(&stack, &journey).await?;
    say::line(&format!("    - {} answers and two files of case {} kept", before.answers.len(), journey.case_id));

    let new = deploy_over(&old, port, &files.join("run")).await?;
    if let Some(status) = previous.ended() {
        bail!("the previous release's local AWS ended ({status})");
    }
    let step = Step::start("what was written before is read as before");
    let stack = Stack::from_run(new.clone());
    let after = Seen::by_patient(&stack, &journey).await?;
    before.kept_in(&after)?;
    by_institution(&stack, &journey).await?;
    chains::run(&chains::Options::of(run_json::write(&new)?)).await?;
    step.done(&format!("{from} -> this tree"));
    Ok(())
}

/// The files of a revision in a folder of their own. Those that are there already stay as they are: written anew, they would
/// all be compiled again.
async fn check_out(tree: &Path, revision: &str) -> Result<()> {
    let git = async |folder: &Path, arguments: &[&str]| -> Result<Option<String>> {
        let output = Command::new("git").args(arguments).current_dir(folder).output().await?;
        Ok(output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned()))
    };
    let root = workspace::root();
    let wanted = git(root, &["rev-parse", "--verify", &format!("{revision}^{{commit}}")]).await?;
    let wanted = wanted.with_context(|| format!("{revision} is not in this repository"))?;
    if tree.join(".git").exists() {
        let there = git(tree, &["rev-parse", "HEAD"]).await?;
        let changed = git(tree, &["status", "--porcelain"]).await?;
        if there.as_deref() == Some(wanted.as_str()) && changed.as_deref() == Some("") {
            return Ok(());
        }
    }
    let path = tree.to_str().context("a path that is not UTF-8")?;
    if tree.exists() {
        git(root, &["worktree", "remove", "--force", path]).await?;
    }
    git(root, &["worktree", "prune"]).await?;
    let added = git(root, &["worktree", "add", "--detach", path, &wanted]).await?;
    added.map(|_| ()).with_context(|| format!("the files of {revision} cannot be put to {path}"))
}

/// The previous release with its local AWS, after its own journey.
async fn start(tree: &Path, build: &Path, port: u16, front_port: u16) -> Result<(Group, RunFile)> {
    let step = Step::start("the previous release, with one complete referral");
    let log = tree.join("run.log");
    let output = fs::File::create(&log)?;
    let mut command = Command::new("cargo");
    command.args(["xtask", "run", "--port", &port.to_string(), "--front-port", &front_port.to_string()]);
    command.current_dir(tree).env("CARGO_TARGET_DIR", build).stdout(output.try_clone()?).stderr(output);
    let run = tree.join("target/run/run.json");
    // What an earlier run has left says nothing about this one.
    if run.exists() {
        fs::remove_file(&run)?;
    }
    let mut group = Group::spawn(&mut command)?;
    for _ in 0..ASKED {
        if let Some(status) = group.ended() {
            bail!("the previous release did not come up ({status}); its log is {}", log.display());
        }
        let made = fs::read_to_string(&run).ok().and_then(|text| serde_json::from_str::<RunFile>(&text).ok());
        if let Some(run) = made.filter(|run| run.journey.is_some()) {
            step.done("");
            return Ok((group, run));
        }
        step.progress("");
        tokio::time::sleep(PAUSE).await;
    }
    bail!("the previous release took too long; its log is {}", log.display())
}

/// Deploys this tree into the same local AWS: an update of the stack, with its data in place.
async fn deploy_over(old: &RunFile, port: u16, files: &Path) -> Result<RunFile> {
    fs::create_dir_all(files)?;
    let front_port = preflight::free_port()?;
    let tools = Tools::ensure().await?;
    deploy::build(&tools, files).await?;
    let endpoint = format!("http://127.0.0.1:{port}");
    deploy::deploy(&tools, &endpoint, files, front_port).await?;
    let aws = Aws::new(&endpoint, REGION, Aws::local_operator());
    let outputs = deploy::outputs(&aws).await?;
    let template = deploy::processed_template(&aws).await?;
    fs::write(files.join("template.json"), serde_json::to_string_pretty(&template)?)?;
    gaps::close(&aws, &template, &outputs).await?;
    let new = run_json::from_outputs(&outputs, &endpoint, front_port, files)?;
    let before: Value = serde_json::from_slice(&fs::read(&old.template)?)?;
    if let Some(id) = replaced(&before, &template) {
        bail!("the update would replace {id}: what is in it, or its address, would be lost");
    }
    // The local CloudFormation makes an API anew when its routes change, where AWS changes it in place: it has another address
    // here, and so another front. What AWS does follows from the two templates.
    front::serve(preflight::listen(front_port, "the front")?, &new.direct_api_url)?;
    for (short, name) in &old.tables {
        ensure!(new.tables.get(short) == Some(name), "the update replaced the table {short}");
    }
    ensure!((&new.bucket, &new.log_heads) == (&old.bucket, &old.log_heads), "the update replaced a bucket");
    for (short, key) in &old.keys {
        ensure!(new.keys.get(short) == Some(key), "the update replaced the key {short}");
    }
    let (sign_ins, providers, journey) = (old.sign_ins.clone(), old.providers.clone(), old.journey.clone());
    Ok(RunFile { sign_ins, providers, journey, ..new })
}

/// Kinds of resources that hold data or are an address, with the properties whose change makes AWS replace them
/// (CloudFormation's template reference, "Update requires: Replacement", as far as the template uses them).
const KEPT: [(&str, &[&str]); 7] = [
    ("AWS::DynamoDB::Table", &["TableName", "KeySchema"]),
    ("AWS::S3::Bucket", &["BucketName"]),
    ("AWS::KMS::Key", &["KeySpec", "KeyUsage"]),
    ("AWS::KMS::Alias", &["AliasName"]),
    ("AWS::Cognito::UserPool", &["UsernameAttributes", "AliasAttributes", "UsernameConfiguration"]),
    ("AWS::Cognito::UserPoolClient", &["UserPoolId", "GenerateSecret"]),
    ("AWS::ApiGateway::RestApi", &[]),
];

/// The first resource of the old template that the new one does not keep.
fn replaced<'a>(before: &'a Value, after: &Value) -> Option<&'a str> {
    let resources = before["Resources"].as_object()?;
    let gone = |(id, old): (&'a String, &Value)| {
        let (_, properties) = KEPT.iter().find(|(kind, _)| old["Type"] == *kind)?;
        let new = &after["Resources"][id];
        let same = |name: &&str| old["Properties"][*name] == new["Properties"][*name];
        let kept = old["Type"] == new["Type"] && properties.iter().all(same);
        (!kept).then_some(id.as_str())
    };
    resources.iter().find_map(gone)
}

/// What the patient sees of the case.
struct Seen {
    answers: Vec<(&'static str, Value)>,
    files: [Vec<u8>; 2],
}

impl Seen {
    async fn by_patient(stack: &Stack, journey: &Journey) -> Result<Self> {
        let patient = *stack.patients().first().context("run.json has no patient")?;
        let app = PatientApp::new(stack, &stack.sign_in(patient).await?);
        let case = format!("/v1/cases/{}", journey.case_id);
        let mut answers = Vec::new();
        for part in READ {
            let answer = app.get(&format!("{case}{part}")).await?;
            // A release that has no such route yet has nothing of it to keep.
            if answer.status.as_u16() == 200 {
                answers.push((part, answer.json()));
            }
        }
        let file = async |kind: &str| -> Result<Vec<u8>> {
            let path = format!("{case}/referrals/{}/{kind}", journey.referral_id);
            Ok(app.get(&path).await?.expect(200, kind)?.body)
        };
        Ok(Self { answers, files: [file("letter").await?, file("bundle").await?] })
    }

    /// Everything of `self` is in `later` with the same value; a later release may say more.
    fn kept_in(&self, later: &Self) -> Result<()> {
        ensure!(!self.answers.is_empty() && self.files == later.files, "the letter or its data is another one");
        for (part, old) in &self.answers {
            let new = later.answers.iter().find(|(other, _)| other == part).map(|(_, value)| value);
            let new = new.with_context(|| format!("{part} is not answered any more"))?;
            if let Some(place) = missing(old, new, part) {
                bail!("{place} is not what it was before the update");
            }
        }
        Ok(())
    }
}

/// The first place of `old` that is not in `new`. Lists may have grown: each old entry is in the new list.
fn missing(old: &Value, new: &Value, place: &str) -> Option<String> {
    match (old, new) {
        (Value::Object(old), Value::Object(new)) => old.iter().find_map(|(name, value)| {
            let place = format!("{place}/{name}");
            match new.get(name) {
                Some(there) => missing(value, there, &place),
                None => Some(place),
            }
        }),
        (Value::Array(old), Value::Array(new)) => old.iter().enumerate().find_map(|(i, value)| {
            let kept = new.iter().any(|there| missing(value, there, "").is_none());
            (!kept).then(|| format!("{place}/{i}"))
        }),
        (old, new) => (old != new).then(|| place.to_owned()),
    }
}

/// The link of the mail that the previous release sent still opens the letter.
async fn by_institution(stack: &Stack, journey: &Journey) -> Result<()> {
    // Whom the link was mailed to: which institution the previous release's journey chose is its own affair.
    let mails = stack.mails().await?;
    let mailed = mails.iter().find(|mail| mail.body_text.as_deref().is_some_and(|text| text.contains(&journey.link)));
    let mailbox = mailed.and_then(|mail| mail.to.first()).context("the link is in no mail")?.clone();
    let mut institution = Institution::open(stack, &journey.link)?;
    institution.enter(&mailbox).await?;
    let page = institution.send(Method::GET, "/referral", None).await?.expect(200, "referral page")?;
    ensure!(page.text().contains(&journey.document_number), "the page does not show the letter");
    let letter = institution.send(Method::POST, "/letter", None).await?.expect(200, "download letter")?;
    ensure!(letter.body.starts_with(b"%PDF-"), "the institution's letter is no PDF");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_resource_that_went_or_whose_key_is_another_one_is_replaced() {
        let table = |key: &str| json!({ "Type": "AWS::DynamoDB::Table", "Properties": { "KeySchema": [key] } });
        let role = json!({ "Type": "AWS::IAM::Role" });
        let of = |table: Value| json!({ "Resources": { "Cases": table, "Role": role } });
        assert_eq!(replaced(&of(table("pk")), &json!({ "Resources": { "Cases": table("pk") } })), None);
        assert_eq!(replaced(&of(table("pk")), &of(table("id"))), Some("Cases"));
        assert_eq!(replaced(&of(table("pk")), &of(role.clone())), Some("Cases"));
        assert_eq!(replaced(&of(table("pk")), &json!({ "Resources": {} })), Some("Cases"));
    }

    #[test]
    fn what_grew_is_kept_and_what_changed_or_went_is_found() {
        let old = json!({ "a": 1, "items": [{ "id": 1 }, { "id": 2 }] });
        let grown = json!({ "a": 1, "b": 2, "items": [{ "id": 3 }, { "id": 2, "new": 0 }, { "id": 1 }] });
        assert_eq!(missing(&old, &grown, ""), None);
        for (changed, place) in [
            (json!({ "a": 2, "items": [{ "id": 1 }, { "id": 2 }] }), "/a"),
            (json!({ "items": [{ "id": 1 }, { "id": 2 }] }), "/a"),
            (json!({ "a": 1, "items": [{ "id": 1 }] }), "/items/1"),
            (json!({ "a": 1, "items": {} }), "/items"),
        ] {
            assert_eq!(missing(&old, &changed, "").as_deref(), Some(place));
        }
    }
}
