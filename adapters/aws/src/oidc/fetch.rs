//! Fetching an issuer's keys.

use std::sync::Arc;
use std::time::Duration;

use reqwest::{Client, Response, StatusCode, redirect};
use rustls::ClientConfig;
use rustls::crypto::ring;
use rustls_platform_verifier::BuilderVerifierExt as _;

use super::keys::KeySet;
use super::{InvalidOidcSettings, JwksError, JwksUrl};

/// For the whole exchange. A login waits for it once in a while.
const TIMEOUT: Duration = Duration::from_secs(5);

/// Two RSA keys have one kilobyte.
const MOST_BYTES: usize = 256 * 1024;

/// Fetches from one address.
#[derive(Debug)]
pub(super) struct JwksFetcher {
    client: Client,
    url: JwksUrl,
}

impl JwksFetcher {
    /// Builds the client: rustls on ring, with the roots that this computer trusts, and no redirects, which could
    /// lead to an address that nobody chose.
    pub(super) fn new(url: JwksUrl) -> Result<Self, InvalidOidcSettings> {
        let tls = tls_config().map_err(InvalidOidcSettings::Tls)?;
        let builder = Client::builder()
            .tls_backend_preconfigured(tls)
            .https_only(!url.is_loopback())
            .redirect(redirect::Policy::none())
            .timeout(TIMEOUT);
        // A proxy is for what is outside; it would look for a loopback address on its own computer.
        let builder = if url.is_loopback() { builder.no_proxy() } else { builder };
        Ok(Self { client: builder.build().map_err(InvalidOidcSettings::Client)?, url })
    }

    /// The address.
    pub(super) const fn url(&self) -> &JwksUrl {
        &self.url
    }

    /// Fetches the keys once.
    pub(super) async fn fetch(&self) -> Result<KeySet, JwksError> {
        let response = self.client.get(self.url.as_url().clone()).send().await.map_err(JwksError::Http)?;
        if response.status() != StatusCode::OK {
            return Err(JwksError::Status(response.status().as_u16()));
        }
        KeySet::parse(&read_body(response).await?)
    }
}

fn tls_config() -> Result<ClientConfig, rustls::Error> {
    // Not the process-wide provider: a library must not install one behind its embedder's back.
    let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()));
    let builder = builder.with_safe_default_protocol_versions()?.with_platform_verifier()?;
    Ok(builder.with_no_client_auth())
}

async fn read_body(mut response: Response) -> Result<Vec<u8>, JwksError> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(JwksError::Http)? {
        if body.len() + chunk.len() > MOST_BYTES {
            return Err(JwksError::TooLarge);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}
