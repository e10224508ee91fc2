//! The copy of a case with everything in it, held field by field and byte by byte against what was put in and what the service shows.

use super::json_of;
use crate::clock::{aged, database, tick};
use crate::copy::{Copy, files};
use crate::{ask, member, own, with_case};
use medius_tests::journey::{mailbox, wait_for_state};
use medius_tests::samples::{announcement, bring, large_pdf};
use medius_tests::stack::Stack;
use medius_tests::user::{Institution, PatientApp};
use reqwest::Method;
use serde_json::{Value, json};

async fn get(app: &PatientApp, path: &str) -> Value {
    app.get(path).await.unwrap().expect(200, path).unwrap().json()
}

/// A case that was told, written about, asked about, sent, read and received.
struct Full {
    app: PatientApp,
    case: String,
    to: String,
    referral: String,
    delivery: String,
    explanation: String,
    inquiry: String,
    /// A file that was brought and kept, and its bytes.
    file: String,
    paper: Vec<u8>,
    /// A request that was closed more than ninety days ago.
    old: String,
}

async fn full(stack: &Stack) -> Full {
    let (app, case) = with_case(stack).await;
    let to = stack.run().providers[0].clone();
    let text = json!({"text": "Is the letter on its way?\nThank you."});
    app.post(&format!("/v1/cases/{case}/messages"), &text).await.unwrap().expect(201, "message").unwrap();
    let asked = json!({"topic": "complaint", "text": "How long does it take?", "case_id": case});
    let asked = app.post("/v1/inquiries", &asked).await.unwrap().expect(201, "inquiry").unwrap().json();
    let referral = app.make_letter(&case, &to).await.unwrap();
    let delivery = app.deliver(&case, &referral).await.unwrap();
    let mailbox = mailbox(stack, &to).await.unwrap();
    let mut institution = Institution::of_delivery(stack, &case, &delivery, &mailbox).await.unwrap();
    wait_for_state(&app, &case, &delivery, "SENT").await.unwrap();
    institution.ask_for_code().await.unwrap().expect(202, "code").unwrap();
    let kms = stack.kms(stack.operator_credentials());
    let codes = medius_store::CodeMac::new(kms, stack.run().keys["code_mac"].clone());
    let code = codes.code(&institution.link.id.parse().unwrap(), 1).await.unwrap();
    institution.unlock(code.expose()).await.unwrap().expect(204, "unlock").unwrap();
    institution.send(Method::POST, "/letter", None).await.unwrap().expect(200, "letter").unwrap();
    institution.send(Method::POST, "/acknowledge", None).await.unwrap();
    wait_for_state(&app, &case, &delivery, "ACKNOWLEDGED").await.unwrap();
    let typed = json!({"kind": "medicine", "name": "Metformin 500 mg", "frequency": "2"});
    let typed = json!({"entries": [typed]});
    app.post(&format!("/v1/cases/{case}/records"), &typed).await.unwrap().expect(201, "record").unwrap();
    let uploads = format!("/v1/cases/{case}/uploads");
    // Larger than an answer may be: the copy, too, is then handed out by an address of its own.
    let paper = large_pdf("Zqpaper: HbA1c 7.9 %");
    let file = bring(stack, &app, &uploads, "pdf", &paper).await.unwrap();
    assert_eq!(file["state"], "released");
    // One that never came is in the list, and that is all there is of it.
    app.post(&uploads, &announcement("png", b"x")).await.unwrap().expect(201, "file").unwrap();
    let old = closed_for_long(stack, &app, &case).await;
    app.agree(&case, "E1", None).await.unwrap();
    let wanted = json!({"language": "both"});
    let made = app.post(&format!("/v1/cases/{case}/explanations"), &wanted).await.unwrap();
    let explanation = made.expect(201, "explanation").unwrap().json()["id"].as_str().unwrap().to_owned();
    let inquiry = asked["id"].as_str().unwrap().to_owned();
    let file = file["id"].as_str().unwrap().to_owned();
    Full { app, case, to, referral, delivery, explanation, inquiry, file, paper, old }
}

/// A request of so long ago that nothing in its record says any more whose it is.
async fn closed_for_long(stack: &Stack, app: &PatientApp, case: &str) -> String {
    let id = ask(app, &json!({"right": "access", "case_id": case})).await;
    own(app, &id, "cancel").await.expect(200, "cancel").unwrap();
    let db = database(stack);
    aged(&db, &id.parse().unwrap(), 92).await;
    tick(stack).await;
    let parsed = id.parse().unwrap();
    let kept = db.read([medius_store::Place::Right(id.parse().unwrap())]).await.unwrap();
    let kept = kept.rights_request(&parsed).unwrap().unwrap();
    assert!(kept.hidden && kept.case_id.is_none() && kept.told_by.is_none());
    id
}

