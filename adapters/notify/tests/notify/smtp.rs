//! Mail through a real server, with STARTTLS and a password, read back with a MIME parser.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use halftone_core::ports::error::StorageErrorKind;
use halftone_core::ports::mailer::{MailMessage, MailThread, Mailer as _};
use halftone_core::text::Email;
use halftone_notify::smtp::{Protection, SmtpMailer, SmtpSpec};
use mail_parser::{HeaderValue, Message, MessageParser, MimeHeaders as _};
use url::Url;

const VARIABLE: &str = "HALFTONE_TEST_SMTP_URI";

/// The mail server of the tests.
struct Peer {
    uri: Url,
}

impl Peer {
    #[expect(clippy::disallowed_methods, reason = "the address of a peer is no configuration of the program")]
    fn find() -> Self {
        let uri = std::env::var(VARIABLE).unwrap_or_else(|_| panic!("{VARIABLE} names no server"));
        Self { uri: uri.parse().unwrap() }
    }

    fn query(&self, name: &str) -> PathBuf {
        let query: BTreeMap<_, _> = self.uri.query_pairs().into_owned().collect();
        PathBuf::from(&query[name])
    }

    fn spec(&self) -> SmtpSpec {
        SmtpSpec {
            host: self.uri.host_str().unwrap().to_owned(),
            port: self.uri.port().unwrap(),
            protection: Protection::StartTls,
            credentials: Some((self.uri.username().to_owned(), self.uri.password().unwrap().to_owned())),
            from: "Halftone <mail@studio.example>".to_owned(),
            extra_ca_pem: Some(fs::read(self.query("ca")).unwrap()),
        }
    }

    /// The mail that was sent to an address, once it is there.
    fn received_by(&self, address: &str) -> Vec<u8> {
        let deadline = Instant::now() + Duration::from_secs(30);
        loop {
            for entry in fs::read_dir(self.query("mailbox")).unwrap() {
                let path = entry.unwrap().path();
                if path.extension().is_none_or(|end| end != "eml") {
                    continue;
                }
                let content = fs::read(&path).unwrap();
                if String::from_utf8_lossy(&content).contains(&format!("To: {address}")) {
                    return content;
                }
            }
            assert!(Instant::now() < deadline, "no mail came for {address}");
            std::thread::yield_now();
        }
    }
}

/// An address that no other test has.
fn unique() -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let number = COUNT.fetch_add(1, Ordering::Relaxed);
    format!("anna-{}-{number}@example.com", std::process::id())
}

fn mail(to: &str) -> MailMessage {
    MailMessage {
        from_name: "Zo\u{eb}'s Studio".to_owned(),
        reply_to: Some(Email::parse("zoe@example.org").unwrap()),
        html: Some("<p>Hello <strong>Anna</strong>, 12 prints: 84.00 \u{20ac}</p>".to_owned()),
        thread: Some(MailThread {
            name: "delivery-2".to_owned(),
            begun_by: Some("order-1.client".to_owned()),
        }),
        unsubscribe: Some("https://proofs.example/settings".to_owned()),
        ..MailMessage::plain(
            Email::parse(to).unwrap(),
            "Your order at Zo\u{eb}'s Studio: 12 prints, 84.00 EUR",
            "Hello Anna,\n\n12 prints: 84.00 \u{20ac}\n.\nA line with a single dot came before.\n",
        )
    }
}

fn text_of<'mail>(message: &'mail Message<'_>, header: &'static str) -> &'mail str {
    match message.header(header) {
        Some(HeaderValue::Text(text)) => text,
        other => panic!("{header} is {other:?}"),
    }
}

#[tokio::test]
#[ignore = "needs the peers that `cargo xtask services` starts"]
async fn a_mail_arrives_whole_in_both_forms_and_in_its_conversation() {
    let (peer, to) = (Peer::find(), unique());
    SmtpMailer::new(peer.spec()).unwrap().send(&mail(&to)).await.unwrap();
    let content = peer.received_by(&to);
    let message = MessageParser::default().parse(&content).unwrap();
    assert_eq!(message.subject(), Some("Your order at Zo\u{eb}'s Studio: 12 prints, 84.00 EUR"));
    let from = message.from().unwrap().first().unwrap();
    assert_eq!((from.name(), from.address()), (Some("Zo\u{eb}'s Studio"), Some("mail@studio.example")));
    assert_eq!(message.reply_to().unwrap().first().unwrap().address(), Some("zoe@example.org"));
    assert_eq!(message.message_id(), Some("delivery-2@studio.example"));
    for header in ["In-Reply-To", "References"] {
        assert_eq!(text_of(&message, header), "order-1.client@studio.example");
    }
    assert!(message.date().is_some());
    let raw = String::from_utf8_lossy(&content);
    assert!(raw.contains("List-Unsubscribe: <https://proofs.example/settings>"), "{raw}");
    assert!(raw.contains("Auto-Submitted: auto-generated"), "{raw}");
    let kind = message.content_type().unwrap();
    assert_eq!((kind.ctype(), kind.subtype()), ("multipart", Some("alternative")));
    let (text, html) = (message.body_text(0).unwrap(), message.body_html(0).unwrap());
    assert_eq!(text.replace("\r\n", "\n").trim_end(), mail(&to).text.trim_end());
    assert!(html.contains("<strong>Anna</strong>") && html.contains('\u{20ac}'), "{html}");
    assert!(raw.lines().all(|line| line.len() <= 998 && line.is_ascii()), "{raw}");
}

#[tokio::test]
#[ignore = "needs the peers that `cargo xtask services` starts"]
async fn refusals_say_whether_another_try_helps() {
    let peer = Peer::find();
    let mailer = SmtpMailer::new(peer.spec()).unwrap();
    let refused = mailer.send(&mail(&format!("refused-{}", unique()))).await.unwrap_err();
    assert_eq!(refused.kind(), StorageErrorKind::Unexpected);
    let later = mailer.send(&mail(&format!("later-{}", unique()))).await.unwrap_err();
    assert_eq!(later.kind(), StorageErrorKind::Unavailable);
    let wrong = Some(("halftone".to_owned(), "wrong".to_owned()));
    let stranger = SmtpMailer::new(SmtpSpec { credentials: wrong, ..peer.spec() }).unwrap();
    let error = stranger.send(&mail(&unique())).await.unwrap_err();
    assert_eq!(error.kind(), StorageErrorKind::PermissionDenied, "{error:?}");
    assert!(!format!("{error:?}").contains("wrong"), "{error:?}");
}

#[tokio::test]
#[ignore = "needs the peers that `cargo xtask services` starts"]
async fn nothing_is_sent_to_a_server_that_nobody_vouches_for() {
    let peer = Peer::find();
    let mailer = SmtpMailer::new(SmtpSpec { extra_ca_pem: None, ..peer.spec() }).unwrap();
    let error = mailer.send(&mail(&unique())).await.unwrap_err();
    assert_eq!(error.kind(), StorageErrorKind::Unavailable, "{error:?}");
}

#[tokio::test]
async fn a_server_that_is_not_there_is_asked_again() {
    let free = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let spec = SmtpSpec {
        host: "127.0.0.1".to_owned(),
        port: free.port(),
        protection: Protection::None,
        credentials: None,
        from: "mail@studio.example".to_owned(),
        extra_ca_pem: None,
    };
    let error = SmtpMailer::new(spec).unwrap().send(&mail("anna@example.com")).await.unwrap_err();
    assert_eq!(error.kind(), StorageErrorKind::Unavailable);
}
