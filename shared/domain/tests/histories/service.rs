//! The real thing: the domain's head, gate and links, used as the service uses them, and held against the diary.

use crate::diary::{Age, Answer, Diary, INSTITUTIONS, Parts, Step, Topic};
use crate::seen::{SEEN, count};
use crate::steps::Histories;
use crate::tampering;
use medius_domain::chain;
use medius_domain::consent::{
    Action, ConsentActor, ConsentEvent, ConsentHead, ConsentProof, Decision, Guardianship, Item, Matter, Method,
    Recipient, Recorded, Standing, TextLanguage, Use, Verification, gate, replay, text_of, verify,
};
use medius_domain::id::{CaseId, DeliveryId, EventId, LinkId, ProviderId, ReferralId, ServingId, Subject};
use medius_domain::link::{Link, LinkEvent, LinkOf, LinkSecret};
use proptest_state_machine::StateMachineTest;
use std::sync::atomic::Ordering;

struct SentLetter {
    to: usize,
    parts: Parts,
    link: Link,
}

/// A letter that was handed out: what it rested on, and how long the chain was then.
pub(crate) struct Opening {
    pub(crate) proof: ConsentProof,
    pub(crate) events: usize,
}

pub(crate) struct Service {
    case: CaseId,
    subject: Subject,
    pub(crate) institutions: Vec<ProviderId>,
    pub(crate) events: Vec<ConsentEvent>,
    pub(crate) head: ConsentHead,
    servings: Vec<ServingId>,
    letters: Vec<(usize, Parts)>,
    sent: Vec<SentLetter>,
    pub(crate) openings: Vec<Opening>,
}

fn standing(diary: &Diary) -> Standing {
    let guardianship = match diary.age {
        Age::Adult => Guardianship::None,
        Age::Child => Guardianship::Open,
        Age::Until(of_age) => Guardianship::Until(of_age),
    };
    Standing { now: diary.now, guardianship }
}

fn language(topic: Topic) -> TextLanguage {
    if topic.0 == Item::Ps { TextLanguage::Ko } else { TextLanguage::En }
}

impl Service {
    fn new(diary: &Diary) -> Self {
        let mut service = Self {
            case: CaseId::new(),
            subject: Subject::of("x"),
            institutions: (0..INSTITUTIONS).map(|_| ProviderId::new()).collect(),
            events: Vec::new(),
            head: ConsentHead::default(),
            servings: Vec::new(),
            letters: Vec::new(),
            sent: Vec::new(),
            openings: Vec::new(),
        };
        if diary.start.old {
            for item in [Item::P, Item::Ps] {
                service.agreed_to_the_first_text((item, Some(0)), diary);
            }
            service.head = replay(&service.events).expect("old events are as good as new ones");
        }
        service
    }

    fn matter(&self, (item, to): Topic) -> Matter {
        Matter::new(item, to.map(|to| self.institutions[to].clone())).unwrap()
    }

    fn recipient(&self, (_, to): Topic) -> Option<Recipient> {
        let text = |t: &str| t.to_owned();
        to.map(|to| Recipient {
            id: self.institutions[to].clone(),
            name: text("Example Hospital, Cardiology"),
            purpose: text("To treat you."),
            retention: text("Ten years."),
        })
    }

    /// Texts are compiled in, so nothing that runs now can agree to an old one: these events are as they were written then.
    fn agreed_to_the_first_text(&mut self, topic: Topic, diary: &Diary) {
        let (serving, language) = (ServingId::new(), language(topic));
        let text = text_of(topic.0, 1, language).expect("the first version");
        let actor = diary.decider();
        let verification = match actor {
            ConsentActor::Patient => Verification::SignIn,
            ConsentActor::Guardian => Verification::SignInAndGuardianCode,
        };
        for action in [Action::Serve, Action::Grant] {
            let previous_hash = self
                .events
                .last()
                .map_or_else(|| chain::GENESIS.to_owned(), |last| chain::link(&last.previous_hash, last).unwrap());
            self.events.push(ConsentEvent {
                seq: self.events.len() as u64 + 1,
                id: EventId::new(),
                subject: self.subject.clone(),
                case: self.case.clone(),
                item: topic.0,
                recipient: self.recipient(topic),
                data_items: topic.0.data_items().to_vec(),
                action,
                serving: Some(serving.clone()),
                text_version: 1,
                language,
                text_sha256: text.sha256.clone(),
                served_at: diary.start.now,
                decided_at: diary.start.now,
                expires_at: None,
                method: Method::Electronic,
                actor,
                verification,
                previous_hash,
            });
        }
        self.servings.push(serving);
    }

