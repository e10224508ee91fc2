//! Word to an institution that something which it recorded is to be corrected (PIPA Art. 36; Enforcement Decree Art. 43(2)). It
//! names the request and the case, and nobody: what is to be corrected, and whose it is, the data protection officer tells whoever
//! answers for that institution's records.

use crate::error::MailError;
use crate::ready::Ready;
use crate::{Mailer, Sender};
use askama::Template;
use medius_domain::id::{CaseId, ProviderId, RightId};
use medius_domain::provider::Provider;
use medius_store::{Message, Place};

#[derive(Template)]
#[template(path = "provider_correction/mail.html")]
struct CorrectionHtml<'a> {
    sender: &'a Sender,
    provider: &'a Provider,
    case: &'a CaseId,
    right: &'a RightId,
}

#[derive(Template)]
#[template(path = "provider_correction/mail.txt")]
struct CorrectionText<'a> {
    sender: &'a Sender,
    provider: &'a Provider,
    case: &'a CaseId,
    right: &'a RightId,
}

impl Mailer {
    /// Whom it goes to, while the request says that it was passed on to them: also an institution that takes no letters any more.
    pub(crate) async fn correction(
        &self,
        case: &CaseId,
        provider_id: &ProviderId,
        right_id: &RightId,
    ) -> Result<Option<Ready>, MailError> {
        let snapshot = self.db.read([Place::Provider(provider_id.clone()), Place::Right(right_id.clone())]).await?;
        let passed_on =
            snapshot.rights_request(right_id)?.is_some_and(|r| r.forwarded_to.as_ref() == Some(provider_id));
        let provider = snapshot.provider(provider_id)?.filter(|_| passed_on);
        let ready = |provider| Ready::Correction { provider, case_id: case.clone(), right_id: right_id.clone() };
        Ok(provider.map(ready))
    }
}

/// The mail.
pub(crate) fn letter(
    sender: &Sender,
    provider: &Provider,
    case: &CaseId,
    right: &RightId,
) -> Result<Message, MailError> {
    let subject = format!("[{}] 기록 정정 요청 · A record is to be corrected", sender.name);
    let html = CorrectionHtml { sender, provider, case, right }.render()?;
    let text = CorrectionText { sender, provider, case, right }.render()?;
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
        let mail = letter(&sender(), &provider, &case, &right).unwrap();
        check("correction-institution", &mail);
        assert_eq!(mail.to.expose(), "international@hospital.example");
        for part in [&mail.text, &mail.html] {
            assert!(part.contains(case.as_str()) && part.contains(right.as_str()));
            assert!(part.contains("정정해 달라는 요청") && part.contains("has been asked for"));
            assert!(!part.contains("://") && !part.contains("환자의") && !part.contains("patient"));
        }
        assert!(mail.html.contains("&#60;예시&#62;") && !mail.subject.contains(right.as_str()));
    }
}
