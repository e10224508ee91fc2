//! Each function's role can do what its function does and nothing else: tried with the role's own credentials against
//! every table, bucket, key, queue and pool, and the sending of mail. A try changes nothing: it asks for what does not exist.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod allowed;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;

use aws_credential_types::Credentials;
use aws_sdk_dynamodb::types::{AttributeValue, ConditionCheck, TransactWriteItem};
use aws_sdk_kms::types::{DataKeySpec, EncryptionAlgorithmSpec, MacAlgorithmSpec, MessageType, SigningAlgorithmSpec};
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_s3::primitives::DateTime;
use aws_sdk_s3::types::{ObjectLockRetention, ObjectLockRetentionMode, ServerSideEncryption};
use aws_sdk_sesv2::types::{Body, Content, Destination, EmailContent, Message};
use medius_tests::stack::{Aws, Stack};
use serde_json::{Value, json};

use allowed::ROLES;

const CONDITION: &str = "attribute_exists(pk)";
/// Calls of Cognito that hand out rights or passwords, and those that only look.
const POOL_CALLS: [&str; 15] = [
    "AdminInitiateAuth",
    "AdminCreateUser",
    "AdminAddUserToGroup",
    "AdminRemoveUserFromGroup",
    "AdminListGroupsForUser",
    "AdminGetUser",
    "AdminDisableUser",
    "AdminUserGlobalSignOut",
    "ListUsers",
    "AdminEnableUser",
    "AdminDeleteUser",
    "AdminSetUserPassword",
    "AdminResetUserPassword",
    "AdminUpdateUserAttributes",
    "ListUsersInGroup",
];

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
        self.insert(resource, action, let_in);
    }

    /// The same for a call without a client of its own.
    fn note_signed(&mut self, resource: &str, action: &'static str, result: anyhow::Result<Value>) {
        let refusal = result.err().map(|error| format!("{error:#}")).unwrap_or_default();
        let answered = refusal.is_empty() || refusal.contains("__type") || refusal.contains("Code");
        assert!(answered, "{resource} {action}: no answer: {refusal}");
        self.insert(resource, action, !refusal.contains("AccessDenied"));
    }

    fn insert(&mut self, resource: &str, action: &'static str, let_in: bool) {
        let before = self.0.insert((resource.to_owned(), action), let_in);
        assert!(before.is_none(), "{resource} {action} was tried twice");
    }
}

fn key(stack: &Stack) -> AttributeValue {
    AttributeValue::S(format!("NOBODY#{}", stack.run().stack))
}

async fn try_tables(stack: &Stack, who: &Credentials, tries: &mut Tries) {
    let db = stack.dynamodb(who.clone());
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
    for (short, index, partition) in [
        ("cases", "by_subject", "subject"),
        ("cases", "by_state", "state"),
        ("cases", "by_destruction", "lifecycle"),
        ("cases", "by_mailbox", "mailbox"),
        ("cases", "by_hold", "held"),
        ("cases", "by_task_due", "task_due"),
        ("cases", "by_need", "desk"),
        ("cases", "by_guardian_mailbox", "guardian_mailbox"),
        ("ledger", "by_step", "step"),
        ("access_log", "by_day", "day"),
        ("outbox", "by_status", "status"),
        ("directory", "by_status", "status"),
        ("inquiries", "by_subject", "subject"),
        ("inquiries", "by_queue", "queue"),
        ("statutory", "by_subject", "subject"),
        ("rights", "by_state", "state"),
        ("rights", "by_subject", "subject"),
        ("uploads", "by_due", "due"),
    ] {
        let name = format!("{short}/index/{index}");
        let query = db.query().table_name(stack.table(short)).index_name(index).limit(1);
        let query = query.key_condition_expression("#p = :p").expression_attribute_names("#p", partition);
        tries.note(&name, "Query", query.expression_attribute_values(":p", key(stack)).send().await);
        tries.note(&name, "Scan", db.scan().table_name(stack.table(short)).index_name(index).limit(1).send().await);
    }
}

