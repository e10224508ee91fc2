//! The price list, and what a count costs by it: exact decimals, since it is money.

use std::collections::BTreeSet;

use anyhow::{Context, Result, ensure};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// The prices with their sources, in the repository.
const LIST: &str = include_str!("../../../data/prices.toml");
/// Where the service is to run; prices of another region say so in every table.
pub(super) const REGION: &str = crate::ministack::REGION;

/// One price of AWS as it was read.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Price {
    /// Our name of what is counted.
    id: String,
    /// What it is, as a table shows it.
    what: String,
    /// US dollars for one, before tax; none was found where it is absent.
    #[serde(default, with = "rust_decimal::serde::str_option")]
    usd: Option<Decimal>,
    /// One of what: `request`, `GB`, `month`.
    per: String,
    /// The region that the source names, or "not said".
    #[serde(default)]
    region: String,
    /// The day on which it stood there, or "undated".
    #[serde(default)]
    date: String,
    /// Whose word it is.
    #[serde(default)]
    source: String,
    /// The copy of that source that was read, if it was not the source itself.
    #[serde(default)]
    read_in: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct List {
    price: Vec<Price>,
}

/// All prices.
pub(super) struct Prices(Vec<Price>);

/// One count with what it costs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Line {
    id: String,
    what: String,
    count: Decimal,
    unit: String,
    price_usd: Option<Decimal>,
    usd: Option<Decimal>,
    /// What keeps the price from being one of the region.
    #[serde(skip_serializing_if = "String::is_empty")]
    reservation: String,
    date: String,
    source: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    read_in: String,
}

impl Prices {
    /// Those of the repository.
    pub(super) fn embedded() -> Result<Self> {
        Self::read(LIST)
    }

    /// A list; each price has its region, its day and its source, and no name stands twice.
    fn read(text: &str) -> Result<Self> {
        let List { price } = toml::from_str(text).context("the price list")?;
        let mut names = BTreeSet::new();
        for one in &price {
            ensure!(names.insert(one.id.clone()), "{} has two prices", one.id);
            let told = [&one.region, &one.date, &one.source].iter().all(|text| !text.is_empty());
            ensure!(told == one.usd.is_some(), "{}: a price has a region, a day and a source", one.id);
        }
        Ok(Self(price))
    }

    /// What so many cost. What the list does not know at all is counted without a price.
    pub(super) fn line(&self, id: &str, count: Decimal) -> Line {
        let Some(price) = self.0.iter().find(|price| price.id == id) else {
            let (id, what) = (id.to_owned(), id.to_owned());
            let none = String::new;
            let (date, source) = (none(), none());
            return Line {
                id,
                what,
                count,
                unit: none(),
                price_usd: None,
                usd: None,
                reservation: none(),
                date,
                source,
                read_in: none(),
            };
        };
        let usd = price.usd.map(|usd| (usd * count).normalize());
        let elsewhere = price.usd.is_some() && price.region != REGION;
        let reservation = if elsewhere { format!("region {}", price.region) } else { String::new() };
        Line {
            id: price.id.clone(),
            what: price.what.clone(),
            count: count.normalize(),
            unit: price.per.clone(),
            price_usd: price.usd,
            usd,
            reservation,
            date: price.date.clone(),
            source: price.source.clone(),
            read_in: price.read_in.clone(),
        }
    }
}

/// The sum of what has a price, and the names of what has none.
pub(super) fn sum(lines: &[Line]) -> (Decimal, Vec<String>) {
    let total: Decimal = lines.iter().filter_map(|line| line.usd).sum();
    (total.normalize(), lines.iter().filter(|line| line.usd.is_none()).map(|line| line.what.clone()).collect())
}

impl Line {
    /// The dearest first, and what has no price last.
    pub(super) fn order(&self, other: &Self) -> std::cmp::Ordering {
        other.usd.cmp(&self.usd)
    }

    /// The line of a table on the terminal.
    pub(super) fn text(&self) -> String {
        let money = |usd: Option<Decimal>, places: u32| {
            usd.map_or_else(|| "not priced".to_owned(), |usd| format!("{:.*}", places as usize, usd.round_dp(places)))
        };
        let price = self.price_usd.map_or_else(|| "-".to_owned(), |usd| usd.normalize().to_string());
        let count = self.count.round_dp(4).normalize();
        let unit = &self.unit;
        let line = format!(
            "{:<52} {count:>14} {unit:<10} {price:>14} {:>11}  {:<10} {}",
            self.what,
            money(self.usd, 4),
            self.date,
            self.reservation
        );
        line.trim_end().to_owned()
    }
}

/// The head of such a table.
pub(super) fn head(title: &str) -> String {
    format!("\n{title:<52} {:>14} {:<10} {:>14} {:>11}  price of", "count", "of", "USD for one", "USD")
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use super::*;

    const TWO: &str = r#"
        [[price]]
        id = "writes"
        what = "writes"
        usd = "0.00000068"
        per = "unit"
        region = "ap-northeast-2"
        date = "2026-09-24"
        source = "https://prices.example"
        [[price]]
        id = "traces"
        what = "traces"
        usd = "0.000005"
        per = "trace"
        region = "us-east-1"
        date = "undated"
        source = "https://prices.example"
        [[price]]
        id = "methods"
        what = "methods with metrics"
        per = "month"
    "#;

    fn decimal(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    #[test]
    fn money_is_exact_and_what_has_no_price_is_named() {
        let prices = Prices::read(TWO).unwrap();
        // As binary fractions, three of these would not be 0.00000204.
        let lines = [
            prices.line("writes", decimal("3")),
            prices.line("traces", decimal("0.1")),
            prices.line("methods", decimal("172")),
            prices.line("sqs SendMessage", decimal("2")),
        ];
        assert_eq!(lines[0].usd, Some(decimal("0.00000204")));
        let (total, unpriced) = sum(&lines);
        assert_eq!(total, decimal("0.00000254"));
        assert_eq!(unpriced, ["methods with metrics", "sqs SendMessage"]);
        assert!(lines[2].text().contains("not priced"), "{}", lines[2].text());
    }

    #[test]
    fn a_price_of_another_region_or_without_a_day_says_so() {
        let prices = Prices::read(TWO).unwrap();
        assert_eq!(prices.line("writes", Decimal::ONE).reservation, "");
        let line = prices.line("traces", Decimal::ONE);
        assert_eq!(line.reservation, "region us-east-1");
        assert!(line.text().ends_with("undated    region us-east-1"), "{}", line.text());
    }

    #[test]
    fn a_price_without_its_source_is_refused() {
        let without = TWO.replace("source = \"https://prices.example\"", "");
        assert!(Prices::read(&without).is_err());
        assert!(Prices::read(&format!("{TWO}{TWO}")).is_err(), "a name twice");
        assert!(Prices::embedded().unwrap().0.len() > 20);
    }
}
