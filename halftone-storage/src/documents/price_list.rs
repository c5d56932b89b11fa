//! Price lists as documents.

use halftone_core::id::{PriceListId, ProductId, StudioId};
use halftone_core::money::Currency;
use halftone_core::product::{PriceList, Product, Products};
use halftone_core::text::{InvalidValue, Name};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::money::MoneyDocument;
use super::product::ProductKindDocument;
use super::{DamagedDocument, FirstFormat, Stored};

#[derive(Serialize, Deserialize)]
pub(crate) struct PriceListDocument {
    format: FirstFormat,
    id: PriceListId,
    studio: StudioId,
    name: String,
    currency: String,
    products: Vec<ProductDocument>,
    created_at: Timestamp,
    updated_at: Timestamp,
}

#[derive(Serialize, Deserialize)]
struct ProductDocument {
    id: ProductId,
    name: String,
    kind: ProductKindDocument,
    price: MoneyDocument,
}

impl Stored for PriceList {
    type Document = PriceListDocument;
}

impl From<&PriceList> for PriceListDocument {
    fn from(list: &PriceList) -> Self {
        Self {
            format: FirstFormat,
            id: list.id,
            studio: list.studio,
            name: list.name.to_string(),
            currency: list.currency.to_string(),
            products: list.products.as_slice().iter().map(ProductDocument::from).collect(),
            created_at: list.created_at,
            updated_at: list.updated_at,
        }
    }
}

impl TryFrom<PriceListDocument> for PriceList {
    type Error = DamagedDocument;

    fn try_from(document: PriceListDocument) -> Result<Self, DamagedDocument> {
        let products: Result<Vec<Product>, InvalidValue> =
            document.products.into_iter().map(Product::try_from).collect();
        let currency = Currency::parse(&document.currency)?;
        Ok(Self {
            id: document.id,
            studio: document.studio,
            name: Name::parse(&document.name)?,
            currency,
            products: Products::new(products?, currency)?,
            created_at: document.created_at,
            updated_at: document.updated_at,
        })
    }
}

impl From<&Product> for ProductDocument {
    fn from(product: &Product) -> Self {
        Self {
            id: product.id,
            name: product.name.to_string(),
            kind: ProductKindDocument::from(&product.kind),
            price: MoneyDocument::from(product.price),
        }
    }
}

impl TryFrom<ProductDocument> for Product {
    type Error = InvalidValue;

    fn try_from(document: ProductDocument) -> Result<Self, InvalidValue> {
        Ok(Self {
            id: document.id,
            name: Name::parse(&document.name)?,
            kind: document.kind.try_into()?,
            price: document.price.try_into()?,
        })
    }
}
