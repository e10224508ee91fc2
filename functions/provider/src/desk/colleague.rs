//! "Add a colleague": a link of their own for a verified contact of the same institution. Addresses come from the directory, where
//! a change of one needs two people; here one is chosen and none is entered.
//!
//! Whoever answers to the public cannot derive a link's secret: the mailer does, writes it into the mail, and records its hash.

use crate::State;
use crate::desk::answer;
use crate::desk::fields::Choice;
use crate::link::{Attempt, Attempts};
use crate::reader::Reader;
use crate::session::Token;
use medius_domain::access::{Action, Object};
use medius_domain::field::{FieldError, Invalid};
use medius_domain::id::{DeliveryId, LinkId, ProviderId};
use medius_domain::link::{Link, LinkOf};
use medius_domain::policy::Thing;
use medius_domain::provider::Provider;
use medius_domain::task::{Party, TaskAction};
use medius_http::{Origin, Problem};
use medius_store::{DeliveryRecord, MailAbout, MailRecord, Place};

/// Links that one institution has of a case at most, those that ended left out.
const MOST_LINKS: usize = 5;

/// The verified contacts of an institution besides the one that is there: entries of the directory with its registration.
pub(crate) fn contacts(own: &Provider, directory: &[Provider], now: chrono::DateTime<chrono::Utc>) -> Vec<Choice> {
    let others = directory.iter().filter(|other| is_colleague(own, other, now));
    others
        .map(|other| Choice {
            value: other.id.to_string(),
            ko: other.department_ko.clone(),
            en: other.department_en.clone(),
            chosen: false,
        })
        .collect()
}

fn is_colleague(own: &Provider, other: &Provider, now: chrono::DateTime<chrono::Utc>) -> bool {
    other.id != own.id && other.registration_number == own.registration_number && other.may_receive(now)
}

/// Orders the mail with a link of its own to a contact.
pub(crate) async fn add(
    state: &State,
    origin: &Origin,
    (id, token): (&LinkId, &Token),
    contact: Result<ProviderId, Problem>,
) -> Result<(), Problem> {
    let mut attempts = Attempts::default();
    loop {
        match try_add(state, origin, (id, token), &contact).await {
            Ok(()) => return Ok(()),
            Err(ended) => attempts.again(ended).await?,
        }
    }
}

async fn try_add(
    state: &State,
    origin: &Origin,
    (id, token): (&LinkId, &Token),
    contact: &Result<ProviderId, Problem>,
) -> Result<(), Attempt> {
    let delivery_id = DeliveryId::new();
    let object = |_: &Link| Object::of(Thing::Delivery, &delivery_id, "colleague");
    let wanted = contact.as_ref().ok().cloned();
    let more = |_: &Link| wanted.clone().map(Place::Provider).into_iter().collect();
    let reader = Reader::enter_with(state, origin, (id, token), Action::Create, object, more).await?;
    let contact = contact.clone()?;
    let (usable, now) = (&reader.usable, state.db.now());
    let other = usable.snapshot.provider(&contact).map_err(Problem::from)?;
    if !other.is_some_and(|other| is_colleague(&usable.provider, &other, now)) {
        return Err(unknown().into());
    }
    // Where the table lets nobody be invited, nobody is.
    let invited = usable.task.as_ref().map(|task| task.may(TaskAction::AddColleague, Party::Institution, now));
    invited.transpose().map_err(Problem::from)?;
    let link = &usable.link;
    let deliveries = state.db.deliveries(&link.case_id).await.map_err(Problem::from)?;
    let links = state.db.links_of(deliveries.iter().filter(|d| d.provider_id == link.provider_id)).await;
    let links = links.map_err(Problem::from)?;
    let live: Vec<&Link> = links.values().filter(|link| link.live(now)).collect();
    if live.len() >= MOST_LINKS || live.iter().any(|link| link.mailbox_of.as_ref() == Some(&contact)) {
        return Err(Problem::conflict("already-on-its-way").into());
    }
    let delivery = DeliveryRecord {
        id: delivery_id,
        case_id: link.case_id.clone(),
        referral_id: link.referral_id.clone(),
        provider_id: link.provider_id.clone(),
        link_id: LinkId::new(),
        created_at: now,
    };
    let of = LinkOf {
        id: delivery.link_id.clone(),
        case_id: link.case_id.clone(),
        subject: link.subject.clone(),
        referral_id: link.referral_id.clone(),
        delivery_id: delivery.id.clone(),
        provider_id: link.provider_id.clone(),
        basis: usable.proof.basis().to_vec(),
    };
    // No secret has this hash: until the mailer has recorded the true one, nobody gets in.
    let new = Link {
        mailbox_of: Some(contact),
        task_id: link.task_id.clone(),
        expires_at: link.expires_at,
        ..Link::queued(of, String::new(), now)
    };
    let about = MailAbout::ProviderLink {
        link_id: new.id.clone(),
        generation: new.generation,
        provider_id: new.provider_id.clone(),
    };
    let mut change = reader.change(state)?;
    change.require_link(link);
    change.create_delivery(&delivery, &new, &usable.case)?;
    answer::along(&mut change, usable, TaskAction::AddColleague, now)?;
    change.order_mail(&MailRecord::new(about, new.case_id.clone(), new.subject.clone(), now))?;
    state.db.commit(change, &usable.snapshot).await.map_err(answer::late)
}

/// Not a contact of this institution, whatever else it is.
pub(crate) fn unknown() -> Problem {
    Problem::invalid([FieldError::new("/contact", Invalid::UnknownValue)])
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn provider(registration: &str) -> Provider {
        Provider {
            id: ProviderId::new(),
            name_ko: "병원".into(),
            name_en: "Hospital".into(),
            department_ko: "내과".into(),
            department_en: "Medicine".into(),
            contact_email: "a@hospital.example".to_owned().try_into().unwrap(),
            registration_number: registration.into(),
            registration_expires_on: "2029-12-31".parse().unwrap(),
            active: true,
        }
    }

    #[test]
    fn a_colleague_is_of_the_same_registered_institution_and_may_receive() {
        let now = "2026-11-23T00:00:00Z".parse().unwrap();
        let own = provider("M-1");
        let other = provider("M-1");
        let directory = [
            own.clone(),
            other.clone(),
            provider("M-2"),
            Provider { active: false, ..provider("M-1") },
            Provider { registration_expires_on: "2025-01-01".parse().unwrap(), ..provider("M-1") },
        ];
        let found = contacts(&own, &directory, now);
        assert_eq!(found.iter().map(|c| c.value.as_str()).collect::<Vec<_>>(), [other.id.as_str()]);
    }
}
