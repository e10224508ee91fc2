//! Roles of staff over HTTP on the local stack: granted, removed, on record, and effective with the next sign-in.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use medius_domain::access::{Action, Actor, Authentication, Entry, Event, Object, Outcome, Purpose, Scope, verify};
use medius_domain::clock::{Clock, SystemClock};
use medius_domain::id::Subject;
use medius_domain::member::{Member, Wanted};
use medius_domain::policy::{On, Role, Thing, permit};
use medius_store::{Change, Database, Place, Tables};
use medius_tests::stack::{SignIn, Stack};
use medius_tests::staff::StaffApp;
use medius_tests::user::{Answer, PatientApp, fresh_key};
use reqwest::Method;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;

const PASSWORD: &str = "Aa1-of-one-test-only";

fn address(name: &str) -> String {
    format!("{name}-{}@staff.example", fresh_key())
}

async fn staff(stack: &Stack, group: &str) -> (StaffApp, SignIn) {
    let who = stack.new_member(&address(group), group).await.unwrap();
    (StaffApp::of(stack, &who).await.unwrap(), who)
}

fn database(stack: &Stack) -> Database {
    let tables = Tables::new(|name| stack.run().tables.get(&name.strip_prefix("TABLE_")?.to_lowercase()).cloned());
    Database::new(stack.dynamodb(stack.operator_credentials()), tables, Arc::new(SystemClock))
}

/// The member's chain in the access log, which must hold: object and outcome, without looks.
async fn log(stack: &Stack, subject: &str) -> Vec<(String, Outcome)> {
    let entries = database(stack).log_entries(&Scope::Member(subject.parse().unwrap())).await.unwrap();
    verify(&entries).expect("the member's chain");
    let changes = entries.into_iter().filter(|e: &Entry| e.action != Action::View);
    let prefix = format!("member/{subject}/");
    changes.map(|e| (e.object.as_str().strip_prefix(&prefix).unwrap().to_owned(), e.outcome)).collect()
}

/// What somebody tried and may not, in their own chain.
async fn attempts(stack: &Stack, who: &StaffApp) -> Vec<String> {
    let entries = database(stack).log_entries(&Scope::Member(who.subject.clone())).await.unwrap();
    verify(&entries).expect("the member's chain");
    let refused = entries.into_iter().filter(|e| e.outcome == Outcome::Refused);
    refused.map(|e| e.object.as_str().to_owned()).collect()
}

fn reason(answer: &Answer) -> (u16, String) {
    (answer.status.as_u16(), answer.json()["reason"].as_str().unwrap_or_default().to_owned())
}

async fn grant(by: &StaffApp, subject: &str, role: &str) -> Answer {
    by.post(&format!("/staff/v1/members/{subject}/roles"), &json!({"role": role})).await.unwrap()
}

async fn remove(by: &StaffApp, subject: &str, role: &str) -> Answer {
    by.send(Method::DELETE, &format!("/staff/v1/members/{subject}/roles/{role}"), &[], None).await.unwrap()
}

/// Gives an invited account its lasting password, as its owner would at the first sign-in.
async fn accept(stack: &Stack, email: &str) -> SignIn {
    let body =
        json!({"UserPoolId": stack.run().staff_pool.id, "Username": email, "Password": PASSWORD, "Permanent": true});
    let target = "AWSCognitoIdentityProviderService.AdminSetUserPassword";
    stack.operator().json("cognito-idp", target, &body).await.unwrap();
    SignIn { role: "coordinator".into(), email: email.to_owned(), password: PASSWORD.to_owned() }
}

