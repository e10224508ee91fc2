//! Makes `run.json` of the stack's outputs.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};
use medius_tests::run_file::{FunctionEntry, PoolEntry, RunFile};

use crate::{
    deploy::{STACK, STAGE},
    ministack::REGION,
};

const TABLES: [(&str, &str); 14] = [
    ("cases", "Cases"),
    ("keys", "Keys"),
    ("consents", "Consents"),
    ("links", "Links"),
    ("access_log", "AccessLog"),
    ("outbox", "Outbox"),
    ("idempotency", "Idempotency"),
    ("directory", "Directory"),
    ("registry", "Registry"),
    ("ledger", "Ledger"),
    ("rights", "Rights"),
    ("inquiries", "Inquiries"),
    ("statutory", "Statutory"),
    ("uploads", "Uploads"),
];
const KEYS: [(&str, &str); 9] = [
    ("data", "DataKey"),
    ("storage", "StorageKey"),
    ("documents", "DocumentsKey"),
    ("logs", "LogsKey"),
    ("link_mac", "LinkMacKey"),
    ("export_mac", "ExportMacKey"),
    ("code_mac", "CodeMacKey"),
    ("mailbox_mac", "MailboxMacKey"),
    ("signing", "SigningKey"),
];
/// Queue of failures by the function's capability, and its id in the template.
const FAILURES: [(&str, &str); 5] = [
    ("mailer", "Mail"),
    ("journal", "Journal"),
    ("retention", "Retention"),
    ("fulfilment", "Fulfilment"),
    ("screening", "Screening"),
];
/// Function by capability, which is its binary's name, and its id in the template.
pub(crate) const FUNCTIONS: [(&str, &str); 22] = [
    ("intake", "Intake"),
    ("consent", "Consent"),
    ("referral", "Referral"),
    ("explanation", "Explanation"),
    ("delivery", "Delivery"),
    ("provider", "Provider"),
    ("mailer", "Mailer"),
    ("mailevents", "Mailevents"),
    ("deadlines", "Deadlines"),
    ("canary", "Canary"),
    ("clinician", "Clinician"),
    ("desk", "Desk"),
    ("directory", "Directory"),
    ("members", "Members"),
    ("audit", "Audit"),
    ("journal", "Journal"),
    ("retention", "Retention"),
    ("screening", "Screening"),
    ("records", "Records"),
    ("fulfilment", "Fulfilment"),
    ("rights", "Rights"),
    ("inquiry", "Inquiry"),
];

/// The run file of a deployed stack, before it is filled.
pub(crate) fn from_outputs(
    outputs: &BTreeMap<String, String>,
    endpoint: &str,
    front_port: u16,
    files: &Path,
) -> Result<RunFile> {
    let get = |key: &str| outputs.get(key).cloned().with_context(|| format!("the template gives no output {key}"));
    let mut tables = BTreeMap::new();
    for (short, id) in TABLES {
        tables.insert(short.to_owned(), get(&format!("{id}TableName"))?);
    }
    let mut keys = BTreeMap::new();
    for (short, id) in KEYS {
        keys.insert(short.to_owned(), get(&format!("{id}Arn"))?);
    }
    let mut functions = BTreeMap::new();
    for (short, id) in FUNCTIONS {
        let entry = FunctionEntry {
            name: get(&format!("{id}FunctionName"))?,
            role_arn: get(&format!("{id}RoleArn"))?,
            log_group: get(&format!("{id}LogGroup"))?,
        };
        functions.insert(short.to_owned(), entry);
    }
    let mut failures = BTreeMap::new();
    for (short, id) in FAILURES {
        failures.insert(short.to_owned(), get(&format!("{id}FailuresUrl"))?);
    }
    Ok(RunFile {
        endpoint: endpoint.to_owned(),
        api_url: format!("http://localhost:{front_port}"),
        direct_api_url: direct_api_url(endpoint, &get("ApiId")?),
        region: REGION.to_owned(),
        stage: STAGE.to_owned(),
        stack: STACK.to_owned(),
        tables,
        bucket: get("DocumentsBucketName")?,
        log_heads: get("LogHeadsBucketName")?,
        quarantine: get("QuarantineBucketName")?,
        handoff: get("HandoffBucketName")?,
        keys,
        functions,
        patient_pool: PoolEntry { id: get("PatientPoolId")?, client_id: get("PatientClientId")? },
        synthetic_pool: PoolEntry { id: get("SyntheticPoolId")?, client_id: get("SyntheticClientId")? },
        staff_pool: PoolEntry { id: get("StaffPoolId")?, client_id: get("StaffClientId")? },
        failures,
        sign_ins: Vec::new(),
        providers: Vec::new(),
        files: files.to_owned(),
        template: files.join("template.json"),
        journey: None,
    })
}

/// The gateway's own address of the API.
pub(crate) fn direct_api_url(endpoint: &str, api: &str) -> String {
    format!("{endpoint}/_aws/execute-api/{api}/{STAGE}")
}

/// Writes `run.json` and gives its path.
pub(crate) fn write(run: &RunFile) -> Result<PathBuf> {
    let path = run.files.join("run.json");
    fs::write(&path, serde_json::to_string_pretty(run)? + "\n")
        .with_context(|| format!("cannot write {}", path.display()))?;
    Ok(path)
}
