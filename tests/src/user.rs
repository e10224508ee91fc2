//! The people of the journey as HTTP clients: what a patient's app and an institution's browser send, and nothing more.

pub use crate::client::{Answer, fresh_key, read};

use crate::client::Client;
use crate::stack::{Stack, Tokens};
use anyhow::{Context, Result, bail};
use reqwest::Method;
use serde_json::Value;

/// A patient's app.
#[derive(Clone)]
pub struct PatientApp(Client);

impl std::ops::Deref for PatientApp {
    type Target = Client;

    fn deref(&self) -> &Client {
        &self.0
    }
}

impl PatientApp {
    /// Signed in.
    pub fn new(stack: &Stack, tokens: &Tokens) -> Self {
        Self::with_token(stack, &tokens.access)
    }

    /// Signed in with any token, for tests of refusals.
    pub fn with_token(stack: &Stack, token: &str) -> Self {
        Self(Client::new(stack, token))
    }

    /// Opens a case without an emergency and returns its id.
    ///
    /// # Errors
    /// When the service refuses.
    pub async fn open_case(&self) -> Result<String> {
        let answer =
            self.post("/v1/cases", &serde_json::json!({"emergency_signs": []})).await?.expect(201, "new case")?;
        Ok(answer.json()["id"].as_str().context("the new case has no id")?.to_owned())
    }

    /// Reads a text and agrees to it. Returns the event's id.
    ///
    /// # Errors
    /// When the service refuses.
    pub async fn agree(&self, case: &str, item: &str, recipient: Option<&str>) -> Result<String> {
        self.decide(case, item, recipient, "grant").await
    }

    /// Reads a text and decides about it. Returns the event's id.
    ///
    /// # Errors
    /// When the service refuses.
    pub async fn decide(&self, case: &str, item: &str, recipient: Option<&str>, decision: &str) -> Result<String> {
        let decision = serde_json::json!({"decision": decision});
        let event = self.answered(case, item, recipient, decision).await?.expect(201, "decision")?;
        Ok(event.json()["event_id"].as_str().context("the decision has no event")?.to_owned())
    }

    /// Reads a text and sends a decision about it. Returns the answer to the decision.
    ///
    /// # Errors
    /// When the text is not served or the connection breaks.
    pub async fn answered(
        &self,
        case: &str,
        item: &str,
        recipient: Option<&str>,
        mut decision: Value,
    ) -> Result<Answer> {
        let mut wanted = serde_json::json!({"item": item, "language": "en"});
        if let Some(recipient) = recipient {
            wanted["recipient"] = recipient.into();
        }
        let served =
            self.post(&format!("/v1/cases/{case}/consents/servings"), &wanted).await?.expect(201, "serving")?;
        decision["serving_id"] = served.json()["serving_id"].clone();
        self.post(&format!("/v1/cases/{case}/consents"), &decision).await
    }

    /// Reads a text and agrees to some of its parts only. Returns the answer to the decision.
    ///
    /// # Errors
    /// When the text is not served or the connection breaks.
    pub async fn agree_to(&self, case: &str, item: &str, recipient: Option<&str>, parts: &[&str]) -> Result<Answer> {
        self.answered(case, item, recipient, serde_json::json!({"decision": "grant", "data_items": parts})).await
    }

    /// Takes an agreement back.
    ///
    /// # Errors
    /// When the connection breaks.
    pub async fn withdraw(&self, case: &str, item: &str, recipient: Option<&str>) -> Result<Answer> {
        let mut body = serde_json::json!({"item": item});
        if let Some(recipient) = recipient {
            body["recipient"] = recipient.into();
        }
        self.post(&format!("/v1/cases/{case}/consents/withdrawals"), &body).await
    }

    /// Gives both parts of the story.
    ///
    /// # Errors
    /// When the service refuses.
    pub async fn tell(&self, case: &str, story: &Value) -> Result<Answer> {
        let now = self.get(&format!("/v1/cases/{case}")).await?.expect(200, "case")?;
        let basic = format!("/v1/cases/{case}/intake/basic");
        let told = self.change(Method::PUT, &basic, &now.etag(), Some(&story["basic"])).await?.expect(200, "basic")?;
        let health = format!("/v1/cases/{case}/intake/health");
        let body = serde_json::json!({"emergency_signs": [], "health": story["health"]});
        self.change(Method::PUT, &health, &told.etag(), Some(&body)).await?.expect(200, "health")
    }

