//! `Notifier` and `NoticeSubscriptions`. What subscribers get is seen through queues that subscribe with the filter of an
//! e-mail subscription: emulators send no mail.

use std::time::Duration;

use aws_config::SdkConfig;
use aws_sdk_sns::Client;
use aws_sdk_sqs::types::QueueAttributeName;
use halftone_aws::sns::SnsTopic;
use halftone_core::event::{EventKind, EventSubject};
use halftone_core::id::{ClientId, EventId, GalleryId, OrderId, PhotoId, SelectionId, ShareId, StudioId};
use halftone_core::ports::error::StorageErrorKind;
use halftone_core::ports::notifier::{
    Notice, NoticeSubscriptions as _, Notifier as _, Recipient, SubscriptionHandle, Verdict,
};
use halftone_core::ports::urls::LinkTarget;
use halftone_core::studio::Channel;
use halftone_core::text::Email;
use jiff::Timestamp;
use serde_json::Value;
use tokio::time::Instant;
use uuid::Uuid;

use crate::peers::{Peer, on_both_peers, unique};

on_both_peers![
    a_notice_reaches_its_studio_and_no_other,
    only_notices_of_processing_are_published,
    every_title_is_taken,
    subscribing_again_gives_the_same_handle,
    an_ended_subscription_is_gone,
    ending_what_is_absent_succeeds,
    ending_what_waits_for_consent_succeeds,
    a_missing_topic_is_not_found,
];

struct World {
    config: SdkConfig,
    raw: Client,
    arn: String,
    topic: SnsTopic,
}

impl World {
    async fn on(peer: Peer) -> Self {
        let config = peer.config().await;
        let raw = Client::new(&config);
        let arn = raw.create_topic().name(unique("notices")).send().await.unwrap().topic_arn.unwrap();
        let topic = SnsTopic::new(&config, &arn);
        Self { config, raw, arn, topic }
    }

    async fn filter_of(&self, subscription: &SubscriptionHandle) -> String {
        let request = self.raw.get_subscription_attributes().subscription_arn(&subscription.0);
        request.send().await.unwrap().attributes.unwrap().remove("FilterPolicy").unwrap()
    }

    /// A queue that hears what an address of this studio would hear.
    async fn listen(&self, studio: StudioId) -> Listener {
        let mail = self.topic.subscribe(studio, &email()).await.unwrap();
        let filter = self.filter_of(&mail).await;
        self.topic.unsubscribe(&mail).await.unwrap();
        let sqs = aws_sdk_sqs::Client::new(&self.config);
        let url = sqs.create_queue().queue_name(unique("heard")).send().await.unwrap().queue_url.unwrap();
        let request =
            sqs.get_queue_attributes().queue_url(&url).attribute_names(QueueAttributeName::QueueArn);
        let queue = request.send().await.unwrap().attributes.unwrap().remove(&QueueAttributeName::QueueArn);
        let request = self.raw.subscribe().topic_arn(&self.arn).protocol("sqs").endpoint(queue.unwrap());
        request.attributes("FilterPolicy", filter).send().await.unwrap();
        Listener { sqs, url }
    }
}

struct Listener {
    sqs: aws_sdk_sqs::Client,
    url: String,
}

impl Listener {
    /// What was heard after a second's wait.
    async fn hear(&self) -> Vec<Value> {
        let request = self.sqs.receive_message().queue_url(&self.url).max_number_of_messages(10);
        let received = request.wait_time_seconds(1).send().await.unwrap().messages.unwrap_or_default();
        received.iter().map(|message| serde_json::from_str(message.body().unwrap()).unwrap()).collect()
    }

    /// Waits for this many notices.
    async fn hear_all(&self, count: usize) -> Vec<Value> {
        let start = Instant::now();
        let mut heard = Vec::new();
        while heard.len() < count {
            assert!(start.elapsed() < Duration::from_secs(20), "{} of {count} notices came", heard.len());
            heard.extend(self.hear().await);
        }
        heard
    }
}

fn email() -> Email {
    Email::parse("ana@example.com").unwrap()
}

fn studio(number: u128) -> StudioId {
    StudioId::from_uuid(Uuid::from_u128(number))
}

fn notice(studio: StudioId, kind: EventKind) -> Notice {
    Notice {
        event: EventId::from_uuid(Uuid::from_u128(7)),
        studio,
        subject: Some(subject(kind)),
        at: Timestamp::UNIX_EPOCH,
        title: "Zo\u{eb}'s photo is ready".to_owned(),
        text: "It can be seen in \u{201c}Wedding\u{201d}.".to_owned(),
        gallery: None,
        total: None,
        link: Some(LinkTarget("https://studio.example.com/galleries/1".to_owned())),
    }
}

fn subject(kind: EventKind) -> EventSubject {
    let id = Uuid::from_u128(8);
    let (order, photo, gallery) = (OrderId::from_uuid(id), PhotoId::from_uuid(id), GalleryId::from_uuid(id));
    match kind {
        EventKind::OrderPlaced => EventSubject::OrderPlaced { order },
        EventKind::OrderAmended => EventSubject::OrderAmended { order },
        EventKind::OrderMoved => EventSubject::OrderMoved { order },
        EventKind::SelectionSubmitted => EventSubject::SelectionSubmitted {
            selection: SelectionId::from_uuid(id),
            client: ClientId::from_uuid(id),
        },
        EventKind::ShareOpened => EventSubject::ShareOpened { share: ShareId::from_uuid(id) },
        EventKind::PhotoReady => EventSubject::PhotoReady { photo, gallery },
        EventKind::PhotoFailed => EventSubject::PhotoFailed { photo, gallery },
        EventKind::PhotoReshaped => EventSubject::PhotoReshaped { photo, gallery },
    }
}

