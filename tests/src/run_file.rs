//! `run.json`: what `cargo xtask` tells tests and people about the stack it started. Written by xtask, read here; one type for both.

use std::{collections::BTreeMap, path::PathBuf};

use serde::{Deserialize, Serialize};

/// The local stack: addresses, names and sign-ins. Nothing in it outlives the run. What an earlier release's file lacks is empty.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct RunFile {
    /// The local AWS endpoint.
    pub endpoint: String,
    /// Where patients and institutions go: stands for the custom domain.
    pub api_url: String,
    /// The same API by the gateway's own address.
    pub direct_api_url: String,
    /// AWS region.
    pub region: String,
    /// Stage of the template, always `local`.
    pub stage: String,
    /// Name of the CloudFormation stack.
    pub stack: String,
    /// Table by its short name: `cases`, `keys`, `consents`, `links`, `access_log`, `outbox`, `idempotency`, `directory`,
    /// `registry`.
    pub tables: BTreeMap<String, String>,
    /// The bucket of sealed documents.
    pub bucket: String,
    /// The bucket of the access log's signed heads, locked.
    pub log_heads: String,
    /// The bucket of files that were not checked yet.
    pub quarantine: String,
    /// The bucket of copies for one download.
    pub handoff: String,
    /// ARN by short name: `data`, `storage`, `documents`, `logs`, `link_mac`, `code_mac`, `mailbox_mac`, `signing`.
    pub keys: BTreeMap<String, String>,
    /// Function by capability: `intake`, `consent`, `referral`, `delivery`, `provider`, `mailer`, `desk`, `directory`, `members`,
    /// `audit`, `journal`.
    pub functions: BTreeMap<String, FunctionEntry>,
    /// Where patients sign in.
    pub patient_pool: PoolEntry,
    /// The test patients' pool.
    pub synthetic_pool: PoolEntry,
    /// Where staff sign in.
    pub staff_pool: PoolEntry,
    /// URL of the queue of what could not be taken, by the function's capability: `mailer`, `journal`, `retention`,
    /// `fulfilment`, `screening`. Empty in the run file of a release of before them.
    #[serde(default)]
    pub failures: BTreeMap<String, String>,
    /// Demo sign-ins; their passwords are made for this run.
    pub sign_ins: Vec<SignIn>,
    /// Ids of the institutions in the directory.
    pub providers: Vec<String>,
    /// Folder of the files of this run, beside `run.json`.
    pub files: PathBuf,
    /// The deployed template after its transform, as JSON.
    pub template: PathBuf,
    /// What the journey did: ids, link, code, paths of letter and Bundle.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub journey: Option<serde_json::Value>,
}

/// A deployed function.
#[derive(Clone, Serialize, Deserialize)]
pub struct FunctionEntry {
    /// Its name.
    pub name: String,
    /// The role it runs with.
    pub role_arn: String,
    /// Where its lines go.
    pub log_group: String,
}

/// A Cognito pool and the client that signs in to it.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct PoolEntry {
    /// Pool id.
    pub id: String,
    /// App client id.
    pub client_id: String,
}

/// Somebody who can sign in.
#[derive(Clone, Serialize, Deserialize)]
pub struct SignIn {
    /// `patient`, or the staff group.
    pub role: String,
    /// Address to sign in with.
    pub email: String,
    /// Password of this run.
    pub password: String,
}
