//! What the staff's screens send.

use medius_domain::directory::{CallBack, Day, Ground, Label, NumberSource, Particulars, RegistrationNumber, SpokenTo};
use medius_domain::person::{Email, Phone};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Everything that staff set about an institution.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProviderParticulars {
    /// Name in Korean, 1 to 120 characters.
    #[schema(value_type = String)]
    pub name_ko: Label,
    /// Name in English, 1 to 120 characters.
    #[schema(value_type = String)]
    pub name_en: Label,
    /// Department in Korean, 1 to 120 characters.
    #[schema(value_type = String)]
    pub department_ko: Label,
    /// Department in English, 1 to 120 characters.
    #[schema(value_type = String)]
    pub department_en: Label,
    /// The mailbox that links go to.
    #[schema(value_type = String)]
    pub contact_email: Email,
    /// Registration number: groups of A-Z and 0-9 joined by hyphens, 4 to 32 characters.
    #[schema(value_type = String)]
    pub registration_number: RegistrationNumber,
    /// Last day of the registration (Asia/Seoul), `YYYY-MM-DD`.
    #[schema(value_type = String)]
    pub registration_expires_on: Day,
    /// Whether it takes referrals.
    pub active: bool,
}

impl From<ProviderParticulars> for Particulars {
    fn from(body: ProviderParticulars) -> Self {
        Self {
            name_ko: body.name_ko,
            name_en: body.name_en,
            department_ko: body.department_ko,
            department_en: body.department_en,
            contact_email: body.contact_email,
            registration_number: body.registration_number,
            registration_expires_on: body.registration_expires_on,
            active: body.active,
        }
    }
}

/// The note of a call to the institution, at a number that the caller looked up.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CallBackNote {
    /// Where the number came from: `registration_record`, `website`, `known_contact`.
    #[schema(value_type = String)]
    pub number_from: NumberSource,
    /// The institution's number that was called, international form.
    #[schema(value_type = String)]
    pub number: Phone,
    /// The day of the call (Asia/Seoul), not after today and not before the proposal that it confirms.
    #[schema(value_type = String)]
    pub called_on: Day,
    /// Whom the caller spoke to: `reception`, `international_office`, `department`, `administration`, `privacy_officer`.
    #[schema(value_type = String)]
    pub spoken_to_role: SpokenTo,
}

impl From<CallBackNote> for CallBack {
    fn from(note: CallBackNote) -> Self {
        Self {
            number_from: note.number_from,
            number: note.number,
            called_on: note.called_on,
            spoken_to_role: note.spoken_to_role,
        }
    }
}

impl From<&CallBack> for CallBackNote {
    fn from(call: &CallBack) -> Self {
        Self {
            number_from: call.number_from,
            number: call.number.clone(),
            called_on: call.called_on,
            spoken_to_role: call.spoken_to_role,
        }
    }
}

/// A proposal: the institution as it should be.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProposalRequest {
    /// Every field, changed or not.
    pub after: ProviderParticulars,
    /// The proposer's own call, if they made one.
    #[serde(default)]
    pub call_back: Option<CallBackNote>,
}

/// Agreement to a proposal.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ApprovalRequest {
    /// The second person's call; needed for a new institution and for a change of contact or registration.
    #[serde(default)]
    pub call_back: Option<CallBackNote>,
}

/// Refusal of a proposal.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RejectionRequest {
    /// Why: `not_confirmed`, `not_reached`, `mistake`, `outdated`, `suspicious`, `taken_back`.
    #[schema(value_type = String)]
    pub ground: Ground,
}
