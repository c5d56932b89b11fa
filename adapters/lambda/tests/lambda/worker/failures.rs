//! Jobs that fail: whose fault it is decides what becomes of them.

use std::time::Duration;

use halftone_core::page::{PageLimit, PageRequest};
use halftone_core::photo::{PhotoState, PhotoStateKind};
use jiff::SignedDuration;

use crate::scene::{MOST_DELIVERIES, MOST_EVER, Scene, VISIBILITY};
use crate::script::Act;

#[tokio::test]
async fn a_file_at_fault_fails_its_photo_and_its_message_is_done() {
    let scene = Scene::new(&[Act::BadFile]).await;
    let photo = scene.upload("IMG_1.JPG").await;
    assert!(scene.run_batch().await.is_empty());
    assert_eq!(scene.depth().await, (0, 0, 0));
    let PhotoState::Failed { reason, .. } = scene.photo_state(photo).await else {
        panic!("the photo has not failed");
    };
    assert!(reason.sentence.as_str().contains("the JPEG ends too early"), "{reason:?}");
}

#[tokio::test]
async fn a_fault_of_ours_is_tried_again_after_a_while() {
    let scene = Scene::new(&[Act::OurFault]).await;
    let photo = scene.upload("IMG_1.JPG").await;
    assert_eq!(scene.run_batch().await.len(), 1);
    assert_eq!(scene.next_batch().await["Records"].as_array().unwrap().len(), 0, "not before its delay");
    scene.clock.advance(SignedDuration::from_secs(2));
    assert!(scene.run_batch().await.is_empty(), "two seconds are the first delay");
    assert_eq!(scene.state(photo).await, PhotoStateKind::Ready);
}

#[tokio::test]
async fn the_delay_grows_with_each_delivery() {
    let scene = Scene::new(&[Act::OurFault, Act::OurFault]).await;
    scene.upload("IMG_1.JPG").await;
    scene.run_batch().await;
    scene.clock.advance(SignedDuration::from_secs(2));
    scene.run_batch().await;
    scene.clock.advance(SignedDuration::from_secs(3));
    assert_eq!(scene.next_batch().await["Records"].as_array().unwrap().len(), 0);
    scene.clock.advance(SignedDuration::from_secs(1));
    assert_eq!(scene.next_batch().await["Records"].as_array().unwrap().len(), 1);
}

/// Whatever kind of failure it is, the last one ends the same way.
async fn is_given_up_at_last(act: Act) {
    let scene = Scene::new(&vec![act; MOST_DELIVERIES as usize]).await;
    let photo = scene.upload("IMG_1.JPG").await;
    for _ in 1..MOST_DELIVERIES {
        assert_eq!(scene.run_batch().await.len(), 1);
        scene.clock.advance(SignedDuration::from_mins(10));
    }
    assert!(scene.run_batch().await.is_empty(), "a buried message must not come again");
    assert_eq!(scene.state(photo).await, PhotoStateKind::Failed);
    assert_eq!(scene.depth().await, (0, 0, 1));
    let page = PageRequest::after(PageLimit::MOST, None);
    let letters = scene.backend.queue.dead_letters.list(&page).await.unwrap().items;
    assert_eq!(letters.first().map(|letter| letter.receive_count), Some(MOST_DELIVERIES));
}

#[tokio::test]
async fn the_last_failure_buries_the_job_and_fails_the_photo() {
    is_given_up_at_last(Act::OurFault).await;
}

#[tokio::test]
async fn the_last_panic_buries_the_job_and_fails_the_photo() {
    is_given_up_at_last(Act::Panic).await;
}

#[tokio::test(start_paused = true)]
async fn the_last_run_over_the_deadline_buries_the_job_and_fails_the_photo() {
    is_given_up_at_last(Act::Hang).await;
}

/// The function begins the next batch and is killed in the middle of it; the visibility timeout runs out.
async fn run_and_kill(scene: &Scene) {
    let batch = scene.next_batch().await;
    assert!(!batch["Records"].as_array().unwrap().is_empty());
    let killed = tokio::time::timeout(Duration::from_millis(10), scene.invoke(&batch)).await;
    assert!(killed.is_err(), "the function came to an end");
    scene.clock.advance(VISIBILITY + SignedDuration::from_secs(1));
}

#[tokio::test(start_paused = true)]
async fn a_job_that_kills_the_function_each_time_is_not_run_for_ever() {
    let scene = Scene::new(&[Act::Hang; MOST_EVER as usize]).await;
    let photo = scene.upload("IMG_1.JPG").await;
    for _ in 0..MOST_EVER {
        run_and_kill(&scene).await;
    }
    assert!(scene.run_batch().await.is_empty());
    assert_eq!(scene.renderer.renders(), MOST_EVER as usize);
    assert_eq!(scene.state(photo).await, PhotoStateKind::Failed);
    assert_eq!(scene.depth().await, (0, 0, 1));
}

#[tokio::test]
async fn a_job_that_was_handed_out_often_and_never_begun_is_still_done() {
    let scene = Scene::new(&[]).await;
    let photo = scene.upload("IMG_1.JPG").await;
    for _ in 0..MOST_EVER {
        assert_eq!(scene.next_batch().await["Records"].as_array().unwrap().len(), 1);
        scene.clock.advance(VISIBILITY + SignedDuration::from_secs(1));
    }
    assert!(scene.run_batch().await.is_empty());
    assert_eq!(scene.state(photo).await, PhotoStateKind::Ready);
}

#[tokio::test(start_paused = true)]
async fn messages_that_come_again_and_again_run_one_at_a_time() {
    let scene = Scene::with_concurrency(&[Act::After(Duration::from_secs(1)); 4], 4).await;
    for name in ["IMG_1.JPG", "IMG_2.JPG", "IMG_3.JPG", "IMG_4.JPG"] {
        scene.upload(name).await;
    }
    for _ in 0..2 {
        scene.next_batch().await;
        scene.clock.advance(VISIBILITY + SignedDuration::from_secs(1));
    }
    assert!(scene.run_batch().await.is_empty());
    assert_eq!((scene.renderer.renders(), scene.renderer.most_at_once()), (4, 1));
}
