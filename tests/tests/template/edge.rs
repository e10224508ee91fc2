//! What stands before the functions: the firewall, throttles, logs without secrets, and mail that cannot be pretended.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::{list, of_type, template};

/// The API's events: method and path, and whether anybody may call without a sign-in.
fn routes(template: &Value) -> BTreeMap<(String, String), bool> {
    let mut found = BTreeMap::new();
    for (_, function) in of_type(template, "AWS::Serverless::Function") {
        for event in
            function["Events"].as_object().into_iter().flat_map(|all| all.values()).filter(|e| e["Type"] == "Api")
        {
            let properties = &event["Properties"];
            let text = |name: &str| properties[name].as_str().unwrap().to_owned();
            found.insert((text("Method"), text("Path")), properties["Auth"]["Authorizer"] == "NONE");
        }
    }
    found
}

#[test]
fn a_route_that_changes_something_without_a_sign_in_has_a_throttle_of_its_own() {
    let template = template();
    let settings = template["Resources"]["Api"]["Properties"]["MethodSettings"].as_array().unwrap();
    let mut limits = BTreeMap::new();
    for setting in settings {
        assert_eq!((&setting["DataTraceEnabled"], &setting["LoggingLevel"]), (&json!(false), &json!("OFF")));
        assert_eq!(setting["MetricsEnabled"], true);
        let path = setting["ResourcePath"].as_str().unwrap();
        let rate = setting["ThrottlingRateLimit"].as_u64().unwrap();
        limits.insert(
            (setting["HttpMethod"].as_str().unwrap().to_owned(), path.replacen('/', "", 1).replace("~1", "/")),
            rate,
        );
    }
    let everything = limits[&("*".to_owned(), "*".to_owned())];
    let routes = routes(&template);
    for ((method, path), public) in &routes {
        if *public && method == "POST" {
            let limit = limits.get(&(method.clone(), path.clone()));
            assert!(limit.is_some_and(|limit| *limit < everything), "{method} {path}");
        }
    }
    // No setting is of a route that is no more.
    for (method, path) in limits.keys().filter(|(method, _)| method != "*") {
        assert!(routes.contains_key(&(method.clone(), path.clone())), "{method} {path}");
    }
}

#[test]
fn the_gateway_s_log_names_routes_and_never_paths_addresses_or_agents() {
    let template = template();
    let format = template["Resources"]["Api"]["Properties"]["AccessLogSetting"]["Format"].as_str().unwrap();
    let format: Value = serde_json::from_str(&format.replace('\n', "")).expect("one line of JSON");
    let values: Vec<_> = format.as_object().unwrap().values().map(|v| v.as_str().unwrap()).collect();
    assert!(values.contains(&"$context.resourcePath"));
    for never in
        ["$context.path", "$context.identity", "$context.authorizer", "$context.domainName", "$context.error.message"]
    {
        assert!(values.iter().all(|value| !value.starts_with(never)), "{never}");
    }
}

#[test]
fn the_firewall_stands_before_the_api_with_managed_rules_and_limits_per_address() {
    let template = template();
    let resources = &template["Resources"];
    let rules = resources["Firewall"]["Properties"]["Rules"].as_array().unwrap();
    let managed: Vec<_> =
        rules.iter().filter_map(|rule| rule["Statement"]["ManagedRuleGroupStatement"]["Name"].as_str()).collect();
    assert_eq!(
        managed,
        [
            "AWSManagedRulesAmazonIpReputationList",
            "AWSManagedRulesCommonRuleSet",
            "AWSManagedRulesKnownBadInputsRuleSet"
        ]
    );
    let limits: Vec<_> =
        rules.iter().filter_map(|rule| rule["Statement"]["RateBasedStatement"]["Limit"].as_u64()).collect();
    assert_eq!(limits, [300, 2000]);
    // Samples would hold what was sent.
    let samples = |rule: &Value| rule["VisibilityConfig"]["SampledRequestsEnabled"] == false;
    assert!(rules.iter().all(samples) && samples(&resources["Firewall"]["Properties"]));
    let association = &resources["FirewallOfApi"];
    assert_eq!(association["Condition"], "IsDeployed");
    assert_eq!(association["Properties"]["WebACLArn"], json!({ "!GetAtt": "Firewall.Arn" }));
    let stage = association["Properties"]["ResourceArn"]["!Sub"].as_str().unwrap();
    assert!(stage.ends_with("/restapis/${Api}/stages/${Api.Stage}"), "{stage}");
    let redacted = resources["FirewallLogging"]["Properties"]["RedactedFields"].as_array().unwrap();
    for field in [
        json!({ "UriPath": {} }),
        json!({ "QueryString": {} }),
        json!({ "SingleHeader": { "Name": "authorization" } }),
        json!({ "SingleHeader": { "Name": "cookie" } }),
    ] {
        assert!(redacted.contains(&field), "{field}");
    }
}

#[test]
fn mail_goes_over_tls_tells_what_became_of_it_and_is_signed_for() {
    let template = template();
    let resources = &template["Resources"];
    let set = &resources["MailConfigurationSet"]["Properties"];
    assert_eq!(set["DeliveryOptions"]["TlsPolicy"], "REQUIRE");
    assert_eq!(list(&set["SuppressionOptions"]["SuppressedReasons"]), ["BOUNCE", "COMPLAINT"]);
    // Tracking rewrites links.
    assert!(set["TrackingOptions"].is_null());
    let events = &resources["MailEvents"]["Properties"];
    assert_eq!(events["ConfigurationSetName"], json!({ "!Ref": "MailConfigurationSet" }));
    let kinds = list(&events["EventDestination"]["MatchingEventTypes"]);
    assert_eq!(kinds, ["SEND", "DELIVERY", "DELIVERY_DELAY", "BOUNCE", "COMPLAINT", "REJECT", "RENDERING_FAILURE"]);
    assert!(!events["EventDestination"]["EventBridgeDestination"]["EventBusArn"].is_null());
    let identity = &resources["SenderIdentity"]["Properties"];
    assert_eq!(identity["DkimSigningAttributes"]["NextSigningKeyLength"], "RSA_2048_BIT");
    assert_eq!(identity["MailFromAttributes"]["BehaviorOnMxFailure"], "REJECT_MESSAGE");
    for output in
        ["SenderDkimToken1", "SenderDkimToken2", "SenderDkimToken3", "SenderMailFromMx", "SenderSpf", "SenderDmarc"]
    {
        assert_eq!(template["Outputs"][output]["Condition"], "IsDeployed", "{output}");
    }
}

#[test]
fn nobody_changes_their_address_without_showing_that_it_is_theirs() {
    let template = template();
    for (id, pool) in of_type(&template, "AWS::Cognito::UserPool") {
        assert_eq!(
            list(&pool["UserAttributeUpdateSettings"]["AttributesRequireVerificationBeforeUpdate"]),
            ["email"],
            "{id}"
        );
    }
    let staff = &template["Resources"]["StaffClient"]["Properties"];
    assert!(!list(&staff["WriteAttributes"]).contains(&"email"));
    assert!(!list(&staff["WriteAttributes"]).is_empty(), "none said means all");
}