async fn a_notice_reaches_its_studio_and_no_other(peer: Peer) {
    let world = World::on(peer).await;
    assert_eq!(world.topic.channel(), Channel::Topic);
    let (own, other) = (world.listen(studio(1)).await, world.listen(studio(2)).await);
    world.topic.deliver(&notice(studio(1), EventKind::PhotoReady), &Recipient::Topic).await.unwrap();
    world.topic.deliver(&notice(studio(2), EventKind::PhotoFailed), &Recipient::Topic).await.unwrap();
    let heard = own.hear_all(1).await;
    assert_eq!(heard.len(), 1);
    assert_eq!(heard[0]["Subject"], "Zoe's photo is ready");
    assert_eq!(
        heard[0]["Message"],
        "It can be seen in \u{201c}Wedding\u{201d}.\n\nhttps://studio.example.com/galleries/1\n"
    );
    assert_eq!(heard[0]["MessageAttributes"]["event"]["Value"], "photo_ready");
    let heard = other.hear_all(1).await;
    assert_eq!(heard.len(), 1);
    assert_eq!(heard[0]["MessageAttributes"]["event"]["Value"], "photo_failed");
    assert!(own.hear().await.is_empty() && other.hear().await.is_empty());
}

async fn only_notices_of_processing_are_published(peer: Peer) {
    let world = World::on(peer).await;
    let listener = world.listen(studio(1)).await;
    for kind in EventKind::ALL {
        world.topic.deliver(&notice(studio(1), kind), &Recipient::Topic).await.unwrap();
    }
    let heard = listener.hear_all(3).await;
    let mut kinds: Vec<&str> =
        heard.iter().map(|notice| notice["MessageAttributes"]["event"]["Value"].as_str().unwrap()).collect();
    kinds.sort_unstable();
    assert_eq!(kinds, ["photo_failed", "photo_ready", "photo_reshaped"]);
    assert!(listener.hear().await.is_empty());
}

async fn every_title_is_taken(peer: Peer) {
    let world = World::on(peer).await;
    for title in ["", "\n", "\u{5a5a}\u{793c}", " two\r\nlines", &"\u{df}".repeat(400)] {
        let notice = Notice { title: title.to_owned(), ..notice(studio(1), EventKind::PhotoReady) };
        world.topic.deliver(&notice, &Recipient::Topic).await.unwrap();
    }
    let bare = Notice { text: String::new(), link: None, ..notice(studio(1), EventKind::PhotoReady) };
    world.topic.deliver(&bare, &Recipient::Topic).await.unwrap();
}

async fn subscribing_again_gives_the_same_handle(peer: Peer) {
    let world = World::on(peer).await;
    let first = world.topic.subscribe(studio(1), &email()).await.unwrap();
    assert_eq!(world.topic.subscribe(studio(1), &email()).await.unwrap(), first);
    let filter: Value = serde_json::from_str(&world.filter_of(&first).await).unwrap();
    assert_eq!(filter, serde_json::json!({ "studio": [studio(1).to_string()] }));
}

async fn an_ended_subscription_is_gone(peer: Peer) {
    let world = World::on(peer).await;
    let listener = world.listen(studio(1)).await;
    let subscriptions = || async {
        let request = world.raw.list_subscriptions_by_topic().topic_arn(&world.arn);
        request.send().await.unwrap().subscriptions.unwrap_or_default()
    };
    let handle = SubscriptionHandle(subscriptions().await.remove(0).subscription_arn.unwrap());
    for _ in 0..2 {
        world.topic.unsubscribe(&handle).await.unwrap();
        assert!(subscriptions().await.is_empty());
    }
    world.topic.deliver(&notice(studio(1), EventKind::PhotoReady), &Recipient::Topic).await.unwrap();
    assert!(listener.hear().await.is_empty());
}

async fn ending_what_is_absent_succeeds(peer: Peer) {
    let world = World::on(peer).await;
    let absent = format!("{}:{}", world.arn, Uuid::from_u128(9));
    for handle in [absent.as_str(), "PendingConfirmation", "invented", ""] {
        world.topic.unsubscribe(&SubscriptionHandle(handle.to_owned())).await.unwrap();
    }
}

async fn ending_what_waits_for_consent_succeeds(peer: Peer) {
    let world = World::on(peer).await;
    let handle = world.topic.subscribe(studio(1), &email()).await.unwrap();
    world.topic.unsubscribe(&handle).await.unwrap();
}

async fn a_missing_topic_is_not_found(peer: Peer) {
    let world = World::on(peer).await;
    let missing = SnsTopic::new(&world.config, format!("{}-missing", world.arn));
    let notice = notice(studio(1), EventKind::PhotoReady);
    let error = missing.deliver(&notice, &Recipient::Topic).await.unwrap_err();
    assert_eq!(error.verdict, Verdict::TryAgain { after: None }, "somebody may make it");
    let error = missing.subscribe(studio(1), &email()).await.unwrap_err();
    assert_eq!(error.kind(), StorageErrorKind::NotFound, "{error}");
}
