//! `cargo xtask docs`: the pages that are made and not written: the API from its description, and privacy from the map of the
//! policy and from the template. `cargo xtask check` fails when one does not say what its source says.

mod api;
mod privacy;

use anyhow::{Context, Result, bail};

use crate::{say, workspace};

#[derive(clap::Args)]
pub(crate) struct Options {
    /// Writes nothing; fails when a page does not say what its source says.
    #[arg(long)]
    pub(crate) check: bool,
}

/// Writes the pages, or compares them.
pub(crate) fn run(options: &Options) -> Result<()> {
    let read = |path: &str| std::fs::read_to_string(workspace::root().join(path)).context(path.to_owned());
    let openapi = serde_json::from_str(&read("infra/openapi.json")?).context("infra/openapi.json")?;
    let template = privacy::template(&read("template.yaml")?)?;
    let map = toml::from_str(&read("infra/policy-map.toml")?).context("infra/policy-map.toml")?;
    for (path, page) in [("docs/api.md", api::page(&openapi)), ("docs/privacy.md", privacy::page(&map, &template)?)] {
        if read(path).is_ok_and(|now| now == page) {
            continue;
        }
        if options.check {
            bail!("{path} does not say what its source says: run cargo xtask docs");
        }
        std::fs::write(workspace::root().join(path), page).context(path)?;
        say::line(&format!("{path} is written"));
    }
    Ok(())
}
