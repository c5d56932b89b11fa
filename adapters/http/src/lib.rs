//! Halftone's HTTP API as a Poem application.
//!
//! # Where to start
//! [`application`] gives an endpoint that can be served, or nested in another Poem application;
//! [`HttpOptions`] says what can be chosen.
//!
//! Nested in another application:
//!
//! ```
//! use halftone_core::services::Services;
//! use halftone_http::{HttpOptions, application};
//! use poem::Route;
//!
//! fn with_proofing(site: Route, services: Services) -> Route {
//!     let options = HttpOptions {
//!         public_url: Some("https://studio.example/proofs".to_owned()),
//!         ..HttpOptions::default()
//!     };
//!     site.nest("/proofs", application(services, options))
//! }
//! ```
//!
//! # What is where
//! - `api`: the resources, a file for each; its module documentation shows the pattern of a handler.
//! - `auth`: who calls. `problem`: what is answered when something fails.
//! - `operation`: what surrounds every operation. `observe`: what surrounds every request.
//! - `media`, `download`: bytes behind signed URLs and grants.
//! - `compression`: larger JSON replies, for slow lines.
//! - `web_ui`: the pages that people see, if the embedder has any; `ui`: those that stand in for them.
//! - `admin`: the application of the second, private listener.
//!
//! # What it is not
//! No rule of the domain lives here: a handler turns a request into domain values, makes one call to a service of
//! `halftone-core`, and prints the answer. It knows no backend either; the services bring theirs.

mod admin;
mod api;
mod app;
mod auth;
mod body_limit;
mod compression;
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
mod packs;
mod problem;
mod rate_limit;
mod request_id;
mod site;
mod streams;
mod ui;
mod web_ui;

pub use admin::{AdminOptions, Mailbox, RenderMetrics, StoredMail, admin_application};
pub use app::application;
pub use health::Readiness;
pub use metrics::{DURATION_BUCKETS, DURATION_METRIC};
pub use options::{EventStreamOptions, HttpOptions, RateLimitOptions};
pub use web_ui::headers::Origin;
pub use web_ui::{WebFile, WebUi, WebUiError};
