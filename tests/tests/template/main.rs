//! What the local AWS does not enforce or leaves out, held on the template itself, in the form that every stage but the local
//! one gets: conditions of roles, encryption, recovery, expiry, locks and who may call the journal.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod alarms;
mod edge;
mod files;
mod keys;
mod operation;
mod release;
mod wide;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::{Value, json};

/// The template as a deployed stage gets it: `IsLocal` is false, and what a reference names is `{"!Ref": …}`.
pub(crate) fn template() -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join("template.yaml");
    resolved(serde_yaml::from_str(&std::fs::read_to_string(path).unwrap()).expect("template.yaml"))
}

fn resolved(value: serde_yaml::Value) -> Value {
    match value {
        serde_yaml::Value::Tagged(tagged) if tagged.tag == "!If" => {
            let serde_yaml::Value::Sequence(mut branches) = tagged.value else { panic!("!If takes a list") };
            let taken = if branches[0] == "IsLocal" { 2 } else { 1 };
            resolved(branches.swap_remove(taken))
        }
        serde_yaml::Value::Tagged(tagged) => json!({ tagged.tag.to_string(): resolved(tagged.value) }),
        serde_yaml::Value::Sequence(all) => all.into_iter().map(resolved).collect(),
        serde_yaml::Value::Mapping(all) => Value::Object(
            all.into_iter().map(|(key, value)| (key.as_str().unwrap().to_owned(), resolved(value))).collect(),
        ),
        scalar @ (serde_yaml::Value::Null
        | serde_yaml::Value::Bool(_)
        | serde_yaml::Value::Number(_)
        | serde_yaml::Value::String(_)) => serde_json::to_value(scalar).unwrap(),
    }
}

pub(crate) fn of_type<'a>(template: &'a Value, kind: &'a str) -> impl Iterator<Item = (&'a str, &'a Value)> {
    let all = template["Resources"].as_object().unwrap().iter();
    all.filter(move |(_, resource)| resource["Type"] == kind)
        .map(|(id, resource)| (id.as_str(), &resource["Properties"]))
}

/// The statements of each function's role, by the role's id.
pub(crate) fn statements<'a>(template: &'a Value) -> BTreeMap<&'a str, Vec<&'a Value>> {
    let roles = of_type(template, "AWS::IAM::Role").filter(|(_, role)| role["Policies"].is_array());
    let statements = |role: &'a Value| role["Policies"][0]["PolicyDocument"]["Statement"].as_array().unwrap().iter();
    roles.map(|(id, role)| (id, statements(role).collect())).collect()
}

pub(crate) fn list(value: &Value) -> Vec<&str> {
    let one = value.as_str().into_iter();
    one.chain(value.as_array().into_iter().flatten().filter_map(Value::as_str)).collect()
}

#[test]
fn the_data_key_opens_for_each_role_only_what_its_purpose_is() {
    let template = template();
    let mut purposes = BTreeMap::new();
    for (role, statements) in statements(&template) {
        for statement in statements.into_iter().filter(|s| s["Resource"] == json!({ "!GetAtt": "DataKey.Arn" })) {
            let context = &statement["Condition"]["StringEquals"];
            assert_eq!(context["kms:EncryptionContext:app"], "medius", "{role}");
            purposes.insert(role, list(&context["kms:EncryptionContext:purpose"]));
        }
    }
    let (data, contact) = ("case-data", "contact");
    let expected = [
        ("ClinicianRole", vec![data, contact]),
        ("ConsentRole", vec![contact]),
        ("DeliveryRole", vec![data, contact]),
        ("DeskRole", vec![data, contact]),
        ("ExplanationRole", vec![data, contact]),
        ("FulfilmentRole", vec![data, contact, "inquiry", "statutory"]),
        ("InquiryRole", vec!["inquiry", "inquiry-mailbox", "statutory"]),
        ("IntakeRole", vec![data, contact]),
        ("MailerRole", vec![contact, "inquiry-mailbox"]),
        ("RightsRole", vec!["right", data, contact]),
        ("ProviderRole", vec![data, contact]),
        ("RecordsRole", vec![data, contact]),
        ("ReferralRole", vec![data, contact]),
        ("ScreeningRole", vec![data, "right", "inquiry"]),
    ];
    assert_eq!(purposes, expected.into());
}

