//! Rules that the whole table must keep.
#![allow(clippy::unwrap_used)]
use super::*;

#[test]
fn what_no_row_allows_is_denied_and_nothing_is_ever_allowed_on_a_foreign_thing() {
    let mut allowed = 0;
    for role in Role::ALL {
        for action in Action::ALL {
            for thing in Thing::ALL {
                assert_eq!(verdict(role, action, thing, Standing::Foreign), Verdict::Denied);
                for standing in Standing::ALL {
                    allowed += usize::from(verdict(role, action, thing, standing) != Verdict::Denied);
                }
            }
        }
    }
    let cells = Role::ALL.len() * Action::ALL.len() * Thing::ALL.len() * Standing::ALL.len();
    assert!(allowed * 20 < cells, "{allowed} of {cells} combinations are allowed");
}

#[test]
fn no_two_rows_speak_about_the_same_combination() {
    for (i, a) in RULES.iter().enumerate() {
        for b in &RULES[i + 1..] {
            let both = a.role == b.role
                && a.thing == b.thing
                && a.actions.iter().any(|x| b.actions.contains(x))
                && a.standings.iter().any(|x| b.standings.contains(x));
            assert!(!both, "{:?} {:?}", a.role, a.thing);
        }
    }
}

#[test]
fn ops_see_no_patient_data_and_every_staff_download_needs_a_reason() {
    use Thing::{AccessLog, Case, Consent, Delivery, Guardian, Intake, Message, Record, Referral, Upload};
    for thing in [Case, Intake, Consent, Guardian, Referral, Delivery, Message, AccessLog, Upload, Record] {
        for action in Action::ALL {
            for standing in Standing::ALL {
                assert_eq!(verdict(Role::Ops, action, thing, standing), Verdict::Denied);
            }
        }
    }
    for role in Role::STAFF {
        for thing in Thing::ALL {
            for standing in [Standing::Assigned, Standing::Unassigned] {
                let said = verdict(role, Action::Download, thing, standing);
                assert_ne!(said, Verdict::Allowed, "{role:?} {thing:?}");
            }
            // A case that is not assigned is opened with a reason only; the list and the assignment are no opening.
            if !matches!(thing, Thing::Assignment | Thing::WorkList) {
                let said = verdict(role, Action::View, thing, Standing::Unassigned);
                assert_ne!(said, Verdict::Allowed, "{role:?} {thing:?}");
            }
        }
    }
}
