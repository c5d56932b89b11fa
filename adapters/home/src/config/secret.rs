//! Settings that lie in AWS Secrets Manager: the secret's value is a JSON object of variables.

use std::collections::BTreeMap;

#[cfg(feature = "cloud")]
use aws_config::SdkConfig;

use crate::config::cloud::{AwsConfig, SecretsConfig};
use crate::config::reader::{Reader, Sources};

/// A secret that the other sources name.
#[derive(Debug)]
pub(super) struct SecretSource {
    name: String,
    aws: AwsConfig,
}

/// What a secret held when the configuration was read.
#[derive(Debug)]
pub(crate) struct SecretReading {
    pub(crate) variables: BTreeMap<String, String>,
    pub(crate) origin: SecretOrigin,
}

/// From where settings were read that lie in a secret.
#[derive(Debug, Clone)]
pub(crate) struct SecretOrigin {
    /// Which version of the secret it was.
    pub(crate) version: String,
    /// How AWS was reached.
    pub(crate) aws: AwsConfig,
    /// The connections and credentials that were made for it; everything else on AWS uses them too.
    #[cfg(feature = "cloud")]
    pub(crate) sdk: SdkConfig,
}

// The connections are no part of what was read.
impl PartialEq for SecretOrigin {
    fn eq(&self, other: &Self) -> bool {
        self.version == other.version && self.aws == other.aws
    }
}

impl Eq for SecretOrigin {}

impl SecretSource {
    /// The secret that is named, if one is. What else the sources say is looked at later.
    pub(super) fn find(sources: &Sources) -> Option<Self> {
        let mut reader = Reader::new(sources.clone());
        let name = SecretsConfig::read(&mut reader).manager.0?.as_str().to_owned();
        Some(Self { name, aws: AwsConfig::read(&mut reader) })
    }

    /// Reads it.
    ///
    /// # Errors
    /// It cannot be read, or is no JSON object of texts.
    #[cfg(feature = "cloud")]
    pub(super) async fn read(self) -> anyhow::Result<SecretReading> {
        crate::cloud::read_secret(self.aws, &self.name).await
    }

    /// Without AWS there is no such source.
    ///
    /// # Errors
    /// Always.
    #[cfg(not(feature = "cloud"))]
    #[expect(clippy::unused_async, reason = "the other build reads over the network")]
    pub(super) async fn read(self) -> anyhow::Result<SecretReading> {
        anyhow::bail!(
            "this build has no AWS Secrets Manager, so {:?} cannot be read ({:?})",
            self.name,
            self.aws
        )
    }
}
