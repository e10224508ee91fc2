//! A function that makes access codes all day takes no more memory for the last than for the first. In a process of its own, so that
//! nothing else is counted.
#![allow(clippy::unwrap_used)]

use medius_domain::link::{AccessCode, AccessCodeHash};

/// KiB of one hash's memory (OWASP's first recommendation for Argon2id).
const OF_ONE: u64 = 19_456;

/// The most KiB that this process ever held.
fn peak_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.split_whitespace().next().unwrap().parse().unwrap()
}

#[test]
fn making_and_checking_many_codes_takes_the_memory_of_one() {
    let before = peak_kib();
    let mut kept: Vec<(AccessCodeHash, Vec<Vec<u8>>)> = Vec::new();
    for n in 0..8 {
        let code = AccessCode::new().unwrap();
        let hash = code.hash().unwrap();
        assert!(hash.matches(&code));
        // A function keeps small things between requests, and they lie where there was room.
        kept.push((hash, (0..64).map(|size| vec![n; 64 << (size % 8)]).collect()));
    }
    let grown = peak_kib() - before;
    assert!(grown < 2 * OF_ONE, "{grown} KiB more for {} codes", kept.len());
}
