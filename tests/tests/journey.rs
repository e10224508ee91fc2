//! Journeys over HTTP on the local stack: the deployed functions, their own roles, the real mails.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use medius_tests::journey::{demo_story, mailbox, run, wait_for_state};
use medius_tests::stack::Stack;
use medius_tests::user::{Institution, PatientApp, fresh_key};
use reqwest::Method;
use serde_json::{Value, json};

/// A patient of this test's own.
async fn patient(stack: &Stack, name: &str) -> PatientApp {
    let sign_in = stack.new_patient(&format!("{name}-{}@patients.example", fresh_key())).await.unwrap();
    PatientApp::new(stack, &stack.sign_in(&sign_in).await.unwrap())
}

/// The institution that takes referrals, by its place in the directory, with its mailbox.
async fn institution(stack: &Stack, place: usize) -> (String, String) {
    let id = stack.run().providers[place].clone();
    let mailbox = mailbox(stack, &id).await.unwrap();
    (id, mailbox)
}

/// A delivered letter, and the institution with the link in hand.
async fn delivered(stack: &Stack, app: &PatientApp, place: usize) -> (String, String, String, Institution) {
    let (to, mailbox) = institution(stack, place).await;
    let case = app.ready_case(&demo_story().unwrap(), &to).await.unwrap();
    let referral = app.make_letter(&case, &to).await.unwrap();
    let delivery = app.deliver(&case, &referral).await.unwrap();
    let link = Institution::of_delivery(stack, &case, &delivery, &mailbox).await.unwrap();
    (case, referral, delivery, link)
}

/// Asks for a first code and unlocks with it.
async fn enter(stack: &Stack, institution: &mut Institution) {
    institution.ask_for_code().await.unwrap().expect(202, "code").unwrap();
    let code = code_of(stack, &institution.link.id, 1).await;
    institution.unlock(&code).await.unwrap().expect(204, "unlock").unwrap();
}

/// The n-th code of a link, derived by the operator with the same KMS key: what the mail says, without a race for the mail.
async fn code_of(stack: &Stack, link: &str, n: u32) -> String {
    let kms = stack.kms(stack.operator_credentials());
    let mac = medius_store::CodeMac::new(kms, stack.run().keys["code_mac"].clone());
    mac.code(&link.parse().unwrap(), n).await.unwrap().expose().to_owned()
}

#[tokio::test]
async fn a_story_becomes_a_letter_that_a_hospital_opens() {
    let stack = Stack::load().unwrap();
    let mut steps = Vec::new();
    let journey = run(&stack, &mut |step| steps.push(step.to_owned())).await.unwrap();
    assert!(steps.len() >= 10, "{steps:?}");
    assert!(journey.letter_path.exists() && journey.bundle_path.exists());
}

#[tokio::test]
async fn withdrawn_consent_kills_the_live_link_at_the_next_request() {
    let stack = Stack::load().unwrap();
    let app = patient(&stack, "withdraw").await;
    let (case, referral, delivery, mut institution) = delivered(&stack, &app, 0).await;
    enter(&stack, &mut institution).await;
    institution.send(Method::GET, "/referral", None).await.unwrap().expect(200, "referral").unwrap();
    let to = stack.run().providers[0].clone();
    app.withdraw(&case, "PS", Some(&to)).await.unwrap().expect(201, "withdrawal").unwrap();

    let unknown =
        Institution::open(&stack, &format!("http://x/r/{}#{}", "a".repeat(26), institution.link.secret)).unwrap();
    for (method, part) in [
        (Method::GET, "/referral"),
        (Method::POST, "/letter"),
        (Method::POST, "/bundle"),
        (Method::POST, "/acknowledge"),
    ] {
        let dead = institution.send(method.clone(), part, None).await.unwrap();
        let absent = unknown.send(method, part, None).await.unwrap();
        assert_eq!(dead.status.as_u16(), 404, "{part}");
        assert_eq!(dead.body, absent.body, "{part}");
    }
    let code = institution.ask_for_code().await.unwrap();
    let absent = unknown.ask_for_code().await.unwrap();
    assert_eq!((code.status.as_u16(), code.body), (404, absent.body));
    let state = app.get(&format!("/v1/cases/{case}/deliveries/{delivery}")).await.unwrap().json();
    assert_eq!(state["state"], "REVOKED");
    let again = app.post(&format!("/v1/cases/{case}/deliveries"), &json!({"referral_id": referral})).await.unwrap();
    assert_eq!((again.status.as_u16(), again.code().as_str()), (403, "consent-required"));
    assert_eq!(again.json()["missing_consents"], json!([{"item": "PS", "recipient": to}]));
    // What does not need the withdrawn consent still works.
    app.get(&format!("/v1/cases/{case}")).await.unwrap().expect(200, "case").unwrap();
    app.get(&format!("/v1/cases/{case}/referrals/{referral}/letter")).await.unwrap().expect(200, "own letter").unwrap();
}

