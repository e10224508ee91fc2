//! Each right from the request to its end.

use super::{
    NOWHERE, ask, chain, ended, member, news, own, patient, queued, reason, seen, states, step, taken, with_case,
};
use medius_domain::access::{Outcome, Scope};
use medius_tests::stack::Stack;
use serde_json::{Value, json};

#[tokio::test]
async fn access_is_decided_and_carried_out_and_the_patient_is_told_at_each_step() {
    let stack = Stack::load().unwrap();
    let (app, case) = with_case(&stack).await;
    let dpo = member(&stack, "dpo").await;
    let id = ask(&app, &json!({"right": "access", "case_id": case})).await;
    let asked = seen(&app, &id).await;
    assert_eq!(
        (&asked["state"], &asked["right"], &asked["overdue"]),
        (&json!("QUEUED"), &json!("access"), &json!(false))
    );
    let waiting = &asked["waiting_for"];
    for text in [&waiting["what"], &waiting["next"]] {
        assert!(!text["ko"].as_str().unwrap().is_empty() && !text["en"].as_str().unwrap().is_empty());
    }
    assert_eq!(waiting["since"], asked["received_at"]);
    let item = queued(&dpo, &id, "QUEUED").await.expect("the request is in the queue");
    assert_eq!((&item["assigned"], &item["late"]), (&json!("nobody"), &json!([])));
    assert_eq!(item["due_at"], asked["due_at"]);

    taken(&dpo, &id, "assign", &Value::Null, "IN_REVIEW").await;
    taken(&dpo, &id, "request-evidence", &json!({"needed": ["which_part"]}), "EVIDENCE_PENDING").await;
    assert_eq!(seen(&app, &id).await["needed"], json!(["which_part"]));
    own(&app, &id, "evidence").await.expect(200, "evidence").unwrap();
    taken(&dpo, &id, "approve", &Value::Null, "EXECUTING").await;
    assert_eq!(reason(&own(&app, &id, "cancel").await), (409, "not-in-this-state".to_owned()));
    // What was agreed to is carried out by the service itself.
    let done = ended(&app, &id, "COMPLETED").await;
    assert_eq!(done["outcome"], "handed_over");
    assert!(done.get("waiting_for").is_none());
    let expected =
        ["RECEIVED", "QUEUED", "IN_REVIEW", "EVIDENCE_PENDING", "IN_REVIEW", "APPROVED", "EXECUTING", "COMPLETED"];
    assert_eq!(states(&done), expected);
    // The patient sees as what somebody acted, never who of the staff.
    assert!(!done.to_string().contains(dpo.subject.as_str()));
    let staff = dpo.get(&format!("/staff/v1/rights-requests/{id}")).await.unwrap().expect(200, "staff").unwrap();
    assert!(staff.text().contains(dpo.subject.as_str()));
    // One mail for the request and one for each of the four steps that followed; they hold a link and nothing else. Of the
    // last step the mail with the copy's link tells.
    assert_eq!(news(&stack, &case, 5).await, 5);
    let listed = app.get("/v1/rights-requests").await.unwrap().expect(200, "list").unwrap().json();
    assert_eq!(listed["items"].as_array().unwrap().len(), 1);
    // Everything stands in the case's own log, with the hash of the record.
    let entries = chain(&stack, &Scope::Case(case.parse().unwrap())).await;
    let of_it = entries.iter().filter(|entry| entry.object.as_str().contains(&id) && entry.evidence.is_some());
    assert_eq!(of_it.count(), 6);
}

