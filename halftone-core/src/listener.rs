//! Listeners: the browsers, apps and webhooks that hear of a studio's events.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use url::Url;

use crate::event::EventKind;
use crate::id::{DeviceId, StudioId, UserId, WebhookId};
use crate::text::{InvalidValue, Line};

/// Everybody who hears of a studio's events beside its owner's mailbox: one document for each studio that has any.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listeners {
    /// Whose.
    pub studio: StudioId,
    /// Browsers and apps, oldest first.
    pub devices: Vec<Device>,
    /// Webhooks, oldest first.
    pub webhooks: Vec<Webhook>,
}

impl Listeners {
    /// The most devices of a studio.
    pub const MOST_DEVICES: usize = 20;
    /// The most webhooks of a studio.
    pub const MOST_WEBHOOKS: usize = 10;

    /// Nobody yet.
    pub const fn none(studio: StudioId) -> Self {
        Self { studio, devices: Vec::new(), webhooks: Vec::new() }
    }

    /// The device with this id.
    pub fn find_device(&self, device: DeviceId) -> Option<&Device> {
        self.devices.iter().find(|known| known.id == device)
    }

    /// The webhook with this id.
    pub fn find_webhook(&self, webhook: WebhookId) -> Option<&Webhook> {
        self.webhooks.iter().find(|known| known.id == webhook)
    }
}

/// A browser or an app that shows notifications.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    /// Its id.
    pub id: DeviceId,
    /// Who turned notifications on.
    pub user: UserId,
    /// What people call it: "Firefox on Linux".
    pub label: Line,
    /// Where it is reached.
    pub address: DeviceAddress,
    /// When notifications were turned on, or on again.
    pub created_at: Timestamp,
}

/// Where a device is reached. Whoever knows it may be able to send there, so that it prints nothing of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DeviceAddress {
    /// A browser's push service.
    WebPush(PushAddress),
    /// A token of Firebase Cloud Messaging.
    Fcm(FcmToken),
}

impl DeviceAddress {
    /// Whether both lead to the same device, whatever the keys are at the moment.
    pub fn leads_where(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::WebPush(one), Self::WebPush(other)) => one.endpoint == other.endpoint,
            (Self::Fcm(one), Self::Fcm(other)) => one == other,
            (Self::WebPush(_), Self::Fcm(_)) | (Self::Fcm(_), Self::WebPush(_)) => false,
        }
    }
}

/// A push subscription as a browser makes it (W3C Push API).
#[derive(Clone, PartialEq, Eq)]
pub struct PushAddress {
    /// Where messages are posted to.
    pub endpoint: TargetUrl,
    /// The browser's public key: an uncompressed point on P-256, 65 bytes (RFC 8291).
    pub p256dh: [u8; 65],
    /// The secret that the browser shares with us, 16 bytes (RFC 8291).
    pub auth: [u8; 16],
}

impl PushAddress {
    /// Reads endpoint and keys as a browser prints them: base64url, with or without padding.
    ///
    /// # Errors
    /// The endpoint is no URL, or a key is of another length or form. Whether the point lies on the curve is seen when
    /// something is encrypted for it.
    pub fn parse(endpoint: &str, p256dh: &str, auth: &str) -> Result<Self, InvalidValue> {
        let key = |text: &str| URL_SAFE_NO_PAD.decode(text.trim_end_matches('='));
        // Why `ok` four times: whatever is wrong with a key, it is none.
        let p256dh: Option<[u8; 65]> = key(p256dh).ok().and_then(|bytes| bytes.try_into().ok());
        let auth: Option<[u8; 16]> = key(auth).ok().and_then(|bytes| bytes.try_into().ok());
        Ok(Self {
            endpoint: TargetUrl::parse(endpoint)?,
            p256dh: p256dh.filter(|point| point[0] == 4).ok_or_else(|| {
                InvalidValue::new("p256dh key", "must be 65 bytes of an uncompressed point")
            })?,
            auth: auth.ok_or_else(|| InvalidValue::new("auth key", "must be 16 bytes in base64url"))?,
        })
    }
}

impl fmt::Debug for PushAddress {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("PushAddress").field("endpoint", &self.endpoint).finish_non_exhaustive()
    }
}

