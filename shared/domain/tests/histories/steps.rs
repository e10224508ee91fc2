//! Which steps a history takes: mostly those that lead somewhere, and every kind of wrong one among them.

use crate::diary::{Age, Diary, INSTITUTIONS, Parts, Start, Step, Topic};
use crate::rules::speaks_of;
use chrono::TimeDelta;
use medius_domain::consent::{ConsentActor, DataItem, Item};
use proptest::prelude::*;
use proptest::sample::{Index, select, subsequence};
use proptest_state_machine::ReferenceStateMachine;

/// Moments around which days are counted wrongly: an ordinary noon, the leap day and midnight in Seoul, a year's last moment.
const BEGINNINGS: [&str; 5] = [
    "2026-11-22T03:00:00Z",
    "2028-02-28T15:30:00Z",
    "2028-02-29T14:59:59.999Z",
    "2026-12-31T15:00:00Z",
    "2027-02-27T23:00:00Z",
];

fn institution() -> impl Strategy<Value = usize> {
    prop_oneof![4 => Just(0), 1 => 1..INSTITUTIONS]
}

fn topic() -> impl Strategy<Value = Topic> {
    let provision = (select(vec![Item::P, Item::Ps]), institution()).prop_map(|(item, to)| (item, Some(to)));
    let other = select(vec![Item::G1, Item::S1, Item::E1, Item::X1, Item::K1]).prop_map(|item| (item, None));
    prop_oneof![provision, other]
}

/// Parts that can be agreed to for an item.
fn parts(item: Item) -> BoxedStrategy<Option<Parts>> {
    let (all, required) = speaks_of(item);
    let optional: Vec<DataItem> = all.difference(&required).copied().collect();
    let some = subsequence(optional.clone(), 0..=optional.len());
    let some = some.prop_map(move |more| Some(required.iter().copied().chain(more).collect()));
    prop_oneof![3 => Just(None), 2 => some].boxed()
}

fn any_parts() -> impl Strategy<Value = Parts> {
    subsequence(DataItem::ALL.to_vec(), 0..=4).prop_map(|parts| parts.into_iter().collect())
}

fn agree() -> impl Strategy<Value = Step> {
    topic().prop_flat_map(|topic| parts(topic.0).prop_map(move |parts| Step::Agree(topic, parts)))
}

fn decide(diary: &Diary) -> BoxedStrategy<Step> {
    let (shown, right) = (diary.shown.len(), diary.decider());
    let topics: Vec<Item> = diary.shown.iter().map(|at| diary.lines[*at].topic.0).collect();
    let wrong = match right {
        ConsentActor::Patient => ConsentActor::Guardian,
        ConsentActor::Guardian => ConsentActor::Patient,
    };
    let by = prop_oneof![9 => Just(right), 1 => Just(wrong)];
    let which = prop_oneof![3 => Just(shown - 1), 1 => 0..shown];
    let said = which.prop_flat_map(move |shown| {
        let fitting = parts(topics[shown]);
        let wanted = prop_oneof![6 => fitting, 1 => any_parts().prop_map(Some)];
        (Just(shown), prop_oneof![1 => Just((false, None)), 4 => wanted.prop_map(|parts| (true, parts))])
    });
    (said, by).prop_map(|((shown, (yes, parts)), by)| Step::Decide { shown, yes, parts, by }).boxed()
}

fn wait() -> impl Strategy<Value = Step> {
    let short = (0_i64..=48).prop_map(TimeDelta::hours);
    let long = (1_i64..=200).prop_map(TimeDelta::days);
    prop_oneof![Just(TimeDelta::milliseconds(1)), short, long].prop_map(Step::Wait)
}

