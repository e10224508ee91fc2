//! Bad files of each kind: refused with a reason that the patient understands, and nothing left behind in any bucket.

use super::{case, left_at_last, objects, patient, uploads};
use medius_tests::samples::{announcement, bring, dicom, heic, jpeg, pdf, png, put, written};
use medius_tests::stack::Stack;
use reqwest::Method;

/// The test file that every scanner knows, in two halves so that this source is not taken for it.
fn eicar() -> String {
    [r"X5O!P%@AP[4\PZX54(P^)7CC)7}$", "EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"].concat()
}

/// A PDF that says it is protected, as one does that only forbids printing.
fn locked() -> Vec<u8> {
    let whole = String::from_utf8(pdf("")).unwrap();
    whole
        .replace("/Root 1 0 R", "/Encrypt << /Filter /Standard /V 2 /R 3 /O (x) /U (y) /P -44 >> /Root 1 0 R")
        .into_bytes()
}

/// A PDF of more pages than are taken, all of them one and the same.
fn many_pages() -> Vec<u8> {
    let kids: String = (3..63).map(|page| format!("{page} 0 R ")).collect();
    let mut objects =
        vec!["<</Type/Catalog/Pages 2 0 R>>".to_owned(), format!("<</Type/Pages/Kids[{kids}]/Count 60>>")];
    objects.extend((3..63).map(|_| "<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>".to_owned()));
    written(&objects)
}

fn bad() -> Vec<(&'static str, Vec<u8>, &'static str)> {
    let archive = b"PK\x03\x04 entry PK\x05\x06 directory".as_slice();
    let after = |bytes: Vec<u8>, more: &[u8]| [bytes.as_slice(), more].concat();
    let cut = |bytes: Vec<u8>| bytes[..bytes.len() / 2].to_vec();
    let mut program = dicom();
    program[..2].copy_from_slice(b"MZ");
    let deep = format!("{{\"resourceType\":\"Bundle\",\"x\":{}{}}}", "[".repeat(70), "]".repeat(70));
    vec![
        ("pdf", eicar().into_bytes(), "wrong-kind"),
        ("pdf", pdf(&format!("<</Length 68>>stream\n{}\nendstream", eicar())), "harmful"),
        ("csv", format!("name,value\n{},1\n", eicar()).into_bytes(), "harmful"),
        ("pdf", cut(pdf("")), "damaged"),
        ("pdf", pdf("<</S/JavaScript/JS(app.alert(1))>>"), "active"),
        ("pdf", after(pdf(""), archive), "wrong-kind"),
        ("pdf", png(), "wrong-kind"),
        ("pdf", locked(), "locked"),
        ("pdf", many_pages(), "too-many-pages"),
        ("png", cut(png()), "damaged"),
        ("png", after(png(), b"<script>"), "wrong-kind"),
        ("png", after(png(), eicar().as_bytes()), "wrong-kind"),
        ("jpeg", cut(jpeg()), "damaged"),
        ("jpeg", after(jpeg(), archive), "wrong-kind"),
        ("heic", cut(heic()), "damaged"),
        ("heic", jpeg(), "wrong-kind"),
        ("dicom", program, "active"),
        ("dicom", cut(dicom()), "wrong-kind"),
        ("csv", b"a,b\n\xff\xff\n".to_vec(), "unreadable"),
        ("csv", png(), "wrong-kind"),
        ("csv", b"a,b\n1,2\0\n".to_vec(), "wrong-kind"),
        ("fhir", deep.into_bytes(), "too-deep"),
        ("fhir", br#"{"resourceType":"Patient"}"#.to_vec(), "wrong-kind"),
        ("fhir", br#"{"resourceType":"Bundle","entry":["#.to_vec(), "damaged"),
    ]
}

#[tokio::test]
async fn each_is_refused_with_a_reason_in_the_patient_s_language_and_leaves_nothing() {
    let stack = Stack::load().unwrap();
    let app = patient(&stack, "bad").await;
    let case = case(&app).await;
    for (kind, bytes, why) in bad() {
        let file = bring(&stack, &app, &uploads(&case), kind, &bytes).await.unwrap();
        assert_eq!((file["state"].as_str(), file["reason"]["code"].as_str()), (Some("refused"), Some(why)), "{kind}");
        let id = file["id"].as_str().unwrap();
        let path = format!("{}/{id}", uploads(&case));
        let ko =
            app.send(Method::GET, &path, &[("accept-language", "ko")], None).await.unwrap().expect(200, "ko").unwrap();
        let (ko, en) = (ko.json()["reason"]["text"].to_string(), file["reason"]["text"].to_string());
        assert!(ko.chars().any(|c| ('가'..='힣').contains(&c)) && en.is_ascii() && en.len() > 40, "{ko} {en}");
        assert_eq!(left_at_last(&stack, id).await, [""; 0], "{kind} {why}");
        let refused = app.get(&format!("{path}/content")).await.unwrap().expect(409, "content").unwrap().json();
        assert_eq!(refused["reason"], "file-not-released");
    }
}

#[tokio::test]
async fn an_object_that_nobody_announced_is_removed() {
    let stack = Stack::load().unwrap();
    let s3 = stack.s3(stack.operator_credentials());
    let key = format!("case/{}/{}", medius_domain::id::CaseId::new(), medius_domain::id::UploadId::new());
    for key in [key.as_str(), "something/else"] {
        s3.put_object().bucket(&stack.run().quarantine).key(key).body(b"x".to_vec().into()).send().await.unwrap();
        for _ in 0..50 {
            if objects(&stack, &stack.run().quarantine, key).await.is_empty() {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
        assert_eq!(objects(&stack, &stack.run().quarantine, key).await, [""; 0]);
    }
}

#[tokio::test]
async fn a_file_that_is_put_twice_is_kept_once() {
    let stack = Stack::load().unwrap();
    let app = patient(&stack, "twice").await;
    let case = case(&app).await;
    let bytes = png();
    let announced = app.post(&uploads(&case), &announcement("png", &bytes)).await.unwrap().expect(201, "new").unwrap();
    let announced = announced.json();
    let (first, second) = tokio::join!(put(&stack, &announced, &bytes, &[]), put(&stack, &announced, &bytes, &[]));
    first.unwrap().expect(200, "first").unwrap();
    second.unwrap().expect(200, "second").unwrap();
    let id = announced["id"].as_str().unwrap();
    let file = medius_tests::samples::settled(&app, &uploads(&case), id).await.unwrap();
    assert_eq!(file["state"], "released");
    // What came after the file was kept is removed too, by its own event.
    for _ in 0..50 {
        if objects(&stack, &stack.run().quarantine, id).await.is_empty() {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    assert_eq!(objects(&stack, &stack.run().quarantine, id).await, [""; 0]);
    let late = put(&stack, &announced, &bytes, &[]).await.unwrap();
    assert!(late.status.is_success(), "the address is good until its time is over, for this file only");
}
