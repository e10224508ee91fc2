//! When an institution should have answered, and who is reminded of it. Deadlines are data: business days in Seoul, by urgency.
//!
//! Everything follows from when what happened, so the clock can run as often as it likes: a mark that was told once is remembered
//! in the Task and is not told again.

use crate::clock::business::{end_of_business_days, half_of_business_days};
use crate::health::Urgency;
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Days after an appointment after which its outcome is asked for; the second time the coordinator is asked, too.
const OUTCOME_DAYS: [i64; 2] = [7, 14];
/// Business days after a missed deadline after which the coordinator takes over.
const ESCALATED_AFTER: u32 = 1;
/// Business days within which the other side answers a request to cancel. No rule names a number; this one is ours: as long as
/// the shortest time to decide (urgent), because an appointment may be waiting.
const CANCEL_DAYS: u32 = 2;
/// Business days within which an institution that accepted proposes an appointment, and within which a patient answers what an
/// institution asks: as many as it has to decide. No rule names a number for either; a referral that nobody moves on is ours to
/// move, and how soon follows from how soon the patient needs to be seen.
const fn next_step_days(urgency: Urgency) -> u32 {
    Allowed::by(urgency).decide
}

/// How many business days an institution has, from the day after the letter was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allowed {
    /// To say that it received the letter.
    pub acknowledge: u32,
    /// To accept, decline, redirect or ask for more.
    pub decide: u32,
}

impl Allowed {
    /// What an urgency allows.
    pub const fn by(urgency: Urgency) -> Self {
        match urgency {
            Urgency::Urgent => Self { acknowledge: 1, decide: 2 },
            Urgency::Soon => Self { acknowledge: 2, decide: 5 },
            Urgency::Routine => Self { acknowledge: 3, decide: 10 },
        }
    }
}

/// Until when an institution should have answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Due {
    /// End of the last day to say that it received the letter.
    pub acknowledge_by: DateTime<Utc>,
    /// End of the last day to decide.
    pub decide_by: DateTime<Utc>,
}

impl Due {
    /// For a letter of an urgency that was sent at a moment.
    pub fn of(urgency: Urgency, sent_at: DateTime<Utc>) -> Self {
        let allowed = Allowed::by(urgency);
        Self {
            acknowledge_by: end_of_business_days(sent_at, allowed.acknowledge),
            decide_by: end_of_business_days(sent_at, allowed.decide),
        }
    }
}

/// Something that somebody is told when its time comes, once. In the order of their weight for each addressee.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mark {
    /// Half of the time to acknowledge is over.
    AcknowledgeHalf,
    /// The time to acknowledge is over.
    AcknowledgeDue,
    /// Still not acknowledged a business day later.
    AcknowledgeEscalated,
    /// Half of the time to decide is over.
    DecideHalf,
    /// The time to decide is over.
    DecideDue,
    /// Still not decided a business day later.
    DecideEscalated,
    /// Half of the time to propose an appointment is over.
    AppointmentHalf,
    /// The time to propose an appointment is over.
    AppointmentDue,
    /// Still no appointment a business day later.
    AppointmentEscalated,
    /// Half of the patient's time to answer what the institution asks is over.
    QuestionHalf,
    /// The patient's time to answer is over.
    QuestionDue,
    /// Still not answered a business day later: the coordinator helps.
    QuestionEscalated,
    /// A week after the appointment there is no outcome.
    OutcomeAsked,
    /// Two weeks after the appointment there is no outcome.
    OutcomeEscalated,
    /// Half of the time to answer a request to cancel is over.
    CancelHalf,
    /// The time to answer a request to cancel is over.
    CancelDue,
    /// Still not answered a business day later: the coordinator confirms, or settles it by telephone.
    CancelEscalated,
}

/// Who is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Told {
    /// The institution's contact.
    Institution,
    /// The patient.
    Patient,
    /// Whoever has to answer a request to cancel: the side that did not ask.
    OtherSide,
    /// The coordinator.
    Coordinator,
}

impl Mark {
    /// Every mark.
    pub const ALL: [Self; 17] = [
        Self::AcknowledgeHalf,
        Self::AcknowledgeDue,
        Self::AcknowledgeEscalated,
        Self::DecideHalf,
        Self::DecideDue,
        Self::DecideEscalated,
        Self::AppointmentHalf,
        Self::AppointmentDue,
        Self::AppointmentEscalated,
        Self::QuestionHalf,
        Self::QuestionDue,
        Self::QuestionEscalated,
        Self::OutcomeAsked,
        Self::OutcomeEscalated,
        Self::CancelHalf,
        Self::CancelDue,
        Self::CancelEscalated,
    ];