#[tokio::test]
async fn access_is_put_off_taken_up_refused_with_everything_the_law_asks_for_and_objected_to() {
    let stack = Stack::load().unwrap();
    let (app, case) = with_case(&stack).await;
    let (one, two) = (member(&stack, "dpo").await, member(&stack, "dpo").await);
    let id = ask(&app, &json!({"right": "access", "case_id": case})).await;
    taken(&one, &id, "assign", &Value::Null, "IN_REVIEW").await;
    let until = chrono::Utc::now().date_naive() + chrono::Days::new(9);
    taken(&one, &id, "defer", &json!({"ground": "extent", "until": until}), "DEFERRED").await;
    let deferred = seen(&app, &id).await["deferral"].clone();
    assert_eq!((&deferred["ground"], &deferred["until"]), (&json!("extent"), &json!(until)));
    assert!(deferred["how_to_object"]["en"].as_str().unwrap().contains("another person"));
    taken(&one, &id, "take-up", &Value::Null, "IN_REVIEW").await;

    // A refusal without a ground, or with another right's, cannot be made.
    let without = step(&one, &id, "refuse", &json!({})).await;
    assert_eq!(
        (without.status.as_u16(), &without.json()["errors"][0]),
        (422, &json!({"pointer": "/ground", "code": "missing"}))
    );
    let other = step(&one, &id, "refuse", &json!({"ground": "kept_by_statute"})).await;
    assert_eq!((other.status.as_u16(), &other.json()["errors"][0]["pointer"]), (422, &json!("/ground")));
    assert_eq!(seen(&app, &id).await["state"], "IN_REVIEW");
    taken(&one, &id, "refuse", &json!({"ground": "harm_to_others"}), "REFUSED").await;
    let refusal = seen(&app, &id).await["refusal"].clone();
    assert_eq!(refusal["statute"], "PIPA Art. 35(4)2");
    for text in ["text", "how_to_object"] {
        for language in ["ko", "en"] {
            assert!(refusal[text][language].as_str().unwrap().len() > 40, "{text} {language}");
        }
    }

    // Who decided cannot decide about the objection, and the attempt is in the log.
    own(&app, &id, "object").await.expect(200, "objection").unwrap();
    for uphold in [true, false] {
        let answer = step(&one, &id, "objections/decide", &json!({"uphold": uphold})).await;
        assert_eq!(reason(&answer), (409, "another-person-needed".to_owned()));
    }
    let entries = chain(&stack, &Scope::Case(case.parse().unwrap())).await;
    let refused = entries.iter().filter(|e| e.object.as_str().ends_with("/objection") && e.outcome == Outcome::Refused);
    assert_eq!(refused.count(), 2);
    taken(&two, &id, "objections/decide", &json!({"uphold": true}), "EXECUTING").await;
    assert_eq!(ended(&app, &id, "COMPLETED").await["outcome"], "handed_over");

    // A correction without the values is not agreed to; it is passed on to who recorded it, here in part only.
    let id = ask(&app, &json!({"right": "correction", "case_id": case, "parts": ["contact"]})).await;
    taken(&two, &id, "assign", &Value::Null, "IN_REVIEW").await;
    assert_eq!(reason(&step(&two, &id, "approve", &Value::Null).await), (409, "values-missing".to_owned()));
    let to = &stack.run().providers[0];
    let partly = json!({"outcome": "forwarded_to_source", "ground": "found_accurate", "institution": to});
    taken(&two, &id, "complete", &partly, "PARTIAL").await;
    own(&app, &id, "object").await.expect(200, "second objection").unwrap();
    let own_decision = step(&two, &id, "objections/decide", &json!({"uphold": false})).await;
    assert_eq!(reason(&own_decision), (409, "another-person-needed".to_owned()));
    taken(&one, &id, "objections/decide", &json!({"uphold": false}), "DISMISSED").await;
    assert_eq!(reason(&own(&app, &id, "object").await), (409, "not-in-this-state".to_owned()));
}

#[tokio::test]
async fn an_open_case_is_deleted_only_after_two_people_agreed_and_correction_names_what_is_wrong() {
    let stack = Stack::load().unwrap();
    let (app, case) = with_case(&stack).await;
    let (one, two) = (member(&stack, "dpo").await, member(&stack, "dpo").await);
    let id = ask(&app, &json!({"right": "deletion", "case_id": case})).await;
    taken(&one, &id, "assign", &Value::Null, "IN_REVIEW").await;
    taken(&one, &id, "approve", &Value::Null, "IN_REVIEW").await;
    assert!(seen(&app, &id).await["waiting_for"]["what"]["en"].as_str().unwrap().contains("second"));
    let again = step(&one, &id, "approve", &Value::Null).await;
    assert_eq!(reason(&again), (409, "second-person-needed".to_owned()));
    taken(&two, &id, "approve", &Value::Null, "EXECUTING").await;
    // What is destroyed says the service, with a certificate; nobody can say it by hand.
    let by_hand = step(&two, &id, "complete", &json!({"outcome": "deleted"})).await;
    assert_eq!(reason(&by_hand), (409, "not-in-this-state".to_owned()));
    let (app, case) = with_case(&stack).await;
    let deferred = ask(&app, &json!({"right": "deletion", "case_id": case})).await;
    taken(&one, &deferred, "assign", &Value::Null, "IN_REVIEW").await;
    let until = chrono::Utc::now().date_naive() + chrono::Days::new(9);
    let answer = step(&one, &deferred, "defer", &json!({"ground": "extent", "until": until})).await;
    assert_eq!(reason(&answer), (409, "only-access-can-be-deferred".to_owned()));

    let correction = ask(&app, &json!({"right": "correction", "case_id": case, "parts": ["contact"]})).await;
    assert_eq!(seen(&app, &correction).await["parts"], json!(["contact"]));
    taken(&one, &correction, "assign", &Value::Null, "IN_REVIEW").await;
    // What nobody put right is not said to be corrected.
    let by_hand = step(&one, &correction, "complete", &json!({"outcome": "corrected"})).await;
    assert_eq!(reason(&by_hand), (409, "not-in-this-state".to_owned()));
}

