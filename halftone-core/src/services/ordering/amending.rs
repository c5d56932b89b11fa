//! Amending: a client changes an order that nobody works on yet.

use std::collections::HashSet;

use super::{ItemRequest, LineWish, OrderingError, OrderingService, Stock, at, check_count, total};
use crate::access::{Action, ClientPass, Principal};
use crate::event::EventSubject;
use crate::geometry::CropRect;
use crate::id::{OrderId, OrderItemId, PhotoId, ProductId};
use crate::order::{Contact, Order, OrderItem, Quantity};
use crate::page::Versioned;
use crate::services::catalogue::{ATTEMPTS, Precondition, exhausted, is_lost_race};
use crate::services::error::InvalidField;
use crate::services::processing::event;
use crate::text::{Email, InvalidValue, Name, Phone, Prose};

/// What is to change in an order; `None` stays as it is.
#[derive(Debug, Clone, Default)]
pub struct OrderChange {
    /// Whom to ask about it.
    pub contact: ContactChange,
    /// All lines from now on, in order. Those that are not named go.
    pub items: Option<Vec<ItemChange>>,
    /// What the client wishes for the whole order.
    pub special_request: Option<Prose>,
}

/// What is to change in an order's contact; `None` stays as it is.
#[derive(Debug, Clone, Default)]
pub struct ContactChange {
    /// Who orders.
    pub name: Option<Name>,
    /// Where the confirmation goes.
    pub email: Option<Email>,
    /// For questions; `Some(None)` forgets it.
    pub phone: Option<Option<Phone>>,
}

/// A line of an amended order.
#[derive(Debug, Clone)]
pub enum ItemChange {
    /// A line that the order has, at the price that it has; at today's if the product changes.
    Kept(KeptItem),
    /// A new line, at today's price.
    New(ItemRequest),
}

/// What is to change in a line that the order has; `None` stays as it is.
#[derive(Debug, Clone)]
pub struct KeptItem {
    /// Which line.
    pub id: OrderItemId,
    /// Another photo.
    pub photo: Option<PhotoId>,
    /// Another product.
    pub product: Option<ProductId>,
    /// How many.
    pub quantity: Option<Quantity>,
    /// Which part of the photo; `Some(None)` is the largest centred part that fits the paper, and so is `None` where the
    /// photo or the product changes.
    pub crop: Option<Option<CropRect>>,
    /// What the client wishes for this line.
    pub note: Option<Prose>,
}

