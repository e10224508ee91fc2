//! The verifier: walks a case's consent events, finds what was changed, taken out or moved, and holds the kept state against
//! what really follows from the events.

use super::{Action, ConsentEvent, ConsentHead, Matter, Served, TextLanguage, text_of};
use crate::chain::{self, Head};

/// What is wrong with a chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The event at this place (from 1) does not follow from the one before it: it or its predecessor was changed, taken
    /// out or moved.
    Broken(u64),
    /// The chain is whole, but it is not the one that the kept state speaks of: its end was changed or cut off.
    NotTheHead(u64),
    /// The kept state does not follow from the events.
    State,
    /// The event at this place names a text that was never published, or another text than the one of that version.
    UnknownText(u64),
    /// The event at this place decides about a text that was not shown before it.
    NotServed(u64),
}

impl Fault {
    /// The place in the chain, where the fault has one.
    pub const fn place(self) -> Option<u64> {
        match self {
            Self::Broken(at) | Self::NotTheHead(at) | Self::UnknownText(at) | Self::NotServed(at) => Some(at),
            Self::State => None,
        }
    }

    /// A stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Broken(_) => "broken",
            Self::NotTheHead(_) => "not-the-head",
            Self::State => "state",
            Self::UnknownText(_) => "unknown-text",
            Self::NotServed(_) => "not-served",
        }
    }
}

/// Walks a case's events from the first one and returns the state that follows from them.
///
/// # Errors
/// The first [`Fault`].
pub fn replay(events: &[ConsentEvent]) -> Result<ConsentHead, Fault> {
    let mut state = ConsentHead::default();
    for event in events {
        let place = state.head.seq + 1;
        if event.seq != place || event.previous_hash != state.head.hash {
            return Err(Fault::Broken(place));
        }
        let text = text_of(event.item, event.text_version, event.language).ok_or(Fault::UnknownText(place))?;
        if text.sha256 != event.text_sha256 {
            return Err(Fault::UnknownText(place));
        }
        let matter = Matter::new(event.item, event.recipient.as_ref().map(|r| r.id.clone()))
            .map_err(|_| Fault::Broken(place))?;
        let hash = chain::link(&state.head.hash, event).map_err(|_| Fault::Broken(place))?;
        match event.action {
            Action::Serve => {
                let id = event.serving.clone().ok_or(Fault::NotServed(place))?;
                let served = Served {
                    id,
                    recipient: event.recipient.clone(),
                    text_version: event.text_version,
                    language: event.language,
                    text_sha256: event.text_sha256.clone(),
                    served_at: event.served_at,
                };
                state.served.insert(matter, served);
            }
            Action::Grant | Action::Refuse | Action::Withdraw | Action::Supersede | Action::Expire => {
                let shown = state.served.get(&matter).ok_or(Fault::NotServed(place))?;
                if Some(&shown.id) != event.serving.as_ref() {
                    return Err(Fault::NotServed(place));
                }
                state.settle(&matter, event);
            }
        }
        state.head = Head { seq: place, hash };
    }
    Ok(state)
}

/// Verifies events against the state that is kept beside them.
///
/// # Errors
/// The first [`Fault`].
pub fn verify(events: &[ConsentEvent], kept: &ConsentHead) -> Result<(), Fault> {
    let found = replay(events)?;
    if found.head != kept.head {
        return Err(Fault::NotTheHead(found.head.seq.min(kept.head.seq).max(1)));
    }
    if found == *kept { Ok(()) } else { Err(Fault::State) }
}

/// Languages in which texts are published, for tests over all of them.
pub const LANGUAGES: [TextLanguage; 2] = [TextLanguage::Ko, TextLanguage::En];
