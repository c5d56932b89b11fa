//! The studio in JSON.

use std::collections::BTreeMap;

use halftone_core::event::EventKind;
use halftone_core::geometry::PixelSize;
use halftone_core::id::ImageId;
use halftone_core::money::Currency;
use halftone_core::photo::SourceType;
use halftone_core::services::accounts::{BrandingChange, StudioChange};
use halftone_core::services::error::{FieldExt as _, InvalidField, Resource};
use halftone_core::services::uploads::{Ticket, UploadError};
use halftone_core::studio::{AmendWindow, Branding, Channel, ImageState, Studio, StudioImage};
use halftone_core::text::{InvalidValue, Line, Name};
use halftone_core::watermark::Colour;
use poem_openapi::Object;
use poem_openapi::types::MaybeUndefined;

use crate::api::nullable::change;
use crate::api::time::Time;
use crate::links::Links;

/// The studio.
#[derive(Debug, Object)]
#[oai(rename = "Studio")]
pub(crate) struct StudioObject {
    /// Its id.
    id: String,
    /// What clients read.
    name: String,
    /// The owner's address.
    email: String,
    /// ISO 4217; what new price lists are in.
    currency: String,
    /// How client pages look.
    branding: BrandingObject,
    /// Which event goes to which channels. An event that is missing goes to all of them.
    notifications: BTreeMap<String, Vec<String>>,
    /// How long a client may amend an order that is not accepted yet, in minutes.
    amend_window_minutes: u32,
    /// When it registered.
    created_at: Time,
    /// When it was last changed.
    updated_at: Time,
}

/// How client pages look.
#[derive(Debug, Object)]
#[oai(rename = "Branding")]
pub(crate) struct BrandingObject {
    /// The colour of buttons and links: `#1f2937`.
    accent: String,
    /// A line under the studio's name.
    tagline: String,
    /// The logo.
    logo_id: Option<String>,
    /// The studio's web address.
    website: String,
}

/// What is to change in the studio; what is left out stays.
#[derive(Debug, Object)]
pub(crate) struct StudioPatch {
    /// What clients read.
    name: Option<String>,
    /// ISO 4217.
    currency: Option<String>,
    /// How client pages look.
    branding: Option<BrandingPatch>,
    /// The channels of these events: `in_app`, `web_push`, `fcm`, `email`, `webhook`; an empty list for none, null
    /// for all. Events: `order_placed`, `order_amended`, `order_moved`, `selection_submitted`, `share_opened`, `photo_ready`,
    /// `photo_failed`, `photo_reshaped`.
    notifications: Option<BTreeMap<String, Option<Vec<String>>>>,
    /// How long a client may amend an order, in minutes: 0 to 43,200.
    amend_window_minutes: Option<i64>,
}

/// What is to change in the branding.
#[derive(Debug, Object)]
pub(crate) struct BrandingPatch {
    /// The colour of buttons and links: `#1f2937`.
    accent: Option<String>,
    /// A line under the studio's name.
    tagline: Option<String>,
    /// The logo; null takes it away.
    logo_id: MaybeUndefined<String>,
    /// The studio's web address.
    website: Option<String>,
}

impl From<Studio> for StudioObject {
    fn from(studio: Studio) -> Self {
        let words =
            |channels: &[Channel]| channels.iter().map(|channel| channel.as_str().to_owned()).collect();
        let chosen = studio.notifications.chosen.iter();
        Self {
            id: studio.id.to_string(),
            name: studio.name.to_string(),
            email: studio.email.to_string(),
            currency: studio.currency.to_string(),
            branding: (&studio.branding).into(),
            notifications: chosen
                .map(|(event, channels)| (event.as_str().to_owned(), words(channels)))
                .collect(),
            amend_window_minutes: studio.amend_window.minutes(),
            created_at: studio.created_at.into(),
            updated_at: studio.updated_at.into(),
        }
    }
}

impl From<&Branding> for BrandingObject {
    fn from(branding: &Branding) -> Self {
        Self {
            accent: branding.accent.to_string(),
            tagline: branding.tagline.to_string(),
            logo_id: branding.logo.map(|logo| logo.to_string()),
            website: branding.website.to_string(),
        }
    }
}

impl TryFrom<StudioPatch> for StudioChange {
    type Error = InvalidField;

    fn try_from(body: StudioPatch) -> Result<Self, InvalidField> {
        let notifications = body.notifications.unwrap_or_default();
        Ok(Self {
            name: body.name.as_deref().map(Name::parse).transpose().field("name")?,
            currency: body.currency.as_deref().map(Currency::parse).transpose().field("currency")?,
            branding: body.branding.map(BrandingChange::try_from).transpose()?.unwrap_or_default(),
            amend_window: body
                .amend_window_minutes
                .map(AmendWindow::parse)
                .transpose()
                .field("amend_window_minutes")?,
            notifications: notifications.iter().map(parse_choice).collect::<Result<_, _>>()?,
        })
    }
}

type Choice = (EventKind, Option<Vec<Channel>>);