    /// Who is told.
    pub const fn told(self) -> Told {
        match self {
            Self::AcknowledgeHalf
            | Self::AcknowledgeDue
            | Self::DecideHalf
            | Self::DecideDue
            | Self::AppointmentHalf
            | Self::AppointmentDue
            | Self::OutcomeAsked => Told::Institution,
            Self::QuestionHalf | Self::QuestionDue => Told::Patient,
            Self::CancelHalf | Self::CancelDue => Told::OtherSide,
            Self::AcknowledgeEscalated
            | Self::DecideEscalated
            | Self::AppointmentEscalated
            | Self::QuestionEscalated
            | Self::OutcomeEscalated
            | Self::CancelEscalated => Told::Coordinator,
        }
    }

    /// Whether it is about an appointment that is to be proposed.
    pub const fn about_proposing(self) -> bool {
        matches!(self, Self::AppointmentHalf | Self::AppointmentDue | Self::AppointmentEscalated)
    }

    /// Whether it is about the outcome of an appointment.
    pub const fn about_outcome(self) -> bool {
        matches!(self, Self::OutcomeAsked | Self::OutcomeEscalated)
    }

    /// Whether it is about a request to cancel.
    pub const fn about_cancelling(self) -> bool {
        matches!(self, Self::CancelHalf | Self::CancelDue | Self::CancelEscalated)
    }
}

/// What is still owed, and since when: by the institution, unless another side is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Owed {
    /// To say that it received the letter, and then to decide.
    Acknowledgement {
        /// How soon the patient needs to be seen.
        urgency: Urgency,
        /// When the letter was sent.
        sent_at: DateTime<Utc>,
    },
    /// To decide.
    Decision {
        /// How soon the patient needs to be seen.
        urgency: Urgency,
        /// When the letter was sent; after more information was given, when that was sent.
        sent_at: DateTime<Utc>,
    },
    /// A time at which the patient can come.
    Appointment {
        /// How soon the patient needs to be seen.
        urgency: Urgency,
        /// When it accepted, when the patient asked for another time, or when a newer letter was sent, whichever was last.
        since: DateTime<Utc>,
    },
    /// The patient's answer to what the institution asks.
    PatientAnswer {
        /// How soon the patient needs to be seen.
        urgency: Urgency,
        /// When it was asked.
        since: DateTime<Utc>,
    },
    /// The outcome of an appointment.
    Outcome {
        /// When the appointment was over.
        since: DateTime<Utc>,
    },
    /// An answer to a request to cancel, by the side that did not ask.
    CancelAnswer {
        /// When it was asked for.
        since: DateTime<Utc>,
    },
    /// Nothing: it is somebody else's turn, or it is all over.
    Nothing,
}

impl Owed {
    /// Every mark that can still come while this is owed, with its moment, in order.
    pub fn marks(self) -> Vec<(Mark, DateTime<Utc>)> {
        let decision = |allowed: Allowed, at| {
            chased([Mark::DecideHalf, Mark::DecideDue, Mark::DecideEscalated], at, allowed.decide)
        };
        let mut marks = match self {
            Self::Acknowledgement { urgency, sent_at } => {
                let allowed = Allowed::by(urgency);
                let acknowledge = [Mark::AcknowledgeHalf, Mark::AcknowledgeDue, Mark::AcknowledgeEscalated];
                let acknowledge = chased(acknowledge, sent_at, allowed.acknowledge);
                acknowledge.into_iter().chain(decision(allowed, sent_at)).collect()
            }
            Self::Decision { urgency, sent_at } => decision(Allowed::by(urgency), sent_at).to_vec(),
            Self::Appointment { urgency, since } => {
                let marks = [Mark::AppointmentHalf, Mark::AppointmentDue, Mark::AppointmentEscalated];
                chased(marks, since, next_step_days(urgency)).to_vec()
            }
            Self::PatientAnswer { urgency, since } => {
                let marks = [Mark::QuestionHalf, Mark::QuestionDue, Mark::QuestionEscalated];
                chased(marks, since, next_step_days(urgency)).to_vec()
            }
            Self::Outcome { since } => {
                let after = |days| since + TimeDelta::days(days);
                vec![(Mark::OutcomeAsked, after(OUTCOME_DAYS[0])), (Mark::OutcomeEscalated, after(OUTCOME_DAYS[1]))]
            }
            Self::CancelAnswer { since } => {
                chased([Mark::CancelHalf, Mark::CancelDue, Mark::CancelEscalated], since, CANCEL_DAYS).to_vec()
            }
            Self::Nothing => vec![],
        };
        marks.sort_by_key(|(mark, at)| (*at, *mark));
        marks
    }

