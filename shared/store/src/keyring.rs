//! Data keys: made and unwrapped by KMS under the case's encryption context, kept in memory for minutes.

use crate::error::StoreError;
use crate::seal::DataKey;
use aws_sdk_kms::Client;
use aws_sdk_kms::primitives::Blob;
use aws_sdk_kms::types::DataKeySpec;
use medius_domain::access::Opaque;
use std::collections::HashMap;
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// How long an unwrapped key may stay in memory.
const KEEP: Duration = Duration::from_secs(300);
/// Unwrapped keys held at once.
const MOST: usize = 32;

/// A data key as it is stored: wrapped by KMS.
#[derive(Clone, PartialEq, Eq)]
pub struct WrappedKey(pub(crate) Vec<u8>);

impl std::fmt::Debug for WrappedKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[wrapped key]")
    }
}

struct Kept {
    wrapped: WrappedKey,
    key: DataKey,
    until: Instant,
}

/// The key service, as the keeper of data keys of one purpose.
pub struct Keyring {
    client: Client,
    key_id: String,
    purpose: &'static str,
    /// What the key belongs to, in the encryption context.
    owner: &'static str,
    kept: Mutex<HashMap<String, Kept>>,
}

impl Keyring {
    /// With the KMS key that wraps data keys, for stories, letters and messages.
    pub fn new(client: Client, key_id: String) -> Self {
        Self { client, key_id, purpose: "case-data", owner: "case", kept: Mutex::default() }
    }

    /// The same, for contact cards: a role that may open these need not be able to open stories.
    pub fn contacts(client: Client, key_id: String) -> Self {
        Self { purpose: "contact", ..Self::new(client, key_id) }
    }

    /// The same, for inquiries.
    pub fn inquiries(client: Client, key_id: String) -> Self {
        Self { purpose: "inquiry", owner: "inquiry", ..Self::new(client, key_id) }
    }

    /// The same, for the mailboxes that answers to inquiries are announced at: a role that may open these need not be able to
    /// open what was written.
    pub fn inquiry_mailboxes(client: Client, key_id: String) -> Self {
        Self { purpose: "inquiry-mailbox", owner: "inquiry", ..Self::new(client, key_id) }
    }

    /// The same, for what a statute keeps of inquiries.
    pub fn statutory(client: Client, key_id: String) -> Self {
        Self { purpose: "statutory", owner: "inquiry", ..Self::new(client, key_id) }
    }

    /// The same, for what is brought to a request about rights.
    pub fn rights(client: Client, key_id: String) -> Self {
        Self { purpose: "right", owner: "right", ..Self::new(client, key_id) }
    }

    /// Only opaque ids: the context is readable in CloudTrail.
    fn context(&self, id: &str) -> HashMap<String, String> {
        [("app", "medius"), ("purpose", self.purpose), (self.owner, id)]
            .map(|(k, v)| (k.to_owned(), v.to_owned()))
            .into()
    }

    /// A new data key for a case, or for what else the keys are of.
    ///
    /// # Errors
    /// [`StoreError::Service`].
    pub async fn create(&self, id: impl Opaque) -> Result<WrappedKey, StoreError> {
        let answer = self
            .client
            .generate_data_key_without_plaintext()
            .key_id(&self.key_id)
            .key_spec(DataKeySpec::Aes256)
            .set_encryption_context(Some(self.context(id.text())))
            .send()
            .await
            .map_err(|e| StoreError::service("KMS", "GenerateDataKeyWithoutPlaintext", &e))?;
        let blob = answer.ciphertext_blob.ok_or(StoreError::Corrupt { place: "data key" })?;
        Ok(WrappedKey(blob.into_inner()))
    }

    /// The plaintext key of a wrapped one that was just read from the store. Whoever calls this has read the key's record in
    /// the same request, so that memory never outlives shredding.
    ///
    /// # Errors
    /// [`StoreError::Service`], for example when the key is disabled.
    pub async fn unwrap(&self, id: impl Opaque, wrapped: &WrappedKey) -> Result<DataKey, StoreError> {
        let id = id.text();
        if let Some(key) = self.remembered(id, wrapped) {
            return Ok(key);
        }
        let answer = self
            .client
            .decrypt()
            .key_id(&self.key_id)
            .ciphertext_blob(Blob::new(wrapped.0.clone()))
            .set_encryption_context(Some(self.context(id)))
            .send()
            .await
            .map_err(|e| StoreError::service("KMS", "Decrypt", &e))?;
        let plaintext =
            zeroize::Zeroizing::new(answer.plaintext.ok_or(StoreError::Corrupt { place: "data key" })?.into_inner());
        let key = DataKey::from_bytes(&plaintext)?;
        self.remember(id, wrapped, &key);
        Ok(key)
    }

    fn remembered(&self, id: &str, wrapped: &WrappedKey) -> Option<DataKey> {
        let mut kept = self.kept.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let now = Instant::now();
        kept.retain(|_, k| k.until > now);
        kept.get(id).filter(|k| k.wrapped == *wrapped).map(|k| k.key.clone())
    }

    fn remember(&self, id: &str, wrapped: &WrappedKey, key: &DataKey) {
        let mut kept = self.kept.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if kept.len() >= MOST {
            let oldest = kept.iter().min_by_key(|(_, k)| k.until).map(|(id, _)| id.clone());
            if let Some(oldest) = oldest {
                kept.remove(&oldest);
            }
        }
        kept.insert(id.to_owned(), Kept { wrapped: wrapped.clone(), key: key.clone(), until: Instant::now() + KEEP });
    }
}
