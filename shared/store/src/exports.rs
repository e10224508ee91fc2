//! Archives of what is kept about a patient: each sealed under its case's key, in a part of the documents bucket of its own,
//! where everything ends after seven days.

use crate::error::StoreError;
use crate::place::Place;
use crate::seal::{Binding, DataKey};
use crate::snapshot::Snapshot;
use aws_sdk_s3::Client;
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::ServerSideEncryption;
use medius_domain::chain::sha256_hex;
use medius_domain::export::{Export, ExportPart};
use medius_domain::id::{CaseId, RightId};
use zeroize::Zeroizing;

/// What an archive is bound to beside its place.
const KIND: &str = "export";
/// The largest archive: a function has it in memory twice.
pub(crate) const MOST_BYTES: usize = 48 * 1024 * 1024;

/// The exports in the documents bucket.
#[derive(Clone)]
pub struct Exports {
    client: Client,
    bucket: String,
    storage_key: Option<String>,
}

impl Exports {
    /// With the bucket and, for writers, the KMS key that S3 encrypts with.
    pub const fn new(client: Client, bucket: String, storage_key: Option<String>) -> Self {
        Self { client, bucket, storage_key }
    }

    /// Named by its content, too: of two runs at once each writes its own, and the one that is recorded is the one that is read.
    fn name(case: &CaseId, right: &RightId, sha256: &str) -> String {
        format!("exports/{case}/{right}/{sha256}")
    }

    /// Seals and stores an archive.
    ///
    /// # Errors
    /// [`StoreError::Service`], [`StoreError::Seal`], or [`StoreError::Corrupt`] when it is too large.
    pub async fn put(
        &self,
        case: &CaseId,
        right: &RightId,
        key: &DataKey,
        archive: &[u8],
    ) -> Result<ExportPart, StoreError> {
        if archive.len() > MOST_BYTES {
            return Err(StoreError::Corrupt { place: "export" });
        }
        let sha256 = sha256_hex(archive);
        let name = Self::name(case, right, &sha256);
        let sealed = key.seal(&Binding::object(case, &name, KIND), archive)?;
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
        let bytes = u64::try_from(archive.len()).unwrap_or(u64::MAX);
        Ok(ExportPart { case_id: case.clone(), sha256, bytes })
    }

    /// Fetches and opens an archive, and holds it against its hash.
    ///
    /// # Errors
    /// [`StoreError::Service`], [`StoreError::Seal`], or [`StoreError::Corrupt`] when it is not what it was.
    pub async fn get(
        &self,
        part: &ExportPart,
        right: &RightId,
        key: &DataKey,
    ) -> Result<Zeroizing<Vec<u8>>, StoreError> {
        let name = Self::name(&part.case_id, right, &part.sha256);
        let object = self
            .client
            .get_object()
            .bucket(&self.bucket)
            .key(&name)
            .send()
            .await
            .map_err(|e| StoreError::service("S3", "GetObject", &e))?;
        let corrupt = StoreError::Corrupt { place: "export" };
        let most = i64::try_from(MOST_BYTES + crate::seal::OVERHEAD).unwrap_or(i64::MAX);
        if object.content_length().is_none_or(|length| length > most) {
            return Err(corrupt);
        }
        let sealed = object.body.collect().await.map_err(|_| StoreError::interrupted("GetObject"))?;
        let archive = key.open(&Binding::object(&part.case_id, &name, KIND), &sealed.into_bytes())?;
        if sha256_hex(&archive) == part.sha256 { Ok(archive) } else { Err(corrupt) }
    }
}

impl Snapshot {
    /// A copy that waits to be fetched.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`].
    pub fn export(&self, right: &RightId) -> Result<Option<Export>, StoreError> {
        self.body(&Place::Export(right.clone()))
    }
}
