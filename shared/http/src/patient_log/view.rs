//! What the patient gets: the log's entries in words, filters, and the file to take along.

use super::Institutions;
use super::words::{self, Name};
use crate::language::Language;
use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use medius_domain::access::{Action, Actor, Entry, Outcome};
use medius_domain::case::Case;
use medius_domain::chain;
use medius_domain::field::Invalid;
use medius_domain::id::{CaseId, EventId};
use medius_domain::policy::Thing;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Which entries are wanted.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct LogParams {
    /// First day (Asia/Seoul), `YYYY-MM-DD`.
    pub from: Option<NaiveDate>,
    /// Last day.
    pub to: Option<NaiveDate>,
    /// `patient`, `institution`, `staff` or `service`.
    #[param(value_type = Option<String>)]
    pub who: Option<WhoKind>,
    /// Codes of actions, with commas between them: `view`, `create`, `update`, `delete`, `download`, `export`, `send`,
    /// `link_open`, `grant_change`.
    #[param(value_type = Option<String>)]
    pub what: Option<Actions>,
}

impl LogParams {
    /// Whether an entry is wanted.
    pub fn wants(&self, entry: &Entry) -> bool {
        self.from.is_none_or(|from| entry.day_kst >= from)
            && self.to.is_none_or(|to| entry.day_kst <= to)
            && self.who.is_none_or(|who| who == WhoKind::of(&entry.actor))
            && self.what.as_ref().is_none_or(|what| what.0.contains(&entry.action))
    }
}

/// As what somebody acted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum WhoKind {
    /// A patient or guardian.
    Patient,
    /// An institution.
    Institution,
    /// Staff.
    Staff,
    /// The service itself.
    Service,
}

impl WhoKind {
    const fn of(actor: &Actor) -> Self {
        match actor {
            Actor::Patient { .. } => Self::Patient,
            Actor::Provider { .. } => Self::Institution,
            Actor::Staff { .. } => Self::Staff,
            Actor::System { .. } => Self::Service,
        }
    }
}

/// Actions that are wanted.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Actions(Vec<Action>);

impl TryFrom<String> for Actions {
    type Error = Invalid;
    fn try_from(codes: String) -> Result<Self, Invalid> {
        let action = |code| Action::ALL.into_iter().find(|a| a.code() == code).ok_or(Invalid::UnknownValue);
        codes.split(',').map(action).collect::<Result<_, _>>().map(Self)
    }
}

/// An entry of the log in words.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AccessLogItem)]
pub struct LogItem {
    /// Its place in the case's log.
    pub seq: u64,
    /// Its id.
    pub id: String,
    /// When, UTC.
    pub at: String,
    /// The day in Asia/Seoul.
    pub day: NaiveDate,
    /// Who.
    pub who: LogWho,
    /// What happened, as one sentence.
    pub what: String,
    /// Its code.
    #[schema(value_type = String)]
    pub action: Action,
    /// To what, as an opaque reference.
    pub object: String,
    /// Whether it was done: `done` or `refused`.
    #[schema(value_type = String)]
    pub outcome: Outcome,
    /// What it was for.
    pub purpose: &'static str,
    /// Why staff looked, where a reason was needed.
    pub reason: Option<&'static str>,
    /// The consents that it rests on.
    #[schema(value_type = Vec<String>)]
    pub consents: Vec<EventId>,
}

/// Who it was.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AccessLogWho)]
pub struct LogWho {
    /// As what.
    pub kind: WhoKind,
    /// The code of a staff role.
    pub role: Option<&'static str>,
    /// An institution's name; else the role in plain words.
    pub name: String,
}

