//! Burying, and `DeadLetterQueue`.

use halftone_core::clock::{Clock as _, SystemClock};
use halftone_core::id::JobId;
use halftone_core::page::{PageLimit, PageRequest};
use halftone_core::ports::error::StorageErrorKind;
use halftone_core::ports::queue::{DeadLetterQueue as _, JobQueue as _, QueueDepth};
use jiff::SignedDuration;
use uuid::Uuid;

use crate::peers::{Peer, on_both_peers};
use crate::world::{LEASE, MOST_DELIVERIES, SHORT, World, job, open};

on_both_peers![
    a_buried_job_becomes_a_letter_with_its_history,
    reasons_come_back,
    letters_are_listed_by_id_on_pages,
    listing_hides_no_letter,
    a_retried_job_starts_with_a_fresh_count,
    retrying_a_missing_letter_is_not_found,
    a_discarded_letter_is_gone,
    a_job_that_is_delivered_too_often_becomes_a_letter,
    without_a_queue_for_dead_letters_a_buried_job_stays,
];

async fn a_buried_job_becomes_a_letter_with_its_history(peer: Peer) {
    let world = World::on(peer).await;
    let before = SystemClock.now();
    let first = world.hold(&job(1), LEASE).await;
    world.jobs.release(&first.receipt, SignedDuration::ZERO).await.unwrap();
    let held = world.receive_one(LEASE).await;
    world.jobs.bury(&held.receipt, "no room").await.unwrap();
    let letters = world.list().await;
    assert_eq!(letters.len(), 1);
    let letter = &letters[0];
    assert_eq!((letter.id, &letter.job, letter.receive_count), (held.id, &job(1), 2));
    assert_eq!(letter.reason, "no room");
    assert!((letter.at.duration_since(before)).abs() < SignedDuration::from_mins(1), "{}", letter.at);
    assert_eq!(world.receive(LEASE).await, []);
}

async fn reasons_come_back(peer: Peer) {
    let world = World::on(peer).await;
    for reason in ["", "two\nlines", "Zo\u{eb} <&> \u{1f600}"] {
        let held = world.bury(&job(1), reason).await;
        let letters = world.list().await;
        assert_eq!(letters.iter().map(|letter| letter.reason.as_str()).collect::<Vec<_>>(), [reason]);
        world.letters.discard(held.id).await.unwrap();
    }
}

async fn letters_are_listed_by_id_on_pages(peer: Peer) {
    let world = World::on(peer).await;
    let mut expected = Vec::new();
    for number in 0..5 {
        expected.push(world.bury(&job(number), "no room").await.id);
    }
    expected.sort_unstable();
    let mut walked = Vec::new();
    let mut request = PageRequest::first(PageLimit::parse(2).unwrap());
    loop {
        let page = world.letters.list(&request).await.unwrap();
        assert!(page.items.len() <= 2);
        walked.extend(page.items.into_iter().map(|letter| letter.id));
        let Some(next) = page.next else { break };
        request.after = Some(next);
    }
    assert_eq!(walked, expected);
}

async fn listing_hides_no_letter(peer: Peer) {
    let world = World::on(peer).await;
    for number in 0..12 {
        world.bury(&job(number), "no room").await;
    }
    for _ in 0..3 {
        assert_eq!(world.list().await.len(), 12);
    }
}

async fn a_retried_job_starts_with_a_fresh_count(peer: Peer) {
    let world = World::on(peer).await;
    let (retried, kept) = (world.bury(&job(1), "no room").await, world.bury(&job(2), "no room").await);
    world.letters.retry(retried.id).await.unwrap();
    assert_eq!(world.list().await.iter().map(|letter| letter.id).collect::<Vec<_>>(), [kept.id]);
    let received = world.receive_one(LEASE).await;
    assert_eq!((&received.job, received.receive_count), (&job(1), 1));
}

async fn retrying_a_missing_letter_is_not_found(peer: Peer) {
    let world = World::on(peer).await;
    let kept = world.bury(&job(1), "no room").await;
    let missing = JobId::from_uuid(Uuid::from_u128(1));
    let error = world.letters.retry(missing).await.unwrap_err();
    assert_eq!(error.kind(), StorageErrorKind::NotFound, "{error}");
    world.letters.retry(kept.id).await.unwrap();
    assert_eq!(world.letters.retry(kept.id).await.unwrap_err().kind(), StorageErrorKind::NotFound);
}

async fn a_discarded_letter_is_gone(peer: Peer) {
    let world = World::on(peer).await;
    let (gone, kept) = (world.bury(&job(1), "damaged").await, world.bury(&job(2), "no room").await);
    for _ in 0..2 {
        world.letters.discard(gone.id).await.unwrap();
        assert_eq!(world.list().await.iter().map(|letter| letter.id).collect::<Vec<_>>(), [kept.id]);
    }
    assert_eq!(world.receive(LEASE).await, []);
}

async fn a_job_that_is_delivered_too_often_becomes_a_letter(peer: Peer) {
    let world = World::on(peer).await;
    world.enqueue(&[job(1)]).await;
    let mut id = None;
    for count in 1..=MOST_DELIVERIES {
        let received = world.receive_one(SHORT).await;
        assert_eq!(received.receive_count, count);
        id = Some(received.id);
    }
    // Every wait for a job gives the policy a chance.
    while world.jobs.depth().await.unwrap().dead == 0 {
        assert_eq!(world.receive(LEASE).await, [], "there was one delivery too many");
    }
    let letters = world.list().await;
    assert_eq!(letters.len(), 1);
    assert_eq!((Some(letters[0].id), &letters[0].job), (id, &job(1)));
    assert!(letters[0].reason.contains("delivered too often"));
    world.letters.retry(letters[0].id).await.unwrap();
    assert_eq!(world.receive_one(LEASE).await.receive_count, 1);
}

async fn without_a_queue_for_dead_letters_a_buried_job_stays(peer: Peer) {
    let mut world = World::on(peer).await;
    world.jobs = open(&world.config, &world.url, None);
    let held = world.hold(&job(1), SHORT).await;
    world.jobs.bury(&held.receipt, "no room").await.unwrap();
    assert_eq!(world.receive_one(LEASE).await.id, held.id);
    assert_eq!(world.jobs.depth().await.unwrap(), QueueDepth { waiting: 0, leased: 1, dead: 0 });
}
