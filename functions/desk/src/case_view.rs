//! A case as staff see it. What the patient told is there only as far as the consent to collect it is in force.

use crate::api::AssignmentView;
use chrono::{DateTime, NaiveDate, Utc};
use medius_domain::case::{Case, CaseState};
use medius_domain::clock::kst_day;
use medius_domain::consent::{
    ConsentActor, ConsentHead, ConsentProof, Current, DataItem, Item, Matter, Standing, TextLanguage, Use, gate,
};
use medius_domain::id::{CaseId, DeliveryId, DocumentNumber, ProviderId, ReferralId, Subject};
use medius_domain::intake::{BasicDraft, Draft, HealthDraft};
use medius_domain::link::{Factor, Link};
use medius_domain::provider::Provider;
use medius_domain::work::Assignment;
use medius_store::{DeliveryRecord, ReferralRecord, SealedIntake};
use serde::Serialize;
use std::collections::BTreeSet;
use utoipa::ToSchema;

/// What staff may be shown of a story at a moment, with the consents that it rests on.
#[derive(Debug)]
pub struct Shown {
    basic: Option<ConsentProof>,
    health: Option<ConsentProof>,
}

impl Shown {
    /// By the consents to collect: whoever took one back takes what it covered out of sight.
    pub fn by(case: &CaseId, consents: &ConsentHead, standing: &Standing) -> Self {
        let may = |used_for| gate(case, consents, &used_for, standing).ok();
        Self { basic: may(Use::CollectBasic), health: may(Use::CollectHealth) }
    }

    /// The proof of everything that is shown; none when nothing is.
    pub const fn proof(&self) -> Option<&ConsentProof> {
        match (&self.health, &self.basic) {
            (Some(proof), _) | (None, Some(proof)) => Some(proof),
            (None, None) => None,
        }
    }

    /// The sealed parts that may be opened.
    pub fn of(&self, sealed: &SealedIntake) -> SealedIntake {
        SealedIntake {
            basic: sealed.basic.clone().filter(|_| self.basic.is_some()),
            health: sealed.health.clone().filter(|_| self.health.is_some()),
        }
    }

    /// What is still missing in the parts that are shown.
    fn missing(&self, draft: &Draft) -> Vec<&'static str> {
        let seen = |p: &&str| {
            (p.starts_with("/basic/") && self.basic.is_some()) || (p.starts_with("/health/") && self.health.is_some())
        };
        draft.missing().into_iter().filter(seen).collect()
    }
}

/// A consent in force.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeskConsent {
    /// The item, such as `G1`.
    #[schema(value_type = String)]
    pub item: Item,
    /// The institution, for provision.
    #[schema(value_type = Option<String>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recipient: Option<ProviderId>,
    /// The parts agreed to.
    #[schema(value_type = Vec<String>)]
    pub data_items: BTreeSet<DataItem>,
    /// `SELF` or `GUARDIAN`.
    #[schema(value_type = String)]
    pub given_by: ConsentActor,
    /// Since when.
    pub since: DateTime<Utc>,
    /// Until when, where it ends by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<DateTime<Utc>>,
    /// Version of the text.
    pub text_version: u32,
    /// Language of the text.
    #[schema(value_type = String)]
    pub language: TextLanguage,
}

impl DeskConsent {
    fn new(matter: &Matter, current: &Current) -> Self {
        Self {
            item: matter.item(),
            recipient: matter.recipient().cloned(),
            data_items: current.data_items.clone(),
            given_by: current.actor,
            since: current.decided_at,
            expires_at: current.expires_at,
            text_version: current.text_version,
            language: current.language,
        }
    }

    /// Those in force at a moment.
    pub fn in_force(consents: &ConsentHead, standing: &Standing) -> Vec<Self> {
        let granted = |matter| consents.granted(matter, standing).map(|current| Self::new(matter, current));
        consents.current.keys().filter_map(granted).collect()
    }
}

/// A letter, without what it says.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeskLetter {
    /// Its id.
    #[schema(value_type = String)]
    pub id: ReferralId,
    /// Its number on paper.
    #[schema(value_type = String)]
    pub document_number: DocumentNumber,
    /// The institution that it is addressed to.
    #[schema(value_type = String)]
    pub recipient: ProviderId,
    /// When it was made.
    pub issued_at: DateTime<Utc>,
    /// Version of the case that it was made from.
    pub case_version: u64,
    /// The parts of the patient's information that are in it.
    #[schema(value_type = Vec<String>)]
    pub data_items: BTreeSet<DataItem>,
    /// Number of pages.
    pub pages: u32,
}

