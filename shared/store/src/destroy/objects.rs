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

/// Where a list goes on: after a name, and after one of its versions or uploads.
type After = (Option<String>, Option<String>);

impl Destroyer {
    /// Everything under a prefix.
    pub(super) async fn listed(&self, prefix: &str) -> Result<Objects, StoreError> {
        let mut found = Objects::default();
        let mut after = Some(After::default());
        while let Some(from) = after {
            let (versions, next) = self.versions(prefix, from).await?;
            found.versions.extend(versions);
            after = next;
        }
        let mut after = Some(After::default());
        while let Some(from) = after {
            let (uploads, next) = self.unfinished(prefix, from).await?;
            found.uploads.extend(uploads);
            after = next;
        }
        Ok(found)
    }

    /// A page of versions and markers.
    async fn versions(
        &self,
        prefix: &str,
        (key_marker, version_marker): After,
    ) -> Result<(Vec<(String, String, bool)>, Option<After>), StoreError> {
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
        let mut found: Vec<_> = answer.versions().iter().filter_map(|v| of(v.key(), v.version_id(), false)).collect();
        found.extend(answer.delete_markers().iter().filter_map(|m| of(m.key(), m.version_id(), true)));
        let more = answer.is_truncated() == Some(true);
        Ok((found, more.then_some((answer.next_key_marker, answer.next_version_id_marker))))
    }

    /// A page of uploads that were never finished.
    async fn unfinished(
        &self,
        prefix: &str,
        (key_marker, upload_marker): After,
    ) -> Result<(Vec<(String, String)>, Option<After>), StoreError> {
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
        let under = |u: &aws_sdk_s3::types::MultipartUpload| {
            let key = u.key().filter(|key| key.starts_with(prefix))?;
            Some((key.to_owned(), u.upload_id()?.to_owned()))
        };
        let found = answer.uploads().iter().filter_map(under).collect();
        let more = answer.is_truncated() == Some(true);
        Ok((found, more.then_some((answer.next_key_marker, answer.next_upload_id_marker))))
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

/// What of a round is left.
enum Leg {
    /// Versions from the name in the middle to the end.
    ToEnd(After),
    /// Versions from the beginning to that name.
    ToMiddle(After),
    /// Unfinished uploads.
    Uploads(After),
}

/// A round over everything under a prefix, page by page. It begins at a name in the middle, at another one each time: a round
/// that is cut short by the time leaves something else to the next one.
pub(super) struct Round {
    prefix: &'static str,
    middle: String,
    leg: Option<Leg>,
}

impl Round {
    pub(super) fn new(prefix: &'static str, middle: String) -> Self {
        let leg = Some(Leg::ToEnd((Some(middle.clone()), None)));
        Self { prefix, middle, leg }
    }

    /// The next page; none at the end.
    pub(super) async fn next(&mut self, destroyer: &Destroyer) -> Result<Option<Objects>, StoreError> {
        let Some(leg) = self.leg.take() else { return Ok(None) };
        let mut page = Objects::default();
        self.leg = match leg {
            Leg::ToEnd(after) => {
                let (versions, next) = destroyer.versions(self.prefix, after).await?;
                page.versions = versions;
                Some(next.map_or_else(|| Leg::ToMiddle(After::default()), Leg::ToEnd))
            }
            Leg::ToMiddle(after) => {
                let (versions, next) = destroyer.versions(self.prefix, after).await?;
                let all = versions.len();
                page.versions = versions.into_iter().filter(|(key, ..)| *key <= self.middle).collect();
                let over = page.versions.len() < all;
                let next = next.filter(|_| !over);
                Some(next.map_or_else(|| Leg::Uploads(After::default()), Leg::ToMiddle))
            }
            Leg::Uploads(after) => {
                let (uploads, next) = destroyer.unfinished(self.prefix, after).await?;
                page.uploads = uploads;
                next.map(Leg::Uploads)
            }
        };
        Ok(Some(page))
    }
}
