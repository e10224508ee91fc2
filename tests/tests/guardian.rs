//! A child under 14: a guardian acts, whose mailbox is verified, until the 14th birthday begins in Seoul. Over HTTP on the
//! deployed functions, and around midnight with the functions in this process and the clock put ahead.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[allow(dead_code, reason = "the functions serve several test programs")]
#[path = "faults/functions.rs"]
mod functions;
#[allow(dead_code, reason = "the wire serves several test programs")]
#[path = "faults/proxy.rs"]
mod proxy;

use chrono::{Days, Months, NaiveDate, TimeDelta, Utc};
use functions::{Reply, Service};
use medius_domain::clock::{kst_day, start_of_kst_day};
use medius_tests::journey::demo_story;
use medius_tests::stack::{Mail, Stack};
use medius_tests::user::{PatientApp, eight_digits, fresh_key};
use reqwest::Method;
use serde_json::{Value, json};
use std::time::Duration;

/// A child's case with a guardian named; returns the guardian's mailbox.
async fn with_guardian(app: &PatientApp) -> (String, String) {
    let opened = json!({"emergency_signs": [], "patient_under_14": true});
    let case = app.post("/v1/cases", &opened).await.unwrap().expect(201, "case").unwrap().json();
    assert_eq!(case["patient_under_14"], true);
    let case = case["id"].as_str().unwrap().to_owned();
    let mailbox = format!("guardian-{}@families.example", fresh_key());
    name_guardian(app, &case, &mailbox).await;
    (case, mailbox)
}

async fn name_guardian(app: &PatientApp, case: &str, mailbox: &str) {
    let now = app.get(&format!("/v1/cases/{case}")).await.unwrap().expect(200, "case").unwrap();
    let guardian = json!({"name": "Nguyễn Văn Nam", "email": mailbox, "relationship": "parent", "language": "en"});
    let path = format!("/v1/cases/{case}/intake/guardian");
    let told = app.change(Method::PUT, &path, &now.etag(), Some(&guardian)).await.unwrap().expect(200, "guardian");
    assert_eq!(told.unwrap().json()["guardian"]["email"], mailbox);
}

async fn patient(stack: &Stack, name: &str) -> (PatientApp, String) {
    let email = format!("{name}-{}@patients.example", fresh_key());
    let sign_in = stack.new_patient(&email).await.unwrap();
    (PatientApp::new(stack, &stack.sign_in(&sign_in).await.unwrap()), email)
}

/// Sends a code and takes it out of the guardian's mail.
async fn mailed_code(stack: &Stack, app: &PatientApp, case: &str, mailbox: &str) -> String {
    let path = format!("/v1/cases/{case}/guardian/code");
    app.post(&path, &Value::Null).await.unwrap().expect(202, "code").unwrap();
    let has = |m: &Mail| m.body_text.as_deref().and_then(eight_digits).is_some();
    let mail = stack.wait_for_mail(mailbox, Duration::from_secs(30), has).await.unwrap();
    assert!(!mail.body_text.as_deref().unwrap().contains("Nguyễn"), "a mail names nobody");
    eight_digits(mail.body_text.as_deref().unwrap()).unwrap()
}

async fn verify(app: &PatientApp, case: &str, code: &str) -> medius_tests::user::Answer {
    app.post(&format!("/v1/cases/{case}/guardian/verify"), &json!({"code": code})).await.unwrap()
}

/// Tries to agree; the answer to the decision.
async fn agree(app: &PatientApp, case: &str, item: &str) -> medius_tests::user::Answer {
    let path = format!("/v1/cases/{case}/consents/servings");
    let served = app.post(&path, &json!({"item": item, "language": "ko"})).await.unwrap().expect(201, item).unwrap();
    let body = json!({"serving_id": served.json()["serving_id"], "decision": "grant"});
    app.post(&format!("/v1/cases/{case}/consents"), &body).await.unwrap()
}

