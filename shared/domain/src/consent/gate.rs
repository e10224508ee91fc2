//! The gate: the only maker of a [`ConsentProof`], without which nothing personal is stored, written into a letter or
//! handed to an institution.

use super::{ConsentHead, Matter};
use crate::id::{CaseId, EventId, ProviderId};

/// What the data is to be used for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Use {
    /// To take basic information.
    CollectBasic,
    /// To take health information.
    CollectHealth,
    /// To make a letter to an institution.
    Letter {
        /// The institution.
        recipient: ProviderId,
    },
    /// To hand a letter to an institution: at sending and at every opening.
    Provision {
        /// The institution.
        recipient: ProviderId,
    },
}

impl Use {
    /// The consents that the use needs.
    pub fn needs(&self) -> Vec<Matter> {
        let collected = [Matter::general(), Matter::sensitive()];
        match self {
            Self::CollectBasic => vec![Matter::general()],
            Self::CollectHealth => collected.to_vec(),
            // A letter names its recipient and states the consent to hand it over, so it needs that consent.
            Self::Letter { recipient } | Self::Provision { recipient } => {
                collected.into_iter().chain(Matter::provision(recipient)).collect()
            }
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

/// Decides whether a use is allowed.
///
/// # Errors
/// [`MissingConsent`] with every consent that is missing, refused, withdrawn or given to an older text.
pub fn gate(case: &CaseId, consents: &ConsentHead, used_for: &Use) -> Result<ConsentProof, MissingConsent> {
    let (mut basis, mut missing) = (Vec::new(), Vec::new());
    for matter in used_for.needs() {
        match consents.granted(&matter) {
            Some(current) => basis.push(current.event.clone()),
            None => missing.push(matter),
        }
    }
    if !missing.is_empty() {
        return Err(MissingConsent { matters: missing });
    }
    Ok(ConsentProof { case: case.clone(), used_for: used_for.clone(), basis, head_hash: consents.head.hash.clone() })
}
