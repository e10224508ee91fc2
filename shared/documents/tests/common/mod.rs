//! Letters that the tests look at: the demo case and its extremes.
#![allow(dead_code, unreachable_pub, clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use chrono::{DateTime, Utc};
use medius_documents::{ConsentReference, Issue, Label, Letter, Operator, Review, issue};
use medius_domain::consent::{DataItem, Item};
use medius_domain::disclosure::Disclosure;
use medius_domain::health::{Medication, Source, TestResult};
use medius_domain::intake::{CompleteIntake, Draft};
use medius_domain::provider::Provider;
use medius_domain::upload::FileKind;
use serde_json::{Value, json};
use std::collections::BTreeSet;

pub const VARIANTS: [&str; 10] =
    ["demo", "long", "empty", "not_asked", "hanja", "hostile", "korean", "short", "required", "narrow"];

/// The parts that a patient may leave out.
pub const OPTIONAL: [DataItem; 8] = [
    DataItem::Contact,
    DataItem::Residence,
    DataItem::Symptoms,
    DataItem::History,
    DataItem::Allergies,
    DataItem::Medications,
    DataItem::Results,
    DataItem::Concerns,
];

fn at(s: &str) -> DateTime<Utc> {
    s.parse().unwrap()
}

/// The case that the local journey tells, too.
pub fn demo() -> Value {
    serde_json::from_str(include_str!("../../../../infra/local/demo-case.json")).unwrap()
}

pub fn intake(case: &Value) -> CompleteIntake {
    let draft = Draft {
        basic: Some(serde_json::from_value(case["basic"].clone()).unwrap()),
        health: Some(serde_json::from_value(case["health"].clone()).unwrap()),
    };
    draft.complete().unwrap()
}

/// What a case hands on: all, without the parts that its list `left_out` names.
pub fn disclosure(case: &Value) -> Disclosure {
    Disclosure::of(intake(case), &items(case)).unwrap()
}

fn items(case: &Value) -> BTreeSet<DataItem> {
    let left_out: BTreeSet<DataItem> =
        case.get("left_out").map_or_else(BTreeSet::new, |v| serde_json::from_value(v.clone()).unwrap());
    Disclosure::parts().filter(|item| !left_out.contains(item)).collect()
}

pub fn provider() -> Provider {
    serde_json::from_value(json!({
        "id": "prv_00000000000000000000000000000001",
        "name_ko": "서울예시대학교병원 국제진료센터",
        "name_en": "Seoul Example University Hospital, International Clinic",
        "department_ko": "내분비내과",
        "department_en": "Endocrinology",
        "contact_email": "international@hospital.example",
        "registration_number": "A-2024-01-000123",
        "registration_expires_on": "2028-12-31",
        "active": true
    }))
    .unwrap()
}

pub fn issue_of() -> Issue {
    let consent = |kind: Item, ko: &str, en: &str, n: u8, when: &str| ConsentReference {
        kind,
        item: Label::new(ko, en),
        event_id: format!("evt_{n:032x}").parse().unwrap(),
        decided_at: at(when),
        text_version: "2026-11".to_owned(),
        text_sha256: format!("{n:x}").repeat(64),
    };
    Issue {
        document_number: "MDS-2026-7Q4WX0KD".parse().unwrap(),
        replaces: None,
        referral_id: "ref_0123456789abcdef0123456789abcdef".parse().unwrap(),
        case_id: "cas_0123456789abcdef0123456789abcdef".parse().unwrap(),
        issued_at: at("2026-11-22T03:00:00Z"),
        verify_base_url: "https://r.medius.example".to_owned(),
        operator: Operator {
            name: "Medius".to_owned(),
            registration_number: "M-2025-01-000777".to_owned(),
            phone: "+82 2 555 0100".to_owned(),
        },
        consents: vec![
            consent(Item::G1, "개인정보의 수집·이용", "Collection and use of personal data", 1, "2026-11-22T01:00:00Z"),
            consent(
                Item::S1,
                "민감정보(건강)의 처리",
                "Processing of sensitive data (health)",
                2,
                "2026-11-22T01:01:00Z",
            ),
            consent(
                Item::P,
                "개인정보의 제3자 제공",
                "Provision of personal data to the institution",
                3,
                "2026-11-22T02:30:00Z",
            ),
            consent(
                Item::Ps,
                "민감정보의 제3자 제공",
                "Provision of sensitive data to the institution",
                4,
                "2026-11-22T02:31:00Z",
            ),
        ],
        review: None,
    }
}

