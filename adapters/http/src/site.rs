//! What every request can reach: the services, the options and the rate limits.

use std::sync::Arc;

use halftone_core::services::Services;
use poem::Request;

use crate::options::HttpOptions;
use crate::problem::Failure;
use crate::rate_limit::RateLimits;
use crate::streams::Streams;

/// One running application. It hangs in the data of every request.
#[derive(Debug)]
pub(crate) struct Site {
    pub(crate) services: Services,
    pub(crate) options: HttpOptions,
    pub(crate) limits: RateLimits,
    pub(crate) streams: Arc<Streams>,
}

impl Site {
    pub(crate) fn new(services: Services, options: HttpOptions) -> Arc<Self> {
        let limits = RateLimits::new(&options.rate_limits);
        Arc::new(Self { services, options, limits, streams: Arc::default() })
    }

    /// The application that answers this request.
    pub(crate) fn of(request: &Request) -> Result<&Arc<Self>, Failure> {
        let site = request.data::<Arc<Self>>();
        site.ok_or_else(|| Failure::internal("a route was mounted outside of the application"))
    }
}
