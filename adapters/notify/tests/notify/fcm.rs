//! FCM against a server that checks the assertion, the token and the body of every message.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use halftone_core::listener::FcmToken;
use halftone_core::ports::notifier::{DeliveryError, Notifier as _, Recipient, Verdict};
use halftone_notify::fcm::{Fcm, ServiceAccount};
use halftone_notify::outbound::{Outbound, Reach};
use jiff::SignedDuration;
use ring::signature::{RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents};
use rsa::RsaPrivateKey;
use rsa::pkcs8::EncodePrivateKey as _;
use rsa::traits::PublicKeyParts as _;
use serde_json::{Value, json};

use crate::server::{Answer, Asked, Server};
use crate::{clock, notice};

fn key() -> &'static RsaPrivateKey {
    static KEY: OnceLock<RsaPrivateKey> = OnceLock::new();
    KEY.get_or_init(|| RsaPrivateKey::new(&mut rsa::rand_core::OsRng, 2048).unwrap())
}

/// The key as Google's console writes it.
fn pem_of(key: &RsaPrivateKey) -> String {
    let body = STANDARD.encode(key.to_pkcs8_der().unwrap().as_bytes());
    let lines: Vec<&str> =
        body.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
    format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", lines.join("\n"))
}

fn account(tokens: &Server) -> ServiceAccount {
    let pem = pem_of(key());
    let file = json!({"type": "service_account", "project_id": "studio-1", "private_key_id": "key-1",
        "private_key": pem, "client_email": "push@studio-1.iam.gserviceaccount.com",
        "token_uri": format!("{}/token", tokens.origin)});
    ServiceAccount::parse(&file.to_string()).unwrap()
}

fn token(name: &str) -> Answer {
    Answer::json(200, &json!({"access_token": name, "expires_in": 3_599, "token_type": "Bearer"}))
}

fn fault(status: u16, google: &str, fcm: Option<&str>) -> Answer {
    let details: Vec<Value> = fcm
        .map(
            |code| json!({"@type": "type.googleapis.com/google.firebase.fcm.v1.FcmError", "errorCode": code}),
        )
        .into_iter()
        .collect();
    Answer::json(
        status,
        &json!({"error": {"code": status, "status": google, "message": "no", "details": details}}),
    )
}

struct Google {
    tokens: Server,
    messages: Server,
    fcm: Fcm,
}

async fn google(tokens: Vec<Answer>, messages: Vec<Answer>) -> Google {
    let (tokens, messages) = (Server::start(tokens).await, Server::start(messages).await);
    let outbound = Outbound::new(Reach::Anywhere).unwrap();
    let fcm = Fcm::new(outbound, account(&tokens), &messages.origin, clock()).unwrap();
    Google { tokens, messages, fcm }
}

fn sent() -> Answer {
    Answer::json(200, &json!({"name": "projects/studio-1/messages/0:1"}))
}

async fn deliver(google: &Google) -> Result<(), DeliveryError> {
    let recipient = Recipient::App(FcmToken::parse("device-1").unwrap());
    google.fcm.deliver(&notice(), &recipient).await
}

/// Google's part of RFC 7523: the claims of an assertion whose signature is right.
fn verify(asked: &Asked) -> Value {
    assert_eq!(asked.headers["content-type"], "application/x-www-form-urlencoded");
    let form: Vec<(String, String)> = url::form_urlencoded::parse(&asked.body).into_owned().collect();
    let field = |name: &str| form.iter().find(|(known, _)| known == name).unwrap().1.clone();
    assert_eq!(field("grant_type"), "urn:ietf:params:oauth:grant-type:jwt-bearer");
    let assertion = field("assertion");
    let (signed, signature) = assertion.rsplit_once('.').unwrap();
    let decode = |text: &str| URL_SAFE_NO_PAD.decode(text).unwrap();
    let public = key().to_public_key();
    let public = RsaPublicKeyComponents { n: public.n().to_bytes_be(), e: public.e().to_bytes_be() };
    public.verify(&RSA_PKCS1_2048_8192_SHA256, signed.as_bytes(), &decode(signature)).unwrap();
    let (header, claims) = signed.split_once('.').unwrap();
    let header: Value = serde_json::from_slice(&decode(header)).unwrap();
    assert_eq!(header, json!({"alg": "RS256", "typ": "JWT", "kid": "key-1"}));
    serde_json::from_slice(&decode(claims)).unwrap()
}

/// The fields that Google's discovery document of FCM v1 (revision 20261023) has at each place of a `Message` that is used
/// here. A field that it does not know would be refused with 400.
fn check_fields(value: &Value, known: &[&str]) {
    let found: BTreeSet<&str> = value.as_object().unwrap().keys().map(String::as_str).collect();
    let known: BTreeSet<&str> = known.iter().copied().collect();
    assert!(found.is_subset(&known), "{found:?} is not within {known:?}");
}

