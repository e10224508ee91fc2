//! A clinician's review over HTTP on the local stack: asked for by the patient, read with a reason, the service's wording put
//! right, signed by the service's key, and checked with what anybody has.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use medius_domain::chain::sha256_hex;
use medius_domain::signed::{KeySet, Kind, Unverified, verify};
use medius_tests::journey::demo_story;
use medius_tests::stack::Stack;
use medius_tests::staff::StaffApp;
use medius_tests::user::{Answer, PatientApp, fresh_key, read};
use serde_json::{Value, json};

async fn patient(stack: &Stack, name: &str) -> (PatientApp, String) {
    let email = format!("{name}-{}@patients.example", fresh_key());
    let sign_in = stack.new_patient(&email).await.unwrap();
    (PatientApp::new(stack, &stack.sign_in(&sign_in).await.unwrap()), email)
}

/// A complete case with a letter to the first institution.
async fn letter(stack: &Stack, name: &str) -> (PatientApp, String, String, String) {
    let (app, email) = patient(stack, name).await;
    let mut story = demo_story().unwrap();
    story["basic"]["email"] = email.clone().into();
    // Of this test the patient gives no Korean name, so that the service does.
    for result in story["health"]["results"]["items"].as_array_mut().unwrap() {
        if result["name"]["text"] == "HbA1c" {
            result["name"] = json!({"text": "HbA1c"});
        }
    }
    let to = stack.run().providers[0].clone();
    let case = app.ready_case(&story, &to).await.unwrap();
    let letter = app.make_letter(&case, &to).await.unwrap();
    (app, case, letter, email)
}

async fn clinician(stack: &Stack) -> StaffApp {
    let sign_in =
        stack.new_member(&format!("clinician-{}@staff.example", fresh_key()), "clinician_reviewer").await.unwrap();
    StaffApp::of(stack, &sign_in).await.unwrap()
}

fn refused(answer: &Answer, status: u16, why: &str) {
    // What stands in the way of a change is a reason beside the one code of all conflicts.
    let said =
        if status == 409 { answer.json()["reason"].as_str().unwrap_or_default().to_owned() } else { answer.code() };
    assert_eq!((answer.status.as_u16(), said.as_str()), (status, why), "{}", answer.text());
}

fn signature() -> Value {
    json!({"reason": "letter_review",
        "reviewer": {"name": "Lee Seo-yeon", "profession": "physician", "licence": "123456"},
        "wording": [{"test": "HbA1c", "ko": "당화혈색소(A1c)", "code": true, "judged": false}]})
}

async fn ask(app: &PatientApp, case: &str, letter: &str) -> Answer {
    app.post(&format!("/v1/cases/{case}/referrals/{letter}/review"), &json!({})).await.unwrap()
}

/// The page behind the QR code, asked for a fingerprint.
async fn verification(stack: &Stack, number: &str, sha256: &str) -> Value {
    let address = stack.url(&format!("/d/{number}/verify"));
    let sent = stack.http().post(address).json(&json!({"sha256": sha256})).send().await.unwrap();
    read(sent).await.unwrap().expect(200, "verification").unwrap().json()
}

