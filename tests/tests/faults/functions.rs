//! The functions in this process: the same routers and adapters as deployed, over a wire with faults.

use crate::proxy::Proxy;
use axum::Router;
use axum::body::Body;
use chrono::{DateTime, TimeDelta, Utc};
use medius_domain::clock::{Clock, SystemClock};
use medius_http::{ApiConfig, Env, Gateway, service};
use medius_store::{Aws, CodeMac, Contacts, Database, Documents, Keyring, LinkMac, MailboxMac, PublicKeys, Tables};
use medius_tests::anybody::network;
use medius_tests::stack::Stack;
use medius_tests::user::{Institution, PatientApp, fresh_key};
use serde_json::Value;
use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex};
use tower::ServiceExt;

/// The pools that the claims of these tests name.
const POOL: &str = "pool-of-the-tests";
const STAFF_POOL: &str = "staff-of-the-tests";

/// An answer.
pub(crate) struct Reply {
    /// Its status.
    pub(crate) status: u16,
    body: Vec<u8>,
}

impl Reply {
    /// The body as text.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// Whether the body is a PDF.
    pub(crate) fn is_pdf(&self) -> bool {
        self.body.starts_with(b"%PDF-")
    }

    /// The body as JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }
}

/// The functions of one patient's requests.
pub(crate) struct Service {
    /// The wire.
    pub(crate) proxy: Proxy,
    stack: Stack,
    aws: Aws,
    sub: String,
    /// The group of a member of staff; none for a patient.
    group: Option<&'static str>,
    ip: IpAddr,
    clock: Arc<Ahead>,
}

/// A clock that can be put ahead.
#[derive(Default)]
struct Ahead(Mutex<TimeDelta>);

impl Clock for Ahead {
    fn now(&self) -> DateTime<Utc> {
        SystemClock.now() + *self.0.lock().unwrap()
    }
}

impl Service {
    /// Over a wire of its own.
    pub(crate) async fn start(stack: &Stack, sub: &str) -> Self {
        let proxy = Proxy::start(&stack.run().endpoint).await;
        let region = stack.run().region.clone();
        let aws = Aws::new(region, stack.operator_credentials(), Some(proxy.endpoint.clone()), false).unwrap();
        // A network of its own: what is counted per network is counted for this one alone.
        let (ip, sub) = (network().into(), sub.to_owned());
        Self { proxy, stack: stack.clone(), aws, sub, group: None, ip, clock: Arc::default() }
    }

    /// Over a wire of its own, as somebody of the staff.
    pub(crate) async fn of_staff(stack: &Stack, group: &'static str) -> Self {
        Self { group: Some(group), ..Self::start(stack, &format!("{group}-{}", fresh_key())).await }
    }

    /// Puts the clock of the functions ahead of the true time.
    pub(crate) fn set_ahead(&self, ahead: TimeDelta) {
        *self.clock.0.lock().unwrap() = ahead;
    }

    pub(crate) fn database(&self) -> Database {
        let tables = self.stack.run().tables.clone();
        let name = |variable: &str| tables.get(&variable.strip_prefix("TABLE_")?.to_lowercase()).cloned();
        Database::new(self.aws.dynamodb(), Tables::new(name), self.clock.clone())
    }

    fn key(&self, short: &str) -> String {
        self.stack.run().keys[short].clone()
    }

    fn keyring(&self) -> Keyring {
        Keyring::new(self.aws.kms(), self.key("data"))
    }

    fn contacts(&self) -> Contacts {
        Contacts::new(self.aws.kms(), self.key("data"))
    }

    fn mailboxes(&self) -> MailboxMac {
        MailboxMac::new(self.aws.kms(), self.key("mailbox_mac"))
    }

    fn codes(&self) -> CodeMac {
        CodeMac::new(self.aws.kms(), self.key("code_mac"))
    }

    fn issuer(&self) -> medius_consent::Issuer {
        medius_consent::Issuer {
            controller: medius_domain::receipt::Controller {
                name: "Medius".to_owned(),
                phone: "+82-2-0000-0000".to_owned(),
                registration: "DEMO-0000".to_owned(),
                storage: "ap-northeast-2".to_owned(),
            },
            signer: medius_store::Signer::new(self.aws.kms(), self.key("signing")),
            verify_url: format!("{}/verify", self.stack.run().api_url),
        }
    }

