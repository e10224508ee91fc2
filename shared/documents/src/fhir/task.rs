//! A Task as its own resource and not part of the letter, which is frozen when a Task is not. It says where
//! a request stands and nothing about health: the patient is whom the letter names.

use super::build::{instant, request_priority};
use super::datatypes::{CodeableConcept, Coding, Identifier, Period, Reference, translation};
use crate::issue::DocumentError;
use medius_domain::id::DocumentNumber;
use medius_domain::provider::Provider;
use medius_domain::task::Task;
use serde::Serialize;

/// Codes of BSeR 2.0.0-ballot (`TaskBusinessStatusCS`). STU1 has other codes under the same address, so the version is named.
const BSER: &str = "http://hl7.org/fhir/us/bser/CodeSystem/TaskBusinessStatusCS";
const BSER_VERSION: &str = "2.0.0-ballot";
const BSER_NAMES: [(&str, &str); 10] = [
    ("2.0", "Service Request Created"),
    ("3.0", "Service Request Accepted"),
    ("4.0", "Service Request Declined"),
    ("5.1.1", "Service Request Event Scheduled"),
    ("5.1.2", "Scheduled Service Request Event Unattended"),
    ("5.1.3", "Scheduled Service Request Event Cancelled"),
    ("5.1.4", "Service Request Event Completed"),
    ("5.2", "Service Request Cancellation Requested"),
    ("6.0", "Service Request Fulfillment Cancelled"),
    ("7.0", "Service Request Fulfillment Completed"),
];

/// A Task.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Resource {
    resource_type: &'static str,
    /// FHIR's ids have no underscore.
    id: String,
    identifier: Vec<Identifier>,
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    status_reason: Option<CodeableConcept>,
    #[serde(skip_serializing_if = "Option::is_none")]
    business_status: Option<CodeableConcept>,
    intent: &'static str,
    priority: &'static str,
    code: CodeableConcept,
    #[serde(skip_serializing_if = "Option::is_none")]
    focus: Option<Reference>,
    #[serde(rename = "for")]
    subject: Reference,
    authored_on: String,
    last_modified: String,
    requester: Reference,
    owner: Reference,
    #[serde(skip_serializing_if = "Option::is_none")]
    restriction: Option<Restriction>,
}

/// Until when an answer is wanted.
#[derive(Serialize)]
struct Restriction {
    period: Period,
}

/// A Task as FHIR R4 (4.0.1), JSON. `letter` is the number of its newest letter, `base` where letters are verified
/// (`https://r.medius.example`, without a slash at the end).
///
/// # Errors
/// [`DocumentError::Invalid`] or [`DocumentError::Serialise`]; neither is expected.
pub fn task(task: &Task, to: &Provider, letter: Option<&DocumentNumber>, base: &str) -> Result<Vec<u8>, DocumentError> {
    let resource = Resource {
        resource_type: "Task",
        id: task.id.to_string().replace('_', "-"),
        identifier: vec![identifier(format!("{base}/tasks"), task.id.to_string())],
        status: task.state.fhir_status(),
        status_reason: reason(task),
        business_status: task.state.business_status().map(business_status),
        intent: "proposal",
        priority: request_priority(task.urgency),
        code: CodeableConcept::code(
            "http://hl7.org/fhir/CodeSystem/task-code",
            "fulfill",
            Some("Fulfill the focal request"),
        ),
        focus: letter.map(|number| Reference {
            identifier: Some(Box::new(identifier(format!("{base}/d"), number.to_string()))),
            ..Reference::named("The patient's referral letter")
        }),
        subject: Reference::named("The patient whom the letter names"),
        authored_on: instant(task.created_at),
        last_modified: instant(task.updated_at),
        requester: Reference::named("The patient"),
        owner: Reference {
            identifier: Some(Box::new(super::build::registration(&to.registration_number))),
            ..Reference::named(&to.name_en)
        },
        restriction: task
            .due
            .map(|due| Restriction { period: Period { start: None, end: Some(instant(due.decide_by)) } }),
    };
    let json = serde_json::to_value(&resource).map_err(|_| DocumentError::Serialise)?;
    super::validate_resource(&json).map_err(DocumentError::Invalid)?;
    serde_json::to_vec(&resource).map_err(|_| DocumentError::Serialise)
}

