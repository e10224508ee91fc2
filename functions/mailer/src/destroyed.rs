//! The last word about a case: to the institutions that hold copies, that it is destroyed and theirs are to be, too. When it
//! goes out nothing of the case is left, so nothing of it is looked up, and nothing about a person can be in it.

use crate::error::MailError;
use crate::ready::Ready;
use crate::{Mailer, Sender};
use askama::Template;
use medius_domain::id::{CaseId, DocumentNumber, ProviderId};
use medius_domain::provider::Provider;
use medius_store::{Message, Place};

#[derive(Template)]
#[template(path = "provider_destroyed/mail.html")]
struct DestroyedHtml<'a> {
    sender: &'a Sender,
    provider: &'a Provider,
    case: &'a CaseId,
    documents: &'a str,
}

#[derive(Template)]
#[template(path = "provider_destroyed/mail.txt")]
struct DestroyedText<'a> {
    sender: &'a Sender,
    provider: &'a Provider,
    case: &'a CaseId,
    documents: &'a str,
}

impl Mailer {
    /// Whom it goes to: also an institution that takes no letters any more.
    pub(crate) async fn destroyed(
        &self,
        case: &CaseId,
        provider_id: &ProviderId,
        documents: &[DocumentNumber],
    ) -> Result<Option<Ready>, MailError> {
        let snapshot = self.db.read([Place::Provider(provider_id.clone())]).await?;
        let ready = |provider| Ready::Destroyed { provider, case_id: case.clone(), documents: documents.to_vec() };
        Ok(snapshot.provider(provider_id)?.map(ready))
    }
}

/// The mail.
pub(crate) fn letter(
    sender: &Sender,
    provider: &Provider,
    case: &CaseId,
    documents: &[DocumentNumber],
) -> Result<Message, MailError> {
    let documents = &*documents.iter().map(DocumentNumber::as_str).collect::<Vec<_>>().join(", ");
    let subject = format!("[{}] 사본 파기 요청 · Please destroy your copies", sender.name);
    let html = DestroyedHtml { sender, provider, case, documents }.render()?;
    let text = DestroyedText { sender, provider, case, documents }.render()?;
    Ok(Message { to: provider.contact_email.clone(), subject, text, html })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::letter::sound::{check, sender};
    use serde_json::json;

    #[test]
    fn it_names_the_case_and_the_letters_in_both_languages_and_nobody() {
        let provider: Provider = serde_json::from_value(json!({
            "id": "prv_00000000000000000000000000000001", "name_ko": "서울 <예시> 병원", "name_en": "Seoul Hospital",
            "department_ko": "내분비내과", "department_en": "Endocrinology",
            "contact_email": "international@hospital.example", "registration_number": "A-2024-01-000123",
            "registration_expires_on": "2020-12-31", "active": false
        }))
        .unwrap();
        let (case, numbers) = (CaseId::new(), [DocumentNumber::new(2026), DocumentNumber::new(2026)]);
        let mail = letter(&sender(), &provider, &case, &numbers).unwrap();
        check("destroyed-institution", &mail);
        assert_eq!(mail.to.expose(), "international@hospital.example");
        for part in [&mail.text, &mail.html] {
            for number in &numbers {
                assert!(part.contains(number.as_str()));
            }
            assert!(
                part.contains(case.as_str()) && part.contains("파기해 주십시오") && part.contains("please destroy it")
            );
            assert!(part.contains("법령에 따라 보존") && part.contains("the law requires you to keep it"));
            assert!(!part.contains("://") && !part.contains("환자의") && !part.contains("patient"));
        }
        assert!(mail.html.contains("&#60;예시&#62;") && !mail.subject.contains(case.as_str()));
    }
}
