//! A photo as a client sees it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use halftone_core::services::visiting::ClientPhoto;
use poem_openapi::Object;

use crate::api::time::Time;
use crate::links::Links;

/// A photo that a client can see.
#[derive(Debug, Object)]
#[oai(rename = "ClientPhoto")]
pub(crate) struct ClientPhotoObject {
    /// Its id.
    id: String,
    /// In which gallery it is, where the share opens a collection.
    #[oai(skip_serializing_if_is_none)]
    gallery_id: Option<String>,
    /// The name that the camera gave it.
    filename: String,
    /// Width in pixels.
    width: u32,
    /// Height in pixels.
    height: u32,
    /// When it was taken.
    captured_at: Option<Time>,
    /// A `ThumbHash` in base64.
    placeholder: String,
    /// The URL of the thumb.
    thumb_url: String,
    /// The URL of the proof.
    proof_url: String,
    /// The chapter it is in.
    section: Option<String>,
}

/// The photos whose URLs are to be renewed.
#[derive(Debug, Object)]
pub(crate) struct RenewalRequest {
    /// Which photos, 1 to 500.
    pub(crate) photo_ids: Vec<String>,
}

/// Photos with fresh URLs; those that can no longer be seen are left out.
#[derive(Debug, Object)]
pub(crate) struct RenewalReply {
    /// The photos.
    pub(crate) items: Vec<ClientPhotoObject>,
}

impl RenewalRequest {
    /// The most photos of one call.
    pub(crate) const MOST: usize = 500;
}

impl ClientPhotoObject {
    /// Shows a photo, with its URLs as the caller can use them.
    pub(crate) fn new(photo: &ClientPhoto, links: &Links) -> Self {
        Self {
            id: photo.id.to_string(),
            gallery_id: photo.gallery.map(|gallery| gallery.to_string()),
            filename: photo.filename.to_string(),
            width: photo.size.width(),
            height: photo.size.height(),
            captured_at: photo.captured_at.map(Into::into),
            placeholder: STANDARD.encode(photo.placeholder.as_bytes()),
            thumb_url: links.absolute(&photo.thumb),
            proof_url: links.absolute(&photo.proof),
            section: photo.section.map(|section| section.to_string()),
        }
    }
}
