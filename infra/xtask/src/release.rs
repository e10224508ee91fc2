//! `cargo xtask release`: from built functions to what is deployed and kept: an archive for each, the same byte by byte for the same
//! binary, with sizes and hashes; the bill of materials (CycloneDX 1.5), and the licences of everything that is compiled in.
//! With `--build` the functions are built first; without it, what was built before is taken.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    io::{Cursor, Write},
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, ensure};
use medius_domain::chain::sha256_hex;
use serde_json::{Value, json};
use tokio::process::Command;
use zip::{CompressionMethod, DateTime, ZipWriter, write::SimpleFileOptions};

use crate::{
    release_build::{self, Architecture},
    run_json::FUNCTIONS,
    say, workspace,
};

#[derive(clap::Args)]
pub(crate) struct Options {
    /// Build the functions first, for this kind of processor.
    #[arg(long, value_enum, conflicts_with_all = ["from", "bill_only"])]
    build: Option<Architecture>,
    /// Folder of the built binaries, each under its function's name; the target folder's `release` unless said.
    #[arg(long)]
    from: Option<PathBuf>,
    /// Where everything is put; target/release-files unless said.
    #[arg(long)]
    to: Option<PathBuf>,
    /// Only the bill of materials and the licences, which need no binaries.
    #[arg(long)]
    bill_only: bool,
    /// The folder that `sam build` made, for example `.aws-sam/build`: packaged into the local AWS, as a dry run.
    #[arg(long)]
    package: Option<PathBuf>,
}

pub(crate) async fn run(options: &Options) -> Result<()> {
    let to = options.to.clone().unwrap_or_else(|| workspace::root().join("target/release-files"));
    fs::create_dir_all(&to)?;
    let from = match (&options.from, options.build) {
        (Some(from), _) => from.clone(),
        (None, Some(architecture)) if !options.bill_only => {
            release_build::build(architecture, &FUNCTIONS.map(|(name, _)| name)).await?
        }
        (None, _) => workspace::target_directory().await?.join("release"),
    };
    // The bill is of what is delivered; without programs it is of what production takes unless told otherwise.
    let programs = if options.bill_only { vec![] } else { programs(&from)? };
    let architecture = programs.first().map_or(Architecture::Arm64, |program| program.machine);
    let lock = fs::read_to_string(workspace::root().join("Cargo.lock")).context("Cargo.lock")?;
    let parts = compiled_in(&metadata(architecture).await?)?;
    fs::write(to.join("bill.cdx.json"), serde_json::to_string_pretty(&bill(&parts, &checksums(&lock)))? + "\n")?;
    fs::write(to.join("licences.txt"), licences(&parts)?)?;
    say::line(&format!(
        "{} libraries are compiled in for {}: bill.cdx.json, licences.txt",
        parts.len(),
        architecture.name()
    ));
    if let Some(built) = &options.package {
        crate::package::dry_run(built, &to).await?;
    }
    if options.bill_only {
        return Ok(());
    }
    let mut sizes = BTreeMap::new();
    for Program { function, bytes, machine } in &programs {
        let archive = archive(bytes)?;
        fs::write(to.join(format!("{function}.zip")), &archive)?;
        let machine = machine.name();
        let (size, sha256) = (megabytes(bytes.len()), sha256_hex(&archive));
        say::line(&format!("{function:<12} {machine:<6} {size:>6.2} MB  sha256 {sha256}"));
        sizes.insert(
            *function,
            json!({ "architecture": machine, "binary_bytes": bytes.len(), "archive_sha256": sha256 }),
        );
    }
    fs::write(to.join("functions.json"), serde_json::to_string_pretty(&sizes)? + "\n")?;
    say::line(&format!("{} archives in {}", sizes.len(), to.display()));
    Ok(())
}

/// What is delivered of a function.
struct Program {
    function: &'static str,
    bytes: Vec<u8>,
    machine: Architecture,
}

/// The programs in a folder, all for one kind of processor: a stack has one.
fn programs(from: &Path) -> Result<Vec<Program>> {
    let read = |function: &'static str| {
        let binary = binary(from, function);
        let bytes = fs::read(&binary)
            .with_context(|| format!("{}: build the functions first, by --build or sam build", binary.display()))?;
        let machine = machine(&bytes).with_context(|| format!("{} is no program of Linux", binary.display()))?;
        Ok(Program { function, bytes, machine })
    };
    let programs: Vec<Program> = FUNCTIONS.iter().map(|(function, _)| read(function)).collect::<Result<_>>()?;
    ensure!(programs.windows(2).all(|two| two[0].machine == two[1].machine), "programs for two kinds of processors");
    Ok(programs)
}

