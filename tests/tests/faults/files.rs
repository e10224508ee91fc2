//! Files on their way in and out: whatever fails at whatever step, a file is kept whole or not at all, nothing of it stays in
//! quarantine, and nothing sealed stays that nobody is to have.

use super::failed_cleanly;
use crate::functions::{Service, patient};
use crate::proxy::{Fault, Kind};
use aws_sdk_dynamodb::types::AttributeValue;
use aws_sdk_s3::types::{BucketLocationConstraint, CreateBucketConfiguration};
use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use medius_screening::{Screening, handle};
use medius_tests::samples::{announcement, pdf, png};
use medius_tests::stack::Stack;
use medius_tests::user::{PatientApp, fresh_key};
use serde_json::{Value, json};

const EVERY_KIND: [Kind; 4] = [Kind::Broken, Kind::AnswerLost, Kind::TooLate, Kind::Throttled];
/// For S3: a throttled call is a broken one to it.
const OF_S3: [Kind; 2] = [Kind::Broken, Kind::AnswerLost];

/// A patient's case, and a quarantine bucket that only the screening of this test looks into.
struct World {
    stack: Stack,
    app: PatientApp,
    service: Service,
    case: String,
    quarantine: String,
}

impl World {
    async fn new() -> Self {
        let stack = Stack::load().unwrap();
        let (app, sub) = patient(&stack).await;
        let service = Service::start(&stack, &sub).await;
        let case = app.open_case().await.unwrap();
        for item in ["G1", "S1"] {
            app.agree(&case, item, None).await.unwrap();
        }
        let quarantine = format!("quarantine-{}", &fresh_key()[..12]);
        let s3 = stack.s3(stack.operator_credentials());
        let region = BucketLocationConstraint::from(stack.run().region.as_str());
        let place = CreateBucketConfiguration::builder().location_constraint(region).build();
        s3.create_bucket().bucket(&quarantine).create_bucket_configuration(place).send().await.unwrap();
        Self { stack, app, service, case, quarantine }
    }

    fn screening(&self) -> Screening {
        self.service.screening(&self.quarantine)
    }

    fn uploads(&self) -> String {
        format!("/v1/cases/{}/uploads", self.case)
    }

    /// Announces a file and lays bytes where its address would.
    async fn laid(&self, kind: &str, bytes: &[u8]) -> String {
        let announced = self.app.post(&self.uploads(), &announcement(kind, bytes)).await.unwrap();
        let id = announced.expect(201, "announced").unwrap().json()["id"].as_str().unwrap().to_owned();
        self.lay(&id, bytes).await;
        id
    }

    async fn lay(&self, id: &str, bytes: &[u8]) {
        let s3 = self.stack.s3(self.stack.operator_credentials());
        let put = s3.put_object().bucket(&self.quarantine).key(self.key(id)).body(bytes.to_vec().into());
        put.send().await.unwrap();
    }

    fn key(&self, id: &str) -> String {
        format!("case/{}/{id}", self.case)
    }

    async fn state(&self, id: &str) -> Value {
        self.app.get(&format!("{}/{id}", self.uploads())).await.unwrap().expect(200, "file").unwrap().json()
    }

    /// Everything that a bucket has of a file, every version and marker.
    async fn left(&self, bucket: &str, id: &str) -> Vec<String> {
        let s3 = self.stack.s3(self.stack.operator_credentials());
        let prefix = if bucket == self.quarantine { self.key(id) } else { format!("cases/{}/uploads/{id}", self.case) };
        let listed = s3.list_object_versions().bucket(bucket).prefix(prefix).send().await.unwrap();
        let versions = listed.versions().iter().filter_map(|v| v.key());
        versions.chain(listed.delete_markers().iter().filter_map(|m| m.key())).map(ToOwned::to_owned).collect()
    }

    async fn nothing_left(&self, id: &str, what: &str) {
        for bucket in [&self.quarantine, &self.stack.run().bucket] {
            assert_eq!(self.left(bucket, id).await, [""; 0], "{what}: {bucket}");
        }
    }

