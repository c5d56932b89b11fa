//! Tickets, bytes, completion.

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use halftone_core::access::Principal;
use halftone_core::id::GalleryId;
use halftone_core::job::Job;
use halftone_core::object_key::{ObjectKey, OriginalKey};
use halftone_core::ports::error::StorageError;
use halftone_core::ports::objects::{
    Expected, MultipartId, MultipartStore, ObjectStream, PartNumber, StoredObject, UploadedPart, stream_of,
};
use halftone_core::self_served::SelfServedUrls;
use halftone_core::services::uploads::{AnnouncedFile, Completed, Ticket, UploadError};
use jiff::SignedDuration;

use crate::world::{World, first_page, kind};

fn announced(filename: &str, size: u64, content_type: &str) -> AnnouncedFile {
    AnnouncedFile {
        filename: filename.to_owned(),
        size,
        content_type: Some(content_type.to_owned()),
        sha256: None,
    }
}

fn signed(ticket: &Ticket) -> &str {
    ticket.link.url.0.strip_prefix(SelfServedUrls::UPLOADS).unwrap()
}

async fn ticket(world: &World, studio: &Principal, gallery: GalleryId, size: u64) -> Ticket {
    let files = [announced("IMG_1.JPG", size, "image/jpeg")];
    world.services.uploads.request(studio, gallery, &files).await.unwrap().remove(0).unwrap()
}

#[tokio::test]
async fn a_file_that_cannot_be_taken_is_refused_alone() {
    let world = World::new();
    let studio = world.photographer("ana").await;
    let gallery = world.gallery(&studio, "Ceremony").await;
    let files = [
        announced("IMG_1.JPG", 10, "image/jpeg"),
        announced("contract.pdf", 10, "application/pdf"),
        announced("huge.tif", u64::from(u32::MAX), "image/tiff"),
        announced("../../etc/passwd", 10, "image/jpeg"),
        announced("phone.jpeg", 10, "application/octet-stream"),
    ];
    let tickets = world.services.uploads.request(&studio, gallery, &files).await.unwrap();
    assert!(tickets[0].is_ok());
    assert!(matches!(tickets[1], Err(UploadError::UnsupportedType(_))));
    assert!(matches!(tickets[2], Err(UploadError::TooLarge { .. })));
    assert!(matches!(tickets[3], Err(UploadError::Invalid(_))));
    assert!(tickets[4].is_ok());
}

#[tokio::test]
async fn completing_without_bytes_is_refused_and_can_be_made_good() {
    let world = World::new();
    let studio = world.photographer("ana").await;
    let gallery = world.gallery(&studio, "Ceremony").await;
    let ticket = ticket(&world, &studio, gallery, 5).await;
    let early = world.services.uploads.complete(&studio, ticket.upload, None).await;
    assert!(matches!(early, Err(UploadError::Incomplete { .. })));
    let content = stream_of(Bytes::from_static(b"photo"));
    world.services.uploads.receive(signed(&ticket), Some(5), content).await.unwrap();
    assert!(world.services.uploads.complete(&studio, ticket.upload, None).await.is_ok());
}

#[tokio::test]
async fn completing_twice_is_the_same_as_once() {
    let world = World::new();
    let studio = world.photographer("ana").await;
    let gallery = world.gallery(&studio, "Ceremony").await;
    let photo = world.photo(&studio, gallery, "a picture").await;
    let upload = halftone_core::id::UploadId::of_photo(photo);
    let Completed::Photo(again) = world.services.uploads.complete(&studio, upload, None).await.unwrap()
    else {
        panic!("a photo was announced");
    };
    assert_eq!(kind(&again.photo.value), "ready");
    assert!(world.run_jobs().await.is_empty());
}

#[tokio::test]
async fn bytes_of_another_size_are_not_stored() {
    let world = World::new();
    let studio = world.photographer("ana").await;
    let gallery = world.gallery(&studio, "Ceremony").await;
    let ticket = ticket(&world, &studio, gallery, 5).await;
    for (length, content) in [(Some(9), "too long!"), (None, "too long!"), (None, "shor")] {
        let content = stream_of(Bytes::copy_from_slice(content.as_bytes()));
        let sent = world.services.uploads.receive(signed(&ticket), length, content).await;
        assert!(matches!(sent, Err(UploadError::Mismatch)));
    }
    let completed = world.services.uploads.complete(&studio, ticket.upload, None).await;
    assert!(matches!(completed, Err(UploadError::Incomplete { .. })));
}

