//! Every route of the API, as every role, on what is one's own, somebody else's, nowhere, and gone. What must be answered is
//! read from the policy's table; what is somebody else's, nowhere or gone is answered alike to the byte.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod links;
mod requests;
mod world;

use medius_domain::access::{Outcome, Scope};
use medius_domain::policy::{Role, Standing, Verdict, verdict};
use medius_tests::stack::Stack;
use medius_tests::user::{Answer, Institution};
use requests::{Ids, OF_A_CODE, OF_A_LINK, PUBLIC, ROWS, Reason, Route, Row, Who, routes};
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use world::{Member, World};

/// The reason that staff give where one is needed.
const REASON: &str = "audit";

/// What did not hold, so that one run shows all of it.
#[derive(Default)]
struct Findings {
    asked: usize,
    wrong: Vec<String>,
    /// The one answer for what is not there.
    nothing: Option<Vec<u8>>,
}

impl Findings {
    fn status(&mut self, what: &str, answer: &Answer, expected: &[u16]) -> bool {
        self.asked += 1;
        let right = expected.contains(&answer.status.as_u16());
        if !right {
            let text: String = answer.text().chars().take(160).collect();
            self.wrong.push(format!("{what}: {} and not {expected:?}: {text}", answer.status.as_u16()));
        }
        right
    }

    /// 404, the same to the byte whatever is asked for, and no header that tells more.
    fn nothing(&mut self, what: &str, answer: &Answer) {
        if !self.status(what, answer, &[404]) {
            return;
        }
        let first = self.nothing.get_or_insert_with(|| answer.body.clone());
        if *first != answer.body {
            self.wrong.push(format!("{what}: another 404: {}", answer.text()));
        }
        for header in ["etag", "location", "retry-after", "last-modified"] {
            if answer.headers.contains_key(header) {
                self.wrong.push(format!("{what}: the 404 has {header}"));
            }
        }
    }

    /// 403 by role, the same for what is there and what is not.
    fn forbidden(&mut self, what: &str, answer: &Answer) {
        if self.status(what, answer, &[403]) && answer.code() != "forbidden" {
            self.wrong.push(format!("{what}: 403 {}", answer.code()));
        }
    }
}

/// A problem without the id of its request.
fn without_request(answer: &Answer) -> Value {
    let mut body = answer.json();
    if let Some(fields) = body.as_object_mut() {
        fields.remove("request_id");
    }
    body
}

fn rows(routes: &BTreeMap<String, Route>, who: Who) -> Vec<(&'static Row, &Route)> {
    let found = ROWS.iter().map(|row| (row, &routes[row.route]));
    found.filter(|(_, route)| route.who == who).collect()
}

#[test]
fn every_route_is_in_the_matrix_and_says_what_it_does_to_what() {
    let routes = routes();
    let here = ROWS.iter().map(|row| row.route).chain(PUBLIC.iter().map(|(route, _)| *route));
    let here = here.chain(OF_A_LINK.iter().chain(OF_A_CODE).copied());
    let here: BTreeSet<String> = here.map(ToOwned::to_owned).collect();
    let there: BTreeSet<String> = routes.keys().cloned().collect();
    let missing: Vec<_> = there.symmetric_difference(&here).collect();
    assert!(missing.is_empty(), "only here or only in infra/openapi.json: {missing:#?}");
    for (name, route) in &routes {
        let public = PUBLIC.iter().any(|(public, _)| public == name);
        assert_eq!(route.does.is_none(), public, "{name} says nothing of what it does to what");
        assert!(!public || route.who == Who::Nobody, "{name} has a sign-in");
        let of_a_link = OF_A_LINK.contains(&name.as_str());
        assert_eq!(of_a_link, name.contains("/r/") && !public, "{name}");
        let of_a_code = OF_A_CODE.contains(&name.as_str());
        assert_eq!(of_a_code, name.contains("/v1/public/") || name.contains("/e/") && !public, "{name}");
        assert!(!of_a_code || matches!(route.who, Who::Ticket | Who::Nobody), "{name} has a sign-in");
        if let Some((action, thing)) = route.does {
            let (roles, standings): (&[Role], &[Standing]) = match route.who {
                Who::Patient => (&[Role::Patient], &[Standing::Own, Standing::Service]),
                Who::Ticket => (&[Role::Patient], &[Standing::Own]),
                Who::Nobody if of_a_code => (&[Role::Patient], &[Standing::Own]),
                Who::Staff => (&Role::STAFF, &Standing::ALL),
                Who::Session | Who::Nobody => (&[Role::Institution], &[Standing::Recipient]),
            };
            let anybody = roles.iter().any(|role| {
                standings.iter().any(|standing| verdict(*role, action, thing, *standing) != Verdict::Denied)
            });
            assert!(anybody, "{name}: no row of the policy allows it to anybody");
        }
    }
}

