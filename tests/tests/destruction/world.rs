//! Cases to destroy, and everything that lies about them.

use crate::proxy::Proxy;
use aws_sdk_dynamodb::types::AttributeValue;
use chrono::{DateTime, TimeDelta, Utc};
use lambda_runtime::Context;
use medius_domain::access::{Action, Actor, Authentication, Event, Object, Outcome, Purpose};
use medius_domain::case::Case;
use medius_domain::clock::{Clock, SystemClock};
use medius_domain::id::{CaseId, Subject};
use medius_domain::policy::{On, Thing, permit};
use medius_retention::Retention;
use medius_store::{
    Aws, Change, CodeMac, Contacts, Database, Destroyer, Keyring, Place, SealedCase, SealedIntake, Signer, StoreError,
    Tables,
};
use medius_tests::journey::demo_story;
use medius_tests::stack::Stack;
use medius_tests::user::{PatientApp, fresh_key};
use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

type Item = HashMap<String, AttributeValue>;

/// A clock that can be put ahead.
#[derive(Default)]
struct Ahead(Mutex<TimeDelta>);

impl Clock for Ahead {
    fn now(&self) -> DateTime<Utc> {
        SystemClock.now() + *self.0.lock().unwrap()
    }
}

pub(crate) struct World {
    pub(crate) stack: Stack,
    pub(crate) db: Database,
    aws: Aws,
    clock: Arc<Ahead>,
    /// Partitions in the tables of links and cases that belong to a case.
    elsewhere: Mutex<HashMap<CaseId, Vec<(&'static str, String)>>>,
}

/// What an invocation is told about its end.
pub(crate) fn context(seconds: u64) -> Context {
    let end = SystemTime::now() + Duration::from_secs(seconds);
    let mut context = Context::default();
    context.request_id = "test".to_owned();
    context.deadline = u64::try_from(end.duration_since(UNIX_EPOCH).unwrap().as_millis()).unwrap();
    context
}

fn text(value: &str) -> AttributeValue {
    AttributeValue::S(value.to_owned())
}

fn attribute<'a>(item: &'a Item, name: &str) -> &'a str {
    match item.get(name) {
        Some(AttributeValue::S(s) | AttributeValue::N(s)) => s,
        _ => "",
    }
}

fn of_patient(case: &Case, action: Action) -> Event {
    Event {
        actor: Actor::Patient { subject: case.subject.clone() },
        authentication: Authentication::AccessToken,
        action,
        outcome: Outcome::Done,
        object: Object::part(Thing::Case, ""),
        purpose: Purpose::ReferralLetter,
        reason: None,
        basis: Vec::new(),
        evidence: None,
        source_ip: None,
        request_id: None,
    }
}

impl World {
    pub(crate) async fn new() -> Self {
        let stack = Stack::load().unwrap();
        let endpoint = stack.run().endpoint.clone();
        Self::at(stack, endpoint)
    }

    /// The same over a wire with faults.
    pub(crate) async fn over_a_wire() -> (Self, Proxy) {
        let stack = Stack::load().unwrap();
        let proxy = Proxy::start(&stack.run().endpoint).await;
        (Self::at(stack, proxy.endpoint.clone()), proxy)
    }

    fn at(stack: Stack, endpoint: String) -> Self {
        let run = stack.run().clone();
        let aws = Aws::new(run.region, stack.operator_credentials(), Some(endpoint), false).unwrap();
        let clock = Arc::new(Ahead::default());
        let tables = run.tables;
        let name = |variable: &str| tables.get(&variable.strip_prefix("TABLE_")?.to_lowercase()).cloned();
        let db = Database::new(aws.dynamodb(), Tables::new(name), clock.clone());
        Self { stack, db, aws, clock, elsewhere: Mutex::default() }
    }

    pub(crate) fn set_ahead(&self, ahead: TimeDelta) {
        *self.clock.0.lock().unwrap() = ahead;
    }

    pub(crate) fn destroyer(&self) -> Destroyer {
        Destroyer::new(self.db.clone(), self.aws.s3(), self.stack.run().bucket.clone())
    }

    pub(crate) fn retention(&self) -> Retention {
        let keys = &self.stack.run().keys;
        let codes = CodeMac::new(self.aws.kms(), keys["code_mac"].clone());
        Retention::new(self.db.clone(), self.destroyer(), codes, Signer::new(self.aws.kms(), keys["signing"].clone()))
    }

    /// A case with a letter that was sent.
    pub(crate) async fn delivered_case(&self) -> (CaseId, Subject) {
        let (_, case, subject) = self.delivered().await;
        (case, subject)
    }

