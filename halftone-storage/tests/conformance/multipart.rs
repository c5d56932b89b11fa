//! `MultipartStore`.

use bytes::Bytes;
use futures_util::stream;
use halftone_core::id::{PhotoId, StudioId};
use halftone_core::object_key::{ObjectKey, ObjectPrefix, OriginalKey};
use halftone_core::photo::Sha256Hash;
use halftone_core::ports::error::{StorageError, StorageErrorKind};
use halftone_core::ports::objects::{
    Expected, MultipartId, ObjectStream, PartNumber, StoredObject, UploadedPart, stream_of,
};
use sha2::{Digest, Sha256};

use crate::pages::first;
use crate::world::{World, assert_kind, cases, race};

cases![
    parts_are_joined_in_order_of_their_numbers,
    one_part_makes_an_object,
    the_last_part_may_be_small,
    nothing_is_visible_before_completion,
    a_completed_object_replaces_the_old_one,
    a_part_can_be_sent_again,
    a_part_over_the_limit_is_a_mismatch,
    a_part_whose_stream_fails_leaves_the_earlier_one,
    parts_can_be_sent_concurrently,
    parts_that_are_not_named_are_left_out,
    a_wrong_mark_is_a_mismatch,
    a_missing_part_is_not_found,
    a_missing_upload_is_not_found,
    an_upload_belongs_to_its_key,
    a_whole_of_another_size_is_a_mismatch_and_the_parts_stay,
    a_whole_of_another_content_is_a_mismatch_and_the_old_object_stays,
    a_completed_upload_is_over,
    an_aborted_upload_is_gone,
    aborting_the_absent_succeeds,
    beginning_twice_is_possible,
    looking_for_an_open_upload_begins_none,
];

/// The smallest size of a part that is not the last one: S3 refuses less.
const PART_BYTES: usize = 5 << 20;

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

/// An upload under way.
struct Upload<'world> {
    world: &'world World,
    key: ObjectKey,
    id: MultipartId,
}

impl<'world> Upload<'world> {
    async fn begin(world: &'world World) -> Self {
        let key = original(world);
        let id = world.objects.multipart.begin(key).await.unwrap();
        Self { world, key, id }
    }

    async fn put(&self, number: i64, content: &[u8]) -> UploadedPart {
        let stream = stream_of(Bytes::copy_from_slice(content));
        self.try_put(number, stream, content.len() as u64).await.unwrap()
    }

    async fn try_put(
        &self,
        number: i64,
        content: ObjectStream,
        most_bytes: u64,
    ) -> Result<UploadedPart, StorageError> {
        let number = PartNumber::parse(number).unwrap();
        self.world.objects.multipart.put_part(self.key, &self.id, number, content, most_bytes).await
    }

    async fn complete(&self, parts: &[UploadedPart]) -> Result<StoredObject, StorageError> {
        self.complete_as(parts, Expected::default()).await
    }

    async fn complete_as(
        &self,
        parts: &[UploadedPart],
        expected: Expected,
    ) -> Result<StoredObject, StorageError> {
        self.world.objects.multipart.complete(self.key, &self.id, parts, expected).await
    }

    async fn content(&self) -> Vec<u8> {
        let body = self.world.objects.store.get(self.key, None).await.unwrap();
        body.read(u64::MAX).await.unwrap().to_vec()
    }

    async fn assert_absent(&self) {
        assert_eq!(self.world.objects.store.head(self.key).await.unwrap(), None);
        let listed = self.world.objects.store.list(ObjectPrefix::All, &first(500)).await.unwrap();
        assert_eq!(listed.items, [], "parts are listed");
    }
}

fn part(fill: u8) -> Vec<u8> {
    vec![fill; PART_BYTES]
}

async fn parts_are_joined_in_order_of_their_numbers(world: World) {
    let upload = Upload::begin(&world).await;
    // Sent out of order, with gaps, and a number that sorts wrongly as a text.
    let last = upload.put(10, b"end").await;
    let first_part = upload.put(1, &part(b'a')).await;
    let middle = upload.put(2, &part(b'b')).await;
    assert_eq!((last.number.get(), first_part.number.get()), (10, 1));
    let expected = [part(b'a'), part(b'b'), b"end".to_vec()].concat();
    let announced = Expected { size_bytes: Some(expected.len() as u64), sha256: Some(digest(&expected)) };
    let stored = upload.complete_as(&[middle, last, first_part], announced).await.unwrap();
    assert_eq!(stored.info.size_bytes, expected.len() as u64);
    let hash = world.capabilities.hashes_joined_parts.then(|| digest(&expected));
    assert_eq!(stored.sha256, hash, "a store tells the hash of what it has seen, and of nothing else");
    assert!(upload.content().await == expected, "the parts were joined wrongly");
    let head = world.objects.store.head(upload.key).await.unwrap();
    assert_eq!(head, Some(stored.info));
}

