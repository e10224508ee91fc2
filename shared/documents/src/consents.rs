//! The consents that a letter rests on, as it states them.

use crate::issue::ConsentReference;
use crate::view::Label;
use medius_domain::consent::{ConsentHead, ConsentProof, Item, Standing};

impl ConsentReference {
    /// The consents as the letter states them, in the order in which they are asked for.
    pub fn of(consents: &ConsentHead, proof: &ConsentProof, standing: &Standing) -> Vec<Self> {
        let matters = proof.used_for().needs();
        let granted = matters.iter().filter_map(|matter| Some((matter, consents.granted(matter, standing)?)));
        granted
            .map(|(matter, current)| Self {
                kind: matter.item(),
                item: label(matter.item()),
                event_id: current.event.clone(),
                decided_at: current.decided_at,
                text_version: current.text_version.to_string(),
                text_sha256: current.text_sha256.clone(),
            })
            .collect()
    }
}

/// What a consent is called in a letter: the text's own title speaks to the patient, the letter to the institution.
fn label(item: Item) -> Label {
    match item {
        Item::G1 => Label::new("개인정보의 수집·이용", "Collection and use of personal information"),
        Item::S1 => Label::new("민감정보(건강정보)의 처리", "Processing of sensitive information (health)"),
        Item::P => Label::new("개인정보의 제3자 제공", "Provision of personal information to the institution"),
        Item::Ps => Label::new(
            "민감정보(건강정보)의 제3자 제공",
            "Provision of sensitive information (health) to the institution",
        ),
        Item::E1 => Label::new("검사·처방 기록의 설명", "Explanation of records"),
        Item::X1 => Label::new("개인정보의 국외 이전", "Transfer of personal information abroad"),
        Item::K1 => Label::new("법정대리인의 동의", "Consent of the legal guardian"),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use chrono::Utc;
    use medius_domain::consent::{ConsentActor, Decision, TextLanguage, Use, gate};
    use medius_domain::id::{CaseId, ProviderId, Subject};

    #[test]
    fn a_letter_states_every_consent_that_it_rests_on() {
        let (case, subject, to) = (CaseId::new(), Subject::of("x"), ProviderId::new());
        let needed = Use::Letter { recipient: to };
        let (mut head, standing) = (ConsentHead::default(), Standing::adult(Utc::now()));
        for matter in needed.needs() {
            let (_, served) = head.serve(&case, &subject, &matter, None, TextLanguage::En, &standing).unwrap();
            let serving = served.served[&matter].id.clone();
            let decision = Decision { serving: &serving, grant: true, data_items: None, actor: ConsentActor::Patient };
            head = served.decide(&case, &subject, &decision, &standing).unwrap().unwrap().1;
        }
        let proof = gate(&case, &head, &needed, &standing).unwrap();
        let stated = ConsentReference::of(&head, &proof, &standing);
        let events: Vec<_> = stated.iter().map(|c| c.event_id.clone()).collect();
        assert_eq!(events, proof.basis());
        assert!(stated.iter().all(|c| !c.text_version.is_empty() && c.text_sha256.len() == 64));
    }
}
