//! Price lists in JSON.

use halftone_core::geometry::{MinDpi, PrintSize};
use halftone_core::id::ProductId;
use halftone_core::money::Currency;
use halftone_core::print::PrintDpi;
use halftone_core::product::{BelowMinimum, PriceList, PrintSpec, Product, ProductKind};
use halftone_core::services::error::{FieldExt as _, InvalidField, Resource};
use halftone_core::services::pricing::{NewPriceList, PriceListChange, ProductDraft};
use halftone_core::text::{InvalidValue, Line, Name};
use poem_openapi::Object;

use crate::api::money::MoneyObject;
use crate::api::time::Time;

/// What can be ordered from the galleries that name it.
#[derive(Debug, Object)]
#[oai(rename = "PriceList")]
pub(crate) struct PriceListObject {
    /// Its id.
    id: String,
    /// What the studio calls it.
    name: String,
    /// ISO 4217; what all its prices are in.
    currency: String,
    /// Its products in order.
    products: Vec<ProductObject>,
    /// When it was made.
    created_at: Time,
    /// When it was last changed.
    updated_at: Time,
}

/// Something sold.
#[derive(Debug, Object)]
#[oai(rename = "Product")]
pub(crate) struct ProductObject {
    /// Its id.
    id: String,
    /// What clients read: "10 x 15".
    name: String,
    /// `print` or `digital`.
    kind: String,
    /// Width on paper in millimetres; null for files.
    width_mm: Option<f64>,
    /// Height on paper in millimetres; null for files.
    height_mm: Option<f64>,
    /// The paper's finish; null for files.
    finish: Option<String>,
    /// What one costs.
    price: MoneyObject,
    /// The lowest resolution at which it looks good, in dots per inch; null for files.
    min_dpi: Option<u32>,
    /// What happens to lines under it: `warn` or `refuse`; null for files.
    below_min_dpi: Option<String>,
    /// The resolution in which its files are made for a lab, in dots per inch; null for files.
    print_dpi: Option<u16>,
}

/// A price list that is to be made.
#[derive(Debug, Object)]
#[oai(rename = "NewPriceList")]
pub(crate) struct NewPriceListBody {
    /// What the studio calls it.
    name: String,
    /// ISO 4217; the studio's currency if left out.
    currency: Option<String>,
    /// Its products in order, at most 500.
    products: Option<Vec<ProductBody>>,
}

/// What is to change in a price list; what is left out stays.
#[derive(Debug, Object)]
pub(crate) struct PriceListPatch {
    /// What the studio calls it.
    name: Option<String>,
    /// ISO 4217; all prices must be in it.
    currency: Option<String>,
    /// All products in order. Those with an id are changed, those without are new, the others go.
    products: Option<Vec<ProductBody>>,
}

/// A product as a studio sends it.
#[derive(Debug, Object)]
#[oai(rename = "ProductDraft")]
pub(crate) struct ProductBody {
    /// The id of a product of this list; left out for a new one.
    id: Option<String>,
    /// What clients read: "10 x 15".
    name: String,
    /// `print` (the default) or `digital`.
    kind: Option<String>,
    /// Width on paper in millimetres; asked for of prints.
    width_mm: Option<f64>,
    /// Height on paper in millimetres; asked for of prints.
    height_mm: Option<f64>,
    /// The paper's finish.
    finish: Option<String>,
    /// What one costs.
    price: MoneyObject,
    /// The lowest resolution at which it looks good, in dots per inch: 36 to 1200, 150 if left out.
    min_dpi: Option<i64>,
    /// What happens to lines under it: `warn` (the default) or `refuse`.
    below_min_dpi: Option<String>,
    /// The resolution in which its files are made for a lab, in dots per inch: 72 to 600, 300 if left out.
    print_dpi: Option<i64>,
}

impl From<PriceList> for PriceListObject {
    fn from(list: PriceList) -> Self {
        Self {
            id: list.id.to_string(),
            name: list.name.to_string(),
            currency: list.currency.to_string(),
            products: list.products.as_slice().iter().map(Into::into).collect(),
            created_at: list.created_at.into(),
            updated_at: list.updated_at.into(),
        }
    }
}

