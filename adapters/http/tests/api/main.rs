//! The API over the memory backend, through the whole application.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

mod accounts;
mod archives;
mod channels;
mod client_downloads;
mod client_orders;
mod client_photos;
mod client_selections;
mod client_sessions;
mod collections;
mod error_watch;
mod events;
mod expanding;
mod export;
mod galleries;
mod harness;
mod hostile;
mod journey;
mod media;
mod notifications;
mod openapi;
mod photos;
mod replacing;
mod routes;
mod scene;
mod secrets;
mod shares;
mod site;
mod strangers;
mod studio;
mod subscriptions;
mod topic;
mod uploads;
mod web_ui;
mod wire;
