//! What a session does: reads the referral, takes the letter or its data, says "received", ends. Each is one commit with
//! its entry in the access log, and nothing is shown before the commit has won.

use crate::State;
use crate::copy;
use crate::desk::answer;
use crate::link::{Attempt, Attempts, Found, Usable, find};
use crate::session::{self, Token};
use medius_documents::ReferralView;
use medius_domain::access::{Action, Authentication, Object};
use medius_domain::chain::sha256_hex;
use medius_domain::id::LinkId;
use medius_domain::link::{Link, LinkEvent};
use medius_domain::policy::{On, Thing, permit};
use medius_domain::provider::Provider;
use medius_domain::task::TaskAction;
use medius_http::{Origin, Problem};
use medius_store::{Change, Place, ReferralRecord, SessionRecord, StoreError};
use zeroize::Zeroizing;

/// A session that may go on.
pub(crate) struct Reader {
    pub(crate) usable: Usable,
    session: SessionRecord,
    token_sha256: String,
}

impl Reader {
    /// Lets a session go on to do one thing.
    pub(crate) async fn enter(
        state: &State,
        origin: &Origin,
        id: &LinkId,
        token: &Token,
        action: Action,
        object: impl FnOnce(&Link) -> Object,
    ) -> Result<Self, Problem> {
        Self::enter_with(state, origin, (id, token), action, object, |_| vec![]).await
    }

    /// The same, with what else of the case is read at that moment.
    pub(crate) async fn enter_with(
        state: &State,
        origin: &Origin,
        (id, token): (&LinkId, &Token),
        action: Action,
        object: impl FnOnce(&Link) -> Object,
        more: impl FnOnce(&Link) -> Vec<Place>,
    ) -> Result<Self, Problem> {
        let token_sha256 = token.sha256();
        let Found { link, session, .. } = find(state, id, Some(&token_sha256)).await?;
        let now = state.db.now();
        let session = session.filter(|s| session::valid(s, &link, now)).ok_or_else(Problem::not_found)?;
        let by = Authentication::LinkSecretAndCode;
        let event = origin.provider(&link.provider_id, by, action, object(&link), &[]);
        let more = more(&link);
        let usable = Usable::check_with(state, link, event, more).await?;
        Ok(Self { usable, session: SessionRecord { seen_at: now, ..session }, token_sha256 })
    }

    /// A change that also says that the session was used.
    pub(crate) fn change(&self, state: &State) -> Result<Change, StoreError> {
        let mut change = self.usable.change(state, self.usable.permit.clone());
        let ends = session::ends(&self.session);
        change.touch_session(&self.usable.link.id, &self.token_sha256, &self.session, ends)?;
        Ok(change)
    }

    /// A document of the case, unsealed once for all attempts of a request.
    pub(crate) async fn fetch<'k>(
        &self,
        state: &State,
        kept: &'k mut Kept,
        kind: &'static str,
        sha256: &str,
    ) -> Result<&'k [u8], Problem> {
        let case = &self.usable.link.case_id;
        // Without its key a case is destroyed, whatever else is still lying about.
        let wrapped = self.usable.snapshot.data_key(&self.usable.permit).ok_or_else(Problem::not_found)?;
        if kept.is_none() {
            let key = state.keyring.unwrap(case, &wrapped).await?;
            *kept = Some(state.documents.get(case, &key, kind, sha256).await?);
        }
        Ok(kept.as_ref().map_or(&[], |bytes| bytes.as_slice()))
    }
}

/// What an earlier attempt has fetched. Attempts of one request are about one letter, which never changes.
pub(crate) type Kept = Option<Zeroizing<Vec<u8>>>;

/// What the reading page shows.
pub(crate) struct Shown {
    pub(crate) link: Link,
    pub(crate) provider: Provider,
    pub(crate) referral: ReferralRecord,
    pub(crate) view: ReferralView,
}