#[test]
fn only_who_signs_may_sign() {
    let template = template();
    let may = |action: &str| -> BTreeSet<String> {
        let may = |s: &&Value| list(&s["Action"]).contains(&action);
        let roles = statements(&template).into_iter().filter(|(_, s)| s.iter().any(may));
        roles.map(|(role, _)| role.to_owned()).collect()
    };
    assert_eq!(
        may("kms:Sign"),
        ["ClinicianRole", "ConsentRole", "JournalRole", "RetentionRole"].map(String::from).into()
    );
    let key = &template["Resources"]["SigningKey"]["Properties"];
    assert_eq!((&key["KeySpec"], &key["KeyUsage"]), (&json!("ECC_NIST_P256"), &json!("SIGN_VERIFY")));
}

#[test]
fn roles_are_allowed_single_actions_and_never_a_pattern_of_them() {
    let template = template();
    let roles = statements(&template);
    assert_eq!(roles.len(), 23);
    for (role, statements) in roles {
        for statement in statements {
            let sid = statement["Sid"].as_str().unwrap();
            assert_eq!(statement["Effect"], "Allow", "{role} {sid}");
            assert!(list(&statement["Action"]).iter().all(|action| !action.contains('*')), "{role} {sid}");
        }
    }
}

#[test]
fn tables_are_encrypted_recoverable_and_forget() {
    let template = template();
    let tables: Vec<_> = of_type(&template, "AWS::DynamoDB::Table").collect();
    assert_eq!(tables.len(), 14);
    for (id, table) in tables {
        assert_eq!(table["SSESpecification"]["KMSMasterKeyId"], json!({ "!Ref": "StorageKey" }), "{id}");
        let recovery = &table["PointInTimeRecoverySpecification"];
        let days = if id == "KeysTable" { 1 } else { 35 };
        assert_eq!(
            (&recovery["PointInTimeRecoveryEnabled"], &recovery["RecoveryPeriodInDays"]),
            (&json!(true), &json!(days)),
            "{id}"
        );
        assert_eq!(table["DeletionProtectionEnabled"], true, "{id}");
        // Institutions stay until somebody takes them out.
        let forgets = table["TimeToLiveSpecification"] == json!({ "AttributeName": "expires_at", "Enabled": true });
        assert_eq!(forgets, id != "DirectoryTable", "{id}");
    }
}

#[test]
fn buckets_are_closed_encrypted_versioned_and_speak_tls() {
    let template = template();
    let buckets: BTreeMap<_, _> = of_type(&template, "AWS::S3::Bucket").collect();
    assert_eq!(buckets.len(), 4);
    for (id, bucket) in &buckets {
        // What passes through leaves no version behind, and nothing that is older than a day.
        let passing = ["QuarantineBucket", "HandoffBucket"].contains(id);
        assert_eq!(bucket["VersioningConfiguration"]["Status"] == "Enabled", !passing, "{id}");
        assert_eq!(bucket["LifecycleConfiguration"]["Rules"][0]["ExpirationInDays"] == 1, passing, "{id}");
        let blocks = bucket["PublicAccessBlockConfiguration"].as_object().unwrap();
        assert!(blocks.len() == 4 && blocks.values().all(|block| block == true), "{id}");
        let rule = &bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"][0]["ServerSideEncryptionByDefault"];
        let key = if *id == "LogHeadsBucket" { "LogsKey.Arn" } else { "DocumentsKey.Arn" };
        assert_eq!(rule["KMSMasterKeyID"], json!({ "!GetAtt": key }), "{id}");
        let policy = &template["Resources"][format!("{id}Policy")]["Properties"]["PolicyDocument"]["Statement"];
        let denials: Vec<_> =
            policy.as_array().unwrap().iter().filter(|s| s["Effect"] == "Deny" && s["Principal"] == "*").collect();
        let sids: Vec<_> = denials.iter().map(|s| s["Sid"].as_str().unwrap()).collect();
        assert_eq!(sids, ["KmsOnly", "OurKeyOnly", "TlsOnly"], "{id}");
        let other_key = &denials[1]["Condition"]["StringNotEquals"]["s3:x-amz-server-side-encryption-aws-kms-key-id"];
        assert_eq!(other_key, &json!({ "!GetAtt": key }), "{id}");
        assert_eq!(denials[2]["Condition"], json!({ "Bool": { "aws:SecureTransport": "false" } }), "{id}");
        assert_eq!(list(&denials[2]["Action"]), ["s3:*"], "{id}");
    }
    let heads = buckets["LogHeadsBucket"];
    assert_eq!(heads["ObjectLockEnabled"], true);
    // COMPLIANCE is the mode that nobody can lift; two years, one of which may have 366 days.
    let lock = json!({ "ObjectLockEnabled": "Enabled", "Rule": { "DefaultRetention": { "Mode": "COMPLIANCE", "Days": 731 } } });
    assert_eq!(heads["ObjectLockConfiguration"], lock);
}

