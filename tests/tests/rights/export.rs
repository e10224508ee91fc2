//! The copy of what is kept: all of it and nothing else, once, with the code, for seven days.

mod everything;

use super::copy::{Copy, files, unpacked};
use super::{chain, member, patient, with_case};
use aws_sdk_dynamodb::types::AttributeValue;
use medius_domain::access::{Action, Actor, Outcome, Scope};
use medius_tests::journey::demo_story;
use medius_tests::stack::Stack;
use medius_tests::user::eight_digits;
use serde_json::{Value, json};
use std::collections::BTreeMap;

fn json_of(files: &BTreeMap<String, Vec<u8>>, name: &str) -> Value {
    serde_json::from_slice(files.get(name).unwrap_or_else(|| panic!("no {name}"))).unwrap()
}

#[tokio::test]
async fn the_mails_bring_link_and_code_and_whatever_is_wrong_is_the_same_nothing() {
    let stack = Stack::load().unwrap();
    let (app, case) = with_case(&stack).await;
    let dpo = member(&stack, "dpo").await;
    let copy = Copy::asked(&stack, &app, &dpo, Some(&case)).await;
    let email = demo_story().unwrap()["basic"]["email"].as_str().unwrap().to_owned();
    let url = copy.url_of_mail(&email).await;
    assert_eq!(url, format!("{}/e/{}#{}", stack.run().api_url, copy.id, copy.secret));
    // The page is the same for every address and asks nothing of anybody.
    let page = |id: &str| stack.http().get(stack.url(&format!("/e/{id}"))).send();
    let (ours, nobody_s) = (page(&copy.id).await.unwrap(), page("nothing").await.unwrap());
    assert_eq!((ours.status(), ours.bytes().await.unwrap()), (nobody_s.status(), nobody_s.bytes().await.unwrap()));

    let nothing = copy.try_code(&copy.secret, "00000000").await;
    assert_eq!(nothing.status, 404);
    let wrong = "a".repeat(52);
    assert_eq!(copy.ask_code(&wrong).await.body, nothing.body);
    let mails = stack.mails().await.unwrap().len();
    copy.ask_code(&copy.secret).await.expect(202, "code").unwrap();
    let code = copy.code(1).await;
    let has = |m: &medius_tests::stack::Mail| m.body_text.as_deref().and_then(eight_digits).as_ref() == Some(&code);
    stack.wait_for_mail(&email, std::time::Duration::from_secs(30), has).await.unwrap();
    assert!(stack.mails().await.unwrap().len() > mails);
    for (secret, typed) in [(&copy.secret, "00000000"), (&wrong, &*code)] {
        let answer = copy.try_code(secret, typed).await;
        assert_eq!((answer.status.as_u16(), &answer.body), (404, &nothing.body));
    }
    // Five wrong tries end the code; another one helps.
    for _ in 0..4 {
        assert_eq!(copy.try_code(&copy.secret, "00000000").await.status, 404);
    }
    assert_eq!(copy.try_code(&copy.secret, &code).await.status, 404);
    copy.ask_code(&copy.secret).await.expect(202, "second code").unwrap();
    let second = copy.code(2).await;
    files(&copy.try_code(&copy.secret, &second).await.expect(200, "copy").unwrap().body);
    for answer in [copy.try_code(&copy.secret, &second).await, copy.ask_code(&copy.secret).await] {
        assert_eq!((answer.status.as_u16(), &answer.body), (404, &nothing.body));
    }
    // What was tried and what was done is in the case's own log.
    let entries = chain(&stack, &Scope::Case(case.parse().unwrap())).await;
    let of_copy: Vec<_> = entries.iter().filter(|e| e.object.as_str() == format!("export/{}", copy.id)).collect();
    let count = |action, outcome| of_copy.iter().filter(|e| e.action == action && e.outcome == outcome).count();
    assert_eq!((count(Action::Create, Outcome::Done), count(Action::Download, Outcome::Done)), (1, 1));
    assert_eq!((count(Action::LinkOpen, Outcome::Done), count(Action::LinkOpen, Outcome::Refused)), (2, 1));
    assert_eq!(count(Action::Download, Outcome::Refused), 6);
    let by_patient = |actor: &Actor| matches!(actor, Actor::Patient { .. });
    assert!(of_copy.iter().filter(|e| e.action == Action::Download).all(|e| by_patient(&e.actor)));
}

#[tokio::test]
async fn of_many_at_once_one_gets_the_copy() {
    let stack = Stack::load().unwrap();
    let (app, case) = with_case(&stack).await;
    let dpo = member(&stack, "dpo").await;
    let copy = Copy::asked(&stack, &app, &dpo, Some(&case)).await;
    copy.ask_code(&copy.secret).await.expect(202, "code").unwrap();
    let code = copy.code(1).await;
    let tries = (0..12).map(|_| copy.try_code(&copy.secret, &code));
    let answers = futures(tries).await;
    let got: Vec<_> = answers.iter().filter(|answer| answer.status == 200).collect();
    assert_eq!(got.len(), 1);
    files(&got[0].body);
    // The gateway lets a burst of ten through; what it turns away was not counted as a try.
    let others: Vec<u16> = answers.iter().map(|answer| answer.status.as_u16()).collect();
    assert!(others.iter().all(|status| [200, 404, 429, 503].contains(status)), "{others:?}");
}

