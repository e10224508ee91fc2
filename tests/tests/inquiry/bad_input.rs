//! What is refused at the edge: by pointer and code, and never repeated.

use super::{ask, desk, member, own, patient, refused};
use medius_tests::stack::Stack;
use medius_tests::user::Answer;
use reqwest::Method;
use serde_json::{Value, json};

fn named(answer: &Answer, pointer: &str, code: &str) {
    refused(answer, 422, "invalid-field");
    let wanted = json!({"pointer": pointer, "code": code});
    let errors = answer.json()["errors"].clone();
    assert!(errors.as_array().is_some_and(|all| all.contains(&wanted)), "{pointer} {code}: {errors}");
}

#[tokio::test]
async fn a_question_has_a_topic_of_the_list_and_a_text_that_obeys_the_rules() {
    let stack = Stack::load().unwrap();
    let app = patient(&stack, "bad").await;
    let cases: [(Value, &str, &str); 8] = [
        (json!({"text": "x"}), "/topic", "missing"),
        (json!({"topic": "Zqbad", "text": "x"}), "/topic", "unknown-value"),
        (json!({"topic": "service"}), "/text", "missing"),
        (json!({"topic": "service", "text": " "}), "/text", "empty"),
        (json!({"topic": "service", "text": "a".repeat(4001)}), "/text", "too-long"),
        (json!({"topic": "service", "text": "Zqbad 900101-1234567"}), "/text", "resident-registration-number"),
        (json!({"topic": "service", "text": "x", "case_id": "Zqbad"}), "/case_id", "format"),
        (json!({"topic": "service", "text": "x", "Zqbad": 1}), "", "unknown-field"),
    ];
    for (body, pointer, code) in cases {
        let answer = app.post("/v1/inquiries", &body).await.unwrap();
        let repeated = answer.text().contains("900101") || (answer.text().contains("Zqbad") && code != "unknown-field");
        assert!(!repeated, "{}", answer.text());
        refused(&answer, 422, "invalid-field");
        let errors = answer.json()["errors"].clone();
        let found = errors
            .as_array()
            .unwrap()
            .iter()
            .any(|e| e["code"] == code && (e["pointer"] == pointer || code == "unknown-field"));
        assert!(found, "{pointer} {code}: {errors}");
    }
    let id = ask(&app, "service", "A good one").await;
    named(
        &app.post(&format!("{}/messages", own(&id)), &json!({"text": "a\u{7}b"})).await.unwrap(),
        "/text",
        "control-character",
    );
    let close = format!("{}/close", own(&id));
    for (satisfaction, code) in [(json!(0), "out-of-range"), (json!(6), "out-of-range"), (json!("5"), "wrong-type")] {
        let body = json!({"satisfaction": satisfaction});
        named(&app.change(Method::POST, &close, "\"1\"", Some(&body)).await.unwrap(), "/satisfaction", code);
    }
    refused(&app.post(&close, &json!({})).await.unwrap(), 428, "if-match-required");

    let coordinator = member(&stack, "coordinator").await;
    for query in ["?state=Zqbad", "?topic=Zqbad", "?more=1"] {
        refused(&coordinator.get(&format!("/staff/v1/inquiries{query}")).await.unwrap(), 422, "invalid-field");
    }
    let assign = format!("{}/assign", desk(&id));
    let somebody = json!({"assignee": coordinator.subject});
    named(
        &coordinator.change(Method::POST, &assign, "\"1\"", Some(&somebody)).await.unwrap(),
        "/assignee",
        "unknown-value",
    );
    let answer = format!("{}/answer", desk(&id));
    named(
        &coordinator.post(&answer, &json!({"text": "x", "reason": "Zqbad"})).await.unwrap(),
        "/reason",
        "unknown-value",
    );
    named(&coordinator.post(&answer, &json!({"reason": "audit"})).await.unwrap(), "/text", "missing");
    let lines = stack.logs("inquiry").await.unwrap().join("\n");
    assert!(!lines.contains("Zqbad"), "a log line repeats what was sent");
}