/// Holds what is in the copy against what the service shows: every field of the same name says the same, and there are at least so
/// many.
fn agree(copy: &Value, shown: &Value, least: usize) {
    let mut same = 0;
    for (name, value) in shown.as_object().unwrap() {
        if let Some(copied) = copy.get(name) {
            assert_eq!(copied, value, "{name}");
            same += 1;
        }
    }
    assert!(same >= least, "only {same} fields are the same: {copy} {shown}");
}

#[tokio::test]
async fn the_copy_of_a_case_holds_everything_field_by_field_and_nothing_of_the_staff() {
    let stack = Stack::load().unwrap();
    let full = full(&stack).await;
    let dpo = member(&stack, "dpo").await;
    let Full { app, case, to, referral, delivery, explanation, inquiry, file: brought, paper, old } = &full;
    let view = get(app, &format!("/v1/cases/{case}")).await;
    let shown = get(app, &format!("/v1/cases/{case}/deliveries/{delivery}")).await;
    let letter = get(app, &format!("/v1/cases/{case}/referrals/{referral}")).await;
    let file = |kind: &str| format!("/v1/cases/{case}/referrals/{referral}/{kind}");
    let pdf = app.get(&file("letter")).await.unwrap().expect(200, "pdf").unwrap().body;
    let bundle = app.get(&file("bundle")).await.unwrap().expect(200, "bundle").unwrap().body;
    let file = |kind: &str| format!("/v1/cases/{case}/explanations/{explanation}/{kind}");
    let explained = app.get(&file("report")).await.unwrap().expect(200, "report").unwrap().body;
    let sheet = app.get(&file("pdf")).await.unwrap().expect(200, "sheet").unwrap().body;
    let log = get(app, &format!("/v1/cases/{case}/access-log")).await;
    let copy = Copy::asked(&stack, app, &dpo, Some(case)).await;
    let files = files(&copy.fetched().await);
    let number = letter["document_number"].as_str().unwrap();

    let names: Vec<String> =
        files.keys().map(|n| n.replace(number, "NUMBER").replace(explanation, "ID").replace(brought, "FILE")).collect();
    let golden = [
        "README.en.txt",
        "README.ko.txt",
        "SHA256SUMS",
        "access-log.en.json",
        "access-log.ko.json",
        "case.json",
        "consent-texts/E1-v1.en.json",
        "consent-texts/G1-v1.en.json",
        "consent-texts/P-v2.en.json",
        "consent-texts/PS-v2.en.json",
        "consent-texts/S1-v1.en.json",
        "consents.json",
        "disclosures.json",
        "explanations.json",
        "explanations/ID.json",
        "explanations/ID.pdf",
        "files.json",
        "files/FILE.pdf",
        "inquiries.json",
        "letters.json",
        "letters/NUMBER.fhir.json",
        "letters/NUMBER.pdf",
        "messages.json",
        "processing.json",
        "records.json",
        "requests.json",
        "statutory-records.json",
        "story.json",
    ];
    assert_eq!(names, golden);

    let about = json_of(&files, "case.json");
    for name in ["state", "patient_under_14", "version", "created_at", "updated_at"] {
        assert_eq!(about[name], view[name], "{name}");
    }
    assert_eq!((&about["case_id"], &about["kept_until"]), (&json!(case), &view["expires_at"]));
    let story = json_of(&files, "story.json");
    assert_eq!((&story["basic"], &story["health"]), (&view["basic"], &view["health"]));
    assert_eq!(story["mails_go_to"], view["basic"]["email"]);

    // Every event of the consents, as the chain has it, and what each item's text says in both languages.
    let tables =
        medius_store::Tables::new(|name| stack.run().tables.get(&name.strip_prefix("TABLE_")?.to_lowercase()).cloned());
    let clock = std::sync::Arc::new(medius_domain::clock::SystemClock);
    let db = medius_store::Database::new(stack.dynamodb(stack.operator_credentials()), tables, clock);
    let events = db.consent_events(&case.parse().unwrap()).await.unwrap();
    assert_eq!(json_of(&files, "consents.json"), serde_json::to_value(&events).unwrap());
    assert_eq!(events.len(), 10);
    let processing = json_of(&files, "processing.json");
    let items: Vec<&str> = processing.as_array().unwrap().iter().map(|p| p["item"].as_str().unwrap()).collect();
    assert_eq!(items, ["G1", "S1", "P", "PS", "E1"]);
    for item in processing.as_array().unwrap() {
        for language in ["ko", "en"] {
            for told in ["purpose", "items", "retention"] {
                let named = item[language][told].as_str().or(item[language][&format!("recipient_{told}")].as_str());
                assert!(named.is_some_and(|text| text.len() > 10), "{item} {language} {told}");
            }
        }
    }

    let disclosed = &json_of(&files, "disclosures.json")[0];
    assert_eq!(disclosed["institution"]["id"], json!(to));
    assert!(disclosed["institution"]["name_ko"].is_string() && disclosed["institution"]["name_en"].is_string());
    assert_eq!(
        (&disclosed["document_number"], &disclosed["state"]),
        (&letter["document_number"], &json!("ACKNOWLEDGED"))
    );
    assert_eq!((&disclosed["downloads"], &disclosed["delivery_id"]), (&json!(1), &json!(delivery)));
    for moment in ["sent_at", "opened_at", "downloaded_at", "received_at"] {
        assert!(disclosed[moment].is_string(), "{moment}");
    }
    assert_eq!(shown["state"], disclosed["state"]);
    agree(disclosed, &shown, 3);
    let letters = json_of(&files, "letters.json");
    assert_eq!((letters.as_array().unwrap().len(), &letters[0]["id"]), (1, &json!(referral)));
    assert_eq!(disclosed["parts"], letters[0]["items"]);
    agree(&letters[0], &letter, 4);
    assert!(files[&format!("letters/{number}.pdf")] == pdf && files[&format!("letters/{number}.fhir.json")] == bundle);

    let shown = |kind: &str| &files[&format!("explanations/{explanation}.{kind}")];
    assert!(shown("json") == &explained && shown("pdf") == &sheet);
    let made = get(app, &format!("/v1/cases/{case}/explanations/{explanation}")).await;
    agree(&json_of(&files, "explanations.json")[0], &made, 7);
    let records = json_of(&files, "records.json");
    assert_eq!(records[0]["rows"][0]["entry"]["name"], "Metformin 500 mg");
    assert_eq!((records.as_array().unwrap().len(), records[0]["rows"].as_array().unwrap().len()), (1, 1));
    // Byte by byte what was brought; of what never came, that it never came.
    assert!(files[&format!("files/{brought}.pdf")] == *paper);
    let listed = json_of(&files, "files.json");
    assert_eq!(listed.as_array().unwrap().len(), 2);
    agree(&listed[0], &get(app, &format!("/v1/cases/{case}/uploads/{brought}")).await, 5);
    assert_eq!(listed[0]["in_this_copy"], json!(format!("files/{brought}.pdf")));
    assert_eq!(
        (&listed[0]["sha256"], &listed[0]["with_a_code"]),
        (&announcement("pdf", paper)["sha256"], &Value::Null)
    );
    assert_eq!((&listed[1]["in_this_copy"], &listed[1]["with_sign_in"]), (&Value::Null, &Value::Null));
    let messages = json_of(&files, "messages.json");
    assert_eq!(
        (&messages[0]["from"], &messages[0]["text"]),
        (&json!("patient"), &json!("Is the letter on its way?\nThank you."))
    );
    let inquiries = json_of(&files, "inquiries.json");
    assert_eq!(
        (&inquiries[0]["id"], &inquiries[0]["texts"][0]["text"]),
        (&json!(inquiry), &json!("How long does it take?"))
    );
    let written = get(app, &format!("/v1/inquiries/{inquiry}")).await;
    agree(&inquiries[0], &written, 5);
    let apart = &json_of(&files, "statutory-records.json")[0];
    agree(apart, &get(app, &format!("/v1/inquiries/{inquiry}/record")).await, 6);
    assert_eq!((&apart["id"], &apart["texts"]), (&inquiries[0]["id"], &inquiries[0]["texts"]));
    let said = get(app, &format!("/v1/cases/{case}/messages")).await;
    agree(&messages[0], &said["items"][0], 3);
    // Also the one of long ago, which stands under a pseudonym that only this patient comes to.
    let requests = json_of(&files, "requests.json");
    let ids: Vec<&Value> = requests.as_array().unwrap().iter().map(|request| &request["id"]).collect();
    assert_eq!(ids, [&json!(old), &json!(copy.id)]);
    let before = get(app, &format!("/v1/rights-requests/{old}")).await;
    agree(&requests[0], &before, 6);
    assert_eq!((&requests[0]["state"], &requests[1]["right"]), (&json!("CANCELLED"), &json!("access")));
    let steps = |request: &Value, name: &str| {
        let all = request[name].as_array().unwrap().iter();
        all.map(|step| (step["at"].clone(), step["state"].clone(), step["who"].clone())).collect::<Vec<_>>()
    };
    assert_eq!(steps(&requests[0], "steps"), steps(&before, "events"));
    // The log: what the patient saw before is its beginning, word for word, and the making of the copy is in it.
    let exported = json_of(&files, "access-log.en.json");
    let entries = exported["entries"].as_array().unwrap();
    for (before, now) in log["items"].as_array().unwrap().iter().zip(entries) {
        for (name, value) in before.as_object().unwrap() {
            assert_eq!(&now[name], value, "{name}");
        }
    }
    let of_copy = |entry: &&Value| entry["object"] == json!(format!("export/{}", copy.id));
    assert_eq!(entries.iter().filter(of_copy).count(), 1);
    assert_eq!(exported["head"]["seq"], json!(entries.len()));
    let all: Vec<u8> = files.iter().filter(|(name, _)| !name.ends_with(".pdf")).flat_map(|(_, f)| f.clone()).collect();
    assert!(!String::from_utf8_lossy(&all).contains(dpo.subject.as_str()), "who of the staff it was is not told");
}
