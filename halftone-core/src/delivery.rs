//! Deliveries: what became of one notification on its way to one recipient.

use jiff::{SignedDuration, Timestamp};
use sha2::{Digest as _, Sha256};
use uuid::{Builder, Uuid};

use crate::id::{DeliveryId, DeviceId, EventId, OrderId, StudioId, WebhookId};
use crate::studio::Channel;
use crate::text::InvalidValue;

/// One notification on its way to one recipient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// Its id, which follows from what is delivered to whom.
    pub id: DeliveryId,
    /// Whose notification.
    pub studio: StudioId,
    /// Which notification.
    pub notification: EventId,
    /// To whom.
    pub target: DeliveryTarget,
    /// How far it is.
    pub state: DeliveryState,
    /// How often it was tried.
    pub attempts: u32,
    /// Why the last try failed, in words for the studio; never a secret, nor what the other side answered in full.
    pub last_reason: Option<String>,
    /// From when on nobody tries any more.
    pub give_up_at: Timestamp,
    /// When it was planned.
    pub created_at: Timestamp,
    /// When it was last tried or changed.
    pub updated_at: Timestamp,
}

/// To whom something is delivered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DeliveryTarget {
    /// Everybody who subscribed to the topic.
    Topic,
    /// The studio's owner, by mail.
    Owner,
    /// The client of an order, by mail.
    Client {
        /// Which order.
        order: OrderId,
    },
    /// A browser, by Web Push.
    Browser(DeviceId),
    /// An app, by Firebase Cloud Messaging.
    App(DeviceId),
    /// A webhook.
    Webhook(WebhookId),
}

/// How far a delivery is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeliveryState {
    /// It is to be tried, not before then.
    Waiting {
        /// When the next try is due.
        due: Timestamp,
    },
    /// The recipient, or the service before it, took it.
    Delivered {
        /// When.
        at: Timestamp,
    },
    /// It was given up.
    Failed {
        /// When.
        at: Timestamp,
    },
    /// There is nobody any more to deliver it to, or nothing to tell.
    Dropped {
        /// When.
        at: Timestamp,
    },
}

impl DeliveryState {
    /// The word of the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting { .. } => "waiting",
            Self::Delivered { .. } => "delivered",
            Self::Failed { .. } => "failed",
            Self::Dropped { .. } => "dropped",
        }
    }
}

impl DeliveryTarget {
    /// By which channel.
    pub const fn channel(self) -> Channel {
        match self {
            Self::Topic => Channel::Topic,
            Self::Owner | Self::Client { .. } => Channel::Email,
            Self::Browser(_) => Channel::WebPush,
            Self::App(_) => Channel::Fcm,
            Self::Webhook(_) => Channel::Webhook,
        }
    }

    /// The id of who or what is meant; nil where the studio has only one.
    pub const fn id(self) -> Uuid {
        match self {
            Self::Topic | Self::Owner => Uuid::nil(),
            Self::Client { order } => order.as_uuid(),
            Self::Browser(device) | Self::App(device) => device.as_uuid(),
            Self::Webhook(webhook) => webhook.as_uuid(),
        }
    }

    /// The word of stored documents.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Topic => "topic",
            Self::Owner => "owner",
            Self::Client { .. } => "client",
            Self::Browser(_) => "browser",
            Self::App(_) => "app",
            Self::Webhook(_) => "webhook",
        }
    }

    /// Reads what [`word`](Self::word) and [`id`](Self::id) gave.
    ///
    /// # Errors
    /// The word names no target.
    pub fn restore(word: &str, id: Uuid) -> Result<Self, InvalidValue> {
        Ok(match word {
            "topic" => Self::Topic,
            "owner" => Self::Owner,
            "client" => Self::Client { order: OrderId::from_uuid(id) },
            "browser" => Self::Browser(DeviceId::from_uuid(id)),
            "app" => Self::App(DeviceId::from_uuid(id)),
            "webhook" => Self::Webhook(WebhookId::from_uuid(id)),
            _ => return Err(InvalidValue::new("delivery target", "is not one that Halftone knows")),
        })
    }
}

