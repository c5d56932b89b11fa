//! Every way in which S3 and we ourselves reach the queue, as the platform sends it.

use halftone_core::photo::PhotoStateKind;

use crate::fixture;
use crate::scene::Scene;

async fn makes_a_photo_of(fixture: &str) {
    let scene = Scene::new(&[]).await;
    let photo = scene.upload_silently("IMG_1.JPG").await;
    assert_eq!(scene.state(photo).await, PhotoStateKind::Pending);
    let event = fixture::about(fixture, scene.studio, photo);
    assert!(scene.invoke(&event).await.is_empty());
    assert_eq!(scene.state(photo).await, PhotoStateKind::Ready, "{fixture}");
}

#[tokio::test]
async fn a_notice_of_s3_makes_a_photo_of_an_upload() {
    makes_a_photo_of("sqs-s3").await;
}

#[tokio::test]
async fn a_notice_of_s3_through_sns_makes_a_photo_of_an_upload() {
    makes_a_photo_of("sqs-s3-sns").await;
}

#[tokio::test]
async fn a_notice_of_s3_through_eventbridge_makes_a_photo_of_an_upload() {
    makes_a_photo_of("sqs-s3-eventbridge").await;
}

#[tokio::test]
async fn our_own_message_makes_a_photo_of_an_upload() {
    makes_a_photo_of("sqs-job").await;
}

#[tokio::test]
async fn two_objects_in_one_notice_become_a_message_each() {
    let scene = Scene::new(&[crate::script::Act::OurFault]).await;
    let (first, second) =
        (scene.upload_silently("IMG_1.JPG").await, scene.upload_silently("IMG_2.JPG").await);
    let mut event = fixture::about("sqs-s3", scene.studio, first);
    let other = fixture::about("sqs-s3", scene.studio, second);
    let body = |event: &serde_json::Value| -> serde_json::Value {
        serde_json::from_str(event["Records"][0]["body"].as_str().unwrap()).unwrap()
    };
    let (mut both, other) = (body(&event), body(&other));
    both["Records"].as_array_mut().unwrap().push(other["Records"][0].clone());
    event["Records"][0]["body"] = both.to_string().into();

    assert!(scene.invoke(&event).await.is_empty());
    assert_eq!(scene.depth().await, (2, 0, 0));
    assert_eq!(scene.run_batch().await.len(), 1, "one failed, and the other does not suffer for it");
    scene.clock.advance(jiff::SignedDuration::from_secs(2));
    assert!(scene.run_batch().await.is_empty());
    assert_eq!(scene.state(first).await, PhotoStateKind::Ready);
    assert_eq!(scene.state(second).await, PhotoStateKind::Ready);
}

#[tokio::test]
async fn the_test_that_s3_makes_of_the_queue_is_done() {
    let scene = Scene::new(&[]).await;
    assert!(scene.invoke(&fixture::read("sqs-s3-test")).await.is_empty());
}
