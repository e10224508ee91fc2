//! Frozen examples of everything that is stored as JSON under a seal, one of each form that a release has written: every one can be
//! read, and today's form is exactly the frozen one. Who changes a type changes its number, and brings the step from the form
//! before (`medius_domain::form`).

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod samples;

use medius_domain::contact::ContactCard;
use medius_domain::correction::Correction;
use medius_domain::form::{Form, Unread};
use medius_domain::inquiry::{AnswerTo, Thread};
use medius_domain::intake::{BasicDraft, HealthDraft};
use medius_domain::record::Rows;
use medius_domain::statutory::Said;
use medius_domain::task::Note;
use serde_json::Value;
use std::path::{Path, PathBuf};

fn frozen(name: &str, number: u8) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/forms/{name}.{number}.json"))
}

/// `sample` has every field and says of each what an example says; its Rust form names all of them.
fn holds<T: Form>(sample: &T) {
    let today = T::number();
    let path = frozen(T::NAME, today);
    let json = serde_json::to_value(sample).unwrap();
    if !path.exists() && std::env::var_os("MEDIUS_FREEZE").is_some() {
        std::fs::write(&path, serde_json::to_string_pretty(&json).unwrap() + "\n").unwrap();
    }
    let kept: Value = serde_json::from_slice(&std::fs::read(&path).expect("a frozen example of this form")).unwrap();
    assert_eq!(json, kept, "{}: its form changed, so its number must", T::NAME);
    for number in 1..=today {
        let old = std::fs::read(frozen(T::NAME, number)).expect("a frozen example of each older form");
        let read = T::read(number, &old).unwrap_or_else(|why| panic!("{} in form {number}: {why:?}", T::NAME));
        if number == today {
            assert_eq!(serde_json::to_value(&read).unwrap(), kept, "{}: something is lost", T::NAME);
        }
        assert_eq!(T::read(today + 1, &old).err(), Some(Unread::Newer));
    }
    assert!(!frozen(T::NAME, today + 1).exists(), "{}: a release knew a later form", T::NAME);
}

#[test]
fn every_form_that_was_written_is_read_and_todays_is_as_it_was_frozen() {
    holds::<BasicDraft>(&samples::basic());
    holds::<HealthDraft>(&samples::health());
    holds::<ContactCard>(&samples::card());
    holds::<Correction>(&Correction { basic: samples::basic(), health: samples::health() });
    holds::<Rows>(&samples::rows());
    holds::<Note>(&samples::note());
    holds::<Thread>(&samples::thread());
    holds::<AnswerTo>(&samples::mailbox());
    holds::<Said>(&samples::thread().into());
}
