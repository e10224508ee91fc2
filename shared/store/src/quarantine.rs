//! The quarantine bucket: takes files from outside by addresses that are good for one file of one size, kind and hash, and
//! holds them until they are checked.

use crate::error::StoreError;
use aws_sdk_s3::Client;
use aws_sdk_s3::presigning::PresigningConfig;
use chrono::{DateTime, Utc};
use data_encoding::{BASE64, HEXLOWER};
use medius_domain::upload::{MOST_BYTES, Upload};
use std::time::Duration;
use zeroize::Zeroizing;

/// An address that takes one file, and the headers that must go with it exactly as they are.
#[derive(Clone, PartialEq, Eq)]
pub struct PutAddress {
    /// Where to.
    pub url: String,
    /// Name and value of each header.
    pub headers: Vec<(String, String)>,
}

impl std::fmt::Debug for PutAddress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[address]")
    }
}

/// The quarantine bucket.
#[derive(Clone)]
pub struct Quarantine {
    client: Client,
    bucket: String,
}

impl Quarantine {
    /// With the bucket.
    pub const fn new(client: Client, bucket: String) -> Self {
        Self { client, bucket }
    }

    /// The bucket's name: an event of another one is not ours.
    pub fn bucket(&self) -> &str {
        &self.bucket
    }

    /// The address that takes a file until its time is over. Length, type and hash are signed: nothing else goes in.
    ///
    /// # Errors
    /// [`StoreError::Service`].
    pub async fn address(&self, upload: &Upload, now: DateTime<Utc>) -> Result<PutAddress, StoreError> {
        let seconds = (upload.put_until - now).num_seconds().max(1);
        let config = PresigningConfig::builder()
            .expires_in(Duration::from_secs(u64::try_from(seconds).unwrap_or(1)))
            .build()
            .map_err(|_| StoreError::Configuration("the term of an upload"))?;
        let hash =
            HEXLOWER.decode(upload.sha256.as_str().as_bytes()).map_err(|_| StoreError::Corrupt { place: "upload" })?;
        let request = self
            .client
            .put_object()
            .bucket(&self.bucket)
            .key(upload.quarantine_key())
            .content_length(i64::try_from(upload.bytes.bytes()).unwrap_or(i64::MAX))
            .content_type(upload.media.media_type())
            .checksum_sha256(BASE64.encode(&hash))
            .presigned(config)
            .await
            .map_err(|e| StoreError::service("S3", "PutObject (presign)", &e))?;
        // Of what this function would have sent itself only that which is part of the signature: an id of its own trace is not,
        // and a page in a browser may not send it.
        let signed = signed(request.uri());
        let own = request.headers().filter(|(name, _)| signed.iter().any(|other| name.eq_ignore_ascii_case(other)));
        let headers = own.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        Ok(PutAddress { url: request.uri().to_owned(), headers })
    }

    /// Takes bytes that came with a request: they wait here like those that came by an address.
    ///
    /// # Errors
    /// [`StoreError::Service`].
    pub async fn put(&self, upload: &Upload, content: Vec<u8>) -> Result<(), StoreError> {
        let put = self.client.put_object().bucket(&self.bucket).key(upload.quarantine_key());
        let put = put.content_type(upload.media.media_type()).body(content.into());
        put.send().await.map_err(|e| StoreError::service("S3", "PutObject", &e))?;
        Ok(())
    }

    /// The bytes that came; none when there are none. More than may be taken are not read.
    ///
    /// # Errors
    /// [`StoreError::Service`].
    pub async fn fetch(&self, upload: &Upload) -> Result<Option<Zeroizing<Vec<u8>>>, StoreError> {
        let get = self.client.get_object().bucket(&self.bucket).key(upload.quarantine_key()).send().await;
        let object = match get {
            Ok(object) => object,
            Err(e) if e.as_service_error().is_some_and(|e| e.is_no_such_key()) => return Ok(None),
            Err(e) => return Err(StoreError::service("S3", "GetObject", &e)),
        };
        let length = object.content_length().and_then(|length| u64::try_from(length).ok());
        if length.is_none_or(|length| length > MOST_BYTES) {
            // It cannot be the announced file, and says so by being none.
            return Ok(Some(Zeroizing::default()));
        }
        let bytes = object.body.collect().await.map_err(|_| StoreError::interrupted("GetObject"))?;
        Ok(Some(Zeroizing::new(bytes.to_vec())))
    }

    /// Removes what came. What is gone is gone.
    ///
    /// # Errors
    /// [`StoreError::Service`].
    pub async fn remove(&self, key: &str) -> Result<(), StoreError> {
        let delete = self.client.delete_object().bucket(&self.bucket).key(key);
        delete.send().await.map_err(|e| StoreError::service("S3", "DeleteObject", &e))?;
        Ok(())
    }

    /// Names of objects that came before a moment.
    ///
    /// # Errors
    /// [`StoreError::Service`].
    pub async fn before(&self, moment: DateTime<Utc>) -> Result<Vec<String>, StoreError> {
        crate::handoff::keys_before(&self.client, &self.bucket, moment).await
    }
}

/// Names of the headers that an address's signature covers.
fn signed(address: &str) -> Vec<&str> {
    let query = address.split_once('?').map_or("", |(_, query)| query);
    let names = query.split('&').find_map(|pair| pair.strip_prefix("X-Amz-SignedHeaders=")).unwrap_or_default();
    names.split(';').flat_map(|part| part.split("%3B")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_headers_of_a_signature_are_read_from_its_address() {
        let address = "https://b.example/k?X-Amz-Expires=900&X-Amz-SignedHeaders=content-type%3Bhost%3Bx-amz-checksum-sha256&X-Amz-Signature=0";
        assert_eq!(signed(address), ["content-type", "host", "x-amz-checksum-sha256"]);
        assert_eq!(signed("https://b.example/k?X-Amz-SignedHeaders=a;b"), ["a", "b"]);
        assert_eq!(signed("https://b.example/k"), [""]);
    }
}