impl From<&Product> for ProductObject {
    fn from(product: &Product) -> Self {
        let print = product.kind.print();
        Self {
            id: product.id.to_string(),
            name: product.name.to_string(),
            kind: product.kind.as_str().to_owned(),
            width_mm: print.map(|print| print.size.width_mm()),
            height_mm: print.map(|print| print.size.height_mm()),
            finish: print.map(|print| print.finish.to_string()),
            price: product.price.into(),
            min_dpi: print.map(|print| print.min_dpi.get()),
            below_min_dpi: print.map(|print| print.below_minimum.as_str().to_owned()),
            print_dpi: print.map(|print| print.print_dpi.get()),
        }
    }
}

impl TryFrom<NewPriceListBody> for NewPriceList {
    type Error = InvalidField;

    fn try_from(body: NewPriceListBody) -> Result<Self, InvalidField> {
        Ok(Self {
            name: Name::parse(&body.name).field("name")?,
            currency: body.currency.as_deref().map(Currency::parse).transpose().field("currency")?,
            products: parse_products(&body.products.unwrap_or_default())?,
        })
    }
}

impl TryFrom<PriceListPatch> for PriceListChange {
    type Error = InvalidField;

    fn try_from(body: PriceListPatch) -> Result<Self, InvalidField> {
        Ok(Self {
            name: body.name.as_deref().map(Name::parse).transpose().field("name")?,
            currency: body.currency.as_deref().map(Currency::parse).transpose().field("currency")?,
            products: body.products.as_deref().map(parse_products).transpose()?,
        })
    }
}

fn parse_products(products: &[ProductBody]) -> Result<Vec<ProductDraft>, InvalidField> {
    products.iter().enumerate().map(|(position, product)| product.parse(position)).collect()
}

impl ProductBody {
    fn parse(&self, position: usize) -> Result<ProductDraft, InvalidField> {
        let field = |name: &str| format!("products[{position}].{name}");
        let id = self.id.as_deref().map(ProductId::parse).transpose();
        let kind = match self.kind.as_deref().unwrap_or("print") {
            "print" => ProductKind::Print(self.parse_print(&field)?),
            "digital" => ProductKind::Digital,
            _ => {
                let rule = InvalidValue::new("kind", "must be print or digital");
                return Err(InvalidField::new(field("kind"), rule));
            }
        };
        Ok(ProductDraft {
            id: id.map_err(|_| InvalidField::unknown(field("id"), Resource::Product))?,
            name: Name::parse(&self.name).field(&field("name"))?,
            kind,
            price: self.price.parse(&field("price"))?,
        })
    }

    fn parse_print(&self, field: &dyn Fn(&str) -> String) -> Result<PrintSpec, InvalidField> {
        let side = |value: Option<f64>, name: &str| {
            let missing = || InvalidValue::new("print size", "is asked for of prints");
            value.ok_or_else(missing).field(&field(name))
        };
        let (width, height) = (side(self.width_mm, "width_mm")?, side(self.height_mm, "height_mm")?);
        // A number that is not one of the type is out of range as well.
        let min_dpi = self.min_dpi.map(|dpi| MinDpi::parse(u32::try_from(dpi).unwrap_or(0)));
        let print_dpi = self.print_dpi.map(|dpi| PrintDpi::parse(u32::try_from(dpi).unwrap_or(0)));
        let below_minimum = self.below_min_dpi.as_deref().map(BelowMinimum::parse);
        Ok(PrintSpec {
            size: PrintSize::parse(width, height).field(&field("width_mm"))?,
            finish: Line::parse(self.finish.as_deref().unwrap_or_default()).field(&field("finish"))?,
            min_dpi: min_dpi.transpose().field(&field("min_dpi"))?.unwrap_or(MinDpi::DEFAULT),
            print_dpi: print_dpi.transpose().field(&field("print_dpi"))?.unwrap_or(PrintDpi::DEFAULT),
            below_minimum: below_minimum.transpose().field(&field("below_min_dpi"))?.unwrap_or_default(),
        })
    }
}