    fn record(&mut self, (events, head): Recorded) {
        self.events.extend(events);
        self.head = head;
    }

    fn show(&mut self, topic: Topic, standing: &Standing) {
        let matter = self.matter(topic);
        let (recipient, language) = (self.recipient(topic), language(topic));
        let shown = self.head.serve(&self.case, &self.subject, &matter, recipient, language, standing);
        self.record(shown.unwrap());
        self.servings.push(self.head.served[&matter].id.clone());
        self.nothing_stale_is_left(standing);
    }

    fn decide(&mut self, shown: usize, grant: bool, parts: Option<&Parts>, by: ConsentActor, at: &Standing) -> bool {
        let decision = Decision { serving: &self.servings[shown], grant, data_items: parts, actor: by };
        let Ok(recorded) = self.head.decide(&self.case, &self.subject, &decision, at).unwrap() else { return false };
        self.record(recorded);
        self.nothing_stale_is_left(at);
        if !grant {
            self.end_links(at);
        }
        true
    }

    fn take_back(&mut self, topic: Topic, at: &Standing) -> bool {
        let withdrawn = self.head.withdraw(&self.case, &self.subject, &self.matter(topic), at).unwrap();
        let Ok(recorded) = withdrawn else { return false };
        self.record(recorded);
        self.end_links(at);
        count(&SEEN.withdrawn);
        true
    }

    /// Leave to use a link now, for parts of its letter.
    fn carried(&self, sent: &SentLetter, parts: &Parts, standing: &Standing) -> Option<ConsentProof> {
        self.provision(sent.to, parts, standing).filter(|proof| sent.link.rests_on(proof))
    }

    /// What the transaction of a withdrawal does to the links that it leaves without consent.
    fn end_links(&mut self, standing: &Standing) {
        let bare = |sent: &SentLetter| self.carried(sent, &sent.parts, standing).is_none();
        let ended: Vec<bool> = self.sent.iter().map(bare).collect();
        for (sent, _) in self.sent.iter_mut().zip(ended).filter(|(_, ended)| *ended) {
            if let Some(link) = sent.link.ended(LinkEvent::ConsentWithdrawn, standing.now) {
                assert!(link.epoch > sent.link.epoch && !link.live(standing.now));
                sent.link = link;
            }
        }
    }

    /// Whatever is recorded, no agreement that is over or to an older text stands as a grant beside it.
    fn nothing_stale_is_left(&self, standing: &Standing) {
        for (matter, current) in &self.head.current {
            let holds = self.head.granted(matter, standing).is_some();
            assert_eq!(current.action == Action::Grant, holds, "{matter:?}");
        }
    }

    fn gate(&self, used_for: &Use, standing: &Standing) -> Option<ConsentProof> {
        let proof = gate(&self.case, &self.head, used_for, standing).ok()?;
        assert_eq!((proof.case(), proof.head_hash()), (&self.case, self.head.head.hash.as_str()));
        Some(proof)
    }

    fn provision(&self, to: usize, items: &Parts, standing: &Standing) -> Option<ConsentProof> {
        self.gate(&Use::Provision { recipient: self.institutions[to].clone(), items: items.clone() }, standing)
    }

    fn write(&mut self, to: usize, standing: &Standing) -> Option<Parts> {
        let letter = Use::Letter { recipient: self.institutions[to].clone() };
        let parts = self.gate(&letter, standing)?.items().clone();
        self.letters.push((to, parts.clone()));
        Some(parts)
    }

