//! Proof of the hard promises: faults before and after each commit, letters opened while their case is destroyed, copies of the
//! tables from several earlier points, and writes on what is past its end.

use crate::proxy::{Fault, Kind};
use crate::world::World;
use crate::{ledger, one_step};
use chrono::TimeDelta;
use medius_domain::access::Scope;
use medius_domain::destruction::{Ground, Step};
use medius_domain::id::CaseId;
use medius_domain::work::Assignment;
use medius_store::{Conflict, Place, StoreError};
use medius_tests::journey;
use medius_tests::user::Institution;
use reqwest::Method;
use std::sync::atomic::{AtomicBool, Ordering};

#[tokio::test(flavor = "multi_thread")]
async fn whatever_fails_before_or_after_a_commit_each_step_is_recorded_once_and_the_end_is_reached() {
    let (world, proxy) = World::over_a_wire().await;
    let (case, subject) = world.delivered_case().await;
    world.set_ahead(TimeDelta::days(460));
    let due = world.db.now() - TimeDelta::hours(73);
    let retention = world.retention();
    let faults = [
        ("TransactWriteItems", Kind::Broken),
        ("TransactWriteItems", Kind::AnswerLost),
        ("TransactWriteItems", Kind::Throttled),
        ("TransactWriteItems", Kind::TooLate),
        ("TransactGetItems", Kind::Broken),
        ("DeleteItem", Kind::AnswerLost),
        ("DELETE", Kind::Broken),
        ("UpdateItem", Kind::AnswerLost),
        ("Query", Kind::Broken),
        ("Sign", Kind::Refused),
        ("GET", Kind::Broken),
        ("GenerateMac", Kind::Refused),
    ];
    // Entering, too, happens once.
    let mut entered = None;
    for (operation, kind) in faults {
        proxy.strike(Fault { operation, kind });
        let tried = retention.enter(&case, &subject, Ground::RetentionEnded, due, "test").await;
        proxy.lift();
        entered = tried.ok().or(entered);
    }
    let again = retention.enter(&case, &subject, Ground::RetentionEnded, due, "test").await.unwrap();
    assert!(entered.is_none_or(|first| first.id == again.id));
    let (mut before, mut struck) = (ledger(&world, &case).await, 0);
    assert_eq!((before.step, before.rev), (Step::Due, 1));
    let mut steps = vec![before.step];
    while before.step < Step::Irrecoverable {
        if before.step == Step::Destroyed {
            // Past the backups of the keys.
            world.set_ahead(TimeDelta::days(464));
        }
        for (operation, kind) in faults {
            proxy.strike(Fault { operation, kind });
            // It fails, or the SDK's own repeat was enough, or another run's record was found: never a step too far.
            let _tried = retention.advance(before.clone(), "test", &mut one_step()).await;
            struck += proxy.lift();
            let now = ledger(&world, &case).await;
            assert!(now.rev <= before.rev + 1, "{operation} {kind:?} at {:?}: recorded twice", before.step);
            if now.rev > before.rev {
                break;
            }
        }
        let _went_on = retention.advance(before.clone(), "test", &mut one_step()).await.unwrap();
        before = ledger(&world, &case).await;
        steps.push(before.step);
        assert!(steps.len() < 40, "{steps:?}");
    }
    steps.dedup();
    assert!(struck > 20, "hardly anything failed: {struck}");
    assert_eq!((steps.as_slice(), before.rev), (&Step::ALL[..], 9));
    assert!(world.everything_about(&case).await.is_empty());
    assert!(world.db.check_log(&Scope::Case(case), false).await.unwrap().is_ok());
}

