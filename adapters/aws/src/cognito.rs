//! People who log in, kept by an Amazon Cognito user pool.
//!
//! Start at [`CognitoIdentity`]. What the user pool and its app client must be like:
//!
//! - E-mail addresses are usernames (`UsernameAttributes: ["email"]`), matched without regard to case. The `sub` that
//!   Cognito gives a user, a UUID, is then the user's real name in the pool, and our `UserId`.
//! - The app client allows `ALLOW_USER_PASSWORD_AUTH`, and `ALLOW_REFRESH_TOKEN_AUTH` or refresh token rotation (which
//!   excludes it). Token revocation is on, `PreventUserExistenceErrors` is `ENABLED`, `email` can be read.
//! - Device tracking is off: a remembered device's refresh tokens need the device's key, which nobody here keeps.
//! - The process may call `cognito-idp:AdminDeleteUser` and `cognito-idp:AdminUserGlobalSignOut` on the pool. All other
//!   calls are public.
//!
//! Where Cognito cannot do what the port asks:
//!
//! - Access tokens are checked here, without asking Cognito. They live until they expire, even after the session was
//!   ended, the password reset or the user deleted: keep their validity short.
//! - Without rotation a refresh token does not stop working when it is used, and comes back unchanged. With rotation
//!   it does, at the end of the app client's grace period; a token that is used after that is revoked as well, which
//!   ends the sessions that Cognito knows to descend from it.
//! - Addresses of more than 128 characters cannot register.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use aws_config::SdkConfig;
use aws_sdk_cognitoidentityprovider::types::AttributeType;
use aws_sdk_cognitoidentityprovider::{Client, Config};
use halftone_core::clock::Clock;
use halftone_core::id::UserId;
use halftone_core::ports::error::{StorageError, StorageErrorKind};
use halftone_core::ports::identity::{
    Confirmation, IdentityError, IdentityProvider, Session, SignedUp, User,
};
use halftone_core::secret::{Password, RenewalKey};
use halftone_core::text::Email;
use tracing::{debug, error, warn};

pub use self::settings::{ClientSecret, CognitoSettings};

use self::error::{Refusal, sort};
use self::refresh_token::UserRefreshToken;
use crate::clients::timeouts;
use crate::oidc::{ExpectedToken, InvalidOidcSettings, JwksVerifier, OidcSettings, VerifyError};

mod error;
mod limits;
mod refresh_token;
mod sessions;
mod settings;

/// Registers and logs in people through a Cognito user pool.
#[derive(Debug, Clone)]
pub struct CognitoIdentity {
    client: Client,
    settings: Arc<CognitoSettings>,
    access_tokens: JwksVerifier,
    id_tokens: JwksVerifier,
}