async fn one_part_makes_an_object(world: World) {
    let upload = Upload::begin(&world).await;
    let part = upload.put(1, b"picture").await;
    upload.complete(&[part]).await.unwrap();
    assert_eq!(upload.content().await, b"picture");
}

async fn the_last_part_may_be_small(world: World) {
    let upload = Upload::begin(&world).await;
    let parts = [upload.put(1, &part(0)).await, upload.put(10_000, b"x").await];
    let stored = upload.complete(&parts).await.unwrap();
    assert_eq!(stored.info.size_bytes, PART_BYTES as u64 + 1);
}

async fn nothing_is_visible_before_completion(world: World) {
    let upload = Upload::begin(&world).await;
    upload.assert_absent().await;
    upload.put(1, b"picture").await;
    upload.assert_absent().await;
}

async fn a_completed_object_replaces_the_old_one(world: World) {
    let upload = Upload::begin(&world).await;
    let old = stream_of(Bytes::from_static(b"old"));
    world.objects.store.put(upload.key, old, Expected::default()).await.unwrap();
    let part = upload.put(1, b"new").await;
    assert_eq!(upload.content().await, b"old");
    upload.complete(&[part]).await.unwrap();
    assert_eq!(upload.content().await, b"new");
}

async fn a_part_can_be_sent_again(world: World) {
    let upload = Upload::begin(&world).await;
    let stale = upload.put(1, b"interrupted").await;
    let part = upload.put(1, b"picture").await;
    assert_ne!(stale.etag, part.etag);
    assert_kind(upload.complete(&[stale]).await, StorageErrorKind::Mismatch);
    upload.complete(&[part]).await.unwrap();
    assert_eq!(upload.content().await, b"picture");
}

async fn a_part_over_the_limit_is_a_mismatch(world: World) {
    let upload = Upload::begin(&world).await;
    let content = || stream_of(Bytes::from_static(b"picture"));
    assert_kind(upload.try_put(1, content(), 6).await, StorageErrorKind::Mismatch);
    let part = upload.try_put(1, content(), 7).await.unwrap();
    upload.complete(&[part]).await.unwrap();
}

async fn a_part_whose_stream_fails_leaves_the_earlier_one(world: World) {
    let upload = Upload::begin(&world).await;
    let part = upload.put(1, b"picture").await;
    let error = StorageError::new(StorageErrorKind::Unavailable, "read", "request body");
    let broken: ObjectStream = Box::pin(stream::iter([Ok(Bytes::from_static(b"pos")), Err(error)]));
    assert_kind(upload.try_put(1, broken, 100).await, StorageErrorKind::Unavailable);
    upload.complete(&[part]).await.unwrap();
    assert_eq!(upload.content().await, b"picture");
}

async fn parts_can_be_sent_concurrently(world: World) {
    let upload = Upload::begin(&world).await;
    let mut parts = race(|number| {
        let (world, key, id) = (world.clone(), upload.key, upload.id.clone());
        async move {
            let upload = Upload { world: &world, key, id };
            let fill = u8::try_from(number).unwrap();
            upload.put(i64::from(fill) + 1, &part(fill)).await
        }
    })
    .await;
    parts.reverse();
    let stored = upload.complete(&parts).await.unwrap();
    assert_eq!(stored.info.size_bytes, (parts.len() * PART_BYTES) as u64);
    let content = upload.content().await;
    assert!(content.chunks(PART_BYTES).zip(0_u8..).all(|(part, fill)| part.iter().all(|byte| *byte == fill)));
}

async fn parts_that_are_not_named_are_left_out(world: World) {
    let upload = Upload::begin(&world).await;
    upload.put(1, b"unwanted").await;
    let wanted = upload.put(2, b"picture").await;
    upload.complete(&[wanted]).await.unwrap();
    assert_eq!(upload.content().await, b"picture");
}

async fn a_wrong_mark_is_a_mismatch(world: World) {
    let upload = Upload::begin(&world).await;
    let part = upload.put(1, b"picture").await;
    let wrong = UploadedPart { etag: "0123456789abcdef0123456789abcdef".to_owned(), ..part.clone() };
    assert_kind(upload.complete(&[wrong]).await, StorageErrorKind::Mismatch);
    upload.assert_absent().await;
    upload.complete(&[part]).await.unwrap();
}

async fn a_missing_part_is_not_found(world: World) {
    let upload = Upload::begin(&world).await;
    let part = upload.put(1, b"picture").await;
    let missing = UploadedPart { number: PartNumber::parse(2).unwrap(), ..part.clone() };
    assert_kind(upload.complete(&[part.clone(), missing]).await, StorageErrorKind::NotFound);
    upload.assert_absent().await;
    upload.complete(&[part]).await.unwrap();
}