    /// Completes the intake.
    ///
    /// # Errors
    /// When the connection breaks.
    pub async fn complete(&self, case: &str, etag: &str) -> Result<Answer> {
        self.change(Method::POST, &format!("/v1/cases/{case}/complete"), etag, None).await
    }

    /// A case whose story is told and complete, with every consent for an institution.
    ///
    /// # Errors
    /// When the service refuses.
    pub async fn ready_case(&self, story: &Value, recipient: &str) -> Result<String> {
        let case = self.open_case().await?;
        for item in ["G1", "S1"] {
            self.agree(&case, item, None).await?;
        }
        let told = self.tell(&case, story).await?;
        self.complete(&case, &told.etag()).await?.expect(200, "complete")?;
        for item in ["P", "PS"] {
            self.agree(&case, item, Some(recipient)).await?;
        }
        Ok(case)
    }

    /// Makes a letter and returns its id.
    ///
    /// # Errors
    /// When the service refuses.
    pub async fn make_letter(&self, case: &str, recipient: &str) -> Result<String> {
        let body = serde_json::json!({"recipient": recipient});
        let made = self.post(&format!("/v1/cases/{case}/referrals"), &body).await?.expect(201, "letter")?;
        Ok(made.json()["id"].as_str().context("the letter has no id")?.to_owned())
    }

    /// Sends a letter and returns the delivery's id.
    ///
    /// # Errors
    /// When the service refuses.
    pub async fn deliver(&self, case: &str, referral: &str) -> Result<String> {
        let body = serde_json::json!({"referral_id": referral});
        let sent = self.post(&format!("/v1/cases/{case}/deliveries"), &body).await?.expect(201, "delivery")?;
        Ok(sent.json()["id"].as_str().context("the delivery has no id")?.to_owned())
    }
}

/// A link out of a mail.
#[derive(Debug, Clone)]
pub struct MailedLink {
    /// As it stands in the mail.
    pub url: String,
    /// Its public half.
    pub id: String,
    /// Its secret half.
    pub secret: String,
}

/// An institution's browser: keeps the session's cookie.
pub struct Institution {
    stack: Stack,
    /// The link that it was sent.
    pub link: MailedLink,
    cookie: Option<String>,
}

impl Institution {
    /// Waits for the mail with the link of a delivery to a mailbox; `after` is how many mails were there before.
    ///
    /// # Errors
    /// When no mail comes, or it has no link.
    pub async fn from_mail(stack: &Stack, mailbox: &str, after: usize) -> Result<Self> {
        let marker = format!("{}/r/", stack.run().api_url);
        for _ in 0..150 {
            let mails = stack.mails().await?;
            let wanted = mails.iter().skip(after).filter(|m| m.to.iter().any(|to| to == mailbox));
            let url = wanted.filter_map(|m| m.body_text.as_deref()).find_map(|text| {
                let from = text.find(&marker)?;
                text[from..].split_whitespace().next().map(ToOwned::to_owned)
            });
            if let Some(url) = url {
                return Self::open(stack, &url);
            }
            tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        }
        bail!("no mail with a link came to the institution within 30 s")
    }

    /// With the link of a delivery, found among all mails by the delivery's own link id: tests share a mailbox.
    ///
    /// # Errors
    /// When no mail comes, or the delivery is not there.
    pub async fn of_delivery(stack: &Stack, case: &str, delivery: &str, mailbox: &str) -> Result<Self> {
        let key = |k: String| aws_sdk_dynamodb::types::AttributeValue::S(k);
        let get = stack.dynamodb(stack.operator_credentials()).get_item().table_name(stack.table("cases"));
        let get = get.key("pk", key(format!("CASE#{case}"))).key("sk", key(format!("DELIVERY#{delivery}")));
        let item = get.send().await?.item.context("the delivery is not there")?;
        let link = item.get("body").and_then(|b| b.as_m().ok()).and_then(|b| b.get("link_id"));
        let link = link.and_then(|id| id.as_s().ok()).context("the delivery has no link")?;
        let marker = format!("/r/{link}#");
        let has = |m: &crate::stack::Mail| m.body_text.as_deref().is_some_and(|t| t.contains(&marker));
        let mail = stack.wait_for_mail(mailbox, std::time::Duration::from_secs(30), has).await?;
        let text = mail.body_text.unwrap_or_default();
        Self::open(stack, text.split_whitespace().find(|word| word.contains(&marker)).context("no link in the mail")?)
    }

