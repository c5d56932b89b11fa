//! Making renditions, through crashes, repetitions and races.

use std::sync::atomic::Ordering;

use futures_util::FutureExt as _;
use halftone_core::access::Principal;
use halftone_core::id::{GalleryId, PhotoId};
use halftone_core::job::{Job, RetryPolicy};
use halftone_core::object_key::{ObjectKey, ObjectPrefix};
use halftone_core::photo::PhotoState;
use halftone_core::ports::objects::{Expected, stream_of};
use halftone_core::processing_draft::{ProcessingDraft, WatermarkDraft};
use halftone_core::rendition::ProofEdge;
use halftone_core::services::catalogue::{CatalogueError, Precondition};
use halftone_core::services::galleries::GalleryChange;
use halftone_core::services::working::Disposition;
use halftone_core::settings::BaseKeeping;
use halftone_core::text::WatermarkText;
use jiff::SignedDuration;

use crate::world::{World, failure, first_page, kind};

async fn keys(world: &World, studio: &Principal, photo: PhotoId) -> Vec<String> {
    let prefix = ObjectPrefix::Photo(studio.manage().unwrap(), photo);
    let page = world.backend.objects.store.list(prefix, &first_page()).await.unwrap();
    page.items.iter().map(ToString::to_string).collect()
}

/// The one key of a photo that holds a text.
async fn key(world: &World, studio: &Principal, photo: PhotoId, part: &str) -> ObjectKey {
    let found: Vec<_> =
        keys(world, studio, photo).await.into_iter().filter(|key| key.contains(part)).collect();
    assert_eq!(found.len(), 1, "{found:?}");
    ObjectKey::parse(&found[0]).unwrap()
}

async fn read(world: &World, studio: &Principal, photo: PhotoId, name: &str) -> String {
    let key = key(world, studio, photo, name).await;
    let body = world.backend.objects.store.get(key, None).await.unwrap();
    String::from_utf8(body.read(1 << 20).await.unwrap().to_vec()).unwrap()
}

/// How many times an original was rendered, and a base marked.
fn made(world: &World) -> (usize, usize) {
    let renderer = &world.renderer;
    (renderer.renders.load(Ordering::SeqCst), renderer.marks.load(Ordering::SeqCst))
}

/// A photo whose mark was changed once, so that a base is kept.
async fn photo_with_base() -> (World, Principal, GalleryId, PhotoId) {
    let world = World::new();
    let studio = world.photographer("ana").await;
    let gallery = world.gallery(&studio, "Ceremony").await;
    let photo = world.photo(&studio, gallery, "a picture").await;
    set_mark(&world, &studio, gallery, "PROOF").await;
    world.run_jobs().await;
    (world, studio, gallery, photo)
}

/// A world that keeps bases as said.
fn keeping(bases: BaseKeeping) -> World {
    World::of(|_| {}, |dependencies| dependencies.settings.bases = bases)
}

fn mark(text: &str) -> ProcessingDraft {
    let watermark =
        WatermarkDraft { text: Some(WatermarkText::parse(text).unwrap()), ..WatermarkDraft::default() };
    ProcessingDraft { watermark, ..ProcessingDraft::default() }
}

async fn set_mark(world: &World, studio: &Principal, gallery: GalleryId, text: &str) {
    set_processing(world, studio, gallery, mark(text)).await;
}

async fn set_processing(world: &World, studio: &Principal, gallery: GalleryId, processing: ProcessingDraft) {
    let change = GalleryChange { processing: Some(processing), ..GalleryChange::default() };
    world.services.galleries.change(studio, gallery, change, Precondition::NONE).await.unwrap();
}

#[tokio::test]
async fn a_damaged_file_fails_with_a_sentence_and_is_not_tried_again() {
    let world = World::new();
    let studio = world.photographer("ana").await;
    let gallery = world.gallery(&studio, "Ceremony").await;
    let photo = world.photo(&studio, gallery, "damaged picture").await;
    let photo = world.load(&studio, photo).await;
    assert!(failure(&photo).contains("damaged or incomplete"));
    assert!(world.run_jobs().await.is_empty());
}

