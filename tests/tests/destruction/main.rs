//! Destruction, on the tables, objects and keys of the running stack: crashes at every step, two runs at once, batches, the
//! expiry's own stream, restored copies, and other people's cases. The function runs in this process, by a clock of the test.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod deletion;
mod everything;
mod proof;
#[path = "../faults/proxy.rs"]
mod proxy;
mod requests;
mod tools;
mod world;

use chrono::TimeDelta;
use medius_domain::access::Scope;
use medius_domain::case::CaseState;
use medius_domain::destruction::{Category, Ground, LATE_HOURS, Ledger, Step};
use medius_domain::id::{CaseId, DestructionId};
use medius_domain::signed::{KeySet, Kind, verify};
use medius_retention::{Progress, handle};
use medius_store::Place;
use medius_tests::journey::demo_story;
use medius_tests::stack::Stack;
use serde_json::{Value, json};
use world::World;

/// Runs one step and no more.
fn one_step() -> impl FnMut(Step) -> bool + Send {
    let mut first = true;
    move |_| !std::mem::take(&mut first)
}

async fn keys(stack: &Stack) -> KeySet {
    reqwest::get(stack.url("/.well-known/medius-signing-keys.json")).await.unwrap().json().await.unwrap()
}

async fn ledger(world: &World, case: &CaseId) -> Ledger {
    let id = DestructionId::of(case);
    world.db.read([Place::Ledger(id.clone())]).await.unwrap().ledger(&id).unwrap().expect("no ledger")
}

/// Goes on until everything is destroyed: mails are waited for.
pub(crate) async fn finished(world: &World, retention: &medius_retention::Retention, case: &CaseId) -> Ledger {
    for _ in 0..240 {
        let at = ledger(world, case).await;
        if at.is_done() {
            return at;
        }
        retention.advance(at, "test", &mut |_: Step| false).await.unwrap();
        tokio::time::sleep(std::time::Duration::from_millis(250)).await;
    }
    panic!("it does not come to an end: {:?}", ledger(world, case).await);
}

