//! The other ways a request ends, and the ways it goes on.

use super::Patient;
use reqwest::Method;
use serde_json::json;

#[tokio::test]
async fn a_refusal_has_one_code_and_ends_the_request() {
    let patient = Patient::new().await;
    let desk = patient.sent_to(0).await;
    let after =
        desk.says(&json!({"action": "decline", "code": "capacity", "text": "예약이 찼습니다."}), "DECLINED").await;
    assert_eq!(after["available_actions"], json!([]));
    let task = patient.task().await;
    let last = task["steps"].as_array().unwrap().last().unwrap();
    assert_eq!((&last["reason"], &last["note"]["text"]), (&json!("capacity"), &json!("예약이 찼습니다.")));
    assert_eq!((&task["fhir_status"], &task["business_status"]), (&json!("rejected"), &json!("4.0")));
}

#[tokio::test]
async fn an_answer_to_a_question_is_a_new_letter_and_the_old_link_is_dead() {
    let patient = Patient::new().await;
    let desk = patient.sent_to(0).await;
    desk.says(
        &json!({"action": "ask_more", "code": "medication", "text": "복용량을 알려 주십시오."}),
        "MORE_INFORMATION",
    )
    .await;
    let letter = patient.app.make_letter(&patient.case, patient.recipient(0)).await.unwrap();
    let made = patient.task().await;
    assert_eq!((&made["state"], made["letters"].as_array().unwrap().len()), (&json!("MORE_INFORMATION"), 2));
    let newer = patient.send(0, &letter).await;
    // One request, two letters; the session at the older link ends with it.
    assert_eq!(patient.tasks().await.len(), 1);
    assert_eq!(desk.task().await.status, 404);
    assert_eq!(desk.link.send(Method::POST, "/letter", None).await.unwrap().status, 404);
    assert_eq!(newer.task().await.expect(200, "task").unwrap().json()["state"], "OPENED");
    newer.says(&json!({"action": "accept"}), "ACCEPTED").await;
}

#[tokio::test]
async fn another_institution_gets_nothing_before_the_patient_consents_to_it() {
    let patient = Patient::new().await;
    let desk = patient.sent_to(0).await;
    let to = patient.recipient(1).to_owned();
    desk.says(&json!({"action": "redirect", "code": "other-institution", "to": to}), "REDIRECTED").await;
    let task = patient.task().await;
    assert_eq!(task["steps"].as_array().unwrap().last().unwrap()["note"]["to"], to);
    let letters = format!("/v1/cases/{}/referrals", patient.case);
    let refused = patient.app.post(&letters, &json!({"recipient": to})).await.unwrap();
    assert_eq!(refused.code(), "consent-required");
    for item in ["P", "PS"] {
        patient.app.agree(&patient.case, item, Some(&to)).await.unwrap();
    }
    let next = patient.sent_to(1).await;
    next.says(&json!({"action": "accept"}), "ACCEPTED").await;
    let tasks = patient.tasks().await;
    assert_eq!((&tasks[0]["follows"], &tasks[1]["followed_by"]), (&tasks[1]["id"], &tasks[0]["id"]));
    assert_eq!(tasks[1]["state"], "REDIRECTED");
}

#[tokio::test]
async fn who_asks_to_cancel_needs_the_other_s_word() {
    let patient = Patient::new().await;
    let desk = patient.sent_to(0).await;
    desk.says(&json!({"action": "accept"}), "ACCEPTED").await;
    let wish = json!({"action": "request_cancel", "code": "treated-elsewhere"});
    patient.say(&wish).await.expect(200, "ask").unwrap();
    assert_eq!(patient.say(&json!({"action": "confirm_cancel"})).await.status, 409);
    desk.says(
        &json!({"action": "refuse_cancel", "code": "already-arranged", "text": "내일 예약이 있습니다."}),
        "ACCEPTED",
    )
    .await;
    patient.say(&wish).await.expect(200, "ask again").unwrap();
    desk.says(&json!({"action": "confirm_cancel"}), "CANCELLED").await;
    assert_eq!(patient.task().await["business_status"], "6.0");
    // Whoever confirms it: the link has ended, and with its last request the service.
    assert_eq!(desk.task().await.status, 404);
    assert_eq!(patient.case_view().await["completed_by"], "cancelled");
}

#[tokio::test]
async fn what_was_not_sent_is_cancelled_by_the_patient_alone() {
    let patient = Patient::new().await;
    patient.app.make_letter(&patient.case, patient.recipient(0)).await.unwrap();
    let ended = patient.say(&json!({"action": "cancel"})).await.expect(200, "cancel").unwrap().json();
    assert_eq!(ended["state"], "CANCELLED");
    assert_eq!(patient.case_view().await["completed_by"], "cancelled");
}

#[tokio::test]
async fn a_withdrawn_consent_ends_the_request_in_the_same_moment() {
    let patient = Patient::new().await;
    let desk = patient.sent_to(0).await;
    desk.says(&json!({"action": "accept"}), "ACCEPTED").await;
    patient
        .app
        .withdraw(&patient.case, "P", Some(patient.recipient(0)))
        .await
        .unwrap()
        .expect(201, "withdraw")
        .unwrap();
    assert_eq!(patient.task().await["state"], "CONSENT_WITHDRAWN");
    assert_eq!(desk.task().await.status, 404);
}
