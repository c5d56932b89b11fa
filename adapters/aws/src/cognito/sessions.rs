//! The calls that give tokens, and what becomes of the tokens.

use aws_sdk_cognitoidentityprovider::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_cognitoidentityprovider::operation::initiate_auth::InitiateAuthOutput;
use aws_sdk_cognitoidentityprovider::types::{AuthFlowType, AuthenticationResultType};
use halftone_core::id::UserId;
use halftone_core::ports::error::{StorageError, StorageErrorKind};
use halftone_core::ports::identity::{IdentityError, Session, User};
use halftone_core::secret::Password;
use halftone_core::text::Email;
use jiff::SignedDuration;
use tracing::warn;

use super::error::{Refusal, sort};
use super::refresh_token::UserRefreshToken;
use super::{CognitoIdentity, limits};
use crate::oidc::{Claims, JwksVerifier, VerifyError};

/// What goes wrong with tokens that Cognito gave us a moment ago.
const NEW_TOKENS: &str = "read new tokens";

impl CognitoIdentity {
    /// Logs in with a password.
    pub(super) async fn authenticate(
        &self,
        email: &Email,
        password: &Password,
    ) -> Result<AuthenticationResultType, IdentityError> {
        limits::check_attempt(email, password)?;
        let request = self.client.initiate_auth().client_id(&self.settings.client_id);
        let request = request
            .auth_flow(AuthFlowType::UserPasswordAuth)
            .auth_parameters("USERNAME", email.as_str())
            .auth_parameters("PASSWORD", password.reveal());
        let request = match self.secret_hash(email.as_str()) {
            Some(hash) => request.auth_parameters("SECRET_HASH", hash),
            None => request,
        };
        let reply = request.send().await.map_err(|error| {
            let failure = sort(error, "log in", &self.settings.user_pool_id);
            match failure.refusal() {
                Some(Refusal::NotAuthorized | Refusal::UserNotFound) => IdentityError::InvalidCredentials,
                Some(Refusal::NotConfirmed) => IdentityError::NotConfirmed,
                Some(Refusal::ResetRequired) => {
                    IdentityError::ChallengeRequired { challenge: "PASSWORD_RESET_REQUIRED".to_owned() }
                }
                _ => failure.into(),
            }
        })?;
        self.tokens_of(reply)
    }

    /// Buys new tokens from an app client without rotation; no new refresh token comes with them.
    pub(super) async fn reuse(
        &self,
        presented: &UserRefreshToken<'_>,
    ) -> Result<AuthenticationResultType, IdentityError> {
        let request = self.client.initiate_auth().client_id(&self.settings.client_id);
        let request = request
            .auth_flow(AuthFlowType::RefreshTokenAuth)
            .auth_parameters("REFRESH_TOKEN", presented.reveal());
        // The user's real name: here Cognito does not take the address in its place.
        let request = match self.secret_hash(&presented.user().to_string()) {
            Some(hash) => request.auth_parameters("SECRET_HASH", hash),
            None => request,
        };
        let reply = request.send().await.map_err(|error| self.refused_refresh(error))?;
        self.tokens_of(reply)
    }

    /// Buys new tokens from an app client with rotation.
    pub(super) async fn rotate(
        &self,
        presented: &UserRefreshToken<'_>,
    ) -> Result<AuthenticationResultType, IdentityError> {
        let secret = self.settings.client_secret.as_ref();
        let request = self.client.get_tokens_from_refresh_token().client_id(&self.settings.client_id);
        let request = request
            .refresh_token(presented.reveal())
            .set_client_secret(secret.map(|secret| secret.reveal().to_owned()));
        match request.send().await {
            Ok(reply) => reply.authentication_result.ok_or_else(|| self.unreadable_tokens().into()),
            Err(error) => {
                if error.code() == Some("RefreshTokenReuseException") {
                    self.end_replayed_session(presented).await;
                }
                Err(self.refused_refresh(error))
            }
        }
    }

    /// Either holder of a replayed token may be a thief. Only the token itself is trusted for what it ends: the name
    /// in front of it is anybody's to write.
    async fn end_replayed_session(&self, presented: &UserRefreshToken<'_>) {
        warn!(user.id = %presented.user(), "a refresh token was used again after it was exchanged");
        if let Err(error) = self.revoke(presented.reveal()).await {
            let error = &error as &dyn std::error::Error;
            warn!(user.id = %presented.user(), error, "the session of a replayed refresh token was not ended");
        }
    }

