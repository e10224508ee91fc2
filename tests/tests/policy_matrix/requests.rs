//! A request for every route that is good enough to reach the decision whether it is allowed, and what it is answered where it
//! is. The routes themselves come from the API's description; one that has no row here fails the test.

use medius_domain::access::Action;
use medius_domain::policy::Thing;
use medius_tests::stack::Stack;
use medius_tests::user::{Answer, fresh_key, read};
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::Path;

/// What a path or a body can name.
#[derive(Clone, Default)]
pub(crate) struct Ids {
    pub(crate) case: String,
    pub(crate) referral: String,
    pub(crate) delivery: String,
    pub(crate) event: String,
    pub(crate) serving: String,
    pub(crate) recipient: String,
    pub(crate) provider: String,
    pub(crate) change: String,
    pub(crate) member: String,
    pub(crate) right: String,
    pub(crate) day: String,
    pub(crate) month: String,
    pub(crate) inquiry: String,
    /// A file of the inquiry, and one of the case: both announced and not sent.
    pub(crate) attachment: String,
    pub(crate) upload: String,
    pub(crate) record: String,
    pub(crate) explanation: String,
    pub(crate) task: String,
    /// The institution as it is now, for a proposal that changes nothing.
    pub(crate) particulars: Value,
}

impl Ids {
    /// Well-formed, and nowhere.
    pub(crate) fn absent(like: &Self) -> Self {
        let none = |prefix: &str| format!("{prefix}_{}", "0".repeat(32));
        Self {
            case: none("cas"),
            referral: none("ref"),
            delivery: none("dlv"),
            event: none("evt"),
            serving: none("srv"),
            provider: none("prv"),
            change: none("chg"),
            member: none("sub"),
            right: none("rgt"),
            day: "2999-01-01".to_owned(),
            month: "2999-01".to_owned(),
            inquiry: none("inq"),
            attachment: none("upl"),
            upload: none("upl"),
            record: none("rec"),
            explanation: none("exp"),
            task: none("tsk"),
            recipient: like.recipient.clone(),
            particulars: like.particulars.clone(),
        }
    }

    /// A route's path with these ids. A kind of id that is new fails.
    pub(crate) fn fill(&self, path: &str) -> String {
        let filled = [
            ("{case_id}", &self.case),
            ("{referral_id}", &self.referral),
            ("{delivery_id}", &self.delivery),
            ("{event_id}", &self.event),
            ("{provider_id}", &self.provider),
            ("{change_id}", &self.change),
            ("{subject}", &self.member),
            ("{right_id}", &self.right),
            ("{role}", &"coordinator".to_owned()),
            ("{day}", &self.day),
            ("{month}", &self.month),
            ("{inquiry_id}", &self.inquiry),
            ("{upload_id}", if path.contains("/attachments/") { &self.attachment } else { &self.upload }),
            ("{record_id}", &self.record),
            ("{explanation_id}", &self.explanation),
            ("{task_id}", &self.task),
        ]
        .into_iter()
        .fold(path.to_owned(), |path, (name, id)| path.replace(name, id));
        assert!(!filled.contains('{'), "{path} has an id that this test does not know");
        filled
    }
}

/// Where staff say why.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reason {
    /// Nowhere.
    No,
    /// In the query.
    Query,
    /// In the body.
    Body,
}

/// The request of a route.
pub(crate) struct Row {
    pub(crate) route: &'static str,
    pub(crate) body: fn(&Ids) -> Value,
    pub(crate) reason: Reason,
    /// Answers of a request that is allowed; what is not 2xx fails for a reason that only who is allowed can come to.
    pub(crate) ok: &'static [u16],
}

const fn row(route: &'static str, body: fn(&Ids) -> Value, ok: &'static [u16]) -> Row {
    Row { route, body, reason: Reason::No, ok }
}

const fn why(route: &'static str, reason: Reason, body: fn(&Ids) -> Value, ok: &'static [u16]) -> Row {
    Row { route, body, reason, ok }
}

fn none(_: &Ids) -> Value {
    Value::Null
}

fn empty(_: &Ids) -> Value {
    json!({})
}

