//! The bytes of a pack: made while they are sent, or in the object store already.

use std::ops::Range;
use std::sync::Arc;

use super::content::bytes_of;
use super::{Originals, PackingService, is_outdated};
use crate::access::{DownloadGrant, PackGrant, Principal, StudioMember, grant_pack};
use crate::id::{PhotoId, StudioId};
use crate::pack::{Pack, PackDelivery, PackOwner, PackState};
use crate::page::PageLimit;
use crate::photo::Photo;
use crate::ports::error::{StorageError, StorageErrorKind};
use crate::ports::objects::{ObjectBody, ObjectInfo};
use crate::ports::urls::LinkTarget;
use crate::self_served::PackClaim;
use crate::services::delivering::DeliveryError;
use crate::services::error::{Absent, Resource};
use crate::services::sharing::SharingService;
use crate::services::visiting::open_galleries;
use crate::text::Filename;
use crate::zip::ZipLayout;

/// A pack that may be sent: a grant for each of its files.
#[derive(Debug, Clone)]
pub struct ServedPack {
    layout: Arc<ZipLayout>,
    grant: Arc<PackGrant>,
    is_stored: bool,
    info: ObjectInfo,
}

impl ServedPack {
    /// The media type of archives.
    pub const MEDIA_TYPE: &'static str = PackGrant::MEDIA_TYPE;

    /// The name under which it is saved.
    pub fn filename(&self) -> &Filename {
        self.grant.archive().filename()
    }

    /// Size and mark of the archive.
    pub const fn info(&self) -> &ObjectInfo {
        &self.info
    }
}

impl PackingService {
    /// Finds the pack behind a signed URL. Whoever it was made for is asked for again at every call: a share that was
    /// revoked, a permission that was taken back, a gallery that was closed and a photo that was deleted end it at once.
    pub async fn open_signed(&self, signed: &str) -> Result<ServedPack, DeliveryError> {
        let absent = || DeliveryError::from(Absent::new(Resource::Download));
        let claim = self.urls.read_pack(signed).ok_or_else(absent)?;
        let principal = self.principal(&claim).await?.ok_or_else(absent)?;
        let pack = self.find(claim.studio, claim.pack, |owner| owner == claim.owner).await?;
        self.serve(&principal, pack).await
    }

    /// Grants every file of a pack that is ready, if all its photos are still there.
    pub(super) async fn serve(&self, principal: &Principal, pack: Pack) -> Result<ServedPack, DeliveryError> {
        let absent = || DeliveryError::from(Absent::new(Resource::Download));
        let (PackState::Ready { at }, Some(layout)) = (&pack.state, pack.layout()) else {
            return Err(absent());
        };
        let photos = self.photos_of(principal, &pack).await?.ok_or_else(absent)?;
        let files = pack.entries.as_slice().iter().map(|entry| photos.wished(&pack, entry.file));
        let grant = grant_pack(principal, pack.id, &pack.filename, files)?;
        let info = ObjectInfo {
            size_bytes: layout.size_bytes(),
            etag: format!("{}-{}", pack.id, at.as_millisecond()),
            modified_at: *at,
        };
        Ok(ServedPack {
            layout: Arc::new(layout),
            grant: Arc::new(grant),
            is_stored: matches!(pack.delivery, PackDelivery::Stored { .. }),
            info,
        })
    }

    /// Whoever the URL was made for, as they are now.
    async fn principal(&self, claim: &PackClaim) -> Result<Option<Principal>, DeliveryError> {
        match claim.owner {
            PackOwner::Client { share, client } => {
                let sharing = SharingService::new(Arc::clone(&self.world));
                let found = sharing.admit_again(share, client).await?;
                Ok(found.filter(|principal| is_of(principal, claim.studio)))
            }
            PackOwner::Studio | PackOwner::Order(_) => {
                let studio = self.world().metadata().studios.find(claim.studio).await?;
                let member = |owner| StudioMember { user: owner, studio: claim.studio };
                Ok(studio.map(|studio| Principal::Studio(member(studio.value.owner))))
            }
        }
    }

    /// The photos of a pack, if every one is still there, has the original that it had, and is still shown to a client.
    async fn photos_of(
        &self,
        principal: &Principal,
        pack: &Pack,
    ) -> Result<Option<Originals>, DeliveryError> {
        let galleries = match principal {
            Principal::Client(pass) => Some(open_galleries(self.world(), pass).await?),
            Principal::Studio(_) | Principal::System => None,
        };
        let mut photos: Vec<PhotoId> =
            pack.entries.as_slice().iter().filter_map(|entry| entry.file.photo()).collect();
        photos.sort_unstable();
        photos.dedup();
        let mut originals = Originals::default();
        for part in photos.chunks(PageLimit::MOST.get()) {
            let found = self.world().metadata().photos.find_many(pack.studio, part).await?;
            let is_shown = |gallery| {
                galleries.as_ref().is_none_or(|galleries| galleries.iter().any(|shown| shown.id == gallery))
            };
            let is_right = |photo: &Photo| is_shown(photo.gallery) && !is_outdated(pack, photo);
            if found.len() < part.len() || !found.iter().all(|photo| is_right(&photo.value)) {
                return Ok(None);
            }
            originals.note(found.into_iter().map(|photo| photo.value));
        }
        Ok(Some(originals))
    }

    /// Where the browser fetches a pack, or `None` if the server streams it with [`PackingService::read`].
    pub async fn link(&self, pack: &ServedPack) -> Result<Option<LinkTarget>, DeliveryError> {
        if pack.is_stored { Ok(self.world().urls.download(pack.grant.archive()).await?) } else { Ok(None) }
    }

    /// Opens a pack for reading, wholly or in part. One file is open at a time, and none is held in memory.
    ///
    /// # Errors
    /// `Mismatch` if the range begins at the end or beyond it. The stream ends with an error if a file is no longer what
    /// it was when it was sealed.
    pub fn read(&self, pack: &ServedPack, range: Option<Range<u64>>) -> Result<ObjectBody, DeliveryError> {
        let size_bytes = pack.info.size_bytes;
        let range = range.map_or(0..size_bytes, |range| range.start..range.end.min(size_bytes));
        if range.is_empty() {
            let kind = StorageErrorKind::Mismatch;
            return Err(StorageError::new(kind, "read a range of pack", &pack.info.etag).into());
        }
        let pieces = pack.layout.pieces(range.clone());
        let grant = Arc::clone(&pack.grant);
        let key_of = move |entry| grant.files().get(entry).map(DownloadGrant::key);
        let stream = bytes_of(Arc::clone(&self.world().backend.objects.store), key_of, pieces);
        Ok(ObjectBody { info: pack.info.clone(), range, stream })
    }
}

fn is_of(principal: &Principal, studio: StudioId) -> bool {
    matches!(principal, Principal::Client(pass) if pass.studio() == studio)
}
