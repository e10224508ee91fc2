//! Access codes: told by phone, kept as a hash, shown once.

use crate::{Sent, coordinator};
use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn a_link_with_an_access_code_mails_no_code_and_opens_with_what_was_told() {
    let sent = Sent::with("access_code").await;
    assert_eq!(sent.view().await["factor"], "access_code");
    let office = sent.network().await;
    assert_eq!(sent.unlock(&office, "0123456789").await.status, 404, "until a code is made nobody gets in");
    let ordered = sent.order(&office).await;
    assert_eq!((ordered.status, ordered.json()["by"].clone()), (202, json!("phone")));

    let path = format!("/v1/cases/{}/deliveries/{}/access-code", sent.case, sent.delivery);
    let make = async || {
        let made = sent.app.post(&path, &json!({})).await.unwrap().expect(200, "access code").unwrap().json();
        made["access_code"].as_str().unwrap().to_owned()
    };
    let (first, second) = (make().await, make().await);
    assert_eq!((first.len(), first == second), (11, false));
    assert_eq!(sent.unlock(&office, &first).await.status, 404, "a new code ends the one before");
    assert_eq!(sent.unlock(&office, &second.to_lowercase().replace('-', " ")).await.status, 204);
    assert_eq!(sent.unlock(&office, &second).await.status, 204, "it is told once and used at each visit");

    // Neither table nor mail nor log has it.
    let item = sent.stack.dynamodb(sent.stack.operator_credentials()).get_item().table_name(sent.stack.table("links"));
    let key = |k: &str| AttributeValue::S(k.to_owned());
    let item = item.key("pk", key(&format!("LINK#{}", sent.link.link.id))).key("sk", key("LINK"));
    let kept = format!("{:?}", item.send().await.unwrap().item.unwrap());
    assert!(kept.contains("argon2id") && !kept.contains(&second) && !kept.contains(&second.replace('-', "")));
    for mail in sent.stack.mails().await.unwrap() {
        assert!(!mail.body_text.unwrap_or_default().contains(&second));
    }
    for function in ["delivery", "provider", "mailer"] {
        let lines = sent.stack.logs(function).await.unwrap();
        assert!(lines.iter().all(|line| !line.contains(&second)), "{function}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_coordinator_can_make_the_code_and_the_mailed_code_is_over_then() {
    let sent = Sent::with("one_time_code").await;
    let (office, coordinator) = (sent.network().await, coordinator(&sent.stack).await);
    assert_eq!(sent.order(&office).await.json()["by"], "mail");
    let mailed = office.code(&sent.link, 1).await;
    let path = sent.at_the_desk("access-code");
    let refused = coordinator.post(&path, &json!({})).await.unwrap();
    assert_eq!(refused.status.as_u16(), 422, "a case that is not assigned needs a reason");
    let made = coordinator.post(&path, &json!({"reason": "institution_asked"})).await.unwrap();
    let code = made.expect(200, "access code").unwrap().json()["access_code"].as_str().unwrap().to_owned();
    assert_eq!(sent.unlock(&office, &mailed).await.status, 404);
    assert_eq!(sent.unlock(&office, &code).await.status, 204);
    // The patient reads in their log who made it.
    let log = sent.app.get(&format!("/v1/cases/{}/access-log", sent.case)).await.unwrap().json();
    let said = log["items"].as_array().unwrap().iter().filter_map(|i| i["what"].as_str());
    assert!(said.filter(|what| what.contains("access code")).count() >= 1, "{log}");
}
