//! Narrative as plain text: what FHIR allows in it (txt-1) is taken apart into lines, anything else is refused. Only the text is
//! kept, so no markup of theirs is ever shown.

/// Elements of HTML 4.0 that only format (txt-1), and whether their end ends a line.
const ELEMENTS: [(&str, bool); 50] = [
    ("div", true),
    ("p", true),
    ("br", true),
    ("hr", true),
    ("ul", true),
    ("ol", true),
    ("li", true),
    ("dl", true),
    ("dt", true),
    ("dd", true),
    ("h1", true),
    ("h2", true),
    ("h3", true),
    ("h4", true),
    ("h5", true),
    ("h6", true),
    ("table", true),
    ("caption", true),
    ("colgroup", false),
    ("col", false),
    ("thead", false),
    ("tbody", false),
    ("tfoot", false),
    ("tr", true),
    ("th", false),
    ("td", false),
    ("blockquote", true),
    ("pre", true),
    ("address", true),
    ("a", false),
    ("span", false),
    ("b", false),
    ("i", false),
    ("em", false),
    ("strong", false),
    ("small", false),
    ("big", false),
    ("sub", false),
    ("sup", false),
    ("tt", false),
    ("code", false),
    ("samp", false),
    ("kbd", false),
    ("var", false),
    ("cite", false),
    ("dfn", false),
    ("abbr", false),
    ("acronym", false),
    ("q", false),
    ("img", false),
];

/// The text of a `div`, line by line; none where txt-1 or well-formedness is broken, or where it says nothing (txt-2).
pub(super) fn plain(div: &str) -> Option<String> {
    let mut text = String::new();
    let mut open: Vec<&str> = Vec::new();
    let mut rest = div.trim();
    while let Some(start) = rest.find('<') {
        let before = rest.get(..start)?;
        if open.is_empty() && !before.is_empty() {
            return None;
        }
        text.push_str(&unescaped(before)?);
        let end = rest.find('>')?;
        let tag = rest.get(start + 1..end)?;
        rest = rest.get(end + 1..)?;
        if let Some(name) = tag.strip_prefix('/') {
            let name = name.trim_end();
            if open.pop()? != name {
                return None;
            }
            text.push(if ends_line(name)? { '\n' } else { ' ' });
        } else {
            let (tag, closed) = tag.strip_suffix('/').map_or((tag, false), |tag| (tag, true));
            let name = tag.split_ascii_whitespace().next()?;
            let first = open.is_empty();
            if first && (name != "div" || !tag.contains("xmlns=\"http://www.w3.org/1999/xhtml\"")) {
                return None;
            }
            let line = ends_line(name)?;
            if !quiet(tag.get(name.len()..)?) {
                return None;
            }
            if closed {
                text.push(if line { '\n' } else { ' ' });
            } else {
                open.push(name);
            }
        }
        if open.is_empty() && !rest.is_empty() {
            return None;
        }
    }
    if !open.is_empty() || !rest.is_empty() {
        return None;
    }
    let lines: Vec<String> =
        text.lines().map(|l| l.split_whitespace().collect::<Vec<_>>().join(" ")).filter(|l| !l.is_empty()).collect();
    (!lines.is_empty()).then(|| lines.join("\n"))
}

fn ends_line(name: &str) -> Option<bool> {
    ELEMENTS.iter().find(|(known, _)| *known == name).map(|(_, line)| *line)
}

/// Attributes without handlers and without scripts in addresses.
fn quiet(attributes: &str) -> bool {
    let mut rest = attributes.trim();
    while !rest.is_empty() {
        let Some((name, tail)) = rest.split_once("=\"") else { return false };
        let Some((value, tail)) = tail.split_once('"') else { return false };
        let name = name.trim().to_ascii_lowercase();
        let value = value.trim().to_ascii_lowercase();
        if name.starts_with("on") || value.starts_with("javascript:") || value.starts_with("data:text") {
            return false;
        }
        rest = tail.trim_start();
    }
    true
}

/// Character data with its five entities and numbers resolved.
fn unescaped(text: &str) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    let mut parts = text.split('&');
    out.push_str(parts.next()?);
    for part in parts {
        let (name, tail) = part.split_once(';')?;
        out.push(match name {
            "amp" => '&',
            "lt" => '<',
            "gt" => '>',
            "quot" => '"',
            "apos" => '\'',
            "nbsp" => ' ',
            _ => {
                let digits = name.strip_prefix('#')?;
                let number = match digits.strip_prefix(['x', 'X']) {
                    Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                    None => digits.parse().ok()?,
                };
                char::from_u32(number)?
            }
        });
        out.push_str(tail);
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn div(inner: &str) -> String {
        format!("<div xmlns=\"http://www.w3.org/1999/xhtml\">{inner}</div>")
    }

    #[test]
    fn markup_becomes_lines() {
        let table = "<h3>Results</h3><table class=\"x\"><tr><th>HbA1c</th><td>6.9&nbsp;%</td></tr></table><p>a &lt; b<br/>c</p>";
        assert_eq!(plain(&div(table)).as_deref(), Some("Results\nHbA1c 6.9 %\na < b\nc"));
        assert_eq!(plain(&div("<p>&#54620;&#x AE00;</p>")), None);
        assert_eq!(plain(&div("&#54620;&#xAE00;")).as_deref(), Some("한글"));
    }

    #[test]
    fn what_acts_or_is_broken_is_refused() {
        for bad in [
            "<script>x</script>",
            "<p onclick=\"x\">a</p>",
            "<a href=\"javascript:x\">a</a>",
            "<iframe src=\"x\"></iframe>",
            "<p>a",
            "<p>a</b>",
            "a & b",
            "<p> </p>",
            "<!-- a -->b",
        ] {
            assert_eq!(plain(&div(bad)), None, "{bad}");
        }
        assert_eq!(plain("<p>a</p>"), None);
        assert_eq!(plain("<div>a</div>"), None);
        assert_eq!(plain(&format!("{}x", div("a"))), None);
    }
}
