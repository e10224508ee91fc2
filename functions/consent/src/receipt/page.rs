//! The page of a receipt: one file without anything to load, in the language of the text, for screen and paper.

use super::Issued;
use askama::Template;
use chrono::{DateTime, Utc};
use data_encoding::{BASE64, HEXLOWER};
use medius_domain::chain::sha256_hex;
use medius_domain::clock::kst_second;
use medius_domain::consent::{ConsentActor, TextLanguage};
use medius_domain::receipt::{Notice, Party, Purpose, Receipt};

const STYLE: &str = include_str!("../../templates/receipt.css");

/// The page's own words.
struct Words {
    title: &'static str,
    decision: &'static str,
    when: &'static str,
    until: &'static str,
    by: &'static str,
    institution: &'static str,
    parts: &'static str,
    shown: &'static str,
    rights: &'static str,
    withdrawal: &'static str,
    check: &'static str,
    how: &'static str,
    download: &'static str,
    basis: &'static str,
    statute: &'static str,
    version: &'static str,
    principal: &'static str,
    record: &'static str,
    operator: &'static str,
    key: &'static str,
    limits: &'static str,
}

const KO: Words = Words {
    title: "동의 영수증",
    decision: "결정",
    when: "결정 일시",
    until: "유효 기간",
    by: "결정한 사람",
    institution: "제공받는 자",
    parts: "정보 항목",
    shown: "동의문을 보여 드린 일시",
    rights: "철회와 그 밖의 권리",
    withdrawal: "동의 철회",
    check: "확인 방법",
    how: "아래 영수증 파일을 내려받아 다음 페이지에서 선택하면, 서명한 뒤 바뀌지 않았는지 브라우저 안에서 확인됩니다. 파일은 어디에도 보내지 않습니다.",
    download: "영수증 파일(JSON) 내려받기",
    basis: "법적 근거",
    statute: "개인정보 보호법",
    version: "동의문",
    principal: "정보주체(가명)",
    record: "기록",
    operator: "개인정보처리자",
    key: "서명 열쇠",
    limits: "이 영수증은 위 일시의 결정을 증명합니다. 지금도 유효한지는 동의 목록에서 확인하십시오. 항목의 이름은 ISO/IEC TS 27560:2023을 따랐으나, 이 표준에 적합하다고 주장하지는 않습니다.",
};

const EN: Words = Words {
    title: "Consent receipt",
    decision: "Decision",
    when: "Decided",
    until: "Counts until",
    by: "Decided by",
    institution: "Recipient",
    parts: "Information",
    shown: "Text shown",
    rights: "Withdrawal and other rights",
    withdrawal: "Withdrawal",
    check: "How to verify",
    how: "Download the receipt file below and choose it on this page: your browser checks that it is unchanged since it was signed. The file is sent nowhere.",
    download: "Download the receipt file (JSON)",
    basis: "Legal basis",
    statute: "Personal Information Protection Act (Republic of Korea), Art.",
    version: "Text",
    principal: "Patient (pseudonym)",
    record: "Record",
    operator: "Controller",
    key: "Key",
    limits: "This receipt proves what was decided at the time above. Whether it still counts is shown in your list of consents. Field names follow ISO/IEC TS 27560:2023; conformance is not claimed.",
};

#[derive(Template)]
#[template(path = "receipt.html")]
struct Page<'a> {
    lang: &'static str,
    say: &'static Words,
    style: &'static str,
    receipt: &'a Receipt,
    notice: &'a Notice,
    purpose: &'a Purpose,
    operator: &'a Party,
    institution: Option<&'a Party>,
    state: &'static str,
    by: Option<&'static str>,
    decided: String,
    until: Option<String>,
    shown: String,
    kid: &'a str,
    verify_url: &'a str,
    file_name: String,
    envelope: String,
}

pub(super) fn render(issued: &Issued, kid: &str, verify_url: &str) -> Result<String, askama::Error> {
    let receipt = &issued.receipt;
    let processing = &receipt.pii_processing;
    let [shown, decided] = &receipt.events;
    let [purpose] = &processing.purposes;
    let (operator, others) = receipt.party_identification.split_first().ok_or(askama::Error::Fmt)?;
    let korean = match processing.language {
        TextLanguage::Ko => true,
        TextLanguage::En => false,
    };
    let either = |ko: &'static str, en: &'static str| if korean { ko } else { en };
    let until = decided.validity_duration.as_deref().and_then(|interval| interval.split_once('/'));
    let until = until.and_then(|(_, end)| end.parse().ok()).map(local);
    let actor = decided.decision.as_ref().and_then(|decision| decision.actor);
    let by = actor.map(|actor| match actor {
        ConsentActor::Patient => either("본인(로그인)", "The patient, signed in"),
        ConsentActor::Guardian => {
            either("법정대리인(로그인, 이메일 인증번호)", "The guardian, signed in, with a code sent by email")
        }
    });
    Page {
        lang: either("ko", "en"),
        say: if korean { &KO } else { &EN },
        style: STYLE,
        receipt,
        notice: &processing.privacy_notice,
        purpose,
        operator,
        institution: others.first(),
        state: state(decided.event_state, korean),
        by,
        decided: local(decided.event_time),
        until,
        shown: local(shown.event_time),
        kid,
        verify_url,
        file_name: issued.file_name("json"),
        envelope: BASE64.encode(issued.json.as_bytes()),
    }
    .render()
}

