//! What stands out in a month, rule by rule, and who may sign it off.
#![allow(clippy::unwrap_used)]

use super::*;
use crate::access::{Authentication, Event, Purpose};
use crate::case::Case;
use crate::chain::Head;
use crate::id::LinkId;
use crate::policy::{On, Permit, Thing, permit};

/// A Wednesday in Seoul.
const NOON: &str = "2026-11-18T03:00:00Z";

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn month() -> Month {
    "2026-11".parse().unwrap()
}

fn event(actor: Actor, action: Action, object: Object) -> Event {
    Event {
        actor,
        authentication: Authentication::AccessToken,
        action,
        outcome: Outcome::Done,
        object,
        purpose: Purpose::Inquiry,
        reason: Some(AccessReason::PatientAsked),
        basis: vec![],
        evidence: None,
        source_ip: Some("203.0.113.7".to_owned()),
        request_id: None,
    }
}

fn entry(leave: &Permit, when: &str) -> Entry {
    leave.chain(&Head::default(), at(when)).unwrap().0
}

struct Staff(Subject);

impl Staff {
    fn new(name: &str) -> Self {
        Self(Subject::of(name))
    }

    fn does(&self, action: Action, thing: Thing, case: &Case, when: &str) -> Entry {
        let actor = Actor::Staff { subject: self.0.clone(), role: Role::Coordinator };
        let event = event(actor, action, Object::part(thing, ""));
        entry(&permit(event, &On::Desk(case, None)).unwrap(), when)
    }

    fn views(&self, case: &Case, when: &str) -> Entry {
        self.does(Action::View, Thing::Case, case, when)
    }
}

fn case_of(patient: &str) -> Case {
    Case::new(Subject::of(patient), false, at(NOON))
}

fn signing_in(who: &Subject, action: Action, pool: &'static str, when: &str) -> Entry {
    let actor = Actor::System { function: "journal".to_owned() };
    let event = event(actor, action, Object::part(Thing::SignIn, pool));
    entry(&permit(event, &On::Service(&Scope::SignIns(who.clone()))).unwrap(), when)
}

fn review(entries: &[Entry]) -> Review {
    let mut reviewer = Reviewer::default();
    entries.iter().for_each(|entry| reviewer.see(entry));
    reviewer.review(month())
}

fn kinds(entries: &[Entry]) -> Vec<Kind> {
    review(entries).findings.into_iter().map(|f| f.kind).collect()
}

#[test]
fn ordinary_work_does_not_stand_out() {
    let (kim, case) = (Staff::new("kim"), case_of("p"));
    let patient = Actor::Patient { subject: case.subject.clone() };
    let own = permit(event(patient, Action::Download, Object::part(Thing::Referral, "")), &On::Case(&case)).unwrap();
    // The patient may look and take files when they like.
    let entries = [kim.views(&case, NOON), entry(&own, "2026-11-21T18:00:00Z")];
    assert_eq!(kinds(&entries), vec![]);
}

#[test]
fn a_staff_download_stands_out_with_its_reason() {
    let (kim, case) = (Staff::new("kim"), case_of("p"));
    let review = review(&[kim.does(Action::Download, Thing::Referral, &case, NOON)]);
    let [found] = &review.findings[..] else { unreachable!() };
    assert_eq!((found.kind, &found.who), (Kind::Download, &Who::Staff(kim.0)));
    assert_eq!((found.entries.len(), found.entries[0].reason), (1, Some(AccessReason::PatientAsked)));
    assert_eq!(found.day.unwrap().to_string(), "2026-11-18");
}

