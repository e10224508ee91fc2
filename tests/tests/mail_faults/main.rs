//! The mail service refuses, or its answers are lost: a mail is neither lost nor sent with a different link. In a program of
//! its own, because it takes the sender's identity away from the whole stack for a while.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[allow(dead_code, reason = "one wire serves two test programs")]
#[path = "../faults/proxy.rs"]
mod proxy;
mod seals;
mod tables;

use aws_sdk_dynamodb::types::AttributeValue;
use chrono::{DateTime, TimeDelta, Utc};
use medius_domain::access::{Action, Object, Purpose};
use medius_domain::clock::Clock;
use medius_domain::id::{CaseId, MailId};
use medius_domain::policy::{On, Thing, permit};
use medius_mailer::{Event, Mailer, Sender, handle};
use medius_store::{
    Aws, Change, CodeMac, Contacts, Database, ExportMac, Keyring, LinkMac, MailAbout, MailRecord, Notice, Place,
    Postbox, Tables,
};
use medius_tests::journey::{demo_story, mailbox, wait_for_state};
use medius_tests::stack::{Mail, Stack};
use medius_tests::staff::StaffApp;
use medius_tests::user::{PatientApp, fresh_key};
use proxy::{Fault, Kind, Proxy};
use serde_json::json;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

/// A clock that is ahead, so that leases of the deployed mailer have lapsed.
struct Ahead(TimeDelta);

impl Clock for Ahead {
    fn now(&self) -> DateTime<Utc> {
        Utc::now() + self.0
    }
}

/// Whom the deployed mailer sends as.
const SENDER: &str = "no-reply@medius.example";
/// Whom the mailer in this process sends as, while the deployed one cannot.
const OTHER_SENDER: &str = "other@medius.example";

/// One test at a time: what one takes away, the others would miss.
static TURN: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

fn aws(stack: &Stack, endpoint: &str) -> Aws {
    Aws::new(stack.run().region.clone(), stack.operator_credentials(), Some(endpoint.to_owned()), false).unwrap()
}

fn database(stack: &Stack, aws: &Aws, minutes: i64) -> Database {
    let tables = stack.run().tables.clone();
    let name = move |variable: &str| tables.get(&variable.strip_prefix("TABLE_")?.to_lowercase()).cloned();
    Database::new(aws.dynamodb(), Tables::new(name), Arc::new(Ahead(TimeDelta::minutes(minutes))))
}