/// Shows the referral.
pub(crate) async fn read(state: &State, origin: &Origin, id: &LinkId, token: &Token) -> Result<Shown, Problem> {
    let (mut attempts, mut kept) = (Attempts::default(), None);
    loop {
        match try_read(state, origin, id, token, &mut kept).await {
            Ok(shown) => return Ok(shown),
            Err(ended) => attempts.again(ended).await?,
        }
    }
}

async fn try_read(
    state: &State,
    origin: &Origin,
    id: &LinkId,
    token: &Token,
    kept: &mut Kept,
) -> Result<Shown, Attempt> {
    let object = |link: &Link| Object::of(Thing::Referral, &link.referral_id, "view");
    let reader = Reader::enter(state, origin, id, token, Action::View, object).await?;
    let bytes = reader.fetch(state, kept, "view", &reader.usable.referral.view_sha256).await?;
    let mut change = reader.change(state)?;
    // A link that was revoked since it was read shows nothing.
    change.require_link(&reader.usable.link);
    state.db.commit(change, &reader.usable.snapshot).await?;
    // The parser's own message could repeat the story, so it is left out.
    let view = serde_json::from_slice(bytes).map_err(|_| StoreError::Corrupt { place: "view" })?;
    let Usable { link, provider, referral, .. } = reader.usable;
    Ok(Shown { link, provider, referral, view })
}

/// What can be taken.
#[derive(Debug, Clone, Copy)]
pub(crate) enum File {
    /// The letter.
    Letter,
    /// Its FHIR Bundle.
    Bundle,
}

impl File {
    const fn kind(self) -> &'static str {
        match self {
            Self::Letter => "letter",
            Self::Bundle => "bundle",
        }
    }

    fn sha256(self, referral: &ReferralRecord) -> &str {
        match self {
            Self::Letter => &referral.pdf_sha256,
            Self::Bundle => &referral.bundle_sha256,
        }
    }
}

/// A file that was taken.
pub(crate) struct Taken {
    pub(crate) referral: ReferralRecord,
    pub(crate) bytes: Vec<u8>,
}

/// Hands out a file. It is fetched before the download is counted, so that a failing part costs nobody a download, and
/// answered only by who won the count.
pub(crate) async fn take(
    state: &State,
    origin: &Origin,
    id: &LinkId,
    token: &Token,
    file: File,
) -> Result<Taken, Problem> {
    let (mut attempts, mut kept) = (Attempts::default(), None);
    loop {
        match try_take(state, origin, id, token, file, &mut kept).await {
            Ok(taken) => return Ok(taken),
            Err(ended) => attempts.again(ended).await?,
        }
    }
}

async fn try_take(
    state: &State,
    origin: &Origin,
    id: &LinkId,
    token: &Token,
    file: File,
    kept: &mut Kept,
) -> Result<Taken, Attempt> {
    let object = |link: &Link| Object::of(Thing::Referral, &link.referral_id, file.kind());
    let reader = Reader::enter(state, origin, id, token, Action::Download, object).await?;
    let link = &reader.usable.link;
    let after = link.state.after(LinkEvent::Download).filter(|_| link.downloads < link.max_downloads);
    let after = after.ok_or_else(Problem::not_found)?;
    let issued = reader.fetch(state, kept, file.kind(), file.sha256(&reader.usable.referral)).await?;
    let bytes = match file {
        File::Letter => copy::letter(issued, &reader.usable)?,
        File::Bundle => issued.to_vec(),
    };
    let now = state.db.now();
    let next = Link {
        state: after,
        downloads: link.downloads + 1,
        downloaded_at: link.downloaded_at.or(Some(now)),
        ..reader.usable.next()
    };
    let mut change = reader.change(state)?;
    change.update_link(&next, reader.usable.kept_until)?;
    if matches!(file, File::Letter) {
        // Whoever holds the copy can verify it by its number as they can the letter.
        change.note_copy(&reader.usable.referral, &sha256_hex(&bytes), reader.usable.kept_until)?;
    }
    state.db.commit(change, &reader.usable.snapshot).await?;
    Ok(Taken { referral: reader.usable.referral, bytes })
}

