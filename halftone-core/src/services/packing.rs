//! Packs: asking for one, hearing how far it is, and fetching it.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};
use uuid::Builder;

use crate::access::{Action, ClientPass, Principal, WishedFile};
use crate::gallery::Gallery;
use crate::id::{GalleryId, PackId, PhotoId, ReplacementId, SelectionId, StudioId};
use crate::job::Job;
use crate::pack::{Pack, PackEntries, PackEntry, PackFile, PackOwner, PackState};
use crate::page::{PageLimit, PageRequest};
use crate::photo::{Photo, PhotoState, PhotoStateKind};
use crate::ports::error::{StorageError, StorageErrorKind};
use crate::ports::photos::PhotoFilter;
use crate::ports::urls::LinkTarget;
use crate::selection::Selection;
use crate::self_served::{PackClaim, SelfServedUrls};
use crate::services::catalogue::{ATTEMPTS, exhausted, is_lost_race};
use crate::services::delivering::included::{check_files, take_files};
use crate::services::delivering::{DeliveryError, DownloadSize, check_limit, count_downloads, file_name};
use crate::services::error::{Absent, FieldExt as _, InvalidField, Resource};
use crate::services::sharing::note;
use crate::services::visiting::open_galleries;
use crate::services::{Dependencies, Shared};
use crate::share::{ActivityKind, ShareTarget};
use crate::text::{Filename, InvalidValue};
use crate::zip::EntryNames;

pub(crate) mod building;
mod content;
mod lab;
mod originals;
mod serving;
mod storing;

pub use lab::LabPackError;
use originals::Originals;
pub use serving::ServedPack;

/// Makes packs.
#[derive(Debug, Clone)]
pub struct PackingService {
    world: Shared,
    urls: SelfServedUrls,
}

/// Which photos a pack shall hold.
#[derive(Debug, Clone)]
pub enum PackPhotos {
    /// These, in this order; one that is named twice is taken once.
    These(Vec<PhotoId>),
    /// Those of a selection: one of the client's own, or any of the studio's clients.
    Selection(SelectionId),
    /// All of a gallery.
    Gallery(GalleryId),
}

/// A pack, and where it is fetched once it is ready.
#[derive(Debug, Clone)]
pub struct PackView {
    /// The pack.
    pub pack: Pack,
    /// A path on the server, with the right to fetch it inside. A client's is checked against the share at every request.
    pub link: Option<LinkTarget>,
}

impl PackView {
    /// The length of the archive, once it is known.
    pub fn size_bytes(&self) -> Option<u64> {
        self.pack.layout().map(|layout| layout.size_bytes())
    }
}

/// The photos of a pack, with the folder of each and the name of the whole.
struct Chosen {
    photos: Vec<(Photo, String)>,
    name: String,
}

impl PackingService {
    /// A studio's own link: long enough for a slow line, short for a secret that opens originals.
    const STUDIO_LINK: SignedDuration = SignedDuration::from_hours(6);

    pub(crate) fn new(world: Shared) -> Self {
        let urls = SelfServedUrls::new(Arc::clone(&world.keyring), Arc::clone(&world.clock));
        Self { world, urls }
    }

    fn world(&self) -> &Dependencies {
        &self.world
    }