    /// As if the file had been announced earlier: its own record only, since other tests have files too.
    async fn announced_earlier(&self, id: &str, by: TimeDelta) {
        let text = |at: DateTime<Utc>| AttributeValue::S(at.to_rfc3339_opts(SecondsFormat::Millis, true));
        let dynamodb = self.stack.dynamodb(self.stack.operator_credentials());
        let table = self.stack.table("uploads");
        let query = dynamodb.query().table_name(table).key_condition_expression("pk = :pk");
        let query = query.expression_attribute_values(":pk", AttributeValue::S(format!("CASE#{}", self.case)));
        let mut items = query.send().await.unwrap().items.unwrap();
        let item = items.iter_mut().find(|item| item["sk"].as_s().unwrap().contains(id)).unwrap();
        let at = Utc::now() - by;
        item.insert("due_at".to_owned(), text(at));
        let AttributeValue::M(body) = item.get_mut("body").unwrap() else { panic!("no body") };
        body.insert("created_at".to_owned(), text(at));
        body.insert("put_until".to_owned(), text(at));
        dynamodb.put_item().table_name(table).set_item(Some(item.clone())).send().await.unwrap();
    }

    fn came(&self, id: &str) -> Value {
        json!({"source": "aws.s3", "detail-type": "Object Created",
            "detail": {"bucket": {"name": self.quarantine}, "object": {"key": self.key(id), "size": 1}}})
    }

    /// As the documentation of GuardDuty shows it.
    fn scanned(&self, id: &str, verdict: &str) -> Value {
        json!({"version": "0", "source": "aws.guardduty", "account": "000000000000",
            "detail-type": "GuardDuty Malware Protection Object Scan Result",
            "detail": {"schemaVersion": "1.0", "scanStatus": "COMPLETED", "resourceType": "S3_OBJECT",
                "s3ObjectDetails": {"bucketName": self.quarantine, "objectKey": self.key(id), "eTag": "e",
                    "versionId": "v", "s3Throttled": false},
                "scanResultDetails": {"scanResultStatus": verdict, "threats": null}}})
    }
}

