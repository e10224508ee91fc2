//! Suspension and its end: in force with the request, on every route, for everybody.

use super::requests::{Ids, ROWS, Reason, Who, routes};
use super::{ask, member, patient, queued, reason, seen, states, with_case};
use medius_tests::journey::{demo_story, mailbox};
use medius_tests::stack::Stack;
use medius_tests::staff::StaffApp;
use medius_tests::user::{Institution, PatientApp, fresh_key, read};
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// What goes on while everything is suspended: the patient decides about consents and sees what was given to whom and who
/// looked; what the law asks to be verified stays verifiable.
const GOES_ON: [&str; 20] = [
    "GET /v1/cases/{case_id}/tasks/{task_id}/fhir",
    "POST /v1/cases/{case_id}/deliveries/{delivery_id}/access-code",
    "GET /v1/cases/{case_id}/tasks",
    "GET /v1/cases/{case_id}/tasks/{task_id}",
    "POST /v1/cases/{case_id}/tasks/{task_id}/actions",
    "GET /v1/cases/{case_id}/access-log",
    "GET /v1/cases/{case_id}/access-log/export",
    "GET /v1/cases/{case_id}/consents",
    "GET /v1/cases/{case_id}/consents/{event_id}/receipt",
    "GET /v1/cases/{case_id}/consents/{event_id}/receipt.html",
    "POST /v1/cases/{case_id}/consents",
    "POST /v1/cases/{case_id}/consents/servings",
    "POST /v1/cases/{case_id}/consents/withdrawals",
    "POST /v1/cases/{case_id}/guardian/code",
    "POST /v1/cases/{case_id}/guardian/verify",
    "GET /v1/cases/{case_id}/deliveries",
    "GET /v1/cases/{case_id}/deliveries/{delivery_id}",
    "POST /v1/cases/{case_id}/deliveries/{delivery_id}/revoke",
    "POST /v1/cases/{case_id}/close",
    "GET /staff/v1/cases/{case_id}/verification",
];

fn suspend(case: &str, scope: &Value) -> Value {
    json!({"right": "suspension", "case_id": case, "scope": scope})
}

async fn sent(app: &PatientApp, case: &str, to: &str) -> (String, String) {
    let letter = app.make_letter(case, to).await.unwrap();
    let delivery = app.deliver(case, &letter).await.unwrap();
    (letter, delivery)
}

