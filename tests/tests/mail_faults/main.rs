//! The mail service refuses, or its answers are lost: a mail is neither lost nor sent with a different link. In a program of
//! its own, because it takes the sender's identity away from the whole stack for a while.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[allow(dead_code, reason = "one wire serves two test programs")]
#[path = "../faults/proxy.rs"]
mod proxy;

use aws_sdk_dynamodb::types::AttributeValue;
use chrono::{DateTime, TimeDelta, Utc};
use medius_domain::clock::Clock;
use medius_mailer::{Event, Mailer, Sender, handle};
use medius_store::{Aws, CodeMac, Database, LinkMac, Postbox, Tables};
use medius_tests::journey::{demo_story, mailbox, wait_for_state};
use medius_tests::stack::Stack;
use medius_tests::user::{PatientApp, fresh_key};
use proxy::{Fault, Kind, Proxy};
use serde_json::json;
use std::collections::BTreeSet;
use std::sync::Arc;

/// A clock that is ahead, so that leases of the deployed mailer have lapsed.
struct Ahead(TimeDelta);

impl Clock for Ahead {
    fn now(&self) -> DateTime<Utc> {
        Utc::now() + self.0
    }
}

const SENDER: &str = "no-reply@medius.example";

/// The mailer in this process, some minutes ahead.
fn mailer(stack: &Stack, proxy: &Proxy, minutes: i64) -> Mailer {
    let run = stack.run();
    let aws = Aws::new(run.region.clone(), stack.operator_credentials(), Some(proxy.endpoint.clone()), false).unwrap();
    let tables = run.tables.clone();
    let name = move |variable: &str| tables.get(&variable.strip_prefix("TABLE_")?.to_lowercase()).cloned();
    let clock = Arc::new(Ahead(TimeDelta::minutes(minutes)));
    Mailer::new(
        Database::new(aws.dynamodb(), Tables::new(name), clock),
        LinkMac::new(aws.kms(), run.keys["link_mac"].clone()),
        CodeMac::new(aws.kms(), run.keys["code_mac"].clone()),
        Postbox::new(aws.ses(), SENDER.to_owned()),
        Sender {
            name: "Medius".to_owned(),
            phone: "+82-2-0000-0000".to_owned(),
            registration: "DEMO-0000".to_owned(),
            base_url: run.api_url.clone(),
        },
    )
}

/// What the stream sends when a mail is ordered.
fn ordered(mail: &str) -> Event {
    serde_json::from_value(json!({"Records": [{
        "eventID": "1", "eventName": "INSERT", "eventSource": "aws:dynamodb", "awsRegion": "ap-northeast-2",
        "dynamodb": {"Keys": {"pk": {"S": mail}, "sk": {"S": "MAIL"}}, "SequenceNumber": "1", "SizeBytes": 1,
            "StreamViewType": "NEW_IMAGE", "ApproximateCreationDateTime": 1.0, "NewImage": {}}
    }]}))
    .unwrap()
}

fn context() -> lambda_runtime::Context {
    let mut context = lambda_runtime::Context::default();
    context.deadline = u64::try_from((Utc::now() + TimeDelta::minutes(30)).timestamp_millis()).unwrap();
    context
}

/// The mail of a case that carries the link, with its status.
async fn mail_of(stack: &Stack, case: &str) -> (String, String, String) {
    let dynamodb = stack.dynamodb(stack.operator_credentials());
    let all = dynamodb.scan().table_name(stack.table("outbox")).send().await.unwrap();
    for item in all.items() {
        let body = item["body"].as_m().unwrap();
        if body["case_id"] == AttributeValue::S(case.to_owned())
            && body["kind"] == AttributeValue::S("provider_link".to_owned())
        {
            let text = |v: &AttributeValue| v.as_s().unwrap().clone();
            return (text(&item["pk"]), text(&item["status"]), text(&body["link_id"]));
        }
    }
    panic!("the mail is lost");
}

/// The secrets under which a link was mailed.
async fn secrets(stack: &Stack, address: &str, link: &str) -> BTreeSet<String> {
    let marker = format!("/r/{link}#");
    let mails = stack.mails().await.unwrap();
    let texts = mails.iter().filter(|m| m.to.iter().any(|t| t == address)).filter_map(|m| m.body_text.as_deref());
    texts
        .flat_map(str::split_whitespace)
        .filter_map(|word| word.split_once(&marker).map(|(_, secret)| secret.to_owned()))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_that_could_not_be_sent_is_sent_later_with_the_same_link() {
    let stack = Stack::load().unwrap();
    let sign_in = stack.new_patient(&format!("mail-{}@patients.example", fresh_key())).await.unwrap();
    let app = PatientApp::new(&stack, &stack.sign_in(&sign_in).await.unwrap());
    let to = stack.run().providers[1].clone();
    let address = mailbox(&stack, &to).await.unwrap();
    let case = app.ready_case(&demo_story().unwrap(), &to).await.unwrap();
    let letter = app.make_letter(&case, &to).await.unwrap();
    let proxy = Proxy::start(&stack.run().endpoint).await;

    let ses = stack.ses(stack.operator_credentials());
    ses.delete_email_identity().email_identity(SENDER).send().await.unwrap();
    let delivery = app.deliver(&case, &letter).await.unwrap();
    // The deployed mailer tries, is refused, and tries again; so does this one. Nothing is sent, nothing is lost.
    tokio::time::sleep(std::time::Duration::from_secs(3)).await;
    let (mail, status, link) = mail_of(&stack, &case).await;
    let refused = handle(&mailer(&stack, &proxy, 5), ordered(&mail), &context()).await;
    ses.create_email_identity().email_identity(SENDER).send().await.unwrap();
    assert_ne!(status, "SENT");
    assert_eq!(refused.unwrap().batch_item_failures.len(), 1, "a refused mail must be given back to the stream");
    assert!(secrets(&stack, &address, &link).await.is_empty());
    let view = app.get(&format!("/v1/cases/{case}/deliveries/{delivery}")).await.unwrap().json();
    assert_eq!(view["state"], "QUEUED");

    // Now the service takes the mail, but its answer is lost; later everything works. SESv2 calls are POSTs.
    proxy.strike(Fault { operation: "POST", kind: Kind::AnswerLost });
    let _ = handle(&mailer(&stack, &proxy, 10), ordered(&mail), &context()).await;
    proxy.lift();
    handle(&mailer(&stack, &proxy, 15), ordered(&mail), &context()).await.unwrap();
    wait_for_state(&app, &case, &delivery, "SENT").await.unwrap();
    assert_eq!(secrets(&stack, &address, &link).await.len(), 1, "a repeated mail must carry the same link");
    assert_eq!(mail_of(&stack, &case).await.1, "SENT");

    // Once it is sent it stays sent: another wake-up sends nothing.
    let before = stack.mails().await.unwrap().len();
    handle(&mailer(&stack, &proxy, 20), ordered(&mail), &context()).await.unwrap();
    assert_eq!(stack.mails().await.unwrap().len(), before);
}
