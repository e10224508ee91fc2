//! Consent events: append-only, chained per case, and the current state that follows from them.

use super::{Item, Matter, TextLanguage, current_text};
use crate::chain::{self, Head};
use crate::id::{CaseId, EventId, ProviderId, ServingId, Subject};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Action {
    /// A text was shown.
    Serve,
    /// The patient agreed.
    Grant,
    /// The patient did not agree.
    Refuse,
    /// The patient took an agreement back.
    Withdraw,
}

/// How a decision was made (Enforcement Decree Art. 17(2): a mark on a web page is a valid method).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// A choice on a page or in an app, sent by the signed-in patient.
    Electronic,
}

/// Who receives, as it was shown to the patient.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recipient {
    /// The institution.
    pub id: ProviderId,
    /// Its name and department in the language of the text.
    pub name: String,
}

/// One event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConsentEvent {
    /// Place in the case's chain, from 1.
    pub seq: u64,
    /// Its id.
    pub id: EventId,
    /// Whose consent.
    pub subject: Subject,
    /// The case.
    pub case: CaseId,
    /// What it is about.
    pub item: Item,
    /// Who receives, for provision.
    pub recipient: Option<Recipient>,
    /// What happened.
    pub action: Action,
    /// The serving that it is about.
    pub serving: Option<ServingId>,
    /// Version of the text.
    pub text_version: u32,
    /// Language of the text.
    pub language: TextLanguage,
    /// SHA-256 of the text.
    pub text_sha256: String,
    /// When the text was shown.
    pub served_at: DateTime<Utc>,
    /// When the decision was made; for a serving the same moment.
    pub decided_at: DateTime<Utc>,
    /// How.
    pub method: Method,
    /// Hash of the event before.
    pub previous_hash: String,
}

/// What is in force about one matter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Current {
    /// The last decision.
    pub action: Action,
    /// Its event.
    pub event: EventId,
    /// When.
    pub decided_at: DateTime<Utc>,
    /// Version of the text that was decided about.
    pub text_version: u32,
    /// Its language.
    pub language: TextLanguage,
    /// Its hash.
    pub text_sha256: String,
}

/// The text that was shown last about one matter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Served {
    /// The serving.
    pub id: ServingId,
    /// Who receives.
    pub recipient: Option<Recipient>,
    /// Version.
    pub text_version: u32,
    /// Language.
    pub language: TextLanguage,
    /// Hash.
    pub text_sha256: String,
    /// When.
    pub served_at: DateTime<Utc>,
}

/// What follows from all events of a case: kept beside them, changed in the same transaction.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConsentHead {
    /// Where the chain stands.
    #[serde(flatten)]
    pub head: Head,
    /// Decisions in force.
    pub current: BTreeMap<Matter, Current>,
    /// Texts shown last.
    pub served: BTreeMap<Matter, Served>,
}

/// Why a decision is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DecisionRefusal {
    /// The text was never shown to this patient for this case, or a newer one was shown since.
    NotServed,
    /// The text has a newer version: it must be shown first.
    Superseded,
    /// There is no agreement to take back.
    NothingToWithdraw,
}

impl ConsentHead {
    /// Records that the current text of a matter was shown.
    ///
    /// # Errors
    /// See [`chain::link`].
    pub fn serve(
        &self,
        case: &CaseId,
        subject: &Subject,
        matter: &Matter,
        recipient: Option<Recipient>,
        language: TextLanguage,
        now: DateTime<Utc>,
    ) -> Result<(ConsentEvent, Self), serde_json::Error> {
        let text = current_text(matter.item(), language);
        let served = Served {
            id: ServingId::new(),
            recipient,
            text_version: text.version,
            language,
            text_sha256: text.sha256.clone(),
            served_at: now,
        };
        let (event, mut next) = self.append(case, subject, matter, &served, Action::Serve, now)?;
        next.served.insert(matter.clone(), served);
        Ok((event, next))
    }

    /// Records a decision about the text that was shown last.
    ///
    /// # Errors
    /// A [`DecisionRefusal`], or see [`chain::link`].
    pub fn decide(
        &self,
        case: &CaseId,
        subject: &Subject,
        serving: &ServingId,
        grant: bool,
        now: DateTime<Utc>,
    ) -> Result<Result<(ConsentEvent, Self), DecisionRefusal>, serde_json::Error> {
        let Some((matter, served)) = self.served.iter().find(|(_, s)| s.id == *serving) else {
            return Ok(Err(DecisionRefusal::NotServed));
        };
        if current_text(matter.item(), served.language).version != served.text_version {
            return Ok(Err(DecisionRefusal::Superseded));
        }
        let action = if grant { Action::Grant } else { Action::Refuse };
        let (event, mut next) = self.append(case, subject, matter, served, action, now)?;
        next.settle(matter, &event);
        Ok(Ok((event, next)))
    }

    /// Records that the patient takes an agreement back.
    ///
    /// # Errors
    /// A [`DecisionRefusal`], or see [`chain::link`].
    pub fn withdraw(
        &self,
        case: &CaseId,
        subject: &Subject,
        matter: &Matter,
        now: DateTime<Utc>,
    ) -> Result<Result<(ConsentEvent, Self), DecisionRefusal>, serde_json::Error> {
        let granted = self.current.get(matter).is_some_and(|c| c.action == Action::Grant);
        let Some(served) = self.served.get(matter).filter(|_| granted) else {
            return Ok(Err(DecisionRefusal::NothingToWithdraw));
        };
        let (event, mut next) = self.append(case, subject, matter, served, Action::Withdraw, now)?;
        next.settle(matter, &event);
        Ok(Ok((event, next)))
    }

