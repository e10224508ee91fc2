//! The outcome that an institution returns: what is understood of it, and every way in which it is refused.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use medius_documents::outcome::{MOST_BYTES, Outcome, read};
use medius_domain::field::FieldError;
use serde_json::{Value, json};

fn good() -> Value {
    let urn = |n: u32| format!("urn:uuid:00000000-0000-4000-8000-{n:012}");
    let subject = json!({"reference": urn(2)});
    let entry = |n: u32, resource: Value| json!({"fullUrl": urn(n), "resource": resource});
    let div =
        "<div xmlns=\"http://www.w3.org/1999/xhtml\"><p>인슐린을 시작하였습니다.</p><p>Started insulin.</p></div>";
    json!({
        "resourceType": "Bundle", "type": "document", "timestamp": "2026-12-10T09:00:00+09:00",
        "identifier": {"system": "urn:oid:1.2.410.100110", "value": "20261210-1"},
        "entry": [
            entry(1, json!({"resourceType": "Composition", "status": "final", "type": {"text": "회송서"}, "subject": subject,
                "date": "2026-12-10T09:00:00+09:00", "author": [{"reference": urn(3)}], "title": "회송서",
                "section": [{"title": "Course", "text": {"status": "generated", "div": div}, "section": [
                    {"title": "Plan", "text": {"status": "generated",
                        "div": "<div xmlns=\"http://www.w3.org/1999/xhtml\">See again in 3 months</div>"}}]}]})),
            entry(2, json!({"resourceType": "Patient", "name": [{"text": "Nguyen Thi Lan"}], "birthDate": "1978-04-02"})),
            entry(3, json!({"resourceType": "Organization", "name": "서울예시대학교병원"})),
            entry(4, json!({"resourceType": "DiagnosticReport", "status": "final", "code": {"text": "Laboratory"},
                "subject": subject, "effectiveDateTime": "2026-12-09", "issued": "2026-12-10T00:00:00Z",
                "result": [{"reference": urn(5)}], "conclusion": "Better than in autumn."})),
            entry(5, json!({"resourceType": "Observation", "status": "final", "subject": subject,
                "code": {"coding": [{"system": "http://loinc.org", "code": "4548-4"}], "text": "HbA1c"},
                "effectiveDateTime": "2026-12-09T10:00:00+09:00",
                "valueQuantity": {"value": 6.90, "unit": "%", "system": "http://unitsofmeasure.org", "code": "%"},
                "referenceRange": [{"low": {"value": 4.0, "unit": "%"}, "high": {"value": 6.0, "unit": "%"}}]})),
            entry(6, json!({"resourceType": "Condition", "subject": subject,
                "code": {"coding": [{"system": "urn:kcd", "version": "9", "code": "E11.9", "display": "제2형 당뇨병"}]},
                "clinicalStatus": {"coding": [{"code": "active"}]}, "verificationStatus": {"coding": [{"code": "confirmed"}]},
                "onsetDateTime": "2019"})),
            entry(7, json!({"resourceType": "MedicationStatement", "status": "active", "subject": subject,
                "medicationCodeableConcept": {"text": "Insulin glargine"}, "dosage": [{"text": "10 units at bedtime"}]})),
            entry(8, json!({"resourceType": "Encounter", "status": "finished", "class": {"code": "AMB", "display": "외래"},
                "subject": subject, "period": {"start": "2026-12-09", "end": "2026-12-09"}})),
            entry(9, json!({"resourceType": "Appointment", "status": "booked", "start": "2027-03-10T01:00:00Z",
                "end": "2027-03-10T01:30:00Z", "description": "재진",
                "participant": [{"actor": {"reference": urn(2)}, "status": "accepted"}]}))
        ]
    })
}

fn bytes(bundle: &Value) -> Vec<u8> {
    // The digits of a number are kept as they are written.
    serde_json::to_string(bundle).unwrap().replace("\"value\":6.9", "\"value\":6.90").into_bytes()
}

