//! The running local stack as tests and the journey see it: HTTP as users send it, and beside it the operator's view of
//! tables, mails and logs.

use std::{
    path::PathBuf,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use aws_credential_types::{Credentials, provider::SharedCredentialsProvider};
use aws_sdk_dynamodb::config::{BehaviorVersion, Region};
use aws_types::SdkConfig;
use serde::Deserialize;
use serde_json::{Value, json};

pub use crate::{
    run_file::{FunctionEntry, PoolEntry, RunFile, SignIn},
    signed::{Aws, xml_text},
};

/// Name of the variable with the path of `run.json`.
pub const RUN_FILE_VARIABLE: &str = "MEDIUS_RUN_JSON";

/// The local stack of this run.
#[derive(Clone)]
pub struct Stack {
    run: RunFile,
    http: reqwest::Client,
    operator: Aws,
}

/// What a sign-in gives. Requests carry the access token.
#[derive(Clone)]
pub struct Tokens {
    /// For `Authorization: Bearer`.
    pub access: String,
    /// For tests: it must be refused where an access token is required.
    pub id: String,
}

/// A mail that was sent.
#[derive(Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Mail {
    /// SES message id.
    pub message_id: String,
    /// Sender.
    pub source: String,
    /// Recipients.
    pub to: Vec<String>,
    /// Subject line.
    #[serde(default)]
    pub subject: String,
    /// Plain text part.
    #[serde(default)]
    pub body_text: Option<String>,
    /// HTML part.
    #[serde(default)]
    pub body_html: Option<String>,
}

impl Stack {
    /// The stack whose `run.json` the variable `MEDIUS_RUN_JSON` names.
    ///
    /// # Errors
    /// When the variable or the file is missing.
    pub fn load() -> Result<Self> {
        let path = std::env::var_os(RUN_FILE_VARIABLE).map(PathBuf::from).with_context(|| {
            format!("{RUN_FILE_VARIABLE} is not set: run `cargo xtask test`, or `cargo xtask run` and point it at target/run/run.json")
        })?;
        let text = std::fs::read_to_string(&path)
            .with_context(|| format!("cannot read {}: is the stack running?", path.display()))?;
        Ok(Self::from_run(
            serde_json::from_str(&text).with_context(|| format!("{} is not a run file", path.display()))?,
        ))
    }

