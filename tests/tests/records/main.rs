//! Files and values of patients' records over HTTP on the local stack: brought, checked, kept or refused, confirmed, and in the
//! next letter.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod bad_files;
mod bringing;
mod entries;
mod reading;

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