/// A function's program in a folder of cargo's, or in one of cargo-lambda's or SAM's.
fn binary(from: &Path, function: &str) -> PathBuf {
    let own = from.join(function);
    if own.is_dir() { own.join("bootstrap") } else { own }
}

/// The kind of processor that a program is for, as its header says (ELF, `e_machine`).
fn machine(program: &[u8]) -> Option<Architecture> {
    let header = program.get(..20).filter(|header| header.starts_with(b"\x7fELF"))?;
    match header.get(18..20)? {
        [0xb7, 0] => Some(Architecture::Arm64),
        [0x3e, 0] => Some(Architecture::X86),
        _ => None,
    }
}

fn megabytes(bytes: usize) -> f64 {
    bytes as f64 / 1e6
}

/// The archive that Lambda takes: one file `bootstrap`, without a time of its own and uncompressed, so that neither the clock nor a
/// library's version changes it.
fn archive(binary: &[u8]) -> Result<Vec<u8>> {
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Stored)
        .last_modified_time(DateTime::default())
        .unix_permissions(0o755);
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    writer.start_file("bootstrap", options)?;
    writer.write_all(binary)?;
    Ok(writer.finish()?.into_inner())
}

/// What is compiled in for a kind of processor, as cargo knows it.
async fn metadata(architecture: Architecture) -> Result<Value> {
    let mut cargo = Command::new("cargo");
    cargo.args(["metadata", "--format-version", "1", "--locked", "--filter-platform", architecture.target()]);
    let output = cargo.current_dir(workspace::root()).kill_on_drop(true).output().await.context("cargo metadata")?;
    ensure!(output.status.success(), "cargo metadata: {}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).context("cargo metadata gave no JSON")
}

/// A library that a function has in it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Part {
    name: String,
    version: String,
    licence: Option<String>,
    needs: BTreeSet<String>,
}

impl Part {
    fn purl(&self) -> String {
        purl(&self.name, &self.version)
    }
}

fn purl(name: &str, version: &str) -> String {
    format!("pkg:cargo/{name}@{version}")
}

/// Whatever the functions' binaries are linked of: what only builds or tests need is not in them.
fn compiled_in(metadata: &Value) -> Result<Vec<Part>> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let packages: BTreeMap<String, Value> =
        list(&metadata["packages"]).into_iter().map(|package| (text(&package["id"]), package)).collect();
    let mut needs: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for node in list(&metadata["resolve"]["nodes"]) {
        let linked = |dependency: &Value| list(&dependency["dep_kinds"]).iter().any(|kind| kind["kind"].is_null());
        let of = list(&node["deps"]).into_iter().filter(linked).map(|dependency| text(&dependency["pkg"]));
        needs.insert(text(&node["id"]), of.collect());
    }
    let is_function = |package: &Value| {
        let targets = list(&package["targets"]);
        targets
            .iter()
            .any(|target| FUNCTIONS.iter().any(|(name, _)| target["name"] == *name && target["kind"][0] == "bin"))
    };
    let mut open: Vec<String> = packages.iter().filter(|(_, p)| is_function(p)).map(|(id, _)| id.clone()).collect();
    ensure!(open.len() == FUNCTIONS.len(), "{} of {} functions found", open.len(), FUNCTIONS.len());
    let mut seen = BTreeSet::new();
    while let Some(id) = open.pop() {
        if seen.insert(id.clone()) {
            open.extend(needs.get(&id).into_iter().flatten().cloned());
        }
    }
    let named = |id: &String| packages.get(id).map(|p| purl(&text(&p["name"]), &text(&p["version"])));
    let part = |id: &String| {
        let package = packages.get(id)?;
        // Ours have no registry.
        package["source"].as_str()?;
        Some(Part {
            name: text(&package["name"]),
            version: text(&package["version"]),
            licence: package["license"].as_str().map(str::to_owned),
            needs: needs.get(id).into_iter().flatten().filter_map(named).collect(),
        })
    };
    let mut parts: Vec<Part> = seen.iter().filter_map(part).collect();
    parts.sort();
    Ok(parts)
}

/// SHA-256 of each library as the registry gives it, by its purl.
fn checksums(lock: &str) -> BTreeMap<String, String> {
    let value = |block: &str, key: &str| {
        let line = block.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(" = \""));
        line.and_then(|line| line.strip_suffix('"')).map(str::to_owned)
    };
    let blocks = lock.split("[[package]]\n").skip(1);
    let sum = |block: &str| Some((purl(&value(block, "name")?, &value(block, "version")?), value(block, "checksum")?));
    blocks.filter_map(sum).collect()
}

