//! `JobQueue`.

use std::collections::BTreeSet;

use halftone_core::id::{CollectionId, GalleryId, JobId, PhotoId, StudioId, UserId};
use halftone_core::job::{CursorText, Job, PurgeTarget};
use halftone_core::page::Cursor;
use halftone_core::ports::error::StorageErrorKind;
use halftone_core::ports::queue::{JobQueue as _, QueueDepth, Receipt};
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use crate::peers::{Peer, on_both_peers};
use crate::world::{LEASE, SHORT, World, job, open};

on_both_peers![
    every_kind_of_job_comes_back_whole,
    five_hundred_jobs_are_enqueued_at_once,
    no_more_jobs_are_received_than_asked_for,
    a_delayed_job_waits,
    a_job_whose_worker_died_comes_again_to_another,
    an_acknowledged_job_never_comes_back,
    an_extended_lease_runs_from_now,
    a_released_job_comes_back_at_once,
    a_released_job_comes_back_after_its_delay,
    receipts_of_finished_jobs_do_nothing,
    stale_receipts_succeed_and_neither_lose_nor_double_the_job,
    invented_receipts_do_nothing,
    concurrent_workers_share_the_jobs,
    depth_counts_waiting_delayed_leased_and_dead_jobs,
    a_missing_queue_is_not_found,
];

fn every_job() -> Vec<Job> {
    let id = Uuid::from_u128;
    let (studio, gallery) = (StudioId::from_uuid(id(1)), GalleryId::from_uuid(id(2)));
    let (photo, collection) = (PhotoId::from_uuid(id(3)), CollectionId::from_uuid(id(4)));
    let after = Some(CursorText(Cursor::new("Zo\u{eb}\u{1f}~<&>", photo.as_uuid())));
    vec![
        Job::ConfirmUpload { studio, photo },
        Job::ProcessPhoto { studio, photo },
        Job::ReprocessGallery { studio, gallery, after, asked_at: Timestamp::MAX },
        Job::Purge { target: PurgeTarget::Photo { studio, gallery: Some(gallery), photo } },
        Job::Purge { target: PurgeTarget::Gallery { studio, collection: None, gallery } },
        Job::Purge { target: PurgeTarget::Collection { studio, collection } },
        Job::Purge { target: PurgeTarget::Studio { studio, owner: Some(UserId::from_uuid(id(5))) } },
    ]
}

async fn every_kind_of_job_comes_back_whole(peer: Peer) {
    let world = World::on(peer).await;
    let jobs = every_job();
    world.enqueue(&jobs).await;
    let received = world.receive_all(jobs.len(), LEASE).await;
    assert_eq!(received.len(), jobs.len());
    for job in &jobs {
        let found = received.iter().find(|other| other.job == *job).unwrap();
        assert_eq!(found.receive_count, 1);
    }
}

async fn five_hundred_jobs_are_enqueued_at_once(peer: Peer) {
    let world = World::on(peer).await;
    let jobs: Vec<Job> = (0..500).map(job).collect();
    world.enqueue(&jobs).await;
    let received = world.receive_all(500, LEASE).await;
    let ids: BTreeSet<JobId> = received.iter().map(|job| job.id).collect();
    let messages: BTreeSet<String> = received.iter().map(|received| received.job.to_message()).collect();
    assert_eq!((received.len(), ids.len()), (500, 500));
    assert_eq!(messages, jobs.iter().map(Job::to_message).collect());
}

async fn no_more_jobs_are_received_than_asked_for(peer: Peer) {
    let world = World::on(peer).await;
    assert_eq!(world.receive(LEASE).await, []);
    world.enqueue(&[]).await;
    world.enqueue(&[job(1), job(2), job(3)]).await;
    assert_eq!(world.jobs.receive(0, LEASE).await.unwrap(), []);
    assert_eq!(world.jobs.receive(1, LEASE).await.unwrap().len(), 1);
    assert_eq!(world.jobs.receive(100, LEASE).await.unwrap().len(), 2);
}

async fn a_delayed_job_waits(peer: Peer) {
    let world = World::on(peer).await;
    world.jobs.enqueue(&[job(1)], SignedDuration::from_secs(3)).await.unwrap();
    assert_eq!(world.receive(LEASE).await, []);
    assert_eq!(world.receive_one(LEASE).await.job, job(1));
}

async fn a_job_whose_worker_died_comes_again_to_another(peer: Peer) {
    let mut world = World::on(peer).await;
    world.jobs.enqueue(&[job(1)], SignedDuration::ZERO).await.unwrap();
    world.jobs = world.reopened();
    let first = world.receive_one(SignedDuration::from_secs(3)).await;
    world.jobs = world.reopened();
    assert_eq!(world.receive(LEASE).await, [], "it is leased");
    let again = world.receive_one(LEASE).await;
    assert_eq!((again.id, &again.job, again.receive_count), (first.id, &first.job, 2));
    assert_ne!(again.receipt, first.receipt);
}

async fn an_acknowledged_job_never_comes_back(peer: Peer) {
    let world = World::on(peer).await;
    let held = world.hold(&job(1), SHORT).await;
    world.jobs.acknowledge(&held.receipt).await.unwrap();
    for _ in 0..3 {
        assert_eq!(world.receive(LEASE).await, []);
    }
    assert_eq!(world.jobs.depth().await.unwrap(), QueueDepth::default());
}

