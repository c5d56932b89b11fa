//! Replacing the original of a photo.

use bytes::Bytes;
use halftone_core::access::Principal;
use halftone_core::event::EventKind;
use halftone_core::id::{GalleryId, PhotoId};
use halftone_core::job::Job;
use halftone_core::object_key::{ObjectKey, ObjectPrefix};
use halftone_core::photo::{Photo, PhotoStateKind, ReplacementState, Sha256Hash, ShapeRule};
use halftone_core::ports::objects::stream_of;
use halftone_core::self_served::SelfServedUrls;
use halftone_core::services::packing::PackPhotos;
use halftone_core::services::uploads::{AnnouncedFile, MatchRequest, Matched, Ticket, UploadError};
use halftone_core::text::Name;
use jiff::SignedDuration;
use sha2::{Digest as _, Sha256};

use crate::world::{World, first_page, kind, new_share};

/// The content of the edited file.
pub(crate) const NEW: &str = "an edited picture";

fn announced(filename: &str, content: &str) -> AnnouncedFile {
    AnnouncedFile {
        filename: filename.to_owned(),
        size: content.len() as u64,
        content_type: Some("image/jpeg".to_owned()),
        sha256: None,
    }
}

/// The hash of a content.
pub(crate) fn edited(content: &str) -> Sha256Hash {
    Sha256Hash::from_bytes(Sha256::digest(content).into())
}

/// A ticket for [`NEW`].
pub(crate) async fn replace(
    world: &World,
    studio: &Principal,
    photo: PhotoId,
) -> Result<Ticket, UploadError> {
    let file = announced("IMG_0412-Edit.jpg", NEW);
    world.services.uploads.replace(studio, photo, &file, ShapeRule::Same).await
}

/// Every file that lies under a photo.
pub(crate) async fn under(world: &World, photo: &Photo) -> Vec<ObjectKey> {
    let prefix = ObjectPrefix::Photo(photo.studio, photo.id);
    world.backend.objects.store.list(prefix, &first_page()).await.unwrap().items
}

async fn send(world: &World, ticket: &Ticket, content: &str) -> Result<(), UploadError> {
    let signed = ticket.link.url.0.strip_prefix(SelfServedUrls::UPLOADS).unwrap();
    let content = stream_of(Bytes::copy_from_slice(content.as_bytes()));
    world.services.uploads.receive(signed, None, content).await.map(drop)
}

/// Sends a file in place of a photo's original; its job waits.
async fn replace_with(world: &World, studio: &Principal, photo: PhotoId, content: &str, shape: ShapeRule) {
    let file = announced("IMG_0412-Edit.jpg", content);
    let ticket = world.services.uploads.replace(studio, photo, &file, shape).await.unwrap();
    send(world, &ticket, content).await.unwrap();
    world.services.uploads.complete(studio, ticket.upload, None).await.unwrap();
}

async fn studio_with_photo(world: &World) -> (Principal, GalleryId, PhotoId) {
    let studio = world.photographer("ana").await;
    let gallery = world.gallery(&studio, "Ceremony").await;
    let photo = world.photo(&studio, gallery, "a picture").await;
    (studio, gallery, photo)
}

async fn proof_bytes(world: &World, photo: &Photo) -> String {
    let keys = under(world, photo).await;
    let is_proof = |key: &&ObjectKey| key.to_string().contains("/proof.");
    let key = *keys.iter().find(is_proof).unwrap();
    let body = world.backend.objects.store.get(key, None).await.unwrap();
    String::from_utf8(body.read(10_000).await.unwrap().to_vec()).unwrap()
}

fn refusal(photo: &Photo) -> &str {
    match photo.replacements.next.as_ref().map(|next| &next.state) {
        Some(ReplacementState::Refused { reason, .. }) => reason.sentence.as_str(),
        other => panic!("the replacement is {other:?}"),
    }
}

