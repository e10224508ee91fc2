//! The kinds of files that are taken.

use serde::{Deserialize, Serialize};

/// What kind of file it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FileKind {
    /// A PDF.
    Pdf,
    /// A photo.
    Jpeg,
    /// A picture of a screen, or a scan.
    Png,
    /// A photo as telephones take it.
    Heic,
    /// A radiological image.
    Dicom,
    /// A table.
    Csv,
    /// FHIR R4 as JSON.
    Fhir,
}

impl FileKind {
    /// Every kind.
    pub const ALL: [Self; 7] = [Self::Pdf, Self::Jpeg, Self::Png, Self::Heic, Self::Dicom, Self::Csv, Self::Fhir];

    /// The code, as in JSON.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Pdf => "pdf",
            Self::Jpeg => "jpeg",
            Self::Png => "png",
            Self::Heic => "heic",
            Self::Dicom => "dicom",
            Self::Csv => "csv",
            Self::Fhir => "fhir",
        }
    }

    /// Its media type: the one that the upload must be sent with, and that a download has.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Heic => "image/heic",
            Self::Dicom => "application/dicom",
            Self::Csv => "text/csv",
            Self::Fhir => "application/fhir+json",
        }
    }

    /// How the name of a file of this kind ends.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Pdf => "pdf",
            Self::Jpeg => "jpg",
            Self::Png => "png",
            Self::Heic => "heic",
            Self::Dicom => "dcm",
            Self::Csv => "csv",
            Self::Fhir => "json",
        }
    }

    /// Whether a person reads it as pages or pictures.
    pub const fn is_page(self) -> bool {
        match self {
            Self::Pdf | Self::Jpeg | Self::Png | Self::Heic => true,
            Self::Dicom | Self::Csv | Self::Fhir => false,
        }
    }

    /// Whether values are read from it. The rest is kept as it is.
    pub const fn is_read(self) -> bool {
        match self {
            Self::Pdf | Self::Csv | Self::Fhir => true,
            Self::Jpeg | Self::Png | Self::Heic | Self::Dicom => false,
        }
    }
}
