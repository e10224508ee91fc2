//! Holds: the data protection officer keeps a case beyond its time, with ground, statute and day of review, sees which are due
//! for review, and lets go; every step is in the case's own log, and nobody else may.

use super::{member, reason, with_case};
use chrono::{Days, Utc};
use medius_tests::stack::Stack;
use medius_tests::staff::StaffApp;
use medius_tests::user::{Answer, fresh_key};
use reqwest::Method;
use serde_json::{Value, json};

async fn post(staff: &StaffApp, path: &str, body: &Value) -> Answer {
    let body = (!body.is_null()).then(|| serde_json::to_vec(body).unwrap());
    staff.send(Method::POST, path, &[("idempotency-key", &fresh_key())], body).await.unwrap()
}

fn seoul_day(ahead: u64) -> chrono::NaiveDate {
    medius_domain::clock::kst_day(Utc::now()) + Days::new(ahead)
}

#[tokio::test]
async fn a_case_is_held_with_ground_statute_and_day_of_review_and_let_go_again() {
    let stack = Stack::load().unwrap();
    let (app, case) = with_case(&stack).await;
    let dpo = member(&stack, "dpo").await;
    let path = format!("/staff/v1/cases/{case}/hold");
    let wanted = |ground: &str, statute: &str, day: chrono::NaiveDate| json!({"ground": ground, "statute": statute, "review_on": day});
    for (body, pointer) in [
        (json!({}), "/ground"),
        (wanted("whim", "civil_procedure", seoul_day(5)), "/ground"),
        (wanted("dispute", "criminal_procedure", seoul_day(5)), "/statute"),
        (wanted("order", "e_commerce_records", seoul_day(5)), "/statute"),
        (wanted("dispute", "civil_procedure", seoul_day(0)), "/review_on"),
        (wanted("dispute", "civil_procedure", seoul_day(367)), "/review_on"),
    ] {
        let answer = post(&dpo, &path, &body).await;
        assert_eq!((answer.status.as_u16(), &answer.json()["errors"][0]["pointer"]), (422, &json!(pointer)), "{body}");
    }
    assert_eq!(reason(&post(&dpo, &format!("{path}/lift"), &Value::Null).await), (409, "not-held".to_owned()));

    let held =
        post(&dpo, &path, &wanted("dispute", "civil_procedure", seoul_day(3))).await.expect(200, "hold").unwrap();
    let hold = held.json()["hold"].clone();
    assert_eq!((&hold["ground"], &hold["due_for_review"]), (&json!("dispute"), &json!(false)));
    assert!(hold["statute"].as_str().unwrap().contains("Civil Procedure Act"));
    // Renewed to another day, and found by it.
    let renewed =
        post(&dpo, &path, &wanted("order", "criminal_procedure", seoul_day(7))).await.expect(200, "renew").unwrap();
    assert_eq!(renewed.json()["hold"]["review_on"], json!(seoul_day(7)));
    let listed = async |by: chrono::NaiveDate| {
        let path = format!("/staff/v1/holds?review_by={by}");
        let list = dpo.get(&path).await.unwrap().expect(200, "holds").unwrap().json();
        list["items"].as_array().unwrap().iter().any(|item| item["case_id"] == json!(case))
    };
    let mut found = false;
    for _ in 0..25 {
        found = listed(seoul_day(7)).await;
        if found {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    }
    assert!(found && !listed(seoul_day(6)).await);
    // Only the officer may, and the patient's own view goes on.
    for group in ["coordinator", "auditor", "ops", "clinician_reviewer"] {
        let other = member(&stack, group).await;
        let body = wanted("dispute", "civil_procedure", seoul_day(5));
        assert_eq!(post(&other, &path, &body).await.status.as_u16(), 403, "{group}");
        assert_eq!(other.get("/staff/v1/holds").await.unwrap().status.as_u16(), 403, "{group}");
    }
    app.get(&format!("/v1/cases/{case}")).await.unwrap().expect(200, "case").unwrap();

    let free = post(&dpo, &format!("{path}/lift"), &Value::Null).await.expect(200, "lift").unwrap();
    assert!(free.json().get("hold").is_none());
    let scope = medius_domain::access::Scope::Case(case.parse().unwrap());
    let entries = super::chain(&stack, &scope).await;
    assert_eq!(entries.iter().filter(|entry| entry.object.as_str() == "case/hold").count(), 3);
    for _ in 0..25 {
        found = listed(seoul_day(7)).await;
        if !found {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    }
    assert!(!found);
}