async fn try_buckets(stack: &Stack, who: &Credentials, tries: &mut Tries) {
    let s3 = stack.s3(who.clone());
    let run = stack.run();
    for (name, key, bucket, folders) in [
        ("documents", "documents", &run.bucket, &["cases/", "exports/", "rights/", "inquiries/"][..]),
        ("log heads", "logs", &run.log_heads, &["heads/"]),
        ("quarantine", "documents", &run.quarantine, &["case/", "right/", "inquiry/"]),
        ("handoff", "documents", &run.handoff, &["upl_/"]),
    ] {
        let inside = folders.iter().map(|folder| (*folder, format!("{folder}nobody/nothing")));
        for (place, object) in inside.chain([("elsewhere", "elsewhere/nothing".to_owned())]) {
            let place = format!("{name} {place}");
            tries.note(&place, "GetObject", s3.get_object().bucket(bucket).key(&object).send().await);
            let put = s3.put_object().bucket(bucket).key(&object).body(Vec::new().into());
            let put = put.server_side_encryption(ServerSideEncryption::AwsKms).ssekms_key_id(&run.keys[key]);
            // No object has this tag, so even who may write writes nothing.
            tries.note(&place, "PutObject", put.if_match("\"00000000000000000000000000000000\"").send().await);
            tries.note(&place, "DeleteObject", s3.delete_object().bucket(bucket).key(&object).send().await);
            let version = s3.delete_object().bucket(bucket).key(&object).version_id("null").send().await;
            tries.note(&place, "DeleteObjectVersion", version);
            let abort = s3.abort_multipart_upload().bucket(bucket).key(&object).upload_id("nothing").send().await;
            tries.note(&place, "AbortMultipartUpload", abort);
            let retention = ObjectLockRetention::builder().mode(ObjectLockRetentionMode::Governance);
            let retention = retention.retain_until_date(DateTime::from_secs(4_000_000_000)).build();
            let retain = s3.put_object_retention().bucket(bucket).key(&object).retention(retention);
            tries.note(&place, "PutObjectRetention", retain.send().await);
        }
        tries.note(name, "ListBucket", s3.list_objects_v2().bucket(bucket).max_keys(1).send().await);
        tries.note(name, "ListBucketVersions", s3.list_object_versions().bucket(bucket).max_keys(1).send().await);
        let uploads = s3.list_multipart_uploads().bucket(bucket).send().await;
        tries.note(name, "ListBucketMultipartUploads", uploads);
        let lock = s3.get_object_lock_configuration().bucket(bucket).send().await;
        tries.note(name, "GetBucketObjectLockConfiguration", lock);
    }
}

async fn try_keys(stack: &Stack, who: &Credentials, tries: &mut Tries) {
    let kms = stack.kms(who.clone());
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
        let sign = kms.sign().key_id(arn).signing_algorithm(SigningAlgorithmSpec::EcdsaSha256);
        let sign = sign.message_type(MessageType::Raw).message(b"nothing".to_vec().into());
        tries.note(&name, "Sign", sign.send().await);
        tries.note(&name, "GetPublicKey", kms.get_public_key().key_id(arn).send().await);
    }
}

async fn try_pools_and_queues(stack: &Stack, who: &Credentials, tries: &mut Tries) {
    let run = stack.run();
    let aws = Aws::new(&run.endpoint, &run.region, who.clone());
    let pools = [
        ("pool staff", &run.staff_pool),
        ("pool patients", &run.patient_pool),
        ("pool synthetic", &run.synthetic_pool),
    ];
    for (name, pool) in pools {
        for call in POOL_CALLS {
            // All pools take addresses as names, so this is nobody's and no user can be made of it.
            let mut body = json!({ "UserPoolId": pool.id, "Username": "nobody", "GroupName": "nothing" });
            body["Password"] = json!("nothing");
            let target = format!("AWSCognitoIdentityProviderService.{call}");
            tries.note_signed(name, call, aws.json("cognito-idp", &target, &body).await);
        }
    }
    for (name, queue) in &run.failures {
        // A message without text is refused to whoever may send.
        let body = json!({ "QueueUrl": queue, "MessageBody": "" });
        let sent = aws.json("sqs", "AmazonSQS.SendMessage", &body).await;
        tries.note_signed(&format!("failures {name}"), "SendMessage", sent);
    }
}

async fn try_mail(stack: &Stack, who: &Credentials, tries: &mut Tries) {
    let ses = stack.ses(who.clone());
    let content = || Content::builder().data("nothing").charset("UTF-8").build().unwrap();
    let message = Message::builder().subject(content()).body(Body::builder().text(content()).build()).build();
    // The sender is not verified: who may send is refused for that.
    let send = ses.send_email().from_email_address("nobody@unverified.invalid");
    let to = Destination::builder().to_addresses("nobody@unverified.invalid").build();
    let send = send.destination(to).content(EmailContent::builder().simple(message).build());
    tries.note("mail", "SendEmail", send.send().await);
}

async fn try_everything(stack: &Stack, who: &Credentials) -> Tries {
    let mut tries = Tries::default();
    try_tables(stack, who, &mut tries).await;
    try_buckets(stack, who, &mut tries).await;
    try_keys(stack, who, &mut tries).await;
    try_mail(stack, who, &mut tries).await;
    try_pools_and_queues(stack, who, &mut tries).await;
    tries
}

#[tokio::test]
async fn each_role_can_do_what_its_function_does_and_nothing_else() {
    let stack = Stack::load().unwrap();
    let functions: BTreeSet<_> = stack.run().functions.keys().map(String::as_str).collect();
    assert_eq!(functions, ROLES.map(|(role, _)| role).into());
    let mut wrong = Vec::new();
    for (role, allowed) in ROLES {
        let tries = try_everything(&stack, &stack.role_credentials(role).await.unwrap()).await;
        let listed = allowed.iter().flat_map(|(resource, actions)| actions.iter().map(move |a| (*resource, *a)));
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
    let tries = try_everything(&stack, &stack.operator_credentials()).await;
    let denied: Vec<_> = tries.0.iter().filter(|(_, let_in)| !**let_in).map(|(what, _)| what).collect();
    assert!(denied.is_empty() && tries.0.len() > 100, "{denied:?}");
}
