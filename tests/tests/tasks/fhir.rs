//! The desk in FHIR: the Task as a resource of its own, and the outcome as a Bundle that is read before it is kept.

use super::{Desk, Patient};
use medius_domain::chain::sha256_hex;
use medius_tests::client::{Answer, read};
use medius_tests::samples::{announcement, outcome_bundle as outcome, pdf, put};
use medius_tests::user::fresh_key;
use reqwest::Method;
use serde_json::{Value, json};
use std::time::Duration;

/// A resident registration number of nobody, as an institution's system could put it into a text.
const RRN: &str = "900101-1234567";

impl Desk<'_> {
    /// Brings a file in the body.
    async fn brings(&self, media_type: &str, bytes: Vec<u8>) -> Answer {
        let url = self.patient.stack.url(&format!("/r/{}/files", self.link.link.id));
        let request = self.patient.stack.http().post(url).header("cookie", self.link.cookie());
        let request = request.header("content-type", media_type).header("idempotency-key", fresh_key());
        read(request.body(bytes).send().await.unwrap()).await.unwrap()
    }

    /// Brings a Bundle, and waits until it was checked.
    async fn keeps(&self, bundle: &Value) -> (String, String) {
        let bytes = serde_json::to_vec(bundle).unwrap();
        let sha256 = sha256_hex(&bytes);
        let brought = self.brings("application/fhir+json", bytes).await.expect(201, "Bundle").unwrap().json();
        (self.checked(&brought).await, sha256)
    }

    /// Announces a PDF, brings it, and waits until it was checked.
    async fn keeps_pdf(&self, bytes: &[u8]) -> String {
        let announced = serde_json::to_vec(&announcement("pdf", bytes)).unwrap();
        let brought = self.brings("application/json", announced).await.expect(201, "PDF").unwrap().json();
        put(&self.patient.stack, &brought, bytes, &[]).await.unwrap().expect(200, "put").unwrap();
        self.checked(&brought).await
    }

    async fn checked(&self, brought: &Value) -> String {
        let id = brought["id"].as_str().unwrap().to_owned();
        let path = format!("/files/{id}");
        for _ in 0..150 {
            let seen = self.link.send(Method::GET, &path, None).await.unwrap().expect(200, "file").unwrap().json();
            match seen["state"].as_str().unwrap() {
                "released" => return id,
                "awaited" | "quarantined" => tokio::time::sleep(Duration::from_millis(200)).await,
                other => panic!("the file is {other}"),
            }
        }
        panic!("the file was not checked within 30 s");
    }
}

#[tokio::test]
async fn an_institution_takes_the_task_along_as_fhir_and_the_patient_sees_that_it_did() {
    let patient = Patient::new().await;
    let desk = patient.sent_to(0).await;
    desk.says(&json!({"action": "accept"}), "ACCEPTED").await;
    let taken = desk.link.send(Method::GET, "/task.fhir", None).await.unwrap().expect(200, "task.fhir").unwrap();
    assert_eq!(taken.header("content-type"), "application/fhir+json");
    assert_eq!(taken.etag(), desk.task().await.etag());
    let task = taken.json();
    medius_documents::fhir::validate_resource(&task).unwrap();
    assert_eq!((&task["resourceType"], &task["status"]), (&json!("Task"), &json!("accepted")));
    assert_eq!(task["businessStatus"]["coding"][0]["code"], "3.0");
    let letter = patient.task().await["letters"][0].as_str().unwrap().to_owned();
    let path = format!("/v1/cases/{}/referrals/{letter}", patient.case);
    let number = patient.app.get(&path).await.unwrap().expect(200, "letter").unwrap().json()["document_number"].clone();
    assert_eq!(task["focus"]["identifier"]["value"], number);
    // The letter names the patient, and the Task does not: neither case, nor name, nor link.
    for known in [patient.case.as_str(), "Nguyen", desk.link.link.id.as_str(), desk.link.link.secret.as_str()] {
        assert!(!taken.text().contains(known), "{known}");
    }
    // In the access log, as a look of this institution at the Task in FHIR.
    let log = patient.app.get(&format!("/v1/cases/{}/access-log", patient.case)).await.unwrap();
    let log = log.expect(200, "log").unwrap().json();
    let mut looks = log["items"].as_array().unwrap().iter().filter(|entry| entry["who"]["kind"] == "institution");
    let taken_along = |entry: &Value| entry["action"] == "view" && entry["object"].as_str().unwrap().ends_with("/fhir");
    assert!(looks.any(taken_along), "{log}");
    // Without the session there is nothing, and after the link's end neither.
    let url = patient.stack.url(&format!("/r/{}/task.fhir", desk.link.link.id));
    assert_eq!(read(patient.stack.http().get(url).send().await.unwrap()).await.unwrap().status, 404);
    let to = patient.recipient(0).to_owned();
    patient.app.withdraw(&patient.case, "P", Some(&to)).await.unwrap().expect(201, "withdraw").unwrap();
    assert_eq!(desk.link.send(Method::GET, "/task.fhir", None).await.unwrap().status, 404);
}

