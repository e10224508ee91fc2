//! Opening a case, and taking a letter.

use super::{NOWHERE, case_with_letter, member, patient, refused, take, trace, traces};
use medius_tests::journey::demo_story;
use medius_tests::stack::Stack;
use medius_tests::staff::StaffApp;
use medius_tests::user::PatientApp;
use reqwest::Method;
use serde_json::{Value, json};

#[tokio::test]
async fn a_case_that_is_not_assigned_opens_with_a_reason_and_the_patient_sees_who_looked() {
    let stack = Stack::load().unwrap();
    let (app, case, letter) = case_with_letter(&stack, "opened").await;
    let coordinator = member(&stack, "coordinator").await;
    let path = format!("/staff/v1/cases/{case}");
    let without = coordinator.get(&path).await.unwrap();
    refused(&without, 422, "invalid-field", &[("/reason", "missing")]);
    let unknown = coordinator.get(&format!("{path}?reason=curious")).await.unwrap();
    refused(&unknown, 422, "invalid-field", &[("/reason", "unknown-value")]);
    assert!(!unknown.text().contains("curious"));
    let opened = coordinator.get(&format!("{path}?reason=patient_asked")).await.unwrap().expect(200, "case").unwrap();

    let (view, story) = (opened.json(), demo_story().unwrap());
    assert_eq!(view["basic"]["name"], story["basic"]["name"]);
    assert_eq!(view["health"]["reason"], story["health"]["reason"]);
    assert_eq!((&view["state"], &view["missing"]), (&json!("complete"), &json!([])));
    assert_eq!(view["assignment"]["assigned"], "nobody");
    assert_eq!(view["letters"][0]["id"], letter.as_str());
    assert_eq!(view["institutions"][0]["id"], view["letters"][0]["recipient"]);
    let items: Vec<&str> = view["consents"].as_array().unwrap().iter().map(|c| c["item"].as_str().unwrap()).collect();
    assert_eq!(items, ["G1", "S1", "P", "PS"]);

    assert_eq!(
        traces(&stack, &case, &coordinator).await,
        [trace("view", "case", false, None), trace("view", "case", true, Some("patient_asked"))]
    );
    let seen = app.get(&format!("/v1/cases/{case}/access-log")).await.unwrap().expect(200, "log").unwrap().json();
    let items = seen["items"].as_array().unwrap();
    let looks: Vec<&Value> = items.iter().filter(|item| item["who"]["kind"] == "staff").collect();
    assert_eq!(looks.len(), 2, "{items:?}");
    for (look, (outcome, reasoned)) in looks.iter().zip([("refused", false), ("done", true)]) {
        assert_eq!((&look["who"]["role"], &look["action"]), (&json!("coordinator"), &json!("view")));
        assert_eq!((&look["outcome"], look["reason"].is_string()), (&json!(outcome), reasoned));
        assert!(!look.to_string().contains(coordinator.subject.as_str()), "staff have roles here and no names");
    }

    // Whoever looks after the case needs no reason.
    take(&coordinator, &case).await;
    let opened = coordinator.get(&path).await.unwrap().expect(200, "own case").unwrap().json();
    assert_eq!(opened["assignment"]["assigned"], "me");
}

#[tokio::test]
async fn a_clinician_opens_with_a_reason_and_ops_and_auditors_not_at_all() {
    let stack = Stack::load().unwrap();
    let (_, case, letter) = case_with_letter(&stack, "roles").await;
    let clinician = StaffApp::sign_in(&stack, "clinician_reviewer", 0).await.unwrap();
    let path = format!("/staff/v1/cases/{case}");
    clinician.get(&format!("{path}?reason=letter_review")).await.unwrap().expect(200, "review").unwrap();
    // Messages are the coordinators', and so is who looks after a case.
    refused(&clinician.get(&format!("{path}/messages?reason=letter_review")).await.unwrap(), 403, "forbidden", &[]);
    let assignment = format!("{path}/assignment");
    refused(&clinician.put(&assignment, "\"0\"", &json!({"assignee": "me"})).await.unwrap(), 403, "forbidden", &[]);

    for group in ["ops", "auditor", "dpo"] {
        let other = StaffApp::sign_in(&stack, group, 0).await.unwrap();
        for id in [case.as_str(), NOWHERE] {
            let path = format!("/staff/v1/cases/{id}");
            refused(&other.get(&format!("{path}?reason=audit")).await.unwrap(), 403, "forbidden", &[]);
            refused(&other.get(&format!("{path}/messages?reason=audit")).await.unwrap(), 403, "forbidden", &[]);
            let taken = other.post(&format!("{path}/referrals/{letter}/letter"), &json!({"reason": "audit"})).await;
            refused(&taken.unwrap(), 403, "forbidden", &[]);
            let text = json!({"text": "hello", "reason": "audit"});
            refused(&other.post(&format!("{path}/messages"), &text).await.unwrap(), 403, "forbidden", &[]);
            let assigned = other.put(&format!("{path}/assignment"), "\"0\"", &json!({"assignee": "me"})).await;
            refused(&assigned.unwrap(), 403, "forbidden", &[]);
        }
        refused(&other.get("/staff/v1/work-list").await.unwrap(), 403, "forbidden", &[]);
    }
}

