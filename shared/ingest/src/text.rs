//! Small helpers for text as printed.

use unicode_normalization::UnicodeNormalization;

/// Composed, control characters dropped, runs of blanks made one blank, ends trimmed. Letters and digits stay as printed.
pub(crate) fn tidy(raw: &str) -> String {
    let mut text = String::with_capacity(raw.len());
    for c in raw.nfc() {
        if c.is_whitespace() {
            if !text.is_empty() && !text.ends_with(' ') {
                text.push(' ');
            }
        } else if !c.is_control()
            && !matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{ad}')
        {
            text.push(c);
        }
    }
    text.truncate(text.trim_end().len());
    text
}

/// A heading's key: compatibility forms folded, lower case, letters and digits only.
pub(crate) fn key(raw: &str) -> String {
    raw.nfkc().flat_map(char::to_lowercase).filter(|c| c.is_alphanumeric()).nfc().collect()
}

/// Compatibility forms folded, blanks removed, lower case; signs stay.
pub(crate) fn folded(raw: &str) -> String {
    raw.nfkc().flat_map(char::to_lowercase).filter(|c| !c.is_whitespace()).nfc().collect()
}

/// A short text, or nothing.
pub(crate) fn bounded(text: String, max: usize) -> Option<String> {
    (!text.is_empty() && text.chars().count() <= max).then_some(text)
}
