//! Letters in the documents bucket: sealed under the case's data key before they leave the function.

use crate::error::StoreError;
use crate::seal::{Binding, DataKey};
use aws_sdk_s3::Client;
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::ServerSideEncryption;
use medius_domain::id::CaseId;
use zeroize::Zeroizing;

/// Largest object that is unsealed inside a function: an answer ends at 6 MB of base64.
pub(crate) const MOST_BYTES: usize = 4 * 1024 * 1024;

/// The documents bucket.
#[derive(Clone)]
pub struct Documents {
    client: Client,
    bucket: String,
    storage_key: Option<String>,
}

impl Documents {
    /// With the bucket and, for writers, the KMS key that S3 encrypts with.
    pub fn new(client: Client, bucket: String, storage_key: Option<String>) -> Self {
        Self { client, bucket, storage_key }
    }

    /// Named by the content's SHA-256: a repeated write lands in the same place.
    fn key(case: &CaseId, sha256: &str) -> String {
        format!("cases/{case}/{sha256}")
    }

    /// Seals and stores a document; `kind` is part of what it is bound to.
    ///
    /// # Errors
    /// [`StoreError::Service`] or [`StoreError::Seal`].
    pub async fn put(
        &self,
        case: &CaseId,
        key: &DataKey,
        kind: &'static str,
        sha256: &str,
        content: &[u8],
    ) -> Result<(), StoreError> {
        let name = Self::key(case, sha256);
        let sealed = key.seal(&Binding::object(case, &name, kind), content)?;
        self.client
            .put_object()
            .bucket(&self.bucket)
            .key(name)
            .content_type("application/octet-stream")
            .server_side_encryption(ServerSideEncryption::AwsKms)
            .set_ssekms_key_id(self.storage_key.clone())
            .body(ByteStream::from(sealed))
            .send()
            .await
            .map_err(|e| StoreError::service("S3", "PutObject", &e))?;
        Ok(())
    }

    /// Fetches and opens a document, and holds it against its hash.
    ///
    /// # Errors
    /// [`StoreError::Service`], [`StoreError::Seal`], or [`StoreError::Corrupt`] when it is too large or not what it was.
    pub async fn get(
        &self,
        case: &CaseId,
        key: &DataKey,
        kind: &'static str,
        sha256: &str,
    ) -> Result<Zeroizing<Vec<u8>>, StoreError> {
        let name = Self::key(case, sha256);
        let object = self
            .client
            .get_object()
            .bucket(&self.bucket)
            .key(&name)
            .send()
            .await
            .map_err(|e| StoreError::service("S3", "GetObject", &e))?;
        let corrupt = StoreError::Corrupt { place: "document" };
        let most = i64::try_from(MOST_BYTES + crate::seal::OVERHEAD).unwrap_or(i64::MAX);
        if object.content_length().is_none_or(|length| length > most) {
            return Err(corrupt);
        }
        let sealed = object.body.collect().await.map_err(|_| StoreError::interrupted("GetObject"))?;
        let content = key.open(&Binding::object(case, &name, kind), &sealed.into_bytes())?;
        if medius_domain::chain::sha256_hex(&content) == sha256 { Ok(content) } else { Err(corrupt) }
    }
}