fn identifier(system: String, value: String) -> Identifier {
    Identifier { kind: None, system: Some(system), value }
}

/// The last coded reason, while the Task stands where that step led.
fn reason(task: &Task) -> Option<CodeableConcept> {
    let step = task.steps.iter().rev().find(|step| step.from != step.to)?;
    Some(CodeableConcept::text(step.reason?.code(), None))
}

fn business_status(code: &'static str) -> CodeableConcept {
    let display = BSER_NAMES.iter().find(|(known, _)| *known == code).map(|(_, name)| *name);
    let coding = Coding { system: BSER, version: Some(BSER_VERSION), code, display };
    CodeableConcept { coding: vec![coding], text_extended: translation("ko", None), ..CodeableConcept::default() }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::samples::provider;
    use chrono::{DateTime, TimeDelta, Utc};
    use medius_domain::health::Urgency;
    use medius_domain::id::{CaseId, ReferralId, Subject};
    use medius_domain::task::TaskState;
    use serde_json::Value;

    fn example(state: TaskState) -> Task {
        let now: DateTime<Utc> = "2026-11-22T03:00:00Z".parse().unwrap();
        let to = provider().id;
        let task = Task::new(CaseId::new(), Subject::of("x"), to, Urgency::Soon, ReferralId::new(), now);
        Task { state, updated_at: now + TimeDelta::hours(1), ..task }
    }

    fn export(task_: &Task) -> Value {
        let number = "MDS-2026-7Q4WX0KD".parse().unwrap();
        serde_json::from_slice(&task(task_, &provider(), Some(&number), "https://r.medius.example").unwrap()).unwrap()
    }

    #[test]
    fn every_state_is_a_valid_task_with_the_codes_of_the_table() {
        for state in TaskState::ALL {
            let json = export(&example(state));
            assert_eq!(json["status"], state.fhir_status());
            let code = json["businessStatus"]["coding"][0]["code"].as_str();
            assert_eq!(code, state.business_status(), "{state:?}");
            if code.is_some() {
                assert!(json["businessStatus"]["coding"][0]["display"].is_string(), "{state:?}");
                assert_eq!(json["businessStatus"]["coding"][0]["version"], "2.0.0-ballot");
            }
            assert_eq!(json["focus"]["identifier"]["value"], "MDS-2026-7Q4WX0KD");
            assert_eq!((json["intent"].as_str(), json["priority"].as_str()), (Some("proposal"), Some("urgent")));
        }
    }

    #[test]
    fn a_task_says_nothing_about_the_patient() {
        let task = example(TaskState::Accepted);
        let text = export(&task).to_string();
        assert!(!text.contains(task.subject.as_str()) && !text.contains(task.case_id.as_str()));
    }

    #[test]
    fn a_broken_task_is_refused_by_its_rule() {
        let good = export(&example(TaskState::Sent));
        let rule = |change: &dyn Fn(&mut Value)| {
            let mut broken = good.clone();
            change(&mut broken);
            super::super::validate_resource(&broken).unwrap_err()[0].rule
        };
        assert_eq!(rule(&|t| t["lastModified"] = "2026-11-21T03:00:00Z".into()), "inv-1");
        assert_eq!(rule(&|t| t["status"] = "sent".into()), "binding");
        assert_eq!(rule(&|t| t["intent"] = "wish".into()), "binding");
        assert_eq!(rule(&|t| t["priority"] = "soon".into()), "binding");
        assert_eq!(rule(&|t| drop(t.as_object_mut().unwrap().remove("status"))), "cardinality");
        assert_eq!(
            rule(&|t| t["restriction"] = serde_json::json!({"period": {"start": "2027-01-01", "end": "2026-12-31"}})),
            "per-1"
        );
        assert_eq!(rule(&|t| t["resourceType"] = "Wish".into()), "type");
    }
}
