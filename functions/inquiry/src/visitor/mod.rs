//! Visitors ask without a sign-in. What they ask is sealed at once and waits, unseen, until a one-time code has shown that the
//! mailbox is theirs; the address itself lies sealed beside it, and only the mailer opens it.

pub mod api;
mod code;
mod create;
pub(crate) mod handlers;

use chrono::{DateTime, Utc};
use medius_domain::code::CodeState;
use medius_domain::id::InquiryId;
use medius_store::{MailAbout, MailRecord};

fn mail(id: &InquiryId, code: &CodeState, now: DateTime<Utc>) -> MailRecord {
    MailRecord::apart(MailAbout::InquiryCode { inquiry_id: id.clone(), code_n: code.n }, now)
}