#[tokio::test]
async fn the_new_file_takes_the_place_and_everything_else_stays() {
    let world = World::new();
    let (studio, gallery, photo) = studio_with_photo(&world).await;
    let client = world.client(&studio, gallery, new_share()).await;
    let selection = world.services.selecting.create(&client, Name::parse("Album").unwrap()).await.unwrap();
    let selection = selection.selection.id;
    world.services.selecting.pick(&client, selection, photo, None).await.unwrap();
    replace_with(&world, &studio, photo, NEW, ShapeRule::Same).await;
    world.run_jobs().await;
    let loaded = world.load(&studio, photo).await;
    assert_eq!(loaded.filename.as_str(), "IMG_0412.JPG");
    let current = loaded.replacements.current.clone().unwrap();
    assert_eq!(current.filename.as_str(), "IMG_0412-Edit.jpg");
    assert_eq!((loaded.sha256, loaded.size_bytes.get()), (Some(edited(NEW)), NEW.len() as u64));
    assert!(proof_bytes(&world, &loaded).await.contains(NEW));
    let view = world.services.selecting.get(&client, selection).await.unwrap();
    assert_eq!(view.selection.picks.len(), 1);
    // The old original and the old renditions are gone: one original, one thumb, one proof.
    assert_eq!(under(&world, &loaded).await.len(), 3);
    assert!(under(&world, &loaded).await.contains(&loaded.original_key().into()));
}

#[tokio::test]
async fn the_old_proof_is_shown_until_the_new_one_is_there() {
    let world = World::new();
    let (studio, _, photo) = studio_with_photo(&world).await;
    let before = world.load(&studio, photo).await;
    replace_with(&world, &studio, photo, NEW, ShapeRule::Same).await;
    let waiting = world.load(&studio, photo).await;
    assert_eq!((&waiting.state, waiting.sha256), (&before.state, before.sha256));
    assert!(proof_bytes(&world, &waiting).await.contains("a picture"));
}

#[tokio::test]
async fn a_damaged_file_leaves_the_photo_as_it_was() {
    let world = World::new();
    let (studio, _, photo) = studio_with_photo(&world).await;
    replace_with(&world, &studio, photo, "damaged file", ShapeRule::Same).await;
    world.run_jobs().await;
    let loaded = world.load(&studio, photo).await;
    assert_eq!((kind(&loaded), loaded.sha256), ("ready", Some(edited("a picture"))));
    assert!(refusal(&loaded).contains("damaged"));
    assert_eq!(under(&world, &loaded).await.len(), 3);
}

#[tokio::test]
async fn another_shape_is_refused_unless_it_is_allowed() {
    let world = World::new();
    let (studio, _, photo) = studio_with_photo(&world).await;
    replace_with(&world, &studio, photo, "tall picture", ShapeRule::Same).await;
    world.run_jobs().await;
    let loaded = world.load(&studio, photo).await;
    assert!(refusal(&loaded).contains("4000 x 6000"), "{}", refusal(&loaded));
    assert_eq!(loaded.sha256, Some(edited("a picture")));
    replace_with(&world, &studio, photo, "tall picture", ShapeRule::Any).await;
    world.run_jobs().await;
    let loaded = world.load(&studio, photo).await;
    assert_eq!(loaded.sha256, Some(edited("tall picture")));
    let events = world.backend.metadata.outbox.claim(100, SignedDuration::from_mins(1)).await.unwrap();
    assert!(events.iter().any(|event| event.subject.kind() == EventKind::PhotoReshaped));
}

#[tokio::test]
async fn of_two_tickets_the_later_one_counts() {
    let world = World::new();
    let (studio, _, photo) = studio_with_photo(&world).await;
    let first = replace(&world, &studio, photo).await.unwrap();
    send(&world, &first, NEW).await.unwrap();
    let second = world
        .services
        .uploads
        .replace(&studio, photo, &announced("other.jpg", "another edit"), ShapeRule::Same)
        .await
        .unwrap();
    assert!(matches!(send(&world, &first, NEW).await, Err(UploadError::Absent(_))));
    let early = world.services.uploads.complete(&studio, second.upload, None).await;
    assert!(matches!(early, Err(UploadError::Incomplete { .. })));
    send(&world, &second, "another edit").await.unwrap();
    world.services.uploads.complete(&studio, second.upload, None).await.unwrap();
    world.run_jobs().await;
    let loaded = world.load(&studio, photo).await;
    assert_eq!(loaded.sha256, Some(edited("another edit")));
    assert_eq!(under(&world, &loaded).await.len(), 3);
}

