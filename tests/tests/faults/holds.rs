//! Holds with a fault before and after each commit: a case is held or it is not, a repeat succeeds, and nothing is doubled in
//! its log.

use crate::functions::{Service, patient};
use crate::proxy::Fault;
use crate::{EVERY_KIND, failed_cleanly};
use chrono::{Days, Utc};
use medius_domain::access::Scope;
use medius_domain::clock::kst_day;
use medius_domain::id::CaseId;
use medius_store::Place;
use medius_tests::journey::demo_story;
use medius_tests::stack::Stack;
use medius_tests::user::fresh_key;
use serde_json::{Value, json};

/// Entries about holds in a case's log.
async fn entries(service: &Service, case: &CaseId) -> usize {
    let entries = service.database().log_entries(&Scope::Case(case.clone())).await.unwrap();
    entries.iter().filter(|entry| entry.object.as_str() == "case/hold").count()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_is_held_and_let_go_once_whatever_fails() {
    let stack = Stack::load().unwrap();
    let (app, _) = patient(&stack).await;
    let id = app.ready_case(&demo_story().unwrap(), &stack.run().providers[0]).await.unwrap();
    let case: CaseId = id.parse().unwrap();
    let officer = Service::of_staff(&stack, "dpo").await;
    let held = async || {
        let snapshot = officer.database().read([Place::Case(case.clone())]).await.unwrap();
        snapshot.case(&case).unwrap().unwrap().hold.is_some()
    };
    let review_on = kst_day(Utc::now()) + Days::new(7);
    let hold = json!({"ground": "dispute", "statute": "civil_procedure", "review_on": review_on});
    let path = format!("/staff/v1/cases/{case}/hold");
    let lift = format!("{path}/lift");
    for operation in ["TransactGetItems", "TransactWriteItems"] {
        for kind in EVERY_KIND {
            for (path, body, wanted) in [(&path, Some(&hold), true), (&lift, None::<&Value>, false)] {
                let what = format!("{path} {operation} {kind:?}");
                let (key, before) = (fresh_key(), entries(&officer, &case).await);
                officer.proxy.strike(Fault { operation, kind });
                let reply = officer.rights("POST", path, &[("idempotency-key", &key)], body).await;
                assert!(officer.proxy.lift() > 0, "{what} never struck");
                failed_cleanly(&reply, &what);
                let written = entries(&officer, &case).await - before;
                assert!(written <= 1, "{what}: written twice");
                assert_eq!(held().await == wanted, written == 1, "{what}: half a hold");
                let again = officer.rights("POST", path, &[("idempotency-key", &key)], body).await;
                assert_eq!(again.status, 200, "{what}: {}", again.text());
                assert_eq!((held().await, entries(&officer, &case).await), (wanted, before + 1), "{what}");
            }
        }
    }
    assert!(officer.database().check_log(&Scope::Case(case), false).await.unwrap().is_ok());
}
