//! The copy that a patient asked for, or the statement of a patient for an institution, by its link: a code is ordered, and the code with the secret fetches it, once. Whatever
//! is wrong, the answer is the one identical 404.
//!
//! Everything is fetched and opened before the download is claimed, so that a failing part costs nobody their copy, and it is
//! answered only by who won the claim. Each case is read again: what was destroyed since is not in the copy any more.

use crate::State;
use crate::link::{Attempt, Attempts};
use crate::statement;
use chrono::{DateTime, Utc};
use medius_domain::access::{Action, Authentication, Event, Object, Purpose};
use medius_domain::case::Case;
use medius_domain::code::OneTimeCode;
use medius_domain::export::{Export, ExportPart, Tried};
use medius_domain::id::{CaseId, RightId};
use medius_domain::link::LinkSecret;
use medius_domain::policy::{On, Permit, Thing, permit};
use medius_http::{Origin, Problem};
use medius_store::{Change, Handoff, MailAbout, MailRecord, Place, Snapshot};
use std::io::{Cursor, Write};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// The copy cannot be packed: of names and sizes, never of contents.
#[derive(Debug, thiserror::Error)]
#[error("the copy cannot be packed")]
struct Unpacked;

/// A copy whose secret is known.
struct Known {
    export: Export,
    case: Opened,
}

/// A case of a copy, with leave to hand it out.
struct Opened {
    snapshot: Snapshot,
    case: Case,
    permit: Permit,
}

fn event(origin: &Origin, export: &Export, action: Action, how: Authentication) -> Event {
    if let Some(institution) = &export.institution {
        return origin.source(institution, how, action, Object::of(Thing::Export, &export.right_id, "statement"));
    }
    let object = Object::of(Thing::Export, &export.right_id, "");
    origin.without_sign_in(&export.subject, how, action, object, Purpose::PatientRights)
}

/// A case, if it is still there and still theirs.
async fn open(state: &State, id: &CaseId, export: &Export, event: Event) -> Result<Option<Opened>, Problem> {
    let mut places = vec![Place::Case(id.clone()), Place::DataKey(id.clone()), Place::case_log(id)];
    if export.institution.is_some() {
        // Everything that is sealed about a case opens together.
        places.extend([Place::Intake(id.clone()), Place::Contact(id.clone()), Place::ContactKey(id.clone())]);
        places.push(Place::Correction(id.clone(), export.right_id.clone()));
    }
    let snapshot = state.db.read(places).await?;
    let Some(case) = snapshot.case_of(id, &export.subject)? else { return Ok(None) };
    let on = match &export.institution {
        Some(_) => On::Behind(&case.id, &case.subject),
        None => On::Case(&case),
    };
    let permit = permit(event, &on)?;
    Ok(Some(Opened { snapshot, case, permit }))
}

/// The copy, if the secret is its own and it can be fetched.
async fn known(
    state: &State,
    origin: &Origin,
    id: &RightId,
    secret: &LinkSecret,
    action: Action,
) -> Result<Known, Problem> {
    let now = state.db.now();
    let found = state.db.read([Place::Export(id.clone())]).await?.export(id)?;
    let export = found.filter(|export| export.live(now)).ok_or_else(Problem::not_found)?;
    let event = event(origin, &export, action, Authentication::LinkSecret);
    if !secret.matches(&export.secret_sha256) {
        // Somebody guesses, or a mail system cut the address off: the patient sees the attempt.
        let refusal = Permit::refusal(event, &On::Behind(&export.told_by, &export.subject));
        let snapshot = state.db.read([Place::case_log(&export.told_by)]).await?;
        state.db.commit(Change::new(refusal, now), &snapshot).await?;
        return Err(Problem::not_found());
    }
    let case = open(state, &export.told_by, &export, event).await?.ok_or_else(Problem::not_found)?;
    Ok(Known { export, case })
}

/// Orders a code to the patient's mailbox and says until when it can be used. A new code ends the one before.
pub(crate) async fn order_code(
    state: &State,
    origin: &Origin,
    id: &RightId,
    secret: &LinkSecret,
) -> Result<DateTime<Utc>, Problem> {
    let mut attempts = Attempts::default();
    loop {
        match try_order(state, origin, id, secret).await {
            Ok(valid_until) => return Ok(valid_until),
            Err(ended) => attempts.again(ended).await?,
        }
    }
}

async fn try_order(
    state: &State,
    origin: &Origin,
    id: &RightId,
    secret: &LinkSecret,
) -> Result<DateTime<Utc>, Attempt> {
    let Known { export, case } = known(state, origin, id, secret, Action::LinkOpen).await?;
    let now = state.db.now();
    let next = export.with_code(now).map_err(Problem::from)?;
    let code = next.code.as_ref().ok_or_else(Problem::not_found)?;
    let about = MailAbout::ExportCode { right_id: id.clone(), code_n: code.n };
    let mail = MailRecord::new(about, case.case.id.clone(), export.subject.clone(), now);
    let mut change = Change::new(case.permit, now);
    change.put_export(&next)?;
    change.order_mail(&mail)?;
    state.db.commit(change, &case.snapshot).await?;
    Ok(code.valid_until)
}

/// What is handed out.
pub(crate) enum Taken {
    /// The copy itself.
    Copy(Vec<u8>),
    /// The address where a large one lies for a minute.
    Address(String),
}

