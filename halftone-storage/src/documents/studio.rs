//! Studios as documents.

use std::collections::BTreeMap;

use halftone_core::event::EventKind;
use halftone_core::geometry::PixelSize;
use halftone_core::id::{ImageId, StudioId, SubscriptionId, UserId};
use halftone_core::money::Currency;
use halftone_core::ports::notifier::SubscriptionHandle;
use halftone_core::studio::{
    AmendWindow, Branding, Channel, ImageState, NoticeSubscription, NotificationChoices, Studio, StudioImage,
};
use halftone_core::text::{Email, InvalidValue, Line, Name};
use halftone_core::watermark::Colour;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{DamagedDocument, FirstFormat, Stored};

#[derive(Serialize, Deserialize)]
pub(crate) struct StudioDocument {
    format: FirstFormat,
    id: StudioId,
    owner: UserId,
    email: String,
    name: String,
    currency: String,
    branding: BrandingDocument,
    amend_window_minutes: u32,
    notifications: BTreeMap<String, Vec<String>>,
    images: Vec<ImageDocument>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    subscriptions: Vec<SubscriptionDocument>,
    created_at: Timestamp,
    updated_at: Timestamp,
}

#[derive(Serialize, Deserialize)]
struct BrandingDocument {
    accent: String,
    tagline: String,
    logo: Option<ImageId>,
    website: String,
}

#[derive(Serialize, Deserialize)]
struct ImageDocument {
    id: ImageId,
    bytes: u64,
    state: ImageStateDocument,
    created_at: Timestamp,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum ImageStateDocument {
    Pending { expires_at: Timestamp },
    Ready { width: u32, height: u32, at: Timestamp },
}

#[derive(Serialize, Deserialize)]
struct SubscriptionDocument {
    id: SubscriptionId,
    email: String,
    handle: String,
    created_at: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ending_since: Option<Timestamp>,
}

impl From<&NoticeSubscription> for SubscriptionDocument {
    fn from(subscription: &NoticeSubscription) -> Self {
        Self {
            id: subscription.id,
            email: subscription.email.to_string(),
            handle: subscription.handle.0.clone(),
            created_at: subscription.created_at,
            ending_since: subscription.ending_since,
        }
    }
}

impl TryFrom<SubscriptionDocument> for NoticeSubscription {
    type Error = InvalidValue;

    fn try_from(document: SubscriptionDocument) -> Result<Self, InvalidValue> {
        Ok(Self {
            id: document.id,
            email: Email::parse(&document.email)?,
            handle: SubscriptionHandle(document.handle),
            created_at: document.created_at,
            ending_since: document.ending_since,
        })
    }
}

impl Stored for Studio {
    type Document = StudioDocument;
}

impl From<&Studio> for StudioDocument {
    fn from(studio: &Studio) -> Self {
        Self {
            format: FirstFormat,
            id: studio.id,
            owner: studio.owner,
            email: studio.email.to_string(),
            name: studio.name.to_string(),
            currency: studio.currency.to_string(),
            branding: BrandingDocument::from(&studio.branding),
            amend_window_minutes: studio.amend_window.minutes(),
            notifications: channels_by_event(&studio.notifications),
            images: studio.images.iter().map(ImageDocument::from).collect(),
            subscriptions: studio.subscriptions.iter().map(SubscriptionDocument::from).collect(),
            created_at: studio.created_at,
            updated_at: studio.updated_at,
        }
    }
}

impl TryFrom<StudioDocument> for Studio {
    type Error = DamagedDocument;

    fn try_from(document: StudioDocument) -> Result<Self, DamagedDocument> {
        let images: Result<Vec<StudioImage>, InvalidValue> =
            document.images.into_iter().map(StudioImage::try_from).collect();
        let subscriptions: Result<Vec<NoticeSubscription>, InvalidValue> =
            document.subscriptions.into_iter().map(NoticeSubscription::try_from).collect();
        Ok(Self {
            id: document.id,
            owner: document.owner,
            email: Email::parse(&document.email)?,
            name: Name::parse(&document.name)?,
            currency: Currency::parse(&document.currency)?,
            branding: document.branding.try_into()?,
            amend_window: AmendWindow::parse(i64::from(document.amend_window_minutes))?,
            notifications: choices(&document.notifications)?,
            images: images?,
            subscriptions: subscriptions?,
            created_at: document.created_at,
            updated_at: document.updated_at,
        })
    }
}

impl From<&Branding> for BrandingDocument {
    fn from(branding: &Branding) -> Self {
        Self {
            accent: branding.accent.to_string(),
            tagline: branding.tagline.to_string(),
            logo: branding.logo,
            website: branding.website.to_string(),
        }
    }
}

impl TryFrom<BrandingDocument> for Branding {
    type Error = InvalidValue;

    fn try_from(document: BrandingDocument) -> Result<Self, InvalidValue> {
        Ok(Self {
            accent: Colour::parse(&document.accent)?,
            tagline: Line::parse(&document.tagline)?,
            logo: document.logo,
            website: Line::parse(&document.website)?,
        })
    }
}

fn channels_by_event(choices: &NotificationChoices) -> BTreeMap<String, Vec<String>> {
    let words =
        |channels: &Vec<Channel>| channels.iter().map(|channel| channel.as_str().to_owned()).collect();
    choices.chosen.iter().map(|(event, channels)| (event.as_str().to_owned(), words(channels))).collect()
}

fn choices(channels_by_event: &BTreeMap<String, Vec<String>>) -> Result<NotificationChoices, InvalidValue> {
    let mut chosen = BTreeMap::new();
    for (event, channels) in channels_by_event {
        let channels: Result<Vec<Channel>, InvalidValue> =
            channels.iter().map(|word| Channel::parse(word)).collect();
        chosen.insert(EventKind::parse(event)?, channels?);
    }
    Ok(NotificationChoices { chosen })
}

impl From<&StudioImage> for ImageDocument {
    fn from(image: &StudioImage) -> Self {
        let state = match image.state {
            ImageState::Pending { expires_at } => ImageStateDocument::Pending { expires_at },
            ImageState::Ready { size, at } => {
                ImageStateDocument::Ready { width: size.width(), height: size.height(), at }
            }
        };
        Self { id: image.id, bytes: image.bytes, state, created_at: image.created_at }
    }
}

impl TryFrom<ImageDocument> for StudioImage {
    type Error = InvalidValue;

    fn try_from(document: ImageDocument) -> Result<Self, InvalidValue> {
        let state = match document.state {
            ImageStateDocument::Pending { expires_at } => ImageState::Pending { expires_at },
            ImageStateDocument::Ready { width, height, at } => {
                ImageState::Ready { size: PixelSize::new(width, height)?, at }
            }
        };
        Ok(Self { id: document.id, bytes: document.bytes, state, created_at: document.created_at })
    }
}
