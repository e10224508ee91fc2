//! What a consent's text says of whoever receives.

use crate::State;
use medius_domain::case::Case;
use medius_domain::consent::{ConsentText, Element, Item, Matter, Recipient, TextLanguage, current_text};
use medius_domain::field::{FieldError, Invalid};
use medius_domain::provider::Provider;
use medius_http::Problem;
use medius_store::Snapshot;

/// The institution of a provision, from the directory only.
pub(crate) fn recipient(snapshot: &Snapshot, case: &Case, matter: &Matter) -> Result<Option<Provider>, Problem> {
    let Some(id) = matter.recipient() else { return Ok(None) };
    let found = snapshot.provider(id)?.filter(|p| p.takes(case, snapshot.now()));
    found.map(Some).ok_or_else(|| Problem::invalid([FieldError::new("/recipient", Invalid::UnknownValue)]))
}

/// The current text with the particulars of whoever receives.
pub(crate) fn filled(
    state: &State,
    item: Item,
    language: TextLanguage,
    to: Option<&Provider>,
) -> Result<ConsentText, Problem> {
    let text = current_text(item, language);
    match (item, to) {
        (Item::X1, _) => {
            // Asked for only where this deployment transfers anything abroad.
            let unknown = || Problem::invalid([FieldError::new("/item", Invalid::UnknownValue)]);
            let abroad = state.overseas.as_ref().ok_or_else(unknown)?;
            Ok(text.about_transfer(&abroad.recipient, &abroad.country, &abroad.contact))
        }
        (Item::P | Item::Ps, Some(to)) => {
            let (name, department) = named(to, language);
            Ok(text.about(name, department))
        }
        (Item::G1 | Item::S1 | Item::E1 | Item::K1 | Item::P | Item::Ps, _) => Ok(text.clone()),
    }
}

fn named(to: &Provider, language: TextLanguage) -> (&str, &str) {
    match language {
        TextLanguage::Ko => (&to.name_ko, &to.department_ko),
        TextLanguage::En => (&to.name_en, &to.department_en),
    }
}

/// Who receives, as the record of the serving keeps it.
pub(crate) fn received_by(to: &Provider, language: TextLanguage, text: &ConsentText) -> Recipient {
    let (name, department) = named(to, language);
    let said = |element| text.passage(element).unwrap_or_default().to_owned();
    Recipient {
        id: to.id.clone(),
        name: format!("{name}, {department}"),
        purpose: said(Element::RecipientPurpose),
        retention: said(Element::RecipientRetention),
    }
}
