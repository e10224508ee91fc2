//! Word to an institution that something which it recorded is to be corrected (PIPA Art. 36; Enforcement Decree Art. 43(2)). It
//! names the request and the case, and nobody: what is to be corrected, and whose it is, is behind its link and a code to the same
//! mailbox; where the patient gave no values there is no link, and the data protection officer tells whoever answers for that
//! institution's records.

use crate::error::MailError;
use crate::ready::Ready;
use crate::{Mailer, Sender};
use askama::Template;
use chrono::{DateTime, Utc};
use medius_domain::clock::kst_minute;
use medius_domain::code::OneTimeCode;
use medius_domain::export::Export;
use medius_domain::id::{CaseId, ProviderId, RightId};
use medius_domain::link::LinkSecret;
use medius_domain::provider::Provider;
use medius_store::{Message, Place};

#[derive(Template)]
#[template(path = "provider_correction/mail.html")]
struct CorrectionHtml<'a> {
    sender: &'a Sender,
    provider: &'a Provider,
    case: &'a CaseId,
    right: &'a RightId,
    link: Option<&'a Link>,
}

#[derive(Template)]
#[template(path = "provider_correction/mail.txt")]
struct CorrectionText<'a> {
    sender: &'a Sender,
    provider: &'a Provider,
    case: &'a CaseId,
    right: &'a RightId,
    link: Option<&'a Link>,
}

/// Where what the person says lies, and until when.
pub(crate) struct Link {
    url: String,
    until: String,
}

impl Link {
    pub(crate) fn new(sender: &Sender, right: &RightId, secret: &LinkSecret, until: DateTime<Utc>) -> Self {
        Self { url: format!("{}/e/{right}#{}", sender.base_url, secret.expose()), until: kst_minute(until) }
    }
}

#[derive(Template)]
#[template(path = "provider_correction/code.html")]
struct CodeHtml<'a> {
    sender: &'a Sender,
    code: &'a str,
}

#[derive(Template)]
#[template(path = "provider_correction/code.txt")]
struct CodeText<'a> {
    sender: &'a Sender,
    code: &'a str,
}

impl Mailer {
    /// Whom it goes to, while the request says that it was passed on to them: also an institution that takes no letters any more.
    pub(crate) async fn correction(
        &self,
        case: &CaseId,
        provider_id: &ProviderId,
        right_id: &RightId,
    ) -> Result<Option<Ready>, MailError> {
        let export = Place::Export(right_id.clone());
        let places = [Place::Provider(provider_id.clone()), Place::Right(right_id.clone()), export];
        let snapshot = self.db.read(places).await?;
        let passed_on =
            snapshot.rights_request(right_id)?.is_some_and(|r| r.forwarded_to.as_ref() == Some(provider_id));
        let provider = snapshot.provider(provider_id)?.filter(|_| passed_on);
        let now = snapshot.now();
        let there = snapshot.export(right_id)?.filter(|e| e.live(now) && e.institution.as_ref() == Some(provider_id));
        let until = there.map(|export| export.expires_at);
        let ready = |provider| Ready::Correction { provider, case_id: case.clone(), right_id: right_id.clone(), until };
        Ok(provider.map(ready))
    }

    /// A code for the link of such a mail, to the same mailbox.
    pub(crate) async fn statement_code(&self, export: Export, n: u32) -> Result<Option<Ready>, MailError> {
        let Some(institution) = &export.institution else { return Ok(None) };
        let snapshot = self.db.read([Place::Provider(institution.clone())]).await?;
        let usable = export.code.as_ref().is_some_and(|code| code.n == n && code.usable(snapshot.now()));
        let provider = snapshot.provider(institution)?.filter(|_| usable);
        Ok(provider.map(|provider| Ready::StatementCode { provider, right_id: export.right_id.clone(), n }))
    }
}

/// The mail with a code. Its subject is that of every code: subjects show on locked screens.
pub(crate) fn code(sender: &Sender, provider: &Provider, code: &OneTimeCode) -> Result<Message, MailError> {
    let code = code.expose();
    let (html, text) = (CodeHtml { sender, code }.render()?, CodeText { sender, code }.render()?);
    let subject = format!("[{}] 일회용 코드 · One-time code", sender.name);
    Ok(Message { to: provider.contact_email.clone(), subject, text, html })
}

/// The mail.
pub(crate) fn letter(
    sender: &Sender,
    provider: &Provider,
    case: &CaseId,
    right: &RightId,
    link: Option<&Link>,
) -> Result<Message, MailError> {
    let subject = format!("[{}] 기록 정정 요청 · A record is to be corrected", sender.name);
    let html = CorrectionHtml { sender, provider, case, right, link }.render()?;
    let text = CorrectionText { sender, provider, case, right, link }.render()?;
    Ok(Message { to: provider.contact_email.clone(), subject, text, html })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::letter::sound::{check, sender};
    use serde_json::json;

    #[test]
    fn it_names_the_request_in_both_languages_and_nobody() {
        let provider: Provider = serde_json::from_value(json!({
            "id": "prv_00000000000000000000000000000001", "name_ko": "서울 <예시> 병원", "name_en": "Seoul Hospital",
            "department_ko": "내분비내과", "department_en": "Endocrinology",
            "contact_email": "international@hospital.example", "registration_number": "A-2024-01-000123",
            "registration_expires_on": "2020-12-31", "active": false
        }))
        .unwrap();
        let (case, right) = (CaseId::new(), RightId::new());
        let mail = letter(&sender(), &provider, &case, &right, None).unwrap();
        check("correction-institution", &mail);
        let secret = LinkSecret::from_mac(&[7; 32]);
        let link = Link::new(&sender(), &right, &secret, Utc::now());
        let with_link = letter(&sender(), &provider, &case, &right, Some(&link)).unwrap();
        check("correction-institution-link", &with_link);
        for part in [&with_link.text, &with_link.html] {
            assert!(part.contains(&format!("/e/{right}#{}", secret.expose())));
            assert!(part.contains("한 번") && part.contains("fetched once"));
        }
        let code = code(&sender(), &provider, &OneTimeCode::from_mac(&[1; 32])).unwrap();
        check("correction-institution-code", &code);
        assert!(code.text.contains(OneTimeCode::from_mac(&[1; 32]).expose()) && !code.text.contains(right.as_str()));
        assert_eq!(mail.to.expose(), "international@hospital.example");
        for part in [&mail.text, &mail.html] {
            assert!(part.contains(case.as_str()) && part.contains(right.as_str()));
            assert!(part.contains("정정해 달라는 요청") && part.contains("has been asked for"));
            assert!(!part.contains("://") && !part.contains("환자의") && !part.contains("patient"));
        }
        assert!(mail.html.contains("&#60;예시&#62;") && !mail.subject.contains(right.as_str()));
    }
}
