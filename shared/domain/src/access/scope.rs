//! Which chain an entry belongs to.

use crate::clock::Month;
use crate::field::Invalid;
use crate::id::{CaseId, InquiryId, ProviderId, RightId, Subject};
use serde::{Deserialize, Serialize};

/// The chain that an entry belongs to. Everything about a case is in the case's own chain.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Scope {
    /// A case.
    Case(CaseId),
    /// An institution of the directory.
    Provider(ProviderId),
    /// A member of staff.
    Member(Subject),
    /// The sign-ins of one person.
    SignIns(Subject),
    /// Lists that staff look at.
    Registry,
    /// The review of a month, `YYYY-MM`.
    Review(Month),
    /// A request about rights that is about no one case.
    Right(RightId),
    /// An inquiry.
    Inquiry(InquiryId),
}

impl Scope {
    /// The chain's name: `case/cas_…`, `registry`, `review/2026-11`.
    pub fn name(&self) -> String {
        match self {
            Self::Case(id) => format!("case/{id}"),
            Self::Provider(id) => format!("provider/{id}"),
            Self::Member(subject) => format!("member/{subject}"),
            Self::SignIns(subject) => format!("sign-ins/{subject}"),
            Self::Registry => "registry".to_owned(),
            Self::Review(month) => format!("review/{month}"),
            Self::Right(id) => format!("right/{id}"),
            Self::Inquiry(id) => format!("inquiry/{id}"),
        }
    }
}

impl From<Scope> for String {
    fn from(scope: Scope) -> Self {
        scope.name()
    }
}

impl From<CaseId> for Scope {
    fn from(id: CaseId) -> Self {
        Self::Case(id)
    }
}

impl From<&CaseId> for Scope {
    fn from(id: &CaseId) -> Self {
        Self::Case(id.clone())
    }
}

impl TryFrom<String> for Scope {
    type Error = Invalid;
    fn try_from(s: String) -> Result<Self, Invalid> {
        match s.split_once('/') {
            None if s == "registry" => Ok(Self::Registry),
            Some(("case", id)) => id.parse().map(Self::Case),
            Some(("provider", id)) => id.parse().map(Self::Provider),
            Some(("member", id)) => id.parse().map(Self::Member),
            Some(("sign-ins", id)) => id.parse().map(Self::SignIns),
            Some(("review", month)) => month.parse().map(Self::Review),
            Some(("right", id)) => id.parse().map(Self::Right),
            Some(("inquiry", id)) => id.parse().map(Self::Inquiry),
            Some(_) | None => Err(Invalid::Format),
        }
    }
}
