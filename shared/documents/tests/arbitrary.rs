//! Whatever the domain lets through can be typeset.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::{demo, issue_of, provider};
use medius_domain::coverage;
use medius_domain::disclosure::Disclosure;
use medius_domain::health::{Phrase, Story};
use medius_domain::intake::Draft;
use medius_domain::person::PersonName;
use proptest::prelude::*;
use proptest::sample::select;

/// Any character that intake takes: a range first, so that small scripts come as often as the eleven thousand syllables.
fn covered() -> impl Strategy<Value = char> {
    select(coverage::ranges())
        .prop_flat_map(|(from, to)| from..=to)
        .prop_filter_map("a character of its own", char::from_u32)
        .prop_filter("taken by intake", |c| *c == ' ' || Phrase::parse(&c.to_string()).is_ok())
}

/// Marks that mean something to typst, XML or JSON, among any characters.
fn text(len: usize) -> impl Strategy<Value = String> {
    let mark = select("#$*_`@<>[]{}\\/=-+~'\"&:;%^| \n".chars().collect::<Vec<_>>());
    proptest::collection::vec(prop_oneof![3 => covered(), 2 => mark, 1 => Just(' ')], 1..len)
        .prop_map(|chars| chars.into_iter().collect())
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: std::env::var("LETTER_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(10),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]
    #[test]
    fn any_text_that_intake_takes_makes_a_letter(name in text(60), story in text(400), phrase in text(120), ko in text(120)) {
        let one_line = |s: &str| s.replace('\n', " ");
        let name = PersonName::parse(&one_line(&name));
        let (story, phrase, ko) = (Story::parse(&story), Phrase::parse(&one_line(&phrase)), Phrase::parse(&one_line(&ko)));
        let (Ok(name), Ok(story), Ok(phrase), Ok(ko)) = (name, story, phrase, ko) else { return Ok(()) };
        let mut case = demo();
        case["basic"]["name"] = name.expose().into();
        case["basic"]["name_romanised"] = "Nguyen Thi Lan".into();
        case["health"]["reason"] = serde_json::json!({"text": story.expose()});
        case["health"]["symptoms"]["items"][0]["description"] = serde_json::json!({"text": phrase.expose(), "ko": ko.expose()});
        case["health"]["results"]["items"][6]["name"] = serde_json::json!({"text": ko.expose(), "ko": phrase.expose()});
        case["health"]["allergies"]["items"][0]["substance"] = serde_json::json!({"text": phrase.expose()});
        let draft = Draft {
            basic: Some(serde_json::from_value(case["basic"].clone()).unwrap()),
            health: Some(serde_json::from_value(case["health"].clone()).unwrap()),
        };
        let items = Disclosure::parts().collect();
        let disclosure = Disclosure::of(draft.complete().unwrap(), &items).unwrap();
        let letter = medius_documents::issue(&disclosure, &provider(), &issue_of());
        prop_assert!(letter.is_ok(), "{:?}", letter.err());
    }
}