#[tokio::test]
async fn an_outcome_bundle_is_read_before_it_is_kept_and_goes_along_with_its_hash() {
    let patient = Patient::new().await;
    let desk = patient.sent_to(0).await;
    desk.says(&json!({"action": "accept"}), "ACCEPTED").await;
    let mut two_patients = outcome("인슐린을 시작하였습니다.");
    two_patients["entry"][2]["resource"] = two_patients["entry"][1]["resource"].clone();
    for (bytes, code) in [
        (serde_json::to_vec(&outcome(&format!("주민등록번호 {RRN}"))).unwrap(), "resident-registration-number"),
        (serde_json::to_vec(&two_patients).unwrap(), "inconsistent"),
        (b"{\"resourceType\": \"Bundle\"".to_vec(), "format"),
        (vec![b' '; medius_documents::outcome::MOST_BYTES + 1], "too-long"),
    ] {
        let refused = desk.brings("application/fhir+json", bytes).await;
        assert_eq!((refused.status.as_u16(), refused.code().as_str()), (422, "invalid-field"), "{code}");
        let errors = refused.json()["errors"].clone();
        assert!(errors.as_array().unwrap().iter().any(|error| error["code"] == code), "{code}: {errors}");
        assert!(!refused.text().contains(RRN));
    }
    // Announced, its bytes would come past the reader.
    let sha256 = "0".repeat(64);
    let announced = json!({"kind": "fhir", "bytes": 100, "sha256": sha256});
    let refused = desk.brings("application/json", serde_json::to_vec(&announced).unwrap()).await;
    assert_eq!((refused.status.as_u16(), &refused.json()["errors"][0]["pointer"]), (422, &json!("/kind")));

    let (file, sha256) = desk.keeps(&outcome("인슐린을 시작하였습니다.")).await;
    let told = json!({"action": "final_outcome", "text": "회송합니다.", "files": [file]});
    desk.says(&told, "OUTCOME_RETURNED").await;
    let steps = patient.task().await["steps"].clone();
    let note = &steps.as_array().unwrap().last().unwrap()["note"];
    assert_eq!(note["outcome"], json!({"files": [file], "bundle_sha256": sha256}));
}

#[tokio::test]
async fn what_the_institution_returns_is_the_patient_s_to_take_and_its_values_become_a_record() {
    let patient = Patient::new().await;
    let desk = patient.sent_to(0).await;
    desk.says(&json!({"action": "accept"}), "ACCEPTED").await;
    let mut bundle = outcome("경과가 좋습니다.");
    let observation = json!({"resourceType": "Observation", "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": "4548-4"}], "text": "당화혈색소 (HbA1c)"},
        "subject": bundle["entry"][0]["resource"]["subject"], "effectiveDateTime": "2026-12-09",
        "valueQuantity": {"value": 6.80, "unit": "%", "system": "http://unitsofmeasure.org", "code": "%"}});
    let full_url = "urn:uuid:00000000-0000-4000-8000-000000000009";
    bundle["entry"].as_array_mut().unwrap().push(json!({"fullUrl": full_url, "resource": observation}));
    let (file, _) = desk.keeps(&bundle).await;
    let letter = pdf("");
    let paper = desk.keeps_pdf(&letter).await;
    let uploads = format!("/v1/cases/{}/uploads", patient.case);
    let content = async |id: &str| patient.app.get(&format!("{uploads}/{id}/content")).await.unwrap();
    let told = json!({"action": "final_outcome", "text": "회송합니다.", "files": [file, paper]});
    desk.says(&told, "OUTCOME_RETURNED").await;
    assert_eq!(content(&paper).await.expect(200, "PDF").unwrap().body, letter);
    assert_eq!(content(&file).await.expect(200, "Bundle").unwrap().body, serde_json::to_vec(&bundle).unwrap());

    let reading = format!("{uploads}/{file}/reading");
    let made = patient.app.post(&reading, &json!({})).await.unwrap().expect(201, "record").unwrap().json();
    assert_eq!(made["rows"]["proposed"], 1);
    let record = format!("/v1/cases/{}/records/{}", patient.case, made["id"].as_str().unwrap());
    let row = patient.app.get(&record).await.unwrap().expect(200, "record").unwrap().json()["entries"][0].clone();
    assert_eq!((&row["entry"]["value"], &row["entry"]["loinc"]), (&json!("6.8"), &json!("4548-4")));
    assert_eq!(row["standing"], "proposed", "it is the patient who confirms it");
}
