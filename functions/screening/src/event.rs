//! What wakes the function: an object that came into quarantine, the verdict of the scan, and a schedule that finds what was
//! lost. Events are read by the few fields that are used.

use crate::Screening;
use crate::screen::Verdict;
use lambda_runtime::Context;
use medius_http::{Error, telemetry};
use serde::Deserialize;
use serde_json::Value;

/// An event of the bus.
#[derive(Debug, PartialEq, Eq)]
enum Wake {
    /// An object came.
    Came { bucket: String, key: String },
    /// The scan of an object ended.
    Scanned { bucket: String, key: String, verdict: Verdict },
    /// Look for what was lost.
    Sweep,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ScanDetail {
    s3_object_details: ObjectDetails,
    scan_result_details: ResultDetails,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ObjectDetails {
    bucket_name: String,
    object_key: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ResultDetails {
    scan_result_status: String,
}

impl Wake {
    fn of(event: &Value) -> Option<Self> {
        if event["kind"] == "sweep" {
            return Some(Self::Sweep);
        }
        let text = |pointer: &str| event.pointer(pointer).and_then(Value::as_str).map(ToOwned::to_owned);
        match (text("/source")?.as_str(), text("/detail-type")?.as_str()) {
            ("aws.s3", "Object Created") => {
                Some(Self::Came { bucket: text("/detail/bucket/name")?, key: text("/detail/object/key")? })
            }
            ("aws.guardduty", "GuardDuty Malware Protection Object Scan Result") => {
                let detail: ScanDetail = serde_json::from_value(event.get("detail")?.clone()).ok()?;
                Some(Self::Scanned {
                    bucket: detail.s3_object_details.bucket_name,
                    key: detail.s3_object_details.object_key,
                    verdict: Verdict::of(&detail.scan_result_details.scan_result_status),
                })
            }
            _ => None,
        }
    }
}

/// Serves one event.
///
/// # Errors
/// An event of another kind, or a file that could not be dealt with: the event comes again, and the sweep after it.
pub async fn handle(screening: &Screening, event: Value, context: &Context) -> Result<(), Error> {
    let answer = Box::pin(serve(screening, &event, context)).await;
    telemetry::flush();
    answer
}

#[tracing::instrument(skip_all, fields(request_id = %context.request_id))]
async fn serve(screening: &Screening, event: &Value, context: &Context) -> Result<(), Error> {
    let request_id = context.request_id.as_str();
    let (bucket, key, verdict) = match Wake::of(event).ok_or("an event of another kind")? {
        Wake::Sweep => return screening.sweep(request_id).await,
        Wake::Came { bucket, key } => (bucket, key, None),
        Wake::Scanned { bucket, key, verdict } => (bucket, key, Some(verdict)),
    };
    if bucket != screening.quarantine.bucket() {
        return Err("an event of another bucket".into());
    }
    let outcome = screening.look(&key, verdict, request_id).await.inspect_err(|error| {
        telemetry::count("ScreeningFailed");
        // Names of objects are opaque ids.
        tracing::error!(cause = %error, "a file could not be dealt with");
    })?;
    tracing::info!(outcome = ?outcome, "file");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_came_what_was_scanned_and_the_sweep_are_known_and_nothing_else() {
        let came = json!({"source": "aws.s3", "detail-type": "Object Created",
            "detail": {"bucket": {"name": "b"}, "object": {"key": "k", "size": 1, "etag": "e"}}});
        assert_eq!(Wake::of(&came), Some(Wake::Came { bucket: "b".into(), key: "k".into() }));
        // As the documentation of GuardDuty shows it.
        let scanned = json!({"version": "0", "source": "aws.guardduty",
            "detail-type": "GuardDuty Malware Protection Object Scan Result",
            "detail": {"schemaVersion": "1.0", "scanStatus": "COMPLETED", "resourceType": "S3_OBJECT",
                "s3ObjectDetails": {"bucketName": "b", "objectKey": "k", "eTag": "e", "versionId": "v", "s3Throttled": false},
                "scanResultDetails": {"scanResultStatus": "THREATS_FOUND", "threats": [{"name": "x"}]}}});
        let expected = Wake::Scanned { bucket: "b".into(), key: "k".into(), verdict: Verdict::Harmful };
        assert_eq!(Wake::of(&scanned), Some(expected));
        assert_eq!(Wake::of(&json!({"kind": "sweep"})), Some(Wake::Sweep));
        for other in [json!({}), json!([]), json!({"source": "aws.s3", "detail-type": "Object Deleted"})] {
            assert_eq!(Wake::of(&other), None, "{other}");
        }
    }
}
