//! The gate: the only maker of a [`ConsentProof`], without which nothing personal is stored, written into a letter or
//! handed to an institution.

use super::{ConsentActor, ConsentHead, DataItem, Matter, Standing};
use crate::id::{CaseId, EventId, ProviderId};
use std::collections::BTreeSet;

/// What the data is to be used for: the typed purposes of policy clause P1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Use {
    /// To take basic information.
    CollectBasic,
    /// To take health information.
    CollectHealth,
    /// To explain records.
    Explanation,
    /// To make a letter to an institution.
    Letter {
        /// The institution.
        recipient: ProviderId,
    },
    /// To hand a letter to an institution: at sending and at every opening.
    Provision {
        /// The institution.
        recipient: ProviderId,
        /// The parts that are in the letter; empty where only a mail without any of them is sent.
        items: BTreeSet<DataItem>,
    },
}

impl Use {
    /// The consents that the use needs of a patient.
    pub fn needs(&self) -> Vec<Matter> {
        let collected = [Matter::general(), Matter::sensitive()];
        match self {
            Self::CollectBasic => vec![Matter::general()],
            Self::CollectHealth => collected.to_vec(),
            Self::Explanation => collected.into_iter().chain([Matter::explanation()]).collect(),
            // A letter names its recipient and states the consent to hand it over, so it needs that consent.
            Self::Letter { recipient } | Self::Provision { recipient, .. } => {
                collected.into_iter().chain(Matter::provision(recipient)).collect()
            }
        }
    }

    const fn recipient(&self) -> Option<&ProviderId> {
        match self {
            Self::CollectBasic | Self::CollectHealth | Self::Explanation => None,
            Self::Letter { recipient } | Self::Provision { recipient, .. } => Some(recipient),
        }
    }
}

/// Proof that every consent that a use needs was in force, with the state of the consents that it was read from.
///
/// The store binds every change that rests on it to that state: a consent withdrawn in between makes the change fail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsentProof {
    case: CaseId,
    used_for: Use,
    basis: Vec<EventId>,
    items: BTreeSet<DataItem>,
    head_hash: String,
}

impl ConsentProof {
    /// The case it is about.
    pub const fn case(&self) -> &CaseId {
        &self.case
    }

    /// What it allows.
    pub const fn used_for(&self) -> &Use {
        &self.used_for
    }

    /// The events that it rests on.
    pub fn basis(&self) -> &[EventId] {
        &self.basis
    }

    /// The parts of the information that may be used for it: for provision those that were agreed to for this recipient.
    pub const fn items(&self) -> &BTreeSet<DataItem> {
        &self.items
    }

    /// The state of the case's consents that it was read from.
    pub fn head_hash(&self) -> &str {
        &self.head_hash
    }
}

/// The consents that a use lacks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MissingConsent {
    /// What has to be asked.
    pub matters: Vec<Matter>,
}

/// Decides whether a use is allowed at a moment.
///
/// # Errors
/// [`MissingConsent`] with every consent that is missing, refused, withdrawn, over, given to an older text, by somebody who
/// can no longer give it, or not to every part that is to be used.
pub fn gate(
    case: &CaseId,
    consents: &ConsentHead,
    used_for: &Use,
    standing: &Standing,
) -> Result<ConsentProof, MissingConsent> {
    let (mut basis, mut missing, mut items) = (Vec::new(), Vec::new(), BTreeSet::new());
    let mut needs = used_for.needs();
    if standing.must_be() == ConsentActor::Guardian {
        needs.insert(0, Matter::guardian());
    }
    for matter in needs {
        match consents.granted(&matter, standing) {
            Some(current) => {
                basis.push(current.event.clone());
                if used_for.recipient() == matter.recipient() {
                    items.extend(current.data_items.iter().copied());
                }
            }
            None => missing.push(matter),
        }
    }
    if let (true, Use::Provision { recipient, items: used }) = (missing.is_empty(), used_for) {
        // What the letter has and the patient no longer agrees to: the agreement must be asked for anew. A part that no
        // provision speaks about, such as a guardian's name, is handed on to nobody, whatever was agreed.
        let lacking: BTreeSet<DataItem> = used.difference(&items).copied().collect();
        let both = Matter::provision(recipient);
        let about = |matter: &Matter| matter.item().data_items().iter().any(|part| lacking.contains(part));
        let unheard_of = !lacking.is_empty() && !both.iter().any(about);
        missing.extend(both.into_iter().filter(|matter| unheard_of || about(matter)));
    }
    if !missing.is_empty() {
        return Err(MissingConsent { matters: missing });
    }
    let head_hash = consents.head.hash.clone();
    Ok(ConsentProof { case: case.clone(), used_for: used_for.clone(), basis, items, head_hash })
}
