//! What clients send and get.

use chrono::{DateTime, NaiveDate, Utc};
use medius_domain::access::AccessReason;
use medius_domain::consent::TextLanguage;
use medius_domain::id::{CaseId, InquiryId, Subject};
use medius_domain::inquiry::{AnswerTo, Inquiry, InquiryState, Satisfaction, Thread, Topic, Written};
use medius_domain::message::MessageText;
use medius_domain::person::Email;
use medius_domain::policy::Role;
use medius_domain::statutory::{Kind, Said, StatutoryRecord};
use medius_domain::upload::Upload;
use medius_http::Language;
use medius_http::uploads::UploadView;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// A new inquiry.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewInquiry {
    /// `service`, `referral`, `technical`, `complaint`, or `privacy`: that one goes to the data protection officer.
    #[schema(value_type = String)]
    pub topic: Topic,
    /// What is asked.
    #[schema(value_type = String, max_length = 4000)]
    pub text: MessageText,
    /// The own case that it is about. An answer is then announced by mail to the case's address.
    #[schema(value_type = Option<String>)]
    #[serde(default)]
    pub case_id: Option<CaseId>,
    /// The mailbox that an answer is announced at, instead of the case's.
    #[schema(value_type = Option<String>, format = "email")]
    #[serde(default)]
    pub email: Option<Email>,
    /// The language of that mail: `ko` or, unless said, `en`.
    #[schema(value_type = Option<String>)]
    #[serde(default)]
    pub language: Option<TextLanguage>,
}

impl NewInquiry {
    pub(crate) fn answer_to(&self) -> Option<AnswerTo> {
        let language = self.language.unwrap_or(TextLanguage::En);
        self.email.clone().map(|email| AnswerTo { email, language })
    }
}

/// More about an inquiry.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct More {
    /// What it says.
    #[schema(value_type = String, max_length = 4000)]
    pub text: MessageText,
}

/// The end of an inquiry.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Closing {
    /// How content the patient is, from 1 to 5.
    #[schema(value_type = Option<u8>, minimum = 1, maximum = 5)]
    #[serde(default)]
    pub satisfaction: Option<Satisfaction>,
}

/// An answer of staff.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AnswerRequest {
    /// What it says.
    #[schema(value_type = String, max_length = 4000)]
    pub text: MessageText,
    /// Code of the reason; needed for an inquiry that is not assigned to the writer.
    #[schema(value_type = Option<String>)]
    #[serde(default)]
    pub reason: Option<AccessReason>,
}

/// Who looks after an inquiry.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Assigning {
    /// `me` or `none`. Nobody is given work by others here.
    #[schema(value_type = String)]
    pub assignee: Assignee,
}

/// Whom an inquiry may be assigned to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Assignee {
    /// The asker.
    Me,
    /// Nobody.
    None,
}

/// Which inquiries staff ask for.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct QueueParams {
    /// `open`, `answered` or `closed`; `open` unless said.
    #[param(value_type = Option<String>)]
    pub state: Option<InquiryState>,
    /// One topic; all that are the asker's to answer unless said.
    #[param(value_type = Option<String>)]
    pub topic: Option<Topic>,
}

/// Why staff look.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ReasonParams {
    /// Code of the reason; needed for an inquiry that is not assigned to the asker.
    #[param(value_type = Option<String>)]
    pub reason: Option<AccessReason>,
}

/// An inquiry without what was written in it.
#[derive(Debug, Serialize, ToSchema)]
pub struct InquirySummary {
    /// Its id.
    #[schema(value_type = String)]
    pub id: InquiryId,
    /// What it is about.
    #[schema(value_type = String)]
    pub topic: Topic,
    /// The case that it is about.
    #[schema(value_type = Option<String>)]
    pub case_id: Option<CaseId>,
    /// `open`, `answered` or `closed`.
    #[schema(value_type = String)]
    pub state: InquiryState,
    /// What the patient said when closing it, from 1 to 5.
    #[schema(value_type = Option<u8>)]
    pub satisfaction: Option<Satisfaction>,
    /// For the next change.
    pub version: u64,
    /// When it was asked.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
    /// When it was closed.
    pub closed_at: Option<DateTime<Utc>>,
    /// When all of it is destroyed, as things stand.
    pub kept_until: DateTime<Utc>,
    /// The last day (Asia/Seoul) of the record that a statute wants of a complaint, apart from it, as things stand.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub record_kept_until: Option<NaiveDate>,
}

