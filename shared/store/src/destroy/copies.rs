//! Copies that patients asked for: what was fetched, or was not for seven days, is removed with every version of it.

use super::objects::{Objects, Round};
use super::{Destroyer, Swept};
use crate::error::StoreError;
use crate::place::Place;
use medius_domain::id::{CaseId, RightId};
use medius_domain::rights::State;
use std::collections::BTreeMap;

/// The part of the bucket in which every copy lies.
const ALL: &str = "exports/";

/// The request that an object's name tells; none for a name that no copy has.
fn request_of(key: &str) -> Option<RightId> {
    let mut parts = key.strip_prefix(ALL)?.split('/');
    parts.next()?.parse::<CaseId>().ok()?;
    let right = parts.next()?.parse().ok()?;
    // The rest is the hash of what is in it, and nothing follows that.
    (parts.next()?.len() == 64 && parts.next().is_none()).then_some(right)
}

impl Destroyer {
    /// Removes copies that nobody can fetch any more, for as long as there is time, and says how many.
    ///
    /// # Errors
    /// [`StoreError::Service`] or [`StoreError::Corrupt`].
    pub async fn sweep_copies(&self, goes_on: &(dyn Fn() -> bool + Sync)) -> Result<Swept, StoreError> {
        let mut swept = Swept::default();
        let mut round = Round::new(ALL, format!("{ALL}{}", CaseId::new()));
        while let Some(found) = round.next(self).await? {
            let mut by_key: BTreeMap<String, Objects> = BTreeMap::new();
            for version in found.versions {
                by_key.entry(version.0.clone()).or_default().versions.push(version);
            }
            for upload in found.uploads {
                by_key.entry(upload.0.clone()).or_default().uploads.push(upload);
            }
            for (key, objects) in by_key {
                if !goes_on() {
                    return Ok(swept);
                }
                // What no copy is called has no business there.
                let wanted = match request_of(&key) {
                    Some(right) => self.wanted(&right).await?,
                    None => false,
                };
                if !wanted {
                    self.remove(&objects).await?;
                    swept.removed += 1;
                }
            }
        }
        Ok(Swept { whole: true, ..swept })
    }

    /// Whether the copy of a request can be fetched, or is being made.
    async fn wanted(&self, right: &RightId) -> Result<bool, StoreError> {
        let snapshot = self.db.read([Place::Export(right.clone()), Place::Right(right.clone())]).await?;
        if snapshot.export(right)?.is_some_and(|export| export.live(snapshot.now())) {
            return Ok(true);
        }
        let request = snapshot.rights_request(right)?;
        Ok(request.is_some_and(|request| matches!(request.state, State::Executing | State::ExecutionFailed)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_s_name_tells_its_request_and_no_other_name_does() {
        let (case, right) = (CaseId::new(), RightId::new());
        let hash = "0".repeat(64);
        assert_eq!(request_of(&format!("exports/{case}/{right}/{hash}")), Some(right.clone()));
        for other in [
            format!("cases/{case}/{right}/{hash}"),
            format!("exports/{case}/{right}"),
            format!("exports/{case}/{right}/{hash}/x"),
            format!("exports/x/{right}/{hash}"),
            format!("exports/{case}/x/{hash}"),
        ] {
            assert_eq!(request_of(&other), None, "{other}");
        }
    }
}