fn outcome(bundle: &Value) -> Result<Outcome, Vec<FieldError>> {
    read(&bytes(bundle))
}

#[test]
fn an_outcome_is_read_with_its_digits_codes_and_texts() {
    let outcome = outcome(&good()).unwrap();
    let text = serde_json::to_value(&outcome).unwrap();
    assert_eq!(
        text,
        json!({
            "title": "회송서", "written_on": "2026-12-10", "authors": ["서울예시대학교병원"], "preliminary": false,
            "sections": [{"title": "Course", "text": "인슐린을 시작하였습니다.\nStarted insulin."},
                {"title": "Plan", "text": "See again in 3 months"}],
            "conclusions": ["Better than in autumn."],
            "diagnoses": [{"name": "제2형 당뇨병", "code": {"system": "urn:kcd", "version": "9", "code": "E11.9"},
                "certainty": "confirmed", "since": "2019"}],
            "results": [{"name": "HbA1c", "value": "6.90 %", "range": "4.0 % – 6.0 %", "on": "2026-12-09"}],
            "medicines": [{"name": "Insulin glargine", "status": "active", "directions": "10 units at bedtime"}],
            "visits": [{"class": "외래", "from": "2026-12-09", "to": "2026-12-09"}],
            "appointments": [{"status": "booked", "start": "2027-03-10T01:00:00Z", "end": "2027-03-10T01:30:00Z", "about": "재진"}]
        })
    );
    assert_eq!(serde_json::from_value::<Outcome>(text).unwrap(), outcome);
    let shown = format!("{outcome:?}");
    assert!(!shown.contains("insulin") && !shown.contains("6.90") && !shown.contains("E11"), "{shown}");
}

#[test]
fn a_collection_without_a_composition_is_enough() {
    let mut bundle = good();
    bundle["type"] = "collection".into();
    bundle.as_object_mut().unwrap().remove("identifier");
    bundle["entry"].as_array_mut().unwrap().remove(0);
    let outcome = outcome(&bundle).unwrap();
    assert!(outcome.title.is_none() && outcome.sections.is_empty() && outcome.results.len() == 1);
}

type Change = fn(&mut Value);

fn res(bundle: &mut Value, entry: usize) -> &mut Value {
    &mut bundle["entry"][entry]["resource"]
}

fn drop_of(value: &mut Value, name: &str) {
    value.as_object_mut().unwrap().remove(name).unwrap();
}

