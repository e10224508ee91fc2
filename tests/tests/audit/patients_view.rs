//! The access log as its patient sees it.

use crate::world::{happened, patient, refused, staff};
use chrono::Utc;
use medius_domain::access::{Action, Actor, Authentication, Event, Object, Outcome, Purpose};
use medius_domain::clock::kst_day;
use medius_domain::id::{CaseId, LinkId, Subject};
use medius_domain::policy::{On, Thing};
use medius_tests::stack::Stack;
use medius_tests::user::PatientApp;
use reqwest::Method;
use serde_json::{Value, json};

async fn log(app: &PatientApp, case: &str, query: &str, language: &'static str) -> Vec<Value> {
    let path = format!("/v1/cases/{case}/access-log{query}");
    let answer = app.send(Method::GET, &path, &[("accept-language", language)], None).await.unwrap();
    let answer = answer.expect(200, "access log").unwrap();
    assert_eq!(answer.header("content-language"), language);
    answer.json()["items"].as_array().unwrap().clone()
}

/// An institution asked for a code.
async fn institution_came(stack: &Stack, case: &str) {
    let event = Event {
        actor: Actor::Provider { institution: stack.run().providers[0].parse().unwrap() },
        authentication: Authentication::LinkSecret,
        action: Action::LinkOpen,
        outcome: Outcome::Done,
        object: Object::of(Thing::Link, &LinkId::new(), "code"),
        purpose: Purpose::Provision,
        reason: None,
        basis: vec![],
        evidence: None,
        source_ip: Some("203.0.113.7".to_owned()),
        request_id: None,
    };
    let case: CaseId = case.parse().unwrap();
    happened(stack, event, &On::Behind(&case, &Subject::of("whoever")), Utc::now()).await;
}

#[tokio::test]
async fn patients_read_who_looked_in_their_own_language_and_no_more() {
    let stack = Stack::load().unwrap();
    let (app, stranger) = (patient(&stack, "viewed").await, patient(&stack, "stranger").await);
    let case = app.open_case().await.unwrap();
    app.agree(&case, "G1", None).await.unwrap();
    let auditor = staff(&stack, "auditor", 0).await;
    let verification = format!("/staff/v1/cases/{case}/verification?reason=audit");
    auditor.get(&verification).await.unwrap().expect(200, "verification").unwrap();
    refused(&stranger.get(&format!("/v1/cases/{case}/access-log")).await.unwrap(), 404, "not-found");
    refused(&stranger.get(&format!("/v1/cases/{case}/access-log/export")).await.unwrap(), 404, "not-found");
    institution_came(&stack, &case).await;

    let providers = app.get("/v1/providers").await.unwrap().json();
    let hospital = providers["items"].as_array().unwrap().iter().find(|p| p["id"] == stack.run().providers[0].as_str());
    let hospital = hospital.unwrap();
    for (language, name, role, sentence) in [
        ("en", "name_en", "Medius auditor", "Medius auditor checked that the access log is unchanged."),
        ("ko", "name_ko", "메디우스 감사 담당자", "메디우스 감사 담당자가 접근 기록이 변경되지 않았는지 확인했습니다."),
    ] {
        let items = log(&app, &case, "", language).await;
        let text = Value::from(items.clone()).to_string();
        assert!(!text.contains(auditor.subject.as_str()) && !text.contains("203.0.113.7"), "{text}");
        assert!(!text.contains("source_ip") && !text.contains("request_id"), "{text}");
        let staff = items.iter().find(|i| i["who"]["kind"] == "staff").unwrap();
        assert_eq!((&staff["who"]["name"], &staff["what"]), (&json!(role), &json!(sentence)));
        assert!(staff["reason"].is_string());
        let institution = items.iter().find(|i| i["who"]["kind"] == "institution").unwrap();
        assert_eq!(institution["who"]["name"], hospital[name]);
        // The stranger's two attempts are seen, without who it was.
        let refusals: Vec<_> = items.iter().filter(|i| i["outcome"] == "refused").collect();
        assert_eq!(refusals.len(), 2, "{refusals:?}");
        let decided =
            |i: &&Value| i["action"] == "grant_change" && i["object"].as_str().unwrap().starts_with("consent");
        assert_eq!(items.iter().filter(decided).count(), 1, "the decision is in the log");
    }
}

#[tokio::test]
async fn filters_choose_and_bad_ones_are_refused_by_name() {
    let stack = Stack::load().unwrap();
    let app = patient(&stack, "filters").await;
    let case = app.open_case().await.unwrap();
    app.agree(&case, "G1", None).await.unwrap();
    institution_came(&stack, &case).await;
    let today = kst_day(Utc::now());
    let all = log(&app, &case, "", "en").await.len();
    assert!(all >= 4, "{all}");
    let seen = |query: String| {
        let (app, case) = (app.clone(), case.clone());
        async move { log(&app, &case, &query, "en").await }
    };
    let institutions = seen("?who=institution".to_owned()).await;
    assert_eq!((institutions.len(), &institutions[0]["action"]), (1, &json!("link_open")));
    assert_eq!(seen("?who=staff".to_owned()).await.len(), 0);
    let looks = seen(format!("?from={today}&to={today}&who=patient&what=view,link_open")).await;
    assert!(!looks.is_empty() && looks.iter().all(|i| i["action"] == "view" && i["who"]["kind"] == "patient"));
    assert_eq!(seen(format!("?to={}", today.pred_opt().unwrap())).await.len(), 0);
    assert_eq!(seen(format!("?from={}", today.succ_opt().unwrap())).await.len(), 0);
    for (query, pointer) in [
        ("?who=everybody", "/who"),
        ("?what=look", "/what"),
        ("?what=", "/what"),
        ("?from=yesterday", "/from"),
        ("?from=2026-02-30", "/from"),
        ("?from=2026-02-02&to=2026-02-01", "/to"),
        ("?who=staff&who=staff", "/who"),
        ("?colour=blue", "/colour"),
    ] {
        let answer = app.get(&format!("/v1/cases/{case}/access-log{query}")).await.unwrap();
        refused(&answer, 422, "invalid-field");
        assert_eq!(answer.json()["errors"][0]["pointer"], pointer, "{query}");
    }
}

#[tokio::test]
async fn the_export_is_a_file_whose_hashes_hang_together() {
    let stack = Stack::load().unwrap();
    let app = patient(&stack, "export").await;
    let case = app.open_case().await.unwrap();
    app.agree(&case, "G1", None).await.unwrap();
    let path = format!("/v1/cases/{case}/access-log/export");
    let answer = app.get(&path).await.unwrap().expect(200, "export").unwrap();
    let disposition = answer.header("content-disposition");
    assert_eq!(disposition, format!("attachment; filename=\"medius-access-log-{case}.json\""));
    let file = answer.json();
    let entries = file["entries"].as_array().unwrap();
    assert_eq!(entries.last().unwrap()["action"], "export", "the export is in the export");
    for pair in entries.windows(2) {
        assert_eq!(pair[0]["sha256"], pair[1]["previous_sha256"]);
    }
    assert_eq!(
        (&file["head"]["sha256"], &file["head"]["seq"]),
        (&entries.last().unwrap()["sha256"], &json!(entries.len()))
    );
    assert!(file["how_to_verify"].as_str().unwrap().contains("previous_sha256"));
    // A later export has the same hashes where the first one ends.
    let later = app.get(&path).await.unwrap().json();
    assert_eq!(later["entries"].as_array().unwrap()[..entries.len()], entries[..]);
}
