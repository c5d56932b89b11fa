//! What a browser's service worker gets, and how the push service treats it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use halftone_core::delivery::Delivery;
use halftone_core::event::EventKind;
use halftone_core::ports::notifier::Notice;
use jiff::SignedDuration;
use serde::Serialize;

/// A push service takes at least 4,096 bytes of ciphertext (RFC 8030, 7.2), of which encryption needs 103; the rest of the
/// distance is for whatever a service adds.
pub(super) const MOST_BYTES: usize = 3_500;

/// What the service worker reads.
#[derive(Debug, Serialize)]
struct Message<'notice> {
    id: String,
    kind: &'static str,
    at: String,
    title: &'notice str,
    body: &'notice str,
    gallery: Option<&'notice str>,
    total: Option<String>,
    link: Option<&'notice str>,
}

/// The message, as JSON of at most [`MOST_BYTES`]: a text that is too long is cut.
pub(super) fn of(notice: &Notice) -> Vec<u8> {
    let around = json(notice, "").len();
    let room = MOST_BYTES.saturating_sub(around);
    let mut body = notice.text.as_str();
    loop {
        let message = json(notice, body);
        let used = message.len() - around;
        if used <= room || body.is_empty() {
            return message;
        }
        // Some characters take more bytes in JSON than in the text, so the share that fits is an estimate.
        let mut end = (body.len() * room / used).min(body.len() - 1);
        while !body.is_char_boundary(end) {
            end -= 1;
        }
        body = &body[..end];
    }
}

fn json(notice: &Notice, body: &str) -> Vec<u8> {
    let message = Message {
        id: notice.event.to_string(),
        kind: notice.word(),
        at: notice.at.to_string(),
        title: &notice.title,
        body,
        gallery: notice.gallery.as_ref().map(AsRef::as_ref),
        total: notice.total.map(|total| total.to_string()),
        link: notice.link.as_ref().map(|link| link.0.as_str()),
    };
    serde_json::to_vec(&message).expect("a message is made of texts")
}

/// For how long the push service keeps the message for a browser that is not there: as long as an order would be tried, and a
/// day for what only informs.
pub(super) fn time_to_live(notice: &Notice) -> SignedDuration {
    if is_about_orders(notice) { Delivery::TRIED_FOR } else { SignedDuration::from_hours(24) }
}

/// Whether a telephone that saves its battery shall be woken (RFC 8030, 5.3).
pub(super) fn urgency(notice: &Notice) -> &'static str {
    if is_about_orders(notice) { "high" } else { "normal" }
}

fn is_about_orders(notice: &Notice) -> bool {
    matches!(
        notice.kind(),
        Some(EventKind::OrderPlaced | EventKind::OrderAmended | EventKind::SelectionSubmitted)
    )
}

/// A message that is sent twice replaces itself while it waits at the push service (RFC 8030, 5.4): 22 characters of base64url,
/// of the 32 that are allowed.
pub(super) fn topic(notice: &Notice) -> String {
    URL_SAFE_NO_PAD.encode(notice.event.as_uuid().as_bytes())
}
