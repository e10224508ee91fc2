//! `cargo xtask release --package`: what `sam build` laid out is packaged as for a deployment, into the local AWS. A dry run: it
//! proves that every function is an archive that S3 takes and that the packaged template names them all, and leaves nothing behind.

use std::{collections::BTreeSet, fs, path::Path};

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::{deploy, ministack::MiniStack, preflight, process, run_json::FUNCTIONS, say, tools::Tools};

/// Packages `built`, the folder of `sam build`, and writes the packaged template into `to`.
pub(crate) async fn dry_run(built: &Path, to: &Path) -> Result<()> {
    let template = built.join("template.yaml");
    ensure!(template.is_file(), "{}: run `sam build` first", template.display());
    let files = to.join("package");
    fs::create_dir_all(&files)?;
    let packaged = files.join("template.json");
    let tools = Tools::ensure().await?;
    let stack = MiniStack::start(&tools, preflight::free_port()?, &files).await?;
    let mut sam = tools.sam()?;
    deploy::local_credentials(&mut sam, stack.endpoint());
    sam.args(["package", "--resolve-s3", "--use-json", "--template-file"]).arg(&template);
    sam.arg("--output-template-file").arg(&packaged);
    process::logged("sam package (dry run, local S3)", &mut sam, &files.join("sam-package.log")).await?;
    let text = fs::read_to_string(&packaged).with_context(|| format!("{}", packaged.display()))?;
    let places = places(&serde_json::from_str(&text)?)?;
    say::line(&format!("{} functions packaged as {} archives: {}", FUNCTIONS.len(), places.len(), packaged.display()));
    Ok(())
}

/// Where the packaged template has each function's archive.
fn places(template: &Value) -> Result<BTreeSet<String>> {
    let mut places = BTreeSet::new();
    for (function, id) in FUNCTIONS {
        let code = template["Resources"][format!("{id}Function")]["Properties"]["CodeUri"].as_str();
        let code = code.filter(|code| code.starts_with("s3://"));
        places.insert(code.with_context(|| format!("{function} is not in the packaged template"))?.to_owned());
    }
    Ok(places)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_template_that_lacks_a_function_s_archive_is_not_packaged() {
        let all = |code: &str| {
            let resources =
                FUNCTIONS.iter().map(|(_, id)| (format!("{id}Function"), json!({"Properties": {"CodeUri": code}})));
            json!({ "Resources": resources.collect::<serde_json::Map<_, _>>() })
        };
        assert_eq!(places(&all("s3://bucket/one")).ok().map(|all| all.len()), Some(1));
        assert!(places(&all("IntakeFunction")).is_err());
        assert!(places(&json!({ "Resources": {} })).is_err());
    }
}