#[tokio::test]
async fn two_replacements_at_once_leave_one_of_them() {
    let world = World::new();
    let (studio, _, photo) = studio_with_photo(&world).await;
    replace_with(&world, &studio, photo, NEW, ShapeRule::Same).await;
    // A worker is rendering the first one when the second arrives, and finishes after it.
    world.renderer.wait_for(2);
    let job = || Job::ProcessPhoto { studio: studio.manage().unwrap(), photo };
    let slow = async { world.services.working.perform(&job()).await.unwrap() };
    let overtaking = async {
        replace_with(&world, &studio, photo, "a later edit", ShapeRule::Same).await;
        world.services.working.perform(&job()).await.unwrap();
    };
    tokio::join!(slow, overtaking);
    world.renderer.wait_for(1);
    world.run_jobs().await;
    let loaded = world.load(&studio, photo).await;
    assert_eq!(loaded.sha256, Some(edited("a later edit")));
    assert!(proof_bytes(&world, &loaded).await.contains("a later edit"));
    assert_eq!(under(&world, &loaded).await.len(), 3);
}

#[tokio::test]
async fn a_late_job_of_the_old_original_overwrites_nothing() {
    let world = World::new();
    let studio = world.photographer("ana").await;
    let gallery = world.gallery(&studio, "Ceremony").await;
    let photo = world.send(&studio, gallery, "a picture").await;
    let job = || Job::ProcessPhoto { studio: studio.manage().unwrap(), photo };
    // Both renders are under way at once: the first original's and the replacement's.
    world.renderer.wait_for(2);
    let late = async { world.services.working.perform(&job()).await.unwrap() };
    let new = async {
        replace_with(&world, &studio, photo, NEW, ShapeRule::Same).await;
        world.services.working.perform(&job()).await.unwrap();
    };
    tokio::join!(late, new);
    world.renderer.wait_for(1);
    world.run_jobs().await;
    let loaded = world.load(&studio, photo).await;
    assert_eq!((kind(&loaded), loaded.sha256), ("ready", Some(edited(NEW))));
    assert!(proof_bytes(&world, &loaded).await.contains(NEW));
}

#[tokio::test]
async fn a_failed_photo_is_mended_by_a_replacement() {
    let world = World::new();
    let studio = world.photographer("ana").await;
    let gallery = world.gallery(&studio, "Ceremony").await;
    let photo = world.photo(&studio, gallery, "damaged picture").await;
    assert_eq!(world.load(&studio, photo).await.state.kind(), PhotoStateKind::Failed);
    replace_with(&world, &studio, photo, NEW, ShapeRule::Same).await;
    world.run_jobs().await;
    assert_eq!(kind(&world.load(&studio, photo).await), "ready");
}

#[tokio::test]
async fn a_ticket_that_nobody_uses_ends_without_a_trace() {
    let world = World::new();
    let (studio, _, photo) = studio_with_photo(&world).await;
    replace(&world, &studio, photo).await.unwrap();
    world.pass(SignedDuration::from_hours(49));
    world.run_jobs().await;
    let loaded = world.load(&studio, photo).await;
    assert_eq!((kind(&loaded), &loaded.replacements.next), ("ready", &None));
}

#[tokio::test]
async fn a_file_that_arrived_is_taken_although_nobody_said_so() {
    let world = World::new();
    let (studio, _, photo) = studio_with_photo(&world).await;
    let ticket = replace(&world, &studio, photo).await.unwrap();
    send(&world, &ticket, NEW).await.unwrap();
    world.pass(SignedDuration::from_hours(49));
    world.run_jobs().await;
    assert_eq!(world.load(&studio, photo).await.sha256, Some(edited(NEW)));
}

#[tokio::test]
async fn the_notice_of_an_object_store_confirms_a_replacement() {
    let world = World::new();
    let (studio, _, photo) = studio_with_photo(&world).await;
    let ticket = replace(&world, &studio, photo).await.unwrap();
    send(&world, &ticket, NEW).await.unwrap();
    let job = Job::ConfirmUpload { studio: studio.manage().unwrap(), photo };
    world.services.working.perform(&job).await.unwrap();
    assert_eq!(world.load(&studio, photo).await.sha256, Some(edited(NEW)));
}