/// The mailer in this process, some minutes ahead, with a sender.
fn mailer(stack: &Stack, proxy: &Proxy, minutes: i64, sender: &str) -> Mailer {
    let run = stack.run();
    let aws = aws(stack, &proxy.endpoint);
    Mailer::new(
        database(stack, &aws, minutes),
        (
            LinkMac::new(aws.kms(), run.keys["link_mac"].clone()),
            ExportMac::new(aws.kms(), run.keys["export_mac"].clone()),
        ),
        CodeMac::new(aws.kms(), run.keys["code_mac"].clone()),
        Contacts::new(aws.kms(), run.keys["data"].clone()),
        Keyring::inquiry_mailboxes(aws.kms(), run.keys["data"].clone()),
        Postbox::new(aws.ses(), sender.to_owned()),
        Sender {
            name: "Medius".to_owned(),
            phone: "+82-2-0000-0000".to_owned(),
            registration: "DEMO-0000".to_owned(),
            base_url: run.api_url.clone(),
            app_url: run.api_url.clone(),
            officer: None,
            coordinators: None,
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

/// The mail of a kind that was ordered for a case: its key, its status, and what it is about. One that was not sent goes before one
/// that was.
async fn mail_of(stack: &Stack, case: &str, kind: &str) -> (String, String, AttributeValue) {
    let dynamodb = stack.dynamodb(stack.operator_credentials());
    let all = dynamodb.scan().table_name(stack.table("outbox")).send().await.unwrap();
    let text = |s: &str| AttributeValue::S(s.to_owned());
    let whole = |v: &AttributeValue| v.as_s().unwrap().clone();
    let of_case = all.items().iter().filter(|item| {
        let body = item["body"].as_m().unwrap();
        body["case_id"] == text(case) && body["about"].as_m().unwrap()["kind"] == text(kind)
    });
    let item = of_case.min_by_key(|item| item["status"] == text("SENT")).expect("the mail is lost");
    (whole(&item["pk"]), whole(&item["status"]), item["body"].as_m().unwrap()["about"].clone())
}

/// Takes the deployed mailer's sender away; the one in this process has another.
async fn sender_gone(stack: &Stack) {
    let ses = stack.ses(stack.operator_credentials());
    // It may be there from the test before.
    let _ = ses.create_email_identity().email_identity(OTHER_SENDER).send().await;
    ses.delete_email_identity().email_identity(SENDER).send().await.unwrap();
}

/// Gives the sender back.
async fn sender_back(stack: &Stack) {
    stack.ses(stack.operator_credentials()).create_email_identity().email_identity(SENDER).send().await.unwrap();
}

/// Orders a mail while the mail service refuses everything: the deployed mailer tries, is refused, and tries again; so does
/// this one. The mail waits.
async fn refused<T>(
    stack: &Stack,
    proxy: &Proxy,
    (case, kind): (&str, &str),
    order: impl Future<Output = T>,
) -> (T, String, AttributeValue) {
    sender_gone(stack).await;
    let given = order.await;
    tokio::time::sleep(Duration::from_secs(3)).await;
    let (mail, status, about) = mail_of(stack, case, kind).await;
    assert_ne!(status, "SENT");
    tried(stack, &mail, &mailer(stack, proxy, 5, SENDER)).await;
    (given, mail, about)
}

/// Tries until it is this mailer's turn: the deployed one tries, too. What failed must be given back to the stream.
async fn tried(stack: &Stack, mail: &str, mailer: &Mailer) {
    for _ in 0..50 {
        let answer = handle(mailer, ordered(mail), &context()).await.unwrap();
        if answer.batch_item_failures.len() == 1 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    panic!("{mail} never failed: {}", stack.run().stack);
}

/// The service takes a mail, but its answer is lost: nobody sends it again at once, and the service's report that it has it comes
/// before anybody does. SESv2 calls are POSTs. Afterwards the service is there for everybody.
async fn taken_without_an_answer(stack: &Stack, proxy: &Proxy, mail: &str) {
    proxy.strike(Fault { operation: "POST", kind: Kind::AnswerLost });
    tried(stack, mail, &mailer(stack, proxy, 10, OTHER_SENDER)).await;
    assert_eq!(proxy.lift(), 1, "asked once");
    let at_once = handle(&mailer(stack, proxy, 10, OTHER_SENDER), ordered(mail), &context()).await.unwrap();
    assert!(at_once.batch_item_failures.is_empty(), "it is left alone until it can be reported");
    reported(stack, mail).await;
    handle(&mailer(stack, proxy, 15, OTHER_SENDER), ordered(mail), &context()).await.unwrap();
    sender_back(stack).await;
}

/// What SES says over EventBridge of a mail that it took (Developer Guide, "Send object").
async fn reported(stack: &Stack, mail: &str) {
    let id = medius_store::Place::mail_of_key(mail).unwrap();
    let told = json!({"messageId": "01000000-report-000000", "tags": {"medius-mail": [id.as_str()]}});
    let event = json!({"source": "aws.ses", "detail-type": "Email Sent",
        "detail": {"eventType": "Send", "mail": told, "send": {}}});
    stack.invoke("mailevents", None, &event).await.unwrap();
}

/// The secrets under which a link was mailed.
async fn secrets(stack: &Stack, address: &str, link: &str) -> BTreeSet<String> {
    mailed(stack, address, link).await.into_iter().collect()
}

/// The secret of each mail with a link.
async fn mailed(stack: &Stack, address: &str, link: &str) -> Vec<String> {
    let marker = format!("/r/{link}#");
    let mails = stack.mails().await.unwrap();
    let texts = mails.iter().filter(|m| m.to.iter().any(|t| t == address)).filter_map(|m| m.body_text.as_deref());
    texts
        .flat_map(str::split_whitespace)
        .filter_map(|word| word.split_once(&marker).map(|(_, secret)| secret.to_owned()))
        .collect()
}

/// A patient with a mailbox of their own.
async fn patient(stack: &Stack) -> (PatientApp, String) {
    let address = format!("mail-{}@patients.example", fresh_key());
    let sign_in = stack.new_patient(&address).await.unwrap();
    (PatientApp::new(stack, &stack.sign_in(&sign_in).await.unwrap()), address)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_that_could_not_be_sent_is_sent_later_with_the_same_link() {
    let _turn = TURN.lock().await;
    let stack = Stack::load().unwrap();
    let (app, _) = patient(&stack).await;
    let to = stack.run().providers[1].clone();
    let address = mailbox(&stack, &to).await.unwrap();
    let case = app.ready_case(&demo_story().unwrap(), &to).await.unwrap();
    let letter = app.make_letter(&case, &to).await.unwrap();
    let proxy = Proxy::start(&stack.run().endpoint).await;

    let order = app.deliver(&case, &letter);
    let (delivery, mail, about) = refused(&stack, &proxy, (&case, "provider_link"), order).await;
    let delivery = delivery.unwrap();
    let link = about.as_m().unwrap()["link_id"].as_s().unwrap();
    assert!(secrets(&stack, &address, link).await.is_empty());
    let view = app.get(&format!("/v1/cases/{case}/deliveries/{delivery}")).await.unwrap().json();
    assert_eq!(view["state"], "QUEUED");

    taken_without_an_answer(&stack, &proxy, &mail).await;
    wait_for_state(&app, &case, &delivery, "SENT").await.unwrap();
    assert_eq!(mailed(&stack, &address, link).await.len(), 1, "it is sent once, though nobody answered");
    assert_eq!(mail_of(&stack, &case, "provider_link").await.1, "SENT");

    // Once it is sent it stays sent: another wake-up sends nothing.
    let before = stack.mails().await.unwrap().len();
    handle(&mailer(&stack, &proxy, 20, SENDER), ordered(&mail), &context()).await.unwrap();
    assert_eq!(stack.mails().await.unwrap().len(), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_that_was_made_anew_is_mailed_later_with_its_own_new_secret() {
    let _turn = TURN.lock().await;
    let stack = Stack::load().unwrap();
    let (app, _) = patient(&stack).await;
    let to = stack.run().providers[1].clone();
    let address = mailbox(&stack, &to).await.unwrap();
    let case = app.ready_case(&demo_story().unwrap(), &to).await.unwrap();
    let letter = app.make_letter(&case, &to).await.unwrap();
    let delivery = app.deliver(&case, &letter).await.unwrap();
    wait_for_state(&app, &case, &delivery, "SENT").await.unwrap();
    let (_, _, first) = mail_of(&stack, &case, "provider_link").await;
    let link = first.as_m().unwrap()["link_id"].as_s().unwrap().clone();
    let before = secrets(&stack, &address, &link).await;
    assert_eq!(before.len(), 1);

    let sign_in = stack.new_member(&format!("faults-{}@staff.example", fresh_key()), "coordinator").await.unwrap();
    let staff = StaffApp::of(&stack, &sign_in).await.unwrap();
    let proxy = Proxy::start(&stack.run().endpoint).await;
    let path = format!("/staff/v1/cases/{case}/deliveries/{delivery}/reissue");
    let body = json!({"reason": "delivery_problem"});
    let order = staff.post(&path, &body);
    let (anew, mail, about) = refused(&stack, &proxy, (&case, "provider_link"), order).await;
    anew.unwrap().expect(200, "reissue").unwrap();
    assert_ne!(about, first, "another generation of the same link");
    assert_eq!(secrets(&stack, &address, &link).await, before);

    taken_without_an_answer(&stack, &proxy, &mail).await;
    wait_for_state(&app, &case, &delivery, "SENT").await.unwrap();
    let after = secrets(&stack, &address, &link).await;
    assert!(after.is_superset(&before) && after.len() == 2, "one new secret, however often it is tried");
    assert_eq!(mailed(&stack, &address, &link).await.len(), 2, "each was sent once");
    let count = stack.mails().await.unwrap().len();
    handle(&mailer(&stack, &proxy, 20, SENDER), ordered(&mail), &context()).await.unwrap();
    assert_eq!(stack.mails().await.unwrap().len(), count, "what is sent stays sent");
}

/// The mails to an institution that say that a delivery has ended.
async fn endings(stack: &Stack, address: &str, reference: &str) -> Vec<Mail> {
    let wanted = |m: &Mail| m.to.iter().any(|t| t == address) && m.subject.contains(reference);
    let told = |m: &Mail| m.subject.contains("A referral has ended");
    stack.mails().await.unwrap().into_iter().filter(|m| wanted(m) && told(m)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_institution_that_could_not_be_told_of_an_end_is_told_later_without_any_link() {
    let _turn = TURN.lock().await;
    let stack = Stack::load().unwrap();
    let (app, _) = patient(&stack).await;
    let to = stack.run().providers[1].clone();
    let address = mailbox(&stack, &to).await.unwrap();
    let case = app.ready_case(&demo_story().unwrap(), &to).await.unwrap();
    let letter = app.make_letter(&case, &to).await.unwrap();
    let delivery = app.deliver(&case, &letter).await.unwrap();
    wait_for_state(&app, &case, &delivery, "SENT").await.unwrap();
    let proxy = Proxy::start(&stack.run().endpoint).await;

    let path = format!("/v1/cases/{case}/deliveries/{delivery}/revoke");
    let body = json!({});
    let revoke = app.post(&path, &body);
    let (revoked, mail, _) = refused(&stack, &proxy, (&case, "provider_ended"), revoke).await;
    assert_eq!(revoked.unwrap().json()["state"], "REVOKED", "no mail service is needed to take a delivery back");
    let reference = delivery["dlv_".len()..][..8].to_uppercase();
    assert!(endings(&stack, &address, &reference).await.is_empty());

    // The consents may be gone by then: the mail rests on none.
    app.withdraw(&case, "PS", Some(&to)).await.unwrap();
    taken_without_an_answer(&stack, &proxy, &mail).await;
    assert_eq!(mail_of(&stack, &case, "provider_ended").await.1, "SENT");
    let told = endings(&stack, &address, &reference).await;
    assert_eq!(told.len(), 1, "once");
    let text = told[0].body_text.as_deref().unwrap();
    assert!(!text.contains("://") && !text.contains(&case), "it carries nothing that could be opened");
    handle(&mailer(&stack, &proxy, 20, SENDER), ordered(&mail), &context()).await.unwrap();
    assert_eq!(endings(&stack, &address, &reference).await.len(), told.len());
}

/// A patient whose case says that mailbox, with the case.
async fn reachable(stack: &Stack) -> (PatientApp, String, String) {
    let (app, address) = patient(stack).await;
    let mut story = demo_story().unwrap();
    story["basic"]["email"] = json!(address);
    let case = app.ready_case(&story, &stack.run().providers[1]).await.unwrap();
    (app, address, case)
}

/// Orders a notice as the functions do: in a change, under a permit.
async fn order_notice(stack: &Stack, case: &str) -> MailId {
    let aws = aws(stack, &stack.run().endpoint);
    let db = database(stack, &aws, 0);
    let id: CaseId = case.parse().unwrap();
    let snapshot = db.read([Place::Case(id.clone()), Place::case_log(&id)]).await.unwrap();
    let subject = snapshot.case(&id).unwrap().unwrap().subject;
    let about = MailAbout::PatientNotice { notice: Notice::Message };
    let mail = MailRecord::new(about, id.clone(), subject.clone(), db.now());
    let event = medius_domain::access::Event::of_function(
        "test",
        Action::Send,
        Object::of(Thing::Mail, &mail.id, "message"),
        Purpose::Inquiry,
        None,
    );
    let mut change = Change::new(permit(event, &On::Behind(&id, &subject)).unwrap(), db.now());
    change.order_mail(&mail).unwrap();
    db.commit(change, &snapshot).await.unwrap();
    mail.id
}

#[tokio::test(flavor = "multi_thread")]
async fn word_that_something_waits_goes_to_the_patient_s_mailbox_or_nowhere() {
    let _turn = TURN.lock().await;
    let stack = Stack::load().unwrap();
    let (app, address, told) = reachable(&stack).await;
    let silent = app.open_case().await.unwrap();
    order_notice(&stack, &told).await;
    order_notice(&stack, &silent).await;
    let of_the_case = |m: &Mail| m.body_text.as_deref().is_some_and(|text| text.contains(&format!("/open#{told}")));
    let mail = stack.wait_for_mail(&address, Duration::from_secs(30), of_the_case).await.unwrap();
    assert!(mail.subject.ends_with("Something is waiting for you"), "{}", mail.subject);
    let mut status = String::new();
    for _ in 0..100 {
        status = mail_of(&stack, &silent, "patient_notice").await.1;
        if status == "DROPPED" {
            break;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    assert_eq!(status, "DROPPED", "nobody told us a mailbox");
}
