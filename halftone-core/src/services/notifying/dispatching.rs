//! Trying the deliveries that are due, each by itself.

use futures_util::{StreamExt as _, stream};
use jiff::SignedDuration;

use crate::delivery::{Delivery, DeliveryState, DeliveryTarget};
use crate::id::{DeliveryId, StudioId};
use crate::listener::DeviceAddress;
use crate::notification::Notification;
use crate::page::{PageLimit, Versioned};
use crate::ports::error::StorageError;
use crate::ports::notifier::{DeliveryError, Recipient, Verdict};
use crate::services::catalogue::is_lost_race;
use crate::services::notifying::recipients::{Parcel, parcel, prune};
use crate::services::notifying::{Delivered, NotifyingService};

/// For how long a delivery belongs to whoever tries it: twice as long as a try may take. After a crash, what was being tried
/// waits for its end.
const LEASE: SignedDuration = SignedDuration::from_secs(60);
/// How many are claimed, and tried, at once.
const AT_ONCE: u32 = 8;
/// How many claims one call makes at most, so that it ends.
const ROUNDS: usize = 50;

impl NotifyingService {
    /// Tries what is due.
    pub(super) async fn dispatch(&self, delivered: &mut Delivered) -> Result<(), StorageError> {
        let most = PageLimit::parse(AT_ONCE).expect("a page holds so many");
        for _ in 0..ROUNDS {
            let claimed = self.world().metadata().deliveries.claim(most, LEASE).await?;
            let is_last = claimed.len() < most.get();
            let attempts: Vec<_> = claimed.into_iter().map(|delivery| self.try_once(delivery)).collect();
            let mut tried = stream::iter(attempts).buffer_unordered(most.get());
            while let Some(state) = tried.next().await {
                match state {
                    DeliveryState::Delivered { .. } => delivered.delivered += 1,
                    DeliveryState::Waiting { .. } => delivered.postponed += 1,
                    DeliveryState::Failed { .. } | DeliveryState::Dropped { .. } => delivered.ended += 1,
                }
            }
            if is_last {
                break;
            }
        }
        Ok(())
    }

    /// Tries one delivery now, if it waits. It is written once before it is tried, which keeps everybody else from finishing it
    /// meanwhile.
    pub(crate) async fn try_one(&self, studio: StudioId, delivery: DeliveryId) -> Result<(), StorageError> {
        let deliveries = &self.world().metadata().deliveries;
        let Some(found) = deliveries.find(studio, delivery).await? else { return Ok(()) };
        if found.value.due().is_none() {
            return Ok(());
        }
        let leased = found.value.leased_until(self.world().clock.now() + LEASE);
        match deliveries.update(&leased, found.version).await {
            Ok(version) => {
                self.try_once(Versioned::new(leased, version)).await;
                Ok(())
            }
            Err(error) if is_lost_race(&error) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Tries a delivery and writes down what became of it. Where that cannot be written, the lease ends and it is tried again.
    async fn try_once(&self, claimed: Versioned<Delivery>) -> DeliveryState {
        let Versioned { value: delivery, version } = claimed;
        let (id, waiting) = (delivery.id, delivery.state);
        let tried = match self.attempt(delivery.clone()).await {
            Ok(tried) => tried,
            Err(error) => {
                let cause = &error as &dyn std::error::Error;
                tracing::error!(error = cause, delivery.id = %id, "what is to be delivered cannot be read");
                delivery.postponed("what is to be told cannot be read", None, self.world().clock.now())
            }
        };
        match self.world().metadata().deliveries.update(&tried, version).await {
            Ok(_) => tried.state,
            Err(error) if is_lost_race(&error) => {
                tracing::debug!(delivery.id = %id, "a delivery was taken over or is gone");
                waiting
            }
            Err(error) => {
                let cause = &error as &dyn std::error::Error;
                tracing::error!(error = cause, delivery.id = %id, "a delivery cannot be recorded and comes again");
                waiting
            }
        }
    }

    async fn attempt(&self, delivery: Delivery) -> Result<Delivery, StorageError> {
        let notifications = &self.world().metadata().notifications;
        let Some(notification) = notifications.find(delivery.studio, delivery.notification).await? else {
            return Ok(delivery.dropped("what was to be told is gone", self.world().clock.now()));
        };
        let parcel = parcel(self.world(), &delivery, &notification).await?;
        let outcome = match &parcel {
            Parcel::Nothing(reason) => return Ok(delivery.dropped(reason, self.world().clock.now())),
            Parcel::Notice(recipient) => self.send(&delivery, &notification, recipient).await,
            Parcel::Mail(mail) => match &self.world().mail {
                Some(mailing) => mailing.mailer.send(mail).await.map_err(DeliveryError::from),
                None => Err(not_set_up()),
            },
        };
        let now = self.world().clock.now();
        let Err(error) = outcome else {
            tracing::debug!(delivery.id = %delivery.id, channel = delivery.target.channel().as_str(), "delivered");
            return Ok(delivery.delivered(now));
        };
        log(&delivery, &error);
        Ok(match error.verdict {
            Verdict::TryAgain { after } => delivery.postponed(&error.reason, after, now),
            Verdict::Refused => delivery.refused(&error.reason, now),
            Verdict::Gone => {
                self.forget_recipient(&delivery, &parcel).await?;
                delivery.dropped(&error.reason, now)
            }
        })
    }

    async fn send(
        &self,
        delivery: &Delivery,
        notification: &Notification,
        recipient: &Recipient,
    ) -> Result<(), DeliveryError> {
        let channel = delivery.target.channel();
        let notifier = self.world().notifiers.iter().find(|notifier| notifier.channel() == channel);
        notifier.ok_or_else(not_set_up)?.deliver(&notification.notice, recipient).await
    }

    async fn forget_recipient(&self, delivery: &Delivery, parcel: &Parcel) -> Result<(), StorageError> {
        let (DeliveryTarget::Browser(device) | DeliveryTarget::App(device), Parcel::Notice(recipient)) =
            (delivery.target, parcel)
        else {
            return Ok(());
        };
        let address = match recipient {
            Recipient::Browser(address) => DeviceAddress::WebPush(address.clone()),
            Recipient::App(token) => DeviceAddress::Fcm(token.clone()),
            Recipient::Topic | Recipient::Webhook(_) => return Ok(()),
        };
        prune(self.world(), delivery.studio, device, &address).await
    }
}

/// The channel was there when the delivery was planned, and may come back with the next configuration.
fn not_set_up() -> DeliveryError {
    DeliveryError::new(Verdict::TryAgain { after: None }, "this channel is not set up any more")
}

fn log(delivery: &Delivery, error: &DeliveryError) {
    let cause = error as &dyn std::error::Error;
    let (id, channel) = (delivery.id, delivery.target.channel().as_str());
    match error.verdict {
        Verdict::TryAgain { .. } => {
            tracing::warn!(error = cause, delivery.id = %id, channel, "a delivery failed and is tried again");
        }
        Verdict::Refused => {
            tracing::error!(error = cause, delivery.id = %id, channel, "a delivery is given up");
        }
        Verdict::Gone => tracing::info!(delivery.id = %id, channel, "a recipient is gone and forgotten"),
    }
}
