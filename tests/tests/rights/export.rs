//! The copy of what is kept: all of it and nothing else, once, with the code, for seven days.

use super::clock::{aged, database, tick};
use super::copy::{Copy, files, unpacked};
use super::{ask, chain, member, own, patient, with_case};
use aws_sdk_dynamodb::types::AttributeValue;
use medius_domain::access::{Action, Actor, Outcome, Scope};
use medius_tests::journey::{demo_story, mailbox, wait_for_state};
use medius_tests::samples::{announcement, bring, pdf};
use medius_tests::stack::Stack;
use medius_tests::user::{Institution, PatientApp, eight_digits};
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeMap;

fn json_of(files: &BTreeMap<String, Vec<u8>>, name: &str) -> Value {
    serde_json::from_slice(files.get(name).unwrap_or_else(|| panic!("no {name}"))).unwrap()
}

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
    let asked = json!({"topic": "service", "text": "How long does it take?", "case_id": case});
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
    let paper = pdf("(Zqpaper: HbA1c 7.9 %)");
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

#[tokio::test]
async fn the_mails_bring_link_and_code_and_whatever_is_wrong_is_the_same_nothing() {
    let stack = Stack::load().unwrap();
    let (app, case) = with_case(&stack).await;
    let dpo = member(&stack, "dpo").await;
    let copy = Copy::asked(&stack, &app, &dpo, Some(&case)).await;
    let email = demo_story().unwrap()["basic"]["email"].as_str().unwrap().to_owned();
    let url = copy.url_of_mail(&email).await;
    assert_eq!(url, format!("{}/e/{}#{}", stack.run().api_url, copy.id, copy.secret));
    // The page is the same for every address and asks nothing of anybody.
    let page = |id: &str| stack.http().get(stack.url(&format!("/e/{id}"))).send();
    let (ours, nobody_s) = (page(&copy.id).await.unwrap(), page("nothing").await.unwrap());
    assert_eq!((ours.status(), ours.bytes().await.unwrap()), (nobody_s.status(), nobody_s.bytes().await.unwrap()));

    let nothing = copy.try_code(&copy.secret, "00000000").await;
    assert_eq!(nothing.status, 404);
    let wrong = "a".repeat(52);
    assert_eq!(copy.ask_code(&wrong).await.body, nothing.body);
    let mails = stack.mails().await.unwrap().len();
    copy.ask_code(&copy.secret).await.expect(202, "code").unwrap();
    let code = copy.code(1).await;
    let has = |m: &medius_tests::stack::Mail| m.body_text.as_deref().and_then(eight_digits).as_ref() == Some(&code);
    stack.wait_for_mail(&email, std::time::Duration::from_secs(30), has).await.unwrap();
    assert!(stack.mails().await.unwrap().len() > mails);
    for (secret, typed) in [(&copy.secret, "00000000"), (&wrong, &*code)] {
        let answer = copy.try_code(secret, typed).await;
        assert_eq!((answer.status.as_u16(), &answer.body), (404, &nothing.body));
    }
    // Five wrong tries end the code; another one helps.
    for _ in 0..4 {
        assert_eq!(copy.try_code(&copy.secret, "00000000").await.status, 404);
    }
    assert_eq!(copy.try_code(&copy.secret, &code).await.status, 404);
    copy.ask_code(&copy.secret).await.expect(202, "second code").unwrap();
    let second = copy.code(2).await;
    files(&copy.try_code(&copy.secret, &second).await.expect(200, "copy").unwrap().body);
    for answer in [copy.try_code(&copy.secret, &second).await, copy.ask_code(&copy.secret).await] {
        assert_eq!((answer.status.as_u16(), &answer.body), (404, &nothing.body));
    }
    // What was tried and what was done is in the case's own log.
    let entries = chain(&stack, &Scope::Case(case.parse().unwrap())).await;
    let of_copy: Vec<_> = entries.iter().filter(|e| e.object.as_str() == format!("export/{}", copy.id)).collect();
    let count = |action, outcome| of_copy.iter().filter(|e| e.action == action && e.outcome == outcome).count();
    assert_eq!((count(Action::Create, Outcome::Done), count(Action::Download, Outcome::Done)), (1, 1));
    assert_eq!((count(Action::LinkOpen, Outcome::Done), count(Action::LinkOpen, Outcome::Refused)), (2, 1));
    assert_eq!(count(Action::Download, Outcome::Refused), 6);
    let by_patient = |actor: &Actor| matches!(actor, Actor::Patient { .. });
    assert!(of_copy.iter().filter(|e| e.action == Action::Download).all(|e| by_patient(&e.actor)));
}

#[tokio::test]
async fn of_many_at_once_one_gets_the_copy() {
    let stack = Stack::load().unwrap();
    let (app, case) = with_case(&stack).await;
    let dpo = member(&stack, "dpo").await;
    let copy = Copy::asked(&stack, &app, &dpo, Some(&case)).await;
    copy.ask_code(&copy.secret).await.expect(202, "code").unwrap();
    let code = copy.code(1).await;
    let tries = (0..12).map(|_| copy.try_code(&copy.secret, &code));
    let answers = futures(tries).await;
    let got: Vec<_> = answers.iter().filter(|answer| answer.status == 200).collect();
    assert_eq!(got.len(), 1);
    files(&got[0].body);
    // The gateway lets a burst of ten through; what it turns away was not counted as a try.
    let others: Vec<u16> = answers.iter().map(|answer| answer.status.as_u16()).collect();
    assert!(others.iter().all(|status| [200, 404, 429, 503].contains(status)), "{others:?}");
}

