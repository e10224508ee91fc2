//! The first call of AWS, with the making of its connection, beside later ones on it.

use std::time::Instant;

use anyhow::{Context, Result};
use medius_domain::id::CaseId;
use medius_store::{Aws, Keyring};
use serde_json::{Value, json};

use crate::{cpu_ms, median};

/// Calls after the first.
const MORE: usize = 50;

/// With the service that the environment names, as a function of Lambda would.
pub(crate) fn measure() -> Result<Value> {
    let keyring = Keyring::new(Aws::from_env()?.kms(), "bench".to_owned());
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
        let case = CaseId::new();
        let (mut cpu, mut wall) = (Vec::new(), Vec::new());
        for _ in 0..=MORE {
            let (used, begun) = (cpu_ms(), Instant::now());
            keyring.create(&case).await.context("the service refused")?;
            cpu.push(cpu_ms() - used);
            wall.push(begun.elapsed().as_secs_f64() * 1e3);
        }
        let (first_cpu, first_wall) = (cpu.remove(0), wall.remove(0));
        Ok(json!({
            "first_cpu_ms": first_cpu, "first_wall_ms": first_wall,
            "warm_cpu_ms": median(cpu), "warm_wall_ms": median(wall),
        }))
    })
}
