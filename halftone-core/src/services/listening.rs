//! Browsers, apps and webhooks that hear of a studio's events.

use std::collections::BTreeMap;

use crate::access::{AccessDenied, Principal};
use crate::delivery::{Delivery, DeliveryTarget};
use crate::event::EventKind;
use crate::id::{DeliveryId, DeviceId, EventId, StudioId, UserId, WebhookId};
use crate::listener::{Device, DeviceAddress, Listeners, TargetUrl, Webhook};
use crate::notification::{Listing, Notification};
use crate::page::{Page, PageRequest, Versioned};
use crate::ports::error::{StorageError, StorageErrorKind};
use crate::ports::notifier::{Notice, Recipient, Verdict, WebhookCall};
use crate::secret::WebhookSecret;
use crate::services::catalogue::{ATTEMPTS, exhausted, is_lost_race};
use crate::services::error::{Absent, InvalidField, Resource};
use crate::services::notifying::NotifyingService;
use crate::services::{Dependencies, Shared};
use crate::studio::Channel;
use crate::text::{InvalidValue, Line};

/// Manages devices and webhooks.
#[derive(Debug, Clone)]
pub struct ListeningService {
    world: Shared,
}

/// Why a call on devices or webhooks failed.
#[derive(Debug, thiserror::Error)]
pub enum ListeningError {
    /// The caller may not.
    #[error(transparent)]
    Denied(#[from] AccessDenied),
    /// Something named does not exist.
    #[error(transparent)]
    Absent(#[from] Absent),
    /// A value cannot be accepted, such as a URL that leads into a private network.
    #[error(transparent)]
    Invalid(#[from] InvalidField),
    /// This installation does not send by the channel.
    #[error("this installation does not send by {}", channel.as_str())]
    NotOffered {
        /// Which channel.
        channel: Channel,
    },
    /// The studio has as many as it may have.
    #[error("a studio keeps at most {most} of them")]
    TooMany {
        /// How many that is.
        most: usize,
    },
    /// The delivery waits for its next try already.
    #[error("the delivery is waiting for its next try")]
    StillWaiting,
    /// The store failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// A device that is to be kept.
#[derive(Debug, Clone)]
pub struct NewDevice {
    /// Where it is reached.
    pub address: DeviceAddress,
    /// What people call it; may be empty.
    pub label: Line,
}

/// Whether a device was new.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kept {
    /// It was.
    Added(Device),
    /// It was known; its keys and its label are the new ones now.
    Renewed(Device),
}

/// A webhook that is to be made.
#[derive(Debug, Clone)]
pub struct NewWebhook {
    /// What to call.
    pub url: TargetUrl,
    /// What it is for; may be empty.
    pub label: Line,
    /// The kinds of events that it hears of; all if empty.
    pub events: Vec<EventKind>,
}

impl ListeningService {
    pub(crate) const fn new(world: Shared) -> Self {
        Self { world }
    }

    fn world(&self) -> &Dependencies {
        &self.world
    }

    /// The public key with which browsers subscribe (RFC 8292): a point on P-256, uncompressed.
    pub fn vapid_key(&self, principal: &Principal) -> Result<[u8; 65], ListeningError> {
        principal.manage()?;
        self.world().vapid_key.ok_or(ListeningError::NotOffered { channel: Channel::WebPush })
    }

    /// The studio's devices, oldest first.
    pub async fn list_devices(&self, principal: &Principal) -> Result<Vec<Device>, ListeningError> {
        Ok(self.find(principal.manage()?).await?.devices)
    }

    /// Keeps a device. The same one again, told by its endpoint or token, is the same device with its new keys.
    pub async fn keep_device(&self, principal: &Principal, new: NewDevice) -> Result<Kept, ListeningError> {
        let studio = principal.manage()?;
        let user = user_of(principal)?;
        let (recipient, field) = match &new.address {
            DeviceAddress::WebPush(address) => (Recipient::Browser(address.clone()), "endpoint"),
            DeviceAddress::Fcm(token) => (Recipient::App(token.clone()), "token"),
        };
        self.admit(&recipient, field).await?;
        let now = self.world().clock.now();
        self.change(studio, |listeners| {
            let NewDevice { address, label } = new.clone();
            if let Some(known) =
                listeners.devices.iter_mut().find(|known| known.address.leads_where(&address))
            {
                *known = Device { id: known.id, user, label, address, created_at: known.created_at };
                return Ok(Kept::Renewed(known.clone()));
            }
            if listeners.devices.len() >= Listeners::MOST_DEVICES {
                return Err(ListeningError::TooMany { most: Listeners::MOST_DEVICES });
            }
            let id = DeviceId::generate(now, &*self.world().entropy);
            let device = Device { id, user, label, address, created_at: now };
            listeners.devices.push(device.clone());
            Ok(Kept::Added(device))
        })
        .await
    }

    /// Forgets a device; what waits for it is dropped.
    pub async fn forget_device(&self, principal: &Principal, device: DeviceId) -> Result<(), ListeningError> {
        self.change(principal.manage()?, |listeners| {
            let before = listeners.devices.len();
            listeners.devices.retain(|known| known.id != device);
            was_there(before, listeners.devices.len(), Resource::Device)
        })
        .await
    }

    /// The studio's webhooks, oldest first.
    pub async fn list_webhooks(&self, principal: &Principal) -> Result<Vec<Webhook>, ListeningError> {
        Ok(self.find(principal.manage()?).await?.webhooks)
    }

    /// Makes a webhook. Its secret is given this once, and derived anew whenever something is signed; the store never holds it.
    pub async fn create_webhook(
        &self,
        principal: &Principal,
        new: NewWebhook,
    ) -> Result<(Webhook, WebhookSecret), ListeningError> {
        let studio = principal.manage()?;
        let now = self.world().clock.now();
        let id = WebhookId::generate(now, &*self.world().entropy);
        let mut secret_salt = [0; 16];
        self.world().entropy.fill(&mut secret_salt);
        let NewWebhook { url, label, events } = new;
        let webhook = Webhook { id, url, label, events, secret_salt, created_at: now };
        let delivery = DeliveryId::from_uuid(id.as_uuid());
        self.admit(&Recipient::Webhook(self.call(&webhook, delivery)), "url").await?;
        self.change(studio, |listeners| {
            if listeners.webhooks.len() >= Listeners::MOST_WEBHOOKS {
                return Err(ListeningError::TooMany { most: Listeners::MOST_WEBHOOKS });
            }
            listeners.webhooks.push(webhook.clone());
            Ok(())
        })
        .await?;
        let secret = self.world().keyring.webhook_secret(id, &secret_salt);
        Ok((webhook, secret))
    }

    /// Ends a webhook; what waits for it is dropped.
    pub async fn delete_webhook(
        &self,
        principal: &Principal,
        webhook: WebhookId,
    ) -> Result<(), ListeningError> {
        self.change(principal.manage()?, |listeners| {
            let before = listeners.webhooks.len();
            listeners.webhooks.retain(|known| known.id != webhook);
            was_there(before, listeners.webhooks.len(), Resource::Webhook)
        })
        .await
    }

    /// Calls a webhook now with a trial, and tells what came of it. A trial that fails is tried again like any delivery.
    pub async fn test_webhook(
        &self,
        principal: &Principal,
        webhook: WebhookId,
    ) -> Result<Delivery, ListeningError> {
        let studio = principal.manage()?;
        self.find_webhook(studio, webhook).await?;
        let now = self.world().clock.now();
        let event = EventId::generate(now, &*self.world().entropy);
        let notice = Notice {
            event,
            studio,
            subject: None,
            at: now,
            title: "A trial from Halftone".to_owned(),
            text: "If you can read this, the webhook works.".to_owned(),
            gallery: None,
            total: None,
            link: None,
        };
        let trial = Notification { notice, through: event, listing: Listing::Hidden, created_at: now };
        let metadata = self.world().metadata();
        metadata.notifications.create(&trial).await?;
        let delivery = Delivery::plan(studio, event, DeliveryTarget::Webhook(webhook), now);
        metadata.deliveries.create(&delivery).await?;
        self.try_now(studio, delivery.id).await
    }

    /// The deliveries to a webhook, newest first. Their records are kept for 30 days.
    pub async fn list_deliveries(
        &self,
        principal: &Principal,
        webhook: WebhookId,
        page: &PageRequest,
    ) -> Result<Page<(Delivery, Option<Notification>)>, ListeningError> {
        let studio = principal.manage()?;
        self.find_webhook(studio, webhook).await?;
        let metadata = self.world().metadata();
        let Page { items, next } =
            metadata.deliveries.list(studio, DeliveryTarget::Webhook(webhook), page).await?;
        let ids: Vec<EventId> = items.iter().map(|delivery| delivery.notification).collect();
        let found = metadata.notifications.find_many(studio, &ids).await?;
        let told: BTreeMap<EventId, Notification> =
            found.into_iter().map(|notification| (notification.id(), notification)).collect();
        let with_notification = |delivery: Delivery| {
            let notification = told.get(&delivery.notification).cloned();
            (delivery, notification)
        };
        Ok(Page { items: items.into_iter().map(with_notification).collect(), next })
    }

    /// Makes a delivery to a webhook once more, now, and tells what came of it.
    pub async fn redeliver(
        &self,
        principal: &Principal,
        webhook: WebhookId,
        delivery: DeliveryId,
    ) -> Result<Delivery, ListeningError> {
        let studio = principal.manage()?;
        self.find_webhook(studio, webhook).await?;
        let deliveries = &self.world().metadata().deliveries;
        let found = deliveries.find(studio, delivery).await?;
        let found = found.filter(|found| found.value.target == DeliveryTarget::Webhook(webhook));
        let found = found.ok_or(Absent::new(Resource::Delivery))?;
        let again = found.value.again(self.world().clock.now());
        match deliveries.update(&again, found.version).await {
            Ok(_) => self.try_now(studio, delivery).await,
            Err(error) if error.kind() == StorageErrorKind::Conflict => Err(ListeningError::StillWaiting),
            Err(error) => Err(error.into()),
        }
    }

    /// Tries a delivery at once, unless somebody else is just about it, and tells how it stands.
    async fn try_now(&self, studio: StudioId, delivery: DeliveryId) -> Result<Delivery, ListeningError> {
        NotifyingService::new(Shared::clone(&self.world)).try_one(studio, delivery).await?;
        let found = self.world().metadata().deliveries.find(studio, delivery).await?;
        Ok(found.ok_or(Absent::new(Resource::Delivery))?.value)
    }

    fn call(&self, webhook: &Webhook, delivery: DeliveryId) -> WebhookCall {
        WebhookCall {
            webhook: webhook.id,
            delivery,
            url: webhook.url.clone(),
            secret: self.world().keyring.webhook_secret(webhook.id, &webhook.secret_salt),
        }
    }

    /// Asks the channel whether this installation sends there at all.
    async fn admit(&self, recipient: &Recipient, field: &str) -> Result<(), ListeningError> {
        let channel = match recipient {
            Recipient::Topic => Channel::Topic,
            Recipient::Browser(_) => Channel::WebPush,
            Recipient::App(_) => Channel::Fcm,
            Recipient::Webhook(_) => Channel::Webhook,
        };
        let notifier = self.world().notifiers.iter().find(|notifier| notifier.channel() == channel);
        let notifier = notifier.ok_or(ListeningError::NotOffered { channel })?;
        match notifier.admit(recipient).await {
            // What cannot be found out now is found out at every delivery.
            Ok(()) => Ok(()),
            Err(error) => match error.verdict {
                Verdict::TryAgain { .. } => Ok(()),
                Verdict::Refused | Verdict::Gone => {
                    let what = if field == "token" { "token" } else { "URL" };
                    Err(InvalidField::new(field, InvalidValue::new(what, error.reason)).into())
                }
            },
        }
    }

    async fn find(&self, studio: StudioId) -> Result<Listeners, StorageError> {
        let found = self.world().metadata().listeners.find(studio).await?;
        Ok(found.map_or_else(|| Listeners::none(studio), |found| found.value))
    }

    async fn find_webhook(&self, studio: StudioId, webhook: WebhookId) -> Result<Webhook, ListeningError> {
        let listeners = self.find(studio).await?;
        Ok(listeners.find_webhook(webhook).cloned().ok_or(Absent::new(Resource::Webhook))?)
    }

    async fn change<T>(
        &self,
        studio: StudioId,
        change: impl Fn(&mut Listeners) -> Result<T, ListeningError> + Send + Sync,
    ) -> Result<T, ListeningError> {
        let repository = &self.world().metadata().listeners;
        for _ in 0..ATTEMPTS {
            let found = repository.find(studio).await?;
            let (mut value, version) = match found {
                Some(Versioned { value, version }) => (value, Some(version)),
                None => (Listeners::none(studio), None),
            };
            let outcome = change(&mut value)?;
            let written = match version {
                Some(version) => repository.update(&value, version).await,
                None => repository.create(&value).await,
            };
            match written {
                Ok(_) => return Ok(outcome),
                Err(error) if is_lost_race(&error) || error.kind() == StorageErrorKind::AlreadyExists => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(exhausted("change listeners of studio", studio).into())
    }
}

fn user_of(principal: &Principal) -> Result<UserId, AccessDenied> {
    match principal {
        Principal::Studio(member) => Ok(member.user),
        Principal::Client(_) | Principal::System => Err(AccessDenied::WrongPrincipal),
    }
}

fn was_there(before: usize, after: usize, resource: Resource) -> Result<(), ListeningError> {
    if before == after { Err(Absent::new(resource).into()) } else { Ok(()) }
}