#[tokio::test]
async fn a_crash_at_any_step_is_taken_up_again_and_nothing_of_others_is_touched() {
    let world = World::new().await;
    let (case, subject) = world.delivered_case().await;
    let (other, _) = world.delivered_case().await;
    // Letters, a marker over one of them, and an upload that was never finished.
    world.litter(&case).await;
    let others = world.everything_about(&other).await;
    assert!(others.len() > 10 && world.everything_about(&case).await.len() > 10);
    // Past the end: retention is the only one who still sees the case.
    world.set_ahead(TimeDelta::days(460));
    let due = world.db.now() - TimeDelta::hours(1);
    let retention = world.retention();
    let mut before = retention.enter(&case, &subject, Ground::RetentionEnded, due, "test").await.unwrap();
    let mut steps = vec![before.step];
    while before.step < Step::Destroyed {
        let progress = retention.advance(before.clone(), "test", &mut one_step()).await.unwrap();
        assert!(matches!(progress, Progress::Stopped | Progress::Waiting), "{progress:?}");
        let now = ledger(&world, &case).await;
        if now == before {
            // The mails to the patient and to who holds copies are waited for.
            tokio::time::sleep(std::time::Duration::from_millis(250)).await;
            continue;
        }
        // The same step again, as after a crash between the work and its record: done once more, and recorded once.
        let again = retention.advance(before.clone(), "test", &mut one_step()).await.unwrap();
        assert!(matches!(again, Progress::InOtherHands | Progress::Waiting), "{again:?}");
        assert_eq!(ledger(&world, &case).await, now);
        steps.push(now.step);
        before = now;
    }
    assert_eq!(steps, Step::ALL[..8]);
    assert!(world.everything_about(&case).await.is_empty());
    assert_eq!(world.destroyer().left(&before).await.unwrap(), 0);
    for (category, least) in [
        (Category::ObjectVersions, 3),
        (Category::DeleteMarkers, 1),
        (Category::UnfinishedUploads, 1),
        (Category::CaseItems, 5),
        (Category::ConsentItems, 5),
        (Category::LinkItems, 1),
        (Category::DocumentItems, 1),
        (Category::WrappedKeys, 2),
    ] {
        assert!(before.counts[&category] >= least, "{category:?}: {:?}", before.counts);
    }
    assert_eq!(world.everything_about(&other).await, others, "of another case something is gone or changed");

    // The proof is public, names nobody, and says who holds a copy.
    let address = world.stack.url(&format!("/c/{}", before.id));
    let file = reqwest::get(&address).await.unwrap().error_for_status().unwrap().bytes().await.unwrap();
    let proof = verify(Kind::Destruction, &file, &keys(&world.stack).await).unwrap().statement;
    assert_eq!((proof["case_id"].as_str(), proof["period"]["irrecoverable_at"].is_null()), (Some(case.as_str()), true));
    assert_eq!(proof["third_parties"].as_array().unwrap().len(), 1, "{proof}");
    assert!(!String::from_utf8_lossy(&file).contains(subject.as_str()));

    // The log has an entry of each step, and its chain holds.
    let entries = world.db.log_entries(&Scope::Case(case.clone())).await.unwrap();
    let parts: Vec<_> = entries.iter().filter_map(|e| e.object.as_str().strip_prefix("case/")).collect();
    for step in &Step::ALL[..8] {
        assert!(parts.contains(&step.code()), "{step:?}: {parts:?}");
    }
    assert!(world.db.check_log(&Scope::Case(case.clone()), false).await.unwrap().is_ok());

    // Final after the backups of the keys, not before.
    assert_eq!(retention.advance(before.clone(), "test", &mut |_| false).await.unwrap(), Progress::Waiting);
    world.set_ahead(TimeDelta::days(464));
    assert_eq!(retention.advance(before, "test", &mut |_| false).await.unwrap(), Progress::Finished);
    let file = reqwest::get(&address).await.unwrap().bytes().await.unwrap();
    let proof = verify(Kind::Destruction, &file, &keys(&world.stack).await).unwrap().statement;
    assert!(proof["period"]["irrecoverable_at"].is_string());
}

#[tokio::test]
async fn two_runs_at_once_do_no_harm() {
    let world = World::new().await;
    let (case, subject) = world.delivered_case().await;
    world.set_ahead(TimeDelta::days(460));
    let due = world.db.now() - TimeDelta::hours(LATE_HOURS + 1);
    let (a, b) = (world.retention(), world.retention());
    let enter = |r: &'static str| (r, Ground::RetentionEnded);
    let ((ra, ga), (rb, gb)) = (enter("a"), enter("b"));
    let (la, lb) = tokio::join!(a.enter(&case, &subject, ga, due, ra), b.enter(&case, &subject, gb, due, rb));
    let (la, lb) = (la.unwrap(), lb.unwrap());
    assert_eq!(la, lb);
    assert!(la.is_late(world.db.now()));
    let (mut on_a, mut on_b) = (|_: Step| false, |_: Step| false);
    let (pa, pb) = tokio::join!(a.advance(la, "a", &mut on_a), b.advance(lb, "b", &mut on_b));
    let (pa, pb) = (pa.unwrap(), pb.unwrap());
    // Whoever was slower left it to the other; the next run finds what is left to do.
    assert!([pa, pb].contains(&Progress::Waiting) || [pa, pb].contains(&Progress::InOtherHands), "{pa:?} {pb:?}");
    a.advance(ledger(&world, &case).await, "c", &mut |_| false).await.unwrap();
    let end = ledger(&world, &case).await;
    assert_eq!((end.step, end.rev), (Step::Destroyed, 8), "every step was recorded once");
    assert!(world.everything_about(&case).await.is_empty());
    assert!(world.db.check_log(&Scope::Case(case), false).await.unwrap().is_ok());
}

