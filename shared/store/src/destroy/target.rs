//! Where everything about a case lies: the partitions and prefixes that its destruction may touch, and nothing beside them.

use crate::place::{Place, Table};
use medius_domain::destruction::Ledger;
use medius_domain::id::CaseId;

/// What a destruction is aimed at.
pub(super) struct Target {
    /// Partitions that hold nothing but what is about the case.
    pub(super) partitions: Vec<(Table, String)>,
    /// Prefixes of objects, each with the slash that ends the case's id.
    pub(super) prefixes: [String; 2],
}

/// Under which the case's letters and files lie.
pub(super) fn letters(case: &CaseId) -> String {
    format!("cases/{case}/")
}

/// Under which copies for the patient lie.
pub(super) fn exports(case: &CaseId) -> String {
    format!("exports/{case}/")
}

/// The partition of a case.
pub(super) fn pk(case: &CaseId) -> String {
    Place::Case(case.clone()).pk()
}

impl Target {
    /// Of a destruction, with the links and documents that were noted when it began.
    pub(super) fn of(ledger: &Ledger) -> Self {
        let case = &ledger.case_id;
        let own = [Table::Cases, Table::Consents, Table::Uploads, Table::Keys].map(|table| (table, pk(case)));
        let links = ledger.links.iter().cloned().map(Place::Link);
        let documents = ledger.documents.iter().cloned().map(Place::Document);
        let elsewhere = links.chain(documents).map(|place| (place.table(), place.pk()));
        Self { partitions: own.into_iter().chain(elsewhere).collect(), prefixes: [letters(case), exports(case)] }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use chrono::Utc;
    use medius_domain::access::Scope;
    use medius_domain::destruction::Ground;
    use medius_domain::id::{DeliveryId, DocumentNumber, InquiryId, LinkId, MailId, ReferralId, RightId, UploadId};
    use proptest::prelude::*;
    use std::collections::{BTreeMap, HashMap};

    /// How many cases there are.
    const CASES: usize = 10_000;

    /// The stores, by what belongs to whom: partitions of tables and names of objects.
    #[derive(Default)]
    struct Stores {
        partitions: HashMap<(Table, String), Option<usize>>,
        objects: BTreeMap<String, Option<usize>>,
    }

    impl Stores {
        fn put(&mut self, place: &Place, owner: Option<usize>) {
            let before = self.partitions.insert((place.table(), place.pk()), owner);
            assert!(before.is_none_or(|before| before == owner), "two owners share a partition: {place:?}");
        }

        /// A case with so many letters, links, files and copies.
        fn case(&mut self, n: usize, letters: u8, links: u8, files: u8) -> Ledger {
            let id = CaseId::new();
            let mut ledger = Ledger::new(id.clone(), String::new(), Ground::RetentionEnded, Utc::now(), Utc::now());
            for place in [Place::Case(id.clone()), Place::Consents(id.clone()), Place::DataKey(id.clone())] {
                self.put(&place, Some(n));
            }
            self.put(&Place::Delivery(id.clone(), DeliveryId::new()), Some(n));
            for _ in 0..letters {
                let number = DocumentNumber::new(2026);
                self.put(&Place::Document(number.clone()), Some(n));
                self.objects.insert(format!("cases/{id}/{}.pdf", ReferralId::new()), Some(n));
                ledger.documents.push(number);
            }
            for _ in 0..links {
                let link = LinkId::new();
                self.put(&Place::Link(link.clone()), Some(n));
                ledger.links.push(link);
            }
            for _ in 0..files {
                self.objects.insert(format!("cases/{id}/uploads/{}", UploadId::new()), Some(n));
                self.objects.insert(format!("exports/{id}/{}", RightId::new()), Some(n));
            }
            if files > 0 {
                self.partitions.insert((Table::Uploads, pk(&id)), Some(n));
            }
            // What is not the case's to take along: the log, requests, inquiries with their keys and files, mails, the ledger.
            self.put(&Place::LogHead(Scope::Case(id)), None);
            self.put(&Place::Ledger(ledger.id.clone()), None);
            let (right, inquiry) = (RightId::new(), InquiryId::new());
            self.put(&Place::Right(right.clone()), None);
            self.put(&Place::Inquiry(inquiry.clone()), None);
            self.put(&Place::InquiryKey(inquiry.clone()), None);
            self.put(&Place::Mail(MailId::new()), None);
            self.objects.insert(format!("rights/{right}/{}", UploadId::new()), None);
            self.objects.insert(format!("inquiries/{inquiry}/{}", UploadId::new()), None);
            ledger
        }

        /// Whose partitions and objects a destruction takes.
        fn taken(&self, target: &Target) -> Vec<Option<usize>> {
            let partitions = target.partitions.iter().filter_map(|at| self.partitions.get(at)).copied();
            let under = |prefix: &String| {
                let from = self.objects.range(prefix.clone()..).take_while({
                    let prefix = prefix.clone();
                    move |(name, _)| name.starts_with(&prefix)
                });
                from.map(|(_, owner)| *owner).collect::<Vec<_>>()
            };
            partitions.chain(target.prefixes.iter().flat_map(under)).collect()
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 3, ..ProptestConfig::default() })]

        #[test]
        fn of_ten_thousand_cases_each_destruction_takes_all_of_its_own_and_nothing_else(
            sizes in proptest::collection::vec((0_u8..4, 0_u8..4, 0_u8..3), CASES),
        ) {
            let mut stores = Stores::default();
            let put = |(n, (letters, links, files))| stores.case(n, letters, links, files);
            let ledgers: Vec<Ledger> = sizes.into_iter().enumerate().map(put).collect();
            let mut owned = vec![0_usize; CASES];
            for owner in stores.partitions.values().chain(stores.objects.values()).flatten() {
                owned[*owner] += 1;
            }
            for (n, ledger) in ledgers.iter().enumerate() {
                let taken = stores.taken(&Target::of(ledger));
                prop_assert!(taken.iter().all(|owner| *owner == Some(n)), "something of another is taken");
                prop_assert_eq!(taken.len(), owned[n], "something of its own is left");
            }
        }
    }
}