#[tokio::test]
async fn a_confirmed_original_cannot_be_replaced() {
    let world = World::new();
    let studio = world.photographer("ana").await;
    let gallery = world.gallery(&studio, "Ceremony").await;
    let ticket = ticket(&world, &studio, gallery, 5).await;
    let send = |text: &'static [u8]| {
        world.services.uploads.receive(signed(&ticket), Some(5), stream_of(Bytes::from_static(text)))
    };
    send(b"first").await.unwrap();
    world.services.uploads.complete(&studio, ticket.upload, None).await.unwrap();
    assert!(matches!(send(b"other").await, Err(UploadError::AlreadyCompleted)));
}

#[tokio::test]
async fn an_upload_url_ends_and_cannot_be_forged() {
    let world = World::new();
    let studio = world.photographer("ana").await;
    let gallery = world.gallery(&studio, "Ceremony").await;
    let ticket = ticket(&world, &studio, gallery, 5).await;
    let forged = format!("{}x", signed(&ticket));
    let content = || stream_of(Bytes::from_static(b"photo"));
    let sent = world.services.uploads.receive(&forged, Some(5), content()).await;
    assert!(matches!(sent, Err(UploadError::Absent(_))));
    world.pass(SignedDuration::from_hours(25));
    let late = world.services.uploads.receive(signed(&ticket), Some(5), content()).await;
    assert!(matches!(late, Err(UploadError::Absent(_))));
}

/// Announces a file of two parts and sends them.
async fn send_parts(world: &World, studio: &Principal) -> (Ticket, Vec<UploadedPart>) {
    let gallery = world.gallery(studio, "Ceremony").await;
    let ticket = ticket(world, studio, gallery, 10).await;
    let numbers = [PartNumber::parse(1).unwrap(), PartNumber::parse(2).unwrap()];
    let links = world.services.uploads.request_parts(studio, ticket.upload, &numbers).await.unwrap();
    let mut parts = Vec::new();
    for ((number, link), text) in links.into_iter().zip(["hello", "world"]) {
        let signed = link.url.0.strip_prefix(SelfServedUrls::UPLOADS).unwrap();
        let content = stream_of(Bytes::from_static(text.as_bytes()));
        let received = world.services.uploads.receive(signed, Some(5), content).await.unwrap();
        parts.push(UploadedPart { number, etag: received.etag });
    }
    (ticket, parts)
}

#[tokio::test]
async fn parts_make_up_a_file() {
    let world = World::new();
    let studio = world.photographer("ana").await;
    let (ticket, parts) = send_parts(&world, &studio).await;
    let missing = world.services.uploads.complete(&studio, ticket.upload, Some(&parts[..1])).await;
    assert!(matches!(missing, Err(UploadError::Incomplete { .. })));
    world.services.uploads.complete(&studio, ticket.upload, Some(&parts)).await.unwrap();
    world.run_jobs().await;
    let photo = world.load(&studio, ticket.upload.as_photo()).await;
    assert_eq!(kind(&photo), "ready");
}

/// Parts that another server joins a moment before this one does.
#[derive(Debug)]
struct RacingMultipartStore(Arc<dyn MultipartStore>);

#[async_trait]
impl MultipartStore for RacingMultipartStore {
    async fn begin(&self, key: ObjectKey) -> Result<MultipartId, StorageError> {
        self.0.begin(key).await
    }

    async fn find(&self, key: ObjectKey) -> Result<Option<MultipartId>, StorageError> {
        self.0.find(key).await
    }

    async fn put_part(
        &self,
        key: ObjectKey,
        upload: &MultipartId,
        number: PartNumber,
        content: ObjectStream,
        most_bytes: u64,
    ) -> Result<UploadedPart, StorageError> {
        self.0.put_part(key, upload, number, content, most_bytes).await
    }

    async fn complete(
        &self,
        key: ObjectKey,
        upload: &MultipartId,
        parts: &[UploadedPart],
        expected: Expected,
    ) -> Result<StoredObject, StorageError> {
        self.0.complete(key, upload, parts, expected).await?;
        self.0.complete(key, upload, parts, expected).await
    }

    async fn abort(&self, key: ObjectKey) -> Result<(), StorageError> {
        self.0.abort(key).await
    }
}

