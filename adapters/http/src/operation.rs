//! What happens around every operation of the API, once and in one place.

use std::collections::HashMap;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use futures_util::FutureExt as _;
use poem::endpoint::BoxEndpoint;
use poem::http::{HeaderValue, Method, header};
use poem::{Endpoint, EndpointExt as _, IntoResponse, Request, Response};
use poem_openapi::OpenApi;
use poem_openapi::registry::{MetaApi, Registry};

use crate::body_limit;
use crate::document;
use crate::problem::Failure;
use crate::request_id::RequestId;
use crate::site::Site;

/// The pattern of the route that answered, for logs and metrics: it holds names of parameters, not their values.
#[derive(Debug, Clone)]
pub(crate) struct RoutePattern(pub(crate) Arc<str>);

/// An API all of whose operations are wrapped in [`Operation`].
#[derive(Debug)]
pub(crate) struct Operations<T> {
    pub(crate) api: T,
    /// What stands before the paths of the API.
    pub(crate) base: &'static str,
}

impl<T: OpenApi> OpenApi for Operations<T> {
    fn meta() -> Vec<MetaApi> {
        document::tidy(T::meta())
    }

    fn register(registry: &mut Registry) {
        T::register(registry);
    }

    fn add_routes(self, table: &mut HashMap<String, HashMap<Method, BoxEndpoint<'static>>>) {
        let mut routes = HashMap::new();
        self.api.add_routes(&mut routes);
        let patterns = patterns(&T::meta());
        for (path, methods) in routes {
            let shape = shape(&path);
            let pattern: Arc<str> = match patterns.get(&shape) {
                Some(pattern) => format!("{}{pattern}", self.base).into(),
                None => format!("{}{path}", self.base).into(),
            };
            let wrapped = methods.into_iter().map(|(method, endpoint)| {
                let operation = Operation::new(endpoint, Arc::clone(&pattern));
                (method, operation.boxed())
            });
            table.entry(path).or_default().extend(wrapped);
        }
    }
}

/// The documented path of each route. The router's own form has lost the names of the parameters.
fn patterns(apis: &[MetaApi]) -> HashMap<String, String> {
    let paths = apis.iter().flat_map(|api| &api.paths);
    paths.map(|path| (shape(&path.path), path.path.clone())).collect()
}

/// A path without the names of its parameters.
fn shape(path: &str) -> String {
    let parts = path.split('/').map(|part| {
        let is_parameter = part.starts_with([':', '{', '<']);
        if is_parameter { ":" } else { part }
    });
    parts.collect::<Vec<_>>().join("/")
}

/// Bounds the body, catches panics, prints failures as problem documents with the request's id, and logs those
/// that are our own fault.
#[derive(Debug)]
pub(crate) struct Operation<E> {
    inner: E,
    pattern: Arc<str>,
    bound: Bound,
}

/// Who bounds the body of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Bound {
    /// The options, by its type.
    Options,
    /// The operation itself, which streams it.
    Operation,
}

impl<E> Operation<E> {
    /// Wraps the endpoint that answers under `pattern`.
    pub(crate) fn new(inner: E, pattern: impl Into<Arc<str>>) -> Self {
        Self { inner, pattern: pattern.into(), bound: Bound::Options }
    }

    /// Wraps an endpoint that streams bodies and bounds them itself.
    pub(crate) fn streaming(inner: E, pattern: impl Into<Arc<str>>) -> Self {
        Self { bound: Bound::Operation, ..Self::new(inner, pattern) }
    }

    fn bound_body(&self, request: &mut Request) -> Result<(), Failure> {
        if self.bound == Bound::Operation {
            return Ok(());
        }
        let options = &Site::of(request)?.options;
        let is_form = request.content_type().is_some_and(|kind| kind.starts_with("multipart/"));
        let most_bytes = if is_form { options.most_form_bytes } else { options.most_json_bytes };
        body_limit::limit(request, most_bytes)
    }
}

impl<E: Endpoint> Endpoint for Operation<E> {
    type Output = Response;

    async fn call(&self, mut request: Request) -> poem::Result<Response> {
        let id = request.data::<RequestId>().cloned();
        let stirred = stirs(&request);
        let answer = match self.bound_body(&mut request) {
            // The inner state of an endpoint is shared by all requests anyway, and guarded by locks that cope.
            Ok(()) => AssertUnwindSafe(self.inner.call(request)).catch_unwind().await,
            Err(failure) => Ok(Err(failure.into())),
        };
        let id = id.as_ref().map(|id| id.0.as_str());
        let mut response = match answer {
            Ok(Ok(output)) => output.into_response(),
            Ok(Err(error)) if error.is_from_response() => error.into_response(),
            Ok(Err(error)) => print(&error.into(), id),
            Err(panic) => print(&Failure::internal(panic_message(&*panic)), id),
        };
        if let Some(site) = stirred.filter(|_| response.status().is_success()) {
            site.streams.stir();
        }
        response.set_data(RoutePattern(Arc::clone(&self.pattern)));
        // Answers are somebody's, and change; those that may be kept say so.
        response.headers_mut().entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
        Ok(response)
    }
}

/// The application whose event streams should look after this request, if it may change something.
fn stirs(request: &Request) -> Option<Arc<Site>> {
    let is_safe = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    // Why `ok`: outside of the application there are no streams.
    (!is_safe).then(|| Site::of(request).ok().map(Arc::clone)).flatten()
}

fn print(failure: &Failure, id: Option<&str>) -> Response {
    failure.log();
    failure.response(id)
}

fn panic_message(panic: &(dyn std::any::Any + Send)) -> String {
    let text =
        panic.downcast_ref::<&str>().copied().or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    format!("panicked: {}", text.unwrap_or("without a message"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_forget_the_names_of_parameters() {
        assert_eq!(shape("/galleries/:param0/photos"), shape("/galleries/{gallery_id}/photos"));
    }
}
