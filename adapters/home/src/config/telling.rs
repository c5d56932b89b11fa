//! The settings of notices and of mail: how people are reached.

use std::num::NonZeroU16;
use std::path::PathBuf;

use crate::config::Config;
use crate::config::choice::{MailProtection, Switch};
use crate::config::reader::{Key, Reader};
use crate::config::sections::section;
use crate::config::value::{Auto, Optional, SecretText, Sender, SiteUrl, Word};

section! {
    /// Notices to browsers, apps and other systems.
    NotificationsConfig ["notifications"] {
        /// Whether browsers' push services and webhooks may lie in private networks, and be called without TLS.
        private_targets: Switch = "off",
        /// What push services may use to reach whoever runs the installation: `mailto:` or `https:`; else `server.public_url`.
        contact: Optional<Word> = "",
        /// The private key of Web Push, 32 bytes in base64url; else one that is derived from the installation's key.
        vapid_key: Optional<SecretText> = "",
        /// The JSON of a service account's key, for Firebase Cloud Messaging.
        fcm_service_account: Optional<SecretText> = "",
        /// The file that holds that JSON.
        fcm_service_account_file: Optional<PathBuf> = "",
        /// Where Firebase Cloud Messaging is, for a stand-in on this computer.
        fcm_url: SiteUrl = "https://fcm.googleapis.com",
    }
}

section! {
    /// Mail through a server. Without one, mails stay in the data directory and are shown on the mailbox page.
    MailConfig ["mail"] {
        /// The name of the mail server, which its certificate must bear.
        server: Optional<Word> = "",
        /// Its port; `auto` is what belongs to the protection: 587, 465 or 25.
        port: Auto<NonZeroU16> = "auto",
        /// How the connection is protected: `starttls`, `tls` or `none`.
        protection: MailProtection = "starttls",
        /// The user, if the server asks for one.
        user: Optional<Word> = "",
        /// The user's password.
        password: Optional<SecretText> = "",
        /// The sender: `mail@example.com` or `Halftone <mail@example.com>`.
        from: Optional<Sender> = "",
        /// A further certificate that vouches for the server.
        ca_file: Optional<PathBuf> = "",
    }
}

/// The rules between these settings.
pub(super) fn check_together(config: &Config, reader: &mut Reader) {
    let (mail, notifications) = (&config.mail, &config.notifications);
    if mail.server.0.is_some() && mail.from.0.is_none() {
        reader.note("mail.from", "must be set, because mail.server is");
    }
    if mail.user.0.is_some() != mail.password.0.is_some() {
        reader.note("mail.password", "must be set if and only if mail.user is");
    }
    if mail.user.0.is_some() && mail.protection == MailProtection::None {
        reader.note("mail.protection", "must not be none where there is a password");
    }
    if notifications.fcm_service_account.0.is_some() && notifications.fcm_service_account_file.0.is_some() {
        reader.note("notifications.fcm_service_account_file", "must not be set beside fcm_service_account");
    }
    let contact = notifications.contact.0.as_ref().map(Word::as_str);
    if contact.is_some_and(|contact| !contact.starts_with("mailto:") && !contact.starts_with("https://")) {
        reader.note("notifications.contact", "must begin with mailto: or https://");
    }
}
