//! The monthly review: what stands out, and who may sign it off.

use crate::world::{happened, refused, staff};
use chrono::{DateTime, Datelike, Months, NaiveDate, TimeDelta, Utc, Weekday};
use medius_domain::access::{AccessReason, Action, Actor, Authentication, Event, Object, Outcome, Purpose};
use medius_domain::case::Case;
use medius_domain::clock::{kst_day, start_of_kst_day};
use medius_domain::id::Subject;
use medius_domain::policy::{On, Role, Thing};
use medius_tests::stack::Stack;
use medius_tests::user::fresh_key;
use serde_json::{Value, json};

/// Noon of a Wednesday in a month that is over, and that no other test writes into.
fn wednesday(months_ago: u32) -> DateTime<Utc> {
    let first = kst_day(Utc::now()).with_day(1).unwrap().checked_sub_months(Months::new(months_ago)).unwrap();
    let day = first.iter_days().find(|day| day.weekday() == Weekday::Wed).unwrap();
    start_of_kst_day(day) + TimeDelta::hours(12)
}

fn month(of: DateTime<Utc>) -> String {
    let day: NaiveDate = kst_day(of);
    format!("{:04}-{:02}", day.year(), day.month())
}

/// A member of staff did something with somebody's case.
async fn did(stack: &Stack, who: (&Subject, Role), action: Action, thing: Thing, at: DateTime<Utc>) {
    let event = Event {
        actor: Actor::Staff { subject: who.0.clone(), role: who.1 },
        authentication: Authentication::AccessToken,
        action,
        outcome: Outcome::Done,
        object: Object::part(thing, ""),
        purpose: Purpose::Inquiry,
        reason: Some(AccessReason::PatientAsked),
        basis: vec![],
        evidence: None,
        source_ip: Some("203.0.113.7".to_owned()),
        request_id: None,
    };
    let case = Case::new(Subject::of(&fresh_key()), false, at);
    happened(stack, event, &On::Desk(&case, None), at).await;
}

#[tokio::test]
async fn a_month_is_signed_off_once_by_somebody_who_is_not_in_its_list() {
    let stack = Stack::load().unwrap();
    let (auditor, listed) = (staff(&stack, "auditor", 0).await, staff(&stack, "auditor", 1).await);
    let noon = wednesday(3);
    let coordinator = Subject::of(&fresh_key());
    did(&stack, (&coordinator, Role::Coordinator), Action::Download, Thing::Referral, noon).await;
    did(&stack, (&coordinator, Role::Coordinator), Action::View, Thing::Case, noon + TimeDelta::hours(9)).await;
    did(&stack, (&listed.subject, Role::Auditor), Action::Export, Thing::AccessLog, noon).await;

    let path = format!("/staff/v1/audit/reviews/{}", month(noon));
    let list = auditor.get(&path).await.unwrap().expect(200, "list").unwrap().json();
    assert_eq!((&list["over"], &list["signed_off"], &list["unreadable"]), (&json!(true), &Value::Null, &json!(0)));
    let findings = list["findings"].as_array().unwrap();
    let found: Vec<(&str, &str)> =
        findings.iter().map(|f| (f["kind"].as_str().unwrap(), f["who"]["id"].as_str().unwrap())).collect();
    for expected in
        [("download", coordinator.as_str()), ("download", listed.subject.as_str()), ("off_hours", coordinator.as_str())]
    {
        assert!(found.contains(&expected), "{found:?}");
    }
    assert_eq!(found.len(), 3, "{found:?}");
    assert_eq!(findings[0]["entries"][0]["reason"], "patient_asked");
    assert!(!list.to_string().contains("203.0.113.7"));

    let sha256 = list["findings_sha256"].as_str().unwrap();
    let sign_off = format!("{path}/sign-off");
    let body = json!({"findings_sha256": sha256, "remarks": ["explained"]});
    refused(&listed.post(&sign_off, &body).await.unwrap(), 409, "reviewer-is-in-the-list");
    let stale = json!({"findings_sha256": "0".repeat(64), "remarks": ["explained"]});
    refused(&auditor.post(&sign_off, &stale).await.unwrap(), 409, "findings-changed");
    for wrong in [
        json!({"findings_sha256": sha256}),
        json!({"findings_sha256": sha256, "remarks": []}),
        json!({"findings_sha256": sha256, "remarks": ["explained", "explained"]}),
        json!({"findings_sha256": sha256, "remarks": ["Ms Kim told me everything"]}),
        json!({"findings_sha256": "x", "remarks": ["explained"]}),
        json!({"findings_sha256": sha256, "remarks": ["explained"], "note": "x"}),
    ] {
        refused(&auditor.post(&sign_off, &wrong).await.unwrap(), 422, "invalid-field");
    }

    let key = fresh_key();
    let signed = auditor.post_with(&sign_off, &body, &key).await.unwrap().expect(201, "sign-off").unwrap().json();
    assert_eq!((&signed["by"], &signed["role"]), (&json!(auditor.subject.as_str()), &json!("auditor")));
    assert_eq!((&signed["findings"], &signed["findings_sha256"]), (&json!(3), &json!(sha256)));
    let repeat = auditor.post_with(&sign_off, &body, &key).await.unwrap();
    assert_eq!((repeat.status.as_u16(), repeat.json()), (201, signed.clone()));
    let again = auditor.post(&sign_off, &body).await.unwrap();
    assert_eq!((again.status.as_u16(), again.json()), (200, signed.clone()));
    let dpo = staff(&stack, "dpo", 0).await;
    refused(&dpo.post(&sign_off, &body).await.unwrap(), 409, "already-signed-off");
    let list = dpo.get(&path).await.unwrap().expect(200, "list").unwrap().json();
    assert_eq!((&list["signed_off"], &list["findings_sha256"]), (&signed, &json!(sha256)));
}

#[tokio::test]
async fn a_month_that_runs_is_shown_and_not_signed_off() {
    let stack = Stack::load().unwrap();
    let auditor = staff(&stack, "auditor", 0).await;
    let path = format!("/staff/v1/audit/reviews/{}", month(Utc::now()));
    let list = auditor.get(&path).await.unwrap().expect(200, "list").unwrap().json();
    assert_eq!(list["over"], json!(false));
    let body = json!({"findings_sha256": list["findings_sha256"], "remarks": ["nothing_unusual"]});
    refused(&auditor.post(&format!("{path}/sign-off"), &body).await.unwrap(), 409, "month-not-over");
    for group in ["coordinator", "clinician_reviewer", "ops"] {
        let other = staff(&stack, group, 0).await;
        refused(&other.get(&path).await.unwrap(), 403, "forbidden");
        refused(&other.post(&format!("{path}/sign-off"), &body).await.unwrap(), 403, "forbidden");
        // Who tries what no role allows stands in the list.
        let list = auditor.get(&path).await.unwrap().json();
        let refusal = |f: &&Value| f["kind"] == "refusal" && f["who"]["id"] == other.subject.as_str();
        let found = list["findings"].as_array().unwrap().iter().find(refusal).expect(group);
        let tried = found["entries"].as_array().unwrap();
        assert!(tried.iter().any(|e| e["object"] == "review" && e["action"] == "update"), "{tried:?}");
    }
    for wrong in ["2026-13", "9999-01", "november", "2026-1"] {
        let path = format!("/staff/v1/audit/reviews/{wrong}");
        refused(&auditor.get(&path).await.unwrap(), 404, "not-found");
        refused(&auditor.post(&format!("{path}/sign-off"), &body).await.unwrap(), 404, "not-found");
    }
}
