//! Files and values of patients' records over HTTP on the local stack: brought, checked, kept or refused, confirmed, and in the
//! next letter.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod bad_files;
mod bringing;
mod entries;
mod reading;
mod removal;

use medius_tests::stack::Stack;
use medius_tests::user::{PatientApp, fresh_key};

async fn patient(stack: &Stack, name: &str) -> PatientApp {
    let sign_in = stack.new_patient(&format!("{name}-{}@patients.example", fresh_key())).await.unwrap();
    PatientApp::new(stack, &stack.sign_in(&sign_in).await.unwrap())
}

/// A case under the consents that records need.
async fn case(app: &PatientApp) -> String {
    let case = app.open_case().await.unwrap();
    for item in ["G1", "S1"] {
        app.agree(&case, item, None).await.unwrap();
    }
    case
}

fn uploads(case: &str) -> String {
    format!("/v1/cases/{case}/uploads")
}

fn records(case: &str) -> String {
    format!("/v1/cases/{case}/records")
}

/// Names of objects of a bucket whose names have a text in them.
async fn objects(stack: &Stack, bucket: &str, part: &str) -> Vec<String> {
    let s3 = stack.s3(stack.operator_credentials());
    let mut found = Vec::new();
    let mut pages = s3.list_objects_v2().bucket(bucket).into_paginator().send();
    while let Some(page) = pages.next().await {
        let page = page.unwrap();
        found
            .extend(page.contents().iter().filter_map(|o| o.key()).filter(|k| k.contains(part)).map(ToOwned::to_owned));
    }
    found
}

/// Everything that any bucket has of a file: versions, markers and unfinished uploads, as `bucket: name`.
async fn left(stack: &Stack, part: &str) -> Vec<String> {
    let s3 = stack.s3(stack.operator_credentials());
    let run = stack.run();
    let mut found = Vec::new();
    for bucket in [&run.quarantine, &run.bucket, &run.handoff, &run.log_heads] {
        let (mut key, mut version) = (None, None);
        loop {
            let listed = s3.list_object_versions().bucket(bucket).set_key_marker(key).set_version_id_marker(version);
            let listed = listed.send().await.unwrap();
            let versions = listed.versions().iter().filter_map(|v| v.key());
            let markers = listed.delete_markers().iter().filter_map(|m| m.key());
            let own = versions.chain(markers).filter(|key| key.contains(part));
            found.extend(own.map(|key| format!("{bucket}: {key}")));
            if listed.is_truncated() != Some(true) {
                break;
            }
            (key, version) = (listed.next_key_marker, listed.next_version_id_marker);
        }
        let parts = s3.list_multipart_uploads().bucket(bucket).send().await.unwrap();
        let own = parts.uploads().iter().filter_map(|u| u.key()).filter(|key| key.contains(part));
        found.extend(own.map(|key| format!("{bucket}: {key} (unfinished)")));
    }
    found
}

/// The same once events have had their time: a file's record says what became of it a moment before its bytes go.
async fn left_at_last(stack: &Stack, part: &str) -> Vec<String> {
    let mut found = left(stack, part).await;
    for _ in 0..50 {
        if found.is_empty() {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        found = left(stack, part).await;
    }
    found
}