pub fn letter(case: &Value) -> Letter {
    issue(&disclosure(case), &provider(), &issue_of()).unwrap()
}

/// The same letter with a result and a medicine out of a file, reviewed and signed by a clinician.
pub fn signed(case: &Value) -> Letter {
    let issued = Issue { review: Some(review()), ..issue_of() };
    issue(&with_file(case), &provider(), &issued).unwrap()
}

pub fn review() -> Review {
    Review {
        reviewer: serde_json::from_value(json!({"name": "이서연", "profession": "physician", "licence": "123456"}))
            .unwrap(),
        signed_at: at("2026-11-22T05:00:00Z"),
        wording: serde_json::from_value(json!([
            {"test": "HbA1c", "ko": "당화혈색소(A1c)", "code": true, "judged": true},
            {"test": "LDL cholesterol", "code": false, "judged": false}
        ]))
        .unwrap(),
    }
}

/// What a case hands on, with one result and one medicine read from a file where there is room and leave.
pub fn with_file(case: &Value) -> Disclosure {
    let source = |place: &str| {
        let place = place.to_owned();
        Some(Source::File { number: 3, media: FileKind::Pdf, sha256: "ab".repeat(32), bytes: Some(48_213), place })
    };
    let result: TestResult = serde_json::from_value(json!({"name": {"text": "페리틴"},
        "value": {"quantity": {"value": "41.0", "unit": "ng/mL"}}, "collected_on": "2026-11-10"}))
    .unwrap();
    let medicine: Medication = serde_json::from_value(json!({"name": {"text": "레보티록신정"}, "dose": "1"})).unwrap();
    let result = TestResult { source: source("page 2, row 14"), ..result };
    let medicine = Medication { source: source("page 1, row 3"), ..medicine };
    let told = intake(case);
    let full = told.clone().with_records(vec![result], vec![medicine]).unwrap_or(told);
    Disclosure::of(full, &items(case)).unwrap()
}

const HOSTILE: &str = "#panic(\"x\") *b* _i_ $x^2$ [a] <l> @ref `c` \\ // https://evil.example #import \"/data.json\" =h - li #read(\"/etc/passwd\") {{x}} ${y} %s <script>alert(1)</script> &amp; ]]>";