fn check_message(body: &Value) {
    check_fields(body, &["message", "validateOnly"]);
    let message = &body["message"];
    let fields = [
        "name",
        "data",
        "notification",
        "android",
        "webpush",
        "apns",
        "fcmOptions",
        "token",
        "topic",
        "condition",
        "fid",
    ];
    check_fields(message, &fields);
    check_fields(&message["notification"], &["title", "body", "image"]);
    let android = [
        "collapseKey",
        "priority",
        "ttl",
        "restrictedPackageName",
        "data",
        "notification",
        "fcmOptions",
        "directBootOk",
        "bandwidthConstrainedOk",
        "restrictedSatelliteOk",
    ];
    check_fields(&message["android"], &android);
    check_fields(&message["android"]["notification"], &["tag"]);
    assert!(["NORMAL", "HIGH"].contains(&message["android"]["priority"].as_str().unwrap()));
    let ttl = message["android"]["ttl"].as_str().unwrap().strip_suffix('s').unwrap();
    assert!(ttl.parse::<u32>().unwrap() <= 28 * 24 * 3_600);
    check_fields(&message["apns"], &["headers", "payload", "fcmOptions", "liveActivityToken"]);
    assert!(message["data"].as_object().unwrap().values().all(Value::is_string), "FCM takes texts alone");
}

#[tokio::test]
async fn an_app_gets_the_notice_with_a_token_that_serves_for_many() {
    let google = google(vec![token("access-1")], vec![sent()]).await;
    for _ in 0..3 {
        deliver(&google).await.unwrap();
    }
    let claims = verify(&google.tokens.asked_once());
    assert_eq!(claims["iss"], "push@studio-1.iam.gserviceaccount.com");
    assert_eq!(claims["aud"], format!("{}/token", google.tokens.origin));
    assert_eq!(claims["scope"], "https://www.googleapis.com/auth/firebase.messaging");
    assert!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap() <= 3_600);
    let asked = google.messages.asked();
    assert_eq!(asked.len(), 3);
    assert_eq!(asked[0].path, "/v1/projects/studio-1/messages:send");
    assert_eq!(asked[0].headers["authorization"], "Bearer access-1");
    let body: Value = serde_json::from_slice(&asked[0].body).unwrap();
    check_message(&body);
    let message = &body["message"];
    assert_eq!(message["token"], "device-1");
    assert_eq!(message["notification"]["title"], notice().title);
    assert_eq!(message["data"]["event_id"], "01890a5d-ac96-774b-bcce-b302099a8057");
    assert_eq!(message["data"]["total"], "84.00 EUR");
}

#[tokio::test]
async fn a_token_that_ended_early_is_replaced_once() {
    let refused = fault(401, "UNAUTHENTICATED", None);
    let google1 = google(vec![token("old"), token("new")], vec![refused.clone(), sent()]).await;
    deliver(&google1).await.unwrap();
    let asked = google1.messages.asked();
    let used: Vec<&str> = asked.iter().map(|asked| asked.headers["authorization"].as_str()).collect();
    assert_eq!(used, ["Bearer old", "Bearer new"]);
    let google2 = google(vec![token("old"), token("new")], vec![refused]).await;
    let error = deliver(&google2).await.unwrap_err();
    assert_eq!(error.verdict, Verdict::TryAgain { after: None });
    assert_eq!(google2.messages.asked().len(), 2, "not a third time");
}

#[tokio::test]
async fn errors_of_one_device_say_what_follows() {
    let again = |after: Option<i64>| Verdict::TryAgain { after: after.map(SignedDuration::from_secs) };
    for (answer, verdict) in [
        (fault(404, "NOT_FOUND", Some("UNREGISTERED")), Verdict::Gone),
        (fault(404, "NOT_FOUND", None), Verdict::Gone),
        (fault(403, "PERMISSION_DENIED", Some("SENDER_ID_MISMATCH")), Verdict::Gone),
        (fault(403, "PERMISSION_DENIED", None), again(None)),
        (
            fault(429, "RESOURCE_EXHAUSTED", Some("QUOTA_EXCEEDED")).header("retry-after", "90"),
            again(Some(90)),
        ),
        (fault(503, "UNAVAILABLE", Some("UNAVAILABLE")), again(None)),
        (fault(500, "INTERNAL", Some("INTERNAL")), again(None)),
        (fault(400, "INVALID_ARGUMENT", Some("INVALID_ARGUMENT")), Verdict::Refused),
        (Answer::status(502), again(None)),
    ] {
        let google = google(vec![token("access")], vec![answer.clone()]).await;
        let error = deliver(&google).await.unwrap_err();
        assert_eq!(error.verdict, verdict, "{answer:?}");
    }
}

#[tokio::test]
async fn without_a_token_nothing_is_sent() {
    for answer in
        [Answer::status(503), fault(400, "invalid_grant", None), Answer::json(200, &json!({"x": 1}))]
    {
        let google = google(vec![answer], vec![sent()]).await;
        let error = deliver(&google).await.unwrap_err();
        assert!(matches!(error.verdict, Verdict::TryAgain { .. }), "{error:?}");
        assert!(google.messages.asked().is_empty());
    }
}
