//! The steps, each as a patient's app takes it.

use crate::api::Api;
use crate::{Failure, Report};
use chrono::{DateTime, TimeDelta, Utc};
use medius_domain::chain::sha256_hex;
use medius_domain::provider::Provider;
use serde_json::{Value, json};
use std::time::Duration;

/// A story that nobody has.
const STORY: &str = include_str!("story.json");
/// How much later than its end a test case may still be there: the destroyer comes every quarter of an hour.
const GRACE: TimeDelta = TimeDelta::hours(3);
/// How often, and how many times, is looked whether the mail was sent.
const PAUSE: Duration = Duration::from_secs(1);
const LOOKS: usize = 60;
/// Entries of the patient's access log that such a journey leaves at least.
const LOGGED: usize = 12;

/// The whole journey.
pub(crate) async fn go(api: &Api<'_>, public: &Api<'_>, now: DateTime<Utc>) -> Result<Report, Failure> {
    let before = before(api, now).await;
    let story: Value = serde_json::from_str(STORY).map_err(|_| Failure::Content { step: "the canary's own story" })?;
    let to = Provider::synthetic().map_err(|_| Failure::Content { step: "the test institution" })?.id.to_string();
    let case = told(api, &story).await?;
    for item in ["P", "PS"] {
        agree(api, &case, item, Some(&to)).await?;
    }
    let (referral, document_number) = letter(api, public, &case, &to).await?;
    let delivery_id = delivered(api, public, &case, &referral).await?;
    let log = api.get("access log", &format!("/v1/cases/{case}/access-log")).await?;
    log.holds(log.json()["items"].as_array().is_some_and(|items| items.len() >= LOGGED))?;
    clean(api, &case, &delivery_id).await?;
    // Said last: a test case that is not destroyed in time leaves nobody blind for the rest of the service.
    let waiting = before?;
    Ok(Report { case_id: case, delivery_id, document_number, waiting })
}

/// The test cases of before: each is there until its day is over, and not much longer.
async fn before(api: &Api<'_>, now: DateTime<Utc>) -> Result<usize, Failure> {
    let cases = api.get("cases of before", "/v1/cases").await?.json();
    let cases = cases["items"].as_array().ok_or(Failure::Content { step: "cases of before" })?;
    let late = |case: &&Value| {
        let end = case["expires_at"].as_str().and_then(|at| at.parse::<DateTime<Utc>>().ok());
        end.is_none_or(|end| end + GRACE < now)
    };
    match cases.iter().find(late) {
        Some(_) => Err(Failure::Late { step: "destruction of a test case" }),
        None => Ok(cases.len()),
    }
}

/// A case with its story told and complete.
async fn told(api: &Api<'_>, story: &Value) -> Result<String, Failure> {
    api.get("directory", "/v1/providers").await?;
    let case = api.post(("open a case", 201), "/v1/cases", &json!({"emergency_signs": []})).await?.text("id")?;
    for item in ["G1", "S1"] {
        agree(api, &case, item, None).await?;
    }
    let at = format!("/v1/cases/{case}");
    let etag = api.get("read the case", &at).await?.etag()?;
    let basic = format!("{at}/intake/basic");
    let etag = api.change("tell who", ("PUT", &basic), &etag, Some(&story["basic"])).await?.etag()?;
    let health = json!({"emergency_signs": [], "health": story["health"]});
    let etag =
        api.change("tell the story", ("PUT", &format!("{at}/intake/health")), &etag, Some(&health)).await?.etag()?;
    api.change("complete the story", ("POST", &format!("{at}/complete")), &etag, None).await?;
    Ok(case)
}

/// Reads a text and agrees to it.
async fn agree(api: &Api<'_>, case: &str, item: &str, recipient: Option<&str>) -> Result<(), Failure> {
    let mut wanted = json!({"item": item, "language": "en"});
    if let Some(recipient) = recipient {
        wanted["recipient"] = recipient.into();
    }
    let path = format!("/v1/cases/{case}/consents");
    let serving = api.post(("read a consent", 201), &format!("{path}/servings"), &wanted).await?.text("serving_id")?;
    let decision = json!({"decision": "grant", "serving_id": serving});
    api.post(("decide about consent", 201), &path, &decision).await.map(drop)
}

/// A letter with its Bundle, and that anybody can verify it. Gives its id and its number.
async fn letter(api: &Api<'_>, public: &Api<'_>, case: &str, to: &str) -> Result<(String, String), Failure> {
    let path = format!("/v1/cases/{case}/referrals");
    let id = api.post(("make a letter", 201), &path, &json!({"recipient": to})).await?.text("id")?;
    let view = api.get("read the letter's record", &format!("{path}/{id}")).await?;
    let (number, printed) = (view.text("document_number")?, view.text("bundle_sha256")?);
    let pdf = api.get("fetch the letter", &format!("{path}/{id}/letter")).await?;
    pdf.holds(pdf.body().starts_with(b"%PDF-"))?;
    let bundle = api.get("fetch the Bundle", &format!("{path}/{id}/bundle")).await?;
    bundle.holds(sha256_hex(bundle.body()) == printed && bundle.json()["resourceType"] == "Bundle")?;
    let asked = json!({"sha256": sha256_hex(pdf.body())});
    let at = format!("/d/{number}/verify");
    let verified = public.send(("verify the letter", 200), ("POST", &at), &[], Some(&asked)).await?;
    verified.holds(verified.json()["result"] == "verified")?;
    Ok((id, number))
}

/// Sends the letter, and waits until its mail is out. Gives the delivery's id.
async fn delivered(api: &Api<'_>, public: &Api<'_>, case: &str, referral: &str) -> Result<String, Failure> {
    // What every link opens is there, whatever stands behind it.
    let page = public.get("open a link's page", "/r/aaaaaaaaaaaaaaaaaaaaaaaaaa").await?;
    page.holds(page.body().starts_with(b"<!doctype html>"))?;
    let path = format!("/v1/cases/{case}/deliveries");
    let id = api.post(("send the letter", 201), &path, &json!({"referral_id": referral})).await?.text("id")?;
    for _ in 0..LOOKS {
        let state = api.get("look where the delivery stands", &format!("{path}/{id}")).await?.text("state")?;
        if matches!(state.as_str(), "SENT" | "DELIVERED") {
            return Ok(id);
        }
        tokio::time::sleep(PAUSE).await;
    }
    Err(Failure::Late { step: "mail of the delivery" })
}

/// Ends the link and closes the case; the rest goes with the case.
async fn clean(api: &Api<'_>, case: &str, delivery: &str) -> Result<(), Failure> {
    let at = format!("/v1/cases/{case}");
    api.post(("revoke the delivery", 200), &format!("{at}/deliveries/{delivery}/revoke"), &json!({})).await?;
    let etag = api.get("read the case again", &at).await?.etag()?;
    api.change("close the case", ("POST", &format!("{at}/close")), &etag, None).await.map(drop)
}
