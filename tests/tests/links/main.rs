//! Secure links in full: who tries too often, who is told a code by phone, what becomes of a mail, and what scanners and crowds
//! do. Functions of this process serve where a test needs other networks or a later time; tables, keys and mails are the
//! stack's. `MEDIUS_DOWNLOAD_ROUNDS=200` runs the rounds of concurrent downloads in full; a few run otherwise.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod crowd;
#[allow(dead_code, reason = "one harness serves two test programs")]
#[path = "../faults/functions.rs"]
mod functions;
mod lines;
mod mail;
mod paste;
mod phone;
#[allow(dead_code, reason = "one wire serves two test programs")]
#[path = "../faults/proxy.rs"]
mod proxy;
#[allow(dead_code, reason = "one pen serves two test programs")]
mod rewritten;
mod scanner;
mod wrong;

use functions::{Reply, Service, patient};
use medius_tests::journey::demo_story;
use medius_tests::stack::Stack;
use medius_tests::staff::StaffApp;
use medius_tests::user::{Institution, PatientApp, fresh_key};
use serde_json::{Value, json};

/// A letter on its way to the second institution.
struct Sent {
    stack: Stack,
    app: PatientApp,
    sub: String,
    case: String,
    delivery: String,
    link: Institution,
}

impl Sent {
    /// With what the institution needs beside the link: `one_time_code` or `access_code`.
    async fn with(factor: &str) -> Self {
        let stack = Stack::load().unwrap();
        let (app, sub) = patient(&stack).await;
        let to = stack.run().providers[1].clone();
        let case = app.ready_case(&demo_story().unwrap(), &to).await.unwrap();
        let letter = app.make_letter(&case, &to).await.unwrap();
        let body = json!({"referral_id": letter, "factor": factor});
        let sent = app.post(&format!("/v1/cases/{case}/deliveries"), &body).await.unwrap();
        let delivery = sent.expect(201, "delivery").unwrap().json()["id"].as_str().unwrap().to_owned();
        let link = Service::start(&stack, &sub).await.institution(&case, &delivery).await;
        Self { stack, app, sub, case, delivery, link }
    }

    /// The public side of links as somebody in a network of their own reaches it.
    async fn network(&self) -> Service {
        Service::start(&self.stack, &self.sub).await
    }

    fn path(&self, part: &str) -> String {
        format!("/r/{}{part}", self.link.link.id)
    }

    async fn order(&self, from: &Service) -> Reply {
        from.provider("POST", &self.path("/code"), &[], Some(&json!({"secret": self.link.link.secret}))).await
    }

    async fn unlock(&self, from: &Service, code: &str) -> Reply {
        let body = json!({"secret": self.link.link.secret, "code": code});
        from.provider("POST", &self.path("/unlock"), &[], Some(&body)).await
    }

    /// The delivery as its patient sees it.
    async fn view(&self) -> Value {
        let path = format!("/v1/cases/{}/deliveries/{}", self.case, self.delivery);
        self.app.get(&path).await.unwrap().expect(200, "delivery").unwrap().json()
    }

    /// Waits until the patient sees a state.
    async fn state(&self, state: &str) -> Value {
        medius_tests::journey::wait_for_state(&self.app, &self.case, &self.delivery, state).await.unwrap()
    }

    /// A path of the desk about this delivery.
    fn at_the_desk(&self, part: &str) -> String {
        format!("/staff/v1/cases/{}/deliveries/{}/{part}", self.case, self.delivery)
    }

    /// What the desk sees of the delivery.
    async fn seen_by(&self, coordinator: &StaffApp) -> Value {
        let path = format!("/staff/v1/cases/{}?reason=delivery_problem", self.case);
        let case = coordinator.get(&path).await.unwrap().expect(200, "case").unwrap().json();
        let deliveries = case["deliveries"].as_array().unwrap();
        deliveries.iter().find(|d| d["id"] == self.delivery.as_str()).unwrap().clone()
    }
}

/// A coordinator of this test's own.
async fn coordinator(stack: &Stack) -> StaffApp {
    let sign_in = stack.new_member(&format!("links-{}@staff.example", fresh_key()), "coordinator").await.unwrap();
    StaffApp::of(stack, &sign_in).await.unwrap()
}

/// A code that is not the right one.
fn other_than(right: &str) -> &'static str {
    if right == "00000000" { "11111111" } else { "00000000" }
}

/// The mails to the coordinators about a case, by their subjects.
async fn told(stack: &Stack, case: &str) -> Vec<String> {
    let mails = stack.mails().await.unwrap();
    let about = |m: &medius_tests::stack::Mail| {
        m.to.iter().any(|to| to == "desk@staff.example") && m.body_text.as_deref().is_some_and(|t| t.contains(case))
    };
    mails.into_iter().filter(about).map(|m| m.subject).collect()
}

/// Waits until coordinators were told something of a case.
async fn wait_until_told(stack: &Stack, case: &str, words: &str) {
    for _ in 0..150 {
        if told(stack, case).await.iter().any(|subject| subject.contains(words)) {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    }
    panic!("coordinators were not told: {words}");
}