impl From<&ReferralRecord> for DeskLetter {
    fn from(letter: &ReferralRecord) -> Self {
        Self {
            id: letter.id.clone(),
            document_number: letter.document_number.clone(),
            recipient: letter.recipient.clone(),
            issued_at: letter.issued_at,
            case_version: letter.case_version,
            data_items: letter.items.clone(),
            pages: letter.pages,
        }
    }
}

/// A letter on its way. The link itself never appears.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeskDelivery {
    /// Its id.
    #[schema(value_type = String)]
    pub id: DeliveryId,
    /// The letter.
    #[schema(value_type = String)]
    pub referral_id: ReferralId,
    /// The institution.
    #[schema(value_type = String)]
    pub recipient: ProviderId,
    /// How far it got: `QUEUED`, `SENT`, `DELIVERED`, `DELAYED`, `BOUNCED`, `UNLOCKED`, `DOWNLOADED`, `ACKNOWLEDGED`,
    /// `DECLINED`, `SUSPENDED`, `REVOKED`, `SUPERSEDED`.
    pub state: &'static str,
    /// Whether the institution can still open it.
    pub live: bool,
    /// When it was asked for.
    pub created_at: DateTime<Utc>,
    /// When the institution's access ends.
    pub expires_at: DateTime<Utc>,
    /// When the mail was sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sent_at: Option<DateTime<Utc>>,
    /// When the institution said "received".
    #[serde(skip_serializing_if = "Option::is_none")]
    pub acknowledged_at: Option<DateTime<Utc>>,
    /// When it was taken back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revoked_at: Option<DateTime<Utc>>,
    /// Whether it is opened with an access code that is told by telephone.
    pub access_code: bool,
    /// Whether it can be made anew.
    pub can_reissue: bool,
    /// When the institution's mail server took the mail.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delivered_at: Option<DateTime<Utc>>,
    /// When it refused the mail.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bounced_at: Option<DateTime<Utc>>,
    /// When somebody at the institution marked the mail as spam.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub complained_at: Option<DateTime<Utc>>,
    /// When too many wrong codes closed it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suspended_at: Option<DateTime<Utc>>,
    /// Files taken so far.
    pub downloads: u32,
}

impl DeskDelivery {
    /// The view of a delivery with its link, at a moment.
    pub fn new(delivery: &DeliveryRecord, link: &Link, now: DateTime<Utc>) -> Self {
        Self {
            id: delivery.id.clone(),
            referral_id: delivery.referral_id.clone(),
            recipient: delivery.provider_id.clone(),
            state: link.state.as_str(),
            live: link.live(now),
            created_at: delivery.created_at,
            expires_at: link.expires_at,
            sent_at: link.sent_at,
            acknowledged_at: link.acknowledged_at,
            revoked_at: link.revoked_at,
            access_code: link.factor == Factor::AccessCode,
            can_reissue: link.reissuable(now),
            delivered_at: link.delivered_at,
            bounced_at: link.bounced_at,
            complained_at: link.complained_at,
            suspended_at: link.suspended_at,
            downloads: link.downloads,
        }
    }
}

/// The name of an institution that the case speaks of.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeskInstitution {
    /// Its id.
    #[schema(value_type = String)]
    pub id: ProviderId,
    /// Name in Korean.
    pub name_ko: String,
    /// Name in English.
    pub name_en: String,
}

impl From<Provider> for DeskInstitution {
    fn from(provider: Provider) -> Self {
        Self { id: provider.id, name_ko: provider.name_ko, name_en: provider.name_en }
    }
}

/// What belongs to a case beside its story.
#[derive(Debug, Default)]
pub struct Around {
    /// Letters, the newest first.
    pub letters: Vec<DeskLetter>,
    /// Deliveries, the newest first.
    pub deliveries: Vec<DeskDelivery>,
    /// The institutions that they name.
    pub institutions: Vec<DeskInstitution>,
}

