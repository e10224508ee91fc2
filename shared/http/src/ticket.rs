//! The ticket of somebody without a sign-in: `Authorization: Bearer …`, got for a one-time code, good for one thing.

use crate::problem::Problem;
use axum::extract::FromRequestParts;
use http::header::AUTHORIZATION;
use http::request::Parts;
use medius_domain::code::Ticket;

/// The ticket that was sent. None, or something else in its place, is answered like a thing that is not there.
pub struct Ticketed(pub Ticket);

impl<S: Sync> FromRequestParts<S> for Ticketed {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let mut values = parts.headers.get_all(AUTHORIZATION).iter();
        let sent = values.next().and_then(|value| value.to_str().ok()).and_then(|text| text.strip_prefix("Bearer "));
        let ticket = sent.and_then(Ticket::parse).filter(|_| values.next().is_none());
        ticket.map(Self).ok_or_else(Problem::not_found)
    }
}
