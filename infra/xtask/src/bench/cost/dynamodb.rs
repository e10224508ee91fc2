//! DynamoDB's request units out of what the local AWS wrote down (infra/local/meter.py), and what its tables hold.

use anyhow::{Context, Result};
use medius_tests::{signed::Aws, stack::Stack};
use rust_decimal::Decimal;
use serde::Deserialize;
use serde_json::json;

/// Bytes of a read unit ("Read request unit" of DynamoDB's price page).
const READ: u64 = 4096;
/// What is billed beside each item that is stored, in bytes (DynamoDB's developer guide, "Item sizes and formats").
const OVERHEAD: u64 = 100;

/// One request of a function.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Request {
    Read {
        read: String,
        consistent: bool,
        /// Bytes of each item.
        sizes: Vec<u64>,
    },
    Write {
        write: String,
        refused: bool,
        /// As the local AWS counts them; none for a refused one.
        #[serde(with = "rust_decimal::serde::str")]
        units: Decimal,
        /// How many items a refused one is of.
        #[serde(default)]
        items: u32,
    },
}

impl Request {
    /// Units of a read. One item costs one for each started 4 KiB, and so does the sum of a query's; half of it where an answer may be
    /// a little old, twice of it in a transaction. Nothing found costs as much as the smallest item (the rules that
    /// aws/agent-toolkit-for-aws compared with DynamoDB's answers, calculate_costs.py).
    fn read_units(&self) -> Decimal {
        let Self::Read { read, consistent, sizes } = self else { return Decimal::ZERO };
        let started = |bytes: u64| Decimal::from(bytes.div_ceil(READ).max(1));
        let one_by_one: Decimal = sizes.iter().map(|size| started(*size)).sum();
        match read.as_str() {
            "TransactGetItems" => Decimal::TWO * one_by_one.max(Decimal::ONE),
            "BatchGetItem" | "GetItem" if *consistent => one_by_one.max(Decimal::ONE),
            "BatchGetItem" | "GetItem" => one_by_one.max(Decimal::ONE) / Decimal::TWO,
            _ if *consistent => started(sizes.iter().sum()),
            _ => started(sizes.iter().sum()) / Decimal::TWO,
        }
    }

    /// Units of a write. A refused one is billed as well ("Capacity units consumed by conditional writes" of the developer guide): one
    /// for each item, two in a transaction, which is the least.
    fn write_units(&self) -> Decimal {
        match self {
            Self::Read { .. } => Decimal::ZERO,
            Self::Write { refused: false, units, .. } => *units,
            Self::Write { write, items, .. } => {
                let each = if write == "TransactWriteItems" { Decimal::TWO } else { Decimal::ONE };
                each * Decimal::from(*items)
            }
        }
    }
}

/// Units of reads and of writes, and how many requests there were.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Units {
    pub(super) requests: usize,
    pub(super) reads: Decimal,
    pub(super) writes: Decimal,
}

/// The sum over the lines that the local AWS wrote.
pub(super) fn units<'a>(lines: impl Iterator<Item = &'a str>) -> Result<Units> {
    let mut sum = Units::default();
    for line in lines {
        let request: Request = serde_json::from_str(line).with_context(|| format!("the meter wrote {line}"))?;
        sum.requests += 1;
        sum.reads += request.read_units();
        sum.writes += request.write_units();
    }
    Ok(sum)
}

/// Bytes that all tables of a stack hold now, with their indexes and what is billed beside each item.
pub(super) async fn stored(stack: &Stack) -> Result<u64> {
    let aws = Aws::new(&stack.run().endpoint, &stack.run().region, Aws::local_operator());
    let mut bytes = 0;
    for table in stack.run().tables.values() {
        let answer = aws.json("dynamodb", "DynamoDB_20120810.DescribeTable", &json!({ "TableName": table })).await?;
        let table = &answer["Table"];
        let indexes = table["GlobalSecondaryIndexes"].as_array().into_iter().flatten();
        for (part, size) in indexes.map(|part| (part, "IndexSizeBytes")).chain([(table, "TableSizeBytes")]) {
            let number = |name: &str| part[name].as_u64().with_context(|| format!("{name} is no number"));
            bytes += number(size)? + OVERHEAD * number("ItemCount")?;
        }
    }
    Ok(bytes)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use super::*;

    fn of(line: &str) -> (String, String) {
        let units = units([line].into_iter()).unwrap();
        (units.reads.normalize().to_string(), units.writes.normalize().to_string())
    }

    #[test]
    fn units_follow_sizes_consistency_and_transactions() {
        for (line, reads, writes) in [
            (r#"{"read":"GetItem","consistent":false,"sizes":[]}"#, "0.5", "0"),
            (r#"{"read":"GetItem","consistent":true,"sizes":[4096]}"#, "1", "0"),
            (r#"{"read":"GetItem","consistent":true,"sizes":[4097]}"#, "2", "0"),
            // A query rounds the sum, a batch and a transaction each item.
            (r#"{"read":"Query","consistent":true,"sizes":[100,100,100]}"#, "1", "0"),
            (r#"{"read":"Query","consistent":false,"sizes":[4000,4000,4000]}"#, "1.5", "0"),
            (r#"{"read":"BatchGetItem","consistent":false,"sizes":[100,100,5000]}"#, "2", "0"),
            (r#"{"read":"TransactGetItems","consistent":false,"sizes":[100,5000]}"#, "6", "0"),
            (r#"{"write":"PutItem","refused":false,"units":"3.0"}"#, "0", "3"),
            // What a condition refuses is billed, too.
            (r#"{"write":"PutItem","refused":true,"units":"0","items":1}"#, "0", "1"),
            (r#"{"write":"TransactWriteItems","refused":true,"units":"0","items":4}"#, "0", "8"),
        ] {
            assert_eq!(of(line), (reads.to_owned(), writes.to_owned()), "{line}");
        }
    }

    #[test]
    fn the_lines_are_summed_and_another_form_is_an_error() {
        let lines = [
            r#"{"read":"GetItem","consistent":true,"sizes":[10]}"#,
            r#"{"write":"UpdateItem","refused":false,"units":"2.0"}"#,
        ];
        let sum = units(lines.into_iter()).unwrap();
        assert_eq!(sum, Units { requests: 2, reads: Decimal::ONE, writes: Decimal::TWO });
        assert!(units(["{}"].into_iter()).is_err());
    }
}