async fn an_extended_lease_runs_from_now(peer: Peer) {
    let world = World::on(peer).await;
    let held = world.hold(&job(1), SHORT).await;
    world.jobs.extend(&held.receipt, SignedDuration::from_secs(4)).await.unwrap();
    for _ in 0..2 {
        assert_eq!(world.receive(LEASE).await, [], "the first lease would be over");
    }
    assert_eq!(world.receive_one(LEASE).await.id, held.id);
}

async fn a_released_job_comes_back_at_once(peer: Peer) {
    let world = World::on(peer).await;
    let held = world.hold(&job(1), LEASE).await;
    world.jobs.release(&held.receipt, SignedDuration::ZERO).await.unwrap();
    let again = world.receive_one(LEASE).await;
    assert_eq!((again.id, again.receive_count), (held.id, 2));
}

async fn a_released_job_comes_back_after_its_delay(peer: Peer) {
    let world = World::on(peer).await;
    let held = world.hold(&job(1), LEASE).await;
    world.jobs.release(&held.receipt, SignedDuration::from_secs(3)).await.unwrap();
    assert_eq!(world.receive(LEASE).await, []);
    assert_eq!(world.receive_one(LEASE).await.id, held.id);
}

async fn receipts_of_finished_jobs_do_nothing(peer: Peer) {
    let world = World::on(peer).await;
    let held = world.hold(&job(1), LEASE).await;
    world.jobs.acknowledge(&held.receipt).await.unwrap();
    world.settle_in_every_way(&held.receipt).await;
    assert_eq!(world.receive(LEASE).await, []);
    assert_eq!(world.list().await, []);
}

/// Whether the stale receipt does nothing is up to SQS, which does not promise it: it may take the handle of any delivery
/// that it remembers, and both emulators do.
async fn stale_receipts_succeed_and_neither_lose_nor_double_the_job(peer: Peer) {
    let world = World::on(peer).await;
    let stale = world.hold(&job(1), SHORT).await;
    let held = world.receive_one(LEASE).await;
    assert_eq!((held.id, held.receive_count), (stale.id, 2));
    world.jobs.extend(&stale.receipt, LEASE).await.unwrap();
    world.jobs.bury(&stale.receipt, "stale").await.unwrap();
    let depth = world.jobs.depth().await.unwrap();
    assert_eq!(depth.waiting + depth.leased + depth.dead, 1, "{depth:?}");
    world.jobs.release(&stale.receipt, SignedDuration::ZERO).await.unwrap();
    world.jobs.acknowledge(&stale.receipt).await.unwrap();
    // Whoever has the current receipt can always settle the job.
    world.jobs.acknowledge(&held.receipt).await.unwrap();
    assert_eq!(world.receive(LEASE).await, []);
}

async fn invented_receipts_do_nothing(peer: Peer) {
    let world = World::on(peer).await;
    let held = world.hold(&job(1), LEASE).await;
    let invented = r#"{"handle":"invented","id":"invented","body":"{}","count":1}"#;
    for text in ["", "receipt", "{}", r#"{"handle":"","id":"","body":"","count":1}"#, invented] {
        world.settle_in_every_way(&Receipt(text.to_owned())).await;
    }
    assert_eq!(world.receive(LEASE).await, []);
    assert_eq!(world.list().await, []);
    world.jobs.release(&held.receipt, SignedDuration::ZERO).await.unwrap();
    assert_eq!(world.receive_one(LEASE).await.id, held.id);
}

async fn concurrent_workers_share_the_jobs(peer: Peer) {
    // A standard queue delivers at least once, and so does a peer whose threads race; work is repeatable for that.
    const MOST_REPEATED: usize = 2;
    let world = World::on(peer).await;
    let jobs: Vec<Job> = (0..40).map(job).collect();
    world.enqueue(&jobs).await;
    let workers: Vec<_> = (0..4)
        .map(|_| {
            let queue = world.reopened();
            tokio::spawn(async move {
                let mut received = Vec::new();
                loop {
                    let batch = queue.receive(3, LEASE).await.unwrap();
                    if batch.is_empty() {
                        return received;
                    }
                    received.extend(batch.into_iter().map(|job| job.id));
                }
            })
        })
        .collect();
    let mut ids = Vec::new();
    for worker in workers {
        ids.extend(worker.await.unwrap());
    }
    let different = ids.iter().collect::<BTreeSet<_>>().len();
    assert!(different == 40 && ids.len() <= 40 + MOST_REPEATED, "{different} of {}", ids.len());
}

async fn depth_counts_waiting_delayed_leased_and_dead_jobs(peer: Peer) {
    let world = World::on(peer).await;
    world.bury(&job(1), "no room").await;
    let _held = world.hold(&job(2), LEASE).await;
    world.enqueue(&[job(3)]).await;
    world.jobs.enqueue(&[job(4)], SignedDuration::from_secs(600)).await.unwrap();
    assert_eq!(world.jobs.depth().await.unwrap(), QueueDepth { waiting: 2, leased: 1, dead: 1 });
}

async fn a_missing_queue_is_not_found(peer: Peer) {
    let world = World::on(peer).await;
    let missing = open(&world.config, &format!("{}-missing", world.url), None);
    for error in [
        missing.enqueue(&[job(1)], SignedDuration::ZERO).await.unwrap_err(),
        missing.receive(1, LEASE).await.unwrap_err(),
        missing.depth().await.unwrap_err(),
    ] {
        assert_eq!(error.kind(), StorageErrorKind::NotFound, "{error}");
    }
}
