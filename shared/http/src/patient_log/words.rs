//! Entries of the log in plain Korean and English. Every thing and every action has its words here, so that a new one
//! cannot be shown as a code.

mod special;

use super::Institutions;
use crate::language::Language;
use medius_domain::access::{AccessReason, Action, Actor, Authentication, Entry, Outcome, Purpose};
use medius_domain::id::Subject;
use medius_domain::policy::{Role, Thing};
use special::{SPECIAL, Special};

/// Who, and how the name begins a Korean sentence.
pub(super) struct Name {
    pub(super) text: String,
    particle: &'static str,
}

impl Name {
    pub(super) fn of(entry: &Entry, owner: &Subject, institutions: &Institutions, language: Language) -> Self {
        let ((ko, particle), en) = match &entry.actor {
            Actor::Patient { subject } if subject != owner => (("다른 사용자 계정", "에서"), "Another user's account"),
            Actor::Patient { .. } => match entry.authentication {
                Authentication::AccessTokenAndGuardianCode => (("법정대리인", "이"), "Your guardian"),
                Authentication::MailboxCode => {
                    (("등록된 메일로 확인된 분", "이"), "Somebody with a code from the mailbox on file")
                }
                Authentication::Nothing => (("확인되지 않은 사람", "이"), "Somebody who showed nothing"),
                Authentication::AccessToken
                | Authentication::LinkSecret
                | Authentication::LinkSecretAndCode
                | Authentication::Role => (("본인", "이"), "You"),
            },
            Actor::Provider { institution } => {
                if let Some(known) = institutions.get(institution) {
                    let text = pick(language, &known.name_ko, &known.name_en).clone();
                    // Fits a name in any script, whatever it ends with.
                    return Self { text, particle: "에서" };
                }
                (("목록에서 삭제된 의료기관", "에서"), "An institution that is no longer listed")
            }
            Actor::Staff { role, .. } => staff(*role),
            Actor::System { .. } => (("메디우스 시스템", "이"), "The Medius service"),
        };
        Self { text: pick(language, ko, en).to_owned(), particle }
    }
}

/// A role in place of a person's name.
const fn staff(role: Role) -> ((&'static str, &'static str), &'static str) {
    match role {
        Role::Coordinator => (("메디우스 코디네이터", "가"), "Medius coordinator"),
        Role::ClinicianReviewer => (("메디우스 의료 검토자", "가"), "Medius clinical reviewer"),
        Role::Dpo => (("메디우스 개인정보 보호책임자", "가"), "Medius data protection officer"),
        Role::Auditor => (("메디우스 감사 담당자", "가"), "Medius auditor"),
        Role::Ops => (("메디우스 운영 담당자", "가"), "Medius operations staff"),
        Role::Patient | Role::Institution | Role::Function => (("메디우스 직원", "이"), "Medius staff"),
    }
}

fn pick<T>(language: Language, ko: T, en: T) -> T {
    match language {
        Language::Ko => ko,
        Language::En => en,
    }
}

/// What was done, so that both a done and a refused attempt can be said.
struct Phrase {
    /// "downloaded your referral letter"
    en_done: String,
    /// "download your referral letter", after "tried to"
    en_tried: String,
    /// "진료의뢰서를 내려받았습니다"
    ko_done: String,
    /// "진료의뢰서를 내려받으려", before "했으나"
    ko_tried: String,
}

impl Phrase {
    fn new(en: (&str, &str), ko: (&str, &str)) -> Self {
        let own = ToOwned::to_owned;
        Self { en_done: own(en.0), en_tried: own(en.1), ko_done: own(ko.0), ko_tried: own(ko.1) }
    }
}

