//! What becomes of a referral, for its patient: where each Task stands, what was said, and what the patient answers.

mod act;
pub mod api;
mod handlers;
mod read;

pub(crate) use handlers::{__path_task_act, __path_task_get, __path_task_list, task_act, task_get, task_list};
