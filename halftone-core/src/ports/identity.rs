//! Who may log in.

use std::fmt;

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};

use crate::id::UserId;
use crate::ports::error::StorageError;
use crate::secret::{Password, RenewalKey, TokenHash};
use crate::text::Email;

/// How long an exchange of a refresh token can be repeated with its key: as long as a page takes to load again over a
/// bad connection. It is the longest grace period that Amazon Cognito's app clients can have
/// (`RetryGracePeriodSeconds`, 0 to 60).
pub const RENEWAL_GRACE: SignedDuration = SignedDuration::from_secs(60);

/// Registers people and checks that they are who they say.
///
/// Implementations MUST answer "wrong password" and "no such user" alike, in words and in time.
#[async_trait]
pub trait IdentityProvider: fmt::Debug + Send + Sync + 'static {
    /// Registers an address with a password.
    async fn sign_up(&self, email: &Email, password: &Password) -> Result<SignedUp, IdentityError>;

    /// Confirms an address with the code that was mailed to it.
    async fn confirm(&self, email: &Email, code: &str) -> Result<(), IdentityError>;

    /// Mails a new confirmation code. Succeeds for unknown addresses too.
    async fn resend_confirmation(&self, email: &Email) -> Result<(), IdentityError>;

    /// Checks a password and gives tokens.
    async fn log_in(&self, email: &Email, password: &Password) -> Result<Session, IdentityError>;

    /// Exchanges a refresh token, which stops working, for new tokens. A token that was exchanged before ends
    /// every session of its family, because either holder may be a thief.
    ///
    /// An exchange with a key may be repeated with the same key for [`RENEWAL_GRACE`], and gives the same refresh token:
    /// the answer to the first one may have been lost. Providers that know no such keys ignore it.
    async fn refresh(&self, refresh_token: &str, key: Option<&RenewalKey>) -> Result<Session, IdentityError>;

    /// Ends the session of a refresh token; an unknown token is no error.
    async fn log_out(&self, refresh_token: &str) -> Result<(), IdentityError>;

    /// Mails a code with which the password can be reset. Succeeds for unknown addresses too.
    async fn forgot_password(&self, email: &Email) -> Result<(), IdentityError>;

    /// Sets a new password with the mailed code, and ends all sessions.
    async fn reset_password(
        &self,
        email: &Email,
        code: &str,
        password: &Password,
    ) -> Result<(), IdentityError>;

    /// Whose access token this is.
    async fn verify(&self, access_token: &str) -> Result<UserId, IdentityError>;

    /// Checks the user's password once more, before something that cannot be undone.
    async fn check_password(&self, user: &User, password: &Password) -> Result<(), IdentityError>;

    /// Removes the user and ends all sessions; removing the absent succeeds.
    async fn delete(&self, user: UserId) -> Result<(), IdentityError>;
}

/// A new registration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedUp {
    /// Who registered.
    pub user: UserId,
    /// Whether a code was mailed that must be confirmed before logging in.
    pub confirmation: Confirmation,
}

/// Whether an address must be confirmed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Confirmation {
    /// A code was mailed.
    Required,
    /// The user can log in at once.
    NotRequired,
}

/// A person who logged in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// The id.
    pub id: UserId,
    /// The address.
    pub email: Email,
}

/// What a login gives.
#[derive(Clone)]
pub struct Session {
    /// Who logged in.
    pub user: User,
    /// Proves it until it ends.
    pub access_token: String,
    /// Buys new tokens, once.
    pub refresh_token: String,
    /// How long the access token lives.
    pub expires_in: SignedDuration,
}

impl fmt::Debug for Session {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Session").field("user", &self.user).finish_non_exhaustive()
    }
}

/// Why a provider refused.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum IdentityError {
    /// The address is registered.
    #[error("the address is registered already")]
    AlreadyRegistered,
    /// The provider cannot keep the address.
    #[error("the address cannot register: {reason}")]
    UnusableAddress {
        /// Why.
        reason: String,
    },
    /// Wrong password, unknown address, bad or ended token.
    #[error("the credentials are not valid")]
    InvalidCredentials,
    /// The address was not confirmed yet.
    #[error("the address is not confirmed yet")]
    NotConfirmed,
    /// Wrong or expired code.
    #[error("the code is wrong or has expired")]
    InvalidCode,
    /// The provider's own policy refuses the password.
    #[error("the password is refused: {reason}")]
    WeakPassword {
        /// What the provider asks.
        reason: String,
    },
    /// The provider wants a step that Halftone does not offer.
    #[error("the identity provider asks for a further step: {challenge}")]
    ChallengeRequired {
        /// Which one.
        challenge: String,
    },
    /// The store failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// A person as the local identity provider stores them.
