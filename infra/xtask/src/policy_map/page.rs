//! The map as a page.

use super::promise::{Clause, Map, Promise};

/// How a promise stands.
pub(super) fn standing(promise: &Promise) -> &'static str {
    match (promise.code.is_empty(), promise.open.is_some(), promise.operator.is_some()) {
        (false, false, _) => "kept",
        (false, true, _) => "in part",
        (true, true, _) => "open",
        (true, false, _) => "operator",
    }
}

/// The counts, in one line.
pub(crate) fn count(map: &Map) -> String {
    let of = |wanted: &str| {
        map.sentence.iter().flat_map(|entry| &entry.promise).filter(|promise| standing(promise) == wanted).count()
    };
    format!(
        "{} sentences of the policy; promises: {} kept by code and tests, {} in part, {} open, {} the operator's own",
        map.sentence.len(),
        of("kept"),
        of("in part"),
        of("open"),
        of("operator")
    )
}

/// The whole page.
pub(super) fn page(map: &Map) -> String {
    let mut page = format!(
        "# The privacy policy, sentence by sentence\n\nMade by `cargo xtask policy-map` from `infra/policy-map.toml`; `cargo xtask check` \
         fails when a sentence of\n`infra/privacy-policy.txt` has no entry, or when code or a test that is named here is gone. Counsel \
         must check the statutes.\n\n{}.\n",
        count(map)
    );
    page.push_str(&open(map));
    for clause in Clause::ALL {
        page.push_str(&format!("\n## {} {}\n", clause.code(), clause.title()));
        page.push_str("| the policy says | sentence | standing | statutes | code | tests |\n| --- | --- | --- | --- | --- | --- |\n");
        for entry in &map.sentence {
            for promise in entry.promise.iter().filter(|promise| promise.clause == clause) {
                page.push_str(&line(&entry.text, promise));
            }
        }
    }
    page
}

/// What is missing, first.
fn open(map: &Map) -> String {
    let mut text = "\n## Not built, and what no program can keep\n".to_owned();
    for promise in map.sentence.iter().flat_map(|entry| &entry.promise) {
        let clause = promise.clause.code();
        if let Some(open) = &promise.open {
            text.push_str(&format!("- {clause} \"{}\": {open}\n", promise.phrase));
        }
        if let Some(operator) = &promise.operator {
            text.push_str(&format!("- {clause} \"{}\", the operator's: {operator}\n", promise.phrase));
        }
    }
    text
}

fn line(sentence: &str, promise: &Promise) -> String {
    let list = |items: &[String]| items.iter().map(|item| format!("`{item}`")).collect::<Vec<_>>().join("<br>");
    format!(
        "| {} | {} | {} | {} | {} | {} |\n",
        cell(&promise.phrase),
        cell(sentence),
        standing(promise),
        cell(&promise.statutes.join("; ")),
        list(&promise.code),
        list(&promise.tests)
    )
}

/// A bar would end the cell.
fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}
