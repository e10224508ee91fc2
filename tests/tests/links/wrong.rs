//! Wrong codes: a network is locked out, a link is suspended, and nothing tells one refusal from another.

use crate::rewritten::rewritten;
use crate::{Sent, coordinator, other_than, told, wait_until_told};
use chrono::{TimeDelta, Utc};
use medius_domain::link::{Link, LinkState};
use medius_tests::user::{Institution, fresh_key};
use reqwest::Method;
use serde_json::json;
use std::time::{Duration, Instant};

#[tokio::test(flavor = "multi_thread")]
async fn five_wrong_codes_lock_a_network_out_for_half_an_hour_and_nobody_else() {
    let sent = Sent::with("one_time_code").await;
    let (guesser, office) = (sent.network().await, sent.network().await);
    assert_eq!(sent.order(&guesser).await.status, 202);
    let right = guesser.code(&sent.link, 1).await;
    for _ in 0..5 {
        assert_eq!(sent.unlock(&guesser, other_than(&right)).await.status, 404);
    }
    // Locked out, the guesser gets no code either; the office, behind another address, does and gets in.
    assert_eq!(sent.order(&guesser).await.status, 404);
    assert_eq!(sent.order(&office).await.status, 202);
    let second = office.code(&sent.link, 2).await;
    assert_eq!(sent.unlock(&guesser, &second).await.status, 404, "the right code does not help who is locked out");
    assert_eq!(sent.unlock(&office, &second).await.status, 204);
    // Half an hour later it is over.
    guesser.set_ahead(TimeDelta::minutes(29));
    assert_eq!(sent.order(&guesser).await.status, 404);
    guesser.set_ahead(TimeDelta::minutes(31));
    assert_eq!(sent.order(&guesser).await.status, 202);
    assert_eq!(sent.unlock(&guesser, &guesser.code(&sent.link, 3).await).await.status, 204);
    assert_eq!(told(&sent.stack, &sent.case).await, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn four_wrong_codes_within_ten_minutes_lock_nobody_out_and_forms_sent_empty_are_no_tries() {
    let sent = Sent::with("one_time_code").await;
    let office = sent.network().await;
    assert_eq!(sent.order(&office).await.status, 202);
    let right = office.code(&sent.link, 1).await;
    for typed in ["", "1", "123456789", "abcdefgh", " "].repeat(3) {
        assert_eq!(sent.unlock(&office, typed).await.status, 404);
    }
    for _ in 0..4 {
        assert_eq!(sent.unlock(&office, other_than(&right)).await.status, 404);
    }
    // The four do not count any more when ten minutes are over.
    office.set_ahead(TimeDelta::minutes(11));
    assert_eq!(sent.order(&office).await.status, 202);
    let right = office.code(&sent.link, 2).await;
    for _ in 0..4 {
        assert_eq!(sent.unlock(&office, other_than(&right)).await.status, 404);
    }
    assert_eq!(sent.unlock(&office, &right).await.status, 204);
}

#[tokio::test(flavor = "multi_thread")]
async fn twenty_wrong_codes_suspend_the_link_and_a_coordinator_makes_it_anew_with_one_request() {
    let mut sent = Sent::with("access_code").await;
    let made =
        sent.app.post(&format!("/v1/cases/{}/deliveries/{}/access-code", sent.case, sent.delivery), &json!({})).await;
    let code = made.unwrap().expect(200, "access code").unwrap().json()["access_code"].as_str().unwrap().to_owned();
    let office = sent.network().await;
    assert_eq!(sent.unlock(&office, &code).await.status, 204);
    let mut open = Institution::open(&sent.stack, &sent.link.link.url).unwrap();
    open.unlock(&code).await.unwrap().expect(204, "a session over HTTP").unwrap();
    for _ in 0..4 {
        let guesser = sent.network().await;
        for _ in 0..5 {
            assert_eq!(sent.unlock(&guesser, "0000000000").await.status, 404);
        }
    }
    let view = sent.state("SUSPENDED").await;
    assert!(view["suspended_at"].is_string());
    assert_eq!(sent.unlock(&office, &code).await.status, 404, "the right code opens no suspended link");
    assert_eq!(open.send(Method::GET, "/referral", None).await.unwrap().status.as_u16(), 404, "sessions end with it");
    wait_until_told(&sent.stack, &sent.case, "A secure link is suspended").await;
    assert_eq!(told(&sent.stack, &sent.case).await.len(), 1, "once");

    let coordinator = coordinator(&sent.stack).await;
    let seen = sent.seen_by(&coordinator).await;
    assert_eq!((&seen["state"], &seen["can_reissue"]), (&json!("SUSPENDED"), &json!(true)));
    coordinator.needed_as(&sent.case, &["link_suspended"]).await.unwrap().expect("on the work list");
    let (path, key) = (sent.at_the_desk("reissue"), fresh_key());
    let without = coordinator.post_with(&path, &json!({}), &fresh_key()).await.unwrap();
    assert_eq!(without.status.as_u16(), 422, "a case that is not assigned needs a reason");
    let body = json!({"reason": "delivery_problem"});
    let anew = coordinator.post_with(&path, &body, &key).await.unwrap().expect(200, "reissue").unwrap();
    assert_eq!(anew.json()["state"], "QUEUED");
    let again = coordinator.post_with(&path, &body, &key).await.unwrap().expect(200, "the same request").unwrap();
    assert_eq!(again.json(), anew.json(), "a repeat makes no third link");
    assert_eq!(coordinator.needed_as(&sent.case, &[]).await.unwrap(), None);

    // The link before is dead; the new one is in a new mail and is locked for nobody.
    assert_eq!(sent.unlock(&office, &code).await.status, 404);
    let mailbox = medius_tests::journey::mailbox(&sent.stack, &sent.stack.run().providers[1]).await.unwrap();
    let marker = format!("/r/{}#", sent.link.link.id);
    let old = sent.link.link.url.clone();
    let newer = |m: &medius_tests::stack::Mail| {
        m.body_text.as_deref().is_some_and(|t| t.contains(&marker) && !t.contains(old.split_once("/r/").unwrap().1))
    };
    let mail = sent.stack.wait_for_mail(&mailbox, Duration::from_secs(30), newer).await.unwrap();
    let text = mail.body_text.unwrap();
    let url = text.split_whitespace().find(|word| word.contains(&marker)).unwrap();
    sent.link = Institution::open(&sent.stack, url).unwrap();
    assert_eq!(sent.unlock(&office, &code).await.status, 204, "the code that was told by phone stays");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_refusal_tells_one_link_from_another_in_bodies_headers_or_time() {
    let (living, revoked) = (Sent::with("one_time_code").await, Sent::with("one_time_code").await);
    let path = format!("/v1/cases/{}/deliveries/{}/revoke", revoked.case, revoked.delivery);
    revoked.app.post(&path, &json!({})).await.unwrap().expect(200, "revoke").unwrap();
    let (expired, superseded, suspended) =
        (Sent::with("one_time_code").await, Sent::with("one_time_code").await, Sent::with("one_time_code").await);
    let of = |sent: &Sent| sent.link.link.id.clone();
    let over = |state| move |link: Link| Link { state, ..link };
    rewritten(&living.stack, &of(&superseded), over(LinkState::Superseded)).await;
    rewritten(&living.stack, &of(&suspended), over(LinkState::Suspended)).await;
    rewritten(&living.stack, &of(&expired), |link| Link { expires_at: Utc::now() - TimeDelta::hours(1), ..link }).await;
    let no_code_yet = Sent::with("access_code").await;
    let locked = Sent::with("one_time_code").await;
    let base = &living.stack;
    let unknown = Institution::open(base, &format!("http://x/r/{}#{}", "a".repeat(26), "a".repeat(52))).unwrap();
    let right = |sent: &Sent| json!({"secret": sent.link.link.secret, "code": "00000000"});
    let wrong = json!({"secret": "a".repeat(52), "code": "00000000"});
    let send = async |to: &Institution, part: &str, body: &serde_json::Value| {
        let begun = Instant::now();
        let body = if part == "/code" { json!({"secret": body["secret"]}) } else { body.clone() };
        let answer = to.send(Method::POST, part, Some(&body)).await.unwrap();
        (answer.known_by(), begun.elapsed())
    };
    locked.link.ask_for_code().await.unwrap().expect(202, "code").unwrap();
    for _ in 0..5 {
        send(&locked.link, "/unlock", &wrong).await;
    }
    for part in ["/code", "/unlock"] {
        let (reference, _) = send(&unknown, part, &wrong).await;
        assert_eq!(reference.0, 404);
        let mut refusals = vec![
            ("wrong secret", &living.link, wrong.clone()),
            ("revoked", &revoked.link, right(&revoked)),
            ("expired", &expired.link, right(&expired)),
            ("superseded", &superseded.link, right(&superseded)),
            ("suspended", &suspended.link, right(&suspended)),
            ("locked out", &locked.link, right(&locked)),
        ];
        if part == "/unlock" {
            refusals.push(("wrong code", &living.link, right(&living)));
            refusals.push(("no access code yet", &no_code_yet.link, right(&no_code_yet)));
        }
        for (what, link, body) in refusals {
            let (answer, took) = send(link, part, &body).await;
            assert_eq!(answer, reference, "{part}: {what}");
            assert!(took >= Duration::from_millis(400), "{part}: {what} was refused after {took:?}");
        }
    }
}
