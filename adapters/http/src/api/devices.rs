//! `/notifications/subscriptions`: browsers and apps that show notifications.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use halftone_core::id::DeviceId;
use halftone_core::listener::{Device, DeviceAddress, FcmToken, PushAddress};
use halftone_core::page::Page;
use halftone_core::services::error::{FieldExt as _, InvalidField};
use halftone_core::services::listening::{Kept, ListeningService, NewDevice};
use halftone_core::text::{InvalidValue, Line};
use poem_openapi::param::{Header, Path};
use poem_openapi::payload::Json;
use poem_openapi::{ApiResponse, Object, OpenApi};

use crate::api::json_body::JsonBody;
use crate::api::paging::PageObject;
use crate::api::path_id::parse_id;
use crate::api::reply::Done;
use crate::api::tag::Tag;
use crate::api::time::Time;
use crate::auth::StudioAuth;
use crate::problem::family::ListeningFailure;

mod label;

/// Serves devices.
#[derive(Debug)]
pub(crate) struct DevicesApi {
    pub(crate) listening: ListeningService,
}

/// The key with which browsers subscribe.
#[derive(Debug, Object)]
#[oai(rename = "VapidKey")]
pub(crate) struct VapidKeyObject {
    /// The installation's public key, in base64url: `applicationServerKey` of the Push API.
    public_key: String,
}

/// A browser or an app that shows notifications.
#[derive(Debug, Object)]
#[oai(rename = "Device")]
pub(crate) struct DeviceObject {
    /// Its id.
    id: String,
    /// `webpush` or `fcm`.
    kind: String,
    /// What it is called.
    label: String,
    /// The beginning of the address that it is reached at, to tell this browser from others: the SHA-256 of its endpoint or
    /// token, in base64url.
    address_hash: String,
    /// When notifications were turned on.
    created_at: Time,
}

/// The keys of a push subscription, as the browser's `PushSubscription.toJSON()` has them.
#[derive(Debug, Object)]
pub(crate) struct PushKeys {
    /// The browser's public key, in base64url.
    p256dh: String,
    /// The secret that it shares, in base64url.
    auth: String,
}

/// A browser or an app that is to show notifications.
#[derive(Debug, Object)]
pub(crate) struct DeviceRequest {
    /// `webpush` or `fcm`.
    kind: String,
    /// Where the browser's push service takes messages; for `webpush`.
    endpoint: Option<String>,
    /// The keys of the subscription; for `webpush`.
    keys: Option<PushKeys>,
    /// The registration token; for `fcm`.
    token: Option<String>,
    /// What to call it; made of the `User-Agent` if left out.
    label: Option<String>,
}

/// A device that is kept.
#[derive(Debug, ApiResponse)]
pub(crate) enum DeviceKept {
    /// It was known, and has its new keys and label.
    #[oai(status = 200)]
    Renewed(Json<DeviceObject>),
    /// It was not known.
    #[oai(status = 201)]
    Added(Json<DeviceObject>),
}

impl From<Device> for DeviceObject {
    fn from(device: Device) -> Self {
        let (kind, address) = match &device.address {
            DeviceAddress::WebPush(address) => ("webpush", address.endpoint.as_str()),
            DeviceAddress::Fcm(token) => ("fcm", token.reveal()),
        };
        Self {
            id: device.id.to_string(),
            kind: kind.to_owned(),
            label: device.label.to_string(),
            address_hash: label::address_hash(address),
            created_at: device.created_at.into(),
        }
    }
}

impl DeviceRequest {
    fn parse(self, user_agent: Option<&str>) -> Result<NewDevice, InvalidField> {
        let missing = |field: &str| InvalidField::new(field, InvalidValue::new("value", "is missing"));
        let address = match self.kind.as_str() {
            "webpush" => {
                let endpoint = self.endpoint.ok_or_else(|| missing("endpoint"))?;
                let keys = self.keys.ok_or_else(|| missing("keys"))?;
                let address = PushAddress::parse(&endpoint, &keys.p256dh, &keys.auth);
                let field = label::field_at_fault(address.as_ref().err());
                DeviceAddress::WebPush(address.field(field)?)
            }
            "fcm" => {
                let token = self.token.ok_or_else(|| missing("token"))?;
                DeviceAddress::Fcm(FcmToken::parse(&token).field("token")?)
            }
            _ => return Err(InvalidField::new("kind", InvalidValue::new("kind", "must be webpush or fcm"))),
        };
        let label = self.label.unwrap_or_else(|| label::of_user_agent(user_agent.unwrap_or_default()));
        Ok(NewDevice { address, label: Line::parse(&label).field("label")? })
    }
}

#[OpenApi(tag = "Tag::Notifications")]
impl DevicesApi {
    /// Shows the key with which browsers subscribe
    ///
    /// Installations without Web Push answer 409.
    #[oai(path = "/notifications/vapid-key", method = "get", operation_id = "getVapidKey")]
    async fn vapid_key(&self, auth: StudioAuth) -> Result<Json<VapidKeyObject>, ListeningFailure> {
        let key = self.listening.vapid_key(&auth.0)?;
        Ok(Json(VapidKeyObject { public_key: URL_SAFE_NO_PAD.encode(key) }))
    }

    /// Lists the browsers and apps that show notifications, oldest first
    #[oai(path = "/notifications/subscriptions", method = "get", operation_id = "listDevices")]
    async fn list(&self, auth: StudioAuth) -> Result<Json<PageObject<DeviceObject>>, ListeningFailure> {
        let items = self.listening.list_devices(&auth.0).await?;
        Ok(Json(PageObject::new(Page { items, next: None }, DeviceObject::from)))
    }

    /// Turns notifications on for a browser or an app
    ///
    /// The same endpoint or token again is the same device, with its new keys. A studio has at most 20. An endpoint that leads
    /// into a private network is refused.
    #[oai(path = "/notifications/subscriptions", method = "post", operation_id = "createDevice")]
    async fn create(
        &self,
        auth: StudioAuth,
        /// What makes the label, if the body has none.
        #[oai(name = "User-Agent")]
        user_agent: Header<Option<String>>,
        body: JsonBody<DeviceRequest>,
    ) -> Result<DeviceKept, ListeningFailure> {
        let new = body.0.parse(user_agent.0.as_deref())?;
        Ok(match self.listening.keep_device(&auth.0, new).await? {
            Kept::Added(device) => DeviceKept::Added(Json(device.into())),
            Kept::Renewed(device) => DeviceKept::Renewed(Json(device.into())),
        })
    }

    /// Turns notifications off for a browser or an app
    #[oai(path = "/notifications/subscriptions/:device_id", method = "delete", operation_id = "deleteDevice")]
    async fn delete(
        &self,
        auth: StudioAuth,
        /// Which device.
        device_id: Path<String>,
    ) -> Result<Done, ListeningFailure> {
        let id: DeviceId = parse_id(&device_id)?;
        self.listening.forget_device(&auth.0, id).await?;
        Ok(Done::Done)
    }
}