    /// The stack that `run` describes.
    pub fn from_run(run: RunFile) -> Self {
        let operator = Aws::new(&run.endpoint, &run.region, Aws::local_operator());
        // Redirects are part of what is tested, so none is followed.
        let http =
            reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).timeout(Duration::from_secs(40));
        Self { run, http: http.build().unwrap_or_default(), operator }
    }

    /// Names and addresses.
    pub fn run(&self) -> &RunFile {
        &self.run
    }

    /// A client without cookies that follows no redirect.
    pub fn http(&self) -> &reqwest::Client {
        &self.http
    }

    /// `path` (with its leading slash) behind the address that users know.
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.run.api_url)
    }

    /// Physical name of a table by its short name.
    ///
    /// # Panics
    /// When there is no such table: a defect of the test.
    #[expect(clippy::panic, reason = "a wrong name is a defect of the calling test")]
    pub fn table(&self, short: &str) -> &str {
        self.run.tables.get(short).unwrap_or_else(|| panic!("no table {short}"))
    }

    /// A deployed function by its capability.
    ///
    /// # Panics
    /// When there is no such function: a defect of the test.
    #[expect(clippy::panic, reason = "a wrong name is a defect of the calling test")]
    pub fn function(&self, capability: &str) -> &FunctionEntry {
        self.run.functions.get(capability).unwrap_or_else(|| panic!("no function {capability}"))
    }

    /// The demo patients, in the order of `run.json`.
    pub fn patients(&self) -> Vec<&SignIn> {
        self.run.sign_ins.iter().filter(|sign_in| sign_in.role == "patient").collect()
    }

    /// A demo member of staff.
    pub fn staff(&self) -> Option<&SignIn> {
        self.run.sign_ins.iter().find(|sign_in| sign_in.role != "patient")
    }

    /// The demo members of a staff group, in the order of `run.json`; where a second person is needed there are two.
    pub fn staff_in(&self, group: &str) -> Vec<&SignIn> {
        self.run.sign_ins.iter().filter(|sign_in| sign_in.role == group).collect()
    }

    /// Signs in as a user's app does.
    ///
    /// # Errors
    /// When Cognito refuses.
    pub async fn sign_in(&self, who: &SignIn) -> Result<Tokens> {
        let pool = if who.role == "patient" { &self.run.patient_pool } else { &self.run.staff_pool };
        let body = json!({
            "ClientId": pool.client_id,
            "AuthFlow": "USER_PASSWORD_AUTH",
            "AuthParameters": { "USERNAME": who.email, "PASSWORD": who.password },
        });
        let answer = self.operator.json("cognito-idp", "AWSCognitoIdentityProviderService.InitiateAuth", &body).await?;
        let token = |name: &str| -> Result<String> {
            let value = answer["AuthenticationResult"][name].as_str();
            Ok(value.with_context(|| format!("the sign-in gave no {name}"))?.to_owned())
        };
        Ok(Tokens { access: token("AccessToken")?, id: token("IdToken")? })
    }

    /// A new patient of the patients' pool, so that a test meets no other test's cases.
    ///
    /// # Errors
    /// When Cognito refuses.
    pub async fn new_patient(&self, email: &str) -> Result<SignIn> {
        let sign_in = SignIn { role: "patient".into(), email: email.into(), password: "Aa1-of-one-test-only".into() };
        self.create_user(&self.run.patient_pool.id, &sign_in).await?;
        Ok(sign_in)
    }

    /// A new member of staff in `group`, so that a test meets no other test's assignments.
    ///
    /// # Errors
    /// When Cognito refuses.
    pub async fn new_member(&self, email: &str, group: &str) -> Result<SignIn> {
        let sign_in = SignIn { role: group.into(), email: email.into(), password: "Aa1-of-one-test-only".into() };
        self.create_user(&self.run.staff_pool.id, &sign_in).await?;
        self.add_to_group(&sign_in).await?;
        Ok(sign_in)
    }

    /// Puts a member of staff into the group that is their role.
    ///
    /// # Errors
    /// When Cognito refuses.
    pub async fn add_to_group(&self, who: &SignIn) -> Result<()> {
        let body = json!({ "UserPoolId": self.run.staff_pool.id, "Username": who.email, "GroupName": who.role });
        self.operator.json("cognito-idp", "AWSCognitoIdentityProviderService.AdminAddUserToGroup", &body).await?;
        Ok(())
    }

    /// Calls a function as AWS's own services do, past the API; `alias` is the name it is called by, if it has any.
    ///
    /// # Errors
    /// When the function could not be called, or failed; the message holds its answer.
    pub async fn invoke(&self, capability: &str, alias: Option<&str>, event: &Value) -> Result<Value> {
        let name = &self.function(capability).name;
        let qualifier = alias.map(|alias| format!("?Qualifier={alias}")).unwrap_or_default();
        let path = format!("/2015-03-31/functions/{name}/invocations{qualifier}");
        let text = self.operator.rest("lambda", "POST", &path, event).await?;
        let answer: Value = serde_json::from_str(&text).with_context(|| format!("{capability} answered no JSON"))?;
        if answer.get("errorMessage").is_some() {
            bail!("{capability} failed: {text}");
        }
        Ok(answer)
    }

    /// Puts a user into a pool with a password that need not be changed.
    ///
    /// # Errors
    /// When Cognito refuses.
    pub async fn create_user(&self, pool_id: &str, who: &SignIn) -> Result<()> {
        const SERVICE: &str = "AWSCognitoIdentityProviderService";
        let user = json!({
            "UserPoolId": pool_id,
            "Username": who.email,
            "TemporaryPassword": who.password,
            "MessageAction": "SUPPRESS",
            "UserAttributes": [
                { "Name": "email", "Value": who.email },
                { "Name": "email_verified", "Value": "true" },
            ],
        });
        self.operator.json("cognito-idp", &format!("{SERVICE}.AdminCreateUser"), &user).await?;
        let password =
            json!({ "UserPoolId": pool_id, "Username": who.email, "Password": who.password, "Permanent": true });
        self.operator.json("cognito-idp", &format!("{SERVICE}.AdminSetUserPassword"), &password).await?;
        Ok(())
    }

    /// Every mail sent so far, oldest first.
    ///
    /// # Errors
    /// When the local AWS does not answer.
    pub async fn mails(&self) -> Result<Vec<Mail>> {
        let url = format!("{}/_ministack/ses/messages", self.run.endpoint);
        let mut answer: Value = self.http.get(url).send().await?.json().await?;
        let accounts = answer["messages"].as_object_mut().map(std::mem::take).unwrap_or_default();
        let mails = accounts.into_iter().map(|(_, mails)| serde_json::from_value::<Vec<Mail>>(mails));
        Ok(mails.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect())
    }

    /// Waits until a mail to `address` satisfies `wanted`; the newest such mail.
    ///
    /// # Errors
    /// When none came in time.
    pub async fn wait_for_mail(
        &self,
        address: &str,
        patience: Duration,
        wanted: impl Fn(&Mail) -> bool,
    ) -> Result<Mail> {
        let start = Instant::now();
        loop {
            let mut mails = self.mails().await?;
            mails.retain(|mail| mail.to.iter().any(|to| to.contains(address)) && wanted(mail));
            match mails.pop() {
                Some(mail) => return Ok(mail),
                None if start.elapsed() > patience => bail!("no such mail within {} s", patience.as_secs()),
                None => tokio::time::sleep(Duration::from_millis(200)).await,
            }
        }
    }

    /// The lines a function wrote, oldest first. A line appears when its invocation has ended.
    ///
    /// # Errors
    /// When the local AWS does not answer.
    pub async fn logs(&self, capability: &str) -> Result<Vec<String>> {
        let group = &self.function(capability).log_group;
        let mut lines = Vec::new();
        let mut next: Option<String> = None;
        loop {
            let mut body = json!({ "logGroupName": group, "limit": 10_000 });
            if let Some(token) = &next {
                body["nextToken"] = json!(token);
            }
            let page = self.operator.json("logs", "Logs_20140328.FilterLogEvents", &body).await?;
            let events = page["events"].as_array().into_iter().flatten();
            lines.extend(events.filter_map(|event| event["message"].as_str()).map(str::to_owned));
            let token = page["nextToken"].as_str().map(str::to_owned);
            if token.is_none() || token == next {
                return Ok(lines);
            }
            next = token;
        }
    }

    /// Session credentials of a function's role, to try what that role is denied.
    ///
    /// # Errors
    /// When STS refuses.
    pub async fn role_credentials(&self, capability: &str) -> Result<Credentials> {
        let role = &self.function(capability).role_arn;
        let form = [
            ("Action", "AssumeRole"),
            ("Version", "2011-06-15"),
            ("RoleArn", role),
            ("RoleSessionName", "denial-test"),
        ];
        let xml = self.operator.query("sts", &form).await?;
        let text = |tag: &str| xml_text(&xml, tag).with_context(|| format!("STS gave no {tag}"));
        let (id, secret, token) = (text("AccessKeyId")?, text("SecretAccessKey")?, text("SessionToken")?);
        Ok(Credentials::new(id, secret, Some(token), None, "assumed role"))
    }

    /// Credentials of the local AWS's administrator: what tests look with, never what functions run with.
    pub fn operator_credentials(&self) -> Credentials {
        Aws::local_operator()
    }

    /// Signed calls as the administrator.
    pub fn operator(&self) -> &Aws {
        &self.operator
    }

    /// Configuration of SDK clients for the local endpoint.
    pub fn sdk_config(&self, credentials: Credentials) -> SdkConfig {
        SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new(self.run.region.clone()))
            .endpoint_url(&self.run.endpoint)
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .build()
    }

    /// A DynamoDB client with `credentials`.
    pub fn dynamodb(&self, credentials: Credentials) -> aws_sdk_dynamodb::Client {
        aws_sdk_dynamodb::Client::new(&self.sdk_config(credentials))
    }

    /// A KMS client with `credentials`.
    pub fn kms(&self, credentials: Credentials) -> aws_sdk_kms::Client {
        aws_sdk_kms::Client::new(&self.sdk_config(credentials))
    }

    /// An SES client with `credentials`.
    pub fn ses(&self, credentials: Credentials) -> aws_sdk_sesv2::Client {
        aws_sdk_sesv2::Client::new(&self.sdk_config(credentials))
    }

    /// An S3 client with `credentials`.
    pub fn s3(&self, credentials: Credentials) -> aws_sdk_s3::Client {
        let config = aws_sdk_s3::config::Builder::from(&self.sdk_config(credentials)).force_path_style(true);
        aws_sdk_s3::Client::from_conf(config.build())
    }

    /// The deployed template after its transform: what AWS would create, with conditions unresolved.
    ///
    /// # Errors
    /// When the file is gone.
    pub fn template(&self) -> Result<Value> {
        let text =
            std::fs::read_to_string(&self.run.template).context("the deployed template is not beside run.json")?;
        Ok(serde_json::from_str(&text)?)
    }
}
