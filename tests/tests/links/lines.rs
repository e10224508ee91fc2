//! A case is followed through the logs: from the request that ordered a mail to the mail, to what became of it, and to the
//! institution that opens the link. An operator has no other way to know what happened to whom.

use crate::Sent;
use crate::mail::{delivered, mail_of, say};
use serde_json::Value;

/// The lines of a function that are about this delivery, once there is one for which `is` holds.
async fn lines(sent: &Sent, function: &str, is: impl Fn(&Value) -> bool) -> Vec<Value> {
    for _ in 0..100 {
        let all = sent.stack.logs(function).await.unwrap();
        let of_case = |line: &Value| line["span"]["case.id"] == sent.case.as_str();
        let found: Vec<Value> = all.iter().filter_map(|line| serde_json::from_str(line).ok()).filter(of_case).collect();
        if found.iter().any(&is) {
            return found;
        }
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    }
    panic!("no such line of {function} came in 20 s");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_is_followed_to_its_mail_and_what_became_of_it_by_ids_alone() {
    let sent = Sent::with("one_time_code").await;
    sent.state("SENT").await;
    let delivery = sent.delivery.as_str();
    let made = |line: &Value| line["message"] == "request" && line["status"] == 201;
    let ordered = lines(&sent, "delivery", made).await;
    let order = ordered.iter().find(|line| made(line)).unwrap();
    assert_eq!(order["span"]["delivery.id"], delivery, "what a request made is known from its answer");
    let request = order["span"]["request_id"].as_str().unwrap();

    let by_it = |line: &Value| line["span"]["ordered_by"] == request && line["span"]["delivery.id"] == delivery;
    let mailed = |line: &Value| by_it(line) && line["outcome"] == "sent";
    assert!(lines(&sent, "mailer", mailed).await.iter().any(|line| line["mail.id"].is_string()));
    say(&sent, &delivered(&mail_of(&sent, "provider_link").await)).await;
    lines(&sent, "mailevents", |line| by_it(line) && line["word"] == "Delivered").await;

    let told = sent.link.ask_for_code().await.unwrap().expect(202, "code").unwrap().header("x-request-id");
    assert!(told.len() > 8, "{told}");
    let asked = |line: &Value| line["span"]["request_id"] == told.as_str() && line["span"]["delivery.id"] == delivery;
    let seen = lines(&sent, "provider", asked).await;
    for secret in [&sent.link.link.id, &sent.link.link.secret] {
        assert!(seen.iter().all(|line| !line.to_string().contains(secret.as_str())), "a link stands in no line");
    }
}
