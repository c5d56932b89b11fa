//! Calling URLs that other people chose, without being led into a private network (server-side request forgery).
//!
//! An address is checked where it is used: names are looked up by the client's own resolver, which gives only addresses that
//! may be called, so that a name which leads elsewhere a moment later (DNS rebinding) leads nowhere. Redirects are not
//! followed and no proxy is asked, because either would connect on its own.

mod addresses;

use std::error::Error;
use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use halftone_core::listener::TargetUrl;
use halftone_core::ports::notifier::{DeliveryError, Verdict};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::{Client, redirect};
use rustls::ClientConfig;
use rustls::crypto::ring;
use rustls_platform_verifier::BuilderVerifierExt as _;
use url::Host;

pub use addresses::is_public;

/// For the whole exchange. The core gives a try half a minute, and resolving may take as long again.
const TIMEOUT: Duration = Duration::from_secs(10);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// Where calls may lead.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Reach {
    /// To public addresses, over TLS.
    #[default]
    Public,
    /// Anywhere, also without TLS: for tests, and for networks in which everybody trusts everybody.
    Anywhere,
}

/// The TLS of this computer cannot be set up.
#[derive(Debug, thiserror::Error)]
#[error("the client for outgoing calls cannot be set up")]
pub struct OutboundError(#[source] Box<dyn Error + Send + Sync + 'static>);

/// A name leads into a private network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the address lies inside a private network")]
struct PrivateAddress;

/// A client for URLs that other people chose. Clones share its connections.
#[derive(Clone)]
pub struct Outbound {
    client: Client,
    reach: Reach,
}

impl fmt::Debug for Outbound {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Outbound").field("reach", &self.reach).finish_non_exhaustive()
    }
}

