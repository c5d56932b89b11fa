//! What becomes of the service's failures, over raw HTTP: emulators do not fail on demand.

use halftone_aws::sns::SnsTopic;
use halftone_core::event::EventSubject;
use halftone_core::id::{EventId, GalleryId, PhotoId, StudioId};
use halftone_core::ports::error::StorageErrorKind;
use halftone_core::ports::notifier::{
    DeliveryError, Ending, Notice, NoticeSubscriptions as _, Notifier as _, Recipient, SubscriptionHandle,
    Verdict,
};
use halftone_core::ports::urls::LinkTarget;
use halftone_core::text::Email;
use jiff::Timestamp;
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

fn notice() -> Notice {
    Notice {
        event: EventId::from_uuid(Uuid::from_u128(7)),
        studio: studio(),
        subject: Some(EventSubject::PhotoReady {
            photo: PhotoId::from_uuid(Uuid::from_u128(8)),
            gallery: GalleryId::from_uuid(Uuid::from_u128(9)),
        }),
        at: Timestamp::UNIX_EPOCH,
        title: "A photo is ready".to_owned(),
        text: "It can be seen.".to_owned(),
        gallery: None,
        total: None,
        link: None,
    }
}

async fn deliver(server: &Server) -> Result<(), DeliveryError> {
    SnsTopic::new(&server.config, TOPIC).deliver(&notice(), &Recipient::Topic).await
}

#[tokio::test]
async fn a_throttled_notice_is_sent_again() {
    let server = Server::start(vec![THROTTLED, PUBLISHED]).await;
    deliver(&server).await.unwrap();
    assert_eq!(server.requests().len(), 2);
}

#[tokio::test]
async fn failures_are_sorted_by_code_and_then_by_status() {
    let again = Verdict::TryAgain { after: None };
    let cases = [
        (THROTTLED, again, 3),
        (reply("503 Service Unavailable", ""), again, 3),
        (refusal!("403 Forbidden", "ExpiredToken", "expired"), again, 1),
        (refusal!("403 Forbidden", "RequestExpired", "expired"), again, 1),
        (refusal!("403 Forbidden", "AuthorizationError", "no"), again, 1),
        (refusal!("404 Not Found", "NotFound", "Topic does not exist"), again, 1),
        (refusal!("400 Bad Request", "InvalidParameter", "no"), Verdict::Refused, 1),
    ];
    for (answer, verdict, requests) in cases {
        let server = Server::start(vec![answer.clone()]).await;
        let error = deliver(&server).await.unwrap_err();
        assert_eq!((error.verdict, server.requests().len()), (verdict, requests), "{answer:?}");
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
async fn a_link_begins_with_the_installations_url_and_is_left_out_where_that_is_unknown() {
    let notice = Notice { link: Some(LinkTarget("/galleries/1?photo=2".to_owned())), ..notice() };
    let server = Server::start(vec![PUBLISHED]).await;
    let topic = SnsTopic::new(&server.config, TOPIC);
    topic.deliver(&notice, &Recipient::Topic).await.unwrap();
    topic.with_site("https://proofs.example/").deliver(&notice, &Recipient::Topic).await.unwrap();
    let [without, with] = &server.requests()[..] else { panic!("{:?}", server.requests()) };
    assert!(!without.contains("galleries"), "{without}");
    assert!(with.contains("https%3A%2F%2Fproofs.example%2Fgalleries%2F1%3Fphoto%3D2"), "{with}");
}

/// What SNS tells of a subscription.
macro_rules! attributes {
    ($pending:literal) => {
        reply(
            "200 OK",
            concat!(
                "<GetSubscriptionAttributesResponse><GetSubscriptionAttributesResult><Attributes><entry>\
                 <key>PendingConfirmation</key><value>",
                $pending,
                "</value></entry></Attributes></GetSubscriptionAttributesResult></GetSubscriptionAttributesResponse>"
            ),
        )
    };
}

const REFUSED_AS_PENDING: Reply = refusal!(
    "400 Bad Request",
    "InvalidParameter",
    "Invalid parameter: SubscriptionArn Reason: The subscription is pending confirmation"
);
const UNSUBSCRIBED: Reply = reply("200 OK", "<UnsubscribeResponse></UnsubscribeResponse>");

async fn end(replies: Vec<Reply>) -> (Result<Ending, StorageError>, usize) {
    let server = Server::start(replies).await;
    let handle = SubscriptionHandle(format!("{TOPIC}:1"));
    let ending = SnsTopic::new(&server.config, TOPIC).unsubscribe(&handle).await;
    (ending, server.requests().len())
}

#[tokio::test]
async fn what_waits_for_consent_is_still_pending_however_sns_says_so() {
    let (ending, requests) = end(vec![REFUSED_AS_PENDING]).await;
    assert_eq!((ending.unwrap(), requests), (Ending::StillPending, 1));
    let refused = refusal!("400 Bad Request", "InvalidParameter", "Invalid parameter: SubscriptionArn");
    for answer in [refused, UNSUBSCRIBED] {
        let (ending, requests) = end(vec![answer, attributes!("true")]).await;
        assert_eq!((ending.unwrap(), requests), (Ending::StillPending, 2));
    }
}

#[tokio::test]
async fn what_has_consent_or_is_gone_ends_and_what_is_forbidden_does_not() {
    let (ending, requests) = end(vec![UNSUBSCRIBED, attributes!("false")]).await;
    assert_eq!((ending.unwrap(), requests), (Ending::Ended, 2));
    let gone = refusal!("404 Not Found", "NotFound", "Subscription does not exist");
    assert_eq!(end(vec![UNSUBSCRIBED, gone.clone()]).await.0.unwrap(), Ending::Ended);
    assert_eq!(end(vec![gone]).await.0.unwrap(), Ending::Ended);
    let forbidden = refusal!("403 Forbidden", "AuthorizationError", "no");
    for replies in [vec![forbidden.clone()], vec![UNSUBSCRIBED, forbidden]] {
        assert_eq!(end(replies).await.0.unwrap_err().kind(), StorageErrorKind::PermissionDenied);
    }
}
