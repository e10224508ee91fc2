//! What the lines of a log are about: ids by which an operator follows a case from function to function. Only what is an id of
//! ours by its form gets there, whatever stands in an address.

use medius_domain::id::{CaseId, DeliveryId, InquiryId, RightId};
use medius_domain::link::Link;
use medius_store::MailRecord;
use std::str::FromStr;
use tracing::Span;

/// Says in the lines from now on which case a mail is about and which request ordered it, where their span has fields for that.
pub fn mail(mail: &MailRecord) {
    let span = Span::current();
    span.record("ordered_by", mail.ordered_by.as_deref());
    span.record("case.id", mail.case_id.as_ref().map(CaseId::as_str));
}

/// The same of a link: its case and its delivery.
pub fn link(link: &Link) {
    let span = Span::current();
    span.record("case.id", link.case_id.as_str());
    span.record("delivery.id", link.delivery_id.as_str());
}

/// What an address names: the request's own, or that of what it made.
pub(crate) fn of_path(span: &Span, path: &str) {
    for segment in path.split('/') {
        record::<CaseId>(span, "case.id", segment);
        record::<DeliveryId>(span, "delivery.id", segment);
        record::<RightId>(span, "right.id", segment);
        record::<InquiryId>(span, "inquiry.id", segment);
    }
}

fn record<T: FromStr>(span: &Span, field: &'static str, text: &str) {
    if text.parse::<T>().is_ok() {
        span.record(field, text);
    }
}