#[tokio::test]
async fn while_a_wrapped_key_is_found_nothing_is_certified() {
    let world = World::new().await;
    let (case, subject) = world.delivered_case().await;
    let copy = world.copy_of(&case).await;
    world.set_ahead(TimeDelta::days(460));
    let retention = world.retention();
    let due = world.db.now() - TimeDelta::hours(73);
    retention.enter(&case, &subject, Ground::RetentionEnded, due, "test").await.unwrap();
    // Up to the moment before it is verified; then somebody restores the keys' table.
    let mut before_verification = |after: Step| after == Step::Keys;
    while ledger(&world, &case).await.step != Step::Keys {
        retention.advance(ledger(&world, &case).await, "test", &mut before_verification).await.unwrap();
    }
    assert!(!world.destroyer().opens(&case).await.unwrap());
    world.put_back(&copy, &["keys"]).await;
    assert!(world.destroyer().opens(&case).await.unwrap());
    let at = ledger(&world, &case).await;
    retention.advance(at, "test", &mut one_step()).await.unwrap();
    let found = ledger(&world, &case).await;
    assert_eq!((found.step, found.destroyed_at, found.certificate), (Step::Told, None, None));
    // It is destroyed once more, tried once more, and certified.
    let end = crate::finished(&world, &retention, &case).await;
    let proof: serde_json::Value = serde_json::from_str(end.certificate.as_deref().unwrap()).unwrap();
    let attempts = proof["certificate"]["attempts"].as_array().unwrap();
    assert!(attempts.len() == 2 && attempts.iter().all(|tried| tried["outcome"] == "no_key"), "{proof}");
    assert!(!world.destroyer().opens(&case).await.unwrap() && world.key_items(&case).await == 0);
}

#[tokio::test]
async fn a_letter_that_is_opened_all_the_while_is_destroyed_all_the_same_and_not_opened_afterwards() {
    let world = World::new().await;
    let (_, case, subject) = world.delivered().await;
    let delivery = world.db.deliveries(&case).await.unwrap().remove(0);
    let to = world.stack.run().providers[0].clone();
    let mailbox = journey::mailbox(&world.stack, &to).await.unwrap();
    let mut institution =
        Institution::of_delivery(&world.stack, case.as_str(), delivery.id.as_str(), &mailbox).await.unwrap();
    institution.enter(&mailbox).await.unwrap();
    let (retention, over) = (world.retention(), AtomicBool::new(false));
    let destroy = async {
        let mut at = retention.enter(&case, &subject, Ground::Deletion, world.db.now(), "test").await.unwrap();
        for _ in 0..240 {
            retention.advance(at, "test", &mut |_: Step| false).await.unwrap();
            at = ledger(&world, &case).await;
            if at.is_done() {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(250)).await;
        }
        over.store(true, Ordering::Relaxed);
        at
    };
    let open_it = async {
        let mut seen = Vec::new();
        while !over.load(Ordering::Relaxed) {
            let answer = institution.send(Method::POST, "/letter", None).await.unwrap();
            seen.push((answer.status.as_u16(), answer.body.starts_with(b"%PDF-")));
        }
        seen.push({
            let last = institution.send(Method::POST, "/letter", None).await.unwrap();
            (last.status.as_u16(), last.body.starts_with(b"%PDF-"))
        });
        seen
    };
    let (end, seen) = tokio::join!(destroy, open_it);
    assert!(end.is_done(), "{seen:?}");
    assert!(seen.iter().all(|(status, _)| *status < 500), "{seen:?}");
    // Once it is gone it never comes back.
    let gone = seen.iter().position(|(status, _)| *status != 200).expect("it could be opened to the end");
    assert!(seen[gone..].iter().all(|(_, pdf)| !pdf), "{seen:?}");
    assert!(world.everything_about(&case).await.is_empty() && world.destroyer().left(&end).await.unwrap() == 0);
}