impl OrderingService {
    /// Changes the client's own order, as long as the studio has not accepted it and the time to amend lasts.
    ///
    /// A change that was made already is not made again: it records no event, and the version that the caller insists on
    /// does not matter, so that a caller who lost the reply can ask again.
    ///
    /// # Errors
    /// `NotAmendable`; `Changed` if the order is not at the version that the caller insists on; and what
    /// [`place`](Self::place) refuses.
    pub async fn amend(
        &self,
        principal: &Principal,
        order: OrderId,
        change: &OrderChange,
        precondition: Precondition,
    ) -> Result<Versioned<Order>, OrderingError> {
        let pass = principal.visit(Action::Order)?;
        for _ in 0..ATTEMPTS {
            let Versioned { value, version } = self.get_own(principal, order).await?;
            let now = self.world().clock.now();
            value.check_amendable(now)?;
            let is_stale = precondition.check(version).is_err();
            let mut amended = match self.amended(pass, &value, change).await {
                // What is wrong with a change to another version is no news; that it is another one is.
                Err(OrderingError::Invalid(_)) if is_stale => return Err(OrderingError::Changed),
                result => result?,
            };
            if amended == value {
                return Ok(Versioned::new(value, version));
            }
            if is_stale {
                return Err(OrderingError::Changed);
            }
            let reservation = self.reserve_amended(pass, &value, &mut amended).await?;
            if let Some(reservation) = reservation {
                reservation.check(self.world().clock.now())?;
            }
            amended.record_amendment(now);
            let events = [event(self.world(), value.studio, EventSubject::OrderAmended { order })];
            match self.world().metadata().orders.update(&amended, version, &events).await {
                Ok(version) => {
                    self.settle(reservation, &amended).await;
                    return Ok(Versioned::new(amended, version));
                }
                Err(error) if is_lost_race(&error) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(exhausted("amend order", order).into())
    }

    /// The order as the change wants it; equal to `order` if nothing changes.
    async fn amended(
        &self,
        pass: &ClientPass,
        order: &Order,
        change: &OrderChange,
    ) -> Result<Order, OrderingError> {
        let mut amended = order.clone();
        amended.contact = change.contact.apply(&order.contact);
        if let Some(request) = &change.special_request {
            amended.special_request = request.clone();
        }
        let items = change.items.as_deref().unwrap_or_default();
        let stock = Stock::load(self.world(), pass, photos(order, items)).await?;
        if change.items.is_some() {
            amended.items = self.amended_items(&stock, order, items)?;
            amended.total = total(&amended.items)?;
            // A line that did not change may be of a photo that is gone by now.
            let first = amended.items.first().and_then(|line| stock.photo(line.photo));
            amended.gallery = first.map_or(order.gallery, |photo| photo.gallery);
        }
        Ok(amended)
    }

    fn amended_items(
        &self,
        stock: &Stock,
        order: &Order,
        items: &[ItemChange],
    ) -> Result<Vec<OrderItem>, OrderingError> {
        check_count(items.len())?;
        let mut taken: HashSet<OrderItemId> = items.iter().filter_map(ItemChange::kept).collect();
        let mut seen = HashSet::new();
        let mut lines = Vec::with_capacity(items.len());
        for (position, item) in items.iter().enumerate() {
            lines.push(match item {
                ItemChange::Kept(kept) => {
                    let line = order.items.iter().find(|line| line.id == kept.id);
                    let line = line.filter(|_| seen.insert(kept.id)).ok_or_else(|| unknown_line(position))?;
                    self.kept_line(stock, line, kept, &at(position))?
                }
                ItemChange::New(item) => {
                    let new = self.line(stock, item, &at(position))?;
                    let known = |line: &&OrderItem| !taken.contains(&line.id) && is_same(line, &new);
                    let known = order.items.iter().find(known).cloned();
                    taken.extend(known.as_ref().map(|line| line.id));
                    known.unwrap_or(new)
                }
            });
        }
        Ok(lines)
    }

    fn kept_line(
        &self,
        stock: &Stock,
        line: &OrderItem,
        change: &KeptItem,
        at: &str,
    ) -> Result<OrderItem, OrderingError> {
        let photo = change.photo.unwrap_or(line.photo);
        let product = change.product.unwrap_or(line.product.id);
        let is_same_picture = photo == line.photo && product == line.product.id;
        let wish = LineWish {
            quantity: change.quantity.unwrap_or(line.quantity),
            crop: change.crop.unwrap_or_else(|| is_same_picture.then_some(line.crop)),
            note: change.note.clone().unwrap_or_else(|| line.note.clone()),
        };
        let is_untouched = is_same_picture
            && wish.crop == Some(line.crop)
            && (wish.quantity, &wish.note) == (line.quantity, &line.note);
        if is_untouched {
            return Ok(line.clone());
        }
        let photo = stock.photo_at(photo, at)?;
        let product = if product == line.product.id {
            line.product.clone()
        } else {
            stock.product_at(photo.gallery, product, at)?
        };
        let changed = self.compose(photo, product, wish, at)?;
        Ok(if is_same(line, &changed) { line.clone() } else { OrderItem { id: line.id, ..changed } })
    }
}

impl ItemChange {
    fn kept(&self) -> Option<OrderItemId> {
        match self {
            Self::Kept(kept) => Some(kept.id),
            Self::New(_) => None,
        }
    }

    /// Of which photo the line will be.
    fn photo(&self, order: &Order) -> Option<PhotoId> {
        match self {
            Self::New(item) => Some(item.photo),
            Self::Kept(kept) => kept.photo.or_else(|| {
                let line = order.items.iter().find(|line| line.id == kept.id);
                line.map(|line| line.photo)
            }),
        }
    }
}

impl ContactChange {
    fn apply(&self, contact: &Contact) -> Contact {
        Contact {
            name: self.name.clone().unwrap_or_else(|| contact.name.clone()),
            email: self.email.clone().unwrap_or_else(|| contact.email.clone()),
            phone: self.phone.clone().unwrap_or_else(|| contact.phone.clone()),
        }
    }
}

/// The photos that an amended order will be about; no more than an order may have.
fn photos(order: &Order, items: &[ItemChange]) -> Vec<PhotoId> {
    items.iter().take(Order::MOST_ITEMS).filter_map(|item| item.photo(order)).collect()
}

/// Whether a line is as one that was just made, but for its id and for what is included of it.
fn is_same(line: &OrderItem, new: &OrderItem) -> bool {
    *line == OrderItem { id: line.id, included: line.included, total: line.total, ..new.clone() }
}

fn unknown_line(position: usize) -> InvalidField {
    let rule = InvalidValue::new("order line", "does not exist in this order, or is named twice");
    InvalidField::new(format!("{}.id", at(position)), rule)
}
