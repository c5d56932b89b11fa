//! A repository that lets others go first.

use std::sync::Arc;

use async_trait::async_trait;
use halftone_core::id::UserId;
use halftone_core::page::{Version, Versioned};
use halftone_core::ports::error::StorageError;
use halftone_core::ports::identity::{Credential, CredentialRepository, StoredRefreshToken, TokenUse};
use halftone_core::secret::TokenHash;
use halftone_core::text::Email;
use jiff::Timestamp;
use tokio::task::yield_now;

/// Yields before every call, so that concurrent tasks on one thread take turns call by call, which the memory
/// backend alone, never waiting for anything, would not let them.
#[derive(Debug)]
pub(crate) struct Interleaved(pub(crate) Arc<dyn CredentialRepository>);

#[async_trait]
impl CredentialRepository for Interleaved {
    async fn create(&self, credential: &Credential) -> Result<(), StorageError> {
        yield_now().await;
        self.0.create(credential).await
    }

    async fn find_by_email(&self, email: &Email) -> Result<Option<Versioned<Credential>>, StorageError> {
        yield_now().await;
        self.0.find_by_email(email).await
    }

    async fn find(&self, user: UserId) -> Result<Option<Versioned<Credential>>, StorageError> {
        yield_now().await;
        self.0.find(user).await
    }

    async fn update(&self, credential: &Credential, seen: Version) -> Result<Version, StorageError> {
        yield_now().await;
        self.0.update(credential, seen).await
    }

    async fn delete(&self, user: UserId) -> Result<(), StorageError> {
        yield_now().await;
        self.0.delete(user).await
    }

    async fn add_refresh_token(&self, token: &StoredRefreshToken) -> Result<(), StorageError> {
        yield_now().await;
        self.0.add_refresh_token(token).await
    }

    async fn use_refresh_token(
        &self,
        hash: &TokenHash,
        used: TokenUse,
    ) -> Result<Option<StoredRefreshToken>, StorageError> {
        yield_now().await;
        self.0.use_refresh_token(hash, used).await
    }

    async fn delete_family(&self, family: &TokenHash) -> Result<(), StorageError> {
        yield_now().await;
        self.0.delete_family(family).await
    }

    async fn delete_refresh_tokens(&self, user: UserId) -> Result<(), StorageError> {
        yield_now().await;
        self.0.delete_refresh_tokens(user).await
    }

    async fn delete_expired_tokens(&self, before: Timestamp) -> Result<(), StorageError> {
        yield_now().await;
        self.0.delete_expired_tokens(before).await
    }
}