#[tokio::test]
async fn a_member_is_invited_given_a_role_and_loses_it_and_all_of_it_is_on_record() {
    let stack = Stack::load().unwrap();
    let (ops, _) = staff(&stack, "ops").await;
    let email = address("new");
    let key = fresh_key();
    let body = json!({"email": email});
    let made = ops.post_with("/staff/v1/members", &body, &key).await.unwrap().expect(201, "account").unwrap();
    let subject = made.json()["subject"].as_str().unwrap().to_owned();
    assert_eq!(made.json()["roles"], json!([]));
    assert!(!made.text().contains(&email), "the answer is kept, so it may not hold the address");
    stack.wait_for_mail(&email, Duration::from_secs(20), |_| true).await.expect("the pool's invitation");
    let again = ops.post_with("/staff/v1/members", &body, &key).await.unwrap().expect(201, "repeat").unwrap();
    assert_eq!(again.json(), made.json());
    assert_eq!(reason(&ops.post("/staff/v1/members", &body).await.unwrap()), (409, "member-exists".into()));

    let who = accept(&stack, &email).await;
    let before = StaffApp::of(&stack, &who).await.unwrap();
    assert_eq!(before.subject.as_str(), subject);
    let work = "/staff/v1/providers";
    assert_eq!(before.get(work).await.unwrap().status.as_u16(), 403, "an account is no role");
    let granted = grant(&ops, &subject, "coordinator").await.expect(200, "grant").unwrap().json();
    assert_eq!((&granted["roles"], &granted["unsettled"]), (&json!(["coordinator"]), &json!([])));
    StaffApp::of(&stack, &who).await.unwrap().get(work).await.unwrap().expect(200, "with the role").unwrap();
    let second = grant(&ops, &subject, "dpo").await.expect(200, "second").unwrap().json();
    assert_eq!(second["roles"], json!(["coordinator", "dpo"]));
    let removed = remove(&ops, &subject, "coordinator").await.expect(200, "removal").unwrap().json();
    assert_eq!(removed["roles"], json!(["dpo"]));
    remove(&ops, &subject, "dpo").await.expect(200, "removal").unwrap();
    assert_eq!(StaffApp::of(&stack, &who).await.unwrap().get(work).await.unwrap().status.as_u16(), 403);

    let view = ops.get(&made.header("location")).await.unwrap().expect(200, "member").unwrap().json();
    assert_eq!((view["email"].as_str(), &view["roles"]), (Some(email.as_str()), &json!([])));
    let told: Vec<_> =
        view["history"].as_array().unwrap().iter().map(|h| (h["what"].clone(), h["role"].clone())).collect();
    let line = |what: &str, role: Value| (json!(what), role);
    let expected = [
        line("created", Value::Null),
        line("granted", json!("coordinator")),
        line("granted", json!("dpo")),
        line("removed", json!("coordinator")),
        line("removed", json!("dpo")),
    ];
    assert_eq!(told, expected);
    let done = |object: &str| (object.to_owned(), Outcome::Done);
    let steps = [
        "coordinator/granting",
        "coordinator/granted",
        "dpo/granting",
        "dpo/granted",
        "coordinator/removing",
        "coordinator/removed",
        "dpo/removing",
        "dpo/removed",
    ];
    let expected: Vec<_> = ["created"].into_iter().chain(steps).map(done).collect();
    assert_eq!(log(&stack, &subject).await, expected);
    let lines = stack.logs("members").await.unwrap();
    assert!(!lines.is_empty() && lines.iter().all(|line| !line.contains(&email)), "an address is in the log lines");
}

#[tokio::test]
async fn nobody_changes_their_own_rights() {
    let stack = Stack::load().unwrap();
    let (ops, _) = staff(&stack, "ops").await;
    let own = ops.subject.as_str();
    assert_eq!(reason(&grant(&ops, own, "auditor").await), (409, "own-roles".into()));
    assert_eq!(reason(&remove(&ops, own, "ops").await), (409, "own-roles".into()));
    let closed = ops.post(&format!("/staff/v1/members/{own}/disable"), &json!({})).await.unwrap();
    assert_eq!(reason(&closed), (409, "own-roles".into()));
    let refused = |object: &str| (object.to_owned(), Outcome::Refused);
    let expected = ["auditor/granting", "ops/removing", "disabling"].map(refused);
    assert_eq!(log(&stack, own).await, expected, "the attempts are on record");
}

#[tokio::test]
async fn two_who_take_each_others_role_cannot_both_succeed() {
    let stack = Stack::load().unwrap();
    for _ in 0..3 {
        let ((one, _), (two, _)) = (staff(&stack, "ops").await, staff(&stack, "ops").await);
        let (a, b) = (one.subject.as_str(), two.subject.as_str());
        let answers = tokio::join!(remove(&one, b, "ops"), remove(&two, a, "ops"));
        let statuses = [answers.0.status.as_u16(), answers.1.status.as_u16()];
        assert!(statuses == [200, 403] || statuses == [403, 200], "{statuses:?}");
        let (stays, gone) = if statuses[0] == 200 { (&one, &two) } else { (&two, &one) };
        // The token of who lost it is still young; the record is what counts here.
        assert_eq!(gone.get("/staff/v1/members").await.unwrap().status.as_u16(), 403);
        assert_eq!(grant(gone, stays.subject.as_str(), "dpo").await.status.as_u16(), 403);
        let entry = ("dpo/granting".to_owned(), Outcome::Refused);
        assert!(log(&stack, stays.subject.as_str()).await.contains(&entry), "the attempt is not on record");
        stays.get("/staff/v1/members").await.unwrap().expect(200, "who stays").unwrap();
    }
}

