//! One complete referral over HTTP, exactly as its users go it: the patient's app, the mail, the institution's browser.

use crate::stack::Stack;
use crate::user::{Institution, PatientApp};
use anyhow::{Context, Result, ensure};
use medius_domain::chain::sha256_hex;
use reqwest::Method;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::path::PathBuf;

/// What the journey made.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Journey {
    /// The case.
    pub case_id: String,
    /// The letter.
    pub referral_id: String,
    /// Its number on paper.
    pub document_number: String,
    /// The delivery.
    pub delivery_id: String,
    /// The link as it stood in the mail.
    pub link: String,
    /// The one-time code as it stood in the mail.
    pub code: String,
    /// The letter that the institution downloaded.
    pub letter_path: PathBuf,
    /// The FHIR Bundle that the institution downloaded.
    pub bundle_path: PathBuf,
    /// The page that the institution saw.
    pub page_path: PathBuf,
    /// The mails that were sent.
    pub mails_path: PathBuf,
}

/// The demo case's story.
///
/// # Errors
/// When the file is not JSON.
pub fn demo_story() -> Result<Value> {
    serde_json::from_str(include_str!("../../infra/local/demo-case.json")).context("infra/local/demo-case.json")
}

/// Goes the journey with the first demo patient and the first institution.
///
/// # Errors
/// With the step that did not hold.
pub async fn run(stack: &Stack, report: &mut dyn FnMut(&str)) -> Result<Journey> {
    let story = demo_story()?;
    let patient = *stack.patients().first().context("run.json has no patient")?;
    let app = PatientApp::new(stack, &stack.sign_in(patient).await?);
    report("the patient signed in");

    let providers = app.get("/v1/providers").await?.expect(200, "directory")?.json();
    let open = providers["items"].as_array().and_then(|all| all.iter().find(|p| p["may_receive"] == true));
    let recipient = open.and_then(|p| p["id"].as_str()).context("no institution takes referrals")?.to_owned();
    let mailbox = mailbox(stack, &recipient).await?;

    let case = app.open_case().await?;
    report(&format!("opened case {case}: nothing personal in it yet"));
    let early =
        app.change(Method::PUT, &format!("/v1/cases/{case}/intake/basic"), "\"1\"", Some(&story["basic"])).await?;
    ensure!(early.code() == "consent-required", "a story was taken before consent");
    for item in ["G1", "S1"] {
        app.agree(&case, item, None).await?;
    }
    report("read and agreed: collection (G1), health information (S1)");
    let told = app.tell(&case, &story).await?;
    ensure!(told.json()["missing"].as_array().is_some_and(Vec::is_empty), "the demo story is not complete");
    app.complete(&case, &told.etag()).await?.expect(200, "complete")?;
    report("told the story and completed it");
    for item in ["P", "PS"] {
        app.agree(&case, item, Some(&recipient)).await?;
    }
    report("read and agreed: provision to the chosen institution (P, PS)");

    let referral = app.make_letter(&case, &recipient).await?;
    let view = app.get(&format!("/v1/cases/{case}/referrals/{referral}")).await?.expect(200, "letter")?.json();
    let document_number = view["document_number"].as_str().context("no document number")?.to_owned();
    let own = app.get(&format!("/v1/cases/{case}/referrals/{referral}/letter")).await?.expect(200, "own letter")?;
    ensure!(own.body.starts_with(b"%PDF-"), "the letter is not a PDF");
    app.get(&format!("/v1/cases/{case}/referrals/{referral}/bundle")).await?.expect(200, "own bundle")?;
    report(&format!("letter {document_number}: {} pages, read by the patient", view["pages"]));

    let mails_before = stack.mails().await?.len();
    let delivery = app.deliver(&case, &referral).await?;
    // By its own link: other journeys send to the same mailbox.
    let mut institution = Institution::of_delivery(stack, &case, &delivery, &mailbox).await?;
    wait_for_state(&app, &case, &delivery, "SENT").await?;
    report("the institution has a mail with the link");
    institution.page().await?.expect(200, "page")?;
    let code = institution.enter(&mailbox).await?;
    report("the institution unlocked the link with the code from a second mail");
    let page = institution.send(Method::GET, "/referral", None).await?.expect(200, "referral page")?;
    ensure!(page.text().contains(&document_number), "the page does not show the letter");
    let letter = institution.send(Method::POST, "/letter", None).await?.expect(200, "download letter")?;
    ensure!(letter.body.starts_with(b"%PDF-"), "the institution's letter is not a PDF");
    ensure!(letter.body != own.body, "the institution's copy is not marked for it");
    let checked = serde_json::json!({"sha256": sha256_hex(&letter.body)});
    let address = stack.url(&format!("/d/{document_number}/verify"));
    let verified: Value = stack.http().post(address).json(&checked).send().await?.json().await?;
    ensure!(verified["result"] == "verified", "the institution's copy cannot be verified: {verified}");
    let bundle = institution.send(Method::POST, "/bundle", None).await?.expect(200, "download bundle")?;
    ensure!(bundle.json()["resourceType"] == "Bundle", "the data is no FHIR Bundle");
    let manifest = institution.send(Method::POST, "/manifest", None).await?.expect(200, "manifest")?.text();
    let listed = format!(
        "{}  {document_number}.pdf\n{}  {document_number}.fhir.json\n",
        sha256_hex(&letter.body),
        sha256_hex(&bundle.body)
    );
    ensure!(manifest == listed, "the manifest is not of what was downloaded: {manifest}");
    report("the institution read the referral and downloaded letter and data, with their fingerprints");
    let received = institution.send(Method::POST, "/acknowledge", None).await?;
    ensure!(matches!(received.status.as_u16(), 200 | 204 | 303), "received was refused: {}", received.status);
    wait_for_state(&app, &case, &delivery, "ACKNOWLEDGED").await?;
    report("the institution confirmed receipt, and the patient sees it");
    let log = app.get(&format!("/v1/cases/{case}/access-log")).await?.expect(200, "access log")?.json();
    let seen = log["items"].as_array().map_or(0, Vec::len);
    ensure!(seen >= 15, "the access log is too short: {seen}");
    report(&format!("the patient's access log shows {seen} entries, the institution's among them"));

    let files = &stack.run().files;
    let journey = Journey {
        case_id: case,
        referral_id: referral,
        delivery_id: delivery,
        link: institution.link.url.clone(),
        code,
        letter_path: files.join(format!("{document_number}.pdf")),
        bundle_path: files.join(format!("{document_number}.fhir.json")),
        page_path: files.join("referral-page.html"),
        mails_path: files.join("mails.txt"),
        document_number,
    };
    std::fs::write(&journey.letter_path, &letter.body)?;
    std::fs::write(&journey.bundle_path, &bundle.body)?;
    std::fs::write(&journey.page_path, &page.body)?;
    let mails = stack.mails().await?;
    let text = |m: &crate::stack::Mail| {
        format!("To: {}\nSubject: {}\n\n{}\n", m.to.join(", "), m.subject, m.body_text.clone().unwrap_or_default())
    };
    std::fs::write(
        &journey.mails_path,
        mails.iter().skip(mails_before).map(text).collect::<Vec<_>>().join("\n---\n\n"),
    )?;
    for (i, html) in mails.iter().skip(mails_before).filter_map(|m| m.body_html.as_ref()).enumerate() {
        std::fs::write(files.join(format!("mail-{}.html", i + 1)), html)?;
    }
    Ok(journey)
}