#[tokio::test]
async fn a_letter_is_taken_with_a_reason_only_even_by_who_looks_after_the_case() {
    let stack = Stack::load().unwrap();
    let (app, case, letter) = case_with_letter(&stack, "letter").await;
    let coordinator = member(&stack, "coordinator").await;
    take(&coordinator, &case).await;
    let path = format!("/staff/v1/cases/{case}/referrals/{letter}/letter");
    refused(&coordinator.post(&path, &json!({})).await.unwrap(), 422, "invalid-field", &[("/reason", "missing")]);
    let unknown = coordinator.post(&path, &json!({"reason": "because"})).await.unwrap();
    refused(&unknown, 422, "invalid-field", &[("/reason", "unknown-value")]);
    let reason = json!({"reason": "institution_asked"});
    let taken = coordinator.post(&path, &reason).await.unwrap().expect(200, "letter").unwrap();
    let own = app.get(&format!("/v1/cases/{case}/referrals/{letter}/letter")).await.unwrap();
    assert!(taken.body.starts_with(b"%PDF-") && taken.body == own.body, "another letter than the patient's");
    assert_eq!(taken.header("content-type"), "application/pdf");
    assert_eq!(taken.header("content-disposition"), own.header("content-disposition"));
    let object = format!("referral/{letter}/letter");
    assert_eq!(
        traces(&stack, &case, &coordinator).await,
        [
            trace("update", "assignment", true, None),
            trace("download", &object, false, None),
            trace("download", &object, true, Some("institution_asked")),
        ]
    );
    let absent = format!("/staff/v1/cases/{case}/referrals/ref_00000000000000000000000000000000/letter");
    refused(&coordinator.post(&absent, &reason).await.unwrap(), 404, "not-found", &[]);
    let elsewhere = format!("/staff/v1/cases/{NOWHERE}/referrals/{letter}/letter");
    refused(&coordinator.post(&elsewhere, &reason).await.unwrap(), 404, "not-found", &[]);
}

#[tokio::test]
async fn what_a_withdrawn_consent_covered_is_out_of_sight_at_once() {
    let stack = Stack::load().unwrap();
    let (app, case, letter) = case_with_letter(&stack, "unseen").await;
    let coordinator = member(&stack, "coordinator").await;
    take(&coordinator, &case).await;
    let path = format!("/staff/v1/cases/{case}");
    app.withdraw(&case, "S1", None).await.unwrap().expect(201, "withdrawal").unwrap();
    let view = coordinator.get(&path).await.unwrap().expect(200, "case").unwrap().json();
    assert!(view.get("health").is_none() && view["basic"]["name"].is_string());
    let reason = json!({"reason": "letter_review"});
    let taken = coordinator.post(&format!("{path}/referrals/{letter}/letter"), &reason).await.unwrap();
    refused(&taken, 403, "consent-required", &[]);
    let tried = traces(&stack, &case, &coordinator).await;
    assert_eq!(
        tried.last(),
        Some(&trace("download", &format!("referral/{letter}/letter"), false, Some("letter_review")))
    );
    app.withdraw(&case, "G1", None).await.unwrap().expect(201, "withdrawal").unwrap();
    let view = coordinator.get(&path).await.unwrap().expect(200, "case").unwrap();
    assert!(view.json().get("basic").is_none());
    let name = demo_story().unwrap()["basic"]["name"].as_str().unwrap().to_owned();
    assert!(!view.text().contains(&name));
}

/// A case opened for a child, whose guardian is named.
async fn childs_case(app: &PatientApp, guardian: &Value) -> String {
    let body = json!({"emergency_signs": [], "patient_under_14": true});
    let opened = app.post("/v1/cases", &body).await.unwrap().expect(201, "case").unwrap();
    let case = opened.json()["id"].as_str().unwrap().to_owned();
    let before = app.get(&format!("/v1/cases/{case}")).await.unwrap();
    let path = format!("/v1/cases/{case}/intake/guardian");
    let named = app.change(Method::PUT, &path, &before.etag(), Some(guardian)).await.unwrap();
    named.expect(200, "guardian").unwrap();
    case
}

#[tokio::test]
async fn staff_are_not_told_who_a_childs_guardian_is() {
    let stack = Stack::load().unwrap();
    let app = patient(&stack, "child").await;
    let (name, email) = ("Guardianfirst Guardianlast", "guardian.of.child@patients.example");
    let guardian = json!({"name": name, "email": email, "relationship": "parent", "language": "en"});
    let case = childs_case(&app, &guardian).await;
    let coordinator = member(&stack, "coordinator").await;
    let opened = coordinator.get(&format!("/staff/v1/cases/{case}?reason=patient_asked")).await.unwrap();
    let opened = opened.expect(200, "case").unwrap();
    let view = opened.json();
    assert_eq!((&view["patient_under_14"], &view["guardian_decides"]), (&json!(true), &json!(true)));
    assert!(!opened.text().contains("Guardian") && !opened.text().contains(email));
    assert!(view.get("basic").is_none() && view.get("health").is_none());
}
