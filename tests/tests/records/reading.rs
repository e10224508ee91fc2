//! Files that are read: every row is a proposal beside the original until the patient decides, and file, page and row stay with
//! the value as far as the letter's Bundle.

use super::{case, patient, records, uploads};
use medius_tests::journey::demo_story;
use medius_tests::samples::{bring, jpeg, pdf, sheet};
use medius_tests::stack::Stack;
use medius_tests::user::{Answer, PatientApp, fresh_key};
use reqwest::Method;
use serde_json::{Value, json};

const ROWS: [[&str; 4]; 3] = [
    ["Glucose (FBS)", "107", "mg/dL", "70-99"],
    ["Uric acid", "5.1", "mg/dL", "3.4-7.0"],
    ["HBsAg", "Negative", "", "Negative"],
];

async fn brought(stack: &Stack, app: &PatientApp, case: &str, kind: &str, bytes: &[u8]) -> String {
    let file = bring(stack, app, &uploads(case), kind, bytes).await.unwrap();
    assert_eq!(file["state"], "released", "{file}");
    file["id"].as_str().unwrap().to_owned()
}

async fn read(app: &PatientApp, case: &str, file: &str, body: &Value) -> Answer {
    app.post(&format!("{}/{file}/reading", uploads(case)), body).await.unwrap()
}

/// The record of a reading, with its rows.
async fn rows(app: &PatientApp, case: &str, reading: &Value) -> (String, Vec<Value>) {
    let path = format!("{}/{}", records(case), reading["id"].as_str().unwrap());
    let record = app.get(&path).await.unwrap().expect(200, "record").unwrap().json();
    (path, record["entries"].as_array().unwrap().clone())
}

#[tokio::test]
async fn a_result_sheet_is_read_confirmed_and_in_the_letter_with_file_page_and_row() {
    let stack = Stack::load().unwrap();
    let app = patient(&stack, "sheet").await;
    let case = case(&app).await;
    let told = app.tell(&case, &demo_story().unwrap()).await.unwrap();
    app.complete(&case, &told.etag()).await.unwrap().expect(200, "complete").unwrap();
    let recipient = stack.run().providers[0].clone();
    for item in ["P", "PS"] {
        app.agree(&case, item, Some(&recipient)).await.unwrap();
    }
    let file = brought(&stack, &app, &case, "pdf", &sheet(&ROWS)).await;
    let reading = read(&app, &case, &file, &json!({})).await.expect(201, "reading").unwrap();
    assert!(!reading.text().contains("Glucose"), "what is kept for repeats says nothing personal");
    let reading = reading.json();
    assert_eq!((&reading["rows"]["proposed"], &reading["upload_id"]), (&json!(3), &json!(file)));
    let (path, entries) = rows(&app, &case, &reading).await;
    for (entry, row) in entries.iter().zip(ROWS) {
        assert_eq!((&entry["standing"], &entry["entry"]["name"]), (&json!("proposed"), &json!(row[0])));
        assert_eq!(entry["original"]["entry"], entry["entry"]);
        assert_eq!(
            (&entry["original"]["place"]["in"], &entry["original"]["place"]["page"]),
            (&json!("page"), &json!(1))
        );
        assert!(entry["original"]["printed"].as_str().unwrap().contains(row[1]));
    }
    // A proposal is in no letter.
    let early = app.make_letter(&case, &recipient).await.unwrap();
    let bundle = app.get(&format!("/v1/cases/{case}/referrals/{early}/bundle")).await.unwrap().text();
    assert!(!bundle.contains("Uric acid\""), "a proposal is in the letter");
    // The sheet names no day: a value without its day is not confirmed, it is put right.
    let decide = |decisions: Value| json!({"decisions": decisions});
    let path = format!("{path}/decisions");
    let no_day = decide(json!([{"row": 1, "decision": "confirm"}]));
    let refused = app.change(Method::POST, &path, "\"1\"", Some(&no_day)).await.unwrap();
    assert_eq!(refused.json()["errors"], json!([{"pointer": "/decisions/0/date", "code": "missing"}]));
    let mut right = entries[1]["entry"].clone();
    right["date"] = json!("2026-11-10");
    let decisions = decide(json!([
        {"row": 1, "decision": "drop"}, {"row": 2, "decision": "correct", "entry": right},
    ]));
    let decided = app.change(Method::POST, &path, "\"1\"", Some(&decisions)).await.unwrap().expect(200, "decided");
    let decided = decided.unwrap().json();
    assert_eq!(decided["rows"], json!({"proposed": 1, "confirmed": 0, "corrected": 1, "dropped": 1}));
    assert!(decided["entries"][1]["original"]["entry"].get("date").is_none(), "the original stays as it was read");
    let letter = app.make_letter(&case, &recipient).await.unwrap();
    let bundle = app.get(&format!("/v1/cases/{case}/referrals/{letter}/bundle")).await.unwrap();
    let bundle = bundle.expect(200, "bundle").unwrap().json();
    let all = bundle["entry"].as_array().unwrap().iter().map(|entry| &entry["resource"]);
    let found: Vec<&Value> = all.filter(|r| r["derivedFrom"].is_array()).collect();
    assert_eq!(found.len(), 1, "only what was confirmed or put right");
    assert_eq!((&found[0]["code"]["text"], &found[0]["valueQuantity"]["code"]), (&json!("Uric acid"), &json!("mg/dL")));
    let from = found[0]["derivedFrom"][0]["display"].as_str().unwrap();
    assert!(from.starts_with("file 1 (pdf, SHA-256 ") && from.contains("page 1, row "), "{from}");
    let again = read(&app, &case, &file, &json!({})).await.expect(409, "again").unwrap().json();
    assert_eq!(again["reason"], "already-read");
    // The same value is explained, by the sheet's own range; what was dropped or not looked at is not.
    app.agree(&case, "E1", None).await.unwrap();
    let made = app.post(&format!("/v1/cases/{case}/explanations"), &json!({"language": "both"})).await.unwrap();
    let made = made.expect(201, "explanation").unwrap().json();
    let report = format!("/v1/cases/{case}/explanations/{}/report", made["id"].as_str().unwrap());
    let report = app.get(&report).await.unwrap().expect(200, "report").unwrap().json();
    let printed = |name: &str| {
        let results = report["results"].as_array().unwrap();
        results.iter().filter(|r| r["printed"]["name"] == name).cloned().collect::<Vec<_>>()
    };
    let [acid] = printed("Uric acid").try_into().unwrap();
    assert_eq!((&acid["analyte"], &acid["judgement"]), (&json!("uric-acid"), &json!({"is": "judged", "of": "within"})));
    assert_eq!((&acid["printed"]["range"], &acid["range"]["source"]), (&json!("3.4-7.0"), &json!("your-report")));
    assert!(printed("Glucose (FBS)").is_empty() && printed("HBsAg").is_empty());
}

