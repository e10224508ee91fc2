//! What the lines of a log are about: ids by which an operator follows a case from function to function. Only what is an id of
//! ours by its form gets there, whatever stands in an address.

use medius_domain::id::{CaseId, DeliveryId, InquiryId, RightId};
use std::str::FromStr;
use tracing::Span;

/// Says in the lines of this request or mail which case they are about, where its span has fields for that.
pub fn case(id: &CaseId) {
    Span::current().record("case.id", id.as_str());
}

/// The same of a delivery.
pub fn delivery(id: &DeliveryId) {
    Span::current().record("delivery.id", id.as_str());
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
