//! Refuses to build when a consent text lacks what a statute asks for (PIPA Art. 15(2), 17(2), 22, 22-2, 23, 28-8(2)),
//! and writes the list of all texts, so that none can be forgotten in the program.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, error::Error, fs};

#[path = "build/texts.rs"]
mod texts;

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=consent-texts");
    // A test runs this very program on broken texts.
    println!("cargo::rustc-env=CONSENT_TEXTS_BUILD_SCRIPT={}", env::current_exe()?.display());
    let list = list(&texts::check(Path::new("consent-texts"))?)?;
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or("OUT_DIR is not set")?);
    Ok(fs::write(out.join("consent_texts.rs"), list)?)
}

/// Rust for the texts of all versions.
fn list(found: &[(&str, u32)]) -> Result<String, std::fmt::Error> {
    let mut list = String::from("&[\n");
    for (item, count) in found {
        for version in 1..=*count {
            write!(list, "    (\"{item}\", {version}")?;
            for language in ["ko", "en"] {
                let path = format!("/consent-texts/{item}/{version}/{language}.json");
                write!(list, ", include_str!(concat!(env!(\"CARGO_MANIFEST_DIR\"), \"{path}\"))")?;
            }
            list.push_str("),\n");
        }
    }
    list.push_str("]\n");
    Ok(list)
}
