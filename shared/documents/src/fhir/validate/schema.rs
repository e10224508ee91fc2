//! Elements of the types that a letter uses: name, cardinality, type, required binding (R4, 4.0.1).

/// What an element holds.
pub(super) enum Kind {
    Text,
    Uri,
    Bool,
    Decimal,
    /// A whole number from 0.
    Unsigned,
    Date,
    DateTime,
    Instant,
    Xhtml,
    /// A code of a required binding.
    Code(&'static [&'static str]),
    /// A concept with a required binding: system and codes.
    Concept(&'static str, &'static [&'static str]),
    /// A type of this table.
    Type(&'static str),
    /// Any resource of this table.
    Resource,
}

impl Kind {
    /// Primitives may have extensions beside them (`_text`).
    pub(super) const fn is_primitive(&self) -> bool {
        !matches!(self, Self::Type(_) | Self::Concept(..) | Self::Resource)
    }
}

/// How often at most.
#[derive(Clone, Copy)]
pub(super) enum Max {
    One,
    Many,
}

/// An element.
pub(super) struct Element {
    pub(super) name: &'static str,
    pub(super) required: bool,
    pub(super) max: Max,
    pub(super) kind: Kind,
}

/// 1..1
const fn one(name: &'static str, kind: Kind) -> Element {
    Element { name, required: true, max: Max::One, kind }
}
/// 0..1
const fn opt(name: &'static str, kind: Kind) -> Element {
    Element { name, required: false, max: Max::One, kind }
}
/// 1..*
const fn some(name: &'static str, kind: Kind) -> Element {
    Element { name, required: true, max: Max::Many, kind }
}
/// 0..*
const fn many(name: &'static str, kind: Kind) -> Element {
    Element { name, required: false, max: Max::Many, kind }
}

use Kind::{Bool, Code, Concept, Date, DateTime, Decimal, Instant, Resource, Text, Type, Unsigned, Uri, Xhtml};
const CONCEPT: Kind = Type("CodeableConcept");
const REFERENCE: Kind = Type("Reference");
const IDENTIFIER: Kind = Type("Identifier");
const META: Element = opt("meta", Type("Meta"));

const CONDITION_CLINICAL: Kind = Concept(
    "http://terminology.hl7.org/CodeSystem/condition-clinical",
    &["active", "recurrence", "relapse", "inactive", "remission", "resolved"],
);
const CONDITION_VERIFICATION: Kind = Concept(
    "http://terminology.hl7.org/CodeSystem/condition-ver-status",
    &["unconfirmed", "provisional", "differential", "confirmed", "refuted", "entered-in-error"],
);
const ALLERGY_CLINICAL: Kind =
    Concept("http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical", &["active", "inactive", "resolved"]);
const ALLERGY_VERIFICATION: Kind = Concept(
    "http://terminology.hl7.org/CodeSystem/allergyintolerance-verification",
    &["unconfirmed", "confirmed", "refuted", "entered-in-error"],
);
const BUNDLE_TYPE: Kind = Code(&[
    "document",
    "message",
    "transaction",
    "transaction-response",
    "batch",
    "batch-response",
    "history",
    "searchset",
    "collection",
]);
const REQUEST_STATUS: Kind =
    Code(&["draft", "active", "on-hold", "revoked", "completed", "entered-in-error", "unknown"]);
const REQUEST_INTENT: Kind = Code(&[
    "proposal",
    "plan",
    "directive",
    "order",
    "original-order",
    "reflex-order",
    "filler-order",
    "instance-order",
    "option",
]);
const OBSERVATION_STATUS: Kind =
    Code(&["registered", "preliminary", "final", "amended", "corrected", "cancelled", "entered-in-error", "unknown"]);
const REPORT_STATUS: Kind = Code(&[
    "registered",
    "partial",
    "preliminary",
    "final",
    "amended",
    "corrected",
    "appended",
    "cancelled",
    "entered-in-error",
    "unknown",
]);
const MEDICATION_STATUS: Kind =
    Code(&["active", "completed", "entered-in-error", "intended", "stopped", "on-hold", "unknown", "not-taken"]);
const CONSENT_STATUS: Kind = Code(&["draft", "proposed", "active", "rejected", "inactive", "entered-in-error"]);
const TASK_STATUS: Kind = Code(&[
    "draft",
    "requested",
    "received",
    "accepted",
    "rejected",
    "ready",
    "cancelled",
    "in-progress",
    "on-hold",
    "failed",
    "completed",
    "entered-in-error",
]);
const TASK_INTENT: Kind = Code(&[
    "unknown",
    "proposal",
    "plan",
    "order",
    "original-order",
    "reflex-order",
    "filler-order",
    "instance-order",
    "option",
]);
const PRIORITY: Kind = Code(&["routine", "urgent", "asap", "stat"]);

#[rustfmt::skip]
static RESOURCES: &[(&str, &[Element])] = &[
    ("Composition", &[
        META, opt("identifier", IDENTIFIER), one("status", Code(&["preliminary", "final", "amended", "entered-in-error"])),
        one("type", CONCEPT), opt("subject", REFERENCE), one("date", DateTime), some("author", REFERENCE),
        one("title", Text), opt("confidentiality", Code(&["U", "L", "M", "N", "R", "V"])), opt("custodian", REFERENCE),
        many("attester", Type("Attester")), many("relatesTo", Type("RelatesTo")),
        many("section", Type("Section")),
    ]),
    ("Patient", &[
        META, many("identifier", IDENTIFIER), many("name", Type("HumanName")), many("telecom", Type("ContactPoint")),
        opt("gender", Code(&["male", "female", "other", "unknown"])), opt("birthDate", Date),
        many("address", Type("Address")), many("communication", Type("Communication")),
    ]),
    ("Organization", &[
        META, many("identifier", IDENTIFIER), opt("name", Text), many("telecom", Type("ContactPoint")),
    ]),
    ("ServiceRequest", &[
        META, many("identifier", IDENTIFIER), one("status", REQUEST_STATUS), one("intent", REQUEST_INTENT),
        opt("priority", PRIORITY), opt("code", CONCEPT), many("orderDetail", CONCEPT), one("subject", REFERENCE),
        opt("authoredOn", DateTime), opt("requester", REFERENCE), opt("performerType", CONCEPT),
        many("performer", REFERENCE), many("reasonCode", CONCEPT), many("supportingInfo", REFERENCE),
    ]),
    ("Condition", &[
        META, opt("clinicalStatus", CONDITION_CLINICAL), opt("verificationStatus", CONDITION_VERIFICATION),
        many("category", CONCEPT), opt("severity", CONCEPT), opt("code", CONCEPT), one("subject", REFERENCE),
        opt("onsetDateTime", DateTime), opt("abatementDateTime", DateTime), opt("recordedDate", DateTime),
        opt("asserter", REFERENCE),
    ]),
    ("AllergyIntolerance", &[
        META, opt("clinicalStatus", ALLERGY_CLINICAL), opt("verificationStatus", ALLERGY_VERIFICATION),
        opt("code", CONCEPT), one("patient", REFERENCE), opt("recordedDate", DateTime), opt("asserter", REFERENCE),
        many("note", Type("Annotation")), many("reaction", Type("Reaction")),
    ]),
    ("MedicationStatement", &[
        META, one("status", MEDICATION_STATUS), one("medicationCodeableConcept", CONCEPT), one("subject", REFERENCE),
        opt("effectivePeriod", Type("Period")), opt("dateAsserted", DateTime), opt("informationSource", REFERENCE),
        many("derivedFrom", REFERENCE), many("note", Type("Annotation")), many("dosage", Type("Dosage")),
    ]),
    ("Observation", &[
        META, one("status", OBSERVATION_STATUS), one("code", CONCEPT), opt("subject", REFERENCE),
        opt("effectiveDateTime", DateTime), many("performer", REFERENCE), opt("valueQuantity", Type("Quantity")),
        opt("valueString", Text), opt("dataAbsentReason", CONCEPT), many("interpretation", CONCEPT),
        many("note", Type("Annotation")), many("referenceRange", Type("ReferenceRange")), many("derivedFrom", REFERENCE),
    ]),
    ("DiagnosticReport", &[
        META, one("status", REPORT_STATUS), one("code", CONCEPT), opt("subject", REFERENCE), opt("issued", Instant),
        many("result", REFERENCE),
    ]),
    ("Consent", &[
        META, many("identifier", IDENTIFIER), one("status", CONSENT_STATUS), one("scope", CONCEPT),
        some("category", CONCEPT), opt("patient", REFERENCE), opt("dateTime", DateTime), many("organization", REFERENCE),
        many("policy", Type("Policy")), opt("policyRule", CONCEPT), opt("provision", Type("RootProvision")),
    ]),
    ("DocumentReference", &[
        META, many("identifier", IDENTIFIER), one("status", Code(&["current", "superseded", "entered-in-error"])),
        opt("subject", REFERENCE), opt("date", Instant), many("author", REFERENCE), opt("description", Text),
        some("content", Type("DocumentContent")),
    ]),
    ("PractitionerRole", &[
        META, many("identifier", IDENTIFIER), opt("practitioner", REFERENCE), opt("organization", REFERENCE),
        many("code", CONCEPT),
    ]),
    ("Provenance", &[
        META, some("target", REFERENCE), one("recorded", Instant), opt("activity", CONCEPT), some("agent", Type("Agent")),
        many("entity", Type("SourceEntity")),
    ]),
    ("Task", &[
        opt("id", Text), META, many("identifier", IDENTIFIER), one("status", TASK_STATUS), opt("statusReason", CONCEPT),
        opt("businessStatus", CONCEPT), one("intent", TASK_INTENT), opt("priority", PRIORITY), opt("code", CONCEPT),
        opt("focus", REFERENCE), opt("for", REFERENCE), opt("authoredOn", DateTime), opt("lastModified", DateTime),
        opt("requester", REFERENCE), opt("owner", REFERENCE), opt("restriction", Type("Restriction")),
    ]),
];

#[rustfmt::skip]
static TYPES: &[(&str, &[Element])] = &[
    ("Bundle", &[
        opt("id", Text), opt("identifier", IDENTIFIER), one("type", BUNDLE_TYPE), opt("timestamp", Instant),
        many("entry", Type("Entry")),
    ]),
    ("Entry", &[opt("fullUrl", Uri), opt("resource", Resource)]),
    ("RelatesTo", &[one("code", Code(&["replaces", "transforms", "signs", "appends"])), opt("targetIdentifier", IDENTIFIER)]),
    ("Section", &[
        opt("title", Text), opt("code", CONCEPT), opt("text", Type("Narrative")), many("entry", REFERENCE),
        opt("emptyReason", CONCEPT), many("section", Type("Section")),
    ]),
    ("Restriction", &[opt("period", Type("Period"))]),
    ("Attester", &[
        one("mode", Code(&["personal", "professional", "legal", "official"])), opt("time", DateTime), opt("party", REFERENCE),
    ]),
    ("DocumentContent", &[one("attachment", Type("Attachment"))]),
    ("Attachment", &[opt("contentType", Text), opt("size", Unsigned), opt("title", Text)]),
    ("SourceEntity", &[
        one("role", Code(&["derivation", "revision", "quotation", "source", "removal"])), one("what", REFERENCE),
    ]),
    ("Element", &[some("extension", Type("Extension"))]),
    ("Extension", &[
        one("url", Uri), many("extension", Type("Extension")), opt("valueCode", Text), opt("valueString", Text),
    ]),
    ("Meta", &[opt("versionId", Text), many("security", Type("Coding")), many("tag", Type("Coding"))]),
    ("Coding", &[opt("system", Uri), opt("version", Text), opt("code", Text), opt("display", Text)]),
    ("CodeableConcept", &[many("coding", Type("Coding")), opt("text", Text)]),
    ("Reference", &[opt("reference", Text), opt("identifier", IDENTIFIER), opt("display", Text)]),
    ("Identifier", &[opt("type", CONCEPT), opt("system", Uri), opt("value", Text)]),
    ("HumanName", &[
        many("extension", Type("Extension")),
        opt("use", Code(&["usual", "official", "temp", "nickname", "anonymous", "old", "maiden"])), opt("text", Text),
    ]),
    ("ContactPoint", &[
        opt("system", Code(&["phone", "fax", "email", "pager", "url", "sms", "other"])), opt("value", Text),
    ]),
    ("Address", &[opt("country", Text)]),
    ("Communication", &[one("language", CONCEPT), opt("preferred", Bool)]),
    ("Period", &[opt("start", DateTime), opt("end", DateTime)]),
    ("Quantity", &[
        opt("value", Decimal), opt("comparator", Code(&["<", "<=", ">=", ">"])), opt("unit", Text), opt("system", Uri),
        opt("code", Text),
    ]),
    ("ReferenceRange", &[opt("low", Type("Quantity")), opt("high", Type("Quantity")), opt("text", Text)]),
    ("Narrative", &[one("status", Code(&["generated", "extensions", "additional", "empty"])), one("div", Xhtml)]),
    ("Annotation", &[one("text", Text)]),
    ("Reaction", &[some("manifestation", CONCEPT), opt("severity", Code(&["mild", "moderate", "severe"]))]),
    ("Dosage", &[opt("text", Text)]),
    ("Agent", &[opt("type", CONCEPT), one("who", REFERENCE)]),
    ("Policy", &[opt("authority", Uri), opt("uri", Uri)]),
    // R4 on `Consent.provision.type`: "not permitted in root rule, required in all nested rules".
    ("RootProvision", &[many("code", CONCEPT), many("provision", Type("Provision"))]),
    ("Provision", &[
        one("type", Code(&["deny", "permit"])), many("actor", Type("ProvisionActor")), many("code", CONCEPT),
        many("provision", Type("Provision")),
    ]),
    ("ProvisionActor", &[one("role", CONCEPT), one("reference", REFERENCE)]),
];

/// The elements of a type or resource.
pub(super) fn of(name: &str) -> Option<&'static [Element]> {
    RESOURCES.iter().chain(TYPES).find(|(n, _)| *n == name).map(|(_, e)| *e)
}

/// Whether a name is that of a resource.
pub(super) fn is_resource(name: &str) -> bool {
    RESOURCES.iter().any(|(n, _)| *n == name)
}
