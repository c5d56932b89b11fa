//! `/auth` and `/account`: registering, logging in, leaving.

use halftone_core::ports::identity::Confirmation;
use halftone_core::secret::{Password, RenewalKey};
use halftone_core::services::accounts::AccountService;
use halftone_core::services::error::FieldExt as _;
use halftone_core::text::{Email, Name};
use poem_openapi::OpenApi;
use poem_openapi::param::Header;
use poem_openapi::payload::Json;

use crate::api::accounts::body::{
    AddressBody, ConfirmBody, CredentialsBody, PasswordBody, RefreshBody, RegisterBody, RegisteredObject,
    ResetBody, SessionObject,
};
use crate::api::json_body::JsonBody;
use crate::api::reply::{Accepted, Done, Made};
use crate::api::tag::Tag;
use crate::auth::StudioAuth;
use crate::problem::Failure;
use crate::problem::family::AccountFailure;
use crate::rate_limit::Caller;

mod body;

/// Serves accounts.
#[derive(Debug)]
pub(crate) struct AccountsApi {
    pub(crate) accounts: AccountService,
}

#[OpenApi(tag = "Tag::Accounts")]
impl AccountsApi {
    /// Registers a photographer and makes the studio
    #[oai(path = "/auth/register", method = "post", operation_id = "register")]
    async fn register(
        &self,
        caller: Caller,
        body: JsonBody<RegisterBody>,
    ) -> Result<Made<RegisteredObject>, AccountFailure> {
        caller.count_credentials(&body.0.email)?;
        let email = Email::parse(&body.0.email).field("email")?;
        let password = Password::choose(&body.0.password).field("password")?;
        let studio_name = Name::parse(&body.0.studio_name).field("studio_name")?;
        let registered = self.accounts.register(&email, &password, studio_name).await?;
        Ok(Made::Made(Json(RegisteredObject {
            user_id: registered.user.to_string(),
            studio_id: registered.studio.to_string(),
            confirmation_required: registered.confirmation == Confirmation::Required,
        })))
    }

    /// Confirms an address with the code that was mailed to it
    #[oai(path = "/auth/confirm", method = "post", operation_id = "confirmAddress")]
    async fn confirm(&self, caller: Caller, body: JsonBody<ConfirmBody>) -> Result<Done, AccountFailure> {
        caller.count_credentials(&body.0.email)?;
        let email = Email::parse(&body.0.email).field("email")?;
        self.accounts.confirm(&email, body.0.code.trim()).await?;
        Ok(Done::Done)
    }

    /// Mails a new confirmation code
    ///
    /// The answer is the same whether the address is known or not.
    #[oai(path = "/auth/confirm/resend", method = "post", operation_id = "resendConfirmation")]
    async fn resend(&self, caller: Caller, body: JsonBody<AddressBody>) -> Result<Accepted, AccountFailure> {
        caller.count_credentials(&body.0.email)?;
        // An address that cannot be one is as unknown as any other.
        if let Ok(email) = Email::parse(&body.0.email) {
            self.accounts.resend_confirmation(&email).await?;
        }
        Ok(Accepted::Accepted)
    }

    /// Logs in
    #[oai(path = "/auth/login", method = "post", operation_id = "logIn")]
    async fn log_in(
        &self,
        caller: Caller,
        body: JsonBody<CredentialsBody>,
    ) -> Result<Json<SessionObject>, AccountFailure> {
        caller.count_credentials(&body.0.email)?;
        let email = Email::parse(&body.0.email)
            .map_err(|_| Failure::unauthorised("the credentials are not valid"))?;
        let password = Password::attempt(&body.0.password);
        let session = self.accounts.log_in(&email, &password).await?;
        Ok(Json(session.into()))
    }

    /// Exchanges a refresh token for new tokens
    ///
    /// The old refresh token stops working. One that is sent a second time ends the whole session, as either
    /// sender may be a thief; unless it comes with the key of the first time and at most 60 seconds later, for the
    /// answer may have been lost: then the new refresh token is the same.
    #[oai(path = "/auth/refresh", method = "post", operation_id = "refreshSession")]
    async fn refresh(
        &self,
        /// A key that makes a repeated exchange the same one: 22 to 200 visible ASCII characters, drawn at random and
        /// kept as secret as the token. Identity providers other than the built-in one ignore it.
        #[oai(name = "Idempotency-Key")]
        key: Header<Option<String>>,
        body: JsonBody<RefreshBody>,
    ) -> Result<Json<SessionObject>, AccountFailure> {
        let key = key.0.as_deref().map(RenewalKey::parse).transpose().field("Idempotency-Key")?;
        let session = self.accounts.refresh(&body.0.refresh_token, key.as_ref()).await?;
        Ok(Json(session.into()))
    }

    /// Logs out
    #[oai(path = "/auth/logout", method = "post", operation_id = "logOut")]
    async fn log_out(&self, body: JsonBody<RefreshBody>) -> Result<Done, AccountFailure> {
        self.accounts.log_out(&body.0.refresh_token).await?;
        Ok(Done::Done)
    }

    /// Mails a code for a new password
    ///
    /// The answer is the same whether the address is known or not.
    #[oai(path = "/auth/password/forgot", method = "post", operation_id = "forgotPassword")]
    async fn forgot_password(
        &self,
        caller: Caller,
        body: JsonBody<AddressBody>,
    ) -> Result<Accepted, AccountFailure> {
        caller.count_credentials(&body.0.email)?;
        // As above.
        if let Ok(email) = Email::parse(&body.0.email) {
            self.accounts.forgot_password(&email).await?;
        }
        Ok(Accepted::Accepted)
    }

    /// Sets a new password with a mailed code, and ends all sessions
    #[oai(path = "/auth/password/reset", method = "post", operation_id = "resetPassword")]
    async fn reset_password(
        &self,
        caller: Caller,
        body: JsonBody<ResetBody>,
    ) -> Result<Done, AccountFailure> {
        caller.count_credentials(&body.0.email)?;
        let email = Email::parse(&body.0.email).field("email")?;
        let password = Password::choose(&body.0.password).field("password")?;
        self.accounts.reset_password(&email, body.0.code.trim(), &password).await?;
        Ok(Done::Done)
    }

    /// Ends the account
    ///
    /// Nobody can log in from now on; everything that the studio owns is purged in the background.
    #[oai(path = "/account", method = "delete", operation_id = "deleteAccount")]
    async fn delete(
        &self,
        auth: StudioAuth,
        caller: Caller,
        body: JsonBody<PasswordBody>,
    ) -> Result<Accepted, AccountFailure> {
        caller.count_credentials("the owner's password")?;
        self.accounts.delete(&auth.0, &Password::attempt(&body.0.password)).await?;
        Ok(Accepted::Accepted)
    }
}