/// The reference to what was touched. The patient's own things have ids; people of the staff stay unnamed.
fn reference(entry: &Entry) -> String {
    match entry.object.thing() {
        Thing::Case
        | Thing::Intake
        | Thing::Consent
        | Thing::Guardian
        | Thing::Referral
        | Thing::Explanation
        | Thing::Delivery
        | Thing::Link
        | Thing::Mail
        | Thing::Message
        | Thing::AccessLog
        | Thing::Right
        | Thing::Inquiry
        | Thing::Statutory
        | Thing::Upload
        | Thing::Record
        | Thing::Export
        | Thing::Task => entry.object.as_str().to_owned(),
        thing @ (Thing::WorkList
        | Thing::Assignment
        | Thing::Directory
        | Thing::Member
        | Thing::Review
        | Thing::Chain
        | Thing::SignIn) => thing.code().to_owned(),
    }
}

impl LogItem {
    /// In a language.
    pub fn new(entry: &Entry, case: &Case, institutions: &Institutions, language: Language) -> Self {
        let name = Name::of(entry, &case.subject, institutions, language);
        Self {
            seq: entry.seq,
            id: entry.id.to_string(),
            at: entry.at.clone(),
            day: entry.day_kst,
            what: words::sentence(entry, &name, language),
            who: LogWho {
                kind: WhoKind::of(&entry.actor),
                role: match &entry.actor {
                    Actor::Staff { role, .. } => Some(role.code()),
                    Actor::Patient { .. } | Actor::Provider { .. } | Actor::System { .. } => None,
                },
                name: name.text,
            },
            action: entry.action,
            object: reference(entry),
            outcome: entry.outcome,
            purpose: words::purpose(entry.purpose, language),
            reason: entry.reason.map(|reason| words::reason(reason, language)),
            consents: entry.basis.clone(),
        }
    }
}

/// A case's log.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AccessLog)]
pub struct LogItems {
    /// The entries, the oldest first; the last is this reading itself.
    pub items: Vec<LogItem>,
}

/// The whole log as a file.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AccessLogExport)]
pub struct LogExport {
    /// The case.
    #[schema(value_type = String)]
    pub case_id: CaseId,
    /// When, UTC.
    pub exported_at: String,
    /// Language of the words.
    pub language: &'static str,
    /// How the hashes prove what they prove.
    pub how_to_verify: &'static str,
    /// Where the log stood.
    pub head: ExportHead,
    /// The entries, the oldest first; the last is this export itself.
    pub entries: Vec<ExportEntry>,
}

/// Where the log stood.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AccessLogHead)]
pub struct ExportHead {
    /// Place of the last entry.
    pub seq: u64,
    /// Its hash.
    pub sha256: String,
}

/// An entry with its hashes.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AccessLogExportEntry)]
pub struct ExportEntry {
    /// In words.
    #[serde(flatten)]
    pub item: LogItem,
    /// Hash of the entry as the service keeps it.
    pub sha256: String,
    /// Hash of the entry before.
    pub previous_sha256: String,
}

impl LogExport {
    /// The file.
    ///
    /// # Errors
    /// See [`chain::link`].
    pub fn new(
        case: &Case,
        entries: &[Entry],
        institutions: &Institutions,
        language: Language,
        now: DateTime<Utc>,
    ) -> Result<Self, serde_json::Error> {
        let exported = |entry: &Entry| {
            Ok(ExportEntry {
                item: LogItem::new(entry, case, institutions, language),
                sha256: chain::link(&entry.previous_hash, entry)?,
                previous_sha256: entry.previous_hash.clone(),
            })
        };
        let entries = entries.iter().map(exported).collect::<Result<Vec<_>, serde_json::Error>>()?;
        let head = entries.last().map(|last| ExportHead { seq: last.item.seq, sha256: last.sha256.clone() });
        Ok(Self {
            case_id: case.id.clone(),
            exported_at: now.to_rfc3339_opts(SecondsFormat::Millis, true),
            language: language.tag(),
            how_to_verify: words::how_to_verify(language),
            head: head.unwrap_or(ExportHead { seq: 0, sha256: chain::GENESIS.to_owned() }),
            entries,
        })
    }
}
