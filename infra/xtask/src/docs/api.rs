//! The API as a page: every route with who may call it, what it does, and how it can refuse.

use std::fmt::Write;

use serde_json::Value;

/// Groups of routes by who calls them: title, and what their paths begin with. The first that fits counts.
const GROUPS: [(&str, &[&str]); 4] = [
    ("Staff", &["/staff/"]),
    ("Anybody, without a sign-in", &["/v1/public/", "/d/", "/c/", "/open", "/verify", "/.well-known/"]),
    ("Patients", &["/v1/"]),
    ("Whoever has a mailed link", &["/r/", "/e/"]),
];

/// The page.
pub(super) fn page(openapi: &Value) -> String {
    let mut text = String::from(
        "# API\nMade by `cargo xtask docs` from `infra/openapi.json`, which is made from the code (`cargo xtask openapi`); schemas and \
         every problem's codes are there. A test holds it equal to the routes of `template.yaml`.\n\n",
    );
    let words = openapi["info"]["description"].as_str().unwrap_or_default();
    text.push_str(words);
    text.push('\n');
    let paths = openapi["paths"].as_object();
    for (title, _) in GROUPS {
        let _ = write!(
            text,
            "\n## {title}\n| route | does | sign-in | access log | refusals |\n| --- | --- | --- | --- | --- |\n"
        );
        for (path, operations) in paths.into_iter().flatten().filter(|(path, _)| group(path) == Some(title)) {
            for (method, operation) in operations.as_object().into_iter().flatten() {
                // HEAD is GET without its body.
                if method != "head" {
                    text.push_str(&row(path, method, operation));
                }
            }
        }
    }
    text
}

fn group(path: &str) -> Option<&'static str> {
    GROUPS.iter().find(|(_, starts)| starts.iter().any(|start| path.starts_with(start))).map(|(title, _)| *title)
}

fn row(path: &str, method: &str, operation: &Value) -> String {
    let text = |name: &str| operation[name].as_str().unwrap_or_default();
    let sign_in = operation["security"].as_array().into_iter().flatten().filter_map(Value::as_object);
    let mut sign_ins: Vec<&str> = sign_in.flat_map(|one| one.keys().map(String::as_str)).collect();
    sign_ins.dedup();
    let refusals = operation["responses"].as_object().into_iter().flat_map(|all| all.keys());
    let refusals: Vec<&str> = refusals.map(String::as_str).filter(|status| status.starts_with(['4', '5'])).collect();
    let log = match (text("x-medius-action"), text("x-medius-thing")) {
        ("", _) | (_, "") => "about nobody".to_owned(),
        (action, thing) => format!("{action} {thing}"),
    };
    let or_none = |all: Vec<&str>| if all.is_empty() { "none".to_owned() } else { all.join(", ") };
    let does = text("summary").replace('|', "\\|");
    format!("| `{} {path}` | {does} | {} | {log} | {} |\n", method.to_uppercase(), or_none(sign_ins), or_none(refusals))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn every_route_of_the_description_is_on_the_page_once() {
        let path = crate::workspace::root().join("infra/openapi.json");
        let openapi: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
        let page = page(&openapi);
        for (path, operations) in openapi["paths"].as_object().unwrap() {
            for method in operations.as_object().unwrap().keys().filter(|method| *method != "head") {
                let cell = format!("| `{} {path}` |", method.to_uppercase());
                assert_eq!(page.matches(&cell).count(), 1, "{cell}");
            }
        }
    }
}
