//! The institution's desk: where its referral stands, and what it answers, by a page's forms and as JSON (policy clause P1).

pub(crate) mod answer;
pub(crate) mod api;
pub(crate) mod calendar;
pub(crate) mod colleague;
pub(crate) mod fhir;
pub(crate) mod fields;
pub(crate) mod files;
pub(crate) mod form;
pub(crate) mod handlers;
pub(crate) mod page;
pub(crate) mod sight;
pub(crate) mod standing;
pub(crate) mod words;
