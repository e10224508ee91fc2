//! The real thing: the domain's head, gate and links, used as the service uses them, and held against the diary.

use crate::diary::{Age, Answer, At, Diary, INSTITUTIONS, Parts, Step, Topic};
use crate::seen::{SEEN, count};
use crate::steps::Histories;
use crate::tampering;
use medius_domain::chain;
use medius_domain::consent::{
    Action, ConsentActor, ConsentEvent, ConsentHead, ConsentProof, Decision, Guardianship, Item, Matter, Method,
    Recipient, Recorded, Standing, TextLanguage, Use, Verification, gate, replay, text_of, verify,
};
use medius_domain::id::{CaseId, EventId, ProviderId, ServingId, Subject};
use medius_domain::link::{LIFE_DAYS, LinkEvent, LinkState};
use proptest_state_machine::StateMachineTest;
use std::sync::atomic::Ordering;

struct SentLetter {
    to: usize,
    parts: Parts,
    state: LinkState,
    ends: At,
}

/// A letter that was handed out: what it rested on, and how long the chain was then.
struct Opening {
    proof: ConsentProof,
    events: usize,
}

pub(crate) struct Service {
    case: CaseId,
    subject: Subject,
    institutions: Vec<ProviderId>,
    pub(crate) events: Vec<ConsentEvent>,
    pub(crate) head: ConsentHead,
    servings: Vec<ServingId>,
    letters: Vec<(usize, Parts)>,
    sent: Vec<SentLetter>,
    openings: Vec<Opening>,
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
            self.end_links();
        }
        true
    }

    fn take_back(&mut self, topic: Topic, at: &Standing) -> bool {
        let withdrawn = self.head.withdraw(&self.case, &self.subject, &self.matter(topic), at).unwrap();
        let Ok(recorded) = withdrawn else { return false };
        self.record(recorded);
        self.end_links();
        count(&SEEN.withdrawn);
        true
    }

    /// What the transaction of a withdrawal does to the links that need the consent.
    fn end_links(&mut self) {
        let event = self.events.last().unwrap();
        let matter = Matter::new(event.item, event.recipient.as_ref().map(|r| r.id.clone())).unwrap();
        for sent in &mut self.sent {
            let recipient = self.institutions[sent.to].clone();
            let needs = Use::Letter { recipient }.needs();
            if needs.contains(&matter) || matter == Matter::guardian() {
                sent.state = sent.state.after(LinkEvent::ConsentWithdrawn).unwrap_or(sent.state);
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
        let may = self.provision(to, &parts, standing).is_some();
        if may {
            let ends = standing.now + chrono::TimeDelta::days(LIFE_DAYS);
            self.sent.push(SentLetter { to, parts, state: LinkState::Queued, ends });
        }
        may
    }

    fn mail(&mut self, sent: usize, standing: &Standing) -> bool {
        let letter = &self.sent[sent];
        let Some(after) = letter.state.after(LinkEvent::MailSent) else { return false };
        let may = standing.now < letter.ends && self.provision(letter.to, &Parts::new(), standing).is_some();
        if may {
            self.sent[sent].state = after;
        }
        may
    }

    fn open(&mut self, sent: usize, diary: &Diary) -> bool {
        let (letter, standing) = (&self.sent[sent], standing(diary));
        let after = letter.state.after(LinkEvent::Unlock).and_then(|unlocked| unlocked.after(LinkEvent::Download));
        let Some(after) = after.filter(|_| standing.now < letter.ends) else { return false };
        let Some(proof) = self.provision(letter.to, &letter.parts, &standing) else {
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
        self.sent[sent].state = after;
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

    /// The events tell the diary's story, and beside it every end that came by itself.
    fn tells(&self, diary: &Diary) {
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
    fn openings_are_proved(&self) {
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