/// The sentence.
pub(super) fn sentence(entry: &Entry, name: &Name, language: Language) -> String {
    let object = entry.object.as_str();
    let phrase = special(entry.object.thing(), entry.action, object)
        .unwrap_or_else(|| plain(entry.object.thing(), entry.action, object));
    let Name { text, particle } = name;
    match (language, entry.outcome) {
        (Language::Ko, Outcome::Done) => format!("{text}{particle} {}.", phrase.ko_done),
        (Language::Ko, Outcome::Refused) => format!("{text}{particle} {} 했으나 거절되었습니다.", phrase.ko_tried),
        (Language::En, Outcome::Done) => format!("{text} {}.", phrase.en_done),
        (Language::En, Outcome::Refused) => format!("{text} tried to {}, and was turned away.", phrase.en_tried),
    }
}

fn special(thing: Thing, action: Action, object: &str) -> Option<Phrase> {
    let fits = |(t, a, end, _): &&Special| (*t, *a) == (thing, action) && object.ends_with(*end);
    let (.., [en_done, en_tried, ko_done, ko_tried]) = SPECIAL.iter().find(fits)?;
    Some(Phrase::new((en_done, en_tried), (ko_done, ko_tried)))
}

/// "looked at" and "the case's health information", put together.
fn plain(thing: Thing, action: Action, object: &str) -> Phrase {
    let (en_noun, ko_noun) = noun(thing, object);
    let (en, ko) = verb(action);
    Phrase {
        en_done: format!("{} {en_noun}", en.0),
        en_tried: format!("{} {en_noun}", en.1),
        ko_done: format!("{ko_noun} {}", ko.0),
        ko_tried: format!("{ko_noun} {}", ko.1),
    }
}

/// The thing, in Korean with its particle.
fn noun(thing: Thing, object: &str) -> (&'static str, &'static str) {
    match thing {
        Thing::Case => ("the case", "신청 건을"),
        Thing::Intake if object.ends_with("/basic") => ("the basic information", "기본 정보를"),
        Thing::Intake if object.ends_with("/health") => ("the health information", "건강 정보를"),
        Thing::Intake => ("what was told", "작성 내용을"),
        Thing::Consent => ("the consents", "동의 내역을"),
        Thing::Guardian => ("the guardian's details", "법정대리인 정보를"),
        Thing::Referral => ("the referral letter", "진료의뢰서를"),
        Thing::Explanation => ("the explanation of the records", "기록 설명을"),
        Thing::Delivery => ("how far the letter got", "진료의뢰서 전달 상태를"),
        Thing::Link => ("the secure link to the letter", "진료의뢰서 보안 링크를"),
        Thing::Mail => ("an email", "이메일을"),
        Thing::Message => ("the messages", "메시지를"),
        Thing::AccessLog => ("the access log", "접근 기록을"),
        Thing::WorkList => ("the list of waiting cases", "대기 목록을"),
        Thing::Assignment => ("who looks after the case", "담당자 배정을"),
        Thing::Directory => ("the list of institutions", "의료기관 목록을"),
        Thing::Member => ("the list of staff", "직원 목록을"),
        Thing::Review => ("the review of access logs", "접근 기록 점검을"),
        Thing::Chain => ("the seal of access logs", "접근 기록 봉인을"),
        Thing::SignIn => ("a sign-in", "로그인을"),
        Thing::Right => ("a request about your rights", "권리 행사 요청을"),
        Thing::Inquiry => ("an inquiry", "문의를"),
        Thing::Statutory => ("a record that a statute keeps", "법령에 따라 보존하는 기록을"),
        Thing::Upload => ("a file", "파일을"),
        Thing::Record => ("results and medicines", "검사 결과와 복용 약을"),
        Thing::Export => ("a copy of everything that is kept", "보관 중인 정보 전체의 사본을"),
        Thing::Task => ("what becomes of the referral", "의뢰 진행 상황을"),
    }
}