/// A case, opened by staff.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeskCase {
    /// Its id.
    #[schema(value_type = String)]
    pub id: CaseId,
    /// `draft` or `complete`.
    #[schema(value_type = String)]
    pub state: CaseState,
    /// Whether it was opened for a patient under 14.
    pub patient_under_14: bool,
    /// Whether a guardian decides at present. Who that is, staff are not told.
    pub guardian_decides: bool,
    /// Its version.
    pub version: u64,
    /// When it was created.
    pub created_at: DateTime<Utc>,
    /// When the patient changed it last.
    pub updated_at: DateTime<Utc>,
    /// When everything about it is destroyed unless it goes on.
    pub expires_at: DateTime<Utc>,
    /// The day (Asia/Seoul) on which it should be looked at.
    pub due_on: NaiveDate,
    /// Whether that day is past.
    pub overdue: bool,
    /// Who looks after it.
    pub assignment: AssignmentView,
    /// Pointers of what is still missing in the parts that are shown.
    pub missing: Vec<&'static str>,
    /// Basic information, as `GET /v1/cases/{case_id}` shows it to the patient; only while consent G1 is in force.
    #[schema(value_type = Option<Object>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub basic: Option<BasicDraft>,
    /// Health information, likewise; only while consents G1 and S1 are in force.
    #[schema(value_type = Option<Object>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub health: Option<HealthDraft>,
    /// The consents in force.
    pub consents: Vec<DeskConsent>,
    /// Letters, the newest first.
    pub letters: Vec<DeskLetter>,
    /// Deliveries, the newest first.
    pub deliveries: Vec<DeskDelivery>,
    /// Names of the institutions above.
    pub institutions: Vec<DeskInstitution>,
}

impl DeskCase {
    /// The view of a case for who asks, with its opened story and what is around it.
    pub fn new(
        (case, assignment): (&Case, &Assignment),
        asker: &Subject,
        shown: &Shown,
        draft: Draft,
        (consents, standing): (&ConsentHead, &Standing),
        around: Around,
    ) -> Self {
        let due_on = assignment.due(case);
        Self {
            id: case.id.clone(),
            state: case.state,
            patient_under_14: case.minor,
            guardian_decides: standing.must_be() == ConsentActor::Guardian,
            version: case.version,
            created_at: case.created_at,
            updated_at: case.updated_at,
            expires_at: case.expires_at,
            due_on,
            overdue: due_on < kst_day(standing.now),
            assignment: AssignmentView::new(assignment, asker),
            missing: shown.missing(&draft),
            basic: draft.basic,
            health: draft.health,
            consents: DeskConsent::in_force(consents, standing),
            letters: around.letters,
            deliveries: around.deliveries,
            institutions: around.institutions,
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use medius_domain::consent::{Decision, TextLanguage};

    /// The consents of a case after agreeing to these matters.
    fn agreed(case: &Case, matters: &[Matter], standing: &Standing) -> ConsentHead {
        let mut head = ConsentHead::default();
        for matter in matters {
            let served = head.serve(&case.id, &case.subject, matter, None, TextLanguage::En, standing).unwrap();
            let serving = served.0.last().unwrap().serving.clone().unwrap();
            let actor = standing.must_be();
            let decision = Decision { serving: &serving, grant: true, data_items: None, actor };
            head = served.1.decide(&case.id, &case.subject, &decision, standing).unwrap().unwrap().1;
        }
        head
    }

    /// Which parts of a story staff see.
    fn seen(case: &Case, consents: &ConsentHead, standing: &Standing) -> (bool, bool, usize) {
        let sealed = SealedIntake { basic: Some(vec![1]), health: Some(vec![2]) };
        let shown = Shown::by(&case.id, consents, standing);
        let may = shown.of(&sealed);
        let draft = Draft {
            basic: may.basic.map(|_| BasicDraft::default()),
            health: may.health.map(|_| HealthDraft::default()),
        };
        let basis = shown.proof().map_or(0, |proof| proof.basis().len());
        let at = Assignment::none(case.id.clone(), standing.now);
        let around = Around::default();
        let view = DeskCase::new((case, &at), &Subject::of("me"), &shown, draft, (consents, standing), around);
        assert_eq!(view.missing.iter().any(|p| p.starts_with("/basic/")), view.basic.is_some());
        assert_eq!(view.missing.iter().any(|p| p.starts_with("/health/")), view.health.is_some());
        assert_eq!(view.consents.len(), consents.current.len());
        (view.basic.is_some(), view.health.is_some(), basis)
    }

    #[test]
    fn each_part_of_a_story_is_shown_while_its_consent_is_in_force() {
        let now = "2026-11-22T03:00:00Z".parse().unwrap();
        let case = Case::new(Subject::of("x"), false, now);
        let standing = Standing::adult(now);
        let (general, sensitive) = (Matter::general(), Matter::sensitive());
        let both = agreed(&case, &[general.clone(), sensitive.clone()], &standing);
        assert_eq!(seen(&case, &ConsentHead::default(), &standing), (false, false, 0));
        assert_eq!(seen(&case, &agreed(&case, &[general], &standing), &standing), (true, false, 1));
        assert_eq!(seen(&case, &agreed(&case, &[sensitive], &standing), &standing), (false, false, 0));
        assert_eq!(seen(&case, &both, &standing), (true, true, 2));
    }
}
