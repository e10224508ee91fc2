//! A file that its patient takes back: nobody gets it any more, its proposals are gone at once and its bytes within minutes,
//! every version of them; what the patient confirmed of it stays, with where it stood.

use super::{case, left, patient, records, uploads};
use medius_tests::samples::{bring, good, jpeg};
use medius_tests::stack::Stack;
use medius_tests::user::{Answer, PatientApp};
use reqwest::Method;
use serde_json::{Value, json};

const TABLE: &str = "검사명,결과,단위,참고치,검사일\n공복혈당,107,mg/dL,70-99,2026-11-10\n요산,5.1,mg/dL,3.4-7.0,2026-11-10\n크레아티닌,0.93,mg/dL,0.6-1.2,2026-11-10\n";

async fn take_back(app: &PatientApp, path: &str) -> Answer {
    app.send(Method::DELETE, path, &[], None).await.unwrap()
}

/// Waits for the sweep, which the schedule wakes too.
async fn removed(stack: &Stack, app: &PatientApp, path: &str) -> Value {
    let mut last = None;
    for _ in 0..20 {
        // A file of another test may fail it; that is not this one's.
        last = stack.invoke("screening", None, &json!({"kind": "sweep"})).await.err();
        let file = app.get(path).await.unwrap().expect(200, "file").unwrap().json();
        if file["state"] == "removed" {
            return file;
        }
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    }
    let logs = stack.logs("screening").await.unwrap_or_default();
    let told: Vec<_> = logs.iter().filter(|line| line.contains("ERROR") || line.contains("error")).collect();
    panic!("{path} was not removed: {last:?} {told:#?}");
}

#[tokio::test]
async fn a_file_goes_with_its_proposals_and_what_was_confirmed_stays_with_its_place() {
    let stack = Stack::load().unwrap();
    let app = patient(&stack, "back").await;
    let case = case(&app).await;
    let file = bring(&stack, &app, &uploads(&case), "csv", TABLE.as_bytes()).await.unwrap();
    let path = format!("{}/{}", uploads(&case), file["id"].as_str().unwrap());
    let columns = app.get(&format!("{path}/columns")).await.unwrap().expect(200, "columns").unwrap().json();
    let mapping = json!({"mapping": columns["mapping"]});
    let mut readings = Vec::new();
    for _ in 0..2 {
        let read = app.post(&format!("{path}/reading"), &mapping).await.unwrap().expect(201, "reading").unwrap();
        readings.push(format!("{}/{}", records(&case), read.json()["id"].as_str().unwrap()));
    }
    let [untouched, decided] = readings.try_into().unwrap();
    let rows = app.get(&decided).await.unwrap().expect(200, "rows").unwrap().json();
    let mut right = rows["entries"][1]["entry"].clone();
    right["value"] = json!("5.7");
    let decisions = json!({"decisions": [
        {"row": 1, "decision": "confirm"}, {"row": 2, "decision": "correct", "entry": right}, {"row": 3, "decision": "drop"},
    ]});
    let answer = app.change(Method::POST, &format!("{decided}/decisions"), "\"1\"", Some(&decisions)).await.unwrap();
    answer.expect(200, "decided").unwrap();
    // No consent is needed to take something back.
    app.withdraw(&case, "S1", None).await.unwrap().expect(201, "withdrawal").unwrap();

    let stranger = patient(&stack, "back-stranger").await;
    assert_eq!(take_back(&stranger, &path).await.status.as_u16(), 404);
    let taken = take_back(&app, &path).await.expect(200, "taken back").unwrap().json();
    assert_eq!((&taken["state"], &taken["number"]), (&json!("removing"), &file["number"]));
    // From this moment nobody gets it, and the proposals are gone.
    for more in ["content", "columns"] {
        let answer = app.get(&format!("{path}/{more}")).await.unwrap();
        assert_eq!(
            (answer.status.as_u16(), answer.json()["reason"].clone()),
            (409, json!("file-not-released")),
            "{more}"
        );
    }
    assert_eq!(app.get(&untouched).await.unwrap().status.as_u16(), 404);
    let stays = app.get(&decided).await.unwrap().expect(200, "what stays").unwrap();
    let (text, stays) = (stays.text(), stays.json());
    assert_eq!(stays["rows"], json!({"proposed": 0, "confirmed": 1, "corrected": 1, "dropped": 0}));
    assert_eq!(
        (&stays["entries"][0]["entry"]["value"], &stays["entries"][1]["entry"]["value"]),
        (&json!("107"), &json!("5.7"))
    );
    assert_eq!(stays["entries"][1]["original"]["place"], json!({"in": "line", "line": 3}));
    assert!(!text.contains("\"0.93\"") && !text.contains("5.1\"") && !text.contains("3.4-7.0,"), "{text}");

    let gone = removed(&stack, &app, &path).await;
    assert_eq!(left(&stack, gone["id"].as_str().unwrap()).await, [""; 0]);
    // A repeat changes nothing, and the log says in plain words what happened.
    let again = take_back(&app, &path).await.expect(200, "again").unwrap().json();
    assert_eq!(again, gone);
    let log = app.get(&format!("/v1/cases/{case}/access-log")).await.unwrap().expect(200, "log").unwrap().text();
    assert!(log.contains("You deleted a file") && log.contains("removed the last copy of a deleted file"), "{log}");
}

#[tokio::test]
async fn files_of_every_kind_go_wherever_they_are_and_make_room() {
    let stack = Stack::load().unwrap();
    let app = patient(&stack, "back-kinds").await;
    let case = case(&app).await;
    for (kind, bytes) in good() {
        let file = bring(&stack, &app, &uploads(&case), kind, &bytes).await.unwrap();
        let id = file["id"].as_str().unwrap();
        let path = format!("{}/{id}", uploads(&case));
        assert_eq!(left(&stack, id).await.len(), 1, "{kind}");
        // Two at once: one of them did it, and both are told the same.
        let (first, second) = tokio::join!(take_back(&app, &path), take_back(&app, &path));
        let (first, second) = (first.expect(200, kind).unwrap().json(), second.expect(200, kind).unwrap().json());
        assert_eq!((&first["state"], &first["updated_at"]), (&json!("removing"), &second["updated_at"]), "{kind}");
        removed(&stack, &app, &path).await;
        assert_eq!(left(&stack, id).await, [""; 0], "{kind}");
    }
    // One that never came, and one that was refused: the first is given up, of the second there is nothing.
    let bytes = jpeg();
    let body = medius_tests::samples::announcement("jpeg", &bytes);
    let announced = app.post(&uploads(&case), &body).await.unwrap().expect(201, "announced").unwrap().json();
    let path = format!("{}/{}", uploads(&case), announced["id"].as_str().unwrap());
    assert_eq!(take_back(&app, &path).await.expect(200, "given up").unwrap().json()["state"], "removing");
    // Its address is still good for some minutes: what comes by it is removed.
    medius_tests::samples::put(&stack, &announced, &bytes, &[]).await.unwrap().expect(200, "late").unwrap();
    removed(&stack, &app, &path).await;
    assert_eq!(super::left_at_last(&stack, announced["id"].as_str().unwrap()).await, [""; 0]);
    let refused = bring(&stack, &app, &uploads(&case), "png", &bytes).await.unwrap();
    assert_eq!(refused["state"], "refused");
    let path = format!("{}/{}", uploads(&case), refused["id"].as_str().unwrap());
    let nothing = take_back(&app, &path).await.expect(409, "refused").unwrap().json();
    assert_eq!(nothing["reason"], "nothing-to-remove");
}
