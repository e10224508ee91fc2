//! What becomes of a mail, as SES says it over EventBridge: the deployed function is given events of the form that SES sends.

use crate::{Sent, coordinator, told, wait_until_told};
use aws_sdk_dynamodb::types::AttributeValue;
use medius_tests::user::fresh_key;
use serde_json::{Value, json};

/// The id of the mail of a kind that was ordered for a case.
pub(crate) async fn mail_of(sent: &Sent, kind: &str) -> String {
    let dynamodb = sent.stack.dynamodb(sent.stack.operator_credentials());
    let all = dynamodb.scan().table_name(sent.stack.table("outbox")).send().await.unwrap();
    let text = |s: &str| AttributeValue::S(s.to_owned());
    let of_case = |body: &std::collections::HashMap<String, AttributeValue>| {
        body["case_id"] == text(&sent.case) && body["about"].as_m().unwrap()["kind"] == text(kind)
    };
    let mut found = all.items().iter().filter_map(|item| item["body"].as_m().ok()).filter(|body| of_case(body));
    found.next().expect("the mail")["id"].as_s().unwrap().clone()
}

/// An event of SES over EventBridge, with the fields of the examples in its Developer Guide.
fn event(detail_type: &str, mail: &str, part: Value) -> Value {
    let mut detail = json!({
        "mail": {
            "timestamp": "2026-11-23T04:00:00.000Z", "messageId": "01000000-example-000000",
            "source": "Medius <no-reply@medius.example>", "sendingAccountId": "123456789012",
            "destination": ["somebody@hospital.example"], "headersTruncated": false, "headers": [],
            "commonHeaders": {"from": ["no-reply@medius.example"], "to": ["somebody@hospital.example"], "subject": "x"},
            "tags": {"ses:configuration-set": ["medius-mails"], "ses:from-domain": ["medius.example"], "medius-mail": [mail]}
        }
    });
    detail.as_object_mut().unwrap().extend(part.as_object().unwrap().clone());
    json!({
        "version": "0", "id": "17793124-05d4-b198-2fde-7ededc63b103", "detail-type": detail_type, "source": "aws.ses",
        "account": "123456789012", "time": "2026-11-23T04:00:01Z", "region": "ap-northeast-2",
        "resources": ["arn:aws:ses:ap-northeast-2:123456789012:configuration-set/medius-mails"], "detail": detail
    })
}

pub(crate) fn delivered(mail: &str) -> Value {
    let delivery = json!({"timestamp": "2026-11-23T04:00:01.000Z", "processingTimeMillis": 1200,
        "recipients": ["somebody@hospital.example"], "smtpResponse": "250 ok", "reportingMTA": "mta.example"});
    event("Email Delivered", mail, json!({"eventType": "Delivery", "delivery": delivery}))
}

fn delayed(mail: &str) -> Value {
    let delay = json!({"delayType": "MailboxFull", "expirationTime": "2026-11-23T16:00:00.000Z",
        "delayedRecipients": [{"emailAddress": "somebody@hospital.example", "status": "4.2.2"}]});
    event("Email Delivery Delayed", mail, json!({"eventType": "DeliveryDelay", "deliveryDelay": delay}))
}

fn bounced(mail: &str) -> Value {
    let bounce = json!({"bounceType": "Permanent", "bounceSubType": "General", "feedbackId": "0100-example",
        "timestamp": "2026-11-23T04:00:02.000Z", "reportingMTA": "dsn; mta.example",
        "bouncedRecipients": [{"emailAddress": "somebody@hospital.example", "action": "failed", "status": "5.1.1",
            "diagnosticCode": "smtp; 550 5.1.1 user unknown"}]});
    event("Email Bounced", mail, json!({"eventType": "Bounce", "bounce": bounce}))
}

fn complained(mail: &str) -> Value {
    let complaint = json!({"feedbackId": "0100-example", "complaintFeedbackType": "abuse",
        "timestamp": "2026-11-23T04:00:02.000Z",
        "complainedRecipients": [{"emailAddress": "somebody@hospital.example"}]});
    event("Email Complaint Received", mail, json!({"eventType": "Complaint", "complaint": complaint}))
}

pub(crate) async fn say(sent: &Sent, event: &Value) {
    sent.stack.invoke("mailevents", None, event).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_patient_sees_that_a_mail_is_delayed_and_then_that_it_arrived_in_whatever_order_it_is_said() {
    let sent = Sent::with("one_time_code").await;
    sent.state("SENT").await;
    let mail = mail_of(&sent, "provider_link").await;
    say(&sent, &delayed(&mail)).await;
    assert_eq!(sent.view().await["state"], "DELAYED");
    say(&sent, &delivered(&mail)).await;
    let view = sent.view().await;
    assert_eq!(view["state"], "DELIVERED");
    for again in [delayed(&mail), delivered(&mail)] {
        say(&sent, &again).await;
        assert_eq!(sent.view().await, view, "said again it is not new");
    }
    assert_eq!(told(&sent.stack, &sent.case).await, Vec::<String>::new());
    // What is not ours, and what nobody knows, is left alone.
    say(&sent, &delivered(&format!("mal_{}", "0".repeat(32)))).await;
    say(&sent, &json!({"source": "aws.ses", "detail-type": "Email Sent", "detail": {"eventType": "Send"}})).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bounce_and_a_complaint_are_told_to_coordinators_once_and_a_new_link_begins_anew() {
    let sent = Sent::with("one_time_code").await;
    sent.state("SENT").await;
    let mail = mail_of(&sent, "provider_link").await;
    for event in [bounced(&mail), bounced(&mail), delivered(&mail)] {
        say(&sent, &event).await;
    }
    let view = sent.view().await;
    assert_eq!((&view["state"], view["bounced_at"].is_string()), (&json!("BOUNCED"), true));
    wait_until_told(&sent.stack, &sent.case, "A mail to an institution bounced").await;
    say(&sent, &complained(&mail)).await;
    wait_until_told(&sent.stack, &sent.case, "An institution marked a mail as spam").await;
    assert_eq!(told(&sent.stack, &sent.case).await.len(), 2, "each once");

    let coordinator = coordinator(&sent.stack).await;
    let seen = sent.seen_by(&coordinator).await;
    assert!(seen["bounced_at"].is_string() && seen["complained_at"].is_string());
    let body = json!({"reason": "delivery_problem"});
    let anew = coordinator.post_with(&sent.at_the_desk("reissue"), &body, &fresh_key()).await.unwrap();
    anew.expect(200, "reissue").unwrap();
    sent.state("SENT").await;
    // Late words of the first mail say nothing about the second.
    say(&sent, &bounced(&mail)).await;
    assert_eq!(sent.view().await["state"], "SENT");
    let log = sent.app.get(&format!("/v1/cases/{}/access-log", sent.case)).await.unwrap().json().to_string();
    assert!(log.contains("what became of the mail") && log.contains("a new link to the letter"));
    for line in sent.stack.logs("mailevents").await.unwrap() {
        assert!(!line.contains("hospital.example") && !line.contains("user unknown"), "{line}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_in_has_the_mail_whatever_is_said_of_it() {
    let sent = Sent::with("one_time_code").await;
    sent.state("SENT").await;
    let office = sent.network().await;
    assert_eq!(sent.order(&office).await.status, 202);
    assert_eq!(sent.unlock(&office, &office.code(&sent.link, 1).await).await.status, 204);
    let mail = mail_of(&sent, "provider_link").await;
    for event in [delivered(&mail), delayed(&mail), bounced(&mail)] {
        say(&sent, &event).await;
        assert_eq!(sent.view().await["state"], "UNLOCKED");
    }
}