/// The id of a delivery follows from what is delivered to whom: the first 48 bits are those of the event's id, so that
/// lists by id are lists by time, and the others are of SHA-256 over event, word and id of the target.
fn id_of(notification: EventId, target: DeliveryTarget) -> DeliveryId {
    let event = notification.as_uuid();
    let hash = Sha256::new()
        .chain_update(event.as_bytes())
        .chain_update(target.word())
        .chain_update(target.id().as_bytes())
        .finalize();
    let mut bytes = [0_u8; 16];
    bytes[..6].copy_from_slice(&event.as_bytes()[..6]);
    bytes[6..].copy_from_slice(&hash[..10]);
    let uuid =
        Builder::from_bytes(bytes).with_version(uuid::Version::SortRand).with_variant(uuid::Variant::RFC4122);
    DeliveryId::from_uuid(uuid.into_uuid())
}

impl Delivery {
    /// For how long it is tried: three days. After that it is no news any more.
    pub const TRIED_FOR: SignedDuration = SignedDuration::from_hours(72);
    /// For how long its record is kept: 30 days.
    pub const KEPT_FOR: SignedDuration = SignedDuration::from_hours(30 * 24);
    /// The wait after the first failure; it doubles with each further one.
    pub const FIRST_DELAY: SignedDuration = SignedDuration::from_secs(30);
    /// The longest wait that we choose.
    pub const LONGEST_DELAY: SignedDuration = SignedDuration::from_hours(1);
    /// The longest wait that a recipient may ask for.
    pub const LONGEST_ASKED_DELAY: SignedDuration = SignedDuration::from_hours(6);
    /// The most characters of a reason.
    pub const MOST_REASON: usize = 300;

    /// Plans a delivery that is due at once. Planning the same again gives the same id.
    pub fn plan(studio: StudioId, notification: EventId, target: DeliveryTarget, now: Timestamp) -> Self {
        Self {
            id: id_of(notification, target),
            studio,
            notification,
            target,
            state: DeliveryState::Waiting { due: now },
            attempts: 0,
            last_reason: None,
            give_up_at: now + Self::TRIED_FOR,
            created_at: now,
            updated_at: now,
        }
    }

    /// When it is to be tried next, if it is.
    pub const fn due(&self) -> Option<Timestamp> {
        match self.state {
            DeliveryState::Waiting { due } => Some(due),
            DeliveryState::Delivered { .. }
            | DeliveryState::Failed { .. }
            | DeliveryState::Dropped { .. } => None,
        }
    }

    /// A try succeeded.
    #[must_use]
    pub fn delivered(self, now: Timestamp) -> Self {
        Self { state: DeliveryState::Delivered { at: now }, last_reason: None, ..self.tried(now) }
    }

    /// A try failed, and no other one can succeed.
    #[must_use]
    pub fn refused(self, reason: &str, now: Timestamp) -> Self {
        Self { state: DeliveryState::Failed { at: now }, ..self.tried(now).because(reason) }
    }

    /// A try failed; another one follows after a while, which is at least `asked`, unless its time is over.
    #[must_use]
    pub fn postponed(self, reason: &str, asked: Option<SignedDuration>, now: Timestamp) -> Self {
        let tried = self.tried(now).because(reason);
        if now >= tried.give_up_at {
            return Self { state: DeliveryState::Failed { at: now }, ..tried };
        }
        let asked = asked.unwrap_or_default().min(Self::LONGEST_ASKED_DELAY);
        let due = (now + tried.delay().max(asked)).min(tried.give_up_at);
        Self { state: DeliveryState::Waiting { due }, ..tried }
    }

    /// There is nobody, or nothing, to deliver any more. It was not tried for that.
    #[must_use]
    pub fn dropped(self, reason: &str, now: Timestamp) -> Self {
        Self { state: DeliveryState::Dropped { at: now }, updated_at: now, ..self.because(reason) }
    }

    /// The studio wants it tried again, with all the time that a new one has.
    #[must_use]
    pub fn again(self, now: Timestamp) -> Self {
        let state = DeliveryState::Waiting { due: now };
        Self { state, give_up_at: now + Self::TRIED_FOR, updated_at: now, ..self }
    }

    /// Somebody is trying it; if that never ends, it is due again then.
    #[must_use]
    pub fn leased_until(self, due: Timestamp) -> Self {
        Self { state: DeliveryState::Waiting { due }, ..self }
    }

