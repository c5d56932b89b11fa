//! What a client sends to place an order, or to ask a quote for one.

use halftone_core::geometry::CropRect;
use halftone_core::id::OrderId;
use halftone_core::invoice::InvoiceState;
use halftone_core::order::{Contact, Order, OrderState, Quantity};
use halftone_core::services::error::{FieldExt as _, InvalidField, Resource};
use halftone_core::services::ordering::{ItemRequest, OrderRequest, SelectionRequest};
use halftone_core::text::{Email, InvalidValue, Name, Phone, Prose};
use poem_openapi::Object;

/// What a client orders, or asks a quote for.
#[derive(Debug, Object)]
pub(crate) struct NewOrder {
    /// Whom to ask about it.
    contact: ContactObject,
    /// The lines, 1 to 1,000 with those of the selections.
    items: Option<Vec<NewItem>>,
    /// Selections whose photos follow as lines.
    selections: Option<Vec<WholeSelection>>,
    /// What the client wishes for the whole order.
    special_request: Option<String>,
}

/// What a client asks a quote for. The same form as an order; the contact may be left out.
#[derive(Debug, Object)]
pub(crate) struct QuoteRequest {
    /// The lines, 1 to 1,000 with those of the selections.
    items: Option<Vec<NewItem>>,
    /// Selections whose photos follow as lines.
    selections: Option<Vec<WholeSelection>>,
    /// One of the client's orders, whose lines these are to be: what it has of the allowance is free for them.
    order_id: Option<String>,
    /// Whom to ask about it; checked if it is there.
    contact: Option<ContactObject>,
    /// What the client wishes for the whole order; checked if it is there.
    special_request: Option<String>,
}

/// Whom to ask about an order.
#[derive(Debug, Object)]
#[oai(rename = "Contact")]
pub(crate) struct ContactObject {
    /// Who orders.
    name: String,
    /// Where the confirmation goes.
    email: String,
    /// For questions.
    phone: Option<String>,
}

/// A line that is to be ordered.
#[derive(Debug, Object)]
#[oai(rename = "NewOrderItem")]
pub(crate) struct NewItem {
    /// Which photo.
    pub(super) photo_id: String,
    /// Which product.
    pub(super) product_id: String,
    /// How many, 1 to 10,000.
    pub(super) quantity: i64,
    /// Which part of the upright photo; left out, the largest centred part that fits the paper.
    pub(super) crop: Option<Crop>,
    /// What the client wishes for this line.
    pub(super) note: Option<String>,
}

/// All photos of a selection as one product.
#[derive(Debug, Object)]
pub(crate) struct WholeSelection {
    /// Which of the client's selections.
    selection_id: String,
    /// Which product.
    product_id: String,
    /// How many of each photo, 1 to 10,000; 1 if left out.
    quantity: Option<i64>,
    /// What the client wishes for each line.
    note: Option<String>,
}

/// A rectangle in fractions of the upright photo's width and height.
#[derive(Debug, Object)]
pub(crate) struct Crop {
    /// The left edge.
    x: f64,
    /// The top edge.
    y: f64,
    /// The width.
    width: f64,
    /// The height.
    height: f64,
}

/// Where an order is to go.
#[derive(Debug, Object)]
#[oai(rename = "OrderTransition")]
pub(crate) struct TransitionBody {
    /// `accepted`, `in_production`, `ready`, `completed` or `cancelled`.
    to: String,
    /// Why; both sides see it.
    reason: Option<String>,
}

impl TryFrom<NewOrder> for OrderRequest {
    type Error = InvalidField;

    fn try_from(body: NewOrder) -> Result<Self, InvalidField> {
        Ok(Self {
            contact: body.contact.try_into()?,
            items: parse_items(&body.items.unwrap_or_default())?,
            selections: parse_selections(&body.selections.unwrap_or_default())?,
            special_request: prose(&body.special_request.unwrap_or_default(), "special_request")?,
        })
    }
}

/// What is to be quoted.
#[derive(Debug)]
pub(crate) struct QuotedLines {
    pub(crate) items: Vec<ItemRequest>,
    pub(crate) selections: Vec<SelectionRequest>,
    pub(crate) amends: Option<OrderId>,
}

impl QuoteRequest {
    /// The lines, after checking everything else as an order would.
    pub(crate) fn into_lines(self) -> Result<QuotedLines, InvalidField> {
        self.contact.map(Contact::try_from).transpose()?;
        prose(self.special_request.as_deref().unwrap_or_default(), "special_request")?;
        let items = parse_items(&self.items.unwrap_or_default())?;
        let selections = parse_selections(&self.selections.unwrap_or_default())?;
        let unknown = |_| InvalidField::unknown("order_id", Resource::Order);
        let amends = self.order_id.as_deref().map(OrderId::parse).transpose().map_err(unknown)?;
        Ok(QuotedLines { items, selections, amends })
    }
}

