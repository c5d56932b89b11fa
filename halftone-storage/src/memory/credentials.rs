//! What the local identity provider keeps, in memory.

use std::collections::BTreeMap;

use async_trait::async_trait;
use halftone_core::id::UserId;
use halftone_core::page::{Version, Versioned};
use halftone_core::ports::error::{StorageError, StorageErrorKind};
use halftone_core::ports::identity::{Credential, CredentialRepository, StoredRefreshToken, TokenUse};
use halftone_core::secret::TokenHash;
use halftone_core::text::Email;
use jiff::Timestamp;

use super::state::SharedState;

/// The credentials and refresh tokens.
#[derive(Debug, Default)]
pub(super) struct Credentials {
    users: BTreeMap<UserId, Versioned<Credential>>,
    tokens: BTreeMap<TokenHash, StoredRefreshToken>,
}

impl Credentials {
    fn find_by_email(&self, email: &Email) -> Option<&Versioned<Credential>> {
        self.users.values().find(|credential| credential.value.email == *email)
    }

    /// Whether somebody else has the address.
    fn is_taken(&self, email: &Email, user: UserId) -> bool {
        self.find_by_email(email).is_some_and(|other| other.value.user != user)
    }
}

/// Keeps credentials and refresh tokens in maps.
#[derive(Debug)]
pub struct MemoryCredentialRepository {
    state: SharedState,
}

impl MemoryCredentialRepository {
    pub(super) const fn new(state: SharedState) -> Self {
        Self { state }
    }
}

#[async_trait]
impl CredentialRepository for MemoryCredentialRepository {
    async fn create(&self, credential: &Credential) -> Result<(), StorageError> {
        let credentials = &mut self.state.lock().credentials;
        let user = credential.user;
        if credentials.users.contains_key(&user) || credentials.is_taken(&credential.email, user) {
            return Err(StorageError::new(StorageErrorKind::AlreadyExists, "create credential", user));
        }
        credentials.users.insert(user, Versioned::new(credential.clone(), Version::FIRST));
        Ok(())
    }

    async fn find_by_email(&self, email: &Email) -> Result<Option<Versioned<Credential>>, StorageError> {
        Ok(self.state.lock().credentials.find_by_email(email).cloned())
    }

    async fn find(&self, user: UserId) -> Result<Option<Versioned<Credential>>, StorageError> {
        Ok(self.state.lock().credentials.users.get(&user).cloned())
    }

    async fn update(&self, credential: &Credential, seen: Version) -> Result<Version, StorageError> {
        let credentials = &mut self.state.lock().credentials;
        let user = credential.user;
        let failed = |kind| StorageError::new(kind, "update credential", user);
        if credentials.is_taken(&credential.email, user) {
            return Err(failed(StorageErrorKind::AlreadyExists));
        }
        let stored = credentials.users.get_mut(&user).ok_or_else(|| failed(StorageErrorKind::NotFound))?;
        if stored.version != seen {
            return Err(failed(StorageErrorKind::Conflict));
        }
        *stored = Versioned::new(credential.clone(), seen.next());
        Ok(stored.version)
    }

    async fn delete(&self, user: UserId) -> Result<(), StorageError> {
        let credentials = &mut self.state.lock().credentials;
        credentials.users.remove(&user);
        credentials.tokens.retain(|_, token| token.user != user);
        Ok(())
    }

    async fn add_refresh_token(&self, token: &StoredRefreshToken) -> Result<(), StorageError> {
        self.state.lock().credentials.tokens.entry(token.hash).or_insert_with(|| token.clone());
        Ok(())
    }

    async fn use_refresh_token(
        &self,
        hash: &TokenHash,
        used: TokenUse,
    ) -> Result<Option<StoredRefreshToken>, StorageError> {
        let credentials = &mut self.state.lock().credentials;
        let Some(stored) = credentials.tokens.get_mut(hash) else { return Ok(None) };
        let before = stored.clone();
        stored.used.get_or_insert(used);
        Ok(Some(before))
    }

    async fn delete_family(&self, family: &TokenHash) -> Result<(), StorageError> {
        self.state.lock().credentials.tokens.retain(|_, token| !token.family.matches(family));
        Ok(())
    }

    async fn delete_refresh_tokens(&self, user: UserId) -> Result<(), StorageError> {
        self.state.lock().credentials.tokens.retain(|_, token| token.user != user);
        Ok(())
    }

    async fn delete_expired_tokens(&self, before: Timestamp) -> Result<(), StorageError> {
        self.state.lock().credentials.tokens.retain(|_, token| token.expires_at >= before);
        Ok(())
    }
}
