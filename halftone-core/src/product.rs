//! Price lists and the products on them.

use jiff::Timestamp;

use crate::geometry::{MinDpi, PrintSize};
use crate::id::{PriceListId, ProductId, StudioId};
use crate::money::{Currency, Money};
use crate::print::PrintDpi;
use crate::text::{InvalidValue, Line, Name};

/// What can be ordered from the galleries that name it.
#[derive(Debug, Clone, PartialEq)]
pub struct PriceList {
    /// Its id.
    pub id: PriceListId,
    /// Who owns it.
    pub studio: StudioId,
    /// What the studio calls it.
    pub name: Name,
    /// What all its prices are in.
    pub currency: Currency,
    /// Its products in order.
    pub products: Products,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// The products of one price list, in order: at most 500, with different ids, all in one currency.
#[derive(Debug, Clone, PartialEq)]
pub struct Products(Vec<Product>);

impl Products {
    /// The most products of a list.
    pub const MOST: usize = 500;

    /// Checks number, ids and currency.
    ///
    /// # Errors
    /// Too many products, an id twice, or a price in another currency.
    pub fn new(products: Vec<Product>, currency: Currency) -> Result<Self, InvalidValue> {
        if products.len() > Self::MOST {
            return Err(InvalidValue::new("products", format!("must be at most {}", Self::MOST)));
        }
        for (position, product) in products.iter().enumerate() {
            if product.price.currency() != currency {
                return Err(InvalidValue::new(
                    "price",
                    format!("must be in {currency}, like the price list"),
                ));
            }
            if products[..position].iter().any(|earlier| earlier.id == product.id) {
                return Err(InvalidValue::new("products", "must have different ids"));
            }
        }
        Ok(Self(products))
    }

    /// The products in order.
    pub fn as_slice(&self) -> &[Product] {
        &self.0
    }

    /// The product with this id.
    pub fn find(&self, product: ProductId) -> Option<&Product> {
        self.0.iter().find(|candidate| candidate.id == product)
    }
}

/// Something sold.
#[derive(Debug, Clone, PartialEq)]
pub struct Product {
    /// Its id.
    pub id: ProductId,
    /// What clients read: "10 x 15".
    pub name: Name,
    /// A print or a file.
    pub kind: ProductKind,
    /// What one costs.
    pub price: Money,
}

/// What kind of thing a product is.
#[derive(Debug, Clone, PartialEq)]
pub enum ProductKind {
    /// A print on paper.
    Print(PrintSpec),
    /// A digital file.
    Digital,
}

impl ProductKind {
    /// The word of the API: `print` or `digital`.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Print(_) => "print",
            Self::Digital => "digital",
        }
    }

    /// What is printed, if it is a print.
    pub const fn print(&self) -> Option<&PrintSpec> {
        match self {
            Self::Print(spec) => Some(spec),
            Self::Digital => None,
        }
    }
}

/// How something is printed.
#[derive(Debug, Clone, PartialEq)]
pub struct PrintSpec {
    /// Size on paper.
    pub size: PrintSize,
    /// The paper's finish: "matte"; may be empty.
    pub finish: Line,
    /// The lowest resolution at which it looks good.
    pub min_dpi: MinDpi,
    /// The resolution in which its files are made for a lab.
    pub print_dpi: PrintDpi,
    /// What happens to a line under that resolution.
    pub below_minimum: BelowMinimum,
}

/// What happens to an order line under a product's minimum resolution.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum BelowMinimum {
    /// The client is warned and may order.
    #[default]
    Warn,
    /// The line is refused.
    Refuse,
}

impl BelowMinimum {
    /// The word of the API: `warn` or `refuse`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Warn => "warn",
            Self::Refuse => "refuse",
        }
    }

    /// Reads the word of the API.
    ///
    /// # Errors
    /// The word names no policy.
    pub fn parse(word: &str) -> Result<Self, InvalidValue> {
        [Self::Warn, Self::Refuse]
            .into_iter()
            .find(|policy| policy.as_str() == word)
            .ok_or_else(|| InvalidValue::new("below_min_dpi", "must be warn or refuse"))
    }
}