#[tokio::test]
async fn a_request_about_everything_has_a_chain_of_its_own_and_can_be_taken_back() {
    let stack = Stack::load().unwrap();
    let (app, _) = patient(&stack).await;
    let id = ask(&app, &json!({"right": "access"})).await;
    let cancelled = own(&app, &id, "cancel").await.expect(200, "cancel").unwrap();
    assert_eq!(cancelled.json()["state"], "CANCELLED");
    assert_eq!(reason(&own(&app, &id, "cancel").await), (409, "not-in-this-state".to_owned()));
    let entries = chain(&stack, &Scope::Right(id.parse().unwrap())).await;
    assert_eq!(entries.len(), 2);
    // With no case there is nobody to write to, and the request is answered all the same.
    assert!(seen(&app, &id).await["case_id"].is_null());
}

#[tokio::test]
async fn another_s_request_looks_like_one_that_is_not_there_and_only_the_officer_decides() {
    let stack = Stack::load().unwrap();
    let (app, case) = with_case(&stack).await;
    let (other, _) = patient(&stack).await;
    let id = ask(&app, &json!({"right": "access", "case_id": case})).await;
    let nowhere = other.get(&format!("/v1/rights-requests/{NOWHERE}")).await.unwrap();
    let foreign = other.get(&format!("/v1/rights-requests/{id}")).await.unwrap();
    assert_eq!((foreign.status.as_u16(), foreign.body), (404, nowhere.body));
    for what in ["cancel", "object", "evidence"] {
        assert_eq!(own(&other, &id, what).await.status, 404, "{what}");
        assert_eq!(own(&other, NOWHERE, what).await.status, 404, "{what}");
    }
    let at_another_s_case =
        other.post("/v1/rights-requests", &json!({"right": "access", "case_id": case})).await.unwrap();
    assert_eq!(at_another_s_case.status, 404);
    let entries = chain(&stack, &Scope::Case(case.parse().unwrap())).await;
    assert_eq!(entries.iter().filter(|entry| entry.outcome == Outcome::Refused).count(), 5);

    for group in ["coordinator", "clinician_reviewer", "auditor", "ops"] {
        let somebody = member(&stack, group).await;
        for id in [id.as_str(), NOWHERE] {
            assert_eq!(somebody.get(&format!("/staff/v1/rights-requests/{id}")).await.unwrap().status, 403, "{group}");
            assert_eq!(step(&somebody, id, "approve", &Value::Null).await.status, 403, "{group}");
        }
        assert_eq!(somebody.get("/staff/v1/rights-requests").await.unwrap().status, 403, "{group}");
    }
    let dpo = member(&stack, "dpo").await;
    assert_eq!(step(&dpo, NOWHERE, "assign", &Value::Null).await.status, 404);
    // What is not in review yet cannot be decided.
    for (what, body) in [("approve", Value::Null), ("refuse", json!({"ground": "harm_to_others"}))] {
        assert_eq!(reason(&step(&dpo, &id, what, &body).await), (409, "not-in-this-state".to_owned()));
    }
}

#[tokio::test]
async fn a_repeat_gets_the_first_answer_and_nothing_happens_twice() {
    let stack = Stack::load().unwrap();
    let (app, case) = with_case(&stack).await;
    let wish = json!({"right": "access", "case_id": case});
    let key = medius_tests::user::fresh_key();
    let first = app.post_with("/v1/rights-requests", &wish, &key).await.unwrap().expect(201, "first").unwrap();
    let second = app.post_with("/v1/rights-requests", &wish, &key).await.unwrap().expect(201, "second").unwrap();
    assert_eq!(first.json(), second.json());
    assert_eq!(second.header("idempotency-replayed"), "true");
    let other = app.post_with("/v1/rights-requests", &json!({"right": "access"}), &key).await.unwrap();
    assert_eq!(other.code(), "idempotency-key-reused");
    let listed = app.get("/v1/rights-requests").await.unwrap().expect(200, "list").unwrap().json();
    assert_eq!(listed["items"].as_array().unwrap().len(), 1);
}
