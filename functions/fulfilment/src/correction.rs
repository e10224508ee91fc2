//! Correction (PIPA Art. 36): the right values become the story's new version; letters that say it otherwise are superseded, their
//! links end, who received them is told, and so is the patient; explanations that were judged with the old values say so. All of it
//! is one transaction with the end of the request.

use crate::{Failure, Fulfilment, Progress};
use chrono::{DateTime, Utc};
use medius_domain::access::{Action, Object};
use medius_domain::case::{Case, CaseState};
use medius_domain::consent::DataItem;
use medius_domain::id::ReferralId;
use medius_domain::link::LinkEvent;
use medius_domain::policy::{On, Thing};
use medius_domain::rights::{Outcome, RightsRequest};
use medius_store::{Change, ExplanationRecord, MailAbout, MailRecord, Notice, Place, ReferralRecord};
use std::collections::BTreeSet;

/// Writes that one transaction takes.
const MOST_WRITES: usize = 100;
/// What an explanation is judged with: birth date and sex, what is known of the patient, and the values themselves.
const JUDGED_WITH: [DataItem; 4] = [DataItem::Identity, DataItem::History, DataItem::Medications, DataItem::Results];

impl Fulfilment {
    /// Puts right what the patient gave values for; what came without values is carried out by hand.
    pub(crate) async fn correct(&self, request: &RightsRequest, request_id: &str) -> Result<Progress, Failure> {
        let Some(id) = &request.case_id else { return Ok(Progress::InOtherHands) };
        let own =
            [Place::Intake(id.clone()), Place::DataKey(id.clone()), Place::Correction(id.clone(), request.id.clone())];
        let snapshot = self.db.read(Place::gate(id).into_iter().chain(own)).await?;
        let Some(case) = snapshot.case_of(id, &request.subject)? else { return Err(Failure::NothingLeft) };
        let object = Object::of(Thing::Right, &request.id, "corrected");
        let leave = Self::leave(Action::Update, object, &On::Right(request), request_id)?;
        // Without its keys a case is destroyed, whatever else is still lying about.
        let Some(mut sealed) = snapshot.sealed_case(&leave) else { return Err(Failure::NothingLeft) };
        let key = self.keyring.unwrap(id, &sealed.data_key).await?;
        let Some(correction) = snapshot.correction(id, &request.id, &key)? else { return Ok(Progress::InOtherHands) };
        let now = self.db.now();
        let story = correction.on(&sealed.intake.open(&key, id)?);
        if let Some(basic) = &story.basic {
            sealed.intake.seal_basic(&key, id, basic)?;
            let card = self.contacts.open(&snapshot, &leave).await?.unwrap_or_default();
            let card = card.with_basic(case.minor, basic.email.as_ref(), &basic.languages, basic.birth_date);
            sealed.card = Some(self.contacts.seal(id, &sealed.contact_key, &card, &self.mailboxes).await?);
        }
        if let Some(health) = &story.health {
            sealed.intake.seal_health(&key, id, health)?;
        }
        let complete = case.state == CaseState::Complete && story.missing().is_empty();
        let next = case.corrected(complete, now);
        let done = request.carried_out(Outcome::Corrected, now).map_err(Failure::Step)?;
        let mut change = Change::new(leave, now);
        change.update_case(&next, &sealed)?;
        change.empty_correction(&next, &request.id);
        let parts = correction.parts();
        self.supersede(&mut change, &next, &parts, now).await?;
        if JUDGED_WITH.iter().any(|part| parts.contains(part)) {
            for made in self.db.explanations(id).await?.into_iter().filter(|made| made.superseded_at.is_none()) {
                change.update_explanation(&ExplanationRecord { superseded_at: Some(now), ..made }, &next)?;
            }
        }
        change.rights_request(&done)?;
        let about = MailAbout::PatientNotice { notice: Notice::Corrected };
        change.order_mail(&MailRecord::new(about, id.clone(), request.subject.clone(), now))?;
        if change.size() > MOST_WRITES {
            return Err(Failure::TooMuch);
        }
        // Unmoved: a letter or a link that is made at this moment must be seen.
        self.db.commit_unmoved(change, &snapshot).await?;
        Ok(Progress::Done)
    }

    /// Ends what rests on letters that say it otherwise.
    async fn supersede(
        &self,
        change: &mut Change,
        case: &Case,
        parts: &BTreeSet<DataItem>,
        now: DateTime<Utc>,
    ) -> Result<(), Failure> {
        let stale = |letter: &ReferralRecord| letter.superseded_at.is_none() && !letter.items.is_disjoint(parts);
        let letters: Vec<ReferralRecord> = self.db.referrals(&case.id).await?.into_iter().filter(stale).collect();
        let ids: BTreeSet<&ReferralId> = letters.iter().map(|letter| &letter.id).collect();
        for letter in &letters {
            change.update_referral(&ReferralRecord { superseded_at: Some(now), ..letter.clone() }, case)?;
        }
        let deliveries = self.db.deliveries(&case.id).await?;
        let links = self.db.links_of(deliveries.iter().filter(|d| ids.contains(&d.referral_id))).await?;
        for link in links.values() {
            // A link that the patient took back has told its institution already.
            change.end_link(link, LinkEvent::Supersede, case)?;
        }
        Ok(())
    }
}