#[tokio::test]
async fn a_change_that_broke_off_is_shown_and_finished_by_a_repeat() {
    let stack = Stack::load().unwrap();
    let (ops, _) = staff(&stack, "ops").await;
    let (member, who) = staff(&stack, "auditor").await;
    let subject = member.subject.as_str();
    // The function's first half, and then it dies: on record, not in the pool.
    let db = database(&stack);
    let scope = Scope::Member(member.subject.clone());
    let username = username(&stack, &who.email).await;
    let found = Member::found(member.subject.clone(), username, &[Role::Auditor], true, SystemClock.now());
    let begun = found.begin(Role::Coordinator, Wanted::Grant, &ops.subject, SystemClock.now()).unwrap();
    let event = Event {
        actor: Actor::Staff { subject: ops.subject.clone(), role: Role::Ops },
        authentication: Authentication::AccessToken,
        action: Action::GrantChange,
        outcome: Outcome::Done,
        object: Object::of(Thing::Member, &member.subject, "coordinator/granting"),
        purpose: Purpose::Administration,
        reason: None,
        basis: vec![],
        evidence: None,
        source_ip: None,
        request_id: None,
    };
    let snapshot = db.read([Place::LogHead(scope.clone())]).await.unwrap();
    let mut change = Change::new(permit(event, &On::Service(&scope)).unwrap(), db.now());
    change.put_member(&begun).unwrap();
    db.commit(change, &snapshot).await.unwrap();

    let path = format!("/staff/v1/members/{subject}");
    let view = ops.get(&path).await.unwrap().expect(200, "member").unwrap().json();
    assert_eq!((&view["roles"], &view["unsettled"]), (&json!(["auditor"]), &json!(["coordinator"])));
    let opposite = remove(&ops, subject, "coordinator").await;
    assert_eq!(
        reason(&opposite),
        (409, "change-in-progress".into()),
        "two calls to the pool could land in either order"
    );
    grant(&ops, subject, "coordinator").await.expect(200, "repeat").unwrap();
    let view = ops.get(&path).await.unwrap().json();
    assert_eq!((&view["roles"], &view["unsettled"]), (&json!(["coordinator", "auditor"]), &json!([])));
    let signed_in = StaffApp::of(&stack, &who).await.unwrap();
    signed_in.get("/staff/v1/provider-changes").await.unwrap().expect(200, "with the role").unwrap();
    let done = |object: &str| (object.to_owned(), Outcome::Done);
    let expected = ["coordinator/granting", "coordinator/granting", "coordinator/granted"].map(done);
    assert_eq!(log(&stack, subject).await, expected, "the log says more than happened, never less");
}

