//! KMS, DynamoDB, S3 and SES fail at every step, before and after they acted: the old state or the new one is left, a
//! repeat succeeds, and nothing is doubled. The functions are the real ones, called in this process so that only their
//! own wire to the local AWS has the fault.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod files;
#[allow(dead_code, reason = "the functions serve two test programs")]
mod functions;
mod holds;
mod proxy;
mod rights;
mod without_sign_in;

use functions::{Reply, Service, patient};
use medius_tests::journey::{demo_story, wait_for_state};
use medius_tests::stack::Stack;
use medius_tests::user::fresh_key;
use proxy::{Fault, Kind};
use serde_json::json;

const EVERY_KIND: [Kind; 4] = [Kind::Broken, Kind::AnswerLost, Kind::TooLate, Kind::Throttled];

/// Under a fault a request fails with 503 or, where the SDK's own repeat was enough, succeeds. Never anything else, and the
/// body says nothing of the cause.
fn failed_cleanly(reply: &Reply, what: &str) {
    assert!(matches!(reply.status, 200..=299 | 503), "{what}: {} {}", reply.status, reply.text());
    if reply.status == 503 {
        assert_eq!(reply.json()["code"], "temporarily-unavailable", "{what}");
        assert!(!reply.text().contains("injected") && !reply.text().contains("Dynamo"), "{what}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_is_opened_once_whatever_fails() {
    let stack = Stack::load().unwrap();
    let (app, sub) = patient(&stack).await;
    let service = Service::start(&stack, &sub).await;
    let mut opened = 0;
    for operation in ["TransactGetItems", "GenerateDataKeyWithoutPlaintext", "TransactWriteItems"] {
        for kind in EVERY_KIND {
            let what = format!("{operation} {kind:?}");
            let (key, body) = (fresh_key(), json!({"emergency_signs": []}));
            service.proxy.strike(Fault { operation, kind });
            let reply = service.intake("POST", "/v1/cases", &[("idempotency-key", &key)], Some(&body)).await;
            assert!(service.proxy.lift() > 0, "{what} never struck");
            failed_cleanly(&reply, &what);
            let again = service.intake("POST", "/v1/cases", &[("idempotency-key", &key)], Some(&body)).await;
            assert_eq!(again.status, 201, "{what}: {}", again.text());
            if reply.status == 201 {
                assert_eq!(reply.json()["id"], again.json()["id"], "{what}");
            }
            opened += 1;
            let cases = app.get("/v1/cases").await.unwrap().json();
            assert_eq!(cases["items"].as_array().unwrap().len(), opened, "{what}: doubled or lost");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_story_is_changed_wholly_or_not_at_all() {
    let stack = Stack::load().unwrap();
    let (app, sub) = patient(&stack).await;
    let service = Service::start(&stack, &sub).await;
    let case = app.open_case().await.unwrap();
    app.agree(&case, "G1", None).await.unwrap();
    let path = format!("/v1/cases/{case}/intake/basic");
    let mut faults: Vec<(&str, Kind)> = vec![("Decrypt", Kind::Refused)];
    for operation in ["TransactGetItems", "TransactWriteItems"] {
        faults.extend(EVERY_KIND.map(|kind| (operation, kind)));
    }
    for (i, (operation, kind)) in faults.into_iter().enumerate() {
        let what = format!("{operation} {kind:?}");
        let before = app.get(&format!("/v1/cases/{case}")).await.unwrap();
        let body = json!({"name": format!("Name {}", char::from(b'A' + u8::try_from(i).unwrap()))});
        service.proxy.strike(Fault { operation, kind });
        let reply = service.intake("PUT", &path, &[("if-match", &before.etag())], Some(&body)).await;
        assert!(service.proxy.lift() > 0, "{what} never struck");
        failed_cleanly(&reply, &what);
        let after = app.get(&format!("/v1/cases/{case}")).await.unwrap();
        let changed = after.etag() != before.etag();
        let expected = if changed { &body["name"] } else { &before.json()["basic"]["name"] };
        assert_eq!(after.json()["basic"]["name"], *expected, "{what}: half a change");
        let again = service.intake("PUT", &path, &[("if-match", &before.etag())], Some(&body)).await;
        assert_eq!(again.status, if changed { 412 } else { 200 }, "{what}: {}", again.text());
        let settled = app.get(&format!("/v1/cases/{case}")).await.unwrap().json();
        assert_eq!(settled["basic"]["name"], body["name"], "{what}: lost");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_letter_is_made_once_and_sent_once_whatever_fails() {
    let stack = Stack::load().unwrap();
    let (app, sub) = patient(&stack).await;
    let service = Service::start(&stack, &sub).await;
    let to = stack.run().providers[0].clone();
    let case = app.ready_case(&demo_story().unwrap(), &to).await.unwrap();
    let letters = format!("/v1/cases/{case}/referrals");
    let mut faults = vec![("Decrypt", Kind::Refused), ("PUT", Kind::Broken), ("PUT", Kind::AnswerLost)];
    faults.extend(EVERY_KIND.map(|kind| ("TransactWriteItems", kind)));
    let mut made = 0;
    let mut last = String::new();
    for (operation, kind) in faults {
        let what = format!("letter: {operation} {kind:?}");
        let (key, body) = (fresh_key(), json!({"recipient": to}));
        service.proxy.strike(Fault { operation, kind });
        let reply = service.referral("POST", &letters, &[("idempotency-key", &key)], Some(&body)).await;
        assert!(service.proxy.lift() > 0, "{what} never struck");
        failed_cleanly(&reply, &what);
        let again = service.referral("POST", &letters, &[("idempotency-key", &key)], Some(&body)).await;
        assert_eq!(again.status, 201, "{what}: {}", again.text());
        made += 1;
        let listed = app.get(&letters).await.unwrap().json();
        assert_eq!(listed["items"].as_array().unwrap().len(), made, "{what}: doubled or lost");
        last = again.json()["id"].as_str().unwrap().to_owned();
        let pdf = app.get(&format!("{letters}/{last}/letter")).await.unwrap().expect(200, &what).unwrap();
        assert!(pdf.body.starts_with(b"%PDF-"), "{what}");
    }
    let deliveries = format!("/v1/cases/{case}/deliveries");
    let mut mails = 0;
    for (operation, kind) in
        [("GenerateMac", Kind::Refused), ("TransactWriteItems", Kind::AnswerLost), ("TransactWriteItems", Kind::Broken)]
    {
        let what = format!("delivery: {operation} {kind:?}");
        let (key, body) = (fresh_key(), json!({"referral_id": last}));
        service.proxy.strike(Fault { operation, kind });
        let reply = service.delivery("POST", &deliveries, &[("idempotency-key", &key)], Some(&body)).await;
        assert!(service.proxy.lift() > 0, "{what} never struck");
        failed_cleanly(&reply, &what);
        let again = service.delivery("POST", &deliveries, &[("idempotency-key", &key)], Some(&body)).await;
        assert_eq!(again.status, 201, "{what}: {}", again.text());
        mails += 1;
        let listed = app.get(&deliveries).await.unwrap().json();
        assert_eq!(listed["items"].as_array().unwrap().len(), mails, "{what}: doubled or lost");
        let id = again.json()["id"].as_str().unwrap().to_owned();
        wait_for_state(&app, &case, &id, "SENT").await.unwrap();
        app.post(&format!("{deliveries}/{id}/revoke"), &json!({})).await.unwrap().expect(200, &what).unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_withdrawal_that_failed_is_repeated_and_kills_the_link() {
    let stack = Stack::load().unwrap();
    let (app, sub) = patient(&stack).await;
    let service = Service::start(&stack, &sub).await;
    let to = stack.run().providers[1].clone();
    let case = app.ready_case(&demo_story().unwrap(), &to).await.unwrap();
    let letter = app.make_letter(&case, &to).await.unwrap();
    let delivery = app.deliver(&case, &letter).await.unwrap();
    let path = format!("/v1/cases/{case}/consents/withdrawals");
    let (key, body) = (fresh_key(), json!({"item": "P", "recipient": to}));
    service.proxy.strike(Fault { operation: "TransactWriteItems", kind: Kind::Broken });
    let reply = service.consent("POST", &path, &[("idempotency-key", &key)], Some(&body)).await;
    assert!(service.proxy.lift() > 0);
    assert_eq!(reply.status, 503, "{}", reply.text());
    let view = app.get(&format!("/v1/cases/{case}/deliveries/{delivery}")).await.unwrap().json();
    assert_ne!(view["state"], "REVOKED", "half a withdrawal");
    let again = service.consent("POST", &path, &[("idempotency-key", &key)], Some(&body)).await;
    assert_eq!(again.status, 201, "{}", again.text());
    let view = app.get(&format!("/v1/cases/{case}/deliveries/{delivery}")).await.unwrap().json();
    assert_eq!(view["state"], "REVOKED");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_download_that_failed_is_not_counted_and_a_counted_one_is_given() {
    let stack = Stack::load().unwrap();
    let (app, sub) = patient(&stack).await;
    let service = Service::start(&stack, &sub).await;
    let to = stack.run().providers[0].clone();
    let case = app.ready_case(&demo_story().unwrap(), &to).await.unwrap();
    let letter = app.make_letter(&case, &to).await.unwrap();
    let delivery = app.deliver(&case, &letter).await.unwrap();
    let institution = service.entered(&case, &delivery).await;
    let path = format!("/r/{}/letter", institution.link.id);
    let headers = [("cookie", institution.cookie()), ("accept", "application/json")];
    let downloads = async || {
        let view = app.get(&format!("/v1/cases/{case}/deliveries/{delivery}")).await.unwrap().json();
        view["downloads"].as_u64().unwrap()
    };
    let faults = [
        ("GET", Kind::Broken),
        ("Decrypt", Kind::Refused),
        ("TransactGetItems", Kind::Broken),
        ("TransactWriteItems", Kind::Broken),
    ];
    for (operation, kind) in faults {
        let what = format!("download: {operation} {kind:?}");
        let before = downloads().await;
        service.proxy.strike(Fault { operation, kind });
        let reply = service.provider("POST", &path, &headers, None).await;
        assert!(service.proxy.lift() > 0, "{what} never struck");
        assert!(reply.status >= 500, "{what}: {}", reply.status);
        assert!(!reply.is_pdf(), "{what}: shown before it was in the log");
        assert_eq!(downloads().await, before, "{what}: counted without being given");
        let again = service.provider("POST", &path, &headers, None).await;
        assert!(again.status == 200 && again.is_pdf(), "{what}: {}", again.status);
        assert_eq!(downloads().await, before + 1, "{what}");
    }
}
