//! Sentences as patients read them, and what must never stand in them.
#![allow(clippy::unwrap_used)]

use super::super::view::{LogItem, LogParams};
use super::*;
use medius_domain::access::{Event, Object};
use medius_domain::case::Case;
use medius_domain::chain::Head;
use medius_domain::clock::{Clock, SystemClock};
use medius_domain::id::{LinkId, ProviderId, ReferralId};
use medius_domain::policy::{On, Permit, RULES, Standing};
use medius_domain::provider::Provider;

struct World {
    case: Case,
    institutions: Institutions,
    hospital: ProviderId,
}

fn world() -> World {
    let hospital: Provider = serde_json::from_value(serde_json::json!({
        "id": ProviderId::new(), "name_ko": "예시병원", "name_en": "Example Hospital", "department_ko": "심장내과",
        "department_en": "Cardiology", "contact_email": "referrals@hospital.example", "registration_number": "X-1",
        "registration_expires_on": "2030-01-01", "active": true}))
    .unwrap();
    let id = hospital.id.clone();
    World {
        case: Case::new(Subject::of("p"), false, SystemClock.now()),
        institutions: Institutions::from([(id.clone(), hospital)]),
        hospital: id,
    }
}

impl World {
    fn entry(&self, actor: Actor, action: Action, object: Object, outcome: Outcome) -> Entry {
        let event = Event {
            actor,
            authentication: Authentication::AccessToken,
            action,
            outcome,
            object,
            purpose: Purpose::Inquiry,
            reason: Some(AccessReason::PatientAsked),
            basis: vec![],
            evidence: None,
            source_ip: Some("203.0.113.7".to_owned()),
            request_id: Some("req-1".to_owned()),
        };
        let mut entry =
            Permit::refusal(event, &On::Case(&self.case)).chain(&Head::default(), SystemClock.now()).unwrap().0;
        entry.outcome = outcome;
        entry
    }

    fn said(&self, entry: &Entry, language: Language) -> String {
        LogItem::new(entry, &self.case, &self.institutions, language).what
    }
}

fn coordinator() -> Actor {
    Actor::Staff { subject: Subject::of("kim"), role: Role::Coordinator }
}

#[test]
fn an_entry_is_one_plain_sentence_in_both_languages() {
    let world = world();
    let own = Actor::Patient { subject: world.case.subject.clone() };
    let stranger = Actor::Patient { subject: Subject::of("q") };
    let hospital = Actor::Provider { institution: world.hospital.clone() };
    let gone = Actor::Provider { institution: ProviderId::new() };
    let letter = Object::of(Thing::Referral, &ReferralId::new(), "letter");
    let code = Object::of(Thing::Link, &LinkId::new(), "code");
    for (actor, action, object, outcome, ko, en) in [
        (
            own,
            Action::Update,
            Object::part(Thing::Intake, "health"),
            Outcome::Done,
            "본인이 건강 정보를 변경했습니다.",
            "You changed the health information.",
        ),
        (
            stranger,
            Action::View,
            Object::part(Thing::Intake, ""),
            Outcome::Refused,
            "다른 사용자 계정에서 작성 내용을 열람하려 했으나 거절되었습니다.",
            "Another user's account tried to look at what was told, and was turned away.",
        ),
        (
            hospital.clone(),
            Action::Download,
            letter.clone(),
            Outcome::Done,
            "예시병원에서 진료의뢰서를 내려받았습니다.",
            "Example Hospital downloaded the referral letter.",
        ),
        (
            hospital,
            Action::LinkOpen,
            code,
            Outcome::Done,
            "예시병원에서 진료의뢰서를 열기 위한 일회용 코드를 요청했습니다.",
            "Example Hospital asked for a one-time code to open the letter.",
        ),
        (
            gone,
            Action::View,
            letter,
            Outcome::Done,
            "목록에서 삭제된 의료기관에서 진료의뢰서를 열람했습니다.",
            "An institution that is no longer listed looked at the referral letter.",
        ),
        (
            coordinator(),
            Action::View,
            Object::part(Thing::Case, ""),
            Outcome::Done,
            "메디우스 코디네이터가 신청 건을 열람했습니다.",
            "Medius coordinator looked at the case.",
        ),
        (
            Actor::System { function: "mailer".to_owned() },
            Action::Send,
            Object::part(Thing::Mail, "link"),
            Outcome::Done,
            "메디우스 시스템이 이메일을 보냈습니다.",
            "The Medius service sent an email.",
        ),
    ] {
        let entry = world.entry(actor, action, object, outcome);
        assert_eq!(world.said(&entry, Language::Ko), ko);
        assert_eq!(world.said(&entry, Language::En), en);
    }
}

#[test]
fn who_of_the_staff_and_from_where_is_never_shown() {
    let world = world();
    let entry =
        world.entry(coordinator(), Action::View, Object::of(Thing::Assignment, &Subject::of("kim"), ""), Outcome::Done);
    for language in [Language::Ko, Language::En] {
        let item = LogItem::new(&entry, &world.case, &world.institutions, language);
        let json = serde_json::to_string(&item).unwrap();
        assert!(
            !json.contains(Subject::of("kim").as_str()) && !json.contains("203.0.113.7") && !json.contains("req-1")
        );
        assert!(json.contains(pick(language, "환자의 요청", "You asked for help")), "{json}");
    }
}

#[test]
fn everything_that_the_table_allows_on_a_case_has_words_without_a_code() {
    let world = world();
    for rule in RULES.iter().filter(|r| !r.standings.contains(&Standing::Service)) {
        for action in rule.actions {
            let actor = match rule.role {
                Role::Patient => Actor::Patient { subject: world.case.subject.clone() },
                Role::Institution => Actor::Provider { institution: world.hospital.clone() },
                Role::Function => Actor::System { function: "mailer".to_owned() },
                role @ (Role::Coordinator | Role::ClinicianReviewer | Role::Dpo | Role::Auditor | Role::Ops) => {
                    Actor::Staff { subject: Subject::of("kim"), role }
                }
            };
            for outcome in [Outcome::Done, Outcome::Refused] {
                let entry = world.entry(actor.clone(), *action, Object::part(rule.thing, ""), outcome);
                for language in [Language::Ko, Language::En] {
                    let said = world.said(&entry, language);
                    assert!(said.ends_with('.') && !said.contains(['_', '/']), "{said}");
                }
            }
        }
    }
}

#[test]
fn filters_choose_days_people_and_actions() {
    let world = world();
    let entry = world.entry(coordinator(), Action::View, Object::part(Thing::Case, ""), Outcome::Done);
    let day = entry.day_kst;
    let wants = |json: serde_json::Value| serde_json::from_value::<LogParams>(json).map(|params| params.wants(&entry));
    for (json, expected) in [
        (serde_json::json!({}), true),
        (serde_json::json!({"from": day, "to": day, "who": "staff", "what": "download,view"}), true),
        (serde_json::json!({"from": day.succ_opt()}), false),
        (serde_json::json!({"to": day.pred_opt()}), false),
        (serde_json::json!({"who": "institution"}), false),
        (serde_json::json!({"what": "download"}), false),
    ] {
        assert_eq!(wants(json.clone()).unwrap(), expected, "{json}");
    }
    for bad in
        [serde_json::json!({"who": "anybody"}), serde_json::json!({"what": "view,"}), serde_json::json!({"what": ""})]
    {
        assert!(wants(bad.clone()).is_err(), "{bad}");
    }
}