/// A result that is typed.
pub(crate) fn typed(_: &Ids) -> Value {
    let result = json!({"kind": "result", "name": "Glucose", "value": "99", "unit": "mg/dL", "date": "2026-11-10"});
    json!({"entries": [result]})
}

/// A file that is announced.
pub(crate) fn file(_: &Ids) -> Value {
    json!({"kind": "pdf", "bytes": 9, "sha256": "0".repeat(64)})
}

/// In the order in which they are tried: what ends something comes last.
pub(crate) const ROWS: &[Row] = &[
    row("GET /v1/cases", none, &[200]),
    row("POST /v1/cases", |_| json!({"emergency_signs": []}), &[201]),
    row("GET /v1/cases/{case_id}", none, &[200]),
    row("PUT /v1/cases/{case_id}/intake/basic", empty, &[412]),
    row("PUT /v1/cases/{case_id}/intake/health", |_| json!({"emergency_signs": [], "health": {}}), &[412]),
    row(
        "PUT /v1/cases/{case_id}/intake/guardian",
        |_| json!({"name": "A", "email": "a@families.example", "relationship": "parent", "language": "en"}),
        &[409, 412],
    ),
    row("POST /v1/cases/{case_id}/complete", none, &[412]),
    row("POST /v1/cases/{case_id}/close", none, &[412]),
    row("POST /v1/cases/{case_id}/reopen", none, &[412]),
    row("GET /v1/cases/{case_id}/access-log", none, &[200]),
    row("GET /v1/cases/{case_id}/access-log/export", none, &[200]),
    row("GET /v1/consent-texts", none, &[200]),
    row("GET /v1/cases/{case_id}/consents", none, &[200]),
    row("GET /v1/cases/{case_id}/consents/{event_id}/receipt", none, &[200]),
    row("GET /v1/cases/{case_id}/consents/{event_id}/receipt.html", none, &[200]),
    row("POST /v1/cases/{case_id}/consents", |ids| json!({"serving_id": ids.serving, "decision": "grant"}), &[201]),
    row("POST /v1/cases/{case_id}/consents/servings", |_| json!({"item": "E1", "language": "en"}), &[201]),
    row("POST /v1/cases/{case_id}/consents/withdrawals", |_| json!({"item": "E1"}), &[201]),
    row("POST /v1/cases/{case_id}/guardian/code", none, &[409]),
    row("POST /v1/cases/{case_id}/guardian/verify", |_| json!({"code": "00000000"}), &[409]),
    row("GET /v1/cases/{case_id}/messages", none, &[200]),
    row("POST /v1/cases/{case_id}/messages", |_| json!({"text": "Is the letter sent?"}), &[201]),
    row("GET /v1/cases/{case_id}/uploads", none, &[200]),
    row("POST /v1/cases/{case_id}/uploads", file, &[201]),
    row("GET /v1/cases/{case_id}/uploads/{upload_id}", none, &[200]),
    row("DELETE /v1/cases/{case_id}/uploads/{upload_id}", none, &[200]),
    row("GET /v1/cases/{case_id}/uploads/{upload_id}/content", none, &[409]),
    row("GET /v1/cases/{case_id}/uploads/{upload_id}/columns", none, &[409]),
    row("POST /v1/cases/{case_id}/uploads/{upload_id}/reading", empty, &[409]),
    row("GET /v1/cases/{case_id}/records", none, &[200]),
    row("POST /v1/cases/{case_id}/records", typed, &[201]),
    row("GET /v1/cases/{case_id}/records/{record_id}", none, &[200]),
    row("POST /v1/cases/{case_id}/records/{record_id}/decisions", |_| json!({"decisions": []}), &[412]),
    row("GET /v1/providers", none, &[200]),
    row("GET /v1/cases/{case_id}/explanations", none, &[200]),
    row("GET /v1/cases/{case_id}/explanations/{explanation_id}", none, &[200]),
    row("GET /v1/cases/{case_id}/explanations/{explanation_id}/report", none, &[200]),
    row("GET /v1/cases/{case_id}/explanations/{explanation_id}/pdf", none, &[200]),
    // Where the withdrawal of E1 came first, the consent is what is missing: only who may ask is told that.
    row("POST /v1/cases/{case_id}/explanations", |_| json!({"language": "en"}), &[201, 403]),
    row("GET /v1/cases/{case_id}/referrals", none, &[200]),
    row("GET /v1/cases/{case_id}/referrals/{referral_id}", none, &[200]),
    row("GET /v1/cases/{case_id}/referrals/{referral_id}/letter", none, &[200]),
    row("GET /v1/cases/{case_id}/referrals/{referral_id}/bundle", none, &[200]),
    row("GET /v1/cases/{case_id}/tasks/{task_id}/fhir", none, &[200]),
    // Sent by then; nothing is left to review before it is sent.
    row("POST /v1/cases/{case_id}/referrals/{referral_id}/review", none, &[409]),
    row("POST /v1/cases/{case_id}/referrals", |ids| json!({"recipient": ids.recipient}), &[201]),
    row("GET /v1/cases/{case_id}/tasks", none, &[200]),
    row("GET /v1/cases/{case_id}/tasks/{task_id}", none, &[200]),
    row(
        "POST /v1/cases/{case_id}/tasks/{task_id}/actions",
        |_| json!({"action": "request_cancel", "code": "patient-decided"}),
        &[412],
    ),
    row("GET /v1/cases/{case_id}/deliveries", none, &[200]),
    row("GET /v1/cases/{case_id}/deliveries/{delivery_id}", none, &[200]),
    row("POST /v1/cases/{case_id}/deliveries", |ids| json!({"referral_id": ids.referral}), &[409]),
    row("POST /v1/cases/{case_id}/deliveries/{delivery_id}/access-code", none, &[200]),
    row("POST /v1/cases/{case_id}/deliveries/{delivery_id}/revoke", none, &[200]),
    why("POST /staff/v1/cases/{case_id}/deliveries/{delivery_id}/access-code", Reason::Body, empty, &[200]),
    why("POST /staff/v1/cases/{case_id}/deliveries/{delivery_id}/reissue", Reason::Body, empty, &[200]),
    row("GET /v1/inquiries", none, &[200]),
    row("POST /v1/inquiries", |_| json!({"topic": "service", "text": "How long does it take?"}), &[201]),
    row("GET /v1/inquiries/{inquiry_id}", none, &[200]),
    row("GET /v1/inquiries/{inquiry_id}/record", none, &[200]),
    row("POST /v1/inquiries/{inquiry_id}/messages", |_| json!({"text": "Is it still open?"}), &[201]),
    row("POST /v1/inquiries/{inquiry_id}/close", empty, &[412]),
    row("POST /v1/inquiries/{inquiry_id}/attachments", file, &[201]),
    row("GET /v1/inquiries/{inquiry_id}/attachments/{upload_id}", none, &[409]),
    why("GET /staff/v1/inquiries/{inquiry_id}/attachments/{upload_id}", Reason::Query, none, &[409]),
    row("GET /staff/v1/inquiries", none, &[200]),
    why("GET /staff/v1/inquiries/{inquiry_id}", Reason::Query, none, &[200]),
    why("GET /staff/v1/inquiries/{inquiry_id}/record", Reason::Query, none, &[200]),
    row("POST /staff/v1/inquiries/{inquiry_id}/assign", |_| json!({"assignee": "me"}), &[412]),
    why("POST /staff/v1/inquiries/{inquiry_id}/answer", Reason::Body, |_| json!({"text": "Two days."}), &[201]),
    row("GET /v1/rights-requests", none, &[200]),
    row("POST /v1/rights-requests", |_| json!({"right": "access"}), &[201]),
    row("GET /v1/rights-requests/{right_id}", none, &[200]),
    row("GET /v1/rights-requests/{right_id}/proofs", none, &[200]),
    // Staff have carried the request out by then.
    row("POST /v1/rights-requests/{right_id}/proofs", file, &[409]),
    row("PUT /v1/rights-requests/{right_id}/values", empty, &[409]),
    row("POST /v1/rights-requests/{right_id}/evidence", none, &[409]),
    row("POST /v1/rights-requests/{right_id}/object", none, &[409]),
    row("POST /v1/rights-requests/{right_id}/cancel", none, &[409]),
    row("GET /staff/v1/holds", none, &[200]),
    row(
        "POST /staff/v1/cases/{case_id}/hold",
        |_| json!({"ground": "dispute", "statute": "civil_procedure", "review_on": chrono::Utc::now().date_naive() + chrono::Days::new(30)}),
        &[200],
    ),
    // Without a reason and with one: the second finds nothing to lift.
    row("POST /staff/v1/cases/{case_id}/hold/lift", none, &[200, 409]),
    row("GET /staff/v1/rights-requests", none, &[200]),
    row("GET /staff/v1/rights-requests/{right_id}", none, &[200]),
    // The one that is named corrects nothing.
    row("GET /staff/v1/rights-requests/{right_id}/values", none, &[404]),
    row("GET /staff/v1/rights-requests/{right_id}/proofs", none, &[200]),
    // The one that is named is a case's.
    why("GET /staff/v1/rights-requests/{right_id}/proofs/{upload_id}", Reason::Query, none, &[404]),
    row("POST /staff/v1/rights-requests/{right_id}/assign", none, &[200]),
    row("POST /staff/v1/rights-requests/{right_id}/request-evidence", |_| json!({"needed": ["which_part"]}), &[200]),
    row("POST /staff/v1/rights-requests/{right_id}/take-up", none, &[200]),
    row("POST /staff/v1/rights-requests/{right_id}/approve", none, &[200]),
    row("POST /staff/v1/rights-requests/{right_id}/refuse", |_| json!({"ground": "harm_to_others"}), &[409]),
    row(
        "POST /staff/v1/rights-requests/{right_id}/defer",
        |_| json!({"ground": "extent", "until": "2999-01-01"}),
        &[409],
    ),
    row("POST /staff/v1/rights-requests/{right_id}/complete", |_| json!({"outcome": "handed_over"}), &[200, 409]),
    row("POST /staff/v1/rights-requests/{right_id}/objections/decide", |_| json!({"uphold": true}), &[409]),
    row("GET /staff/v1/work-list", none, &[200]),
    row("GET /staff/v1/tasks", none, &[200]),
    why("GET /staff/v1/cases/{case_id}/tasks/{task_id}", Reason::Query, none, &[200]),
    why(
        "POST /staff/v1/cases/{case_id}/tasks/{task_id}/actions",
        Reason::Body,
        |_| json!({"action": "see_to"}),
        &[412, 409],
    ),
    why("GET /staff/v1/cases/{case_id}", Reason::Query, none, &[200]),
    why("GET /staff/v1/cases/{case_id}/verification", Reason::Query, none, &[200]),
    why("GET /staff/v1/cases/{case_id}/messages", Reason::Query, none, &[200]),
    why(
        "POST /staff/v1/cases/{case_id}/messages",
        Reason::Body,
        |_| json!({"text": "Yes, it was sent this morning."}),
        &[201],
    ),
    row("GET /staff/v1/reviews-waiting", none, &[200]),
    why("GET /staff/v1/cases/{case_id}/referrals/{referral_id}/review", Reason::Query, none, &[409]),
    why(
        "POST /staff/v1/cases/{case_id}/referrals/{referral_id}/signature",
        Reason::Body,
        |_| json!({"reviewer": {"name": "Lee Seo-yeon", "profession": "physician", "licence": "123456"}}),
        &[409],
    ),
    why("POST /staff/v1/cases/{case_id}/referrals/{referral_id}/letter", Reason::Body, empty, &[200]),
    row("PUT /staff/v1/cases/{case_id}/assignment", |_| json!({"assignee": "me"}), &[412]),
    row("GET /staff/v1/providers", none, &[200]),
    row("GET /staff/v1/providers/{provider_id}", none, &[200]),
    row("GET /staff/v1/provider-changes", none, &[200]),
    row(
        "POST /staff/v1/providers",
        |ids| {
            let mut after = ids.particulars.clone();
            after["registration_expires_on"] = json!("2020-01-01");
            json!({"after": after})
        },
        &[422],
    ),
    row("POST /staff/v1/providers/{provider_id}/changes", |ids| json!({"after": ids.particulars}), &[409]),
    // The change is one of the mailbox, which needs a call back.
    row("POST /staff/v1/providers/{provider_id}/changes/{change_id}/approve", empty, &[422]),
    row(
        "POST /staff/v1/providers/{provider_id}/changes/{change_id}/reject",
        |_| json!({"ground": "taken_back"}),
        &[200],
    ),
    row("GET /staff/v1/members", none, &[200]),
    row("GET /staff/v1/members/{subject}", none, &[200]),
    row("POST /staff/v1/members", |_| json!({"email": format!("invited-{}@staff.example", fresh_key())}), &[201]),
    row("POST /staff/v1/members/{subject}/roles", |_| json!({"role": "auditor"}), &[200]),
    row("DELETE /staff/v1/members/{subject}/roles/{role}", none, &[200]),
    row("POST /staff/v1/members/{subject}/disable", none, &[200]),
    row("GET /staff/v1/audit/days/{day}/verification", none, &[200]),
    row("GET /staff/v1/audit/reviews/{month}", none, &[200]),
    row(
        "POST /staff/v1/audit/reviews/{month}/sign-off",
        |_| json!({"findings_sha256": "0".repeat(64), "remarks": ["explained"]}),
        &[409],
    ),
];

