//! What the matrix is tried on: people of every role, and of each thing one that is there, one that is somebody else's and one
//! that was there.

use super::links::{Sent, enter, sent};
use super::requests::{Ids, file, typed};
use aws_sdk_dynamodb::types::AttributeValue;
use chrono::Utc;
use medius_domain::clock::{Month, kst_day};
use medius_domain::policy::Role;
use medius_domain::provider::Provider;
use medius_tests::stack::{SignIn, Stack};
use medius_tests::staff::StaffApp;
use medius_tests::user::{PatientApp, fresh_key};
use serde_json::{Value, json};

/// A signed-in patient of this test's own.
pub(crate) struct Person {
    pub(crate) token: String,
    pub(crate) app: PatientApp,
}

/// A member of staff, new for this test; somebody whom no role was given yet is one too.
pub(crate) struct Member {
    pub(crate) role: Option<Role>,
    pub(crate) token: String,
    pub(crate) app: StaffApp,
}

pub(crate) struct World {
    pub(crate) one: Person,
    pub(crate) two: Person,
    pub(crate) staff: Vec<Member>,
    /// Patient one's, with a delivery that nobody has opened.
    pub(crate) own: Ids,
    /// Patient two's.
    pub(crate) others: Ids,
    /// Patient one's, and gone.
    pub(crate) deleted: Ids,
    /// Sessions of patient one's living link, of one that was revoked, and of one whose case is gone.
    pub(crate) living: Sent,
    pub(crate) revoked: Sent,
    pub(crate) orphan: Sent,
}

async fn person(stack: &Stack, name: &str) -> Person {
    let sign_in = stack.new_patient(&format!("matrix-{name}-{}@patients.example", fresh_key())).await.unwrap();
    let tokens = stack.sign_in(&sign_in).await.unwrap();
    Person { app: PatientApp::new(stack, &tokens), token: tokens.access }
}

impl Member {
    /// What the person is called in findings.
    pub(crate) fn name(&self) -> &'static str {
        self.role.map_or("staff without a role", Role::code)
    }
}

async fn member(stack: &Stack, role: Option<Role>) -> Member {
    let group = role.map_or("none", Role::code);
    let email = format!("matrix-{group}-{}@staff.example", fresh_key());
    let sign_in = match role {
        Some(_) => stack.new_member(&email, group).await.unwrap(),
        None => {
            let sign_in = SignIn { role: group.into(), email, password: "Aa1-of-one-test-only".into() };
            stack.create_user(&stack.run().staff_pool.id, &sign_in).await.unwrap();
            sign_in
        }
    };
    let token = stack.sign_in(&sign_in).await.unwrap().access;
    Member { role, token, app: StaffApp::of(stack, &sign_in).await.unwrap() }
}

/// The ids of a case with everything that hangs on it.
async fn ids_of(app: &PatientApp, sent: &Sent, recipient: &str) -> Ids {
    app.agree(&sent.case, "E1", None).await.unwrap();
    let explanations = format!("/v1/cases/{}/explanations", sent.case);
    let explanation = made(app, &explanations, &json!({"language": "en"})).await;
    let path = format!("/v1/cases/{}/consents", sent.case);
    let serving = json!({"item": "E1", "language": "en"});
    let served = app.post(&format!("{path}/servings"), &serving).await.unwrap().expect(201, "serving").unwrap();
    let events = app.get(&path).await.unwrap().expect(200, "consents").unwrap().json();
    let grant = events["events"].as_array().unwrap().iter().find(|event| event["action"] == "GRANT").unwrap();
    let tasks = app.get(&format!("/v1/cases/{}/tasks", sent.case)).await.unwrap().expect(200, "tasks").unwrap().json();
    let today = kst_day(Utc::now());
    let asked =
        app.post("/v1/inquiries", &json!({"topic": "complaint", "text": "How long does it take?"})).await.unwrap();
    let asked = asked.expect(201, "inquiry").unwrap().json();
    let inquiry = asked["id"].as_str().unwrap().to_owned();
    let attachment = announced(app, &format!("/v1/inquiries/{inquiry}/attachments")).await;
    let wish = json!({"right": "access", "case_id": sent.case});
    let right = app.post("/v1/rights-requests", &wish).await.unwrap().expect(201, "right").unwrap().json();
    Ids {
        right: right["id"].as_str().unwrap().to_owned(),
        explanation,
        task: tasks["items"][0]["id"].as_str().unwrap().to_owned(),
        inquiry,
        attachment,
        upload: announced(app, &format!("/v1/cases/{}/uploads", sent.case)).await,
        record: made(app, &format!("/v1/cases/{}/records", sent.case), &typed(&Ids::default())).await,
        case: sent.case.clone(),
        referral: sent.referral.clone(),
        delivery: sent.delivery.clone(),
        event: grant["event_id"].as_str().or(grant["id"].as_str()).unwrap().to_owned(),
        serving: served.json()["serving_id"].as_str().unwrap().to_owned(),
        recipient: recipient.to_owned(),
        day: today.pred_opt().unwrap().to_string(),
        month: Month::of(today).to_string(),
        ..Ids::default()
    }
}

/// The id of a file that is announced.
async fn announced(app: &PatientApp, path: &str) -> String {
    made(app, path, &file(&Ids::default())).await
}

