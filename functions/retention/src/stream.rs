//! What the streams of tables say: what the cases' own expiry removed before us, whose end has moved, so that everything else
//! about the case follows, and which destruction a patient asked for, so that it is carried out at once.

use crate::event::{Deadline, Report, failed};
use crate::{Failure, Retention};
use lambda_runtime::Context;
use medius_domain::destruction::{Ground, Step};
use medius_domain::id::{CaseId, DestructionId, Subject};
use medius_store::Place;
use serde_json::Value;
use std::time::Duration;

/// Times that a destruction which waits for its mails is looked at before the schedule takes over.
const LOOKS: u32 = 40;
/// Time between two looks.
const BETWEEN_LOOKS: Duration = Duration::from_millis(500);

/// A case in the stream that was changed.
struct Changed {
    case: CaseId,
    /// Its end before, in seconds.
    end: i64,
}

impl Changed {
    fn of(record: &Value) -> Option<Self> {
        let text = |pointer: &str| record.pointer(pointer).and_then(Value::as_str);
        if text("/eventName") != Some("MODIFY") || text("/dynamodb/Keys/sk/S") != Some("CASE") {
            return None;
        }
        let case = Place::case_of_key(text("/dynamodb/Keys/pk/S")?)?;
        Some(Self { case, end: text("/dynamodb/OldImage/expires_at/N")?.parse().ok()? })
    }
}

/// A case in the stream that the table's own expiry removed.
struct Removed {
    case: CaseId,
    subject: Subject,
}

impl Removed {
    /// Of a record that says that the table's own expiry removed a case; none for every other record.
    fn of(record: &Value) -> Option<Self> {
        let text = |pointer: &str| record.pointer(pointer).and_then(Value::as_str);
        let by_expiry = text("/eventName") == Some("REMOVE")
            && text("/userIdentity/type") == Some("Service")
            && text("/userIdentity/principalId") == Some("dynamodb.amazonaws.com");
        if !by_expiry || text("/dynamodb/Keys/sk/S") != Some("CASE") {
            return None;
        }
        let case = Place::case_of_key(text("/dynamodb/Keys/pk/S")?)?;
        Some(Self { case, subject: text("/dynamodb/OldImage/subject/S")?.parse().ok()? })
    }
}

impl Retention {
    /// Does what follows from a record of the stream.
    async fn follow(
        &self,
        record: &Value,
        report: &mut Report,
        (deadline, request_id): (&Deadline, &str),
    ) -> Result<(), Failure> {
        if let Some(removed) = Removed::of(record) {
            let (ground, now) = (Ground::RetentionEnded, self.db.now());
            // The steps follow with the next schedule: the rest of the case is past its end, too, and cannot be read.
            self.enter(&removed.case, &removed.subject, ground, now, request_id).await?;
            report.entered += 1;
        }
        if let Some(changed) = Changed::of(record) {
            // As it is now, not as it was when the record was written: of two records the later may come first.
            let case = self.db.case_to_destroy(&changed.case).await?;
            if let Some(case) = case.filter(|case| case.expires_at.timestamp() != changed.end) {
                self.db.retime(&case.id, case.expires_at).await?;
                report.retimed += 1;
            }
        }
        if let Some(ordered) = Ordered::of(record) {
            self.at_once(&ordered, report, (deadline, request_id)).await?;
        }
        Ok(())
    }

    /// Carries out at once what the patient asked for. The last mail to the patient goes out first: it is waited for a little.
    async fn at_once(
        &self,
        Ordered(id): &Ordered,
        report: &mut Report,
        (deadline, request_id): (&Deadline, &str),
    ) -> Result<(), Failure> {
        for _ in 0..LOOKS {
            let there = self.db.read([Place::Ledger(id.clone())]).await?.ledger(id)?;
            let Some(ledger) = there.filter(|ledger| !ledger.is_done() && ledger.is_due(self.db.now())) else { break };
            if deadline.is_near() {
                break;
            }
            self.advance(ledger, request_id, &mut |_: Step| false).await?;
            report.advanced += 1;
            tokio::time::sleep(BETWEEN_LOOKS).await;
        }
        let right = self.db.read([Place::Ledger(id.clone())]).await?.ledger(id)?.and_then(|ledger| ledger.right);
        if let Some(right) = right {
            report.completed += u64::from(self.finish(&right, request_id).await?);
        }
        Ok(())
    }
}

