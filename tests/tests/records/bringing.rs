//! Good files of every kind, and the one way in: the address takes the announced file and nothing else.

use super::{case, left_at_last, objects, patient, uploads};
use medius_tests::samples::{announcement, bring, good, large_pdf, png, put, settled};
use medius_tests::stack::Stack;
use medius_tests::user::fresh_key;
use serde_json::json;

#[tokio::test]
async fn a_good_file_of_every_kind_is_kept_sealed_and_comes_back_as_it_was() {
    let stack = Stack::load().unwrap();
    let app = patient(&stack, "brings").await;
    let case = case(&app).await;
    let run = stack.run();
    for (n, (kind, bytes)) in (1..).zip(good()) {
        let file = bring(&stack, &app, &uploads(&case), kind, &bytes).await.unwrap();
        assert_eq!((&file["state"], &file["number"]), (&json!("released"), &json!(n)), "{kind}: {file}");
        let id = file["id"].as_str().unwrap();
        let content = app.get(&format!("{}/{id}/content", uploads(&case))).await.unwrap().expect(200, kind).unwrap();
        assert_eq!(content.body, bytes, "{kind}");
        assert!(content.header("content-disposition").starts_with("attachment; filename=\"medius-file-"));
        assert_eq!(content.header("cache-control"), "no-store");
        let kept = objects(&stack, &run.bucket, id).await;
        assert_eq!(kept, [format!("cases/{case}/uploads/{id}")]);
        let sealed = stack.s3(stack.operator_credentials()).get_object().bucket(&run.bucket).key(&kept[0]);
        let sealed = sealed.send().await.unwrap().body.collect().await.unwrap().into_bytes();
        assert!(!sealed.windows(8).any(|window| bytes.windows(8).any(|plain| plain == window)), "{kind} lies open");
        assert_eq!(objects(&stack, &run.quarantine, id).await, [""; 0], "{kind} is still in quarantine");
    }
    let log = app.get(&format!("/v1/cases/{case}/access-log")).await.unwrap().expect(200, "log").unwrap().text();
    assert!(log.contains("checked a file") && log.contains("announced a file"));
}

#[tokio::test]
async fn a_large_file_comes_back_by_an_address_that_is_good_for_a_minute() {
    let stack = Stack::load().unwrap();
    let app = patient(&stack, "large").await;
    let case = case(&app).await;
    let bytes = large_pdf("");
    let file = bring(&stack, &app, &uploads(&case), "pdf", &bytes).await.unwrap();
    assert_eq!(file["state"], "released");
    let path = format!("{}/{}/content", uploads(&case), file["id"].as_str().unwrap());
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let token = stack.sign_in(&stack.new_patient(&format!("x-{}@patients.example", fresh_key())).await.unwrap()).await;
    // Somebody else gets no address.
    let foreign = client.get(stack.url(&path)).bearer_auth(token.unwrap().access).send().await.unwrap();
    assert_eq!(foreign.status().as_u16(), 404);
    let moved = app.without_redirects().get(&path).await.unwrap().expect(303, "address").unwrap();
    let address = moved.header("location");
    assert!(address.contains("X-Amz-Expires=60") && !address.contains(&case), "{address}");
    let got = client.get(&address).send().await.unwrap();
    assert_eq!(got.headers()["content-type"], "application/pdf");
    assert!(got.headers()["content-disposition"].to_str().unwrap().starts_with("attachment"));
    assert_eq!(got.bytes().await.unwrap(), bytes);
    // The copy goes with the next sweep once its minutes are over; a fresh one stays.
    stack.invoke("screening", None, &json!({"kind": "sweep"})).await.unwrap();
    assert!(!objects(&stack, &stack.run().handoff, "upl_").await.is_empty());
}

