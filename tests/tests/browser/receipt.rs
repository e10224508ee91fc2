//! The page that verifies a consent receipt, in a real browser: from the service, and as a file without any service.

use anyhow::{Context, Result, ensure};
use medius_domain::id::DestructionId;
use medius_tests::journey::demo_story;
use medius_tests::stack::Stack;
use medius_tests::user::{PatientApp, fresh_key};
use serde_json::{Value, json};
use std::path::PathBuf;

use super::chromium::Chromium;
use super::look::{Look, every_way, in_browser};
use super::stays_here;

/// A receipt and its key that another implementation made: good in itself, but nobody's here.
const FOREIGN: &str = include_str!("../../../shared/domain/data/signed-vectors.json");

/// Receipts as files: as issued, changed in the readable part, and signed by somebody else.
struct Files {
    good: PathBuf,
    changed: PathBuf,
    foreign: PathBuf,
    json: String,
    page: PathBuf,
}

impl Files {
    async fn new(stack: &Stack) -> Result<Self> {
        let email = format!("receipt-{}@example.org", fresh_key());
        let app = PatientApp::new(stack, &stack.sign_in(&stack.new_patient(&email).await?).await?);
        let to = stack.run().providers.first().context("no institution")?.clone();
        let case = app.ready_case(&demo_story()?, &to).await?;
        let event = app.agree(&case, "PS", Some(&to)).await?;
        let path = format!("/v1/cases/{case}/consents/{event}/receipt");
        let receipt = app.get(&path).await?.expect(200, "receipt")?;
        let page = app.get(&format!("{path}.html")).await?.expect(200, "the receipt's page")?;
        let mut changed = receipt.json();
        changed["receipt"]["events"][1]["event_state"] = json!("refused");
        let foreign: Value = serde_json::from_str(FOREIGN)?;
        let write = |name: &str, text: String| -> Result<PathBuf> {
            let path = stack.run().files.join(name);
            std::fs::write(&path, text)?;
            Ok(path)
        };
        Ok(Self {
            good: write("receipt.json", receipt.text())?,
            changed: write("receipt-changed.json", changed.to_string())?,
            foreign: write("receipt-foreign.json", foreign["file"].to_string())?,
            page: write("receipt.html", page.text())?,
            json: receipt.text(),
        })
    }
}

#[tokio::test]
async fn a_receipt_is_verified_in_the_browser_and_never_leaves_it() {
    in_browser(visit).await;
}

async fn visit(stack: &Stack, browser: &Chromium) -> Result<()> {
    let files = Files::new(stack).await?;
    browser.open(&stack.url("/verify")).await?;
    browser.see("#choose").await?;
    every_way(browser, "receipt-1-verify").await?;
    let asked = stays_here(stack, browser).await?.len();
    ensure!(asked >= 1, "the network log is empty");
    outcomes(browser, &files).await?;
    browser.click("[data-language=ko]").await?;
    ensure!(browser.text().await?.contains("확인되었습니다"), "no Korean");
    every_way(browser, "receipt-2-verified").await?;
    let later = browser.requests().await?;
    ensure!(later.is_empty(), "the page asked for something: {later:#?}");
    let complaints = browser.complaints().await?;
    ensure!(complaints.is_empty(), "the console: {complaints:#?}");
    saved(stack, browser, &files).await?;
    // The receipt's own page, as the patient keeps it.
    browser.open(&format!("file://{}", files.page.display())).await?;
    browser.see("main h1").await?;
    ensure!(browser.text().await?.contains("Agreed"), "the receipt's page does not say what was decided");
    // It shows both languages: whoever it is shown to may read either.
    for (size, phone) in [("desk", false), ("phone", true)] {
        Look { phone, language: "en" }.sized(browser).await?;
        let name = format!("receipt-3-page-{size}");
        browser.fits(&name).await?;
        browser.accessible(&name).await?;
    }
    Ok(())
}

/// Every file and the pasted text, with what the page says to each; the last one is good.
async fn outcomes(browser: &Chromium, files: &Files) -> Result<()> {
    for (file, message) in [(&files.changed, "readable"), (&files.foreign, "key"), (&files.page, "file")] {
        browser.choose("#file", file).await?;
        browser.see(&format!("#error [data-message={message}]")).await?;
        ensure!(!browser.text().await?.contains("Decision"), "a receipt that does not verify is shown");
    }
    paste(browser, &files.json[..files.json.len() - 20]).await?;
    browser.see("#error [data-message=file]").await?;
    paste(browser, &files.json).await?;
    browser.see("#status [data-message=verified]").await?;
    browser.choose("#file", &files.changed).await?;
    browser.see("#error [data-message=readable]").await?;
    browser.choose("#file", &files.good).await?;
    browser.see("#status [data-message=verified]").await?;
    let text = browser.text().await?;
    let receipt: Value = serde_json::from_str(&files.json)?;
    let signed = &receipt["receipt"];
    for shown in [&signed["record_id"], &signed["pii_principal_id"], &signed["party_identification"][1]["party_name"]] {
        let shown = shown.as_str().context("the receipt lacks a part")?;
        ensure!(text.contains(shown), "{shown} is not shown");
    }
    ensure!(browser.run("return document.querySelector('[data-state=given]').hidden").await? == false, "not given");
    Ok(())
}

async fn paste(browser: &Chromium, text: &str) -> Result<()> {
    browser.run(&format!("document.getElementById('paste').value = {}", json!(text))).await?;
    browser.click("#check").await
}

/// The page as a file: no service, no address, the same answers.
async fn saved(stack: &Stack, browser: &Chromium, files: &Files) -> Result<()> {
    let page = reqwest::get(stack.url("/verify")).await?.text().await?;
    let path = stack.run().files.join("verify.html");
    std::fs::write(&path, page)?;
    browser.open(&format!("file://{}", path.display())).await?;
    browser.see("#choose").await?;
    browser.requests().await?;
    outcomes(browser, files).await?;
    let asked = browser.requests().await?;
    ensure!(asked.is_empty(), "the saved page asked for something: {asked:#?}");
    Ok(())
}

#[tokio::test]
async fn a_certificate_of_destruction_is_verified_on_the_same_page() {
    in_browser(certified).await;
}

async fn certified(stack: &Stack, browser: &Chromium) -> Result<()> {
    let who = stack.new_patient(&format!("certificate-{}@patients.example", fresh_key())).await?;
    let case = PatientApp::new(stack, &stack.sign_in(&who).await?).open_case().await?;
    medius_tests::aging::age(stack, &case, 2).await?;
    let address = stack.url(&format!("/c/{}", DestructionId::of(&case.parse().ok().context("the case's id")?)));
    let mut certificate = None;
    for _ in 0..20 {
        stack.invoke("retention", None, &json!({"kind": "continue"})).await?;
        let answer = reqwest::get(&address).await?;
        if answer.status() == 200 {
            certificate = Some(answer.text().await?);
            break;
        }
    }
    let certificate = certificate.context("there is no certificate")?;
    browser.open(&stack.url("/verify")).await?;
    browser.see("#choose").await?;
    paste(browser, &certificate.replace("retention_ended", "deletion")).await?;
    browser.see("#error [data-message=readable]").await?;
    paste(browser, &certificate).await?;
    browser.see("#status [data-message=verified]").await?;
    browser.see("#proof").await?;
    ensure!(browser.text().await?.contains(&case), "the case is not shown");
    every_way(browser, "receipt-4-certificate").await
}
