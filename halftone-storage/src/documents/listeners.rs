//! Listeners as documents.
//!
//! Endpoints and keys of devices are stored as they are: they are what a message is sent with. The secrets of webhooks are not
//! here, only the salts from which they are derived together with the installation's key.

use halftone_core::event::EventKind;
use halftone_core::id::{DeviceId, StudioId, UserId, WebhookId};
use halftone_core::listener::{Device, DeviceAddress, FcmToken, Listeners, PushAddress, TargetUrl, Webhook};
use halftone_core::text::{InvalidValue, Line};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::encoding::{array_of, text_of};
use super::{DamagedDocument, FirstFormat, Stored};

#[derive(Serialize, Deserialize)]
pub(crate) struct ListenersDocument {
    format: FirstFormat,
    studio: StudioId,
    devices: Vec<DeviceDocument>,
    webhooks: Vec<WebhookDocument>,
}

#[derive(Serialize, Deserialize)]
struct DeviceDocument {
    id: DeviceId,
    user: UserId,
    label: String,
    address: AddressDocument,
    created_at: Timestamp,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum AddressDocument {
    WebPush { endpoint: String, p256dh: String, auth: String },
    Fcm { token: String },
}

#[derive(Serialize, Deserialize)]
struct WebhookDocument {
    id: WebhookId,
    url: String,
    label: String,
    events: Vec<String>,
    secret_salt: String,
    created_at: Timestamp,
}

impl Stored for Listeners {
    type Document = ListenersDocument;
}

impl From<&Listeners> for ListenersDocument {
    fn from(listeners: &Listeners) -> Self {
        Self {
            format: FirstFormat,
            studio: listeners.studio,
            devices: listeners.devices.iter().map(DeviceDocument::from).collect(),
            webhooks: listeners.webhooks.iter().map(WebhookDocument::from).collect(),
        }
    }
}

impl TryFrom<ListenersDocument> for Listeners {
    type Error = DamagedDocument;

    fn try_from(document: ListenersDocument) -> Result<Self, DamagedDocument> {
        let devices: Result<Vec<Device>, DamagedDocument> =
            document.devices.into_iter().map(Device::try_from).collect();
        let webhooks: Result<Vec<Webhook>, DamagedDocument> =
            document.webhooks.into_iter().map(Webhook::try_from).collect();
        Ok(Self { studio: document.studio, devices: devices?, webhooks: webhooks? })
    }
}

impl From<&Device> for DeviceDocument {
    fn from(device: &Device) -> Self {
        let address = match &device.address {
            DeviceAddress::WebPush(address) => AddressDocument::WebPush {
                endpoint: address.endpoint.as_str().to_owned(),
                p256dh: text_of(&address.p256dh),
                auth: text_of(&address.auth),
            },
            DeviceAddress::Fcm(token) => AddressDocument::Fcm { token: token.reveal().to_owned() },
        };
        Self {
            id: device.id,
            user: device.user,
            label: device.label.to_string(),
            address,
            created_at: device.created_at,
        }
    }
}

impl TryFrom<DeviceDocument> for Device {
    type Error = DamagedDocument;

    fn try_from(document: DeviceDocument) -> Result<Self, DamagedDocument> {
        let address = match document.address {
            AddressDocument::WebPush { endpoint, p256dh, auth } => {
                DeviceAddress::WebPush(PushAddress::parse(&endpoint, &p256dh, &auth)?)
            }
            AddressDocument::Fcm { token } => DeviceAddress::Fcm(FcmToken::parse(&token)?),
        };
        Ok(Self {
            id: document.id,
            user: document.user,
            label: Line::parse(&document.label)?,
            address,
            created_at: document.created_at,
        })
    }
}

impl From<&Webhook> for WebhookDocument {
    fn from(webhook: &Webhook) -> Self {
        Self {
            id: webhook.id,
            url: webhook.url.as_str().to_owned(),
            label: webhook.label.to_string(),
            events: webhook.events.iter().map(|event| event.as_str().to_owned()).collect(),
            secret_salt: text_of(&webhook.secret_salt),
            created_at: webhook.created_at,
        }
    }
}

impl TryFrom<WebhookDocument> for Webhook {
    type Error = DamagedDocument;

    fn try_from(document: WebhookDocument) -> Result<Self, DamagedDocument> {
        let events: Result<Vec<EventKind>, InvalidValue> =
            document.events.iter().map(|word| EventKind::parse(word)).collect();
        Ok(Self {
            id: document.id,
            url: TargetUrl::parse(&document.url)?,
            label: Line::parse(&document.label)?,
            events: events?,
            secret_salt: array_of(&document.secret_salt)?,
            created_at: document.created_at,
        })
    }
}