#[tokio::test]
async fn every_route_answers_every_role_as_the_policy_says() {
    let stack = Stack::load().unwrap();
    let routes = routes();
    let world = world::build(&stack).await;
    let mut findings = Findings::default();
    wrong_pool(&stack, &routes, &world, &mut findings).await;
    // First the links: staff make one anew, and its sessions end with that.
    links(&stack, &world, &mut findings).await;
    staff(&stack, &routes, &world, &mut findings).await;
    patients(&stack, &routes, &world, &mut findings).await;
    assert!(findings.wrong.is_empty(), "{} of {} answers: {:#?}", findings.wrong.len(), findings.asked, findings.wrong);
    assert!(findings.asked > 600, "only {} questions", findings.asked);
}

/// A token of the other pool, or none, is no sign-in: whatever the ids are, the answer says nothing about them.
async fn wrong_pool(stack: &Stack, routes: &BTreeMap<String, Route>, world: &World, findings: &mut Findings) {
    let staff = world.staff.iter().map(|member| (member.name(), Some(member.token.as_str())));
    let staff: Vec<_> = staff.chain([("nobody", None)]).collect();
    let patients = [("patient", Some(world.one.token.as_str())), ("nobody", None)];
    for (who, others) in [(Who::Patient, &staff[..]), (Who::Staff, &patients[..])] {
        for (row, route) in rows(routes, who) {
            for (name, token) in others {
                for ids in [&world.own, &Ids::absent(&world.own)] {
                    let answer = row.send(stack, route, *token, ids, Some(REASON)).await;
                    findings.status(&format!("{} as {name}", row.route), &answer, &[401]);
                }
            }
        }
    }
}

/// Patients: their own, another's, what is nowhere, what is gone, and things of one case under another.
async fn patients(stack: &Stack, routes: &BTreeMap<String, Route>, world: &World, findings: &mut Findings) {
    let (one, two) = (Some(world.one.token.as_str()), Some(world.two.token.as_str()));
    let absent = Ids::absent(&world.own);
    let mut foreign = 0;
    for (row, route) in rows(routes, Who::Patient) {
        let name = row.route;
        let kinds = route.path.matches('{').count();
        if kinds > 0 {
            let not_theirs: [(&str, Option<&str>, &Ids); 6] = [
                ("another's", two, &world.own),
                ("another's, the other way round", one, &world.others),
                ("nowhere", one, &absent),
                ("nowhere, asked by another", two, &absent),
                ("gone", one, &world.deleted),
                ("gone, asked by another", two, &world.deleted),
            ];
            for (what, token, ids) in not_theirs {
                let answer = row.send(stack, route, token, ids, None).await;
                findings.nothing(&format!("{name}: {what}"), &answer);
            }
            // What is tried on somebody's inquiry stands in the inquiry's log.
            foreign += usize::from(!route.path.contains("{inquiry_id}"));
        }
        if kinds > 1 {
            for (what, other) in [("another case's", &world.others), ("nowhere", &absent), ("gone", &world.deleted)] {
                let mixed = Ids { case: world.own.case.clone(), ..other.clone() };
                let answer = row.send(stack, route, one, &mixed, None).await;
                findings.nothing(&format!("{name}: own case, part {what}"), &answer);
            }
        }
        let answer = row.send(stack, route, one, &world.own, None).await;
        findings.status(&format!("{name}: own"), &answer, row.ok);
    }
    // Each attempt at another's case is in that case's own log, so that its patient sees it.
    let entries = log(stack, &world.own.case).await;
    let two = medius_domain::access::Actor::Patient { subject: subject_of(two.unwrap()) };
    let refused = entries.iter().filter(|entry| entry.actor == two && entry.outcome == Outcome::Refused).count();
    let done = entries.iter().filter(|entry| entry.actor == two && entry.outcome == Outcome::Done).count();
    if (refused, done) != (foreign, 0) {
        findings
            .wrong
            .push(format!("{foreign} attempts at another's case, but {refused} refused in its log, {done} done"));
    }
}

