//! `/healthz` (the process is alive) and `/readyz` (it can serve).

use std::error::Error;
use std::fmt;

use async_trait::async_trait;
use poem::http::{StatusCode, header};
use poem::web::Data;
use poem::{IntoResponse, Response, handler};

use std::sync::Arc;

use crate::problem::Failure;

/// Tells whether what the application needs is within reach.
#[async_trait]
pub trait Readiness: fmt::Debug + Send + Sync + 'static {
    /// Looks at the dependencies: database, object store, queue. Called at every `/readyz`, so it should be
    /// quick, and give up by itself.
    ///
    /// # Errors
    /// Something is out of reach. The error is logged; the caller only learns that it is so.
    async fn check(&self) -> Result<(), Box<dyn Error + Send + Sync>>;
}

#[handler]
pub(crate) fn healthz() -> Response {
    fine()
}

#[handler]
pub(crate) async fn readyz(readiness: Data<&Option<Arc<dyn Readiness>>>) -> Result<Response, Failure> {
    if let Some(readiness) = readiness.0 {
        readiness.check().await.map_err(Failure::unavailable)?;
    }
    Ok(fine())
}

fn fine() -> Response {
    Response::builder()
        .status(StatusCode::OK)
        .header(header::CACHE_CONTROL, "no-store")
        .content_type("text/plain; charset=utf-8")
        .body("ok\n")
        .into_response()
}