    async fn call(
        &self,
        router: Router,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<&Value>,
    ) -> Reply {
        let env = Env::of([
            ("STAGE", "local"),
            ("PATIENT_POOL_ID", POOL),
            ("PATIENT_CLIENT_ID", "client"),
            ("STAFF_POOL_ID", STAFF_POOL),
            ("STAFF_CLIENT_ID", "client"),
        ]);
        let pool = if self.group.is_some() { STAFF_POOL } else { POOL };
        let config = ApiConfig::from_env("tests", &env).unwrap();
        let soon = self.clock.now().timestamp() + 600;
        let claims = [
            ("sub", self.sub.clone()),
            ("token_use", "access".to_owned()),
            ("client_id", "client".to_owned()),
            ("iss", format!("https://cognito-idp.ap-northeast-2.amazonaws.com/{pool}")),
            ("exp", soon.to_string()),
            ("cognito:groups", self.group.unwrap_or_default().to_owned()),
        ];
        let claims: BTreeMap<String, String> = claims.map(|(k, v)| (k.to_owned(), v)).into();
        let mut request = http::Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if body.is_some() {
            request = request.header("content-type", "application/json");
        }
        let body = body.map_or_else(Body::empty, |b| Body::from(serde_json::to_vec(b).unwrap()));
        let mut request = request.body(body).unwrap();
        request.extensions_mut().insert(Gateway { claims, source_ip: Some(self.ip), ..Gateway::default() });
        let response = service(router, config, self.clock.clone()).oneshot(request).await.unwrap();
        let status = response.status().as_u16();
        let body = axum::body::to_bytes(response.into_body(), 8 << 20).await.unwrap().to_vec();
        Reply { status, body }
    }

    /// Calls intake. Each call is a function that has just started: no key is remembered.
    pub(crate) async fn intake(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<&Value>,
    ) -> Reply {
        let state = medius_intake::State::new(self.database(), self.keyring(), self.contacts(), self.mailboxes());
        self.call(medius_intake::router().with_state(state), method, path, headers, body).await
    }

    /// Calls consent.
    pub(crate) async fn consent(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<&Value>,
    ) -> Reply {
        let state = medius_consent::State::new(self.database(), self.contacts(), self.codes(), None, self.issuer());
        self.call(medius_consent::router().with_state(state), method, path, headers, body).await
    }

    /// Calls referral.
    pub(crate) async fn referral(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<&Value>,
    ) -> Reply {
        let run = self.stack.run();
        let documents = Documents::new(self.aws.s3(), run.bucket.clone(), Some(self.key("documents")));
        let operator = medius_documents::Operator {
            name: "Medius".to_owned(),
            registration_number: "DEMO-0000".to_owned(),
            phone: "+82-2-0000-0000".to_owned(),
        };
        let letterhead = medius_referral::Letterhead { operator, verify_base_url: run.api_url.clone() };
        let state =
            medius_referral::State::new(self.database(), self.keyring(), self.contacts(), documents, letterhead);
        self.call(medius_referral::router().with_state(state), method, path, headers, body).await
    }

    /// Calls delivery.
    pub(crate) async fn delivery(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<&Value>,
    ) -> Reply {
        let links = LinkMac::new(self.aws.kms(), self.key("link_mac"));
        let state = medius_delivery::State::new(self.database(), links, self.contacts(), self.keyring());
        self.call(medius_delivery::router().with_state(state), method, path, headers, body).await
    }

    /// Calls rights.
    pub(crate) async fn rights(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<&Value>,
    ) -> Reply {
        let run = self.stack.run();
        let files = (
            medius_store::Quarantine::new(self.aws.s3(), run.quarantine.clone()),
            medius_store::Files::new(self.aws.s3(), run.bucket.clone(), None),
            medius_store::Handoff::new(self.aws.s3(), run.handoff.clone(), None),
        );
        let keyring = Keyring::rights(self.aws.kms(), self.key("data"));
        let state = medius_rights::State::new(
            self.database(),
            (self.codes(), self.mailboxes(), medius_store::ExportMac::new(self.aws.kms(), self.key("export_mac"))),
            (keyring, self.keyring(), self.contacts()),
            files,
        );
        self.call(medius_rights::router().with_state(state), method, path, headers, body).await
    }

    fn buckets(&self, quarantine: &str) -> (medius_store::Quarantine, medius_store::Files, medius_store::Handoff) {
        let (run, s3) = (self.stack.run(), self.aws.s3_for_files());
        (
            medius_store::Quarantine::new(s3.clone(), quarantine.to_owned()),
            medius_store::Files::new(s3.clone(), run.bucket.clone(), Some(self.key("documents"))),
            medius_store::Handoff::new(s3, run.handoff.clone(), None),
        )
    }

    /// Calls records.
    pub(crate) async fn records(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<&Value>,
    ) -> Reply {
        let keys = medius_store::OwnerKeys::new(&self.aws.kms(), &self.key("data"));
        let buckets = self.buckets(&self.stack.run().quarantine);
        let state = medius_records::State::new(self.database(), keys, self.contacts(), buckets);
        self.call(medius_records::router().with_state(state), method, path, headers, body).await
    }

