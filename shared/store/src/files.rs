//! Released files in the documents bucket: sealed under the key of what they belong to, before they leave the function.

use crate::error::StoreError;
use crate::keyring::{Keyring, WrappedKey};
use crate::seal::{Binding, DataKey, OVERHEAD};
use aws_sdk_s3::Client;
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::ServerSideEncryption;
use medius_domain::upload::{MOST_BYTES, Owner, Upload};
use zeroize::Zeroizing;

/// What a file is bound to as, in its seal.
const KIND: &str = "file";

/// The keys of everything that files can belong to.
pub struct OwnerKeys {
    case: Keyring,
    right: Keyring,
    inquiry: Keyring,
}

impl OwnerKeys {
    /// With the KMS key that wraps data keys.
    pub fn new(client: &aws_sdk_kms::Client, key_id: &str) -> Self {
        let (client, key_id) = (|| client.clone(), || key_id.to_owned());
        Self {
            case: Keyring::new(client(), key_id()),
            right: Keyring::rights(client(), key_id()),
            inquiry: Keyring::inquiries(client(), key_id()),
        }
    }

    /// The plaintext key of a wrapped one that was just read.
    ///
    /// # Errors
    /// [`StoreError::Service`].
    pub async fn unwrap(&self, owner: &Owner, wrapped: &WrappedKey) -> Result<DataKey, StoreError> {
        match owner {
            Owner::Case(id) => self.case.unwrap(id, wrapped).await,
            Owner::Right(id) => self.right.unwrap(id, wrapped).await,
            Owner::Inquiry(id) => self.inquiry.unwrap(id, wrapped).await,
        }
    }
}

/// Sealed files of the documents bucket.
#[derive(Clone)]
pub struct Files {
    client: Client,
    bucket: String,
    storage_key: Option<String>,
}

/// Where the files of an owner lie; what a case has lies with its letters and ends with them.
pub(crate) fn prefix(owner: &Owner) -> String {
    match owner {
        Owner::Case(id) => format!("cases/{id}/uploads/"),
        Owner::Right(id) => format!("rights/{id}/"),
        Owner::Inquiry(id) => format!("inquiries/{id}/"),
    }
}

impl Files {
    /// With the documents bucket and, for writers, the KMS key that S3 encrypts with.
    pub fn new(client: Client, bucket: String, storage_key: Option<String>) -> Self {
        Self { client, bucket, storage_key }
    }

    fn key(upload: &Upload) -> String {
        format!("{}{}", prefix(&upload.owner), upload.id)
    }

    /// Seals and stores a file. A repeat lands in the same place.
    ///
    /// # Errors
    /// [`StoreError::Service`] or [`StoreError::Seal`].
    pub async fn put(&self, upload: &Upload, key: &DataKey, content: &[u8]) -> Result<(), StoreError> {
        let name = Self::key(upload);
        let sealed = key.seal(&Binding::object(&upload.owner, &name, KIND), content)?;
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

    /// Removes a file with every version and marker of it. What is gone is gone.
    ///
    /// # Errors
    /// [`StoreError::Service`].
    pub async fn remove(&self, upload: &Upload) -> Result<(), StoreError> {
        let name = Self::key(upload);
        loop {
            let listed = self
                .client
                .list_object_versions()
                .bucket(&self.bucket)
                .prefix(&name)
                .send()
                .await
                .map_err(|e| StoreError::service("S3", "ListObjectVersions", &e))?;
            let versions = listed.versions().iter().map(|v| (v.key(), v.version_id()));
            let markers = listed.delete_markers().iter().map(|m| (m.key(), m.version_id()));
            // An id is no beginning of another one; should a name ever be, what is not the file's stays.
            let own: Vec<_> = versions.chain(markers).filter(|(key, _)| *key == Some(name.as_str())).collect();
            for (_, version) in &own {
                let delete = self.client.delete_object().bucket(&self.bucket).key(&name);
                let delete = delete.version_id(version.unwrap_or("null"));
                delete.send().await.map_err(|e| StoreError::service("S3", "DeleteObject", &e))?;
            }
            if own.is_empty() {
                return Ok(());
            }
        }
    }

    /// Fetches and opens a file, and holds it against its hash.
    ///
    /// # Errors
    /// [`StoreError::Service`], [`StoreError::Seal`], or [`StoreError::Corrupt`] when it is not what it was.
    pub async fn get(&self, upload: &Upload, key: &DataKey) -> Result<Zeroizing<Vec<u8>>, StoreError> {
        let name = Self::key(upload);
        let object = self
            .client
            .get_object()
            .bucket(&self.bucket)
            .key(&name)
            .send()
            .await
            .map_err(|e| StoreError::service("S3", "GetObject", &e))?;
        let corrupt = StoreError::Corrupt { place: "file" };
        let overhead = u64::try_from(OVERHEAD).unwrap_or(u64::MAX);
        let length = object.content_length().and_then(|length| u64::try_from(length).ok());
        if length.is_none_or(|length| length > MOST_BYTES + overhead) {
            return Err(corrupt);
        }
        let sealed = object.body.collect().await.map_err(|_| StoreError::interrupted("GetObject"))?;
        let content = key.open(&Binding::object(&upload.owner, &name, KIND), &sealed.into_bytes())?;
        if medius_domain::chain::sha256_hex(&content) == upload.sha256.as_str() { Ok(content) } else { Err(corrupt) }
    }
}
