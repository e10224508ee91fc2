//! Small files of every kind that is taken, as hospitals and telephones make them, and ways to bring them.

use crate::client::{Answer, Client, read};
use crate::stack::Stack;
use anyhow::{Context, Result, bail};
use data_encoding::{BASE64, HEXLOWER};
use serde_json::{Value, json};
use std::time::Duration;

/// Every kind with a good file.
pub fn good() -> Vec<(&'static str, Vec<u8>)> {
    vec![
        ("pdf", pdf("")),
        ("jpeg", jpeg()),
        ("png", png()),
        ("heic", heic()),
        ("dicom", dicom()),
        ("csv", "검사명,결과,단위\n공복혈당,99,mg/dL\n".as_bytes().to_vec()),
        ("fhir", br#"{"resourceType":"Bundle","type":"collection","entry":[]}"#.to_vec()),
    ]
}

/// The outcome of a referral as a hospital's system writes it: a FHIR document with its course in words.
pub fn outcome_bundle(text: &str) -> Value {
    let urn = |n: u32| format!("urn:uuid:00000000-0000-4000-8000-{n:012}");
    let subject = json!({"reference": urn(2)});
    let entry = |n: u32, resource: Value| json!({"fullUrl": urn(n), "resource": resource});
    let div = format!("<div xmlns=\"http://www.w3.org/1999/xhtml\"><p>{text}</p></div>");
    json!({
        "resourceType": "Bundle", "type": "document", "timestamp": "2026-12-10T09:00:00+09:00",
        "identifier": {"system": "urn:oid:1.2.410.100110", "value": "20261210-1"},
        "entry": [
            entry(1, json!({"resourceType": "Composition", "status": "final", "type": {"text": "회송서"},
                "subject": subject, "date": "2026-12-10T09:00:00+09:00", "author": [{"reference": urn(3)}],
                "title": "회송서", "section": [{"title": "Course", "text": {"status": "generated", "div": div}}]})),
            entry(2, json!({"resourceType": "Patient", "name": [{"text": "Nguyen Thi Lan"}], "birthDate": "1978-04-02"})),
            entry(3, json!({"resourceType": "Organization", "name": "서울예시대학교병원"})),
        ]
    })
}

/// A PDF of one page with one more object.
pub fn pdf(object: &str) -> Vec<u8> {
    let stream = "BT /F1 12 Tf 20 100 Td (Hello) Tj ET";
    written(&[
        "<</Type/Catalog/Pages 2 0 R>>".to_owned(),
        "<</Type/Pages/Kids[3 0 R]/Count 1>>".to_owned(),
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>".to_owned(),
        format!("<</Length {}>>stream\n{stream}\nendstream", stream.len()),
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>".to_owned(),
        if object.is_empty() { "null".to_owned() } else { object.to_owned() },
    ])
}

/// A PDF of five MiB: more than a function can answer with.
pub fn large_pdf(words: &str) -> Vec<u8> {
    let filling = "x".repeat(5 << 20);
    pdf(&format!("<</Length {}>>stream\n{words}{filling}\nendstream", words.len() + filling.len()))
}

/// Objects as a PDF, with the table of their places.
pub fn written(objects: &[String]) -> Vec<u8> {
    let mut out = b"%PDF-1.7\n".to_vec();
    let mut offsets = Vec::new();
    for (n, body) in (1..).zip(objects) {
        offsets.push(out.len());
        out.extend_from_slice(format!("{n} 0 obj\n{body}\nendobj\n").as_bytes());
    }
    let (xref, size) = (out.len(), objects.len() + 1);
    out.extend_from_slice(format!("xref\n0 {size}\n0000000000 65535 f \n").as_bytes());
    for offset in offsets {
        out.extend_from_slice(format!("{offset:010} 00000 n \n").as_bytes());
    }
    out.extend_from_slice(format!("trailer\n<</Root 1 0 R/Size {size}>>\nstartxref\n{xref}\n%%EOF\n").as_bytes());
    out
}

/// A PNG of one point.
pub fn png() -> Vec<u8> {
    let hex = "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000b49444154789c6360000200\
        000500017a5eab3f0000000049454e44ae426082";
    HEXLOWER.decode(hex.as_bytes()).unwrap_or_default()
}

/// A JPEG's frame and one scan.
pub fn jpeg() -> Vec<u8> {
    [
        b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00".as_slice(),
        b"\xff\xc0\x00\x0b\x08\x00\x1e\x00\x28\x01\x01\x11\x00",
        b"\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00\x12\x34\xff\xd9",
    ]
    .concat()
}

/// The boxes of a HEIC.
pub fn heic() -> Vec<u8> {
    [b"\0\0\0\x18ftypheic\0\0\0\0mif1heic".as_slice(), b"\0\0\0\x10meta\0\0\0\0\0\0\0\0", b"\0\0\0\x0fmdatpicture"]
        .concat()
}

/// The beginning of a CT image.
pub fn dicom() -> Vec<u8> {
    let mut bytes = vec![0; 128];
    bytes.extend_from_slice(b"DICM\x02\x00\x00\x00UL\x04\x00\x1e\x00\x00\x00");
    bytes.extend_from_slice(b"\x02\x00\x10\x00UI\x14\x001.2.840.10008.1.2.1\0\x08\x00\x60\x00CS\x02\x00CT");
    bytes
}

/// What is said of a file before it is brought.
pub fn announcement(kind: &str, bytes: &[u8]) -> Value {
    json!({"kind": kind, "bytes": bytes.len(), "sha256": medius_domain::chain::sha256_hex(bytes)})
}

/// Sends bytes to the address of an announced file, with its headers; any of them can be changed.
///
/// # Errors
/// When the connection breaks.
pub async fn put(stack: &Stack, announced: &Value, bytes: &[u8], changed: &[(&str, &str)]) -> Result<Answer> {
    let address = announced["put"]["url"].as_str().context("no address")?;
    let mut request = stack.http().put(address);
    for (name, value) in announced["put"]["headers"].as_object().context("no headers")? {
        let value = changed.iter().find(|(other, _)| other == name).map_or(value.as_str(), |(_, value)| Some(value));
        if !name.eq_ignore_ascii_case("content-length") && !name.eq_ignore_ascii_case("host") {
            request = request.header(name, value.unwrap_or_default());
        }
    }
    read(request.body(bytes.to_vec()).send().await?).await
}

/// Announces a file at a path, sends it, and waits until it is settled.
///
/// # Errors
/// When one of it is refused, or the file is not settled within some seconds.
pub async fn bring(stack: &Stack, app: &Client, path: &str, kind: &str, bytes: &[u8]) -> Result<Value> {
    let announced = app.post(path, &announcement(kind, bytes)).await?.expect(201, "announcement")?.json();
    put(stack, &announced, bytes, &[]).await?.expect(200, "put")?;
    settled(app, path, announced["id"].as_str().context("no id")?).await
}

/// A file once it is settled. A case's files are listed where they are announced; an inquiry's stand in the inquiry.
///
/// # Errors
/// When it does not come to it within 20 s.
pub async fn settled(app: &Client, path: &str, id: &str) -> Result<Value> {
    let (list, member) = match path.strip_suffix("/attachments") {
        Some(inquiry) => (inquiry.to_owned(), "attachments"),
        None => (path.to_owned(), "items"),
    };
    let mut last = Value::Null;
    for _ in 0..100 {
        let all = app.get(&list).await?.expect(200, "files")?.json();
        last = all[member].as_array().and_then(|all| all.iter().find(|f| f["id"] == id)).cloned().unwrap_or_default();
        if !matches!(last["state"].as_str(), Some("awaited" | "quarantined") | None) {
            return Ok(last);
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    bail!("the file is {}", last["state"])
}

/// Base64 of a SHA-256, as S3 has it.
pub fn checksum(bytes: &[u8]) -> String {
    let hex = medius_domain::chain::sha256_hex(bytes);
    BASE64.encode(&HEXLOWER.decode(hex.as_bytes()).unwrap_or_default())
}

/// A result sheet as a PDF: a heading, and rows of a test, its result, its unit and its range.
pub fn sheet(rows: &[[&str; 4]]) -> Vec<u8> {
    let mut stream = String::new();
    let mut line = |y: usize, cells: &[&str; 4]| {
        for (x, cell) in [60, 220, 320, 420].into_iter().zip(cells) {
            stream.push_str(&format!("BT /F1 10 Tf 1 0 0 1 {x} {y} Tm ({cell}) Tj ET\n"));
        }
    };
    line(740, &["Test", "Result", "Unit", "Reference range"]);
    for (row, cells) in rows.iter().enumerate() {
        line(720 - 18 * row, cells);
    }
    let objects = [
        "<</Type/Catalog/Pages 2 0 R>>".to_owned(),
        "<</Type/Pages/Kids[3 0 R]/Count 1>>".to_owned(),
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>".to_owned(),
        format!("<</Length {}>>stream\n{stream}\nendstream", stream.len()),
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>".to_owned(),
    ];
    written(&objects)
}