#[tokio::test]
async fn no_copy_of_the_tables_from_any_earlier_point_opens_anything_once_the_keys_backups_have_passed() {
    let world = World::new().await;
    // Copies as backups of the data tables would hold them: with a story, with a letter, and while it is being destroyed.
    let (app, case) = world.open_case().await;
    let id: CaseId = case.parse().unwrap();
    let mut copies = vec![("a story", world.copy_of(&id).await)];
    let to = world.stack.run().providers[0].clone();
    let letter = app.make_letter(&case, &to).await.unwrap();
    copies.push(("a letter", world.copy_of(&id).await));
    app.deliver(&case, &letter).await.unwrap();
    copies.push(("a delivery", world.copy_of(&id).await));
    assert!(world.can_open(&id).await, "nothing is shown by a case that nobody can open");
    let subject = world.db.case_to_destroy(&id).await.unwrap().unwrap().subject;
    world.set_ahead(TimeDelta::days(460));
    let due = world.db.now() - TimeDelta::hours(73);
    let retention = world.retention();
    let mut at = retention.enter(&id, &subject, Ground::RetentionEnded, due, "test").await.unwrap();
    while at.step < Step::Objects {
        retention.advance(at, "test", &mut one_step()).await.unwrap();
        at = ledger(&world, &id).await;
    }
    copies.push(("the objects gone", world.copy_of(&id).await));
    retention.advance(at, "test", &mut |_: Step| false).await.unwrap();
    let end = ledger(&world, &id).await;
    assert!(end.is_done());
    for (when, copy) in &copies {
        assert!(copy.len() > 5, "{when}");
        world.put_back(copy, &["cases", "consents", "links"]).await;
        // As the function sees it by the clock of that time, when the case was alive: it is there, and nothing opens.
        world.set_ahead(TimeDelta::zero());
        assert!(!world.can_open(&id).await, "{when}");
        assert_eq!((world.key_items(&id).await, world.versions(&id).await.len()), (0, 0), "{when}");
        world.set_ahead(TimeDelta::days(460));
        world.destroyer().again(&end).await.unwrap();
        assert_eq!(world.destroyer().left(&end).await.unwrap(), 0, "{when}");
    }
}

#[tokio::test]
async fn what_is_past_its_end_and_still_lies_there_is_no_ground_for_a_write() {
    let world = World::new().await;
    let (case, _) = world.delivered_case().await;
    let lives = world.db.case_to_destroy(&case).await.unwrap().unwrap();
    let delivery = world.db.deliveries(&case).await.unwrap().remove(0);
    let link = world.db.links_of([&delivery]).await.unwrap().remove(&delivery.link_id).unwrap();
    let first = Assignment { rev: 1, ..Assignment::none(case.clone(), world.db.now()) };
    world.commit(&lives, |change| change.assign(&first, &lives)).await.unwrap();
    // Everything that was decided before the end is refused after it, also what no version says.
    world.set_ahead(lives.expires_at - chrono::Utc::now() + TimeDelta::days(200));
    let next = medius_domain::case::Case { version: lives.version + 1, ..lives.clone() };
    let refused =
        |done: Result<(), StoreError>, why: Conflict| matches!(done, Err(StoreError::Conflict(got)) if got == why);
    assert!(refused(world.commit(&lives, |change| change.put_case(&next)).await, Conflict::Version));
    let ended = link.ended(medius_domain::link::LinkEvent::Revoke, world.db.now()).unwrap();
    let until = world.db.now() + TimeDelta::days(1);
    assert!(refused(world.commit(&lives, |change| change.update_link(&ended, until)).await, Conflict::Link));
    let second = Assignment { rev: 2, ..first.clone() };
    assert!(refused(world.commit(&lives, |change| change.assign(&second, &lives)).await, Conflict::Version));
    // And it stands in the way of nothing new: what is read as absent can be made.
    world.commit(&lives, |change| change.assign(&first, &lives)).await.unwrap();
    let stored = world.db.read([Place::Assignment(case.clone())]).await.unwrap();
    assert_eq!(stored.assignment(&case).unwrap().rev, 1);
}

#[tokio::test]
async fn a_case_that_is_found_long_after_its_end_still_gets_its_mail() {
    let world = World::new().await;
    let (case, subject) = world.delivered_case().await;
    // Its own end was an hour ago, by the true clock: no function sees it any more.
    let lives = world.db.case_to_destroy(&case).await.unwrap().unwrap();
    let past = world.db.now() - TimeDelta::hours(1);
    let ended = medius_domain::case::Case { version: lives.version + 1, expires_at: past, ..lives };
    world.put_case(&ended).await;
    world.db.retime(&case, past).await.unwrap();
    assert!(!world.sees(&case).await);
    let retention = world.retention();
    let mut at = retention.enter(&case, &subject, Ground::RetentionEnded, past, "test").await.unwrap();
    for _ in 0..120 {
        retention.advance(at, "test", &mut |_: Step| false).await.unwrap();
        at = ledger(&world, &case).await;
        if at.is_done() {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(500)).await;
    }
    assert!(at.is_done() && at.mail.is_some());
    world.mail_with(&format!("/c/{}", at.id)).await;
    assert!(world.everything_about(&case).await.is_empty());
}
