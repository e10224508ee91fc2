//! The loop of a referral over HTTP, as JSON: what the institution answers, what the patient sees and says, and what time does.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod clock;
mod colleague;
mod ends;
mod fhir;
mod links;
mod mails;
#[path = "../links/rewritten.rs"]
mod rewritten;
mod staff;

use medius_tests::client::{Answer, read};
use medius_tests::journey::{demo_story, mailbox};
use medius_tests::stack::Stack;
use medius_tests::user::{Institution, PatientApp, fresh_key};
use reqwest::Method;
use serde_json::{Value, json};

/// A patient of this test's own with a complete story and consents for an institution.
struct Patient {
    stack: Stack,
    app: PatientApp,
    case: String,
}

impl Patient {
    async fn new() -> Self {
        let stack = Stack::load().unwrap();
        let recipient = stack.run().providers[0].clone();
        Self::of(stack, &demo_story().unwrap(), &recipient).await
    }

    async fn of(stack: Stack, story: &Value, recipient: &str) -> Self {
        let address = format!("loop-{}@patients.example", fresh_key());
        let tokens = stack.sign_in(&stack.new_patient(&address).await.unwrap()).await.unwrap();
        let app = PatientApp::new(&stack, &tokens);
        let case = app.ready_case(story, recipient).await.unwrap();
        Self { stack, app, case }
    }

    fn recipient(&self, n: usize) -> &str {
        &self.stack.run().providers[n]
    }

    /// Makes a letter and sends it; the institution has opened its link.
    async fn sent_to(&self, n: usize) -> Desk<'_> {
        let letter = self.app.make_letter(&self.case, self.recipient(n)).await.unwrap();
        self.send(n, &letter).await
    }

    async fn send(&self, n: usize, letter: &str) -> Desk<'_> {
        self.send_to(self.recipient(n), letter).await
    }

    async fn send_to(&self, recipient: &str, letter: &str) -> Desk<'_> {
        let delivery = self.app.deliver(&self.case, letter).await.unwrap();
        let mailbox = mailbox(&self.stack, recipient).await.unwrap();
        let mut link = Institution::of_delivery(&self.stack, &self.case, &delivery, &mailbox).await.unwrap();
        link.enter(&mailbox).await.unwrap();
        Desk { patient: self, link }
    }

    /// The Tasks, the newest first.
    async fn tasks(&self) -> Vec<Value> {
        let list = self.app.get(&format!("/v1/cases/{}/tasks", self.case)).await.unwrap().expect(200, "tasks").unwrap();
        list.json()["items"].as_array().unwrap().clone()
    }

    /// The newest Task, with everything that was said.
    async fn task(&self) -> Value {
        let id = self.tasks().await[0]["id"].as_str().unwrap().to_owned();
        let path = format!("/v1/cases/{}/tasks/{id}", self.case);
        let answer = self.app.get(&path).await.unwrap().expect(200, "task").unwrap();
        assert_eq!(answer.etag(), format!("\"{}\"", answer.json()["version"]));
        answer.json()
    }

    /// Says something about the newest Task.
    async fn say(&self, body: &Value) -> Answer {
        let task = self.task().await;
        let path = format!("/v1/cases/{}/tasks/{}/actions", self.case, task["id"].as_str().unwrap());
        self.app.change(Method::POST, &path, &format!("\"{}\"", task["version"]), Some(body)).await.unwrap()
    }

    async fn case_view(&self) -> Value {
        self.app.get(&format!("/v1/cases/{}", self.case)).await.unwrap().expect(200, "case").unwrap().json()
    }
}

/// An institution with an open session.
struct Desk<'a> {
    patient: &'a Patient,
    link: Institution,
}

impl Desk<'_> {
    async fn task(&self) -> Answer {
        self.link.send(Method::GET, "/task", None).await.unwrap()
    }

    /// Answers at the version that the desk shows.
    async fn answer(&self, body: &Value) -> Answer {
        let etag = self.task().await.expect(200, "task").unwrap().etag();
        self.answer_at(&etag, body).await
    }

    async fn answer_at(&self, etag: &str, body: &Value) -> Answer {
        let url = self.patient.stack.url(&format!("/r/{}/answers", self.link.link.id));
        let request = self.patient.stack.http().post(url).header("cookie", self.link.cookie());
        read(request.header("if-match", etag).json(body).send().await.unwrap()).await.unwrap()
    }

    /// Answers, and sees the state that it leads to.
    async fn says(&self, body: &Value, state: &str) -> Value {
        let after = self.answer(body).await.expect(200, "answer").unwrap().json();
        assert_eq!(after["state"], state, "{body}");
        after
    }
}

