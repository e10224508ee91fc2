//! The provider's desk in a real browser: every story of the loop as an institution goes it, at a desk and on a telephone, in Korean
//! and in English. Every page is looked at by axe-core and left under `target/screens` for a person.

use super::Sent;
use super::chromium::Chromium;
use super::look::{Look, story};
use super::reading::closed;
use super::visit::Visit;
use anyhow::{Context, Result, ensure};
use medius_domain::clock::kst_minute;
use medius_tests::samples::outcome_bundle;
use medius_tests::stack::Stack;
use serde_json::json;

story!(an_institution_accepts_gives_an_appointment_and_returns_the_outcome, crate::desk::main_path);
story!(an_institution_declines_with_a_reason, crate::desk::declines);
story!(an_institution_asks_for_more_information, crate::desk::asks_more);
story!(an_institution_points_elsewhere, crate::desk::redirects);

async fn main_path(stack: &Stack, browser: &Chromium, look: Look) -> Result<()> {
    let sent = Sent::new(stack).await?;
    let visit = Visit::new(stack, browser, &sent, look, "main").await?;
    visit.answer("acknowledge", &[], "ACKNOWLEDGED").await?;
    visit.answer("accept", &[("text", "We are glad to help.")], "ACCEPTED").await?;
    let day = (chrono::Utc::now() + chrono::TimeDelta::days(7)).format("%Y-%m-%d").to_string();
    let fields = [("date", day.as_str()), ("time", "09:30"), ("place", "Main building, 2nd floor")];
    visit.answer("schedule", &fields, "SCHEDULED").await?;
    visit.shows("09:30").await?;
    visit.shows("00:30").await?;
    browser.click("form[action=appointment] button").await?;
    let file = std::fs::read_to_string(browser.download("appointment.ics").await?)?;
    let start = format!("DTSTART;TZID=Asia/Seoul:{}T093000", day.replace('-', ""));
    ensure!(file.contains(&start) && !file.contains(&sent.name), "the calendar file: {file}");
    visit.patient(&json!({"action": "confirm_appointment"})).await?;
    browser.reload().await?;
    visit.page("5-confirmed").await?;
    // What was typed is kept where it is refused, and it is said why.
    let form = visit.form("interim_outcome").await?;
    browser.set(&format!("{form} [name=text]"), "900101-1234567").await?;
    browser.submit(&format!("{form} button[type=submit]")).await?;
    browser.see("#banner").await?;
    visit.shows(look.of("주민등록번호로 보이는", "resident registration number")).await?;
    visit.page("6-refused").await?;
    visit.switches().await?;
    brings(&visit).await?;
    visit.answer("interim_outcome", &[("text", "Blood was drawn. Results follow.")], "SCHEDULED").await?;
    visit.shows("Blood was drawn").await?;
    // Whether the patient came is asked on the day of the appointment, and not a week before.
    for early in ["attended", "no_show"] {
        let absent = browser.run(&format!("return !document.querySelector('#form-{early}')")).await?;
        ensure!(absent == true, "{early} is offered a week early");
    }
    let now = kst_minute(chrono::Utc::now());
    let (day, hour) = now.split_once(' ').context("no hour")?;
    let fields = [("date", day), ("time", hour), ("place", "Main building, 2nd floor")];
    visit.answer("reschedule", &fields, "SCHEDULED").await?;
    visit.answer("attended", &[], "ATTENDED").await?;
    let form = visit.form("final_outcome").await?;
    browser.click(&format!("{form} [name=files]")).await?;
    visit.answer("final_outcome", &[("text", "Type 2 diabetes; metformin was raised.")], "OUTCOME_RETURNED").await?;
    visit.shows("#1").await?;
    visit.page("8-history").await?;
    let answers = ["We are glad to help.", "Type 2 diabetes; metformin was raised.", "Main building, 2nd floor"];
    visit.on_paper("9-history-paper", &answers).await?;
    browser.submit("a[href=referral]").await?;
    visit.shows(sent.number()).await?;
    // Reason, allergy, medicine and every value of a test with its range.
    let read = [
        look.of("전문의의 진료를 받고 싶습니다", "whether I should start insulin"),
        look.of("페니실린", "Penicillin"),
        look.of("메트포르민", "Metformin"),
        "1000 mg",
        look.of("당화혈색소", "HbA1c"),
        "7.4",
        "128",
        "1978-04-03",
    ];
    visit.on_paper("9-referral-paper", &read).await?;
    closed(stack, browser, &sent, async |name| visit.page(name).await).await
}

