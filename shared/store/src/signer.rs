//! The key that statements are signed with: it never leaves KMS, and everybody may have its public half.

use crate::error::StoreError;
use aws_sdk_kms::Client;
use aws_sdk_kms::primitives::Blob;
use aws_sdk_kms::types::{MessageType, SigningAlgorithmSpec};
use medius_domain::signed::{Envelope, KeySet, Kind, PublicKey, Signature, Unsigned};
use serde::Serialize;
use tokio::sync::OnceCell;

/// The public half of the signing key, asked for once: KMS does not rotate asymmetric keys.
pub struct PublicKeys {
    client: Client,
    key_id: String,
    kept: OnceCell<PublicKey>,
}

impl PublicKeys {
    /// With the KMS key that signs.
    pub fn new(client: Client, key_id: String) -> Self {
        Self { client, key_id, kept: OnceCell::new() }
    }

    /// The public key.
    ///
    /// # Errors
    /// [`StoreError::Service`], or [`StoreError::Corrupt`] for a key that is not for ES256.
    pub async fn current(&self) -> Result<&PublicKey, StoreError> {
        let ask = || async {
            let answer = self.client.get_public_key().key_id(&self.key_id).send().await;
            let answer = answer.map_err(|e| StoreError::service("KMS", "GetPublicKey", &e))?;
            let spki = answer.public_key.ok_or(StoreError::Corrupt { place: "public key" })?;
            PublicKey::from_spki(spki.as_ref()).map_err(|_| StoreError::Corrupt { place: "public key" })
        };
        self.kept.get_or_try_init(ask).await
    }

    /// What a checker needs.
    ///
    /// # Errors
    /// As [`Self::current`].
    pub async fn set(&self) -> Result<KeySet, StoreError> {
        let key = self.current().await?.clone();
        KeySet::new(vec![key]).map_err(|_| StoreError::Corrupt { place: "public key" })
    }
}

/// Signs statements.
pub struct Signer {
    keys: PublicKeys,
}

impl Signer {
    /// With the KMS key (ECC_NIST_P256, SIGN_VERIFY).
    pub fn new(client: Client, key_id: String) -> Self {
        Self { keys: PublicKeys::new(client, key_id) }
    }

    /// The key's public half.
    pub const fn keys(&self) -> &PublicKeys {
        &self.keys
    }

    /// Signs a statement. A repeat gives another signature over the same statement, as good as the first.
    ///
    /// # Errors
    /// [`StoreError::Service`], or [`StoreError::Corrupt`] for what cannot be written or read.
    pub async fn sign(&self, kind: Kind, statement: &impl Serialize) -> Result<Envelope, StoreError> {
        let kid = self.keys.current().await?.kid();
        let unsigned = Unsigned::new(kind, kid, statement).map_err(|_| StoreError::Corrupt { place: "statement" })?;
        let answer = self
            .keys
            .client
            .sign()
            .key_id(&self.keys.key_id)
            .signing_algorithm(SigningAlgorithmSpec::EcdsaSha256)
            // A message itself may have 4,096 bytes; a receipt with its words has more.
            .message_type(MessageType::Digest)
            .message(Blob::new(unsigned.digest()))
            .send()
            .await
            .map_err(|e| StoreError::service("KMS", "Sign", &e))?;
        let der = answer.signature.ok_or(StoreError::Corrupt { place: "signature" })?;
        let signature = Signature::from_der(der.as_ref()).map_err(|_| StoreError::Corrupt { place: "signature" })?;
        Ok(unsigned.signed(&signature))
    }
}