/// Routes that nobody has to sign in for and that show nothing of anybody, with the reason.
pub(crate) const PUBLIC: &[(&str, &str)] = &[
    ("GET /r/{link_id}", "the same page for every address; its script takes the secret from the fragment"),
    ("HEAD /r/{link_id}", "the headers of that page, for mail scanners"),
    ("POST /r/paste", "what the page's script does, for browsers without one: the link in the form is what counts"),
    ("POST /r/paste/unlock", "the same with the code; the tests of links try both"),
    ("GET /e/{right_id}", "the same page for every address, as with links of letters"),
    ("HEAD /e/{right_id}", "the headers of that page"),
    ("GET /d/{document_number}", "the same page for every number"),
    ("HEAD /d/{document_number}", "the headers of that page"),
    ("POST /d/{document_number}/verify", "who holds a letter may ask whether it is genuine; one answer for all others"),
    ("GET /open", "the page that mails to patients lead to; it is empty of anybody"),
    ("HEAD /open", "the headers of that page"),
    ("GET /verify", "verifies a receipt in the reader's own browser"),
    ("HEAD /verify", "the headers of that page"),
    ("GET /.well-known/medius-signing-keys.json", "public keys"),
    ("GET /c/{destruction_id}", "a certificate that names nobody, for whoever has its link"),
    ("HEAD /c/{destruction_id}", "the headers of that certificate"),
];