impl CognitoIdentity {
    /// Uses the user pool of the settings. Nothing is sent yet.
    ///
    /// # Errors
    /// The settings cannot be used for checking tokens.
    pub fn new(
        config: &SdkConfig,
        settings: CognitoSettings,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, InvalidOidcSettings> {
        let oidc = OidcSettings::new(
            settings.issuer.clone(),
            settings.jwks_url.clone(),
            settings.client_id.clone(),
            ExpectedToken::CognitoAccess,
        );
        let access_tokens = JwksVerifier::new(oidc, clock)?;
        let id_tokens = access_tokens.expecting(ExpectedToken::CognitoId);
        let config = Config::from(config).to_builder().timeout_config(timeouts(Duration::ZERO)).build();
        Ok(Self { client: Client::from_conf(config), settings: Arc::new(settings), access_tokens, id_tokens })
    }

    /// What goes with a call that names the user so, if the app client has a secret.
    fn secret_hash(&self, username: &str) -> Option<String> {
        let secret = self.settings.client_secret.as_ref()?;
        Some(secret.hash(username, &self.settings.client_id))
    }

    /// What failed, as an error of the store. People are not named in it.
    fn storage_error(&self, kind: StorageErrorKind, operation: &'static str) -> StorageError {
        StorageError::new(kind, operation, &self.settings.user_pool_id)
    }

    /// Ends all sessions of the user with this name, if there is one.
    async fn end_all_sessions(&self, username: &str) -> Result<(), IdentityError> {
        let request = self.client.admin_user_global_sign_out();
        let request = request.user_pool_id(&self.settings.user_pool_id).username(username);
        match request.send().await {
            Ok(_) => Ok(()),
            Err(error) => match sort(error, "end all sessions", &self.settings.user_pool_id) {
                failure if failure.refusal() == Some(Refusal::UserNotFound) => Ok(()),
                failure => Err(failure.into()),
            },
        }
    }
}

#[async_trait]
impl IdentityProvider for CognitoIdentity {
    async fn sign_up(&self, email: &Email, password: &Password) -> Result<SignedUp, IdentityError> {
        limits::check_new_address(email)?;
        limits::check_new_password(password)?;
        let address = AttributeType::builder().name("email").value(email.as_str()).build();
        let address = address.map_err(|error| {
            self.storage_error(StorageErrorKind::Unexpected, "sign up").with_source(error)
        })?;
        let request = self.client.sign_up().client_id(&self.settings.client_id);
        let request = request.username(email.as_str()).password(password.reveal()).user_attributes(address);
        let reply = request.set_secret_hash(self.secret_hash(email.as_str())).send().await;
        let reply = reply.map_err(|error| {
            let failure = sort(error, "sign up", &self.settings.user_pool_id);
            match failure.refusal() {
                Some(Refusal::Registered) => IdentityError::AlreadyRegistered,
                Some(Refusal::Password) => failure.into_weak_password(),
                _ => failure.into(),
            }
        })?;
        let user = UserId::parse(reply.user_sub()).map_err(|error| {
            self.storage_error(StorageErrorKind::Unexpected, "sign up").with_source(error)
        })?;
        let confirmation =
            if reply.user_confirmed() { Confirmation::NotRequired } else { Confirmation::Required };
        Ok(SignedUp { user, confirmation })
    }

    async fn confirm(&self, email: &Email, code: &str) -> Result<(), IdentityError> {
        limits::check_code(email, code)?;
        let request = self.client.confirm_sign_up().client_id(&self.settings.client_id);
        let request = request.username(email.as_str()).confirmation_code(code);
        let reply = request.set_secret_hash(self.secret_hash(email.as_str())).send().await;
        reply.map(drop).map_err(|error| {
            let failure = sort(error, "confirm an address", &self.settings.user_pool_id);
            match failure.refusal() {
                Some(Refusal::Registered) => IdentityError::AlreadyRegistered,
                // Confirmed already is `NotAuthorized`; like an unknown address it must not be told apart.
                Some(Refusal::Code | Refusal::UserNotFound | Refusal::NotAuthorized) => {
                    IdentityError::InvalidCode
                }
                _ => failure.into(),
            }
        })
    }

    async fn resend_confirmation(&self, email: &Email) -> Result<(), IdentityError> {
        if !limits::may_be_known(email) {
            return Ok(());
        }
        let request = self.client.resend_confirmation_code().client_id(&self.settings.client_id);
        let request = request.username(email.as_str()).set_secret_hash(self.secret_hash(email.as_str()));
        match request.send().await {
            Ok(_) => Ok(()),
            Err(error) => sort(error, "resend a code", &self.settings.user_pool_id).unless_about_the_user(),
        }
    }

    async fn log_in(&self, email: &Email, password: &Password) -> Result<Session, IdentityError> {
        let tokens = self.authenticate(email, password).await?;
        let user = User { id: self.owner_of_new_tokens(&tokens).await?, email: email.clone() };
        self.session(user, &tokens, None)
    }