/// A list of fingerprints.
pub(crate) struct Manifest {
    pub(crate) referral: ReferralRecord,
    pub(crate) text: String,
}

/// Lists the fingerprints of what this institution can take. No download: nothing of the letter is in it.
pub(crate) async fn manifest(state: &State, origin: &Origin, id: &LinkId, token: &Token) -> Result<Manifest, Problem> {
    let (mut attempts, mut kept) = (Attempts::default(), None);
    loop {
        match try_manifest(state, origin, id, token, &mut kept).await {
            Ok(manifest) => return Ok(manifest),
            Err(ended) => attempts.again(ended).await?,
        }
    }
}

async fn try_manifest(
    state: &State,
    origin: &Origin,
    id: &LinkId,
    token: &Token,
    kept: &mut Kept,
) -> Result<Manifest, Attempt> {
    let object = |link: &Link| Object::of(Thing::Referral, &link.referral_id, "manifest");
    let reader = Reader::enter(state, origin, id, token, Action::View, object).await?;
    let issued = reader.fetch(state, kept, File::Letter.kind(), &reader.usable.referral.pdf_sha256).await?;
    let pdf = copy::letter(issued, &reader.usable)?;
    let mut change = reader.change(state)?;
    change.require_link(&reader.usable.link);
    state.db.commit(change, &reader.usable.snapshot).await?;
    let text = copy::manifest(&pdf, &reader.usable.referral);
    Ok(Manifest { referral: reader.usable.referral, text })
}

/// Takes "received". Said twice, the first time counts.
pub(crate) async fn acknowledge(state: &State, origin: &Origin, id: &LinkId, token: &Token) -> Result<(), Problem> {
    let mut attempts = Attempts::default();
    loop {
        match try_acknowledge(state, origin, id, token).await {
            Ok(()) => return Ok(()),
            Err(ended) => attempts.again(ended).await?,
        }
    }
}

async fn try_acknowledge(state: &State, origin: &Origin, id: &LinkId, token: &Token) -> Result<(), Attempt> {
    let object = |link: &Link| Object::of(Thing::Delivery, &link.delivery_id, "received");
    let reader = Reader::enter(state, origin, id, token, Action::Update, object).await?;
    let link = &reader.usable.link;
    let after = link.state.after(LinkEvent::Acknowledge).ok_or_else(Problem::not_found)?;
    let acknowledged_at = link.acknowledged_at.or(Some(state.db.now()));
    let next = Link { state: after, acknowledged_at, ..reader.usable.next() };
    let mut change = reader.change(state)?;
    change.update_link(&next, reader.usable.kept_until)?;
    answer::along(&mut change, &reader.usable, TaskAction::Acknowledge, state.db.now())?;
    state.db.commit(change, &reader.usable.snapshot).await.map_err(answer::late)
}

/// Ends the session, also that of a link that can no longer be used.
pub(crate) async fn close(state: &State, origin: &Origin, id: &LinkId, token: &Token) -> Result<(), Problem> {
    let mut attempts = Attempts::default();
    loop {
        match try_close(state, origin, id, &token.sha256()).await {
            Ok(()) => return Ok(()),
            Err(ended) => attempts.again(ended).await?,
        }
    }
}

async fn try_close(state: &State, origin: &Origin, id: &LinkId, token_sha256: &str) -> Result<(), Attempt> {
    let Found { link, session, .. } = find(state, id, Some(token_sha256)).await?;
    session.ok_or_else(Problem::not_found)?;
    let snapshot = state.db.read([Place::case_log(&link.case_id)]).await?;
    let object = Object::of(Thing::Link, &link.id, "close");
    let by = Authentication::LinkSecretAndCode;
    let event = origin.provider(&link.provider_id, by, Action::Update, object, &[]);
    let leave = permit(event, &On::Behind(&link.case_id, &link.subject)).map_err(Problem::from)?;
    let mut change = Change::new(leave, state.db.now());
    change.end_session(&link.id, token_sha256);
    Ok(state.db.commit(change, &snapshot).await?)
}
