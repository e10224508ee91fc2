#![allow(clippy::unwrap_used, clippy::panic)]
use super::*;
use crate::person::{Email, Phone};
use chrono::TimeZone;

fn at(day: u32, hour: u32) -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 11, day, hour, 0, 0).unwrap()
}

fn wanted() -> Particulars {
    let label = |s: &str| Label::try_from(s.to_owned()).unwrap();
    Particulars {
        name_ko: label("상상병원"),
        name_en: label("Imaginary Hospital"),
        department_ko: label("내과"),
        department_en: label("Medicine"),
        contact_email: Email::parse("in@imaginary.example").unwrap(),
        registration_number: RegistrationNumber::try_from("M-2026-0001".to_owned()).unwrap(),
        registration_expires_on: Day::try_from("2027-11-22".to_owned()).unwrap(),
        active: true,
    }
}

fn call(day: &str) -> CallBack {
    CallBack {
        number_from: NumberSource::RegistrationRecord,
        number: Phone::parse("+82-2-555-0100").unwrap(),
        called_on: Day::try_from(day.to_owned()).unwrap(),
        spoken_to_role: SpokenTo::Reception,
    }
}

fn one() -> Subject {
    Subject::of("one")
}

fn two() -> Subject {
    Subject::of("two")
}

fn kept() -> (ProviderId, Provider) {
    let id = ProviderId::new();
    let provider = wanted().provider(&id);
    (id, provider)
}

#[test]
fn every_combination_of_status_step_and_person_has_its_one_answer() {
    use ChangeStatus::{Approved, Pending, Rejected};
    use Refusal::{AlreadyDecided, Impossible, SecondPersonNeeded};
    use Step::{Approve, Deactivate, Propose, Reject};
    let rows = [
        (None, Propose, [Ok(Pending), Err(Impossible)]),
        (None, Deactivate, [Ok(Approved), Err(Impossible)]),
        (None, Approve, [Err(Impossible); 2]),
        (None, Reject, [Err(Impossible); 2]),
        (Some(Pending), Propose, [Err(Impossible); 2]),
        (Some(Pending), Deactivate, [Err(Impossible); 2]),
        (Some(Pending), Approve, [Err(SecondPersonNeeded), Ok(Approved)]),
        (Some(Pending), Reject, [Ok(Rejected); 2]),
        (Some(Approved), Propose, [Err(Impossible); 2]),
        (Some(Approved), Deactivate, [Err(Impossible); 2]),
        (Some(Approved), Approve, [Err(AlreadyDecided); 2]),
        (Some(Approved), Reject, [Err(AlreadyDecided); 2]),
        (Some(Rejected), Propose, [Err(Impossible); 2]),
        (Some(Rejected), Deactivate, [Err(Impossible); 2]),
        (Some(Rejected), Approve, [Err(AlreadyDecided); 2]),
        (Some(Rejected), Reject, [Err(AlreadyDecided); 2]),
    ];
    for (status, step, [proposer, another]) in rows {
        assert_eq!(after(status, step, true), proposer, "{status:?} {step:?} by the proposer");
        assert_eq!(after(status, step, false), another, "{status:?} {step:?} by another");
    }
}

#[test]
fn a_new_institution_needs_a_second_person_who_called_it_back() {
    let id = ProviderId::new();
    let change = ProviderChange::propose(&id, None, &wanted(), None, &one(), at(22, 1)).unwrap();
    assert_eq!((change.status, change.provider_rev(), change.differs.len()), (ChangeStatus::Pending, 1, 8));
    let today = || Some(call("2026-11-22"));
    assert_eq!(change.approve(&one(), today(), None, at(22, 2)), Err(Refusal::SecondPersonNeeded));
    assert_eq!(change.approve(&two(), None, None, at(22, 2)), Err(Refusal::CallBackNeeded));
    let approved = change.approve(&two(), today(), None, at(22, 2)).unwrap();
    assert_eq!((approved.status, approved.rev), (ChangeStatus::Approved, 2));
    assert_eq!(approved.approve(&two(), today(), None, at(22, 2)), Err(Refusal::AlreadyDecided));
}

