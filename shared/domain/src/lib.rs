//! Types and rules of the service: pure, without AWS and without HTTP, so that every rule can be tested by itself.
//!
//! A value of one of these types has passed its rule; whatever names a person prints `[redacted]`.

pub mod access;
pub mod calendar;
pub mod case;
pub mod chain;
pub mod clinician;
pub mod clock;
pub mod code;
pub mod consent;
pub mod contact;
pub mod correction;
pub mod coverage;
pub mod destruction;
pub mod directory;
pub mod disclosure;
pub mod emergency;
pub mod export;
pub mod field;
pub mod form;
pub mod health;
pub mod id;
pub mod inquiry;
pub mod intake;
pub mod journal;
pub mod lifecycle;
pub mod link;
pub mod member;
pub mod message;
pub mod person;
pub mod policy;
pub mod provider;
pub mod receipt;
pub mod record;
pub mod review;
pub mod rights;
pub mod signed;
pub mod statutory;
pub mod task;
pub mod text;
pub mod unit;
pub mod upload;
pub mod work;
