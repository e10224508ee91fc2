//! Narrative of the Composition's sections: plain XHTML within what FHIR allows (txt-1), every text escaped.

use super::datatypes::Narrative;
use std::fmt::Write;

/// Text as XML character data.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\n' => out.push_str("<br/>"),
            _ => out.push(c),
        }
    }
    out
}

/// A text and its Korean rendering beside it.
pub(crate) fn bilingual(text: &str, ko: Option<&str>) -> String {
    let mut out = escape(text);
    if let Some(ko) = ko {
        // Writing to a String cannot fail.
        let _ = write!(out, " <span lang=\"ko\" xml:lang=\"ko\">({})</span>", escape(ko));
    }
    out
}

/// One line of a list: its parts in order, separated by a semicolon. The parts are markup already.
pub(crate) fn line(parts: &[String]) -> String {
    parts.join("; ")
}

/// A part of a line that has no rendering.
pub(crate) fn plain(label: &str, text: &str) -> String {
    if label.is_empty() { escape(text) } else { format!("{label} {}", escape(text)) }
}

/// A paragraph.
pub(crate) fn paragraph(markup: &str) -> Narrative {
    wrap(&format!("<p>{markup}</p>"))
}

/// A list.
pub(crate) fn list(lines: &[String]) -> Narrative {
    let items: String = lines.iter().map(|l| format!("<li>{l}</li>")).collect();
    wrap(&format!("<ul>{items}</ul>"))
}

fn wrap(markup: &str) -> Narrative {
    Narrative { status: "generated", div: format!("<div xmlns=\"http://www.w3.org/1999/xhtml\">{markup}</div>") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_in_a_patients_words_stays_text() {
        let div = paragraph(&bilingual("<script>alert(\"x\")</script> & a\nb", Some("가<나"))).div;
        assert!(div.contains("&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt; &amp; a<br/>b"));
        assert!(div.contains("(가&lt;나)</span>"));
    }
}
