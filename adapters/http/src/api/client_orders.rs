//! `/client/orders`: a client's own orders.

use halftone_core::id::OrderId;
use halftone_core::order::{IdempotencyKey, Order};
use halftone_core::page::Versioned;
use halftone_core::services::error::FieldExt as _;
use halftone_core::services::ordering::{OrderingService, Placed};
use poem::http::StatusCode;
use poem_openapi::param::{Header, Path, Query};
use poem_openapi::payload::Json;
use poem_openapi::{ApiResponse, OpenApi};

use crate::api::json_body::JsonBody;
use crate::api::orders::amendment::OrderPatch;
use crate::api::orders::body::{OrderObject, QuoteObject};
use crate::api::orders::request::{NewOrder, QuoteRequest, QuotedLines};
use crate::api::orders::tagged;
use crate::api::paging::{PageObject, page_request};
use crate::api::path_id::parse_id;
use crate::api::reply::Tagged;
use crate::api::tag::Tag;
use crate::auth::ClientAuth;
use crate::conditional::{entity_tag, if_match};
use crate::links::Links;
use crate::problem::Failure;
use crate::problem::family::OrderingFailure;

/// Takes orders from clients.
#[derive(Debug)]
pub(crate) struct ClientOrdersApi {
    pub(crate) ordering: OrderingService,
}

/// An order that was placed.
#[derive(Debug, ApiResponse)]
enum OrderPlaced {
    /// By an earlier request with the same key and body.
    #[oai(status = 200)]
    Before(
        Json<OrderObject>,
        /// The version.
        #[oai(header = "ETag")]
        String,
    ),
    /// By this request.
    #[oai(status = 201)]
    Now(
        Json<OrderObject>,
        /// The version.
        #[oai(header = "ETag")]
        String,
        /// Where it is.
        #[oai(header = "Location")]
        String,
    ),
}

#[OpenApi(tag = "Tag::Client")]
impl ClientOrdersApi {
    /// Says what an order would cost and how it would print
    ///
    /// Nothing is stored.
    #[oai(path = "/client/orders/quote", method = "post", operation_id = "quoteOrder")]
    async fn quote(
        &self,
        auth: ClientAuth,
        body: JsonBody<QuoteRequest>,
    ) -> Result<Json<QuoteObject>, OrderingFailure> {
        let QuotedLines { items, selections, amends } = body.0.into_lines()?;
        let quote = self.ordering.quote(&auth.0, &items, &selections, amends).await?;
        Ok(Json((&quote).into()))
    }

    /// Places an order
    ///
    /// The same key and body give the same order, however often they are sent.
    #[oai(path = "/client/orders", method = "post", operation_id = "placeOrder")]
    async fn place(
        &self,
        auth: ClientAuth,
        links: Links,
        /// A key that names this order among the client's, 1 to 200 visible ASCII characters. Required.
        #[oai(name = "Idempotency-Key")]
        key: Header<Option<String>>,
        body: JsonBody<NewOrder>,
    ) -> Result<OrderPlaced, OrderingFailure> {
        let key = key.0.ok_or_else(key_required)?;
        let key = IdempotencyKey::parse(&key).field("Idempotency-Key")?;
        let placed = self.ordering.place(&auth.0, key, body.0.try_into()?).await?;
        Ok(OrderPlaced::new(&placed, &links))
    }

    /// Lists the client's orders, newest first
    #[oai(path = "/client/orders", method = "get", operation_id = "listClientOrders")]
    async fn list(
        &self,
        auth: ClientAuth,
        /// The most entries, 1 to 500; 50 if left out.
        limit: Query<Option<i64>>,
        /// Where the last page ended.
        cursor: Query<Option<String>>,
    ) -> Result<Json<PageObject<OrderObject>>, OrderingFailure> {
        let page = page_request(&limit, &cursor)?;
        let found = self.ordering.list_own(&auth.0, &page).await?;
        Ok(Json(PageObject::new(found, |order: Versioned<Order>| OrderObject::from(&order.value))))
    }

    /// Shows one of the client's orders
    #[oai(path = "/client/orders/:order_id", method = "get", operation_id = "getClientOrder")]
    async fn get(
        &self,
        auth: ClientAuth,
        /// Which order.
        order_id: Path<String>,
    ) -> Result<Tagged<OrderObject>, OrderingFailure> {
        let id: OrderId = parse_id(&order_id)?;
        Ok(tagged(&self.ordering.get_own(&auth.0, id).await?))
    }

    /// Amends one of the client's orders
    ///
    /// As long as the order is `submitted` and before `amendable_until`. Lines that the order has keep their prices. A change that
    /// was made already answers 200 again and records nothing, whatever `If-Match` says.
    #[oai(path = "/client/orders/:order_id", method = "patch", operation_id = "amendOrder")]
    async fn amend(
        &self,
        auth: ClientAuth,
        /// Which order.
        order_id: Path<String>,
        /// The version that is to be changed.
        #[oai(name = "If-Match")]
        precondition: Header<Option<String>>,
        body: JsonBody<OrderPatch>,
    ) -> Result<Tagged<OrderObject>, OrderingFailure> {
        let id: OrderId = parse_id(&order_id)?;
        let change = body.0.try_into()?;
        Ok(tagged(&self.ordering.amend(&auth.0, id, &change, if_match(&precondition)).await?))
    }
}

impl OrderPlaced {
    fn new(placed: &Placed, links: &Links) -> Self {
        match placed {
            Placed::Before(order) => Self::Before(Json((&order.value).into()), entity_tag(order.version)),
            Placed::Now(order) => {
                let location = links.api(&format!("/client/orders/{}", order.value.id));
                Self::Now(Json((&order.value).into()), entity_tag(order.version), location)
            }
        }
    }
}

fn key_required() -> Failure {
    Failure::new(StatusCode::BAD_REQUEST, "idempotency-key-required", "An Idempotency-Key header is needed")
        .detail("an order needs an Idempotency-Key header, so that a repeated request does not order twice")
}
