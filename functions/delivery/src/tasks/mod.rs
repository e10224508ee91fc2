//! What becomes of a referral, for its patient: where each Task stands, what was said, and what the patient answers.

mod act;
pub mod api;
mod handlers;
mod read;

pub(crate) use act::refused;
pub(crate) use handlers::{__path_act, __path_get, __path_list, act, get, list};