#[test]
fn a_call_lies_between_the_proposal_and_today_in_seoul() {
    let id = ProviderId::new();
    // 01:00 UTC on the 22nd is the 22nd in Seoul; 15:00 UTC on the 22nd is the 23rd there.
    let change = ProviderChange::propose(&id, None, &wanted(), None, &one(), at(22, 1)).unwrap();
    let on = |day: &str, now| change.approve(&two(), Some(call(day)), None, now).err();
    assert_eq!(on("2026-11-21", at(22, 2)), Some(Refusal::CallBack(Invalid::OutOfRange)));
    assert_eq!(on("2026-11-23", at(22, 14)), Some(Refusal::CallBack(Invalid::FutureDate)));
    assert_eq!(on("2026-11-23", at(22, 15)), None);
    let early = ProviderChange::propose(&id, None, &wanted(), Some(call("2026-11-23")), &one(), at(22, 14));
    assert_eq!(early, Err(Refusal::CallBack(Invalid::FutureDate)));
}

#[test]
fn only_the_pure_stop_takes_effect_at_once() {
    let (id, provider) = kept();
    let propose = |change: &dyn Fn(&mut Particulars)| {
        let mut wanted = wanted();
        change(&mut wanted);
        ProviderChange::propose(&id, Some((provider.clone(), 3)), &wanted, None, &one(), at(22, 1))
    };
    let stopped = propose(&|w| w.active = false).unwrap();
    assert_eq!((stopped.status, stopped.provider_rev()), (ChangeStatus::Approved, 4));
    let more = propose(&|w| {
        w.active = false;
        w.contact_email = Email::parse("other@imaginary.example").unwrap();
    });
    assert_eq!(more.unwrap().status, ChangeStatus::Pending);
    assert_eq!(propose(&|_| {}), Err(Refusal::NothingChanges));
    let mut off = provider.clone();
    off.active = false;
    let again = ProviderChange::propose(&id, Some((off, 4)), &wanted(), None, &one(), at(22, 1)).unwrap();
    assert_eq!(again.status, ChangeStatus::Pending, "letters start again by two people only");
    assert!(again.approve(&two(), None, Some(4), at(22, 2)).is_ok());
}

#[test]
fn exactly_contact_and_registration_need_a_call() {
    let needing: Vec<Field> = Field::ALL.into_iter().filter(|f| f.needs_a_call()).collect();
    assert_eq!(needing, [Field::ContactEmail, Field::RegistrationNumber, Field::RegistrationExpiresOn]);
}

#[test]
fn a_proposal_made_from_another_revision_is_not_approved() {
    let (id, provider) = kept();
    let mut renamed = wanted();
    renamed.name_en = Label::try_from("Other Hospital".to_owned()).unwrap();
    let change = ProviderChange::propose(&id, Some((provider, 3)), &renamed, None, &one(), at(22, 1)).unwrap();
    for current in [None, Some(2), Some(4)] {
        assert_eq!(change.approve(&two(), None, current, at(22, 2)), Err(Refusal::ProviderChanged));
    }
    assert!(change.approve(&two(), None, Some(3), at(22, 2)).is_ok());
    assert!(change.reject(&one(), Ground::TakenBack, at(22, 2)).is_ok());
}

#[test]
fn a_registration_runs_today_when_it_is_proposed_and_when_it_is_approved() {
    let id = ProviderId::new();
    let until = |day: &str| {
        let mut wanted = wanted();
        wanted.registration_expires_on = Day::try_from(day.to_owned()).unwrap();
        ProviderChange::propose(&id, None, &wanted, None, &one(), at(22, 1))
    };
    assert_eq!(until("2026-11-21"), Err(Refusal::Registration));
    assert_eq!(until("2036-11-23"), Err(Refusal::Registration));
    let last_day = until("2026-11-22").unwrap();
    assert!(last_day.approve(&two(), Some(call("2026-11-22")), None, at(22, 14)).is_ok());
    let late = last_day.approve(&two(), Some(call("2026-11-23")), None, at(22, 15));
    assert_eq!(late, Err(Refusal::RegistrationExpired));
}

#[test]
fn fields_have_their_forms() {
    for bad in ["", "ABC", "A-B-C-D", "m-2026-0001", "M--1", "-M1", "M 2026 0001", "가-0001", &"1".repeat(33)] {
        assert_eq!(RegistrationNumber::try_from(bad.to_owned()), Err(Invalid::Format), "{bad}");
    }
    assert_eq!(Label::try_from("가".repeat(121)), Err(Invalid::TooLong));
    assert_eq!(Label::try_from("a\nb".to_owned()), Err(Invalid::ControlCharacter));
    assert_eq!(Day::try_from("2026-02-30".to_owned()), Err(Invalid::ImpossibleDate));
    assert_eq!(Day::try_from("2026-2-3".to_owned()), Err(Invalid::Format));
}
