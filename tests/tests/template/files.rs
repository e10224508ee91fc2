//! The buckets that files pass through, as a browser meets them.

use super::{of_type, template};
use serde_json::{Value, json};

#[test]
fn pages_of_the_patients_app_and_of_nobody_else_reach_the_buckets_that_files_pass_through() {
    let template = template();
    // The address of the app without its path: what a browser calls an origin.
    let host = json!({ "!Select": [2, { "!Split": ["/", { "!Ref": "PatientAppUrl" }] }] });
    let app = json!({ "!Join": ["", ["https://", host]] });
    for (bucket, method, headers) in [
        ("QuarantineBucket", "PUT", json!(["content-type", "x-amz-checksum-sha256"])),
        ("HandoffBucket", "GET", Value::Null),
    ] {
        let rules = template["Resources"][bucket]["Properties"]["CorsConfiguration"]["CorsRules"].as_array().unwrap();
        let [rule] = rules.as_slice() else { panic!("{bucket}: one rule") };
        assert_eq!((&rule["AllowedOrigins"], &rule["AllowedMethods"]), (&json!([app]), &json!([method])), "{bucket}");
        assert_eq!(rule["AllowedHeaders"], headers, "{bucket}");
    }
    let with_rules =
        of_type(&template, "AWS::S3::Bucket").filter(|(_, bucket)| bucket["CorsConfiguration"].is_object());
    assert_eq!(with_rules.count(), 2);
    // Where no app is named there is no rule at all.
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join("template.yaml");
    let text = std::fs::read_to_string(path).unwrap();
    let rules: Vec<&str> = text.split("CorsConfiguration: !If").skip(1).collect();
    assert_eq!(rules.len(), 2);
    assert!(rules.iter().all(|rule| rule.lines().nth(1).is_some_and(|line| line.trim() == "- HasPatientApp")));
}
