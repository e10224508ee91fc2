//! What happened in all histories together: a run in which nothing is ever opened would prove nothing.

use std::sync::atomic::{AtomicUsize, Ordering};

pub(crate) struct Seen {
    pub(crate) histories: AtomicUsize,
    pub(crate) opened: AtomicUsize,
    pub(crate) turned_away: AtomicUsize,
    pub(crate) opened_for_a_child: AtomicUsize,
    pub(crate) opened_without_a_part: AtomicUsize,
    pub(crate) superseded: AtomicUsize,
    pub(crate) expired: AtomicUsize,
    pub(crate) withdrawn: AtomicUsize,
    pub(crate) forged: AtomicUsize,
}

pub(crate) static SEEN: Seen = Seen {
    histories: AtomicUsize::new(0),
    opened: AtomicUsize::new(0),
    turned_away: AtomicUsize::new(0),
    opened_for_a_child: AtomicUsize::new(0),
    opened_without_a_part: AtomicUsize::new(0),
    superseded: AtomicUsize::new(0),
    expired: AtomicUsize::new(0),
    withdrawn: AtomicUsize::new(0),
    forged: AtomicUsize::new(0),
};

pub(crate) fn count(what: &AtomicUsize) {
    what.fetch_add(1, Ordering::Relaxed);
}
