//! Sealing as the service does it (a derived key and a commitment for each value) beside one AES-256-GCM of the same bytes.

use anyhow::{Result, anyhow};
use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use medius_domain::id::CaseId;
use medius_store::{Binding, DataKey};
use serde_json::{Value, json};

use crate::cpu_ms;

/// Bytes of one value.
const SIZE: usize = 4096;
/// Values of one round; the fastest of the rounds counts, as it was disturbed least.
const VALUES: u32 = 5000;
const ROUNDS: u32 = 7;

pub(crate) fn measure() -> Result<Value> {
    let (key, binding) = (DataKey::unkept()?, Binding::object(&CaseId::new(), "probe", "letter"));
    let plain = vec![7_u8; SIZE];
    let sealed = key.seal(&binding, &plain)?;
    let bare = UnboundKey::new(&AES_256_GCM, &[9; 32]).map_err(|_| anyhow!("no AES-256-GCM"))?;
    let bare = LessSafeKey::new(bare);
    let gcm = each_us(|| {
        let mut buffer = plain.clone();
        let nonce = Nonce::assume_unique_for_key([0; 12]);
        bare.seal_in_place_append_tag(nonce, Aad::empty(), &mut buffer).map_err(|_| anyhow!("the cipher refused"))?;
        Ok(buffer.len())
    })?;
    let seal = each_us(|| Ok(key.seal(&binding, &plain)?.len()))?;
    let open = each_us(|| Ok(key.open(&binding, &sealed)?.len()))?;
    Ok(json!({ "bytes": SIZE, "gcm_us": gcm, "seal_us": seal, "open_us": open, "seal_to_gcm": seal / gcm }))
}

fn each_us(mut one: impl FnMut() -> Result<usize>) -> Result<f64> {
    let mut best = f64::INFINITY;
    for _ in 0..ROUNDS {
        let before = cpu_ms();
        for _ in 0..VALUES {
            std::hint::black_box(one()?);
        }
        best = best.min((cpu_ms() - before) * 1e3 / f64::from(VALUES));
    }
    Ok(best)
}
