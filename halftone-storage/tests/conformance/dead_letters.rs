//! `DeadLetterQueue`.

use halftone_core::id::{JobId, PhotoId, StudioId};
use halftone_core::job::Job;
use halftone_core::ports::error::StorageErrorKind;
use halftone_core::ports::queue::{DeadLetter, ReceivedJob};
use jiff::SignedDuration;

use crate::fixtures::LOOK_ALIKES;
use crate::pages::{assert_walks, first};
use crate::world::{World, assert_kind, assert_one_winner, cases, race};

cases![
    a_dead_letter_tells_what_happened,
    reasons_come_back_whole,
    dead_letters_are_listed_by_id_on_pages_of_any_length,
    a_retried_job_starts_with_a_fresh_count,
    old_receipts_of_a_retried_job_do_nothing,
    of_concurrent_retries_exactly_one_succeeds,
    retrying_a_missing_letter_is_not_found,
    a_discarded_letter_is_gone,
];

const LEASE: SignedDuration = SignedDuration::from_secs(60);

async fn receive(world: &World) -> Vec<ReceivedJob> {
    world.queue.jobs.receive(10, LEASE).await.unwrap()
}

/// Gives a new job up at its first delivery.
async fn bury(world: &World, reason: &str) -> DeadLetter {
    let job = Job::ProcessPhoto { studio: world.id(StudioId::generate), photo: world.id(PhotoId::generate) };
    world.queue.jobs.enqueue(std::slice::from_ref(&job), SignedDuration::ZERO).await.unwrap();
    let held = receive(world).await.pop().unwrap();
    world.queue.jobs.bury(&held.receipt, reason).await.unwrap();
    DeadLetter { id: held.id, job, receive_count: 1, reason: reason.to_owned(), at: world.now() }
}

async fn letters(world: &World) -> Vec<DeadLetter> {
    world.queue.dead_letters.list(&first(100)).await.unwrap().items
}

async fn a_dead_letter_tells_what_happened(world: World) {
    let job = Job::ProcessPhoto { studio: world.id(StudioId::generate), photo: world.id(PhotoId::generate) };
    world.queue.jobs.enqueue(std::slice::from_ref(&job), SignedDuration::ZERO).await.unwrap();
    receive(&world).await;
    world.advance_secs(61);
    let held = receive(&world).await.pop().unwrap();
    world.queue.jobs.bury(&held.receipt, "the file is damaged").await.unwrap();
    let reason = "the file is damaged".to_owned();
    let expected = DeadLetter { id: held.id, job, receive_count: 2, reason, at: world.now() };
    world.advance_secs(1);
    assert_eq!(letters(&world).await, [expected]);
}

async fn reasons_come_back_whole(world: World) {
    for reason in LOOK_ALIKES.into_iter().chain(["", "two\nlines"]) {
        let letter = bury(&world, reason).await;
        assert_eq!(letters(&world).await, std::slice::from_ref(&letter));
        world.queue.dead_letters.discard(letter.id).await.unwrap();
    }
}

async fn dead_letters_are_listed_by_id_on_pages_of_any_length(world: World) {
    let mut expected = Vec::new();
    for number in 0..6 {
        expected.push(bury(&world, &number.to_string()).await);
    }
    expected.sort_unstable_by_key(|letter| letter.id);
    assert_walks(&expected, |page| {
        let dead_letters = &world.queue.dead_letters;
        async move { dead_letters.list(&page).await }
    })
    .await;
}

async fn a_retried_job_starts_with_a_fresh_count(world: World) {
    let letter = bury(&world, "no room").await;
    world.queue.dead_letters.retry(letter.id).await.unwrap();
    assert_eq!(letters(&world).await, []);
    let received = receive(&world).await;
    assert_eq!(received.len(), 1);
    assert_eq!((&received[0].job, received[0].receive_count), (&letter.job, 1));
}

async fn old_receipts_of_a_retried_job_do_nothing(world: World) {
    let job = Job::ProcessPhoto { studio: world.id(StudioId::generate), photo: world.id(PhotoId::generate) };
    world.queue.jobs.enqueue(&[job], SignedDuration::ZERO).await.unwrap();
    let held = receive(&world).await.pop().unwrap();
    world.queue.jobs.bury(&held.receipt, "no room").await.unwrap();
    world.queue.dead_letters.retry(letters(&world).await[0].id).await.unwrap();
    assert_eq!(receive(&world).await.len(), 1);
    // The count is the same as at the delivery of the old receipt.
    world.queue.jobs.acknowledge(&held.receipt).await.unwrap();
    world.advance_secs(61);
    assert_eq!(receive(&world).await.len(), 1);
}

async fn of_concurrent_retries_exactly_one_succeeds(world: World) {
    let letter = bury(&world, "no room").await;
    let results = race(|_| {
        let (world, id) = (world.clone(), letter.id);
        async move { world.queue.dead_letters.retry(id).await }
    });
    assert_one_winner(&results.await, StorageErrorKind::NotFound);
    assert_eq!(receive(&world).await.len(), 1);
}

async fn retrying_a_missing_letter_is_not_found(world: World) {
    let letter = bury(&world, "no room").await;
    let dead_letters = &world.queue.dead_letters;
    assert_kind(dead_letters.retry(world.id(JobId::generate)).await, StorageErrorKind::NotFound);
    dead_letters.retry(letter.id).await.unwrap();
    assert_kind(dead_letters.retry(letter.id).await, StorageErrorKind::NotFound);
}

async fn a_discarded_letter_is_gone(world: World) {
    let (gone, kept) = (bury(&world, "damaged").await, bury(&world, "no room").await);
    for _ in 0..2 {
        world.queue.dead_letters.discard(gone.id).await.unwrap();
        assert_eq!(letters(&world).await, std::slice::from_ref(&kept));
    }
    world.advance_secs(3_600);
    assert_eq!(receive(&world).await, []);
}
