//! What clients get. The patient sees every step and as what somebody took it; staff see who it was, as a pseudonym.

mod kept;

pub use kept::{RightHeld, RightHeldInquiry};

use chrono::{DateTime, NaiveDate, Utc};
use kept::{STILL_KEPT, certificates};
use medius_domain::consent::DataItem;
use medius_domain::id::{CaseId, ProviderId, RightId, Subject};
use medius_domain::lifecycle::SuspensionScope;
use medius_domain::rights::{
    Claimant, DeferralGround, Evidence, Ground, Happened, Milestone, Outcome, Right, RightsRequest, State, Step, Text,
    Who, reminders,
};
use medius_http::uploads::UploadView;
use serde::Serialize;
use std::collections::BTreeSet;
use utoipa::ToSchema;

/// A sentence in both languages.
#[derive(Serialize, ToSchema)]
pub struct RightText {
    /// Korean.
    pub ko: &'static str,
    /// English.
    pub en: &'static str,
}

impl From<Text> for RightText {
    fn from(text: Text) -> Self {
        Self { ko: text.ko, en: text.en }
    }
}

/// Where a request stands: the answer to whoever changed it.
#[derive(Serialize, ToSchema)]
pub struct RightState {
    /// Its id.
    #[schema(value_type = String)]
    pub id: RightId,
    /// The right.
    #[schema(value_type = String)]
    pub right: Right,
    /// The case; none for all of the patient's.
    #[schema(value_type = Option<String>)]
    pub case_id: Option<CaseId>,
    /// Where it stands.
    #[schema(value_type = String)]
    pub state: State,
    /// When it came in.
    pub received_at: DateTime<Utc>,
    /// When the answer is due: the first moment after that day in Seoul.
    pub due_at: DateTime<Utc>,
}

impl From<&RightsRequest> for RightState {
    fn from(request: &RightsRequest) -> Self {
        Self {
            id: request.id.clone(),
            right: request.right,
            case_id: request.case_id.clone(),
            state: request.state,
            received_at: request.received_at,
            due_at: request.due_at,
        }
    }
}

/// What a request waits for.
#[derive(Serialize, ToSchema)]
pub struct RightWaiting {
    /// For what.
    pub what: RightText,
    /// Since when.
    pub since: DateTime<Utc>,
    /// What comes next.
    pub next: RightText,
}

/// Why it was turned down, in whole or in part.
#[derive(Serialize, ToSchema)]
pub struct RightRefusal {
    /// The ground.
    #[schema(value_type = String)]
    pub ground: Ground,
    /// The statute.
    pub statute: &'static str,
    /// The reason in plain words.
    pub text: RightText,
    /// How to object.
    pub how_to_object: RightText,
    /// When.
    pub at: DateTime<Utc>,
}

/// Why access was put off.
#[derive(Serialize, ToSchema)]
pub struct RightDeferral {
    /// The ground.
    #[schema(value_type = String)]
    pub ground: DeferralGround,
    /// The statute.
    pub statute: &'static str,
    /// The reason in plain words.
    pub text: RightText,
    /// The day (Asia/Seoul) to which it is put off.
    pub until: NaiveDate,
    /// How to object.
    pub how_to_object: RightText,
}

/// A step.
#[derive(Serialize, ToSchema)]
pub struct RightEvent {
    /// When.
    pub at: DateTime<Utc>,
    /// What was done; none for the receipt.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub step: Option<Step>,
    /// Where it stood after that.
    #[schema(value_type = String)]
    pub state: State,
    /// `patient`, `officer`, `service`.
    #[schema(value_type = String)]
    pub who: Who,
    /// The member of staff, as a pseudonym; for staff only.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub by: Option<Subject>,
}

impl RightEvent {
    fn new(event: &Happened, names: bool) -> Self {
        let by = event.by.clone().filter(|_| names);
        Self { at: event.at, step: event.step, state: event.state, who: event.who, by }
    }
}

