//! Visitors ask without a sign-in. What they ask is sealed at once and waits, unseen, until a one-time code has shown that the
//! mailbox is theirs; the address itself lies sealed beside it. This function may make and use the key that seals it; nothing but
//! the mailer asks for what was sealed.

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
