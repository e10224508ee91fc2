//! `cargo xtask policy-map`: holds `infra/policy-map.toml` against the privacy policy itself and against the source, so that no
//! sentence of the policy is without somebody who keeps it and nothing that is named has quietly gone away, and writes the page
//! that people read. What is not built is listed and counted, not hidden.

mod page;
mod promise;
mod sentences;
mod source;

use std::collections::BTreeSet;

use anyhow::{Context, Result, bail};
use clap::Args;
pub(crate) use page::count;
use promise::Clause;
pub(crate) use promise::Map;
use source::Source;

use crate::{say, workspace};

const MAP: &str = "infra/policy-map.toml";
const POLICY: &str = "infra/privacy-policy.txt";
const PAGE: &str = "infra/policy-map.md";

#[derive(Args)]
pub(crate) struct Options {
    /// Writes nothing; fails when the page is not what the map says.
    #[arg(long)]
    pub(crate) check: bool,
}

/// Checks the map and writes its page.
pub(crate) fn run(options: &Options) -> Result<()> {
    let read = |path: &str| std::fs::read_to_string(workspace::root().join(path)).context(path.to_owned());
    let (map, policy) = (read(MAP)?, read(POLICY)?);
    let map: Map = toml::from_str(&map).with_context(|| format!("{MAP} cannot be read"))?;
    let faults = faults(&map, &policy, &Source::new(workspace::root()));
    if !faults.is_empty() {
        bail!("{MAP}:\n  {}", faults.join("\n  "));
    }
    let now = page::page(&map);
    if read(PAGE).is_ok_and(|page| page == now) {
        say::line(&format!("{PAGE} says what {MAP} says"));
    } else if options.check {
        bail!("{PAGE} does not say what {MAP} says: run cargo xtask policy-map");
    } else {
        std::fs::write(workspace::root().join(PAGE), now).context(PAGE)?;
        say::line(&format!("{PAGE} is written"));
    }
    if !options.check {
        crate::docs::run(&crate::docs::Options { check: false })?;
    }
    say::line(&page::count(&map));
    Ok(())
}

/// Every promise in the order of the clauses: the clause, the policy's words, and how far it is kept.
pub(crate) fn standings(map: &Map) -> Vec<(&'static str, &str, &'static str)> {
    fn row(promise: &promise::Promise) -> (&'static str, &str, &'static str) {
        (promise.clause.code(), &promise.phrase, page::standing(promise))
    }
    let promises = || map.sentence.iter().flat_map(|entry| &entry.promise);
    let of = |clause| promises().filter(move |promise| promise.clause == clause);
    Clause::ALL.into_iter().flat_map(|clause| of(clause).map(row).collect::<Vec<_>>()).collect()
}

/// Everything that is wrong with the map.
fn faults(map: &Map, policy: &str, source: &Source) -> Vec<String> {
    let mut faults = Vec::new();
    let sentences = sentences::of(policy);
    for sentence in &sentences {
        let found = map.sentence.iter().filter(|entry| entry.text == *sentence).count();
        if found != 1 {
            faults.push(format!("\"{sentence}\" of the policy has {found} entries instead of one"));
        }
    }
    let mut phrases = BTreeSet::new();
    for entry in &map.sentence {
        if !sentences.contains(&entry.text) {
            faults.push(format!("\"{}\" is not in the policy", entry.text));
        }
        if entry.promise.is_empty() {
            faults.push(format!("\"{}\" has no promise: who keeps it?", entry.text));
        }
        for promise in &entry.promise {
            if !entry.text.contains(&promise.phrase) {
                faults.push(format!("\"{}\" is not a phrase of \"{}\"", promise.phrase, entry.text));
            }
            if !phrases.insert((&entry.text, &promise.phrase)) {
                faults.push(format!("\"{}\" stands twice", promise.phrase));
            }
            faults.extend(promise.faults(source).into_iter().map(|fault| format!("\"{}\": {fault}", promise.phrase)));
        }
    }
    let promises: Vec<_> = map.sentence.iter().flat_map(|entry| &entry.promise).collect();
    for clause in Clause::ALL {
        if !promises.iter().any(|promise| promise.clause == clause) {
            faults.push(format!("{} has no promise", clause.code()));
        }
    }
    faults
}

#[cfg(test)]
mod tests;