    /// With a link in hand.
    ///
    /// # Errors
    /// When it is no link of ours.
    pub fn open(stack: &Stack, url: &str) -> Result<Self> {
        let rest = url.split_once("/r/").context("no link in the mail")?.1;
        let (id, secret) = rest.split_once('#').context("the link has no secret")?;
        let link = MailedLink { url: url.to_owned(), id: id.to_owned(), secret: secret.to_owned() };
        Ok(Self { stack: stack.clone(), link, cookie: None })
    }

    /// Sends a request to a path under the link.
    ///
    /// # Errors
    /// When the connection breaks.
    pub async fn send(&self, method: Method, part: &str, body: Option<&Value>) -> Result<Answer> {
        let url = self.stack.url(&format!("/r/{}{part}", self.link.id));
        let mut request = self.stack.http().request(method, url);
        if let Some(cookie) = &self.cookie {
            request = request.header("cookie", cookie);
        }
        if let Some(body) = body {
            request = request.json(body);
        }
        read(request.send().await?).await
    }

    /// The session's cookie as the browser sends it; empty before it is unlocked.
    pub fn cookie(&self) -> &str {
        self.cookie.as_deref().unwrap_or_default()
    }

    /// The page that anybody sees.
    ///
    /// # Errors
    /// When the connection breaks.
    pub async fn page(&self) -> Result<Answer> {
        self.send(Method::GET, "", None).await
    }

    /// Asks for a one-time code.
    ///
    /// # Errors
    /// When the connection breaks.
    pub async fn ask_for_code(&self) -> Result<Answer> {
        self.send(Method::POST, "/code", Some(&serde_json::json!({"secret": self.link.secret}))).await
    }

    /// Waits for the mail with a code.
    ///
    /// # Errors
    /// When no mail comes.
    pub async fn code_from_mail(&self, mailbox: &str, after: usize) -> Result<String> {
        for _ in 0..150 {
            let mails = self.stack.mails().await?;
            // Tests share mailboxes: of another delivery's code the reference tells.
            let reference = self.reference(&mails);
            let own = |m: &&crate::stack::Mail| {
                m.to.iter().any(|to| to == mailbox) && reference.as_ref().is_none_or(|r| m.subject.contains(r))
            };
            let wanted = mails.iter().skip(after).filter(own);
            let code = wanted.rev().filter_map(|m| m.body_text.as_deref()).find_map(eight_digits);
            if let Some(code) = code {
                return Ok(code);
            }
            tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        }
        bail!("no mail with a code came to the institution within 30 s")
    }

    /// The reference of the delivery, as the subject of the link's own mail has it in brackets at its end.
    fn reference(&self, mails: &[crate::stack::Mail]) -> Option<String> {
        let marker = format!("/r/{}#", self.link.id);
        let mail = mails.iter().find(|m| m.body_text.as_deref().is_some_and(|text| text.contains(&marker)))?;
        Some(mail.subject.rsplit_once('(')?.1.strip_suffix(')')?.to_owned())
    }

    /// Unlocks with a code; keeps the session if there is one.
    ///
    /// # Errors
    /// When the connection breaks.
    pub async fn unlock(&mut self, code: &str) -> Result<Answer> {
        let body = serde_json::json!({"secret": self.link.secret, "code": code});
        let answer = self.send(Method::POST, "/unlock", Some(&body)).await?;
        if let Some(cookie) = answer.header("set-cookie").split(';').next().filter(|c| !c.is_empty()) {
            self.cookie = Some(cookie.to_owned());
        }
        Ok(answer)
    }

    /// The whole way in: code, mail, unlock.
    ///
    /// # Errors
    /// When a step is refused.
    pub async fn enter(&mut self, mailbox: &str) -> Result<String> {
        let before = self.stack.mails().await?.len();
        self.ask_for_code().await?.expect(202, "code")?;
        let code = self.code_from_mail(mailbox, before).await?;
        self.unlock(&code).await?.expect(204, "unlock")?;
        Ok(code)
    }
}

/// The first run of exactly eight digits, with or without one blank in the middle.
pub fn eight_digits(text: &str) -> Option<String> {
    text.lines().map(str::trim).find_map(|line| {
        let digits: String = line.chars().filter(|c| *c != ' ').collect();
        (digits.len() == 8 && digits.bytes().all(|b| b.is_ascii_digit())).then_some(digits)
    })
}
