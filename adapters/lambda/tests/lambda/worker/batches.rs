//! What is kept and what is deleted of a batch.

use halftone_core::job::Job;
use halftone_core::photo::PhotoStateKind;
use halftone_lambda::event::SqsEvent;
use jiff::SignedDuration;
use serde_json::json;

use crate::scene::{Scene, record};
use crate::script::Act;

#[tokio::test]
async fn a_batch_that_is_done_keeps_nothing() {
    let scene = Scene::new(&[]).await;
    let (first, second) = (scene.upload("IMG_1.JPG").await, scene.upload("IMG_2.JPG").await);
    assert!(scene.run_batch().await.is_empty());
    assert_eq!(scene.state(first).await, PhotoStateKind::Ready);
    assert_eq!(scene.state(second).await, PhotoStateKind::Ready);
    assert_eq!(scene.depth().await, (0, 0, 0));
}

#[tokio::test]
async fn only_what_failed_is_kept() {
    let scene = Scene::new(&[Act::Picture, Act::OurFault, Act::Picture]).await;
    for name in ["IMG_1.JPG", "IMG_2.JPG", "IMG_3.JPG"] {
        scene.upload(name).await;
    }
    let event = scene.next_batch().await;
    let kept = scene.invoke(&event).await;
    assert_eq!(kept, [event["Records"][1]["messageId"].as_str().unwrap()]);
    assert_eq!(scene.depth().await, (1, 0, 0), "one waits for its next try");
}

#[tokio::test]
async fn a_batch_of_which_all_failed_is_still_an_answer() {
    let scene = Scene::new(&[Act::OurFault, Act::Panic, Act::OurFault]).await;
    for name in ["IMG_1.JPG", "IMG_2.JPG", "IMG_3.JPG"] {
        scene.upload(name).await;
    }
    assert_eq!(scene.run_batch().await.len(), 3);
}

#[tokio::test]
async fn an_acknowledged_job_is_left_to_the_platform() {
    let scene = Scene::new(&[]).await;
    scene.upload("IMG_1.JPG").await;
    let event = scene.next_batch().await;
    let parsed: SqsEvent = serde_json::from_value(event).unwrap();
    scene.handler.handle(parsed, scene.handler.clock.now() + SignedDuration::from_mins(1)).await;
    assert_eq!(scene.depth().await, (0, 1, 0), "the handler itself deletes nothing");
}

#[tokio::test]
async fn a_message_that_comes_twice_and_late_does_no_harm() {
    let scene = Scene::new(&[]).await;
    let photo = scene.upload("IMG_1.JPG").await;
    let event = scene.next_batch().await;
    assert!(scene.invoke(&event).await.is_empty());
    let ready = scene.photo_state(photo).await;
    assert!(scene.invoke(&event).await.is_empty());
    assert_eq!(scene.photo_state(photo).await, ready);
    assert_eq!(scene.renderer.renders(), 1, "the renditions were there already");
}

#[tokio::test]
async fn a_batch_in_another_order_comes_to_the_same() {
    let scene = Scene::new(&[]).await;
    let (first, second) = (scene.upload("IMG_1.JPG").await, scene.upload("IMG_2.JPG").await);
    let mut event = scene.next_batch().await;
    event["Records"].as_array_mut().unwrap().reverse();
    assert!(scene.invoke(&event).await.is_empty());
    assert_eq!(scene.state(first).await, PhotoStateKind::Ready);
    assert_eq!(scene.state(second).await, PhotoStateKind::Ready);
}

#[tokio::test]
async fn a_message_about_a_deleted_photo_is_done() {
    let scene = Scene::new(&[]).await;
    let photo = scene.upload("IMG_1.JPG").await;
    let event = scene.next_batch().await;
    scene.services.photos.delete(&scene.ana, photo).await.unwrap();
    assert!(scene.invoke(&event).await.is_empty());
    assert_eq!(scene.renderer.renders(), 0);
}

#[tokio::test]
async fn a_message_that_nobody_can_read_is_kept_for_the_dead_letters() {
    let scene = Scene::new(&[]).await;
    let photo = scene.upload("IMG_1.JPG").await;
    let mut event = scene.next_batch().await;
    let poison = record("0b5b4d60-9f1e-4c1c-8d4b-0a1c3f4e5a6b", "r", "{\"v\":\"99\",\"job\":\"dance\"}", 1);
    event["Records"].as_array_mut().unwrap().insert(0, poison);
    assert_eq!(scene.invoke(&event).await, ["0b5b4d60-9f1e-4c1c-8d4b-0a1c3f4e5a6b"]);
    assert_eq!(scene.state(photo).await, PhotoStateKind::Ready, "the rest of the batch is done");
}

#[tokio::test]
async fn an_early_message_is_sent_on_and_not_worked_on() {
    let scene = Scene::new(&[]).await;
    let photo = scene.upload("IMG_1.JPG").await;
    let mut event = scene.next_batch().await;
    let at = (scene.handler.clock.now() + SignedDuration::from_mins(20)).as_millisecond();
    event["Records"][0]["messageAttributes"]["visible_at"] = json!({"stringValue": at.to_string(), "dataType": "Number", "stringListValues": [], "binaryListValues": []});
    assert!(scene.invoke(&event).await.is_empty());
    assert_eq!(scene.renderer.renders(), 0);
    scene.clock.advance(SignedDuration::from_mins(19));
    assert_eq!(scene.next_batch().await["Records"].as_array().unwrap().len(), 0);
    scene.clock.advance(SignedDuration::from_mins(1));
    assert!(scene.run_batch().await.is_empty());
    assert_eq!(scene.state(photo).await, PhotoStateKind::Ready);
}

#[tokio::test]
async fn a_page_of_a_gallery_enqueues_its_photos() {
    let scene = Scene::new(&[]).await;
    scene.upload("IMG_1.JPG").await;
    scene.run_batch().await;
    let asked_at = scene.handler.clock.now();
    let (studio, gallery) = (scene.studio, scene.gallery);
    scene.enqueue(Job::ReprocessGallery { studio, gallery, after: None, asked_at }).await;
    assert!(scene.run_batch().await.is_empty());
    assert_eq!(scene.depth().await, (1, 0, 0), "the photo's own job waits");
}

#[test]
fn an_event_of_another_kind_is_refused() {
    for event in [
        json!({}),
        json!({"Records": [{"eventSource": "aws:s3", "s3": {"object": {"key": "k"}}}]}),
        json!({"version": "2.0", "rawPath": "/"}),
        json!([]),
    ] {
        assert!(serde_json::from_value::<SqsEvent>(event.clone()).is_err(), "{event}");
    }
}
