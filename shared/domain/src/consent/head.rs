//! What is in force: the state that follows from a case's consent events, and the only maker of new ones.

use super::{
    Action, ConsentActor, ConsentEvent, DataItem, Item, Matter, Method, Recipient, Standing, TextLanguage,
    Verification, current_text,
};
use crate::chain::{self, Head};
use crate::clock::{end_of_kst_day, kst_day};
use crate::id::{CaseId, EventId, ServingId, Subject};
use chrono::{DateTime, Months, Utc};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Months that an agreement to provision lasts, as its text says.
const PROVISION_MONTHS: u32 = 12;

/// The last decision about one matter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Current {
    /// What it was.
    pub action: Action,
    /// Its event.
    pub event: EventId,
    /// When.
    pub decided_at: DateTime<Utc>,
    /// When an agreement ends by itself.
    pub expires_at: Option<DateTime<Utc>>,
    /// By whom.
    pub actor: ConsentActor,
    /// The parts that were agreed to.
    pub data_items: BTreeSet<DataItem>,
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
    /// Last decisions.
    pub current: BTreeMap<Matter, Current>,
    /// Texts shown last.
    pub served: BTreeMap<Matter, Served>,
}

/// Why a decision is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DecisionRefusal {
    /// The text was never shown for this case, or a newer one was shown since.
    NotServed,
    /// The text has a newer version: it must be shown first.
    Superseded,
    /// There is no agreement to take back.
    NothingToWithdraw,
    /// Until the 14th birthday the guardian decides.
    GuardianMustDecide,
    /// From the 14th birthday on the patient decides.
    PatientMustDecide,
    /// A part that the text does not speak about.
    UnknownPart,
    /// A part that cannot be left out.
    RequiredPart,
}

/// A decision as it comes in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision<'a> {
    /// The serving that it is about.
    pub serving: &'a ServingId,
    /// Agreed or not.
    pub grant: bool,
    /// The parts agreed to; none means all that the text speaks about.
    pub data_items: Option<&'a BTreeSet<DataItem>>,
    /// Who decides.
    pub actor: ConsentActor,
}

/// Events that belong together, and the state after them.
pub type Recorded = (Vec<ConsentEvent>, ConsentHead);

/// An error of the chain's encoding: see [`chain::link`].
pub type Encoding = serde_json::Error;

/// Who and how, for an event.
#[derive(Clone, Copy)]
struct By(Method, ConsentActor, Verification);

const AUTOMATIC: By = By(Method::Automatic, ConsentActor::Patient, Verification::SignIn);

const fn by(actor: ConsentActor) -> By {
    match actor {
        ConsentActor::Patient => By(Method::Electronic, actor, Verification::SignIn),
        ConsentActor::Guardian => By(Method::Electronic, actor, Verification::SignInAndGuardianCode),
    }
}

impl ConsentHead {
    /// Records that the current text of a matter was shown; a former agreement to an older text is superseded by it.
    ///
    /// # Errors
    /// [`Encoding`].
    pub fn serve(
        &self,
        case: &CaseId,
        subject: &Subject,
        matter: &Matter,
        recipient: Option<Recipient>,
        language: TextLanguage,
        standing: &Standing,
    ) -> Result<Recorded, Encoding> {
        let (mut events, head) = self.lapse(case, subject, standing)?;
        let text = current_text(matter.item(), language);
        let served = Served {
            id: ServingId::new(),
            recipient,
            text_version: text.version,
            language,
            text_sha256: text.sha256.clone(),
            served_at: standing.now,
        };
        let parts = matter.item().data_items().to_vec();
        let by = by(standing.must_be());
        let (event, mut next) =
            head.append(case, subject, matter, &served, Action::Serve, parts, None, by, standing.now)?;
        next.served.insert(matter.clone(), served);
        events.push(event);
        Ok((events, next))
    }

