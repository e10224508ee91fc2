//! What time does: sessions, codes, links and cases end when they should, by the injected clock. The functions run in this
//! process some minutes, days or years ahead, on the tables of the running stack.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[allow(dead_code, reason = "the functions serve two test programs")]
#[path = "../faults/functions.rs"]
mod functions;
#[allow(dead_code, reason = "the wire serves several test programs")]
#[path = "../faults/proxy.rs"]
mod proxy;

use chrono::TimeDelta;
use functions::{Service, patient};
use medius_tests::journey::demo_story;
use medius_tests::stack::Stack;
use medius_tests::user::PatientApp;
use serde_json::json;

/// A delivered letter.
async fn delivered(stack: &Stack, app: &PatientApp) -> (String, String) {
    let to = stack.run().providers[0].clone();
    let case = app.ready_case(&demo_story().unwrap(), &to).await.unwrap();
    let letter = app.make_letter(&case, &to).await.unwrap();
    let delivery = app.deliver(&case, &letter).await.unwrap();
    (case, delivery)
}

#[tokio::test]
async fn a_session_ends_after_fifteen_idle_minutes_and_after_an_hour() {
    let stack = Stack::load().unwrap();
    let (app, sub) = patient(&stack).await;
    let service = Service::start(&stack, &sub).await;
    let (case, delivery) = delivered(&stack, &app).await;
    let institution = service.entered(&case, &delivery).await;
    let path = format!("/r/{}/referral", institution.link.id);
    let headers = [("cookie", institution.cookie())];
    // Used every ten minutes a session lives, but no longer than an hour.
    for (minutes, expected) in [(10, 200), (20, 200), (30, 200), (40, 200), (50, 200), (59, 200), (61, 404)] {
        service.set_ahead(TimeDelta::minutes(minutes));
        let reply = service.provider("GET", &path, &headers, None).await;
        assert_eq!(reply.status, expected, "after {minutes} minutes");
    }
    service.set_ahead(TimeDelta::zero());
    let mut again = service.institution(&case, &delivery).await;
    again.ask_for_code().await.unwrap().expect(202, "second code").unwrap();
    let code = service.code(&again, 2).await;
    again.unlock(&code).await.unwrap().expect(204, "unlock").unwrap();
    service.set_ahead(TimeDelta::minutes(16));
    let idle = service.provider("GET", &path, &[("cookie", again.cookie())], None).await;
    assert_eq!(idle.status, 404, "after 16 idle minutes");
}

#[tokio::test]
async fn a_code_is_dead_after_ten_minutes() {
    let stack = Stack::load().unwrap();
    let (app, sub) = patient(&stack).await;
    let service = Service::start(&stack, &sub).await;
    let (case, delivery) = delivered(&stack, &app).await;
    let institution = service.institution(&case, &delivery).await;
    institution.ask_for_code().await.unwrap().expect(202, "code").unwrap();
    let body = json!({"secret": institution.link.secret, "code": service.code(&institution, 1).await});
    let path = format!("/r/{}/unlock", institution.link.id);
    service.set_ahead(TimeDelta::minutes(11));
    assert_eq!(service.provider("POST", &path, &[], Some(&body)).await.status, 404);
    service.set_ahead(TimeDelta::minutes(9));
    assert_eq!(service.provider("POST", &path, &[], Some(&body)).await.status, 204);
}

#[tokio::test]
async fn a_link_is_dead_after_fourteen_days_and_the_patient_sees_it() {
    let stack = Stack::load().unwrap();
    let (app, sub) = patient(&stack).await;
    let service = Service::start(&stack, &sub).await;
    let (case, delivery) = delivered(&stack, &app).await;
    let institution = service.institution(&case, &delivery).await;
    let body = json!({"secret": institution.link.secret});
    let path = format!("/r/{}/code", institution.link.id);
    service.set_ahead(TimeDelta::days(14) + TimeDelta::minutes(5));
    assert_eq!(service.provider("POST", &path, &[], Some(&body)).await.status, 404);
    let view = service.delivery("GET", &format!("/v1/cases/{case}/deliveries/{delivery}"), &[], None).await;
    assert_eq!(view.json()["state"], "EXPIRED", "{}", view.text());
    service.set_ahead(TimeDelta::days(13));
    assert_eq!(service.provider("POST", &path, &[], Some(&body)).await.status, 202);
}

#[tokio::test]
async fn an_empty_case_is_gone_after_a_day_and_a_told_one_after_its_term() {
    let stack = Stack::load().unwrap();
    let (app, sub) = patient(&stack).await;
    let service = Service::start(&stack, &sub).await;
    let empty = app.open_case().await.unwrap();
    let to = stack.run().providers[0].clone();
    let told = app.ready_case(&demo_story().unwrap(), &to).await.unwrap();
    let status = async |case: &str, ahead| {
        service.set_ahead(ahead);
        service.intake("GET", &format!("/v1/cases/{case}"), &[], None).await.status
    };
    assert_eq!(status(&empty, TimeDelta::hours(23)).await, 200);
    assert_eq!(status(&empty, TimeDelta::hours(25)).await, 404);
    assert_eq!(status(&told, TimeDelta::days(454)).await, 200);
    assert_eq!(status(&told, TimeDelta::days(457)).await, 404);
}
