//! What is sealed as JSON: written in its type's form of today, read in any form that there was (medius_domain::form).

use crate::error::StoreError;
use crate::seal::{Binding, DataKey};
use medius_domain::form::{Form, Unread};
use zeroize::Zeroizing;

impl DataKey {
    /// Seals a record for its place, in its form of today.
    ///
    /// # Errors
    /// [`StoreError::Seal`].
    pub fn seal_form<T: Form>(&self, binding: &Binding, record: &T) -> Result<Vec<u8>, StoreError> {
        let json = serde_json::to_vec(record).map_err(|_| StoreError::Corrupt { place: T::NAME })?;
        Ok(self.seal_as(T::number(), binding, &Zeroizing::new(json))?)
    }

    /// Opens a record at its place, in whatever form it was sealed.
    ///
    /// # Errors
    /// [`StoreError::Seal`]; [`StoreError::Newer`] for a form that only a later release knows; [`StoreError::Corrupt`] when it opens
    /// but is not of the form that it says it has.
    pub fn open_form<T: Form>(&self, binding: &Binding, sealed: &[u8]) -> Result<T, StoreError> {
        let (number, json) = self.open_any(binding, sealed)?;
        T::read(number, &json).map_err(|unread| match unread {
            Unread::Newer => StoreError::Newer { form: T::NAME },
            Unread::Unfit => StoreError::Corrupt { place: T::NAME },
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::place::Place;
    use crate::{case_records, contacts, corrections, inquiries, statutory, story, tasks};
    use data_encoding::HEXLOWER;
    use medius_domain::contact::ContactCard;
    use medius_domain::correction::Correction;
    use medius_domain::form::{Step, Unfit};
    use medius_domain::id::{CaseId, InquiryId};
    use medius_domain::inquiry::{AnswerTo, Thread};
    use medius_domain::intake::{BasicDraft, HealthDraft};
    use medius_domain::record::Rows;
    use medius_domain::statutory::Said;
    use medius_domain::task::Note;
    use serde::{Deserialize, Serialize};
    use serde_json::{Value, json};
    use std::path::{Path, PathBuf};

    const ID: &str = "00112233445566778899aabbccddeeff";

    fn key() -> DataKey {
        DataKey::from_bytes(&[7; 32]).unwrap()
    }

    fn file(path: &str) -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
    }

    /// The frozen example of each form, sealed as the release that had it did, opens at its place and says what it said: a place
    /// that is named otherwise, another derivation of keys and a form without its step would all be found here.
    fn opens<T: Form>(binding: &Binding) {
        for number in 1..=T::number() {
            let name = T::NAME;
            let plain = std::fs::read(file(&format!("../domain/tests/forms/{name}.{number}.json"))).unwrap();
            let path = file(&format!("assets/sealed/{name}.{number}.hex"));
            if !path.exists() && std::env::var_os("MEDIUS_FREEZE").is_some() {
                let compact = serde_json::to_vec(&serde_json::from_slice::<Value>(&plain).unwrap()).unwrap();
                let sealed = key().seal_with(&[9; 32], number, binding, &compact).unwrap();
                std::fs::write(&path, HEXLOWER.encode(&sealed) + "\n").unwrap();
            }
            let sealed = HEXLOWER.decode(std::fs::read_to_string(&path).unwrap().trim().as_bytes()).unwrap();
            assert_eq!(sealed[0], number, "{name}");
            let opened: T = key().open_form(binding, &sealed).unwrap();
            let said = T::read(number, &plain).unwrap();
            assert_eq!(serde_json::to_value(opened).unwrap(), serde_json::to_value(said).unwrap(), "{name} {number}");
        }
    }

    #[test]
    fn every_frozen_example_opens_at_its_place() {
        let case: CaseId = format!("cas_{ID}").parse().unwrap();
        let inquiry: InquiryId = format!("inq_{ID}").parse().unwrap();
        let right = format!("rgt_{ID}").parse().unwrap();
        let task = format!("tsk_{ID}").parse().unwrap();
        opens::<BasicDraft>(&story::binding(&case, story::BASIC));
        opens::<HealthDraft>(&story::binding(&case, story::HEALTH));
        opens::<ContactCard>(&contacts::binding(&case));
        opens::<Correction>(&corrections::binding(&case, &Place::Correction(case.clone(), right)));
        opens::<Rows>(&case_records::binding(&case, &format!("rec_{ID}").parse().unwrap()));
        opens::<Note>(&tasks::binding(&case, &Place::TaskNote(case.clone(), task, 1)));
        opens::<Thread>(&inquiries::binding(&inquiry));
        opens::<AnswerTo>(&inquiries::mailbox_binding(&inquiry));
        opens::<Said>(&statutory::binding(&inquiry));
    }

    /// A record as one release had it, and as the next one has it.
    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Earlier {
        name: String,
    }

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Later {
        names: Vec<String>,
    }

    impl Form for Earlier {
        const NAME: &'static str = "record";
    }

    impl Form for Later {
        const NAME: &'static str = "record";
        const STEPS: &'static [Step] = &[|old| Ok(json!({"names": [old.get("name").ok_or(Unfit)?]}))];
    }

    #[test]
    fn the_later_release_reads_what_the_earlier_wrote_and_not_the_other_way_round() {
        let case = CaseId::new();
        let binding = story::binding(&case, story::BASIC);
        let old = key().seal_form(&binding, &Earlier { name: "a".to_owned() }).unwrap();
        let new: Later = key().open_form(&binding, &old).unwrap();
        assert_eq!(new, Later { names: vec!["a".to_owned()] });
        let written = key().seal_form(&binding, &new).unwrap();
        let refused = key().open_form::<Earlier>(&binding, &written).unwrap_err();
        assert!(matches!(refused, StoreError::Newer { form: "record" }), "{refused}");
        // The release before forms were counted refuses it, too.
        assert_eq!(key().open(&binding, &written).unwrap_err(), crate::SealError::Form);
        // Nobody makes a record older than it is: its number is bound.
        let mut forged = written.clone();
        forged[0] = 1;
        assert!(matches!(key().open_form::<Later>(&binding, &forged).unwrap_err(), StoreError::Seal(_)));
        assert_eq!(key().open_form::<Later>(&binding, &written).unwrap(), new);
    }
}