    /// Asks for a pack as a client, within what the share permits. Every photo counts against its limit of downloads, and
    /// clean files against what it includes, all of them or none;
    /// asking for the same again before the pack ends gives the same pack and counts nothing.
    ///
    /// Without a size it is the best that the share permits.
    pub async fn request_for_client(
        &self,
        principal: &Principal,
        photos: &PackPhotos,
        size: Option<DownloadSize>,
    ) -> Result<PackView, DeliveryError> {
        let pass = principal.visit(Action::View)?;
        let size = size.unwrap_or(DownloadSize::best(pass.share().permissions.download));
        principal.visit(Action::Download(size.permission()))?;
        let chosen = self.choose_for_client(pass, photos).await?;
        let owner = PackOwner::Client { share: pass.share_id(), client: pass.client() };
        let (count, pack) =
            self.plan(pass.studio(), owner, &chosen, size, client_pack_id(pass, &chosen, size))?;
        let ids: Vec<PhotoId> = chosen.photos.iter().map(|(photo, _)| photo.id).collect();
        let files = if size == DownloadSize::Proof { &[] } else { ids.as_slice() };
        if self.find_current(&pack).await?.is_none() {
            check_limit(self.world(), pass, count).await?;
            check_files(self.world(), pass, files).await?;
        }
        let (pack, is_new) = self.store(pack).await?;
        if is_new {
            if let Err(error) = self.count(pass, files, count).await {
                self.world().metadata().packs.delete(pack.studio, pack.id).await?;
                return Err(error);
            }
            note(&self.world, pass, ActivityKind::Downloaded).await;
            self.enqueue(&pack).await?;
        }
        Ok(self.view(pack))
    }

    /// Counts a new pack: its photos against the files that the share includes, and its files against the limit. Should
    /// another tab reach the limit between the two, the photos are taken all the same, and cost nothing the next time.
    async fn count(&self, pass: &ClientPass, files: &[PhotoId], count: u32) -> Result<(), DeliveryError> {
        take_files(self.world(), pass, files).await?;
        count_downloads(self.world(), pass, count).await
    }

    /// One of the client's packs.
    pub async fn get_for_client(
        &self,
        principal: &Principal,
        pack: PackId,
    ) -> Result<PackView, DeliveryError> {
        let pass = principal.visit(Action::View)?;
        let owner = PackOwner::Client { share: pass.share_id(), client: pass.client() };
        let pack = self.find(pass.studio(), pack, |found| found == owner).await?;
        Ok(self.view(pack))
    }

    /// Asks for a pack as the studio; without a size it holds the originals.
    pub async fn request(
        &self,
        principal: &Principal,
        photos: &PackPhotos,
        size: Option<DownloadSize>,
    ) -> Result<PackView, DeliveryError> {
        let studio = principal.manage()?;
        let size = size.unwrap_or(DownloadSize::Full);
        let chosen = self.choose_for_studio(studio, photos, size).await?;
        let id = PackId::generate(self.world().clock.now(), &*self.world().entropy);
        let (_, pack) = self.plan(studio, PackOwner::Studio, &chosen, size, id)?;
        let (pack, _) = self.store(pack).await?;
        self.enqueue(&pack).await?;
        Ok(self.view(pack))
    }

    /// One of the studio's packs.
    pub async fn get(&self, principal: &Principal, pack: PackId) -> Result<PackView, DeliveryError> {
        let studio = principal.manage()?;
        let is_own = |owner| matches!(owner, PackOwner::Studio | PackOwner::Order(_));
        let pack = self.find(studio, pack, is_own).await?;
        Ok(self.view(pack))
    }

    async fn find(
        &self,
        studio: StudioId,
        pack: PackId,
        is_right: impl Fn(PackOwner) -> bool + Send,
    ) -> Result<Pack, DeliveryError> {
        let found = self.world().metadata().packs.find(studio, pack).await?.map(|found| found.value);
        let now = self.world().clock.now();
        let pack = found.filter(|pack| is_right(pack.owner) && now < pack.expires_at);
        Ok(pack.ok_or(Absent::new(Resource::Download))?)
    }

    fn view(&self, pack: Pack) -> PackView {
        let now = self.world().clock.now();
        let expires_at = match pack.owner {
            PackOwner::Client { .. } => pack.expires_at,
            PackOwner::Studio | PackOwner::Order(_) => pack.expires_at.min(now + Self::STUDIO_LINK),
        };
        let claim = PackClaim { owner: pack.owner, studio: pack.studio, pack: pack.id };
        let link = pack.is_ready(now).then(|| self.urls.pack(&claim, expires_at));
        PackView { pack, link }
    }

