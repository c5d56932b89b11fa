//! Addresses that hear of processing by mail, through a provider that asks them for their consent.

use crate::access::{AccessDenied, Principal};
use crate::id::SubscriptionId;
use crate::page::Versioned;
use crate::ports::error::{StorageError, StorageErrorKind};
use crate::ports::notifier::{NoticeSubscriptions, SubscriptionHandle};
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

    /// The studio's subscriptions, oldest first.
    pub async fn list(&self, principal: &Principal) -> Result<Vec<NoticeSubscription>, SubscribingError> {
        Ok(self.studio(principal).await?.value.subscriptions)
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
            };
            studio.subscriptions.push(subscription.clone());
            Ok(subscription)
        })
        .await
    }

    /// Ends a subscription.
    pub async fn unsubscribe(
        &self,
        principal: &Principal,
        subscription: SubscriptionId,
    ) -> Result<(), SubscribingError> {
        let studio = self.studio(principal).await?.value;
        let found = studio.subscriptions.into_iter().find(|known| known.id == subscription);
        let found = found.ok_or(Absent::new(Resource::Subscription))?;
        if let Some(provider) = provider(self.world()) {
            provider.unsubscribe(&found.handle).await?;
        }
        self.change(principal, |studio| {
            studio.subscriptions.retain(|known| known.id != subscription);
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

/// Ends all subscriptions of a studio whose account ends. What was ended stays so if a later step fails.
pub(crate) async fn end_subscriptions(world: &Dependencies, studio: &Studio) -> Result<(), StorageError> {
    if let Some(provider) = provider(world) {
        for subscription in &studio.subscriptions {
            provider.unsubscribe(&subscription.handle).await?;
        }
    }
    Ok(())
}
