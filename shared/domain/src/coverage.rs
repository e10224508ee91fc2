//! Which characters the letter can show. A character without a glyph would break PDF/A, so it is refused where the
//! patient can still do something about it: at intake.

use std::sync::LazyLock;

static TABLE: &str = include_str!("../data/coverage.txt");

static RANGES: LazyLock<Vec<(u32, u32)>> = LazyLock::new(|| {
    let hex = |s: &str| u32::from_str_radix(s, 16).ok();
    TABLE
        .lines()
        .filter(|line| !line.starts_with('#'))
        .flat_map(str::split_ascii_whitespace)
        .filter_map(|range| match range.split_once('-') {
            Some((from, to)) => Some((hex(from)?, hex(to)?)),
            None => hex(range).map(|c| (c, c)),
        })
        .collect()
});

/// The covered ranges of code points, ascending and inclusive.
pub fn ranges() -> &'static [(u32, u32)] {
    &RANGES
}

/// Whether the letter's fonts have a glyph for a character.
pub fn covers(c: char) -> bool {
    if matches!(c, ' '..='~' | '\n') {
        return true;
    }
    let point = u32::from(c);
    let after = RANGES.partition_point(|(from, _)| *from <= point);
    after > 0 && RANGES[after - 1].1 >= point
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hangul_hanja_vietnamese_and_cyrillic_are_covered_and_arabic_is_not() {
        assert!("김 王小明 Nguyễn Жанна ▲ °C µ".chars().all(covers));
        assert!(!"محمد สมชาย 😀".chars().filter(|c| *c != ' ').any(covers));
        assert!(ranges().windows(2).all(|w| w[0].1 < w[1].0));
    }
}
