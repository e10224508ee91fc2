//! After a whole journey nothing of the patient is readable where it should not be: every table item, object, mail and log
//! line is searched for the demo patient's own words.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use aho_corasick::AhoCorasick;
use aws_sdk_dynamodb::types::AttributeValue;
use medius_tests::journey::{demo_story, run};
use medius_tests::stack::Stack;
use medius_tests::staff::StaffApp;
use medius_tests::user::PatientApp;
use serde_json::Value;

/// Everything in the story that tells who the patient is or how they are.
fn words(story: &Value) -> Vec<String> {
    let mut words = Vec::new();
    let basic = &story["basic"];
    for field in ["name", "name_romanised", "email", "phone", "birth_date"] {
        words.extend(basic[field].as_str().map(ToOwned::to_owned));
    }
    // A name is also searched by its longest part, a phone number also without its blanks.
    let longest = basic["name"].as_str().unwrap().split(' ').max_by_key(|w| w.chars().count()).unwrap().to_owned();
    words.push(longest);
    words.push(basic["phone"].as_str().unwrap().chars().filter(char::is_ascii_digit).collect());
    collect(&story["health"], &mut words);
    words.retain(|w| w.chars().count() >= 5);
    words
}

fn collect(value: &Value, words: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            for (name, inner) in fields {
                match inner.as_str() {
                    Some(text) if matches!(name.as_str(), "text" | "ko") => words.push(text.to_owned()),
                    Some(_) | None => collect(inner, words),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|i| collect(i, words)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Every way that a text could lie in bytes: as it is, JSON-escaped, base64.
fn forms(word: &str) -> Vec<Vec<u8>> {
    let escaped: String = word
        .chars()
        .map(|c| {
            if c.is_ascii() {
                c.to_string()
            } else {
                c.encode_utf16(&mut [0; 2]).iter().map(|u| format!("\\u{u:04x}")).collect()
            }
        })
        .collect();
    let mut forms = vec![word.as_bytes().to_vec(), escaped.into_bytes()];
    for shift in 0..3 {
        // Base64 of the word at each of the three alignments, without the characters that its neighbours change.
        let padded = [vec![b' '; shift], word.as_bytes().to_vec()].concat();
        let encoded = data_encoding::BASE64.encode(&padded);
        let inner: String =
            encoded.trim_end_matches('=').chars().skip(if shift == 0 { 0 } else { shift + 1 }).collect();
        if inner.len() > 8 {
            forms.push(inner.as_bytes()[..inner.len() - 1].to_vec());
        }
    }
    forms
}

/// What is searched for, in every form at once: each place is walked through once, however much is looked for.
struct Search {
    automaton: AhoCorasick,
    /// The length in characters of the word that each pattern is a form of; the word itself is never said.
    lengths: Vec<usize>,
}

impl Search {
    fn of<'a>(words: impl IntoIterator<Item = &'a String>) -> Self {
        let forms: Vec<(usize, Vec<u8>)> = words
            .into_iter()
            .flat_map(|word| forms(word).into_iter().map(|form| (word.chars().count(), form)))
            .collect();
        let automaton = AhoCorasick::new(forms.iter().map(|(_, form)| form)).unwrap();
        Self { automaton, lengths: forms.iter().map(|(length, _)| *length).collect() }
    }

    /// The length of a word that lies in these bytes.
    fn found(&self, bytes: &[u8]) -> Option<usize> {
        self.automaton.find(bytes).map(|found| self.lengths[found.pattern().as_usize()])
    }

    fn assert_clean(&self, place: &str, bytes: &[u8]) {
        assert_eq!(self.found(bytes), None, "{place} holds a word of the patient's (of so many characters)");
    }
}

#[expect(clippy::wildcard_enum_match_arm, reason = "the type of DynamoDB is open")]
fn bytes_of(value: &AttributeValue, out: &mut Vec<u8>) {
    match value {
        AttributeValue::S(s) | AttributeValue::N(s) => out.extend(s.as_bytes()),
        AttributeValue::B(b) => out.extend(b.as_ref()),
        AttributeValue::M(m) => m.iter().for_each(|(k, v)| {
            out.extend(k.as_bytes());
            bytes_of(v, out);
        }),
        AttributeValue::L(l) => l.iter().for_each(|v| bytes_of(v, out)),
        AttributeValue::Ss(l) | AttributeValue::Ns(l) => l.iter().for_each(|s| out.extend(s.as_bytes())),
        AttributeValue::Bs(l) => l.iter().for_each(|b| out.extend(b.as_ref())),
        AttributeValue::Bool(_) | AttributeValue::Null(_) => {}
        other => panic!("an attribute of a kind that is not searched: {other:?}"),
    }
    out.push(b'\n');
}

/// A question of the patient's and an answer of a coordinator's, in words that stand nowhere else.
async fn exchange(stack: &Stack, case: &str) -> [String; 2] {
    let texts = ["Qxvask whether a companion may come along", "Qxvreply that a companion is welcome"];
    let app = PatientApp::new(stack, &stack.sign_in(stack.patients()[0]).await.unwrap());
    let question = serde_json::json!({"text": texts[0]});
    app.post(&format!("/v1/cases/{case}/messages"), &question).await.unwrap().expect(201, "question").unwrap();
    let coordinator = StaffApp::sign_in(stack, "coordinator", 0).await.unwrap();
    let answer = serde_json::json!({"text": texts[1], "reason": "patient_asked"});
    let path = format!("/staff/v1/cases/{case}/messages");
    coordinator.post(&path, &answer).await.unwrap().expect(201, "answer").unwrap();
    let read = coordinator.get(&format!("{path}?reason=patient_asked")).await.unwrap().expect(200, "messages").unwrap();
    assert!(texts.iter().all(|text| read.text().contains(text)), "the messages did not arrive");
    texts.map(ToOwned::to_owned)
}

#[tokio::test]
async fn nothing_of_the_patient_lies_in_clear_after_the_journey() {
    let stack = Stack::load().unwrap();
    let journey = run(&stack, &mut |_| {}).await.unwrap();
    let story = demo_story().unwrap();
    let mut words = words(&story);
    words.extend(exchange(&stack, &journey.case_id).await);
    assert!(words.len() > 20, "the demo story is too thin to search for");
    // The search itself must be able to find: the letter in the institution's hands has the name in its Bundle.
    let bundle = std::fs::read(&journey.bundle_path).unwrap();
    let name = story["basic"]["name"].as_str().unwrap();
    assert!(Search::of([&name.to_owned()]).found(&bundle).is_some(), "the search finds nothing");
    let search = Search::of(&words);

    let credentials = stack.operator_credentials();
    let dynamodb = stack.dynamodb(credentials.clone());
    let mut items = 0;
    for (short, table) in &stack.run().tables {
        let mut pages = dynamodb.scan().table_name(table).into_paginator().items().send();
        while let Some(item) = pages.next().await {
            let mut bytes = Vec::new();
            bytes_of(&AttributeValue::M(item.unwrap()), &mut bytes);
            search.assert_clean(&format!("table {short}"), &bytes);
            items += 1;
        }
    }
    assert!(items > 30, "only {items} items were found");

    let s3 = stack.s3(credentials);
    let listed = s3.list_object_versions().bucket(&stack.run().bucket).send().await.unwrap();
    let mut objects = 0;
    for version in listed.versions() {
        let key = version.key().unwrap();
        search.assert_clean("an object's key", key.as_bytes());
        let object = s3.get_object().bucket(&stack.run().bucket).key(key).send().await.unwrap();
        let body = object.body.collect().await.unwrap().into_bytes();
        search.assert_clean("an object", &body);
        assert!(!body.starts_with(b"%PDF") && !body.starts_with(b"{"), "an object is not sealed");
        objects += 1;
    }
    assert!(objects >= 3, "only {objects} objects were found");

    let mails = stack.mails().await.unwrap();
    assert!(mails.len() >= 2);
    for mail in mails {
        let all =
            [Some(mail.subject), mail.body_text, mail.body_html].into_iter().flatten().collect::<Vec<_>>().join("\n");
        search.assert_clean("a mail", all.as_bytes());
        assert_eq!(mail.to.len(), 1, "one recipient per mail");
        // A notice goes to the patient's own mailbox, and says nothing there either.
        let own = story["basic"]["email"].as_str().unwrap();
        if mail.to[0] != own {
            search.assert_clean("a mail's address", mail.to[0].as_bytes());
        }
    }

    let mut lines = 0;
    for function in stack.run().functions.keys() {
        for line in stack.logs(function).await.unwrap() {
            search.assert_clean(&format!("a log line of {function}"), line.as_bytes());
            for secret in [&journey.code, &journey.link.split_once('#').unwrap().1.to_owned()] {
                assert!(!line.contains(secret.as_str()), "a log line of {function} holds a secret");
            }
            lines += 1;
        }
    }
    assert!(lines > 20, "only {lines} log lines were found");
    let secret = journey.link.split_once('#').unwrap().1;
    let mut pages = dynamodb.scan().table_name(stack.table("links")).into_paginator().items().send();
    while let Some(item) = pages.next().await {
        let mut bytes = Vec::new();
        bytes_of(&AttributeValue::M(item.unwrap()), &mut bytes);
        for secret in [secret, journey.code.as_str()] {
            assert!(!bytes.windows(secret.len()).any(|w| w == secret.as_bytes()), "a link's secret or code is stored");
        }
    }
}