async fn username(stack: &Stack, email: &str) -> String {
    let body = json!({"UserPoolId": stack.run().staff_pool.id, "Username": email});
    let target = "AWSCognitoIdentityProviderService.AdminGetUser";
    let user = stack.operator().json("cognito-idp", target, &body).await.unwrap();
    user["Username"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_closed_account_does_not_sign_in_and_gets_no_role() {
    let stack = Stack::load().unwrap();
    let ((ops, _), (member, who)) = (staff(&stack, "ops").await, staff(&stack, "ops").await);
    let path = format!("/staff/v1/members/{}/disable", member.subject);
    let closed = ops.send(Method::POST, &path, &[], None).await.unwrap().expect(200, "disable").unwrap().json();
    assert_eq!(closed["enabled"], false);
    assert!(stack.sign_in(&who).await.is_err(), "a closed account signed in");
    assert_eq!(member.get("/staff/v1/members").await.unwrap().status.as_u16(), 403, "its last token still reads");
    let subject = member.subject.as_str();
    assert_eq!(reason(&grant(&ops, subject, "dpo").await), (409, "member-disabled".into()));
    ops.send(Method::POST, &path, &[], None).await.unwrap().expect(200, "repeat").unwrap();
    remove(&ops, subject, "ops").await.expect(200, "its role goes too").unwrap();
}

#[tokio::test]
async fn oversight_sees_roles_and_no_addresses_and_nobody_else_sees_anything() {
    let stack = Stack::load().unwrap();
    let (ops, who) = staff(&stack, "ops").await;
    let own = ops.subject.as_str();
    let entry = |list: &Value| list["items"].as_array().unwrap().iter().find(|m| m["subject"] == own).unwrap().clone();
    let full = ops.get("/staff/v1/members").await.unwrap().expect(200, "list").unwrap().json();
    assert_eq!((entry(&full)["email"].as_str(), &entry(&full)["roles"]), (Some(who.email.as_str()), &json!(["ops"])));
    for group in ["dpo", "auditor"] {
        let (reader, _) = staff(&stack, group).await;
        let list = reader.get("/staff/v1/members").await.unwrap().expect(200, group).unwrap();
        assert_eq!(entry(&list.json())["roles"], json!(["ops"]));
        assert!(!list.text().contains('@'), "{group} sees an address");
        assert_eq!(grant(&reader, own, "dpo").await.status.as_u16(), 403);
    }
    for group in ["coordinator", "clinician_reviewer"] {
        let (other, _) = staff(&stack, group).await;
        for path in ["/staff/v1/members".to_owned(), format!("/staff/v1/members/{own}")] {
            assert_eq!(other.get(&path).await.unwrap().status.as_u16(), 403, "{group} {path}");
        }
        assert_eq!(grant(&other, own, "dpo").await.status.as_u16(), 403);
        assert_eq!(remove(&other, own, "nonsense").await.status.as_u16(), 403);
        let tried = attempts(&stack, &other).await;
        assert_eq!(tried[..2], ["member".to_owned(), format!("member/{own}")], "{group} tried in vain and unseen");
        let body = json!({"email": "x@staff.example"});
        assert_eq!(other.post("/staff/v1/members", &body).await.unwrap().status.as_u16(), 403);
    }
    let patient = stack.new_patient(&format!("members-{}@patients.example", fresh_key())).await.unwrap();
    let patient = PatientApp::new(&stack, &stack.sign_in(&patient).await.unwrap());
    assert_eq!(patient.get("/staff/v1/members").await.unwrap().status.as_u16(), 401);
}

#[tokio::test]
async fn bad_input_is_named() {
    let stack = Stack::load().unwrap();
    let (ops, _) = staff(&stack, "ops").await;
    let (member, _) = staff(&stack, "coordinator").await;
    let subject = member.subject.as_str();
    let field = |answer: Answer| {
        let error = answer.json()["errors"][0].clone();
        let text = |name: &str| error[name].as_str().unwrap_or_default().to_owned();
        (answer.status.as_u16(), format!("{} {}", text("pointer"), text("code")))
    };
    for role in ["owner", "patient", "function", "COORDINATOR", ""] {
        assert_eq!(field(grant(&ops, subject, role).await), (422, "/role unknown-value".into()), "{role}");
    }
    for role in ["owner", "patient", "institution"] {
        assert_eq!(field(remove(&ops, subject, role).await), (422, "/role unknown-value".into()), "{role}");
    }
    for (body, expected) in [
        (json!({"email": "zxcanary"}), "/email format"),
        (json!({"email": "a@b.example\nBcc: c@d.example"}), "/email control-character"),
        (json!({}), "/email missing"),
        (json!({"email": "a@b.example", "role": "ops"}), "/role unknown-field"),
    ] {
        let answer = ops.post("/staff/v1/members", &body).await.unwrap();
        assert!(!answer.text().contains("zxcanary"));
        assert_eq!(field(answer), (422, expected.to_owned()));
    }
    let nobody = Subject::of("nobody at all");
    for absent in [nobody.as_str(), "sub_x", "me"] {
        assert_eq!(grant(&ops, absent, "dpo").await.code(), "not-found", "{absent}");
        assert_eq!(remove(&ops, absent, "dpo").await.code(), "not-found", "{absent}");
        assert_eq!(ops.get(&format!("/staff/v1/members/{absent}")).await.unwrap().code(), "not-found", "{absent}");
    }
}
