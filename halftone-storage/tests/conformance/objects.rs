//! `ObjectStore`.

use std::ops::Range;

use bytes::Bytes;
use futures_util::stream;
use halftone_core::id::{ArchiveId, ImageId, PhotoId, ReplacementId, StudioId};
use halftone_core::object_key::{
    ArchiveKey, DeliveryKey, ImageKey, ObjectKey, ObjectPrefix, OriginalKey, RenditionKey,
};
use halftone_core::photo::Sha256Hash;
use halftone_core::ports::error::{StorageError, StorageErrorKind};
use halftone_core::ports::objects::{Expected, ObjectStream, StoredObject, stream_of};
use halftone_core::rendition::{ClientRendition, Fingerprint, RenditionFormat};
use sha2::{Digest, Sha256};

use crate::pages::{after, assert_walks, first};
use crate::world::{RACERS, World, assert_kind, cases, race};

cases![
    what_was_put_is_read,
    a_missing_object_is_not_found,
    an_empty_object_is_an_object,
    content_in_many_pieces_is_joined,
    eight_megabytes_come_back,
    every_kind_of_key_holds_its_own_object,
    a_put_tells_size_and_checksum,
    a_mark_changes_with_the_content,
    ranges_are_read,
    a_range_is_cut_at_the_end,
    a_range_beyond_the_end_is_a_mismatch,
    a_put_replaces_the_object,
    a_put_that_is_as_announced_succeeds,
    a_put_of_another_size_leaves_nothing,
    a_put_of_another_content_leaves_nothing,
    a_refused_put_leaves_the_old_object,
    a_stream_that_fails_leaves_nothing,
    an_abandoned_put_leaves_nothing,
    a_reader_keeps_the_content_it_opened,
    concurrent_puts_leave_one_of_them_whole,
    a_deleted_object_is_gone,
    deleting_the_absent_succeeds,
    every_deletion_has_an_outcome,
    keys_are_listed_in_byte_order_on_pages_of_any_length,
    prefixes_narrow_a_list,
    a_cursor_stays_where_it_is_while_others_insert,
    a_cursor_before_the_prefix_begins_at_the_prefix,
];

fn digest(content: &[u8]) -> Sha256Hash {
    Sha256Hash::from_bytes(Sha256::digest(content).into())
}

fn original(world: &World) -> ObjectKey {
    OriginalKey {
        studio: world.id(StudioId::generate),
        photo: world.id(PhotoId::generate),
        replacement: None,
    }
    .into()
}

async fn put(world: &World, key: ObjectKey, content: &[u8]) -> StoredObject {
    let content = stream_of(Bytes::copy_from_slice(content));
    world.objects.store.put(key, content, Expected::default()).await.unwrap()
}

async fn read(world: &World, key: ObjectKey, range: Option<Range<u64>>) -> Vec<u8> {
    world.objects.store.get(key, range).await.unwrap().read(u64::MAX).await.unwrap().to_vec()
}

/// Checks that there is no such object, whichever way one asks.
async fn assert_absent(world: &World, key: ObjectKey) {
    assert_eq!(world.objects.store.head(key).await.unwrap(), None);
    assert_kind(world.objects.store.get(key, None).await, StorageErrorKind::NotFound);
    let listed = world.objects.store.list(ObjectPrefix::All, &first(500)).await.unwrap();
    assert!(!listed.items.contains(&key), "the object is listed");
}

/// How many keys of [`every_key`] lie under its photo; they come first.
const OF_PHOTO: usize = 8;

