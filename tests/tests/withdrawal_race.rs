//! A withdrawal in the midst of 64 openings: whatever was not done before it is not done at all, by the clock of the reader and
//! by the order of the case's own log; and a new agreement brings no old link back.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[allow(dead_code, reason = "the links serve several test programs")]
#[path = "policy_matrix/links.rs"]
mod links;

use links::{enter, link_of, sent};
use medius_domain::access::{Action, Actor, Entry, Outcome, Scope};
use medius_tests::stack::Stack;
use medius_tests::user::{Institution, PatientApp, fresh_key};
use reqwest::Method;
use std::sync::Arc;
use std::time::Instant;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

/// Openings of a round.
const OPENINGS: usize = 64;
/// How many are under way at once: as many functions as this machine bears.
const AT_ONCE: usize = 16;
/// Downloads of a link end at ten; the rest of the openings look at the page.
const DOWNLOADS: usize = 9;

/// What came of an opening.
struct Opened {
    began: Instant,
    status: u16,
    body: Vec<u8>,
    page: bool,
}

async fn open(institution: &Institution, nth: usize) -> Opened {
    let began = Instant::now();
    // Spread over the round: each seventh is a download, up to the limit.
    let download = nth % 7 == 3 && nth / 7 < DOWNLOADS;
    let (method, part) = if download { (Method::POST, "/letter") } else { (Method::GET, "/referral") };
    let answer = institution.send(method, part, None).await.unwrap();
    Opened { began, status: answer.status.as_u16(), body: answer.body, page: !download }
}

/// What came of a round: how many were opened before and turned away after.
struct Round {
    opened: usize,
    turned_away: usize,
}

/// 64 openings, and the withdrawal once `after` of them have begun.
async fn race(
    stack: &Stack,
    app: &PatientApp,
    case: &str,
    (item, to): (&str, &str),
    institution: Arc<Institution>,
    after: usize,
) -> Round {
    let unknown = Institution::open(stack, &format!("http://x/r/{}#x", "a".repeat(26))).unwrap();
    let places = Arc::new(Semaphore::new(AT_ONCE));
    let (mut openings, mut withdrawal) = (JoinSet::new(), None);
    for nth in 0..OPENINGS {
        let place = Arc::clone(&places).acquire_owned().await.unwrap();
        let institution = Arc::clone(&institution);
        openings.spawn(async move {
            let opened = open(&institution, nth).await;
            drop(place);
            opened
        });
        if nth == after {
            let (app, case) = (app.clone(), case.to_owned());
            let (item, to) = (item.to_owned(), item.starts_with('P').then(|| to.to_owned()));
            withdrawal = Some(tokio::spawn(async move {
                let answer = app.withdraw(&case, &item, to.as_deref()).await.unwrap();
                (answer.expect(201, "a withdrawal does not fail because somebody reads").unwrap(), Instant::now())
            }));
        }
    }
    let (_, committed) = withdrawal.unwrap().await.unwrap();
    let openings = openings.join_all().await;
    let absent = unknown.send(Method::GET, "/referral", None).await.unwrap();
    let absent_file = unknown.send(Method::POST, "/letter", None).await.unwrap();
    let mut round = Round { opened: 0, turned_away: 0 };
    for opening in &openings {
        match opening.status {
            200 => {
                assert!(opening.began < committed, "{item}: opened after the withdrawal was answered");
                round.opened += 1;
            }
            404 => {
                let expected = if opening.page { &absent.body } else { &absent_file.body };
                assert_eq!(&opening.body, expected, "{item}: the refusal differs from that of an unknown link");
                round.turned_away += 1;
            }
            // Too many at one case in the same moment: it says so and does nothing.
            503 => {}
            other => panic!("{item}: {other}"),
        }
    }
    for (method, part) in [(Method::GET, "/referral"), (Method::POST, "/letter"), (Method::POST, "/bundle")] {
        let dead = institution.send(method.clone(), part, None).await.unwrap();
        let absent = unknown.send(method, part, None).await.unwrap();
        assert_eq!((dead.status.as_u16(), dead.body), (404, absent.body), "{item} {part}");
    }
    round
}

