//! Without a script: the link is pasted into a form, the code into the next, and nothing else gets in.

use crate::Sent;
use reqwest::Method;
use reqwest::header::{ACCEPT, CONTENT_TYPE};

/// What a browser without a script sends.
async fn submit(sent: &Sent, path: &str, fields: &[(&str, &str)]) -> medius_tests::client::Answer {
    let escaped = |text: &str| -> String {
        let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
        text.bytes().map(|b| if plain(b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
    };
    let form: Vec<String> = fields.iter().map(|(name, value)| format!("{name}={}", escaped(value))).collect();
    let request = sent.stack.http().request(Method::POST, sent.stack.url(path));
    let request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded").header(ACCEPT, "text/html");
    medius_tests::client::read(request.body(form.join("&")).send().await.unwrap()).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_without_a_script_pastes_the_link_and_then_the_code() {
    let sent = Sent::with("one_time_code").await;
    let page = sent.link.page().await.unwrap().expect(200, "page").unwrap().text();
    assert!(page.contains("<noscript><form method=\"post\" action=\"paste\">"));
    let (id, secret) = (&sent.link.link.id, &sent.link.link.secret);
    let gone = submit(&sent, "/r/paste", &[("link", "https://elsewhere.example/")]).await;
    assert_eq!(gone.status.as_u16(), 404);
    for wrong in [format!("/r/{}#{secret}", "a".repeat(26)), format!("/r/{id}#{}", "a".repeat(52))] {
        let answer = submit(&sent, "/r/paste", &[("link", &wrong)]).await;
        assert_eq!((answer.status.as_u16(), &answer.body), (404, &gone.body), "{wrong}");
    }
    let asked = submit(&sent, "/r/paste", &[("link", &sent.link.link.url)]).await.expect(200, "pasted").unwrap();
    let form = asked.text();
    assert!(
        form.contains("action=\"paste/unlock\"") && form.contains(id) && asked.header("cache-control") == "no-store"
    );
    assert!(asked.header("content-security-policy").contains("form-action 'self'"));
    let code = sent.network().await.code(&sent.link, 1).await;
    let fields = |code| [("id", id.as_str()), ("secret", secret.as_str()), ("code", code)];
    let refused = submit(&sent, "/r/paste/unlock", &fields("")).await;
    assert_eq!((refused.status.as_u16(), &refused.body), (404, &gone.body));
    let opened = submit(&sent, "/r/paste/unlock", &fields(&code)).await.expect(303, "unlocked").unwrap();
    assert_eq!(opened.header("location"), format!("../{id}/referral"));
    let cookie = opened.header("set-cookie");
    let cookie = cookie.split(';').next().unwrap();
    let page = sent.stack.http().get(sent.stack.url(&format!("/r/{id}/referral"))).header("cookie", cookie);
    assert_eq!(page.send().await.unwrap().status().as_u16(), 200);
}
