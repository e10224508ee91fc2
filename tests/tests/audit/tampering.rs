//! An operator with all rights to the tables changes, removes or moves records: the verifier finds it, by the API and by the
//! tool.

use crate::world::{Item, delete, patient, put, records, refused, staff, verify_chains};
use aws_sdk_dynamodb::types::AttributeValue;
use medius_tests::stack::Stack;
use medius_tests::staff::StaffApp;
use medius_tests::user::PatientApp;
use serde_json::{Value, json};

const CHAINS: [(&str, &str); 2] = [("consents", "EVENT#"), ("access_log", "ENTRY#")];

async fn case_with_consents(app: &PatientApp) -> String {
    let case = app.open_case().await.unwrap();
    for item in ["G1", "S1"] {
        app.agree(&case, item, None).await.unwrap();
    }
    case
}

async fn verify(auditor: &StaffApp, case: &str) -> Value {
    let path = format!("/staff/v1/cases/{case}/verification?reason=audit");
    auditor.get(&path).await.unwrap().expect(200, "verification").unwrap().json()
}

fn is_found(table: &str, verdict: &Value, what: &str) {
    let chain = &verdict[if table == "consents" { "consents" } else { "access_log" }];
    assert!(verdict["whole"] == json!(false) && chain["whole"] == json!(false), "{what}: {verdict}");
    assert!(chain["fault"].is_string() && chain["place"].is_u64(), "{what}: {verdict}");
}

/// The same value of another content; a list or map loses or gains something.
#[allow(clippy::wildcard_enum_match_arm, reason = "the SDK's enum is open, and no other form is stored")]
fn other(value: &AttributeValue) -> AttributeValue {
    match value {
        AttributeValue::S(s) if s.ends_with('0') => AttributeValue::S(format!("{}1", &s[..s.len() - 1])),
        AttributeValue::S(s) => AttributeValue::S(format!("{}0", &s[..s.len().saturating_sub(1)])),
        AttributeValue::N(n) => AttributeValue::N((n.parse::<i64>().unwrap() + 1).to_string()),
        AttributeValue::Bool(b) => AttributeValue::Bool(!b),
        AttributeValue::Null(_) => AttributeValue::S("2026-11-22T03:00:00Z".to_owned()),
        AttributeValue::L(l) if l.is_empty() => {
            AttributeValue::L(vec![AttributeValue::S("evt_00000000000000000000000000000000".to_owned())])
        }
        AttributeValue::L(_) => AttributeValue::L(vec![]),
        AttributeValue::M(m) => {
            let mut m = m.clone();
            let key = m.keys().find(|k| *k != "kind").unwrap().clone();
            let changed = other(&m[&key]);
            m.insert(key, changed);
            AttributeValue::M(m)
        }
        another => panic!("no such value is stored: {another:?}"),
    }
}

#[tokio::test]
async fn any_changed_field_and_any_missing_record_is_found() {
    let stack = Stack::load().unwrap();
    let (app, auditor) = (patient(&stack, "tamper").await, staff(&stack, "auditor", 0).await);
    let case = case_with_consents(&app).await;
    let whole = verify(&auditor, &case).await;
    assert_eq!((&whole["whole"], &whole["consents"]["records"]), (&json!(true), &json!(4)), "{whole}");
    assert_eq!(whole["evidence"]["records"], json!(4), "{whole}");
    for (table, prefix) in CHAINS {
        let items = records(&stack, table, &format!("CASE#{case}"), prefix).await;
        assert!(items.len() >= 4, "{table}");
        for item in &items {
            delete(&stack, table, item).await;
            is_found(table, &verify(&auditor, &case).await, &format!("{table}: {:?} is gone", item["sk"]));
            put(&stack, table, item).await;
        }
        let victim = &items[1];
        let AttributeValue::M(body) = &victim["body"] else { panic!("no body") };
        for field in body.keys() {
            let mut changed = body.clone();
            changed.insert(field.clone(), other(&body[field]));
            let mut item = victim.clone();
            item.insert("body".to_owned(), AttributeValue::M(changed));
            put(&stack, table, &item).await;
            is_found(table, &verify(&auditor, &case).await, &format!("{table}: {field} was changed"));
            put(&stack, table, victim).await;
        }
    }
    // What stands beside an entry for the index of days, and its end, count as well.
    let items = records(&stack, "access_log", &format!("CASE#{case}"), "ENTRY#").await;
    for (name, value) in [
        ("day", AttributeValue::S("2020-01-01".to_owned())),
        ("at_id", AttributeValue::S("x".to_owned())),
        ("expires_at", AttributeValue::N("1".to_owned())),
    ] {
        let mut item = items[2].clone();
        item.insert(name.to_owned(), value);
        put(&stack, "access_log", &item).await;
        is_found("access_log", &verify(&auditor, &case).await, name);
        put(&stack, "access_log", &items[2]).await;
    }
    assert_eq!(verify(&auditor, &case).await["whole"], json!(true));
}