/// The case's chain in the access log, which must hold.
async fn log(stack: &Stack, case: &str) -> Vec<Entry> {
    let tables = medius_store::Tables::new(|name| {
        let short = name.strip_prefix("TABLE_")?.to_lowercase();
        stack.run().tables.get(&short).cloned()
    });
    let clock = std::sync::Arc::new(medius_domain::clock::SystemClock);
    let db = medius_store::Database::new(stack.dynamodb(stack.operator_credentials()), tables, clock);
    let entries = db.log_entries(&Scope::Case(case.parse().unwrap())).await.unwrap();
    let head = medius_domain::access::verify(&entries).expect("the access log's chain");
    assert_eq!(head.seq as usize, entries.len());
    entries
}

/// In the order of the log no letter was handed out between a withdrawal and the agreement that followed it.
fn nothing_after_the_withdrawals(entries: &[Entry], withdrawn: &[String]) -> usize {
    let mut open = true;
    let mut handed_out = 0;
    for entry in entries {
        let of_consent = entry.action == Action::GrantChange && entry.object.as_str().starts_with("consent/");
        if of_consent && matches!(entry.actor, Actor::Patient { .. }) && entry.outcome == Outcome::Done {
            open = !withdrawn.iter().any(|event| entry.object.as_str().contains(event.as_str()));
        }
        let reading = matches!(entry.action, Action::View | Action::Download);
        if matches!(entry.actor, Actor::Provider { .. }) && reading && entry.outcome == Outcome::Done {
            assert!(open, "entry {} hands out a letter after a withdrawal", entry.seq);
            handed_out += 1;
        }
    }
    handed_out
}

/// The events of withdrawals, by their ids.
async fn withdrawals(app: &PatientApp, case: &str) -> Vec<String> {
    let seen = app.get(&format!("/v1/cases/{case}/consents")).await.unwrap().expect(200, "consents").unwrap().json();
    let events = seen["events"].as_array().unwrap().iter().filter(|event| event["action"] == "WITHDRAW");
    events.map(|event| event["event_id"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_withdrawal_among_64_openings_ends_them_at_once_and_for_ever() {
    let stack = Stack::load().unwrap();
    let sign_in = stack.new_patient(&format!("race-{}@patients.example", fresh_key())).await.unwrap();
    let app = PatientApp::new(&stack, &stack.sign_in(&sign_in).await.unwrap());
    let to = stack.run().providers[0].clone();
    let first = sent(&stack, &app, 0).await;
    let (case, referral) = (first.case, first.referral);
    let mut institution = first.institution;
    let (mut opened, mut turned_away, mut dead) = (0, 0, Vec::new());
    for (item, after) in [("PS", 8), ("P", 24), ("S1", 40), ("G1", 16), ("PS", 1)] {
        enter(&stack, &mut institution).await;
        let reader = Arc::new(institution);
        let round = race(&stack, &app, &case, (item, &to), Arc::clone(&reader), after).await;
        (opened, turned_away) = (opened + round.opened, turned_away + round.turned_away);
        dead.push(reader);
        // The patient agrees anew: no link of before opens again, and a new one does.
        app.agree(&case, item, item.starts_with('P').then_some(to.as_str())).await.unwrap();
        for old in &dead {
            for part in ["/referral", "/letter"] {
                let method = if part == "/letter" { Method::POST } else { Method::GET };
                assert_eq!(old.send(method, part, None).await.unwrap().status.as_u16(), 404, "{item} {part}");
            }
            assert_eq!(old.ask_for_code().await.unwrap().status.as_u16(), 404, "{item}");
        }
        let delivery = app.deliver(&case, &referral).await.unwrap();
        institution = link_of(&stack, &case, &delivery, &to).await;
    }
    assert!(opened >= 20 && turned_away >= 60, "{opened} opened, {turned_away} turned away: no race");
    let withdrawn = withdrawals(&app, &case).await;
    assert_eq!(withdrawn.len(), 5);
    let handed_out = nothing_after_the_withdrawals(&log(&stack, &case).await, &withdrawn);
    assert!(handed_out >= opened, "{opened} were opened, {handed_out} are in the log");
}
