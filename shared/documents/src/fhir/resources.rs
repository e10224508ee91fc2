//! FHIR R4 resources, with the elements that the letter uses and in the order of the specification. Cardinality that the
//! types cannot hold is held by `validate`.

use super::datatypes::{
    Annotation, Attachment, CodeableConcept, ContactPoint, Extended, Extension, Identifier, Meta, Narrative, Period,
    Quantity, Reference,
};
use serde::Serialize;

/// A document Bundle.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Bundle {
    pub(crate) resource_type: &'static str,
    pub(crate) id: String,
    pub(crate) identifier: Identifier,
    #[serde(rename = "type")]
    pub(crate) kind: &'static str,
    pub(crate) timestamp: String,
    pub(crate) entry: Vec<Entry>,
}

/// A resource with its name inside the Bundle.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Entry {
    pub(crate) full_url: String,
    pub(crate) resource: Resource,
}

/// What the letter is made of.
#[derive(Serialize)]
#[serde(tag = "resourceType")]
pub(crate) enum Resource {
    Composition(Box<Composition>),
    Patient(Box<Patient>),
    Organization(Box<Organization>),
    ServiceRequest(Box<ServiceRequest>),
    Condition(Box<Condition>),
    AllergyIntolerance(Box<AllergyIntolerance>),
    MedicationStatement(Box<MedicationStatement>),
    Observation(Box<Observation>),
    DiagnosticReport(Box<DiagnosticReport>),
    DocumentReference(Box<DocumentReference>),
    Consent(Box<Consent>),
    PractitionerRole(Box<PractitionerRole>),
    Provenance(Box<Provenance>),
}

#[derive(Serialize)]
pub(crate) struct Composition {
    pub(crate) identifier: Identifier,
    pub(crate) status: &'static str,
    #[serde(rename = "type")]
    pub(crate) kind: CodeableConcept,
    pub(crate) subject: Reference,
    pub(crate) date: String,
    pub(crate) author: Vec<Reference>,
    pub(crate) title: String,
    #[serde(rename = "_title", skip_serializing_if = "Option::is_none")]
    pub(crate) title_extended: Option<Extended>,
    pub(crate) confidentiality: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) attester: Vec<Attester>,
    pub(crate) custodian: Reference,
    #[serde(rename = "relatesTo", skip_serializing_if = "Vec::is_empty")]
    pub(crate) relates_to: Vec<RelatesTo>,
    pub(crate) section: Vec<Section>,
}

/// Who stands for the document, beside its author.
#[derive(Serialize)]
pub(crate) struct Attester {
    pub(crate) mode: &'static str,
    pub(crate) time: String,
    pub(crate) party: Reference,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RelatesTo {
    pub(crate) code: &'static str,
    pub(crate) target_identifier: Identifier,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Section {
    pub(crate) title: &'static str,
    #[serde(rename = "_title", skip_serializing_if = "Option::is_none")]
    pub(crate) title_extended: Option<Extended>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) code: Option<CodeableConcept>,
    pub(crate) text: Narrative,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) entry: Vec<Reference>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) empty_reason: Option<CodeableConcept>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) section: Vec<Section>,
}

#[derive(Serialize)]
pub(crate) struct HumanName {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) extension: Vec<Extension>,
    #[serde(rename = "use")]
    pub(crate) usage: &'static str,
    pub(crate) text: String,
}

#[derive(Serialize)]
pub(crate) struct Address {
    pub(crate) country: String,
}

#[derive(Serialize)]
pub(crate) struct Communication {
    pub(crate) language: CodeableConceptOwned,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(crate) preferred: bool,
}

/// A concept whose code comes from the intake.
#[derive(Serialize)]
pub(crate) struct CodeableConceptOwned {
    pub(crate) coding: Vec<CodingOwned>,
}

#[derive(Serialize)]
pub(crate) struct CodingOwned {
    pub(crate) system: &'static str,
    pub(crate) code: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Patient {
    pub(crate) meta: Meta,
    pub(crate) name: Vec<HumanName>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) telecom: Vec<ContactPoint>,
    pub(crate) gender: &'static str,
    pub(crate) birth_date: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) address: Vec<Address>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) communication: Vec<Communication>,
}

#[derive(Serialize)]
pub(crate) struct Organization {
    pub(crate) identifier: Vec<Identifier>,
    pub(crate) name: String,
    #[serde(rename = "_name", skip_serializing_if = "Option::is_none")]
    pub(crate) name_extended: Option<Extended>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) telecom: Vec<ContactPoint>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ServiceRequest {
    pub(crate) identifier: Vec<Identifier>,
    pub(crate) status: &'static str,
    pub(crate) intent: &'static str,
    pub(crate) priority: &'static str,
    pub(crate) code: CodeableConcept,
    pub(crate) subject: Reference,
    pub(crate) authored_on: String,
    pub(crate) requester: Reference,
    pub(crate) performer_type: CodeableConcept,
    pub(crate) performer: Vec<Reference>,
    pub(crate) reason_code: Vec<CodeableConcept>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) supporting_info: Vec<Reference>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Condition {
    pub(crate) meta: Meta,
    pub(crate) clinical_status: CodeableConcept,
    pub(crate) verification_status: CodeableConcept,
    pub(crate) category: Vec<CodeableConcept>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) severity: Option<CodeableConcept>,
    pub(crate) code: CodeableConcept,
    pub(crate) subject: Reference,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) onset_date_time: Option<String>,
    pub(crate) recorded_date: String,
    pub(crate) asserter: Reference,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AllergyIntolerance {
    pub(crate) meta: Meta,
    pub(crate) clinical_status: CodeableConcept,
    pub(crate) verification_status: CodeableConcept,
    pub(crate) code: CodeableConcept,
    pub(crate) patient: Reference,
    pub(crate) recorded_date: String,
    pub(crate) asserter: Reference,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) note: Vec<Annotation>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) reaction: Vec<Reaction>,
}

