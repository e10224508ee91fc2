//! The end of a patient's request for deletion, with a fault before and after each commit: it is completed once, and told once.

use crate::deletion::ask;
use crate::proxy::{Fault, Kind};
use crate::world::World;
use chrono::TimeDelta;
use medius_domain::destruction::{Ground, Step};
use medius_domain::id::RightId;
use medius_domain::rights::{RightsRequest, State};
use medius_store::Place;
use medius_tests::journey::demo_story;
use serde_json::json;

async fn stored(world: &World, id: &RightId) -> RightsRequest {
    world.db.read([Place::Right(id.clone())]).await.unwrap().rights_request(id).unwrap().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deletion_ends_once_and_is_told_once_whatever_fails() {
    let (world, proxy) = World::over_a_wire().await;
    let (app, case) = world.open_case().await;
    let other = app.ready_case(&demo_story().unwrap(), &world.stack.run().providers[0]).await.unwrap();
    let id: RightId = ask(&app, &json!({"right": "deletion", "case_id": case})).await.parse().unwrap();
    let (case, other) = (case.parse().unwrap(), other.parse().unwrap());
    let lives = world.db.case_to_destroy(&other).await.unwrap().unwrap();
    // Its case is destroyed, by a clock that the deployed function does not have.
    world.set_ahead(TimeDelta::days(470));
    let retention = world.retention();
    let due = world.db.now() - TimeDelta::hours(73);
    let entered = retention.enter(&case, &lives.subject, Ground::RetentionEnded, due, "test").await.unwrap();
    retention.advance(entered.clone(), "test", &mut |_: Step| false).await.unwrap();
    assert!(crate::ledger(&world, &case).await.is_done());
    world.set_ahead(TimeDelta::zero());

    let told = async || world.mails_about(&other, "right").await;
    let kinds = [Kind::Broken, Kind::AnswerLost, Kind::TooLate, Kind::Throttled];
    let written = kinds.map(|kind| ("TransactWriteItems", kind));
    for (operation, kind) in [("TransactGetItems", Kind::Broken)].into_iter().chain(written) {
        let what = format!("{operation} {kind:?}");
        // As it stands when its destructions took too long: nothing but this can end it.
        let request = stored(&world, &id).await;
        let request = RightsRequest {
            state: State::ExecutionFailed,
            destructions: vec![entered.id.clone()],
            told_by: Some(other.clone()),
            outcome: None,
            rev: request.rev + 1,
            ..request
        };
        world.commit(&lives, |change| change.rights_request(&request)).await.unwrap();
        let before = told().await;
        proxy.strike(Fault { operation, kind });
        let _tried = retention.finish(&id, "test").await;
        assert!(proxy.lift() > 0, "{what} never struck");
        let done = stored(&world, &id).await.state == State::Completed;
        assert_eq!(told().await, before + usize::from(done), "{what}: told and not done, or the other way round");
        for _ in 0..2 {
            retention.finish(&id, "test").await.unwrap();
        }
        assert_eq!(stored(&world, &id).await.state, State::Completed, "{what}");
        assert_eq!(told().await, before + 1, "{what}: told twice or not at all");
    }
}