    fn tried(self, now: Timestamp) -> Self {
        Self { attempts: self.attempts.saturating_add(1), updated_at: now, ..self }
    }

    fn because(self, reason: &str) -> Self {
        let shown = |character: char| if character.is_control() { ' ' } else { character };
        let reason = reason.chars().map(shown).take(Self::MOST_REASON).collect();
        Self { last_reason: Some(reason), ..self }
    }

    /// Doubles with every try, and differs by up to a fifth from one delivery to the other, so that those that failed
    /// together do not come back together.
    fn delay(&self) -> SignedDuration {
        let doublings = self.attempts.saturating_sub(1).min(10);
        let delay = Self::FIRST_DELAY.saturating_mul(1 << doublings).min(Self::LONGEST_DELAY);
        let [.., last] = *self.id.as_uuid().as_bytes();
        delay + delay.saturating_mul(i32::from(last)) / (5 * 256)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Timestamp {
        "2026-05-14T12:00:00Z".parse().unwrap()
    }

    fn planned(target: DeliveryTarget) -> Delivery {
        let event = EventId::parse("01890a5d-ac96-774b-bcce-b302099a8057").unwrap();
        Delivery::plan(StudioId::from_uuid(Uuid::from_u128(1)), event, target, now())
    }

    #[test]
    fn the_id_follows_from_event_and_target_and_keeps_the_time() {
        let device = DeviceId::from_uuid(Uuid::from_u128(7));
        let browser = planned(DeliveryTarget::Browser(device));
        assert_eq!(browser.id, planned(DeliveryTarget::Browser(device)).id);
        assert_ne!(browser.id, planned(DeliveryTarget::App(device)).id);
        assert_ne!(browser.id, planned(DeliveryTarget::Owner).id);
        assert_eq!(browser.id.made_at(), browser.notification.made_at());
    }

    #[test]
    fn waits_double_up_to_an_hour_and_end_after_three_days() {
        let mut delivery = planned(DeliveryTarget::Topic);
        let (mut at, mut waits) = (now(), Vec::new());
        while let Some(due) = delivery.due() {
            waits.push(due.duration_since(at));
            at = due;
            delivery = delivery.postponed("no answer", None, at);
        }
        let within = |wait: SignedDuration, base: i64| (base..=base * 6 / 5).contains(&wait.as_secs());
        assert!(within(waits[1], 30) && within(waits[2], 60) && within(waits[9], 3_600), "{waits:?}");
        assert_eq!(at, now() + Delivery::TRIED_FOR);
        assert_eq!(delivery.state, DeliveryState::Failed { at });
        assert_eq!(delivery.attempts as usize, waits.len());
    }

    #[test]
    fn a_recipient_may_ask_for_more_time_but_not_for_ever() {
        let asked = |hours| {
            let delay = Some(SignedDuration::from_hours(hours));
            planned(DeliveryTarget::Topic).postponed("busy", delay, now()).due().unwrap()
        };
        assert_eq!(asked(2), now() + SignedDuration::from_hours(2));
        assert_eq!(asked(100), now() + Delivery::LONGEST_ASKED_DELAY);
    }

    #[test]
    fn a_reason_is_one_short_line() {
        let failed = planned(DeliveryTarget::Topic).refused(&"no\n".repeat(400), now());
        let reason = failed.last_reason.unwrap();
        assert!(reason.chars().count() == Delivery::MOST_REASON && !reason.contains('\n'));
    }

    #[test]
    fn what_failed_can_be_tried_again_with_all_its_time() {
        let later = now() + Delivery::TRIED_FOR + SignedDuration::from_hours(1);
        let again = planned(DeliveryTarget::Topic).refused("no", now()).again(later);
        assert_eq!((again.due(), again.give_up_at), (Some(later), later + Delivery::TRIED_FOR));
    }

    #[test]
    fn targets_round_trip() {
        let id = Uuid::from_u128(9);
        for word in ["topic", "owner", "client", "browser", "app", "webhook"] {
            let target = DeliveryTarget::restore(word, id).unwrap();
            assert_eq!((target.word(), DeliveryTarget::restore(word, target.id())), (word, Ok(target)));
        }
        assert!(DeliveryTarget::restore("pigeon", id).is_err());
    }
}
