//! The consent that a use rests on.

use crate::State;
use medius_domain::access::Actor;
use medius_domain::case::Case;
use medius_domain::consent::{ConsentProof, Use, gate};
use medius_domain::policy::{On, Permit};
use medius_http::Problem;
use medius_store::{Change, Snapshot};

/// Proof that a use is allowed at this moment. Staff who try what the patient does not agree to are on record, as with every
/// other refusal.
pub(crate) async fn proof(
    state: &State,
    snapshot: &Snapshot,
    (case, permit): (&Case, &Permit),
    used_for: &Use,
) -> Result<ConsentProof, Problem> {
    let standing = state.contacts.standing(snapshot, permit, case).await?;
    match gate(&case.id, &snapshot.consents(&case.id)?, used_for, &standing) {
        Ok(proof) => Ok(proof),
        Err(missing) => {
            if matches!(permit.event().actor, Actor::Staff { .. }) {
                let refusal = Permit::refusal(permit.event().clone(), &On::Case(case));
                state.db.commit(Change::new(refusal, state.db.now()), snapshot).await?;
            }
            Err(missing.into())
        }
    }
}