/// Every kind of key of one photo and its studio.
fn every_key(studio: StudioId, photo: PhotoId) -> Vec<ObjectKey> {
    let rendition = |rendition, format| RenditionKey {
        studio,
        photo,
        rendition,
        fingerprint: Fingerprint::parse("00ff00ff00ff00ff").unwrap(),
        format,
    };
    let replacement = Some(ReplacementId::from_uuid(photo.as_uuid()));
    vec![
        OriginalKey { studio, photo, replacement: None }.into(),
        rendition(ClientRendition::Thumb, RenditionFormat::Jpeg).into(),
        rendition(ClientRendition::Thumb, RenditionFormat::WebP).into(),
        rendition(ClientRendition::Proof, RenditionFormat::Jpeg).into(),
        DeliveryKey { studio, photo, replacement: None, long_edge_px: 2560 }.into(),
        DeliveryKey { studio, photo, replacement: None, long_edge_px: 256 }.into(),
        OriginalKey { studio, photo, replacement }.into(),
        DeliveryKey { studio, photo, replacement, long_edge_px: 2560 }.into(),
        ImageKey { studio, image: ImageId::from_uuid(photo.as_uuid()) }.into(),
        ArchiveKey { studio, archive: ArchiveId::from_uuid(photo.as_uuid()) }.into(),
    ]
}

async fn what_was_put_is_read(world: World) {
    let key = original(&world);
    let stored = put(&world, key, b"picture").await;
    let body = world.objects.store.get(key, None).await.unwrap();
    assert_eq!((&body.info, body.range.clone()), (&stored.info, 0..7));
    assert_eq!(body.read(7).await.unwrap(), "picture");
    assert_eq!(world.objects.store.head(key).await.unwrap(), Some(stored.info));
}

async fn a_missing_object_is_not_found(world: World) {
    put(&world, original(&world), b"picture").await;
    let key = original(&world);
    assert_absent(&world, key).await;
    assert_kind(world.objects.store.get(key, Some(0..1)).await, StorageErrorKind::NotFound);
}

async fn an_empty_object_is_an_object(world: World) {
    let key = original(&world);
    let stored = put(&world, key, b"").await;
    assert_eq!((stored.info.size_bytes, stored.sha256), (0, Some(digest(b""))));
    assert_eq!(read(&world, key, None).await, b"");
    assert_eq!(world.objects.store.head(key).await.unwrap(), Some(stored.info));
    let nothing: ObjectStream = Box::pin(stream::empty());
    let expected = Expected { size_bytes: Some(0), sha256: Some(digest(b"")) };
    world.objects.store.put(key, nothing, expected).await.unwrap();
}

async fn content_in_many_pieces_is_joined(world: World) {
    let key = original(&world);
    let pieces = ["pic", "", "t", "ure"].map(|piece| Ok(Bytes::from_static(piece.as_bytes())));
    let content: ObjectStream = Box::pin(stream::iter(pieces));
    let expected = Expected { size_bytes: Some(7), sha256: Some(digest(b"picture")) };
    world.objects.store.put(key, content, expected).await.unwrap();
    assert_eq!(read(&world, key, None).await, b"picture");
}

