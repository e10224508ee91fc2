//! The canary: a test patient's journey over the whole stack, that its case ends after a day like every case at its end, and that test
//! patients and real ones never meet.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use medius_domain::id::DestructionId;
use medius_domain::provider::Provider;
use medius_tests::aging;
use medius_tests::client::{Client, fresh_key};
use medius_tests::journey::demo_story;
use medius_tests::stack::Stack;
use medius_tests::user::PatientApp;
use serde_json::{Value, json};

/// The name of the test patient in their pool, and where their mails go.
const SIMULATOR: &str = "success@simulator.amazonses.com";

/// One test after the other: each sets the one test patient's password.
static ALONE: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

/// Sends the canary on its way.
async fn sent(stack: &Stack) -> anyhow::Result<Value> {
    stack.invoke("canary", None, &json!({"kind": "journey"})).await
}

/// Mails to the simulator alone.
async fn to_simulator(stack: &Stack) -> usize {
    stack.mails().await.unwrap().iter().filter(|mail| mail.to == [SIMULATOR]).count()
}

/// A token of the test patient, as the canary gets it: its password is another one each time.
async fn token(stack: &Stack) -> String {
    let pool = &stack.run().synthetic_pool;
    let password = format!("Aa1-{}{}", fresh_key(), fresh_key());
    let set = json!({"UserPoolId": pool.id, "Username": SIMULATOR, "Password": password, "Permanent": true});
    let target = |call: &str| format!("AWSCognitoIdentityProviderService.{call}");
    let operator = stack.operator();
    operator.json("cognito-idp", &target("AdminSetUserPassword"), &set).await.unwrap();
    let asked = json!({"UserPoolId": pool.id, "ClientId": pool.client_id, "AuthFlow": "ADMIN_USER_PASSWORD_AUTH",
        "AuthParameters": {"USERNAME": SIMULATOR, "PASSWORD": password}});
    let answer = operator.json("cognito-idp", &target("AdminInitiateAuth"), &asked).await.unwrap();
    answer["AuthenticationResult"]["AccessToken"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_test_patient_goes_the_journey_and_their_case_is_destroyed_after_a_day() {
    let _alone = ALONE.lock().await;
    let stack = Stack::load().unwrap();
    let before = to_simulator(&stack).await;
    let report = sent(&stack).await.unwrap();
    let case = report["caseId"].as_str().unwrap().to_owned();
    let number = report["documentNumber"].as_str().unwrap();
    assert!(number.starts_with("MDS-"), "{report}");
    // The link went to the simulator and to nobody else, and is over.
    assert!(to_simulator(&stack).await > before, "no mail went out");
    let patient = Client::new(&stack, &token(&stack).await);
    let path = format!("/v1/cases/{case}");
    let delivery = format!("{path}/deliveries/{}", report["deliveryId"].as_str().unwrap());
    assert_eq!(patient.get(&delivery).await.unwrap().expect(200, "delivery").unwrap().json()["state"], "REVOKED");
    let view = patient.get(&path).await.unwrap().expect(200, "case").unwrap().json();
    assert_eq!(view["completed_by"], "patient_closed");
    let at = |name: &str| view[name].as_str().unwrap().parse::<chrono::DateTime<chrono::Utc>>().unwrap();
    assert_eq!(at("expires_at") - at("created_at"), chrono::TimeDelta::hours(24));
    // It can go again, and says nothing but ids and figures.
    let again = sent(&stack).await.unwrap();
    assert!(again["caseId"] != report["caseId"] && again["waiting"].as_u64() >= Some(1), "{again}");
    let log = stack.logs("canary").await.unwrap().join("\n");
    assert!(log.contains("JourneyPassed") && log.contains(&case));
    for told in ["Test Patient", SIMULATOR, "Bearer", "Aa1-"] {
        assert!(!log.contains(told), "the log holds {told}");
    }
    // A day later it is due, without anybody's asking.
    aging::age(&stack, &case, 2).await.unwrap();
    let certificate = stack.url(&format!("/c/{}", DestructionId::of(&case.parse().unwrap())));
    for _ in 0..20 {
        stack.invoke("retention", None, &json!({"kind": "continue"})).await.unwrap();
        if stack.http().get(&certificate).send().await.unwrap().status() == 200 {
            assert_eq!(patient.get(&path).await.unwrap().status, 404);
            return;
        }
    }
    panic!("the test case was not destroyed");
}

#[tokio::test]
async fn test_patients_and_real_ones_never_meet() {
    let _alone = ALONE.lock().await;
    let stack = Stack::load().unwrap();
    sent(&stack).await.unwrap();
    let test = Provider::synthetic().unwrap().id;
    let real = stack.run().providers.first().unwrap();
    // A real patient sees no test institution and cannot name it.
    let email = format!("canary-{}@patients.example", fresh_key());
    let patient = PatientApp::new(&stack, &stack.sign_in(&stack.new_patient(&email).await.unwrap()).await.unwrap());
    let list = patient.get("/v1/providers").await.unwrap().expect(200, "directory").unwrap();
    assert!(!list.text().contains(test.as_str()) && list.text().contains(real.as_str()));
    let case = patient.ready_case(&demo_story().unwrap(), real).await.unwrap();
    let wanted = json!({"item": "PS", "language": "en", "recipient": test});
    let path = |case: &str, rest: &str| format!("/v1/cases/{case}/{rest}");
    let refused = patient.post(&path(&case, "consents/servings"), &wanted).await.unwrap();
    assert_eq!((refused.status.as_u16(), &refused.json()["errors"][0]["pointer"]), (422, &json!("/recipient")));
    let refused = patient.post(&path(&case, "referrals"), &json!({"recipient": test})).await.unwrap();
    assert_eq!((refused.status.as_u16(), &refused.json()["reason"]), (409, &json!("recipient-not-available")));
    // A test patient cannot name a real one, sees no case of anybody else, and is nobody for what does not serve them.
    let tester = PatientApp::with_token(&stack, &token(&stack).await);
    let own = tester.open_case().await.unwrap();
    let wanted = json!({"item": "PS", "language": "en", "recipient": real});
    let refused = tester.post(&path(&own, "consents/servings"), &wanted).await.unwrap();
    assert_eq!((refused.status.as_u16(), &refused.json()["errors"][0]["pointer"]), (422, &json!("/recipient")));
    assert_eq!(tester.get(&format!("/v1/cases/{case}")).await.unwrap().status, 404);
    for closed in
        [path(&own, "uploads"), path(&own, "explanations"), path(&own, "records"), "/v1/rights-requests".into()]
    {
        let answer = tester.get(&closed).await.unwrap();
        assert_eq!((answer.status.as_u16(), answer.code().as_str()), (401, "unauthorized"), "{closed}");
    }
    assert!(matches!(tester.get("/staff/v1/tasks").await.unwrap().status.as_u16(), 401 | 403));
}
