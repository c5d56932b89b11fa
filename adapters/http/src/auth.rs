//! Who calls: bearer tokens become a [`Principal`].
//!
//! An operation takes [`StudioAuth`] or [`ClientAuth`] as its first argument, so that nothing else of the request
//! is looked at before the caller is known. An operation without one is visibly public. What the caller may do is
//! decided by the services.

use halftone_core::access::Principal;
use poem::Request;
use poem_openapi::SecurityScheme;
use poem_openapi::auth::Bearer;

use crate::problem::Failure;
use crate::site::Site;

/// The access token of a login, or an API key.
#[derive(Debug, SecurityScheme)]
#[oai(ty = "bearer", rename = "studio", checker = "authenticate")]
pub(crate) struct StudioAuth(pub(crate) Principal);

/// The access token of a client's session. It ends with its share.
#[derive(Debug, SecurityScheme)]
#[oai(ty = "bearer", rename = "client", checker = "admit")]
pub(crate) struct ClientAuth(pub(crate) Principal);

async fn authenticate(request: &Request, bearer: Bearer) -> poem::Result<Principal> {
    let accounts = &Site::of(request)?.services.accounts;
    Ok(accounts.authenticate(&bearer.token).await.map_err(Failure::from)?)
}

async fn admit(request: &Request, bearer: Bearer) -> poem::Result<Principal> {
    let sharing = &Site::of(request)?.services.sharing;
    Ok(sharing.admit(&bearer.token).await.map_err(Failure::from)?)
}