#[tokio::test]
async fn a_job_that_is_delivered_twice_renders_once() {
    let world = World::new();
    let studio = world.photographer("ana").await;
    let gallery = world.gallery(&studio, "Ceremony").await;
    let photo = world.photo(&studio, gallery, "a picture").await;
    let job = Job::ProcessPhoto { studio: studio.manage().unwrap(), photo };
    world.services.working.perform(&job).await.unwrap();
    assert_eq!(world.renderer.renders.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_worker_that_dies_is_replaced() {
    let world = World::new();
    let studio = world.photographer("ana").await;
    let gallery = world.gallery(&studio, "Ceremony").await;
    let photo = world.send(&studio, gallery, "a picture").await;
    // Received and never heard of again.
    assert_eq!(world.services.working.receive(1).await.unwrap().len(), 1);
    assert!(world.run_jobs().await.is_empty());
    world.pass(SignedDuration::from_mins(6));
    assert_eq!(world.run_jobs().await, [Disposition::Done]);
    assert_eq!(kind(&world.load(&studio, photo).await), "ready");
}

#[tokio::test]
async fn a_fault_of_the_server_is_tried_again_and_then_given_up() {
    let world = World::new();
    let studio = world.photographer("ana").await;
    let gallery = world.gallery(&studio, "Ceremony").await;
    world.renderer.is_down.store(true, Ordering::SeqCst);
    let photo = world.send(&studio, gallery, "a picture").await;
    let mut dispositions = Vec::new();
    for _ in 0..6 {
        dispositions.extend(world.run_jobs().await);
        world.pass(SignedDuration::from_mins(11));
    }
    let expected = [Disposition::Retry; 4].into_iter().chain([Disposition::Buried]);
    assert_eq!(dispositions, expected.collect::<Vec<_>>());
    assert!(failure(&world.load(&studio, photo).await).contains("fault of the server"));
    let dead = world.backend.queue.dead_letters.list(&first_page()).await.unwrap();
    assert_eq!(dead.items.len(), 1);

    world.renderer.is_down.store(false, Ordering::SeqCst);
    world.services.photos.retry(&studio, photo).await.unwrap();
    world.run_jobs().await;
    assert_eq!(kind(&world.load(&studio, photo).await), "ready");
}

#[tokio::test]
async fn only_a_failed_photo_can_be_retried() {
    let world = World::new();
    let studio = world.photographer("ana").await;
    let gallery = world.gallery(&studio, "Ceremony").await;
    let photo = world.photo(&studio, gallery, "a picture").await;
    let refused = world.services.photos.retry(&studio, photo).await;
    assert!(matches!(refused, Err(CatalogueError::WrongState { .. })));
}

#[tokio::test]
async fn another_mark_replaces_the_proofs_and_leaves_no_old_file() {
    let world = World::new();
    let studio = world.photographer("ana").await;
    let gallery = world.gallery(&studio, "Ceremony").await;
    let photo = world.photo(&studio, gallery, "a picture").await;
    let before = keys(&world, &studio, photo).await;
    set_mark(&world, &studio, gallery, "PROOF").await;
    // Until the new ones are there, the old ones are shown.
    assert_eq!(kind(&world.load(&studio, photo).await), "ready");
    world.run_jobs().await;
    let after = keys(&world, &studio, photo).await;
    assert_eq!((before.len(), after.len()), (3, 4));
    assert_eq!(before.iter().filter(|key| after.contains(key)).count(), 1, "only the original stays");
    assert_eq!(
        after.iter().filter(|key| key.contains("/bases/")).count(),
        1,
        "and a base is kept from now on"
    );
}

#[tokio::test]
async fn from_the_second_mark_on_originals_are_left_alone() {
    let (world, studio, gallery, photo) = photo_with_base().await;
    assert_eq!(made(&world), (2, 0));
    let facts = world.load(&studio, photo).await.facts;
    for mark in ["DRAFT", "ANA"] {
        set_mark(&world, &studio, gallery, mark).await;
        world.run_jobs().await;
        let proof = read(&world, &studio, photo, "proof.jpg").await;
        assert!(proof.starts_with("proof of b\"a picture\"") && proof.contains(mark), "{proof}");
        assert_eq!(keys(&world, &studio, photo).await.len(), 4, "the base, the original and two renditions");
    }
    assert_eq!(made(&world), (2, 2));
    assert_eq!(world.load(&studio, photo).await.facts, facts);
}

#[tokio::test]
async fn a_preview_of_another_mark_is_made_from_the_base() {
    let world = keeping(BaseKeeping::Always);
    let studio = world.photographer("ana").await;
    let gallery = world.gallery(&studio, "Ceremony").await;
    world.photo(&studio, gallery, "a picture").await;
    for (draft, expected) in [
        (mark("DRAFT"), (1, 1)),
        (ProcessingDraft { proof_long_edge: Some(ProofEdge::parse(1600).unwrap()), ..mark("DRAFT") }, (2, 1)),
    ] {
        let preview = world.services.galleries.preview(&studio, gallery, draft).await.unwrap();
        let text = String::from_utf8(preview.bytes.to_vec()).unwrap();
        assert!(text.contains("a picture") && text.contains("DRAFT"), "{text}");
        assert_eq!(made(&world), expected);
    }
}

#[tokio::test]
async fn a_base_that_is_damaged_or_gone_is_made_again() {
    let (world, studio, gallery, photo) = photo_with_base().await;
    let base = key(&world, &studio, photo, "/bases/").await;
    let store = &world.backend.objects.store;
    store.put(base, stream_of("something else".into()), Expected::default()).await.unwrap();
    set_mark(&world, &studio, gallery, "DRAFT").await;
    world.run_jobs().await;
    assert_eq!(made(&world), (3, 1), "the original was rendered after the base was of no use");
    store.delete_many(&[base]).await;
    set_mark(&world, &studio, gallery, "ANA").await;
    world.run_jobs().await;
    assert_eq!(made(&world), (4, 1));
    assert!(read(&world, &studio, photo, "proof.jpg").await.contains("ANA"));
    assert_eq!(kind(&world.load(&studio, photo).await), "ready");
    assert!(store.head(base).await.unwrap().is_some(), "it is kept again");
}

#[tokio::test]
async fn a_base_serves_no_other_size_and_leaves_with_it() {
    let (world, studio, gallery, photo) = photo_with_base().await;
    let base = key(&world, &studio, photo, "/bases/").await;
    let draft = ProcessingDraft {
        proof_long_edge: Some(ProofEdge::parse(1600).unwrap()),
        ..ProcessingDraft::default()
    };
    set_processing(&world, &studio, gallery, draft).await;
    world.run_jobs().await;
    assert_eq!(made(&world), (3, 0));
    assert!(world.backend.objects.store.head(base).await.unwrap().is_none());
    assert_ne!(key(&world, &studio, photo, "/bases/").await, base);
}

#[tokio::test]
async fn bases_are_kept_as_the_settings_say() {
    for (bases, first, second, made_of) in [
        (BaseKeeping::Always, 4, 4, (1, 1)),
        (BaseKeeping::Changed, 3, 4, (2, 0)),
        (BaseKeeping::Never, 3, 3, (2, 0)),
    ] {
        let world = keeping(bases);
        let studio = world.photographer("ana").await;
        let gallery = world.gallery(&studio, "Ceremony").await;
        let photo = world.photo(&studio, gallery, "a picture").await;
        assert_eq!(keys(&world, &studio, photo).await.len(), first, "{bases:?}");
        set_mark(&world, &studio, gallery, "PROOF").await;
        world.run_jobs().await;
        assert_eq!(keys(&world, &studio, photo).await.len(), second, "{bases:?}");
        assert_eq!(made(&world), made_of, "{bases:?}");
    }
}

#[tokio::test]
async fn a_mark_that_cannot_be_applied_to_a_base_shows_no_clean_picture() {
    let world = keeping(BaseKeeping::Always);
    let studio = world.photographer("ana").await;
    let gallery = world.gallery(&studio, "Ceremony").await;
    let photo = world.photo(&studio, gallery, "a picture").await;
    world.renderer.is_down.store(true, Ordering::SeqCst);
    set_mark(&world, &studio, gallery, "PROOF").await;
    for _ in 0..6 {
        world.run_jobs().await;
        world.pass(SignedDuration::from_mins(11));
    }
    assert_eq!(made(&world).0, 1, "the original is no way around a server that is ill");
    assert_eq!(kind(&world.load(&studio, photo).await), "failed");
    assert_eq!(keys(&world, &studio, photo).await.len(), 1, "only the original stays");
}

#[tokio::test]
async fn a_proof_that_is_made_while_the_mark_changes_is_made_again() {
    let world = World::new();
    let studio = world.photographer("ana").await;
    let gallery = world.gallery(&studio, "Ceremony").await;
    let photo = world.send(&studio, gallery, "a picture").await;
    set_mark(&world, &studio, gallery, "PROOF").await;
    world.run_jobs().await;
    let expected = world.load_gallery(&studio, gallery).await.processing.fingerprint(1);
    let photo = world.load(&studio, photo).await;
    let PhotoState::Ready { renditions, .. } = photo.state else { panic!("not ready") };
    assert_eq!(renditions.fingerprint, expected);
}

#[tokio::test]
async fn reprocessing_mends_a_missing_proof_and_retries_failed_photos() {
    let world = World::new();
    let studio = world.photographer("ana").await;
    let gallery = world.gallery(&studio, "Ceremony").await;
    let photo = world.photo(&studio, gallery, "a picture").await;
    let prefix = ObjectPrefix::Photo(studio.manage().unwrap(), photo);
    let stored = world.backend.objects.store.list(prefix, &first_page()).await.unwrap().items;
    let proof = stored.into_iter().find(|key| key.to_string().ends_with("proof.jpg")).unwrap();
    world.backend.objects.store.delete_many(&[proof]).await;
    world.services.galleries.reprocess(&studio, gallery).await.unwrap();
    world.run_jobs().await;
    assert_eq!(keys(&world, &studio, photo).await.len(), 3);
}

#[tokio::test]
async fn an_original_that_is_not_the_announced_one_fails() {
    let world = World::new();
    let studio = world.photographer("ana").await;
    let gallery = world.gallery(&studio, "Ceremony").await;
    let id = world.send(&studio, gallery, "a picture").await;
    // Somebody writes into the bucket past the API.
    let key = halftone_core::object_key::OriginalKey {
        studio: studio.manage().unwrap(),
        photo: id,
        replacement: None,
    };
    let other = halftone_core::ports::objects::stream_of(bytes::Bytes::from_static(b"a forgery"));
    world
        .backend
        .objects
        .store
        .put(key.into(), other, halftone_core::ports::objects::Expected::default())
        .await
        .unwrap();
    world.run_jobs().await;
    assert!(failure(&world.load(&studio, id).await).contains("not the one that was sent"));
}

#[tokio::test]
async fn a_missing_original_fails_with_a_sentence() {
    let world = World::new();
    let studio = world.photographer("ana").await;
    let gallery = world.gallery(&studio, "Ceremony").await;
    let id = world.send(&studio, gallery, "a picture").await;
    let key = halftone_core::object_key::OriginalKey {
        studio: studio.manage().unwrap(),
        photo: id,
        replacement: None,
    };
    world.backend.objects.store.delete_many(&[key.into()]).await;
    world.run_jobs().await;
    assert!(failure(&world.load(&studio, id).await).contains("missing"));
}

#[tokio::test]
async fn a_photo_that_is_deleted_before_its_job_runs_is_left_alone() {
    let world = World::new();
    let studio = world.photographer("ana").await;
    let gallery = world.gallery(&studio, "Ceremony").await;
    let photo = world.send(&studio, gallery, "a picture").await;
    world.services.photos.delete(&studio, photo).await.unwrap();
    world.run_jobs().await;
    assert_eq!(world.renderer.renders.load(Ordering::SeqCst), 0);
    assert!(keys(&world, &studio, photo).await.is_empty());
}

#[tokio::test]
async fn two_workers_at_one_photo_do_not_chase_each_other() {
    let world = std::sync::Arc::new(World::new());
    let studio = world.photographer("ana").await;
    let gallery = world.gallery(&studio, "Ceremony").await;
    let photo = world.send(&studio, gallery, "a picture").await;
    let job = Job::ProcessPhoto { studio: studio.manage().unwrap(), photo };
    world.renderer.wait_for(2);
    let workers: Vec<_> = (0..2)
        .map(|_| {
            let (world, job) = (std::sync::Arc::clone(&world), job.clone());
            tokio::spawn(async move { world.services.working.perform(&job).await })
        })
        .collect();
    for worker in workers {
        worker.await.unwrap().unwrap();
    }
    assert_eq!(world.renderer.renders.load(Ordering::SeqCst), 2);
    assert_eq!(kind(&world.load(&studio, photo).await), "ready");
}

#[tokio::test]
async fn a_job_that_takes_its_worker_down_is_given_up() {
    let world = World::new();
    let studio = world.photographer("ana").await;
    let gallery = world.gallery(&studio, "Ceremony").await;
    let photo = world.send(&studio, gallery, "a picture").await;
    // For more than will ever come.
    world.renderer.wait_for(1_000);
    for _ in 0..RetryPolicy::default().most_ever() {
        let received = world.services.working.receive(1).await.unwrap().remove(0);
        assert!(world.services.working.run(&received).now_or_never().is_none(), "it dies while it renders");
        world.pass(SignedDuration::from_mins(6));
    }
    assert_eq!(world.run_jobs().await, [Disposition::Buried]);
    assert!(failure(&world.load(&studio, photo).await).contains("fault of the server"));
}

#[tokio::test]
async fn a_renewal_that_got_lost_in_a_crash_still_comes() {
    let world = World::new();
    let studio = world.photographer("ana").await;
    let gallery = world.gallery(&studio, "Ceremony").await;
    let photo = world.photo(&studio, gallery, "a picture").await;
    set_mark(&world, &studio, gallery, "PROOF").await;
    // The server dies after the write: the job that comes at once is gone.
    for lost in world.services.working.receive(10).await.unwrap() {
        world.backend.queue.jobs.acknowledge(&lost.receipt).await.unwrap();
    }
    world.pass(SignedDuration::from_mins(2));
    world.run_jobs().await;
    let expected = world.load_gallery(&studio, gallery).await.processing.fingerprint(1);
    let PhotoState::Ready { renditions, .. } = world.load(&studio, photo).await.state else {
        panic!("not ready")
    };
    assert_eq!(renditions.fingerprint, expected);
}

#[tokio::test]
async fn a_renewal_that_fails_for_good_hides_the_old_proofs() {
    let world = World::new();
    let studio = world.photographer("ana").await;
    let gallery = world.gallery(&studio, "Ceremony").await;
    let photo = world.photo(&studio, gallery, "a picture").await;
    world.renderer.is_down.store(true, Ordering::SeqCst);
    set_mark(&world, &studio, gallery, "PROOF").await;
    for _ in 0..8 {
        world.run_jobs().await;
        world.pass(SignedDuration::from_mins(11));
    }
    assert!(failure(&world.load(&studio, photo).await).contains("fault of the server"));
    assert_eq!(keys(&world, &studio, photo).await.len(), 1, "only the original stays");
}

#[tokio::test]
async fn a_damaged_photo_is_tried_once_for_each_change_of_the_mark() {
    let world = World::new();
    let studio = world.photographer("ana").await;
    let gallery = world.gallery(&studio, "Ceremony").await;
    world.photo(&studio, gallery, "damaged picture").await;
    world.pass(SignedDuration::from_secs(1));
    set_mark(&world, &studio, gallery, "PROOF").await;
    world.pass(SignedDuration::from_secs(1));
    world.run_jobs().await;
    // The delayed job, which is there for a crash.
    world.pass(SignedDuration::from_mins(2));
    world.run_jobs().await;
    assert_eq!(world.renderer.renders.load(Ordering::SeqCst), 2);
}