fn state(event_state: &str, korean: bool) -> &'static str {
    let (ko, en) = match event_state {
        "given" => ("동의함", "Agreed"),
        "refused" => ("동의하지 않음", "Not agreed"),
        "withdrawn" => ("동의를 철회함", "Agreement withdrawn"),
        "superseded" => ("새 동의문으로 대체됨", "Superseded by a newer text"),
        _ => ("동의 기간이 끝남", "The agreement's term has ended"),
    };
    if korean { ko } else { en }
}

/// A moment in Seoul.
fn local(at: DateTime<Utc>) -> String {
    format!("{} KST", kst_second(at))
}

/// Nothing runs, nothing is loaded; only this style counts.
pub(super) fn policy() -> String {
    let hash = HEXLOWER.decode(sha256_hex(STYLE.as_bytes()).as_bytes()).unwrap_or_default();
    format!(
        "default-src 'none'; style-src 'sha256-{}'; img-src data:; form-action 'none'; frame-ancestors 'none'; base-uri 'none'",
        BASE64.encode(&hash)
    )
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use medius_domain::chain::GENESIS;
    use medius_domain::consent::{Action, ConsentEvent, DataItem, Item, Method, Recipient, Verification};
    use medius_domain::id::{CaseId, EventId, ProviderId, Subject};
    use medius_domain::receipt::{Controller, words};

    fn page(item: Item, language: TextLanguage, action: Action, actor: ConsentActor) -> String {
        let text = medius_domain::consent::current_text(item, language);
        let event = ConsentEvent {
            seq: 4,
            id: EventId::new(),
            subject: Subject::of("somebody"),
            case: CaseId::new(),
            item,
            recipient: item.names_recipient().then(|| Recipient {
                id: ProviderId::new(),
                name: "A & B <Hospital>, Surgery".into(),
                purpose: String::new(),
                retention: String::new(),
            }),
            data_items: vec![DataItem::Reason, DataItem::Contact],
            action,
            serving: None,
            text_version: text.version,
            language,
            text_sha256: text.sha256.clone(),
            served_at: "2026-11-22T03:00:00Z".parse().unwrap(),
            decided_at: "2026-11-22T15:30:00Z".parse().unwrap(),
            expires_at: Some("2027-11-22T15:00:00Z".parse().unwrap()),
            method: Method::Electronic,
            actor,
            verification: Verification::SignIn,
            previous_hash: GENESIS.into(),
        };
        let controller = Controller {
            name: "Medius".into(),
            phone: "+82 2 555 0100".into(),
            registration: "M-1".into(),
            storage: "ap-northeast-2".into(),
        };
        let text = words(&event, Clone::clone).unwrap();
        let receipt = Receipt::of(&event, &text, &controller).unwrap();
        let json = serde_json::to_string(&receipt).unwrap();
        render(&Issued { receipt, json }, "key", "https://r.medius.example/verify").unwrap()
    }

    #[test]
    fn the_page_shows_the_words_in_their_language_and_emphasises_what_the_law_asks() {
        for (language, lang, state) in [(TextLanguage::Ko, "ko", "동의함"), (TextLanguage::En, "en", "Agreed")] {
            for item in Item::ALL {
                let html = page(item, language, Action::Grant, ConsentActor::Patient);
                assert!(html.starts_with(&format!("<!doctype html>\n<html lang=\"{lang}\">")));
                assert!(html.contains(state) && html.contains("2026-11-23 00:30:00 KST"));
                assert!(html.contains("2027-11-23 00:00:00 KST"));
                let text = medius_domain::consent::current_text(item, language);
                let emphasised = text.elements.iter().filter(|e| e.emphasis).count();
                assert_eq!(html.matches("<p class=\"emphasis\">").count(), emphasised);
                let (ko, en) = DataItem::Reason.label();
                let sensitive = if lang == "ko" { ko } else { en };
                assert!(html.contains(&format!("<strong class=\"emphasis\">{sensitive}</strong>")));
            }
        }
        // A fifth larger and bold.
        assert!(STYLE.contains(".emphasis{font-size:1.25em;font-weight:700}"));
    }

    #[test]
    fn the_page_loads_nothing_and_escapes_names() {
        let html = page(Item::Ps, TextLanguage::En, Action::Grant, ConsentActor::Guardian);
        assert!(html.contains("A &#38; B &#60;Hospital&#62;, Surgery") && !html.contains("<Hospital>"));
        assert!(html.contains("The guardian, signed in"));
        for forbidden in ["<script", " src=", "url(", "@import", " style=", "{{", "{%"] {
            assert!(!html.contains(forbidden), "{forbidden}");
        }
        assert_eq!(html.matches("https://").count(), html.matches("https://r.medius.example/verify").count());
        let inline = html.split("<style>").nth(1).unwrap().split("</style>").next().unwrap();
        let hash = BASE64.encode(&HEXLOWER.decode(sha256_hex(inline.as_bytes()).as_bytes()).unwrap());
        assert!(
            policy().contains(&format!("style-src 'sha256-{hash}';")) && policy().starts_with("default-src 'none'")
        );
    }

    #[test]
    fn the_file_is_in_the_page() {
        let html = page(Item::Ps, TextLanguage::Ko, Action::Withdraw, ConsentActor::Patient);
        let data = html.split("data:application/json;base64,").nth(1).unwrap().split('"').next().unwrap();
        let receipt: serde_json::Value = serde_json::from_slice(&BASE64.decode(data.as_bytes()).unwrap()).unwrap();
        assert_eq!(receipt["events"][1]["event_state"], "withdrawn");
        assert!(html.contains("동의를 철회함") && !html.contains("유효 기간"));
    }
}
