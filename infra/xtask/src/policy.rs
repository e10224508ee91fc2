//! `cargo xtask policy`: writes the README's table of who may do what from the policy's own rows, so that what people read is
//! what the code asks.

use anyhow::{Context, Result, bail};
use clap::Args;
use medius_domain::access::Action;
use medius_domain::policy::{RULES, Role, Rule, Standing, Thing};

use crate::{say, workspace};

/// Between these the README is written by this command.
const BEGIN: &str = "<!-- policy:begin (cargo xtask policy) -->\n";
const END: &str = "<!-- policy:end -->";

#[derive(Args)]
pub(crate) struct Options {
    /// Only says whether the README is what the policy says.
    #[arg(long)]
    check: bool,
}

pub(crate) fn run(options: &Options) -> Result<()> {
    let path = workspace::root().join("README.md");
    let text = std::fs::read_to_string(&path).context("README.md")?;
    let now = renewed(&text)?;
    if now == text {
        say::line("README.md says what the policy says");
    } else if options.check {
        bail!("README.md does not say what the policy says: run cargo xtask policy");
    } else {
        std::fs::write(&path, now).context("README.md")?;
        say::line("README.md: the table of who may do what is written");
    }
    Ok(())
}

/// The README with the table as it is now.
fn renewed(readme: &str) -> Result<String> {
    let (before, rest) = readme.split_once(BEGIN).with_context(|| format!("README.md has no line {BEGIN}"))?;
    let (_, after) = rest.split_once(END).with_context(|| format!("README.md has no line {END}"))?;
    Ok(format!("{before}{BEGIN}{}{END}{after}", table()))
}

/// The policy as a table: one line for each row, roles together in the order of the roles.
fn table() -> String {
    let mut text =
        "| who | may | what | when | reason asked for | to |\n| --- | --- | --- | --- | --- | --- |\n".to_owned();
    for role in Role::ALL {
        for rule in RULES.iter().filter(|rule| rule.role == role) {
            text.push_str(&line(rule));
        }
    }
    text
}

fn line(rule: &Rule) -> String {
    let list = |words: Vec<&str>| words.join(", ");
    format!(
        "| {} | {} | {} | {} | {} | {} |\n",
        who(rule.role),
        list(rule.actions.iter().copied().map(verb).collect()),
        noun(rule.thing),
        standings(rule.standings),
        if rule.reason { "yes" } else { "no" },
        rule.why
    )
}

fn standings(of: &[Standing]) -> String {
    if of == [Standing::Assigned, Standing::Unassigned] {
        return "any case".to_owned();
    }
    of.iter().copied().map(when).collect::<Vec<_>>().join(", ")
}

const fn who(role: Role) -> &'static str {
    match role {
        Role::Patient => "patient",
        Role::Institution => "institution",
        Role::Coordinator => "coordinator",
        Role::ClinicianReviewer => "clinician reviewer",
        Role::Dpo => "data protection officer",
        Role::Auditor => "auditor",
        Role::Ops => "ops",
        Role::Function => "function",
    }
}

const fn verb(action: Action) -> &'static str {
    match action {
        Action::View => "see",
        Action::Create => "make",
        Action::Update => "change",
        Action::Delete => "destroy",
        Action::Download => "download",
        Action::Export => "export",
        Action::Send => "send",
        Action::LinkOpen => "use",
        Action::GrantChange => "give or take permission",
        Action::SignInAttempt => "record an attempt",
        Action::SignIn => "record",
    }
}

const fn noun(thing: Thing) -> &'static str {
    match thing {
        Thing::Case => "case: state, dates, what it holds",
        Thing::Intake => "story",
        Thing::Consent => "consents, receipts",
        Thing::Guardian => "a child's guardian",
        Thing::Referral => "letter and its data",
        Thing::Explanation => "explanation of records",
        Thing::Delivery => "delivery",
        Thing::Task => "request to one institution: where it stands, what was said",
        Thing::Link => "secure link",
        Thing::Mail => "mail",
        Thing::Message => "messages",
        Thing::AccessLog => "access log of a case",
        Thing::WorkList => "work list",
        Thing::Assignment => "assignment of a case",
        Thing::Directory => "provider directory",
        Thing::Member => "members of staff",
        Thing::Review => "monthly review",
        Thing::Chain => "hash chains and signed heads",
        Thing::SignIn => "sign-ins",
        Thing::Right => "requests about rights",
        Thing::Inquiry => "inquiries",
        Thing::Statutory => "records that a statute keeps",
        Thing::Upload => "files that were brought",
        Thing::Record => "results and medicines of records",
        Thing::Export => "copy of what is kept",
    }
}

const fn when(standing: Standing) -> &'static str {
    match standing {
        Standing::Own => "own",
        Standing::Foreign => "another's",
        Standing::Recipient => "link and consents live",
        Standing::Assigned => "assigned to them",
        Standing::Unassigned => "not assigned to them",
        Standing::Service => "no one patient's",
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_readme_says_what_the_policy_says() {
        let text = std::fs::read_to_string(workspace::root().join("README.md")).unwrap();
        assert!(renewed(&text).unwrap() == text, "run cargo xtask policy");
    }

    #[test]
    fn every_row_is_in_the_table_once_and_nothing_else() {
        let table = table();
        let mut lines: Vec<&str> = table.lines().skip(2).collect();
        assert_eq!(lines.len(), RULES.len());
        lines.sort_unstable();
        lines.dedup();
        assert_eq!(lines.len(), RULES.len());
        assert!(!table.contains("another's"), "nothing is ever allowed on another's");
        assert!(renewed("no markers").is_err());
    }
}