#[tokio::test]
async fn a_guardian_with_a_verified_mailbox_acts_for_a_child() {
    let stack = Stack::load().unwrap();
    let (app, own) = patient(&stack, "child").await;
    let (case, mailbox) = with_guardian(&app).await;

    // Without the guardian's code nothing is agreed to, and nothing but the guardian is taken.
    let alone = agree(&app, &case, "G1").await;
    assert_eq!((alone.status.as_u16(), alone.json()["reason"].as_str().unwrap()), (409, "guardian-not-verified"));
    let code = mailed_code(&stack, &app, &case, &mailbox).await;
    let wrong = verify(&app, &case, if code == "00000000" { "00000001" } else { "00000000" }).await;
    assert_eq!((wrong.status.as_u16(), wrong.json()["reason"].as_str().unwrap()), (409, "guardian-code-wrong"));
    verify(&app, &case, &code).await.expect(200, "verification").unwrap();
    let reused = verify(&app, &case, &code).await;
    assert_eq!(reused.json()["reason"], "guardian-code-wrong");

    assert_eq!(agree(&app, &case, "K1").await.expect(201, "K1").unwrap().json()["actor"], "GUARDIAN");
    for item in ["G1", "S1"] {
        agree(&app, &case, item).await.expect(201, item).unwrap();
    }
    let mut story = demo_story().unwrap();
    let born = kst_day(Utc::now()).checked_sub_months(Months::new(12 * 9)).unwrap();
    story["basic"]["birth_date"] = born.to_string().into();
    story["basic"]["email"] = own.clone().into();
    let told = app.tell(&case, &story).await.unwrap();
    app.complete(&case, &told.etag()).await.unwrap().expect(200, "complete").unwrap();
    let to = stack.run().providers[0].clone();
    for item in ["P", "PS"] {
        app.agree(&case, item, Some(&to)).await.unwrap();
    }
    let letter = app.make_letter(&case, &to).await.unwrap();
    app.deliver(&case, &letter).await.unwrap();
    let seen = app.get(&format!("/v1/cases/{case}/consents")).await.unwrap().json();
    assert_eq!(seen["must_decide"], "GUARDIAN");
    assert!(seen["current"].as_array().unwrap().iter().all(|c| c["actor"] == "GUARDIAN" && c["until"].is_string()
        || c["item"] == "K1"
        || c["item"] == "G1"
        || c["item"] == "S1"));

    // A new guardian's mailbox verifies nobody yet.
    name_guardian(&app, &case, &format!("other-{}@families.example", fresh_key())).await;
    let unverified = agree(&app, &case, "E1").await;
    assert_eq!(unverified.json()["reason"], "guardian-not-verified");
    // The child's own mailbox is nobody else's.
    let now = app.get(&format!("/v1/cases/{case}")).await.unwrap();
    let same = json!({"name": "X", "email": own, "relationship": "parent", "language": "en"});
    let path = format!("/v1/cases/{case}/intake/guardian");
    let refused = app.change(Method::PUT, &path, &now.etag(), Some(&same)).await.unwrap();
    assert_eq!((refused.status.as_u16(), &refused.json()["errors"][0]["pointer"]), (422, &json!("/email")));
    // Taking back needs no code: it only makes less known.
    app.withdraw(&case, "K1", None).await.unwrap().expect(201, "withdrawal").unwrap();
    let after = app.make_letter(&case, &to).await.unwrap_err().to_string();
    assert!(after.contains("K1"), "{after}");
}

#[tokio::test]
async fn a_code_of_a_guardian_ends_after_five_wrong_tries_and_three_are_sent_in_ten_minutes() {
    let stack = Stack::load().unwrap();
    let (app, _) = patient(&stack, "tries").await;
    let (case, mailbox) = with_guardian(&app).await;
    let code = mailed_code(&stack, &app, &case, &mailbox).await;
    let wrong = if code == "00000000" { "00000001" } else { "00000000" };
    for _ in 0..5 {
        assert_eq!(verify(&app, &case, wrong).await.status.as_u16(), 409);
    }
    assert_eq!(verify(&app, &case, &code).await.status.as_u16(), 409);
    let path = format!("/v1/cases/{case}/guardian/code");
    for expected in [202, 202, 429] {
        assert_eq!(app.post(&path, &Value::Null).await.unwrap().status.as_u16(), expected);
    }
    // Only the tries: a mail whose code another one has ended is turned away too, if the mailer comes to it late.
    let log = app.get(&format!("/v1/cases/{case}/access-log")).await.unwrap().json();
    let tried = |i: &&Value| i["object"] == "guardian/verification" && i["outcome"] == "refused";
    assert_eq!(log["items"].as_array().unwrap().iter().filter(tried).count(), 5, "{log}");
}

/// The functions in this process, for a child who is 14 some days from now.
struct Child {
    service: Service,
    case: String,
    stack: Stack,
}

impl Child {
    async fn post(&self, path: &str, body: &Value) -> Reply {
        let key = fresh_key();
        let path = format!("/v1/cases/{}{path}", self.case);
        self.service.consent("POST", &path, &[("idempotency-key", key.as_str())], Some(body)).await
    }

    async fn agree(&self, item: &str, to: Option<&str>) -> Reply {
        let mut wanted = json!({"item": item, "language": "en"});
        if let Some(to) = to {
            wanted["recipient"] = to.into();
        }
        let served = self.post("/consents/servings", &wanted).await;
        assert_eq!(served.status, 201, "{}", served.text());
        self.post("/consents", &json!({"serving_id": served.json()["serving_id"], "decision": "grant"})).await
    }

