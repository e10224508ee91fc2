//! What the tests and `cargo xtask run` share: the running local stack, and the journey over it as its users go it.
//! The tests themselves are in `tests/tests`.

pub mod aging;
pub mod anybody;
pub mod client;
pub mod directory;
pub mod journey;
pub mod run_file;
pub mod samples;
pub mod signed;
pub mod stack;
pub mod staff;
pub mod user;
