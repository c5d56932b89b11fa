//! Webhooks against a receiver that checks the signature as the Standard Webhooks say.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use halftone_core::entropy::SeededEntropy;
use halftone_core::id::{DeliveryId, WebhookId};
use halftone_core::listener::TargetUrl;
use halftone_core::ports::notifier::{DeliveryError, Notifier as _, Recipient, Verdict, WebhookCall};
use halftone_core::secret::{Keyring, WebhookSecret};
use halftone_notify::outbound::{Outbound, Reach};
use halftone_notify::webhook::Webhooks;
use jiff::SignedDuration;
use ring::hmac;
use serde_json::Value;
use uuid::Uuid;

use crate::server::{Answer, Asked, Server};
use crate::{clock, notice};

fn secret() -> WebhookSecret {
    let webhook = WebhookId::from_uuid(Uuid::from_u128(3));
    Keyring::generate(&SeededEntropy::new(1)).webhook_secret(webhook, &[5; 16])
}

fn recipient(url: &str) -> Recipient {
    Recipient::Webhook(WebhookCall {
        webhook: WebhookId::from_uuid(Uuid::from_u128(3)),
        delivery: DeliveryId::from_uuid(Uuid::from_u128(4)),
        url: TargetUrl::parse(url).unwrap(),
        secret: secret(),
    })
}

fn webhooks(reach: Reach) -> Webhooks {
    let site = Some("https://photos.example.com/".to_owned());
    Webhooks::new(Outbound::new(reach).unwrap(), site, clock())
}

async fn deliver(server: &Server) -> Result<(), DeliveryError> {
    let url = format!("{}/hook?from=halftone", server.origin);
    webhooks(Reach::Anywhere).deliver(&notice(), &recipient(&url)).await
}

/// What a receiver does with the secret that it was shown: base64 behind `whsec_`.
fn is_signed(asked: &Asked, shown: &str) -> bool {
    let key = STANDARD.decode(shown.strip_prefix("whsec_").unwrap()).unwrap();
    let header = |name: &str| asked.headers[name].as_str();
    let signed = format!("{}.{}.", header("webhook-id"), header("webhook-timestamp"));
    let signed = [signed.as_bytes(), &asked.body].concat();
    let signature = STANDARD.decode(header("webhook-signature").strip_prefix("v1,").unwrap()).unwrap();
    hmac::verify(&hmac::Key::new(hmac::HMAC_SHA256, &key), &signed, &signature).is_ok()
}

#[tokio::test]
async fn a_receiver_verifies_the_signature_and_reads_what_happened() {
    let server = Server::start([Answer::status(204)]).await;
    deliver(&server).await.unwrap();
    let asked = server.asked_once();
    assert!(is_signed(&asked, &secret().reveal()));
    let forged = Asked { body: [&asked.body[..], b" "].concat(), ..asked.clone() };
    assert!(!is_signed(&forged, &secret().reveal()));
    assert_eq!(asked.path, "/hook?from=halftone");
    assert_eq!(asked.headers["content-type"], "application/json");
    assert_eq!(asked.headers["webhook-id"], Uuid::from_u128(4).to_string());
    assert_eq!(asked.headers["webhook-timestamp"], clock().now().as_second().to_string());
    let body: Value = serde_json::from_slice(&asked.body).unwrap();
    assert_eq!((&body["type"], &body["timestamp"]), (&"order_placed".into(), &"2026-05-14T12:00:00Z".into()));
    let data = &body["data"];
    assert_eq!(data["event_id"], "01890a5d-ac96-774b-bcce-b302099a8057");
    assert_eq!(data["total"], serde_json::json!({"amount": 8_400, "currency": "EUR"}));
    let order = Uuid::from_u128(9).to_string();
    assert_eq!(data["subject"]["order_id"], order);
    assert_eq!(data["link"], format!("https://photos.example.com/orders/{order}"));
}

#[tokio::test]
async fn whatever_is_no_success_is_tried_again_but_for_gone() {
    let again = |after: Option<i64>| Verdict::TryAgain { after: after.map(SignedDuration::from_secs) };
    for (answer, verdict) in [
        (Answer::status(410), Verdict::Refused),
        (Answer::status(400), again(None)),
        (Answer::status(500), again(None)),
        (Answer::status(429).header("retry-after", "30"), again(Some(30))),
        (Answer::status(302).header("location", "http://127.0.0.1:1/"), again(None)),
    ] {
        let server = Server::start([answer.clone()]).await;
        let error = deliver(&server).await.unwrap_err();
        assert_eq!(error.verdict, verdict, "{answer:?}");
        assert_eq!(error.reason, format!("the server answered {}", answer.status));
        assert_eq!(server.asked().len(), 1, "redirects are not followed");
    }
}

#[tokio::test]
async fn private_urls_are_neither_kept_nor_called() {
    let server = Server::start([Answer::status(204)]).await;
    let port = server.origin.rsplit_once(':').unwrap().1;
    let hooks = webhooks(Reach::Public);
    for url in [
        format!("http://127.0.0.1:{port}/"),
        format!("https://127.0.0.1:{port}/"),
        format!("https://localhost:{port}/"),
        format!("https://[::ffff:127.0.0.1]:{port}/"),
    ] {
        let recipient = recipient(&url);
        assert_eq!(hooks.admit(&recipient).await.unwrap_err().verdict, Verdict::Refused, "{url}");
        assert_eq!(
            hooks.deliver(&notice(), &recipient).await.unwrap_err().verdict,
            Verdict::Refused,
            "{url}"
        );
    }
    assert!(server.asked().is_empty());
}