    /// Cognito knows no keys; its own grace period is a setting of the app client.
    async fn refresh(
        &self,
        refresh_token: &str,
        _key: Option<&RenewalKey>,
    ) -> Result<Session, IdentityError> {
        let presented = UserRefreshToken::parse(refresh_token).ok_or(IdentityError::InvalidCredentials)?;
        let tokens = if self.settings.refresh_rotation {
            self.rotate(&presented).await?
        } else {
            self.reuse(&presented).await?
        };
        let id = self.owner_of_new_tokens(&tokens).await?;
        // Without a client secret Cognito does not see the name in front of the token.
        if id != presented.user() {
            return Err(IdentityError::InvalidCredentials);
        }
        let email = self.address_in(&tokens).await?;
        self.session(User { id, email }, &tokens, Some(&presented))
    }

    async fn log_out(&self, refresh_token: &str) -> Result<(), IdentityError> {
        match UserRefreshToken::parse(refresh_token) {
            Some(token) => self.revoke(token.reveal()).await,
            None => Ok(()),
        }
    }

    async fn forgot_password(&self, email: &Email) -> Result<(), IdentityError> {
        if !limits::may_be_known(email) {
            return Ok(());
        }
        let request = self.client.forgot_password().client_id(&self.settings.client_id);
        let request = request.username(email.as_str()).set_secret_hash(self.secret_hash(email.as_str()));
        match request.send().await {
            Ok(_) => Ok(()),
            Err(error) => sort(error, "send a code for a new password", &self.settings.user_pool_id)
                .unless_about_the_user(),
        }
    }

    async fn reset_password(
        &self,
        email: &Email,
        code: &str,
        password: &Password,
    ) -> Result<(), IdentityError> {
        limits::check_code(email, code)?;
        limits::check_new_password(password)?;
        let request = self.client.confirm_forgot_password().client_id(&self.settings.client_id);
        let request = request.username(email.as_str()).confirmation_code(code).password(password.reveal());
        let reply = request.set_secret_hash(self.secret_hash(email.as_str())).send().await;
        reply.map_err(|error| {
            let failure = sort(error, "reset a password", &self.settings.user_pool_id);
            match failure.refusal() {
                Some(Refusal::Password) => failure.into_weak_password(),
                Some(
                    Refusal::Code | Refusal::UserNotFound | Refusal::NotConfirmed | Refusal::NotAuthorized,
                ) => IdentityError::InvalidCode,
                _ => failure.into(),
            }
        })?;
        self.end_all_sessions(email.as_str()).await.inspect_err(|error| {
            let error = error as &dyn std::error::Error;
            error!(error, "a password was reset, but the sessions before it were not ended");
        })
    }

    async fn verify(&self, access_token: &str) -> Result<UserId, IdentityError> {
        let claims = self.access_tokens.verify(access_token).await.map_err(|error| match error {
            VerifyError::Refused(refusal) => {
                debug!(reason = %refusal, "an access token was refused");
                IdentityError::InvalidCredentials
            }
            VerifyError::Unavailable(_) => self
                .storage_error(StorageErrorKind::Unavailable, "verify an access token")
                .with_source(error)
                .into(),
        })?;
        UserId::parse(&claims.subject).map_err(|_| IdentityError::InvalidCredentials)
    }

    async fn check_password(&self, user: &User, password: &Password) -> Result<(), IdentityError> {
        let tokens = self.authenticate(&user.email, password).await?;
        let owner = self.owner_of_new_tokens(&tokens).await;
        if let Some(token) = tokens.refresh_token() {
            // Nobody holds this token; it would only lie in the pool until it expires.
            if let Err(error) = self.revoke(token).await {
                let error = &error as &dyn std::error::Error;
                warn!(user.id = %user.id, error, "a session that was opened to check a password was not ended");
            }
        }
        // The address may belong to somebody else by now.
        if owner? == user.id { Ok(()) } else { Err(IdentityError::InvalidCredentials) }
    }

    async fn delete(&self, user: UserId) -> Result<(), IdentityError> {
        let request = self.client.admin_delete_user().user_pool_id(&self.settings.user_pool_id);
        match request.username(user.to_string()).send().await {
            Ok(_) => Ok(()),
            Err(error) => match sort(error, "delete a user", &self.settings.user_pool_id) {
                failure if failure.refusal() == Some(Refusal::UserNotFound) => Ok(()),
                failure => Err(failure.into()),
            },
        }
    }
}
