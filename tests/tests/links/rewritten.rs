//! A link as it would stand after twenty wrong codes or two weeks, for tests that cannot wait for either.

use medius_domain::access::{Action, Event, Object, Purpose};
use medius_domain::id::LinkId;
use medius_domain::link::Link;
use medius_domain::policy::{On, Thing, permit};
use medius_store::{Change, Database, Place, Tables};
use medius_tests::stack::Stack;
use std::sync::Arc;

/// The stack's tables, as whoever deployed it reaches them.
pub(crate) fn database(stack: &Stack) -> Database {
    let tables = Tables::new(|name| stack.run().tables.get(&name.strip_prefix("TABLE_")?.to_lowercase()).cloned());
    Database::new(stack.dynamodb(stack.operator_credentials()), tables, Arc::new(medius_domain::clock::SystemClock))
}

/// Writes a link otherwise than it came to be.
pub(crate) async fn rewritten(stack: &Stack, id: &str, change_it: impl FnOnce(Link) -> Link) -> Link {
    let (db, id): (Database, LinkId) = (database(stack), id.parse().unwrap());
    let link = db.read([Place::Link(id.clone())]).await.unwrap().link(&id).unwrap().unwrap();
    let next = Link { rev: link.rev + 1, ..change_it(link) };
    let case = next.case_id.clone();
    let snapshot = db.read([Place::Case(case.clone()), Place::case_log(&case)]).await.unwrap();
    let kept_until = snapshot.case(&case).unwrap().unwrap().expires_at;
    let object = Object::of(Thing::Task, next.task_id.as_ref().expect("its request"), "age");
    let event = Event::of_function("test", Action::Update, object, Purpose::Provision, None);
    let mut change = Change::new(permit(event, &On::Behind(&case, &next.subject)).unwrap(), db.now());
    change.update_link(&next, kept_until).unwrap();
    db.commit(change, &snapshot).await.unwrap();
    next
}
