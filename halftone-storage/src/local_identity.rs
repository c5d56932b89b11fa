//! Logging people in without an identity service: Argon2id passwords, signed access tokens, rotating refresh
//! tokens, mailed codes.
//!
//! What is stored is a hash of everything: passwords by Argon2id, refresh tokens by SHA-256, codes by HMAC under
//! the installation's keyring. An access token names the user and is checked against the stored credential at
//! every request, so a deleted user, and one whose password was reset, is out at once.
//!
//! Limiting how often somebody may try is the HTTP adapter's business; here only the tries of one code are
//! counted, and the memory that concurrent logins take is bounded.

use std::sync::Arc;

use async_trait::async_trait;
use halftone_core::clock::Clock;
use halftone_core::entropy::Entropy;
use halftone_core::id::UserId;
use halftone_core::page::Versioned;
use halftone_core::ports::error::{StorageError, StorageErrorKind};
use halftone_core::ports::identity::{
    CodePurpose, Confirmation, Credential, CredentialRepository, IdentityError, IdentityProvider, Session,
    SignedUp, StoredRefreshToken, TokenUse, User,
};
use halftone_core::ports::mailer::Mailer;
use halftone_core::secret::{Keyring, Password, RefreshToken, RenewalKey, TokenHash};
use halftone_core::text::Email;
use jiff::{SignedDuration, Timestamp};
use tracing::{info, warn};

use self::access::AccessToken;
use self::passwords::PasswordHasher;

mod access;
mod codes;
mod mails;
mod passwords;

/// How long tokens and codes live, and whether addresses are confirmed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LocalIdentitySpec {
    /// Whether an address must be confirmed before its owner can log in. [`Confirmation::NotRequired`] unless a
    /// mail server is configured; an address registered under it counts as confirmed.
    pub confirmation: Confirmation,
    /// How long an access token lives: 15 minutes.
    pub access_token_life: SignedDuration,
    /// How long a refresh token lives without being used: 30 days.
    pub refresh_token_life: SignedDuration,
    /// How long a code that confirms an address lives: 24 hours.
    pub confirm_code_life: SignedDuration,
    /// How long a code that resets a password lives: 15 minutes.
    pub reset_code_life: SignedDuration,
    /// How many wrong tries end a code: 5. Together with its six digits that leaves a guesser one chance in
    /// 200,000.
    pub code_tries: u32,
    /// How many passwords are hashed at the same time, each in 19 MiB: 4.
    pub concurrent_hashes: usize,
}

impl Default for LocalIdentitySpec {
    fn default() -> Self {
        Self {
            confirmation: Confirmation::NotRequired,
            access_token_life: SignedDuration::from_mins(15),
            refresh_token_life: SignedDuration::from_hours(30 * 24),
            confirm_code_life: SignedDuration::from_hours(24),
            reset_code_life: SignedDuration::from_mins(15),
            code_tries: 5,
            concurrent_hashes: 4,
        }
    }
}

/// What a [`LocalIdentity`] works with.
#[derive(Debug, Clone)]
pub struct LocalIdentityPorts {
    /// Where credentials and refresh tokens are kept.
    pub credentials: Arc<dyn CredentialRepository>,
    /// What carries the codes.
    pub mailer: Arc<dyn Mailer>,
    /// What signs access tokens and hashes codes.
    pub keyring: Arc<Keyring>,
    /// What tells the time.
    pub clock: Arc<dyn Clock>,
    /// Where salts, codes and tokens come from.
    pub entropy: Arc<dyn Entropy>,
}

/// The identity provider of one computer. It must be called inside a tokio runtime, on whose blocking threads
/// passwords are hashed.
#[derive(Debug)]
pub struct LocalIdentity {
    ports: LocalIdentityPorts,
    spec: LocalIdentitySpec,
    passwords: PasswordHasher,
}

impl LocalIdentity {
    /// Joins the ports.
    pub fn new(ports: LocalIdentityPorts, spec: LocalIdentitySpec) -> Self {
        let passwords = PasswordHasher::new(spec.concurrent_hashes);
        Self { ports, spec, passwords }
    }

    fn now(&self) -> Timestamp {
        self.ports.clock.now()
    }

    /// The instant `life` from now, or the last one there is.
    fn after(&self, life: SignedDuration) -> Timestamp {
        self.now().checked_add(life).unwrap_or(Timestamp::MAX)
    }

    async fn hash(&self, password: &Password) -> Result<String, StorageError> {
        let mut salt = [0_u8; 16];
        self.ports.entropy.fill(&mut salt);
        self.passwords.hash(password, salt).await
    }

