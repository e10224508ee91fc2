//! Files with an inquiry: brought by the patient, checked, taken out by both sides, and by nobody else.

use super::{NOWHERE, ask, desk, member, own, patient};
use medius_tests::samples::{announcement, bring, jpeg, large_pdf, pdf, png};
use medius_tests::stack::Stack;
use reqwest::Method;
use serde_json::json;

#[tokio::test]
async fn a_file_is_brought_seen_and_taken_out_by_both_sides_for_a_reason() {
    let stack = Stack::load().unwrap();
    let app = patient(&stack, "attaches").await;
    let id = ask(&app, "service", "Is this picture the right one?").await;
    let path = format!("{}/attachments", own(&id));
    let bytes = jpeg();
    let file = bring(&stack, &app, &path, "jpeg", &bytes).await.unwrap();
    assert_eq!((&file["state"], &file["number"]), (&json!("released"), &json!(1)));
    let upload = file["id"].as_str().unwrap();
    let mine = app.get(&format!("{path}/{upload}")).await.unwrap().expect(200, "own file").unwrap();
    assert_eq!((mine.body, mine.headers["content-type"].to_str().unwrap()), (bytes.clone(), "image/jpeg"));
    let coordinator = member(&stack, "coordinator").await;
    let seen =
        coordinator.get(&format!("{}?reason=patient_asked", desk(&id))).await.unwrap().expect(200, "open").unwrap();
    assert_eq!(seen.json()["attachments"][0]["id"], upload);
    let staff_path = format!("{}/attachments/{upload}", desk(&id));
    let why = coordinator.get(&staff_path).await.unwrap().expect(422, "no reason").unwrap().json();
    assert_eq!(why["errors"][0]["pointer"], "/reason");
    let taken =
        coordinator.get(&format!("{staff_path}?reason=patient_asked")).await.unwrap().expect(200, "file").unwrap();
    assert_eq!(taken.body, bytes);
    // What is too large for an answer is handed out by an address.
    let large = large_pdf("");
    let file = bring(&stack, &app, &path, "pdf", &large).await.unwrap();
    let back =
        app.get(&format!("{path}/{}", file["id"].as_str().unwrap())).await.unwrap().expect(303, "large").unwrap();
    assert!(back.followed().await.unwrap().body == large);
    // It is not the officer's topic, not an auditor's business, and nobody else's inquiry.
    let officer = member(&stack, "dpo").await;
    assert_eq!(officer.get(&format!("{staff_path}?reason=patient_asked")).await.unwrap().status.as_u16(), 404);
    let auditor = member(&stack, "auditor").await;
    assert_eq!(auditor.get(&format!("{staff_path}?reason=audit")).await.unwrap().status.as_u16(), 403);
    let other = patient(&stack, "another").await;
    for foreign in [format!("{path}/{upload}"), format!("{}/attachments/{upload}", own(NOWHERE))] {
        assert_eq!(other.get(&foreign).await.unwrap().status.as_u16(), 404);
    }
    let body = announcement("png", &png());
    assert_eq!(other.post(&path, &body).await.unwrap().status.as_u16(), 404);
    let key = format!("inquiries/{id}/{upload}");
    let s3 = stack.s3(stack.operator_credentials());
    let sealed = s3.get_object().bucket(&stack.run().bucket).key(&key).send().await.unwrap();
    let sealed = sealed.body.collect().await.unwrap().into_bytes();
    assert!(!sealed.windows(4).any(|window| window == b"JFIF"), "it lies open");
}

#[tokio::test]
async fn five_pages_or_pictures_are_taken_and_none_once_it_is_closed() {
    let stack = Stack::load().unwrap();
    let app = patient(&stack, "few").await;
    let id = ask(&app, "technical", "The upload fails?").await;
    let path = format!("{}/attachments", own(&id));
    let table = app.post(&path, &announcement("csv", b"a,b\n")).await.unwrap().expect(422, "a table").unwrap().json();
    assert_eq!(table["errors"], json!([{"pointer": "/kind", "code": "unknown-value"}]));
    for n in 1..=5 {
        app.post(&path, &announcement("pdf", &pdf(""))).await.unwrap().expect(201, &format!("file {n}")).unwrap();
    }
    let full = app.post(&path, &announcement("pdf", &pdf(""))).await.unwrap().expect(409, "the sixth").unwrap().json();
    assert_eq!(full["reason"], "too-many-files");
    let other = ask(&app, "service", "Another one?").await;
    let closing = format!("{}/close", own(&other));
    app.change(Method::POST, &closing, "\"1\"", Some(&json!({}))).await.unwrap().expect(200, "close").unwrap();
    let late = app.post(&format!("{}/attachments", own(&other)), &announcement("png", &png())).await.unwrap();
    assert_eq!(late.expect(409, "closed").unwrap().json()["reason"], "inquiry-closed");
}