    /// Screening as a deployed stage has it, whose verdicts come from a scanner; its quarantine is a bucket that the local
    /// stage's own scanner does not look into.
    pub(crate) fn screening(&self, quarantine: &str) -> medius_screening::Screening {
        let keys = medius_store::OwnerKeys::new(&self.aws.kms(), &self.key("data"));
        medius_screening::Screening::new(self.database(), keys, self.buckets(quarantine), false)
    }

    /// What carries out what was agreed to.
    pub(crate) fn fulfilment(&self) -> medius_fulfilment::Fulfilment {
        let (kms, s3, bucket) = (self.aws.kms(), self.aws.s3(), self.stack.run().bucket.clone());
        medius_fulfilment::Fulfilment::new(
            self.database(),
            (self.keyring(), medius_store::InquiryKeys::new(&kms, &self.key("data")), self.contacts()),
            (
                Documents::new(s3.clone(), bucket.clone(), None),
                medius_store::Files::new(s3.clone(), bucket.clone(), None),
                medius_store::Exports::new(s3, bucket, Some(self.key("documents"))),
            ),
            (medius_store::ExportMac::new(kms, self.key("export_mac")), self.mailboxes(), self.codes()),
        )
    }

    /// Calls provider.
    pub(crate) async fn provider(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<&Value>,
    ) -> Reply {
        let run = self.stack.run();
        let files = (
            Documents::new(self.aws.s3(), run.bucket.clone(), None),
            medius_store::Exports::new(self.aws.s3(), run.bucket.clone(), None),
            medius_store::Handoff::new(self.aws.s3(), run.handoff.clone(), None),
            medius_store::Quarantine::new(self.aws.s3(), run.quarantine.clone()),
        );
        let state = medius_provider::State::new(
            self.database(),
            files,
            self.keyring(),
            self.contacts(),
            (self.codes(), self.mailboxes()),
            PublicKeys::new(self.aws.kms(), self.key("signing")),
            &run.api_url,
            medius_provider::Operator {
                name: "Medius".to_owned(),
                registration: "DEMO-0000".to_owned(),
                phone: "+82-2-0000-0000".to_owned(),
            },
        )
        .unwrap();
        self.call(medius_provider::router().with_state(state), method, path, headers, body).await
    }

    /// The institution with the link of a delivery in hand: the secret is derived as the mailer derives it.
    pub(crate) async fn institution(&self, case: &str, delivery: &str) -> Institution {
        let key = |sk: String| aws_sdk_dynamodb::types::AttributeValue::S(sk);
        let dynamodb = self.stack.dynamodb(self.stack.operator_credentials());
        let get = dynamodb.get_item().table_name(self.stack.table("cases"));
        let get = get.key("pk", key(format!("CASE#{case}"))).key("sk", key(format!("DELIVERY#{delivery}")));
        let item = get.send().await.unwrap().item.unwrap();
        let link = item["body"].as_m().unwrap()["link_id"].as_s().unwrap().clone();
        let kms = self.stack.kms(self.stack.operator_credentials());
        let links = medius_store::LinkMac::new(kms, self.stack.run().keys["link_mac"].clone());
        let secret = links.secret(&link.parse().unwrap(), 1).await.unwrap();
        Institution::open(&self.stack, &format!("{}/r/{link}#{}", self.stack.run().api_url, secret.expose())).unwrap()
    }

    /// An institution that has unlocked its link.
    pub(crate) async fn entered(&self, case: &str, delivery: &str) -> Institution {
        let mut institution = self.institution(case, delivery).await;
        institution.ask_for_code().await.unwrap().expect(202, "code").unwrap();
        institution.unlock(&self.code(&institution, 1).await).await.unwrap().expect(204, "unlock").unwrap();
        institution
    }

    /// The n-th code of a link, derived as the mailer derives it.
    pub(crate) async fn code(&self, institution: &Institution, n: u32) -> String {
        let kms = self.stack.kms(self.stack.operator_credentials());
        let codes = CodeMac::new(kms, self.key("code_mac"));
        codes.code(&institution.link.id.parse().unwrap(), n).await.unwrap().expose().to_owned()
    }
}

/// A patient with an app for looking at the true state, and the subject's claim for the functions in this process.
pub(crate) async fn patient(stack: &Stack) -> (PatientApp, String) {
    let sign_in = stack.new_patient(&format!("faults-{}@patients.example", fresh_key())).await.unwrap();
    let tokens = stack.sign_in(&sign_in).await.unwrap();
    let payload = tokens.access.split('.').nth(1).unwrap();
    let claims = data_encoding::BASE64URL_NOPAD.decode(payload.trim_end_matches('=').as_bytes()).unwrap();
    let claims: serde_json::Value = serde_json::from_slice(&claims).unwrap();
    (PatientApp::new(stack, &tokens), claims["sub"].as_str().unwrap().to_owned())
}
