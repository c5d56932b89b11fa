//! Accounts in JSON. None of these derive `Debug` where they hold a secret.

use halftone_core::ports::identity::Session;
use poem_openapi::Object;

/// Somebody who registers.
#[derive(Object)]
#[oai(rename = "Registration")]
pub(crate) struct RegisterBody {
    /// The address to log in with.
    pub(crate) email: String,
    /// At least 8 characters.
    pub(crate) password: String,
    /// What clients read.
    pub(crate) studio_name: String,
}

/// A new account.
#[derive(Debug, Object)]
#[oai(rename = "Registered")]
pub(crate) struct RegisteredObject {
    /// Who registered.
    pub(crate) user_id: String,
    /// The user's studio.
    pub(crate) studio_id: String,
    /// Whether a code was mailed that must be confirmed before logging in.
    pub(crate) confirmation_required: bool,
}

/// An address and the code that was mailed to it.
#[derive(Object)]
#[oai(rename = "AddressConfirmation")]
pub(crate) struct ConfirmBody {
    /// The address.
    pub(crate) email: String,
    /// The code.
    pub(crate) code: String,
}

/// An address.
#[derive(Object)]
#[oai(rename = "Address")]
pub(crate) struct AddressBody {
    /// The address.
    pub(crate) email: String,
}

/// What logs in.
#[derive(Object)]
#[oai(rename = "Credentials")]
pub(crate) struct CredentialsBody {
    /// The address.
    pub(crate) email: String,
    /// The password.
    pub(crate) password: String,
}

/// A refresh token.
#[derive(Object)]
#[oai(rename = "RefreshToken")]
pub(crate) struct RefreshBody {
    /// The token.
    pub(crate) refresh_token: String,
}

/// A mailed code and the new password.
#[derive(Object)]
#[oai(rename = "PasswordReset")]
pub(crate) struct ResetBody {
    /// The address.
    pub(crate) email: String,
    /// The code.
    pub(crate) code: String,
    /// At least 8 characters.
    pub(crate) password: String,
}

/// The password, once more.
#[derive(Object)]
#[oai(rename = "PasswordCheck")]
pub(crate) struct PasswordBody {
    /// The password.
    pub(crate) password: String,
}

/// What a login gives.
#[derive(Object)]
#[oai(rename = "Session")]
pub(crate) struct SessionObject {
    /// To be sent as a bearer token.
    access_token: String,
    /// Buys new tokens, once.
    refresh_token: String,
    /// Always `Bearer`.
    token_type: String,
    /// How long the access token lives, in seconds.
    expires_in: i64,
}

impl From<Session> for SessionObject {
    fn from(session: Session) -> Self {
        Self {
            access_token: session.access_token,
            refresh_token: session.refresh_token,
            token_type: "Bearer".to_owned(),
            expires_in: session.expires_in.as_secs(),
        }
    }
}
