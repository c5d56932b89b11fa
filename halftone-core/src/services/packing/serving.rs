//! The bytes of a pack, made while they are sent.

use std::ops::Range;
use std::sync::Arc;

use futures_util::{StreamExt as _, TryStreamExt as _, stream};

use super::{Originals, PackingService, is_outdated};
use crate::access::{DownloadGrant, DownloadWish, Principal, StudioMember, grant_download};
use crate::id::{PhotoId, StudioId};
use crate::pack::{Pack, PackOwner, PackState};
use crate::page::PageLimit;
use crate::photo::Photo;
use crate::ports::error::{StorageError, StorageErrorKind};
use crate::ports::objects::{ObjectBody, ObjectInfo, ObjectStream, stream_of};
use crate::self_served::PackClaim;
use crate::services::Shared;
use crate::services::delivering::DeliveryError;
use crate::services::error::{Absent, Resource};
use crate::services::sharing::SharingService;
use crate::services::visiting::open_galleries;
use crate::text::Filename;
use crate::zip::{ZipLayout, ZipPiece};

/// A pack that may be sent: a grant for each of its files.
#[derive(Debug, Clone)]
pub struct ServedPack {
    layout: Arc<ZipLayout>,
    grants: Arc<[DownloadGrant]>,
    filename: Filename,
    info: ObjectInfo,
}

impl ServedPack {
    /// The media type of archives.
    pub const MEDIA_TYPE: &'static str = "application/zip";

    /// The name under which it is saved.
    pub const fn filename(&self) -> &Filename {
        &self.filename
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
        let grant = |file| {
            let media_type = String::new();
            grant_download(principal, DownloadWish { file, filename: pack.filename.clone(), media_type })
        };
        let grants: Result<Vec<_>, _> =
            pack.entries.as_slice().iter().map(|entry| grant(photos.wished(&pack, entry.file))).collect();
        let info = ObjectInfo {
            size_bytes: layout.size_bytes(),
            etag: format!("{}-{}", pack.id, at.as_millisecond()),
            modified_at: *at,
        };
        Ok(ServedPack { layout: Arc::new(layout), grants: grants?.into(), filename: pack.filename, info })
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
        let (world, grants) = (Arc::clone(&self.world), Arc::clone(&pack.grants));
        let open = move |piece| open_piece(Arc::clone(&world), Arc::clone(&grants), piece);
        let stream: ObjectStream = Box::pin(stream::iter(pieces).then(open).try_flatten());
        Ok(ObjectBody { info: pack.info.clone(), range, stream })
    }
}

fn is_of(principal: &Principal, studio: StudioId) -> bool {
    matches!(principal, Principal::Client(pass) if pass.studio() == studio)
}

async fn open_piece(
    world: Shared,
    grants: Arc<[DownloadGrant]>,
    piece: ZipPiece,
) -> Result<ObjectStream, StorageError> {
    match piece {
        ZipPiece::Bytes(bytes) => Ok(stream_of(bytes)),
        ZipPiece::Content { entry, range } => {
            let absent = || StorageError::new(StorageErrorKind::NotFound, "find file of pack", entry);
            let key = grants.get(entry).ok_or_else(absent)?.key();
            let body = world.backend.objects.store.get(key, Some(range.clone())).await?;
            if body.range == range {
                Ok(body.stream)
            } else {
                Err(StorageError::new(StorageErrorKind::Corrupt, "read as much as was sealed of", key))
            }
        }
    }
}