impl From<&Inquiry> for InquirySummary {
    fn from(inquiry: &Inquiry) -> Self {
        Self {
            id: inquiry.id.clone(),
            topic: inquiry.topic,
            case_id: inquiry.case_id.clone(),
            state: inquiry.state,
            satisfaction: inquiry.satisfaction,
            version: inquiry.version,
            created_at: inquiry.created_at,
            updated_at: inquiry.updated_at,
            closed_at: inquiry.closed_at,
            kept_until: inquiry.expires_at(),
            record_kept_until: StatutoryRecord::of(inquiry).map(|record| record.kept_until()),
        }
    }
}

/// Own inquiries.
#[derive(Debug, Serialize, ToSchema)]
pub struct InquiryList {
    /// The newest first.
    pub items: Vec<InquirySummary>,
}

/// A text of a thread.
#[derive(Debug, Serialize, ToSchema)]
pub struct WrittenView {
    /// `patient`, `coordinator` or `dpo`. Names of staff are not told.
    #[schema(value_type = String)]
    pub from: Role,
    /// When.
    pub at: DateTime<Utc>,
    /// What it says.
    #[schema(value_type = String)]
    pub text: MessageText,
}

impl From<&Written> for WrittenView {
    fn from(written: &Written) -> Self {
        Self { from: written.from, at: written.at, text: written.text.clone() }
    }
}

/// An inquiry with what was written in it.
#[derive(Debug, Serialize, ToSchema)]
pub struct InquiryView {
    /// What it is and where it stands.
    #[serde(flatten)]
    pub inquiry: InquirySummary,
    /// What was written, the oldest first.
    pub thread: Vec<WrittenView>,
    /// Files that the patient brought.
    pub attachments: Vec<UploadView>,
}

impl InquiryView {
    /// Of an opened thread, with the files beside it.
    pub fn new(inquiry: &Inquiry, thread: &Thread, files: &[Upload], language: Language) -> Self {
        Self {
            inquiry: inquiry.into(),
            thread: thread.texts().iter().map(Into::into).collect(),
            attachments: files.iter().map(|file| UploadView::new(file, language)).collect(),
        }
    }
}

/// What a statute keeps of an inquiry.
#[derive(Debug, Serialize, ToSchema)]
pub struct StatutoryView {
    /// The inquiry that it was.
    #[schema(value_type = String)]
    pub id: InquiryId,
    /// `complaint`.
    #[schema(value_type = String)]
    pub kind: Kind,
    /// The statute.
    pub statute: &'static str,
    /// The day (Asia/Seoul) on which it was said.
    pub said_on: NaiveDate,
    /// Whether staff have answered everything that was said.
    pub answered: bool,
    /// The day (Asia/Seoul) on which it was closed.
    pub closed_on: Option<NaiveDate>,
    /// The last day (Asia/Seoul) on which the record is kept, as things stand.
    pub kept_until: NaiveDate,
    /// What was written, the oldest first.
    pub thread: Vec<WrittenView>,
}

impl StatutoryView {
    /// Of an opened record.
    pub fn new(record: &StatutoryRecord, said: &Said) -> Self {
        Self {
            id: record.id.clone(),
            kind: record.kind,
            statute: record.kind.statute().name(),
            said_on: record.said_on,
            answered: record.answered,
            closed_on: record.closed_on,
            kept_until: record.kept_until(),
            thread: said.thread().texts().iter().map(Into::into).collect(),
        }
    }
}

/// An inquiry in the list of staff.
#[derive(Debug, Serialize, ToSchema)]
pub struct QueueItem {
    /// Its id.
    #[schema(value_type = String)]
    pub id: InquiryId,
    /// What it is about.
    #[schema(value_type = String)]
    pub topic: Topic,
    /// `open`, `answered` or `closed`.
    #[schema(value_type = String)]
    pub state: InquiryState,
    /// Whose it is to look after, as a pseudonym.
    #[schema(value_type = Option<String>)]
    pub assignee: Option<Subject>,
    /// Whether that is the asker.
    pub mine: bool,
    /// Whether a visitor asks, and not a patient who signed in.
    pub visitor: bool,
    /// For the next change.
    pub version: u64,
    /// When it was asked.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

impl QueueItem {
    /// As somebody of the staff sees it.
    pub fn new(inquiry: &Inquiry, asker: &Subject) -> Self {
        Self {
            id: inquiry.id.clone(),
            topic: inquiry.topic,
            state: inquiry.state,
            assignee: inquiry.assignee.clone(),
            mine: inquiry.assignee.as_ref() == Some(asker),
            visitor: inquiry.visitor.is_some(),
            version: inquiry.version,
            created_at: inquiry.created_at,
            updated_at: inquiry.updated_at,
        }
    }
}

/// Inquiries that wait.
#[derive(Debug, Serialize, ToSchema)]
pub struct Queue {
    /// Those that wait longest first.
    pub items: Vec<QueueItem>,
    /// Whether there are more.
    pub more: bool,
}
