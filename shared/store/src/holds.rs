//! Cases that are held back from destruction, by the day on which that is looked at again.

use crate::database::Database;
use crate::error::StoreError;
use crate::item::{decode, expired, text};
use crate::place::Table;
use chrono::NaiveDate;
use medius_domain::case::Case;

/// The partition of held cases in their index.
pub(crate) const HELD: &str = "held";
/// Cases in one answer.
const MOST: usize = 100;

impl Database {
    /// Held cases that are to be reviewed on a day or before, the nearest first, and whether there are more. The index follows
    /// the table within a second or so.
    ///
    /// # Errors
    /// [`StoreError::Service`] or [`StoreError::Corrupt`].
    pub async fn held_cases(&self, review_by: Option<NaiveDate>) -> Result<(Vec<Case>, bool), StoreError> {
        let until = review_by.map_or_else(|| "9999-12-31".to_owned(), |day| day.to_string());
        let answer = self
            .client
            .query()
            .table_name(self.tables.name(Table::Cases)?)
            .index_name("by_hold")
            .key_condition_expression("held = :held AND review_on <= :until")
            .expression_attribute_values(":held", text(HELD))
            .expression_attribute_values(":until", text(until))
            .limit(i32::try_from(MOST + 1).unwrap_or(i32::MAX))
            .send()
            .await
            .map_err(|e| StoreError::service("DynamoDB", "Query", &e))?;
        let more = answer.items().len() > MOST;
        let live = answer.items().iter().take(MOST).filter(|item| !expired(item, self.now()));
        Ok((live.map(|item| decode("case", item)).collect::<Result<_, _>>()?, more))
    }
}
