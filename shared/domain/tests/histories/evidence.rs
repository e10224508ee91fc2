//! What is left of a history: the events must tell the diary's story, and each opening must be provable from them alone.

use crate::diary::{Diary, Parts};
use crate::seen::SEEN;
use crate::service::{Opening, Service};
use medius_domain::consent::{Action, ConsentEvent};
use std::sync::atomic::Ordering;

impl Service {
    /// The events tell the diary's story, and beside it every end that came by itself.
    pub(crate) fn tells(&self, diary: &Diary) {
        let by_itself = |event: &&ConsentEvent| matches!(event.action, Action::Supersede | Action::Expire);
        let told: Vec<&ConsentEvent> = self.events.iter().filter(|event| !by_itself(event)).collect();
        assert_eq!(told.len(), diary.lines.len());
        for (event, line) in told.into_iter().zip(&diary.lines) {
            assert_eq!((event.action, event.item, event.actor), (line.what, line.topic.0, line.by));
            assert_eq!(event.recipient.as_ref().map(|r| &r.id), line.topic.1.map(|to| &self.institutions[to]));
            assert_eq!(event.data_items.iter().copied().collect::<Parts>(), line.parts);
            assert_eq!(event.expires_at, line.end);
        }
        let ended: Vec<&ConsentEvent> = self.events.iter().filter(by_itself).collect();
        let superseded = ended.iter().filter(|event| event.action == Action::Supersede).count();
        let over = diary.lines.iter().filter(|line| line.over);
        assert_eq!((ended.len(), superseded), (over.clone().count(), over.filter(|line| line.outdated).count()));
        SEEN.superseded.fetch_add(superseded, Ordering::Relaxed);
        SEEN.expired.fetch_add(ended.len() - superseded, Ordering::Relaxed);
    }

    /// Each opening can be proved from the chain alone: the grants that it rested on were the last word then.
    pub(crate) fn openings_are_proved(&self) {
        for Opening { proof, events } in &self.openings {
            let before = &self.events[..*events];
            for id in proof.basis() {
                let place = before.iter().position(|event| event.id == *id).expect("a basis out of the chain");
                let grant = &before[place];
                assert_eq!(grant.action, Action::Grant);
                let same = |event: &ConsentEvent| event.item == grant.item && event.recipient == grant.recipient;
                let later = before[place + 1..].iter().any(|event| same(event) && event.action != Action::Serve);
                assert!(!later, "something was said after it");
            }
            assert!(proof.basis().len() >= 4);
        }
    }
}