/// All of some futures, at once.
async fn futures<F: Future>(all: impl Iterator<Item = F>) -> Vec<F::Output> {
    let mut all: Vec<_> = all.map(Box::pin).collect();
    let mut done: Vec<Option<F::Output>> = all.iter().map(|_| None).collect();
    std::future::poll_fn(|context| {
        for (future, done) in all.iter_mut().zip(&mut done) {
            if done.is_none()
                && let std::task::Poll::Ready(output) = future.as_mut().poll(context)
            {
                *done = Some(output);
            }
        }
        if done.iter().all(Option::is_some) { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
    })
    .await;
    done.into_iter().flatten().collect()
}

#[tokio::test]
async fn after_its_days_there_is_nothing_to_fetch() {
    let stack = Stack::load().unwrap();
    let (app, case) = with_case(&stack).await;
    let dpo = member(&stack, "dpo").await;
    let copy = Copy::asked(&stack, &app, &dpo, Some(&case)).await;
    copy.ask_code(&copy.secret).await.expect(202, "code").unwrap();
    expire(&stack, &copy.id).await;
    assert_eq!(copy.try_code(&copy.secret, &copy.code(1).await).await.status, 404);
    assert_eq!(copy.ask_code(&copy.secret).await.status, 404);
    // The nightly run, and each quarter of an hour in between, takes the archive itself away; what waits stays.
    let waiting = Copy::asked(&stack, &app, &dpo, Some(&case)).await;
    let there = |id: String| {
        let (s3, name) = (stack.s3(stack.operator_credentials()), format!("exports/{case}/{id}"));
        let bucket = stack.run().bucket.clone();
        async move { s3.list_object_versions().bucket(bucket).prefix(name).send().await.unwrap().versions().len() }
    };
    assert_eq!((there(copy.id.clone()).await, there(waiting.id.clone()).await), (1, 1));
    stack.invoke("retention", None, &json!({"kind": "continue"})).await.unwrap();
    assert_eq!((there(copy.id.clone()).await, there(waiting.id.clone()).await), (0, 1));
    files(&waiting.fetched().await);
    stack.invoke("retention", None, &json!({"kind": "continue"})).await.unwrap();
    assert_eq!(there(waiting.id.clone()).await, 0);
}

/// Lets the seven days of a copy be over.
async fn expire(stack: &Stack, id: &str) {
    let key = |text: &str| AttributeValue::S(text.to_owned());
    let update = stack.dynamodb(stack.operator_credentials()).update_item().table_name(stack.table("links"));
    let update = update.key("pk", key(&format!("EXPORT#{id}"))).key("sk", key("EXPORT"));
    let update = update.update_expression("SET expires_at = :past").condition_expression("attribute_exists(pk)");
    update.expression_attribute_values(":past", AttributeValue::N("1".to_owned())).send().await.unwrap();
}

#[tokio::test]
async fn of_several_cases_each_has_an_archive_of_its_own_and_what_is_gone_is_not_handed_out() {
    let stack = Stack::load().unwrap();
    let (app, _) = patient(&stack).await;
    let to = stack.run().providers[0].clone();
    let story = demo_story().unwrap();
    let (one, two) = (app.ready_case(&story, &to).await.unwrap(), app.ready_case(&story, &to).await.unwrap());
    let dpo = member(&stack, "dpo").await;
    let whole = Copy::asked(&stack, &app, &dpo, None).await;
    let archives = unpacked(&whole.fetched().await);
    let mut cases = [one.clone(), two.clone()];
    cases.sort();
    assert_eq!(archives.keys().cloned().collect::<Vec<_>>(), cases.map(|case| format!("{case}.zip")));
    for (name, archive) in &archives {
        let about = json_of(&files(archive), "case.json");
        assert_eq!(format!("{}.zip", about["case_id"].as_str().unwrap()), *name);
    }
    // A case whose key is gone cannot be opened by anybody, and the rest is handed over all the same.
    let later = Copy::asked(&stack, &app, &dpo, None).await;
    let first = later_first(&stack, &later.id).await;
    let gone = if first == one { &two } else { &one };
    let key = |text: &str| AttributeValue::S(text.to_owned());
    let delete = stack.dynamodb(stack.operator_credentials()).delete_item().table_name(stack.table("keys"));
    delete.key("pk", key(&format!("CASE#{gone}"))).key("sk", key("KEY")).send().await.unwrap();
    let left = files(&later.fetched().await);
    assert_eq!(json_of(&left, "case.json")["case_id"], json!(first));
}

/// The case that a copy is told by.
async fn later_first(stack: &Stack, id: &str) -> String {
    let key = |text: &str| AttributeValue::S(text.to_owned());
    let get = stack.dynamodb(stack.operator_credentials()).get_item().table_name(stack.table("links"));
    let item = get.key("pk", key(&format!("EXPORT#{id}"))).key("sk", key("EXPORT")).send().await.unwrap().item.unwrap();
    item["body"].as_m().unwrap()["told_by"].as_s().unwrap().clone()
}