/// What the policy says of a member of staff for a route: on the thing in this standing.
fn said(member: &Member, route: &Route, standing: Standing) -> Verdict {
    let (action, thing) = route.does.unwrap();
    member.role.map_or(Verdict::Denied, |role| verdict(role, action, thing, standing))
}

/// Whether the policy lets a member of staff do this at all. Who may see a list of cases may not therefore open one.
fn ever(member: &Member, route: &Route) -> bool {
    let of_a_case = [Standing::Assigned, Standing::Unassigned];
    let standings: &[Standing] = if route.path.contains("{case_id}") { &of_a_case } else { &Standing::ALL };
    standings.iter().any(|standing| said(member, route, *standing) != Verdict::Denied)
}

async fn staff(stack: &Stack, routes: &BTreeMap<String, Route>, world: &World, findings: &mut Findings) {
    let absent = Ids::absent(&world.own);
    for (row, route) in rows(routes, Who::Staff) {
        // Whose an inquiry is to answer depends on its topic: the inquiries' own tests try that.
        let of_a_case = route.path.contains("{case_id}") || route.path.contains("{inquiry_id}");
        for member in &world.staff {
            let (name, token) = (format!("{} as {}", row.route, member.name()), Some(member.token.as_str()));
            let ever = ever(member, route);
            let named = route.path.contains('{');
            let mut refusals = BTreeSet::new();
            for (what, ids) in [("nowhere", &absent), ("gone", &world.deleted)].into_iter().filter(|_| named) {
                let answer = row.send(stack, route, token, ids, Some(REASON)).await;
                if ever {
                    findings.nothing(&format!("{name}: {what}"), &answer);
                } else {
                    findings.forbidden(&format!("{name}: {what}"), &answer);
                    refusals.insert(without_request(&answer).to_string());
                }
            }
            if of_a_case {
                continue;
            }
            let answer = row.send(stack, route, token, &world.own, Some(REASON)).await;
            if said(member, route, Standing::Service) == Verdict::Denied {
                findings.forbidden(&name, &answer);
                refusals.insert(without_request(&answer).to_string());
            } else {
                findings.status(&name, &answer, row.ok);
            }
            if refusals.len() > 1 {
                findings.wrong.push(format!("{name}: the refusal tells whether it is there: {refusals:?}"));
            }
        }
    }
    let coordinator = world.staff.iter().find(|member| member.role == Some(Role::Coordinator)).unwrap();
    let mut version = 0;
    for standing in [Standing::Unassigned, Standing::Assigned] {
        for member in &world.staff {
            if standing == Standing::Assigned {
                let path = format!("/staff/v1/cases/{}/assignment", world.own.case);
                let body = json!({"assignee": member.app.subject});
                let assigned = coordinator.app.put(&path, &format!("\"{version}\""), &body).await.unwrap();
                version = assigned.expect(200, "assignment").unwrap().json()["version"].as_u64().unwrap();
            }
            for (row, route) in rows(routes, Who::Staff) {
                if route.path.contains("{case_id}") {
                    on_a_case(stack, (row, route), member, standing, (&world.own, &absent), findings).await;
                }
            }
        }
    }
}

/// A case that is there, assigned to the asker or to nobody: without a reason and with one.
async fn on_a_case(
    stack: &Stack,
    (row, route): (&Row, &Route),
    member: &Member,
    standing: Standing,
    (own, absent): (&Ids, &Ids),
    findings: &mut Findings,
) {
    let token = Some(member.token.as_str());
    let name = format!("{} as {}, {}", row.route, member.name(), standing.code());
    for reason in [None, Some(REASON)] {
        let answer = row.send(stack, route, token, own, reason).await;
        match said(member, route, standing) {
            Verdict::Denied => {
                findings.forbidden(&name, &answer);
                let other = row.send(stack, route, token, absent, reason).await;
                if !ever(member, route) && without_request(&answer) != without_request(&other) {
                    findings.wrong.push(format!("{name}: the refusal tells whether it is there"));
                }
            }
            Verdict::WithReason if reason.is_none() => {
                assert!(row.reason != Reason::No, "{name}: the policy asks for a reason that cannot be given");
                findings.status(&format!("{name}, no reason"), &answer, &[422]);
                if answer.json()["errors"] != json!([{"pointer": "/reason", "code": "missing"}]) {
                    findings.wrong.push(format!("{name}, no reason: {}", answer.text()));
                }
            }
            Verdict::WithReason | Verdict::Allowed => {
                findings.status(&name, &answer, row.ok);
            }
        }
        if !matches!(said(member, route, standing), Verdict::Denied) && route.path.contains("{referral_id}") {
            // Another case's letter under this case is as absent as any.
            let mixed = Ids { case: own.case.clone(), ..absent.clone() };
            let answer = row.send(stack, route, token, &mixed, Some(REASON)).await;
            findings.nothing(&format!("{name}: letter nowhere"), &answer);
        }
    }
}