    /// Whether an agreement to a matter is in force, for the text that is served now.
    pub fn granted(&self, matter: &Matter) -> Option<&Current> {
        self.current
            .get(matter)
            .filter(|c| c.action == Action::Grant && c.text_version == current_text(matter.item(), c.language).version)
    }

    fn settle(&mut self, matter: &Matter, event: &ConsentEvent) {
        let current = Current {
            action: event.action,
            event: event.id.clone(),
            decided_at: event.decided_at,
            text_version: event.text_version,
            language: event.language,
            text_sha256: event.text_sha256.clone(),
        };
        self.current.insert(matter.clone(), current);
    }

    fn append(
        &self,
        case: &CaseId,
        subject: &Subject,
        matter: &Matter,
        served: &Served,
        action: Action,
        now: DateTime<Utc>,
    ) -> Result<(ConsentEvent, Self), serde_json::Error> {
        let event = ConsentEvent {
            seq: self.head.seq + 1,
            id: EventId::new(),
            subject: subject.clone(),
            case: case.clone(),
            item: matter.item(),
            recipient: served.recipient.clone(),
            action,
            serving: Some(served.id.clone()),
            text_version: served.text_version,
            language: served.language,
            text_sha256: served.text_sha256.clone(),
            served_at: served.served_at,
            decided_at: now,
            method: Method::Electronic,
            previous_hash: self.head.hash.clone(),
        };
        let hash = chain::link(&self.head.hash, &event)?;
        Ok((event, Self { head: Head { seq: self.head.seq + 1, hash }, ..self.clone() }))
    }
}

/// Walks a case's events from the first one and returns the chain's head.
///
/// # Errors
/// The place (from 1) of the first event that does not follow from the one before it.
pub fn verify(events: &[ConsentEvent]) -> Result<Head, u64> {
    let mut head = Head::default();
    for event in events {
        let place = head.seq + 1;
        if event.seq != place || event.previous_hash != head.hash {
            return Err(place);
        }
        head = Head { seq: place, hash: chain::link(&head.hash, event).map_err(|_| place)? };
    }
    Ok(head)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::consent::{Use, gate};

    fn grant(head: &ConsentHead, case: &CaseId, subject: &Subject, matter: &Matter) -> ConsentHead {
        let now = Utc::now();
        let (event, served) = head.serve(case, subject, matter, None, TextLanguage::En, now).unwrap();
        served.decide(case, subject, &event.serving.unwrap(), true, now).unwrap().unwrap().1
    }

    #[test]
    fn a_text_that_was_not_shown_cannot_be_decided() {
        let head = ConsentHead::default();
        let refusal = head.decide(&CaseId::new(), &Subject::of("x"), &ServingId::new(), true, Utc::now());
        assert_eq!(refusal.unwrap().unwrap_err(), DecisionRefusal::NotServed);
    }

    #[test]
    fn the_gate_opens_with_every_consent_and_closes_with_one_withdrawal() {
        let (case, subject, to) = (CaseId::new(), Subject::of("x"), ProviderId::new());
        let mut head = ConsentHead::default();
        for matter in [Matter::general(), Matter::sensitive()].into_iter().chain(Matter::provision(&to)) {
            assert!(gate(&case, &head, &Use::Provision { recipient: to.clone() }).is_err());
            head = grant(&head, &case, &subject, &matter);
        }
        let proof = gate(&case, &head, &Use::Provision { recipient: to.clone() }).unwrap();
        assert_eq!(proof.basis().len(), 4);
        let other = gate(&case, &head, &Use::Provision { recipient: ProviderId::new() }).unwrap_err();
        assert_eq!(other.matters.len(), 2);
        for matter in [Matter::general(), Matter::sensitive()].into_iter().chain(Matter::provision(&to)) {
            let (_, after) = head.withdraw(&case, &subject, &matter, Utc::now()).unwrap().unwrap();
            assert!(gate(&case, &after, &Use::Provision { recipient: to.clone() }).is_err());
            let again = after.withdraw(&case, &subject, &matter, Utc::now()).unwrap();
            assert_eq!(again.unwrap_err(), DecisionRefusal::NothingToWithdraw);
        }
    }

    #[test]
    fn the_state_survives_the_store_and_the_chain_shows_changes() {
        let (case, subject) = (CaseId::new(), Subject::of("x"));
        let (first, head) = ConsentHead::default()
            .serve(&case, &subject, &Matter::general(), None, TextLanguage::Ko, Utc::now())
            .unwrap();
        let (second, head) =
            head.decide(&case, &subject, &first.serving.clone().unwrap(), true, Utc::now()).unwrap().unwrap();
        let json = serde_json::to_string(&head).unwrap();
        assert_eq!(serde_json::from_str::<ConsentHead>(&json).unwrap(), head);
        assert_eq!(verify(&[first.clone(), second.clone()]).unwrap(), head.head);
        let mut forged = first;
        forged.text_version = 9;
        assert_eq!(verify(&[forged, second]), Err(2));
    }
}
