//! What a schedule asks of the worker.

use std::sync::Arc;

use halftone_core::clock::ManualClock;
use halftone_core::page::{PageLimit, PageRequest};
use halftone_core::photo::PhotoStateKind;
use halftone_lambda::event::WorkerEvent;
use halftone_lambda::turn::{TurnHandler, TurnReply};
use jiff::SignedDuration;
use serde_json::{from_value, json};

use crate::scene::Scene;

#[tokio::test]
async fn a_turn_puts_a_photo_whose_job_was_lost_back_on_the_queue() {
    let scene = Scene::new(&[]).await;
    let photo = scene.upload("IMG_1.JPG").await;
    scene.lose_jobs().await;
    let (sweeping, notifying) = (scene.services.sweeping.clone(), scene.services.notifying.clone());
    let turns = TurnHandler::new(sweeping, notifying, Arc::<ManualClock>::clone(&scene.clock));
    assert_eq!(turns.take().await.unwrap(), TurnReply::default(), "it may be at work still");
    scene.clock.advance(SignedDuration::from_mins(16));
    assert_eq!(turns.take().await.unwrap().recovered, 1);
    assert!(scene.run_batch().await.is_empty());
    assert_eq!(scene.state(photo).await, PhotoStateKind::Ready);
}

#[tokio::test]
async fn deletions_that_were_not_finished_are_looked_for_once_an_hour() {
    let scene = Scene::new(&[]).await;
    let (sweeping, notifying) = (scene.services.sweeping.clone(), scene.services.notifying.clone());
    let turns = TurnHandler::new(sweeping, notifying, Arc::<ManualClock>::clone(&scene.clock));
    scene.services.galleries.delete(&scene.ana, scene.gallery).await.unwrap();
    scene.lose_jobs().await;
    assert_eq!(turns.take().await.unwrap().recovered, 1);
    scene.clock.advance(SignedDuration::from_mins(59));
    assert_eq!(turns.take().await.unwrap().recovered, 0);
    scene.clock.advance(SignedDuration::from_mins(1));
    assert_eq!(turns.take().await.unwrap().recovered, 1);
}

#[tokio::test]
async fn a_turn_tells_the_studio_what_happened() {
    let scene = Scene::new(&[]).await;
    scene.upload("IMG_1.JPG").await;
    assert!(scene.run_batch().await.is_empty());
    let (sweeping, notifying) = (scene.services.sweeping.clone(), scene.services.notifying.clone());
    let turns = TurnHandler::new(sweeping, notifying, Arc::<ManualClock>::clone(&scene.clock));
    assert_eq!(turns.take().await.unwrap().settled, 1);
    let listed = scene.services.inbox.list(&scene.ana, &PageRequest::first(PageLimit::MOST)).await.unwrap();
    assert_eq!(listed.page.items[0].notification.notice.title, "IMG_1.JPG is ready");
}

#[test]
fn schedules_and_batches_are_told_apart() {
    let turn = json!({
        "version": "0", "id": "53dc4d37-cffa-4f76-80c9-8b7d4a4d2eaa", "detail-type": "Scheduled Event",
        "source": "aws.events", "account": "123456789012", "time": "2026-05-14T12:00:00Z",
        "region": "eu-central-1", "resources": ["arn:aws:events:eu-central-1:123456789012:rule/turns"], "detail": {},
    });
    assert!(matches!(from_value(turn).unwrap(), WorkerEvent::Turn(_)));
    assert!(matches!(from_value(json!({"Records": []})).unwrap(), WorkerEvent::Batch(_)));
    for stranger in [json!({}), json!({"detail-type": "Object Created"}), json!({"httpMethod": "GET"})] {
        assert!(from_value::<WorkerEvent>(stranger.clone()).is_err(), "{stranger}");
    }
}