#[tokio::test]
async fn a_letter_is_reviewed_put_right_and_signed_and_anybody_can_verify_it() {
    let stack = Stack::load().unwrap();
    let (app, case, letter, email) = letter(&stack, "reviewed").await;
    let asked = ask(&app, &case, &letter).await.expect(200, "asked").unwrap().json();
    assert!(asked["asked_at"].is_string() && asked["signed_at"].is_null());
    // Asking again changes nothing.
    assert_eq!(ask(&app, &case, &letter).await.expect(200, "again").unwrap().json(), asked);

    let clinician = clinician(&stack).await;
    let mut found = None;
    for _ in 0..40 {
        let waiting = clinician.get("/staff/v1/reviews-waiting").await.unwrap().expect(200, "queue").unwrap().json();
        found =
            waiting["items"].as_array().unwrap().iter().find(|item| item["referral_id"] == letter.as_str()).cloned();
        if found.is_some() {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(250)).await;
    }
    assert_eq!(found.expect("the letter is in the queue")["case_id"], case.as_str());

    let path = format!("/staff/v1/cases/{case}/referrals/{letter}");
    refused(&clinician.get(&format!("{path}/review")).await.unwrap(), 422, "invalid-field");
    let draft = clinician.get(&format!("{path}/review?reason=letter_review")).await.unwrap();
    let draft = draft.expect(200, "draft").unwrap().json();
    assert_eq!(draft["letter"]["patient"]["name"], demo_story().unwrap()["basic"]["name"]);
    let own = draft["own_wording"].as_array().unwrap();
    assert!(own.iter().any(|o| o["test"] == "HbA1c" && o["loinc"] == "4548-4"), "{own:?}");

    // The patient's words are nobody's to change: there is no field for them, and their own rendering stays.
    let sign = format!("{path}/signature");
    let mut foreign = signature();
    foreign["wording"] = json!([{"test": "LDL cholesterol", "ko": "나쁜 콜레스테롤", "code": true, "judged": true}]);
    refused(&clinician.post(&sign, &foreign).await.unwrap(), 422, "invalid-field");
    foreign["reason_text"] = "x".into();
    assert_eq!(clinician.post(&sign, &foreign).await.unwrap().status.as_u16(), 422);

    let key = fresh_key();
    let signed = clinician.post_with(&sign, &signature(), &key).await.unwrap().expect(201, "signed").unwrap();
    let again = clinician.post_with(&sign, &signature(), &key).await.unwrap().expect(201, "repeat").unwrap();
    assert_eq!(again.json(), signed.json());
    refused(&clinician.post(&sign, &signature()).await.unwrap(), 409, "letter-superseded");
    let (new, number) = (signed.json()["referral_id"].clone(), signed.json()["document_number"].clone());
    let (new, number) = (new.as_str().unwrap(), number.as_str().unwrap());

    // The patient has the signed letter; it says who signed, and the Bundle shows it.
    let part = |part: &str| format!("/v1/cases/{case}/referrals/{new}/{part}");
    let pdf = app.get(&part("letter")).await.unwrap().expect(200, "letter").unwrap();
    let bundle = app.get(&part("bundle")).await.unwrap().expect(200, "bundle").unwrap();
    let entries = bundle.json()["entry"].clone();
    let of = |kind: &str| -> Vec<Value> {
        let all = entries.as_array().unwrap().iter().map(|e| e["resource"].clone());
        all.filter(|r| r["resourceType"] == kind).collect()
    };
    assert_eq!(of("PractitionerRole")[0]["practitioner"]["identifier"]["value"], "123456");
    assert_eq!(of("Composition")[0]["attester"][0]["mode"], "professional");
    assert!(of("Provenance").iter().any(|p| p["agent"][0]["type"]["coding"][0]["code"] == "attester"));
    let hba1c = of("Observation").into_iter().find(|o| o["code"]["text"] == "HbA1c").unwrap();
    assert!(hba1c.get("interpretation").is_none() && hba1c.to_string().contains("당화혈색소(A1c)"));
    assert_eq!(of("Composition")[0]["relatesTo"][0]["code"], "replaces");

    // Anybody who holds the letter can verify it: the page says who signed, the file holds against the published keys.
    let checked = verification(&stack, number, &sha256_hex(&pdf.body)).await;
    assert_eq!((&checked["result"], &checked["signature"]["name"]), (&json!("verified"), &json!("Lee Seo-yeon")));
    assert_eq!(checked["signature"]["licence"], "123456");
    let file = checked["signature"]["file"].as_str().unwrap();
    let address = stack.url("/.well-known/medius-signing-keys.json");
    let keys = read(stack.http().get(address).send().await.unwrap()).await.unwrap().expect(200, "keys").unwrap();
    let keys: KeySet = serde_json::from_slice(&keys.body).unwrap();
    let statement = verify(Kind::LetterSignature, file.as_bytes(), &keys).unwrap().statement;
    assert_eq!(statement["pdf_sha256"], sha256_hex(&pdf.body).as_str());
    assert_eq!(statement["bundle_sha256"], sha256_hex(&bundle.body).as_str());
    assert_eq!(statement["document_number"], number);
    assert_eq!(statement["scope"], "wording_reviewed");
    let forged = file.replace("123456", "654321");
    assert_eq!(verify(Kind::LetterSignature, forged.as_bytes(), &keys), Err(Unverified::Readable));
    assert!(!file.contains(demo_story().unwrap()["basic"]["name"].as_str().unwrap()));

    // The one that was read is not sent any more; the signed one is. The patient is told by mail, with a link and no words.
    let body = json!({"referral_id": letter});
    refused(&app.post(&format!("/v1/cases/{case}/deliveries"), &body).await.unwrap(), 409, "letter-superseded");
    app.deliver(&case, new).await.unwrap();
    let told = |m: &medius_tests::stack::Mail| {
        m.body_text
            .as_deref()
            .is_some_and(|text| text.contains("reviewed and signed") || text.contains("검토하고 서명"))
    };
    let mail = stack.wait_for_mail(&email, std::time::Duration::from_secs(30), told).await.unwrap();
    assert!(!mail.body_text.unwrap().contains("Lee Seo-yeon"));

    // The patient sees who looked, and why.
    let log = app.get(&format!("/v1/cases/{case}/access-log")).await.unwrap().expect(200, "log").unwrap().json();
    let by_staff: Vec<&Value> =
        log["items"].as_array().unwrap().iter().filter(|item| item["who"]["role"] == "clinician_reviewer").collect();
    for action in ["view", "update"] {
        let looked = by_staff.iter().any(|item| item["action"] == action && item["reason"].is_string());
        assert!(looked, "{action}: {by_staff:?}");
    }
}

