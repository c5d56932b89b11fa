//! What a share opens, as its clients see it.

use std::collections::BTreeSet;

use halftone_core::services::viewing::PictureLinks;
use halftone_core::services::visiting::{ClientChapter, ClientGallery};
use poem_openapi::Object;

use crate::api::price_lists::ProductObject;
use crate::api::shares::body::{AllowanceLeftObject, LimitsObject, PermissionsObject};
use crate::api::time::Time;
use crate::links::Links;

/// What a share opens.
#[derive(Debug, Object)]
#[oai(rename = "ClientGallery")]
pub(crate) struct ClientGalleryObject {
    /// The gallery's name, or the collection's.
    name: String,
    /// The gallery's description; empty for a collection.
    description: String,
    /// When the event took place, `2026-05-14`; null if the studio did not say it.
    event_date: Option<String>,
    /// Whose it is.
    studio: ClientStudio,
    /// The cover, if there is a photo that is ready.
    cover: Option<Cover>,
    /// What the client may do. `download` is `none`, `proof`, `sized` or `full`.
    permissions: PermissionsObject,
    /// How much of it.
    limits: LimitsObject,
    /// What is included for all clients of the link together, and how much of it is left.
    allowance: AllowanceLeftObject,
    /// When the link ends; null for never.
    expires_at: Option<Time>,
    /// How many photos can be seen.
    photo_count: u64,
    /// What can be ordered, over all galleries; empty if the client may not order.
    products: Vec<ProductObject>,
    /// The galleries behind the link: one, or those of a collection.
    galleries: Vec<ClientChapterObject>,
}

/// The studio behind a share.
#[derive(Debug, Object)]
struct ClientStudio {
    /// Its name.
    name: String,
    /// A line under its name; may be empty.
    tagline: String,
    /// Its web address, as text; may be empty.
    website: String,
    /// The colour of buttons and links: `#rrggbb`.
    accent: String,
    /// The URL of its logo, a PNG; null without one. It needs no token, and ends with the link.
    logo_url: Option<String>,
}

/// The cover's pictures.
#[derive(Debug, Object)]
struct Cover {
    /// The URL of the thumb.
    thumb_url: String,
    /// The URL of the proof.
    proof_url: String,
}

/// One gallery behind a share.
#[derive(Debug, Object)]
#[oai(rename = "ClientChapter")]
struct ClientChapterObject {
    /// Its id.
    id: String,
    /// Its name.
    name: String,
    /// Its chapters in order.
    sections: Vec<ClientSection>,
    /// What can be ordered from it; empty if the client may not order.
    products: Vec<ProductObject>,
}

/// A chapter inside a gallery.
#[derive(Debug, Object)]
struct ClientSection {
    /// Its id.
    id: String,
    /// Its name.
    name: String,
}

impl ClientGalleryObject {
    /// Shows what a share opens, with its URLs as the caller can use them.
    pub(crate) fn new(gallery: &ClientGallery, links: &Links) -> Self {
        Self {
            name: gallery.name.to_string(),
            description: gallery.description.to_string(),
            event_date: gallery.event_date.map(|date| date.to_string()),
            studio: ClientStudio::new(gallery, links),
            cover: gallery.cover.as_ref().map(|cover| Cover::new(cover, links)),
            permissions: PermissionsObject::for_client(gallery.permissions),
            limits: gallery.limits.into(),
            allowance: gallery.left.into(),
            expires_at: gallery.expires_at.map(Into::into),
            photo_count: gallery.photo_count,
            products: all_products(&gallery.galleries),
            galleries: gallery.galleries.iter().map(Into::into).collect(),
        }
    }
}

/// The products of all chapters, each once: galleries of a collection often share a price list.
fn all_products(chapters: &[ClientChapter]) -> Vec<ProductObject> {
    let mut seen = BTreeSet::new();
    let products = chapters.iter().flat_map(|chapter| &chapter.products);
    products.filter(|product| seen.insert(product.id)).map(Into::into).collect()
}

impl ClientStudio {
    fn new(gallery: &ClientGallery, links: &Links) -> Self {
        let branding = &gallery.branding;
        Self {
            name: gallery.studio_name.to_string(),
            tagline: branding.tagline.to_string(),
            website: branding.website.to_string(),
            accent: branding.accent.to_string(),
            logo_url: gallery.logo.as_ref().map(|logo| links.absolute(logo)),
        }
    }
}

impl Cover {
    fn new(cover: &PictureLinks, links: &Links) -> Self {
        Self { thumb_url: links.absolute(&cover.thumb), proof_url: links.absolute(&cover.proof) }
    }
}

impl From<&ClientChapter> for ClientChapterObject {
    fn from(chapter: &ClientChapter) -> Self {
        let sections = chapter
            .sections
            .iter()
            .map(|section| ClientSection { id: section.id.to_string(), name: section.name.to_string() });
        Self {
            id: chapter.id.to_string(),
            name: chapter.name.to_string(),
            sections: sections.collect(),
            products: chapter.products.iter().map(Into::into).collect(),
        }
    }
}