#[expect(clippy::print_stdout, reason = "figures for a person who asks for more cases")]
#[tokio::test]
async fn two_hundred_due_cases_are_worked_through_over_the_end_of_a_run() {
    let world = World::new().await;
    // MEDIUS_DUE_CASES=10000 gives the figures for as many; it takes its time.
    let number = std::env::var("MEDIUS_DUE_CASES").map_or(200, |number| number.parse().unwrap());
    let creating = std::time::Instant::now();
    let cases = world.due_cases(number).await;
    println!("{number} cases made in {:.1} s", creating.elapsed().as_secs_f64());
    // An hour past their end.
    world.set_ahead(TimeDelta::hours(2));
    let retention = world.retention();
    let began = std::time::Instant::now();
    let (mut runs, mut cut, mut left) = (0, false, cases.clone());
    while !left.is_empty() {
        runs += 1;
        assert!(runs < 12, "it does not come to an end: {} are left", left.len());
        // The first runs have a few seconds more than one case may need.
        let seconds = if runs < 4 { 12 } else { 600 };
        let kind = if runs == 1 { "daily" } else { "continue" };
        let run = std::time::Instant::now();
        let report = handle(&retention, json!({ "kind": kind }), &world::context(seconds)).await.unwrap();
        assert_eq!(report.failed, 0);
        println!("run {runs} of {:.1} s: {report:?}", run.elapsed().as_secs_f64());
        assert!(run.elapsed().as_secs() < seconds, "a run has no more time than a function");
        cut |= !report.complete;
        if report.complete {
            let mut waiting = Vec::new();
            for case in left {
                let id = DestructionId::of(&case);
                let there = world.db.read([Place::Ledger(id.clone())]).await.unwrap().ledger(&id).unwrap();
                if !there.is_some_and(|ledger| ledger.is_done()) {
                    waiting.push(case);
                }
            }
            left = waiting;
        }
    }
    let seconds = began.elapsed().as_secs_f64();
    println!("{number} due cases in {runs} runs and {seconds:.1} s, {:.1} ms each", seconds * 1e3 / number as f64);
    assert!(cut, "the time was never over: nothing was shown");
    for case in &cases {
        assert_eq!(ledger(&world, case).await.step, Step::Destroyed);
        assert!(world.everything_about(case).await.is_empty());
    }
}

