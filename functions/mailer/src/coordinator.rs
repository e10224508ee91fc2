//! Mails to the coordinators' mailbox: that a case needs somebody. They hold the case's opaque id and what happened.

use crate::error::MailError;
use crate::ready::Ready;
use crate::{Mailer, Sender};
use askama::Template;
use medius_domain::id::CaseId;
use medius_domain::person::Email;
use medius_store::{DeskNotice, Message, Place};

/// What happened, and what is to be done, in both languages.
struct Words {
    ko: &'static str,
    en: &'static str,
    next_ko: &'static str,
    next_en: &'static str,
}

const fn words(notice: DeskNotice) -> Words {
    match notice {
        DeskNotice::LinkSuspended => Words {
            ko: "보안 링크가 잠겼습니다",
            en: "A secure link is suspended",
            next_ko: "틀린 코드가 20회 입력되었습니다. 의료기관에 전화로 확인한 뒤 새 링크를 보내 주십시오.",
            next_en: "20 wrong codes were entered. Call the institution, then make the link anew at the desk.",
        },
        DeskNotice::LinkBounced => Words {
            ko: "의료기관으로 보낸 메일이 반송되었습니다",
            en: "A mail to an institution bounced",
            next_ko: "의료기관의 메일 주소를 전화로 확인하고, 주소가 바뀌었으면 기관 목록을 고친 뒤 새 링크를 보내 주십시오.",
            next_en: "Check the mailbox by phone; correct the directory where it has changed, then make the link anew.",
        },
        DeskNotice::LinkOver => Words {
            ko: "의료기관의 링크가 끝나 답할 수 없습니다",
            en: "An institution has no link left to answer by",
            next_ko: "데스크에서 새 링크를 보내 주십시오. 첫 발송 후 30일이 지났으면 환자에게 의뢰서를 다시 보내 달라고 요청해 주십시오.",
            next_en: "Make the link anew at the desk; 30 days after its first sending, ask the patient to send the letter again.",
        },
        DeskNotice::AnswerMissing => Words {
            ko: "의료기관이 기한 안에 답하지 않았습니다",
            en: "An institution has not answered in time",
            next_ko: "의료기관에 전화하여 의뢰를 받았는지, 언제 답할 수 있는지 확인해 주십시오.",
            next_en: "Call the institution: has the referral arrived, and when can they answer?",
        },
        DeskNotice::AppointmentMissing => Words {
            ko: "의료기관이 수락한 뒤 예약을 제안하지 않았습니다",
            en: "An institution accepted and has proposed no appointment",
            next_ko: "의료기관에 전화하여 언제 예약을 제안할 수 있는지 확인해 주십시오.",
            next_en: "Call the institution: when can they propose an appointment?",
        },
        DeskNotice::QuestionUnanswered => Words {
            ko: "환자가 의료기관의 질문에 답하지 않았습니다",
            en: "A patient has not answered what an institution asks",
            next_ko: "환자에게 연락하여 답변과 자료 준비를 도와 주십시오. 답하기 전에는 의뢰가 진행되지 않습니다.",
            next_en: "Contact the patient and help with the answer; until then the referral does not go on.",
        },
        DeskNotice::OutcomeMissing => Words {
            ko: "진료 후 2주가 지났으나 소견이 회송되지 않았습니다",
            en: "No outcome two weeks after an appointment",
            next_ko: "의료기관에 전화하여 소견 회송을 요청해 주십시오.",
            next_en: "Call the institution and ask for the outcome.",
        },
        DeskNotice::TaskDeclined => Words {
            ko: "의료기관이 의뢰를 거절했습니다",
            en: "An institution declined a referral",
            next_ko: "환자에게 연락하여 다른 의료기관을 함께 찾아 주십시오.",
            next_en: "Contact the patient and look for another institution together.",
        },
        DeskNotice::TaskRedirected => Words {
            ko: "의료기관이 다른 기관을 안내했습니다",
            en: "An institution named another one",
            next_ko: "환자가 새 기관에 동의하고 의뢰를 이어 가는지 확인해 주십시오. 동의 없이는 아무것도 전달되지 않습니다.",
            next_en: "See whether the patient consents and goes on there; nothing is handed on without that.",
        },
        DeskNotice::CancelRequested => Words {
            ko: "의뢰 취소 요청이 있습니다",
            en: "Somebody asked to cancel a referral",
            next_ko: "상대방이 영업일 2일 안에 답해야 합니다. 답이 없으면 데스크에서 취소를 확정할 수 있습니다.",
            next_en: "The other side has two business days to answer. You can confirm the cancellation at the desk.",
        },
        DeskNotice::CancelUnanswered => Words {
            ko: "의뢰 취소 요청에 답이 없습니다",
            en: "A request to cancel is still unanswered",
            next_ko: "양쪽에 전화로 확인한 뒤 데스크에서 취소를 확정해 주십시오.",
            next_en: "Call both sides, then confirm the cancellation at the desk.",
        },
        DeskNotice::NotAttended => Words {
            ko: "환자가 진료에 오지 않았습니다",
            en: "A patient did not come to an appointment",
            next_ko: "환자에게 연락하여 새 일정이 필요한지 확인해 주십시오.",
            next_en: "Contact the patient: do they need another appointment?",
        },
        DeskNotice::TaskExpired => Words {
            ko: "의료기관이 답하지 않아 의뢰가 끝났습니다",
            en: "A referral ended without an answer",
            next_ko: "환자에게 연락하여 다시 보내거나 다른 의료기관을 찾도록 도와 주십시오.",
            next_en: "Contact the patient: send it anew, or look for another institution.",
        },
        DeskNotice::LinkComplained => Words {
            ko: "의료기관에서 메일을 스팸으로 신고했습니다",
            en: "An institution marked a mail as spam",
            next_ko: "의료기관에 전화하여 의뢰 자료가 도착했음을 알려 주십시오.",
            next_en: "Call the institution and tell them that a referral is waiting.",
        },
    }
}