#[derive(Clone, PartialEq)]
pub struct Credential {
    /// The id.
    pub user: UserId,
    /// The address; unique.
    pub email: Email,
    /// The password's Argon2id hash, in PHC form.
    pub password_hash: String,
    /// When the address was confirmed.
    pub confirmed_at: Option<Timestamp>,
    /// The mailed codes that are open.
    pub codes: Vec<StoredCode>,
    /// When the user registered.
    pub created_at: Timestamp,
}

// A password's hash is a secret too: it can be tried offline.
impl fmt::Debug for Credential {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Credential").field("user", &self.user).finish_non_exhaustive()
    }
}

/// A mailed code, hashed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredCode {
    /// What it is for.
    pub purpose: CodePurpose,
    /// Its keyed hash.
    pub hash: TokenHash,
    /// When it ends.
    pub expires_at: Timestamp,
    /// How many wrong tries are left.
    pub tries_left: u32,
}

/// What a mailed code is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodePurpose {
    /// Confirming an address.
    Confirm,
    /// Setting a new password.
    Reset,
}

/// A refresh token, hashed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredRefreshToken {
    /// Its hash.
    pub hash: TokenHash,
    /// Whose it is.
    pub user: UserId,
    /// The login from which it descends; all tokens of a family end together.
    pub family: TokenHash,
    /// When it ends.
    pub expires_at: Timestamp,
    /// Its exchange for another one.
    pub used: Option<TokenUse>,
}

/// The exchange of a refresh token for another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TokenUse {
    /// When.
    pub at: Timestamp,
    /// The hash of the other one; absent for tokens that were only ended.
    pub successor: Option<TokenHash>,
}

impl TokenUse {
    /// Whether `again` is the same exchange, repeated in time.
    pub fn is_repeated_by(&self, again: &Self) -> bool {
        let is_the_same =
            self.successor.zip(again.successor).is_some_and(|(first, second)| first.matches(&second));
        is_the_same && again.at.duration_since(self.at) <= RENEWAL_GRACE
    }
}

/// Keeps what the local identity provider needs. Writes are durable when they return.
#[async_trait]
pub trait CredentialRepository: fmt::Debug + Send + Sync + 'static {
    /// Stores a new credential.
    ///
    /// # Errors
    /// `AlreadyExists` if the id or the address is taken.
    async fn create(&self, credential: &Credential) -> Result<(), StorageError>;

    /// The credential with this address.
    async fn find_by_email(
        &self,
        email: &Email,
    ) -> Result<Option<crate::page::Versioned<Credential>>, StorageError>;

    /// The credential of this user.
    async fn find(&self, user: UserId) -> Result<Option<crate::page::Versioned<Credential>>, StorageError>;

    /// Replaces the credential if its version is still `seen`.
    ///
    /// # Errors
    /// `NotFound`, or `Conflict` if it was changed in between.
    async fn update(
        &self,
        credential: &Credential,
        seen: crate::page::Version,
    ) -> Result<crate::page::Version, StorageError>;

    /// Removes the credential and its refresh tokens; removing the absent succeeds.
    async fn delete(&self, user: UserId) -> Result<(), StorageError>;

    /// Stores a refresh token. One that is stored already stays as it is.
    async fn add_refresh_token(&self, token: &StoredRefreshToken) -> Result<(), StorageError>;

    /// Marks the token as used, if it exists and was not, and returns it as it was BEFORE: of any number of
    /// concurrent calls exactly one sees `used: None`.
    async fn use_refresh_token(
        &self,
        hash: &TokenHash,
        used: TokenUse,
    ) -> Result<Option<StoredRefreshToken>, StorageError>;

    /// Removes all tokens of a family.
    async fn delete_family(&self, family: &TokenHash) -> Result<(), StorageError>;

    /// Removes all refresh tokens of a user.
    async fn delete_refresh_tokens(&self, user: UserId) -> Result<(), StorageError>;

    /// Removes refresh tokens whose end is before `before`; called at every login.
    async fn delete_expired_tokens(&self, before: Timestamp) -> Result<(), StorageError>;
}