#[tokio::test]
async fn what_the_table_s_own_expiry_removed_first_is_entered_and_finished() {
    let world = World::new().await;
    let (case, subject) = world.delivered_case().await;
    world.remove_item("cases", &format!("CASE#{case}"), "CASE").await;
    let record = json!({"Records": [{"eventName": "REMOVE",
        "userIdentity": {"type": "Service", "principalId": "dynamodb.amazonaws.com"},
        "dynamodb": {"SequenceNumber": "1", "Keys": {"pk": {"S": format!("CASE#{case}")}, "sk": {"S": "CASE"}},
            "OldImage": {"subject": {"S": subject.as_str()}}}}]});
    // By the deployed function, with its own role.
    let report: Value = world.stack.invoke("retention", None, &record).await.unwrap();
    assert_eq!((report["entered"].as_u64(), report["failed"].as_u64()), (Some(1), Some(0)), "{report}");
    // The other tests' runs may have it in hand, and the mail to who holds a copy goes out first.
    for _ in 0..100 {
        let report: Value = world.stack.invoke("retention", None, &json!({"kind": "continue"})).await.unwrap();
        assert_eq!(report["failed"], 0, "{report}");
        if ledger(&world, &case).await.step == Step::Destroyed {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    }
    let end = ledger(&world, &case).await;
    assert_eq!(end.step, Step::Destroyed, "the role of the function may do all of it");
    assert!(world.everything_about(&case).await.is_empty());
}

#[tokio::test]
async fn a_case_that_lives_on_is_postponed_and_one_that_is_told_gets_its_mail() {
    let world = World::new().await;
    let (case, subject) = world.delivered_case().await;
    let retention = world.retention();
    let due = world.db.now() + TimeDelta::hours(12);
    // Its own end is far off: somebody reopened it after it was entered.
    let entered = retention.enter(&case, &subject, Ground::RetentionEnded, due, "test").await.unwrap();
    assert_eq!(retention.advance(entered, "test", &mut |_| false).await.unwrap(), Progress::Waiting);
    let postponed = ledger(&world, &case).await;
    let lives = world.db.case_to_destroy(&case).await.unwrap().unwrap();
    assert_eq!((postponed.step, postponed.due_at), (Step::Due, lives.destroy_at()));
    assert_eq!(lives.state, CaseState::Complete);
    // A day before its end the patient is told, at an address that the mailer may still read.
    world.set_ahead(lives.destroy_at() - chrono::Utc::now() - TimeDelta::hours(20));
    assert_eq!(retention.advance(postponed, "test", &mut |_| false).await.unwrap(), Progress::Waiting);
    let told = ledger(&world, &case).await;
    assert_eq!(told.step, Step::Told);
    assert!(told.mail.is_some() && told.certificate.is_none());
    assert_eq!(reqwest::get(world.stack.url(&format!("/c/{}", told.id))).await.unwrap().status(), 404);
    let mail = world.mail_with(&format!("/c/{}", told.id)).await;
    assert!(!mail.contains(case.as_str()) && !mail.contains(subject.as_str()));
}

#[tokio::test]
async fn an_idle_case_is_closed_after_notice_and_everything_about_it_ends_with_it() {
    let world = World::new().await;
    let (case, _) = world.delivered_case().await;
    let retention = world.retention();
    let stored = async || world.db.case_to_destroy(&case).await.unwrap().unwrap();
    for (days, told, closed) in [(60, false, false), (80, true, false), (93, true, false), (96, false, true)] {
        world.set_ahead(TimeDelta::days(days));
        retention.look_at_open(&stored().await, "test").await.unwrap();
        let now = stored().await;
        assert_eq!((now.closing_told_at.is_some(), now.completion.is_some()), (told, closed), "day {days}");
    }
    let end = stored().await;
    for item in world.everything_about(&case).await {
        if !item.starts_with("s3") {
            assert!(item.ends_with(&format!("|{}", end.destroy_at().timestamp())), "{item}: {}", end.destroy_at());
        }
    }
}

#[tokio::test]
async fn everything_about_a_case_gets_the_end_that_the_case_has() {
    let world = World::new().await;
    let (case, _) = world.delivered_case().await;
    // A copy was made for the recipient.
    let document = world.db.referrals(&case).await.unwrap().remove(0).document_number;
    let text = |s: String| aws_sdk_dynamodb::types::AttributeValue::S(s);
    let put =
        world.stack.dynamodb(world.stack.operator_credentials()).put_item().table_name(world.stack.table("cases"));
    let put = put.item("pk", text(format!("DOCUMENT#{document}"))).item("sk", text(format!("COPY#{}", "0".repeat(64))));
    let soon = aws_sdk_dynamodb::types::AttributeValue::N((chrono::Utc::now().timestamp() + 3600).to_string());
    put.item("expires_at", soon).send().await.unwrap();
    // Used again two months later: the story and the case move, and with them consents, letters and links.
    world.set_ahead(TimeDelta::days(60));
    let open = world.db.case_to_destroy(&case).await.unwrap().unwrap();
    world.put_case(&open.touched(world.db.now())).await;
    let end = world.db.case_to_destroy(&case).await.unwrap().unwrap().expires_at;
    assert!(end > open.expires_at);
    let mut late = Vec::new();
    for _ in 0..60 {
        let all = world.everything_about(&case).await;
        late = all
            .into_iter()
            .filter(|i| !i.starts_with("s3") && !i.ends_with(&format!("|{}", end.timestamp())))
            .collect();
        if late.is_empty() {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(500)).await;
    }
    assert!(late.is_empty(), "{late:?}");
}

#[tokio::test]
async fn a_destroyed_case_stays_destroyed_when_an_old_copy_is_restored() {
    let world = World::new().await;
    let (case, subject) = world.delivered_case().await;
    let copy = world.copy_of(&case).await;
    world.set_ahead(TimeDelta::days(460));
    let due = world.db.now() - TimeDelta::hours(1);
    let retention = world.retention();
    retention.enter(&case, &subject, Ground::RetentionEnded, due, "test").await.unwrap();
    finished(&world, &retention, &case).await;
    assert!(world.everything_about(&case).await.is_empty());
    // Data tables as they were; of the keys no backup reaches back so far.
    world.put_back(&copy, &["cases", "consents", "links"]).await;
    assert!(world.everything_about(&case).await.len() > 10);
    assert!(copy.iter().any(|(table, _)| *table == "keys") && world.key_items(&case).await == 0);
    // By the present's clock the restored case is nobody's memory but a live one: even so nothing sealed can be opened.
    world.set_ahead(TimeDelta::zero());
    assert!(world.sees(&case).await && !world.can_open(&case).await);
    world.set_ahead(TimeDelta::days(460));
    let ours: Vec<Ledger> = world
        .db
        .ledgers()
        .await
        .unwrap()
        .into_iter()
        .filter(|l| l.case_id == case && l.step >= Step::Destroyed)
        .collect();
    assert_eq!(ours.len(), 1);
    world.destroyer().again(&ours[0]).await.unwrap();
    assert!(world.everything_about(&case).await.is_empty());
    assert_eq!(world.destroyer().left(&ours[0]).await.unwrap(), 0);
}

#[tokio::test]
async fn a_case_that_is_read_and_written_all_the_while_is_destroyed_all_the_same() {
    let world = World::new().await;
    let (app, case) = world.open_case().await;
    let id: CaseId = case.parse().unwrap();
    let subject = world.db.case_to_destroy(&id).await.unwrap().unwrap().subject;
    assert!(world.can_open(&id).await);
    let retention = world.retention();
    let over = std::sync::atomic::AtomicBool::new(false);
    let destroy = async {
        // The patient asked for it: the case is alive.
        let now = world.db.now();
        let mut at = retention.enter(&id, &subject, Ground::Deletion, now, "test").await.unwrap();
        for _ in 0..240 {
            retention.advance(at, "test", &mut |_| false).await.unwrap();
            at = ledger(&world, &id).await;
            if at.step == Step::Destroyed {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(250)).await;
        }
        over.store(true, std::sync::atomic::Ordering::Relaxed);
        at
    };
    let path = format!("/v1/cases/{case}");
    let use_it = async {
        let mut seen = std::collections::BTreeSet::new();
        while !over.load(std::sync::atomic::Ordering::Relaxed) {
            let read = app.get(&path).await.unwrap();
            seen.insert(read.status.as_u16());
            if read.status == 200 {
                let story = demo_story().unwrap();
                let part = format!("{path}/intake/basic");
                let written = app.change(http::Method::PUT, &part, &read.etag(), Some(&story["basic"])).await.unwrap();
                seen.insert(written.status.as_u16());
            }
            let post = app.post(&format!("{path}/messages"), &json!({"text": "hello"})).await.unwrap();
            seen.insert(post.status.as_u16());
        }
        seen
    };
    let (end, seen) = tokio::join!(destroy, use_it);
    assert_eq!(end.step, Step::Destroyed, "{seen:?}");
    assert!(seen.contains(&200) && seen.contains(&404) && seen.iter().all(|status| *status < 500), "{seen:?}");
    assert!(world.everything_about(&id).await.is_empty());
    assert_eq!(world.destroyer().left(&end).await.unwrap(), 0);
}
