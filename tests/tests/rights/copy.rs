//! The copy of what is kept, as its patient's browser fetches it: the link out of the mail, the code, the archive.

use super::{ask, ended, taken};
use medius_domain::id::RightId;
use medius_domain::link::LinkSecret;
use medius_store::{CodeMac, ExportMac};
use medius_tests::stack::Stack;
use medius_tests::staff::StaffApp;
use medius_tests::user::{Answer, PatientApp, read};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::Read;
use std::time::Duration;

/// A copy with its link in hand.
pub(crate) struct Copy {
    stack: Stack,
    pub(crate) id: String,
    pub(crate) secret: String,
}

impl Copy {
    /// Asks, is agreed to, and waits for the copy; of one case, or of everything.
    pub(crate) async fn asked(stack: &Stack, app: &PatientApp, dpo: &StaffApp, case: Option<&str>) -> Self {
        let mut wish = json!({"right": "access"});
        if let Some(case) = case {
            wish["case_id"] = case.into();
        }
        let id = ask(app, &wish).await;
        taken(dpo, &id, "assign", &Value::Null, "IN_REVIEW").await;
        taken(dpo, &id, "approve", &Value::Null, "EXECUTING").await;
        assert_eq!(ended(app, &id, "COMPLETED").await["outcome"], "handed_over");
        // Derived as the mailer derives it; that the mail has the same is a test of its own.
        let links = ExportMac::new(stack.kms(stack.operator_credentials()), stack.run().keys["export_mac"].clone());
        let secret: LinkSecret = links.secret(&id.parse::<RightId>().unwrap()).await.unwrap();
        Self { stack: stack.clone(), id, secret: secret.expose().to_owned() }
    }

    /// What a patient says of a record, on its way to the institution: the secret is out of the mail.
    pub(crate) async fn statement(stack: &Stack, id: &str, mailbox: &str) -> Self {
        let mut statement = Self { stack: stack.clone(), id: id.to_owned(), secret: String::new() };
        let url = statement.url_of_mail(mailbox).await;
        url.rsplit_once('#').unwrap().1.clone_into(&mut statement.secret);
        statement
    }

    /// The address as it stands in the mail.
    pub(crate) async fn url_of_mail(&self, mailbox: &str) -> String {
        let marker = format!("/e/{}#", self.id);
        let has = |m: &medius_tests::stack::Mail| m.body_text.as_deref().is_some_and(|t| t.contains(&marker));
        let mail = self.stack.wait_for_mail(mailbox, Duration::from_secs(30), has).await.unwrap();
        let text = mail.body_text.unwrap();
        text.split_whitespace().find(|word| word.contains(&marker)).unwrap().to_owned()
    }

    async fn post(&self, part: &str, body: &Value) -> Answer {
        let url = self.stack.url(&format!("/e/{}/{part}", self.id));
        read(self.stack.http().post(url).json(body).send().await.unwrap()).await.unwrap()
    }

    /// Asks for a code, with a secret.
    pub(crate) async fn ask_code(&self, secret: &str) -> Answer {
        self.post("code", &json!({"secret": secret})).await
    }

    /// Tries a code.
    pub(crate) async fn try_code(&self, secret: &str, code: &str) -> Answer {
        self.post("copy", &json!({"secret": secret, "code": code})).await
    }

    /// The n-th code, derived with the same KMS key: what the mail says, without a race for it.
    pub(crate) async fn code(&self, n: u32) -> String {
        let kms = self.stack.kms(self.stack.operator_credentials());
        let codes = CodeMac::new(kms, self.stack.run().keys["code_mac"].clone());
        codes.export_code(&self.id.parse().unwrap(), n).await.unwrap().expose().to_owned()
    }

    /// The whole way with a first code.
    pub(crate) async fn fetched(&self) -> Vec<u8> {
        self.ask_code(&self.secret).await.expect(202, "code").unwrap();
        let mut answer = self.try_code(&self.secret, &self.code(1).await).await;
        if answer.status.as_u16() == 202 {
            answer = answer.followed().await.unwrap();
        }
        let answer = answer.expect(200, "copy").unwrap();
        assert_eq!(answer.header("content-type"), "application/zip");
        assert_eq!(answer.header("content-disposition"), format!("attachment; filename=\"medius-{}.zip\"", self.id));
        answer.body
    }
}

/// The files of an archive, by name, held against its list of hashes.
pub(crate) fn files(archive: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let found = unpacked(archive);
    let list = String::from_utf8(found["SHA256SUMS"].clone()).unwrap();
    let listed: Vec<&str> = list.lines().map(|line| line.split_once("  ").unwrap().1).collect();
    assert_eq!(listed.len() + 1, found.len(), "every file but the list is in the list");
    for line in list.lines() {
        let (hash, name) = line.split_once("  ").unwrap();
        assert_eq!(hash, medius_domain::chain::sha256_hex(&found[name]), "{name}");
    }
    found
}

/// The files of an archive.
pub(crate) fn unpacked(archive: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(archive)).unwrap();
    let mut found = BTreeMap::new();
    for i in 0..zip.len() {
        let mut file = zip.by_index(i).unwrap();
        let mut content = Vec::new();
        file.read_to_end(&mut content).unwrap();
        found.insert(file.name().unwrap().into_owned(), content);
    }
    found
}
