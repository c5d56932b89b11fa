//! `JobQueue`.

use std::collections::BTreeSet;

use halftone_core::id::{
    ArchiveId, CollectionId, GalleryId, JobId, PhotoId, ReplacementId, StudioId, UserId,
};
use halftone_core::job::{CursorText, Job, PurgeTarget};
use halftone_core::page::Cursor;
use halftone_core::ports::queue::{QueueDepth, Receipt, ReceivedJob};
use jiff::{SignedDuration, Timestamp};

use crate::pages::first;
use crate::world::{World, cases, race};

cases![
    an_empty_queue_gives_nothing,
    every_kind_of_job_comes_back_whole,
    five_hundred_jobs_are_enqueued_at_once,
    no_more_jobs_are_received_than_asked_for,
    equal_jobs_are_delivered_each,
    a_delayed_job_waits,
    a_leased_job_is_invisible_until_its_lease_runs_out,
    every_delivery_counts,
    an_acknowledged_job_never_comes_back,
    an_extended_lease_runs_from_now,
    a_lease_can_be_shortened,
    a_released_job_comes_back_after_its_delay,
    a_released_job_can_come_back_at_once,
    a_receipt_outlives_its_lease_until_the_next_delivery,
    stale_receipts_do_nothing,
    invented_receipts_do_nothing,
    a_receipt_of_a_finished_job_does_nothing,
    a_buried_job_is_dead,
    concurrent_receivers_share_no_job,
    of_concurrent_receivers_one_gets_the_only_job,
    depth_counts_waiting_leased_and_dead_jobs,
];

const LEASE: SignedDuration = SignedDuration::from_secs(60);

fn new_job(world: &World) -> Job {
    Job::ProcessPhoto { studio: world.id(StudioId::generate), photo: world.id(PhotoId::generate) }
}

async fn enqueue(world: &World, jobs: &[Job]) {
    world.queue.jobs.enqueue(jobs, SignedDuration::ZERO).await.unwrap();
}

async fn receive(world: &World) -> Vec<ReceivedJob> {
    world.queue.jobs.receive(10, LEASE).await.unwrap()
}

/// Enqueues a job and receives it.
async fn hold(world: &World) -> ReceivedJob {
    enqueue(world, &[new_job(world)]).await;
    receive(world).await.pop().unwrap()
}

fn every_job(world: &World) -> Vec<Job> {
    let (studio, gallery) = (world.id(StudioId::generate), world.id(GalleryId::generate));
    let (photo, collection) = (world.id(PhotoId::generate), world.id(CollectionId::generate));
    let after = Some(CursorText(Cursor::new("Zo\u{eb}\u{1f}~", photo.as_uuid())));
    let targets = [
        PurgeTarget::Photo { studio, gallery: Some(gallery), photo },
        PurgeTarget::Photo { studio, gallery: None, photo },
        PurgeTarget::Replaced { studio, photo, replacement: world.id(ReplacementId::generate) },
        PurgeTarget::Gallery { studio, collection: None, gallery },
        PurgeTarget::Collection { studio, collection },
        PurgeTarget::Studio { studio, owner: Some(UserId::from_uuid(uuid::Uuid::nil())) },
    ];
    let mut jobs = vec![
        Job::ProcessPhoto { studio, photo },
        Job::ExpandArchive { studio, archive: world.id(ArchiveId::generate) },
        Job::ReprocessGallery { studio, gallery, after: None, asked_at: Timestamp::UNIX_EPOCH },
        Job::ReprocessGallery { studio, gallery, after, asked_at: Timestamp::MAX },
    ];
    jobs.extend(targets.map(|target| Job::Purge { target }));
    jobs
}

async fn an_empty_queue_gives_nothing(world: World) {
    assert_eq!(receive(&world).await, []);
    enqueue(&world, &[]).await;
    assert_eq!(receive(&world).await, []);
}

async fn every_kind_of_job_comes_back_whole(world: World) {
    for job in every_job(&world) {
        enqueue(&world, std::slice::from_ref(&job)).await;
        let received = receive(&world).await;
        assert_eq!(received.len(), 1);
        assert_eq!((&received[0].job, received[0].receive_count), (&job, 1));
        world.queue.jobs.acknowledge(&received[0].receipt).await.unwrap();
    }
}