#[derive(Serialize)]
pub(crate) struct Reaction {
    pub(crate) manifestation: Vec<CodeableConcept>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) severity: Option<&'static str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct MedicationStatement {
    pub(crate) meta: Meta,
    pub(crate) status: &'static str,
    pub(crate) medication_codeable_concept: CodeableConcept,
    pub(crate) subject: Reference,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) effective_period: Option<Period>,
    pub(crate) date_asserted: String,
    pub(crate) information_source: Reference,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) derived_from: Vec<Reference>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) note: Vec<Annotation>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) dosage: Vec<Dosage>,
}

#[derive(Serialize)]
pub(crate) struct Dosage {
    pub(crate) text: String,
    #[serde(rename = "_text", skip_serializing_if = "Option::is_none")]
    pub(crate) text_extended: Option<Extended>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Observation {
    pub(crate) meta: Meta,
    pub(crate) status: &'static str,
    pub(crate) code: CodeableConcept,
    pub(crate) subject: Reference,
    pub(crate) effective_date_time: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) performer: Vec<Reference>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) value_quantity: Option<Quantity>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) value_string: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) interpretation: Vec<CodeableConcept>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) note: Vec<Annotation>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) reference_range: Vec<ReferenceRange>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) derived_from: Vec<Reference>,
}

#[derive(Serialize)]
pub(crate) struct ReferenceRange {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) low: Option<Quantity>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) high: Option<Quantity>,
    pub(crate) text: String,
}

#[derive(Serialize)]
pub(crate) struct DiagnosticReport {
    pub(crate) meta: Meta,
    pub(crate) status: &'static str,
    pub(crate) code: CodeableConcept,
    pub(crate) subject: Reference,
    pub(crate) issued: String,
    pub(crate) result: Vec<Reference>,
}

/// A file of the patient from which values were read.
#[derive(Serialize)]
pub(crate) struct DocumentReference {
    pub(crate) meta: Meta,
    pub(crate) identifier: Vec<Identifier>,
    pub(crate) status: &'static str,
    pub(crate) subject: Reference,
    pub(crate) author: Vec<Reference>,
    pub(crate) description: String,
    pub(crate) content: Vec<DocumentContent>,
}

#[derive(Serialize)]
pub(crate) struct DocumentContent {
    pub(crate) attachment: Attachment,
}

/// The clinician who reviewed the letter.
#[derive(Serialize)]
pub(crate) struct PractitionerRole {
    pub(crate) practitioner: Reference,
    pub(crate) organization: Reference,
    pub(crate) code: Vec<CodeableConcept>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Consent {
    pub(crate) identifier: Vec<Identifier>,
    pub(crate) status: &'static str,
    pub(crate) scope: CodeableConcept,
    pub(crate) category: Vec<CodeableConcept>,
    pub(crate) patient: Reference,
    pub(crate) date_time: String,
    pub(crate) organization: Vec<Reference>,
    pub(crate) policy_rule: CodeableConcept,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) provision: Option<Provision>,
}

/// The root rule of a consent: it has no type of its own.
#[derive(Serialize)]
pub(crate) struct Provision {
    pub(crate) provision: Vec<Rule>,
}

/// What a consent permits or denies.
#[derive(Serialize)]
pub(crate) struct Rule {
    #[serde(rename = "type")]
    pub(crate) kind: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) actor: Vec<ProvisionActor>,
    pub(crate) code: Vec<CodeableConcept>,
}

/// Whom a rule is about.
#[derive(Serialize)]
pub(crate) struct ProvisionActor {
    pub(crate) role: CodeableConcept,
    pub(crate) reference: Reference,
}

#[derive(Serialize)]
pub(crate) struct Provenance {
    pub(crate) target: Vec<Reference>,
    pub(crate) recorded: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) activity: Option<CodeableConcept>,
    pub(crate) agent: Vec<Agent>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) entity: Vec<SourceEntity>,
}

/// What something was taken from.
#[derive(Serialize)]
pub(crate) struct SourceEntity {
    pub(crate) role: &'static str,
    pub(crate) what: Reference,
}

#[derive(Serialize)]
pub(crate) struct Agent {
    #[serde(rename = "type")]
    pub(crate) kind: CodeableConcept,
    pub(crate) who: Reference,
}