    /// The marks whose moment has come and that were not told yet.
    pub fn reached(self, told: &BTreeSet<Mark>, now: DateTime<Utc>) -> Vec<Mark> {
        self.marks().into_iter().filter(|(mark, at)| *at <= now && !told.contains(mark)).map(|(mark, _)| mark).collect()
    }

    /// When there is something to tell next.
    pub fn next_at(self, told: &BTreeSet<Mark>) -> Option<DateTime<Utc>> {
        self.marks().into_iter().find(|(mark, _)| !told.contains(mark)).map(|(_, at)| at)
    }
}

/// The marks at half of so many business days, at their end and when a coordinator takes over, with their moments.
fn chased([half, due, escalated]: [Mark; 3], since: DateTime<Utc>, days: u32) -> [(Mark, DateTime<Utc>); 3] {
    [
        (half, half_of_business_days(since, days)),
        (due, end_of_business_days(since, days)),
        (escalated, end_of_business_days(since, days + ESCALATED_AFTER)),
    ]
}

/// What is told of several marks that came together, as after a time in which nothing ran: to each addressee only the weightiest.
pub fn weightiest(reached: &[Mark]) -> Vec<Mark> {
    [Told::Institution, Told::Patient, Told::OtherSide, Told::Coordinator]
        .into_iter()
        .filter_map(|to| reached.iter().copied().filter(|mark| mark.told() == to).max())
        .collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::clock::kst_minute;
    use chrono::TimeZone;

    /// Monday 23 November 2026, 15:00 in Seoul.
    fn monday() -> DateTime<Utc> {
        Utc.with_ymd_and_hms(2026, 11, 23, 6, 0, 0).unwrap()
    }

    fn read(marks: Vec<(Mark, DateTime<Utc>)>) -> Vec<(Mark, String)> {
        marks.into_iter().map(|(mark, at)| (mark, kst_minute(at))).collect()
    }

    #[test]
    fn an_urgent_letter_is_chased_by_the_half_day() {
        let owed = Owed::Acknowledgement { urgency: Urgency::Urgent, sent_at: monday() };
        let expected = [
            (Mark::AcknowledgeHalf, "2026-11-24 12:00"),
            (Mark::AcknowledgeDue, "2026-11-25 00:00"),
            (Mark::DecideHalf, "2026-11-25 00:00"),
            (Mark::AcknowledgeEscalated, "2026-11-26 00:00"),
            (Mark::DecideDue, "2026-11-26 00:00"),
            (Mark::DecideEscalated, "2026-11-27 00:00"),
        ];
        assert_eq!(read(owed.marks()), expected.map(|(mark, at)| (mark, at.to_owned())));
    }

    #[test]
    fn a_routine_letter_before_the_holidays_has_ten_working_days() {
        let sent = Utc.with_ymd_and_hms(2026, 12, 17, 15, 30, 0).unwrap(); // Friday 18 December, half past midnight
        let due = Due::of(Urgency::Routine, sent);
        assert_eq!(
            (kst_minute(due.acknowledge_by), kst_minute(due.decide_by)),
            ("2026-12-24 00:00".to_owned(), "2027-01-06 00:00".to_owned())
        );
    }

    #[test]
    fn each_mark_is_told_once_however_often_the_clock_runs() {
        let owed = Owed::Acknowledgement { urgency: Urgency::Soon, sent_at: monday() };
        let (mut told, mut log, mut now) = (BTreeSet::new(), vec![], monday());
        for _ in 0..(20 * 24 * 4) {
            for mark in owed.reached(&told, now) {
                assert!(told.insert(mark));
                log.push(mark);
            }
            assert!(owed.reached(&told, now).is_empty());
            assert!(owed.next_at(&told).is_none_or(|at| at > now));
            now += TimeDelta::minutes(15);
        }
        assert_eq!(log.len(), 6);
        assert_eq!(owed.next_at(&told), None);
    }

    #[test]
    fn after_a_time_without_a_clock_each_is_told_the_weightiest_alone() {
        let owed = Owed::Acknowledgement { urgency: Urgency::Urgent, sent_at: monday() };
        let reached = owed.reached(&BTreeSet::new(), monday() + TimeDelta::days(30));
        assert_eq!(reached.len(), 6);
        assert_eq!(weightiest(&reached), [Mark::DecideDue, Mark::DecideEscalated]);
        assert!(weightiest(&[]).is_empty());
    }

    #[test]
    fn an_outcome_is_asked_for_a_week_and_two_weeks_after_the_appointment() {
        let owed = Owed::Outcome { since: monday() };
        let marks = owed.marks();
        assert_eq!(marks.iter().map(|(m, _)| m.told()).collect::<Vec<_>>(), [Told::Institution, Told::Coordinator]);
        assert_eq!(marks.iter().map(|(_, at)| (*at - monday()).num_days()).collect::<Vec<_>>(), OUTCOME_DAYS);
        assert!(Owed::Nothing.marks().is_empty());
    }

    #[test]
    fn an_appointment_and_an_answer_are_chased_as_long_as_a_decision_is() {
        for (urgency, half, due, escalated) in [
            (Urgency::Urgent, "2026-11-25 00:00", "2026-11-26 00:00", "2026-11-27 00:00"),
            (Urgency::Soon, "2026-11-26 12:00", "2026-12-01 00:00", "2026-12-02 00:00"),
            (Urgency::Routine, "2026-12-01 00:00", "2026-12-08 00:00", "2026-12-09 00:00"),
        ] {
            let since = monday();
            let appointment = Owed::Appointment { urgency, since }.marks();
            let answer = Owed::PatientAnswer { urgency, since }.marks();
            let told: Vec<_> = appointment.iter().chain(&answer).map(|(mark, _)| mark.told()).collect();
            let (place, patient, desk) = (Told::Institution, Told::Patient, Told::Coordinator);
            assert_eq!(told, [place, place, desk, patient, patient, desk]);
            assert!(appointment.iter().all(|(mark, _)| mark.about_proposing()));
            for marks in [appointment, answer] {
                let at: Vec<_> = marks.iter().map(|(_, at)| kst_minute(*at)).collect();
                assert_eq!(at, [half, due, escalated], "{urgency:?}");
            }
        }
    }

    #[test]
    fn a_request_to_cancel_is_answered_in_two_business_days_or_the_coordinator_is_told() {
        let marks = Owed::CancelAnswer { since: monday() }.marks();
        let expected = [
            (Mark::CancelHalf, "2026-11-25 00:00"),
            (Mark::CancelDue, "2026-11-26 00:00"),
            (Mark::CancelEscalated, "2026-11-27 00:00"),
        ];
        assert_eq!(read(marks.clone()), expected.map(|(mark, at)| (mark, at.to_owned())));
        let told: Vec<_> = marks.iter().map(|(mark, _)| mark.told()).collect();
        assert_eq!(told, [Told::OtherSide, Told::OtherSide, Told::Coordinator]);
        assert!(Mark::ALL.iter().all(|mark| mark.about_cancelling() == expected.iter().any(|(own, _)| own == mark)));
    }

    #[test]
    fn every_urgency_is_reminded_at_half_and_at_the_end_and_then_escalated() {
        for urgency in [Urgency::Urgent, Urgency::Soon, Urgency::Routine] {
            let owed = Owed::Acknowledgement { urgency, sent_at: monday() };
            let at = |mark| owed.marks().into_iter().find(|(m, _)| *m == mark).unwrap().1;
            let due = Due::of(urgency, monday());
            assert_eq!((at(Mark::AcknowledgeDue), at(Mark::DecideDue)), (due.acknowledge_by, due.decide_by));
            assert!(
                at(Mark::AcknowledgeHalf) < due.acknowledge_by && due.acknowledge_by < at(Mark::AcknowledgeEscalated)
            );
            assert!(at(Mark::DecideHalf) < due.decide_by && due.decide_by < at(Mark::DecideEscalated));
            assert!(due.acknowledge_by < due.decide_by);
        }
    }
}