#[derive(Debug, Clone, Copy)]
enum Harm {
    Change,
    Delete,
    Swap,
}

async fn harm(stack: &Stack, table: &str, items: &[Item], harm: Harm) {
    match harm {
        Harm::Change => {
            let mut item = items[1].clone();
            let AttributeValue::M(mut body) = item["body"].clone() else { panic!("no body") };
            body.insert("actor".to_owned(), other(&body["actor"]));
            item.insert("body".to_owned(), AttributeValue::M(body));
            put(stack, table, &item).await;
        }
        Harm::Delete => delete(stack, table, &items[1]).await,
        Harm::Swap => {
            for (to, from) in [(1, 2), (2, 1)] {
                let mut item: Item = items[from].clone();
                item.insert("sk".to_owned(), items[to]["sk"].clone());
                put(stack, table, &item).await;
            }
        }
    }
}

#[tokio::test]
async fn changed_deleted_and_swapped_records_are_found_by_the_api_and_by_the_tool() {
    let stack = Stack::load().unwrap();
    let (app, auditor) = (patient(&stack, "harm").await, staff(&stack, "auditor", 0).await);
    let healthy = case_with_consents(&app).await;
    let mut harmed = Vec::new();
    for (table, prefix) in CHAINS {
        for how in [Harm::Change, Harm::Delete, Harm::Swap] {
            let case = case_with_consents(&app).await;
            let items = records(&stack, table, &format!("CASE#{case}"), prefix).await;
            harm(&stack, table, &items, how).await;
            is_found(table, &verify(&auditor, &case).await, &format!("{how:?} in {table}"));
            harmed.push((table, case, items));
        }
    }
    // Consents rewritten as a whole, so that their own chain holds: the log does not vouch for them.
    let rewritten = case_with_consents(&app).await;
    let pk = format!("CASE#{rewritten}");
    let before = records(&stack, "consents", &pk, "").await;
    for item in &before {
        delete(&stack, "consents", item).await;
    }
    let verdict = verify(&auditor, &rewritten).await;
    assert_eq!((&verdict["consents"]["whole"], &verdict["evidence"]["fault"]), (&json!(true), &json!("contradicted")));

    let (fine, said) = verify_chains(&stack).await;
    assert!(!fine, "{said}");
    for (table, case, _) in &harmed {
        assert!(said.contains(case), "the tool did not find what happened to {table}: {said}");
    }
    assert!(said.contains(&format!("case/{rewritten}: consents against the log: contradicted")), "{said}");
    assert!(!said.contains(&healthy), "{said}");

    for (table, _, items) in &harmed {
        for item in items {
            put(&stack, table, item).await;
        }
    }
    for item in &before {
        put(&stack, "consents", item).await;
    }
    let (_, said) = verify_chains(&stack).await;
    for case in harmed.iter().map(|(_, case, _)| case).chain([&rewritten]) {
        assert!(!said.contains(case), "{said}");
        assert_eq!(verify(&auditor, case).await["whole"], json!(true));
    }
}

#[tokio::test]
async fn only_auditors_and_the_dpo_may_verify_and_they_say_why() {
    let stack = Stack::load().unwrap();
    let app = patient(&stack, "verify").await;
    let case = case_with_consents(&app).await;
    let path = format!("/staff/v1/cases/{case}/verification");
    let auditor = staff(&stack, "auditor", 0).await;
    refused(&auditor.get(&path).await.unwrap(), 422, "invalid-field");
    refused(&auditor.get(&format!("{path}?reason=curiosity")).await.unwrap(), 422, "invalid-field");
    refused(&auditor.get(&format!("{path}?reason=audit&x=y")).await.unwrap(), 422, "invalid-field");
    staff(&stack, "dpo", 0).await.get(&format!("{path}?reason=incident")).await.unwrap().expect(200, "dpo").unwrap();
    for group in ["coordinator", "clinician_reviewer", "ops"] {
        refused(&staff(&stack, group, 0).await.get(&format!("{path}?reason=audit")).await.unwrap(), 403, "forbidden");
    }
    let nowhere = "/staff/v1/cases/cas_00000000000000000000000000000000/verification?reason=audit";
    refused(&auditor.get(nowhere).await.unwrap(), 404, "not-found");
    assert_eq!(app.get(&format!("{path}?reason=audit")).await.unwrap().status.as_u16(), 401);
    // The patient sees who looked, and who was turned away for want of a reason.
    let log = app.get(&format!("/v1/cases/{case}/access-log?who=staff")).await.unwrap().json();
    let seen: Vec<_> = log["items"].as_array().unwrap().iter().map(|i| (&i["who"]["role"], &i["outcome"])).collect();
    assert!(seen.contains(&(&json!("dpo"), &json!("done"))) && seen.contains(&(&json!("auditor"), &json!("refused"))));
}
