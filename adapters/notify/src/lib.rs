//! How notices leave Halftone: Web Push, signed webhooks, Firebase Cloud Messaging and SMTP, behind the core's ports.
//!
//! | port | here | protocol |
//! | --- | --- | --- |
//! | `Notifier` for browsers | [`web_push::WebPush`] | RFC 8030, 8291, 8292 |
//! | `Notifier` for other systems | [`webhook::Webhooks`] | Standard Webhooks 1.0 |
//! | `Notifier` for apps | [`fcm::Fcm`] | FCM HTTP v1 |
//! | `Mailer` | [`smtp::SmtpMailer`] | RFC 5321, 5322, with TLS |
//!
//! Each call is one try: what is tried again, and when, is the core's. URLs that people type are called through
//! [`outbound`], which refuses addresses inside private networks at the moment of connecting.
//!
//! It deliberately has no queue, no store and no templates; what is said comes from the core.
//!
//! # Where to start
//! [`outbound::Outbound::new`], which the three channels over HTTP share, and then the channel.

pub mod fcm;
pub mod outbound;
mod reply;
pub mod smtp;
pub mod web_push;
pub mod webhook;
