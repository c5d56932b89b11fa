//! `/media`: pictures, logos, uploads and archives behind signed URLs. Archives are made here or lie in an object store, and
//! logos are asked for rarely; an object store has URLs of its own for the rest.
//!
//! The signed part of the path is all the right there is: an `Authorization` header is not looked at. It is a
//! secret, so these paths are logged without it.

use std::sync::Arc;

use halftone_core::ports::objects::ObjectInfo;
use halftone_core::services::packing::ServedPack;
use halftone_core::services::uploads::UploadError;
use halftone_core::services::viewing::Logo;
use poem::http::{HeaderValue, StatusCode, header};
use poem::web::{Data, Path};
use poem::{Endpoint, EndpointExt as _, IntoResponse, Request, Response, Route, handler, put};

use crate::body_limit::content_length;
use crate::download::{FileForm, FileRequest, stream_object};
use crate::incoming::incoming;
use crate::links::Links;
use crate::operation::Operation;
use crate::packs::send;
use crate::problem::Failure;
use crate::site::Site;

/// The routes below `/media`.
pub(crate) fn routes() -> impl Endpoint {
    let pictures = poem::get(show_picture).head(head_picture);
    Route::new()
        .at("/pictures/:signed", Operation::streaming(pictures, "/media/pictures/{signed}"))
        .at("/logos/:signed", Operation::streaming(poem::get(show_logo), "/media/logos/{signed}"))
        .at(
            "/packs/:signed",
            Operation::streaming(poem::get(send_pack).head(head_pack), "/media/packs/{signed}"),
        )
        .at("/uploads/:signed", Operation::streaming(put(take_upload), "/media/uploads/{signed}"))
        .map_to_response()
}

/// Shows a thumb or a proof. The share is asked at every request, so a revoked one stops at once; the browser may
/// keep the picture, but must ask whether it may show it.
#[handler]
async fn show_picture(
    site: Data<&Arc<Site>>,
    Path(signed): Path<String>,
    request: FileRequest,
) -> Result<Response, Failure> {
    let viewing = &site.services.viewing;
    let picture = viewing.find(&signed).await?;
    let form = FileForm { media_type: picture.media_type(), save_as: None, cache: FileForm::REVALIDATE };
    let reply = stream_object(&request, picture.info(), form, |range| viewing.open(&picture, range)).await?;
    Ok(reply.into_response())
}

/// Shows a logo, under the same conditions as a picture.
#[handler]
async fn show_logo(
    site: Data<&Arc<Site>>,
    Path(signed): Path<String>,
    request: FileRequest,
) -> Result<Response, Failure> {
    let viewing = &site.services.viewing;
    let logo = viewing.find_logo(&signed).await?;
    let form = FileForm { media_type: Logo::MEDIA_TYPE, save_as: None, cache: FileForm::REVALIDATE };
    let reply = stream_object(&request, logo.info(), form, |range| viewing.open_logo(&logo, range)).await?;
    Ok(reply.into_response())
}

/// Tells of a picture without opening it.
#[handler]
async fn head_picture(site: Data<&Arc<Site>>, Path(signed): Path<String>) -> Result<Response, Failure> {
    let picture = site.services.viewing.find(&signed).await?;
    Ok(describe(picture.info(), picture.media_type()))
}

/// The answer to HEAD.
fn describe(info: &ObjectInfo, media_type: &'static str) -> Response {
    let mut response = StatusCode::OK.into_response();
    response.take_body();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(info.size_bytes));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(FileForm::REVALIDATE));
    headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    if let Ok(tag) = HeaderValue::try_from(format!("\"{}\"", info.etag)) {
        headers.insert(header::ETAG, tag);
    }
    response
}

/// Sends an archive, or the rest of one. Whoever it was made for is asked for again at every request.
#[handler]
async fn send_pack(
    site: Data<&Arc<Site>>,
    links: Links,
    Path(signed): Path<String>,
    request: FileRequest,
) -> Result<Response, Failure> {
    let packing = &site.services.packing;
    let pack = packing.open_signed(&signed).await?;
    Ok(send(packing, &pack, &request, &links).await?.into_response())
}

/// Tells of an archive without sending it.
#[handler]
async fn head_pack(site: Data<&Arc<Site>>, Path(signed): Path<String>) -> Result<Response, Failure> {
    let pack = site.services.packing.open_signed(&signed).await?;
    Ok(describe(pack.info(), ServedPack::MEDIA_TYPE))
}

/// Takes a file or a part of one. The ticket bounds its size.
#[handler]
async fn take_upload(
    site: Data<&Arc<Site>>,
    Path(signed): Path<String>,
    request: &Request,
    body: poem::Body,
) -> Result<Response, Failure> {
    let (content, remains) = incoming(body.into_bytes_stream());
    let received = site.services.uploads.receive(&signed, content_length(request), content).await;
    let received = match received {
        Ok(received) => received,
        Err(_) if remains.is_broken() => return Err(Failure::malformed("the body broke off")),
        // Without a ticket nobody is listened to.
        Err(error @ UploadError::Absent(_)) => return Err(error.into()),
        Err(error) => {
            remains.linger().await;
            return Err(error.into());
        }
    };
    let mut response = StatusCode::OK.into_response();
    response.take_body();
    if let Ok(tag) = HeaderValue::try_from(format!("\"{}\"", received.etag)) {
        response.headers_mut().insert(header::ETAG, tag);
    }
    Ok(response)
}
