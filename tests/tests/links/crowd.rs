//! Many at once: 64 downloads of a link that allows three give exactly three, round after round.

use crate::Sent;
use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::json;
use std::sync::Arc;

/// At once.
const AT_ONCE: usize = 64;
/// Downloads that the link allows in each round.
const ALLOWED: usize = 3;
/// Rounds, unless `MEDIUS_DOWNLOAD_ROUNDS` says another number: 200 are the full proof.
const ROUNDS: usize = 20;

/// Gives the link its downloads back, with another revision, as if it were a new one.
async fn anew(sent: &Sent) {
    let key = |k: &str| AttributeValue::S(k.to_owned());
    let update = sent.stack.dynamodb(sent.stack.operator_credentials()).update_item();
    let update = update.table_name(sent.stack.table("links"));
    let update = update.key("pk", key(&format!("LINK#{}", sent.link.link.id))).key("sk", key("LINK"));
    let number = |n: usize| AttributeValue::N(n.to_string());
    update
        .update_expression("SET body.downloads = :none, body.max_downloads = :some")
        .expression_attribute_values(":none", number(0))
        .expression_attribute_values(":some", number(ALLOWED))
        .send()
        .await
        .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn sixty_four_downloads_at_once_of_a_link_that_allows_three_give_exactly_three() {
    let rounds = std::env::var("MEDIUS_DOWNLOAD_ROUNDS").map_or(ROUNDS, |n| n.parse().expect("a number of rounds"));
    let sent = Arc::new(Sent::with("access_code").await);
    let path = format!("/v1/cases/{}/deliveries/{}/access-code", sent.case, sent.delivery);
    let code = sent.app.post(&path, &json!({})).await.unwrap().expect(200, "access code").unwrap().json();
    let mut session = medius_tests::user::Institution::open(&sent.stack, &sent.link.link.url).unwrap();
    let service = Arc::new(sent.network().await);
    for round in 0..rounds {
        // A session lives an hour; the rounds may take longer.
        if round % 50 == 0 {
            session.unlock(code["access_code"].as_str().unwrap()).await.unwrap().expect(204, "unlock").unwrap();
        }
        anew(&sent).await;
        let mut crowd = tokio::task::JoinSet::new();
        for _ in 0..AT_ONCE {
            let (sent, service, cookie) = (sent.clone(), service.clone(), session.cookie().to_owned());
            crowd.spawn(async move {
                let taken = service.provider("POST", &sent.path("/letter"), &[("cookie", &cookie)], None).await;
                (taken.status, taken.is_pdf())
            });
        }
        let answers = crowd.join_all().await;
        let given = answers.iter().filter(|(status, is_pdf)| *status == 200 && *is_pdf).count();
        assert_eq!(given, ALLOWED, "round {round}: {answers:?}");
        assert!(answers.iter().all(|(status, is_pdf)| matches!((status, is_pdf), (200, true) | (404 | 503, false))));
        let view = sent.view().await;
        assert_eq!(view["downloads"], ALLOWED, "round {round}: what is counted is what was given");
    }
}