/// The id of what a POST makes.
async fn made(app: &PatientApp, path: &str, body: &Value) -> String {
    let answer = app.post(path, body).await.unwrap().expect(201, path).unwrap();
    answer.json()["id"].as_str().unwrap().to_owned()
}

/// Everything under a partition key, taken out as only an operator could.
pub(crate) async fn delete(stack: &Stack, table: &str, pk: &str) {
    let dynamodb = stack.dynamodb(stack.operator_credentials());
    let query = dynamodb.query().table_name(stack.table(table)).key_condition_expression("pk = :pk");
    let found = query.expression_attribute_values(":pk", AttributeValue::S(pk.to_owned())).send().await.unwrap();
    assert!(found.count > 0, "nothing is at {pk} in {table}");
    for item in found.items() {
        let delete = dynamodb.delete_item().table_name(stack.table(table));
        delete.key("pk", item["pk"].clone()).key("sk", item["sk"].clone()).send().await.unwrap();
    }
}

/// An institution of this test's own with a proposal to change its mailbox.
async fn institution(stack: &Stack, proposer: &StaffApp) -> (String, String, Value) {
    let provider: Provider = serde_json::from_value(json!({
        "id": medius_domain::id::ProviderId::new(), "name_ko": "가상 병원", "name_en": "Matrix Hospital",
        "department_ko": "내과", "department_en": "Internal Medicine",
        "contact_email": format!("matrix-{}@hospital.example", fresh_key()), "registration_number": "M-2026-01",
        "registration_expires_on": "2028-12-31", "active": false,
    }))
    .unwrap();
    let dynamodb = stack.dynamodb(stack.operator_credentials());
    let item = medius_store::provider_item(&provider).unwrap();
    dynamodb.put_item().table_name(stack.table("directory")).set_item(Some(item)).send().await.unwrap();
    let mut now = serde_json::to_value(&provider).unwrap();
    now.as_object_mut().unwrap().remove("id");
    let mut after = now.clone();
    after["contact_email"] = json!("elsewhere@hospital.example");
    let path = format!("/staff/v1/providers/{}/changes", provider.id);
    let proposed = proposer.post(&path, &json!({"after": after})).await.unwrap().expect(201, "proposal").unwrap();
    (provider.id.to_string(), proposed.json()["id"].as_str().unwrap().to_owned(), now)
}

/// An account that is closed at the end of the matrix, and one that is gone from the pool.
async fn accounts(stack: &Stack) -> (String, String) {
    let there = member(stack, Some(Role::Coordinator)).await.app.subject;
    let email = format!("matrix-gone-{}@staff.example", fresh_key());
    let gone = StaffApp::of(stack, &stack.new_member(&email, "auditor").await.unwrap()).await.unwrap().subject;
    let body = json!({"UserPoolId": stack.run().staff_pool.id, "Username": email});
    let target = "AWSCognitoIdentityProviderService.AdminDeleteUser";
    stack.operator().json("cognito-idp", target, &body).await.unwrap();
    (there.to_string(), gone.to_string())
}

pub(crate) async fn build(stack: &Stack) -> World {
    let (one, two) = (person(stack, "one").await, person(stack, "two").await);
    let mut staff = Vec::new();
    for role in Role::STAFF.into_iter().map(Some).chain([None]) {
        staff.push(member(stack, role).await);
    }
    let to = stack.run().providers[0].clone();
    let mut living = sent(stack, &one.app, 0).await;
    let mut revoked = sent(stack, &two.app, 0).await;
    let mut orphan = sent(stack, &one.app, 0).await;
    let mut own = ids_of(&one.app, &living, &to).await;
    let others = ids_of(&two.app, &revoked, &to).await;
    let mut deleted = ids_of(&one.app, &orphan, &to).await;
    for sent in [&mut living, &mut revoked, &mut orphan] {
        enter(stack, &mut sent.institution).await;
        sent.institution.send(reqwest::Method::GET, "/referral", None).await.unwrap().expect(200, "open").unwrap();
    }
    let path = format!("/v1/cases/{}/deliveries/{}/revoke", revoked.case, revoked.delivery);
    two.app.post(&path, &json!({})).await.unwrap().expect(200, "revoke").unwrap();
    for table in ["cases", "keys"] {
        delete(stack, table, &format!("CASE#{}", deleted.case)).await;
    }
    for table in ["inquiries", "keys"] {
        delete(stack, table, &format!("INQUIRY#{}", deleted.inquiry)).await;
    }
    for table in ["statutory", "keys"] {
        delete(stack, table, &format!("STATUTORY#{}", deleted.inquiry)).await;
    }
    delete(stack, "rights", &format!("RIGHT#{}", deleted.right)).await;
    let proposer = member(stack, Some(Role::Coordinator)).await.app;
    (own.provider, own.change, own.particulars) = institution(stack, &proposer).await;
    (deleted.provider, deleted.change, deleted.particulars) = institution(stack, &proposer).await;
    delete(stack, "directory", &format!("PROVIDER#{}", deleted.provider)).await;
    (own.member, deleted.member) = accounts(stack).await;
    // Of days and months nothing is ever gone; what was not yet is as absent as can be.
    (deleted.day, deleted.month) = ("2998-01-01".to_owned(), "2998-01".to_owned());
    World { one, two, staff, own, others, deleted, living, revoked, orphan }
}