/// A request with everything that happened to it.
#[derive(Serialize, ToSchema)]
pub struct RightView {
    /// Where it stands.
    #[serde(flatten)]
    pub standing: RightState,
    /// Whether the law's time is over and the answer is not there.
    pub overdue: bool,
    /// What it waits for; none once it is closed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waiting_for: Option<RightWaiting>,
    /// As what somebody asks without a sign-in: `self`, `guardian`, `agent`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub asked_as: Option<Claimant>,
    /// What processing stops, with a suspension.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub scope: Option<SuspensionScope>,
    /// The parts that it is about; none for everything.
    #[schema(value_type = Vec<String>)]
    pub parts: BTreeSet<DataItem>,
    /// What the patient was asked for last.
    #[schema(value_type = Vec<String>)]
    pub needed: BTreeSet<Evidence>,
    /// Why it was turned down, in whole or in part.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refusal: Option<RightRefusal>,
    /// Why it was put off.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deferral: Option<RightDeferral>,
    /// What was done.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub outcome: Option<Outcome>,
    /// The institution that it was passed on to, because it recorded what is to be corrected.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub forwarded_to: Option<ProviderId>,
    /// With a deletion that was carried out: the addresses of the certificates.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub certificates: Vec<String>,
    /// What a statute keeps, with a deletion that was carried out in part.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub held: Vec<RightHeld>,
    /// The inquiries that a statute keeps, with a deletion of everything.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub held_inquiries: Vec<RightHeldInquiry>,
    /// With a deletion that was carried out: what is kept of the patient all the same, for how long, and why.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub still_kept: Vec<RightText>,
    /// Every step, in order.
    pub events: Vec<RightEvent>,
}

impl RightView {
    /// For the patient, or with `names` for staff.
    pub fn new(request: &RightsRequest, now: DateTime<Utc>, names: bool) -> Self {
        let waiting = |w: medius_domain::rights::Waiting| RightWaiting {
            what: w.what.into(),
            since: w.since,
            next: w.next.into(),
        };
        let refusal = request.refusal.as_ref().map(|r| RightRefusal {
            ground: r.ground(),
            statute: r.ground().statute(),
            text: r.ground().text().into(),
            how_to_object: r.how_to_object().into(),
            at: r.at(),
        });
        let deferral = request.deferral.as_ref().map(|d| RightDeferral {
            ground: d.ground(),
            statute: d.statute(),
            text: d.ground().text().into(),
            until: d.until(),
            how_to_object: d.how_to_object().into(),
        });
        Self {
            standing: request.into(),
            overdue: request.overdue(now),
            waiting_for: request.waiting_for().map(waiting),
            asked_as: request.claim.as_ref().map(|claim| claim.claimant),
            scope: request.scope.clone(),
            parts: request.parts.clone(),
            needed: request.evidence.clone(),
            refusal,
            deferral,
            outcome: request.outcome,
            forwarded_to: request.forwarded_to.clone(),
            certificates: certificates(request),
            held: request.held.iter().map(RightHeld::from).collect(),
            held_inquiries: request.held_inquiries.iter().map(RightHeldInquiry::from).collect(),
            still_kept: if request.outcome == Some(Outcome::Deleted) { STILL_KEPT.into() } else { Vec::new() },
            events: request.events.iter().map(|event| RightEvent::new(event, names)).collect(),
        }
    }
}

/// A patient's requests.
#[derive(Serialize, ToSchema)]
pub struct RightList {
    /// The requests, the newest first.
    pub items: Vec<RightState>,
}

/// Whom a request is assigned to, seen by who asks.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RightAssigned {
    /// To who asks.
    Me,
    /// To somebody else.
    Other,
    /// To nobody.
    Nobody,
}

/// A request in the officer's queue.
#[derive(Serialize, ToSchema)]
pub struct RightQueueItem {
    /// Where it stands.
    #[serde(flatten)]
    pub standing: RightState,
    /// Whether the law's time is over and the answer is not there.
    pub overdue: bool,
    /// What should have happened by now and did not: `assign`, `decide`, `alarm`, `answer`.
    #[schema(value_type = Vec<String>)]
    pub late: Vec<Milestone>,
    /// Whom it is assigned to.
    pub assigned: RightAssigned,
}

impl RightQueueItem {
    /// As the asker sees it.
    pub fn new(request: &RightsRequest, asker: &Subject, now: DateTime<Utc>) -> Self {
        let assigned = match &request.assignee {
            None => RightAssigned::Nobody,
            Some(subject) if subject == asker => RightAssigned::Me,
            Some(_) => RightAssigned::Other,
        };
        Self { standing: request.into(), overdue: request.overdue(now), late: reminders(request, now), assigned }
    }
}

/// The officer's queue.
#[derive(Serialize, ToSchema)]
pub struct RightQueueList {
    /// The requests, by the day on which an answer is due, at most 100.
    pub items: Vec<RightQueueItem>,
    /// Whether more wait than are in the list: narrow `state` or `due_by`.
    pub more: bool,
}

/// The proofs of a request.
#[derive(Serialize, ToSchema)]
pub struct RightProofs {
    /// In the order in which they were announced.
    pub items: Vec<UploadView>,
}
