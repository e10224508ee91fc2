//! The signed heads of the access log's days, in a bucket whose objects cannot be changed or removed for two years.

use crate::error::StoreError;
use aws_sdk_s3::Client;
use aws_sdk_s3::error::ProvideErrorMetadata;
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::ServerSideEncryption;
use chrono::NaiveDate;
use medius_domain::journal::DayHead;
use medius_domain::signed::{Envelope, KeySet, Kind, Unverified, verify};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// Largest file that is read: a head has some hundred bytes.
const MOST_BYTES: i64 = 64 * 1024;
const PREFIX: &str = "heads/";

/// The bucket of signed heads.
#[derive(Clone)]
pub struct LogHeads {
    client: Client,
    bucket: String,
    storage_key: Option<String>,
}

impl LogHeads {
    /// With the bucket and, for who writes, the KMS key that S3 encrypts with.
    pub fn new(client: Client, bucket: String, storage_key: Option<String>) -> Self {
        Self { client, bucket, storage_key }
    }

    fn key(day: NaiveDate) -> String {
        format!("{PREFIX}{}.json", day.format("%Y/%m/%d"))
    }

    fn day(key: &str) -> Option<NaiveDate> {
        let day = key.strip_prefix(PREFIX)?.strip_suffix(".json")?;
        NaiveDate::parse_from_str(day, "%Y/%m/%d").ok()
    }

    /// The days that have a head.
    ///
    /// # Errors
    /// [`StoreError::Service`].
    pub async fn days(&self) -> Result<BTreeSet<NaiveDate>, StoreError> {
        let list = self.client.list_objects_v2().bucket(&self.bucket).prefix(PREFIX);
        let mut pages = list.into_paginator().send();
        let mut found = BTreeSet::new();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|e| StoreError::service("S3", "ListObjectsV2", &e))?;
            found.extend(page.contents().iter().filter_map(|object| object.key().and_then(Self::day)));
        }
        Ok(found)
    }

    /// How many versions and delete marks each day has. There is one version of each and no mark, unless somebody tried to
    /// put something else in its place. Only the operator may ask.
    ///
    /// # Errors
    /// [`StoreError::Service`].
    pub async fn versions(&self) -> Result<BTreeMap<NaiveDate, usize>, StoreError> {
        let mut found = BTreeMap::new();
        let (mut key_marker, mut version_marker) = (None, None);
        loop {
            let page = self
                .client
                .list_object_versions()
                .bucket(&self.bucket)
                .prefix(PREFIX)
                .set_key_marker(key_marker)
                .set_version_id_marker(version_marker)
                .send()
                .await
                .map_err(|e| StoreError::service("S3", "ListObjectVersions", &e))?;
            let versions = page.versions().iter().filter_map(|v| v.key());
            let marks = page.delete_markers().iter().filter_map(|m| m.key());
            for day in versions.chain(marks).filter_map(Self::day) {
                *found.entry(day).or_default() += 1;
            }
            if page.is_truncated() != Some(true) {
                return Ok(found);
            }
            key_marker = page.next_key_marker;
            version_marker = page.next_version_id_marker;
        }
    }

    /// Lays a day's head down; `false` when the day has one already, which stays as it is.
    ///
    /// # Errors
    /// [`StoreError::Service`].
    pub async fn put(&self, day: NaiveDate, head: &Envelope) -> Result<bool, StoreError> {
        let body = serde_json::to_vec_pretty(head).map_err(|_| StoreError::Corrupt { place: "day head" })?;
        let put = self
            .client
            .put_object()
            .bucket(&self.bucket)
            .key(Self::key(day))
            .if_none_match("*")
            .content_type("application/json")
            .server_side_encryption(ServerSideEncryption::AwsKms)
            .set_ssekms_key_id(self.storage_key.clone())
            .body(ByteStream::from(body))
            .send()
            .await;
        match put {
            Ok(_) => Ok(true),
            Err(e) if e.code() == Some("PreconditionFailed") => Ok(false),
            Err(e) => Err(StoreError::service("S3", "PutObject", &e)),
        }
    }

    /// A day's head, if there is one and its signature holds.
    ///
    /// # Errors
    /// [`StoreError::Service`].
    pub async fn get(&self, day: NaiveDate, keys: &KeySet) -> Result<Option<Result<DayHead, Unverified>>, StoreError> {
        let object = match self.client.get_object().bucket(&self.bucket).key(Self::key(day)).send().await {
            Ok(object) => object,
            Err(e) if e.as_service_error().is_some_and(|e| e.is_no_such_key()) => return Ok(None),
            Err(e) => return Err(StoreError::service("S3", "GetObject", &e)),
        };
        if object.content_length().is_none_or(|length| length > MOST_BYTES) {
            return Ok(Some(Err(Unverified::File)));
        }
        let interrupted =
            |_| StoreError::Service { service: "S3", operation: "GetObject", code: "interrupted".to_owned() };
        let file = object.body.collect().await.map_err(interrupted)?.into_bytes();
        let verified = verify(Kind::LogHead, &file, keys);
        Ok(Some(verified.and_then(|v| DayHead::deserialize(v.statement).map_err(|_| Unverified::Readable))))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_day_s_place_in_the_bucket_reads_back() {
        let day = NaiveDate::from_ymd_opt(2026, 3, 1).unwrap();
        assert_eq!(LogHeads::key(day), "heads/2026/03/01.json");
        assert_eq!(LogHeads::day("heads/2026/03/01.json"), Some(day));
        for other in ["heads/2026/03/01.json.bak", "heads/", "2026/03/01.json", "heads/2026/02/30.json"] {
            assert_eq!(LogHeads::day(other), None, "{other}");
        }
    }
}
