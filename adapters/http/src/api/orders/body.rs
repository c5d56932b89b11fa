//! An order as both sides see it.

use halftone_core::order::{Order, OrderEvent, OrderItem, ProductSnapshot};
use halftone_core::services::ordering::Quote;
use poem_openapi::Object;

use crate::api::money::MoneyObject;
use crate::api::orders::request::{ContactObject, Crop};
use crate::api::time::Time;

/// An order.
#[derive(Debug, Object)]
#[oai(rename = "Order")]
pub(crate) struct OrderObject {
    /// Its id.
    id: String,
    /// The gallery of its first line.
    gallery_id: String,
    /// The share through which it came.
    share_id: String,
    /// How far it is: `submitted`, `accepted`, `in_production`, `ready`, `completed` or `cancelled`.
    state: String,
    /// Whom to ask about it.
    contact: ContactObject,
    /// Its lines.
    items: Vec<OrderItemObject>,
    /// Their sum.
    total: MoneyObject,
    /// How far its payment is, as the studio says: `open`, `invoiced`, `paid` or `waived`.
    invoice_state: String,
    /// What the client wishes for the whole order.
    special_request: String,
    /// Until when the client may amend it, if it is not accepted before.
    amendable_until: Time,
    /// What happened to it, oldest first.
    events: Vec<OrderEventObject>,
    /// When it was placed.
    created_at: Time,
    /// When it was last changed.
    updated_at: Time,
}

/// A line of an order, at the prices of the moment when it was ordered.
#[derive(Debug, Object)]
#[oai(rename = "OrderItem")]
pub(crate) struct OrderItemObject {
    /// Its id.
    id: String,
    /// Which photo.
    photo_id: String,
    /// The photo's camera filename.
    filename: String,
    /// The product.
    product: OrderedProduct,
    /// How many.
    quantity: u32,
    /// Which part of the upright photo.
    crop: Crop,
    /// What the client wishes for this line.
    note: String,
    /// How it will look on paper: `good`, `marginal` or `too_small`; null for files.
    print_quality: Option<String>,
    /// Dots per inch on the weaker axis; null for files.
    effective_dpi: Option<f64>,
    /// What one costs.
    unit_price: MoneyObject,
    /// How many of its pieces the link's allowance covers.
    included: u32,
    /// What the line costs: the pieces that are not included.
    total: MoneyObject,
}

/// A line of a quote. It has no id, for nothing is stored.
#[derive(Debug, Object)]
pub(crate) struct QuotedItem {
    /// Which photo.
    photo_id: String,
    /// The photo's camera filename.
    filename: String,
    /// The product.
    product: OrderedProduct,
    /// How many.
    quantity: u32,
    /// Which part of the upright photo.
    crop: Crop,
    /// What the client wishes for this line.
    note: String,
    /// How it will look on paper: `good`, `marginal` or `too_small`; null for files.
    print_quality: Option<String>,
    /// Dots per inch on the weaker axis; null for files.
    effective_dpi: Option<f64>,
    /// What one costs.
    unit_price: MoneyObject,
    /// How many of its pieces the link's allowance covers.
    included: u32,
    /// What the line costs: the pieces that are not included.
    total: MoneyObject,
}

/// What an order would cost and how it would print.
#[derive(Debug, Object)]
#[oai(rename = "Quote")]
pub(crate) struct QuoteObject {
    /// The lines.
    items: Vec<QuotedItem>,
    /// Their sum.
    total: MoneyObject,
}

/// A product as it was when it was ordered.
#[derive(Debug, Object)]
pub(crate) struct OrderedProduct {
    /// Its id.
    id: String,
    /// Its name.
    name: String,
    /// `print` or `digital`.
    kind: String,
    /// The paper's finish; null for files.
    finish: Option<String>,
    /// Width on paper in millimetres; null for files.
    width_mm: Option<f64>,
    /// Height on paper in millimetres; null for files.
    height_mm: Option<f64>,
}

/// Something that happened to an order.
#[derive(Debug, Object)]
#[oai(rename = "OrderEvent")]
pub(crate) struct OrderEventObject {
    /// When.
    at: Time,
    /// Who did it: `client`, `studio` or `system`.
    actor: String,
    /// The state that the order reached, `amended`, or how far the payment came: `invoiced`, `paid`, `waived`, or
    /// `invoice_open` if that was taken back.
    kind: String,
    /// Why, if somebody said so.
    reason: Option<String>,
}

impl From<&Order> for OrderObject {
    fn from(order: &Order) -> Self {
        Self {
            id: order.id.to_string(),
            gallery_id: order.gallery.to_string(),
            share_id: order.share.to_string(),
            state: order.state.as_str().to_owned(),
            contact: (&order.contact).into(),
            items: order.items.iter().map(Into::into).collect(),
            total: order.total.into(),
            invoice_state: order.invoice.as_str().to_owned(),
            special_request: order.special_request.to_string(),
            amendable_until: order.amendable_until.into(),
            events: order.events.iter().map(Into::into).collect(),
            created_at: order.created_at.into(),
            updated_at: order.updated_at.into(),
        }
    }
}

impl From<&OrderItem> for OrderItemObject {
    fn from(item: &OrderItem) -> Self {
        let quoted = QuotedItem::from(item);
        Self {
            id: item.id.to_string(),
            photo_id: quoted.photo_id,
            filename: quoted.filename,
            product: quoted.product,
            quantity: quoted.quantity,
            crop: quoted.crop,
            note: quoted.note,
            print_quality: quoted.print_quality,
            effective_dpi: quoted.effective_dpi,
            unit_price: quoted.unit_price,
            included: quoted.included,
            total: quoted.total,
        }
    }
}

impl From<&OrderItem> for QuotedItem {
    fn from(item: &OrderItem) -> Self {
        Self {
            photo_id: item.photo.to_string(),
            filename: item.filename.to_string(),
            product: (&item.product).into(),
            quantity: item.quantity.get(),
            crop: item.crop.into(),
            note: item.note.to_string(),
            print_quality: item.print.map(|print| print.quality.as_str().to_owned()),
            effective_dpi: item.print.map(|print| print.effective_dpi),
            unit_price: item.product.unit_price.into(),
            included: item.included,
            total: item.total.into(),
        }
    }
}

impl From<&ProductSnapshot> for OrderedProduct {
    fn from(product: &ProductSnapshot) -> Self {
        let print = product.kind.print();
        Self {
            id: product.id.to_string(),
            name: product.name.to_string(),
            kind: product.kind.as_str().to_owned(),
            finish: print.map(|print| print.finish.to_string()),
            width_mm: print.map(|print| print.size.width_mm()),
            height_mm: print.map(|print| print.size.height_mm()),
        }
    }
}

impl From<&OrderEvent> for OrderEventObject {
    fn from(event: &OrderEvent) -> Self {
        Self {
            at: event.at.into(),
            actor: event.actor.as_str().to_owned(),
            kind: event.kind.as_str().to_owned(),
            reason: event.reason.as_ref().map(ToString::to_string),
        }
    }
}

impl From<&Quote> for QuoteObject {
    fn from(quote: &Quote) -> Self {
        Self { items: quote.items.iter().map(Into::into).collect(), total: quote.total.into() }
    }
}