    /// Records a decision about the text that was shown last.
    ///
    /// # Errors
    /// A [`DecisionRefusal`], or [`Encoding`].
    pub fn decide(
        &self,
        case: &CaseId,
        subject: &Subject,
        decision: &Decision,
        standing: &Standing,
    ) -> Result<Result<Recorded, DecisionRefusal>, Encoding> {
        let Some((matter, served)) = self.served.iter().find(|(_, s)| s.id == *decision.serving) else {
            return Ok(Err(DecisionRefusal::NotServed));
        };
        let item = matter.item();
        if current_text(item, served.language).version != served.text_version {
            return Ok(Err(DecisionRefusal::Superseded));
        }
        match (standing.must_be(), decision.actor) {
            (ConsentActor::Guardian, ConsentActor::Patient) => return Ok(Err(DecisionRefusal::GuardianMustDecide)),
            (ConsentActor::Patient, ConsentActor::Guardian) => return Ok(Err(DecisionRefusal::PatientMustDecide)),
            (ConsentActor::Patient, ConsentActor::Patient) | (ConsentActor::Guardian, ConsentActor::Guardian) => {}
        }
        let parts = match parts(item, decision.data_items) {
            Ok(parts) => parts,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let (mut events, head) = self.lapse(case, subject, standing)?;
        let action = if decision.grant { Action::Grant } else { Action::Refuse };
        let ends = decision.grant.then(|| ends(item, decision.actor, standing)).flatten();
        let by = by(decision.actor);
        let (event, mut next) = head.append(case, subject, matter, served, action, parts, ends, by, standing.now)?;
        next.settle(matter, &event);
        events.push(event);
        Ok(Ok((events, next)))
    }

    /// Whether all that was decided `before` stands in this state as it did, and nothing of it had ended: then nothing that rests on
    /// it lost its ground. What ended while a text was shown was only noted then, and what rested on it is still to be ended.
    pub fn keeps(&self, before: &Self) -> bool {
        before.current.iter().all(|(matter, stood)| {
            matches!(stood.action, Action::Grant | Action::Refuse) && self.current.get(matter) == Some(stood)
        })
    }

    /// Records that an agreement is taken back. Whoever is signed in may: taking back only makes less known.
    ///
    /// # Errors
    /// A [`DecisionRefusal`], or [`Encoding`].
    pub fn withdraw(
        &self,
        case: &CaseId,
        subject: &Subject,
        matter: &Matter,
        standing: &Standing,
    ) -> Result<Result<Recorded, DecisionRefusal>, Encoding> {
        let granted = self.current.get(matter).filter(|c| c.action == Action::Grant);
        let (Some(current), Some(served)) = (granted, self.served.get(matter)) else {
            return Ok(Err(DecisionRefusal::NothingToWithdraw));
        };
        let parts = current.data_items.iter().copied().collect();
        let by = By(Method::Electronic, ConsentActor::Patient, Verification::SignIn);
        let (event, mut next) =
            self.append(case, subject, matter, served, Action::Withdraw, parts, None, by, standing.now)?;
        next.settle(matter, &event);
        Ok(Ok((vec![event], next)))
    }

    /// Records which agreements no longer count: those to an older text are superseded, those whose time is over expire.
    /// The gate does not wait for these events; they make the evidence complete.
    ///
    /// # Errors
    /// [`Encoding`].
    pub fn lapse(&self, case: &CaseId, subject: &Subject, standing: &Standing) -> Result<Recorded, Encoding> {
        let (mut events, mut next) = (Vec::new(), self.clone());
        for (matter, current) in self.current.iter().filter(|(_, c)| c.action == Action::Grant) {
            let action = if current.text_version != current_text(matter.item(), current.language).version {
                Action::Supersede
            } else if over(current, standing) {
                Action::Expire
            } else {
                continue;
            };
            let Some(served) = self.served.get(matter) else { continue };
            let parts = current.data_items.iter().copied().collect();
            let (event, mut after) =
                next.append(case, subject, matter, served, action, parts, None, AUTOMATIC, standing.now)?;
            after.settle(matter, &event);
            events.push(event);
            next = after;
        }
        Ok((events, next))
    }

    /// The agreement to a matter that is in force, given by who must consent now and to the text that is served now.
    pub fn granted(&self, matter: &Matter, standing: &Standing) -> Option<&Current> {
        self.current.get(matter).filter(|c| {
            c.action == Action::Grant
                && c.text_version == current_text(matter.item(), c.language).version
                && !over(c, standing)
        })
    }

    pub(super) fn settle(&mut self, matter: &Matter, event: &ConsentEvent) {
        let current = Current {
            action: event.action,
            event: event.id.clone(),
            decided_at: event.decided_at,
            expires_at: event.expires_at,
            actor: event.actor,
            data_items: event.data_items.iter().copied().collect(),
            text_version: event.text_version,
            language: event.language,
            text_sha256: event.text_sha256.clone(),
        };
        self.current.insert(matter.clone(), current);
    }

    #[expect(clippy::too_many_arguments, reason = "everything that an event says")]
    fn append(
        &self,
        case: &CaseId,
        subject: &Subject,
        matter: &Matter,
        served: &Served,
        action: Action,
        data_items: Vec<DataItem>,
        expires_at: Option<DateTime<Utc>>,
        By(method, actor, verification): By,
        now: DateTime<Utc>,
    ) -> Result<(ConsentEvent, Self), Encoding> {
        let event = ConsentEvent {
            seq: self.head.seq + 1,
            id: EventId::new(),
            subject: subject.clone(),
            case: case.clone(),
            item: matter.item(),
            recipient: served.recipient.clone(),
            data_items,
            action,
            serving: Some(served.id.clone()),
            text_version: served.text_version,
            language: served.language,
            text_sha256: served.text_sha256.clone(),
            served_at: served.served_at,
            decided_at: now,
            expires_at,
            method,
            actor,
            verification,
            previous_hash: self.head.hash.clone(),
        };
        let hash = chain::link(&self.head.hash, &event)?;
        Ok((event, Self { head: Head { seq: self.head.seq + 1, hash }, ..self.clone() }))
    }
}

/// Whether an agreement's time is over, or it was given by somebody who can no longer give it.
fn over(current: &Current, standing: &Standing) -> bool {
    current.expires_at.is_some_and(|end| standing.now >= end) || current.actor != standing.must_be()
}

/// When an agreement given now ends by itself.
fn ends(item: Item, actor: ConsentActor, standing: &Standing) -> Option<DateTime<Utc>> {
    let of_age = (actor == ConsentActor::Guardian).then(|| standing.guardian_until()).flatten();
    let term = match item {
        Item::P | Item::Ps | Item::X1 => {
            kst_day(standing.now).checked_add_months(Months::new(PROVISION_MONTHS)).map(end_of_kst_day)
        }
        Item::G1 | Item::S1 | Item::E1 | Item::K1 => None,
    };
    [of_age, term].into_iter().flatten().min()
}

/// The parts of a decision, in their order.
fn parts(item: Item, chosen: Option<&BTreeSet<DataItem>>) -> Result<Vec<DataItem>, DecisionRefusal> {
    let Some(chosen) = chosen else { return Ok(item.data_items().to_vec()) };
    if chosen.iter().any(|part| !item.data_items().contains(part)) {
        return Err(DecisionRefusal::UnknownPart);
    }
    if item.required().iter().any(|part| !chosen.contains(part)) {
        return Err(DecisionRefusal::RequiredPart);
    }
    Ok(chosen.iter().copied().collect())
}
