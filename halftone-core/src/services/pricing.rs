//! Price lists: made, changed, listed, deleted.

use crate::access::Principal;
use crate::id::{PriceListId, ProductId, StudioId};
use crate::money::Currency;
use crate::page::{Page, PageRequest, Versioned};
use crate::product::{PriceList, Product, Products};
use crate::services::catalogue::{ATTEMPTS, CatalogueError, Precondition, exhausted, is_lost_race};
use crate::services::error::{Absent, FieldExt as _, InvalidField, Resource};
use crate::services::{Dependencies, Shared};
use crate::text::{InvalidValue, Name};

/// Manages price lists.
#[derive(Debug, Clone)]
pub struct PricingService {
    world: Shared,
}

/// A price list that is to be made.
#[derive(Debug, Clone)]
pub struct NewPriceList {
    /// What the studio calls it.
    pub name: Name,
    /// What its prices are in; the studio's currency if nothing is said.
    pub currency: Option<Currency>,
    /// Its products in order.
    pub products: Vec<ProductDraft>,
}

/// What is to change; `None` stays as it is.
#[derive(Debug, Clone, Default)]
pub struct PriceListChange {
    /// The name.
    pub name: Option<Name>,
    /// The currency; all prices must be in it.
    pub currency: Option<Currency>,
    /// All products in order. Those with a known id are changed, those without are new, the others go.
    pub products: Option<Vec<ProductDraft>>,
}

/// A product as a studio sends it: known by its id, or new.
#[derive(Debug, Clone)]
pub struct ProductDraft {
    /// The id of a product that exists, or `None` for a new one.
    pub id: Option<ProductId>,
    /// What the product is; its id is replaced.
    pub name: Name,
    /// What kind of thing it is.
    pub kind: crate::product::ProductKind,
    /// What one costs.
    pub price: crate::money::Money,
}

impl PricingService {
    pub(crate) const fn new(world: Shared) -> Self {
        Self { world }
    }

    fn world(&self) -> &Dependencies {
        &self.world
    }

    /// Makes a price list.
    pub async fn create(
        &self,
        principal: &Principal,
        new: NewPriceList,
    ) -> Result<Versioned<PriceList>, CatalogueError> {
        let studio = principal.manage()?;
        let currency = match new.currency {
            Some(currency) => currency,
            None => self.studio_currency(studio).await?,
        };
        let now = self.world().clock.now();
        let list = PriceList {
            id: PriceListId::generate(now, &*self.world().entropy),
            studio,
            name: new.name,
            currency,
            products: self.build_products(None, new.products, currency)?,
            created_at: now,
            updated_at: now,
        };
        let version = self.world().metadata().price_lists.create(&list).await?;
        Ok(Versioned::new(list, version))
    }

    async fn studio_currency(&self, studio: StudioId) -> Result<Currency, CatalogueError> {
        let found = self.world().metadata().studios.find(studio).await?;
        Ok(found.ok_or(Absent::new(Resource::Studio))?.value.currency)
    }

    fn build_products(
        &self,
        known: Option<&Products>,
        drafts: Vec<ProductDraft>,
        currency: Currency,
    ) -> Result<Products, CatalogueError> {
        let now = self.world().clock.now();
        let mut products = Vec::with_capacity(drafts.len());
        for (position, draft) in drafts.into_iter().enumerate() {
            let id = match draft.id {
                Some(id) if known.is_some_and(|known| known.find(id).is_some()) => id,
                Some(_) => {
                    let unknown = InvalidValue::new("product", "does not exist in this price list");
                    return Err(InvalidField::new(format!("products[{position}].id"), unknown).into());
                }
                None => ProductId::generate(now, &*self.world().entropy),
            };
            products.push(Product { id, name: draft.name, kind: draft.kind, price: draft.price });
        }
        Ok(Products::new(products, currency).field("products")?)
    }

    /// One price list.
    pub async fn get(
        &self,
        principal: &Principal,
        list: PriceListId,
    ) -> Result<Versioned<PriceList>, CatalogueError> {
        let studio = principal.manage()?;
        self.find(studio, list).await
    }

    async fn find(
        &self,
        studio: StudioId,
        list: PriceListId,
    ) -> Result<Versioned<PriceList>, CatalogueError> {
        let found = self.world().metadata().price_lists.find(studio, list).await?;
        found.ok_or_else(|| Absent::new(Resource::PriceList).into())
    }

    /// The studio's price lists, newest first.
    pub async fn list(
        &self,
        principal: &Principal,
        page: &PageRequest,
    ) -> Result<Page<Versioned<PriceList>>, CatalogueError> {
        let studio = principal.manage()?;
        Ok(self.world().metadata().price_lists.list(studio, page).await?)
    }

    /// Changes a price list. Orders that were placed keep their prices.
    pub async fn change(
        &self,
        principal: &Principal,
        list: PriceListId,
        change: PriceListChange,
        precondition: Precondition,
    ) -> Result<Versioned<PriceList>, CatalogueError> {
        let studio = principal.manage()?;
        for _ in 0..ATTEMPTS {
            let Versioned { mut value, version } = self.find(studio, list).await?;
            precondition.check(version)?;
            let change = change.clone();
            value.name = change.name.unwrap_or(value.name);
            value.currency = change.currency.unwrap_or(value.currency);
            value.products = match change.products {
                Some(drafts) => self.build_products(Some(&value.products), drafts, value.currency)?,
                None => {
                    Products::new(value.products.as_slice().to_vec(), value.currency).field("currency")?
                }
            };
            value.updated_at = self.world().clock.now();
            match self.world().metadata().price_lists.update(&value, version).await {
                Ok(version) => return Ok(Versioned::new(value, version)),
                Err(error) if is_lost_race(&error) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(exhausted("change price list", list).into())
    }

    /// Deletes a price list. Galleries that name it sell nothing from then on.
    pub async fn delete(&self, principal: &Principal, list: PriceListId) -> Result<(), CatalogueError> {
        let studio = principal.manage()?;
        self.find(studio, list).await?;
        self.world().metadata().price_lists.delete(studio, list).await?;
        Ok(())
    }
}
