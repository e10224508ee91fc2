//! Writes about mails of the outbox.

use super::{Change, Kind};
use crate::error::{Conflict, StoreError};
use crate::item::{Item, encode, number, text, time};
use crate::place::Place;
use crate::records::{MailRecord, MailStatus};
use chrono::TimeDelta;

/// Days that a mail stays in the outbox after it was ordered.
const OUTBOX_DAYS: i64 = 7;

impl Change {
    /// A mail to be sent.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`].
    pub fn order_mail(&mut self, mail: &MailRecord) -> Result<(), StoreError> {
        // What asked for the change asked for its mails.
        let ordered_by = self.permit.event().request_id.clone();
        let mail = MailRecord { ordered_by, ..mail.clone() };
        self.create(Place::Mail(mail.id.clone()), mail_item(&mail)?);
        Ok(())
    }

    /// A mail in its next status, if the stored one has the status and attempts that it was read with.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`].
    pub fn update_mail(&mut self, mail: &MailRecord, from: MailStatus, attempts: u32) -> Result<(), StoreError> {
        let item = mail_item(mail)?;
        let values = [(":from", text(from.as_str())), (":attempts", number(attempts))];
        let condition = "#status = :from AND attempts = :attempts";
        self.push(Place::Mail(mail.id.clone()), Kind::Put(item), condition, values, Conflict::Mail);
        self.name_last("#status", "status");
        Ok(())
    }
}

/// A mail with what its index and its conditions look at.
pub(crate) fn mail_item(mail: &MailRecord) -> Result<Item, StoreError> {
    let beside = [
        ("status", text(mail.status.as_str())),
        ("created_at", text(time(mail.created_at))),
        ("attempts", number(mail.attempts)),
    ];
    encode(&Place::Mail(mail.id.clone()), mail, Some(mail.created_at + TimeDelta::days(OUTBOX_DAYS)), beside)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::records::{DeskNotice, MailAbout};
    use chrono::Utc;
    use medius_domain::access::{Action, Event, Object, Purpose};
    use medius_domain::id::{CaseId, DeliveryId, Subject};
    use medius_domain::policy::{On, Thing, permit};

    #[test]
    fn a_mail_of_the_outbox_names_the_request_that_ordered_it_and_keeps_the_name() {
        let (case, subject) = (CaseId::new(), Subject::of("somebody"));
        let object = Object::of(Thing::Delivery, &DeliveryId::new(), "mail");
        let event = Event::of_function("mailevents", Action::Update, object, Purpose::Provision, Some("req-7"));
        let mut change = Change::new(permit(event, &On::Behind(&case, &subject)).unwrap(), Utc::now());
        let about = MailAbout::CoordinatorNotice { notice: DeskNotice::LinkBounced };
        let mail = MailRecord::new(about, case, subject, change.now);
        change.order_mail(&mail).unwrap();
        let Kind::Put(item) = &change.writes[0].kind else { unreachable!("a mail is put") };
        let body = item["body"].as_m().unwrap();
        assert_eq!(body["ordered_by"].as_s().unwrap(), "req-7");
        // What comes back from the outbox is written again with the name, whoever writes.
        let held = MailRecord { ordered_by: Some("req-7".to_owned()), ..mail };
        change.update_mail(&held, MailStatus::Pending, 0).unwrap();
        let Kind::Put(item) = &change.writes[1].kind else { unreachable!("a mail is put") };
        assert_eq!(item["body"].as_m().unwrap()["ordered_by"].as_s().unwrap(), "req-7");
    }
}