/// A destruction in the stream that a patient asked for and that is to begin.
struct Ordered(DestructionId);

impl Ordered {
    fn of(record: &Value) -> Option<Self> {
        let text = |pointer: &str| record.pointer(pointer).and_then(Value::as_str);
        let asked = text("/dynamodb/NewImage/body/M/ground/S") == Some("deletion")
            && text("/dynamodb/NewImage/step/S") == Some(Step::Due.code());
        if !asked {
            return None;
        }
        Place::destruction_of_key(text("/dynamodb/Keys/pk/S")?).map(Self)
    }
}

/// Serves records of the streams.
#[tracing::instrument(skip_all, fields(request_id = %context.request_id))]
pub(crate) async fn stream(retention: &Retention, records: &Value, context: &Context) -> Report {
    let (request_id, deadline) = (context.request_id.as_str(), Deadline::of(context));
    let mut report = Report { complete: true, ..Report::default() };
    for record in records.as_array().into_iter().flatten() {
        if let Err(error) = Box::pin(retention.follow(record, &mut report, (&deadline, request_id))).await {
            failed(&mut report, &error);
            let id = record.pointer("/dynamodb/SequenceNumber").cloned().unwrap_or_default();
            report.batch_item_failures.push(serde_json::json!({ "itemIdentifier": id }));
        }
    }
    report
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use serde_json::json;

    #[test]
    fn only_what_the_table_s_own_expiry_removed_counts_and_only_cases() {
        let (case, subject) = (CaseId::new(), Subject::of("x"));
        let record = json!({"eventName": "REMOVE",
            "userIdentity": {"type": "Service", "principalId": "dynamodb.amazonaws.com"},
            "dynamodb": {"SequenceNumber": "7", "Keys": {"pk": {"S": format!("CASE#{case}")}, "sk": {"S": "CASE"}},
                "OldImage": {"subject": {"S": subject.as_str()}}}});
        let removed = Removed::of(&record).unwrap();
        assert_eq!((removed.case, removed.subject), (case, subject));
        for (pointer, other) in [
            ("/eventName", json!("MODIFY")),
            ("/userIdentity", Value::Null),
            ("/userIdentity/principalId", json!("somebody")),
            ("/dynamodb/Keys/sk/S", json!("INTAKE")),
            ("/dynamodb/Keys/pk/S", json!("DOCUMENT#1")),
        ] {
            let mut record = record.clone();
            *record.pointer_mut(pointer).unwrap() = other;
            assert!(Removed::of(&record).is_none(), "{pointer}");
        }
    }

    #[test]
    fn only_what_a_patient_asked_for_and_nobody_began_is_taken_at_once() {
        let id = DestructionId::of(&CaseId::new());
        let record = json!({"eventName": "INSERT", "dynamodb": {"Keys": {"pk": {"S": format!("DESTRUCTION#{id}")},
            "sk": {"S": "LEDGER"}}, "NewImage": {"step": {"S": "due"}, "body": {"M": {"ground": {"S": "deletion"}}}}}});
        assert_eq!(Ordered::of(&record).unwrap().0, id);
        for (pointer, other) in [
            ("/dynamodb/NewImage/step/S", json!("told")),
            ("/dynamodb/NewImage/body/M/ground/S", json!("retention_ended")),
            ("/dynamodb/NewImage", Value::Null),
            ("/dynamodb/Keys/pk/S", json!("CASE#1")),
        ] {
            let mut record = record.clone();
            *record.pointer_mut(pointer).unwrap() = other;
            assert!(Ordered::of(&record).is_none(), "{pointer}");
        }
    }

    #[test]
    fn a_changed_case_is_known_by_its_end_before() {
        let case = CaseId::new();
        let record = json!({"eventName": "MODIFY", "dynamodb": {"Keys": {"pk": {"S": format!("CASE#{case}")},
            "sk": {"S": "CASE"}}, "OldImage": {"expires_at": {"N": "1800000000"}}}});
        let changed = Changed::of(&record).unwrap();
        assert_eq!((changed.case, changed.end), (case, 1_800_000_000));
        for (pointer, other) in [("/eventName", json!("REMOVE")), ("/dynamodb/Keys/sk/S", json!("INTAKE"))] {
            let mut record = record.clone();
            *record.pointer_mut(pointer).unwrap() = other;
            assert!(Changed::of(&record).is_none(), "{pointer}");
        }
    }
}