    fn send(&mut self, letter: usize, standing: &Standing) -> bool {
        let (to, parts) = self.letters[letter].clone();
        let Some(proof) = self.provision(to, &parts, standing) else { return false };
        let of = LinkOf {
            id: LinkId::new(),
            case_id: self.case.clone(),
            subject: self.subject.clone(),
            referral_id: ReferralId::new(),
            delivery_id: DeliveryId::new(),
            provider_id: self.institutions[to].clone(),
            basis: proof.basis().to_vec(),
        };
        let link = Link::queued(of, LinkSecret::from_mac(&[7; 32]).sha256(), standing.now);
        self.sent.push(SentLetter { to, parts, link });
        true
    }

    fn mail(&mut self, sent: usize, standing: &Standing) -> bool {
        let letter = &self.sent[sent];
        let Some(after) = letter.link.state.after(LinkEvent::MailSent) else { return false };
        let may = letter.link.live(standing.now) && self.carried(letter, &Parts::new(), standing).is_some();
        if may {
            self.sent[sent].link.state = after;
        }
        may
    }

    fn open(&mut self, sent: usize, diary: &Diary) -> bool {
        let (letter, standing) = (&self.sent[sent], standing(diary));
        let after = letter.link.state.after(LinkEvent::Unlock).and_then(|unlocked| unlocked.after(LinkEvent::Download));
        let Some(after) = after.filter(|_| letter.link.live(standing.now)) else { return false };
        let Some(proof) = self.carried(letter, &letter.parts, &standing) else {
            count(&SEEN.turned_away);
            return false;
        };
        count(&SEEN.opened);
        if diary.decider() == ConsentActor::Guardian {
            count(&SEEN.opened_for_a_child);
        }
        if letter.parts.len() < 10 {
            count(&SEEN.opened_without_a_part);
        }
        self.openings.push(Opening { proof, events: self.events.len() });
        self.sent[sent].link.state = after;
        true
    }

    fn step(&mut self, diary: &Diary, step: Step) {
        let standing = standing(diary);
        let answer = match step {
            Step::Show(topic) => {
                self.show(topic, &standing);
                Answer::Nothing
            }
            Step::Decide { shown, yes, parts, by } => {
                Answer::Taken(self.decide(shown, yes, parts.as_ref(), by, &standing))
            }
            Step::Agree(topic, parts) => {
                self.show(topic, &standing);
                let newest = self.servings.len() - 1;
                Answer::Taken(self.decide(newest, true, parts.as_ref(), diary.decider(), &standing))
            }
            Step::TakeBack(topic) => Answer::Taken(self.take_back(topic, &standing)),
            Step::Wait(_) | Step::WaitFor { .. } | Step::Born(_) => Answer::Nothing,
            Step::Write(to) => Answer::Letter(self.write(to, &standing)),
            Step::Send(letter) => Answer::Allowed(self.send(letter, &standing)),
            Step::Mail(sent) => Answer::Allowed(self.mail(sent, &standing)),
            Step::Open(sent) => Answer::Allowed(self.open(sent, diary)),
            Step::Ask(to, parts) => Answer::Allowed(self.provision(to, &parts, &standing).is_some()),
        };
        assert_eq!(answer, diary.answer);
    }
}

impl StateMachineTest for Service {
    type SystemUnderTest = Self;
    type Reference = Histories;

    fn init_test(diary: &Diary) -> Self {
        let mut now = Diary::begin(diary.start.clone());
        let mut service = Self::new(&now);
        for step in &diary.start.begun {
            now = now.after(step);
            service.step(&now, step.clone());
        }
        service
    }

    fn apply(mut service: Self, diary: &Diary, step: Step) -> Self {
        service.step(diary, step);
        service
    }

    fn teardown(service: Self, diary: Diary) {
        assert_eq!(verify(&service.events, &service.head), Ok(()));
        service.tells(&diary);
        service.openings_are_proved();
        for (event, kind, change) in &diary.start.forgeries {
            SEEN.forged.fetch_add(tampering::one(&service, event, kind, change), Ordering::Relaxed);
        }
        count(&SEEN.histories);
    }
}