async fn five_hundred_jobs_are_enqueued_at_once(world: World) {
    let jobs: Vec<Job> = (0..500).map(|_| new_job(&world)).collect();
    enqueue(&world, &jobs).await;
    let mut received = Vec::new();
    loop {
        let batch = receive(&world).await;
        if batch.is_empty() {
            break;
        }
        received.extend(batch);
    }
    let ids: BTreeSet<JobId> = received.iter().map(|job| job.id).collect();
    assert_eq!((received.len(), ids.len()), (500, 500));
    assert!(jobs.iter().all(|job| received.iter().any(|other| other.job == *job)), "a job was lost");
}

async fn no_more_jobs_are_received_than_asked_for(world: World) {
    enqueue(&world, &[new_job(&world), new_job(&world), new_job(&world)]).await;
    for expected in [2, 1, 0] {
        assert_eq!(world.queue.jobs.receive(2, LEASE).await.unwrap().len(), expected);
    }
    assert_eq!(world.queue.jobs.receive(0, LEASE).await.unwrap(), []);
}

async fn equal_jobs_are_delivered_each(world: World) {
    let job = new_job(&world);
    enqueue(&world, &[job.clone(), job]).await;
    let received = receive(&world).await;
    assert_eq!(received.len(), 2);
    assert_ne!(received[0].id, received[1].id);
    assert_ne!(received[0].receipt, received[1].receipt);
}

async fn a_delayed_job_waits(world: World) {
    world.queue.jobs.enqueue(&[new_job(&world)], SignedDuration::from_secs(30)).await.unwrap();
    assert_eq!(receive(&world).await, []);
    world.advance_secs(29);
    assert_eq!(receive(&world).await, []);
    world.advance_secs(1);
    assert_eq!(receive(&world).await.len(), 1);
}

async fn a_leased_job_is_invisible_until_its_lease_runs_out(world: World) {
    let held = hold(&world).await;
    world.advance_secs(59);
    assert_eq!(receive(&world).await, []);
    world.advance_secs(2);
    let again = receive(&world).await;
    assert_eq!((again[0].id, &again[0].job), (held.id, &held.job));
    assert_ne!(again[0].receipt, held.receipt);
}

async fn every_delivery_counts(world: World) {
    enqueue(&world, &[new_job(&world)]).await;
    for count in 1..=3 {
        assert_eq!(receive(&world).await[0].receive_count, count);
        world.advance_secs(61);
    }
    let held = receive(&world).await.remove(0);
    world.queue.jobs.release(&held.receipt, SignedDuration::ZERO).await.unwrap();
    assert_eq!(receive(&world).await[0].receive_count, 5);
}

async fn an_acknowledged_job_never_comes_back(world: World) {
    let held = hold(&world).await;
    world.queue.jobs.acknowledge(&held.receipt).await.unwrap();
    world.advance_secs(3_600);
    assert_eq!(receive(&world).await, []);
}

async fn an_extended_lease_runs_from_now(world: World) {
    let held = hold(&world).await;
    world.advance_secs(50);
    world.queue.jobs.extend(&held.receipt, LEASE).await.unwrap();
    world.advance_secs(59);
    assert_eq!(receive(&world).await, []);
    world.advance_secs(2);
    assert_eq!(receive(&world).await.len(), 1);
}

async fn a_lease_can_be_shortened(world: World) {
    let held = hold(&world).await;
    world.queue.jobs.extend(&held.receipt, SignedDuration::from_secs(5)).await.unwrap();
    world.advance_secs(6);
    assert_eq!(receive(&world).await.len(), 1);
}

async fn a_released_job_comes_back_after_its_delay(world: World) {
    let held = hold(&world).await;
    world.queue.jobs.release(&held.receipt, SignedDuration::from_secs(120)).await.unwrap();
    world.advance_secs(119);
    assert_eq!(receive(&world).await, []);
    world.advance_secs(1);
    let again = receive(&world).await;
    assert_eq!((again[0].id, again[0].receive_count), (held.id, 2));
}

async fn a_released_job_can_come_back_at_once(world: World) {
    let held = hold(&world).await;
    world.queue.jobs.release(&held.receipt, SignedDuration::ZERO).await.unwrap();
    assert_eq!(receive(&world).await[0].id, held.id);
}

async fn a_receipt_outlives_its_lease_until_the_next_delivery(world: World) {
    let held = hold(&world).await;
    world.advance_secs(61);
    world.queue.jobs.acknowledge(&held.receipt).await.unwrap();
    assert_eq!(receive(&world).await, []);
}