fn start() -> impl Strategy<Value = Start> {
    let now = select(BEGINNINGS.to_vec()).prop_map(|at| at.parse().unwrap());
    let age = prop_oneof![3 => Just(Age::Adult), 2 => Just(Age::Child)];
    let born = proptest::option::of((-2_i64..40).prop_map(Step::Born));
    let full = prop_oneof![3 => Just(true), 2 => Just(false)];
    let (old, forgeries) =
        (proptest::bool::weighted(0.3), proptest::collection::vec(any::<(Index, Index, Index)>(), 2));
    let narrowed = (parts(Item::P), parts(Item::Ps));
    (now, age, born, full, narrowed, old, forgeries).prop_map(|(now, age, born, full, narrowed, old, forgeries)| {
        let mut begun: Vec<Step> = born.filter(|_| age == Age::Child).into_iter().collect();
        if full {
            let guardian = (age == Age::Child).then_some((Item::K1, None));
            let collected = guardian.into_iter().chain([(Item::G1, None), (Item::S1, None)]);
            begun.extend(collected.map(|topic| Step::Agree(topic, None)));
            begun.push(Step::Agree((Item::P, Some(0)), narrowed.0));
            begun.push(Step::Agree((Item::Ps, Some(0)), narrowed.1));
            // A birthday that has come leaves nothing to write.
            if !matches!(begun.first(), Some(Step::Born(..=0))) {
                begun.extend([Step::Write(0), Step::Send(0)]);
            }
        }
        Start { now, age, old, begun, forgeries }
    })
}

/// The machine that proptest drives.
pub(crate) struct Histories;

impl ReferenceStateMachine for Histories {
    type State = Diary;
    type Transition = Step;

    fn init_state() -> BoxedStrategy<Diary> {
        let begun = |start: Start| start.begun.clone().iter().fold(Diary::begin(start), Diary::after);
        start().prop_map(begun).boxed()
    }

    fn transitions(diary: &Diary) -> BoxedStrategy<Step> {
        let mut steps = vec![
            (6, agree().boxed()),
            (2, topic().prop_map(Step::Show).boxed()),
            (3, topic().prop_map(Step::TakeBack).boxed()),
            (2, wait().boxed()),
            (2, any::<(Index, bool)>().prop_map(|(end, just_before)| Step::WaitFor { end, just_before }).boxed()),
            (4, institution().prop_map(Step::Write).boxed()),
            (1, (institution(), any_parts()).prop_map(|(to, parts)| Step::Ask(to, parts)).boxed()),
        ];
        if diary.age != Age::Adult {
            steps.push((1, (-2_i64..40).prop_map(Step::Born).boxed()));
        }
        if !diary.shown.is_empty() {
            steps.push((4, decide(diary)));
        }
        if !diary.letters.is_empty() {
            steps.push((5, (0..diary.letters.len()).prop_map(Step::Send).boxed()));
        }
        if !diary.sent.is_empty() {
            // A sent letter whose consents change: what the gate is there for.
            let narrower = select(vec![Item::P, Item::Ps]).prop_flat_map(|item| (Just((item, Some(0))), parts(item)));
            steps.push((6, narrower.prop_map(|(topic, parts)| Step::Agree(topic, parts)).boxed()));
            steps.push((2, (0..diary.sent.len()).prop_map(Step::Mail).boxed()));
            steps.push((8, (0..diary.sent.len()).prop_map(Step::Open).boxed()));
        }
        proptest::strategy::Union::new_weighted(steps).boxed()
    }

    fn apply(diary: Diary, step: &Step) -> Diary {
        diary.after(step)
    }

    fn preconditions(diary: &Diary, step: &Step) -> bool {
        match step {
            Step::Decide { shown, .. } => *shown < diary.shown.len(),
            Step::Send(letter) => *letter < diary.letters.len(),
            Step::Mail(sent) | Step::Open(sent) => *sent < diary.sent.len(),
            Step::Show(_)
            | Step::Agree(..)
            | Step::TakeBack(_)
            | Step::Wait(_)
            | Step::WaitFor { .. }
            | Step::Born(_)
            | Step::Write(_)
            | Step::Ask(..) => true,
        }
    }
}
