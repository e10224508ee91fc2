#![allow(clippy::unwrap_used)]
use super::*;

const ROLE: Role = Role::Coordinator;

fn member(hold: Option<Hold>) -> Member {
    let mut member = Member::found(Subject::of("m"), "u".into(), &[ROLE], true, at(0));
    match hold {
        Some(hold) => member.roles.iter_mut().for_each(|h| h.hold = hold),
        None => member.roles.clear(),
    }
    member
}

fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_795_000_000 + seconds, 0).unwrap()
}

fn ops() -> Subject {
    Subject::of("ops")
}

#[test]
fn every_change_of_a_role_has_its_one_answer() {
    use Hold::{Granted, Granting, Removing};
    use Wanted::{Grant, Remove};
    // Present state, wish; the answer while the present state is young, the answer later, what finishing does then.
    let rows = [
        (None, Grant, Ok(Granting), Ok(Granting), None),
        (Some(Granting), Grant, Ok(Granting), Ok(Granting), Some(Some(Granted))),
        (Some(Granted), Grant, Ok(Granting), Ok(Granting), None),
        (Some(Removing), Grant, Err(Refusal::InProgress), Ok(Granting), None),
        (None, Remove, Ok(Removing), Ok(Removing), None),
        (Some(Granting), Remove, Err(Refusal::InProgress), Ok(Removing), None),
        (Some(Granted), Remove, Ok(Removing), Ok(Removing), None),
        (Some(Removing), Remove, Ok(Removing), Ok(Removing), Some(None)),
    ];
    for (hold, wanted, young, old, finished) in rows {
        let begun = |now| member(hold).begin(ROLE, wanted, &ops(), now).map(|m| m.hold(ROLE).unwrap());
        assert_eq!(begun(at(59)), young, "{hold:?} {wanted:?}");
        assert_eq!(begun(at(60)), old, "{hold:?} {wanted:?}");
        let end = member(hold).finish(ROLE, wanted, &ops(), at(1)).map(|m| m.hold(ROLE));
        assert_eq!(end, finished, "{hold:?} {wanted:?}");
    }
}

#[test]
fn nobody_changes_their_own_rights_and_a_closed_account_gets_none() {
    let own = Subject::of("m");
    for wanted in [Wanted::Grant, Wanted::Remove] {
        assert_eq!(member(None).begin(ROLE, wanted, &own, at(0)), Err(Refusal::Own));
    }
    assert_eq!(member(None).begin_disable(&own), Err(Refusal::Own));
    let closing = member(Some(Hold::Granted)).begin_disable(&ops()).unwrap();
    assert!(!closing.may_act_as(ROLE), "an account that is being closed does nothing more");
    let closed = closing.finish_disable(&ops(), at(1)).unwrap();
    assert_eq!(closed.finish_disable(&ops(), at(2)), None);
    for shut in [closing, closed] {
        assert_eq!(shut.begin(Role::Dpo, Wanted::Grant, &ops(), at(1)), Err(Refusal::Disabled));
        assert!(shut.begin(ROLE, Wanted::Remove, &ops(), at(1)).is_ok());
    }
}

#[test]
fn a_role_counts_until_its_removal_begins() {
    assert!(!member(None).may_act_as(ROLE));
    let begun = member(None).begin(ROLE, Wanted::Grant, &ops(), at(0)).unwrap();
    assert!(begun.may_act_as(ROLE), "to give a role again must not take it for a moment");
    let held = begun.finish(ROLE, Wanted::Grant, &ops(), at(1)).unwrap();
    assert!(held.may_act_as(ROLE));
    let going = held.begin(ROLE, Wanted::Remove, &ops(), at(2)).unwrap();
    assert!(!going.may_act_as(ROLE));
    let gone = going.finish(ROLE, Wanted::Remove, &ops(), at(3)).unwrap();
    assert_eq!((gone.hold(ROLE), gone.rev), (None, 4));
    let what: Vec<Happened> = gone.history.iter().map(|p| p.happened).collect();
    assert_eq!(what, [Happened::Granted { role: ROLE }, Happened::Removed { role: ROLE }]);
}

#[test]
fn history_stays_three_years() {
    let old = member(None).created(&ops(), at(0));
    let later = at(0) + TimeDelta::days(HISTORY_DAYS);
    let next = |now| old.begin_disable(&ops()).unwrap().finish_disable(&ops(), now).unwrap().history.len();
    assert_eq!(next(later - TimeDelta::seconds(1)), 2);
    assert_eq!(next(later), 1);
}