#[tokio::test]
async fn the_address_takes_the_announced_file_and_nothing_else() {
    let stack = Stack::load().unwrap();
    let app = patient(&stack, "address").await;
    let case = case(&app).await;
    let bytes = png();
    let announced = app.post(&uploads(&case), &announcement("png", &bytes)).await.unwrap().expect(201, "new").unwrap();
    let announced = announced.json();
    assert_eq!((&announced["state"], &announced["number"]), (&json!("awaited"), &json!(1)));
    let mut other = bytes.clone();
    *other.last_mut().unwrap() ^= 1;
    // Another content of the same length, another length, another type, another hash: all of it is signed.
    for (what, content, changed) in [
        ("another content", other.clone(), vec![]),
        ("a longer file", [bytes.as_slice(), b"x"].concat(), vec![]),
        ("another type", bytes.clone(), vec![("content-type", "text/html".to_owned())]),
        ("another hash", other.clone(), vec![("x-amz-checksum-sha256", medius_tests::samples::checksum(&other))]),
    ] {
        let changed: Vec<(&str, &str)> = changed.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let answer = put(&stack, &announced, &content, &changed).await.unwrap();
        assert!(answer.status.is_client_error(), "{what}: {}", answer.status);
    }
    let id = announced["id"].as_str().unwrap();
    assert_eq!(left_at_last(&stack, id).await, [""; 0]);
    // What a page of the app must send along is what the bucket's rule for such pages lets through.
    for name in announced["put"]["headers"].as_object().unwrap().keys() {
        let known = ["content-type", "content-length", "x-amz-checksum-sha256"];
        assert!(known.contains(&name.to_ascii_lowercase().as_str()), "{name}");
    }
    put(&stack, &announced, &bytes, &[]).await.unwrap().expect(200, "the file").unwrap();
    assert_eq!(settled(&app, &uploads(&case), id).await.unwrap()["state"], "released");
}

#[tokio::test]
async fn a_repeat_gets_the_same_file_and_a_fresh_address_and_limits_hold() {
    let stack = Stack::load().unwrap();
    let app = patient(&stack, "limits").await;
    let bare = app.open_case().await.unwrap();
    let body = announcement("png", &png());
    let early = app.post(&uploads(&bare), &body).await.unwrap();
    assert_eq!((early.status.as_u16(), early.code()), (403, "consent-required".to_owned()));
    let case = case(&app).await;
    let key = fresh_key();
    let first = app.post_with(&uploads(&case), &body, &key).await.unwrap().expect(201, "first").unwrap().json();
    let again = app.post_with(&uploads(&case), &body, &key).await.unwrap().expect(201, "again").unwrap();
    assert_eq!(again.header("idempotency-replayed"), "true");
    assert_eq!(again.json()["id"], first["id"]);
    assert!(again.json()["put"]["url"].is_string());
    for (wrong, pointer) in [
        (json!({"kind": "exe", "bytes": 1, "sha256": "0".repeat(64)}), "/kind"),
        (json!({"kind": "pdf", "bytes": 0, "sha256": "0".repeat(64)}), "/bytes"),
        (json!({"kind": "pdf", "bytes": 20 * 1024 * 1024 + 1, "sha256": "0".repeat(64)}), "/bytes"),
        (json!({"kind": "pdf", "bytes": 1, "sha256": "0".repeat(63)}), "/sha256"),
        (json!({"kind": "pdf", "bytes": 1, "sha256": "0".repeat(64), "name": "lee.pdf"}), "/name"),
    ] {
        let refused = app.post(&uploads(&case), &wrong).await.unwrap().expect(422, pointer).unwrap().json();
        assert_eq!(refused["errors"][0]["pointer"], pointer);
    }
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..4 {
        let (app, body, path) = (app.clone(), body.clone(), uploads(&case));
        tasks.spawn(async move { app.post(&path, &body).await.unwrap().expect(201, "at once").unwrap().json() });
    }
    let mut numbers = vec![1];
    while let Some(file) = tasks.join_next().await {
        numbers.push(file.unwrap()["number"].as_u64().unwrap());
    }
    numbers.sort_unstable();
    assert_eq!(numbers, [1, 2, 3, 4, 5], "files at once have numbers of their own");
    for n in 6..=50 {
        app.post(&uploads(&case), &body).await.unwrap().expect(201, &format!("file {n}")).unwrap();
    }
    let full = app.post(&uploads(&case), &body).await.unwrap().expect(409, "the 51st").unwrap().json();
    assert_eq!(full["reason"], "too-many-files");
}