/// The action, done and tried.
const fn verb(action: Action) -> ((&'static str, &'static str), (&'static str, &'static str)) {
    match action {
        Action::View => (("looked at", "look at"), ("열람했습니다", "열람하려")),
        Action::Create => (("made", "make"), ("만들었습니다", "만들려")),
        Action::Update => (("changed", "change"), ("변경했습니다", "변경하려")),
        Action::Delete => (("deleted", "delete"), ("삭제했습니다", "삭제하려")),
        Action::Download => (("downloaded", "download"), ("내려받았습니다", "내려받으려")),
        Action::Export => (("took along a copy of", "take along a copy of"), ("내보냈습니다", "내보내려")),
        Action::Send => (("sent", "send"), ("보냈습니다", "보내려")),
        Action::LinkOpen => (("opened", "open"), ("열었습니다", "열려")),
        Action::GrantChange => (
            ("changed permissions for", "change permissions for"),
            ("허용 범위에서 바꾸었습니다", "허용 범위에서 바꾸려"),
        ),
        Action::SignInAttempt => (("began", "begin"), ("시도했습니다", "시도하려")),
        Action::SignIn => (("completed", "complete"), ("마쳤습니다", "마치려")),
    }
}

/// What it was for.
pub(super) const fn purpose(purpose: Purpose, language: Language) -> &'static str {
    let (ko, en) = match purpose {
        Purpose::ReferralLetter => ("진료의뢰서 작성 및 의료 정보 제공", "Preparing the referral letter"),
        Purpose::Provision => ("선택하신 의료기관으로의 전달", "Delivery to the institution that you chose"),
        Purpose::Explanation => ("의무기록 설명", "Explaining records"),
        Purpose::Inquiry => ("문의 응대 및 지원", "Answering and supporting you"),
        Purpose::PatientRights => ("정보주체의 권리 행사", "Exercising your rights"),
        Purpose::Oversight => ("법령에 따른 점검과 감독", "Oversight that the law asks for"),
        Purpose::Administration => ("서비스 운영", "Running the service"),
    };
    match language {
        Language::Ko => ko,
        Language::En => en,
    }
}

/// Why staff looked.
pub(super) const fn reason(reason: AccessReason, language: Language) -> &'static str {
    let (ko, en) = match reason {
        AccessReason::PatientAsked => ("환자의 요청", "You asked for help"),
        AccessReason::InstitutionAsked => ("의료기관의 문의", "An institution asked about a letter"),
        AccessReason::Substitution => ("담당자 부재 시 대행", "The colleague in charge was away"),
        AccessReason::LetterReview => ("진료의뢰서 검토", "A letter was reviewed"),
        AccessReason::DeliveryProblem => ("전달 오류 또는 지연", "A delivery failed or was late"),
        AccessReason::RightsRequest => ("권리 행사 요청의 처리", "A request about your rights was handled"),
        AccessReason::Audit => ("접근 기록의 정기 점검", "The log was reviewed or checked"),
        AccessReason::Incident => ("침해 사고 또는 그 의심", "A breach, or the suspicion of one, was looked into"),
    };
    match language {
        Language::Ko => ko,
        Language::En => en,
    }
}

/// How the hashes of an export prove what they prove.
pub(super) const fn how_to_verify(language: Language) -> &'static str {
    match language {
        Language::Ko => {
            "각 항목의 sha256은 서비스에 보관된 항목 전체와 바로 앞 항목의 해시로 계산되며, 다음 항목의 previous_sha256과 같아야 합니다. \
             마지막 항목의 sha256은 head.sha256과 같습니다. 이 파일을 보관해 두시면, 나중에 내보낸 파일에서 같은 seq의 sha256이 \
             달라지거나 항목이 사라졌을 때 기록이 변경되었음을 알 수 있습니다. 직원의 신원과 접속 주소는 이 파일에 없으므로 항목 자체의 \
             해시는 감사 담당자나 개인정보 보호책임자가 다시 계산합니다. 확인을 요청하실 수 있습니다."
        }
        Language::En => {
            "The sha256 of each entry is calculated over the whole entry as the service keeps it and the hash of the entry before; \
             it must equal the previous_sha256 of the next entry. The last one equals head.sha256. Keep this file: if in a later \
             export the sha256 of the same seq is another one, or an entry is gone, the log was changed. The identity of staff and \
             network addresses are not in this file, so the hash of an entry itself is calculated again by an auditor or the data \
             protection officer; you may ask them to."
        }
    }
}

#[cfg(test)]
mod tests;