async fn wake(screening: &Screening, event: Value) -> Result<(), String> {
    let context = lambda_runtime::Context::default();
    handle(screening, event, &context).await.map_err(|error| error.to_string())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_verdict_of_the_scan_decides_and_only_about_a_file_that_waits_for_it() {
    let world = World::new().await;
    let screening = world.screening();
    for (verdict, state, reason) in [
        ("NO_THREATS_FOUND", "released", None),
        ("THREATS_FOUND", "refused", Some("harmful")),
        ("UNSUPPORTED", "refused", Some("unchecked")),
        ("ACCESS_DENIED", "quarantined", None),
        ("FAILED", "quarantined", None),
    ] {
        let bytes = png();
        let id = world.laid("png", &bytes).await;
        // Its form is right: it waits. Nobody gets it meanwhile.
        wake(&screening, world.came(&id)).await.unwrap();
        assert_eq!(world.state(&id).await["state"], "quarantined", "{verdict}");
        let early = world.app.get(&format!("{}/{id}/content", world.uploads())).await.unwrap();
        assert_eq!(early.status.as_u16(), 409, "{verdict}");
        // The event may come more than once.
        for _ in 0..2 {
            wake(&screening, world.scanned(&id, verdict)).await.unwrap();
        }
        let file = world.state(&id).await;
        assert_eq!((file["state"].as_str(), file["reason"]["code"].as_str()), (Some(state), reason), "{verdict}");
        match state {
            "released" => {
                let content = world.app.get(&format!("{}/{id}/content", world.uploads())).await.unwrap();
                assert_eq!(content.expect(200, "content").unwrap().body, bytes);
                assert_eq!(world.left(&world.quarantine, &id).await, [""; 0]);
            }
            "refused" => world.nothing_left(&id, verdict).await,
            _ => {
                // A scan that failed clears nothing: the file waits until its time is over, and then it is refused.
                assert_eq!(world.left(&world.quarantine, &id).await.len(), 1);
                world.announced_earlier(&id, TimeDelta::hours(13)).await;
                let _ = wake(&screening, json!({"kind": "sweep"})).await;
                let file = world.state(&id).await;
                assert_eq!((&file["state"], &file["reason"]["code"]), (&json!("refused"), &json!("unchecked")));
                world.nothing_left(&id, verdict).await;
            }
        }
    }
    // A verdict that comes before the event of the file's coming is as good.
    let id = world.laid("png", &png()).await;
    wake(&screening, world.scanned(&id, "NO_THREATS_FOUND")).await.unwrap();
    assert_eq!(world.state(&id).await["state"], "released");
    // A good verdict makes no other file of it: what lies there is held against what was announced.
    let id = world.laid("png", &png()).await;
    world.lay(&id, &pdf("")).await;
    wake(&screening, world.scanned(&id, "NO_THREATS_FOUND")).await.unwrap();
    assert_eq!(world.state(&id).await["reason"]["code"], "not-the-file");
    world.nothing_left(&id, "another file").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn events_of_other_buckets_and_senders_touch_nothing() {
    let world = World::new().await;
    let screening = world.screening();
    let id = world.laid("png", &png()).await;
    wake(&screening, world.came(&id)).await.unwrap();
    let mut elsewhere = world.scanned(&id, "NO_THREATS_FOUND");
    elsewhere["detail"]["s3ObjectDetails"]["bucketName"] = json!("somebody-elses");
    let mut sender = world.scanned(&id, "NO_THREATS_FOUND");
    sender["source"] = json!("somebody.else");
    let mut without = world.scanned(&id, "NO_THREATS_FOUND");
    without["detail"]["scanResultDetails"] = json!({});
    for event in [elsewhere, sender, without] {
        assert!(wake(&screening, event.clone()).await.is_err(), "{event}");
        assert_eq!(world.state(&id).await["state"], "quarantined");
    }
    // The deployed function takes the same events: another bucket's is refused, a file of nobody is removed.
    let mut elsewhere = world.scanned(&id, "THREATS_FOUND");
    assert!(world.stack.invoke("screening", None, &elsewhere).await.is_err());
    elsewhere["detail"]["s3ObjectDetails"]["bucketName"] = json!(world.stack.run().quarantine);
    elsewhere["detail"]["s3ObjectDetails"]["objectKey"] = json!(format!("case/{}/upl_none", world.case));
    world.stack.invoke("screening", None, &elsewhere).await.unwrap();
    assert_eq!(world.state(&id).await["state"], "quarantined");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_announced_once_whatever_fails() {
    let world = World::new().await;
    let mut announced = 0;
    for operation in ["TransactGetItems", "Query", "TransactWriteItems"] {
        for kind in EVERY_KIND {
            let what = format!("{operation} {kind:?}");
            let (key, body) = (fresh_key(), announcement("png", &png()));
            world.service.proxy.strike(Fault { operation, kind });
            let reply =
                world.service.records("POST", &world.uploads(), &[("idempotency-key", &key)], Some(&body)).await;
            assert!(world.service.proxy.lift() > 0, "{what} never struck");
            failed_cleanly(&reply, &what);
            let again =
                world.service.records("POST", &world.uploads(), &[("idempotency-key", &key)], Some(&body)).await;
            assert_eq!(again.status, 201, "{what}: {}", again.text());
            announced += 1;
            let listed = world.app.get(&world.uploads()).await.unwrap().json();
            assert_eq!(listed["items"].as_array().unwrap().len(), announced, "{what}: doubled or lost");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_kept_whole_or_refused_and_quarantine_is_empty_whatever_fails() {
    let world = World::new().await;
    let mut faults: Vec<(&str, Kind)> = vec![("Decrypt", Kind::Refused)];
    for operation in ["TransactGetItems", "TransactWriteItems"] {
        faults.extend(EVERY_KIND.map(|kind| (operation, kind)));
    }
    for operation in ["GET", "PUT", "DELETE"] {
        faults.extend(OF_S3.map(|kind| (operation, kind)));
    }
    for (operation, kind) in faults {
        let bytes = png();
        let what = format!("keep: {operation} {kind:?}");
        let id = world.laid("png", &bytes).await;
        world.service.proxy.strike(Fault { operation, kind });
        let first = wake(&world.screening(), world.scanned(&id, "NO_THREATS_FOUND")).await;
        assert!(world.service.proxy.lift() > 0, "{what} never struck");
        assert!(!first.err().unwrap_or_default().contains(&id), "{what}");
        // The event comes again.
        wake(&world.screening(), world.scanned(&id, "NO_THREATS_FOUND")).await.unwrap();
        assert_eq!(world.state(&id).await["state"], "released", "{what}: lost");
        assert_eq!(world.left(&world.quarantine, &id).await, [""; 0], "{what}");
        let content = world.app.get(&format!("{}/{id}/content", world.uploads())).await.unwrap();
        assert_eq!(content.expect(200, &what).unwrap().body, bytes);

        if ["Decrypt", "PUT"].contains(&operation) {
            continue; // nothing is sealed on the way of a file that is refused
        }
        let what = format!("refuse: {operation} {kind:?}");
        let id = world.laid("png", &bytes).await;
        world.service.proxy.strike(Fault { operation, kind });
        let _ = wake(&world.screening(), world.scanned(&id, "THREATS_FOUND")).await;
        assert!(world.service.proxy.lift() > 0, "{what} never struck");
        wake(&world.screening(), world.scanned(&id, "THREATS_FOUND")).await.unwrap();
        assert_eq!(world.state(&id).await["reason"]["code"], "harmful", "{what}");
        world.nothing_left(&id, &what).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_sealed_before_another_verdict_won_does_not_stay() {
    let world = World::new().await;
    let documents = world.stack.run().bucket.clone();
    let id = world.laid("png", &png()).await;
    // Sealed, but its record could not be written.
    world.service.proxy.strike(Fault { operation: "TransactWriteItems", kind: Kind::Broken });
    assert!(wake(&world.screening(), world.scanned(&id, "NO_THREATS_FOUND")).await.is_err());
    assert!(world.service.proxy.lift() > 0);
    assert_eq!(world.left(&documents, &id).await.len(), 1);
    // Then another verdict is quicker, and dies before it removed anything.
    world.service.proxy.strike(Fault { operation: "DELETE", kind: Kind::Broken });
    assert!(wake(&world.screening(), world.scanned(&id, "THREATS_FOUND")).await.is_err());
    assert!(world.service.proxy.lift() > 0);
    assert_eq!(world.state(&id).await["state"], "refused");
    // Any later event of the file ends it; so does the sweep, by the plain bytes that still lie there.
    assert_eq!(world.left(&world.quarantine, &id).await.len(), 1);
    wake(&world.screening(), world.scanned(&id, "NO_THREATS_FOUND")).await.unwrap();
    assert_eq!(world.state(&id).await["state"], "refused");
    world.nothing_left(&id, "lost race").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_was_taken_back_is_gone_whatever_fails() {
    let world = World::new().await;
    for (operation, kind) in [
        ("TransactGetItems", Kind::Broken),
        ("Query", Kind::Broken),
        ("TransactWriteItems", Kind::Broken),
        ("TransactWriteItems", Kind::AnswerLost),
        ("TransactWriteItems", Kind::TooLate),
    ] {
        let what = format!("take back: {operation} {kind:?}");
        let id = world.laid("png", &png()).await;
        wake(&world.screening(), world.scanned(&id, "NO_THREATS_FOUND")).await.unwrap();
        let path = format!("{}/{id}", world.uploads());
        world.service.proxy.strike(Fault { operation, kind });
        let reply = world.service.records("DELETE", &path, &[], None).await;
        assert!(world.service.proxy.lift() > 0, "{what} never struck");
        failed_cleanly(&reply, &what);
        let again = world.service.records("DELETE", &path, &[], None).await;
        assert_eq!((again.status, &again.json()["state"]), (200, &json!("removing")), "{what}: {}", again.text());
        let gone = world.app.get(&format!("{path}/content")).await.unwrap();
        assert_eq!(gone.status.as_u16(), 409, "{what}");
        // The removal dies at each of its own steps, before and after, and is taken up again.
        for (operation, kind) in [
            ("GET", Kind::Broken),
            ("DELETE", Kind::Broken),
            ("DELETE", Kind::AnswerLost),
            ("TransactWriteItems", Kind::Broken),
            ("TransactWriteItems", Kind::AnswerLost),
        ] {
            world.service.proxy.strike(Fault { operation, kind });
            let _ = wake(&world.screening(), world.came(&id)).await;
            world.service.proxy.lift();
        }
        wake(&world.screening(), world.came(&id)).await.unwrap();
        assert_eq!(world.state(&id).await["state"], "removed", "{what}");
        world.nothing_left(&id, &what).await;
    }
    // A file that comes after it was taken back is nobody's.
    let bytes = png();
    let announced = world.app.post(&world.uploads(), &announcement("png", &bytes)).await.unwrap();
    let id = announced.expect(201, "announced").unwrap().json()["id"].as_str().unwrap().to_owned();
    let taken = world.service.records("DELETE", &format!("{}/{id}", world.uploads()), &[], None).await;
    assert_eq!(taken.json()["state"], "removing");
    world.lay(&id, &bytes).await;
    wake(&world.screening(), world.scanned(&id, "NO_THREATS_FOUND")).await.unwrap();
    assert_eq!(world.state(&id).await["state"], "removed");
    world.nothing_left(&id, "late").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_is_read_typed_and_decided_once_whatever_fails() {
    let world = World::new().await;
    let table = "검사명,결과,단위,검사일\n공복혈당,107,mg/dL,2026-11-10\n".as_bytes();
    let file = world.laid("csv", table).await;
    wake(&world.screening(), world.scanned(&file, "NO_THREATS_FOUND")).await.unwrap();
    let columns = world.app.get(&format!("{}/{file}/columns", world.uploads())).await.unwrap().json();
    let reading = json!({"mapping": columns["mapping"]});
    let typed = json!({"entries": [{"kind": "medicine", "name": "와파린"}]});
    let records = format!("/v1/cases/{}/records", world.case);
    let reading_path = format!("{}/{file}/reading", world.uploads());
    let mut faults: Vec<(&str, Kind)> = vec![("Decrypt", Kind::Refused)];
    for operation in ["TransactGetItems", "TransactWriteItems"] {
        faults.extend(EVERY_KIND.map(|kind| (operation, kind)));
    }
    let mut made = 0;
    for (path, body, more) in [(&records, &typed, None), (&reading_path, &reading, Some(("GET", Kind::Broken)))] {
        for (operation, kind) in faults.iter().copied().chain(more) {
            let what = format!("{path}: {operation} {kind:?}");
            let key = fresh_key();
            world.service.proxy.strike(Fault { operation, kind });
            let reply = world.service.records("POST", path, &[("idempotency-key", &key)], Some(body)).await;
            assert!(world.service.proxy.lift() > 0, "{what} never struck");
            failed_cleanly(&reply, &what);
            let again = world.service.records("POST", path, &[("idempotency-key", &key)], Some(body)).await;
            assert_eq!(again.status, 201, "{what}: {}", again.text());
            made += 1;
            let listed = world.app.get(&records).await.unwrap().json();
            assert_eq!(listed["items"].as_array().unwrap().len(), made, "{what}: doubled or lost");
        }
    }
    let listed = world.app.get(&records).await.unwrap().json();
    let id = listed["items"][made - 1]["id"].as_str().unwrap().to_owned();
    let path = format!("{records}/{id}");
    for (n, (operation, kind)) in faults.into_iter().enumerate() {
        let what = format!("decisions: {operation} {kind:?}");
        let before = world.app.get(&path).await.unwrap();
        let (decision, standing) = if n % 2 == 0 { ("confirm", "confirmed") } else { ("drop", "dropped") };
        let body = json!({"decisions": [{"row": 1, "decision": decision}]});
        let etag = before.etag();
        let decide = async || {
            world.service.records("POST", &format!("{path}/decisions"), &[("if-match", &etag)], Some(&body)).await
        };
        world.service.proxy.strike(Fault { operation, kind });
        let reply = decide().await;
        assert!(world.service.proxy.lift() > 0, "{what} never struck");
        failed_cleanly(&reply, &what);
        let changed = world.app.get(&path).await.unwrap().etag() != etag;
        let again = decide().await;
        assert_eq!(again.status, if changed { 412 } else { 200 }, "{what}: {}", again.text());
        let after = world.app.get(&path).await.unwrap().json();
        assert_eq!(after["entries"][0]["standing"], standing, "{what}: lost");
    }
}
