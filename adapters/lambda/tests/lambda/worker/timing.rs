//! The deadline of an invocation, and how much runs at once.

use std::time::Duration;

use halftone_core::job::Job;
use halftone_core::photo::PhotoStateKind;
use jiff::SignedDuration;
use tokio::time::{Instant, timeout};

use crate::scene::{Scene, TIMEOUT, VISIBILITY};
use crate::script::Act;

const NAMES: [&str; 5] = ["IMG_1.JPG", "IMG_2.JPG", "IMG_3.JPG", "IMG_4.JPG", "IMG_5.JPG"];

#[tokio::test(start_paused = true)]
async fn no_job_begins_that_could_not_end() {
    let scene = Scene::new(&[Act::After(Duration::from_secs(25)); 3]).await;
    for name in NAMES {
        scene.upload(name).await;
    }
    let event = scene.next_batch().await;
    let begun = Instant::now();
    let kept = scene.invoke(&event).await;
    assert_eq!(scene.renderer.renders(), 2, "the third would have ended after 75 of 60 seconds");
    assert!(begun.elapsed() < Duration::from_secs(51));
    assert!(kept.is_empty(), "the others were sent anew, and lost no try by having been handed out");
    assert_eq!(scene.depth().await, (3, 0, 0), "others may take them at once");
    let again = scene.next_batch().await;
    for record in again["Records"].as_array().unwrap() {
        assert_eq!(record["attributes"]["ApproximateReceiveCount"], "1");
    }
}

#[tokio::test(start_paused = true)]
async fn a_job_beyond_the_deadline_is_abandoned_and_comes_again() {
    let scene = Scene::new(&[Act::Picture, Act::Hang]).await;
    let (first, second) = (scene.upload("IMG_1.JPG").await, scene.upload("IMG_2.JPG").await);
    let begun = Instant::now();
    assert_eq!(scene.run_batch().await.len(), 1);
    let took = SignedDuration::try_from(begun.elapsed()).unwrap();
    assert!(took < TIMEOUT, "the answer came after {took}");
    assert_eq!(scene.state(first).await, PhotoStateKind::Ready);
    assert_eq!(scene.state(second).await, PhotoStateKind::Processing);
    scene.clock.advance(SignedDuration::from_secs(2));
    assert!(scene.run_batch().await.is_empty());
    assert_eq!(scene.state(second).await, PhotoStateKind::Ready);
}

#[tokio::test(start_paused = true)]
async fn as_many_jobs_run_at_once_as_there_are_processors() {
    let scene = Scene::with_concurrency(&[Act::After(Duration::from_secs(2)); 5], 2).await;
    for name in NAMES {
        scene.upload(name).await;
    }
    let begun = Instant::now();
    assert!(scene.run_batch().await.is_empty());
    assert_eq!(scene.renderer.most_at_once(), 2);
    assert_eq!(begun.elapsed().as_secs(), 6);
}

/// The first delivery confirms the upload and breaks off; the second finds no time. Sent anew, the job would be a first
/// notice again, of an upload that is confirmed, and render nothing.
#[tokio::test(start_paused = true)]
async fn a_notice_whose_worker_died_keeps_its_count_when_there_is_no_time_for_it() {
    let long = Act::After(Duration::from_secs(45));
    let scene = Scene::new(&[Act::Hang, long]).await;
    let (studio, photo) = (scene.studio, scene.upload_silently("IMG_1.JPG").await);
    scene.enqueue(Job::ConfirmUpload { studio, photo }).await;
    let event = scene.next_batch().await;
    let killed = timeout(Duration::from_secs(5), scene.invoke(&event)).await;
    assert!(killed.is_err(), "the worker was to be killed while it renders");
    assert_eq!(scene.state(photo).await, PhotoStateKind::Processing);

    scene.clock.advance(VISIBILITY + SignedDuration::from_secs(1));
    let before = scene.upload("IMG_2.JPG").await;
    let mut event = scene.next_batch().await;
    let records = event["Records"].as_array_mut().unwrap();
    records
        .sort_by_key(|record| record["attributes"]["ApproximateReceiveCount"].as_str().unwrap().to_owned());
    let counts: Vec<&str> = records
        .iter()
        .map(|record| record["attributes"]["ApproximateReceiveCount"].as_str().unwrap())
        .collect();
    assert_eq!(counts, ["1", "2"], "the new photo takes all the time");
    assert_eq!(scene.invoke(&event).await.len(), 1);
    assert_eq!(scene.state(before).await, PhotoStateKind::Ready);

    assert!(scene.run_batch().await.is_empty());
    assert_eq!(scene.state(photo).await, PhotoStateKind::Ready);
}