#[tokio::test]
async fn parts_that_another_server_joined_meanwhile_are_complete() {
    let world = World::over(|backend| {
        let multipart = &mut backend.objects.multipart;
        *multipart = Arc::new(RacingMultipartStore(Arc::clone(multipart)));
    });
    let studio = world.photographer("ana").await;
    let (ticket, parts) = send_parts(&world, &studio).await;
    world.services.uploads.complete(&studio, ticket.upload, Some(&parts)).await.unwrap();
    let photo = world.load(&studio, ticket.upload.as_photo()).await;
    assert_eq!(kind(&photo), "uploaded");
    world.run_jobs().await;
}

#[tokio::test]
async fn completing_parts_that_were_never_sent_begins_no_upload() {
    let world = World::new();
    let studio = world.photographer("ana").await;
    let gallery = world.gallery(&studio, "Ceremony").await;
    let ticket = ticket(&world, &studio, gallery, 10).await;
    let part = UploadedPart { number: PartNumber::parse(1).unwrap(), etag: "m".to_owned() };
    let missing = world.services.uploads.complete(&studio, ticket.upload, Some(&[part])).await;
    assert!(matches!(missing, Err(UploadError::Incomplete { .. })));
    let key = world.load(&studio, ticket.upload.as_photo()).await;
    let key = OriginalKey { studio: key.studio, photo: key.id, replacement: None }.into();
    assert_eq!(world.backend.objects.multipart.find(key).await.unwrap(), None);
}

#[tokio::test]
async fn a_photo_can_be_uploaded_in_one_call() {
    let world = World::new();
    let studio = world.photographer("ana").await;
    let gallery = world.gallery(&studio, "Ceremony").await;
    let content = stream_of(Bytes::from_static(b"a picture"));
    let view = world.services.uploads.upload(&studio, gallery, "a.jpg", None, content).await.unwrap();
    assert_eq!(view.photo.value.size_bytes.get(), 9);
    world.run_jobs().await;
    assert_eq!(kind(&world.load(&studio, view.photo.value.id).await), "ready");
    let empty = stream_of(Bytes::new());
    let refused = world.services.uploads.upload(&studio, gallery, "b.jpg", None, empty).await;
    assert!(matches!(refused, Err(UploadError::Invalid(_))));
}

#[tokio::test]
async fn a_photo_whose_job_got_lost_is_found_by_the_sweep() {
    let world = World::new();
    let studio = world.photographer("ana").await;
    let gallery = world.gallery(&studio, "Ceremony").await;
    let photo = world.send(&studio, gallery, "a picture").await;
    // The server dies between the two writes: the job is gone.
    let lost = world.services.working.receive(10).await.unwrap();
    world.backend.queue.jobs.acknowledge(&lost[0].receipt).await.unwrap();
    let usual = halftone_core::services::sweeping::SweepDepth::Usual;
    let early = world.services.sweeping.sweep(&Principal::System, usual).await.unwrap();
    assert_eq!(early.requeued, 0);
    world.pass(SignedDuration::from_mins(16));
    let sweep = world.services.sweeping.sweep(&Principal::System, usual).await.unwrap();
    assert_eq!(sweep.requeued, 1);
    world.run_jobs().await;
    assert_eq!(kind(&world.load(&studio, photo).await), "ready");
}

#[tokio::test]
async fn a_ticket_that_nobody_used_disappears() {
    let world = World::new();
    let studio = world.photographer("ana").await;
    let gallery = world.gallery(&studio, "Ceremony").await;
    let ticket = ticket(&world, &studio, gallery, 5).await;
    world.pass(SignedDuration::from_hours(49));
    let usual = halftone_core::services::sweeping::SweepDepth::Usual;
    let sweep = world.services.sweeping.sweep(&Principal::System, usual).await.unwrap();
    assert_eq!(sweep.expired_tickets, 1);
    world.run_jobs().await;
    assert!(world.services.photos.get(&studio, ticket.upload.as_photo()).await.is_err());
}

#[tokio::test]
async fn a_photo_without_bytes_is_not_counted_or_listed() {
    let world = World::new();
    let studio = world.photographer("ana").await;
    let gallery = world.gallery(&studio, "Ceremony").await;
    ticket(&world, &studio, gallery, 5).await;
    world.photo(&studio, gallery, "a picture").await;
    let view = world.services.galleries.get(&studio, gallery).await.unwrap();
    assert_eq!((view.photos.arrived(), view.photos.pending), (1, 1));
    let listed = world
        .services
        .photos
        .list(&studio, gallery, &halftone_core::ports::photos::PhotoFilter::default(), &first_page())
        .await
        .unwrap();
    assert_eq!(listed.items.len(), 1);
}

