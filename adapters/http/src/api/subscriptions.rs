//! `/subscriptions`: addresses that hear of processing by mail.

use halftone_core::id::SubscriptionId;
use halftone_core::page::Page;
use halftone_core::services::error::FieldExt as _;
use halftone_core::services::subscribing::SubscribingService;
use halftone_core::studio::NoticeSubscription;
use halftone_core::text::Email;
use poem_openapi::param::Path;
use poem_openapi::payload::Json;
use poem_openapi::{Object, OpenApi};

use crate::api::json_body::JsonBody;
use crate::api::paging::PageObject;
use crate::api::path_id::parse_id;
use crate::api::reply::{Done, Made};
use crate::api::tag::Tag;
use crate::api::time::Time;
use crate::auth::StudioAuth;
use crate::problem::family::SubscribingFailure;

/// Serves subscriptions.
#[derive(Debug)]
pub(crate) struct SubscriptionsApi {
    pub(crate) subscribing: SubscribingService,
}

/// An address that hears of processing.
#[derive(Debug, Object)]
#[oai(rename = "Subscription")]
pub(crate) struct SubscriptionObject {
    /// Its id.
    id: String,
    /// The address. It hears nothing before it has consented, by the mail that it got.
    email: String,
    /// When it was asked for.
    created_at: Time,
}

/// An address that is to hear of processing.
#[derive(Debug, Object)]
pub(crate) struct SubscriptionRequest {
    /// The address.
    email: String,
}

impl From<NoticeSubscription> for SubscriptionObject {
    fn from(subscription: NoticeSubscription) -> Self {
        Self {
            id: subscription.id.to_string(),
            email: subscription.email.to_string(),
            created_at: subscription.created_at.into(),
        }
    }
}

#[OpenApi(tag = "Tag::Studio")]
impl SubscriptionsApi {
    /// Lists the addresses that hear of processing, oldest first
    #[oai(path = "/subscriptions", method = "get", operation_id = "listSubscriptions")]
    async fn list(
        &self,
        auth: StudioAuth,
    ) -> Result<Json<PageObject<SubscriptionObject>>, SubscribingFailure> {
        let items = self.subscribing.list(&auth.0).await?;
        Ok(Json(PageObject::new(Page { items, next: None }, SubscriptionObject::from)))
    }

    /// Subscribes an address to notices of processing
    ///
    /// It gets a mail that asks for its consent, and after that one mail for each upload, with a link to a finished
    /// picture. Subscribing an address again asks it again. Installations without such notices answer 409.
    #[oai(path = "/subscriptions", method = "post", operation_id = "createSubscription")]
    async fn create(
        &self,
        auth: StudioAuth,
        body: JsonBody<SubscriptionRequest>,
    ) -> Result<Made<SubscriptionObject>, SubscribingFailure> {
        let email = Email::parse(&body.0.email).field("email")?;
        let subscription = self.subscribing.subscribe(&auth.0, &email).await?;
        Ok(Made::Made(Json(subscription.into())))
    }

    /// Ends a subscription
    #[oai(path = "/subscriptions/:subscription_id", method = "delete", operation_id = "deleteSubscription")]
    async fn delete(
        &self,
        auth: StudioAuth,
        /// Which subscription.
        subscription_id: Path<String>,
    ) -> Result<Done, SubscribingFailure> {
        let id: SubscriptionId = parse_id(&subscription_id)?;
        self.subscribing.unsubscribe(&auth.0, id).await?;
        Ok(Done::Done)
    }
}
