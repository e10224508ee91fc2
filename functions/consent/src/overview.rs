//! What the patient sees of their consents: what is agreed to, since when, in which words, for whom, and who may read now.

use crate::State;
use crate::api::{ConsentOverview, CurrentView, ReaderView};
use crate::links;
use medius_domain::access::{Action, Object, Purpose};
use medius_domain::consent::{ConsentEvent, ConsentHead, Current, Matter, Standing};
use medius_domain::id::CaseId;
use medius_domain::policy::Thing;
use medius_domain::receipt::words;
use medius_http::{Origin, Patient, Problem, own_case};
use medius_store::{Change, Place};

/// The overview of a case; the look is in the log before anything is shown.
pub(crate) async fn overview(
    state: &State,
    patient: &Patient,
    origin: &Origin,
    id: &CaseId,
) -> Result<ConsentOverview, Problem> {
    let places = Place::gate(id).into_iter().chain([Place::Assignment(id.clone())]);
    let snapshot = state.db.read(places).await?;
    let event = origin.patient(patient, Action::View, Object::part(Thing::Consent, ""), Purpose::PatientRights);
    let (case, permit) = own_case(&state.db, &snapshot, id, event).await?;
    let standing = state.contacts.standing(&snapshot, &permit, &case).await?;
    let head = snapshot.consents(id)?;
    let (events, live) = tokio::try_join!(state.db.consent_events(id), links::live(state, id))?;
    state.db.commit(Change::new(permit, state.db.now()), &snapshot).await?;

    let mut readers: Vec<ReaderView> = live
        .iter()
        .filter(|(link, letter)| links::carried(link, letter, &head, &standing))
        .map(|(link, letter)| ReaderView::institution(link, letter, &events))
        .collect();
    readers.extend(snapshot.assignment(id)?.assignee.is_some().then(ReaderView::staff));
    Ok(ConsentOverview {
        must_decide: standing.must_be(),
        current: current(state, &head, &events, &standing),
        may_read_now: readers,
        events: events.iter().map(Into::into).collect(),
    })
}

fn current(state: &State, head: &ConsentHead, events: &[ConsentEvent], standing: &Standing) -> Vec<CurrentView> {
    let view = |(matter, current): (&Matter, &Current)| {
        let event = events.iter().find(|event| event.id == current.event)?;
        let text = words(event, |text| state.abroad(text))?;
        Some(CurrentView::new(matter, current, event, text, head.granted(matter, standing).is_some()))
    };
    head.current.iter().filter_map(view).collect()
}
