//! Whether what the map names is there: an item's definition in the named file outside of its tests, a test that runs.

use std::path::{Path, PathBuf};

/// The repository.
pub(super) struct Source {
    root: PathBuf,
}

impl Source {
    pub(super) fn new(root: &Path) -> Self {
        Self { root: root.to_owned() }
    }

    /// Whether `path::item` or `path::Type::item` is defined in code that is deployed, or `path::Name` in a YAML file.
    pub(super) fn code(&self, reference: &str) -> Result<(), String> {
        let (path, names) = split(reference)?;
        let text = self.text(path)?;
        let found = if path.ends_with(".rs") {
            let code = deployed(&text);
            match names.as_slice() {
                [name] => defines(&code, name),
                [of, name] => member(&code, of, name),
                _ => false,
            }
        } else {
            matches!(names.as_slice(), [name] if text.lines().any(|line| line.trim_start().starts_with(&format!("{name}:"))))
        };
        if found { Ok(()) } else { Err(format!("{reference} is not defined there")) }
    }

    /// Whether `path::function` is a test that is not left out.
    pub(super) fn test(&self, reference: &str) -> Result<(), String> {
        let (path, names) = split(reference)?;
        let text = self.text(path)?;
        let lines: Vec<&str> = text.lines().map(str::trim).collect();
        let [name] = names.as_slice() else { return Err(format!("{reference} names no function")) };
        let at = lines.iter().position(|line| defines_on(line, name));
        let Some(at) = at else { return Err(format!("{reference} is not defined there")) };
        let attributes: Vec<_> = lines[..at].iter().rev().take_while(|line| line.starts_with(['#', '/'])).collect();
        let is_test = attributes.iter().any(|line| line.starts_with("#[test]") || line.starts_with("#[tokio::test"));
        let is_left_out = attributes.iter().any(|line| line.starts_with("#[ignore"));
        if is_test && !is_left_out { Ok(()) } else { Err(format!("{reference} is no test that runs")) }
    }

    fn text(&self, path: &str) -> Result<String, String> {
        std::fs::read_to_string(self.root.join(path)).map_err(|_| format!("{path} is not there"))
    }
}

/// `path::item` and `path::Type::item` at their colons.
fn split(reference: &str) -> Result<(&str, Vec<&str>), String> {
    let (path, names) = reference.split_once("::").ok_or_else(|| format!("{reference} names no item"))?;
    Ok((path, names.split("::").collect()))
}

/// The text without what is compiled for tests only.
fn deployed(text: &str) -> String {
    let mut kept = String::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if line != "#[cfg(test)]" {
            kept.push_str(line);
            kept.push('\n');
        } else if lines.by_ref().find(|line| !line.starts_with(['#', '/'])).is_some_and(|item| item.ends_with('{')) {
            // As rustfmt writes it, what opens at the margin ends at the margin.
            lines.by_ref().find(|line| *line == "}");
        }
    }
    kept
}

const KEYWORDS: [&str; 9] = ["fn", "struct", "enum", "const", "static", "trait", "type", "mod", "macro_rules!"];

fn defines(code: &str, name: &str) -> bool {
    code.lines().map(str::trim).any(|line| defines_on(line, name))
}

/// Whether a line begins the definition of a name. A comment, a use and a call do not.
fn defines_on(line: &str, name: &str) -> bool {
    if line.starts_with("//") {
        return false;
    }
    let words: Vec<&str> = line.split(|c: char| !(c.is_alphanumeric() || c == '_' || c == '!')).collect();
    let words: Vec<&str> = words.into_iter().filter(|word| !word.is_empty()).collect();
    let at = words.windows(2).position(|two| KEYWORDS.contains(&two[0]) && two[1] == name);
    // Before it stand only words of visibility and kind: `pub(crate) const fn name`.
    let before = ["pub", "crate", "super", "in", "async", "const", "unsafe", "extern"];
    at.is_some_and(|at| words[..at].iter().all(|word| before.contains(word)))
}

/// Whether a type has a variant, a field or an associated item of that name.
fn member(code: &str, of: &str, name: &str) -> bool {
    let is = |line: &str, word: &str| line.split(|c: char| !(c.is_alphanumeric() || c == '_')).any(|w| w == word);
    let mut inside = false;
    for line in code.lines() {
        // Top-level items begin and end at the margin, as rustfmt writes them.
        if !line.starts_with([' ', '}', ')', '/', '#']) && !line.is_empty() {
            let opens = line.trim_end().ends_with('{');
            let is_type = ["enum", "struct", "trait", "impl"].iter().any(|keyword| is(line, keyword));
            inside = opens && is_type && is(line, of);
        } else if inside && line.starts_with("    ") && !line.starts_with("     ") {
            let line = line.trim();
            let variant = line.split([',', ' ', '(', '{', ':']).next() == Some(name);
            let field = line.trim_start_matches("pub ").split(':').next() == Some(name);
            if variant || field || defines_on(line, name) {
                return true;
            }
        }
    }
    false
}
