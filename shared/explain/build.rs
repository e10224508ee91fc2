//! Reads the catalogue, refuses to build when a rule is broken, and embeds it.
//!
//! Every broken rule is told with its file and entry, not only the first one.

use std::path::{Path, PathBuf};
use std::{env, error::Error, fs};

#[path = "build/check.rs"]
mod check;
#[path = "src/fold.rs"]
#[allow(dead_code, unreachable_pub, unused_imports, reason = "a module of the library, of which the build uses a part")]
mod fold;
#[path = "src/schema/mod.rs"]
#[allow(dead_code, unreachable_pub, unused_imports, reason = "a module of the library, of which the build uses a part")]
mod schema;

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=catalogue");
    println!("cargo::rerun-if-changed=build");
    // A test runs this very program on broken catalogues.
    println!("cargo::rustc-env=CATALOGUE_BUILD_SCRIPT={}", env::current_exe()?.display());
    let (entries, errors) = check::read(Path::new("catalogue"));
    if !errors.is_empty() {
        for error in &errors {
            println!("cargo::error={error}");
        }
        return Err(format!("the catalogue breaks {} rules", errors.len()).into());
    }
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or("OUT_DIR is not set")?);
    Ok(fs::write(out.join("catalogue.json"), serde_json::to_vec(&entries)?)?)
}