#[tokio::test]
async fn an_object_store_that_speaks_first_confirms_the_upload() {
    let world = World::new();
    let studio = world.photographer("ana").await;
    let gallery = world.gallery(&studio, "Ceremony").await;
    let ticket = ticket(&world, &studio, gallery, 5).await;
    let photo = ticket.upload.as_photo();
    let job = Job::ConfirmUpload { studio: studio.manage().unwrap(), photo };
    // The notice of a part, or of something else at that key.
    world.services.working.perform(&job).await.unwrap();
    assert_eq!(kind(&world.load(&studio, photo).await), "pending");
    let content = stream_of(Bytes::from_static(b"photo"));
    world.services.uploads.receive(signed(&ticket), Some(5), content).await.unwrap();
    for _ in 0..2 {
        world.services.working.perform(&job).await.unwrap();
        assert_eq!(kind(&world.load(&studio, photo).await), "ready");
    }
    // The browser comes late.
    let completed = world.services.uploads.complete(&studio, ticket.upload, None).await.unwrap();
    assert!(matches!(completed, Completed::Photo(view) if view.photo.value.id == photo));
}

#[tokio::test]
async fn a_notice_of_an_upload_that_somebody_else_confirmed_renders_nothing() {
    let world = World::new();
    let studio = world.photographer("ana").await;
    let gallery = world.gallery(&studio, "Ceremony").await;
    let photo = world.send(&studio, gallery, "a picture").await;
    let job = Job::ConfirmUpload { studio: studio.manage().unwrap(), photo };
    let complete = world.services.working.receive(1).await.unwrap().remove(0);
    world.backend.queue.jobs.enqueue(&[job], SignedDuration::ZERO).await.unwrap();
    world.run_jobs().await;
    assert_eq!(kind(&world.load(&studio, photo).await), "uploaded", "the job of `complete` is to do it");
    world.services.working.run(&complete).await.unwrap();
    assert_eq!(kind(&world.load(&studio, photo).await), "ready");
}

#[tokio::test]
async fn a_notice_whose_worker_died_after_confirming_renders_at_its_next_delivery() {
    let world = World::new();
    let studio = world.photographer("ana").await;
    let gallery = world.gallery(&studio, "Ceremony").await;
    let photo = world.send(&studio, gallery, "a picture").await;
    let lost = world.services.working.receive(1).await.unwrap().remove(0);
    world.backend.queue.jobs.acknowledge(&lost.receipt).await.unwrap();
    let job = Job::ConfirmUpload { studio: studio.manage().unwrap(), photo };
    world.backend.queue.jobs.enqueue(&[job], SignedDuration::ZERO).await.unwrap();
    assert_eq!(world.services.working.receive(1).await.unwrap().len(), 1);
    world.pass(SignedDuration::from_mins(10));
    world.run_jobs().await;
    assert_eq!(kind(&world.load(&studio, photo).await), "ready");
}

#[tokio::test]
async fn an_upload_notice_for_a_deleted_photo_does_nothing() {
    let world = World::new();
    let studio = world.photographer("ana").await;
    let gallery = world.gallery(&studio, "Ceremony").await;
    let photo = ticket(&world, &studio, gallery, 5).await.upload.as_photo();
    world.services.photos.delete(&studio, photo).await.unwrap();
    let job = Job::ConfirmUpload { studio: studio.manage().unwrap(), photo };
    world.services.working.perform(&job).await.unwrap();
    world.run_jobs().await;
    assert!(world.services.photos.get(&studio, photo).await.is_err());
}

#[tokio::test]
async fn bytes_that_arrived_without_a_complete_are_rescued() {
    let world = World::new();
    let studio = world.photographer("ana").await;
    let gallery = world.gallery(&studio, "Ceremony").await;
    let ticket = ticket(&world, &studio, gallery, 5).await;
    let content = stream_of(Bytes::from_static(b"photo"));
    world.services.uploads.receive(signed(&ticket), Some(5), content).await.unwrap();
    // The browser dies.
    world.pass(SignedDuration::from_hours(49));
    let usual = halftone_core::services::sweeping::SweepDepth::Usual;
    let sweep = world.services.sweeping.sweep(&Principal::System, usual).await.unwrap();
    assert_eq!(sweep.expired_tickets, 0);
    world.run_jobs().await;
    assert_eq!(kind(&world.load(&studio, ticket.upload.as_photo()).await), "ready");
}