    /// The guardian proves the mailbox with the n-th code, derived as the mailer derives it.
    async fn verify(&self, n: u32) {
        assert_eq!(self.post("/guardian/code", &Value::Null).await.status, 202);
        let kms = self.stack.kms(self.stack.operator_credentials());
        let codes = medius_store::CodeMac::new(kms, self.stack.run().keys["code_mac"].clone());
        let code = codes.guardian_code(&self.case.parse().unwrap(), n).await.unwrap();
        let verified = self.post("/guardian/verify", &json!({"code": code.expose()})).await;
        assert_eq!(verified.status, 200, "{}", verified.text());
    }

    async fn change(&self, path: &str, method: &str, body: Option<&Value>) -> Reply {
        let at = format!("/v1/cases/{}", self.case);
        let now = self.service.intake("GET", &at, &[], None).await;
        let etag = format!("\"{}\"", now.json()["version"]);
        self.service.intake(method, &format!("{at}{path}"), &[("if-match", etag.as_str())], body).await
    }
}

#[tokio::test]
async fn at_midnight_in_seoul_on_the_fourteenth_birthday_the_child_decides() {
    let stack = Stack::load().unwrap();
    let (app, sub) = functions::patient(&stack).await;
    let service = Service::start(&stack, &sub).await;
    let (case, _) = with_guardian(&app).await;
    let child = Child { service, case, stack: stack.clone() };
    // 14 in three days: a 29 February is no day of this test.
    let birthday: NaiveDate = kst_day(Utc::now()).checked_add_days(Days::new(3)).unwrap();
    let born = birthday.checked_sub_months(Months::new(12 * 14)).unwrap();
    let of_age = start_of_kst_day(birthday);
    let until = |before: TimeDelta| of_age - Utc::now() - before;

    child.verify(1).await;
    for item in ["K1", "G1", "S1"] {
        assert_eq!(child.agree(item, None).await.status, 201, "{item}");
    }
    let mut story = demo_story().unwrap();
    story["basic"]["birth_date"] = born.to_string().into();
    assert_eq!(child.change("/intake/basic", "PUT", Some(&story["basic"])).await.status, 200);
    let health = json!({"emergency_signs": [], "health": story["health"]});
    assert_eq!(child.change("/intake/health", "PUT", Some(&health)).await.status, 200);
    assert_eq!(child.change("/complete", "POST", None).await.status, 200);
    let to = stack.run().providers[0].clone();
    for item in ["P", "PS"] {
        let granted = child.agree(item, Some(&to)).await;
        assert_eq!(granted.status, 201);
        // It ends on the birthday, not after the year that the text speaks of.
        let ends: chrono::DateTime<Utc> = granted.json()["expires_at"].as_str().unwrap().parse().unwrap();
        assert_eq!(ends, of_age);
    }
    let letter = app.make_letter(&child.case, &to).await.unwrap();
    let delivery = app.deliver(&child.case, &letter).await.unwrap();

    // The last seconds of the day before: the link opens.
    child.service.set_ahead(until(TimeDelta::seconds(20)));
    let institution = child.service.institution(&child.case, &delivery).await;
    let code = json!({"secret": institution.link.secret});
    let path = format!("/r/{}/code", institution.link.id);
    assert_eq!(child.service.provider("POST", &path, &[], Some(&code)).await.status, 202);
    // Midnight: what the guardian agreed to is over, for the link as for everything else.
    child.service.set_ahead(until(TimeDelta::zero()));
    assert_eq!(child.service.provider("POST", &path, &[], Some(&code)).await.status, 404);
    assert_eq!(child.change("/complete", "POST", None).await.status, 403);
    let new = json!({"referral_id": letter});
    let key = fresh_key();
    let headers = [("idempotency-key", key.as_str())];
    let deliveries = format!("/v1/cases/{}/deliveries", child.case);
    let sent = child.service.delivery("POST", &deliveries, &headers, Some(&new)).await;
    assert_eq!(sent.status, 403);
    // From now on the child decides, without any guardian's code, and without a guardian at all.
    let late = child.post("/guardian/code", &Value::Null).await;
    assert_eq!(late.json()["reason"], "no-guardian-needed");
    for item in ["G1", "S1"] {
        let own = child.agree(item, None).await;
        assert_eq!((own.status, &own.json()["actor"]), (201, &json!("SELF")));
    }
    assert_eq!(child.change("/complete", "POST", None).await.status, 200);
    let path = format!("/v1/cases/{}/consents", child.case);
    let seen = child.service.consent("GET", &path, &[], None).await.json();
    assert_eq!(seen["must_decide"], "SELF");
    let expired = seen["events"].as_array().unwrap().iter().filter(|e| e["action"] == "EXPIRE").count();
    assert_eq!(expired, 5, "K1, G1, S1, P and PS of the guardian");
}