#[test]
fn nights_and_weekends_are_told_in_seoul() {
    let (kim, case) = (Staff::new("kim"), case_of("p"));
    for (when, off) in [
        ("2026-11-17T22:59:59Z", true),  // Wednesday 07:59:59
        ("2026-11-17T23:00:00Z", false), // Wednesday 08:00
        ("2026-11-18T10:59:59Z", false), // Wednesday 19:59:59
        ("2026-11-18T11:00:00Z", true),  // Wednesday 20:00
        ("2026-11-20T15:00:00Z", true),  // Saturday 00:00
        ("2026-11-21T03:00:00Z", true),  // Saturday noon
        ("2026-11-22T03:00:00Z", true),  // Sunday noon
        ("2026-11-22T23:00:00Z", false), // Monday 08:00, still Sunday in UTC
    ] {
        let expected = if off { vec![Kind::OffHours] } else { vec![] };
        assert_eq!(kinds(&[kim.views(&case, when)]), expected, "{when}");
    }
    // Signing in at night is seen, too; a patient's is nobody's business.
    let night = "2026-11-18T18:00:00Z";
    let staff =
        [signing_in(&kim.0, Action::SignInAttempt, "staff", night), signing_in(&kim.0, Action::SignIn, "staff", night)];
    assert_eq!(kinds(&staff), vec![Kind::OffHours]);
    let patient = Subject::of("p");
    let patient = [Action::SignInAttempt, Action::SignIn].map(|action| signing_in(&patient, action, "patient", night));
    assert_eq!(kinds(&patient), vec![]);
}

#[test]
fn the_twenty_first_case_of_a_day_is_bulk() {
    let kim = Staff::new("kim");
    let opened = |n: usize| -> Vec<Entry> { (0..n).map(|i| kim.views(&case_of(&format!("p{i}")), NOON)).collect() };
    assert_eq!(kinds(&opened(20)), vec![]);
    let many = opened(21);
    let review = review(&many);
    let [found] = &review.findings[..] else { unreachable!() };
    assert_eq!((found.kind, found.entries.len()), (Kind::Bulk, 21));
    // The same case often is not many cases.
    let (lee, case) = (Staff::new("lee"), case_of("p"));
    assert!(!kinds(&vec![lee.views(&case, NOON); 25]).contains(&Kind::Bulk));
}

#[test]
fn the_same_patient_again_and_again_stands_out_whatever_the_case() {
    let (kim, lee) = (Staff::new("kim"), Staff::new("lee"));
    let days = ["16", "17", "18", "19", "20"].map(|day| format!("2026-11-{day}T03:00:00Z"));
    let on: Vec<Entry> = days.iter().map(|day| kim.views(&case_of("p"), day)).collect();
    assert_eq!(kinds(&on), vec![Kind::RepeatedSubject]);
    assert_eq!(kinds(&on[..4]), vec![]);
    let case = case_of("q");
    let times: Vec<Entry> = (0..10).map(|_| kim.views(&case, NOON)).collect();
    let found = review(&times).findings.remove(0);
    assert_eq!((found.kind, found.subject, found.day), (Kind::RepeatedSubject, Some(Subject::of("q")), None));
    assert_eq!(kinds(&times[..9]), vec![]);
    // Two people who share the work do not.
    let shared: Vec<Entry> = (0..10).map(|i| if i % 2 == 0 { &kim } else { &lee }.views(&case, NOON)).collect();
    assert_eq!(kinds(&shared), vec![]);
}

#[test]
fn refusals_and_wrong_codes_stand_out_whoever_it_was() {
    let (kim, case) = (Staff::new("kim"), case_of("p"));
    let stranger = event(Actor::Patient { subject: Subject::of("q") }, Action::View, Object::part(Thing::Intake, ""));
    let stranger = entry(&Permit::refusal(stranger, &On::Case(&case)), NOON);
    let institution = ProviderId::new();
    let guess = Object::of(Thing::Link, &LinkId::new(), "unlock");
    let guess = event(Actor::Provider { institution: institution.clone() }, Action::LinkOpen, guess);
    let guess = entry(&Permit::refusal(guess, &On::Behind(&case.id, &case.subject)), NOON);
    let curious = Actor::Staff { subject: kim.0.clone(), role: Role::Ops };
    let curious = event(curious, Action::View, Object::part(Thing::Case, ""));
    let curious = entry(&Permit::refusal(curious, &On::Desk(&case, None)), NOON);
    let found: Vec<(Kind, Who)> =
        review(&[stranger, guess, curious]).findings.into_iter().map(|f| (f.kind, f.who)).collect();
    assert_eq!(
        found,
        [
            (Kind::Refusal, Who::Patient(Subject::of("q"))),
            (Kind::Refusal, Who::Staff(kim.0)),
            (Kind::WrongCode, Who::Institution(institution)),
        ]
    );
}

