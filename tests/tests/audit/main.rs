//! Oversight over HTTP: tampering is found, days are sealed, sign-ins are written down, months are reviewed, and patients see
//! who looked.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod days;
mod patients_view;
mod reviews;
mod sign_ins;
mod tampering;
mod world;