#[rustfmt::skip]
const CASES: &[(&str, &str, Change)] = &[
    ("/resourceType", "unknown-value", |b| b["resourceType"] = "Composition".into()),
    ("/type", "unknown-value", |b| b["type"] = "transaction".into()),
    ("/type", "missing", |b| drop_of(b, "type")),
    ("/entry", "missing", |b| drop_of(b, "entry")),
    ("/entry", "too-long", |b| {
        let more = b["entry"][7].clone();
        b["entry"].as_array_mut().unwrap().extend((0..200).map(|i| {
            let mut one = more.clone();
            one["fullUrl"] = format!("urn:uuid:10000000-0000-4000-8000-{i:012}").into();
            one
        }));
    }),
    ("/identifier", "missing", |b| drop_of(&mut b["identifier"], "system")),
    ("/timestamp", "missing", |b| drop_of(b, "timestamp")),
    ("/entry/0/resource/resourceType", "inconsistent", |b| b["entry"].as_array_mut().unwrap().swap(0, 1)),
    ("/entry/2/fullUrl", "duplicate", |b| b["entry"][2]["fullUrl"] = b["entry"][1]["fullUrl"].clone()),
    ("/entry/2/fullUrl", "missing", |b| drop_of(&mut b["entry"][2], "fullUrl")),
    ("/entry/8/resource", "missing", |b| drop_of(&mut b["entry"][8], "resource")),
    ("/entry/8/resource/resourceType", "unknown-value", |b| res(b, 8)["resourceType"] = "Basic".into()),
    ("/entry/8/resource/resourceType", "missing", |b| drop_of(res(b, 8), "resourceType")),
    ("/entry/3/resource/result/0/reference", "missing", |b| res(b, 3)["result"][0]["reference"] = "urn:uuid:0".into()),
    ("/entry/4/resource/subject/reference", "missing", |b| res(b, 4)["subject"]["reference"] = "#p".into()),
    ("/entry/7/resource/subject/reference", "inconsistent", |b| res(b, 7)["subject"]["reference"] = "Patient/other".into()),
    ("/entry/2/resource/resourceType", "inconsistent", |b| res(b, 2)["resourceType"] = "Patient".into()),
    ("/entry/4/resource/modifierExtension", "unknown-value", |b| res(b, 4)["modifierExtension"] = json!([{"url": "x"}])),
    ("/entry/4/resource/implicitRules", "unknown-value", |b| res(b, 4)["implicitRules"] = "http://x.example".into()),
    ("/entry/1/resource/identifier/0/value", "resident-registration-number", |b| {
        res(b, 1)["identifier"] = json!([{"value": "900101-1234567"}]);
    }),
    ("/entry/3/resource/conclusion", "resident-registration-number", |b| res(b, 3)["conclusion"] = "환자 900101-1234567".into()),
    ("/entry/0/resource/status", "missing", |b| drop_of(res(b, 0), "status")),
    ("/entry/0/resource/status", "unknown-value", |b| res(b, 0)["status"] = "done".into()),
    ("/entry/0/resource/status", "inconsistent", |b| res(b, 0)["status"] = "entered-in-error".into()),
    ("/entry/0/resource/type", "missing", |b| drop_of(res(b, 0), "type")),
    ("/entry/0/resource/date", "missing", |b| drop_of(res(b, 0), "date")),
    ("/entry/0/resource/date", "impossible-date", |b| res(b, 0)["date"] = "2026-02-30".into()),
    ("/entry/0/resource/author", "missing", |b| drop_of(res(b, 0), "author")),
    ("/entry/0/resource/title", "missing", |b| drop_of(res(b, 0), "title")),
    ("/entry/0/resource/title", "empty", |b| res(b, 0)["title"] = " ".into()),
    ("/entry/0/resource/title", "too-long", |b| res(b, 0)["title"] = "a".repeat(201).into()),
    ("/entry/0/resource/section/0", "empty", |b| {
        drop_of(&mut res(b, 0)["section"][0], "text");
        drop_of(&mut res(b, 0)["section"][0], "section");
    }),
    ("/entry/0/resource/section/0/emptyReason", "inconsistent", |b| {
        let section = &mut res(b, 0)["section"][0];
        section["entry"] = json!([{"display": "x"}]);
        section["emptyReason"] = json!({"text": "none"});
    }),
    ("/entry/0/resource/section/0/text/div", "format", |b| {
        res(b, 0)["section"][0]["text"]["div"] = "<div xmlns=\"http://www.w3.org/1999/xhtml\"><script>x</script></div>".into();
    }),
    ("/entry/0/resource/section/0/text/div", "format", |b| {
        res(b, 0)["section"][0]["text"]["div"] = "<div xmlns=\"http://www.w3.org/1999/xhtml\"><p> </p></div>".into();
    }),
    ("/entry/0/resource/section/0/text/div", "missing", |b| drop_of(&mut res(b, 0)["section"][0]["text"], "div")),
    ("/entry/0/resource/section/0/text/div", "too-long", |b| {
        let long = format!("<div xmlns=\"http://www.w3.org/1999/xhtml\">{}</div>", "a ".repeat(3000));
        res(b, 0)["section"][0]["text"]["div"] = long.into();
    }),
    ("/entry/3/resource/status", "unknown-value", |b| res(b, 3)["status"] = "ready".into()),
    ("/entry/3/resource/status", "inconsistent", |b| res(b, 3)["status"] = "cancelled".into()),
    ("/entry/3/resource/code", "missing", |b| drop_of(res(b, 3), "code")),
    ("/entry/3/resource/issued", "impossible-date", |b| res(b, 3)["issued"] = "2026-12-10".into()),
    ("/entry/3/resource/effectiveDateTime", "impossible-date", |b| res(b, 3)["effectiveDateTime"] = "2026-13-01".into()),
    ("/entry/4/resource/status", "missing", |b| drop_of(res(b, 4), "status")),
    ("/entry/4/resource/status", "inconsistent", |b| res(b, 4)["status"] = "entered-in-error".into()),
    ("/entry/4/resource/code", "missing", |b| drop_of(res(b, 4), "code")),
    ("/entry/4/resource/dataAbsentReason", "inconsistent", |b| res(b, 4)["dataAbsentReason"] = json!({"text": "unknown"})),
    ("/entry/4/resource", "inconsistent", |b| res(b, 4)["valueString"] = "high".into()),
    ("/entry/4/resource", "unknown-value", |b| res(b, 4)["valueSampledData"] = json!({"origin": {"value": 1}})),
    ("/entry/4/resource/valueQuantity/value", "format", |b| res(b, 4)["valueQuantity"]["value"] = "6.9".into()),
    ("/entry/4/resource/valueQuantity/value", "missing", |b| drop_of(&mut res(b, 4)["valueQuantity"], "value")),
    ("/entry/4/resource/valueQuantity/system", "missing", |b| drop_of(&mut res(b, 4)["valueQuantity"], "system")),
    ("/entry/4/resource/valueQuantity/code", "format", |b| res(b, 4)["valueQuantity"]["code"] = "IU/L".into()),
    ("/entry/4/resource/valueQuantity/comparator", "unknown-value", |b| res(b, 4)["valueQuantity"]["comparator"] = "~".into()),
    ("/entry/4/resource/referenceRange/0", "empty", |b| res(b, 4)["referenceRange"] = json!([{"type": {"text": "normal"}}])),
    ("/entry/5/resource/subject", "missing", |b| drop_of(res(b, 5), "subject")),
    ("/entry/5/resource/code", "missing", |b| drop_of(res(b, 5), "code")),
    ("/entry/5/resource/code", "empty", |b| res(b, 5)["code"] = json!({"coding": [{"system": "urn:kcd"}]})),
    ("/entry/5/resource/verificationStatus", "inconsistent", |b| res(b, 5)["verificationStatus"]["coding"][0]["code"] = "entered-in-error".into()),
    ("/entry/5/resource/verificationStatus/coding/0/code", "unknown-value", |b| res(b, 5)["verificationStatus"]["coding"][0]["code"] = "sure".into()),
    ("/entry/5/resource/clinicalStatus/coding/0/code", "unknown-value", |b| res(b, 5)["clinicalStatus"]["coding"][0]["code"] = "bad".into()),
    ("/entry/5/resource/abatementDateTime", "inconsistent", |b| res(b, 5)["abatementDateTime"] = "2025".into()),
    ("/entry/6/resource/status", "unknown-value", |b| res(b, 6)["status"] = "taken".into()),
    ("/entry/6/resource/subject", "missing", |b| drop_of(res(b, 6), "subject")),
    ("/entry/6/resource/medicationCodeableConcept", "missing", |b| drop_of(res(b, 6), "medicationCodeableConcept")),
    ("/entry/6/resource/effectivePeriod", "inconsistent", |b| res(b, 6)["effectivePeriod"] = json!({"start": "2026-02", "end": "2025-12-31"})),
    ("/entry/6/resource/dosage/0/text", "control-character", |b| res(b, 6)["dosage"][0]["text"] = "a\u{0}b".into()),
    ("/entry/7/resource/class", "missing", |b| drop_of(res(b, 7), "class")),
    ("/entry/7/resource/status", "inconsistent", |b| res(b, 7)["status"] = "cancelled".into()),
    ("/entry/7/resource/period", "inconsistent", |b| res(b, 7)["period"]["end"] = "2026-12-08".into()),
    ("/entry/8/resource/status", "unknown-value", |b| res(b, 8)["status"] = "maybe".into()),
    ("/entry/8/resource/participant", "missing", |b| drop_of(res(b, 8), "participant")),
    ("/entry/8/resource/participant/0/status", "unknown-value", |b| res(b, 8)["participant"][0]["status"] = "yes".into()),
    ("/entry/8/resource/participant/0", "empty", |b| drop_of(&mut res(b, 8)["participant"][0], "actor")),
    ("/entry/8/resource/end", "inconsistent", |b| drop_of(res(b, 8), "end")),
    ("/entry/8/resource/end", "inconsistent", |b| res(b, 8)["end"] = "2027-03-10T00:30:00Z".into()),
    ("/entry/8/resource/start", "missing", |b| {
        drop_of(res(b, 8), "start");
        drop_of(res(b, 8), "end");
    }),
    ("/entry/8/resource/cancelationReason", "inconsistent", |b| res(b, 8)["cancelationReason"] = json!({"text": "x"})),
    ("/entry/8/resource/description", "bidi-character", |b| res(b, 8)["description"] = "a\u{202e}b".into()),
    ("/entry/2/resource/telecom", "empty", |b| res(b, 2)["telecom"] = json!([])),
];