#[tokio::test]
async fn without_being_asked_nothing_is_reviewed_and_the_letter_says_so() {
    let stack = Stack::load().unwrap();
    let (app, case, letter, _) = letter(&stack, "plain").await;
    let clinician = clinician(&stack).await;
    let path = format!("/staff/v1/cases/{case}/referrals/{letter}");
    refused(&clinician.get(&format!("{path}/review?reason=letter_review")).await.unwrap(), 409, "review-not-asked");
    refused(&clinician.post(&format!("{path}/signature"), &signature()).await.unwrap(), 409, "review-not-asked");
    let bundle = app.get(&format!("/v1/cases/{case}/referrals/{letter}/bundle")).await.unwrap().json();
    assert!(!bundle.to_string().contains("PractitionerRole"));
    let number = app.get(&format!("/v1/cases/{case}/referrals/{letter}")).await.unwrap().json();
    let checked =
        verification(&stack, number["document_number"].as_str().unwrap(), number["bundle_sha256"].as_str().unwrap())
            .await;
    assert!(checked["result"] == "verified" && checked.get("signature").is_none());
    // Once it is sent there is nothing to review before it is sent.
    app.deliver(&case, &letter).await.unwrap();
    refused(&ask(&app, &case, &letter).await, 409, "letter-sent");
}

#[tokio::test]
async fn what_changed_since_or_lost_its_consent_is_not_signed() {
    let stack = Stack::load().unwrap();
    let (app, case, letter, email) = letter(&stack, "changed").await;
    ask(&app, &case, &letter).await.expect(200, "asked").unwrap();
    let clinician = clinician(&stack).await;
    let path = format!("/staff/v1/cases/{case}/referrals/{letter}/signature");
    let mut story = demo_story().unwrap();
    story["basic"]["email"] = email.into();
    story["health"]["reason"]["text"] = "Something else than was read.".into();
    app.tell(&case, &story).await.unwrap();
    refused(&clinician.post(&path, &signature()).await.unwrap(), 409, "letter-changed");
    let to = stack.run().providers[0].clone();
    app.withdraw(&case, "PS", Some(&to)).await.unwrap().expect(201, "withdrawal").unwrap();
    assert_eq!(clinician.post(&path, &signature()).await.unwrap().status.as_u16(), 403);
    // A coordinator reads letters with a reason, and signs none.
    let coordinator = StaffApp::sign_in(&stack, "coordinator", 0).await.unwrap();
    refused(&coordinator.post(&path, &signature()).await.unwrap(), 403, "forbidden");
    // Another patient's letter is one that does not exist.
    let (other, _) = patient(&stack, "other").await;
    refused(&ask(&other, &case, &letter).await, 404, "not-found");
}
