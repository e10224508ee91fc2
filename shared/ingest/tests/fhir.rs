//! FHIR R4: values with the digits they have, and what is in doubt left out.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::sheet::told;
use medius_ingest::{Limits, Notice, Place, Proposed, Reading, Refused, fhir};
use serde_json::{Value, json};

fn read(text: &str) -> Reading {
    fhir::read(text.as_bytes(), &Limits::default()).unwrap()
}

fn bundle(resources: &[Value]) -> String {
    let entries: Vec<Value> = resources
        .iter()
        .map(|r| json!({ "fullUrl": format!("urn:uuid:{}", r["id"].as_str().unwrap_or("x")), "resource": r }))
        .collect();
    json!({ "resourceType": "Bundle", "type": "collection", "entry": entries }).to_string()
}

fn glucose() -> Value {
    json!({
        "resourceType": "Observation", "status": "final",
        "code": { "coding": [{ "system": "http://loinc.org", "code": "1558-6", "display": "Fasting glucose" }], "text": "공복혈당" },
        "subject": { "reference": "Patient/1" },
        "effectiveDateTime": "2026-03-02T08:31:00+09:00",
        "valueQuantity": { "value": 126, "unit": "mg/dL", "system": "http://unitsofmeasure.org", "code": "mg/dL" },
        "referenceRange": [{ "low": { "value": 70, "unit": "mg/dL" }, "high": { "value": 99, "unit": "mg/dL" } }],
        "interpretation": [{ "coding": [{ "code": "H" }] }]
    })
}

#[test]
fn an_observation_keeps_its_digits_codes_and_place() {
    let text = glucose().to_string().replace("\"value\":126", "\"value\":7.40");
    let reading = read(&text);
    assert_eq!(told(&reading), ["공복혈당|7.40|mg/dL|70 - 99|H|2026-03-02"]);
    let Proposed::Result(result) = &reading.rows[0].proposed else { panic!() };
    assert_eq!(
        (result.codes[0].system.as_deref(), result.codes[0].code.as_str()),
        (Some("http://loinc.org"), "1558-6")
    );
    assert_eq!(reading.rows[0].provenance.place, Place::Entry { entry: None, pointer: String::new() });
    let reading = read(&bundle(&[json!({ "resourceType": "Patient", "id": "1" }), glucose()]));
    assert_eq!(
        reading.rows[0].provenance.place,
        Place::Entry { entry: Some(1), pointer: "/entry/1/resource".to_owned() }
    );
    assert_eq!(reading.rows[0].provenance.row, "공복혈당 | 126 | mg/dL | 70 - 99 | H | 2026-03-02");
}

#[test]
fn components_comparators_words_ranges_and_ratios() {
    let with = |value: Value| {
        let mut o = glucose();
        let map = o.as_object_mut().unwrap();
        for name in ["valueQuantity", "referenceRange", "interpretation"] {
            map.remove(name);
        }
        for (name, v) in value.as_object().unwrap() {
            map.insert(name.clone(), v.clone());
        }
        o.to_string()
    };
    for (value, expected) in [
        (
            json!({ "valueQuantity": { "value": 0.01, "comparator": "<", "unit": "ng/mL" } }),
            "공복혈당|<0.01|ng/mL|||2026-03-02",
        ),
        (json!({ "valueString": " Negative " }), "공복혈당|Negative||||2026-03-02"),
        (
            json!({ "valueCodeableConcept": { "coding": [{ "code": "260385009", "display": "Negative" }] } }),
            "공복혈당|Negative||||2026-03-02",
        ),
        (json!({ "valueInteger": 3 }), "공복혈당|3||||2026-03-02"),
        (json!({ "valueRange": { "low": { "value": 5 }, "high": { "value": 9 } } }), "공복혈당|5-9||||2026-03-02"),
        (
            json!({ "valueRatio": { "numerator": { "value": 1 }, "denominator": { "value": 40 } } }),
            "공복혈당|1:40||||2026-03-02",
        ),
    ] {
        assert_eq!(told(&read(&with(value))), [expected]);
    }
    let pressure = json!({
        "resourceType": "Observation", "status": "final", "code": { "text": "혈압" }, "effectivePeriod": { "start": "2026-03-02T08:00:00Z", "end": "2026-03-02T08:05:00Z" },
        "component": [
            { "code": { "text": "수축기" }, "valueQuantity": { "value": 128, "unit": "mmHg" } },
            { "code": { "text": "이완기" }, "valueQuantity": { "value": 82, "unit": "mmHg" } },
            { "code": { "text": "평균" }, "dataAbsentReason": { "text": "unknown" } }
        ]
    });
    let reading = read(&pressure.to_string());
    assert_eq!(told(&reading), ["수축기|128|mmHg|||2026-03-02", "이완기|82|mmHg|||2026-03-02"]);
    assert_eq!(reading.rows[1].provenance.place, Place::Entry { entry: None, pointer: "/component/1".to_owned() });
}

