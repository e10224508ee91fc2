//! What a person asked for, as the files of an archive say it: inquiries with their texts, and requests about rights.

use chrono::{DateTime, NaiveDate, Utc};
use medius_domain::consent::DataItem;
use medius_domain::id::{CaseId, InquiryId, ProviderId, RightId};
use medius_domain::inquiry::{Inquiry, InquiryState, Satisfaction, Thread, Topic, Written};
use medius_domain::lifecycle::SuspensionScope;
use medius_domain::rights::{DeferralGround, Evidence, Ground, Outcome, Right, RightsRequest, State, Step, Who};
use medius_domain::statutory::{Kind, Said, StatutoryRecord};
use serde::Serialize;
use std::collections::BTreeSet;

/// `inquiries.json`.
#[derive(Serialize)]
pub(crate) struct InquiryFile {
    id: InquiryId,
    topic: Topic,
    case_id: Option<CaseId>,
    state: InquiryState,
    satisfaction: Option<Satisfaction>,
    created_at: DateTime<Utc>,
    closed_at: Option<DateTime<Utc>>,
    kept_until: DateTime<Utc>,
    texts: Vec<Written>,
}

impl InquiryFile {
    pub(crate) fn new(inquiry: &Inquiry, thread: &Thread) -> Self {
        Self {
            id: inquiry.id.clone(),
            topic: inquiry.topic,
            case_id: inquiry.case_id.clone(),
            state: inquiry.state,
            satisfaction: inquiry.satisfaction,
            created_at: inquiry.created_at,
            closed_at: inquiry.closed_at,
            kept_until: inquiry.expires_at(),
            texts: thread.texts().to_vec(),
        }
    }
}

/// `statutory-records.json`.
#[derive(Serialize)]
pub(crate) struct StatutoryFile {
    id: InquiryId,
    kind: Kind,
    statute: &'static str,
    said_on: NaiveDate,
    answered: bool,
    closed_on: Option<NaiveDate>,
    kept_until: NaiveDate,
    texts: Vec<Written>,
}

impl StatutoryFile {
    pub(crate) fn new(record: &StatutoryRecord, said: &Said) -> Self {
        Self {
            id: record.id.clone(),
            kind: record.kind,
            statute: record.kind.statute().name(),
            said_on: record.said_on,
            answered: record.answered,
            closed_on: record.closed_on,
            kept_until: record.kept_until(),
            texts: said.thread().texts().to_vec(),
        }
    }
}

/// A step of a request: who took it stands by kind.
#[derive(Serialize)]
struct StepFile {
    at: DateTime<Utc>,
    step: Option<Step>,
    state: State,
    who: Who,
}

/// `requests.json`.
#[derive(Serialize)]
pub(crate) struct RequestFile<'a> {
    id: &'a RightId,
    right: Right,
    case_id: Option<&'a CaseId>,
    scope: Option<&'a SuspensionScope>,
    parts: &'a BTreeSet<DataItem>,
    received_at: DateTime<Utc>,
    due_at: DateTime<Utc>,
    state: State,
    needed: &'a BTreeSet<Evidence>,
    refused_on: Option<Ground>,
    deferred_on: Option<DeferralGround>,
    deferred_until: Option<NaiveDate>,
    outcome: Option<Outcome>,
    forwarded_to: Option<&'a ProviderId>,
    kept_until: DateTime<Utc>,
    steps: Vec<StepFile>,
}

impl<'a> RequestFile<'a> {
    pub(crate) fn new(request: &'a RightsRequest) -> Self {
        let steps = request.events.iter();
        Self {
            id: &request.id,
            right: request.right,
            case_id: request.case_id.as_ref(),
            scope: request.scope.as_ref(),
            parts: &request.parts,
            received_at: request.received_at,
            due_at: request.due_at,
            state: request.state,
            needed: &request.evidence,
            refused_on: request.refusal.as_ref().map(|r| r.ground()),
            deferred_on: request.deferral.as_ref().map(|d| d.ground()),
            deferred_until: request.deferral.as_ref().map(|d| d.until()),
            outcome: request.outcome,
            forwarded_to: request.forwarded_to.as_ref(),
            kept_until: request.kept_until(),
            steps: steps.map(|e| StepFile { at: e.at, step: e.step, state: e.state, who: e.who }).collect(),
        }
    }
}