/// All of some futures, at once.
async fn futures<F: Future>(all: impl Iterator<Item = F>) -> Vec<F::Output> {
    let mut all: Vec<_> = all.map(Box::pin).collect();
    let mut done: Vec<Option<F::Output>> = all.iter().map(|_| None).collect();
    std::future::poll_fn(|context| {
        for (future, done) in all.iter_mut().zip(&mut done) {
            if done.is_none()
                && let std::task::Poll::Ready(output) = future.as_mut().poll(context)
            {
                *done = Some(output);
            }
        }
        if done.iter().all(Option::is_some) { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
    })
    .await;
    done.into_iter().flatten().collect()
}

#[tokio::test]
async fn after_its_days_there_is_nothing_to_fetch() {
    let stack = Stack::load().unwrap();
    let (app, case) = with_case(&stack).await;
    let dpo = member(&stack, "dpo").await;
    let copy = Copy::asked(&stack, &app, &dpo, Some(&case)).await;
    copy.ask_code(&copy.secret).await.expect(202, "code").unwrap();
    let there = |id: String| {
        let (s3, name) = (stack.s3(stack.operator_credentials()), format!("exports/{case}/{id}"));
        let bucket = stack.run().bucket.clone();
        async move { s3.list_object_versions().bucket(bucket).prefix(name).send().await.unwrap().versions().len() }
    };
    assert_eq!(there(copy.id.clone()).await, 1);
    expire(&stack, &copy.id).await;
    assert_eq!(copy.try_code(&copy.secret, &copy.code(1).await).await.status, 404);
    assert_eq!(copy.ask_code(&copy.secret).await.status, 404);
    // The nightly run, and each quarter of an hour in between, takes the archive itself away; what waits stays.
    let waiting = Copy::asked(&stack, &app, &dpo, Some(&case)).await;
    assert_eq!(there(waiting.id.clone()).await, 1);
    stack.invoke("retention", None, &json!({"kind": "continue"})).await.unwrap();
    assert_eq!((there(copy.id.clone()).await, there(waiting.id.clone()).await), (0, 1));
    files(&waiting.fetched().await);
    stack.invoke("retention", None, &json!({"kind": "continue"})).await.unwrap();
    assert_eq!(there(waiting.id.clone()).await, 0);
}

/// Lets the seven days of a copy be over.
async fn expire(stack: &Stack, id: &str) {
    let key = |text: &str| AttributeValue::S(text.to_owned());
    let update = stack.dynamodb(stack.operator_credentials()).update_item().table_name(stack.table("links"));
    let update = update.key("pk", key(&format!("EXPORT#{id}"))).key("sk", key("EXPORT"));
    let update = update.update_expression("SET expires_at = :past").condition_expression("attribute_exists(pk)");
    update.expression_attribute_values(":past", AttributeValue::N("1".to_owned())).send().await.unwrap();
}

#[tokio::test]
async fn of_several_cases_each_has_an_archive_of_its_own_and_what_is_gone_is_not_handed_out() {
    let stack = Stack::load().unwrap();
    let (app, _) = patient(&stack).await;
    let to = stack.run().providers[0].clone();
    let story = demo_story().unwrap();
    let (one, two) = (app.ready_case(&story, &to).await.unwrap(), app.ready_case(&story, &to).await.unwrap());
    let dpo = member(&stack, "dpo").await;
    let whole = Copy::asked(&stack, &app, &dpo, None).await;
    let archives = unpacked(&whole.fetched().await);
    let mut cases = [one.clone(), two.clone()];
    cases.sort();
    assert_eq!(archives.keys().cloned().collect::<Vec<_>>(), cases.map(|case| format!("{case}.zip")));
    for (name, archive) in &archives {
        let about = json_of(&files(archive), "case.json");
        assert_eq!(format!("{}.zip", about["case_id"].as_str().unwrap()), *name);
    }
    // A case whose key is gone cannot be opened by anybody, and the rest is handed over all the same.
    let later = Copy::asked(&stack, &app, &dpo, None).await;
    let first = later_first(&stack, &later.id).await;
    let gone = if first == one { &two } else { &one };
    let key = |text: &str| AttributeValue::S(text.to_owned());
    let delete = stack.dynamodb(stack.operator_credentials()).delete_item().table_name(stack.table("keys"));
    delete.key("pk", key(&format!("CASE#{gone}"))).key("sk", key("KEY")).send().await.unwrap();
    let left = files(&later.fetched().await);
    assert_eq!(json_of(&left, "case.json")["case_id"], json!(first));
}

/// The case that a copy is told by.
async fn later_first(stack: &Stack, id: &str) -> String {
    let key = |text: &str| AttributeValue::S(text.to_owned());
    let get = stack.dynamodb(stack.operator_credentials()).get_item().table_name(stack.table("links"));
    let item = get.key("pk", key(&format!("EXPORT#{id}"))).key("sk", key("EXPORT")).send().await.unwrap().item.unwrap();
    item["body"].as_m().unwrap()["told_by"].as_s().unwrap().clone()
}
