//! Selections, from both sides.

use crate::access::{AccessDenied, Action, ClientPass, Principal};
use crate::event::EventSubject;
use crate::id::{GalleryId, PhotoId, SelectionId, StudioId};
use crate::meter::{Holder, Meter, Pieces};
use crate::page::{Page, PageRequest, Versioned};
use crate::photo::PhotoStateKind;
use crate::ports::error::{StorageError, StorageErrorKind};
use crate::selection::{ClientSelections, PickLimit, Selection, SelectionRefusal, Submission};
use crate::services::catalogue::{ATTEMPTS, exhausted, is_lost_race};
use crate::services::error::{Absent, Resource};
use crate::services::metering::{self, Reservation};
use crate::services::processing::event;
use crate::services::sharing::note;
use crate::services::visiting::{VisitingError, visible_photo};
use crate::services::{Dependencies, Shared};
use crate::share::{ActivityKind, Client, Limit, ShareTarget};
use crate::text::{Name, Prose};

/// Manages selections.
#[derive(Debug, Clone)]
pub struct SelectingService {
    world: Shared,
}

/// Why a call on selections failed.
#[derive(Debug, thiserror::Error)]
pub enum SelectingError {
    /// The caller may not.
    #[error(transparent)]
    Denied(#[from] AccessDenied),
    /// Something named does not exist.
    #[error(transparent)]
    Absent(#[from] Absent),
    /// The selection refuses.
    #[error(transparent)]
    Refused(SelectionRefusal),
    /// The gallery is closed.
    #[error("the gallery is closed")]
    Closed,
    /// The store failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl From<SelectionRefusal> for SelectingError {
    fn from(refusal: SelectionRefusal) -> Self {
        match refusal {
            SelectionRefusal::NotFound => Absent::new(Resource::Selection).into(),
            refusal => Self::Refused(refusal),
        }
    }
}

impl From<VisitingError> for SelectingError {
    fn from(error: VisitingError) -> Self {
        match error {
            VisitingError::Denied(denied) => denied.into(),
            VisitingError::Absent(absent) => absent.into(),
            VisitingError::Closed => Self::Closed,
            VisitingError::Storage(error) => error.into(),
        }
    }
}

/// A selection as both sides see it.
#[derive(Debug, Clone, PartialEq)]
pub struct SelectionView {
    /// The selection.
    pub selection: Selection,
    /// How many distinct photos the client may pick over all its selections.
    pub limit: Option<Limit>,
    /// How many it has picked over all of them.
    pub picked: usize,
}

/// A selection with whose it is, for the studio.
#[derive(Debug, Clone, PartialEq)]
pub struct StudioSelection {
    /// The selection.
    pub view: SelectionView,
    /// Whose it is, if the client is still known.
    pub client: Option<Client>,
}

impl SelectingService {
    pub(crate) const fn new(world: Shared) -> Self {
        Self { world }
    }

    fn world(&self) -> &Dependencies {
        &self.world
    }

    /// The client's selections, oldest first.
    pub async fn list(&self, principal: &Principal) -> Result<Vec<SelectionView>, SelectingError> {
        let pass = principal.visit(Action::View)?;
        let found = self.world().metadata().selections.find_by_client(pass.studio(), pass.client()).await?;
        let Some(document) = found.map(|found| found.value) else {
            return Ok(Vec::new());
        };
        let limit = pass.share().limits.selections;
        let picked = document.distinct_photos();
        let view = |selection| SelectionView { selection, limit, picked };
        Ok(document.selections.into_iter().map(view).collect())
    }

    /// One of the client's selections.
    pub async fn get(
        &self,
        principal: &Principal,
        selection: SelectionId,
    ) -> Result<SelectionView, SelectingError> {
        let mut views = self.list(principal).await?;
        views.retain(|view| view.selection.id == selection);
        views.pop().ok_or_else(|| Absent::new(Resource::Selection).into())
    }

    /// Makes an empty selection.
    pub async fn create(&self, principal: &Principal, name: Name) -> Result<SelectionView, SelectingError> {
        let pass = principal.visit(Action::Select)?;
        let now = self.world().clock.now();
        let id = SelectionId::generate(now, &*self.world().entropy);
        self.change(pass, id, |document| Ok(document.add(id, name.clone(), now)?)).await
    }

    /// Renames a selection.
    pub async fn rename(
        &self,
        principal: &Principal,
        selection: SelectionId,
        name: Name,
    ) -> Result<SelectionView, SelectingError> {
        let pass = principal.visit(Action::Select)?;
        let now = self.world().clock.now();
        self.change(pass, selection, |document| Ok(document.rename(selection, name.clone(), now)?)).await
    }

    /// Deletes a selection.
    pub async fn delete(&self, principal: &Principal, selection: SelectionId) -> Result<(), SelectingError> {
        let pass = principal.visit(Action::Select)?;
        self.update(pass, |document| Ok(document.remove(selection)?)).await.map(drop)
    }

    /// Picks a photo.
    pub async fn pick(
        &self,
        principal: &Principal,
        selection: SelectionId,
        photo: PhotoId,
        comment: Option<Prose>,
    ) -> Result<SelectionView, SelectingError> {
        let action = if comment.is_some() { Action::Comment } else { Action::Select };
        let pass = principal.visit(action)?;
        check_visible(self.world(), pass, photo).await?;
        let most = PickLimit { limit: pass.share().limits.selections, now: self.world().clock.now() };
        self.change(pass, selection, |document| Ok(document.pick(selection, photo, comment.clone(), most)?))
            .await
    }

    /// Takes a photo out of a selection.
    pub async fn unpick(
        &self,
        principal: &Principal,
        selection: SelectionId,
        photo: PhotoId,
    ) -> Result<SelectionView, SelectingError> {
        let pass = principal.visit(Action::Select)?;
        let now = self.world().clock.now();
        self.change(pass, selection, |document| Ok(document.unpick(selection, photo, now)?)).await
    }

    /// Submits a selection, which locks it.
    pub async fn submit(
        &self,
        principal: &Principal,
        selection: SelectionId,
    ) -> Result<SelectionView, SelectingError> {
        let pass = principal.visit(Action::Select)?;
        let now = self.world().clock.now();
        let client = pass.client();
        let subject = EventSubject::SelectionSubmitted { selection, client };
        for _ in 0..ATTEMPTS {
            let (mut document, version) = self.find_own(pass).await?;
            if document.submit(selection, now)? == Submission::Repeated {
                return show(document, selection, pass.share().limits.selections);
            }
            let (reservation, pieces) = self.reserve(pass, &document, selection).await?;
            let events = [event(self.world(), pass.studio(), subject)];
            match self.world().metadata().selections.update(&document, version, &events).await {
                Ok(_) => {
                    metering::settle(self.world(), reservation, pieces).await;
                    note(&self.world, pass, ActivityKind::SubmittedSelection).await;
                    return show(document, selection, pass.share().limits.selections);
                }
                Err(error) if is_lost_race(&error) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(exhausted("submit selection", selection).into())
    }

    /// Takes the picks of a selection from the share's allowance of files, as far as it goes, before the selection is
    /// written as submitted. What is beyond it is a wish like any other, and not included.
    async fn reserve(
        &self,
        pass: &ClientPass,
        document: &ClientSelections,
        selection: SelectionId,
    ) -> Result<(Option<Reservation>, Pieces), SelectingError> {
        let allowance = pass.share().allowance;
        let Some(found) = document.find(selection).filter(|_| allowance.files.is_some()) else {
            return Ok((None, Pieces::default()));
        };
        let (studio, share) = (pass.studio(), pass.share_id());
        let holder = Holder::Selection { selection, client: pass.client() };
        metering::change(self.world(), studio, share, |meter| {
            let now = self.world().clock.now();
            let mut cover = meter.cover(allowance, Some(holder));
            let picks = found.picks.iter().map(|pick| pick.photo);
            let files = picks.filter(|photo| cover.take_file(*photo)).collect();
            let pieces = Pieces { prints: 0, files };
            let turn = meter.open(holder, pieces.clone(), now, None);
            let until = now + Meter::DOUBT;
            Ok((turn.map(|turn| Reservation { studio, share, holder, turn, until }), pieces))
        })
        .await
    }

    async fn find_own(
        &self,
        pass: &ClientPass,
    ) -> Result<(ClientSelections, crate::page::Version), SelectingError> {
        let found = self.world().metadata().selections.find_by_client(pass.studio(), pass.client()).await?;
        let Versioned { value, version } = found.ok_or(Absent::new(Resource::Selection))?;
        Ok((value, version))
    }

    async fn change(
        &self,
        pass: &ClientPass,
        selection: SelectionId,
        change: impl FnMut(&mut ClientSelections) -> Result<(), SelectingError> + Send,
    ) -> Result<SelectionView, SelectingError> {
        let document = self.update(pass, change).await?;
        show(document, selection, pass.share().limits.selections)
    }

    /// Changes the client's document, which its first change creates.
    async fn update(
        &self,
        pass: &ClientPass,
        mut change: impl FnMut(&mut ClientSelections) -> Result<(), SelectingError> + Send,
    ) -> Result<ClientSelections, SelectingError> {
        let selections = &self.world().metadata().selections;
        for _ in 0..ATTEMPTS {
            let found = selections.find_by_client(pass.studio(), pass.client()).await?;
            let seen = found.as_ref().map(|found| found.version);
            let mut document = found.map_or_else(|| empty(pass), |found| found.value);
            change(&mut document)?;
            let written = match seen {
                Some(seen) => selections.update(&document, seen, &[]).await,
                None => selections.create(&document).await,
            };
            match written {
                Ok(_) => return Ok(document),
                Err(error)
                    if matches!(
                        error.kind(),
                        StorageErrorKind::Conflict | StorageErrorKind::AlreadyExists
                    ) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(exhausted("change selections of client", pass.client()).into())
    }

    /// The selections of all clients who can see a gallery, newest client first. A page counts clients.
    pub async fn list_for_studio(
        &self,
        principal: &Principal,
        gallery: GalleryId,
        page: &PageRequest,
    ) -> Result<Page<StudioSelection>, SelectingError> {
        let studio = principal.manage()?;
        let metadata = self.world().metadata();
        let found = metadata.galleries.find(studio, gallery).await?;
        let gallery = found.ok_or(Absent::new(Resource::Gallery))?.value;
        let mut targets = vec![ShareTarget::Gallery(gallery.id)];
        targets.extend(gallery.collection.map(ShareTarget::Collection));
        let found = metadata.selections.list(studio, &targets, page).await?;
        let mut items = Vec::new();
        for document in found.items {
            items.extend(self.studio_views(studio, document.value).await?);
        }
        Ok(Page { items, next: found.next })
    }

    async fn studio_views(
        &self,
        studio: StudioId,
        document: ClientSelections,
    ) -> Result<Vec<StudioSelection>, SelectingError> {
        let metadata = self.world().metadata();
        let client = metadata.clients.find(document.share, document.client).await?;
        let client = client.map(|client| client.value);
        let share = metadata.shares.find(studio, document.share).await?;
        let limit = share.and_then(|share| share.value.limits.selections);
        let picked = document.distinct_photos();
        let view = |selection| StudioSelection {
            view: SelectionView { selection, limit, picked },
            client: client.clone(),
        };
        Ok(document.selections.into_iter().map(view).collect())
    }

    /// Gives a submitted selection back to its client, and what only it took of the share's allowance.
    pub async fn reopen(
        &self,
        principal: &Principal,
        selection: SelectionId,
    ) -> Result<StudioSelection, SelectingError> {
        let studio = principal.manage()?;
        let absent = Absent::new(Resource::Selection);
        for _ in 0..ATTEMPTS {
            let selections = &self.world().metadata().selections;
            let found = selections.find_by_selection(studio, selection).await?.ok_or(absent)?;
            let Versioned { mut value, version } = found;
            value.reopen(selection, self.world().clock.now())?;
            let holder = Holder::Selection { selection, client: value.client };
            let reservation = metering::doubt(self.world(), studio, value.share, holder).await?;
            match selections.update(&value, version, &[]).await {
                Ok(_) => {
                    metering::settle(self.world(), reservation, Pieces::default()).await;
                    let mut views = self.studio_views(studio, value).await?;
                    views.retain(|candidate| candidate.view.selection.id == selection);
                    return views.pop().ok_or_else(|| absent.into());
                }
                Err(error) if is_lost_race(&error) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(exhausted("reopen selection", selection).into())
    }
}

fn empty(pass: &ClientPass) -> ClientSelections {
    ClientSelections {
        client: pass.client(),
        studio: pass.studio(),
        share: pass.share_id(),
        target: pass.share().target,
        selections: Vec::new(),
    }
}

fn show(
    document: ClientSelections,
    selection: SelectionId,
    limit: Option<Limit>,
) -> Result<SelectionView, SelectingError> {
    let picked = document.distinct_photos();
    let found = document.selections.into_iter().find(|candidate| candidate.id == selection);
    let selection = found.ok_or(Absent::new(Resource::Selection))?;
    Ok(SelectionView { selection, limit, picked })
}

/// Checks that the client can see the photo.
async fn check_visible(
    world: &Dependencies,
    pass: &ClientPass,
    photo: PhotoId,
) -> Result<(), SelectingError> {
    let photo = visible_photo(world, pass, photo).await?;
    if photo.state.kind() == PhotoStateKind::Ready {
        Ok(())
    } else {
        Err(Absent::new(Resource::Photo).into())
    }
}