    async fn choose_for_client(
        &self,
        pass: &ClientPass,
        photos: &PackPhotos,
    ) -> Result<Chosen, DeliveryError> {
        let mut galleries = open_galleries(self.world(), pass).await?;
        let in_folders = matches!(pass.share().target, ShareTarget::Collection(_));
        let name = pass.target().name().to_string();
        let (ids, skips) = match photos {
            PackPhotos::These(ids) => (ids.clone(), Skips::Nothing),
            PackPhotos::Selection(id) => {
                (photos_of(&self.own_selection(pass, *id).await?), Skips::Unavailable)
            }
            PackPhotos::Gallery(id) => {
                galleries.retain(|gallery| gallery.id == *id);
                let gallery = galleries.first().ok_or(Absent::new(Resource::Gallery))?;
                let found = self.photos_in(gallery, &[PhotoStateKind::Ready]).await?;
                let name = gallery.name.to_string();
                return Ok(Chosen {
                    photos: found.into_iter().map(|photo| (photo, String::new())).collect(),
                    name,
                });
            }
        };
        let found = self.find_photos(pass.studio(), &ids, skips, |photo| {
            let gallery = galleries.iter().find(|gallery| gallery.id == photo.gallery)?;
            let is_ready = photo.state.kind() == PhotoStateKind::Ready;
            is_ready.then(|| if in_folders { gallery.name.to_string() } else { String::new() })
        });
        Ok(Chosen { photos: found.await?, name })
    }

    async fn own_selection(&self, pass: &ClientPass, id: SelectionId) -> Result<Selection, DeliveryError> {
        let found = self.world().metadata().selections.find_by_client(pass.studio(), pass.client()).await?;
        let selection = found.and_then(|found| found.value.find(id).cloned());
        Ok(selection.ok_or(Absent::new(Resource::Selection))?)
    }

    async fn choose_for_studio(
        &self,
        studio: StudioId,
        photos: &PackPhotos,
        size: DownloadSize,
    ) -> Result<Chosen, DeliveryError> {
        // An original can be taken whatever became of its renditions.
        let states: &[PhotoStateKind] = match size {
            DownloadSize::Full => &PhotoStateKind::WITH_BYTES,
            DownloadSize::Proof | DownloadSize::Sized => &[PhotoStateKind::Ready],
        };
        let metadata = self.world().metadata();
        let (ids, skips, name) = match photos {
            PackPhotos::Gallery(id) => {
                let found = metadata.galleries.find(studio, *id).await?;
                let gallery = found.ok_or(Absent::new(Resource::Gallery))?.value;
                let found = self.photos_in(&gallery, states).await?;
                let name = gallery.name.to_string();
                return Ok(Chosen {
                    photos: found.into_iter().map(|photo| (photo, String::new())).collect(),
                    name,
                });
            }
            PackPhotos::Selection(id) => {
                let found = metadata.selections.find_by_selection(studio, *id).await?;
                let selection = found.and_then(|found| found.value.find(*id).cloned());
                let selection = selection.ok_or(Absent::new(Resource::Selection))?;
                (photos_of(&selection), Skips::Unavailable, selection.name.to_string())
            }
            PackPhotos::These(ids) => (ids.clone(), Skips::Nothing, "photos".to_owned()),
        };
        let found = self
            .find_photos(studio, &ids, skips, |photo| states.contains(&photo.state.kind()).then(String::new));
        Ok(Chosen { photos: found.await?, name })
    }

    async fn photos_in(
        &self,
        gallery: &Gallery,
        states: &[PhotoStateKind],
    ) -> Result<Vec<Photo>, StorageError> {
        let filter = PhotoFilter { states: states.to_vec(), ..PhotoFilter::default() };
        let (mut photos, mut after) = (Vec::new(), None);
        loop {
            let page = PageRequest::after(PageLimit::MOST, after);
            let found =
                self.world().metadata().photos.list(gallery.studio, gallery.id, &filter, &page).await?;
            photos.extend(found.items.into_iter().map(|photo| photo.value));
            after = found.next;
            // One too many is refused with a sentence; there is no need to read on.
            if after.is_none() || photos.len() > PackEntries::MOST {
                return Ok(photos);
            }
        }
    }