/// CycloneDX 1.5. Without a serial number and a time, which it may leave out: the same inputs give the same bill.
fn bill(parts: &[Part], checksums: &BTreeMap<String, String>) -> Value {
    let component = |part: &Part| {
        let mut component = json!({
            "type": "library",
            "bom-ref": part.purl(),
            "name": part.name,
            "version": part.version,
            "purl": part.purl(),
        });
        if let Some(licence) = &part.licence {
            component["licenses"] = json!([{ "expression": licence.replace('/', " OR ") }]);
        }
        if let Some(sum) = checksums.get(&part.purl()) {
            component["hashes"] = json!([{ "alg": "SHA-256", "content": sum }]);
        }
        component
    };
    json!({
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {
            "component": { "type": "application", "bom-ref": "medius", "name": "medius", "version": env!("CARGO_PKG_VERSION") },
        },
        "components": parts.iter().map(component).collect::<Vec<_>>(),
        "dependencies": parts.iter().map(|part| json!({ "ref": part.purl(), "dependsOn": part.needs })).collect::<Vec<_>>(),
    })
}

/// The libraries under each licence.
fn licences(parts: &[Part]) -> Result<String> {
    let mut by_licence: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for part in parts {
        let licence = part.licence.as_deref().with_context(|| format!("{} says no licence", part.purl()))?;
        by_licence.entry(licence).or_default().push(format!("{} {}", part.name, part.version));
    }
    let groups = by_licence.into_iter().map(|(licence, names)| format!("{licence}\n  {}\n", names.join("\n  ")));
    Ok(groups.collect::<Vec<_>>().join("\n"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_same_binary_gives_the_same_archive_and_another_gives_another() {
        let one = archive(b"\x7fELF one").unwrap();
        std::thread::sleep(std::time::Duration::from_millis(2100)); // an archive's times count in two seconds
        assert_eq!(one, archive(b"\x7fELF one").unwrap());
        assert_ne!(one, archive(b"\x7fELF two").unwrap());
        let mut read = zip::ZipArchive::new(Cursor::new(one)).unwrap();
        let file = read.by_name("bootstrap").unwrap();
        assert_eq!((file.unix_mode().map(|mode| mode & 0o777), file.size()), (Some(0o755), 8));
    }

    #[test]
    fn a_release_unwinds_whoever_builds_it() {
        let manifest = fs::read_to_string(workspace::root().join("Cargo.toml")).unwrap();
        let manifest: toml::Table = toml::from_str(&manifest).unwrap();
        // cargo-lambda aborts at a panic where the profile does not say.
        assert_eq!(manifest["profile"]["release"]["panic"].as_str(), Some("unwind"));
    }

    #[test]
    fn a_program_says_what_it_is_for() {
        let program = |machine: u8| [&b"\x7fELF\x02\x01\x01"[..], &[0; 9], &[3, 0, machine, 0]].concat();
        assert_eq!(machine(&program(0xb7)), Some(Architecture::Arm64));
        assert_eq!(machine(&program(0x3e)), Some(Architecture::X86));
        assert_eq!(machine(&program(0x28)), None, "32 bits");
        assert_eq!(machine(b"#!/bin/sh"), None);
        let own = std::env::current_exe().unwrap();
        assert_eq!(machine(&fs::read(&own).unwrap()), Some(Architecture::HERE));
        assert_eq!(binary(own.parent().unwrap(), "no such"), own.parent().unwrap().join("no such"));
    }

    #[tokio::test]
    async fn the_bill_names_what_is_linked_with_hash_and_licence_and_nothing_that_only_tests_need() {
        let parts = compiled_in(&metadata(Architecture::Arm64).await.unwrap()).unwrap();
        let lock = fs::read_to_string(workspace::root().join("Cargo.lock")).unwrap();
        let bill = bill(&parts, &checksums(&lock));
        let components = bill["components"].as_array().unwrap();
        assert!(components.len() > 100, "{}", components.len());
        let names: BTreeSet<_> = components.iter().map(|c| c["name"].as_str().unwrap()).collect();
        assert!(["axum", "aws-sdk-dynamodb", "typst", "aws-lc-rs"].iter().all(|name| names.contains(name)));
        assert!(["proptest", "insta", "thirtyfour"].iter().all(|name| !names.contains(name)));
        for component in components {
            assert_eq!(component["hashes"][0]["content"].as_str().unwrap().len(), 64, "{component}");
            assert!(component["licenses"][0]["expression"].is_string(), "{component}");
        }
        let known: BTreeSet<_> = components.iter().map(|c| c["purl"].as_str().unwrap()).collect();
        for dependency in bill["dependencies"].as_array().unwrap() {
            let on = dependency["dependsOn"].as_array().unwrap();
            assert!(on.iter().all(|purl| known.contains(purl.as_str().unwrap())), "{dependency}");
        }
        assert!(licences(&parts).unwrap().contains("Apache-2.0"));
    }
}
