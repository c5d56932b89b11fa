//! Messages that are not jobs of ours: notices of S3, what is early, and what is malformed.

use std::collections::BTreeSet;

use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{Event, NotificationConfiguration, QueueConfiguration};
use aws_sdk_sqs::types::MessageAttributeValue;
use halftone_aws::sqs::VISIBLE_AT;
use halftone_core::clock::{Clock as _, SystemClock};
use halftone_core::id::{PhotoId, StudioId};
use halftone_core::job::Job;
use halftone_core::object_key::{ObjectKey, OriginalKey};
use halftone_core::ports::queue::{JobQueue as _, QueueDepth};
use jiff::SignedDuration;
use uuid::Uuid;

use crate::peers::{Peer, on_both_peers, unique};
use crate::world::{LEASE, SHORT, World, arn, job, open};

on_both_peers![
    an_upload_to_s3_becomes_a_job,
    a_notice_of_two_originals_becomes_two_jobs,
    notices_of_nothing_are_deleted,
    a_malformed_message_becomes_a_dead_letter_and_holds_up_nobody,
    without_a_queue_for_dead_letters_a_malformed_message_is_left_to_the_redrive_policy,
    an_early_message_is_delayed_again,
];

async fn an_upload_to_s3_becomes_a_job(peer: Peer) {
    let world = World::on(peer).await;
    let config = aws_sdk_s3::config::Builder::from(&world.config).force_path_style(true).build();
    let s3 = aws_sdk_s3::Client::from_conf(config);
    let bucket = unique("originals");
    s3.create_bucket().bucket(&bucket).send().await.unwrap();
    let queue = QueueConfiguration::builder().queue_arn(arn(&world.raw, &world.url).await);
    let queue = queue.events(Event::from("s3:ObjectCreated:*")).build().unwrap();
    let notices = NotificationConfiguration::builder().queue_configurations(queue).build();
    let request = s3.put_bucket_notification_configuration().bucket(&bucket);
    request.notification_configuration(notices).send().await.unwrap();

    let (studio, photo) = (StudioId::from_uuid(Uuid::from_u128(1)), PhotoId::from_uuid(Uuid::from_u128(2)));
    for key in [
        "Wedding 14 May/\u{e9}+.jpg".to_owned(),
        ObjectKey::from(OriginalKey { studio, photo, replacement: None }).to_string(),
    ] {
        s3.put_object().bucket(&bucket).key(key).body(ByteStream::from_static(b"jpeg")).send().await.unwrap();
    }
    let received = world.receive_one(LEASE).await;
    assert_eq!(received.job, Job::ConfirmUpload { studio, photo });
    world.jobs.acknowledge(&received.receipt).await.unwrap();
    // The test event and the notice of the other key are gone too.
    assert_eq!(world.receive(LEASE).await, []);
    assert_eq!(world.jobs.depth().await.unwrap(), QueueDepth::default());
}

async fn a_notice_of_two_originals_becomes_two_jobs(peer: Peer) {
    let world = World::on(peer).await;
    world.send(include_str!("../messages/aws_s3_two_records.json")).await;
    let received = world.receive_all(2, LEASE).await;
    assert_eq!(received.len(), 2);
    let photos: BTreeSet<&PhotoId> = received
        .iter()
        .map(|received| match &received.job {
            Job::ConfirmUpload { photo, .. } => photo,
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(photos.len(), 2);
    // One is done and one is not: they do not share a fate.
    world.jobs.acknowledge(&received[0].receipt).await.unwrap();
    world.jobs.release(&received[1].receipt, SignedDuration::ZERO).await.unwrap();
    let again = world.receive_one(LEASE).await;
    assert_eq!((again.id, again.receive_count), (received[1].id, 2));
    world.jobs.acknowledge(&again.receipt).await.unwrap();
    assert_eq!(world.jobs.depth().await.unwrap(), QueueDepth::default());
}

async fn notices_of_nothing_are_deleted(peer: Peer) {
    let world = World::on(peer).await;
    world.send(include_str!("../messages/aws_s3_test_event.json")).await;
    world.send(include_str!("../messages/aws_s3_removed.json")).await;
    while world.jobs.depth().await.unwrap().waiting > 0 {
        assert_eq!(world.receive(LEASE).await, []);
    }
    assert_eq!(world.jobs.depth().await.unwrap(), QueueDepth::default());
}

async fn a_malformed_message_becomes_a_dead_letter_and_holds_up_nobody(peer: Peer) {
    let world = World::on(peer).await;
    world.send("Hello!").await;
    world.send(r#"{"v":"99","job":"dance"}"#).await;
    world.enqueue(&[job(1)]).await;
    assert_eq!(world.receive_one(LEASE).await.job, job(1));
    while world.jobs.depth().await.unwrap().dead < 2 {
        assert_eq!(world.receive(LEASE).await, []);
    }
    assert_eq!(world.jobs.depth().await.unwrap(), QueueDepth { waiting: 0, leased: 1, dead: 2 });
    // It holds no job that could be listed; somebody has to look at the queue itself.
    assert_eq!(world.list().await, []);
    let request = world.raw.receive_message().queue_url(&world.dead_url).max_number_of_messages(10);
    let dead = request.message_attribute_names("All").send().await.unwrap().messages.unwrap();
    let reasons: BTreeSet<&str> = dead
        .iter()
        .map(|message| message.message_attributes().unwrap()["reason"].string_value().unwrap())
        .collect();
    let expected =
        ["the body is not a JSON object of a known shape", "the body is not a job of a known version"];
    assert_eq!(reasons, BTreeSet::from(expected));
}

async fn without_a_queue_for_dead_letters_a_malformed_message_is_left_to_the_redrive_policy(peer: Peer) {
    let mut world = World::on(peer).await;
    world.send("Hello!").await;
    let with_letters = world.reopened();
    world.jobs = open(&world.config, &world.url, None);
    while with_letters.depth().await.unwrap().dead == 0 {
        assert_eq!(world.receive(SHORT).await, []);
    }
    assert_eq!(with_letters.depth().await.unwrap(), QueueDepth { waiting: 0, leased: 0, dead: 1 });
}

async fn an_early_message_is_delayed_again(peer: Peer) {
    let world = World::on(peer).await;
    let visible_at = SystemClock.now().checked_add(SignedDuration::from_secs(4)).unwrap();
    let attribute = MessageAttributeValue::builder()
        .data_type("Number")
        .string_value(visible_at.as_millisecond().to_string())
        .build()
        .unwrap();
    let request = world.raw.send_message().queue_url(&world.url).message_body(job(1).to_message());
    request.message_attributes(VISIBLE_AT, attribute).send().await.unwrap();
    assert_eq!(world.receive(LEASE).await, []);
    let received = world.receive_one(LEASE).await;
    assert_eq!((&received.job, received.receive_count), (&job(1), 1));
    assert!(SystemClock.now() >= visible_at, "it came early");
}
