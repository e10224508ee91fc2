//! Sign-ins as Cognito reports them. The local pools call no function, so that its documented events are sent by hand.

use crate::world::{aws, db, heads, signer};
use chrono::{DateTime, Utc};
use lambda_runtime::Context;
use medius_domain::access::{Action, Actor, Authentication, Event, Object, Outcome, Purpose, Scope};
use medius_domain::id::Subject;
use medius_domain::policy::{On, Thing};
use medius_journal::{Journal, handle};
use medius_store::{Database, Tables};
use medius_tests::stack::Stack;
use medius_tests::user::fresh_key;
use serde_json::{Value, json};
use std::sync::Arc;

/// The journal in this process, at a moment.
pub(crate) fn journal(stack: &Stack, at: DateTime<Utc>) -> Journal {
    Journal::new(db(stack, at), heads(stack), signer(stack))
}

/// Somebody began to sign in, at a moment.
pub(crate) async fn attempted(stack: &Stack, who: &Subject, at: DateTime<Utc>) {
    let event = Event {
        actor: Actor::System { function: "journal".to_owned() },
        authentication: Authentication::Role,
        action: Action::SignInAttempt,
        outcome: Outcome::Done,
        object: Object::part(Thing::SignIn, "patient"),
        purpose: Purpose::Administration,
        reason: None,
        basis: vec![],
        evidence: None,
        source_ip: None,
        request_id: Some("r".to_owned()),
    };
    crate::world::happened(stack, event, &On::Service(&Scope::SignIns(who.clone())), at).await;
}

/// What Cognito sends, by its documentation.
fn event(trigger: &str, sub: &str, email: &str) -> Value {
    json!({"version": "1", "triggerSource": trigger, "region": "ap-northeast-2", "userPoolId": "ap-northeast-2_x",
        "userName": sub, "callerContext": {"awsSdkVersion": "aws-sdk-unknown-unknown", "clientId": "client"},
        "request": {"userAttributes": {"sub": sub, "email": email, "email_verified": "true",
            "cognito:user_status": "CONFIRMED"}, "validationData": {}, "newDeviceUsed": false},
        "response": {}})
}

#[tokio::test]
async fn attempts_and_sign_ins_are_in_the_persons_chain_without_name_or_address() {
    let stack = Stack::load().unwrap();
    for (alias, object) in [("patients", "sign-in/patient"), ("staff", "sign-in/staff")] {
        let (sub, email) = (fresh_key(), format!("{}@somewhere.example", fresh_key()));
        for trigger in ["PreAuthentication_Authentication", "PostAuthentication_Authentication"] {
            let event = event(trigger, &sub, &email);
            assert_eq!(stack.invoke("journal", Some(alias), &event).await.unwrap(), event, "unchanged is yes");
        }
        let scope = Scope::SignIns(Subject::of(&sub));
        let entries = db(&stack, Utc::now()).log_entries(&scope).await.unwrap();
        let seen: Vec<_> = entries.iter().map(|e| (e.action, e.object.as_str())).collect();
        assert_eq!(seen, [(Action::SignInAttempt, object), (Action::SignIn, object)]);
        let written = serde_json::to_string(&entries).unwrap() + &stack.logs("journal").await.unwrap().join("\n");
        assert!(!written.contains(&email) && !written.contains(&sub), "{alias}");
    }
}

#[tokio::test]
async fn a_name_that_is_in_no_pool_leaves_no_trace_and_another_event_is_refused() {
    let stack = Stack::load().unwrap();
    let mut nobody = event("PreAuthentication_Authentication", "x", "y@somewhere.example");
    nobody["request"] = json!({"userAttributes": {}, "userNotFound": true});
    assert_eq!(stack.invoke("journal", Some("staff"), &nobody).await.unwrap(), nobody);
    let known = event("PreAuthentication_Authentication", &fresh_key(), "y@somewhere.example");
    assert!(stack.invoke("journal", None, &known).await.is_err(), "no pool called");
    let other = event("PreSignUp_SignUp", &fresh_key(), "y@somewhere.example");
    assert!(stack.invoke("journal", Some("staff"), &other).await.is_err());
}

#[tokio::test]
async fn without_a_log_staff_stay_out_and_patients_get_in() {
    let stack = Stack::load().unwrap();
    let tables = Tables::new(|variable| (variable == "TABLE_ACCESS_LOG").then(|| "no-such-table".to_owned()));
    let broken = Database::new(aws(&stack).dynamodb(), tables, Arc::new(crate::world::At(Utc::now())));
    let journal = Journal::new(broken, heads(&stack), signer(&stack));
    let mut context = Context::default();
    let event = event("PreAuthentication_Authentication", &fresh_key(), "y@somewhere.example");
    let arn = |alias: &str| format!("arn:aws:lambda:ap-northeast-2:123456789012:function:medius-journal:{alias}");
    context.invoked_function_arn = arn("staff");
    let refusal = handle(&journal, event.clone(), &context).await.unwrap_err().to_string();
    assert!(refusal.starts_with("The sign-in could not be recorded"), "{refusal}");
    context.invoked_function_arn = arn("patients");
    assert_eq!(handle(&journal, event.clone(), &context).await.unwrap(), event);
}
