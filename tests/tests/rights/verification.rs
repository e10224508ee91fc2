//! Who asks is shown by a fresh sign-in; a token that was only refreshed shows it no more.

use super::{patient, reason};
use medius_tests::stack::Stack;
use medius_tests::user::fresh_key;
use serde_json::{Value, json};

/// The event of a request as the gateway hands it to the function, with the claims of a token but another time of sign-in.
fn event(token: &str, auth_time: Option<i64>) -> Value {
    let claims = token.split('.').nth(1).unwrap();
    let mut claims: Value =
        serde_json::from_slice(&data_encoding::BASE64URL_NOPAD.decode(claims.as_bytes()).unwrap()).unwrap();
    let object = claims.as_object_mut().unwrap();
    object.remove("auth_time");
    for value in object.values_mut() {
        *value = json!(value.as_str().map_or_else(|| value.to_string(), ToOwned::to_owned));
    }
    if let Some(at) = auth_time {
        claims["auth_time"] = json!(at.to_string());
    }
    let headers = json!({"content-type": "application/json", "idempotency-key": fresh_key()});
    let multi: serde_json::Map<String, Value> =
        headers.as_object().unwrap().iter().map(|(name, value)| (name.clone(), json!([value]))).collect();
    json!({
        "resource": "/v1/rights-requests", "path": "/v1/rights-requests", "httpMethod": "POST",
        "headers": headers, "multiValueHeaders": multi,
        "queryStringParameters": null, "multiValueQueryStringParameters": null, "pathParameters": null,
        "stageVariables": null,
        "requestContext": {
            "accountId": "000000000000", "resourceId": "x", "apiId": "x", "stage": "local", "requestId": "request-1",
            "resourcePath": "/v1/rights-requests", "httpMethod": "POST", "path": "/v1/rights-requests",
            "protocol": "HTTP/1.1", "identity": {"sourceIp": "192.0.2.1"}, "authorizer": {"claims": claims},
        },
        "body": json!({"right": "access"}).to_string(), "isBase64Encoded": false,
    })
}

#[tokio::test]
async fn a_sign_in_of_the_last_quarter_of_an_hour_is_needed_and_nothing_is_kept_without() {
    let stack = Stack::load().unwrap();
    let (app, token) = patient(&stack).await;
    let now = chrono::Utc::now().timestamp();
    for (auth_time, expected) in
        [(None, 409), (Some(now - 16 * 60), 409), (Some(now + 600), 409), (Some(now - 14 * 60), 201)]
    {
        let answer = stack.invoke("rights", None, &event(&token, auth_time)).await.unwrap();
        assert_eq!(answer["statusCode"], expected, "{auth_time:?}: {answer}");
        if expected == 409 {
            let body: Value = serde_json::from_str(answer["body"].as_str().unwrap()).unwrap();
            assert_eq!(body["reason"], "sign-in-again");
        }
    }
    let listed = app.get("/v1/rights-requests").await.unwrap().expect(200, "list").unwrap().json();
    assert_eq!(listed["items"].as_array().unwrap().len(), 1, "only the verified one is there");
    // Over the gateway the pool's own claim arrives: a new sign-in is fresh.
    let asked = app.post("/v1/rights-requests", &json!({"right": "access"})).await.unwrap();
    assert_eq!(reason(&asked), (201, String::new()));
}
