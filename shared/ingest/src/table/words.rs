//! Words that cells may say, from a file of their own.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

/// Words by the type of cell that they make, read once.
static WORDS: LazyLock<HashMap<&'static str, HashSet<&'static str>>> = LazyLock::new(|| {
    let mut words: HashMap<&str, HashSet<&str>> = HashMap::new();
    let mut section = "";
    for line in include_str!("../../data/cells.txt").lines().filter(|line| !line.starts_with('#')) {
        match line.strip_prefix('[').and_then(|l| l.strip_suffix(']')) {
            // `[` alone is no section; none of the words is one.
            Some(name) => section = name,
            None => words.entry(section).or_default().extend(line.split_whitespace()),
        }
    }
    words
});

/// Whether a word is one of a type.
pub(super) fn is_word(section: &str, word: &str) -> bool {
    WORDS.get(section).is_some_and(|words| words.contains(word))
}
