//! The application: routes and what surrounds them.

use std::sync::Arc;

use halftone_core::services::Services;
use poem::endpoint::BoxEndpoint;
use poem::{EndpointExt as _, IntoEndpoint as _, Response, Route};

use crate::compression::Compressed;
use crate::cors::Cors;
use crate::observe::Observe;
use crate::operation::Operation;
use crate::options::HttpOptions;
use crate::site::Site;
use crate::web_ui::serving::{Place, WebPlace};
use crate::{api, docs, health, media, ui};

/// The whole application over these services. It can be served, or nested in another Poem application; nested
/// under a path, it needs [`HttpOptions::public_url`].
///
/// | path | what |
/// | --- | --- |
/// | `/api/v1` | the API, its document at `/api/v1/openapi.json` |
/// | `/media` | pictures and uploads behind signed URLs |
/// | `/s/{token}` | the page behind a share's link |
/// | `/` | the studio, and what the web UI is made of; without one, what is running |
/// | `/docs` | the API for people |
/// | `/healthz`, `/readyz` | alive, able to serve |
pub fn application(services: Services, options: HttpOptions) -> BoxEndpoint<'static, Response> {
    let service = api::service(&services);
    let document = service.spec();
    let docs = docs::page(&service.swagger_ui_html());
    let readiness = options.readiness.clone();
    let cors = Cors::new(&options.cors_origins);
    let pages = pages(&options);
    let site = Site::new(services, options);

    let routes = pages
        .at(
            format!("{}/openapi.json", api::BASE),
            Operation::new(docs::document(&document), "/api/v1/openapi.json"),
        )
        .nest(api::BASE, Compressed(service.into_endpoint()))
        .nest("/media", media::routes())
        .at("/docs", Operation::new(docs, "/docs"))
        .at("/healthz", Operation::new(poem::get(health::healthz), "/healthz"))
        .at("/readyz", Operation::new(poem::get(health::readyz), "/readyz"))
        .data(readiness)
        .data::<Arc<Site>>(site);
    Observe::new(cors.around(routes)).boxed()
}

/// The routes of the pages: those of the web UI, or the plain ones that stand in for it.
fn pages(options: &HttpOptions) -> Route {
    let Some(ui) = &options.web_ui else {
        return Route::new()
            .at("/", Operation::new(poem::get(ui::start), "/"))
            .at("/s/:token", Operation::new(poem::get(ui::share), "/s/{token}"));
    };
    let serve = |place, pattern| Operation::new(WebPlace::new(ui, options, place), pattern);
    Route::new()
        .at("/s/*path", serve(Place::Share, "/s/{token}"))
        .at("/assets/*path", serve(Place::Asset, "/assets/{file}"))
        .at("/*path", serve(Place::Elsewhere, "/{page}"))
}
