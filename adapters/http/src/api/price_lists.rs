//! `/price-lists`: what can be ordered.

use halftone_core::id::PriceListId;
use halftone_core::page::Versioned;
use halftone_core::product::PriceList;
use halftone_core::services::pricing::PricingService;
use poem_openapi::OpenApi;
use poem_openapi::param::{Header, Path, Query};
use poem_openapi::payload::Json;

use crate::api::json_body::JsonBody;
use crate::api::paging::{PageObject, page_request};
use crate::api::path_id::parse_id;
use crate::api::price_lists::body::{NewPriceListBody, PriceListObject, PriceListPatch};
use crate::api::reply::{Created, Done, Tagged};
use crate::api::tag::Tag;
use crate::auth::StudioAuth;
use crate::conditional::{entity_tag, if_match};
use crate::links::Links;
use crate::problem::family::CatalogueFailure;

pub(crate) mod body;

pub(crate) use body::ProductObject;

/// Serves price lists.
#[derive(Debug)]
pub(crate) struct PriceListsApi {
    pub(crate) pricing: PricingService,
}

#[OpenApi(tag = "Tag::PriceLists")]
impl PriceListsApi {
    /// Lists the price lists, newest first
    #[oai(path = "/price-lists", method = "get", operation_id = "listPriceLists")]
    async fn list(
        &self,
        auth: StudioAuth,
        /// The most entries, 1 to 500; 50 if left out.
        limit: Query<Option<i64>>,
        /// Where the last page ended.
        cursor: Query<Option<String>>,
    ) -> Result<Json<PageObject<PriceListObject>>, CatalogueFailure> {
        let page = page_request(&limit, &cursor)?;
        let found = self.pricing.list(&auth.0, &page).await?;
        Ok(Json(PageObject::new(found, |list| list.value.into())))
    }

    /// Makes a price list
    #[oai(path = "/price-lists", method = "post", operation_id = "createPriceList")]
    async fn create(
        &self,
        auth: StudioAuth,
        links: Links,
        body: JsonBody<NewPriceListBody>,
    ) -> Result<Created<PriceListObject>, CatalogueFailure> {
        let list = self.pricing.create(&auth.0, body.0.try_into()?).await?;
        let tag = entity_tag(list.version);
        let location = links.api(&format!("/price-lists/{}", list.value.id));
        Ok(Created::Created(Json(list.value.into()), tag, location))
    }

    /// Shows a price list
    #[oai(path = "/price-lists/:price_list_id", method = "get", operation_id = "getPriceList")]
    async fn get(
        &self,
        auth: StudioAuth,
        /// Which price list.
        price_list_id: Path<String>,
    ) -> Result<Tagged<PriceListObject>, CatalogueFailure> {
        let id: PriceListId = parse_id(&price_list_id)?;
        Ok(tagged(self.pricing.get(&auth.0, id).await?))
    }

    /// Changes a price list
    ///
    /// Orders that were placed keep their prices.
    #[oai(path = "/price-lists/:price_list_id", method = "patch", operation_id = "changePriceList")]
    async fn change(
        &self,
        auth: StudioAuth,
        /// Which price list.
        price_list_id: Path<String>,
        /// The version that is to be changed.
        #[oai(name = "If-Match")]
        precondition: Header<Option<String>>,
        body: JsonBody<PriceListPatch>,
    ) -> Result<Tagged<PriceListObject>, CatalogueFailure> {
        let id: PriceListId = parse_id(&price_list_id)?;
        let change = body.0.try_into()?;
        Ok(tagged(self.pricing.change(&auth.0, id, change, if_match(&precondition)).await?))
    }

    /// Deletes a price list
    ///
    /// Galleries that name it sell nothing from then on.
    #[oai(path = "/price-lists/:price_list_id", method = "delete", operation_id = "deletePriceList")]
    async fn delete(
        &self,
        auth: StudioAuth,
        /// Which price list.
        price_list_id: Path<String>,
    ) -> Result<Done, CatalogueFailure> {
        let id: PriceListId = parse_id(&price_list_id)?;
        self.pricing.delete(&auth.0, id).await?;
        Ok(Done::Done)
    }
}

fn tagged(list: Versioned<PriceList>) -> Tagged<PriceListObject> {
    let tag = entity_tag(list.version);
    Tagged::Found(Json(list.value.into()), tag)
}
