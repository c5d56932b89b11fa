//! What a client sends to amend an order.

use halftone_core::order::Quantity;
use halftone_core::services::error::{FieldExt as _, InvalidField, Resource};
use halftone_core::services::ordering::{ContactChange, ItemChange, KeptItem, OrderChange};
use halftone_core::text::{Email, Name, Phone};
use poem_openapi::Object;
use poem_openapi::types::MaybeUndefined;

use crate::api::nullable;
use crate::api::orders::request::{Crop, NewItem, counted, prose};

/// What is to change in an order. What is left out stays as it is.
#[derive(Debug, Object)]
#[oai(rename = "OrderPatch")]
pub(crate) struct OrderPatch {
    /// Whom to ask about it.
    contact: Option<ContactPatch>,
    /// All lines from now on, 1 to 1,000. Lines of the order that are not named go.
    items: Option<Vec<ItemPatch>>,
    /// What the client wishes for the whole order.
    special_request: Option<String>,
}

/// What is to change in an order's contact. What is left out stays as it is.
#[derive(Debug, Object)]
struct ContactPatch {
    /// Who orders.
    name: Option<String>,
    /// Where the confirmation goes.
    email: Option<String>,
    /// For questions; null forgets it.
    phone: MaybeUndefined<String>,
}

/// A line of an amended order. With the `id` of a line that the order has, that line stays at its price, and what is left out
/// stays as it is. Without an `id` the line is new, at today's price, and `photo_id`, `product_id` and `quantity` are needed.
#[derive(Debug, Object)]
#[oai(rename = "OrderItemPatch")]
struct ItemPatch {
    /// Which line of the order.
    id: Option<String>,
    /// Which photo.
    photo_id: Option<String>,
    /// Which product. Another one than before is sold at today's price.
    product_id: Option<String>,
    /// How many, 1 to 10,000.
    quantity: Option<i64>,
    /// Which part of the upright photo; null is the largest centred part that fits the paper, and so is nothing for a new
    /// line or with another photo or product.
    crop: MaybeUndefined<Crop>,
    /// What the client wishes for this line.
    note: Option<String>,
}

impl TryFrom<OrderPatch> for OrderChange {
    type Error = InvalidField;

    fn try_from(patch: OrderPatch) -> Result<Self, InvalidField> {
        let contact = patch.contact.map(ContactChange::try_from).transpose()?;
        let items = patch.items.map(|items| counted(items).map(|(place, item)| item.parse(place)).collect());
        let request = patch.special_request.as_deref();
        Ok(Self {
            contact: contact.unwrap_or_default(),
            items: items.transpose()?,
            special_request: request.map(|text| prose(text, "special_request")).transpose()?,
        })
    }
}

impl TryFrom<ContactPatch> for ContactChange {
    type Error = InvalidField;

    fn try_from(patch: ContactPatch) -> Result<Self, InvalidField> {
        // A form that was left empty says nothing.
        let phone = match patch.phone {
            MaybeUndefined::Value(text) if text.trim().is_empty() => MaybeUndefined::Null,
            phone => phone,
        };
        Ok(Self {
            name: patch.name.as_deref().map(Name::parse).transpose().field("contact.name")?,
            email: patch.email.as_deref().map(Email::parse).transpose().field("contact.email")?,
            phone: nullable::change(phone, |text| Phone::parse(&text)).field("contact.phone")?,
        })
    }
}

impl ItemPatch {
    fn parse(self, position: usize) -> Result<ItemChange, InvalidField> {
        match &self.id {
            Some(_) => self.parse_kept(position).map(ItemChange::Kept),
            None => self.into_new(position)?.parse(position).map(ItemChange::New),
        }
    }

    fn parse_kept(self, position: usize) -> Result<KeptItem, InvalidField> {
        let field = |name: &str| format!("items[{position}].{name}");
        let unknown = |name: &str, resource| InvalidField::unknown(field(name), resource);
        let id = self.id.as_deref().unwrap_or_default().parse();
        let photo = self.photo_id.map(|id| id.parse()).transpose();
        let product = self.product_id.map(|id| id.parse()).transpose();
        Ok(KeptItem {
            id: id.map_err(|_| unknown("id", Resource::OrderItem))?,
            photo: photo.map_err(|_| unknown("photo_id", Resource::Photo))?,
            product: product.map_err(|_| unknown("product_id", Resource::Product))?,
            quantity: self.quantity.map(Quantity::parse).transpose().field(&field("quantity"))?,
            crop: nullable::change(self.crop, |crop| crop.parse()).field(&field("crop"))?,
            note: self.note.as_deref().map(|text| prose(text, &field("note"))).transpose()?,
        })
    }

    fn into_new(self, position: usize) -> Result<NewItem, InvalidField> {
        let field = |name: &str| format!("items[{position}].{name}");
        let unknown = |name: &str, resource| InvalidField::unknown(field(name), resource);
        Ok(NewItem {
            photo_id: self.photo_id.ok_or_else(|| unknown("photo_id", Resource::Photo))?,
            product_id: self.product_id.ok_or_else(|| unknown("product_id", Resource::Product))?,
            // As many as none are not enough.
            quantity: self.quantity.unwrap_or_default(),
            crop: self.crop.take(),
            note: self.note,
        })
    }
}
