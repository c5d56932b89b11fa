//! Web Push against a push service and a browser of our own.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use halftone_core::entropy::SeededEntropy;
use halftone_core::listener::PushAddress;
use halftone_core::ports::notifier::{DeliveryError, Notice, Notifier as _, Recipient, Verdict};
use halftone_core::secret::Keyring;
use halftone_notify::outbound::{Outbound, Reach};
use halftone_notify::web_push::{VapidKey, WebPush};
use jiff::SignedDuration;

use crate::receiver::{Receiver, verify_vapid};
use crate::server::{Answer, Server};
use crate::{clock, notice};

const CONTACT: &str = "mailto:admin@example.com";

fn key() -> VapidKey {
    VapidKey::derive(&Keyring::generate(&SeededEntropy::new(1)))
}

fn web_push(reach: Reach) -> WebPush {
    WebPush::new(Outbound::new(reach).unwrap(), key(), CONTACT, clock())
}

fn browser(server: &Server, receiver: &Receiver) -> Recipient {
    let endpoint = format!("{}/push/secret-path?v=2", server.origin);
    Recipient::Browser(PushAddress::parse(&endpoint, &receiver.p256dh(), &receiver.auth()).unwrap())
}

async fn deliver(server: &Server, notice: &Notice) -> Result<(), DeliveryError> {
    web_push(Reach::Anywhere).deliver(notice, &browser(server, &Receiver::new(7))).await
}

#[tokio::test]
async fn a_browser_decrypts_what_was_told_and_the_service_knows_who_told_it() {
    let server = Server::start([Answer::status(201)]).await;
    let receiver = Receiver::new(7);
    web_push(Reach::Anywhere).deliver(&notice(), &browser(&server, &receiver)).await.unwrap();
    let asked = server.asked_once();
    assert_eq!(asked.path, "/push/secret-path?v=2");
    let message = receiver.open(&asked.body);
    assert_eq!(message["id"], "01890a5d-ac96-774b-bcce-b302099a8057");
    assert_eq!(message["title"], "New order from Zo\u{eb}: 12 prints, 84.00 EUR");
    assert_eq!(message["body"], "Gallery Ceremony. With a special request.");
    assert_eq!((&message["gallery"], &message["total"]), (&"Ceremony".into(), &"84.00 EUR".into()));
    assert!(message["link"].as_str().unwrap().starts_with("/orders/"));
    let header = |name: &str| asked.headers[name].as_str();
    assert_eq!(header("content-encoding"), "aes128gcm");
    assert_eq!((header("ttl"), header("urgency")), ("259200", "high"));
    assert!(header("topic").len() <= 32);
    let (claims, signer) = verify_vapid(header("authorization"));
    assert_eq!(signer, URL_SAFE_NO_PAD.encode(key().public()));
    assert_eq!((&claims["aud"], &claims["sub"]), (&server.origin.as_str().into(), &CONTACT.into()));
    let life = claims["exp"].as_i64().unwrap() - clock().now().as_second();
    assert!((1..=24 * 3_600).contains(&life), "{life}");
}

#[tokio::test]
async fn every_message_is_encrypted_anew() {
    let server = Server::start([Answer::status(201)]).await;
    for _ in 0..2 {
        deliver(&server, &notice()).await.unwrap();
    }
    let asked = server.asked();
    assert_ne!(asked[0].body, asked[1].body);
    assert_eq!(asked[0].headers["topic"], asked[1].headers["topic"], "the same event replaces itself");
}

#[tokio::test]
async fn a_text_of_any_length_fits() {
    let server = Server::start([Answer::status(201)]).await;
    let long = Notice { text: "\u{5a5a}\"".repeat(20_000), ..notice() };
    deliver(&server, &long).await.unwrap();
    let message = Receiver::new(7).open(&server.asked_once().body);
    assert_eq!(message["title"], long.title);
    assert!(message["body"].as_str().unwrap().len() > 1_000);
}

#[tokio::test]
async fn answers_say_what_follows() {
    let again = |after: Option<i64>| Verdict::TryAgain { after: after.map(SignedDuration::from_secs) };
    for (answer, verdict) in [
        (Answer::status(404), Verdict::Gone),
        (Answer::status(410), Verdict::Gone),
        (Answer::status(429).header("retry-after", "120"), again(Some(120))),
        (Answer::status(503).header("retry-after", "Thu, 14 May 2026 12:01:01 GMT"), again(Some(60))),
        (Answer::status(500), again(None)),
        (Answer::status(403), again(None)),
        (Answer::status(400), Verdict::Refused),
        (Answer::status(413), Verdict::Refused),
        (Answer::status(307).header("location", "http://127.0.0.1:1/"), Verdict::Refused),
    ] {
        let server = Server::start([answer.clone()]).await;
        let error = deliver(&server, &notice()).await.unwrap_err();
        assert_eq!(error.verdict, verdict, "{answer:?}");
        assert_eq!(server.asked().len(), 1, "{answer:?}");
        assert!(!format!("{error:?}").contains("secret-path"), "{error:?}");
    }
}

#[tokio::test]
async fn nobody_at_home_is_asked_again_and_the_endpoint_stays_unsaid() {
    let server = Server::start([Answer::status(201)]).await;
    let free = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let receiver = Receiver::new(7);
    let endpoint = format!("http://{free}/push/secret-path");
    let address = PushAddress::parse(&endpoint, &receiver.p256dh(), &receiver.auth()).unwrap();
    let error = web_push(Reach::Anywhere).deliver(&notice(), &Recipient::Browser(address)).await.unwrap_err();
    assert_eq!(error.verdict, Verdict::TryAgain { after: None });
    assert!(!format!("{error:?}").contains("secret-path"), "{error:?}");
    assert!(server.asked().is_empty());
}

#[tokio::test]
async fn a_key_that_is_no_point_is_a_browser_that_can_never_read() {
    let server = Server::start([Answer::status(201)]).await;
    let endpoint = format!("{}/push", server.origin);
    let nowhere = URL_SAFE_NO_PAD.encode([&[4_u8][..], &[0xff; 64]].concat());
    let address = PushAddress::parse(&endpoint, &nowhere, &Receiver::new(7).auth()).unwrap();
    let error = web_push(Reach::Anywhere).deliver(&notice(), &Recipient::Browser(address)).await.unwrap_err();
    assert_eq!(error.verdict, Verdict::Gone);
}

#[tokio::test]
async fn private_endpoints_are_neither_kept_nor_called() {
    let server = Server::start([Answer::status(201)]).await;
    let recipient = browser(&server, &Receiver::new(7));
    let push = web_push(Reach::Public);
    assert_eq!(push.admit(&recipient).await.unwrap_err().verdict, Verdict::Refused);
    assert_eq!(push.deliver(&notice(), &recipient).await.unwrap_err().verdict, Verdict::Refused);
    assert!(server.asked().is_empty());
}
