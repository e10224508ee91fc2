//! Link secrets and one-time codes: derived by KMS HMAC keys when needed, never stored. A repeated mail carries the same
//! link, and a stolen table gives no way in. Two keys, so that who checks codes cannot make links.

use crate::error::StoreError;
use aws_sdk_kms::Client;
use aws_sdk_kms::primitives::Blob;
use aws_sdk_kms::types::MacAlgorithmSpec;
use data_encoding::HEXLOWER;
use medius_domain::id::{CaseId, LinkId, Subject};
use medius_domain::link::{LinkSecret, OneTimeCode};

async fn mac(client: &Client, key_id: &str, message: String) -> Result<Vec<u8>, StoreError> {
    let answer = client
        .generate_mac()
        .key_id(key_id)
        .mac_algorithm(MacAlgorithmSpec::HmacSha256)
        .message(Blob::new(message.into_bytes()))
        .send()
        .await
        .map_err(|e| StoreError::service("KMS", "GenerateMac", &e))?;
    let mac = answer.mac.map(Blob::into_inner).filter(|m| m.len() == 32);
    mac.ok_or(StoreError::Corrupt { place: "mac" })
}

/// The key that link secrets come from.
pub struct LinkMac {
    client: Client,
    key_id: String,
}

impl LinkMac {
    /// With the KMS HMAC key for links.
    pub fn new(client: Client, key_id: String) -> Self {
        Self { client, key_id }
    }

    /// The secret of a link's generation: always the same one.
    ///
    /// # Errors
    /// [`StoreError::Service`].
    pub async fn secret(&self, link: &LinkId, generation: u32) -> Result<LinkSecret, StoreError> {
        let message = format!("medius/link/v1|{link}|{generation}");
        Ok(LinkSecret::from_mac(&mac(&self.client, &self.key_id, message).await?))
    }
}

/// The key that one-time codes come from.
pub struct CodeMac {
    client: Client,
    key_id: String,
}

impl CodeMac {
    /// With the KMS HMAC key for codes.
    pub fn new(client: Client, key_id: String) -> Self {
        Self { client, key_id }
    }

    /// The n-th code of a link: always the same one.
    ///
    /// # Errors
    /// [`StoreError::Service`].
    pub async fn code(&self, link: &LinkId, n: u32) -> Result<OneTimeCode, StoreError> {
        let message = format!("medius/code/v1|{link}|{n}");
        Ok(OneTimeCode::from_mac(&mac(&self.client, &self.key_id, message).await?))
    }

    /// A subject as the ledger of destructions has it, in hex: the same for the same person, and for nobody without the key
    /// the way back.
    ///
    /// # Errors
    /// [`StoreError::Service`].
    pub async fn subject_hmac(&self, subject: &Subject) -> Result<String, StoreError> {
        let message = format!("medius/subject-hmac/v1|{subject}");
        Ok(HEXLOWER.encode(&mac(&self.client, &self.key_id, message).await?))
    }

    /// The n-th code to a case's guardian: always the same one, and never that of a link.
    ///
    /// # Errors
    /// [`StoreError::Service`].
    pub async fn guardian_code(&self, case: &CaseId, n: u32) -> Result<OneTimeCode, StoreError> {
        let message = format!("medius/guardian-code/v1|{case}|{n}");
        Ok(OneTimeCode::from_mac(&mac(&self.client, &self.key_id, message).await?))
    }
}
