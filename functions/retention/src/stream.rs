//! What the streams of tables say: what the cases' own expiry removed before us, whose end has moved, so that everything else
//! about the case follows, and which destruction a patient asked for or waited for a mail that is out by now, so that it goes on
//! at once.

use crate::event::{Deadline, Report, failed};
use crate::{Failure, Retention};
use lambda_runtime::Context;
use medius_domain::destruction::{Ground, Ledger, Step};
use medius_domain::id::{CaseId, DestructionId, Subject};
use medius_store::{MailStatus, Place};
use serde_json::Value;

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
        if let Some(ready) = Ready::of(record) {
            self.at_once(&ready, report, (deadline, request_id)).await?;
        }
        Ok(())
    }

    /// Goes on with a destruction as far as it can now. Where it has to wait for a mail, that mail's going out brings it back.
    async fn at_once(
        &self,
        Ready(id): &Ready,
        report: &mut Report,
        (deadline, request_id): (&Deadline, &str),
    ) -> Result<(), Failure> {
        let there = self.db.read([Place::Ledger(id.clone())]).await?.ledger(id)?;
        let goes_on = |ledger: &Ledger| !ledger.is_done() && ledger.is_due(self.db.now()) && !deadline.is_near();
        if let Some(ledger) = there.filter(goes_on) {
            self.advance(ledger, request_id, &mut |_: Step| false).await?;
            report.advanced += 1;
        }
        let right = self.db.read([Place::Ledger(id.clone())]).await?.ledger(id)?.and_then(|ledger| ledger.right);
        if let Some(right) = right {
            report.completed += u64::from(self.finish(&right, request_id).await?);
        }
        Ok(())
    }
}

/// A destruction that can go on: a patient asked for it and nobody has begun, or a mail that it waited for is out.
struct Ready(DestructionId);

impl Ready {
    fn of(record: &Value) -> Option<Self> {
        Self::asked_for(record).or_else(|| Self::told(record))
    }

    /// By a record of the outbox: of the last mail to a patient, or to who holds copies.
    fn told(record: &Value) -> Option<Self> {
        let text = |pointer: &str| record.pointer(pointer).and_then(Value::as_str);
        let settled = [MailStatus::Sent, MailStatus::Dropped].map(MailStatus::as_str);
        text("/dynamodb/NewImage/status/S").filter(|status| settled.contains(status))?;
        let about = |name: &str| text(&format!("/dynamodb/NewImage/body/M/about/M/{name}/S"));
        let last = about("kind") == Some("provider_destroyed") || about("notice") == Some("destroyed");
        let case: CaseId = text("/dynamodb/NewImage/body/M/case_id/S").filter(|_| last)?.parse().ok()?;
        Some(Self(DestructionId::of(&case)))
    }

    /// By a record of the ledger.
    fn asked_for(record: &Value) -> Option<Self> {
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
    let mut report = Report::begun();
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
        assert_eq!(Ready::of(&record).unwrap().0, id);
        for (pointer, other) in [
            ("/dynamodb/NewImage/step/S", json!("told")),
            ("/dynamodb/NewImage/body/M/ground/S", json!("retention_ended")),
            ("/dynamodb/NewImage", Value::Null),
            ("/dynamodb/Keys/pk/S", json!("CASE#1")),
        ] {
            let mut record = record.clone();
            *record.pointer_mut(pointer).unwrap() = other;
            assert!(Ready::of(&record).is_none(), "{pointer}");
        }
    }

    #[test]
    fn the_last_mails_about_a_case_bring_its_destruction_back_when_they_are_out() {
        let case = CaseId::new();
        let record = |status: &str, about: Value| {
            json!({"eventName": "MODIFY", "dynamodb": {"Keys": {"pk": {"S": "MAIL#x"}, "sk": {"S": "MAIL"}}, "NewImage": {
                "status": {"S": status}, "body": {"M": {"case_id": {"S": case}, "about": {"M": about}}}}}})
        };
        let patient = json!({"kind": {"S": "patient_notice"}, "notice": {"S": "destroyed"}});
        let institution = json!({"kind": {"S": "provider_destroyed"}});
        for about in [&patient, &institution] {
            for (status, goes_on) in [("SENT", true), ("DROPPED", true), ("PENDING", false), ("SENDING", false)] {
                let found = Ready::of(&record(status, about.clone()));
                assert_eq!(found.map(|ready| ready.0), goes_on.then(|| DestructionId::of(&case)), "{status} {about}");
            }
        }
        let other = json!({"kind": {"S": "patient_notice"}, "notice": {"S": "message"}});
        assert!(Ready::of(&record("SENT", other)).is_none());
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
