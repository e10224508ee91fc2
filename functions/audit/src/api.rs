//! What staff send and get: verdicts about chains and days, the monthly list and its sign-off. References only.

use chrono::{DateTime, NaiveDate, Utc};
use medius_domain::access::AccessReason;
use medius_domain::clock::Month;
use medius_domain::field::Invalid;
use medius_domain::id::CaseId;
use medius_domain::journal::DayHead;
use medius_domain::review::{Finding, Remarks, Review, Seen, SignOff, is_over};
use medius_store::{CaseVerdict, DayVerdict, Verdict};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Why staff look.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ReasonParams {
    /// Code of the reason.
    #[param(value_type = Option<String>)]
    pub reason: Option<AccessReason>,
}

/// What the verifier says about a chain.
#[derive(Debug, Serialize, ToSchema)]
pub struct ChainView {
    /// Whether every record is there, unchanged and in its place.
    pub whole: bool,
    /// How many records it has; for `evidence`, how many commits the log vouches for.
    pub records: Option<u64>,
    /// The first fault: `broken`, `not-the-head`, `unreadable`, `unreadable-head`, `missing`, `state`, `unknown-text`,
    /// `not-served`, `contradicted`, `unrecorded`.
    pub fault: Option<&'static str>,
    /// Its place in the chain, from 1.
    pub place: Option<u64>,
}

impl From<Verdict> for ChainView {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Ok(records) => Self { whole: true, records: Some(records), fault: None, place: None },
            Err(fault) => Self { whole: false, records: None, fault: Some(fault.code), place: fault.place },
        }
    }
}

/// What the verifier says about a case.
#[derive(Debug, Serialize, ToSchema)]
pub struct CaseVerification {
    /// The case.
    #[schema(value_type = String)]
    pub case_id: CaseId,
    /// When it was verified.
    pub verified_at: DateTime<Utc>,
    /// Whether nothing is wrong.
    pub whole: bool,
    /// The consent events.
    pub consents: ChainView,
    /// The access log.
    pub access_log: ChainView,
    /// The consent events held against what the log recorded of them.
    pub evidence: ChainView,
}

impl CaseVerification {
    /// The view of a verdict.
    pub fn new(case_id: CaseId, verdict: CaseVerdict, verified_at: DateTime<Utc>) -> Self {
        Self {
            case_id,
            verified_at,
            whole: verdict.is_whole(),
            consents: verdict.consents.into(),
            access_log: verdict.access_log.into(),
            evidence: verdict.evidence.into(),
        }
    }
}

/// What the verifier says about a day.
#[derive(Debug, Serialize, ToSchema)]
pub struct DayVerification {
    /// The day in Asia/Seoul.
    pub day: NaiveDate,
    /// When it was verified.
    pub verified_at: DateTime<Utc>,
    /// Whether nothing is wrong.
    pub whole: bool,
    /// What is wrong: `not-sealed`, `signature`, `day`, `previous`, `count`, `entries`, `foreign-entry`, `unreadable`.
    pub fault: Option<&'static str>,
    /// The signed head, where its signature holds.
    pub head: Option<DayHeadView>,
    /// How many entries the log has of the day now; absent when they have expired, after two years.
    pub entries_found: Option<u64>,
    /// Attempts to sign in of that day that came to nothing within three minutes.
    pub failed_sign_ins: usize,
}

/// A day's signed head.
#[derive(Debug, Serialize, ToSchema)]
pub struct DayHeadView {
    /// Number of entries.
    pub entries: u64,
    /// When the first was written.
    pub first_at: Option<String>,
    /// When the last was written.
    pub last_at: Option<String>,
    /// Hash over all of them.
    pub entries_sha256: String,
    /// Hash of the head of the day before.
    pub previous_sha256: String,
}

impl From<DayHead> for DayHeadView {
    fn from(head: DayHead) -> Self {
        let DayHead { day: _, entries, first_at, last_at, entries_sha256, previous_sha256 } = head;
        Self { entries, first_at, last_at, entries_sha256, previous_sha256 }
    }
}

impl DayVerification {
    /// The view of a verdict.
    pub fn new(day: NaiveDate, verdict: DayVerdict, verified_at: DateTime<Utc>) -> Self {
        Self {
            day,
            verified_at,
            whole: verdict.fault.is_none(),
            fault: verdict.fault.map(|fault| fault.code),
            head: verdict.head.map(Into::into),
            entries_found: verdict.found,
            failed_sign_ins: verdict.failed_sign_ins,
        }
    }
}