#[test]
fn what_is_in_doubt_is_left_out() {
    let doubts: [&dyn Fn(&mut Value); 12] = [
        &|o| o["status"] = json!("entered-in-error"),
        &|o| o["status"] = json!("cancelled"),
        &|o| o["status"] = json!("preliminary"),
        &|o| o["modifierExtension"] = json!([{ "url": "http://x", "valueBoolean": true }]),
        &|o| o["implicitRules"] = json!("http://x"),
        &|o| o["valueQuantity"]["code"] = json!("mmol/L"),
        &|o| o["valueQuantity"]["comparator"] = json!("~"),
        &|o| o["valueQuantity"]["value"] = json!("126"),
        &|o| o["valueString"] = json!("98"),
        &|o| o["dataAbsentReason"] = json!({ "text": "error" }),
        &|o| o["code"] = json!({ "coding": [{ "code": "1558-6" }] }),
        &|o| {
            o.as_object_mut().unwrap().remove("valueQuantity");
        },
    ];
    for (at, doubt) in doubts.iter().enumerate() {
        let mut o = glucose();
        doubt(&mut o);
        let reading = read(&bundle(&[o]));
        assert_eq!(told(&reading), Vec::<String>::new(), "{at}");
        assert_eq!(reading.notices, [Notice::EntriesLeftOut { entries: 1 }], "{at}");
    }
    // Two ranges (for men and for women), or one in another unit: the value is read, without a range.
    let mut o = glucose();
    o["referenceRange"] = json!([{ "text": "M 13-17" }, { "text": "F 12-16" }]);
    assert_eq!(told(&read(&o.to_string())), ["공복혈당|126|mg/dL||H|2026-03-02"]);
    let mut o = glucose();
    o["referenceRange"][0]["low"]["unit"] = json!("mmol/L");
    assert_eq!(told(&read(&o.to_string())), ["공복혈당|126|mg/dL||H|2026-03-02"]);
    // An exponent, a name twice.
    assert_eq!(told(&read(&glucose().to_string().replace("126", "1.26e2"))), Vec::<String>::new());
    assert_eq!(
        fhir::read(
            glucose().to_string().replace("\"status\"", "\"status\":\"final\",\"status\"").as_bytes(),
            &Limits::default()
        )
        .unwrap_err(),
        Refused::Damaged
    );
}

