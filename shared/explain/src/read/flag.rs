//! Marks that laboratories print beside a value.

use crate::fold;

/// What a mark says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flag {
    /// Above the laboratory's range.
    High,
    /// Below it.
    Low,
    /// Within it.
    Within,
    /// Outside, without a side.
    Outside,
}

/// Reads a mark; none for one that is not known, which then says nothing.
#[must_use]
pub fn read(raw: &str) -> Option<Flag> {
    let bare: String = fold::text(raw)
        .to_lowercase()
        .chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '(' | ')' | '[' | ']'))
        .collect();
    Some(match bare.as_str() {
        "h" | "hh" | "h*" | "*h" | "high" | "▲" | "▲▲" | "△" | "↑" | "↑↑" | "높음" | "상승" | "증가" | "+h" | "h!" => {
            Flag::High
        }
        "l" | "ll" | "l*" | "*l" | "low" | "▼" | "▼▼" | "▽" | "↓" | "↓↓" | "낮음" | "저하" | "감소" | "l!" => {
            Flag::Low
        }
        "n" | "normal" | "정상" | "ok" | "wnl" => Flag::Within,
        "*" | "**" | "a" | "abn" | "abnormal" | "이상" | "비정상" | "!" => Flag::Outside,
        _ => return None,
    })
}
