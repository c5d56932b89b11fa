//! Orders as documents.

use halftone_core::geometry::PrintQuality;
use halftone_core::id::{ClientId, GalleryId, OrderId, OrderItemId, PhotoId, ProductId, ShareId, StudioId};
use halftone_core::invoice::InvoiceState;
use halftone_core::order::{
    Actor, Contact, Idempotency, IdempotencyKey, Order, OrderEvent, OrderEventKind, OrderItem, OrderState,
    PrintForecast, ProductSnapshot, Quantity,
};
use halftone_core::photo::Sha256Hash;
use halftone_core::text::{Email, Filename, InvalidValue, Name, Phone, Prose};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::geometry::CropDocument;
use super::money::MoneyDocument;
use super::product::ProductKindDocument;
use super::{DamagedDocument, FirstFormat, Stored};

#[derive(Serialize, Deserialize)]
pub(crate) struct OrderDocument {
    format: FirstFormat,
    id: OrderId,
    studio: StudioId,
    gallery: GalleryId,
    share: ShareId,
    client: ClientId,
    idempotency_key: String,
    request_sha256: String,
    state: String,
    contact: ContactDocument,
    items: Vec<ItemDocument>,
    total: MoneyDocument,
    #[serde(default = "open_invoice", skip_serializing_if = "is_open")]
    invoice: String,
    special_request: String,
    amendable_until: Timestamp,
    events: Vec<OrderEventDocument>,
    created_at: Timestamp,
    updated_at: Timestamp,
}

#[derive(Serialize, Deserialize)]
struct ContactDocument {
    name: String,
    email: String,
    phone: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct ItemDocument {
    id: OrderItemId,
    photo: PhotoId,
    filename: String,
    product: SnapshotDocument,
    quantity: u32,
    crop: CropDocument,
    note: String,
    print: Option<ForecastDocument>,
    /// Left out where nothing is, as it was before there were allowances.
    #[serde(default, skip_serializing_if = "is_zero")]
    included: u32,
    total: MoneyDocument,
}

#[derive(Serialize, Deserialize)]
struct SnapshotDocument {
    id: ProductId,
    name: String,
    kind: ProductKindDocument,
    unit_price: MoneyDocument,
}

#[derive(Serialize, Deserialize)]
struct ForecastDocument {
    effective_dpi: f64,
    quality: String,
}

#[derive(Serialize, Deserialize)]
struct OrderEventDocument {
    at: Timestamp,
    actor: String,
    kind: String,
    reason: Option<String>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
const fn is_zero(number: &u32) -> bool {
    *number == 0
}

/// A line has no more included pieces than pieces.
fn included(included: u32, quantity: u32) -> Result<u32, InvalidValue> {
    if included <= quantity {
        Ok(included)
    } else {
        Err(InvalidValue::new("included pieces", "must be at most the quantity"))
    }
}

fn open_invoice() -> String {
    InvoiceState::Open.as_str().to_owned()
}

fn is_open(invoice: &str) -> bool {
    invoice == InvoiceState::Open.as_str()
}

impl Stored for Order {
    type Document = OrderDocument;
}

impl From<&Order> for OrderDocument {
    fn from(order: &Order) -> Self {
        Self {
            format: FirstFormat,
            id: order.id,
            studio: order.studio,
            gallery: order.gallery,
            share: order.share,
            client: order.client,
            idempotency_key: order.idempotency.key.as_str().to_owned(),
            request_sha256: order.idempotency.request.to_string(),
            state: order.state.as_str().to_owned(),
            contact: ContactDocument::from(&order.contact),
            items: order.items.iter().map(ItemDocument::from).collect(),
            total: MoneyDocument::from(order.total),
            invoice: order.invoice.as_str().to_owned(),
            special_request: order.special_request.to_string(),
            amendable_until: order.amendable_until,
            events: order.events.iter().map(OrderEventDocument::from).collect(),
            created_at: order.created_at,
            updated_at: order.updated_at,
        }
    }
}

impl TryFrom<OrderDocument> for Order {
    type Error = DamagedDocument;