async fn a_missing_upload_is_not_found(world: World) {
    let upload = Upload::begin(&world).await;
    let part = upload.put(1, b"picture").await;
    for text in ["", "unknown", "../../etc", "00000000-0000-0000-0000-000000000000"] {
        let missing = Upload { world: &world, key: upload.key, id: MultipartId(text.to_owned()) };
        assert_kind(missing.complete(std::slice::from_ref(&part)).await, StorageErrorKind::NotFound);
        let content = stream_of(Bytes::from_static(b"x"));
        assert_kind(missing.try_put(1, content, 1).await, StorageErrorKind::NotFound);
    }
}

async fn an_upload_belongs_to_its_key(world: World) {
    let upload = Upload::begin(&world).await;
    let part = upload.put(1, b"picture").await;
    let stolen = Upload { world: &world, key: original(&world), id: upload.id.clone() };
    assert_kind(stolen.complete(std::slice::from_ref(&part)).await, StorageErrorKind::NotFound);
    world.objects.multipart.abort(stolen.key).await.unwrap();
    upload.complete(&[part]).await.unwrap();
}

async fn a_whole_of_another_size_is_a_mismatch_and_the_parts_stay(world: World) {
    let upload = Upload::begin(&world).await;
    let parts = [upload.put(1, b"picture").await];
    for size in [0, 6, 8] {
        let expected = Expected { size_bytes: Some(size), sha256: None };
        assert_kind(upload.complete_as(&parts, expected).await, StorageErrorKind::Mismatch);
        upload.assert_absent().await;
    }
    let expected = Expected { size_bytes: Some(7), sha256: Some(digest(b"picture")) };
    upload.complete_as(&parts, expected).await.unwrap();
    assert_eq!(upload.content().await, b"picture");
}

async fn a_whole_of_another_content_is_a_mismatch_and_the_old_object_stays(world: World) {
    let upload = Upload::begin(&world).await;
    let old = stream_of(Bytes::from_static(b"old"));
    world.objects.store.put(upload.key, old, Expected::default()).await.unwrap();
    let parts = [upload.put(1, b"picture").await];
    let expected = Expected { size_bytes: Some(7), sha256: Some(digest(b"posture")) };
    if !world.capabilities.hashes_joined_parts {
        // Whoever reads the whole compares its hash.
        assert_eq!(upload.complete_as(&parts, expected).await.unwrap().sha256, None);
        assert_eq!(upload.content().await, b"picture");
        return;
    }
    assert_kind(upload.complete_as(&parts, expected).await, StorageErrorKind::Mismatch);
    assert_eq!(upload.content().await, b"old");
    upload.complete(&parts).await.unwrap();
    assert_eq!(upload.content().await, b"picture");
}

async fn a_completed_upload_is_over(world: World) {
    let upload = Upload::begin(&world).await;
    let parts = [upload.put(1, b"picture").await];
    upload.complete(&parts).await.unwrap();
    assert_kind(upload.complete(&parts).await, StorageErrorKind::NotFound);
    assert_eq!(upload.content().await, b"picture");
}

async fn an_aborted_upload_is_gone(world: World) {
    let upload = Upload::begin(&world).await;
    let part = upload.put(1, b"picture").await;
    world.objects.multipart.abort(upload.key).await.unwrap();
    assert_kind(upload.complete(&[part]).await, StorageErrorKind::NotFound);
    upload.assert_absent().await;
}

async fn aborting_the_absent_succeeds(world: World) {
    let upload = Upload::begin(&world).await;
    for _ in 0..2 {
        world.objects.multipart.abort(upload.key).await.unwrap();
    }
    world.objects.multipart.abort(original(&world)).await.unwrap();
}

async fn beginning_twice_is_possible(world: World) {
    let upload = Upload::begin(&world).await;
    let again = world.objects.multipart.begin(upload.key).await.unwrap();
    if world.capabilities.names_uploads_after_keys {
        assert_eq!(again, upload.id);
    }
    let part = upload.put(1, b"picture").await;
    upload.complete(&[part]).await.unwrap();
}

async fn looking_for_an_open_upload_begins_none(world: World) {
    let key = original(&world);
    for _ in 0..2 {
        assert_eq!(world.objects.multipart.find(key).await.unwrap(), None);
    }
    let upload = Upload::begin(&world).await;
    assert_eq!(world.objects.multipart.find(upload.key).await.unwrap(), Some(upload.id.clone()));
    let part = upload.put(1, b"whole").await;
    upload.complete(&[part]).await.unwrap();
    assert_eq!(world.objects.multipart.find(upload.key).await.unwrap(), None);
}
