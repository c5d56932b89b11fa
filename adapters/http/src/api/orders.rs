//! `/orders`: orders as the studio sees them.

use halftone_core::id::{GalleryId, OrderId};
use halftone_core::order::{Order, OrderState};
use halftone_core::page::Versioned;
use halftone_core::ports::orders::OrderFilter;
use halftone_core::services::error::{FieldExt as _, InvalidField, Resource};
use halftone_core::services::ordering::OrderingService;
use poem_openapi::OpenApi;
use poem_openapi::param::{Header, Path, Query};
use poem_openapi::payload::Json;

use crate::api::json_body::JsonBody;
use crate::api::orders::body::OrderObject;
use crate::api::orders::request::{InvoicePatch, TransitionBody};
use crate::api::paging::{PageObject, page_request};
use crate::api::path_id::parse_id;
use crate::api::reply::Tagged;
use crate::api::tag::Tag;
use crate::auth::StudioAuth;
use crate::conditional::{entity_tag, if_match};
use crate::problem::family::OrderingFailure;

pub(crate) mod amendment;
pub(crate) mod body;
pub(crate) mod request;

/// Serves orders to the studio.
#[derive(Debug)]
pub(crate) struct OrdersApi {
    pub(crate) ordering: OrderingService,
}

#[OpenApi(tag = "Tag::Orders")]
impl OrdersApi {
    /// Lists the orders, newest first
    #[oai(path = "/orders", method = "get", operation_id = "listOrders")]
    async fn list(
        &self,
        auth: StudioAuth,
        /// The most entries, 1 to 500; 50 if left out.
        limit: Query<Option<i64>>,
        /// Where the last page ended.
        cursor: Query<Option<String>>,
        /// `submitted`, `accepted`, `in_production`, `ready`, `completed` or `cancelled`.
        state: Query<Option<String>>,
        /// The gallery of the order's first line.
        gallery_id: Query<Option<String>>,
    ) -> Result<Json<PageObject<OrderObject>>, OrderingFailure> {
        let page = page_request(&limit, &cursor)?;
        let filter = parse_filter(&state, &gallery_id)?;
        let found = self.ordering.list(&auth.0, &filter, &page).await?;
        Ok(Json(PageObject::new(found, |order: Versioned<Order>| OrderObject::from(&order.value))))
    }

    /// Shows an order
    #[oai(path = "/orders/:order_id", method = "get", operation_id = "getOrder")]
    async fn get(
        &self,
        auth: StudioAuth,
        /// Which order.
        order_id: Path<String>,
    ) -> Result<Tagged<OrderObject>, OrderingFailure> {
        let id: OrderId = parse_id(&order_id)?;
        Ok(tagged(&self.ordering.get(&auth.0, id).await?))
    }

    /// Changes what the studio notes on an order
    #[oai(path = "/orders/:order_id", method = "patch", operation_id = "changeOrder")]
    async fn change(
        &self,
        auth: StudioAuth,
        /// Which order.
        order_id: Path<String>,
        /// The version that the change is meant for.
        #[oai(name = "If-Match")]
        precondition: Header<Option<String>>,
        body: JsonBody<InvoicePatch>,
    ) -> Result<Tagged<OrderObject>, OrderingFailure> {
        let id: OrderId = parse_id(&order_id)?;
        let precondition = if_match(&precondition);
        let order = match body.0.parse()? {
            Some(invoice) => self.ordering.set_invoice(&auth.0, id, invoice, precondition).await?,
            None => self.ordering.get(&auth.0, id).await?,
        };
        Ok(tagged(&order))
    }

    /// Moves an order on
    ///
    /// `submitted`, `accepted`, `in_production`, `ready`, `completed`, in this order; the first three can become
    /// `cancelled`.
    #[oai(path = "/orders/:order_id/transitions", method = "post", operation_id = "moveOrder")]
    async fn transition(
        &self,
        auth: StudioAuth,
        /// Which order.
        order_id: Path<String>,
        body: JsonBody<TransitionBody>,
    ) -> Result<Tagged<OrderObject>, OrderingFailure> {
        let id: OrderId = parse_id(&order_id)?;
        let (to, reason) = body.0.parse()?;
        Ok(tagged(&self.ordering.transition(&auth.0, id, to, reason).await?))
    }
}

/// Prints an order with its version.
pub(crate) fn tagged(order: &Versioned<Order>) -> Tagged<OrderObject> {
    Tagged::Found(Json((&order.value).into()), entity_tag(order.version))
}

fn parse_filter(
    state: &Query<Option<String>>,
    gallery: &Query<Option<String>>,
) -> Result<OrderFilter, InvalidField> {
    let given = |text: &Query<Option<String>>| text.0.clone().filter(|text| !text.is_empty());
    let gallery = given(gallery).as_deref().map(GalleryId::parse).transpose();
    Ok(OrderFilter {
        state: given(state).as_deref().map(OrderState::parse).transpose().field("state")?,
        gallery: gallery.map_err(|_| InvalidField::unknown("gallery_id", Resource::Gallery))?,
        client: None,
    })
}