#[tokio::test]
async fn a_revoked_link_is_dead_and_stays_dead() {
    let stack = Stack::load().unwrap();
    let app = patient(&stack, "revoke").await;
    let (case, _, delivery, mut institution) = delivered(&stack, &app, 1).await;
    enter(&stack, &mut institution).await;
    let path = format!("/v1/cases/{case}/deliveries/{delivery}/revoke");
    app.post(&path, &json!({})).await.unwrap().expect(200, "revoke").unwrap();
    assert_eq!(institution.send(Method::GET, "/referral", None).await.unwrap().status.as_u16(), 404);
    assert_eq!(institution.ask_for_code().await.unwrap().status.as_u16(), 404);
    let again = app.post(&path, &json!({})).await.unwrap().expect(200, "revoke again").unwrap();
    assert_eq!(again.json()["state"], "REVOKED");
}

#[tokio::test]
async fn a_mail_scanner_consumes_and_sees_nothing() {
    let stack = Stack::load().unwrap();
    let app = patient(&stack, "scanner").await;
    let (case, _, delivery, mut institution) = delivered(&stack, &app, 0).await;
    wait_for_state(&app, &case, &delivery, "SENT").await.unwrap();
    let before = app.get(&format!("/v1/cases/{case}/deliveries/{delivery}")).await.unwrap().json();
    let unknown = Institution::open(&stack, &format!("http://x/r/{}#x", "b".repeat(26))).unwrap();
    for _ in 0..5 {
        let page = institution.page().await.unwrap().expect(200, "page").unwrap();
        assert_eq!(page.body, unknown.page().await.unwrap().body, "the page must not tell whether a link exists");
        assert_eq!(page.header("cache-control"), "no-store");
        assert_eq!(page.header("referrer-policy"), "no-referrer");
        assert_eq!(page.header("x-content-type-options"), "nosniff");
        let policy = page.header("content-security-policy");
        assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{policy}");
        institution.send(Method::HEAD, "", None).await.unwrap().expect(200, "head").unwrap();
        for part in ["/unlock", "/letter", "/bundle", "/acknowledge", "/close"] {
            let answer = institution.send(Method::POST, part, Some(&json!({}))).await.unwrap();
            assert!(answer.status.is_client_error(), "{part}: {}", answer.status);
        }
    }
    let after = app.get(&format!("/v1/cases/{case}/deliveries/{delivery}")).await.unwrap().json();
    assert_eq!(before, after);
    enter(&stack, &mut institution).await;
}

#[tokio::test]
async fn a_wrong_code_ends_nothing_five_close_the_link_and_a_used_code_is_used_up() {
    let stack = Stack::load().unwrap();
    let app = patient(&stack, "codes").await;
    let (_, _, _, mut institution) = delivered(&stack, &app, 1).await;
    institution.ask_for_code().await.unwrap().expect(202, "first code").unwrap();
    let right = code_of(&stack, &institution.link.id, 1).await;
    let wrong = if right == "00000000" { "11111111" } else { "00000000" };
    for _ in 0..4 {
        assert_eq!(institution.unlock(wrong).await.unwrap().status.as_u16(), 404);
    }
    institution.unlock(&right).await.unwrap().expect(204, "unlock").unwrap();
    assert_eq!(institution.unlock(&right).await.unwrap().status.as_u16(), 404, "a code works once");
    institution.ask_for_code().await.unwrap().expect(202, "second code").unwrap();
    let right = code_of(&stack, &institution.link.id, 2).await;
    assert_eq!(institution.unlock(wrong).await.unwrap().status.as_u16(), 404);
    assert_eq!(institution.unlock(&right).await.unwrap().status.as_u16(), 404, "five wrong ones close the link");
    assert_eq!(institution.ask_for_code().await.unwrap().status.as_u16(), 404, "and no code is mailed");
}

