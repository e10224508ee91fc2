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
    /// What an institution needs before it can decide.
    QuestionReason {
        /// Results of tests.
        TestResults = "test-results",
        /// Images and their reports.
        Imaging = "imaging",
        /// Medicines, doses, allergies.
        Medication = "medication",
        /// Earlier illnesses, operations and treatments.
        MedicalHistory = "medical-history",
        /// What the patient feels, and since when.
        Symptoms = "symptoms",
        /// Dates of travel, an interpreter, who pays.
        Arrangements = "arrangements",
        /// Said in words.
        Other = "other",
    }
}

codes! {
    /// Why a patient asks for another time.
    OtherTimeReason {
        /// The time itself.
        TimeDoesNotSuit = "time-does-not-suit",
        /// A visa, a flight, a place to stay.
        Travel = "travel",
        /// Too ill to come then.
        Health = "health",
        /// Said in words.
        Other = "other",
    }
}

codes! {
    /// Why somebody does not agree to cancel.
    KeepReason {
        /// The care is needed as before.
        CareStillNeeded = "care-still-needed",
        /// What was prepared for it cannot be undone.
        AlreadyArranged = "already-arranged",
        /// It has to be talked about first.
        ToBeDiscussed = "to-be-discussed",
        /// Said in words.
        Other = "other",
    }
}

codes! {
    /// What an institution knows of a patient's not coming.
    NoShowReason {
        /// Nothing.
        NotHeardFrom = "not-heard-from",
        /// The patient said so beforehand.
        ToldBefore = "told-before",
        /// The patient came when there was no time any more.
        CameTooLate = "came-too-late",
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
    /// Of a question.
    Question(QuestionReason),
    /// Of a wish for another time.
    OtherTime(OtherTimeReason),
    /// Of not agreeing to cancel.
    Keep(KeepReason),
    /// Of a patient's not coming.
    NoShow(NoShowReason),
}

impl Reason {
    /// The code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Decline(reason) => reason.code(),
            Self::Cancel(reason) => reason.code(),
            Self::Redirect(reason) => reason.code(),
            Self::Question(reason) => reason.code(),
            Self::OtherTime(reason) => reason.code(),
            Self::Keep(reason) => reason.code(),
            Self::NoShow(reason) => reason.code(),
        }
    }
}
