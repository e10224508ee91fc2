//! Values: typed, decided about, and in the letter with their provenance; foreign and absent ones are one answer.

use super::{case, patient, records};
use medius_tests::journey::demo_story;
use medius_tests::stack::Stack;
use reqwest::Method;
use serde_json::{Value, json};

fn glucose() -> Value {
    json!({"kind": "result", "name": "당화혈색소 (HbA1c) 재검", "value": "7.40", "unit": "%", "range": "4.0~6.0",
        "date": "2026-11-10", "laboratory": "한빛검진센터"})
}

fn medicine() -> Value {
    json!({"kind": "medicine", "name": "아토르바스타틴정", "dose": "1", "frequency": "1", "duration": "30",
        "directions": "저녁 식후"})
}

#[tokio::test]
async fn what_is_typed_is_confirmed_and_decisions_are_whole_or_nothing() {
    let stack = Stack::load().unwrap();
    let app = patient(&stack, "types").await;
    let case = case(&app).await;
    let body = json!({"entries": [glucose(), medicine()]});
    let made = app.post(&records(&case), &body).await.unwrap().expect(201, "record").unwrap();
    // Quoted, as it was sent: a bare number is in some moment of some answer by chance.
    assert!(
        !made.text().contains("\"7.40\"") && !made.text().contains("HbA1c"),
        "what is kept for repeats says nothing personal"
    );
    let id = made.json()["id"].as_str().unwrap().to_owned();
    assert_eq!(made.json()["rows"]["confirmed"], 2);
    let path = format!("{}/{id}", records(&case));
    let seen = app.get(&path).await.unwrap().expect(200, "rows").unwrap();
    assert_eq!(seen.json()["entries"][0]["entry"], glucose());
    assert_eq!(seen.json()["entries"][1]["standing"], "confirmed");
    let decide = |decisions: Value| json!({"decisions": decisions});
    let path_of_decisions = format!("{path}/decisions");
    let change = async |etag: &str, decisions: Value| {
        app.change(Method::POST, &path_of_decisions, etag, Some(&decide(decisions))).await.unwrap()
    };
    let wrong = json!([{"row": 1, "decision": "drop"}, {"row": 9, "decision": "drop"}]);
    let refused = change(&seen.etag(), wrong).await.expect(422, "no such row").unwrap().json();
    assert_eq!(refused["errors"], json!([{"pointer": "/decisions/1/row", "code": "unknown-value"}]));
    for (wrong, pointer) in [
        (json!([{"row": 1, "decision": "correct"}]), "/decisions/0/entry"),
        (json!([{"row": 1, "decision": "drop", "entry": medicine()}]), "/decisions/0/entry"),
        (json!([{"row": 1, "decision": "agree"}]), "/decisions/0/decision"),
    ] {
        let refused = change(&seen.etag(), wrong).await.expect(422, pointer).unwrap().json();
        assert_eq!(refused["errors"][0]["pointer"], pointer);
    }
    let mut corrected = glucose();
    corrected["value"] = json!("7.2");
    let right = json!([{"row": 1, "decision": "correct", "entry": corrected}, {"row": 2, "decision": "drop"}]);
    let decided = change(&seen.etag(), right.clone()).await.expect(200, "decided").unwrap();
    assert_eq!(decided.json()["rows"], json!({"proposed": 0, "confirmed": 0, "corrected": 1, "dropped": 1}));
    assert_eq!(change(&seen.etag(), right).await.code(), "version-mismatch");
    let list = app.get(&records(&case)).await.unwrap().expect(200, "list").unwrap();
    assert_eq!(list.json()["items"][0]["version"], 2);
    assert!(!list.text().contains("\"7.2\"") && !list.text().contains("HbA1c"));
    let other = patient(&stack, "other").await;
    assert_eq!(other.get(&path).await.unwrap().status.as_u16(), 404);
    assert_eq!(other.get(&records(&case)).await.unwrap().status.as_u16(), 404);
}

#[tokio::test]
async fn bad_entries_are_refused_by_field_and_never_repeated() {
    let stack = Stack::load().unwrap();
    let app = patient(&stack, "fields").await;
    let case = case(&app).await;
    for (entry, pointer, code) in [
        (json!({"kind": "result", "name": "Glucose", "value": "99"}), "/entries/0/date", "missing"),
        (
            json!({"kind": "result", "name": "Glucose", "value": "99", "date": "2999-01-01"}),
            "/entries/0/date",
            "future-date",
        ),
        (json!({"kind": "medicine", "name": "900101-1234567"}), "/entries/0", ""),
        (json!({"kind": "picture", "name": "x"}), "/entries/0", ""),
        (json!({"kind": "medicine", "name": "x", "price": "1"}), "/entries/0", ""),
    ] {
        let refused = app.post(&records(&case), &json!({"entries": [entry]})).await.unwrap();
        let refused = refused.expect(422, pointer).unwrap();
        let first = refused.json()["errors"][0].clone();
        assert!(first["pointer"].as_str().unwrap().starts_with(pointer), "{first}");
        assert!(code.is_empty() || first["code"] == code, "{first}");
        assert!(!refused.text().contains("1234567"));
    }
    let empty = app.post(&records(&case), &json!({"entries": []})).await.unwrap().expect(422, "empty").unwrap().json();
    assert_eq!(empty["errors"], json!([{"pointer": "/entries", "code": "empty"}]));
    let without = app.open_case().await.unwrap();
    let early = app.post(&records(&without), &json!({"entries": [glucose()]})).await.unwrap();
    assert_eq!(early.code(), "consent-required");
}

#[tokio::test]
async fn confirmed_values_are_in_the_next_letter_and_dropped_ones_are_not() {
    let stack = Stack::load().unwrap();
    let app = patient(&stack, "letter").await;
    let case = case(&app).await;
    let told = app.tell(&case, &demo_story().unwrap()).await.unwrap();
    app.complete(&case, &told.etag()).await.unwrap().expect(200, "complete").unwrap();
    let recipient = stack.run().providers[0].clone();
    for item in ["P", "PS"] {
        app.agree(&case, item, Some(&recipient)).await.unwrap();
    }
    let body = json!({"entries": [glucose(), medicine()]});
    let made = app.post(&records(&case), &body).await.unwrap().expect(201, "record").unwrap().json();
    let drop = json!({"decisions": [{"row": 2, "decision": "drop"}]});
    let path = format!("{}/{}/decisions", records(&case), made["id"].as_str().unwrap());
    app.change(Method::POST, &path, "\"1\"", Some(&drop)).await.unwrap().expect(200, "dropped").unwrap();
    let referral = app.make_letter(&case, &recipient).await.unwrap();
    let bundle = app.get(&format!("/v1/cases/{case}/referrals/{referral}/bundle")).await.unwrap();
    let text = bundle.expect(200, "bundle").unwrap().text();
    assert!(text.contains("\"value\":7.40,"), "the digits are kept as they were given");
    let bundle: Value = serde_json::from_str(&text).unwrap();
    let all = bundle["entry"].as_array().unwrap().iter().map(|entry| &entry["resource"]);
    let found: Vec<&Value> = all.filter(|resource| resource["code"]["text"] == glucose()["name"]).collect();
    assert_eq!(found.len(), 1);
    assert_eq!(
        (&found[0]["valueQuantity"]["code"], &found[0]["referenceRange"][0]["high"]["value"]),
        (&json!("%"), &json!(6.0))
    );
    assert_eq!(found[0]["note"][0]["text"], "Typed by the patient from a record.");
    assert!(!bundle.to_string().contains("아토르바스타틴정"));
}
