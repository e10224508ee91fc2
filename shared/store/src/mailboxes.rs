//! Finding cases by the mailboxes on their contact cards, without an index of addresses: the card's item carries a MAC of each
//! mailbox, and two indexes hold nothing but those and the keys of the items.

use crate::database::Database;
use crate::error::StoreError;
use crate::item::{Item, decode, text};
use crate::place::{Place, Table};
use medius_domain::case::Case;
use medius_domain::id::CaseId;
use medius_domain::rights::{Keeper, OnFile};
use std::collections::BTreeSet;

/// A contact card as it is stored: sealed, with what its mailboxes are found by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedCard {
    /// The card.
    pub sealed: Vec<u8>,
    /// The patient's mailbox, as a MAC.
    pub mailbox: Option<String>,
    /// The guardian's.
    pub guardian_mailbox: Option<String>,
}

/// The indexes, each with the attribute that it is over.
const INDEXES: [(&str, &str, Keeper); 2] =
    [("by_mailbox", "mailbox", Keeper::Patient), ("by_guardian_mailbox", "guardian_mailbox", Keeper::Guardian)];
/// Cases that are looked at; nobody has that many.
const MOST: usize = 45;

pub(crate) fn attribute(item: &Item, name: &str) -> Option<String> {
    item.get(name)?.as_s().ok().cloned()
}

impl SealedCard {
    /// What the item has beside the sealed card.
    pub(crate) fn attributes(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let both = [("mailbox", &self.mailbox), ("guardian_mailbox", &self.guardian_mailbox)];
        both.into_iter().filter_map(|(name, mac)| Some((name, mac.as_deref()?)))
    }
}

/// Which of the cases are looked at: the named one, where it is among them, before all others.
fn looked_at(all: &BTreeSet<&CaseId>, named: Option<&CaseId>) -> BTreeSet<CaseId> {
    let named = named.filter(|named| all.contains(named));
    let others = all.iter().copied().filter(|case| Some(*case) != named);
    named.into_iter().chain(others).take(MOST).cloned().collect()
}

impl Database {
    /// The cases that have a mailbox on file, by its MAC; the one that was named before all others, so that cases which somebody
    /// else opened with that mailbox cannot crowd it out. An index may be behind; what counts is the item itself.
    ///
    /// # Errors
    /// [`StoreError::Service`] or [`StoreError::Corrupt`].
    pub async fn on_file(&self, mailbox: &str, named: Option<&CaseId>) -> Result<Vec<OnFile>, StoreError> {
        let mut found = BTreeSet::new();
        for (index, attribute, keeper) in INDEXES {
            let query = self
                .client
                .query()
                .table_name(self.tables.name(Table::Cases)?)
                .index_name(index)
                .key_condition_expression("#mailbox = :mailbox")
                .expression_attribute_names("#mailbox", attribute)
                .expression_attribute_values(":mailbox", text(mailbox));
            for item in self.pages(query).await? {
                let pk =
                    item.get("pk").and_then(|pk| pk.as_s().ok()).ok_or(StoreError::Corrupt { place: "contact" })?;
                let case = Place::case_of_key(pk).ok_or(StoreError::Corrupt { place: "contact" })?;
                found.insert((case, attribute, keeper));
            }
        }
        let cases = looked_at(&found.iter().map(|(case, ..)| case).collect(), named);
        if cases.is_empty() {
            return Ok(Vec::new());
        }
        let places = cases.iter().flat_map(|case| [Place::Case(case.clone()), Place::Contact(case.clone())]);
        let snapshot = self.read(places).await?;
        let mut on_file = Vec::new();
        for (case, name, keeper) in found.into_iter().filter(|(case, ..)| cases.contains(case)) {
            let card = snapshot.item(&Place::Contact(case.clone()));
            let has = card.and_then(|item| attribute(item, name)).is_some_and(|mac| mac == mailbox);
            if let Some(item) = snapshot.item(&Place::Case(case.clone())).filter(|_| has) {
                let Case { subject, updated_at, .. } = decode("case", item)?;
                on_file.push(OnFile { case_id: case, subject, keeper, updated_at });
            }
        }
        Ok(on_file)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_number_of_other_cases_with_the_mailbox_crowds_the_named_one_out() {
        let all: Vec<CaseId> = (0..200).map(|_| CaseId::new()).collect();
        let found: BTreeSet<&CaseId> = all.iter().collect();
        for named in &all {
            let looked = looked_at(&found, Some(named));
            assert!(looked.len() == MOST && looked.contains(named));
        }
        // One that does not have the mailbox is not looked at because somebody names it.
        let other = CaseId::new();
        assert!(!looked_at(&found, Some(&other)).contains(&other));
        assert_eq!(looked_at(&found, None).len(), MOST);
    }
}