#[tokio::test]
async fn a_suspended_case_is_closed_to_everybody_until_the_patient_resumes_and_no_link_comes_back() {
    let stack = Stack::load().unwrap();
    let to = stack.run().providers[0].clone();
    let (app, token) = patient(&stack).await;
    let case = app.ready_case(&demo_story().unwrap(), &to).await.unwrap();
    let (letter, delivery) = sent(&app, &case, &to).await;
    let box_of = mailbox(&stack, &to).await.unwrap();
    let institution = Institution::of_delivery(&stack, &case, &delivery, &box_of).await.unwrap();
    institution.ask_for_code().await.unwrap().expect(202, "a living link").unwrap();
    let coordinator = member(&stack, "coordinator").await;
    let assignment = format!("/staff/v1/cases/{case}/assignment");
    coordinator.put(&assignment, "\"0\"", &json!({"assignee": "me"})).await.unwrap().expect(200, "assign").unwrap();
    let consents = app.get(&format!("/v1/cases/{case}/consents")).await.unwrap().expect(200, "consents").unwrap();
    let grant = consents.json()["events"][0].clone();

    let id = ask(&app, &suspend(&case, &json!({"kind": "all"}))).await;
    let suspended = seen(&app, &id).await;
    assert_eq!((&suspended["state"], &suspended["outcome"]), (&json!("COMPLETED"), &json!("suspended")));
    assert_eq!(states(&suspended), ["RECEIVED", "QUEUED", "APPROVED", "EXECUTING", "COMPLETED"]);
    let again = app.post("/v1/rights-requests", &suspend(&case, &json!({"kind": "all"}))).await.unwrap();
    assert_eq!(reason(&again), (409, "already-suspended".to_owned()));

    // Every route of the API's description that names the case, as its patient and as the coordinator in charge.
    let ids = Ids {
        case: case.clone(),
        referral: letter.clone(),
        delivery: delivery.clone(),
        event: grant["event_id"].as_str().or(grant["id"].as_str()).unwrap().to_owned(),
        recipient: to.clone(),
        ..Ids::absent(&Ids::default())
    };
    let staff = stack.new_member(&format!("coordinator-{}@staff.example", fresh_key()), "coordinator").await.unwrap();
    let staff = stack.sign_in(&staff).await.unwrap().access;
    let routes = routes();
    let (mut tried, mut open) = (0, Vec::new());
    for row in ROWS.iter().filter(|row| row.route.contains("{case_id}") && !GOES_ON.contains(&row.route)) {
        let route = &routes[row.route];
        let token = if route.who == Who::Patient { &token } else { &staff };
        let why = (row.reason != Reason::No).then_some("audit");
        let answer = row.send(&stack, route, Some(token), &ids, why).await;
        tried += 1;
        // Who may not do it at all is told that, before anybody looks at the case.
        if reason(&answer) != (409, "suspended".to_owned()) && answer.status != 403 {
            open.push(format!("{}: {} {}", row.route, answer.status, answer.text()));
        }
    }
    assert!(tried >= 19 && open.is_empty(), "{tried} tried, open: {open:#?}");
    for path in ["access-log", "consents"] {
        app.get(&format!("/v1/cases/{case}/{path}")).await.unwrap().expect(200, path).unwrap();
    }
    let dead = institution.ask_for_code().await.unwrap();
    assert_eq!(dead.status, 404);
    // Another right of the same case is not stopped.
    let access = ask(&app, &json!({"right": "access", "case_id": case})).await;
    let dpo = member(&stack, "dpo").await;
    assert!(queued(&dpo, &access, "QUEUED").await.is_some());

    let resumed = ask(&app, &json!({"right": "resume", "case_id": case})).await;
    assert_eq!(seen(&app, &resumed).await["outcome"], "resumed");
    let twice = app.post("/v1/rights-requests", &json!({"right": "resume", "case_id": case})).await.unwrap();
    assert_eq!(reason(&twice), (409, "not-suspended".to_owned()));
    app.get(&format!("/v1/cases/{case}")).await.unwrap().expect(200, "after resume").unwrap();
    assert_eq!(institution.ask_for_code().await.unwrap().status, 404, "no link comes back");
    let view = app.get(&format!("/v1/cases/{case}/deliveries/{delivery}")).await.unwrap().json();
    assert_eq!(view["state"], "REVOKED");
    // A new one can be made.
    let (_, anew) = sent(&app, &case, &to).await;
    let living = Institution::of_delivery(&stack, &case, &anew, &box_of).await.unwrap();
    living.ask_for_code().await.unwrap().expect(202, "a new link").unwrap();
}

#[tokio::test]
async fn a_suspension_for_one_institution_ends_its_links_and_leaves_the_others() {
    let stack = Stack::load().unwrap();
    let (one, two) = (stack.run().providers[0].clone(), stack.run().providers[1].clone());
    let (app, case) = with_case(&stack).await;
    for item in ["P", "PS"] {
        app.agree(&case, item, Some(&two)).await.unwrap();
    }
    let (_, to_one) = sent(&app, &case, &one).await;
    let (_, to_two) = sent(&app, &case, &two).await;
    ask(&app, &suspend(&case, &json!({"kind": "recipient", "recipient": one}))).await;
    for (delivery, revoked) in [(to_one, true), (to_two, false)] {
        let view = app.get(&format!("/v1/cases/{case}/deliveries/{delivery}")).await.unwrap();
        let view = view.expect(200, "delivery").unwrap().json();
        assert_eq!(view["state"] == "REVOKED", revoked, "{view}");
    }
    // Nothing new goes there either; to the other one it does.
    let letter = app.post(&format!("/v1/cases/{case}/referrals"), &json!({"recipient": one})).await.unwrap();
    assert_eq!(reason(&letter), (409, "suspended".to_owned()));
    app.make_letter(&case, &two).await.unwrap();
    // Another institution cannot take its place, but everything can be stopped.
    let other = app.post("/v1/rights-requests", &suspend(&case, &json!({"kind": "recipient", "recipient": two}))).await;
    assert_eq!(reason(&other.unwrap()), (409, "already-suspended".to_owned()));
    ask(&app, &suspend(&case, &json!({"kind": "all"}))).await;
    let closed = app.get(&format!("/v1/cases/{case}")).await.unwrap();
    assert_eq!(reason(&closed), (409, "suspended".to_owned()));
}