pub fn variant(name: &str) -> Value {
    let mut case = demo();
    match name {
        "demo" => {}
        "long" => {
            case["basic"]["name"] = "Wolfeschlegelsteinhausenbergerdorff ".repeat(4)[..118].trim().into();
            case["basic"]["email"] = format!("{}@{}.example.org", "a".repeat(60), "b".repeat(60)).into();
            let story = "I have felt tired for many months and nobody at home could tell me why. ".repeat(25);
            let story_ko = "몇 달 동안 계속 피곤했지만 고향에서는 아무도 그 이유를 말해 주지 못했습니다. ".repeat(25);
            case["health"]["reason"] = json!({"text": story, "ko": story_ko});
            case["health"]["symptoms"]["items"] = (0..20)
                .map(|i| json!({"description": {"text": format!("Symptom number {i} that takes a rather long line to be told in full, with everything around it")}, "severity": "mild"}))
                .collect();
            case["health"]["medications"]["items"] = (0..40)
                .map(|i| json!({"name": {"text": format!("Medicine {i} hydrochloride extended-release"), "ko": format!("약물{i} 염산염서방정")}, "dose": format!("{} mg", 5 * (i + 1)), "directions": {"text": "once daily in the morning before a meal, with a full glass of water", "ko": "1일 1회 아침 식전, 물 한 컵과 함께"}, "since": "2020-01"}))
                .collect();
            let mut results = case["health"]["results"]["items"].as_array().unwrap().clone();
            for i in 0..60 {
                results.push(json!({"name": {"text": format!("Further test {i}")}, "value": {"quantity": {"value": format!("{}.{:02}", i * 3, i), "unit": "ng/mL", "low": "10", "high": "100"}}, "collected_on": "2026-11-10", "laboratory": format!("Laboratory {}", i % 3)}));
            }
            results.truncate(80);
            case["health"]["results"]["items"] = results.into();
        }
        "empty" => {
            for list in ["symptoms", "history", "allergies", "medications", "results"] {
                case["health"][list] = json!({"status": "none_known"});
            }
            case["health"]["reason"] = json!({"text": "A check-up."});
            case["health"].as_object_mut().unwrap().remove("concerns");
            case["health"].as_object_mut().unwrap().remove("expectations");
        }
        "not_asked" => {
            for list in ["symptoms", "history", "allergies", "medications", "results"] {
                case["health"][list] = json!({"status": "not_asked"});
            }
            case["health"]["urgency"] = "routine".into();
        }
        "hanja" => {
            case["basic"]["name"] = "王小明".into();
            case["basic"]["name_romanised"] = "Wang Xiaoming".into();
            case["basic"]["country"] = "CN".into();
            case["basic"]["languages"] = json!(["zh", "ko"]);
            case["health"]["reason"]["text"] = "我患有糖尿病多年，希望得到專科醫生的意見。".into();
        }
        "hostile" => {
            let long = "x".repeat(150);
            case["basic"]["name"] = "#panic(\"x\") *b* $x$ @ref <l>".into();
            case["basic"]["name_romanised"] = "Panic".into();
            case["health"]["reason"] = json!({"text": format!("{HOSTILE}\n{long}"), "ko": HOSTILE});
            case["health"]["symptoms"]["items"][0]["description"] = json!({"text": HOSTILE, "ko": "가".repeat(120)});
            case["health"]["history"]["items"][0]["description"] = json!({"text": long});
            case["health"]["allergies"]["items"][0]["substance"] = json!({"text": HOSTILE});
            case["health"]["medications"]["items"][0]["name"] = json!({"text": long, "ko": HOSTILE});
            case["health"]["medications"]["items"][1]["dose"] =
                "#eval(\"1\")WWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWW".into();
            case["health"]["results"]["items"][6]["name"] = json!({"text": HOSTILE});
            case["health"]["results"]["items"][7]["value"] = json!({"text": HOSTILE});
            case["health"]["results"]["items"][8]["laboratory"] = long.into();
            case["health"]["results"]["items"][9]["value"]["quantity"]["value"] = "999999999.999".into();
            case["health"]["concerns"] = json!({"text": HOSTILE});
        }
        "korean" => {
            case["basic"]["name"] = "김하늘".into();
            case["basic"]["name_romanised"] = "Kim Haneul".into();
            case["basic"]["country"] = "KR".into();
            case["basic"]["languages"] = json!(["ko"]);
            for item in ["reason", "concerns", "expectations"] {
                case["health"][item] = json!({"text": case["health"][item]["ko"]});
            }
            for list in ["symptoms", "history"] {
                for item in case["health"][list]["items"].as_array_mut().unwrap() {
                    item["description"] = json!({"text": item["description"]["ko"]});
                }
            }
        }
        "required" => case["left_out"] = json!(OPTIONAL),
        "narrow" => case["left_out"] = json!(["contact", "symptoms", "allergies", "results"]),
        "short" => {
            case["health"]["results"]["items"].as_array_mut().unwrap().truncate(2);
            case["health"]["history"] = json!({"status": "none_known"});
        }
        other => panic!("no variant {other}"),
    }
    case
}

