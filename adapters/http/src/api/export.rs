//! `/account/export`: everything that a studio has, to take away.

use std::sync::Arc;

use halftone_core::services::exporting::{ExportRecord, ExportingService, RecordWriter};
use poem_openapi::OpenApi;
use poem_openapi::types::ToJSON;

use crate::api::api_keys::ApiKeyObject;
use crate::api::collections::body::CollectionObject;
use crate::api::devices::DeviceObject;
use crate::api::export::reply::ExportReply;
use crate::api::galleries::body::GalleryObject;
use crate::api::notifications::NotificationObject;
use crate::api::orders::body::OrderObject;
use crate::api::photos::body::PhotoObject;
use crate::api::price_lists::body::PriceListObject;
use crate::api::selections::body::StudioSelectionObject;
use crate::api::shares::body::ShareObject;
use crate::api::studio::body::StudioObject;
use crate::api::tag::Tag;
use crate::api::webhooks::WebhookObject;
use crate::auth::StudioAuth;
use crate::links::Links;
use crate::problem::family::ExportFailure;

mod reply;

/// Exports accounts.
#[derive(Debug)]
pub(crate) struct ExportApi {
    pub(crate) exporting: ExportingService,
}

#[OpenApi(tag = "Tag::Accounts")]
impl ExportApi {
    /// Exports everything that the studio has
    ///
    /// A ZIP file with one JSON file for each kind of document, in the form of this API and without secrets, and all
    /// originals in folders by collection and gallery. It is made while it is sent, so it has no length and cannot be
    /// continued. What is missing in the storage is named in `missing.json`.
    #[oai(path = "/account/export", method = "get", operation_id = "exportAccount")]
    async fn export(&self, auth: StudioAuth, links: Links) -> Result<ExportReply, ExportFailure> {
        let export = self.exporting.export(&auth.0, Arc::new(ApiForm { links })).await?;
        Ok(ExportReply::new(export))
    }
}

/// Documents in the form in which the API shows them.
#[derive(Debug)]
struct ApiForm {
    links: Links,
}

impl RecordWriter for ApiForm {
    fn write(&self, record: ExportRecord) -> Vec<u8> {
        match record {
            ExportRecord::Studio(studio) => json(&StudioObject::from(*studio)),
            ExportRecord::Collection(view) => json(&CollectionObject::from(view)),
            ExportRecord::Gallery(view) => json(&GalleryObject::from(*view)),
            ExportRecord::Photo(view) => json(&PhotoObject::new(&view, &self.links)),
            ExportRecord::Share(view) => json(&ShareObject::from(&*view)),
            ExportRecord::Selection(selection) => json(&StudioSelectionObject::from(&*selection)),
            ExportRecord::PriceList(list) => json(&PriceListObject::from(list)),
            ExportRecord::Order(order) => json(&OrderObject::from(&*order)),
            ExportRecord::Notification(notification) => json(&NotificationObject::from(*notification)),
            ExportRecord::ApiKey(key) => json(&ApiKeyObject::from(key)),
            ExportRecord::Device(device) => json(&DeviceObject::from(device)),
            ExportRecord::Webhook(webhook) => json(&WebhookObject::from(webhook)),
        }
    }
}

fn json(object: &impl ToJSON) -> Vec<u8> {
    object.to_json_string().into_bytes()
}
