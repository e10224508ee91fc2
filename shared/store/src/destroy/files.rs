//! Files that were brought to requests about rights and to inquiries: mandates end ninety days after their request was closed,
//! attachments with their inquiry. The key goes first, then the objects; the record with the file's hash stays to its own end.

use super::objects::{Objects, Round};
use super::{Destroyer, Swept};
use crate::error::StoreError;
use crate::files::prefix;
use crate::item::{Item, key};
use crate::place::{Place, Table};
use crate::retime::key_of;
use medius_domain::id::{InquiryId, RightId};
use medius_domain::upload::Owner;
use std::collections::HashMap;

/// The parts of the bucket in which such files lie.
const RIGHTS: &str = "rights/";
const INQUIRIES: &str = "inquiries/";

/// The owner that an object's name tells; none for a name that no file has.
fn owner_of(name: &str) -> Option<Owner> {
    let (folder, rest) = name.split_once('/')?;
    let (id, file) = rest.split_once('/')?;
    file.parse::<medius_domain::id::UploadId>().ok()?;
    match folder {
        "rights" => id.parse().ok().map(Owner::Right),
        "inquiries" => id.parse().ok().map(Owner::Inquiry),
        _ => None,
    }
}

fn by_owner(found: Objects) -> HashMap<Option<Owner>, Objects> {
    let mut by_owner: HashMap<Option<Owner>, Objects> = HashMap::new();
    for version in found.versions {
        by_owner.entry(owner_of(&version.0)).or_default().versions.push(version);
    }
    for upload in found.uploads {
        by_owner.entry(owner_of(&upload.0)).or_default().uploads.push(upload);
    }
    by_owner
}

impl Destroyer {
    /// Removes files that are not to be kept any more, for as long as there is time, and says of how many owners. An owner
    /// that has ended, or that is nowhere, has no files.
    ///
    /// # Errors
    /// [`StoreError::Service`] or [`StoreError::Corrupt`].
    pub async fn sweep_files(&self, goes_on: &(dyn Fn() -> bool + Sync)) -> Result<Swept, StoreError> {
        let mut swept = Swept::default();
        for (folder, middle) in [(RIGHTS, RightId::new().to_string()), (INQUIRIES, InquiryId::new().to_string())] {
            let mut round = Round::new(folder, format!("{folder}{middle}"));
            while let Some(found) = round.next(self).await? {
                for (owner, objects) in by_owner(found) {
                    if !goes_on() {
                        return Ok(swept);
                    }
                    if let Some(owner) = &owner {
                        if self.keeps(owner).await? {
                            continue;
                        }
                        self.shred(owner).await?;
                    }
                    // What no file is called has no business there.
                    self.remove(&objects).await?;
                    swept.removed += 1;
                }
            }
        }
        Ok(Swept { whole: true, ..swept })
    }

    /// Removes an inquiry of which nothing is to be kept: its key first, then its files in every version, their records, and last
    /// what was written. A repeat finds it gone.
    ///
    /// # Errors
    /// [`StoreError::Service`].
    pub async fn inquiry(&self, id: &InquiryId) -> Result<(), StoreError> {
        let owner = Owner::Inquiry(id.clone());
        self.shred(&owner).await?;
        let objects = self.listed(&prefix(&owner)).await?;
        self.remove(&objects).await?;
        for file in self.db.raw_items(Table::Uploads, Place::owner_pk(&owner)).await? {
            self.deleted(Table::Uploads, key_of(&file)).await?;
        }
        let written = Place::Inquiry(id.clone());
        self.deleted(written.table(), key(&written)).await
    }

    /// Whether what was brought to an owner is kept.
    async fn keeps(&self, owner: &Owner) -> Result<bool, StoreError> {
        match owner {
            // A case's files end with the case.
            Owner::Case(_) => Ok(true),
            Owner::Right(id) => {
                let snapshot = self.db.read([Place::Right(id.clone())]).await?;
                Ok(snapshot.rights_request(id)?.is_some_and(|request| request.keeps_proofs(snapshot.now())))
            }
            Owner::Inquiry(id) => Ok(self.db.read([Place::Inquiry(id.clone())]).await?.inquiry(id)?.is_some()),
        }
    }

    /// Removes the owner's key: from then on nothing that was sealed under it can be opened.
    async fn shred(&self, owner: &Owner) -> Result<(), StoreError> {
        let place = Place::owner_key(owner);
        self.deleted(place.table(), key(&place)).await
    }

    async fn deleted(&self, table: Table, key: Item) -> Result<(), StoreError> {
        let delete = self.db.client.delete_item().table_name(self.db.tables.name(table)?).set_key(Some(key));
        delete.send().await.map_err(|e| StoreError::service("DynamoDB", "DeleteItem", &e))?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use medius_domain::id::{CaseId, UploadId};

    #[test]
    fn a_file_s_name_tells_its_owner_and_no_other_name_does() {
        let upload = UploadId::new();
        for owner in [Owner::Right(RightId::new()), Owner::Inquiry(InquiryId::new())] {
            assert_eq!(owner_of(&format!("{}{upload}", prefix(&owner))), Some(owner));
        }
        let (case, right) = (CaseId::new(), RightId::new());
        for other in [
            format!("cases/{case}/uploads/{upload}"),
            format!("rights/{case}/{upload}"),
            format!("rights/{right}/x"),
            format!("inquiries/{right}/{upload}"),
            format!("rights/{upload}"),
        ] {
            assert_eq!(owner_of(&other), None, "{other}");
        }
    }
}