#[test]
fn reports_and_medicines() {
    let report = json!({ "resourceType": "DiagnosticReport", "status": "final", "code": { "text": "CBC" }, "contained": [glucose()], "result": [{ "reference": "#1" }] });
    let reading = read(&report.to_string());
    assert_eq!(told(&reading).len(), 1);
    assert_eq!(reading.rows[0].provenance.place, Place::Entry { entry: None, pointer: "/contained/0".to_owned() });
    let request = json!({
        "resourceType": "MedicationRequest", "status": "active", "intent": "order", "authoredOn": "2026-03-02",
        "medicationReference": { "reference": "urn:uuid:med1" },
        "dosageInstruction": [{ "text": "식후 30분", "timing": { "repeat": { "frequency": 3, "period": 1, "periodUnit": "d", "boundsDuration": { "value": 7, "unit": "일" } } }, "doseAndRate": [{ "doseQuantity": { "value": 500, "unit": "mg" } }] }]
    });
    let medication = json!({ "resourceType": "Medication", "id": "med1", "code": { "coding": [{ "system": "urn:hira", "code": "101330ATB" }], "text": "아세트아미노펜" } });
    assert_eq!(
        told(&read(&bundle(&[request.clone(), medication]))),
        ["아세트아미노펜|500 mg||3/d|7 일|식후 30분|2026-03-02"]
    );
    // What it refers to is not there.
    assert_eq!(told(&read(&bundle(&[request]))), Vec::<String>::new());
    let statement = |status: &str| json!({ "resourceType": "MedicationStatement", "status": status, "medicationCodeableConcept": { "text": "Warfarin 2 mg" }, "effectivePeriod": { "start": "2025-12" }, "dosage": [{ "text": "1정" , "timing": { "code": { "text": "QD" } } }] });
    assert_eq!(told(&read(&statement("active").to_string())), ["Warfarin 2 mg|||QD||1정|2025-12"]);
    for status in ["entered-in-error", "not-taken", "stopped", "on-hold"] {
        assert_eq!(told(&read(&statement(status).to_string())), Vec::<String>::new());
    }
    let mut order = json!({ "resourceType": "MedicationRequest", "status": "active", "intent": "order", "medicationCodeableConcept": { "text": "x정" } });
    assert_eq!(told(&read(&order.to_string())).len(), 1);
    order["doNotPerform"] = json!(true);
    assert_eq!(told(&read(&order.to_string())).len(), 0);
}

#[test]
fn limits_and_refusals() {
    let reason = |text: &str| fhir::read(text.as_bytes(), &Limits::default()).unwrap_err();
    assert_eq!(reason(""), Refused::Empty);
    assert_eq!(reason("a,b"), Refused::WrongKind);
    assert_eq!(reason("{\"a\": 1}"), Refused::WrongKind);
    assert_eq!(reason("{\"resourceType\": \"Claim\"}"), Refused::UnknownRecord);
    assert_eq!(reason(&format!("{{\"resourceType\": {}1{}}}", "[".repeat(40), "]".repeat(40))), Refused::TooDeep);
    assert_eq!(reason(&glucose().to_string()[..100]), Refused::Truncated);
    assert_eq!(reason(&bundle(&vec![glucose(); 201])), Refused::TooManyEntries);
    assert_eq!(read(&bundle(&vec![glucose(); 200])).rows.len(), 200);
    // Records of two people.
    let mut other = glucose();
    other["subject"]["reference"] = json!("Patient/2");
    assert_eq!(reason(&bundle(&[glucose(), other])), Refused::UnknownRecord);
    let patient = |id: &str| json!({ "resourceType": "Patient", "id": id });
    assert_eq!(reason(&bundle(&[patient("1"), patient("2"), glucose()])), Refused::UnknownRecord);
}

#[test]
fn resident_numbers_stay_inside() {
    let patient = json!({ "resourceType": "Patient", "id": "1", "identifier": [{ "value": "9001011234567" }] });
    let reading = read(&bundle(&[patient, glucose()]));
    assert_eq!(told(&reading).len(), 1);
    assert_eq!(reading.notices, [Notice::ResidentNumber]);
    let places: [&dyn Fn(&mut Value); 5] = [
        &|o| o["code"]["text"] = json!("검사 900101-1234567"),
        &|o| o["code"]["coding"][0]["code"] = json!("900101-1234567"),
        &|o| o["interpretation"] = json!([{ "text": "900101-1234567" }]),
        &|o| o["referenceRange"] = json!([{ "text": "900101-1234567" }]),
        &|o| o["specimen"] = json!({ "display": "900101-1234567" }),
    ];
    for place in places {
        let mut o = glucose();
        place(&mut o);
        let reading = read(&o.to_string());
        assert!(reading.notices.contains(&Notice::ResidentNumber));
        let all = serde_json::to_string(&reading).unwrap();
        assert!(!all.contains("1234567") && !all.contains("900101"), "{all}");
    }
}
