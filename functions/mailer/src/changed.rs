//! Word to an institution that something about its referral changed or is due, with the same link again. What changed stands
//! behind the link and not in the mail.

use crate::Sender;
use crate::error::MailError;
use crate::letter::Facts;
use askama::Template;
use medius_domain::link::{Link, LinkSecret};
use medius_domain::provider::Provider;
use medius_store::Message;

#[derive(Template)]
#[template(path = "provider_task/mail.html")]
struct Html<'a> {
    sender: &'a Sender,
    facts: &'a Facts<'a>,
    url: &'a str,
}

#[derive(Template)]
#[template(path = "provider_task/mail.txt")]
struct Text<'a> {
    sender: &'a Sender,
    facts: &'a Facts<'a>,
    url: &'a str,
}

/// The mail.
pub(crate) fn letter(
    sender: &Sender,
    provider: &Provider,
    link: &Link,
    secret: &LinkSecret,
) -> Result<Message, MailError> {
    let facts = &Facts::new(provider, link, link.expires_at);
    let url = &format!("{}/r/{}#{}", sender.base_url, link.id, secret.expose());
    let subject = format!("[{}] 의뢰 진행 안내 · News about a referral ({})", sender.name, facts.reference);
    let html = Html { sender, facts, url }.render()?;
    let text = Text { sender, facts, url }.render()?;
    Ok(Message { to: provider.contact_email.clone(), subject, text, html })
}