fn parse_choice((event, channels): (&String, &Option<Vec<String>>)) -> Result<Choice, InvalidField> {
    let kind = EventKind::parse(event).field("notifications")?;
    let parse = |words: &Vec<String>| {
        let channels = words.iter().map(|word| Channel::parse(word));
        let mut channels: Vec<Channel> =
            channels.collect::<Result<_, _>>().field(&format!("notifications.{event}"))?;
        channels.sort_unstable();
        channels.dedup();
        Ok(channels)
    };
    Ok((kind, channels.as_ref().map(parse).transpose()?))
}

impl TryFrom<BrandingPatch> for BrandingChange {
    type Error = InvalidField;

    fn try_from(body: BrandingPatch) -> Result<Self, InvalidField> {
        Ok(Self {
            accent: body.accent.as_deref().map(Colour::parse).transpose().field("branding.accent")?,
            tagline: body.tagline.as_deref().map(Line::parse).transpose().field("branding.tagline")?,
            logo: change(body.logo_id, |id| parse_image(&id, "branding.logo_id"))?,
            website: body.website.as_deref().map(Line::parse).transpose().field("branding.website")?,
        })
    }
}

/// Reads the id of a logo in `field`.
pub(crate) fn parse_image(id: &str, field: &str) -> Result<ImageId, InvalidField> {
    ImageId::parse(id).map_err(|_| InvalidField::unknown(field, Resource::Image))
}

/// A picture of the studio itself, such as the logo of its watermark.
#[derive(Debug, Object)]
#[oai(rename = "StudioImage")]
pub(crate) struct ImageObject {
    /// Its id, for a watermark's `image_id` and the branding's `logo_id`.
    id: String,
    /// Size of the file in bytes.
    size: u64,
    /// `pending` until its upload was completed, then `ready`.
    state: String,
    /// Width in pixels, once it is ready.
    width: Option<u32>,
    /// Height in pixels, once it is ready.
    height: Option<u32>,
    /// Where a page can show it: a URL that needs no token, and ends within half a day. Told by the list of images, once
    /// the image is ready.
    url: Option<String>,
    /// When its ticket was issued.
    created_at: Time,
}

impl From<&StudioImage> for ImageObject {
    fn from(image: &StudioImage) -> Self {
        let (state, size) = match &image.state {
            ImageState::Pending { .. } => ("pending", None),
            ImageState::Ready { size, .. } => ("ready", Some(*size)),
        };
        Self {
            id: image.id.to_string(),
            size: image.bytes,
            state: state.to_owned(),
            width: size.map(PixelSize::width),
            height: size.map(PixelSize::height),
            url: None,
            created_at: image.created_at.into(),
        }
    }
}

/// All images of a studio; there are at most 50.
#[derive(Debug, Object)]
#[oai(rename = "StudioImages")]
pub(crate) struct ImageList {
    /// The images.
    items: Vec<ImageObject>,
    /// Always null.
    next_cursor: Option<String>,
}

impl ImageList {
    /// Shows the images of a studio; `url` tells where one can be seen.
    pub(crate) fn new(studio: &Studio, url: impl Fn(ImageId) -> Option<String>) -> Self {
        let object = |image: &StudioImage| ImageObject { url: url(image.id), ..image.into() };
        Self { items: studio.images.iter().map(object).collect(), next_cursor: None }
    }
}

/// A logo that is to be uploaded.
#[derive(Debug, Object)]
#[oai(rename = "NewStudioImage")]
pub(crate) struct NewImageBody {
    /// What the file is called; not kept.
    filename: Option<String>,
    /// Size in bytes.
    size: i64,
    /// `image/png`.
    content_type: Option<String>,
}

impl NewImageBody {
    /// The size, if the type is one that a logo can have.
    pub(crate) fn parse(&self) -> Result<u64, UploadError> {
        let kind = self.content_type.as_deref().map(SourceType::parse).transpose();
        match kind {
            Ok(None | Some(SourceType::Png)) => Ok(u64::try_from(self.size).unwrap_or(0)),
            Ok(Some(_)) | Err(_) => Err(UploadError::UnsupportedType(InvalidValue::new(
                "content type",
                "of a logo must be image/png",
            ))),
        }
    }
}

/// Where to send a logo's bytes.
#[derive(Debug, Object)]
pub(crate) struct ImageTicket {
    /// The logo's id, once the upload is completed.
    image_id: String,
    /// Names the upload in `complete`.
    upload_id: String,
    /// Always `PUT`.
    method: String,
    /// Where to send the bytes.
    url: String,
    /// Headers to send with them.
    headers: BTreeMap<String, String>,
    /// When the ticket ends.
    expires_at: Time,
}

impl ImageTicket {
    /// Shows a ticket.
    pub(crate) fn new(image: ImageId, ticket: Ticket, links: &Links) -> Self {
        Self {
            image_id: image.to_string(),
            upload_id: ticket.upload.to_string(),
            method: "PUT".to_owned(),
            url: links.absolute(&ticket.link.url),
            headers: ticket.link.headers.into_iter().collect(),
            expires_at: ticket.expires_at.into(),
        }
    }
}