/// What a route of a case is for, written down a second time; none for what no suspension stops.
fn purpose(route: &str) -> Option<&'static str> {
    let path = route.split_once(' ').unwrap().1.trim_start_matches("/staff").trim_start_matches("/v1/cases/{case_id}");
    let under = |names: &[&str]| names.iter().any(|name| path.starts_with(name));
    if GOES_ON.contains(&route) || under(&["/hold"]) {
        None
    } else if route == "POST /v1/cases/{case_id}/deliveries"
        || route.starts_with("POST /staff/") && under(&["/deliveries"])
        // The staff's: the patient's go on.
        || under(&["/tasks"])
    {
        Some("provision")
    } else if under(&["/messages", "/assignment"]) {
        Some("inquiry")
    } else if under(&["/explanations"]) {
        Some("explanation")
    } else if path.is_empty() || under(&["/intake", "/complete", "/reopen", "/uploads", "/records", "/referrals"]) {
        Some("referral_letter")
    } else {
        panic!("{route} is new: say what it is for")
    }
}

/// A case with a letter, its patient's token, a coordinator in charge with theirs, and the ids of all of it.
struct Subject {
    app: PatientApp,
    token: String,
    staff: String,
    ids: Ids,
}

impl Subject {
    async fn new(stack: &Stack, to: &str) -> Self {
        let (app, token) = patient(stack).await;
        let case = app.ready_case(&demo_story().unwrap(), to).await.unwrap();
        let referral = app.make_letter(&case, to).await.unwrap();
        let coordinator = format!("coordinator-{}@staff.example", fresh_key());
        let coordinator = stack.new_member(&coordinator, "coordinator").await.unwrap();
        let tokens = stack.sign_in(&coordinator).await.unwrap();
        let desk = StaffApp::of(stack, &coordinator).await.unwrap();
        let assignment = format!("/staff/v1/cases/{case}/assignment");
        desk.put(&assignment, "\"0\"", &json!({"assignee": "me"})).await.unwrap().expect(200, "assign").unwrap();
        let ids = Ids { case, referral, recipient: to.to_owned(), ..Ids::absent(&Ids::default()) };
        Self { app, token, staff: tokens.access, ids }
    }

    /// The routes that are stopped, of all that name the case, and those that a coordinator may not use at all.
    async fn stopped(&self, stack: &Stack) -> (BTreeSet<&'static str>, BTreeSet<&'static str>) {
        let (routes, mut stopped, mut forbidden) = (routes(), BTreeSet::new(), BTreeSet::new());
        for row in ROWS.iter().filter(|row| row.route.contains("{case_id}") && !ENDS.contains(&row.route)) {
            let route = &routes[row.route];
            let token = if route.who == Who::Patient { &self.token } else { &self.staff };
            let why = (row.reason != Reason::No).then_some("audit");
            let answer = row.send(stack, route, Some(token), &self.ids, why).await;
            if reason(&answer) == (409, "suspended".to_owned()) {
                stopped.insert(row.route);
            } else if answer.status == 403 && route.who == Who::Staff {
                forbidden.insert(row.route);
            }
        }
        (stopped, forbidden)
    }
}