    fn refused_refresh<E>(&self, error: SdkError<E>) -> IdentityError
    where
        E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
    {
        let failure = sort(error, "refresh a session", &self.settings.user_pool_id);
        match failure.refusal() {
            Some(
                Refusal::NotAuthorized
                | Refusal::TokenReused
                | Refusal::UserNotFound
                | Refusal::NotConfirmed
                | Refusal::ResetRequired,
            ) => IdentityError::InvalidCredentials,
            _ => failure.into(),
        }
    }

    /// Ends the session of a refresh token. One that Cognito does not know, or that is another client's, has no
    /// session here.
    pub(super) async fn revoke(&self, token: &str) -> Result<(), IdentityError> {
        let secret = self.settings.client_secret.as_ref();
        let request = self.client.revoke_token().client_id(&self.settings.client_id).token(token);
        let reply = request.set_client_secret(secret.map(|secret| secret.reveal().to_owned())).send().await;
        reply.map(drop).or_else(|error| {
            let failure = sort(error, "end a session", &self.settings.user_pool_id);
            match failure.refusal() {
                Some(Refusal::NotAuthorized | Refusal::TokenUnknown | Refusal::Parameter) => Ok(()),
                _ => Err(failure.into()),
            }
        })
    }

    /// The tokens of a reply that asks for nothing more.
    fn tokens_of(&self, reply: InitiateAuthOutput) -> Result<AuthenticationResultType, IdentityError> {
        if let Some(challenge) = reply.challenge_name {
            return Err(IdentityError::ChallengeRequired { challenge: challenge.as_str().to_owned() });
        }
        reply.authentication_result.ok_or_else(|| self.unreadable_tokens().into())
    }

    /// Whose tokens these are.
    pub(super) async fn owner_of_new_tokens(
        &self,
        tokens: &AuthenticationResultType,
    ) -> Result<UserId, IdentityError> {
        let claims = self.claims_of(&self.access_tokens, tokens.access_token()).await?;
        let user = UserId::parse(&claims.subject);
        Ok(user.map_err(|error| self.unreadable_tokens().with_source(error))?)
    }

    /// The address that the id token names.
    pub(super) async fn address_in(&self, tokens: &AuthenticationResultType) -> Result<Email, IdentityError> {
        let claims = self.claims_of(&self.id_tokens, tokens.id_token()).await?;
        let email = claims.email.as_deref().ok_or_else(|| self.unreadable_tokens())?;
        Ok(Email::parse(email).map_err(|error| self.unreadable_tokens().with_source(error))?)
    }

    /// What a token says that Cognito gave us a moment ago. If it is refused, then issuer, client or clock are not
    /// what they should be, which is nothing that the person who logs in could put right.
    async fn claims_of(&self, verifier: &JwksVerifier, token: Option<&str>) -> Result<Claims, StorageError> {
        let token = token.ok_or_else(|| self.unreadable_tokens())?;
        verifier.verify(token).await.map_err(|error| {
            let kind = match error {
                VerifyError::Refused(_) => StorageErrorKind::Unexpected,
                VerifyError::Unavailable(_) => StorageErrorKind::Unavailable,
            };
            self.storage_error(kind, NEW_TOKENS).with_source(error)
        })
    }

    /// A session of these tokens; the refresh token is the new one, or `presented` if none came.
    pub(super) fn session(
        &self,
        user: User,
        tokens: &AuthenticationResultType,
        presented: Option<&UserRefreshToken<'_>>,
    ) -> Result<Session, IdentityError> {
        let refresh = tokens.refresh_token().or_else(|| presented.map(UserRefreshToken::reveal));
        let refresh = refresh.ok_or_else(|| self.unreadable_tokens())?;
        let access_token = tokens.access_token().ok_or_else(|| self.unreadable_tokens())?;
        Ok(Session {
            access_token: access_token.to_owned(),
            refresh_token: UserRefreshToken::new(user.id, refresh).to_string(),
            expires_in: SignedDuration::from_secs(i64::from(tokens.expires_in())),
            user,
        })
    }

    fn unreadable_tokens(&self) -> StorageError {
        self.storage_error(StorageErrorKind::Unexpected, NEW_TOKENS)
    }
}
