//! A message as FCM HTTP v1 takes it.

use std::collections::BTreeMap;

use halftone_core::delivery::Delivery;
use halftone_core::listener::FcmToken;
use halftone_core::ports::notifier::Notice;
use serde::Serialize;

/// The body of `messages:send`.
#[derive(Serialize)]
pub(super) struct Body<'notice> {
    message: Message<'notice>,
}

#[derive(Serialize)]
struct Message<'notice> {
    token: &'notice str,
    notification: Shown<'notice>,
    /// For the app itself; FCM takes texts alone.
    data: BTreeMap<&'static str, String>,
    android: Android,
    apns: Apns,
}

#[derive(Serialize)]
struct Shown<'notice> {
    title: &'notice str,
    body: &'notice str,
}

#[derive(Serialize)]
struct Android {
    priority: &'static str,
    ttl: String,
    notification: AndroidShown,
}

#[derive(Serialize)]
struct AndroidShown {
    /// One with the same tag replaces the one that is shown, so that a message that comes twice shows once.
    tag: String,
}

#[derive(Serialize)]
struct Apns {
    headers: BTreeMap<&'static str, String>,
}

/// The message for one device.
pub(super) fn of<'notice>(notice: &'notice Notice, device: &'notice FcmToken) -> Body<'notice> {
    let id = notice.event.to_string();
    let mut data = BTreeMap::from([
        ("event_id", id.clone()),
        ("kind", notice.word().to_owned()),
        ("at", notice.at.to_string()),
    ]);
    let mut put = |name: &'static str, value: Option<String>| {
        if let Some(value) = value {
            data.insert(name, value);
        }
    };
    put("gallery", notice.gallery.as_ref().map(ToString::to_string));
    put("total", notice.total.map(|total| total.to_string()));
    put("link", notice.link.as_ref().map(|link| link.0.clone()));
    let ttl = format!("{}s", Delivery::TRIED_FOR.as_secs());
    let android = Android { priority: "HIGH", ttl, notification: AndroidShown { tag: id.clone() } };
    // The longest that Apple takes is 64 bytes; an id has 36.
    let apns = Apns { headers: BTreeMap::from([("apns-collapse-id", id)]) };
    let notification = Shown { title: &notice.title, body: &notice.text };
    Body { message: Message { token: device.reveal(), notification, data, android, apns } }
}
