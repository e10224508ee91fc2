//! What somebody with the tables in hand could do to a history, and that the verifier finds each of it.

use crate::service::Service;
use chrono::{DateTime, TimeDelta, Utc};
use medius_domain::chain;
use medius_domain::consent::{ConsentEvent, ConsentHead, DataItem, verify};
use proptest::sample::Index;
use serde_json::{Value, json};

/// Codes that stand for one another.
const CODES: [&[&str]; 6] = [
    &["SERVE", "GRANT", "REFUSE", "WITHDRAW", "SUPERSEDE", "EXPIRE"],
    &["G1", "S1", "E1", "P", "PS", "X1", "K1"],
    &["electronic", "automatic"],
    &["SELF", "GUARDIAN"],
    &["sign_in", "sign_in_and_guardian_code"],
    &["ko", "en"],
];

/// Other values that a field of text could be given.
fn others(text: &str) -> Vec<Value> {
    if let Some(codes) = CODES.iter().find(|codes| codes.contains(&text)) {
        return codes.iter().filter(|code| **code != text).map(|code| json!(code)).collect();
    }
    if DataItem::ALL.iter().any(|part| part.code() == text) {
        return DataItem::ALL.iter().filter(|part| part.code() != text).map(|part| json!(part.code())).collect();
    }
    if let Ok(at) = text.parse::<DateTime<Utc>>() {
        return vec![json!(at + TimeDelta::milliseconds(1))];
    }
    // An id, a hash or words, with another last letter.
    let start: String = text.chars().take(text.chars().count().saturating_sub(1)).collect();
    vec![json!(format!("{start}{}", if text.ends_with('0') { '1' } else { '0' }))]
}

/// Every place of a value that holds no further places, as pointers.
fn places(value: &Value, at: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            for (name, inner) in fields {
                let name = name.replace('~', "~0").replace('/', "~1");
                places(inner, &format!("{at}/{name}"), found);
            }
        }
        Value::Array(items) => {
            found.push(at.to_owned());
            for (i, inner) in items.iter().enumerate() {
                places(inner, &format!("{at}/{i}"), found);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => found.push(at.to_owned()),
    }
}

/// A value with one place changed so that it still has the right form; none where the form admits no other value there.
fn changed<T: serde::de::DeserializeOwned + PartialEq>(value: &Value, original: &T, place: &str) -> Option<T> {
    let candidates = match value.pointer(place)? {
        Value::Null => vec![json!("2030-01-01T00:00:00Z"), json!(1)],
        Value::Bool(b) => vec![json!(!b)],
        Value::Number(n) => vec![json!(n.as_u64()? + 1)],
        Value::String(text) => others(text),
        Value::Array(items) => vec![json!(items.split_last().map_or(&[][..], |(_, rest)| rest))],
        Value::Object(_) => return None,
    };
    candidates.into_iter().find_map(|candidate| {
        let mut forged = value.clone();
        *forged.pointer_mut(place)? = candidate;
        serde_json::from_value(forged).ok().filter(|forged| forged != original)
    })
}

/// The events with hashes that fit again after a change: what somebody does who knows how the chain is made.
fn rechained(events: &[ConsentEvent]) -> Vec<ConsentEvent> {
    let (mut hash, mut chained) = (chain::GENESIS.to_owned(), Vec::new());
    for (i, event) in events.iter().enumerate() {
        let event = ConsentEvent { seq: i as u64 + 1, previous_hash: hash.clone(), ..event.clone() };
        hash = chain::link(&hash, &event).unwrap();
        chained.push(event);
    }
    chained
}

fn found(events: &[ConsentEvent], head: &ConsentHead, how: &str) -> usize {
    assert!(verify(events, head).is_err(), "not found: {how}");
    assert!(verify(&rechained(events), head).is_err(), "not found with new hashes: {how}");
    2
}

/// Ways to move events.
const MOVES: [&str; 4] = ["cut off", "taken out", "doubled", "moved"];

/// The chain cut off at an event, or the event taken out, doubled or moved. How many ways were tried.
fn moved(service: &Service, at: usize, how: &str) -> usize {
    let mut events = service.events.clone();
    match how {
        "cut off" => events.truncate(at),
        "taken out" => drop(events.remove(at)),
        "doubled" => events.insert(at, service.events[at].clone()),
        _ => {
            let other = (at + 1) % events.len();
            events.swap(at, other);
        }
    }
    if events == service.events { 0 } else { found(&events, &service.head, how) }
}

/// One field of one event changed. How many ways were tried.
fn field(service: &Service, at: usize, event: &Value, place: &str) -> usize {
    let Some(forged) = changed(event, &service.events[at], place) else { return 0 };
    let mut events = service.events.clone();
    events[at] = forged;
    let how = format!("{place} of event {}", at + 1);
    assert!(verify(&events, &service.head).is_err(), "not found: {how}");
    // Its own place and the hash before it are what a new chain sets right again: nothing is left that differs.
    if ["/seq", "/previous_hash"].contains(&place) { 1 } else { found(&events, &service.head, &how) }
}

/// One field of the kept state changed, or one decision or serving taken out of it.
fn state(service: &Service, head: &Value, place: &str) -> usize {
    let mut done = 0;
    if let Some(forged) = changed(head, &service.head, place) {
        assert!(verify(&service.events, &forged).is_err(), "not found: {place} of the state");
        done += 1;
    }
    let (parent, name) = place.rsplit_once('/').unwrap();
    let mut without = head.clone();
    if let Some(fields) = without.pointer_mut(parent).and_then(Value::as_object_mut) {
        fields.remove(&name.replace("~1", "/").replace("~0", "~"));
    }
    if let Ok(forged) = serde_json::from_value::<ConsentHead>(without)
        && forged != service.head
    {
        assert!(verify(&service.events, &forged).is_err(), "not found: no {place} in the state");
        done += 1;
    }
    done
}

/// One event moved or changed, or the state changed. How many ways were tried.
pub(crate) fn one(service: &Service, event: &Index, kind: &Index, change: &Index) -> usize {
    if service.events.is_empty() {
        return 0;
    }
    let at = event.index(service.events.len());
    let mut found = Vec::new();
    match kind.index(4) {
        0 => moved(service, at, MOVES[change.index(MOVES.len())]),
        1 => {
            let head = serde_json::to_value(&service.head).unwrap();
            places(&head, "", &mut found);
            state(service, &head, &found[change.index(found.len())])
        }
        _ => {
            let event = serde_json::to_value(&service.events[at]).unwrap();
            places(&event, "", &mut found);
            field(service, at, &event, &found[change.index(found.len())])
        }
    }
}

/// Every change of every event and of the state. The places of an event that have no other value of the right form.
pub(crate) fn all(service: &Service) -> (usize, Vec<String>) {
    let (mut done, mut without) = (0, Vec::new());
    for (at, event) in service.events.iter().enumerate() {
        done += MOVES.iter().map(|how| moved(service, at, how)).sum::<usize>();
        let (event, mut fields) = (serde_json::to_value(event).unwrap(), Vec::new());
        places(&event, "", &mut fields);
        for place in fields {
            let tried = field(service, at, &event, &place);
            if tried == 0 {
                without.push(place);
            } else {
                done += tried;
            }
        }
    }
    let (head, mut kept) = (serde_json::to_value(&service.head).unwrap(), Vec::new());
    places(&head, "", &mut kept);
    done += kept.iter().map(|place| state(service, &head, place)).sum::<usize>();
    (done, without)
}
