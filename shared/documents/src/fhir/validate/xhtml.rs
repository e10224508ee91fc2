//! Narrative as txt-1 allows it: one `div` in the XHTML namespace, formatting elements only, well formed, no scripts.

const ELEMENTS: [&str; 24] = [
    "div",
    "p",
    "span",
    "b",
    "i",
    "em",
    "strong",
    "small",
    "sub",
    "sup",
    "br",
    "hr",
    "ul",
    "ol",
    "li",
    "table",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
    "h1",
    "h2",
    "blockquote",
];
const ATTRIBUTES: [&str; 6] = ["xmlns", "lang", "xml:lang", "title", "colspan", "rowspan"];
const ENTITIES: [&str; 4] = ["amp;", "lt;", "gt;", "quot;"];
const ROOT: &str = "<div xmlns=\"http://www.w3.org/1999/xhtml\">";

/// Whether a narrative holds only basic formatting (txt-1).
pub(crate) fn is_basic(div: &str) -> bool {
    div.starts_with(ROOT) && well_formed(div) == Some(true)
}

/// Whether a narrative says anything (txt-2).
pub(crate) fn has_content(div: &str) -> bool {
    let mut inside = false;
    div.chars().any(|c| match c {
        '<' => {
            inside = true;
            false
        }
        '>' => {
            inside = false;
            false
        }
        c => !inside && !c.is_whitespace(),
    })
}

fn well_formed(div: &str) -> Option<bool> {
    let mut open: Vec<&str> = Vec::new();
    let mut rest = div;
    while let Some(start) = rest.find('<') {
        if !entities_known(&rest[..start]) || (start > 0 && open.is_empty()) {
            return None;
        }
        let end = rest.find('>')?;
        let tag = rest.get(start + 1..end)?;
        rest = &rest[end + 1..];
        if let Some(name) = tag.strip_prefix('/') {
            if open.pop()? != name {
                return None;
            }
            if open.is_empty() {
                return Some(rest.is_empty());
            }
        } else {
            let (tag, closed) = tag.strip_suffix('/').map_or((tag, false), |t| (t, true));
            let name = tag.split_ascii_whitespace().next()?;
            if !ELEMENTS.contains(&name) || !attributes_known(tag.get(name.len()..)?) {
                return None;
            }
            if !closed {
                open.push(name);
            }
        }
    }
    None
}

/// `name="value"` pairs of the list.
fn attributes_known(text: &str) -> bool {
    let mut rest = text.trim();
    while !rest.is_empty() {
        let Some((name, tail)) = rest.split_once("=\"") else { return false };
        let Some((_, tail)) = tail.split_once('"') else { return false };
        if !ATTRIBUTES.contains(&name) {
            return false;
        }
        rest = tail.trim_start();
    }
    true
}

fn entities_known(text: &str) -> bool {
    text.split('&').skip(1).all(|tail| {
        ENTITIES.iter().any(|e| tail.starts_with(e))
            || tail
                .strip_prefix('#')
                .and_then(|t| t.split_once(';'))
                .is_some_and(|(n, _)| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_basic_formatting_passes() {
        let div = |inner: &str| format!("{ROOT}{inner}</div>");
        assert!(is_basic(&div("<p>a &amp; b<br/>c <span lang=\"ko\" xml:lang=\"ko\">가</span></p>")));
        for bad in [
            "<script>x</script>",
            "<p onclick=\"x\">a</p>",
            "<a href=\"javascript:x\">a</a>",
            "<img src=\"https://x.example\"/>",
            "<p>a",
            "<p>a</b>",
            "a & b",
            "a &nbsp; b",
        ] {
            assert!(!is_basic(&div(bad)), "{bad}");
        }
        assert!(!is_basic("<div>a</div>") && !is_basic("plain") && !is_basic(&format!("{}x", div("a"))));
        assert!(has_content(&div("a")) && !has_content(&div("<br/> ")));
    }
}