    /// Finds photos by id and asks for the folder of each; one without a folder is not available.
    async fn find_photos(
        &self,
        studio: StudioId,
        ids: &[PhotoId],
        skips: Skips,
        folder: impl Fn(&Photo) -> Option<String> + Send,
    ) -> Result<Vec<(Photo, String)>, DeliveryError> {
        if ids.len() > PackEntries::MOST {
            return Err(too_many().into());
        }
        let mut chosen: Vec<(Photo, String)> = Vec::with_capacity(ids.len());
        let mut seen = std::collections::HashSet::new();
        for (part, ids) in ids.chunks(PageLimit::MOST.get()).enumerate() {
            let found = self.world().metadata().photos.find_many(studio, ids).await?;
            for (position, id) in ids.iter().enumerate().filter(|(_, id)| seen.insert(**id)) {
                let photo = found.iter().map(|found| &found.value).find(|photo| photo.id == *id);
                match photo.and_then(|photo| folder(photo).map(|folder| (photo.clone(), folder))) {
                    Some(photo) => chosen.push(photo),
                    None if skips == Skips::Unavailable => {}
                    None => {
                        let position = part * PageLimit::MOST.get() + position;
                        return Err(
                            InvalidField::unknown(format!("photo_ids[{position}]"), Resource::Photo).into()
                        );
                    }
                }
            }
        }
        Ok(chosen)
    }

    /// The pack that is to be made, and how many downloads it is.
    fn plan(
        &self,
        studio: StudioId,
        owner: PackOwner,
        chosen: &Chosen,
        size: DownloadSize,
        id: PackId,
    ) -> Result<(u32, Pack), InvalidField> {
        let mut names = EntryNames::default();
        let mut entries = Vec::with_capacity(chosen.photos.len());
        for (photo, folder) in &chosen.photos {
            let Some(file) = self.file_of(photo, size) else { continue };
            let wished = wished(id, file, photo.replacements.current_id());
            let name = names.claim(folder, file_name(photo, wished).as_str());
            let taken_at = photo.facts.as_ref().and_then(|facts| facts.captured_at);
            entries.push(PackEntry {
                name,
                file,
                modified_at: taken_at.unwrap_or(photo.created_at),
                seal: None,
            });
        }
        if entries.len() > PackEntries::MOST {
            return Err(too_many());
        }
        let entries = PackEntries::new(entries).field("photo_ids")?;
        let count = u32::try_from(entries.as_slice().len()).unwrap_or(u32::MAX);
        let now = self.world().clock.now();
        let pack = Pack {
            id,
            studio,
            owner,
            filename: archive_name(&chosen.name),
            entries,
            delivery: self.world().settings.archives.into(),
            state: PackState::Building,
            expires_at: now + Pack::DOWNLOAD_LIFETIME,
            due_at: self.stalled_at(now),
            created_at: now,
            updated_at: now,
        };
        Ok((count, pack))
    }

    fn file_of(&self, photo: &Photo, size: DownloadSize) -> Option<PackFile> {
        match (size, &photo.state) {
            (DownloadSize::Full, _) => Some(PackFile::Original { photo: photo.id }),
            (DownloadSize::Sized, _) => {
                let long_edge_px = self.world().settings.delivery_long_edge_px;
                Some(PackFile::Sized { photo: photo.id, long_edge_px })
            }
            (DownloadSize::Proof, PhotoState::Ready { renditions, .. }) => Some(PackFile::Proof {
                photo: photo.id,
                fingerprint: renditions.fingerprint,
                format: renditions.format,
            }),
            (DownloadSize::Proof, _) => None,
        }
    }

    fn stalled_at(&self, now: Timestamp) -> Timestamp {
        now + self.world().settings.stalled_after
    }

    /// The same pack, if it was asked for before and is still good.
    async fn find_current(&self, pack: &Pack) -> Result<Option<Pack>, StorageError> {
        let found = self.world().metadata().packs.find(pack.studio, pack.id).await?.map(|found| found.value);
        Ok(found.filter(|pack| pack.is_current(self.world().clock.now())))
    }

