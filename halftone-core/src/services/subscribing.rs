//! Addresses that hear of processing by mail, through a provider that asks them for their consent.

use crate::access::{AccessDenied, Principal};
use crate::id::SubscriptionId;
use crate::page::Versioned;
use crate::ports::error::{StorageError, StorageErrorKind};
use crate::ports::notifier::{Ending, NoticeSubscriptions, SubscriptionHandle};
use crate::services::catalogue::{ATTEMPTS, exhausted, is_lost_race};
use crate::services::error::{Absent, Resource};
use crate::services::{Dependencies, Shared};
use crate::studio::{NoticeSubscription, Studio};
use crate::text::Email;

/// Manages subscriptions.
#[derive(Debug, Clone)]
pub struct SubscribingService {
    world: Shared,
}

/// Why a call on subscriptions failed.
#[derive(Debug, thiserror::Error)]
pub enum SubscribingError {
    /// The caller may not.
    #[error(transparent)]
    Denied(#[from] AccessDenied),
    /// Something named does not exist.
    #[error(transparent)]
    Absent(#[from] Absent),
    /// This installation sends no notices by mail.
    #[error("this installation sends no notices of processing by mail")]
    NotOffered,
    /// The address hears of another studio already, and the provider keeps one subscription for an address.
    #[error("the address is subscribed to another studio's notices")]
    TakenElsewhere,
    /// The studio has as many as it may have.
    #[error("a studio keeps at most {} subscriptions", Studio::MOST_SUBSCRIPTIONS)]
    TooMany,
    /// The store or the provider failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl SubscribingService {
    pub(crate) const fn new(world: Shared) -> Self {
        Self { world }
    }

    fn world(&self) -> &Dependencies {
        &self.world
    }

    /// The studio's subscriptions, oldest first, without those that it has ended.
    pub async fn list(&self, principal: &Principal) -> Result<Vec<NoticeSubscription>, SubscribingError> {
        let mut subscriptions = self.studio(principal).await?.value.subscriptions;
        subscriptions.retain(|known| known.ending_since.is_none());
        Ok(subscriptions)
    }

    /// Subscribes an address. The provider asks it for its consent; asking for the same address again asks it again, and
    /// gives the same subscription.
    pub async fn subscribe(
        &self,
        principal: &Principal,
        email: &Email,
    ) -> Result<NoticeSubscription, SubscribingError> {
        let studio = self.studio(principal).await?.value;
        let provider = provider(self.world()).ok_or(SubscribingError::NotOffered)?;
        let is_new = !studio.subscriptions.iter().any(|known| known.email == *email);
        if is_new && studio.subscriptions.len() >= Studio::MOST_SUBSCRIPTIONS {
            return Err(SubscribingError::TooMany);
        }
        let handle = provider.subscribe(studio.id, email).await.map_err(|error| match error.kind() {
            StorageErrorKind::AlreadyExists => SubscribingError::TakenElsewhere,
            _ => error.into(),
        })?;
        match self.keep(principal, email, &handle).await {
            Ok(subscription) => Ok(subscription),
            Err(error) => {
                // Nobody would know it any more, and so nobody could end it.
                if is_new && let Err(left) = provider.unsubscribe(&handle).await {
                    let cause = &left as &dyn std::error::Error;
                    tracing::warn!(error = cause, studio.id = %studio.id, "a subscription that nothing names stays");
                }
                Err(error)
            }
        }
    }

    async fn keep(
        &self,
        principal: &Principal,
        email: &Email,
        handle: &SubscriptionHandle,
    ) -> Result<NoticeSubscription, SubscribingError> {
        let now = self.world().clock.now();
        self.change(principal, |studio| {
            if let Some(known) = studio.subscriptions.iter_mut().find(|known| known.email == *email) {
                known.handle = handle.clone();
                known.ending_since = None;
                return Ok(known.clone());
            }
            if studio.subscriptions.len() >= Studio::MOST_SUBSCRIPTIONS {
                return Err(SubscribingError::TooMany);
            }
            let subscription = NoticeSubscription {
                id: SubscriptionId::generate(now, &*self.world().entropy),
                email: email.clone(),
                handle: handle.clone(),
                created_at: now,
                ending_since: None,
            };
            studio.subscriptions.push(subscription.clone());
            Ok(subscription)
        })
        .await
    }

    /// Ends a subscription. One that waits for the address's consent cannot always be ended; it is not listed any more, and
    /// is ended before the studio's next notice, should the consent have come.
    pub async fn unsubscribe(
        &self,
        principal: &Principal,
        subscription: SubscriptionId,
    ) -> Result<(), SubscribingError> {
        let studio = self.studio(principal).await?.value;
        let is_meant = |known: &NoticeSubscription| known.id == subscription && known.ending_since.is_none();
        let found = studio.subscriptions.into_iter().find(is_meant);
        let found = found.ok_or(Absent::new(Resource::Subscription))?;
        let ending = match provider(self.world()) {
            Some(provider) => provider.unsubscribe(&found.handle).await?,
            None => Ending::Ended,
        };
        let now = self.world().clock.now();
        self.change(principal, |studio| {
            match ending {
                Ending::Ended => studio.subscriptions.retain(|known| known.id != subscription),
                Ending::StillPending => {
                    for known in studio.subscriptions.iter_mut().filter(|known| is_meant(known)) {
                        known.ending_since = Some(now);
                    }
                }
            }
            Ok(())
        })
        .await
    }

    async fn studio(&self, principal: &Principal) -> Result<Versioned<Studio>, SubscribingError> {
        let studio = principal.manage()?;
        let found = self.world().metadata().studios.find(studio).await?;
        found.ok_or_else(|| Absent::new(Resource::Studio).into())
    }

    async fn change<T>(
        &self,
        principal: &Principal,
        change: impl Fn(&mut Studio) -> Result<T, SubscribingError> + Send + Sync,
    ) -> Result<T, SubscribingError> {
        for _ in 0..ATTEMPTS {
            let Versioned { mut value, version } = self.studio(principal).await?;
            let outcome = change(&mut value)?;
            value.updated_at = self.world().clock.now();
            match self.world().metadata().studios.update(&value, version, &[]).await {
                Ok(_) => return Ok(outcome),
                Err(error) if is_lost_race(&error) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(exhausted("change subscriptions", "").into())
    }
}

fn provider(world: &Dependencies) -> Option<&dyn NoticeSubscriptions> {
    world.subscriptions.as_deref()
}

/// Ends what the studio has ended already, and what the provider could not let go at that time.
///
/// Called before the studio's notices go out, and then only: a subscription that comes to life late does no harm while
/// there is nothing to hear. What cannot be ended now is tried again before the next notice.
pub(crate) async fn finish_endings(
    world: &Dependencies,
    studio: &Versioned<Studio>,
) -> Result<(), StorageError> {
    let Some(provider) = provider(world) else { return Ok(()) };
    let mut ended = Vec::new();
    for known in studio.value.subscriptions.iter().filter(|known| known.ending_since.is_some()) {
        match provider.unsubscribe(&known.handle).await {
            Ok(Ending::Ended) => ended.push(known.clone()),
            Ok(Ending::StillPending) => {}
            Err(error) => {
                let cause = &error as &dyn std::error::Error;
                tracing::warn!(error = cause, studio.id = %studio.value.id, "a subscription cannot be ended yet");
            }
        }
    }
    if ended.is_empty() {
        return Ok(());
    }
    let mut without = studio.value.clone();
    without.subscriptions.retain(|known| !ended.contains(known));
    without.updated_at = world.clock.now();
    match world.metadata().studios.update(&without, studio.version, &[]).await {
        Ok(_) => Ok(()),
        // It is ended; the next notice finds it absent and forgets it.
        Err(error) if is_lost_race(&error) => Ok(()),
        Err(error) => Err(error),
    }
}

/// Ends all subscriptions of a studio whose account ends. What was ended stays so if a later step fails. One that waits for
/// its address's consent may stay, and hears nothing, because nobody sends notices of the studio any more.
pub(crate) async fn end_subscriptions(world: &Dependencies, studio: &Studio) -> Result<(), StorageError> {
    if let Some(provider) = provider(world) {
        for subscription in &studio.subscriptions {
            provider.unsubscribe(&subscription.handle).await?;
        }
    }
    Ok(())
}
