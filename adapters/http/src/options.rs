//! What an installation may choose about the HTTP application.

use std::fmt;
use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use crate::health::Readiness;
use crate::web_ui::WebUi;
use crate::web_ui::headers::Origin;

/// Options of [`application`](crate::application).
///
/// ```
/// use halftone_http::HttpOptions;
/// let options = HttpOptions {
///     public_url: Some("https://proofs.example".to_owned()),
///     ..HttpOptions::default()
/// };
/// assert_eq!(options.trusted_proxies, 0);
/// ```
#[derive(Clone)]
pub struct HttpOptions {
    /// The address under which browsers reach the application, with the path if it is nested under one:
    /// `https://proofs.example`. All URLs in answers begin with it. Default: scheme and host of each request,
    /// which is right where nothing stands between the browser and the server.
    pub public_url: Option<String>,
    /// Origins of separately hosted web pages that may call the API: `https://gallery.example`. Default none.
    pub cors_origins: Vec<String>,
    /// How many proxies stand in front that append to `X-Forwarded-For` and set `X-Forwarded-Proto` and
    /// `X-Forwarded-Host`. With 0, the default, these headers are ignored, as any caller can send them.
    pub trusted_proxies: usize,
    /// The largest JSON body, in bytes. Default 2 MiB: tickets for 500 files need a tenth of it.
    pub most_json_bytes: u64,
    /// The largest body of a multipart form, in bytes. Default 257 MiB: the largest photo of the core's default
    /// settings and the form around it.
    pub most_form_bytes: u64,
    /// How many requests are let through.
    pub rate_limits: RateLimitOptions,
    /// The streams of events.
    pub event_streams: EventStreamOptions,
    /// Tells whether the application can serve. Default: always.
    pub readiness: Option<Arc<dyn Readiness>>,
    /// The web UI. It has to be at the root of its host, so an application that is nested under a path has none.
    /// Default none: then `/` and `/s/{token}` are plain pages.
    pub web_ui: Option<WebUi>,
    /// Where signed URLs of pictures and uploads lead to if not to this application: the web UI may talk to these
    /// and to nobody else. Default none.
    pub object_origins: Vec<Origin>,
}

impl Default for HttpOptions {
    fn default() -> Self {
        Self {
            public_url: None,
            cors_origins: Vec::new(),
            trusted_proxies: 0,
            most_json_bytes: 2 << 20,
            most_form_bytes: 257 << 20,
            rate_limits: RateLimitOptions::default(),
            event_streams: EventStreamOptions::default(),
            readiness: None,
            web_ui: None,
            object_origins: Vec::new(),
        }
    }
}

impl fmt::Debug for HttpOptions {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("HttpOptions")
            .field("public_url", &self.public_url)
            .field("cors_origins", &self.cors_origins)
            .field("trusted_proxies", &self.trusted_proxies)
            .field("rate_limits", &self.rate_limits)
            .field("event_streams", &self.event_streams)
            .finish_non_exhaustive()
    }
}

/// Server-sent events: whether, how many, until when.
#[derive(Debug, Clone)]
pub struct EventStreamOptions {
    /// Whether `/events` streams. Where answers must be whole before they are sent, as behind a function, it must not; it
    /// then answers 501. Default: it does.
    pub offered: bool,
    /// The most open streams of one studio in this process. Default 20: a few people with a few tabs.
    pub most_per_studio: usize,
    /// Ends all streams when it is cancelled, so that a server which waits for its connections can stop. Default: a token
    /// that nobody cancels.
    pub closing: CancellationToken,
}

impl Default for EventStreamOptions {
    fn default() -> Self {
        Self { offered: true, most_per_studio: 20, closing: CancellationToken::new() }
    }
}

/// How many requests are let through before 429. Each number is both the burst and what comes back per minute,
/// unless its description says otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateLimitOptions {
    /// Logins, registrations, confirmations and password resets of one mail address from one network address.
    /// Default 20.
    pub credentials_per_subject: u32,
    /// The same for all mail addresses together from one network address. Default 120: a whole office behind one
    /// address can log in, trying passwords of many people is slow.
    pub credentials_per_address: u32,
    /// Openings of shares from one network address. Default 600: guests of a wedding share one address.
    pub sessions_per_address: u32,
    /// Openings with a PIN of one share from one network address. Default 20.
    pub pins_per_address: u32,
    /// Wrong PINs of one share from anywhere, as a burst. Default 60. When they are used up, the share's PIN is
    /// not looked at until some have come back.
    pub wrong_pins_per_share: u32,
    /// How many of these come back in an hour. Default 30: a PIN of four digits holds out for two weeks.
    pub wrong_pins_back_per_hour: u32,
    /// Unknown share tokens from one network address. Default 120.
    pub unknown_tokens_per_address: u32,
}

impl Default for RateLimitOptions {
    fn default() -> Self {
        Self {
            credentials_per_subject: 20,
            credentials_per_address: 120,
            sessions_per_address: 600,
            pins_per_address: 20,
            wrong_pins_per_share: 60,
            wrong_pins_back_per_hour: 30,
            unknown_tokens_per_address: 120,
        }
    }
}

impl RateLimitOptions {
    /// No limits at all, for load tests.
    pub const UNLIMITED: Self = Self {
        credentials_per_subject: u32::MAX,
        credentials_per_address: u32::MAX,
        sessions_per_address: u32::MAX,
        pins_per_address: u32::MAX,
        wrong_pins_per_share: u32::MAX,
        wrong_pins_back_per_hour: u32::MAX,
        unknown_tokens_per_address: u32::MAX,
    };
}