/// Hands the copy out, once. Right or wrong, a try with a code is counted in the same step that uses it up.
pub(crate) async fn take(
    state: &State,
    origin: &Origin,
    id: &RightId,
    secret: &LinkSecret,
    typed: &OneTimeCode,
) -> Result<Taken, Problem> {
    let mut attempts = Attempts::default();
    loop {
        match Box::pin(try_take(state, origin, id, secret, typed)).await {
            Ok(taken) => return Ok(taken),
            Err(ended) => attempts.again(ended).await?,
        }
    }
}

async fn try_take(
    state: &State,
    origin: &Origin,
    id: &RightId,
    secret: &LinkSecret,
    typed: &OneTimeCode,
) -> Result<Taken, Attempt> {
    let Known { export, case } = known(state, origin, id, secret, Action::Download).await?;
    let now = state.db.now();
    let n = export.code_to_try(now).ok_or_else(Problem::not_found)?;
    let expected = state.codes.export_code(id, n).await?;
    match export.tried(&expected, typed, now) {
        Tried::None => Err(Problem::not_found().into()),
        Tried::Wrong(next) => {
            let mut change = Change::new(case.permit.refused(), now);
            change.put_export(&next)?;
            state.db.commit(change, &case.snapshot).await?;
            Err(Problem::not_found().into())
        }
        Tried::Right(next) => {
            let taken = fetch(state, origin, &export, &case).await?;
            let mut change = Change::new(case.permit.authenticated_by(Authentication::LinkSecretAndCode), now);
            change.put_export(&next)?;
            state.db.commit(change, &case.snapshot).await?;
            Ok(taken)
        }
    }
}

/// Everything that is left of the copy, opened; what is opened of the other cases is in their logs.
async fn fetch(state: &State, origin: &Origin, export: &Export, told_by: &Opened) -> Result<Taken, Problem> {
    if export.institution.is_some() {
        return Ok(Taken::Copy(said(state, export, told_by).await?));
    }
    let mut files = Vec::new();
    for part in &export.parts {
        if part.case_id == told_by.case.id {
            files.extend(unsealed(state, export, part, told_by).await?);
            continue;
        }
        let event = event(origin, export, Action::Download, Authentication::LinkSecretAndCode);
        let Some(other) = open(state, &part.case_id, export, event).await? else { continue };
        files.extend(unsealed(state, export, part, &other).await?);
        state.db.commit(Change::new(other.permit, state.db.now()), &other.snapshot).await?;
    }
    let copy = packed(files).map_err(Problem::internal)?.ok_or_else(Problem::not_found)?;
    if copy.len() <= Handoff::ANSWERED {
        return Ok(Taken::Copy(copy));
    }
    Ok(Taken::Address(state.handoff.give(&copy, "application/zip", &file_name(&export.right_id)).await?))
}

/// What the patient says of the institution's record, as it stands in the case now.
async fn said(state: &State, export: &Export, case: &Opened) -> Result<Vec<u8>, Problem> {
    let id = &case.case.id;
    let sealed = case.snapshot.sealed_case(&case.permit).ok_or_else(Problem::not_found)?;
    let key = state.keyring.unwrap(id, &sealed.data_key).await?;
    let correction = case.snapshot.correction(id, &export.right_id, &key)?.ok_or_else(Problem::not_found)?;
    let story = sealed.intake.open(&key, id)?;
    let about = (&export.right_id, id);
    let files = statement::files(&state.operator, about, (&story, &correction), state.db.now());
    zipped(files.map_err(Problem::internal)?).map_err(Problem::internal)
}

/// What the file is called: by opaque ids only.
pub(crate) fn file_name(id: &RightId) -> String {
    format!("medius-{id}.zip")
}

/// The archive of a case; none where the case has no key any more.
async fn unsealed(
    state: &State,
    export: &Export,
    part: &ExportPart,
    opened: &Opened,
) -> Result<Option<(String, Vec<u8>)>, Problem> {
    let Some(wrapped) = opened.snapshot.data_key(&opened.permit) else { return Ok(None) };
    let key = state.keyring.unwrap(&part.case_id, &wrapped).await?;
    let archive = state.exports.get(part, &export.right_id, &key).await?;
    Ok(Some((format!("{}.zip", part.case_id), archive.to_vec())))
}

/// One archive as it is, several in one around them; none where nothing is left.
fn packed(mut files: Vec<(String, Vec<u8>)>) -> Result<Option<Vec<u8>>, Unpacked> {
    if files.len() <= 1 {
        return Ok(files.pop().map(|(_, archive)| archive));
    }
    zipped(files).map(Some)
}

fn zipped(files: Vec<(String, Vec<u8>)>) -> Result<Vec<u8>, Unpacked> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored).unix_permissions(0o600);
    for (name, archive) in files {
        zip.start_file(name, options).map_err(|_| Unpacked)?;
        zip.write_all(&archive).map_err(|_| Unpacked)?;
    }
    Ok(zip.finish().map_err(|_| Unpacked)?.into_inner())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use std::io::Read;

    #[test]
    fn one_case_is_its_archive_and_several_lie_in_one() {
        let file = |name: &str| (format!("{name}.zip"), name.as_bytes().to_vec());
        assert_eq!(packed(vec![]).unwrap(), None);
        assert_eq!(packed(vec![file("a")]).unwrap().unwrap(), b"a");
        let both = packed(vec![file("a"), file("b")]).unwrap().unwrap();
        let mut zip = zip::ZipArchive::new(Cursor::new(both)).unwrap();
        let mut inner = Vec::new();
        zip.by_name("b.zip").unwrap().read_to_end(&mut inner).unwrap();
        assert_eq!((zip.len(), inner), (2, b"b".to_vec()));
    }
}
