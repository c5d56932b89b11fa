//! A backend in a temporary directory, and things to put into it.

use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use halftone_core::clock::{Clock as _, SystemClock};
use halftone_core::id::{GalleryId, PhotoId, StudioId};
use halftone_core::object_key::{ObjectKey, OriginalKey};
use halftone_core::photo::{FileSize, Photo, PhotoState, Replacements, SourceType};
use halftone_core::ports::objects::{Expected, ObjectStore, stream_of};
use halftone_core::text::{Filename, Line, Prose, Tags};
use uuid::Uuid;

use crate::embedded::EmbeddedBackend;
use crate::os_entropy::OsEntropy;

pub(super) fn open(root: &Path) -> EmbeddedBackend {
    EmbeddedBackend::open(root, Arc::new(SystemClock), Arc::new(OsEntropy)).unwrap()
}

pub(super) fn studio() -> StudioId {
    StudioId::from_uuid(Uuid::from_u128(1))
}

pub(super) fn gallery() -> GalleryId {
    GalleryId::from_uuid(Uuid::from_u128(2))
}

/// An uploaded photo with this number as its id.
pub(super) fn photo(number: u128) -> Photo {
    let now = SystemClock.now();
    Photo {
        id: PhotoId::from_uuid(Uuid::from_u128(number)),
        studio: studio(),
        gallery: gallery(),
        filename: Filename::parse(&format!("IMG_{number:06}.JPG")).unwrap(),
        size_bytes: FileSize::parse(1).unwrap(),
        content_type: SourceType::Jpeg,
        sha256: None,
        state: PhotoState::Uploaded { at: now },
        replacements: Replacements::default(),
        facts: None,
        title: Line::parse("").unwrap(),
        description: Prose::parse("").unwrap(),
        tags: Tags::default(),
        section: None,
        created_at: now,
        updated_at: now,
    }
}

pub(super) fn original(number: u128) -> ObjectKey {
    OriginalKey { studio: studio(), photo: PhotoId::from_uuid(Uuid::from_u128(number)), replacement: None }
        .into()
}

/// The content of that photo's original: different for each.
pub(super) fn content(number: u128) -> Bytes {
    let byte = u8::try_from(number % 251).unwrap();
    Bytes::from(vec![byte; 200_000])
}

pub(super) async fn put(store: &dyn ObjectStore, number: u128) {
    store.put(original(number), stream_of(content(number)), Expected::default()).await.unwrap();
}
