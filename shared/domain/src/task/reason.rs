//! Coded reasons. One code exactly, with words beside it; `other` needs the words.

use serde::{Deserialize, Serialize};

macro_rules! codes {
    ($(#[$doc:meta])* $name:ident { $($(#[$each:meta])* $variant:ident = $code:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum $name {
            $($(#[$each])* #[serde(rename = $code)] $variant),+
        }

        impl $name {
            /// Every code.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The code.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code),+ }
            }
        }
    };
}

codes! {
    /// Why an institution will not see the patient.
    DeclineReason {
        /// No place in the time that is needed.
        Capacity = "capacity",
        /// Another department or specialty is needed.
        WrongSpecialty = "wrong-specialty",
        /// The letter says too little, also after questions.
        InsufficientInformation = "insufficient-information",
        /// It does not offer this care.
        OutOfScope = "out-of-scope",
        /// It does not treat patients from abroad.
        CannotTreatForeignPatient = "cannot-treat-foreign-patient",
        /// It has the same referral already.
        Duplicate = "duplicate",
        /// The care asked for would not be right.
        ClinicallyInappropriate = "clinically-inappropriate",
        /// Said in words.
        Other = "other",
    }
}

codes! {
    /// Why somebody asks to cancel.
    CancelReason {
        /// The patient wants it so.
        PatientDecided = "patient-decided",
        /// The patient is treated elsewhere.
        TreatedElsewhere = "treated-elsewhere",
        /// The institution cannot keep what it agreed to.
        InstitutionCannot = "institution-cannot",
        /// It exists twice.
        Duplicate = "duplicate",
        /// Said in words.
        Other = "other",
    }
}

codes! {
    /// Why an institution names another one.
    RedirectReason {
        /// Another department of the same institution.
        OtherDepartment = "other-department",
        /// Another institution.
        OtherInstitution = "other-institution",
    }
}

/// The coded reason of a step, whatever it is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "of", content = "code", rename_all = "snake_case")]
pub enum Reason {
    /// Of a refusal.
    Decline(DeclineReason),
    /// Of a cancellation.
    Cancel(CancelReason),
    /// Of naming another institution.
    Redirect(RedirectReason),
}

impl Reason {
    /// The code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Decline(reason) => reason.code(),
            Self::Cancel(reason) => reason.code(),
            Self::Redirect(reason) => reason.code(),
        }
    }
}