/// An appointment that is proposed for so many days from now; 0 is one that begins right now.
fn appointment_in(days: i64, action: &str) -> Value {
    let start = chrono::Utc::now() + chrono::TimeDelta::days(days);
    let end = start + chrono::TimeDelta::minutes(30);
    json!({"action": action, "appointment": {"start": start, "end": end, "place": "본관 3층", "prepare": "금식"}})
}

fn appointment(action: &str) -> Value {
    appointment_in(7, action)
}

#[tokio::test]
async fn a_referral_goes_its_whole_way_and_closes_the_service() {
    let patient = Patient::new().await;
    assert!(patient.tasks().await.is_empty());
    let asked = format!("/v1/cases/{}/tasks?recipient={}", patient.case, patient.recipient(0));
    assert_eq!(patient.app.get(&asked).await.unwrap().json()["before"], "CONSENTED");

    let letter = patient.app.make_letter(&patient.case, patient.recipient(0)).await.unwrap();
    let made = patient.task().await;
    assert_eq!((&made["state"], &made["letters"]), (&json!("GENERATED"), &json!([letter])));
    let desk = patient.send(0, &letter).await;
    assert_eq!(patient.task().await["state"], "OPENED");

    desk.says(&json!({"action": "acknowledge"}), "ACKNOWLEDGED").await;
    let estimate =
        json!({"action": "estimate", "treatment": "초음파", "low": "100000", "high": "250000", "currency": "KRW"});
    desk.says(&estimate, "ACKNOWLEDGED").await;
    desk.says(&json!({"action": "accept", "text": "진료하겠습니다."}), "ACCEPTED").await;
    desk.says(&appointment("schedule"), "SCHEDULED").await;
    let seen = patient.task().await;
    assert_eq!((&seen["fhir_status"], &seen["business_status"]), (&json!("accepted"), &json!("5.1.1")));
    assert!(seen["available_actions"].as_array().unwrap().contains(&json!("confirm_appointment")));
    let confirmed = patient.say(&json!({"action": "confirm_appointment"})).await.expect(200, "confirm").unwrap().json();
    assert_eq!(confirmed["appointment_confirmed"], true);
    // The patient, wherever they are, has the hour of the place and a file for a calendar of their own.
    let own = &confirmed["appointment"];
    let file = own["calendar"].as_str().unwrap();
    assert_eq!(own["time_zone"], "Asia/Seoul");
    assert!(file.contains("STATUS:CONFIRMED") && file.contains("DTSTART;TZID=Asia/Seoul:"), "{file}");
    assert!(own["starts_there"].as_str().unwrap().len() == "2026-12-01 10:00".len());
    // Nobody came or stayed away on a day that is a week ahead.
    let offered = desk.task().await.json()["available_actions"].clone();
    for early in [json!({"action": "attended"}), json!({"action": "no_show", "code": "not-heard-from"})] {
        let refused = desk.answer(&early).await;
        assert_eq!(refused.status, 409, "{early}");
        assert_eq!(refused.json()["reason"], "before-appointment", "{early}");
        assert!(!offered.as_array().unwrap().contains(&early["action"]), "{offered}");
    }
    let today = desk.says(&appointment_in(0, "reschedule"), "SCHEDULED").await;
    assert!(
        ["attended", "no_show"].iter().all(|now| today["available_actions"].as_array().unwrap().contains(&json!(now)))
    );
    desk.says(&json!({"action": "attended"}), "ATTENDED").await;
    desk.says(&json!({"action": "interim_outcome", "text": "검사 중입니다."}), "ATTENDED").await;
    desk.says(&json!({"action": "final_outcome", "text": "약을 바꾸었습니다."}), "OUTCOME_RETURNED").await;

    let told = patient.task().await;
    let said: Vec<_> = told["steps"].as_array().unwrap().iter().filter_map(|s| s["note"]["text"].as_str()).collect();
    assert_eq!(said, ["진료하겠습니다.", "검사 중입니다.", "약을 바꾸었습니다."]);
    let steps = told["steps"].as_array().unwrap();
    assert!(steps.iter().any(|s| s["note"]["estimate"]["high"] == "250000"));
    assert!(steps.iter().any(|s| s["note"]["appointment"]["place"] == "본관 3층"));
    let done = patient.say(&json!({"action": "complete"})).await.expect(200, "complete").unwrap().json();
    assert_eq!((&done["state"], &done["available_actions"]), (&json!("COMPLETED"), &json!([])));
    // The loop is closed, and with it the service: everything is destroyed a year later.
    let closed = patient.case_view().await;
    assert_eq!(closed["completed_by"], "outcome_returned", "{closed}");
}

