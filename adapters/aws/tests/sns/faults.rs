//! What becomes of the service's failures, over raw HTTP: emulators do not fail on demand.

use halftone_aws::sns::SnsTopic;
use halftone_core::event::EventKind;
use halftone_core::id::{EventId, StudioId};
use halftone_core::ports::error::{StorageError, StorageErrorKind};
use halftone_core::ports::notifier::{Notice, NoticeSubscriptions as _, Notifier as _, SubscriptionHandle};
use halftone_core::text::Email;
use uuid::Uuid;

use crate::replies::{Reply, Server};

const TOPIC: &str = "arn:aws:sns:us-east-1:123456789012:notices";

const fn reply(status: &'static str, body: &'static str) -> Reply {
    Reply { status, headers: &[("content-type", "text/xml")], body }
}

macro_rules! refusal {
    ($status:literal, $code:literal, $message:literal) => {
        reply(
            $status,
            concat!(
                "<ErrorResponse xmlns=\"http://sns.amazonaws.com/doc/2010-03-31/\"><Error><Type>Sender</Type><Code>",
                $code,
                "</Code><Message>",
                $message,
                "</Message></Error><RequestId>1</RequestId></ErrorResponse>"
            ),
        )
    };
}

const THROTTLED: Reply = refusal!("400 Bad Request", "Throttling", "Rate exceeded");
const PUBLISHED: Reply = reply(
    "200 OK",
    "<PublishResponse><PublishResult><MessageId>1</MessageId></PublishResult></PublishResponse>",
);

fn studio() -> StudioId {
    StudioId::from_uuid(Uuid::from_u128(1))
}

async fn deliver(server: &Server) -> Result<(), StorageError> {
    let notice = Notice {
        event: EventId::from_uuid(Uuid::from_u128(7)),
        studio: studio(),
        kind: EventKind::PhotoReady,
        title: "A photo is ready".to_owned(),
        text: "It can be seen.".to_owned(),
        link: None,
    };
    SnsTopic::new(&server.config, TOPIC).deliver(&notice).await
}

#[tokio::test]
async fn a_throttled_notice_is_sent_again() {
    let server = Server::start(vec![THROTTLED, PUBLISHED]).await;
    deliver(&server).await.unwrap();
    assert_eq!(server.requests().len(), 2);
}

#[tokio::test]
async fn failures_are_sorted_by_code_and_then_by_status() {
    let cases = [
        (THROTTLED, StorageErrorKind::Unavailable, 3),
        (reply("503 Service Unavailable", ""), StorageErrorKind::Unavailable, 3),
        (refusal!("403 Forbidden", "ExpiredToken", "expired"), StorageErrorKind::Unavailable, 1),
        (refusal!("403 Forbidden", "RequestExpired", "expired"), StorageErrorKind::Unavailable, 1),
        (refusal!("403 Forbidden", "AuthorizationError", "no"), StorageErrorKind::PermissionDenied, 1),
        (refusal!("404 Not Found", "NotFound", "Topic does not exist"), StorageErrorKind::NotFound, 1),
        (refusal!("400 Bad Request", "InvalidParameter", "no"), StorageErrorKind::Unexpected, 1),
    ];
    for (answer, kind, requests) in cases {
        let server = Server::start(vec![answer.clone()]).await;
        let error = deliver(&server).await.unwrap_err();
        assert_eq!((error.kind(), server.requests().len()), (kind, requests), "{answer:?}");
    }
}

#[tokio::test]
async fn an_address_that_listens_to_another_studio_exists_already() {
    let answer = refusal!(
        "400 Bad Request",
        "InvalidParameter",
        "Invalid parameter: Attributes Reason: Subscription already exists with different attributes"
    );
    let server = Server::start(vec![answer]).await;
    let email = Email::parse("ana@example.com").unwrap();
    let error = SnsTopic::new(&server.config, TOPIC).subscribe(studio(), &email).await.unwrap_err();
    assert_eq!(error.kind(), StorageErrorKind::AlreadyExists);
    assert!(!error.to_string().contains("ana@"), "{error}");
}

#[tokio::test]
async fn what_waits_for_consent_counts_as_ended_and_what_is_forbidden_does_not() {
    let pending = refusal!(
        "400 Bad Request",
        "InvalidParameter",
        "Invalid parameter: SubscriptionArn Reason: The subscription is pending confirmation"
    );
    let handle = SubscriptionHandle(format!("{TOPIC}:1"));
    let server = Server::start(vec![pending]).await;
    SnsTopic::new(&server.config, TOPIC).unsubscribe(&handle).await.unwrap();
    let server = Server::start(vec![refusal!("403 Forbidden", "AuthorizationError", "no")]).await;
    let error = SnsTopic::new(&server.config, TOPIC).unsubscribe(&handle).await.unwrap_err();
    assert_eq!(error.kind(), StorageErrorKind::PermissionDenied);
}