#[tokio::test]
async fn nobody_elses_photo_and_none_without_bytes_is_replaced() {
    let world = World::new();
    let (studio, gallery, photo) = studio_with_photo(&world).await;
    let stranger = world.photographer("eva").await;
    assert!(matches!(replace(&world, &stranger, photo).await, Err(UploadError::Absent(_))));
    let tickets = world.services.uploads.request(&studio, gallery, &[announced("IMG_1.JPG", "new")]).await;
    let pending = tickets.unwrap().remove(0).unwrap().upload.as_photo();
    assert!(matches!(replace(&world, &studio, pending).await, Err(UploadError::NothingToReplace)));
}

#[tokio::test]
async fn a_pack_of_the_old_original_ends_and_a_new_one_has_the_new() {
    let world = World::new();
    let (studio, gallery, photo) = studio_with_photo(&world).await;
    let packing = &world.services.packing;
    let photos = PackPhotos::Gallery(gallery);
    let request = || packing.request(&studio, &photos, None);
    let pack = request().await.unwrap().pack.id;
    world.run_jobs().await;
    let old = packing.get(&studio, pack).await.unwrap().link.unwrap();
    let signed = |link: &str| link.strip_prefix(SelfServedUrls::PACKS).unwrap().to_owned();
    assert!(packing.open_signed(&signed(&old.0)).await.is_ok());
    world.pass(SignedDuration::from_mins(1));
    replace_with(&world, &studio, photo, NEW, ShapeRule::Same).await;
    world.run_jobs().await;
    assert!(packing.open_signed(&signed(&old.0)).await.is_err());
    world.pass(SignedDuration::from_mins(1));
    let pack = request().await.unwrap().pack.id;
    world.run_jobs().await;
    let link = packing.get(&studio, pack).await.unwrap().link.unwrap();
    let served = packing.open_signed(&signed(&link.0)).await.unwrap();
    let bytes = packing.read(&served, None).unwrap().read(10_000).await.unwrap();
    assert!(bytes.windows(NEW.len()).any(|window| window == NEW.as_bytes()));
}

#[tokio::test]
async fn a_folder_is_matched_and_what_is_not_certain_is_listed() {
    let world = World::new();
    let (studio, gallery, photo) = studio_with_photo(&world).await;
    let request = |filename: &str, content: &str, sha256: Option<&str>| MatchRequest {
        file: AnnouncedFile {
            sha256: sha256.map(|content| edited(content).to_string()),
            ..announced(filename, content)
        },
        captured_at: None,
    };
    let folder = [
        request("IMG_0412.jpg", "a picture", Some("a picture")),
        request("IMG_0412-Edit.tif", NEW, None),
        request("IMG_9999.jpg", NEW, None),
        request("contract.pdf/..", NEW, None),
    ];
    let uploads = &world.services.uploads;
    let mut found = uploads.replace_matching(&studio, gallery, &folder, ShapeRule::Same).await.unwrap();
    assert!(matches!(found.pop().unwrap(), Err(UploadError::Invalid(_))));
    assert!(matches!(found.pop().unwrap(), Ok(Matched::Unmatched)));
    let Ok(Matched::Matched { photo: matched, ticket }) = found.pop().unwrap() else {
        panic!("it is certain")
    };
    assert_eq!(matched, photo);
    assert!(matches!(found.pop().unwrap(), Ok(Matched::Unchanged { photo: same }) if same == photo));
    send(&world, &ticket, NEW).await.unwrap();
    uploads.complete(&studio, ticket.upload, None).await.unwrap();
    world.run_jobs().await;
    assert_eq!(world.load(&studio, photo).await.sha256, Some(edited(NEW)));
    let twins = [request("IMG_0412-1.jpg", "one", None), request("IMG_0412-2.jpg", "two", None)];
    let found = uploads.replace_matching(&studio, gallery, &twins, ShapeRule::Same).await.unwrap();
    let is_listed = |found: &Result<Matched, UploadError>| matches!(found, Ok(Matched::Ambiguous { candidates }) if candidates == &[photo]);
    assert!(found.iter().all(is_listed), "two files for one photo are one too many");
}
