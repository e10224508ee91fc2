//! What a document says, as a plain web page: every text of its display model, in its order. Drawings are left out, which
//! spares the other typesetters work.

use serde_json::Value;

const STYLE: &str = "@page{size:A4;margin:18mm 16mm}body{font:9.5pt/1.45 'Pretendard','Noto Sans KR',sans-serif}\
h1{font-size:16pt}h2{font-size:11pt;margin:10pt 0 3pt;border-bottom:.6pt solid #888}table{border-collapse:collapse;width:100%}\
td,th{border-bottom:.4pt solid #ccc;text-align:left;padding:2pt 4pt;vertical-align:top}p{margin:2pt 0}";

/// The page of a display model.
pub(crate) fn of(title: &str, view: &Value) -> String {
    let mut body = String::new();
    write(&mut body, None, view);
    let title = escaped(title);
    format!(
        "<!doctype html><html lang=\"ko\"><head><meta charset=\"utf-8\"><title>{title}</title><style>{STYLE}</style></head>\
         <body><h1>{title}</h1>{body}</body></html>"
    )
}

fn write(to: &mut String, name: Option<&str>, value: &Value) {
    match value {
        Value::Null | Value::Bool(_) => {}
        Value::String(text) => to.push_str(&format!("<p>{}</p>", escaped(text))),
        Value::Number(number) => to.push_str(&format!("<p>{number}</p>")),
        Value::Array(rows) if !rows.is_empty() && rows.iter().all(Value::is_object) => {
            to.push_str("<table>");
            for row in rows {
                to.push_str("<tr>");
                for cell in row.as_object().into_iter().flat_map(|row| row.values()) {
                    to.push_str("<td>");
                    write(to, None, cell);
                    to.push_str("</td>");
                }
                to.push_str("</tr>");
            }
            to.push_str("</table>");
        }
        Value::Array(items) => items.iter().for_each(|item| write(to, None, item)),
        Value::Object(parts) => {
            if let Some(name) = name {
                to.push_str(&format!("<h2>{}</h2>", escaped(&name.replace('_', " "))));
            }
            for (name, part) in parts {
                write(to, Some(name), part);
            }
        }
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::of;
    use serde_json::json;

    #[test]
    fn every_text_is_on_the_page_and_none_is_markup() {
        let page =
            of("T", &json!({ "a": { "ko": "가", "n": 5 }, "rows": [{ "x": "<b>" }, { "x": "y" }], "none": null }));
        for text in ["<p>가</p>", "<p>5</p>", "&lt;b&gt;", "<td><p>y</p></td>", "<h2>a</h2>"] {
            assert!(page.contains(text), "{text}");
        }
        assert!(!page.contains("<b>"));
    }
}
