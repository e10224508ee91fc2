//! The operator's tools: certificates are verified offline, cases of the local stack grow older, the ledger is applied to
//! restored tables, and the demonstration goes through all of it.

use crate::world::World;
use medius_domain::destruction::{Ground, Step};
use medius_domain::id::DestructionId;
use medius_tests::stack::RUN_FILE_VARIABLE;
use std::path::PathBuf;
use std::process::Output;

/// `cargo xtask …`, by the binary that lies beside the tests.
async fn xtask(arguments: &[&str]) -> Output {
    let tool: PathBuf = std::env::current_exe().unwrap().parent().unwrap().parent().unwrap().join("xtask");
    tokio::process::Command::new(tool).args(arguments).output().await.unwrap()
}

fn run_file() -> String {
    std::env::var(RUN_FILE_VARIABLE).unwrap()
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

#[tokio::test]
async fn the_demonstration_goes_from_the_letter_to_what_nobody_can_bring_back() {
    let output = xtask(&["demo", "retention", "--run", &run_file()]).await;
    let said = said(&output);
    assert!(output.status.success(), "{said}");
    for line in [
        "1. cas_",
        "2. a backup",
        "3. a year later",
        "4. its time",
        "5. case cas_",
        "6. the old",
        "7. the ledger",
        "8. ",
    ] {
        let line = line.replace("5. case", "5. verified: case");
        assert!(said.contains(&line), "{line}: {said}");
    }
    assert!(said.contains("irrecoverable since"), "{said}");
}

#[tokio::test]
async fn a_certificate_is_verified_from_two_files_and_a_changed_one_is_not() {
    let world = World::new().await;
    let case = world.due_cases(1).await.remove(0);
    let subject = world.db.case_to_destroy(&case).await.unwrap().unwrap().subject;
    let retention = world.retention();
    let due = world.db.now() - chrono::TimeDelta::minutes(1);
    let entered = retention.enter(&case, &subject, Ground::RetentionEnded, due, "test").await.unwrap();
    retention.advance(entered, "test", &mut |_: Step| false).await.unwrap();
    let folder = std::env::temp_dir().join(format!("medius-{}", DestructionId::of(&case)));
    std::fs::create_dir_all(&folder).unwrap();
    let fetch = async |path: String| {
        reqwest::get(world.stack.url(&path)).await.unwrap().error_for_status().unwrap().text().await.unwrap()
    };
    let file = folder.join("certificate.json").into_os_string().into_string().unwrap();
    let keys = folder.join("keys.json").into_os_string().into_string().unwrap();
    // The runs of the other tests may have it in hand.
    for _ in 0..100 {
        let status = reqwest::get(world.stack.url(&format!("/c/{}", DestructionId::of(&case)))).await.unwrap().status();
        if status == 200 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    }
    let certificate = fetch(format!("/c/{}", DestructionId::of(&case))).await;
    std::fs::write(&keys, fetch("/.well-known/medius-signing-keys.json".to_owned()).await).unwrap();
    std::fs::write(&file, &certificate).unwrap();
    let good = xtask(&["verify-certificate", &file, "--keys", &keys]).await;
    assert!(
        good.status.success() && said(&good).contains("none left in 8 stores, opening tried and failed"),
        "{}",
        said(&good)
    );
    std::fs::write(&file, certificate.replace("retention_ended", "deletion")).unwrap();
    let bad = xtask(&["verify-certificate", &file, "--keys", &keys]).await;
    assert!(!bad.status.success() && said(&bad).contains("not verified"), "{}", said(&bad));
    std::fs::remove_dir_all(&folder).unwrap();
}

#[tokio::test]
async fn only_the_local_stage_can_age_a_case() {
    let world = World::new().await;
    let (case, _) = world.delivered_case().await;
    let run = std::fs::read_to_string(run_file()).unwrap();
    let elsewhere = std::env::temp_dir().join(format!("medius-run-{case}.json"));
    std::fs::write(&elsewhere, run.replace("\"stage\": \"local\"", "\"stage\": \"prod\"")).unwrap();
    let before = world.everything_about(&case).await;
    for command in [&["age", "--case", case.as_str(), "--days", "400"][..], &["demo", "retention"]] {
        let output = xtask(&[command, &["--run", elsewhere.to_str().unwrap()]].concat()).await;
        assert!(!output.status.success() && said(&output).contains("only the local stage"), "{}", said(&output));
    }
    assert_eq!(world.everything_about(&case).await, before);
    std::fs::remove_file(elsewhere).unwrap();
}
