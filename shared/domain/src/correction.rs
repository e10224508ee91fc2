//! What a patient wants to have corrected (PIPA Art. 36): the right values, in the form in which the story is told. It lies sealed
//! with the case until the data protection officer has decided, and never in the record of the request.

use crate::consent::DataItem;
use crate::field::{FieldError, Invalid};
use crate::intake::{BasicDraft, BasicRefusal, Draft, HealthDraft};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The right values: what is given replaces what is there, what is not given stays.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Correction {
    /// Basic information.
    #[serde(default)]
    pub basic: BasicDraft,
    /// Health information.
    #[serde(default)]
    pub health: HealthDraft,
}

impl Correction {
    /// The parts that it gives values for.
    pub fn parts(&self) -> BTreeSet<DataItem> {
        // Taken apart in full, so that a new field of the story has to find its part here.
        let BasicDraft { name, name_romanised, birth_date, sex, phone, email, country, languages } = &self.basic;
        let HealthDraft { reason, urgency, symptoms, history, allergies, medications, results, concerns, expectations } =
            &self.health;
        let identity = name.is_some() || name_romanised.is_some() || birth_date.is_some() || sex.is_some();
        let given = [
            (DataItem::Identity, identity),
            (DataItem::Contact, phone.is_some() || email.is_some()),
            (DataItem::Residence, country.is_some() || !languages.is_empty()),
            (DataItem::Reason, reason.is_some() || urgency.is_some()),
            (DataItem::Symptoms, symptoms.is_some()),
            (DataItem::History, history.is_some()),
            (DataItem::Allergies, allergies.is_some()),
            (DataItem::Medications, medications.is_some()),
            (DataItem::Results, results.is_some()),
            (DataItem::Concerns, concerns.is_some() || expectations.is_some()),
        ];
        given.into_iter().filter(|(_, given)| *given).map(|(part, _)| part).collect()
    }

    /// Whether it gives values for exactly the parts that the request names, and values that the story takes.
    ///
    /// # Errors
    /// What is wrong, by pointers into it.
    pub fn check(&self, named: &BTreeSet<DataItem>, minor: bool, now: DateTime<Utc>) -> Result<(), Vec<FieldError>> {
        let under = |part: &str, errors: Vec<FieldError>| -> Vec<FieldError> {
            let moved = |e: FieldError| FieldError { pointer: format!("{part}{}", e.pointer), code: e.code };
            errors.into_iter().map(moved).collect()
        };
        let mut wrong = match self.basic.check(minor, now) {
            Ok(()) => Vec::new(),
            Err(BasicRefusal::Fields(errors)) => under("/basic", errors),
            // A birth date that makes the patient a child: only a guardian can say so, with a case of their own.
            Err(BasicRefusal::GuardianNeeded) => vec![FieldError::new("/basic/birth_date", Invalid::OutOfRange)],
        };
        wrong.extend(self.health.check(now).err().map(|errors| under("/health", errors)).unwrap_or_default());
        if self.parts() != *named {
            wrong.push(FieldError::new("", Invalid::Inconsistent));
        }
        if wrong.is_empty() { Ok(()) } else { Err(wrong) }
    }

    /// The story with the right values in it.
    #[must_use]
    pub fn on(&self, draft: &Draft) -> Draft {
        let (mut basic, mut health) = (draft.basic.clone(), draft.health.clone());
        if self.basic != BasicDraft::default() {
            let (there, new) = (basic.get_or_insert_default(), self.basic.clone());
            let BasicDraft { name, name_romanised, birth_date, sex, phone, email, country, languages } = new;
            // A name has one romanised form: with a new name the old one goes.
            if name.is_some() || name_romanised.is_some() {
                there.name_romanised = name_romanised;
            }
            replace(&mut there.name, name);
            replace(&mut there.birth_date, birth_date);
            replace(&mut there.sex, sex);
            replace(&mut there.phone, phone);
            replace(&mut there.email, email);
            replace(&mut there.country, country);
            if !languages.is_empty() {
                there.languages = languages;
            }
        }
        if self.health != HealthDraft::default() {
            let (there, new) = (health.get_or_insert_default(), self.health.clone());
            replace(&mut there.reason, new.reason);
            replace(&mut there.urgency, new.urgency);
            replace(&mut there.symptoms, new.symptoms);
            replace(&mut there.history, new.history);
            replace(&mut there.allergies, new.allergies);
            replace(&mut there.medications, new.medications);
            replace(&mut there.results, new.results);
            replace(&mut there.concerns, new.concerns);
            replace(&mut there.expectations, new.expectations);
        }
        Draft { basic, health }
    }

