//! What a function is told by its environment. A missing variable stops the start with its name, so that a wrong
//! deployment is seen at once and not at the first request that needs the value.

use std::fmt;
use std::sync::Arc;

/// A variable of the environment that is missing or empty.
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
#[error("environment variable {0} is missing or empty")]
pub struct ConfigError(pub &'static str);

// `main` prints the debug form of its error: one clear line.
impl fmt::Debug for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

type Lookup = dyn Fn(&str) -> Option<String> + Send + Sync;

/// Reads variables; the source can be replaced in tests.
#[derive(Clone)]
pub struct Env(Arc<Lookup>);

impl Env {
    /// The variables of this process.
    pub fn process() -> Self {
        Self(Arc::new(|name| std::env::var(name).ok()))
    }

    /// Given variables.
    pub fn of<const N: usize>(pairs: [(&'static str, &'static str); N]) -> Self {
        Self(Arc::new(move |name| pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())))
    }

    /// The value of a variable that must be there.
    ///
    /// # Errors
    /// [`ConfigError`] with the variable's name.
    pub fn required(&self, name: &'static str) -> Result<String, ConfigError> {
        self.optional(name).ok_or(ConfigError(name))
    }

    /// The value of a variable that may be missing; empty counts as missing.
    pub fn optional(&self, name: &'static str) -> Option<String> {
        (self.0)(name).filter(|value| !value.is_empty())
    }
}

/// A user pool and the one client whose tokens are taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pool {
    /// The pool's id, the last segment of its tokens' issuer.
    pub id: String,
    /// The app client's id.
    pub client_id: String,
}

/// What `medius-http` itself needs to know. A function's own configuration stands beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiConfig {
    /// The function's name in logs and metrics.
    pub function: &'static str,
    /// The stage of the deployment.
    pub stage: String,
    /// The patients' pool, if this function serves patients.
    pub patient: Option<Pool>,
    /// The test patients' pool, if this function serves them, too.
    pub synthetic: Option<Pool>,
    /// The staff's pool, if this function serves staff.
    pub staff: Option<Pool>,
}

impl ApiConfig {
    /// Reads `STAGE` and, where the template gives them, `PATIENT_POOL_ID` with `PATIENT_CLIENT_ID`, and so for `SYNTHETIC_` and
    /// `STAFF_`.
    ///
    /// # Errors
    /// [`ConfigError`] if the stage is missing, or the client of a pool that is given.
    pub fn from_env(function: &'static str, env: &Env) -> Result<Self, ConfigError> {
        let pool =
            |id, client| env.optional(id).map(|id| Ok(Pool { id, client_id: env.required(client)? })).transpose();
        Ok(Self {
            function,
            stage: env.required("STAGE")?,
            patient: pool("PATIENT_POOL_ID", "PATIENT_CLIENT_ID")?,
            synthetic: pool("SYNTHETIC_POOL_ID", "SYNTHETIC_CLIENT_ID")?,
            staff: pool("STAFF_POOL_ID", "STAFF_CLIENT_ID")?,
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_missing_variable_is_named_and_nothing_else_is_said() {
        let env = Env::of([("STAGE", "local"), ("PATIENT_POOL_ID", "pool_1"), ("EMPTY", "")]);
        assert_eq!(
            format!("{:?}", env.required("EMPTY").unwrap_err()),
            "environment variable EMPTY is missing or empty"
        );
        assert_eq!(ApiConfig::from_env("intake", &env).unwrap_err(), ConfigError("PATIENT_CLIENT_ID"));
    }

    #[test]
    fn a_public_function_needs_no_pool() {
        let config = ApiConfig::from_env("provider", &Env::of([("STAGE", "local")])).unwrap();
        assert_eq!((config.patient, config.staff), (None, None));
    }
}
