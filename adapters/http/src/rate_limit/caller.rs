//! From where a request comes.

use std::net::IpAddr;
use std::sync::Arc;

use poem::{FromRequest, Request, RequestBody};

use super::bucket::RateLimits;
use crate::options::RateLimitOptions;
use crate::site::Site;

/// Whoever sent a request, as the rate limits see it.
#[derive(Debug)]
pub(crate) struct Caller {
    site: Arc<Site>,
    network: Vec<u8>,
}

impl Caller {
    pub(super) fn limits(&self) -> &RateLimits {
        &self.site.limits
    }

    pub(super) fn options(&self) -> &RateLimitOptions {
        self.site.limits.options()
    }

    /// A key of this caller's network and a subject.
    pub(super) fn key<'a>(&'a self, subject: &[&'a [u8]]) -> Vec<&'a [u8]> {
        let mut key = vec![self.network.as_slice()];
        key.extend_from_slice(subject);
        key
    }
}

impl<'a> FromRequest<'a> for Caller {
    async fn from_request(request: &'a Request, _body: &mut RequestBody) -> poem::Result<Self> {
        let site = Site::of(request)?;
        let address = address(request, site.options.trusted_proxies);
        Ok(Self { site: Arc::clone(site), network: address.map(network).unwrap_or_default() })
    }
}

/// The address of the caller: of the connection or, behind trusted proxies, what the outermost of them has seen.
fn address(request: &Request, trusted_proxies: usize) -> Option<IpAddr> {
    let connection = request.remote_addr().as_socket_addr().map(std::net::SocketAddr::ip);
    let Some(steps) = trusted_proxies.checked_sub(1) else {
        return connection;
    };
    let lines = request.headers().get_all("x-forwarded-for").iter();
    // Why `ok`: what is not text is not an address.
    let hops: Vec<&str> =
        lines.filter_map(|line| line.to_str().ok()).flat_map(|line| line.split(',')).collect();
    let hop = hops.iter().rev().nth(steps).or(hops.first());
    hop.and_then(|hop| hop.trim().parse().ok()).or(connection)
}

/// What counts as one caller: an IPv4 address, or the /64 that one IPv6 customer has at least.
fn network(address: IpAddr) -> Vec<u8> {
    match address.to_canonical() {
        IpAddr::V4(address) => address.octets().to_vec(),
        IpAddr::V6(address) => address.octets()[..8].to_vec(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn forwarded(list: &str) -> Request {
        Request::builder().header("x-forwarded-for", list).finish()
    }

    #[test]
    fn a_forged_hop_is_not_believed() {
        let request = forwarded("6.6.6.6, 203.0.113.7, 10.0.0.2");
        assert_eq!(address(&request, 0), None);
        assert_eq!(address(&request, 1), "10.0.0.2".parse().ok());
        assert_eq!(address(&request, 2), "203.0.113.7".parse().ok());
    }

    #[test]
    fn one_ipv6_customer_is_one_caller() {
        let one = network("2001:db8:1:2::1".parse().unwrap());
        let other = network("2001:db8:1:2:ffff::9".parse().unwrap());
        assert_eq!(one, other);
    }
}