    /// What is there now in the parts that it corrects, and nothing of the others: to be held against it.
    pub fn present(&self, draft: &Draft) -> Self {
        let parts = self.parts();
        let basic = draft.basic.clone().unwrap_or_default();
        let health = draft.health.clone().unwrap_or_default();
        let of = |part: DataItem| parts.contains(&part);
        Self {
            basic: BasicDraft {
                name: basic.name.filter(|_| of(DataItem::Identity)),
                name_romanised: basic.name_romanised.filter(|_| of(DataItem::Identity)),
                birth_date: basic.birth_date.filter(|_| of(DataItem::Identity)),
                sex: basic.sex.filter(|_| of(DataItem::Identity)),
                phone: basic.phone.filter(|_| of(DataItem::Contact)),
                email: basic.email.filter(|_| of(DataItem::Contact)),
                country: basic.country.filter(|_| of(DataItem::Residence)),
                languages: if of(DataItem::Residence) { basic.languages } else { Vec::new() },
            },
            health: HealthDraft {
                reason: health.reason.filter(|_| of(DataItem::Reason)),
                urgency: health.urgency.filter(|_| of(DataItem::Reason)),
                symptoms: health.symptoms.filter(|_| of(DataItem::Symptoms)),
                history: health.history.filter(|_| of(DataItem::History)),
                allergies: health.allergies.filter(|_| of(DataItem::Allergies)),
                medications: health.medications.filter(|_| of(DataItem::Medications)),
                results: health.results.filter(|_| of(DataItem::Results)),
                concerns: health.concerns.filter(|_| of(DataItem::Concerns)),
                expectations: health.expectations.filter(|_| of(DataItem::Concerns)),
            },
        }
    }
}

fn replace<T>(there: &mut Option<T>, new: Option<T>) {
    if new.is_some() {
        *there = new;
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use serde_json::json;

    fn of(value: serde_json::Value) -> Correction {
        serde_json::from_value(value).unwrap()
    }

    fn draft() -> Draft {
        let basic = json!({"name": "Nguyễn Thị Lan", "birth_date": "1984-02-29", "phone": "+84 90 000 0000",
            "email": "lan@example.org", "country": "VN", "languages": ["vi", "en"]});
        let health = json!({"reason": {"text": "HbA1c keeps rising"}, "urgency": "soon",
            "allergies": {"status": "none_known"}});
        Draft { basic: serde_json::from_value(basic).unwrap(), health: serde_json::from_value(health).unwrap() }
    }

    #[test]
    fn what_is_given_replaces_and_the_rest_stays() {
        let correction =
            of(json!({"basic": {"phone": "+84 91 111 1111"}, "health": {"allergies": {"status": "not_asked"}}}));
        assert_eq!(correction.parts(), [DataItem::Contact, DataItem::Allergies].into());
        let (before, after) = (draft(), correction.on(&draft()));
        let (basic, there) = (after.basic.clone().unwrap(), before.basic.clone().unwrap());
        assert_ne!(basic.phone, there.phone);
        assert_eq!((basic.email, basic.name, basic.languages), (there.email, there.name, there.languages));
        assert_eq!(after.health.as_ref().unwrap().reason, before.health.as_ref().unwrap().reason);
        // Once more changes nothing more.
        assert_eq!(correction.on(&after), after);
        // The officer sees what is there in these parts, and nothing else.
        let present = correction.present(&before);
        assert_eq!(present.parts(), correction.parts());
        assert!(present.basic.name.is_none() && present.health.reason.is_none() && present.basic.phone.is_some());
    }

    #[test]
    fn values_and_named_parts_must_agree_and_be_sound() {
        let now = "2026-11-22T03:00:00Z".parse().unwrap();
        let correction = of(json!({"basic": {"phone": "+84 91 111 1111"}}));
        assert_eq!(correction.check(&[DataItem::Contact].into(), false, now), Ok(()));
        for named in [vec![], vec![DataItem::Identity], vec![DataItem::Contact, DataItem::Identity]] {
            let wrong = correction.check(&named.into_iter().collect(), false, now).unwrap_err();
            assert_eq!(wrong, [FieldError::new("", Invalid::Inconsistent)]);
        }
        let child = of(json!({"basic": {"birth_date": "2020-01-01"}}));
        let wrong = child.check(&[DataItem::Identity].into(), false, now).unwrap_err();
        assert_eq!(wrong, [FieldError::new("/basic/birth_date", Invalid::OutOfRange)]);
        assert_eq!(child.check(&[DataItem::Identity].into(), true, now), Ok(()));
        assert!(serde_json::from_value::<Correction>(json!({"guardian": {}})).is_err());
    }
}