/// Calls everything that takes a receipt.
async fn try_everything(world: &World, receipt: &Receipt) {
    let jobs = &world.queue.jobs;
    jobs.extend(receipt, SignedDuration::from_hours(9)).await.unwrap();
    jobs.release(receipt, SignedDuration::ZERO).await.unwrap();
    jobs.bury(receipt, "not mine").await.unwrap();
    jobs.acknowledge(receipt).await.unwrap();
}

async fn stale_receipts_do_nothing(world: World) {
    let stale = hold(&world).await.receipt;
    world.advance_secs(61);
    let held = receive(&world).await.remove(0);
    try_everything(&world, &stale).await;
    assert_eq!(receive(&world).await, [], "the job was released by a stranger");
    assert_eq!(world.queue.dead_letters.list(&first(10)).await.unwrap().items, []);
    world.advance_secs(61);
    assert_eq!(receive(&world).await[0].id, held.id, "the job was acknowledged or prolonged by a stranger");
}

async fn invented_receipts_do_nothing(world: World) {
    let held = hold(&world).await;
    for text in ["", "receipt", "%", "'; --", &held.id.to_string(), "00000000-0000-0000-0000-000000000000"] {
        try_everything(&world, &Receipt(text.to_owned())).await;
    }
    assert_eq!(receive(&world).await, []);
    world.advance_secs(61);
    assert_eq!(receive(&world).await[0].id, held.id);
}

async fn a_receipt_of_a_finished_job_does_nothing(world: World) {
    let held = hold(&world).await;
    world.queue.jobs.acknowledge(&held.receipt).await.unwrap();
    try_everything(&world, &held.receipt).await;
    world.advance_secs(61);
    assert_eq!(receive(&world).await, []);
    assert_eq!(world.queue.dead_letters.list(&first(10)).await.unwrap().items, []);
}

async fn a_buried_job_is_dead(world: World) {
    let held = hold(&world).await;
    world.queue.jobs.bury(&held.receipt, "the file is damaged").await.unwrap();
    world.advance_secs(3_600);
    assert_eq!(receive(&world).await, []);
    assert_eq!(world.queue.dead_letters.list(&first(10)).await.unwrap().items.len(), 1);
}

async fn concurrent_receivers_share_no_job(world: World) {
    let jobs: Vec<Job> = (0..64).map(|_| new_job(&world)).collect();
    enqueue(&world, &jobs).await;
    let batches = race(|_| {
        let world = world.clone();
        async move { world.queue.jobs.receive(4, LEASE).await.unwrap() }
    });
    let received: Vec<JobId> = batches.await.iter().flatten().map(|job| job.id).collect();
    let distinct: BTreeSet<JobId> = received.iter().copied().collect();
    assert_eq!(distinct.len(), received.len(), "a job was delivered twice");
    // Receivers may come away with less than they asked for, but nothing is lost.
    let mut rest = 0;
    loop {
        let batch = receive(&world).await;
        if batch.is_empty() {
            break;
        }
        rest += batch.len();
    }
    assert_eq!(received.len() + rest, jobs.len());
}

async fn of_concurrent_receivers_one_gets_the_only_job(world: World) {
    enqueue(&world, &[new_job(&world)]).await;
    let batches = race(|_| {
        let world = world.clone();
        async move { receive(&world).await.len() }
    });
    assert_eq!(batches.await.into_iter().sum::<usize>(), 1);
}

async fn depth_counts_waiting_leased_and_dead_jobs(world: World) {
    let depth = || async { world.queue.jobs.depth().await.unwrap() };
    assert_eq!(depth().await, QueueDepth::default());
    let jobs: Vec<Job> = (0..4).map(|_| new_job(&world)).collect();
    enqueue(&world, &jobs).await;
    world.queue.jobs.enqueue(&[new_job(&world)], LEASE).await.unwrap();
    let held = world.queue.jobs.receive(2, LEASE).await.unwrap();
    world.queue.jobs.bury(&held[0].receipt, "damaged").await.unwrap();
    let counted = depth().await;
    if world.capabilities.has_exact_depth {
        assert_eq!(counted, QueueDepth { waiting: 3, leased: 1, dead: 1 });
        world.advance_secs(61);
        assert_eq!(depth().await, QueueDepth { waiting: 4, leased: 0, dead: 1 });
    }
}