#[test]
fn every_sign_in_of_both_pools_passes_the_journal_and_only_pools_may_call_it() {
    let template = template();
    let resources = &template["Resources"];
    for (pool, alias, name, permission) in [
        ("PatientPool", "JournalOfPatients", "patients", "JournalForPatientPool"),
        ("StaffPool", "JournalOfStaff", "staff", "JournalForStaffPool"),
    ] {
        let called = json!({ "!Ref": alias });
        let triggers = json!({ "PreAuthentication": called, "PostAuthentication": called });
        assert_eq!(resources[pool]["Properties"]["LambdaConfig"], triggers);
        let alias = &resources[alias]["Properties"];
        assert_eq!((&alias["FunctionName"], &alias["Name"]), (&json!({ "!Ref": "JournalFunction" }), &json!(name)));
        let permission = &resources[permission]["Properties"];
        assert_eq!(permission["FunctionName"], called);
        assert_eq!(permission["Principal"], "cognito-idp.amazonaws.com");
        assert_eq!(permission["SourceArn"], json!({ "!GetAtt": format!("{pool}.Arn") }));
        assert_eq!(permission["SourceAccount"], json!({ "!Ref": "AWS::AccountId" }));
    }
    assert_eq!(of_type(&template, "AWS::Lambda::Permission").count(), 2);
}

#[test]
fn staff_sign_in_with_a_second_factor_and_a_long_password_and_are_made_by_staff() {
    let template = template();
    let pool = &template["Resources"]["StaffPool"]["Properties"];
    assert_eq!(pool["MfaConfiguration"], "ON");
    assert_eq!(pool["AdminCreateUserConfig"]["AllowAdminCreateUserOnly"], true);
    assert_eq!(pool["Policies"]["PasswordPolicy"]["MinimumLength"], 14);
    let groups: BTreeSet<_> = of_type(&template, "AWS::Cognito::UserPoolGroup")
        .map(|(_, group)| group["GroupName"].as_str().unwrap())
        .collect();
    assert_eq!(groups, ["auditor", "clinician_reviewer", "coordinator", "dpo", "ops"].into());
    for (id, client) in of_type(&template, "AWS::Cognito::UserPoolClient") {
        let people = ["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"];
        let flows: &[&str] = if id == "SyntheticClient" { &["ALLOW_ADMIN_USER_PASSWORD_AUTH"] } else { &people };
        assert_eq!(list(&client["ExplicitAuthFlows"]), flows, "{id}");
    }
}

#[test]
fn the_day_s_head_is_signed_after_the_day_in_korea_has_ended() {
    let template = template();
    let schedule = &template["Resources"]["JournalFunction"]["Properties"]["Events"]["DailyHead"]["Properties"];
    assert_eq!(schedule["ScheduleExpression"], "cron(10 0 * * ? *)");
    assert_eq!(schedule["ScheduleExpressionTimezone"], "Asia/Seoul");
}

#[test]
fn whatever_comes_into_quarantine_is_scanned_and_the_verdict_reaches_screening() {
    let template = template();
    let resources = &template["Resources"];
    let bucket = json!({ "!Ref": "QuarantineBucket" });
    let plan = &resources["ScanPlan"];
    assert_eq!(plan["Condition"], "IsDeployed");
    // All of the bucket: no prefix is left out.
    assert_eq!(plan["Properties"]["ProtectedResource"], json!({ "S3Bucket": { "BucketName": bucket } }));
    let notified = &resources["QuarantineBucket"]["Properties"]["NotificationConfiguration"];
    assert_eq!(notified["EventBridgeConfiguration"]["EventBridgeEnabled"], true);
    let events = &resources["ScreeningFunction"]["Properties"]["Events"];
    let came = &events["Came"]["Properties"]["Pattern"];
    assert_eq!((&came["source"], &came["detail"]["bucket"]["name"]), (&json!(["aws.s3"]), &json!([bucket])));
    let scanned = &events["Scanned"]["Properties"]["Pattern"];
    assert_eq!(scanned["source"], json!(["aws.guardduty"]));
    assert_eq!(scanned["detail-type"], json!(["GuardDuty Malware Protection Object Scan Result"]));
    assert_eq!(scanned["detail"]["s3ObjectDetails"]["bucketName"], json!([bucket]));
}
