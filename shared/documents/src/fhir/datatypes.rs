//! FHIR R4 data types, with the elements that the letter uses and in the order of the specification.

use super::catalogue::LOINC;
use rust_decimal::Decimal;
use serde::Serialize;
use serde_json::value::RawValue;

/// A coded value with its system.
#[derive(Serialize, Clone)]
pub(crate) struct Coding {
    pub(crate) system: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) version: Option<&'static str>,
    pub(crate) code: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) display: Option<&'static str>,
}

/// An extension: either with a value or with extensions of its own.
#[derive(Serialize, Clone)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Extension {
    pub(crate) url: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) extension: Vec<Extension>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) value_code: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) value_string: Option<String>,
}

/// The extensions of a primitive.
#[derive(Serialize, Clone)]
pub(crate) struct Extended {
    pub(crate) extension: Vec<Extension>,
}

/// The standard extension that puts a translation beside a text.
pub(crate) fn translation(lang: &'static str, content: Option<&str>) -> Option<Extended> {
    let part = |url, value_code, value_string| Extension { url, extension: Vec::new(), value_code, value_string };
    content.map(|content| Extended {
        extension: vec![Extension {
            url: "http://hl7.org/fhir/StructureDefinition/translation",
            extension: vec![part("lang", Some(lang), None), part("content", None, Some(content.to_owned()))],
            value_code: None,
            value_string: None,
        }],
    })
}

/// A concept: codes, text, or both.
#[derive(Serialize, Clone, Default)]
pub(crate) struct CodeableConcept {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) coding: Vec<Coding>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) text: Option<String>,
    #[serde(rename = "_text", skip_serializing_if = "Option::is_none")]
    pub(crate) text_extended: Option<Extended>,
}

impl CodeableConcept {
    /// A code of a code system.
    pub(crate) fn code(system: &'static str, code: &'static str, display: Option<&'static str>) -> Self {
        Self { coding: vec![Coding { system, version: None, code, display }], ..Self::default() }
    }

    /// A LOINC code; its names are the Regenstrief Institute's, so the text is ours.
    pub(crate) fn loinc(code: &'static str) -> Self {
        Self::code(LOINC, code, None)
    }

    /// A text with its Korean rendering, if there is one.
    pub(crate) fn text(text: &str, ko: Option<&str>) -> Self {
        Self { coding: Vec::new(), text: Some(text.to_owned()), text_extended: translation("ko", ko) }
    }
}

/// A reference inside the Bundle, or to something that only has a name.
#[derive(Serialize, Clone, Default)]
pub(crate) struct Reference {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) reference: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) identifier: Option<Box<Identifier>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) display: Option<String>,
}

impl Reference {
    /// To an entry.
    pub(crate) fn to(urn: &str) -> Self {
        Self { reference: Some(urn.to_owned()), ..Self::default() }
    }

    /// To something that only has a name.
    pub(crate) fn named(name: &str) -> Self {
        Self { display: Some(name.to_owned()), ..Self::default() }
    }
}

/// A business identifier.
#[derive(Serialize, Clone)]
pub(crate) struct Identifier {
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub(crate) kind: Option<CodeableConcept>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) system: Option<String>,
    pub(crate) value: String,
}

/// A way to reach somebody.
#[derive(Serialize, Clone)]
pub(crate) struct ContactPoint {
    pub(crate) system: &'static str,
    pub(crate) value: String,
}

/// A stretch of time; a date as exact as it is known.
#[derive(Serialize, Clone)]
pub(crate) struct Period {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) start: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) end: Option<String>,
}

/// A file that is told of. The file itself does not go along, so there is neither `data` nor `url`; and no `hash`, which R4
/// defines as SHA-1: the SHA-256 is the document's identifier.
#[derive(Serialize, Clone)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Attachment {
    pub(crate) content_type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) size: Option<u64>,
    pub(crate) title: String,
}

/// A note.
#[derive(Serialize, Clone)]
pub(crate) struct Annotation {
    pub(crate) text: String,
}

/// Narrative in XHTML.
#[derive(Serialize, Clone)]
pub(crate) struct Narrative {
    pub(crate) status: &'static str,
    pub(crate) div: String,
}

/// A measured amount. The number is written with the digits that were given.
#[derive(Serialize, Clone)]
pub(crate) struct Quantity {
    pub(crate) value: Box<RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) comparator: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) unit: Option<&'static str>,
    pub(crate) system: &'static str,
    pub(crate) code: &'static str,
}

/// A decimal as a JSON number that keeps its digits: `7.40` is not `7.4` (FHIR: precision has a meaning).
pub(crate) fn number(value: Decimal) -> Result<Box<RawValue>, serde_json::Error> {
    RawValue::from_string(value.to_string())
}

/// Labels of a resource.
#[derive(Serialize, Clone)]
pub(crate) struct Meta {
    pub(crate) security: Vec<Coding>,
}

impl Meta {
    /// Integrity label: the patient asserted it.
    pub(crate) fn patient_asserted() -> Self {
        Self {
            security: vec![Coding {
                system: "http://terminology.hl7.org/CodeSystem/v3-ObservationValue",
                version: None,
                code: "PATAST",
                display: Some("patient asserted"),
            }],
        }
    }

    /// Adds that elements were left out.
    pub(crate) fn redacted(mut self) -> Self {
        self.security.push(Coding {
            system: "http://terminology.hl7.org/CodeSystem/v3-ObservationValue",
            version: None,
            code: "REDACTED",
            display: Some("redacted"),
        });
        self
    }
}