/// The mailbox of an institution, out of the directory as staff keep it.
///
/// # Errors
/// When the institution is not there.
pub async fn mailbox(stack: &Stack, provider: &str) -> Result<String> {
    let key = aws_sdk_dynamodb::types::AttributeValue::S(format!("PROVIDER#{provider}"));
    let item = stack
        .dynamodb(stack.operator_credentials())
        .get_item()
        .table_name(stack.table("directory"))
        .key("pk", key)
        .key("sk", aws_sdk_dynamodb::types::AttributeValue::S("PROVIDER".to_owned()))
        .send()
        .await?
        .item
        .context("the institution is not in the directory")?;
    let body = item.get("body").and_then(|b| b.as_m().ok()).context("the directory's form changed")?;
    Ok(body.get("contact_email").and_then(|e| e.as_s().ok()).context("no mailbox")?.clone())
}

/// Waits until the patient sees a delivery in a state.
///
/// # Errors
/// When it does not come within 20 s.
pub async fn wait_for_state(app: &PatientApp, case: &str, delivery: &str, state: &str) -> Result<Value> {
    let mut last = Value::Null;
    for _ in 0..100 {
        last = app.get(&format!("/v1/cases/{case}/deliveries/{delivery}")).await?.expect(200, "delivery")?.json();
        if last["state"] == state {
            return Ok(last);
        }
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    }
    anyhow::bail!("the delivery is {} and not {state}", last["state"])
}
