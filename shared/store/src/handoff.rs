//! The handoff bucket: a file that is too large for an answer lies here unsealed for the minutes of one download.

use crate::error::StoreError;
use aws_sdk_s3::Client;
use aws_sdk_s3::presigning::PresigningConfig;
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::ServerSideEncryption;
use chrono::{DateTime, TimeDelta, Utc};
use medius_domain::id::UploadId;
use std::time::Duration;

/// How long an address is good for.
const ADDRESS: Duration = Duration::from_secs(60);
/// Minutes after which a copy is removed.
const KEEP_MINUTES: i64 = 5;

/// The handoff bucket.
#[derive(Clone)]
pub struct Handoff {
    client: Client,
    bucket: String,
    storage_key: Option<String>,
}

impl Handoff {
    /// With the bucket and, for writers, the KMS key that S3 encrypts with.
    pub const fn new(client: Client, bucket: String, storage_key: Option<String>) -> Self {
        Self { client, bucket, storage_key }
    }

    /// Bytes up to which a function answers by itself.
    pub const ANSWERED: usize = crate::documents::MOST_BYTES;

    /// Lays a copy down under a random name and gives the address, good for one minute, that downloads it as a file.
    /// `name` is the file's name for whoever downloads it: made of opaque ids.
    ///
    /// # Errors
    /// [`StoreError::Service`].
    pub async fn give(&self, content: &[u8], media_type: &str, name: &str) -> Result<String, StoreError> {
        let key = UploadId::new().to_string();
        self.client
            .put_object()
            .bucket(&self.bucket)
            .key(&key)
            .content_type(media_type)
            .server_side_encryption(ServerSideEncryption::AwsKms)
            .set_ssekms_key_id(self.storage_key.clone())
            .body(ByteStream::from(content.to_vec()))
            .send()
            .await
            .map_err(|e| StoreError::service("S3", "PutObject", &e))?;
        let config =
            PresigningConfig::expires_in(ADDRESS).map_err(|_| StoreError::Configuration("the term of a download"))?;
        let request = self
            .client
            .get_object()
            .bucket(&self.bucket)
            .key(key)
            .response_content_disposition(format!("attachment; filename=\"{name}\""))
            .response_cache_control("no-store")
            .presigned(config)
            .await
            .map_err(|e| StoreError::service("S3", "GetObject (presign)", &e))?;
        Ok(request.uri().to_owned())
    }

    /// Removes copies whose minutes are over, and says how many.
    ///
    /// # Errors
    /// [`StoreError::Service`].
    pub async fn sweep(&self, now: DateTime<Utc>) -> Result<u64, StoreError> {
        let old = keys_before(&self.client, &self.bucket, now - TimeDelta::minutes(KEEP_MINUTES)).await?;
        for key in &old {
            let delete = self.client.delete_object().bucket(&self.bucket).key(key);
            delete.send().await.map_err(|e| StoreError::service("S3", "DeleteObject", &e))?;
        }
        Ok(u64::try_from(old.len()).unwrap_or(u64::MAX))
    }
}

/// Names of objects that came before a moment. Every page is read: names are random, and what is old may stand anywhere.
pub(crate) async fn keys_before(
    client: &Client,
    bucket: &str,
    moment: DateTime<Utc>,
) -> Result<Vec<String>, StoreError> {
    let mut pages = client.list_objects_v2().bucket(bucket).into_paginator().send();
    let mut found = Vec::new();
    while let Some(page) = pages.next().await {
        let page = page.map_err(|e| StoreError::service("S3", "ListObjectsV2", &e))?;
        let old = page.contents().iter().filter(|o| o.last_modified().is_none_or(|at| at.secs() < moment.timestamp()));
        found.extend(old.filter_map(|o| o.key().map(ToOwned::to_owned)));
    }
    Ok(found)
}
