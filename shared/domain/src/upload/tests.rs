//! The states of a file, and what its names say.
#![allow(clippy::unwrap_used)]
use super::*;
use chrono::TimeZone;
use std::collections::BTreeSet;

fn now() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 11, 23, 3, 0, 0).unwrap()
}

fn upload() -> Upload {
    let what = (FileKind::Pdf, FileSize::try_from(10).unwrap(), FileHash::of(b"x"));
    Upload::new(Owner::Case(CaseId::new()), Some(Subject::of("x")), 1, what, now())
}

#[test]
fn what_is_settled_stays_and_what_is_not_can_end() {
    let steps = [UploadStep::Came, UploadStep::Keep, UploadStep::Refuse(Refusal::Harmful), UploadStep::Lapse];
    let awaited = upload();
    let quarantined = awaited.after(UploadStep::Came, now()).unwrap();
    assert_eq!((quarantined.state, quarantined.version), (UploadState::Quarantined, 2));
    assert_eq!(quarantined.after(UploadStep::Came, now()), None, "the event came twice");
    for before in [awaited, quarantined] {
        for step in &steps[1..] {
            let after = before.after(*step, now()).unwrap();
            assert!(after.state.is_settled());
            assert!(steps.iter().all(|again| after.after(*again, now()).is_none()));
            assert_eq!(after.due_at(), None);
        }
        assert!(before.due_at().is_some());
    }
}

#[test]
fn a_file_is_taken_back_wherever_it_is_and_stays_gone() {
    let later = now() + TimeDelta::minutes(1);
    let awaited = upload();
    let quarantined = awaited.after(UploadStep::Came, now()).unwrap();
    let released = quarantined.after(UploadStep::Keep, now()).unwrap();
    let every =
        [UploadStep::Came, UploadStep::Keep, UploadStep::Refuse(Refusal::Harmful), UploadStep::Lapse, UploadStep::Read];
    for before in [awaited.clone(), quarantined, released.clone()] {
        assert!(before.state.counts());
        let removing = before.after(UploadStep::TakeBack, later).unwrap();
        // The sweep has it at once, it is nobody's to see, and nothing brings it back.
        assert_eq!(
            (removing.due_at(), removing.state.counts(), removing.state.is_settled()),
            (Some(later), false, false)
        );
        assert!(every.iter().all(|step| removing.after(*step, later).is_none()));
        assert_eq!(removing.after(UploadStep::TakeBack, later), None);
        let removed = removing.after(UploadStep::Gone, later).unwrap();
        assert_eq!((removed.state, removed.due_at(), removed.state.counts()), (UploadState::Removed, None, false));
        assert!(removed.state.is_settled());
        let all = every.iter().chain(&[UploadStep::TakeBack, UploadStep::Gone]);
        assert!(all.copied().all(|step| removed.after(step, later).is_none()));
    }
    // What was refused or never came has nothing to be taken back.
    for step in [UploadStep::Refuse(Refusal::Damaged), UploadStep::Lapse] {
        assert_eq!(awaited.after(step, now()).unwrap().after(UploadStep::TakeBack, later), None);
    }
    // A reading moves the version, so that it and a taking back cannot both happen; nothing else of the file changes.
    let read = released.after(UploadStep::Read, later).unwrap();
    assert_eq!(read, Upload { version: released.version + 1, ..released });
    assert_eq!(awaited.after(UploadStep::Read, later), None);
}

#[test]
fn what_nobody_could_check_is_refused_and_what_never_came_lapses() {
    let awaited = upload();
    assert_eq!(awaited.after(UploadStep::Lapse, now()).unwrap().state, UploadState::Lapsed);
    let quarantined = awaited.after(UploadStep::Came, now()).unwrap();
    let lapsed = quarantined.after(UploadStep::Lapse, now()).unwrap();
    assert_eq!(lapsed.state, UploadState::Refused(Refusal::Unchecked));
}

#[test]
fn an_object_s_name_says_whose_file_it_is_and_nothing_else_does() {
    for owner in [Owner::Case(CaseId::new()), Owner::Right(RightId::new()), Owner::Inquiry(InquiryId::new())] {
        let upload = Upload { owner: owner.clone(), ..upload() };
        assert_eq!(Upload::of_quarantine_key(&upload.quarantine_key()), Some((owner, upload.id)));
    }
    let case = CaseId::new();
    for other in ["", "case", "case/x/y", &format!("right/{case}/{}", UploadId::new()), &format!("case/{case}")] {
        assert_eq!(Upload::of_quarantine_key(other), None, "{other}");
    }
    let longer = format!("{}/x", upload().quarantine_key());
    assert_eq!(Upload::of_quarantine_key(&longer), None);
}

#[test]
fn sizes_and_hashes_are_checked_and_data_files_belong_to_cases() {
    for (bytes, fits) in [(0, false), (1, true), (MOST_BYTES, true), (MOST_BYTES + 1, false)] {
        assert_eq!(FileSize::try_from(bytes).is_ok(), fits, "{bytes}");
    }
    let good = "a".repeat(64);
    for (text, fits) in [(good.clone(), true), (good.to_uppercase(), false), (good[1..].to_owned(), false)] {
        assert_eq!(FileHash::try_from(text).is_ok(), fits);
    }
    for kind in FileKind::ALL {
        assert!(Owner::Case(CaseId::new()).takes(kind));
        assert_eq!(Owner::Inquiry(InquiryId::new()).takes(kind), kind.is_page());
    }
}

#[test]
fn every_reason_is_said_in_both_languages_and_once() {
    let (mut ko, mut en) = (BTreeSet::new(), BTreeSet::new());
    for why in Refusal::ALL {
        let (a, b) = why.text();
        assert!(a.chars().any(|c| ('가'..='힣').contains(&c)) && b.is_ascii(), "{}", why.code());
        assert!(ko.insert(a) && en.insert(b));
        assert_eq!(serde_json::to_value(why).unwrap(), why.code());
    }
    let refused = upload().after(UploadStep::Refuse(Refusal::Locked), now()).unwrap();
    let stored = serde_json::to_value(&refused).unwrap();
    assert_eq!((&stored["state"], &stored["reason"]), (&"refused".into(), &"locked".into()));
    assert_eq!(serde_json::from_value::<Upload>(stored).unwrap(), refused);
}