    fn try_from(document: OrderDocument) -> Result<Self, DamagedDocument> {
        let items: Result<Vec<OrderItem>, InvalidValue> =
            document.items.into_iter().map(OrderItem::try_from).collect();
        let events: Result<Vec<OrderEvent>, DamagedDocument> =
            document.events.into_iter().map(OrderEvent::try_from).collect();
        Ok(Self {
            id: document.id,
            studio: document.studio,
            gallery: document.gallery,
            share: document.share,
            client: document.client,
            idempotency: Idempotency {
                key: IdempotencyKey::parse(&document.idempotency_key)?,
                request: Sha256Hash::parse(&document.request_sha256)?,
            },
            state: OrderState::parse(&document.state)?,
            contact: document.contact.try_into()?,
            items: items?,
            total: document.total.try_into()?,
            invoice: InvoiceState::parse(&document.invoice)?,
            special_request: Prose::parse(&document.special_request)?,
            amendable_until: document.amendable_until,
            events: events?,
            created_at: document.created_at,
            updated_at: document.updated_at,
        })
    }
}

impl From<&Contact> for ContactDocument {
    fn from(contact: &Contact) -> Self {
        Self {
            name: contact.name.to_string(),
            email: contact.email.to_string(),
            phone: contact.phone.as_ref().map(ToString::to_string),
        }
    }
}

impl TryFrom<ContactDocument> for Contact {
    type Error = InvalidValue;

    fn try_from(document: ContactDocument) -> Result<Self, InvalidValue> {
        Ok(Self {
            name: Name::parse(&document.name)?,
            email: Email::parse(&document.email)?,
            phone: document.phone.as_deref().map(Phone::parse).transpose()?,
        })
    }
}

impl From<&OrderItem> for ItemDocument {
    fn from(item: &OrderItem) -> Self {
        let forecast = |print: PrintForecast| ForecastDocument {
            effective_dpi: print.effective_dpi,
            quality: print.quality.as_str().to_owned(),
        };
        Self {
            id: item.id,
            photo: item.photo,
            filename: item.filename.to_string(),
            product: SnapshotDocument::from(&item.product),
            quantity: item.quantity.get(),
            crop: CropDocument::from(item.crop),
            note: item.note.to_string(),
            print: item.print.map(forecast),
            included: item.included,
            total: MoneyDocument::from(item.total),
        }
    }
}

impl TryFrom<ItemDocument> for OrderItem {
    type Error = InvalidValue;

    fn try_from(document: ItemDocument) -> Result<Self, InvalidValue> {
        Ok(Self {
            id: document.id,
            photo: document.photo,
            filename: Filename::parse(&document.filename)?,
            product: document.product.try_into()?,
            quantity: Quantity::parse(i64::from(document.quantity))?,
            crop: document.crop.try_into()?,
            note: Prose::parse(&document.note)?,
            print: document.print.map(PrintForecast::try_from).transpose()?,
            included: included(document.included, document.quantity)?,
            total: document.total.try_into()?,
        })
    }
}

impl From<&ProductSnapshot> for SnapshotDocument {
    fn from(product: &ProductSnapshot) -> Self {
        Self {
            id: product.id,
            name: product.name.to_string(),
            kind: ProductKindDocument::from(&product.kind),
            unit_price: MoneyDocument::from(product.unit_price),
        }
    }
}

impl TryFrom<SnapshotDocument> for ProductSnapshot {
    type Error = InvalidValue;

    fn try_from(document: SnapshotDocument) -> Result<Self, InvalidValue> {
        Ok(Self {
            id: document.id,
            name: Name::parse(&document.name)?,
            kind: document.kind.try_into()?,
            unit_price: document.unit_price.try_into()?,
        })
    }
}

impl TryFrom<ForecastDocument> for PrintForecast {
    type Error = InvalidValue;

    fn try_from(document: ForecastDocument) -> Result<Self, InvalidValue> {
        let quality = [PrintQuality::Good, PrintQuality::Marginal, PrintQuality::TooSmall]
            .into_iter()
            .find(|quality| quality.as_str() == document.quality)
            .ok_or_else(|| InvalidValue::new("print quality", "must be good, marginal or too_small"))?;
        Ok(Self { effective_dpi: document.effective_dpi, quality })
    }
}

impl From<&OrderEvent> for OrderEventDocument {
    fn from(event: &OrderEvent) -> Self {
        Self {
            at: event.at,
            actor: event.actor.as_str().to_owned(),
            kind: event.kind.as_str().to_owned(),
            reason: event.reason.as_ref().map(ToString::to_string),
        }
    }
}

impl TryFrom<OrderEventDocument> for OrderEvent {
    type Error = DamagedDocument;

    fn try_from(document: OrderEventDocument) -> Result<Self, DamagedDocument> {
        let actor = Actor::ALL
            .into_iter()
            .find(|actor| actor.as_str() == document.actor)
            .ok_or(DamagedDocument::Encoding("an unknown actor"))?;
        Ok(Self {
            at: document.at,
            actor,
            kind: OrderEventKind::parse(&document.kind)?,
            reason: document.reason.as_deref().map(Prose::parse).transpose()?,
        })
    }
}
