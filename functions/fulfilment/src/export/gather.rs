//! Everything that is kept about a case and its patient, opened, in the files of an archive. What is opened is in the log
//! before: of the case in its own, of each inquiry in the inquiry's.

use super::archive::Archive;
use super::content::{
    BroughtFile, CaseFile, DisclosureFile, LetterFile, MessageFile, Processing, RecordFile, StoryFile,
};
use super::readme;
use crate::{Failure, Fulfilment};
use medius_domain::access::{Action, Object, Scope};
use medius_domain::case::Case;
use medius_domain::consent::{ConsentEvent, TextLanguage, text_of};
use medius_domain::contact::ContactCard;
use medius_domain::id::{CaseId, MessageId, ReferralId};
use medius_domain::intake::Draft;
use medius_domain::message::MessageText;
use medius_domain::policy::{On, Thing};
use medius_domain::rights::RightsRequest;
use medius_domain::upload::{Owner, UploadState};
use medius_http::Language;
use medius_http::patient_log::LogExport;
use medius_store::{Binding, Change, DataKey, Place, ReferralRecord, StoreError};
use std::collections::{BTreeSet, HashMap};

/// What was read of a case in one moment.
pub(crate) struct Opened {
    pub(crate) case: Case,
    pub(crate) key: DataKey,
    draft: Draft,
    card: ContactCard,
}

impl Fulfilment {
    /// Opens a case for its patient; none where it is gone. The opening is in the log before anything is read on.
    pub(crate) async fn open(
        &self,
        id: &CaseId,
        request: &RightsRequest,
        request_id: &str,
    ) -> Result<Option<Opened>, Failure> {
        let places = Place::gate(id).into_iter().chain([Place::Intake(id.clone()), Place::DataKey(id.clone())]);
        let snapshot = self.db.read(places).await?;
        let Some(case) = snapshot.case_of(id, &request.subject)? else { return Ok(None) };
        let object = Object::of(Thing::Export, &request.id, "");
        let leave = Self::leave(Action::Create, object, &On::Behind(id, &case.subject), request_id)?;
        // Without its keys a case is destroyed, whatever else is still lying about.
        let Some(sealed) = snapshot.sealed_case(&leave) else { return Ok(None) };
        self.db.commit(Change::new(leave.clone(), self.db.now()), &snapshot).await?;
        let key = self.keyring.unwrap(id, &sealed.data_key).await?;
        let draft = sealed.intake.open(&key, id)?;
        let card = self.contacts.open(&snapshot, &leave).await?.unwrap_or_default();
        Ok(Some(Opened { case, key, draft, card }))
    }

    /// The archive of an opened case; with what belongs to the patient and to no case, where it is the first; and with as many
    /// bytes of files as there is room for.
    pub(crate) async fn packed(
        &self,
        opened: &Opened,
        request: &RightsRequest,
        first: bool,
        room: &mut u64,
        request_id: &str,
    ) -> Result<Vec<u8>, Failure> {
        let (id, now) = (&opened.case.id, self.db.now());
        let mut archive = Archive::default();
        archive.add("README.ko.txt", readme::korean(id, &request.id, now));
        archive.add("README.en.txt", readme::english(id, &request.id, now));
        archive.add_json("case.json", &CaseFile::new(&opened.case))?;
        archive.add_json("story.json", &StoryFile::new(&opened.draft, &opened.card))?;
        self.consents(&mut archive, id).await?;
        self.letters(&mut archive, opened).await?;
        self.explanations(&mut archive, opened).await?;
        self.records(&mut archive, opened).await?;
        self.files(&mut archive, opened, request, room).await?;
        self.messages(&mut archive, opened).await?;
        self.log(&mut archive, &opened.case).await?;
        self.requests(&mut archive, request, first).await?;
        self.inquiries(&mut archive, request, first, request_id).await?;
        self.statutory(&mut archive, request, first, request_id).await?;
        archive.packed()
    }

    async fn consents(&self, archive: &mut Archive, case: &CaseId) -> Result<(), Failure> {
        let events: Vec<ConsentEvent> = self.db.consent_events(case).await?;
        archive.add_json("processing.json", &Processing::of(&events))?;
        archive.add_json("consents.json", &events)?;
        let mut seen = BTreeSet::new();
        for event in &events {
            let language = match event.language {
                TextLanguage::Ko => "ko",
                TextLanguage::En => "en",
            };
            let Some(text) = text_of(event.item, event.text_version, event.language) else { continue };
            let name = format!("consent-texts/{}-v{}.{language}.json", event.item.code(), event.text_version);
            if seen.insert(name.clone()) {
                archive.add_json(name, text)?;
            }
        }
        Ok(())
    }

