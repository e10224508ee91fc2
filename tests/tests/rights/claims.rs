//! Requests without a sign-in: the code to the mailbox on file, the same answers for people who are known and who are not, and
//! nothing that an unverified request does.

mod acting;
mod limits;
mod mandates;
mod values;

use super::{chain, member, patient, queued, seen, states};
use medius_domain::access::{Authentication, Outcome, Scope};
use medius_tests::anybody::Anybody;
use medius_tests::journey::{demo_story, wait_for_state};
use medius_tests::stack::{Mail, Stack};
use medius_tests::user::{Answer, PatientApp, eight_digits, fresh_key};
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::time::Duration;

const CLAIMS: &str = "/v1/public/rights-requests";
const NOWHERE: &str = "rgt_00000000000000000000000000000000";

/// A patient with a complete case and a mailbox that is on file.
async fn known(stack: &Stack) -> (PatientApp, String, String) {
    let (app, _) = patient(stack).await;
    let email = format!("Claims-{}@patients.example", fresh_key());
    let case = case_with(stack, &app, &email).await;
    (app, case, email)
}

async fn case_with(stack: &Stack, app: &PatientApp, email: &str) -> String {
    let mut story = demo_story().unwrap();
    story["basic"]["email"] = json!(email);
    app.ready_case(&story, &stack.run().providers[0]).await.unwrap()
}

fn wish(right: &str, email: &str) -> Value {
    json!({"right": right, "email": email, "role": "self", "language": "en"})
}

/// Asks for something and returns the request's id.
async fn claim(who: &Anybody, wish: &Value) -> String {
    let asked = who.send(Method::POST, CLAIMS, Some(wish)).await.unwrap().expect(202, "claim").unwrap();
    asked.json()["id"].as_str().unwrap().to_owned()
}

fn of_codes(mail: &Mail) -> bool {
    mail.subject.ends_with("Your code") && mail.body_text.as_deref().and_then(eight_digits).is_some()
}