async fn eight_megabytes_come_back(world: World) {
    let key = original(&world);
    let content: Vec<u8> =
        (0..8_u32 << 20).map(|index| (index.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    let stored = put(&world, key, &content).await;
    assert_eq!(stored.sha256, Some(digest(&content)));
    assert!(read(&world, key, None).await == content, "the content differs");
    let middle = read(&world, key, Some(3_000_000..5_500_000)).await;
    assert!(middle == content[3_000_000..5_500_000], "the range differs");
}

async fn every_kind_of_key_holds_its_own_object(world: World) {
    let keys = every_key(world.id(StudioId::generate), world.id(PhotoId::generate));
    for key in &keys {
        put(&world, *key, key.to_string().as_bytes()).await;
    }
    for key in keys {
        assert_eq!(read(&world, key, None).await, key.to_string().as_bytes());
    }
}

async fn a_put_tells_size_and_checksum(world: World) {
    let stored = put(&world, original(&world), b"picture").await;
    assert_eq!((stored.info.size_bytes, stored.sha256), (7, Some(digest(b"picture"))));
    assert!(!stored.info.etag.is_empty() && !stored.info.etag.contains('"'), "{}", stored.info.etag);
}

async fn a_mark_changes_with_the_content(world: World) {
    let key = original(&world);
    let first = put(&world, key, b"before").await.info.etag;
    let second = put(&world, key, b"behind").await.info.etag;
    assert_ne!(first, second);
    let head = world.objects.store.head(key).await.unwrap().unwrap();
    assert_eq!(head.etag, second);
    assert_eq!(world.objects.store.head(key).await.unwrap().unwrap().etag, second);
}

async fn ranges_are_read(world: World) {
    let key = original(&world);
    put(&world, key, b"0123456789").await;
    for (range, expected) in [(0..10, "0123456789"), (0..1, "0"), (9..10, "9"), (3..7, "3456")] {
        let body = world.objects.store.get(key, Some(range.clone())).await.unwrap();
        assert_eq!((body.range.clone(), body.info.size_bytes), (range, 10));
        assert_eq!(body.read(10).await.unwrap(), expected);
    }
}

async fn a_range_is_cut_at_the_end(world: World) {
    let key = original(&world);
    put(&world, key, b"0123456789").await;
    for end in [11, 1_000_000, u64::MAX] {
        let body = world.objects.store.get(key, Some(7..end)).await.unwrap();
        assert_eq!(body.range, 7..10);
        assert_eq!(body.read(10).await.unwrap(), "789");
    }
}

async fn a_range_beyond_the_end_is_a_mismatch(world: World) {
    let (key, empty) = (original(&world), original(&world));
    put(&world, key, b"0123456789").await;
    put(&world, empty, b"").await;
    for range in [10..11, 11..12, u64::MAX - 1..u64::MAX] {
        assert_kind(world.objects.store.get(key, Some(range)).await, StorageErrorKind::Mismatch);
    }
    assert_kind(world.objects.store.get(empty, Some(0..1)).await, StorageErrorKind::Mismatch);
}

async fn a_put_replaces_the_object(world: World) {
    let key = original(&world);
    put(&world, key, b"a long first picture").await;
    world.advance_secs(60);
    let second = put(&world, key, b"second").await;
    assert_eq!(read(&world, key, None).await, b"second");
    assert_eq!(world.objects.store.head(key).await.unwrap(), Some(second.info));
    let listed = world.objects.store.list(ObjectPrefix::All, &first(10)).await.unwrap();
    assert_eq!(listed.items, [key]);
}

async fn a_put_that_is_as_announced_succeeds(world: World) {
    let key = original(&world);
    let (size_bytes, sha256) = (Some(7), Some(digest(b"picture")));
    for expected in [
        Expected { size_bytes, sha256 },
        Expected { size_bytes, sha256: None },
        Expected { size_bytes: None, sha256 },
    ] {
        let content = stream_of(Bytes::from_static(b"picture"));
        world.objects.store.put(key, content, expected).await.unwrap();
    }
}

async fn refuse(world: &World, key: ObjectKey, expected: Expected) {
    let content = stream_of(Bytes::from_static(b"picture"));
    assert_kind(world.objects.store.put(key, content, expected).await, StorageErrorKind::Mismatch);
}

async fn a_put_of_another_size_leaves_nothing(world: World) {
    let key = original(&world);
    for size in [0, 6, 8, u64::MAX] {
        refuse(&world, key, Expected { size_bytes: Some(size), sha256: None }).await;
        assert_absent(&world, key).await;
    }
}

async fn a_put_of_another_content_leaves_nothing(world: World) {
    let key = original(&world);
    refuse(&world, key, Expected { size_bytes: Some(7), sha256: Some(digest(b"posture")) }).await;
    assert_absent(&world, key).await;
}

async fn a_refused_put_leaves_the_old_object(world: World) {
    let key = original(&world);
    let old = put(&world, key, b"old").await;
    refuse(&world, key, Expected { size_bytes: Some(6), sha256: None }).await;
    refuse(&world, key, Expected { size_bytes: None, sha256: Some(digest(b"posture")) }).await;
    assert_eq!(read(&world, key, None).await, b"old");
    assert_eq!(world.objects.store.head(key).await.unwrap(), Some(old.info));
}

/// A stream that breaks off.
fn broken() -> ObjectStream {
    let error = StorageError::new(StorageErrorKind::Unavailable, "read", "request body");
    Box::pin(stream::iter([Ok(Bytes::from_static(b"pict")), Err(error)]))
}

async fn a_stream_that_fails_leaves_nothing(world: World) {
    let key = original(&world);
    let result = world.objects.store.put(key, broken(), Expected::default()).await;
    assert_kind(result, StorageErrorKind::Unavailable);
    assert_absent(&world, key).await;
    put(&world, key, b"old").await;
    let result = world.objects.store.put(key, broken(), Expected::default()).await;
    assert_kind(result, StorageErrorKind::Unavailable);
    assert_eq!(read(&world, key, None).await, b"old");
}

async fn an_abandoned_put_leaves_nothing(world: World) {
    let key = original(&world);
    let (polled, was_polled) = tokio::sync::oneshot::channel();
    let mut polled = Some(polled);
    let mut sent = false;
    let content: ObjectStream = Box::pin(stream::poll_fn(move |_| {
        if !sent {
            sent = true;
            return std::task::Poll::Ready(Some(Ok(Bytes::from_static(b"pict"))));
        }
        if let Some(polled) = polled.take() {
            polled.send(()).unwrap();
        }
        std::task::Poll::Pending
    }));
    let store = std::sync::Arc::clone(&world.objects.store);
    let putting = tokio::spawn(async move { store.put(key, content, Expected::default()).await });
    was_polled.await.unwrap();
    putting.abort();
    assert!(putting.await.unwrap_err().is_cancelled());
    assert_absent(&world, key).await;
}

async fn a_reader_keeps_the_content_it_opened(world: World) {
    let key = original(&world);
    put(&world, key, b"old").await;
    let opened = world.objects.store.get(key, None).await.unwrap();
    put(&world, key, b"new").await;
    assert_eq!(opened.read(3).await.unwrap(), "old");
}

async fn concurrent_puts_leave_one_of_them_whole(world: World) {
    let key = original(&world);
    let content = |number: usize| vec![u8::try_from(number).unwrap(); 50_000 + number];
    race(|number| {
        let (world, content) = (world.clone(), content(number));
        async move { put(&world, key, &content).await }
    })
    .await;
    let stored = read(&world, key, None).await;
    assert!((0..RACERS).any(|number| stored == content(number)), "the content is a mixture");
    let head = world.objects.store.head(key).await.unwrap().unwrap();
    assert_eq!(head.size_bytes, stored.len() as u64);
}

async fn a_deleted_object_is_gone(world: World) {
    let (gone, kept) = (original(&world), original(&world));
    put(&world, gone, b"gone").await;
    put(&world, kept, b"kept").await;
    assert!(world.objects.store.delete_many(&[gone]).await[0].result.is_ok());
    assert_absent(&world, gone).await;
    assert_eq!(read(&world, kept, None).await, b"kept");
    put(&world, gone, b"back").await;
    assert_eq!(read(&world, gone, None).await, b"back");
}

async fn deleting_the_absent_succeeds(world: World) {
    assert!(world.objects.store.delete_many(&[]).await.is_empty());
    let outcomes = world.objects.store.delete_many(&[original(&world)]).await;
    assert!(outcomes.iter().all(|outcome| outcome.result.is_ok()));
    assert_eq!(outcomes.len(), 1);
}

async fn every_deletion_has_an_outcome(world: World) {
    let mut keys = every_key(world.id(StudioId::generate), world.id(PhotoId::generate));
    for key in &keys {
        put(&world, *key, b"gone").await;
    }
    keys.push(original(&world));
    let outcomes = world.objects.store.delete_many(&keys).await;
    assert!(outcomes.iter().all(|outcome| outcome.result.is_ok()));
    assert_eq!(outcomes.len(), keys.len());
    assert!(keys.iter().all(|key| outcomes.iter().any(|outcome| outcome.key == *key)));
    let listed = world.objects.store.list(ObjectPrefix::All, &first(10)).await.unwrap();
    assert_eq!(listed.items, []);
}

async fn assert_lists(world: &World, prefix: ObjectPrefix, mut expected: Vec<ObjectKey>) {
    expected.sort_by_key(ToString::to_string);
    let list = |page| {
        let store = &world.objects.store;
        async move { store.list(prefix, &page).await }
    };
    assert_walks(&expected, list).await;
}

async fn keys_are_listed_in_byte_order_on_pages_of_any_length(world: World) {
    assert_lists(&world, ObjectPrefix::All, Vec::new()).await;
    let mut keys = Vec::new();
    for _ in 0..2 {
        let studio = world.id(StudioId::generate);
        for _ in 0..2 {
            keys.extend(every_key(studio, world.id(PhotoId::generate)));
        }
    }
    for key in &keys {
        put(&world, *key, b"x").await;
    }
    assert_lists(&world, ObjectPrefix::All, keys).await;
}

async fn prefixes_narrow_a_list(world: World) {
    let studio = world.id(StudioId::generate);
    let (photo, other_photo) = (world.id(PhotoId::generate), world.id(PhotoId::generate));
    let elsewhere = every_key(world.id(StudioId::generate), photo);
    let (wanted, sibling) = (every_key(studio, photo), every_key(studio, other_photo));
    for key in elsewhere.iter().chain(&wanted).chain(&sibling) {
        put(&world, *key, b"x").await;
    }
    // The last keys belong to no photo.
    assert_lists(&world, ObjectPrefix::Photo(studio, photo), wanted[..OF_PHOTO].to_vec()).await;
    assert_lists(&world, ObjectPrefix::Studio(studio), [wanted, sibling].concat()).await;
    assert_lists(&world, ObjectPrefix::Photo(studio, world.id(PhotoId::generate)), Vec::new()).await;
    assert_lists(&world, ObjectPrefix::Studio(world.id(StudioId::generate)), Vec::new()).await;
}

async fn a_cursor_stays_where_it_is_while_others_insert(world: World) {
    let studio = world.id(StudioId::generate);
    let mut keys: Vec<ObjectKey> = (0..5)
        .map(|_| {
            ObjectKey::from(OriginalKey { studio, photo: world.id(PhotoId::generate), replacement: None })
        })
        .collect();
    keys.sort_by_key(ToString::to_string);
    for key in [1, 2, 4] {
        put(&world, keys[key], b"x").await;
    }
    let store = &world.objects.store;
    let page = store.list(ObjectPrefix::Studio(studio), &first(2)).await.unwrap();
    put(&world, keys[0], b"x").await;
    put(&world, keys[3], b"x").await;
    store.delete_many(&[keys[2]]).await;
    let next = after(10, &page.next.unwrap());
    let rest = store.list(ObjectPrefix::Studio(studio), &next).await.unwrap();
    assert_eq!((rest.items, rest.next), (keys[3..].to_vec(), None));
}

async fn a_cursor_before_the_prefix_begins_at_the_prefix(world: World) {
    let studio = world.id(StudioId::generate);
    let photo = world.id(PhotoId::generate);
    let mut keys = every_key(studio, photo)[..OF_PHOTO].to_vec();
    for key in &keys {
        put(&world, *key, b"x").await;
    }
    let cursor = halftone_core::page::Cursor::new("", uuid::Uuid::nil());
    let prefix = ObjectPrefix::Photo(studio, photo);
    let page = world.objects.store.list(prefix, &after(10, &cursor)).await.unwrap();
    keys.sort_by_key(ToString::to_string);
    assert_eq!(page.items, keys);
}
