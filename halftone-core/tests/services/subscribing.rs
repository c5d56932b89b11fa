//! Addresses that hear of processing, over a provider that cannot end what waits for consent.

use std::collections::BTreeMap;
use std::sync::Mutex;

use async_trait::async_trait;
use halftone_core::access::Principal;
use halftone_core::id::{GalleryId, StudioId};
use halftone_core::ports::error::StorageError;
use halftone_core::ports::notifier::{Ending, NoticeSubscriptions, SubscriptionHandle};
use halftone_core::secret::Password;
use halftone_core::text::Email;

use crate::world::World;

/// A provider that remembers its subscriptions, and whether their addresses consented.
#[derive(Debug, Default)]
pub(crate) struct FakeProvider {
    has_consent: Mutex<BTreeMap<String, bool>>,
}

impl FakeProvider {
    fn consent(&self) {
        for has_consent in self.has_consent.lock().unwrap().values_mut() {
            *has_consent = true;
        }
    }

    fn handles(&self) -> Vec<String> {
        self.has_consent.lock().unwrap().keys().cloned().collect()
    }
}

#[async_trait]
impl NoticeSubscriptions for FakeProvider {
    async fn subscribe(&self, studio: StudioId, email: &Email) -> Result<SubscriptionHandle, StorageError> {
        let handle = format!("{studio} {email}");
        self.has_consent.lock().unwrap().entry(handle.clone()).or_default();
        Ok(SubscriptionHandle(handle))
    }

    async fn unsubscribe(&self, subscription: &SubscriptionHandle) -> Result<Ending, StorageError> {
        let mut known = self.has_consent.lock().unwrap();
        if known.get(&subscription.0) == Some(&false) {
            return Ok(Ending::StillPending);
        }
        known.remove(&subscription.0);
        Ok(Ending::Ended)
    }
}

fn lab() -> Email {
    Email::parse("lab@example.com").unwrap()
}

/// A studio that has subscribed the lab's address, with a gallery.
async fn studio(world: &World) -> (Principal, GalleryId) {
    let studio = world.photographer("ana").await;
    world.services.subscribing.subscribe(&studio, &lab()).await.unwrap();
    let gallery = world.gallery(&studio, "Ceremony").await;
    (studio, gallery)
}

async fn end_all(world: &World, studio: &Principal) {
    for known in world.services.subscribing.list(studio).await.unwrap() {
        world.services.subscribing.unsubscribe(studio, known.id).await.unwrap();
    }
    assert_eq!(world.services.subscribing.list(studio).await.unwrap(), []);
}

async fn notice(world: &World, studio: &Principal, gallery: GalleryId) {
    world.photo(studio, gallery, "one").await;
    world.services.notifying.deliver(&Principal::System).await.unwrap();
}

#[tokio::test]
async fn an_ended_subscription_whose_consent_comes_late_is_ended_before_the_next_notice() {
    let world = World::new();
    let (studio, gallery) = studio(&world).await;
    end_all(&world, &studio).await;
    notice(&world, &studio, gallery).await;
    assert_eq!(world.provider.handles().len(), 1, "it waits for consent");
    world.provider.consent();
    notice(&world, &studio, gallery).await;
    assert_eq!(world.provider.handles(), <[String; 0]>::default());
}

#[tokio::test]
async fn an_ended_subscription_that_is_asked_for_again_lives() {
    let world = World::new();
    let (studio, gallery) = studio(&world).await;
    end_all(&world, &studio).await;
    world.services.subscribing.subscribe(&studio, &lab()).await.unwrap();
    world.provider.consent();
    notice(&world, &studio, gallery).await;
    assert_eq!(world.provider.handles().len(), 1);
    assert_eq!(world.services.subscribing.list(&studio).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_subscription_with_consent_ends_at_once() {
    let world = World::new();
    let (studio, _) = studio(&world).await;
    world.provider.consent();
    end_all(&world, &studio).await;
    assert_eq!(world.provider.handles(), <[String; 0]>::default());
}

#[tokio::test]
async fn the_end_of_an_account_ends_subscriptions_and_is_not_held_up_by_those_without_consent() {
    for has_consent in [true, false] {
        let world = World::new();
        let (studio, _) = studio(&world).await;
        if has_consent {
            world.provider.consent();
        }
        let password = Password::attempt("correct horse");
        world.services.accounts.delete(&studio, &password).await.unwrap();
        assert_eq!(world.provider.handles().is_empty(), has_consent);
    }
}