#[test]
fn each_broken_outcome_is_refused_at_its_place_by_its_rule() {
    assert!(CASES.len() >= 60, "{} cases", CASES.len());
    for (i, (pointer, code, change)) in CASES.iter().enumerate() {
        let mut broken = good();
        change(&mut broken);
        let errors = outcome(&broken).expect_err(pointer);
        let found = errors.iter().any(|error| error.pointer == *pointer && error.code == *code);
        assert!(found, "case {i}, {pointer} {code}: {errors:?}");
    }
}

#[test]
fn bytes_that_are_no_bundle_are_refused_within_bounds() {
    let code = |bytes: &[u8]| read(bytes).unwrap_err()[0].code;
    assert_eq!(code(b""), "format");
    assert_eq!(code(b"\xff\xfe{}"), "format");
    assert_eq!(code(b"{\"resourceType\": \"Bundle\", \"resourceType\": \"Bundle\"}"), "format");
    assert_eq!(code(format!("{}1{}", "[".repeat(200), "]".repeat(200)).as_bytes()), "out-of-range");
    assert_eq!(code(&vec![b' '; MOST_BYTES + 1]), "too-long");
    assert_eq!(code(b"%PDF-1.7"), "format");
    // What says nothing about the patient is no outcome.
    let only_who =
        json!({"resourceType": "Bundle", "type": "collection", "entry": [{"resource": {"resourceType": "Patient"}}]});
    let errors = outcome(&only_who).unwrap_err();
    assert_eq!((errors[0].pointer.as_str(), errors[0].code), ("/entry", "empty"));
}

#[test]
fn our_own_letter_is_no_outcome() {
    // A referral that comes back by mistake has consents and files in it, which an outcome has not.
    let letter = include_str!("../../../infra/local/demo-case.json");
    assert!(read(letter.as_bytes()).is_err());
}

proptest::proptest! {
    #[test]
    fn whatever_comes_is_answered_and_no_value_is_repeated(
        entry in 0_usize..9, name in "[a-z]{1,12}", text in "\\PC{0,40}", number in proptest::num::f64::ANY,
    ) {
        let mut bundle = good();
        let mark = "canary-7f3a";
        res(&mut bundle, entry)[&name] = json!({"text": format!("{mark}{text}"), "value": number});
        let names: Vec<String> = res(&mut bundle, entry).as_object().unwrap().keys().cloned().collect();
        let broken = &names[text.len() % names.len()];
        res(&mut bundle, entry)[broken] = json!(format!("{mark}{text}"));
        if let Err(errors) = outcome(&bundle) {
            let said = format!("{errors:?}");
            proptest::prop_assert!(!said.contains(mark));
        }
    }
}
