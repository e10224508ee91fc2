//! A member of staff as an HTTP client: what the staff's screens send, and nothing more.

use crate::client::{Answer, Client};
use crate::stack::{SignIn, Stack};
use anyhow::{Context, Result};
use medius_domain::id::Subject;
use reqwest::Method;
use serde_json::Value;

/// Somebody of the staff, signed in.
#[derive(Clone)]
pub struct StaffApp {
    client: Client,
    /// The person's pseudonym, as assignments and the access log have it.
    pub subject: Subject,
}

impl std::ops::Deref for StaffApp {
    type Target = Client;

    fn deref(&self) -> &Client {
        &self.client
    }
}

impl StaffApp {
    /// Signs in the `nth` (from 0) demo member of a group such as `coordinator`.
    ///
    /// # Errors
    /// When the group has no such member, or Cognito refuses.
    pub async fn sign_in(stack: &Stack, group: &str, nth: usize) -> Result<Self> {
        let who = *stack.staff_in(group).get(nth).with_context(|| format!("run.json has no {group} number {nth}"))?;
        Self::of(stack, who).await
    }

    /// Signs in anybody of the staff pool, for example of [`Stack::new_member`].
    ///
    /// # Errors
    /// When Cognito refuses, or the token is none.
    pub async fn of(stack: &Stack, who: &SignIn) -> Result<Self> {
        let tokens = stack.sign_in(who).await?;
        Ok(Self { client: Client::new(stack, &tokens.access), subject: subject_of(&tokens.access)? })
    }

    /// PUT of a version.
    ///
    /// # Errors
    /// When the connection breaks.
    pub async fn put(&self, path: &str, etag: &str, body: &Value) -> Result<Answer> {
        self.change(Method::PUT, path, etag, Some(body)).await
    }

    /// A case's requests that need a coordinator, over all pages of that list.
    ///
    /// # Errors
    /// When the connection breaks, or the list is refused.
    pub async fn needed(&self, case: &str) -> Result<Vec<Value>> {
        let (mut found, mut after) = (vec![], String::new());
        loop {
            let page = self.get(&format!("/staff/v1/tasks?{after}")).await?.expect(200, "requests")?.json();
            let items = page["items"].as_array().context("a list without items")?;
            found.extend(items.iter().filter(|item| item["case_id"] == case).cloned());
            let Some(next) = page["next"].as_str() else { return Ok(found) };
            after = format!("after={next}");
        }
    }

    /// The same once the index has followed: the first request with these needs, or none with none.
    ///
    /// # Errors
    /// As [`Self::needed`], or when the list stays another one.
    pub async fn needed_as(&self, case: &str, needs: &[&str]) -> Result<Option<Value>> {
        for _ in 0..50 {
            let found = self.needed(case).await?;
            let as_wanted = found.first().is_some_and(|item| item["needs"] == serde_json::json!(needs));
            if as_wanted || (needs.is_empty() && found.is_empty()) {
                return Ok(found.into_iter().next());
            }
            tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        }
        anyhow::bail!("the list stays {:?} instead of {needs:?}", self.needed(case).await?)
    }
}

/// The pseudonym of an access token's `sub` claim. The signature is the gateway's business.
fn subject_of(token: &str) -> Result<Subject> {
    let claims = token.split('.').nth(1).context("the access token is no JWT")?;
    let claims: Value = serde_json::from_slice(&data_encoding::BASE64URL_NOPAD.decode(claims.as_bytes())?)?;
    Ok(Subject::of(claims["sub"].as_str().context("the access token has no subject")?))
}