/// Files: a PDF, a Bundle that cannot be read and one that can, and one that a program announced and that is still to come.
async fn brings(visit: &Visit<'_>) -> Result<()> {
    let (browser, look) = (visit.browser, visit.look);
    let file = browser.folder().join("outcome.pdf");
    std::fs::write(&file, &visit.sent.letter)?;
    browser.choose("#file", &file).await?;
    browser.see("#bringing [data-message=kept]").await?;
    let kib = visit.sent.letter.len().div_ceil(1024);
    visit.shows(&format!("1. PDF, {kib} KiB – {}", look.of("보낼 수 있음", "can be sent"))).await?;
    visit.page("7-file").await?;
    let mut bundle = outcome_bundle("Type 2 diabetes; metformin was raised.");
    let bundle_file = browser.folder().join("outcome.json");
    std::fs::write(&bundle_file, json!({"resourceType": "Bundle", "type": "document"}).to_string())?;
    browser.choose("#file", &bundle_file).await?;
    browser.see("#bringing [data-message=bundle]").await?;
    visit.shows("/entry").await?;
    visit.page("7-bundle-refused").await?;
    bundle["timestamp"] = json!(chrono::Utc::now().to_rfc3339());
    let bundle = bundle.to_string();
    std::fs::write(&bundle_file, &bundle)?;
    browser.choose("#file", &bundle_file).await?;
    browser.see("#bringing [data-message=kept]").await?;
    visit
        .shows(&format!("2. FHIR, {} KiB – {}", bundle.len().div_ceil(1024), look.of("보낼 수 있음", "can be sent")))
        .await?;
    awaited(visit).await
}

/// A file that another program announced is being checked when the page opens; the page says so, and how it ends.
async fn awaited(visit: &Visit<'_>) -> Result<()> {
    let (browser, bytes) = (visit.browser, medius_tests::samples::pdf(""));
    let new = json!({"kind": "pdf", "bytes": bytes.len(), "sha256": medius_domain::chain::sha256_hex(&bytes)});
    let script = format!(
        "const done = arguments[arguments.length - 1];
         fetch('files', {{method: 'POST', body: JSON.stringify({new}), headers: {{'content-type': 'application/json',
             'idempotency-key': crypto.randomUUID()}}}}).then(async (sent) => done(await sent.json()), (error) => done(String(error)))"
    );
    let announced = browser.run_until_done(&script).await?;
    browser.reload().await?;
    browser.see("#brought [data-file]").await?;
    visit.shows(visit.look.of("확인 중", "being checked")).await?;
    visit.page("7-checking").await?;
    let url = announced["put"]["url"].as_str().with_context(|| format!("not announced: {announced}"))?;
    let mut put = visit.stack.http().put(url).body(bytes);
    for (name, value) in announced["put"]["headers"].as_object().context("no headers")? {
        put = put.header(name, value.as_str().unwrap_or_default());
    }
    ensure!(put.send().await?.status().is_success(), "the file did not come");
    browser.see("#brought [data-file] [data-standing=released]").await?;
    let row = visit.look.of("3. PDF, 1 KiB – 보낼 수 있음", "3. PDF, 1 KiB – can be sent");
    visit.shows(row).await
}

async fn declines(stack: &Stack, browser: &Chromium, look: Look) -> Result<()> {
    let sent = Sent::new(stack).await?;
    let visit = Visit::new(stack, browser, &sent, look, "decline").await?;
    // "Other" says nothing without words.
    let form = visit.form("decline").await?;
    browser.click(&format!("{form} [value=other]")).await?;
    browser.submit(&format!("{form} button[type=submit]")).await?;
    browser.see("#banner").await?;
    visit.page("3-refused").await?;
    let form = visit.form("decline").await?;
    browser.click(&format!("{form} [value=capacity]")).await?;
    visit.answer("decline", &[("text", "석 달 안에는 자리가 없습니다.")], "DECLINED").await?;
    visit.shows(look.of("예약 가능한 자리가 없음", "No capacity")).await
}

async fn asks_more(stack: &Stack, browser: &Chromium, look: Look) -> Result<()> {
    let sent = Sent::new(stack).await?;
    let visit = Visit::new(stack, browser, &sent, look, "more").await?;
    let form = visit.form("ask_more").await?;
    browser.click(&format!("{form} [value=medication]")).await?;
    visit.answer("ask_more", &[("text", "Which medicines were tried before?")], "MORE_INFORMATION").await?;
    visit.shows(look.of("약, 용량, 알레르기", "Medicines, doses, allergies")).await?;
    visit.shows("Which medicines were tried before?").await?;
    // The patient answers with a newer letter: the page that is open shows nothing more, and the newer link shows that one.
    let newer = sent.newer(stack).await?;
    browser.submit("a[href=referral]").await?;
    visit.is_gone().await?;
    visit.page("5-older").await?;
    let visit = Visit::new(stack, browser, &newer, look, "more-answered").await?;
    visit.shows(newer.number()).await?;
    visit.shows("Which medicines were tried before?").await?;
    visit.answer("accept", &[("text", "Thank you.")], "ACCEPTED").await
}

async fn redirects(stack: &Stack, browser: &Chromium, look: Look) -> Result<()> {
    let sent = Sent::new(stack).await?;
    let visit = Visit::new(stack, browser, &sent, look, "redirect").await?;
    let form = visit.form("redirect").await?;
    browser.click(&format!("{form} [value=other-institution]")).await?;
    visit.answer("redirect", &[("text", "내분비내과가 있는 대학병원")], "REDIRECTED").await
}
