//! Objects of a case: every version, marker and unfinished upload under a prefix is found, and removed.

use super::Destroyer;
use crate::error::StoreError;

/// What lies in the bucket under a prefix.
#[derive(Default)]
pub(super) struct Objects {
    /// Key and version, and whether it is a marker.
    pub(super) versions: Vec<(String, String, bool)>,
    /// Key and id of unfinished uploads.
    pub(super) uploads: Vec<(String, String)>,
}

impl Destroyer {
    pub(super) async fn listed(&self, prefix: &str) -> Result<Objects, StoreError> {
        let mut found = Objects::default();
        let (mut key_marker, mut version_marker) = (None, None);
        loop {
            let answer = self
                .s3
                .list_object_versions()
                .bucket(&self.bucket)
                .prefix(prefix)
                .set_key_marker(key_marker)
                .set_version_id_marker(version_marker)
                .send()
                .await
                .map_err(|e| StoreError::service("S3", "ListObjectVersions", &e))?;
            let of = |key: Option<&str>, version: Option<&str>, marker| {
                Some((key?.to_owned(), version.unwrap_or("null").to_owned(), marker))
            };
            found.versions.extend(answer.versions().iter().filter_map(|v| of(v.key(), v.version_id(), false)));
            found.versions.extend(answer.delete_markers().iter().filter_map(|m| of(m.key(), m.version_id(), true)));
            if answer.is_truncated() != Some(true) {
                break;
            }
            (key_marker, version_marker) = (answer.next_key_marker, answer.next_version_id_marker);
        }
        let (mut key_marker, mut upload_marker) = (None, None);
        loop {
            let answer = self
                .s3
                .list_multipart_uploads()
                .bucket(&self.bucket)
                .prefix(prefix)
                .set_key_marker(key_marker)
                .set_upload_id_marker(upload_marker)
                .send()
                .await
                .map_err(|e| StoreError::service("S3", "ListMultipartUploads", &e))?;
            let uploads = answer.uploads().iter();
            let under = |u: &aws_sdk_s3::types::MultipartUpload| {
                let key = u.key().filter(|key| key.starts_with(prefix))?;
                Some((key.to_owned(), u.upload_id()?.to_owned()))
            };
            found.uploads.extend(uploads.filter_map(under));
            if answer.is_truncated() != Some(true) {
                return Ok(found);
            }
            (key_marker, upload_marker) = (answer.next_key_marker, answer.next_upload_id_marker);
        }
    }

    pub(super) async fn remove(&self, objects: &Objects) -> Result<(), StoreError> {
        for (key, version, _) in &objects.versions {
            let delete = self.s3.delete_object().bucket(&self.bucket).key(key).version_id(version);
            delete.send().await.map_err(|e| StoreError::service("S3", "DeleteObject", &e))?;
        }
        for (key, upload) in &objects.uploads {
            let abort = self.s3.abort_multipart_upload().bucket(&self.bucket).key(key).upload_id(upload).send().await;
            if let Err(error) = abort {
                // Another run was quicker.
                if !error.as_service_error().is_some_and(|e| e.is_no_such_upload()) {
                    return Err(StoreError::service("S3", "AbortMultipartUpload", &error));
                }
            }
        }
        Ok(())
    }
}
