//! Configuration that is kept by AWS Secrets Manager.
//!
//! One secret holds one JSON object, whose members are configuration variables:
//! `{"HALFTONE_MASTER_KEY": "...", "HALFTONE_COGNITO_CLIENT_SECRET": "..."}`. [`SecretsManagerSource`] reads it once;
//! [`RefreshingSecret`] keeps reading it, for secrets that are rotated. What the variables mean is not known here.

use std::fmt;
use std::time::Duration;

use aws_config::SdkConfig;
use aws_sdk_secretsmanager::operation::get_secret_value::GetSecretValueOutput;
use aws_sdk_secretsmanager::{Client, Config};

pub use self::error::SecretError;
pub use self::refreshing::{RefreshingSecret, Rotation};
pub use self::variables::SecretVariables;

use crate::clients::timeouts;

mod error;
mod refreshing;
mod variables;

/// Which secret: its name or its ARN. No secret itself.
///
/// ```
/// use halftone_aws::secrets::SecretId;
/// assert!(SecretId::parse("halftone/production").is_some());
/// assert!(SecretId::parse("").is_none());
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct SecretId(String);

impl SecretId {
    /// More than an ARN can have.
    const MOST_CHARACTERS: usize = 2048;

    /// Reads a name or an ARN: not empty, at most 2048 printable ASCII characters, no spaces.
    pub fn parse(text: &str) -> Option<Self> {
        let is_id = (1..=Self::MOST_CHARACTERS).contains(&text.len())
            && text.bytes().all(|byte| byte.is_ascii_graphic());
        is_id.then(|| Self(text.to_owned()))
    }
}

impl fmt::Display for SecretId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl fmt::Debug for SecretId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "SecretId({})", self.0)
    }
}

/// One version of a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecretVersion {
    /// Secrets Manager's name for the version.
    pub id: String,
    /// What it holds.
    pub variables: SecretVariables,
}

/// Reads one secret.
#[derive(Debug, Clone)]
pub struct SecretsManagerSource {
    client: Client,
    secret: SecretId,
}

/// Where in a rotation a version stands.
#[derive(Debug, Clone, Copy)]
enum Stage {
    Current,
    Previous,
}

impl Stage {
    const fn label(self) -> &'static str {
        match self {
            Self::Current => "AWSCURRENT",
            Self::Previous => "AWSPREVIOUS",
        }
    }
}

impl SecretsManagerSource {
    /// Reads this secret. Nothing is sent yet.
    pub fn new(config: &SdkConfig, secret: SecretId) -> Self {
        let config = Config::from(config).to_builder().timeout_config(timeouts(Duration::ZERO)).build();
        Self { client: Client::from_conf(config), secret }
    }

    /// Which secret.
    pub const fn secret(&self) -> &SecretId {
        &self.secret
    }

    /// The version in force.
    ///
    /// # Errors
    /// Any [`SecretError`]; see there.
    pub async fn fetch(&self) -> Result<SecretVersion, SecretError> {
        self.fetch_stage(Stage::Current).await
    }

    /// The version before the one in force, if the secret was ever changed. What was made with it, say a signature,
    /// may still be around.
    ///
    /// # Errors
    /// As for [`Self::fetch`].
    pub async fn find_previous(&self) -> Result<Option<SecretVersion>, SecretError> {
        match self.fetch_stage(Stage::Previous).await {
            Ok(version) => Ok(Some(version)),
            Err(SecretError::NotFound { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn fetch_stage(&self, stage: Stage) -> Result<SecretVersion, SecretError> {
        let request = self.client.get_secret_value().secret_id(&self.secret.0).version_stage(stage.label());
        let reply = request.send().await.map_err(|error| error::sort(error, &self.secret))?;
        self.read(reply)
    }

    fn read(&self, reply: GetSecretValueOutput) -> Result<SecretVersion, SecretError> {
        let malformed = || SecretError::Malformed { secret: self.secret.clone() };
        let text = zeroize::Zeroizing::new(reply.secret_string.ok_or_else(malformed)?);
        let variables = SecretVariables::parse(&text).ok_or_else(malformed)?;
        Ok(SecretVersion { id: reply.version_id.ok_or_else(malformed)?, variables })
    }
}