/// What would end the case or its consents if it was not stopped: it is no matter of a suspension, and another test tries it.
const ENDS: [&str; 3] = [
    "POST /v1/cases/{case_id}/close",
    "POST /v1/cases/{case_id}/consents/withdrawals",
    "POST /v1/cases/{case_id}/deliveries/{delivery_id}/revoke",
];

#[tokio::test]
async fn a_suspension_for_one_purpose_stops_every_route_that_is_for_it_and_no_other() {
    let stack = Stack::load().unwrap();
    let to = stack.run().providers[0].clone();
    let subject = Subject::new(&stack, &to).await;
    let case = &subject.ids.case;
    for wanted in ["referral_letter", "provision", "explanation", "inquiry"] {
        ask(&subject.app, &suspend(case, &json!({"kind": "purpose", "purpose": wanted}))).await;
        let (stopped, forbidden) = subject.stopped(&stack).await;
        let of_case = ROWS.iter().map(|row| row.route).filter(|r| r.contains("{case_id}") && !ENDS.contains(r));
        // What a coordinator may not do at all is refused for that, whatever is suspended.
        let expected: BTreeSet<&str> =
            of_case.filter(|route| purpose(route) == Some(wanted) && !forbidden.contains(route)).collect();
        assert!(!expected.is_empty() && forbidden.len() < 8, "{forbidden:?}");
        assert_eq!(stopped, expected, "{wanted}");
        ask(&subject.app, &json!({"right": "resume", "case_id": case})).await;
    }
    assert_eq!(subject.stopped(&stack).await.0, BTreeSet::new());
}

#[tokio::test]
async fn a_suspension_for_one_institution_stops_every_route_to_it_and_no_other() {
    let stack = Stack::load().unwrap();
    let (one, two) = (stack.run().providers[0].clone(), stack.run().providers[1].clone());
    let subject = Subject::new(&stack, &one).await;
    let case = &subject.ids.case;
    ask(&subject.app, &suspend(case, &json!({"kind": "recipient", "recipient": one}))).await;
    let to_it = ["POST /v1/cases/{case_id}/referrals", "POST /v1/cases/{case_id}/deliveries"];
    assert_eq!(subject.stopped(&stack).await.0, BTreeSet::from(to_it));
    // To another institution both go on.
    for item in ["P", "PS"] {
        subject.app.agree(case, item, Some(&two)).await.unwrap();
    }
    let referral = subject.app.make_letter(case, &two).await.unwrap();
    let elsewhere = Subject { ids: Ids { referral, recipient: two, ..subject.ids.clone() }, ..subject };
    assert_eq!(elsewhere.stopped(&stack).await.0, BTreeSet::new());
}

#[tokio::test]
async fn nobody_but_the_patient_suspends_or_resumes() {
    let stack = Stack::load().unwrap();
    let (app, case) = with_case(&stack).await;
    let (other, _) = patient(&stack).await;
    let foreign = other.post("/v1/rights-requests", &suspend(&case, &json!({"kind": "all"}))).await.unwrap();
    assert_eq!(foreign.status, 404);
    app.get(&format!("/v1/cases/{case}")).await.unwrap().expect(200, "not suspended").unwrap();
    ask(&app, &suspend(&case, &json!({"kind": "all"}))).await;
    let foreign = other.post("/v1/rights-requests", &json!({"right": "resume", "case_id": case})).await.unwrap();
    assert_eq!(foreign.status, 404);
    let url = stack.url("/v1/rights-requests");
    let dpo = stack.new_member(&format!("dpo-{}@staff.example", fresh_key()), "dpo").await.unwrap();
    let token = stack.sign_in(&dpo).await.unwrap().access;
    let request = stack.http().request(Method::POST, url).bearer_auth(token).header("idempotency-key", fresh_key());
    let answer = read(request.json(&json!({"right": "resume", "case_id": case})).send().await.unwrap()).await.unwrap();
    assert_eq!(answer.status, 401, "staff have no route to it");
    assert_eq!(reason(&app.get(&format!("/v1/cases/{case}")).await.unwrap()), (409, "suspended".to_owned()));
}
