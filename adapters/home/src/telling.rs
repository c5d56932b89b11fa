//! How people are reached: the channels of notices, and mail.

use std::fs;
use std::sync::Arc;

use anyhow::Context as _;
use halftone_core::clock::Clock;
use halftone_core::ports::mailer::Mailer;
use halftone_core::ports::notifier::Notifier;
use halftone_core::secret::Keyring;
use halftone_core::services::Mailing;
use halftone_notify::fcm::{Fcm, ServiceAccount};
use halftone_notify::outbound::{Outbound, Reach};
use halftone_notify::smtp::{Protection, SmtpMailer, SmtpSpec};
use halftone_notify::web_push::{VapidKey, WebPush};
use halftone_notify::webhook::Webhooks;

use crate::config::Config;
use crate::config::choice::MailProtection;
use crate::config::telling::NotificationsConfig;
use crate::config::value::{SiteUrl, Word};

/// What push services are told where nobody said whom to reach. It leads nowhere.
const NO_CONTACT: &str = "https://halftone.invalid";

/// The channels of an installation.
#[derive(Debug)]
pub(crate) struct Channels {
    pub(crate) notifiers: Vec<Arc<dyn Notifier>>,
    pub(crate) vapid_key: [u8; 65],
}

/// The mail server, if there is one.
///
/// # Errors
/// A setting cannot be used.
pub(crate) fn mail_server(config: &Config) -> anyhow::Result<Option<Arc<dyn Mailer>>> {
    let mail = &config.mail;
    let (Some(server), Some(from)) = (&mail.server.0, &mail.from.0) else { return Ok(None) };
    let (protection, usual_port) = match mail.protection {
        MailProtection::Starttls => (Protection::StartTls, 587),
        MailProtection::Tls => (Protection::Implicit, 465),
        MailProtection::None => (Protection::None, 25),
    };
    let read = |path| fs::read(path).context("cannot read mail.ca_file");
    let credentials = mail.user.0.as_ref().zip(mail.password.0.as_ref());
    let spec = SmtpSpec {
        host: server.as_str().to_owned(),
        port: mail.port.0.map_or(usual_port, std::num::NonZeroU16::get),
        protection,
        credentials: credentials
            .map(|(user, password)| (user.as_str().to_owned(), password.reveal().to_owned())),
        from: from.as_str().to_owned(),
        extra_ca_pem: mail.ca_file.0.as_ref().map(read).transpose()?,
    };
    Ok(Some(Arc::new(SmtpMailer::new(spec).context("[mail]")?)))
}

/// The mails of an installation, through the server or into the mailbox, with links if anybody said where they lead.
pub(crate) fn mailing(config: &Config, mailer: Arc<dyn Mailer>) -> Mailing {
    Mailing { mailer, site: site(config) }
}

/// Web Push and webhooks, which need nothing but the installation's key, and FCM where there is an account for it.
///
/// # Errors
/// A setting cannot be used.
pub(crate) fn channels(
    config: &Config,
    keyring: &Keyring,
    clock: &Arc<dyn Clock>,
) -> anyhow::Result<Channels> {
    let settings = &config.notifications;
    let reach = if settings.private_targets.is_on() { Reach::Anywhere } else { Reach::Public };
    let outbound = Outbound::new(reach).context("cannot prepare outgoing calls")?;
    let key = match &settings.vapid_key.0 {
        Some(key) => VapidKey::parse(key.reveal()).context("notifications.vapid_key")?,
        None => VapidKey::derive(keyring),
    };
    let vapid_key = *key.public();
    let push = WebPush::new(outbound.clone(), key, contact(config), Arc::clone(clock));
    let webhooks = Webhooks::new(outbound, site(config), Arc::clone(clock));
    let mut notifiers: Vec<Arc<dyn Notifier>> = vec![Arc::new(push), Arc::new(webhooks)];
    if let Some(account) = service_account(settings)? {
        // Whoever runs the installation chose these addresses, and nobody else did.
        let outbound = Outbound::new(Reach::Anywhere).context("cannot prepare outgoing calls")?;
        let fcm = Fcm::new(outbound, account, settings.fcm_url.as_str(), Arc::clone(clock));
        notifiers.push(Arc::new(fcm.context("notifications.fcm_url")?));
    }
    Ok(Channels { notifiers, vapid_key })
}

fn service_account(settings: &NotificationsConfig) -> anyhow::Result<Option<ServiceAccount>> {
    let text = match (&settings.fcm_service_account.0, &settings.fcm_service_account_file.0) {
        (Some(text), _) => text.reveal().to_owned(),
        (None, Some(path)) => {
            fs::read_to_string(path).context("cannot read notifications.fcm_service_account_file")?
        }
        (None, None) => return Ok(None),
    };
    ServiceAccount::parse(&text).context("notifications.fcm_service_account").map(Some)
}

fn contact(config: &Config) -> String {
    let said = config.notifications.contact.0.as_ref().map(Word::as_str);
    let site = config.server.public_url.0.as_ref().map(SiteUrl::as_str);
    said.or(site.filter(|site| site.starts_with("https://"))).unwrap_or(NO_CONTACT).to_owned()
}

fn site(config: &Config) -> Option<String> {
    config.server.public_url.0.as_ref().map(|site| site.as_str().to_owned())
}