/// What stands out in a month.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReviewView {
    /// The month, `YYYY-MM`.
    #[schema(value_type = String)]
    pub month: Month,
    /// Whether it is over: only then can it be signed off.
    pub over: bool,
    /// What stands out.
    #[schema(value_type = Vec<FindingSchema>)]
    pub findings: Vec<Finding>,
    /// Entries that could not be read: somebody tampered with them.
    pub unreadable: u64,
    /// SHA-256 of the list, which the sign-off names.
    pub findings_sha256: String,
    /// Who signed it off.
    pub signed_off: Option<SignOffView>,
}

impl ReviewView {
    /// The view of a list.
    pub fn new(review: Review, findings_sha256: String, signed_off: Option<SignOff>, now: DateTime<Utc>) -> Self {
        Self {
            month: review.month,
            over: is_over(review.month, now),
            findings: review.findings,
            unreadable: review.unreadable,
            findings_sha256,
            signed_off: signed_off.map(Into::into),
        }
    }
}

/// Something that stands out.
#[derive(ToSchema)]
#[schema(as = Finding)]
#[allow(dead_code, reason = "a schema of the domain's type")]
pub struct FindingSchema {
    /// `download`, `off_hours`, `bulk`, `refusal`, `wrong_code`, `failed_sign_ins` or `repeated_subject`.
    kind: String,
    /// Whom it is about.
    who: WhoSchema,
    /// The day in Asia/Seoul; null for what shows over the month.
    day: Option<NaiveDate>,
    /// The patient's pseudonym, with `repeated_subject`.
    subject: Option<String>,
    /// The entries that it rests on.
    entries: Vec<SeenSchema>,
}

/// Whom a finding is about.
#[derive(ToSchema)]
#[schema(as = FindingWho)]
#[allow(dead_code, reason = "a schema of the domain's type")]
pub struct WhoSchema {
    /// `patient`, `staff` or `institution`.
    kind: String,
    /// Pseudonym or id.
    id: String,
}

/// An entry of the log in a finding.
#[derive(ToSchema)]
#[schema(as = FindingEntry)]
#[allow(dead_code, reason = "a schema of the domain's type")]
pub struct SeenSchema {
    /// When.
    at: String,
    /// The entry's id.
    id: String,
    /// The chain that it is in.
    scope: String,
    /// What was done.
    action: String,
    /// To what, as an opaque reference.
    object: String,
    /// `done` or `refused`.
    outcome: String,
    /// Code of the reason that was given.
    reason: Option<String>,
}

const _: fn(&Finding, &Seen) = |finding, seen| {
    // The schemas above name every field of these types: a new one breaks this.
    let Finding { kind: _, who: _, day: _, subject: _, entries: _ } = finding;
    let Seen { at: _, id: _, scope: _, action: _, object: _, outcome: _, reason: _ } = seen;
};

/// SHA-256 in lower-case hex.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "String")]
pub struct Sha256Hex(pub String);

impl TryFrom<String> for Sha256Hex {
    type Error = Invalid;
    fn try_from(s: String) -> Result<Self, Invalid> {
        let hex = s.len() == 64 && s.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        if hex { Ok(Self(s)) } else { Err(Invalid::Format) }
    }
}

/// A sign-off.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignOffRequest {
    /// The list that was reviewed.
    #[schema(value_type = String)]
    pub findings_sha256: Sha256Hex,
    /// What the reviewer has to say: `nothing_unusual`, `explained`, `instruction_needed`, `permission_to_be_removed`,
    /// `incident_opened`; at least one.
    #[schema(value_type = Vec<String>)]
    pub remarks: Remarks,
}

/// Who signed a month off.
#[derive(Debug, Serialize, ToSchema)]
pub struct SignOffView {
    /// The month.
    #[schema(value_type = String)]
    pub month: Month,
    /// Pseudonym of the reviewer.
    pub by: String,
    /// As what.
    pub role: &'static str,
    /// When.
    pub at: DateTime<Utc>,
    /// The list that was reviewed.
    pub findings_sha256: String,
    /// How many findings it had.
    pub findings: u64,
    /// What the reviewer had to say.
    #[schema(value_type = Vec<String>)]
    pub remarks: Remarks,
}

impl From<SignOff> for SignOffView {
    fn from(signed: SignOff) -> Self {
        Self {
            month: signed.month,
            by: signed.by.to_string(),
            role: signed.role.code(),
            at: signed.at,
            findings_sha256: signed.findings_sha256,
            findings: signed.findings,
            remarks: signed.remarks,
        }
    }
}
