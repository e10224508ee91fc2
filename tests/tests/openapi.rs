//! The API's description is what the code serves, and the template routes exactly that, with the same sign-ins.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde_json::Value;

/// Set by `cargo xtask openapi`.
const WRITE: &str = "MEDIUS_WRITE_OPENAPI";
const METHODS: [&str; 8] = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// The document as its file holds it, and the schemas of each function's part.
fn document() -> (String, Vec<Value>) {
    let parts = vec![
        medius_intake::description(),
        medius_consent::description(),
        medius_records::description(),
        medius_referral::description(),
        medius_explanation::description(),
        medius_delivery::description(),
        medius_provider::description(),
        medius_clinician::description(),
        medius_desk::description(),
        medius_directory::description(),
        medius_members::description(),
        medius_audit::description(),
        medius_inquiry::description(),
        medius_rights::description(),
    ];
    let schemas =
        parts.iter().map(|part| serde_json::to_value(part).unwrap()["components"]["schemas"].clone()).collect();
    let mut whole = serde_json::to_value(medius_http::openapi::merge(parts)).unwrap();
    in_order(&mut whole);
    (serde_json::to_string_pretty(&whole).unwrap() + "\n", schemas)
}

/// Extension members come in any order; the file has one.
fn in_order(value: &mut Value) {
    match value {
        Value::Object(members) => {
            let mut extensions: Vec<String> = members.keys().filter(|k| k.starts_with("x-")).cloned().collect();
            extensions.sort();
            for name in extensions {
                let extension = members.remove(&name).unwrap();
                members.insert(name, extension);
            }
            members.values_mut().for_each(in_order);
        }
        Value::Array(items) => items.iter_mut().for_each(in_order),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Each operation of the document: method, path, the operation.
fn operations(document: &Value) -> Vec<(String, String, Value)> {
    let mut all = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            if METHODS.contains(&method.as_str()) {
                all.push((method.to_ascii_uppercase(), path.clone(), operation.clone()));
            }
        }
    }
    all
}

/// A route as the template and the code must agree on it: the function that serves it, and who signs in.
type Routes = BTreeMap<(String, String), (String, &'static str)>;

fn routes_of_the_code(document: &Value) -> Routes {
    let route = |(method, path, operation): (String, String, Value)| {
        let sign_ins = operation["security"].as_array().cloned().unwrap_or_default();
        let names: Vec<_> = sign_ins.iter().flat_map(|one| one.as_object().unwrap().keys().cloned()).collect();
        let authorizer = match names.iter().map(String::as_str).collect::<Vec<_>>()[..] {
            ["patient"] => "Patients",
            ["staff"] => "Staff",
            // A session and a ticket are the functions' own: the gateway knows nothing of them.
            [] | ["session"] | ["ticket"] => "NONE",
            _ => panic!("{method} {path} names {names:?}"),
        };
        let function = operation["tags"][0].as_str().unwrap_or_default().to_owned();
        ((method, path), (function, authorizer))
    };
    operations(document).into_iter().map(route).collect()
}

fn routes_of_the_template() -> Routes {
    let text = std::fs::read_to_string(root().join("template.yaml")).unwrap();
    let template: serde_yaml::Value = serde_yaml::from_str(&text).expect("template.yaml");
    let default = template["Resources"]["Api"]["Properties"]["Auth"]["DefaultAuthorizer"].as_str();
    assert_eq!(default, Some("Patients"), "a route that names no authorizer must be a patient's");
    let mut routes = Routes::new();
    for (id, resource) in template["Resources"].as_mapping().unwrap() {
        if resource["Type"] != "AWS::Serverless::Function" {
            continue;
        }
        let function = id.as_str().unwrap().strip_suffix("Function").unwrap().to_ascii_lowercase();
        for (_, event) in resource["Properties"]["Events"].as_mapping().into_iter().flatten() {
            if event["Type"] != "Api" {
                continue;
            }
            let field = |name: &str| event["Properties"][name].as_str().unwrap().to_owned();
            let authorizer = match event["Properties"]["Auth"]["Authorizer"].as_str() {
                None | Some("Patients") => "Patients",
                Some("Staff") => "Staff",
                Some("NONE") => "NONE",
                Some(other) => panic!("unknown authorizer {other}"),
            };
            let key = (field("Method").to_ascii_uppercase(), field("Path"));
            assert!(routes.insert(key.clone(), (function.clone(), authorizer)).is_none(), "{key:?} is there twice");
        }
    }
    routes
}

#[test]
fn the_file_is_what_the_code_says() {
    let path = root().join("infra/openapi.json");
    let (now, _) = document();
    if std::env::var_os(WRITE).is_some() {
        std::fs::write(&path, now).unwrap();
        return;
    }
    let file = std::fs::read_to_string(&path).unwrap_or_default();
    if file != now {
        let line = file.lines().zip(now.lines()).take_while(|(a, b)| a == b).count();
        panic!("infra/openapi.json is not what the code says (from line {}): run cargo xtask openapi", line + 1);
    }
}

#[test]
fn the_template_routes_exactly_what_the_code_serves_with_the_same_sign_ins() {
    let (text, _) = document();
    let (code, template) = (routes_of_the_code(&serde_json::from_str(&text).unwrap()), routes_of_the_template());
    let only = |these: &Routes, those: &Routes| -> Vec<String> {
        let missing = these.iter().filter(|(route, who)| those.get(*route) != Some(*who));
        missing.map(|((method, path), (function, who))| format!("{method} {path} by {function} for {who}")).collect()
    };
    let (unrouted, unserved) = (only(&code, &template), only(&template, &code));
    assert!(
        unrouted.is_empty() && unserved.is_empty(),
        "in the code and not so in the template: {unrouted:#?}\nin the template and not so in the code: {unserved:#?}"
    );
    assert!(code.len() >= 30 && code.values().any(|(_, who)| *who == "Staff"));
}

#[test]
fn names_in_the_document_are_unique_and_every_reference_resolves() {
    let (text, parts) = document();
    let document: Value = serde_json::from_str(&text).unwrap();
    for (name, schema) in parts.iter().filter_map(Value::as_object).flatten() {
        assert_eq!(&document["components"]["schemas"][name], schema, "two functions mean different things by {name}");
    }
    for part in text.split("\"$ref\": \"#").skip(1) {
        let pointer = part.split('"').next().unwrap();
        assert!(document.pointer(pointer).is_some(), "{pointer} is nowhere");
    }
    let mut ids = BTreeSet::new();
    for (method, path, operation) in operations(&document) {
        let id = operation["operationId"].as_str().unwrap_or_default().to_owned();
        assert!(!id.is_empty() && ids.insert(id.clone()), "{method} {path}: the operation id {id:?} is not its own");
        let named: BTreeSet<_> = path.split('{').skip(1).filter_map(|rest| rest.split('}').next()).collect();
        let parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
        let described: BTreeSet<_> =
            parameters.iter().filter(|p| p["in"] == "path").filter_map(|p| p["name"].as_str()).collect();
        assert_eq!(named, described, "{method} {path}");
        for scheme in operation["security"].as_array().into_iter().flatten().filter_map(Value::as_object) {
            for name in scheme.keys() {
                assert!(document["components"]["securitySchemes"][name].is_object(), "{method} {path}: {name}");
            }
        }
    }
}