    /// The same, with the app of its patient.
    pub(crate) async fn delivered(&self) -> (PatientApp, CaseId, Subject) {
        let address = format!("destroy-{}@patients.example", fresh_key());
        let tokens = self.stack.sign_in(&self.stack.new_patient(&address).await.unwrap()).await.unwrap();
        let app = PatientApp::new(&self.stack, &tokens);
        let to = self.stack.run().providers[0].clone();
        let case = app.ready_case(&demo_story().unwrap(), &to).await.unwrap();
        let letter = app.make_letter(&case, &to).await.unwrap();
        app.deliver(&case, &letter).await.unwrap();
        let case: CaseId = case.parse().unwrap();
        let deliveries = self.db.deliveries(&case).await.unwrap();
        for _ in 0..120 {
            let links = self.db.links_of(&deliveries).await.unwrap();
            if links.values().all(|link| link.sent_at.is_some()) {
                break;
            }
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
        let mut partitions: Vec<(&'static str, String)> =
            deliveries.iter().map(|d| ("links", format!("LINK#{}", d.link_id))).collect();
        let letters = self.db.referrals(&case).await.unwrap();
        partitions.extend(letters.iter().map(|l| ("cases", format!("DOCUMENT#{}", l.document_number))));
        partitions.extend(["cases", "consents", "keys"].map(|table| (table, format!("CASE#{case}"))));
        self.elsewhere.lock().unwrap().insert(case.clone(), partitions);
        let subject = self.db.case_to_destroy(&case).await.unwrap().unwrap().subject;
        (app, case, subject)
    }

    /// A case with a story, and the app of its patient.
    pub(crate) async fn open_case(&self) -> (PatientApp, String) {
        let address = format!("destroy-{}@patients.example", fresh_key());
        let tokens = self.stack.sign_in(&self.stack.new_patient(&address).await.unwrap()).await.unwrap();
        let app = PatientApp::new(&self.stack, &tokens);
        let case = app.ready_case(&demo_story().unwrap(), &self.stack.run().providers[0].clone()).await.unwrap();
        (app, case)
    }

    /// Whether a function sees the case.
    pub(crate) async fn sees(&self, case: &CaseId) -> bool {
        self.db.read([Place::Case(case.clone())]).await.unwrap().case(case).unwrap().is_some()
    }

    /// Whether anything that is sealed about the case can be opened: a patient's own leave gets its keys.
    pub(crate) async fn can_open(&self, case: &CaseId) -> bool {
        let places = [Place::Case(case.clone()), Place::Intake(case.clone()), Place::DataKey(case.clone())];
        let places = places.into_iter().chain([Place::Contact(case.clone()), Place::ContactKey(case.clone())]);
        let snapshot = self.db.read(places).await.unwrap();
        let Some(own) = snapshot.case(case).unwrap() else { return false };
        let leave = permit(of_patient(&own, Action::View), &On::Case(&own)).unwrap();
        let Some(sealed) = snapshot.sealed_case(&leave) else { return false };
        let keyring = Keyring::new(self.aws.kms(), self.stack.run().keys["data"].clone());
        sealed.intake.basic.is_some() && keyring.unwrap(case, &sealed.data_key).await.is_ok()
    }

    /// Cases that are due in an hour, with nothing but their keys. Not such that are past it: the local tables' expiry removes
    /// those within a minute, and unlike that of AWS it writes nothing into the stream that would have them entered.
    pub(crate) async fn due_cases(&self, number: usize) -> Vec<CaseId> {
        let key = self.stack.run().keys["data"].clone();
        let case = CaseId::new();
        let sealed = SealedCase {
            data_key: Keyring::new(self.aws.kms(), key.clone()).create(&case).await.unwrap(),
            contact_key: Contacts::new(self.aws.kms(), key).create(&case).await.unwrap(),
            intake: SealedIntake::default(),
            card: None,
        };
        let mut cases = Vec::new();
        for _ in 0..number {
            let now = self.db.now();
            let case = Case::new(Subject::of(&fresh_key()), false, now - TimeDelta::hours(23));
            let event = of_patient(&case, Action::Create);
            let mut change = Change::new(permit(event, &On::Case(&case)).unwrap(), now);
            change.create_case(&case, &sealed).unwrap();
            self.db.commit_first(change).await.unwrap();
            cases.push(case.id);
        }
        cases
    }

    /// A case in its next version, as the patient's use of it leaves it.
    pub(crate) async fn put_case(&self, next: &Case) {
        self.commit(next, |change| change.put_case(next)).await.unwrap();
    }

    /// A change of a case, by its patient.
    pub(crate) async fn commit(
        &self,
        case: &Case,
        writes: impl FnOnce(&mut Change) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let event = of_patient(case, Action::Update);
        let mut change = Change::new(permit(event, &On::Case(case)).unwrap(), self.db.now());
        writes(&mut change)?;
        let snapshot = self.db.read([Place::case_log(&case.id)]).await?;
        self.db.commit(change, &snapshot).await
    }

    fn partitions(&self, case: &CaseId) -> Vec<(&'static str, String)> {
        let known = self.elsewhere.lock().unwrap().get(case).cloned();
        known.unwrap_or_else(|| ["cases", "consents", "keys"].map(|t| (t, format!("CASE#{case}"))).to_vec())
    }

    async fn items(&self, table: &str, pk: &str) -> Vec<Item> {
        let query = self.aws.dynamodb().query().table_name(self.stack.table(table)).consistent_read(true);
        let query = query.key_condition_expression("pk = :pk").expression_attribute_values(":pk", text(pk));
        query.send().await.unwrap().items.unwrap_or_default()
    }

    /// Every item and every version of an object, each as a line that ends with its end.
    pub(crate) async fn everything_about(&self, case: &CaseId) -> Vec<String> {
        let mut found = Vec::new();
        for (table, pk) in self.partitions(case) {
            for item in self.items(table, &pk).await {
                found.push(format!("{table}|{pk}|{}|{}", attribute(&item, "sk"), attribute(&item, "expires_at")));
            }
        }
        found.extend(self.versions(case).await);
        found.sort();
        found
    }

    /// What else may lie in the bucket under a case: a deletion's marker, and an upload that was begun and not finished.
    pub(crate) async fn litter(&self, case: &CaseId) {
        let (s3, bucket) = (self.stack.s3(self.stack.operator_credentials()), &self.stack.run().bucket);
        s3.delete_object().bucket(bucket).key(format!("cases/{case}/gone")).send().await.unwrap();
        let begun =
            s3.create_multipart_upload().bucket(bucket).key(format!("cases/{case}/begun")).send().await.unwrap();
        let part = s3.upload_part().bucket(bucket).key(format!("cases/{case}/begun")).part_number(1);
        part.upload_id(begun.upload_id().unwrap()).body(b"a part".to_vec().into()).send().await.unwrap();
    }

    /// Versions and markers of objects.
    pub(crate) async fn versions(&self, case: &CaseId) -> Vec<String> {
        let list = self.aws.s3().list_object_versions().bucket(&self.stack.run().bucket);
        let list = list.prefix(format!("cases/{case}/")).send().await.unwrap();
        let versions = list.versions().iter().map(|v| (v.key(), v.version_id()));
        let markers = list.delete_markers().iter().map(|m| (m.key(), m.version_id()));
        versions.chain(markers).map(|(k, v)| format!("s3|{k:?}|{v:?}")).collect()
    }

    /// How many wrapped keys there are.
    pub(crate) async fn key_items(&self, case: &CaseId) -> usize {
        self.items("keys", &format!("CASE#{case}")).await.len()
    }

    /// What a backup of the tables holds of a case.
    pub(crate) async fn copy_of(&self, case: &CaseId) -> Vec<(&'static str, Item)> {
        let mut copy = Vec::new();
        for (table, pk) in self.partitions(case) {
            copy.extend(self.items(table, &pk).await.into_iter().map(|item| (table, item)));
        }
        copy
    }

    /// Restores some tables of a copy.
    pub(crate) async fn put_back(&self, copy: &[(&'static str, Item)], tables: &[&str]) {
        for (table, item) in copy.iter().filter(|(table, _)| tables.contains(table)) {
            let put = self.aws.dynamodb().put_item().table_name(self.stack.table(table));
            put.set_item(Some(item.clone())).send().await.unwrap();
        }
    }

    /// Removes an item, as a table's own expiry does.
    pub(crate) async fn remove_item(&self, table: &str, pk: &str, sk: &str) {
        let delete = self.aws.dynamodb().delete_item().table_name(self.stack.table(table));
        delete.key("pk", text(pk)).key("sk", text(sk)).send().await.unwrap();
    }

    /// What kinds of items a table has, and the keys of those without an end.
    pub(crate) async fn kinds_and_endless(&self, table: &str) -> (BTreeSet<String>, Vec<String>) {
        let scan = self.aws.dynamodb().scan().table_name(self.stack.table(table));
        let mut pages = scan.projection_expression("pk, sk, expires_at").into_paginator().items().send();
        let (mut kinds, mut endless) = (BTreeSet::new(), Vec::new());
        let kind = |key: &str| key.split('#').next().unwrap_or_default().to_owned();
        while let Some(item) = pages.next().await {
            let item = item.unwrap();
            let (pk, sk) = (attribute(&item, "pk"), attribute(&item, "sk"));
            kinds.insert(format!("{} {}", kind(pk), kind(sk)));
            if attribute(&item, "expires_at").is_empty() {
                endless.push(format!("{pk} {sk}"));
            }
        }
        (kinds, endless)
    }

    /// How many mails to a patient about a case were ordered, of one kind.
    pub(crate) async fn mails_about(&self, case: &CaseId, notice: &str) -> usize {
        let scan = self.aws.dynamodb().scan().table_name(self.stack.table("outbox"));
        let mut pages = scan.into_paginator().items().send();
        let mut found = 0;
        while let Some(item) = pages.next().await {
            let text = format!("{:?}", item.unwrap());
            found += usize::from(text.contains(case.as_str()) && text.contains(&format!("\"{notice}\"")));
        }
        found
    }

    /// The text of the mail that holds a text.
    pub(crate) async fn mail_with(&self, wanted: &str) -> String {
        for _ in 0..120 {
            let mails = self.stack.mails().await.unwrap();
            let mut texts = mails.into_iter().filter_map(|mail| mail.body_text);
            if let Some(text) = texts.rfind(|text| text.contains(wanted)) {
                return text;
            }
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
        panic!("no such mail");
    }
}