/// The routes of a link: a session opens a living link and nothing else, and what is revoked, orphaned, deleted or was never
/// there is one and the same.
async fn links(stack: &Stack, world: &World, findings: &mut Findings) {
    let unknown = |like: &Institution| {
        Institution::open(stack, &format!("http://x/r/{}#{}", "a".repeat(26), like.link.secret)).unwrap()
    };
    let stranger = unknown(&world.living.institution);
    let without_session = Institution::open(stack, &world.living.institution.link.url).unwrap();
    let reference = |answer: &Answer| (answer.status.as_u16(), answer.header("content-type"), answer.body.clone());
    for round in ["case gone", "link gone"] {
        if round == "link gone" {
            world::delete(stack, "links", &format!("LINK#{}", world.orphan.institution.link.id)).await;
        }
        for route in OF_A_LINK {
            let (method, part) = route.split_once(" /r/{link_id}").unwrap();
            let method: Method = method.parse().unwrap();
            let wrong = json!({"secret": "a".repeat(52), "code": "00000000"});
            let body = match part {
                "/code" => Some(json!({"secret": "a".repeat(52)})),
                "/unlock" => Some(wrong),
                _ => None,
            };
            let absent = stranger.send(method.clone(), part, body.as_ref()).await.unwrap();
            findings.status(&format!("{route}: unknown link"), &absent, &[404]);
            let mut dead = vec![("no session", &without_session)];
            // To end one's own session takes nothing out, so who has one may, whatever became of the link.
            if part != "/close" {
                dead.extend([("revoked", &world.revoked.institution), (round, &world.orphan.institution)]);
            }
            if body.is_some() {
                dead.push(("wrong secret", &world.living.institution));
            }
            for (what, institution) in dead {
                let answer = institution.send(method.clone(), part, body.as_ref()).await.unwrap();
                findings.asked += 1;
                if reference(&answer) != reference(&absent) {
                    findings.wrong.push(format!("{route}: {what} differs from unknown: {}", answer.text()));
                }
            }
        }
    }
    // The right secret of a dead link helps nobody either.
    let refused = stranger.ask_for_code().await.unwrap();
    for (what, sent) in [("revoked", &world.revoked), ("gone", &world.orphan)] {
        let answer = sent.institution.ask_for_code().await.unwrap();
        findings.asked += 1;
        if reference(&answer) != reference(&refused) {
            findings.wrong.push(format!("a code for a link that is {what}: {}", answer.text()));
        }
    }
    for (method, part, expected) in [
        (Method::GET, "/referral", 200),
        (Method::POST, "/letter", 200),
        (Method::POST, "/bundle", 200),
        (Method::POST, "/acknowledge", 303),
        (Method::POST, "/close", 200),
        (Method::GET, "/referral", 404),
    ] {
        let answer = world.living.institution.send(method, part, None).await.unwrap();
        findings.status(&format!("{part}: living link"), &answer, &[expected]);
    }
}

/// The case's chain in the access log, which must hold.
async fn log(stack: &Stack, case: &str) -> Vec<medius_domain::access::Entry> {
    let tables = medius_store::Tables::new(|name| {
        let short = name.strip_prefix("TABLE_")?.to_lowercase();
        stack.run().tables.get(&short).cloned()
    });
    let clock = std::sync::Arc::new(medius_domain::clock::SystemClock);
    let db = medius_store::Database::new(stack.dynamodb(stack.operator_credentials()), tables, clock);
    let entries = db.log_entries(&Scope::Case(case.parse().unwrap())).await.unwrap();
    let head = medius_domain::access::verify(&entries).expect("the access log's chain");
    assert_eq!(head.seq as usize, entries.len());
    entries
}

/// The pseudonym of an access token.
fn subject_of(token: &str) -> medius_domain::id::Subject {
    let claims = data_encoding::BASE64URL_NOPAD.decode(token.split('.').nth(1).unwrap().as_bytes()).unwrap();
    let claims: Value = serde_json::from_slice(&claims).unwrap();
    medius_domain::id::Subject::of(claims["sub"].as_str().unwrap())
}
