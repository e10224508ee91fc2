//! Each function's role can do what its function does and nothing else: tried with the role's own credentials against
//! every table, the bucket, every key and the sending of mail. A try changes nothing: it asks for what does not exist.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;

use aws_sdk_dynamodb::types::{AttributeValue, ConditionCheck, TransactWriteItem};
use aws_sdk_kms::types::{DataKeySpec, EncryptionAlgorithmSpec, MacAlgorithmSpec};
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_s3::types::ServerSideEncryption;
use aws_sdk_sesv2::types::{Body, Content, Destination, EmailContent, Message};
use medius_tests::stack::Stack;

const ROLES: [&str; 6] = ["intake", "consent", "referral", "delivery", "provider", "mailer"];
const CONDITION: &str = "attribute_exists(pk)";

/// What each role may do, and nothing beside it: resource, then actions.
fn allowed(role: &str) -> &'static [(&'static str, &'static [&'static str])] {
    match role {
        "intake" => &[
            ("cases", &["GetItem", "Query", "PutItem", "ConditionCheckItem"]),
            ("cases/index/by_subject", &["Query"]),
            ("keys", &["GetItem", "PutItem", "ConditionCheckItem"]),
            ("consents", &["GetItem", "ConditionCheckItem"]),
            ("access_log", &["GetItem", "Query", "PutItem"]),
            ("idempotency", &["GetItem", "PutItem"]),
            ("key data", &["GenerateDataKeyWithoutPlaintext", "Decrypt"]),
        ],
        "consent" => &[
            ("consents", &["GetItem", "Query", "PutItem"]),
            ("cases", &["GetItem", "Query", "PutItem", "ConditionCheckItem"]),
            ("links", &["GetItem", "PutItem"]),
            ("directory", &["GetItem"]),
            ("access_log", &["GetItem", "PutItem"]),
            ("idempotency", &["GetItem", "PutItem"]),
        ],
        "referral" => &[
            ("cases", &["GetItem", "Query", "PutItem", "ConditionCheckItem"]),
            ("keys", &["GetItem", "ConditionCheckItem"]),
            ("consents", &["GetItem", "ConditionCheckItem"]),
            ("directory", &["GetItem"]),
            ("access_log", &["GetItem", "PutItem"]),
            ("idempotency", &["GetItem", "PutItem"]),
            ("key data", &["Decrypt"]),
            ("bucket cases/", &["GetObject", "PutObject"]),
        ],
        "delivery" => &[
            ("cases", &["GetItem", "Query", "PutItem"]),
            ("consents", &["GetItem", "ConditionCheckItem"]),
            ("links", &["GetItem", "PutItem"]),
            ("directory", &["GetItem", "Scan"]),
            ("outbox", &["PutItem"]),
            ("access_log", &["GetItem", "PutItem"]),
            ("idempotency", &["GetItem", "PutItem"]),
            ("key link_mac", &["GenerateMac"]),
        ],
        "provider" => &[
            ("links", &["GetItem", "PutItem", "DeleteItem", "ConditionCheckItem"]),
            ("cases", &["GetItem", "ConditionCheckItem"]),
            ("keys", &["GetItem", "ConditionCheckItem"]),
            ("consents", &["GetItem", "ConditionCheckItem"]),
            ("directory", &["GetItem"]),
            ("outbox", &["PutItem"]),
            ("access_log", &["GetItem", "PutItem"]),
            ("key data", &["Decrypt"]),
            ("key code_mac", &["GenerateMac"]),
            ("bucket cases/", &["GetObject"]),
        ],
        "mailer" => &[
            ("outbox", &["GetItem", "Query", "PutItem"]),
            ("outbox/index/by_status", &["Query"]),
            ("links", &["GetItem", "PutItem"]),
            ("consents", &["GetItem", "ConditionCheckItem"]),
            ("directory", &["GetItem"]),
            ("access_log", &["GetItem", "PutItem"]),
            ("key link_mac", &["GenerateMac"]),
            ("key code_mac", &["GenerateMac"]),
            ("mail", &["SendEmail"]),
        ],
        _ => panic!("no role {role}"),
    }
}

