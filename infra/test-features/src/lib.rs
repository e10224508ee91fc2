//! No code. Cargo gives a crate the features that all packages of one build ask for, and counts dev-dependencies only when
//! tests are built: `serde_json` would keep the order of keys under test and not in what is deployed, and everything above
//! it would be compiled twice. This member asks for the tests' features in every build of the workspace. Nothing depends on
//! it, so no binary contains more for it.