#[tokio::test]
async fn every_change_is_mailed_to_whom_it_concerns() {
    let patient = Patient::new().await;
    let contact = demo_story().unwrap()["basic"]["email"].as_str().unwrap().to_owned();
    let case = patient.case.clone();
    let desk = patient.sent_to(0).await;
    desk.says(&json!({"action": "accept"}), "ACCEPTED").await;
    let news = |m: &medius_tests::stack::Mail| {
        m.to.contains(&contact) && m.body_text.as_deref().is_some_and(|text| text.contains(&case))
    };
    let mail = patient.stack.wait_for_mail(&contact, std::time::Duration::from_secs(30), news).await.unwrap();
    let text = mail.body_text.unwrap();
    assert!(!text.contains("ACCEPTED") && !text.contains(desk.link.link.secret.as_str()), "{text}");

    desk.says(&appointment("schedule"), "SCHEDULED").await;
    let at = mailbox(&patient.stack, patient.recipient(0)).await.unwrap();
    let other = json!({"action": "ask_other_time", "code": "travel", "text": "오후가 좋습니다."});
    patient.say(&other).await.expect(200, "ask").unwrap();
    let seen = desk.task().await.expect(200, "task").unwrap().json();
    let last = seen["steps"].as_array().unwrap().last().unwrap();
    assert_eq!(last["reason"], json!({"of": "other_time", "code": "travel"}));
    assert_eq!(last["said"]["text"], "오후가 좋습니다.");
    let (link, subject) = (desk.link.link.id.clone(), "News about a referral");
    let word = |m: &medius_tests::stack::Mail| {
        m.subject.contains(subject) && m.body_text.as_deref().is_some_and(|text| text.contains(&link))
    };
    let mail = patient.stack.wait_for_mail(&at, std::time::Duration::from_secs(30), word).await.unwrap();
    assert!(!mail.body_text.unwrap().contains("오후"));
}

#[tokio::test]
async fn who_answers_late_or_out_of_turn_changes_nothing() {
    let patient = Patient::new().await;
    let desk = patient.sent_to(0).await;
    let first = desk.task().await.expect(200, "task").unwrap();
    assert!(first.json()["available_actions"].as_array().unwrap().contains(&json!("accept")));
    desk.says(&json!({"action": "acknowledge"}), "ACKNOWLEDGED").await;
    assert_eq!(desk.answer_at(&first.etag(), &json!({"action": "accept"})).await.status, 412);
    for (body, status, what) in [
        (json!({"action": "attended"}), 409, ""),
        (json!({"action": "decline", "code": "other"}), 422, "/text"),
        (json!({"action": "decline", "code": "tired"}), 422, "/code"),
        (json!({"action": "ask_more", "text": "복용량"}), 422, "/code"),
        (json!({"action": "vanish"}), 422, "/action"),
        (json!({"action": "accept", "text": "900101-1234567"}), 422, "/text"),
    ] {
        let refused = desk.answer(&body).await;
        assert_eq!(refused.status, status, "{body}");
        if status == 422 {
            assert_eq!(refused.json()["errors"][0]["pointer"], what, "{body}");
        }
        assert!(!String::from_utf8_lossy(&refused.body).contains("900101"));
    }
    // The patient cannot speak for the institution, and not twice for themselves.
    assert_eq!(patient.say(&json!({"action": "accept"})).await.status, 422);
    assert_eq!(patient.say(&json!({"action": "complete"})).await.code(), "state-conflict");
    let stale =
        format!("/v1/cases/{}/tasks/{}/actions", patient.case, patient.tasks().await[0]["id"].as_str().unwrap());
    let cancel = json!({"action": "request_cancel", "code": "patient-decided"});
    assert_eq!(patient.app.change(Method::POST, &stale, "\"1\"", Some(&cancel)).await.unwrap().status, 412);
    assert_eq!(patient.task().await["state"], "ACKNOWLEDGED");
    // Somebody else's is not there.
    let other = Patient::new().await;
    assert_eq!(other.app.get(&format!("/v1/cases/{}/tasks", patient.case)).await.unwrap().status, 404);
}