    /// Stores a pack, unless it is there already and still good. Tells whether it was stored.
    async fn store(&self, pack: Pack) -> Result<(Pack, bool), StorageError> {
        let packs = &self.world().metadata().packs;
        for _ in 0..ATTEMPTS {
            match packs.create(&pack).await {
                Ok(_) => return Ok((pack, true)),
                Err(error) if error.kind() == StorageErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
            let Some(found) = packs.find(pack.studio, pack.id).await? else { continue };
            if found.value.is_current(self.world().clock.now()) {
                return Ok((found.value, false));
            }
            match packs.update(&pack, found.version).await {
                Ok(_) => return Ok((pack, true)),
                Err(error) if is_lost_race(&error) => {}
                Err(error) => return Err(error),
            }
        }
        Err(exhausted("store pack", pack.id))
    }

    async fn enqueue(&self, pack: &Pack) -> Result<(), StorageError> {
        let job = Job::BuildPack { studio: pack.studio, pack: pack.id };
        self.world().jobs().enqueue(&[job], SignedDuration::ZERO).await
    }
}

/// What happens to photos that are named and cannot be had.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Skips {
    /// They are an error.
    Nothing,
    /// They are left out: a list is as old as its last pick.
    Unavailable,
}

/// The file of a pack as a wish that [`grant_download`](crate::access::grant_download) decides on.
///
/// `replacement` is the one that is the photo's original now. A pack that is older than it is not served; see
/// [`is_outdated`].
pub(crate) const fn wished(pack: PackId, file: PackFile, replacement: Option<ReplacementId>) -> WishedFile {
    match file {
        PackFile::Original { photo } => WishedFile::Original(photo, replacement),
        PackFile::Sized { photo, long_edge_px } => WishedFile::Sized(photo, replacement, long_edge_px),
        PackFile::Proof { photo, fingerprint, format } => WishedFile::Proof(photo, fingerprint, format),
        PackFile::Print { photo, fingerprint, .. } => WishedFile::Print(photo, fingerprint),
        PackFile::Document { number } => WishedFile::Document(pack, number),
    }
}

/// Whether the original of a photo was replaced after it was put into a pack, whose files are other ones then.
pub(crate) fn is_outdated(pack: &Pack, photo: &Photo) -> bool {
    photo.replacements.current.as_ref().is_some_and(|current| current.at >= pack.created_at)
}

fn photos_of(selection: &Selection) -> Vec<PhotoId> {
    selection.picks.iter().map(|pick| pick.photo).collect()
}

fn too_many() -> InvalidField {
    InvalidField::new(
        "photo_ids",
        InvalidValue::new("photos", format!("must be at most {}", PackEntries::MOST)),
    )
}

/// Equal wishes of one client have one id, so that a request that is sent twice makes one pack.
fn client_pack_id(pass: &ClientPass, chosen: &Chosen, size: DownloadSize) -> PackId {
    let mut hasher = Sha256::new();
    hasher.update(pass.share_id().as_uuid());
    hasher.update(pass.client().as_uuid());
    hasher.update(size.permission().as_str());
    for (photo, _) in &chosen.photos {
        hasher.update(photo.id.as_uuid());
        if let Some(replacement) = photo.replacements.current_id() {
            hasher.update(replacement.as_uuid());
        }
        if let (DownloadSize::Proof, PhotoState::Ready { renditions, .. }) = (size, &photo.state) {
            hasher.update(renditions.fingerprint.to_string());
        }
    }
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hasher.finalize()[..16]);
    PackId::from_uuid(Builder::from_custom_bytes(bytes).into_uuid())
}

/// The name of the archive of a gallery, without what some system refuses in a name.
pub(crate) fn archive_name(name: &str) -> Filename {
    let clean = EntryNames::default().claim("", &format!("{name}.zip"));
    Filename::parse(clean.as_str()).unwrap_or_else(|_| Filename::parse("photos.zip").expect("a plain name"))
}
