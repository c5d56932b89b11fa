//! Files that belong to nothing: their photo or logo does not exist, or is deleted.
//!
//! Purges remove files with their documents, so there should be none; an upload that broke off between its file and
//! its document leaves one. The server must be stopped: an upload that is under way looks the same.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::process::ExitCode;

use halftone_core::id::{ArchiveId, ImageId, PackId, PhotoId, StudioId};
use halftone_core::object_key::{
    ArchiveKey, BaseKey, DeliveryKey, ImageKey, ObjectKey, ObjectPrefix, OriginalKey, PackArchiveKey,
    PackDocumentKey, PrintKey, RenditionKey,
};
use halftone_core::page::{PageLimit, PageRequest};
use halftone_core::ports::error::StorageError;
use halftone_core::ports::{Backend, Metadata};

use crate::console;

/// What to do with orphans.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wish {
    /// Print their keys.
    List,
    /// Remove them.
    Remove,
}

/// Whose a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Owner {
    Photo(StudioId, PhotoId),
    Image(StudioId, ImageId),
    Pack(StudioId, PackId),
    Archive(StudioId, ArchiveId),
}

impl Owner {
    const fn of(key: ObjectKey) -> Self {
        match key {
            ObjectKey::Original(OriginalKey { studio, photo, .. })
            | ObjectKey::Rendition(RenditionKey { studio, photo, .. })
            | ObjectKey::Base(BaseKey { studio, photo, .. })
            | ObjectKey::Delivery(DeliveryKey { studio, photo, .. })
            | ObjectKey::Print(PrintKey { studio, photo, .. }) => Self::Photo(studio, photo),
            ObjectKey::PackDocument(PackDocumentKey { studio, pack, .. })
            | ObjectKey::PackArchive(PackArchiveKey { studio, pack }) => Self::Pack(studio, pack),
            ObjectKey::Image(ImageKey { studio, image }) => Self::Image(studio, image),
            ObjectKey::Archive(ArchiveKey { studio, archive }) => Self::Archive(studio, archive),
        }
    }

    async fn exists(self, metadata: &Metadata) -> Result<bool, StorageError> {
        match self {
            Self::Photo(studio, photo) => Ok(metadata.photos.find(studio, photo).await?.is_some()),
            Self::Pack(studio, pack) => Ok(metadata.packs.find(studio, pack).await?.is_some()),
            Self::Archive(studio, archive) => Ok(metadata.archives.find(studio, archive).await?.is_some()),
            Self::Image(studio, image) => {
                let found = metadata.studios.find(studio).await?;
                Ok(found.is_some_and(|studio| studio.value.find_image(image).is_some()))
            }
        }
    }
}

/// Looks at every file, a page at a time.
///
/// # Errors
/// The store failed. Files that cannot be removed are listed, and the exit code says so.
pub(super) async fn purge(backend: &Backend, wish: Wish) -> anyhow::Result<ExitCode> {
    let (mut orphans, mut failures) = (0_usize, 0_usize);
    let mut after = None;
    loop {
        let page = PageRequest::after(PageLimit::MOST, after);
        let found = backend.objects.store.list(ObjectPrefix::All, &page).await?;
        let keys = orphans_among(&backend.metadata, &found.items).await?;
        orphans += keys.len();
        match wish {
            Wish::List => keys.iter().for_each(console::say),
            Wish::Remove => failures += remove(backend, &keys).await,
        }
        after = found.next;
        if after.is_none() {
            break;
        }
    }
    let verb = if wish == Wish::List { "found" } else { "removed" };
    console::say(format!("{} file(s) without a photo or logo {verb}.", orphans - failures));
    Ok(if failures == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn orphans_among(metadata: &Metadata, keys: &[ObjectKey]) -> Result<Vec<ObjectKey>, StorageError> {
    let mut owners: BTreeMap<Owner, bool> = BTreeMap::new();
    for key in keys {
        if let Entry::Vacant(unknown) = owners.entry(Owner::of(*key)) {
            let exists = unknown.key().exists(metadata).await?;
            unknown.insert(exists);
        }
    }
    Ok(keys.iter().copied().filter(|key| !owners[&Owner::of(*key)]).collect())
}

/// Removes the files and tells how many could not be.
async fn remove(backend: &Backend, keys: &[ObjectKey]) -> usize {
    let mut failures = 0;
    for outcome in backend.objects.store.delete_many(keys).await {
        if let Err(error) = outcome.result {
            console::warn(format!("cannot remove {}: {:#}", outcome.key, anyhow::Error::new(error)));
            failures += 1;
        }
    }
    failures
}
