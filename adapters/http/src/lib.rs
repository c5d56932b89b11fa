//! Halftone's HTTP API as a Poem application.
//!
//! # Where to start
//! [`application`] gives an endpoint that can be served, or nested in another Poem application;
//! [`HttpOptions`] says what can be chosen.
//!
//! # What it is not
//! No rule of the domain lives here: a handler turns a request into domain values, makes one call to a service of
//! `halftone-core`, and prints the answer. It knows no backend either; the services bring theirs.

mod admin;
mod api;
mod app;
mod auth;
mod body_limit;
mod conditional;
mod cors;
mod docs;
mod document;
mod download;
mod health;
mod incoming;
mod links;
mod media;
mod metrics;
mod observe;
mod operation;
mod options;
mod problem;
mod rate_limit;
mod request_id;
mod site;
mod ui;

pub use admin::{AdminOptions, Mailbox, RenderMetrics, StoredMail, admin_application};
pub use app::application;
pub use health::Readiness;
pub use metrics::{DURATION_BUCKETS, DURATION_METRIC};
pub use options::{HttpOptions, RateLimitOptions};
