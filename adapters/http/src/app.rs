//! The application: routes and what surrounds them.

use std::sync::Arc;

use halftone_core::services::Services;
use poem::endpoint::BoxEndpoint;
use poem::{EndpointExt as _, IntoEndpoint as _, Response, Route};

use crate::cors::Cors;
use crate::observe::Observe;
use crate::operation::Operation;
use crate::options::HttpOptions;
use crate::site::Site;
use crate::{api, docs, health, media, ui};

/// The whole application over these services. It can be served, or nested in another Poem application; nested
/// under a path, it needs [`HttpOptions::public_url`].
///
/// | path | what |
/// | --- | --- |
/// | `/api/v1` | the API, its document at `/api/v1/openapi.json` |
/// | `/media` | pictures and uploads behind signed URLs |
/// | `/s/{token}` | the page behind a share's link |
/// | `/`, `/docs` | what is running, and the API for people |
/// | `/healthz`, `/readyz` | alive, able to serve |
pub fn application(services: Services, options: HttpOptions) -> BoxEndpoint<'static, Response> {
    let service = api::service(&services);
    let document = service.spec();
    let docs = docs::page(&service.swagger_ui_html());
    let readiness = options.readiness.clone();
    let cors = Cors::new(&options.cors_origins);
    let site = Site::new(services, options);

    let routes = Route::new()
        .at(
            format!("{}/openapi.json", api::BASE),
            Operation::new(docs::document(&document), "/api/v1/openapi.json"),
        )
        .nest(api::BASE, service.into_endpoint())
        .nest("/media", media::routes())
        .at("/", Operation::new(poem::get(ui::start), "/"))
        .at("/s/:token", Operation::new(poem::get(ui::share), "/s/{token}"))
        .at("/docs", Operation::new(docs, "/docs"))
        .at("/healthz", Operation::new(poem::get(health::healthz), "/healthz"))
        .at("/readyz", Operation::new(poem::get(health::readyz), "/readyz"))
        .data(readiness)
        .data::<Arc<Site>>(site);
    Observe::new(cors.around(routes)).boxed()
}