    /// Checks a password in the same time whether or not there is a credential.
    async fn check(
        &self,
        credential: Option<Versioned<Credential>>,
        password: &Password,
    ) -> Result<Versioned<Credential>, IdentityError> {
        let stored = credential.as_ref().map(|credential| credential.value.password_hash.clone());
        let matches = self.passwords.verify(password, stored).await?;
        credential.filter(|_| matches).ok_or(IdentityError::InvalidCredentials)
    }

    /// Stores a new registration; its code, if one is due, is mailed.
    async fn register(&self, credential: &Credential) -> Result<(), IdentityError> {
        match self.ports.credentials.create(credential).await {
            Ok(()) => {}
            Err(error) if error.kind() == StorageErrorKind::AlreadyExists => {
                return Err(IdentityError::AlreadyRegistered);
            }
            Err(error) => return Err(error.into()),
        }
        if self.spec.confirmation == Confirmation::NotRequired {
            return Ok(());
        }
        let mailed = self.mail_code(credential.user, CodePurpose::Confirm).await;
        if mailed.is_err() {
            // Nobody could confirm this registration, and it would stand in the way of the next try.
            self.ports.credentials.delete(credential.user).await?;
        }
        Ok(mailed?)
    }

    /// Gives tokens. The refresh token is the first of its family, or the next of one.
    async fn open_session(
        &self,
        credential: &Credential,
        refresh_token: RefreshToken,
        family: Option<TokenHash>,
    ) -> Result<Session, IdentityError> {
        let hash = refresh_token.hash();
        let family = family.unwrap_or(hash);
        let stored = StoredRefreshToken {
            hash,
            user: credential.user,
            family,
            expires_at: self.after(self.spec.refresh_token_life),
            used: None,
        };
        self.ports.credentials.add_refresh_token(&stored).await?;
        // A reset or a deletion in between has ended all tokens that existed then, but not this one.
        let now = self.ports.credentials.find(credential.user).await?;
        if now.is_none_or(|now| now.value.password_hash != credential.password_hash) {
            return self.end_family(&family).await;
        }
        let expires_at = self.after(self.spec.access_token_life);
        let access_token = AccessToken { user: credential.user, expires_at };
        Ok(Session {
            user: User { id: credential.user, email: credential.email.clone() },
            access_token: access_token.sign(&self.ports.keyring, &credential.password_hash),
            refresh_token: refresh_token.reveal().to_owned(),
            expires_in: self.spec.access_token_life,
        })
    }

    /// Ends every session of a family and refuses the call.
    async fn end_family<T>(&self, family: &TokenHash) -> Result<T, IdentityError> {
        self.ports.credentials.delete_family(family).await?;
        Err(IdentityError::InvalidCredentials)
    }
}

#[async_trait]
impl IdentityProvider for LocalIdentity {
    async fn sign_up(&self, email: &Email, password: &Password) -> Result<SignedUp, IdentityError> {
        if self.ports.credentials.find_by_email(email).await?.is_some() {
            return Err(IdentityError::AlreadyRegistered);
        }
        let now = self.now();
        let user = UserId::generate(now, &*self.ports.entropy);
        let confirmation = self.spec.confirmation;
        let credential = Credential {
            user,
            email: email.clone(),
            password_hash: self.hash(password).await?,
            confirmed_at: (confirmation == Confirmation::NotRequired).then_some(now),
            codes: Vec::new(),
            created_at: now,
        };
        self.register(&credential).await?;
        info!(user.id = %user, "user registered");
        Ok(SignedUp { user, confirmation })
    }

    async fn confirm(&self, email: &Email, code: &str) -> Result<(), IdentityError> {
        let confirmed_at = Some(self.now());
        self.redeem(email, CodePurpose::Confirm, code, |credential| credential.confirmed_at = confirmed_at)
            .await?;
        Ok(())
    }

    async fn resend_confirmation(&self, email: &Email) -> Result<(), IdentityError> {
        match self.ports.credentials.find_by_email(email).await? {
            Some(Versioned { value, .. }) if value.confirmed_at.is_none() => {
                Ok(self.mail_code(value.user, CodePurpose::Confirm).await?)
            }
            Some(_) | None => Ok(()),
        }
    }