/// Routes of a link, which know neither patients nor staff: the link, its code and the session are what counts.
pub(crate) const OF_A_LINK: &[&str] = &[
    "POST /r/{link_id}/code",
    "POST /r/{link_id}/unlock",
    "GET /r/{link_id}/referral",
    "POST /r/{link_id}/letter",
    "POST /r/{link_id}/bundle",
    "POST /r/{link_id}/manifest",
    "POST /r/{link_id}/acknowledge",
    "GET /r/{link_id}/desk",
    "GET /r/{link_id}/task",
    "GET /r/{link_id}/task.fhir",
    "POST /r/{link_id}/answers",
    "POST /r/{link_id}/appointment",
    "POST /r/{link_id}/colleagues",
    "POST /r/{link_id}/files",
    "GET /r/{link_id}/files/{upload_id}",
    "POST /r/{link_id}/close",
];

/// Routes for who cannot sign in: a code, and the ticket that it gives, are what counts. The tests of requests about rights and
/// of inquiries try them.
pub(crate) const OF_A_CODE: &[&str] = &[
    "POST /v1/public/rights-requests",
    "POST /v1/public/rights-requests/{right_id}/code",
    "POST /v1/public/rights-requests/{right_id}/verify",
    "GET /v1/public/rights-requests/{right_id}",
    "POST /v1/public/rights-requests/{right_id}/cancel",
    "POST /v1/public/rights-requests/{right_id}/object",
    "POST /v1/public/rights-requests/{right_id}/evidence",
    "POST /v1/public/rights-requests/{right_id}/proofs",
    "GET /v1/public/rights-requests/{right_id}/proofs",
    "POST /v1/public/rights-requests/{right_id}/mandate",
    "PUT /v1/public/rights-requests/{right_id}/values",
    "GET /v1/public/rights-requests/{right_id}/cases/{case_id}/files/{upload_id}",
    "POST /v1/public/inquiries",
    "POST /v1/public/inquiries/{inquiry_id}/code",
    "POST /v1/public/inquiries/{inquiry_id}/verify",
    "GET /v1/public/inquiries/{inquiry_id}",
    "POST /v1/public/inquiries/{inquiry_id}/messages",
    "POST /v1/public/inquiries/{inquiry_id}/close",
    "POST /v1/public/inquiries/{inquiry_id}/attachments",
    "GET /v1/public/inquiries/{inquiry_id}/attachments/{upload_id}",
    "POST /e/{right_id}/code",
    "POST /e/{right_id}/copy",
];