/// The codes that came to a mailbox, the oldest first; at least so many.
async fn codes(stack: &Stack, email: &str, at_least: usize) -> Vec<String> {
    for _ in 0..150 {
        let mails = stack.mails().await.unwrap();
        let found: Vec<String> = mails
            .iter()
            .filter(|mail| mail.to.iter().any(|to| to.eq_ignore_ascii_case(email)) && of_codes(mail))
            .filter_map(|mail| mail.body_text.as_deref().and_then(eight_digits))
            .collect();
        if found.len() >= at_least {
            return found;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    panic!("fewer than {at_least} codes came in 30 s");
}

fn other_than(code: &str) -> &'static str {
    if code == "00000000" { "00000001" } else { "00000000" }
}

async fn verify(who: &Anybody, id: &str, code: &str) -> Answer {
    who.send(Method::POST, &format!("{CLAIMS}/{id}/verify"), Some(&json!({"code": code}))).await.unwrap()
}

/// A request with its ticket.
async fn verified(stack: &Stack, who: &Anybody, email: &str, wish: &Value) -> (String, Anybody) {
    let before = stack.mails().await.unwrap().len();
    let id = claim(who, wish).await;
    let mail = loop {
        let mails = stack.mails().await.unwrap();
        let new = mails.into_iter().skip(before).find(|m| m.to.iter().any(|to| to == email) && of_codes(m));
        if let Some(mail) = new {
            break mail;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    };
    let code = eight_digits(mail.body_text.as_deref().unwrap()).unwrap();
    let shown = verify(who, &id, &code).await.expect(200, "verification").unwrap().json();
    (id, who.with(shown["ticket"].as_str().unwrap()))
}

async fn looked(who: &Anybody, id: &str) -> Answer {
    who.send(Method::GET, &format!("{CLAIMS}/{id}"), None).await.unwrap()
}

/// How a request stands in the table.
async fn stored(stack: &Stack, id: &str) -> medius_domain::rights::RightsRequest {
    let tables = medius_store::Tables::new(|name| {
        let short = name.strip_prefix("TABLE_")?.to_lowercase();
        stack.run().tables.get(&short).cloned()
    });
    let clock = std::sync::Arc::new(medius_domain::clock::SystemClock);
    let db = medius_store::Database::new(stack.dynamodb(stack.operator_credentials()), tables, clock);
    let id: medius_domain::id::RightId = id.parse().unwrap();
    let snapshot = db.read([medius_store::Place::Right(id.clone())]).await.unwrap();
    snapshot.rights_request(&id).unwrap().unwrap()
}

#[tokio::test]
async fn who_lost_the_account_asks_with_a_code_to_the_mailbox_on_file() {
    let stack = Stack::load().unwrap();
    let (app, case, email) = known(&stack).await;
    let who = Anybody::new(&stack, "rights");
    let mut asked = wish("access", &email.to_lowercase());
    asked["case_id"] = json!(case);
    let id = claim(&who, &asked).await;
    let code = codes(&stack, &email, 1).await.pop().unwrap();

    // Nothing is known yet: it is in nobody's list and in no queue, and not in the log of the case that was named.
    let dpo = member(&stack, "dpo").await;
    assert!(queued(&dpo, &id, "QUEUED").await.is_none());
    let all = dpo.get("/staff/v1/rights-requests").await.unwrap().expect(200, "queue").unwrap().json();
    assert!(all["items"].as_array().unwrap().iter().all(|item| item["id"] != json!(id)));
    assert_eq!(app.get("/v1/rights-requests").await.unwrap().json()["items"], json!([]));
    let entries = chain(&stack, &Scope::Case(case.parse().unwrap())).await;
    assert!(entries.iter().all(|entry| !entry.object.as_str().contains(&id)));

    // A wrong code, then the right one, which works once.
    assert_eq!(verify(&who, &id, other_than(&code)).await.code(), "not-found");
    let shown = verify(&who, &id, &code).await.expect(200, "verification").unwrap().json();
    assert_eq!((&shown["request"]["state"], &shown["request"]["case_id"]), (&json!("QUEUED"), &json!(case)));
    assert_eq!(verify(&who, &id, &code).await.code(), "not-found");
    let ticket = who.with(shown["ticket"].as_str().unwrap());
    let view = looked(&ticket, &id).await.expect(200, "look").unwrap().json();
    assert_eq!(states(&view), ["RECEIVED", "IDENTITY_PENDING", "QUEUED"]);
    assert_eq!((&view["asked_as"], view["waiting_for"]["what"]["en"].is_string()), (&json!("self"), true));

    // The ticket is for this request only, and nothing else is one.
    let other = claim(&who, &asked).await;
    for refused in [
        looked(&ticket, &other).await,
        looked(&ticket, NOWHERE).await,
        looked(&who, &id).await,
        looked(&who.with("x"), &id).await,
        looked(&who.with(&"a".repeat(52)), &id).await,
        ticket.send(Method::POST, &format!("{CLAIMS}/{other}/cancel"), None).await.unwrap(),
    ] {
        assert_eq!((refused.status.as_u16(), refused.code().as_str()), (404, "not-found"));
    }

    // The patient sees it with a sign-in as well, and in the log of the case how it was shown who asks.
    assert_eq!(seen(&app, &id).await["state"], "QUEUED");
    assert!(queued(&dpo, &id, "QUEUED").await.is_some());
    let entries = chain(&stack, &Scope::Case(case.parse().unwrap())).await;
    let about: Vec<_> = entries.iter().filter(|entry| entry.object.as_str().contains(&id)).collect();
    assert!(about.iter().any(|entry| entry.authentication == Authentication::MailboxCode));
    let refused = about.iter().filter(|entry| entry.outcome == Outcome::Refused).count();
    assert_eq!(refused, 1, "the look without a right ticket");
    let of_the_request = chain(&stack, &Scope::Right(id.parse().unwrap())).await;
    assert!(of_the_request.iter().any(|entry| entry.outcome == Outcome::Refused), "the wrong code");

    // A later code gives a new ticket, and the one before ends.
    who.send(Method::POST, &format!("{CLAIMS}/{id}/code"), None).await.unwrap().expect(202, "code").unwrap();
    let mut tickets = Vec::new();
    for code in codes(&stack, &email, 3).await {
        let answer = verify(&who, &id, &code).await;
        if answer.status.as_u16() == 200 {
            tickets.push(answer.json()["ticket"].as_str().unwrap().to_owned());
        }
    }
    assert_eq!(tickets.len(), 1);
    assert_eq!(looked(&ticket, &id).await.code(), "not-found");
    let ticket = who.with(&tickets[0]);
    let key = fresh_key();
    for _ in 0..2 {
        let path = format!("{CLAIMS}/{id}/cancel");
        let cancelled = ticket.send_with(Method::POST, &path, None, &key).await.unwrap();
        assert_eq!(cancelled.expect(200, "cancel").unwrap().json()["state"], "CANCELLED");
    }
}

/// An answer without what differs between any two: the ids, the moments, and how long it took.
fn shape(answer: &Answer) -> (u16, BTreeSet<String>, BTreeSet<String>, Value) {
    let headers = answer.headers.iter().map(|(name, value)| match name.as_str() {
        "x-request-id" | "date" | "server-timing" => name.as_str().to_owned(),
        other => format!("{other}: {}", value.to_str().unwrap()),
    });
    let body = answer.json();
    let mut rest = body.clone();
    let fields: BTreeSet<String> = body.as_object().unwrap().keys().cloned().collect();
    for moving in ["id", "due_at", "code_valid_until", "request_id"] {
        rest.as_object_mut().unwrap().remove(moving);
    }
    (answer.status.as_u16(), headers.collect(), fields, rest)
}

#[tokio::test]
async fn answers_are_the_same_whether_or_not_anybody_is_known() {
    let stack = Stack::load().unwrap();
    let (_, case, email) = known(&stack).await;
    let unknown = format!("nobody-{}@patients.example", fresh_key());
    let nowhere = "cas_00000000000000000000000000000000";
    let who = Anybody::new(&stack, "rights");
    let suspension = |email: &str, case: &str| {
        let scope = json!({"kind": "all"});
        json!({"right": "suspension", "case_id": case, "scope": scope, "email": email, "role": "agent", "language": "ko"})
    };
    let (mut known_ids, mut unknown_ids) = (Vec::new(), Vec::new());
    for (there, absent) in [
        (wish("access", &email), wish("access", &unknown)),
        (suspension(&email, &case), suspension(&unknown, nowhere)),
        // Somebody else's case, named by who is known and by who is not.
        (suspension(&email, nowhere), suspension(&unknown, &case)),
    ] {
        let mut shapes = Vec::new();
        for (wish, ids) in [(&there, &mut known_ids), (&absent, &mut unknown_ids)] {
            let asked = who.send(Method::POST, CLAIMS, Some(wish)).await.unwrap().expect(202, "claim").unwrap();
            let id = asked.json()["id"].as_str().unwrap().to_owned();
            assert!(!asked.text().to_lowercase().contains("patients.example"));
            let code = who.send(Method::POST, &format!("{CLAIMS}/{id}/code"), None).await.unwrap();
            let wrong = verify(&who, &id, "1234567x").await;
            shapes.push([shape(&asked), shape(&code), shape(&wrong)]);
            ids.push(id);
        }
        assert_eq!(shapes[0], shapes[1]);
    }
    // What was stored is alike, too: nobody's, about no case, with a mail that was ordered.
    codes(&stack, &email, 1).await;
    for (one, other) in known_ids.iter().zip(&unknown_ids) {
        let (one, other) = (stored(&stack, one).await, stored(&stack, other).await);
        assert_eq!((&one.case_id, &one.told_by, one.state), (&None, &None, other.state));
        assert_ne!(one.subject, other.subject);
    }
    let outbox = stack.dynamodb(stack.operator_credentials());
    for (ids, expected) in [(&known_ids[..2], "SENT"), (&unknown_ids[..], "DROPPED"), (&known_ids[2..], "DROPPED")] {
        for id in ids {
            let mut statuses = BTreeSet::new();
            for _ in 0..100 {
                let all = outbox.scan().table_name(stack.table("outbox")).send().await.unwrap();
                let of = |item: &&std::collections::HashMap<String, _>| format!("{:?}", item.get("body")).contains(id);
                let mine = all.items().iter().filter(of);
                statuses = mine.map(|item| item["status"].as_s().unwrap().clone()).collect();
                // The first code of two may have been replaced before it was sent.
                if statuses.contains(expected) && statuses.iter().all(|s| s == expected || s == "DROPPED") {
                    break;
                }
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
            assert!(statuses.contains(expected), "{id}: {statuses:?}");
        }
    }
    assert!(stack.mails().await.unwrap().iter().all(|mail| !mail.to.contains(&unknown)));
}

#[tokio::test]
async fn an_unverified_request_does_nothing_and_a_verified_one_takes_effect_at_once() {
    let stack = Stack::load().unwrap();
    let (app, case, email) = known(&stack).await;
    let to = stack.run().providers[0].clone();
    let letter = app.make_letter(&case, &to).await.unwrap();
    let delivery = app.deliver(&case, &letter).await.unwrap();
    wait_for_state(&app, &case, &delivery, "SENT").await.unwrap();
    let who = Anybody::new(&stack, "rights");
    let stop = json!({"right": "suspension", "case_id": case, "scope": {"kind": "all"}, "email": email, "role": "self",
        "language": "en"});
    claim(&who, &stop).await;
    let view = app.get(&format!("/v1/cases/{case}/deliveries/{delivery}")).await.unwrap().json();
    assert_eq!(view["state"], "SENT");
    // Nor does it stand in the way of a real one.
    let real = app.post("/v1/rights-requests", &json!({"right": "access", "case_id": case})).await.unwrap();
    real.expect(201, "a request with a sign-in").unwrap();

    let (id, ticket) = verified(&stack, &who, &email, &stop).await;
    let view = looked(&ticket, &id).await.expect(200, "look").unwrap().json();
    assert_eq!((&view["state"], &view["outcome"]), (&json!("COMPLETED"), &json!("suspended")));
    wait_for_state(&app, &case, &delivery, "REVOKED").await.unwrap();
    assert_eq!(
        app.post(&format!("/v1/cases/{case}/deliveries"), &json!({"referral_id": letter})).await.unwrap().code(),
        "state-conflict"
    );
    // What was stopped goes on in the same way.
    let resume = json!({"right": "resume", "case_id": case, "email": email, "role": "self", "language": "en"});
    let (id, ticket) = verified(&stack, &who.elsewhere(), &email, &resume).await;
    assert_eq!(looked(&ticket, &id).await.json()["outcome"], "resumed");
}

#[tokio::test]
async fn the_routes_are_open_at_the_gateway_and_take_a_ticket() {
    let stack = Stack::load().unwrap();
    let (_, _, email) = known(&stack).await;
    let url = |path: &str| stack.url(&format!("{CLAIMS}{path}"));
    let asked = stack.http().post(url("")).header("idempotency-key", fresh_key()).json(&wish("access", &email));
    let asked = asked.send().await.unwrap();
    assert_eq!(asked.status().as_u16(), 202);
    let id = asked.json::<Value>().await.unwrap()["id"].as_str().unwrap().to_owned();
    let code = codes(&stack, &email, 1).await.pop().unwrap();
    let shown = stack.http().post(url(&format!("/{id}/verify"))).json(&json!({"code": code})).send().await.unwrap();
    let ticket = shown.json::<Value>().await.unwrap()["ticket"].as_str().unwrap().to_owned();
    let view = stack.http().get(url(&format!("/{id}"))).bearer_auth(&ticket).send().await.unwrap();
    assert_eq!(view.status().as_u16(), 200);
    assert_eq!(view.json::<Value>().await.unwrap()["state"], "QUEUED");
    let without = stack.http().get(url(&format!("/{id}"))).send().await.unwrap();
    assert_eq!(without.status().as_u16(), 404);
}
