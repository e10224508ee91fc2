//! PDF: the reader's own guard, so that what is kept is what can be opened: header and end, no password, no program, no other
//! file inside, and limits of pages, objects and of what it becomes when unpacked.

use medius_domain::upload::Refusal;
use medius_ingest::{Limits, Refused, pdf};

pub(super) fn check(bytes: &[u8]) -> Result<(), Refusal> {
    // A scan has no text, and is kept as a picture is.
    pdf::inspect(bytes, &Limits::default()).map(|_| ()).map_err(refusal)
}

const fn refusal(why: Refused) -> Refusal {
    match why {
        Refused::WrongKind | Refused::Polyglot => Refusal::WrongKind,
        Refused::Empty | Refused::Truncated | Refused::Damaged => Refusal::Damaged,
        Refused::Protected => Refusal::Locked,
        Refused::Script => Refusal::Active,
        Refused::TooManyPages | Refused::TooMuchInside | Refused::TooLarge => Refusal::TooManyPages,
        Refused::TooManyEntries | Refused::TooDeep | Refused::TooComplex => Refusal::TooDeep,
        Refused::NoText | Refused::Unreadable | Refused::MappingMismatch | Refused::UnknownRecord => {
            Refusal::Unreadable
        }
    }
}
