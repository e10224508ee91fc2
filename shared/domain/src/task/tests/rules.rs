//! What guards each step and what it brings about, for every state, action and actor.

use super::*;
use chrono::Days;

/// The guards and effects, written down a second time and by action and actor: those that have neither are left out.
const RULES: &[(&str, &str, &str)] = &[
    ("patient:generate", "consent_in_force", "letter_joins"),
    ("reviewer:review", "consent_in_force", "letter_joins"),
    ("patient:send", "consent_in_force", "letter_goes_out"),
    ("patient:answer_more", "consent_in_force", "letter_goes_out"),
    ("patient:renew", "consent_in_force", "letter_goes_out"),
    ("institution:acknowledge", "none", "link_acknowledged"),
    ("institution:decline", "none", "link_declined"),
    ("institution:redirect", "receiving_institution", "none"),
    ("institution:schedule", "none", "appointment_proposed"),
    ("institution:reschedule", "none", "appointment_proposed"),
    ("patient:confirm_appointment", "none", "appointment_confirmed"),
    ("patient:ask_other_time", "none", "appointment_dropped"),
    ("institution:attended", "appointment_day_reached", "none"),
    ("institution:no_show", "appointment_day_reached", "none"),
    ("patient:cancel", "none", "called_off"),
    ("patient:request_cancel", "none", "cancel_asked"),
    ("institution:request_cancel", "none", "cancel_asked"),
    ("patient:confirm_cancel", "other_side_asked", "called_off"),
    ("institution:confirm_cancel", "other_side_asked", "called_off"),
    ("coordinator:confirm_cancel", "other_side_asked", "called_off"),
    ("patient:refuse_cancel", "other_side_asked", "cancel_dropped"),
    ("institution:refuse_cancel", "other_side_asked", "cancel_dropped"),
    ("institution:final_outcome", "none", "outcome_told"),
    ("institution:add_colleague", "verified_contact", "colleague_invited"),
    ("patient:complete", "none", "loop_closed"),
    ("service:complete", "time_over", "loop_closed"),
    ("service:expire", "time_over", "none"),
    ("patient:withdraw", "consent_gone", "consent_gone"),
];

/// A Task in a state, as it can be there, for which everything that the Task itself can say of its guards is so or is not.
fn standing(state: TaskState, so: bool, by: Party, now: DateTime<Utc>) -> Task {
    let told = now - TimeDelta::days(if so { 14 } else { 13 });
    let other = if by == Party::Patient { Party::Institution } else { Party::Patient };
    let asked = Cancelling { by: if so { other } else { by }, before: TaskState::Scheduled };
    let outcome = |step: &Step| Step { n: 2, at: told, action: TaskAction::FinalOutcome, to: state, ..step.clone() };
    let mut steps = task().steps;
    steps.push(outcome(&steps[0]));
    let today = crate::clock::kst_day(now);
    Task {
        state,
        sent_at: Some(told),
        cancelling: (state == TaskState::CancelRequested).then_some(asked),
        appointment_on: if so { Some(today) } else { today.checked_add_days(Days::new(1)) },
        appointment_ends: Some(now),
        told: Mark::ALL.into_iter().collect(),
        steps,
        ..task()
    }
}

#[test]
fn every_state_action_and_actor_has_the_guard_and_the_effect_of_the_model() {
    let rules: BTreeMap<&str, (&str, &str)> =
        RULES.iter().map(|(what, guard, effect)| (*what, (*guard, *effect))).collect();
    assert_eq!(rules.len(), RULES.len());
    let now = DateTime::UNIX_EPOCH + TimeDelta::days(100);
    let mut used = std::collections::BTreeSet::new();
    for state in TaskState::ALL {
        for (&action, by) in TaskAction::ALL.iter().flat_map(|action| Party::ALL.map(|by| (action, by))) {
            let what = format!("{}:{}", name(by), action.code());
            let (so, not) = (standing(state, true, by, now), standing(state, false, by, now));
            let Some(row) = rule(state, action, by) else {
                for task in [&so, &not] {
                    assert_eq!(task.may(action, by, now).err(), Some(TaskRefusal::Impossible), "{what} at {state:?}");
                }
                continue;
            };
            let (guard, effect) = rules.get(what.as_str()).copied().unwrap_or(("none", "none"));
            used.extend(rules.get_key_value(what.as_str()).map(|(what, _)| *what));
            assert_eq!(
                (name(row.guard), name(row.effect)),
                (guard.to_owned(), effect.to_owned()),
                "{what} at {state:?}"
            );
            // The guard of the table is the one that lets through or stops, and an action that is stopped is not offered.
            let stopped = match guard {
                "appointment_day_reached" => Some(TaskRefusal::BeforeAppointment),
                "other_side_asked" => Some(TaskRefusal::OtherPartyNeeded),
                "time_over" => Some(TaskRefusal::TooEarly),
                _ => None,
            };
            assert_eq!(so.may(action, by, now).err(), None, "{what} at {state:?}");
            assert_eq!(not.may(action, by, now).err(), stopped, "{what} at {state:?}");
            assert_eq!(not.available_actions(by, now).contains(&action), stopped.is_none(), "{what} at {state:?}");
            let after = so.apply(&Said::of(action), by, now).unwrap();
            assert_eq!(after.steps.last().unwrap().effect(), row.effect, "{what} at {state:?}");
            brought_about(&so, &after, row.effect, now);
        }
    }
    assert_eq!(used.len(), RULES.len(), "a rule of the model is nobody's");
}

/// What the Task itself shows of an effect, and nothing of the others.
fn brought_about(before: &Task, after: &Task, effect: Effect, now: DateTime<Utc>) {
    let goes_out = effect == Effect::LetterGoesOut;
    assert_eq!(
        (after.sent_at == Some(now), after.due.is_some(), after.told.is_empty()),
        (goes_out, goes_out, goes_out)
    );
    assert_eq!(after.appointment_confirmed, effect == Effect::AppointmentConfirmed);
    // A step without words proposes no time: there is none then, as after one that was dropped.
    let no_time = matches!(effect, Effect::AppointmentProposed | Effect::AppointmentDropped);
    assert_eq!((after.appointment_on.is_none(), after.appointment_ends.is_none()), (no_time, no_time));
    let asked = after.told.iter().all(|mark| !mark.about_cancelling()) && !goes_out;
    assert_eq!(asked, effect == Effect::CancelAsked);
    let chased = after.told.contains(&Mark::OutcomeAsked) || goes_out;
    assert_eq!(!chased, effect == Effect::AppointmentProposed);
    let open = after.cancelling.is_some();
    assert_eq!(open, after.state == TaskState::CancelRequested, "{effect:?} from {:?}", before.state);
    let called_off = matches!(effect, Effect::CalledOff);
    assert_eq!(after.state == TaskState::Cancelled, called_off);
}
