//! What a client sends to open a share, and what it gets.

use halftone_core::page::{Page, PageLimit};
use halftone_core::services::error::{FieldExt as _, InvalidField};
use halftone_core::services::sharing::{Opened, Visitor};
use halftone_core::services::visiting::{ClientGallery, ClientPhoto, ClientPhotoFilter};
use halftone_core::text::{Email, Line};
use poem_openapi::Object;

use crate::api::client_gallery::body::ClientGalleryObject;
use crate::api::client_photos::body::ClientPhotoObject;
use crate::api::paging::PageObject;
use crate::links::Links;

/// Opens a link.
#[derive(Debug, Object)]
pub(crate) struct SessionRequest {
    /// The secret at the end of the link.
    token: String,
    /// The PIN, if the link asks for one.
    pin: Option<String>,
    /// The key from an earlier visit, to go on as the same client.
    client_key: Option<String>,
    /// What the client calls itself.
    name: Option<String>,
    /// Where it can be reached.
    email: Option<String>,
}

/// A link that was opened.
#[derive(Debug, Object)]
#[oai(rename = "ClientSession")]
pub(crate) struct SessionObject {
    /// To be sent as bearer token.
    access_token: String,
    /// `Bearer`.
    token_type: String,
    /// How long the token lives, in seconds.
    expires_in: i64,
    /// The key by which this client goes on later, or on another device. Null if it was sent.
    client_key: Option<String>,
    /// What the link opens.
    gallery: ClientGalleryObject,
    /// The first photos of the first chapter: what `GET /client/photos` answers when it is asked for the first section of
    /// the gallery, or of the first of several galleries, or for no section where there is none. The next page is asked
    /// for in the same way.
    photos: PageObject<ClientPhotoObject>,
}

/// Which photos come along with a session, and how many at most: as many as the first screen of a large display shows.
pub(crate) fn first_photos(share: &ClientGallery) -> (ClientPhotoFilter, PageLimit) {
    let first = share.galleries.first();
    let filter = ClientPhotoFilter {
        gallery: first.filter(|_| share.galleries.len() > 1).map(|gallery| gallery.id),
        section: first.and_then(|gallery| gallery.sections.first()).map(|section| section.id),
        ..ClientPhotoFilter::default()
    };
    (filter, PageLimit::DEFAULT)
}

impl SessionRequest {
    /// The token, and who opens.
    pub(crate) fn parse(self) -> Result<(String, Visitor), InvalidField> {
        // A form that was left empty says nothing.
        let email = self.email.filter(|email| !email.trim().is_empty());
        let visitor = Visitor {
            pin: self.pin.filter(|pin| !pin.trim().is_empty()),
            client_key: self.client_key,
            name: self.name.as_deref().map(Line::parse).transpose().field("name")?,
            email: email.as_deref().map(Email::parse).transpose().field("email")?,
        };
        Ok((self.token, visitor))
    }
}

impl SessionObject {
    /// Shows a session, with its URLs as the caller can use them.
    pub(crate) fn new(
        opened: &Opened,
        gallery: &ClientGallery,
        photos: Page<ClientPhoto>,
        links: &Links,
    ) -> Self {
        Self {
            access_token: opened.access_token.clone(),
            token_type: "Bearer".to_owned(),
            expires_in: opened.expires_in.as_secs(),
            client_key: opened.client_key.as_ref().map(|key| key.reveal().to_owned()),
            gallery: ClientGalleryObject::new(gallery, links),
            photos: PageObject::new(photos, |photo| ClientPhotoObject::new(&photo, links)),
        }
    }
}