#[tokio::test]
async fn concurrent_downloads_stop_at_exactly_the_limit() {
    let stack = Stack::load().unwrap();
    let app = patient(&stack, "downloads").await;
    let (case, _, delivery, mut institution) = delivered(&stack, &app, 0).await;
    enter(&stack, &mut institution).await;
    let mut given = 0;
    // Waves, since a function gives up (503) when too many write at one case at once; the limit must hold all the same.
    for _ in 0..8 {
        let wave = (0..4).map(|_| institution.send(Method::POST, "/bundle", None));
        for answer in futures_join(wave).await {
            let answer = answer.unwrap();
            match answer.status.as_u16() {
                200 => given += 1,
                404 | 409 | 503 => {}
                other => panic!("unexpected status {other}"),
            }
        }
    }
    let view = app.get(&format!("/v1/cases/{case}/deliveries/{delivery}")).await.unwrap().json();
    assert_eq!(view["downloads"], 10);
    assert_eq!(given, 10);
}

/// Runs futures at the same time.
async fn futures_join<F: Future>(all: impl IntoIterator<Item = F>) -> Vec<F::Output> {
    let mut running: Vec<_> = all.into_iter().map(Box::pin).collect();
    let mut results: Vec<Option<F::Output>> = running.iter().map(|_| None).collect();
    std::future::poll_fn(|context| {
        for (i, future) in running.iter_mut().enumerate() {
            if results[i].is_none()
                && let std::task::Poll::Ready(output) = future.as_mut().poll(context)
            {
                results[i] = Some(output);
            }
        }
        if results.iter().all(Option::is_some) { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
    })
    .await;
    results.into_iter().flatten().collect()
}

#[tokio::test]
async fn a_foreign_patient_gets_the_same_404_as_for_nothing_at_all() {
    let stack = Stack::load().unwrap();
    let owner = patient(&stack, "owner").await;
    let stranger = patient(&stack, "stranger").await;
    let (to, _) = institution(&stack, 0).await;
    let case = owner.ready_case(&demo_story().unwrap(), &to).await.unwrap();
    let referral = owner.make_letter(&case, &to).await.unwrap();
    let nowhere = "cas_00000000000000000000000000000000";
    let story = demo_story().unwrap();
    let routes: Vec<(Method, String, Option<Value>)> = vec![
        (Method::GET, String::new(), None),
        (Method::PUT, "/intake/basic".into(), Some(story["basic"].clone())),
        (Method::PUT, "/intake/health".into(), Some(json!({"emergency_signs": [], "health": story["health"]}))),
        (Method::POST, "/complete".into(), None),
        (Method::GET, "/access-log".into(), None),
        (Method::GET, "/consents".into(), None),
        (Method::POST, "/consents/servings".into(), Some(json!({"item": "G1", "language": "ko"}))),
        (Method::POST, "/consents/withdrawals".into(), Some(json!({"item": "G1"}))),
        (Method::POST, "/referrals".into(), Some(json!({"recipient": to}))),
        (Method::GET, "/referrals".into(), None),
        (Method::GET, format!("/referrals/{referral}"), None),
        (Method::GET, format!("/referrals/{referral}/letter"), None),
        (Method::GET, format!("/referrals/{referral}/bundle"), None),
        (Method::POST, "/deliveries".into(), Some(json!({"referral_id": referral}))),
        (Method::GET, "/deliveries".into(), None),
    ];
    let version = owner.get(&format!("/v1/cases/{case}")).await.unwrap().etag();
    for (method, part, body) in routes {
        let body = body.map(|b| serde_json::to_vec(&b).unwrap());
        let ask = async |case: &str| {
            let headers = [("if-match", version.as_str()), ("idempotency-key", "a-key-that-is-long-enough")];
            let path = format!("/v1/cases/{case}{part}");
            stranger.send(method.clone(), &path, &headers, body.clone()).await.unwrap()
        };
        let (foreign, absent) = (ask(&case).await, ask(nowhere).await);
        assert_eq!(foreign.status.as_u16(), 404, "{method} {part}");
        assert_eq!(foreign.body, absent.body, "{method} {part}");
    }
    let after = owner.get(&format!("/v1/cases/{case}")).await.unwrap();
    assert_eq!(after.etag(), version, "a stranger's requests must change nothing");
}

#[tokio::test]
async fn a_draft_is_kept_and_says_what_is_missing() {
    let stack = Stack::load().unwrap();
    let app = patient(&stack, "draft").await;
    let case = app.open_case().await.unwrap();
    let path = |part: &str| format!("/v1/cases/{case}{part}");
    app.agree(&case, "G1", None).await.unwrap();
    let first = app.get(&path("")).await.unwrap();
    let half = json!({"name": "王小明", "birth_date": "1980-02-29"});
    let told = app.change(Method::PUT, &path("/intake/basic"), &first.etag(), Some(&half)).await.unwrap();
    let told = told.expect(200, "half a story").unwrap();
    let missing = told.json()["missing"].clone();
    let missing: Vec<&str> = missing.as_array().unwrap().iter().map(|m| m.as_str().unwrap()).collect();
    assert!(missing.contains(&"/basic/name_romanised") && missing.contains(&"/basic/email"), "{missing:?}");
    let health = json!({"emergency_signs": [], "health": {"allergies": {"status": "none_known"}, "medications": {"status": "not_asked"}}});
    let refused = app.change(Method::PUT, &path("/intake/health"), &told.etag(), Some(&health)).await.unwrap();
    assert_eq!((refused.status.as_u16(), refused.code().as_str()), (403, "consent-required"));
    assert_eq!(refused.json()["missing_consents"], json!([{"item": "S1"}]));
    app.agree(&case, "S1", None).await.unwrap();
    let told = app.change(Method::PUT, &path("/intake/health"), &told.etag(), Some(&health)).await.unwrap();
    let told = told.expect(200, "health").unwrap();
    let again = app.get(&path("")).await.unwrap().json();
    assert_eq!(again["health"]["allergies"], json!({"status": "none_known"}));
    assert_eq!(again["health"]["medications"], json!({"status": "not_asked"}));
    assert_eq!(again["basic"]["name"], "王小明");
    let done = app.complete(&case, &told.etag()).await.unwrap();
    assert_eq!((done.status.as_u16(), done.code().as_str()), (409, "intake-incomplete"));
    assert!(
        done.json()["errors"].as_array().unwrap().contains(&json!({"pointer": "/health/reason", "code": "missing"}))
    );
    let listed = app.get("/v1/cases").await.unwrap().json();
    assert_eq!(listed["items"][0]["id"], case.as_str());
    assert_eq!(listed["items"][0]["state"], "draft");
}

#[tokio::test]
async fn an_emergency_gets_its_text_at_once_and_leaves_nothing_behind() {
    let stack = Stack::load().unwrap();
    let app = patient(&stack, "emergency").await;
    let key = fresh_key();
    let headers = [("idempotency-key", key.as_str()), ("accept-language", "ko")];
    let body = serde_json::to_vec(&json!({"emergency_signs": ["chest_pain_now"]})).unwrap();
    let answer = app.send(Method::POST, "/v1/cases", &headers, Some(body)).await.unwrap();
    assert_eq!((answer.status.as_u16(), answer.code().as_str()), (409, "emergency"));
    assert_eq!(answer.json()["emergency"]["korea"], "119");
    assert!(answer.json()["emergency"]["text"].as_str().unwrap().contains("119"));
    assert_eq!(app.get("/v1/cases").await.unwrap().json()["items"], json!([]));
    let log = stack.logs("intake").await.unwrap().join("\n");
    assert!(log.contains("EmergencyShown"), "an emergency must be counted");
    assert!(!log.contains("chest_pain"), "which emergency it was is nobody's business");
}

#[tokio::test]
async fn under_fourteen_a_guardian_must_act_and_nothing_is_stored() {
    let stack = Stack::load().unwrap();
    let app = patient(&stack, "minor").await;
    let case = app.open_case().await.unwrap();
    app.agree(&case, "G1", None).await.unwrap();
    let basic = json!({"name": "Minh", "birth_date": "2019-05-05"});
    let before = app.get(&format!("/v1/cases/{case}")).await.unwrap();
    let path = format!("/v1/cases/{case}/intake/basic");
    let answer = app.change(Method::PUT, &path, &before.etag(), Some(&basic)).await.unwrap();
    assert_eq!((answer.status.as_u16(), answer.code().as_str()), (409, "guardian-required"));
    let after = app.get(&format!("/v1/cases/{case}")).await.unwrap();
    assert_eq!(after.json(), before.json());
    assert!(after.json().get("basic").is_none());
}

#[tokio::test]
async fn a_repeat_with_the_same_key_changes_nothing_and_another_body_is_refused() {
    let stack = Stack::load().unwrap();
    let app = patient(&stack, "repeat").await;
    let (key, body) = (fresh_key(), json!({"emergency_signs": []}));
    let first = app.post_with("/v1/cases", &body, &key).await.unwrap().expect(201, "first").unwrap();
    let second = app.post_with("/v1/cases", &body, &key).await.unwrap().expect(201, "repeat").unwrap();
    assert_eq!(first.body, second.body);
    assert_eq!(app.get("/v1/cases").await.unwrap().json()["items"].as_array().unwrap().len(), 1);
    let case = first.json()["id"].as_str().unwrap().to_owned();
    let path = format!("/v1/cases/{case}/consents/servings");
    app.post_with(&path, &json!({"item": "G1", "language": "ko"}), &key).await.unwrap().expect(201, "serving").unwrap();
    let other = app.post_with(&path, &json!({"item": "S1", "language": "ko"}), &key).await.unwrap();
    assert_eq!((other.status.as_u16(), other.code().as_str()), (422, "idempotency-key-reused"));
}

#[tokio::test]
async fn the_same_request_twice_at_once_is_done_once_and_answered_twice() {
    let stack = Stack::load().unwrap();
    let app = patient(&stack, "twice").await;
    let twice = async |path: &str, body: Value| {
        let key = fresh_key();
        let both = futures_join((0..4).map(|_| app.post_with(path, &body, &key))).await;
        let bodies: std::collections::BTreeSet<Vec<u8>> =
            both.into_iter().map(|a| a.unwrap().expect(201, path).unwrap().body).collect();
        assert_eq!(bodies.len(), 1, "{path}");
    };
    twice("/v1/cases", json!({"emergency_signs": []})).await;
    let cases = app.get("/v1/cases").await.unwrap().json();
    assert_eq!(cases["items"].as_array().unwrap().len(), 1);
    let case = cases["items"][0]["id"].as_str().unwrap();
    twice(&format!("/v1/cases/{case}/consents/servings"), json!({"item": "G1", "language": "ko"})).await;
    let events = app.get(&format!("/v1/cases/{case}/consents")).await.unwrap().json();
    assert_eq!(events["events"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_letter_goes_only_where_a_registration_runs() {
    let stack = Stack::load().unwrap();
    let app = patient(&stack, "expired").await;
    let listed = app.get("/v1/providers").await.unwrap().json();
    let expired = listed["items"].as_array().unwrap().iter().find(|p| p["may_receive"] == false);
    let expired =
        expired.expect("the seed has an institution whose registration expired")["id"].as_str().unwrap().to_owned();
    let case = app.open_case().await.unwrap();
    let body = json!({"item": "P", "recipient": expired, "language": "en"});
    let answer = app.post(&format!("/v1/cases/{case}/consents/servings"), &body).await.unwrap();
    assert_eq!(answer.status.as_u16(), 422);
    assert_eq!(answer.json()["errors"], json!([{"pointer": "/recipient", "code": "unknown-value"}]));
}

#[tokio::test]
async fn every_step_is_in_the_log_and_the_chain_holds() {
    let stack = Stack::load().unwrap();
    let app = patient(&stack, "log").await;
    let (case, _, delivery, mut institution) = delivered(&stack, &app, 0).await;
    wait_for_state(&app, &case, &delivery, "SENT").await.unwrap();
    enter(&stack, &mut institution).await;
    institution.send(Method::GET, "/referral", None).await.unwrap().expect(200, "view").unwrap();
    institution.send(Method::POST, "/letter", None).await.unwrap().expect(200, "download").unwrap();
    let dynamodb = stack.dynamodb(stack.operator_credentials());
    let tables = medius_store::Tables::new(|name| {
        let short = name.strip_prefix("TABLE_")?.to_lowercase();
        stack.run().tables.get(&short).cloned()
    });
    let clock = std::sync::Arc::new(medius_domain::clock::SystemClock);
    let db = medius_store::Database::new(dynamodb, tables, clock);
    let case: medius_domain::id::CaseId = case.parse().unwrap();
    let entries = db.log_entries(&(&case).into()).await.unwrap();
    let places = [medius_store::Place::case_log(&case), medius_store::Place::Consents(case.clone())];
    let kept = db.read(places).await.unwrap();
    let head = kept.log_head(&(&case).into()).unwrap();
    medius_domain::access::verify_to(&entries, &head).expect("the access log's chain");
    let actions: Vec<String> = entries.iter().map(|e| serde_json::to_value(e.action).unwrap().to_string()).collect();
    for action in ["create", "update", "view", "grant_change", "send", "link_open", "download"] {
        assert!(actions.contains(&format!("\"{action}\"")), "{action} is not in {actions:?}");
    }
    let events = db.consent_events(&case).await.unwrap();
    medius_domain::consent::verify(&events, &kept.consents(&case).unwrap()).expect("the consents' chain");
}
