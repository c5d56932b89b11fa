//! Settings that lie in AWS Secrets Manager: the secret's value is a JSON object of variables.

use std::collections::BTreeMap;

use crate::config::cloud::{AwsConfig, SecretsConfig};
use crate::config::reader::{Reader, Sources};

/// A secret that the other sources name.
#[derive(Debug)]
pub(super) struct SecretSource {
    name: String,
    aws: AwsConfig,
}

impl SecretSource {
    /// The secret that is named, if one is. What else the sources say is looked at later.
    pub(super) fn find(sources: &Sources) -> Option<Self> {
        let mut reader = Reader::new(sources.clone());
        let name = SecretsConfig::read(&mut reader).manager.0?.as_str().to_owned();
        Some(Self { name, aws: AwsConfig::read(&mut reader) })
    }

    /// Reads its variables.
    ///
    /// # Errors
    /// It cannot be read, or is no JSON object of texts.
    #[cfg(feature = "cloud")]
    pub(super) async fn read(&self) -> anyhow::Result<BTreeMap<String, String>> {
        crate::cloud::read_secret(&self.aws, &self.name).await
    }

    /// Without AWS there is no such source.
    ///
    /// # Errors
    /// Always.
    #[cfg(not(feature = "cloud"))]
    #[expect(clippy::unused_async, reason = "the other build reads over the network")]
    pub(super) async fn read(&self) -> anyhow::Result<BTreeMap<String, String>> {
        anyhow::bail!(
            "this build has no AWS Secrets Manager, so {:?} cannot be read ({:?})",
            self.name,
            self.aws
        )
    }
}
