//! Links of deliveries as institutions have them: out of the mail, entered with the code.

use aws_sdk_dynamodb::types::AttributeValue;
use medius_tests::journey::{demo_story, mailbox};
use medius_tests::stack::{Mail, Stack};
use medius_tests::user::{Institution, PatientApp};
use std::time::Duration;

/// A letter on its way: case, letter, delivery, and the institution with the link in hand.
pub(crate) struct Sent {
    pub(crate) case: String,
    pub(crate) referral: String,
    pub(crate) delivery: String,
    pub(crate) institution: Institution,
}

/// A complete case with a letter, sent to the institution at a place of the directory.
pub(crate) async fn sent(stack: &Stack, app: &PatientApp, place: usize) -> Sent {
    let to = stack.run().providers[place].clone();
    let case = app.ready_case(&demo_story().unwrap(), &to).await.unwrap();
    let referral = app.make_letter(&case, &to).await.unwrap();
    let delivery = app.deliver(&case, &referral).await.unwrap();
    let institution = link_of(stack, &case, &delivery, &to).await;
    Sent { case, referral, delivery, institution }
}

/// The link of a delivery, found among all mails by its own id: deliveries share the institution's mailbox.
pub(crate) async fn link_of(stack: &Stack, case: &str, delivery: &str, to: &str) -> Institution {
    let item = stack
        .dynamodb(stack.operator_credentials())
        .get_item()
        .table_name(stack.table("cases"))
        .key("pk", AttributeValue::S(format!("CASE#{case}")))
        .key("sk", AttributeValue::S(format!("DELIVERY#{delivery}")))
        .send()
        .await
        .unwrap()
        .item
        .unwrap();
    let link = item["body"].as_m().unwrap()["link_id"].as_s().unwrap().clone();
    let marker = format!("/r/{link}#");
    let has = |mail: &Mail| mail.body_text.as_deref().is_some_and(|text| text.contains(&marker));
    let mail = stack.wait_for_mail(&mailbox(stack, to).await.unwrap(), Duration::from_secs(30), has).await.unwrap();
    let text = mail.body_text.unwrap();
    let url = text.split_whitespace().find(|word| word.contains(&marker)).unwrap();
    Institution::open(stack, url).unwrap()
}

/// Enters with a first code, which the operator derives with the same KMS key: what the mail says, without a race for it.
pub(crate) async fn enter(stack: &Stack, institution: &mut Institution) {
    institution.ask_for_code().await.unwrap().expect(202, "code").unwrap();
    let kms = stack.kms(stack.operator_credentials());
    let mac = medius_store::CodeMac::new(kms, stack.run().keys["code_mac"].clone());
    let code = mac.code(&institution.link.id.parse().unwrap(), 1).await.unwrap();
    institution.unlock(code.expose()).await.unwrap().expect(204, "unlock").unwrap();
}