fn parse_items(items: &[NewItem]) -> Result<Vec<ItemRequest>, InvalidField> {
    counted(items).map(|(position, item)| item.parse(position)).collect()
}

fn parse_selections(selections: &[WholeSelection]) -> Result<Vec<SelectionRequest>, InvalidField> {
    counted(selections).map(|(place, selection)| selection.parse(place)).collect()
}

/// The lines with their positions. The service judges their number; parsing more than it takes would be work for nothing.
pub(super) fn counted<Item>(items: impl IntoIterator<Item = Item>) -> impl Iterator<Item = (usize, Item)> {
    items.into_iter().take(Order::MOST_ITEMS + 1).enumerate()
}

impl NewItem {
    pub(super) fn parse(&self, position: usize) -> Result<ItemRequest, InvalidField> {
        let field = |name: &str| format!("items[{position}].{name}");
        let unknown = |name: &str, resource| InvalidField::unknown(field(name), resource);
        let photo = self.photo_id.parse();
        let product = self.product_id.parse();
        let crop = self.crop.as_ref().map(Crop::parse).transpose();
        Ok(ItemRequest {
            photo: photo.map_err(|_| unknown("photo_id", Resource::Photo))?,
            product: product.map_err(|_| unknown("product_id", Resource::Product))?,
            quantity: Quantity::parse(self.quantity).field(&field("quantity"))?,
            crop: crop.field(&field("crop"))?,
            note: prose(self.note.as_deref().unwrap_or_default(), &field("note"))?,
        })
    }
}

impl WholeSelection {
    fn parse(&self, place: usize) -> Result<SelectionRequest, InvalidField> {
        let field = |name: &str| format!("selections[{place}].{name}");
        let unknown = |name: &str, resource| InvalidField::unknown(field(name), resource);
        let (selection, product) = (self.selection_id.parse(), self.product_id.parse());
        Ok(SelectionRequest {
            selection: selection.map_err(|_| unknown("selection_id", Resource::Selection))?,
            product: product.map_err(|_| unknown("product_id", Resource::Product))?,
            quantity: Quantity::parse(self.quantity.unwrap_or(1)).field(&field("quantity"))?,
            note: prose(self.note.as_deref().unwrap_or_default(), &field("note"))?,
        })
    }
}

/// What the studio is to note on an order; what is left out stays.
#[derive(Debug, Object)]
pub(crate) struct InvoicePatch {
    /// How far its payment is: `open`, `invoiced`, `paid` or `waived`.
    invoice_state: Option<String>,
}

impl InvoicePatch {
    /// How far the payment is, if that is to change.
    pub(crate) fn parse(&self) -> Result<Option<InvoiceState>, InvalidField> {
        self.invoice_state.as_deref().map(InvoiceState::parse).transpose().field("invoice_state")
    }
}

impl TransitionBody {
    /// The state, and why.
    pub(crate) fn parse(&self) -> Result<(OrderState, Option<Prose>), InvalidField> {
        let reason = self.reason.as_deref().filter(|reason| !reason.trim().is_empty());
        let reason = reason.map(Prose::parse).transpose();
        Ok((OrderState::parse(&self.to).field("to")?, reason.field("reason")?))
    }
}

impl Crop {
    pub(super) fn parse(&self) -> Result<CropRect, InvalidValue> {
        CropRect::parse(self.x, self.y, self.width, self.height)
    }
}

pub(super) fn prose(text: &str, field: &str) -> Result<Prose, InvalidField> {
    Prose::parse(text).field(field)
}

impl TryFrom<ContactObject> for Contact {
    type Error = InvalidField;

    fn try_from(contact: ContactObject) -> Result<Self, InvalidField> {
        // A form that was left empty says nothing.
        let phone = contact.phone.filter(|phone| !phone.trim().is_empty());
        Ok(Self {
            name: Name::parse(&contact.name).field("contact.name")?,
            email: Email::parse(&contact.email).field("contact.email")?,
            phone: phone.as_deref().map(Phone::parse).transpose().field("contact.phone")?,
        })
    }
}

impl From<&Contact> for ContactObject {
    fn from(contact: &Contact) -> Self {
        Self {
            name: contact.name.to_string(),
            email: contact.email.to_string(),
            phone: contact.phone.as_ref().map(ToString::to_string),
        }
    }
}

impl From<CropRect> for Crop {
    fn from(crop: CropRect) -> Self {
        Self { x: crop.x(), y: crop.y(), width: crop.width(), height: crop.height() }
    }
}
