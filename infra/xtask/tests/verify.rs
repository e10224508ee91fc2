//! A receipt is verified by two files and nothing else.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::{Value, json};

/// A receipt and its key that another implementation made.
fn vectors() -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/domain/data/signed-vectors.json");
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

struct Files(PathBuf);

impl Files {
    fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("medius-verify-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }

    fn verify(&self, receipt: &str, keys: &str) -> Output {
        std::fs::write(self.0.join("receipt.json"), receipt).unwrap();
        std::fs::write(self.0.join("keys.json"), keys).unwrap();
        Command::new(env!("CARGO_BIN_EXE_xtask"))
            .args(["verify-receipt", "receipt.json", "--keys", "keys.json"])
            .current_dir(&self.0)
            // Whoever needs a network or an account would miss these.
            .env_clear()
            .output()
            .unwrap()
    }
}

impl Drop for Files {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn one_line(output: &Output) -> String {
    let said = String::from_utf8([output.stdout.as_slice(), &output.stderr].concat()).unwrap();
    assert_eq!(said.lines().count(), 1, "{said}");
    said
}

#[test]
fn a_receipt_is_verified_offline_in_one_line_of_plain_words() {
    let (files, vectors) = (Files::new("good"), vectors());
    let keys = json!({"keys": [vectors["jwk"]]}).to_string();
    let output = files.verify(&serde_json::to_string_pretty(&vectors["file"]).unwrap(), &keys);
    let said = one_line(&output);
    assert!(output.status.success(), "{said}");
    assert!(said.starts_with("verified: ") && said.contains("(item PS, version "), "{said}");
    for wanted in ["was agreed to at 2026-11-22T03:01:30", "Seoul Example Hospital", vectors["kid"].as_str().unwrap()] {
        assert!(said.contains(wanted), "{wanted}: {said}");
    }
}

#[test]
fn what_was_changed_or_signed_by_another_fails_and_says_why() {
    let (files, vectors) = (Files::new("bad"), vectors());
    let (good, keys) = (vectors["file"].clone(), json!({"keys": [vectors["jwk"]]}).to_string());
    let mut changed = good.clone();
    changed["receipt"]["events"][1]["event_state"] = json!("refused");
    // The key of RFC 7515's example.
    let other = json!({"keys": [{"kty": "EC", "crv": "P-256", "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
        "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}]});
    for (receipt, keys, wanted) in [
        (changed.to_string(), keys.as_str(), "says something else than what was signed"),
        (good.to_string(), &other.to_string(), "a key that is not in the list of keys"),
        (good["receipt"].to_string(), &keys, "is not a signed file of this kind"),
        (good.to_string(), "{}", "keys.json holds no keys that can be used"),
        (good.to_string(), r#"{"keys":[]}"#, "the set has no keys"),
    ] {
        let output = files.verify(&receipt, keys);
        let said = one_line(&output);
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(said.starts_with("error: ") && said.contains(wanted), "{said}");
    }
}