impl Outbound {
    /// Sets the client up. Nothing is sent.
    ///
    /// # Errors
    /// This computer has no certificates to trust.
    pub fn new(reach: Reach) -> Result<Self, OutboundError> {
        let tls = tls_config().map_err(|error| OutboundError(error.into()))?;
        let builder = Client::builder()
            .tls_backend_preconfigured(tls)
            .https_only(reach == Reach::Public)
            .redirect(redirect::Policy::none())
            .no_proxy()
            .referer(false)
            .user_agent(concat!("Halftone/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(TIMEOUT)
            .dns_resolver(Arc::new(GuardedResolver { reach }));
        let client = builder.build().map_err(|error| OutboundError(error.into()))?;
        Ok(Self { client, reach })
    }

    /// The client itself, for a URL that [`check`](Self::check) let through.
    pub(crate) const fn client(&self) -> &Client {
        &self.client
    }

    /// Refuses a URL that is never called: without TLS, or with an address in the place of a name that is not public. The
    /// resolver does the same for names.
    pub(crate) fn check(&self, url: &TargetUrl) -> Result<(), DeliveryError> {
        if self.reach == Reach::Anywhere {
            return Ok(());
        }
        if url.as_url().scheme() != "https" {
            return Err(refused("must begin with https://"));
        }
        let address = match url.as_url().host() {
            Some(Host::Ipv4(address)) => IpAddr::V4(address),
            Some(Host::Ipv6(address)) => IpAddr::V6(address),
            Some(Host::Domain(_)) | None => return Ok(()),
        };
        if is_public(address) { Ok(()) } else { Err(private()) }
    }

    /// The same, and looks the name up: for whoever is about to keep the URL.
    pub(crate) async fn admit(&self, url: &TargetUrl) -> Result<(), DeliveryError> {
        self.check(url)?;
        let port = url.as_url().port_or_known_default().unwrap_or(443);
        match look_up(url.host(), port, self.reach).await {
            Ok(_) => Ok(()),
            Err(error) if error.is::<PrivateAddress>() => Err(private()),
            Err(error) => {
                let again = Verdict::TryAgain { after: None };
                Err(DeliveryError::new(again, "the host's name leads nowhere").with_source(error))
            }
        }
    }

    /// What a call that got no answer means.
    pub(crate) fn unanswered(error: reqwest::Error) -> DeliveryError {
        if is_private(&error) {
            return private();
        }
        let reason = if error.is_timeout() {
            "the server did not answer in time"
        } else if error.is_connect() {
            "no connection to the server"
        } else {
            "the connection broke off"
        };
        // URLs of endpoints are as good as passwords, and the client's errors print them.
        DeliveryError::new(Verdict::TryAgain { after: None }, reason).with_source(error.without_url())
    }
}

fn refused(reason: &str) -> DeliveryError {
    DeliveryError::new(Verdict::Refused, reason)
}

fn private() -> DeliveryError {
    refused("must not lead into a private network")
}

fn is_private(error: &reqwest::Error) -> bool {
    let mut cause: Option<&(dyn Error + 'static)> = error.source();
    while let Some(error) = cause {
        if error.is::<PrivateAddress>() {
            return true;
        }
        cause = error.source();
    }
    false
}

fn tls_config() -> Result<ClientConfig, rustls::Error> {
    // Not the process-wide provider: a library must not install one behind its embedder's back.
    let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()));
    let builder = builder.with_safe_default_protocol_versions()?.with_platform_verifier()?;
    Ok(builder.with_no_client_auth())
}

type BoxError = Box<dyn Error + Send + Sync + 'static>;

/// The addresses of a name that may be called.
async fn look_up(host: &str, port: u16, reach: Reach) -> Result<Vec<SocketAddr>, BoxError> {
    let host = host.trim_start_matches('[').trim_end_matches(']');
    let found: Vec<SocketAddr> = tokio::net::lookup_host((host, port)).await?.collect();
    let admitted: Vec<SocketAddr> =
        found.iter().copied().filter(|address| reach == Reach::Anywhere || is_public(address.ip())).collect();
    if admitted.is_empty() && !found.is_empty() {
        return Err(PrivateAddress.into());
    }
    Ok(admitted)
}

/// Looks names up for the client, at the moment of connecting.
#[derive(Debug)]
struct GuardedResolver {
    reach: Reach,
}

impl Resolve for GuardedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let reach = self.reach;
        Box::pin(async move {
            // The client puts the port of the URL in the place of 0.
            let addresses = look_up(name.as_str(), 0, reach).await?;
            let addresses: Addrs = Box::new(addresses.into_iter());
            Ok(addresses)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> TargetUrl {
        TargetUrl::parse(text).unwrap()
    }

    #[tokio::test]
    async fn names_and_addresses_of_private_networks_are_refused() {
        let outbound = Outbound::new(Reach::Public).unwrap();
        for text in [
            "https://127.0.0.1/",
            "https://[::1]/",
            "https://[::ffff:10.0.0.1]/",
            "https://169.254.169.254/latest/meta-data/",
            "https://0x7f000001/",
            "https://2130706433/",
            "https://localhost/",
            "http://example.com/",
        ] {
            let refused = outbound.admit(&url(text)).await.unwrap_err();
            assert_eq!(refused.verdict, Verdict::Refused, "{text}");
        }
        assert!(outbound.admit(&url("https://93.184.215.14/")).await.is_ok());
    }

    #[tokio::test]
    async fn a_name_that_leads_inside_is_refused_at_the_moment_of_connecting_too() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let outbound = Outbound::new(Reach::Public).unwrap();
        let call = outbound.client().get(format!("https://localhost:{port}/")).send().await;
        let refused = Outbound::unanswered(call.unwrap_err());
        assert_eq!(refused.verdict, Verdict::Refused, "{refused}");
        let nobody = tokio::time::timeout(Duration::from_millis(50), listener.accept()).await;
        assert!(nobody.is_err(), "no connection was made");
    }

    #[tokio::test]
    async fn whoever_allows_it_may_call_anywhere() {
        let outbound = Outbound::new(Reach::Anywhere).unwrap();
        assert!(outbound.admit(&url("http://localhost:8300/hook")).await.is_ok());
    }
}
