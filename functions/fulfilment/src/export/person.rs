//! What is kept about the patient and belongs to no case: requests, inquiries, and what statutes keep. It goes with the first case.
//! What is opened of an inquiry is in the inquiry's log before.

use super::archive::Archive;
use super::asked::{InquiryFile, RequestFile, StatutoryFile};
use crate::{Failure, Fulfilment};
use medius_domain::access::{Action, Object};
use medius_domain::policy::{On, Thing};
use medius_domain::rights::RightsRequest;
use medius_store::{Change, Place};

impl Fulfilment {
    /// Past requests: the case's, and with the first case those that are about none.
    pub(super) async fn requests(
        &self,
        archive: &mut Archive,
        request: &RightsRequest,
        first: bool,
    ) -> Result<(), Failure> {
        let mut all = self.db.rights_of(&request.subject).await?;
        // Ninety days after its end a request stands under a pseudonym; it is still this patient's.
        let pseudonym = RightsRequest::pseudonym(&self.codes.subject_hmac(&request.subject).await?);
        all.extend(self.db.rights_of(&pseudonym).await?);
        all.retain(|other| first || other.case_id.is_some() && other.case_id == request.case_id);
        all.sort_by(|a, b| (a.received_at, &a.id).cmp(&(b.received_at, &b.id)));
        let files: Vec<RequestFile<'_>> = all.iter().map(RequestFile::new).collect();
        archive.add_json("requests.json", &files)
    }

    pub(super) async fn inquiries(
        &self,
        archive: &mut Archive,
        request: &RightsRequest,
        first: bool,
        request_id: &str,
    ) -> Result<(), Failure> {
        let mut files = Vec::new();
        let mut all = if first { self.db.inquiries_of(&request.subject).await? } else { Vec::new() };
        all.sort_by(|a, b| (a.created_at, &a.id).cmp(&(b.created_at, &b.id)));
        for listed in all {
            let snapshot = self.db.read(Place::of_inquiry(&listed.id)).await?;
            let Some(inquiry) = snapshot.inquiry(&listed.id)? else { continue };
            let object = Object::of(Thing::Export, &request.id, "");
            let leave = Self::leave(Action::Create, object, &On::Inquiry(&inquiry), request_id)?;
            let Some(sealed) = snapshot.sealed_inquiry(&leave) else { continue };
            self.db.commit(Change::new(leave, self.db.now()), &snapshot).await?;
            let thread = self.inquiries.open(&inquiry.id, &sealed).await?;
            files.push(InquiryFile::new(&inquiry, &thread));
        }
        archive.add_json("inquiries.json", &files)
    }

    /// What statutes keep of the patient, whether or not the inquiry that it was is still there.
    pub(super) async fn statutory(
        &self,
        archive: &mut Archive,
        request: &RightsRequest,
        first: bool,
        request_id: &str,
    ) -> Result<(), Failure> {
        let mut files = Vec::new();
        let mut all = if first { self.db.statutory_of(&request.subject).await? } else { Vec::new() };
        all.sort_by(|a, b| (a.said_on, &a.id).cmp(&(b.said_on, &b.id)));
        for listed in all {
            let snapshot = self.db.read(Place::of_statutory(&listed.id)).await?;
            let Some(record) = snapshot.statutory(&listed.id)? else { continue };
            let object = Object::of(Thing::Export, &request.id, "");
            let leave = Self::leave(Action::Create, object, &On::Statutory(&record), request_id)?;
            let Some(sealed) = snapshot.sealed_statutory(&leave) else { continue };
            self.db.commit(Change::new(leave, self.db.now()), &snapshot).await?;
            let said = self.inquiries.open_record(&record.id, &sealed).await?;
            files.push(StatutoryFile::new(&record, &said));
        }
        archive.add_json("statutory-records.json", &files)
    }
}