#[derive(Template)]
#[template(path = "coordinator_notice/mail.html")]
struct NoticeHtml<'a> {
    sender: &'a Sender,
    words: &'a Words,
    case_id: &'a CaseId,
}

#[derive(Template)]
#[template(path = "coordinator_notice/mail.txt")]
struct NoticeText<'a> {
    sender: &'a Sender,
    words: &'a Words,
    case_id: &'a CaseId,
}

impl Mailer {
    /// Word to the coordinators, where their mailbox is known and the case is still there.
    pub(crate) async fn coordinators(&self, case_id: &CaseId, notice: DeskNotice) -> Result<Option<Ready>, MailError> {
        let Some(to) = self.sender.coordinators.clone() else { return Ok(None) };
        let case = self.db.read([Place::Case(case_id.clone())]).await?.case(case_id)?;
        Ok(case.map(|case| Ready::Coordinators { to, case_id: case.id, notice }))
    }
}

/// The mail to the coordinators.
pub(crate) fn notice(sender: &Sender, to: &Email, case_id: &CaseId, notice: DeskNotice) -> Result<Message, MailError> {
    let words = &words(notice);
    let html = NoticeHtml { sender, words, case_id }.render()?;
    let text = NoticeText { sender, words, case_id }.render()?;
    Ok(Message { to: to.clone(), subject: format!("[{}] {} · {}", sender.name, words.ko, words.en), text, html })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::letter::sound::{check, sender};

    #[test]
    fn coordinators_are_told_which_case_and_what_to_do_and_nothing_else() {
        let (to, case) = (Email::parse("desk@staff.example").unwrap(), CaseId::new());
        for kind in DeskNotice::ALL {
            let mail = notice(&sender(), &to, &case, kind).unwrap();
            check("coordinator", &mail);
            for part in [&mail.text, &mail.html] {
                assert!(part.contains(case.as_str()) && part.contains(words(kind).next_en), "{kind:?}");
                assert!(!part.contains("://") && !part.contains("sub_") && !part.contains("lnk_"));
            }
        }
    }
}