#[tokio::test]
async fn a_table_is_read_by_the_columns_that_the_patient_confirmed() {
    let stack = Stack::load().unwrap();
    let app = patient(&stack, "table").await;
    let case = case(&app).await;
    let table = "검사명,결과,단위,참고치,검사일\n공복혈당,107,mg/dL,70-99,2026-11-10\n크레아티닌,0.9,mg/dL,0.6-1.2,2026-11-10\n";
    let file = brought(&stack, &app, &case, "csv", table.as_bytes()).await;
    let unconfirmed = read(&app, &case, &file, &json!({})).await.expect(409, "no columns").unwrap().json();
    assert_eq!(unconfirmed["reason"], "columns-not-confirmed");
    let columns = app.get(&format!("{}/{file}/columns", uploads(&case))).await.unwrap().expect(200, "columns").unwrap();
    let columns = columns.json();
    assert_eq!((&columns["complete"], &columns["rows"]), (&json!(true), &json!(2)), "{columns}");
    assert_eq!(columns["sample"][0][0], "공복혈당");
    let reading = read(&app, &case, &file, &json!({"mapping": columns["mapping"]})).await;
    let reading = reading.expect(201, "reading").unwrap().json();
    let (path, entries) = rows(&app, &case, &reading).await;
    assert_eq!(entries[0]["entry"]["value"], "107");
    assert_eq!(entries[1]["original"]["place"], json!({"in": "line", "line": 3}));
    let all = json!({"decisions": [{"row": 1, "decision": "confirm"}, {"row": 2, "decision": "confirm"}]});
    let decided = app.change(Method::POST, &format!("{path}/decisions"), "\"1\"", Some(&all)).await.unwrap();
    assert_eq!(decided.expect(200, "confirmed").unwrap().json()["rows"]["confirmed"], 2);
    // A mapping of another table is refused.
    let other = brought(&stack, &app, &case, "csv", "항목,수치\n공복혈당,1\n".as_bytes()).await;
    let refused =
        read(&app, &case, &other, &json!({"mapping": columns["mapping"]})).await.expect(409, "other").unwrap();
    assert_eq!(refused.json()["reading"]["code"], "mapping-mismatch");
}

#[tokio::test]
async fn fhir_is_read_and_what_has_no_values_says_so() {
    let stack = Stack::load().unwrap();
    let app = patient(&stack, "fhir").await;
    let case = case(&app).await;
    let observation = json!({"resourceType": "Observation", "status": "final", "effectiveDateTime": "2026-11-10",
        "code": {"text": "Glucose", "coding": [{"system": "http://loinc.org", "code": "1558-6"}]},
        "valueQuantity": {"value": 107, "unit": "mg/dL", "system": "http://unitsofmeasure.org", "code": "mg/dL"}});
    let bundle = json!({"resourceType": "Bundle", "type": "collection", "entry": [{"resource": observation}]});
    let file = brought(&stack, &app, &case, "fhir", bundle.to_string().as_bytes()).await;
    let key = fresh_key();
    let path = format!("{}/{file}/reading", uploads(&case));
    let reading = app.post_with(&path, &json!({}), &key).await.unwrap().expect(201, "reading").unwrap().json();
    let again = app.post_with(&path, &json!({}), &key).await.unwrap().expect(201, "again").unwrap().json();
    assert_eq!(again["id"], reading["id"]);
    let (_, entries) = rows(&app, &case, &reading).await;
    assert_eq!(entries[0]["entry"]["loinc"], "1558-6");
    assert_eq!((&entries[0]["entry"]["value"], &entries[0]["entry"]["date"]), (&json!("107"), &json!("2026-11-10")));
    let picture = brought(&stack, &app, &case, "jpeg", &jpeg()).await;
    let kind = read(&app, &case, &picture, &json!({})).await.expect(409, "picture").unwrap().json();
    assert_eq!(kind["reason"], "kind-not-read");
    let bare = brought(&stack, &app, &case, "pdf", &pdf("")).await;
    let nothing = read(&app, &case, &bare, &json!({})).await.expect(409, "no table").unwrap().json();
    assert!(["nothing-read", "file-not-read"].contains(&nothing["reason"].as_str().unwrap()), "{nothing}");
}
