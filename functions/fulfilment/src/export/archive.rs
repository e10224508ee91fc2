//! The archive itself: files, a list of their SHA-256 that `sha256sum -c` checks, and nothing that depends on when or where it
//! was packed, so that a copy made again after a crash is the same bytes.

use crate::Failure;
use medius_domain::chain::sha256_hex;
use serde::Serialize;
use std::io::{Cursor, Write};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// The list of hashes.
pub(crate) const MANIFEST: &str = "SHA256SUMS";

/// Files that become an archive.
#[derive(Default)]
pub(crate) struct Archive(Vec<(String, Vec<u8>)>);

fn failed(error: &impl std::fmt::Display) -> Failure {
    // Of the packer, which knows names and sizes; what is in the files is not in its errors.
    Failure::Archive(error.to_string())
}

impl Archive {
    /// Adds a file as it is.
    pub(crate) fn add(&mut self, name: impl Into<String>, content: impl Into<Vec<u8>>) {
        self.0.push((name.into(), content.into()));
    }

    /// Adds a file of JSON that people can read.
    pub(crate) fn add_json(&mut self, name: impl Into<String>, content: &impl Serialize) -> Result<(), Failure> {
        // The serialiser's own message could repeat the content, so it is left out.
        let mut json = serde_json::to_vec_pretty(content).map_err(|_| failed(&"a file cannot be written as JSON"))?;
        json.push(b'\n');
        self.add(name, json);
        Ok(())
    }

    /// The bytes of the archive, with the list of hashes as its last file.
    pub(crate) fn packed(mut self) -> Result<Vec<u8>, Failure> {
        let line = |(name, content): &(String, Vec<u8>)| format!("{}  {name}\n", sha256_hex(content));
        let manifest: String = self.0.iter().map(line).collect();
        self.add(MANIFEST, manifest);
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        let options =
            SimpleFileOptions::default().compression_method(CompressionMethod::Stored).unix_permissions(0o600);
        for (name, content) in &self.0 {
            zip.start_file(name.as_str(), options).map_err(|e| failed(&e))?;
            zip.write_all(content).map_err(|e| failed(&e))?;
        }
        Ok(zip.finish().map_err(|e| failed(&e))?.into_inner())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use serde_json::json;
    use std::io::Read;

    fn made() -> Vec<u8> {
        let mut archive = Archive::default();
        archive.add("README.txt", "읽어 주세요\n");
        archive.add_json("letters/a.json", &json!({"b": "é"})).unwrap();
        archive.packed().unwrap()
    }

    #[test]
    fn every_file_is_in_it_and_in_the_list_and_the_bytes_are_always_the_same() {
        let packed = made();
        assert_eq!(packed, made());
        let mut zip = zip::ZipArchive::new(Cursor::new(packed)).unwrap();
        let mut file = |name: &str| {
            let mut text = String::new();
            zip.by_name(name).unwrap().read_to_string(&mut text).unwrap();
            text
        };
        let (readme, json, manifest) = (file("README.txt"), file("letters/a.json"), file(MANIFEST));
        assert_eq!((readme.as_str(), json.as_str()), ("읽어 주세요\n", "{\n  \"b\": \"é\"\n}\n"));
        let line = |name: &str, text: &str| format!("{}  {name}\n", sha256_hex(text.as_bytes()));
        assert_eq!(manifest, line("README.txt", &readme) + &line("letters/a.json", &json));
        assert_eq!(zip.len(), 3);
    }
}