/// What came of one role's tries: for each resource and action, whether the role was let in.
#[derive(Default)]
struct Tries(BTreeMap<(String, &'static str), bool>);

impl Tries {
    /// Notes a try. Only an answer of the service counts: a broken connection says nothing about permissions.
    fn note<T, E, R: Debug>(&mut self, resource: &str, action: &'static str, result: Result<T, SdkError<E, R>>)
    where
        E: ProvideErrorMetadata + Debug,
    {
        let let_in = match result {
            Ok(_) => true,
            Err(SdkError::ServiceError(refusal)) => {
                let code = refusal.err().code().unwrap_or_default();
                // An absent object has no body to carry a code.
                assert!(!code.is_empty() || action.contains("Object"), "{resource} {action}: {refusal:?}");
                !code.starts_with("AccessDenied")
            }
            Err(other) => panic!("{resource} {action}: no answer: {other:?}"),
        };
        let before = self.0.insert((resource.to_owned(), action), let_in);
        assert!(before.is_none(), "{resource} {action} was tried twice");
    }
}

fn key(stack: &Stack) -> AttributeValue {
    AttributeValue::S(format!("NOBODY#{}", stack.run().stack))
}

async fn try_tables(stack: &Stack, role: &str, tries: &mut Tries) {
    let db = stack.dynamodb(stack.role_credentials(role).await.unwrap());
    let sk = || AttributeValue::S("NOTHING".to_owned());
    for (short, table) in &stack.run().tables {
        tries.note(
            short,
            "GetItem",
            db.get_item().table_name(table).key("pk", key(stack)).key("sk", sk()).send().await,
        );
        let put = db.put_item().table_name(table).item("pk", key(stack)).item("sk", sk());
        tries.note(short, "PutItem", put.condition_expression(CONDITION).send().await);
        let update = db.update_item().table_name(table).key("pk", key(stack)).key("sk", sk());
        let update = update.update_expression("SET a = :a").expression_attribute_values(":a", sk());
        tries.note(short, "UpdateItem", update.condition_expression(CONDITION).send().await);
        let delete = db.delete_item().table_name(table).key("pk", key(stack)).key("sk", sk());
        tries.note(short, "DeleteItem", delete.condition_expression(CONDITION).send().await);
        let query = db.query().table_name(table).key_condition_expression("pk = :pk").limit(1);
        tries.note(short, "Query", query.expression_attribute_values(":pk", key(stack)).send().await);
        tries.note(short, "Scan", db.scan().table_name(table).limit(1).send().await);
        let check = ConditionCheck::builder().table_name(table).key("pk", key(stack)).key("sk", sk());
        let check =
            TransactWriteItem::builder().condition_check(check.condition_expression(CONDITION).build().unwrap());
        let check = db.transact_write_items().transact_items(check.build()).send().await;
        tries.note(short, "ConditionCheckItem", check);
    }
    for (short, index, partition) in [("cases", "by_subject", "subject"), ("outbox", "by_status", "status")] {
        let name = format!("{short}/index/{index}");
        let query = db.query().table_name(stack.table(short)).index_name(index).limit(1);
        let query = query.key_condition_expression("#p = :p").expression_attribute_names("#p", partition);
        tries.note(&name, "Query", query.expression_attribute_values(":p", key(stack)).send().await);
        tries.note(&name, "Scan", db.scan().table_name(stack.table(short)).index_name(index).limit(1).send().await);
    }
}

async fn try_bucket(stack: &Stack, role: &str, tries: &mut Tries) {
    let s3 = stack.s3(stack.role_credentials(role).await.unwrap());
    let (bucket, storage_key) = (&stack.run().bucket, &stack.run().keys["storage"]);
    for (place, object) in [("bucket cases/", "cases/nobody/nothing"), ("bucket elsewhere", "elsewhere/nothing")] {
        tries.note(place, "GetObject", s3.get_object().bucket(bucket).key(object).send().await);
        let put = s3.put_object().bucket(bucket).key(object).body(Vec::new().into());
        let put = put.server_side_encryption(ServerSideEncryption::AwsKms).ssekms_key_id(storage_key);
        // No object has this tag, so even who may write writes nothing.
        tries.note(place, "PutObject", put.if_match("\"00000000000000000000000000000000\"").send().await);
        tries.note(place, "DeleteObject", s3.delete_object().bucket(bucket).key(object).send().await);
    }
    tries.note("bucket", "ListBucket", s3.list_objects_v2().bucket(bucket).max_keys(1).send().await);
    tries.note("bucket", "ListBucketVersions", s3.list_object_versions().bucket(bucket).max_keys(1).send().await);
}

async fn try_keys(stack: &Stack, role: &str, tries: &mut Tries) {
    let kms = stack.kms(stack.role_credentials(role).await.unwrap());
    for (short, arn) in &stack.run().keys {
        let name = format!("key {short}");
        let context = ("app", "medius", "purpose", "case-data");
        let decrypt = kms.decrypt().key_id(arn).ciphertext_blob(vec![0; 64].into());
        let decrypt = decrypt.encryption_context(context.0, context.1).encryption_context(context.2, context.3);
        tries.note(&name, "Decrypt", decrypt.send().await);
        let encrypt = kms.encrypt().key_id(arn).plaintext(vec![0; 32].into());
        let encrypt = encrypt.encryption_algorithm(EncryptionAlgorithmSpec::SymmetricDefault);
        tries.note(&name, "Encrypt", encrypt.encryption_context(context.0, context.1).send().await);
        let data_key = kms.generate_data_key().key_id(arn).key_spec(DataKeySpec::Aes256);
        let data_key = data_key.encryption_context(context.0, context.1).encryption_context(context.2, context.3);
        tries.note(&name, "GenerateDataKey", data_key.send().await);
        let wrapped = kms.generate_data_key_without_plaintext().key_id(arn).key_spec(DataKeySpec::Aes256);
        let wrapped = wrapped.encryption_context(context.0, context.1).encryption_context(context.2, context.3);
        tries.note(&name, "GenerateDataKeyWithoutPlaintext", wrapped.send().await);
        let mac = kms.generate_mac().key_id(arn).mac_algorithm(MacAlgorithmSpec::HmacSha256);
        tries.note(&name, "GenerateMac", mac.message(b"nothing".to_vec().into()).send().await);
        let mac = kms.verify_mac().key_id(arn).mac_algorithm(MacAlgorithmSpec::HmacSha256).mac(vec![0; 32].into());
        tries.note(&name, "VerifyMac", mac.message(b"nothing".to_vec().into()).send().await);
    }
}

async fn try_mail(stack: &Stack, role: &str, tries: &mut Tries) {
    let ses = stack.ses(stack.role_credentials(role).await.unwrap());
    let content = || Content::builder().data("nothing").charset("UTF-8").build().unwrap();
    let message = Message::builder().subject(content()).body(Body::builder().text(content()).build()).build();
    // The sender is not verified: who may send is refused for that.
    let send = ses.send_email().from_email_address("nobody@unverified.invalid");
    let to = Destination::builder().to_addresses("nobody@unverified.invalid").build();
    let send = send.destination(to).content(EmailContent::builder().simple(message).build());
    tries.note("mail", "SendEmail", send.send().await);
}

#[tokio::test]
async fn each_role_can_do_what_its_function_does_and_nothing_else() {
    let stack = Stack::load().unwrap();
    assert_eq!(stack.run().functions.keys().map(String::as_str).collect::<BTreeSet<_>>(), ROLES.into());
    let mut wrong = Vec::new();
    for role in ROLES {
        let mut tries = Tries::default();
        try_tables(&stack, role, &mut tries).await;
        try_bucket(&stack, role, &mut tries).await;
        try_keys(&stack, role, &mut tries).await;
        try_mail(&stack, role, &mut tries).await;
        let listed = allowed(role).iter().flat_map(|(resource, actions)| actions.iter().map(move |a| (*resource, *a)));
        let mut listed: BTreeSet<_> = listed.collect();
        for ((resource, action), let_in) in &tries.0 {
            let may = listed.remove(&(resource.as_str(), *action));
            if may != *let_in {
                wrong.push(format!("{role}: {action} on {resource}: {}", if may { "denied" } else { "let in" }));
            }
        }
        assert!(listed.is_empty(), "{role}: never tried: {listed:?}");
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[tokio::test]
async fn the_tries_prove_something_who_may_do_everything_is_let_in() {
    let stack = Stack::load().unwrap();
    let s3 = stack.s3(stack.operator_credentials());
    let db = stack.dynamodb(stack.operator_credentials());
    let mut tries = Tries::default();
    tries.note("bucket", "ListBucket", s3.list_objects_v2().bucket(&stack.run().bucket).max_keys(1).send().await);
    let put = db.put_item().table_name(stack.table("cases")).item("pk", key(&stack));
    let put = put.item("sk", AttributeValue::S("NOTHING".to_owned())).condition_expression(CONDITION).send().await;
    tries.note("cases", "PutItem", put);
    assert!(tries.0.values().all(|let_in| *let_in));
}
