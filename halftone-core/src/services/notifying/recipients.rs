//! To whom a delivery goes, looked up when it is tried: people turn notifications off, and devices get new keys.

use crate::delivery::{Delivery, DeliveryTarget};
use crate::id::{DeviceId, StudioId};
use crate::listener::{Device, DeviceAddress, Listeners};
use crate::notification::Notification;
use crate::ports::error::StorageError;
use crate::ports::mailer::MailMessage;
use crate::ports::notifier::{Recipient, WebhookCall};
use crate::services::Dependencies;
use crate::services::catalogue::{ATTEMPTS, exhausted, is_lost_race};
use crate::services::notifying::mails;

/// What is sent.
#[derive(Debug)]
pub(super) enum Parcel {
    /// The notice, to this recipient.
    Notice(Recipient),
    /// A mail.
    Mail(Box<MailMessage>),
    /// Nothing, for this reason.
    Nothing(&'static str),
}

/// The target of a device.
pub(super) const fn target_of(device: &Device) -> DeliveryTarget {
    match device.address {
        DeviceAddress::WebPush(_) => DeliveryTarget::Browser(device.id),
        DeviceAddress::Fcm(_) => DeliveryTarget::App(device.id),
    }
}

/// Finds out what is sent to whom.
pub(super) async fn parcel(
    world: &Dependencies,
    delivery: &Delivery,
    notification: &Notification,
) -> Result<Parcel, StorageError> {
    Ok(match delivery.target {
        DeliveryTarget::Topic => Parcel::Notice(Recipient::Topic),
        DeliveryTarget::Owner => mails::to_owner(world, delivery, &notification.notice).await?,
        DeliveryTarget::Client { order } => {
            mails::to_client(world, delivery, order, &notification.notice).await?
        }
        DeliveryTarget::Browser(device) | DeliveryTarget::App(device) => {
            let listeners = listeners(world, delivery.studio).await?;
            match listeners.find_device(device).map(|device| device.address.clone()) {
                Some(DeviceAddress::WebPush(address)) => Parcel::Notice(Recipient::Browser(address)),
                Some(DeviceAddress::Fcm(token)) => Parcel::Notice(Recipient::App(token)),
                None => Parcel::Nothing("the device was removed"),
            }
        }
        DeliveryTarget::Webhook(id) => match listeners(world, delivery.studio).await?.find_webhook(id) {
            Some(webhook) => Parcel::Notice(Recipient::Webhook(WebhookCall {
                webhook: id,
                delivery: delivery.id,
                url: webhook.url.clone(),
                secret: world.keyring.webhook_secret(id, &webhook.secret_salt),
            })),
            None => Parcel::Nothing("the webhook was removed"),
        },
    })
}

async fn listeners(world: &Dependencies, studio: StudioId) -> Result<Listeners, StorageError> {
    let found = world.metadata().listeners.find(studio).await?;
    Ok(found.map_or_else(|| Listeners::none(studio), |found| found.value))
}

/// Forgets a device that is no more.
pub(super) async fn prune(
    world: &Dependencies,
    studio: StudioId,
    device: DeviceId,
    seen: &DeviceAddress,
) -> Result<(), StorageError> {
    for _ in 0..ATTEMPTS {
        let Some(found) = world.metadata().listeners.find(studio).await? else { return Ok(()) };
        let mut listeners = found.value;
        // One that subscribed again meanwhile stays.
        listeners.devices.retain(|known| known.id != device || known.address != *seen);
        match world.metadata().listeners.update(&listeners, found.version).await {
            Ok(_) => return Ok(()),
            Err(error) if is_lost_race(&error) => {}
            Err(error) => return Err(error),
        }
    }
    Err(exhausted("forget a device of studio", studio))
}