/// The fields of the case that make up a part.
pub fn fields(item: DataItem) -> Vec<(&'static str, &'static str)> {
    match item {
        DataItem::Identity => {
            vec![("basic", "name"), ("basic", "name_romanised"), ("basic", "birth_date"), ("basic", "sex")]
        }
        DataItem::Contact => vec![("basic", "phone"), ("basic", "email")],
        DataItem::Residence => vec![("basic", "country"), ("basic", "languages")],
        DataItem::Reason => vec![("health", "reason"), ("health", "urgency")],
        DataItem::Concerns => vec![("health", "concerns"), ("health", "expectations")],
        DataItem::Symptoms | DataItem::History | DataItem::Allergies | DataItem::Medications | DataItem::Results => {
            list(item).map(|name| ("health", name)).into_iter().collect()
        }
        DataItem::Guardian => vec![],
    }
}

/// The list of the case that is a part.
pub fn list(item: DataItem) -> Option<&'static str> {
    match item {
        DataItem::Symptoms | DataItem::History | DataItem::Allergies | DataItem::Medications | DataItem::Results => {
            Some(item.code())
        }
        DataItem::Identity
        | DataItem::Contact
        | DataItem::Residence
        | DataItem::Reason
        | DataItem::Concerns
        | DataItem::Guardian => None,
    }
}

/// A case of which every optional text gives away its part: see [`canaries`].
pub fn canary_case(mark: &str) -> Value {
    let said = |part: &str| json!({"text": format!("canary-{part}-{mark}"), "ko": format!("카나리 {part}-{mark}")});
    let mut case = demo();
    case["basic"]["phone"] = "+999 1234567".into();
    case["basic"]["email"] = format!("canary-contact-{mark}@example.org").into();
    case["basic"]["country"] = "KZ".into();
    case["basic"]["languages"] = json!(["kk", "mn"]);
    for (list, field) in
        [("symptoms", "description"), ("history", "description"), ("allergies", "substance"), ("medications", "name")]
    {
        for item in case["health"][list]["items"].as_array_mut().unwrap() {
            item[field] = said(list);
        }
    }
    case["health"]["symptoms"]["items"][0]["since"] = "1951-01".into();
    case["health"]["history"]["items"][0]["since"] = "1952-02".into();
    case["health"]["allergies"]["items"][0]["reaction"] = said("reaction");
    case["health"]["medications"]["items"][0]["dose"] = "777.7 mg".into();
    case["health"]["medications"]["items"][0]["directions"] = said("directions");
    // The first six are one test over time: a table row, a chart, and a sentence about the chart.
    for item in case["health"]["results"]["items"].as_array_mut().unwrap().iter_mut().take(6) {
        item["name"] = said("results");
        item["laboratory"] = format!("canary-laboratory-{mark}").into();
    }
    case["health"]["results"]["items"][5]["value"]["quantity"]["value"] = "91.919".into();
    case["health"]["concerns"] = said("concerns");
    case["health"]["expectations"] = said("expectations");
    case
}

/// Texts of a [`canary_case`] that only this part has.
pub fn canaries(item: DataItem, mark: &str) -> Vec<String> {
    let texts: &[&str] = match item {
        DataItem::Contact => &["+999 1234567", "canary-contact-"],
        DataItem::Residence => &["\"KZ\"", "\"kk\"", "\"mn\"", "Kazakh", "Mongolian", "카자흐", "몽골"],
        DataItem::Symptoms => &["canary-symptoms-", "카나리 symptoms-", "1951-01"],
        DataItem::History => &["canary-history-", "카나리 history-", "1952-02"],
        DataItem::Allergies => &["canary-allergies-", "카나리 allergies-", "canary-reaction-", "카나리 reaction-"],
        DataItem::Medications => &["canary-medications-", "카나리 medications-", "canary-directions-", "777.7 mg"],
        DataItem::Results => &["canary-results-", "카나리 results-", "canary-laboratory-", "91.919", "HDL"],
        DataItem::Concerns => &["canary-concerns-", "카나리 concerns-", "canary-expectations-"],
        DataItem::Identity | DataItem::Reason | DataItem::Guardian => &[],
    };
    let marked = |t: &&str| if t.ends_with('-') { format!("{t}{mark}") } else { (*t).to_owned() };
    texts.iter().map(marked).collect()
}