#[test]
fn an_attempt_without_a_sign_in_within_three_minutes_has_failed_and_five_stand_out() {
    let who = Subject::of("p");
    let try_at = |when: &str| signing_in(&who, Action::SignInAttempt, "patient", when);
    let success = |when: &str| signing_in(&who, Action::SignIn, "patient", when);
    let count = |entries: &[Entry]| {
        let mut reviewer = Reviewer::default();
        entries.iter().for_each(|entry| reviewer.see(entry));
        reviewer.failed_sign_ins()
    };
    assert_eq!(count(&[try_at("2026-11-18T03:00:00Z"), success("2026-11-18T03:03:00Z")]), 0);
    assert_eq!(count(&[try_at("2026-11-18T03:00:00Z"), success("2026-11-18T03:03:01Z")]), 1);
    // Two attempts and one success: the first one failed.
    let two = [try_at("2026-11-18T03:00:00Z"), try_at("2026-11-18T03:01:00Z"), success("2026-11-18T03:01:05Z")];
    assert_eq!(count(&two), 1);
    // Somebody else's success says nothing.
    let other = signing_in(&Subject::of("q"), Action::SignIn, "patient", "2026-11-18T03:00:10Z");
    assert_eq!(count(&[try_at(NOON), other]), 1);
    let failures: Vec<Entry> = (0..5).map(|minute| try_at(&format!("2026-11-18T03:1{minute}:00Z"))).collect();
    assert_eq!(kinds(&failures), vec![Kind::FailedSignIns]);
    assert_eq!(kinds(&failures[..4]), vec![]);
}

#[test]
fn the_list_is_the_same_in_whatever_order_the_log_is_read() {
    let kim = Staff::new("kim");
    let mut entries: Vec<Entry> =
        (0..6).map(|i| kim.does(Action::Download, Thing::Referral, &case_of(&format!("p{i}")), NOON)).collect();
    let one = review(&entries);
    entries.reverse();
    assert_eq!(review(&entries), one);
    assert_eq!(one.sha256().unwrap().len(), 64);
    let json = serde_json::to_string(&one).unwrap();
    assert!(!json.contains("203.0.113.7"), "{json}");
}

#[test]
fn who_stands_in_the_list_and_who_comes_early_cannot_sign_it_off() {
    let (kim, case) = (Staff::new("kim"), case_of("p"));
    let review = review(&[kim.does(Action::Download, Thing::Referral, &case, NOON)]);
    let (auditor, hash) = (Subject::of("auditor"), review.sha256().unwrap());
    let remarks = || Remarks::try_from(vec![Remark::NothingUnusual]).unwrap();
    let sign = |by: &Subject, hash: &str, now: &str| review.sign_off(by, Role::Auditor, hash, remarks(), at(now));
    // The month ends at midnight in Seoul.
    assert_eq!(sign(&auditor, &hash, "2026-11-30T14:59:59Z").unwrap_err(), NoSignOff::MonthNotOver);
    let signed = sign(&auditor, &hash, "2026-11-30T15:00:00Z").unwrap();
    assert_eq!((signed.findings, signed.by), (1, auditor.clone()));
    assert_eq!(sign(&kim.0, &hash, "2026-12-01T03:00:00Z").unwrap_err(), NoSignOff::ReviewerListed);
    assert_eq!(sign(&auditor, "0", "2026-12-01T03:00:00Z").unwrap_err(), NoSignOff::FindingsChanged);
}

#[test]
fn remarks_are_codes_at_least_one_and_none_twice() {
    assert_eq!(Remarks::try_from(vec![]), Err(Invalid::Empty));
    assert_eq!(Remarks::try_from(vec![Remark::Explained, Remark::Explained]), Err(Invalid::Duplicate));
    assert!(Remarks::try_from(Remark::ALL.to_vec()).is_ok());
}
