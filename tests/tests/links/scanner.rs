//! Mail scanners: they fetch addresses, run their script and submit their forms. A thousand visits open nothing, use nothing
//! up, and keep nobody out.

use crate::{Sent, told};
use serde_json::{Value, json};

/// Visits.
const VISITS: usize = 1000;
/// Visits at a time.
const AT_ONCE: usize = 50;

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_visits_of_scanners_consume_and_show_nothing() {
    let sent = std::sync::Arc::new(Sent::with("one_time_code").await);
    sent.state("SENT").await;
    let before = sent.view().await;
    let scanner = std::sync::Arc::new(sent.network().await);
    let page = scanner.provider("GET", &sent.path(""), &[], None).await.text();
    assert!(!page.contains(&sent.link.link.secret) && !page.contains(&sent.link.link.id));
    let mut visits = tokio::task::JoinSet::new();
    for n in 0..VISITS {
        if visits.len() >= AT_ONCE {
            visits.join_next().await.unwrap().unwrap();
        }
        let (sent, scanner, page) = (sent.clone(), scanner.clone(), page.clone());
        visits.spawn(async move {
            let secret = &sent.link.link.secret;
            let mangled = [format!("%23{secret}"), format!("%2523{secret}"), String::new()];
            let address = sent.path(&mangled[n % mangled.len()]);
            let seen = scanner.provider("HEAD", &address, &[], None).await;
            assert_eq!((seen.status, seen.text()), (200, String::new()));
            let seen = scanner.provider("GET", &address, &[], None).await;
            assert_eq!((seen.status, seen.text()), (200, page), "the same page for every visit");
            // The script takes the secret and presses the button: a code goes to the institution's own mailbox, or has gone.
            let code = sent.order(&scanner).await;
            assert!(matches!(code.status, 202 | 429), "{}", code.status);
            assert!(!code.text().contains(secret));
            // The form is submitted as it stands: empty.
            for typed in ["", " "] {
                let body = json!({"secret": secret, "code": typed});
                let refused = scanner.provider("POST", &sent.path("/unlock"), &[], Some(&body)).await;
                assert_eq!(refused.status, 404);
            }
            for (method, part) in
                [("GET", "/referral"), ("POST", "/letter"), ("POST", "/bundle"), ("POST", "/manifest")]
            {
                assert_eq!(scanner.provider(method, &sent.path(part), &[], None).await.status, 404, "{part}");
            }
        });
    }
    while let Some(visit) = visits.join_next().await {
        visit.unwrap();
    }
    let after = sent.view().await;
    assert_eq!(before, after, "nothing is consumed: neither state nor download nor time");
    assert_eq!(told(&sent.stack, &sent.case).await, Vec::<String>::new());
    let item = link(&sent).await;
    assert_eq!(item["wrong_codes"], 0);
    assert!(item["code_n"].as_u64().unwrap() <= 3, "the mailbox is not filled: {}", item["code_n"]);

    // The institution gets in with the newest code, from the scanner's own network, too.
    let newest = u32::try_from(item["code_n"].as_u64().unwrap()).unwrap();
    let code = scanner.code(&sent.link, newest).await;
    assert_eq!(sent.unlock(&scanner, &code).await.status, 204);
}

/// The link's record.
async fn link(sent: &Sent) -> Value {
    let key = |k: &str| aws_sdk_dynamodb::types::AttributeValue::S(k.to_owned());
    let get = sent.stack.dynamodb(sent.stack.operator_credentials()).get_item().table_name(sent.stack.table("links"));
    let get = get.key("pk", key(&format!("LINK#{}", sent.link.link.id))).key("sk", key("LINK"));
    let item = get.send().await.unwrap().item.unwrap();
    let number = |name: &str| -> u64 { item["body"].as_m().unwrap()[name].as_n().unwrap().parse().unwrap() };
    json!({"wrong_codes": number("wrong_codes"), "code_n": number("code_n")})
}
