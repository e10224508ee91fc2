//! Policies of the keys: who may administer one may not use it, and whoever may use it is named twice, by the key and by the
//! role's own policy.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::{list, of_type, statements, template};

/// Actions that make something with a key.
const USES: [&str; 4] = ["kms:Decrypt", "kms:GenerateDataKeyWithoutPlaintext", "kms:GenerateMac", "kms:Sign"];

fn key_policies(template: &Value) -> Vec<(&str, Vec<&Value>)> {
    let policy = |key: &'_ Value| key["KeyPolicy"]["Statement"].as_array().map(|all| all.len()).unwrap_or_default();
    let keys: Vec<_> = of_type(template, "AWS::KMS::Key").collect();
    assert!(keys.iter().all(|(_, key)| policy(key) > 1));
    keys.into_iter().map(|(id, key)| (id, key["KeyPolicy"]["Statement"].as_array().unwrap().iter().collect())).collect()
}

/// Logical ids of the roles that a statement's condition names.
fn named(statement: &Value) -> BTreeSet<String> {
    let patterns = statement["Condition"]["ArnLike"]["aws:PrincipalArn"].as_array().into_iter().flatten();
    let role = |pattern: &Value| {
        let pattern = pattern["!Sub"].as_str().unwrap().to_owned();
        let name = pattern.rsplit_once("${AWS::StackName}-").unwrap().1;
        name.strip_suffix("-*").unwrap().to_owned()
    };
    patterns.map(role).collect()
}

#[test]
fn who_administers_a_key_cannot_use_it() {
    for (key, statements) in key_policies(&template()) {
        for statement in statements {
            assert_eq!(statement["Effect"], "Allow", "{key}");
            let actions = list(&statement["Action"]);
            assert!(!actions.contains(&"kms:*"), "{key}");
            if statement["Sid"] == "Administration" {
                assert!(actions.iter().all(|action| !USES.contains(action)), "{key}");
                assert!(actions.contains(&"kms:PutKeyPolicy"), "{key}: nobody could mend its policy");
            }
            // Anybody of the account only through a service that decides for whom; services only for this account.
            let condition = &statement["Condition"]["StringEquals"];
            if statement["Principal"]["AWS"] == "*" {
                assert_eq!(condition["kms:CallerAccount"], json!({ "!Ref": "AWS::AccountId" }), "{key}");
                assert!(!condition["kms:ViaService"].is_null(), "{key}");
            }
            if !statement["Principal"]["Service"].is_null() {
                let ours = condition["aws:SourceAccount"] == json!({ "!Ref": "AWS::AccountId" });
                assert!(ours || !statement["Condition"]["ArnLike"].is_null(), "{key}");
            }
        }
    }
}

#[test]
fn a_key_names_exactly_the_roles_that_are_granted_its_use() {
    let template = template();
    let mut seen = 0;
    for (key, policy) in key_policies(&template) {
        let Some(using) = policy.iter().find(|s| !named(s).is_empty()) else { continue };
        seen += 1;
        let arn = json!({ "!GetAtt": format!("{key}.Arn") });
        let on_it = |s: &&Value| s["Resource"] == arn || s["Resource"].as_array().is_some_and(|all| all.contains(&arn));
        let uses = |s: &&Value| list(&s["Action"]).iter().any(|action| USES.contains(action));
        let granted: BTreeSet<String> = statements(&template)
            .into_iter()
            .filter(|(_, all)| all.iter().any(|s| on_it(s) && uses(s)))
            .map(|(role, _)| role.to_owned())
            .collect();
        if key == "DataKey" {
            // Each role's purposes are in its own policy, which another test holds.
            assert_eq!(named(using), ["*Role".to_owned()].into());
            assert_eq!(using["Condition"]["StringEquals"]["kms:EncryptionContext:app"], "medius");
        } else {
            assert_eq!(named(using), granted, "{key}");
        }
    }
    assert!(seen >= 6, "{seen} keys name roles");
}

#[test]
fn tables_files_and_logs_are_under_keys_of_their_own_that_rotate() {
    let template = template();
    for (id, group) in of_type(&template, "AWS::Logs::LogGroup") {
        assert_eq!(group["KmsKeyId"], json!({ "!GetAtt": "LogsKey.Arn" }), "{id}");
        assert_eq!(group["RetentionInDays"], json!({ "!Ref": "LogRetentionDays" }), "{id}");
    }
    for (id, queue) in of_type(&template, "AWS::SQS::Queue") {
        assert_eq!(queue["KmsMasterKeyId"], json!({ "!GetAtt": "StorageKey.Arn" }), "{id}");
    }
    for (id, key) in of_type(&template, "AWS::KMS::Key") {
        let symmetric = key["KeySpec"].is_null();
        assert_eq!(key["EnableKeyRotation"] == true, symmetric, "{id}");
        assert_eq!(key["PendingWindowInDays"], 30, "{id}");
    }
    let through = |key: &str, sid: &str| {
        let all = template["Resources"][key]["Properties"]["KeyPolicy"]["Statement"].as_array().unwrap();
        let statement = all.iter().find(|s| s["Sid"] == sid).unwrap();
        statement["Condition"]["StringEquals"]["kms:ViaService"].clone()
    };
    let service = |name: &str| json!({ "!Sub": format!("{name}.${{AWS::Region}}.amazonaws.com") });
    assert_eq!(through("StorageKey", "ThroughStorageOnly"), json!([service("dynamodb"), service("sqs")]));
    assert_eq!(through("DocumentsKey", "ThroughStorageOnly"), service("s3"));
    assert_eq!(through("LogsKey", "LogHeads"), service("s3"));
}

#[test]
fn what_holds_data_outlives_the_stack_and_its_replacement() {
    let template = template();
    for kind in
        ["AWS::KMS::Key", "AWS::DynamoDB::Table", "AWS::S3::Bucket", "AWS::Cognito::UserPool", "AWS::SQS::Queue"]
    {
        let all = template["Resources"].as_object().unwrap().iter().filter(|(_, resource)| resource["Type"] == kind);
        for (id, resource) in all {
            assert_eq!(
                (&resource["DeletionPolicy"], &resource["UpdateReplacePolicy"]),
                (&json!("Retain"), &json!("Retain")),
                "{id}"
            );
        }
    }
}