/// Who signs in for a route.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Who {
    Patient,
    Staff,
    Session,
    Ticket,
    Nobody,
}

/// A route of the API's description.
pub(crate) struct Route {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) who: Who,
    /// What it does to what, by the policy's codes; public pages have none.
    pub(crate) does: Option<(Action, Thing)>,
    if_match: bool,
}

/// Every route, by method and path.
pub(crate) fn routes() -> BTreeMap<String, Route> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join("infra/openapi.json");
    let document: Value = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
    let mut routes = BTreeMap::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let Ok(method) = method.to_uppercase().parse::<Method>() else { continue };
            let schemes = operation["security"].as_array().and_then(|all| all.first()).and_then(Value::as_object);
            let who = match schemes.and_then(|scheme| scheme.keys().next()).map(String::as_str) {
                Some("patient") => Who::Patient,
                Some("staff") => Who::Staff,
                Some("session") => Who::Session,
                Some("ticket") => Who::Ticket,
                None => Who::Nobody,
                Some(other) => panic!("{method} {path} names {other}"),
            };
            let action = operation["x-medius-action"].as_str();
            let action = action.map(|code| Action::ALL.into_iter().find(|a| a.code() == code).expect("an action"));
            let thing = operation["x-medius-thing"].as_str().map(|code| Thing::of(code).expect("a thing"));
            let named = |name| operation["parameters"].as_array().into_iter().flatten().any(|p| p["name"] == name);
            let route = Route { method, path: path.clone(), who, does: action.zip(thing), if_match: named("If-Match") };
            routes.insert(format!("{} {path}", route.method), route);
        }
    }
    routes
}

impl Row {
    /// Sends the request about these ids as somebody, with a reason or without.
    pub(crate) async fn send(
        &self,
        stack: &Stack,
        route: &Route,
        token: Option<&str>,
        ids: &Ids,
        reason: Option<&str>,
    ) -> Answer {
        let mut url = stack.url(&ids.fill(&route.path));
        let mut body = (self.body)(ids);
        match (self.reason, reason) {
            (Reason::Query, Some(reason)) => url = format!("{url}?reason={reason}"),
            (Reason::Body, Some(reason)) => body["reason"] = reason.into(),
            (Reason::No, _) | (Reason::Query | Reason::Body, None) => {}
        }
        let mut request = stack.http().request(route.method.clone(), url);
        request = token.into_iter().fold(request, |request, token| request.bearer_auth(token));
        if route.if_match {
            // A version that nothing has: who may change it is told so.
            request = request.header("if-match", "\"999\"");
        }
        if route.method != Method::GET {
            request = request.header("idempotency-key", fresh_key());
        }
        if !body.is_null() {
            request = request.json(&body);
        }
        read(request.send().await.unwrap()).await.unwrap()
    }
}