    async fn log_in(&self, email: &Email, password: &Password) -> Result<Session, IdentityError> {
        let found = self.ports.credentials.find_by_email(email).await?;
        let credential = self.check(found, password).await?.value;
        if self.spec.confirmation == Confirmation::Required && credential.confirmed_at.is_none() {
            return Err(IdentityError::NotConfirmed);
        }
        self.ports.credentials.delete_expired_tokens(self.now()).await?;
        let refresh_token = RefreshToken::generate(&*self.ports.entropy);
        self.open_session(&credential, refresh_token, None).await
    }

    async fn refresh(&self, refresh_token: &str, key: Option<&RenewalKey>) -> Result<Session, IdentityError> {
        let presented =
            RefreshToken::parse(refresh_token).map_err(|_| IdentityError::InvalidCredentials)?.hash();
        let now = self.now();
        let credentials = &self.ports.credentials;
        let successor = match key {
            Some(key) => self.ports.keyring.renewed_token(&presented, key),
            None => RefreshToken::generate(&*self.ports.entropy),
        };
        let exchange = TokenUse { at: now, successor: Some(successor.hash()) };
        let Some(token) = credentials.use_refresh_token(&presented, exchange).await? else {
            return Err(IdentityError::InvalidCredentials);
        };
        if token.used.is_some_and(|earlier| !earlier.is_repeated_by(&exchange)) {
            warn!(user.id = %token.user, "refresh token was presented twice; all sessions of its family ended");
            return self.end_family(&token.family).await;
        }
        if token.expires_at <= now {
            return Err(IdentityError::InvalidCredentials);
        }
        let Some(credential) = credentials.find(token.user).await? else {
            return self.end_family(&token.family).await;
        };
        let session = self.open_session(&credential.value, successor, Some(token.family)).await?;
        // A second presentation in between has ended the family before the new token belonged to it.
        if credentials.use_refresh_token(&presented, exchange).await?.is_none() {
            return self.end_family(&token.family).await;
        }
        Ok(session)
    }

    async fn log_out(&self, refresh_token: &str) -> Result<(), IdentityError> {
        // A text that is no token is an unknown token, which is no error.
        let Ok(token) = RefreshToken::parse(refresh_token) else { return Ok(()) };
        let end = TokenUse { at: self.now(), successor: None };
        if let Some(token) = self.ports.credentials.use_refresh_token(&token.hash(), end).await? {
            self.ports.credentials.delete_family(&token.family).await?;
        }
        Ok(())
    }

    async fn forgot_password(&self, email: &Email) -> Result<(), IdentityError> {
        if let Some(credential) = self.ports.credentials.find_by_email(email).await? {
            self.mail_code(credential.value.user, CodePurpose::Reset).await?;
        }
        Ok(())
    }

    async fn reset_password(
        &self,
        email: &Email,
        code: &str,
        password: &Password,
    ) -> Result<(), IdentityError> {
        // Hashing comes after the code's check, or anybody could make the server hash.
        self.check_code(email, CodePurpose::Reset, code).await?;
        let password_hash = self.hash(password).await?;
        let now = self.now();
        let change = |credential: &mut Credential| {
            credential.password_hash.clone_from(&password_hash);
            // The code came by mail, which proves the address too.
            credential.confirmed_at.get_or_insert(now);
        };
        let user = self.redeem(email, CodePurpose::Reset, code, change).await?;
        self.ports.credentials.delete_refresh_tokens(user).await?;
        info!(user.id = %user, "password reset; all sessions ended");
        Ok(())
    }

    async fn verify(&self, access_token: &str) -> Result<UserId, IdentityError> {
        let signed = AccessToken::parse(&self.ports.keyring, access_token);
        let signed = signed.filter(|signed| self.now() < signed.token.expires_at);
        let signed = signed.ok_or(IdentityError::InvalidCredentials)?;
        let credential = self.ports.credentials.find(signed.token.user).await?;
        let credential = credential.map(|credential| credential.value);
        let credential =
            credential.filter(|credential| signed.belongs_to(&self.ports.keyring, &credential.password_hash));
        let credential = credential.ok_or(IdentityError::InvalidCredentials)?;
        Ok(credential.user)
    }

    async fn check_password(&self, user: &User, password: &Password) -> Result<(), IdentityError> {
        let found = self.ports.credentials.find(user.id).await?;
        self.check(found, password).await?;
        Ok(())
    }

    async fn delete(&self, user: UserId) -> Result<(), IdentityError> {
        if let Some(credential) = self.ports.credentials.find(user).await? {
            // Before the credential, which alone knows the address: a run that fails here can be repeated.
            self.ports.mailer.purge_of_account(&credential.value.email).await?;
        }
        Ok(self.ports.credentials.delete(user).await?)
    }
}