    async fn letters(&self, archive: &mut Archive, opened: &Opened) -> Result<(), Failure> {
        let case = &opened.case.id;
        let mut letters = self.db.referrals(case).await?;
        letters.sort_by(|a, b| (a.issued_at, &a.id).cmp(&(b.issued_at, &b.id)));
        let mut deliveries = self.db.deliveries(case).await?;
        deliveries.sort_by(|a, b| (a.created_at, &a.id).cmp(&(b.created_at, &b.id)));
        let links = self.db.links_of(&deliveries).await?;
        let institutions = self.db.institutions(deliveries.iter().map(|d| &d.provider_id)).await?;
        let by_id: HashMap<&ReferralId, &ReferralRecord> = letters.iter().map(|l| (&l.id, l)).collect();
        let disclosures: Vec<DisclosureFile<'_>> = deliveries
            .iter()
            .map(|d| {
                let letter = by_id.get(&d.referral_id).copied();
                DisclosureFile::new(d, links.get(&d.link_id), letter, institutions.get(&d.provider_id))
            })
            .collect();
        archive.add_json("disclosures.json", &disclosures)?;
        let listed: Vec<LetterFile<'_>> = letters.iter().map(LetterFile::new).collect();
        archive.add_json("letters.json", &listed)?;
        for (letter, listed) in letters.iter().zip(&listed) {
            let (pdf, fhir) = listed.names();
            let file = |kind, sha256| self.documents.get(case, &opened.key, kind, sha256);
            archive.add(pdf, file("letter", &letter.pdf_sha256).await?.to_vec());
            archive.add(fhir, file("bundle", &letter.bundle_sha256).await?.to_vec());
        }
        Ok(())
    }

    async fn explanations(&self, archive: &mut Archive, opened: &Opened) -> Result<(), Failure> {
        let case = &opened.case.id;
        let mut made = self.db.explanations(case).await?;
        made.sort_by(|a, b| (a.made_at, &a.id).cmp(&(b.made_at, &b.id)));
        archive.add_json("explanations.json", &made)?;
        for one in &made {
            let file = |kind, sha256| self.documents.get(case, &opened.key, kind, sha256);
            archive.add(format!("explanations/{}.json", one.id), file("report", &one.report_sha256).await?.to_vec());
            archive.add(format!("explanations/{}.pdf", one.id), file("explanation", &one.pdf_sha256).await?.to_vec());
        }
        Ok(())
    }

    async fn records(&self, archive: &mut Archive, opened: &Opened) -> Result<(), Failure> {
        let case = &opened.case.id;
        let sealed = self.db.case_records(case).await?;
        let mut records = Vec::with_capacity(sealed.len());
        for one in &sealed {
            records.push(RecordFile::new(&one.record, one.open(&opened.key)?));
        }
        archive.add_json("records.json", &records)
    }

    /// The files themselves, while there is room for them: fifty are more than an archive in memory holds. Of the others the list
    /// says where each is handed out.
    async fn files(
        &self,
        archive: &mut Archive,
        opened: &Opened,
        request: &RightsRequest,
        room: &mut u64,
    ) -> Result<(), Failure> {
        let case = &opened.case.id;
        let uploads = self.db.uploads(&Owner::Case(case.clone())).await?;
        let mut listed = Vec::with_capacity(uploads.len());
        for upload in &uploads {
            let mut file = BroughtFile::new(upload);
            if upload.state == UploadState::Released {
                if taken(room, upload.bytes.into()) {
                    archive.add(file.lies_in_copy(), self.files.get(upload, &opened.key).await?.to_vec());
                } else {
                    file.lies_at(case, &request.id);
                }
            }
            listed.push(file);
        }
        archive.add_json("files.json", &listed)
    }

    async fn messages(&self, archive: &mut Archive, opened: &Opened) -> Result<(), Failure> {
        let case = &opened.case.id;
        let messages = self.db.messages(case).await?;
        let open = |id: &MessageId, sealed: &[u8]| -> Result<MessageText, StoreError> {
            let place = Place::Message(case.clone(), id.clone());
            let plain = opened.key.open(&Binding::field(case, &place, "text"), sealed)?;
            let corrupt = || StoreError::Corrupt { place: "message" };
            let text = std::str::from_utf8(&plain).map_err(|_| corrupt())?;
            MessageText::parse(text).map_err(|_| corrupt())
        };
        let mut files = Vec::with_capacity(messages.len());
        for (record, sealed) in &messages {
            files.push(MessageFile::new(record, open(&record.id, sealed)?));
        }
        archive.add_json("messages.json", &files)
    }

    async fn log(&self, archive: &mut Archive, case: &Case) -> Result<(), Failure> {
        let entries = self.db.log_entries(&Scope::Case(case.id.clone())).await?;
        let institutions = self.db.institutions_in(&entries).await?;
        for language in [Language::Ko, Language::En] {
            let file = LogExport::new(case, &entries, &institutions, language, self.db.now());
            // Of hashing an entry; what stands in the entry is not in the error.
            let file = file.map_err(|_| Failure::Archive("an entry of the log cannot be hashed".to_owned()))?;
            archive.add_json(format!("access-log.{}.json", language.tag()), &file)?;
        }
        Ok(())
    }
}

/// Whether there is room for so many bytes, which then are taken. A smaller file may still fit after a larger one did not.
const fn taken(room: &mut u64, bytes: u64) -> bool {
    match room.checked_sub(bytes) {
        Some(left) => {
            *room = left;
            true
        }
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_go_into_the_copy_while_there_is_room_for_them() {
        let mut room = 24;
        let sizes = [20, 5, 4, 1];
        assert_eq!(sizes.map(|bytes| taken(&mut room, bytes)), [true, false, true, false]);
        assert_eq!(room, 0);
    }
}