/// A registration token of Firebase Cloud Messaging: 1 to 1,000 visible ASCII characters.
///
/// ```
/// use halftone_core::listener::FcmToken;
/// assert!(FcmToken::parse("bk3RNwTe3H0:CI2k_HHwgIpoDKCIZvvDMExUdFQ3P1").is_ok());
/// assert!(FcmToken::parse("two words").is_err());
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct FcmToken(String);

impl FcmToken {
    /// Checks the form.
    ///
    /// # Errors
    /// The text is empty, too long, or holds other characters.
    pub fn parse(text: &str) -> Result<Self, InvalidValue> {
        if (1..=1_000).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic()) {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidValue::new("token", "must be 1 to 1000 visible ASCII characters"))
        }
    }

    /// The token itself, for the service.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for FcmToken {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("FcmToken(..)")
    }
}

/// An HTTP call that tells another system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Webhook {
    /// Its id.
    pub id: WebhookId,
    /// What it is called.
    pub url: TargetUrl,
    /// What it is for.
    pub label: Line,
    /// The kinds of events that it hears of; all of those for which the studio chose webhooks if empty.
    pub events: Vec<EventKind>,
    /// What its secret is derived from, together with its id and the keyring.
    pub secret_salt: [u8; 16],
    /// When it was made.
    pub created_at: Timestamp,
}

impl Webhook {
    /// Whether it hears of events of this kind.
    pub fn hears(&self, kind: EventKind) -> bool {
        self.events.is_empty() || self.events.contains(&kind)
    }
}

/// A URL that we call: `http` or `https`, with a host, without user, password and fragment, at most 2,000 characters. Whether
/// this installation calls it is for the adapter to say, which knows where the name leads.
///
/// ```
/// use halftone_core::listener::TargetUrl;
/// assert!(TargetUrl::parse("https://example.com/hooks/halftone?from=studio").is_ok());
/// assert!(TargetUrl::parse("file:///etc/passwd").is_err());
/// assert!(TargetUrl::parse("https://ana:secret@example.com/").is_err());
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct TargetUrl(Url);

impl TargetUrl {
    const MOST_CHARACTERS: usize = 2_000;

    /// Checks the form.
    ///
    /// # Errors
    /// The text is no such URL.
    pub fn parse(text: &str) -> Result<Self, InvalidValue> {
        let invalid = |rule: &str| InvalidValue::new("URL", rule);
        if text.len() > Self::MOST_CHARACTERS {
            return Err(invalid("must have at most 2000 characters"));
        }
        let url =
            Url::parse(text).map_err(|_| invalid("must be a whole URL such as https://example.com/hook"))?;
        if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
            return Err(invalid("must begin with https:// and name a host"));
        }
        if !url.username().is_empty() || url.password().is_some() || url.fragment().is_some() {
            return Err(invalid("must have no user, no password and no fragment"));
        }
        Ok(Self(url))
    }

    /// The URL, for calling it.
    pub const fn as_url(&self) -> &Url {
        &self.0
    }

    /// The URL as text.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// The host alone, which is fit for a log.
    pub fn host(&self) -> &str {
        self.0.host_str().unwrap_or_default()
    }
}

// Paths and queries of endpoints are as good as passwords.
impl fmt::Debug for TargetUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("TargetUrl").field(&self.host()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_of_another_length_are_refused() {
        let point = format!("B{}", "A".repeat(86));
        let auth = "A".repeat(22);
        let parse = |point: &str, auth: &str| PushAddress::parse("https://push.example.com/1", point, auth);
        assert!(parse(&point, &auth).is_ok());
        assert!(parse(&format!("{point}="), &format!("{auth}==")).is_ok());
        assert!(parse(&point[1..], &auth).is_err());
        assert!(parse(&"A".repeat(87), &auth).is_err());
        assert!(parse(&point, "short").is_err());
        assert!(parse("?", &auth).is_err());
    }

    #[test]
    fn addresses_print_nothing_that_opens_them() {
        let url = TargetUrl::parse("https://push.example.com/secret-path?key=1").unwrap();
        assert_eq!(format!("{url:?}"), "TargetUrl(\"push.example.com\")");
        assert_eq!(format!("{:?}", FcmToken::parse("secret").unwrap()), "FcmToken(..)");
    }

    #[test]
    fn a_url_that_is_none_of_the_web_is_refused() {
        for text in ["", "/hook", "ftp://example.com/", "https://", "javascript:alert(1)", "https://a/#b"] {
            assert!(TargetUrl::parse(text).is_err(), "{text}");
        }
    }
}
