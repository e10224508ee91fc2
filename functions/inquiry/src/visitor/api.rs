//! What visitors send and get.

use crate::api::InquirySummary;
use chrono::{DateTime, Utc};
use medius_domain::code::OneTimeCode;
use medius_domain::consent::TextLanguage;
use medius_domain::id::InquiryId;
use medius_domain::inquiry::{Inquiry, Topic};
use medius_domain::message::MessageText;
use medius_domain::person::Email;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// An inquiry without a sign-in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct VisitorInquiry {
    /// `service`, `referral`, `technical`, `complaint`, or `privacy`: that one goes to the data protection officer.
    #[schema(value_type = String)]
    pub topic: Topic,
    /// What is asked.
    #[schema(value_type = String, max_length = 4000)]
    pub text: MessageText,
    /// The mailbox that the code goes to, and word of an answer.
    #[schema(value_type = String, format = "email")]
    pub email: Email,
    /// The language of mails: `ko` or `en`.
    #[schema(value_type = String)]
    pub language: TextLanguage,
}

/// An inquiry that waits for the code.
#[derive(Serialize, ToSchema)]
pub struct VisitorState {
    /// Its id: for the code, and for reading the answer.
    #[schema(value_type = String)]
    pub id: InquiryId,
    /// Until when the code can be used.
    pub code_valid_until: DateTime<Utc>,
    /// When all of it is gone, unless a code is entered before.
    pub kept_until: DateTime<Utc>,
}

impl VisitorState {
    pub(super) fn new(inquiry: &Inquiry, code_valid_until: DateTime<Utc>) -> Self {
        Self { id: inquiry.id.clone(), code_valid_until, kept_until: inquiry.expires_at() }
    }
}

/// The code from the mail.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct VisitorCode {
    /// Eight digits.
    #[schema(value_type = String)]
    pub code: OneTimeCode,
}

/// What a right code gives.
#[derive(Serialize, ToSchema)]
pub struct VisitorTicket {
    /// For `Authorization: Bearer`, for this inquiry only. It is shown once.
    pub ticket: String,
    /// Until when it can be used.
    pub valid_until: DateTime<Utc>,
    /// The inquiry.
    pub inquiry: InquirySummary,
}
