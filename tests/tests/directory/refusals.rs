//! Who may not, and what is not taken.

use crate::{call, decide, entered, field, mailbox, particulars, patient, propose, staff, today};
use medius_tests::stack::Stack;
use serde_json::json;

#[tokio::test]
async fn only_coordinators_write_and_every_member_of_staff_reads() {
    let stack = Stack::load().unwrap();
    let (one, two) = (staff(&stack, "coordinator").await, staff(&stack, "coordinator").await);
    let (id, mailbox) = entered(&one, &two).await;
    let change = propose(&one, &id, &particulars("other@zz.example")).await.expect(201, "proposal").unwrap().json();
    let body = json!({"after": particulars(&mailbox)});
    for group in ["clinician_reviewer", "dpo", "auditor", "ops"] {
        let other = staff(&stack, group).await;
        for (path, body) in [
            ("/staff/v1/providers".to_owned(), body.clone()),
            (format!("/staff/v1/providers/{id}/changes"), body.clone()),
            ("/staff/v1/providers/prv_00000000000000000000000000000000/changes".to_owned(), body.clone()),
            (decide(&change, "approve"), json!({"call_back": call()})),
            (decide(&change, "reject"), json!({"ground": "mistake"})),
        ] {
            assert_eq!(other.post(&path, &body).await.unwrap().status.as_u16(), 403, "{group} {path}");
        }
        for path in
            ["/staff/v1/providers".into(), format!("/staff/v1/providers/{id}"), "/staff/v1/provider-changes".into()]
        {
            other.get(&path).await.unwrap().expect(200, &format!("{group} {path}")).unwrap();
        }
    }
    let as_patient = patient(&stack).await;
    let paths =
        ["/staff/v1/providers".into(), format!("/staff/v1/providers/{id}"), "/staff/v1/provider-changes".into()];
    for path in paths {
        assert_eq!(as_patient.get(&path).await.unwrap().status.as_u16(), 401, "{path}");
    }
    for absent in [
        "/staff/v1/providers/prv_00000000000000000000000000000000".to_owned(),
        "/staff/v1/providers/nonsense".to_owned(),
    ] {
        assert_eq!(one.get(&absent).await.unwrap().code(), "not-found", "{absent}");
    }
    // A proposal is found under its own institution only.
    let foreign = decide(&json!({"provider_id": stack.run().providers[0], "id": change["id"]}), "approve");
    let answer = two.post(&foreign, &json!({"call_back": call()})).await.unwrap();
    assert_eq!(answer.code(), "not-found");
}

#[tokio::test]
async fn bad_particulars_are_named_and_never_repeated() {
    let stack = Stack::load().unwrap();
    let (one, two) = (staff(&stack, "coordinator").await, staff(&stack, "coordinator").await);
    let yesterday = today().pred_opt().unwrap().to_string();
    let cases = [
        ("/after/name_ko", json!(""), "empty"),
        ("/after/name_en", json!("x".repeat(121)), "too-long"),
        ("/after/name_en", json!("zxcanary\u{202e}qw"), "bidi-character"),
        ("/after/department_en", json!("zxcanary\nqw"), "control-character"),
        ("/after/contact_email", json!("zxcanary"), "format"),
        ("/after/contact_email", json!("a@zz.example\r\nBcc: zxcanary@zz.example"), "control-character"),
        ("/after/registration_number", json!("zxcanary 1"), "format"),
        ("/after/registration_expires_on", json!("2027-02-30"), "impossible-date"),
        ("/after/registration_expires_on", json!("soon"), "format"),
        ("/after/registration_expires_on", json!(yesterday), "out-of-range"),
        ("/after/registration_expires_on", json!("2926-11-22"), "out-of-range"),
        ("/after/active", json!("yes"), "wrong-type"),
        ("/after/zxcanary", json!(1), "unknown-field"),
    ];
    for (pointer, value, code) in cases {
        let mut after = particulars("in@zz.example");
        after[pointer.rsplit('/').next().unwrap()] = value;
        let answer = one.post("/staff/v1/providers", &json!({"after": after})).await.unwrap();
        let expected =
            if code == "unknown-field" { "/after/zxcanary unknown-field" } else { &format!("{pointer} {code}") };
        let (status, said) = field(&answer);
        assert_eq!(status, 422, "{pointer} {code}");
        // A name that is no field of ours may be left out of the pointer.
        assert!(said == *expected || said == "/after unknown-field", "{said} and not {expected}");
        assert!(code == "unknown-field" || !answer.text().contains("zxcanary"), "the value came back");
    }
    let mut less = particulars("in@zz.example");
    less.as_object_mut().unwrap().remove("contact_email");
    let answer = one.post("/staff/v1/providers", &json!({"after": less})).await.unwrap();
    assert_eq!(field(&answer), (422, "/after/contact_email missing".into()));

    let body = json!({"after": particulars(&mailbox())});
    let change = one.post("/staff/v1/providers", &body).await.unwrap().expect(201, "proposal").unwrap().json();
    let tomorrow = today().succ_opt().unwrap().to_string();
    for (name, value, code) in [
        ("called_on", json!(tomorrow), "future-date"),
        ("called_on", json!(yesterday), "out-of-range"),
        ("called_on", json!("2026-13-01"), "impossible-date"),
        ("number", json!("0215551234"), "format"),
        ("number_from", json!("the_mail_itself"), "unknown-value"),
        ("spoken_to_role", json!("Dr. Zxcanary"), "unknown-value"),
    ] {
        let mut note = call();
        note[name] = value;
        let answer = two.post(&decide(&change, "approve"), &json!({"call_back": note})).await.unwrap();
        assert_eq!(field(&answer), (422, format!("/call_back/{name} {code}")));
    }
    let answer = two.post(&decide(&change, "reject"), &json!({"ground": "I think so"})).await.unwrap();
    assert_eq!(field(&answer), (422, "/ground unknown-value".into()));
    let answer = one.get("/staff/v1/provider-changes?status=open").await.unwrap();
    assert_eq!(field(&answer), (422, "/status unknown-value".into()));
}
