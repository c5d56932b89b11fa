//! Orders, from both sides.

use crate::access::{AccessDenied, Action, ClientPass, Principal};
use crate::event::EventSubject;
use crate::geometry::{CropRect, PixelSize, PrintQuality, effective_dpi};
use crate::id::{GalleryId, OrderId, OrderItemId, PhotoId, ProductId};
use crate::invoice::InvoiceState;
use crate::meter::Holder;
use crate::money::Money;
use crate::order::{
    Actor, Contact, Idempotency, IdempotencyKey, InvalidOrderTransition, NotAmendable, Order, OrderEvent,
    OrderEventKind, OrderItem, OrderState, PrintForecast, ProductSnapshot, Quantity,
};
use crate::page::{Page, PageRequest, Versioned};
use crate::photo::Photo;
use crate::ports::error::{StorageError, StorageErrorKind};
use crate::ports::orders::OrderFilter;
use crate::product::{BelowMinimum, ProductKind};
use crate::services::error::{Absent, InvalidField, Resource};
use crate::services::processing::event;
use crate::services::sharing::note;
use crate::services::visiting::VisitingError;
use crate::services::{Dependencies, Shared};
use crate::share::ActivityKind;
use crate::text::{InvalidValue, Prose};

mod amending;
mod fingerprint;
mod including;
mod managing;
mod selections;
mod stock;

use self::fingerprint::fingerprint;
use self::stock::Stock;

pub use self::amending::{ContactChange, ItemChange, KeptItem, OrderChange};
pub use self::selections::SelectionRequest;

/// Quotes, places, amends and manages orders.
#[derive(Debug, Clone)]
pub struct OrderingService {
    world: Shared,
}

/// Why a call on orders failed.
#[derive(Debug, thiserror::Error)]
pub enum OrderingError {
    /// The caller may not.
    #[error(transparent)]
    Denied(#[from] AccessDenied),
    /// Something named in the path does not exist.
    #[error(transparent)]
    Absent(#[from] Absent),
    /// Something in the request is not valid.
    #[error(transparent)]
    Invalid(#[from] InvalidField),
    /// The idempotency key was used for another request.
    #[error("the idempotency key was used for another request")]
    KeyReused,
    /// The order cannot be amended any more.
    #[error(transparent)]
    NotAmendable(#[from] NotAmendable),
    /// The order is no longer at the version that the caller has seen.
    #[error("it was changed in between")]
    Changed,
    /// The order cannot go there.
    #[error(transparent)]
    Transition(#[from] InvalidOrderTransition),
    /// The gallery is closed.
    #[error("the gallery is closed")]
    Closed,
    /// The store failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl From<VisitingError> for OrderingError {
    fn from(error: VisitingError) -> Self {
        match error {
            VisitingError::Denied(denied) => denied.into(),
            VisitingError::Absent(absent) => absent.into(),
            VisitingError::Closed => Self::Closed,
            VisitingError::Storage(error) => error.into(),
        }
    }
}

/// What a client wants.
#[derive(Debug, Clone)]
pub struct OrderRequest {
    /// Whom to ask about it.
    pub contact: Contact,
    /// The lines.
    pub items: Vec<ItemRequest>,
    /// Selections whose photos follow as lines.
    pub selections: Vec<SelectionRequest>,
    /// What the client wishes for the whole order.
    pub special_request: Prose,
}

/// One line that a client wants.
#[derive(Debug, Clone)]
pub struct ItemRequest {
    /// Which photo.
    pub photo: PhotoId,
    /// Which product.
    pub product: ProductId,
    /// How many.
    pub quantity: Quantity,
    /// Which part of the photo; left out, the largest centred part that fits the paper.
    pub crop: Option<CropRect>,
    /// What the client wishes for this line.
    pub note: Prose,
}

/// How a line is to be, apart from what is on it.
struct LineWish {
    quantity: Quantity,
    crop: Option<CropRect>,
    note: Prose,
}

/// What an order would cost and how it would print.
#[derive(Debug, Clone, PartialEq)]
pub struct Quote {
    /// The gallery of the first line.
    pub gallery: GalleryId,
    /// The lines.
    pub items: Vec<OrderItem>,
    /// Their sum.
    pub total: Money,
}

/// Whether an order was placed by this call or an earlier one.
#[derive(Debug, Clone, PartialEq)]
pub enum Placed {
    /// By this call.
    Now(Versioned<Order>),
    /// By an earlier call with the same key and request.
    Before(Versioned<Order>),
}

impl OrderingService {
    pub(crate) const fn new(world: Shared) -> Self {
        Self { world }
    }

    fn world(&self) -> &Dependencies {
        &self.world
    }

    /// What these lines, and then the photos of these selections, would cost and how they would print. Nothing is stored.
    ///
    /// With `amends` they are quoted in the place of what that order of the client has, which then is free for them.
    pub async fn quote(
        &self,
        principal: &Principal,
        items: &[ItemRequest],
        selections: &[SelectionRequest],
        amends: Option<OrderId>,
    ) -> Result<Quote, OrderingError> {
        let pass = principal.visit(Action::Order)?;
        let holder = match amends {
            Some(order) => Some(Holder::Order(self.own_for_quote(principal, order).await?)),
            None => None,
        };
        let mut quote = self.price(pass, items, selections).await?;
        self.include(pass, holder, &mut quote.items).await?;
        quote.total = total(&quote.items)?;
        Ok(quote)
    }

    async fn own_for_quote(&self, principal: &Principal, order: OrderId) -> Result<OrderId, OrderingError> {
        match self.get_own(principal, order).await {
            Ok(order) => Ok(order.value.id),
            Err(OrderingError::Absent(_)) => Err(InvalidField::unknown("order_id", Resource::Order).into()),
            Err(error) => Err(error),
        }
    }

    /// The lines at the prices of the list, before anything is included.
    async fn price(
        &self,
        pass: &ClientPass,
        items: &[ItemRequest],
        selections: &[SelectionRequest],
    ) -> Result<Quote, OrderingError> {
        let picked = self.picked(pass, selections).await?;
        check_count(items.len() + picked.len())?;
        let photos = items.iter().chain(picked.iter().map(|(_, item)| item)).map(|item| item.photo).collect();
        let stock = Stock::load(self.world(), pass, photos).await?;
        let mut lines = Vec::with_capacity(items.len() + picked.len());
        for (position, item) in items.iter().enumerate() {
            lines.push(self.line(&stock, item, &at(position))?);
        }
        lines.extend(self.picked_lines(&stock, &picked, selections)?);
        let total = total(&lines)?;
        let gallery = lines.first().and_then(|line| stock.photo(line.photo)).map(|photo| photo.gallery);
        let gallery = gallery.ok_or_else(|| InvalidField::unknown("items[0].photo_id", Resource::Photo))?;
        Ok(Quote { gallery, items: lines, total })
    }

    /// A line as it is wanted; `at` names it in errors.
    fn line(&self, stock: &Stock, item: &ItemRequest, at: &str) -> Result<OrderItem, OrderingError> {
        let photo = stock.photo_at(item.photo, at)?;
        let product = stock.product_at(photo.gallery, item.product, at)?;
        let wish = LineWish { quantity: item.quantity, crop: item.crop, note: item.note.clone() };
        self.compose(photo, product, wish, at)
    }

    fn compose(
        &self,
        photo: &Photo,
        product: ProductSnapshot,
        wish: LineWish,
        at: &str,
    ) -> Result<OrderItem, OrderingError> {
        let field = |name: &str| format!("{at}.{name}");
        let size = photo.facts.as_ref().map(|facts| facts.size);
        let size = size.ok_or_else(|| InvalidField::unknown(field("photo_id"), Resource::Photo))?;
        let (crop, print) = forecast(&product.kind, size, wish.crop);
        if is_refused(&product.kind, print) {
            let rule = InvalidValue::new("crop", "has too few pixels for this product");
            return Err(InvalidField::new(field("crop"), rule).into());
        }
        let total = product.unit_price.times(wish.quantity.get());
        let total = total.ok_or_else(|| too_dear(&field("quantity")))?;
        let now = self.world().clock.now();
        Ok(OrderItem {
            id: OrderItemId::generate(now, &*self.world().entropy),
            photo: photo.id,
            filename: photo.filename.clone(),
            product,
            quantity: wish.quantity,
            crop,
            note: wish.note,
            print,
            included: 0,
            total,
        })
    }

    /// Places an order. The same key and request give the same order, however often and however concurrently
    /// they come.
    pub async fn place(
        &self,
        principal: &Principal,
        key: IdempotencyKey,
        request: OrderRequest,
    ) -> Result<Placed, OrderingError> {
        let pass = principal.visit(Action::Order)?;
        let idempotency = Idempotency { key, request: fingerprint(&request) };
        // Looked up before the quote: the products may have changed since the order was placed.
        if let Some(earlier) = self.find_earlier(pass, &idempotency).await? {
            return Ok(Placed::Before(earlier));
        }
        let quote = self.price(pass, &request.items, &request.selections).await?;
        let mut order = self.build(pass, idempotency.clone(), request, quote).await?;
        let reservation = self.reserve_new(pass, &mut order).await?;
        if let Some(reservation) = reservation {
            reservation.check(self.world().clock.now())?;
        }
        let placed = EventSubject::OrderPlaced { order: order.id };
        let events = [event(self.world(), order.studio, placed)];
        match self.world().metadata().orders.create(&order, &events).await {
            Ok(version) => {
                self.settle(reservation, &order).await;
                note(&self.world, pass, ActivityKind::PlacedOrder).await;
                Ok(Placed::Now(Versioned::new(order, version)))
            }
            Err(error) if error.kind() == StorageErrorKind::AlreadyExists => {
                let earlier = self.find_earlier(pass, &idempotency).await?.ok_or(error)?;
                self.settle(reservation, &earlier.value).await;
                Ok(Placed::Before(earlier))
            }
            // Whether it was written is not known; the reservation waits for whoever finds out.
            Err(error) => Err(error.into()),
        }
    }

    async fn find_earlier(
        &self,
        pass: &ClientPass,
        idempotency: &Idempotency,
    ) -> Result<Option<Versioned<Order>>, OrderingError> {
        let orders = &self.world().metadata().orders;
        let found = orders.find_by_key(pass.studio(), pass.client(), &idempotency.key).await?;
        match found {
            Some(order) if order.value.idempotency.request == idempotency.request => Ok(Some(order)),
            Some(_) => Err(OrderingError::KeyReused),
            None => Ok(None),
        }
    }

    async fn build(
        &self,
        pass: &ClientPass,
        idempotency: Idempotency,
        request: OrderRequest,
        quote: Quote,
    ) -> Result<Order, OrderingError> {
        let studio = self.world().metadata().studios.find(pass.studio()).await?;
        let studio = studio.ok_or(Absent::new(Resource::Share))?.value;
        let now = self.world().clock.now();
        Ok(Order {
            id: OrderId::generate(now, &*self.world().entropy),
            studio: studio.id,
            gallery: quote.gallery,
            share: pass.share_id(),
            client: pass.client(),
            idempotency,
            state: OrderState::Submitted,
            contact: request.contact,
            items: quote.items,
            total: quote.total,
            invoice: InvoiceState::default(),
            special_request: request.special_request,
            amendable_until: now + studio.amend_window.duration(),
            events: vec![OrderEvent {
                at: now,
                actor: Actor::Client,
                kind: OrderEventKind::Reached(OrderState::Submitted),
                reason: None,
            }],
            created_at: now,
            updated_at: now,
        })
    }

    /// The client's own order.
    pub async fn get_own(
        &self,
        principal: &Principal,
        order: OrderId,
    ) -> Result<Versioned<Order>, OrderingError> {
        let pass = principal.visit(Action::View)?;
        let found = self.world().metadata().orders.find(pass.studio(), order).await?;
        let own = found.filter(|order| order.value.client == pass.client());
        own.ok_or_else(|| Absent::new(Resource::Order).into())
    }

    /// The client's own orders, newest first.
    pub async fn list_own(
        &self,
        principal: &Principal,
        page: &PageRequest,
    ) -> Result<Page<Versioned<Order>>, OrderingError> {
        let pass = principal.visit(Action::View)?;
        let filter = OrderFilter { client: Some(pass.client()), ..OrderFilter::default() };
        Ok(self.world().metadata().orders.list(pass.studio(), &filter, page).await?)
    }
}

/// What errors call the line at this position.
fn at(position: usize) -> String {
    format!("items[{position}]")
}

fn check_count(items: usize) -> Result<(), InvalidField> {
    if (1..=Order::MOST_ITEMS).contains(&items) {
        return Ok(());
    }
    let rule = InvalidValue::new("items", format!("must be 1 to {}", Order::MOST_ITEMS));
    Err(InvalidField::new("items", rule))
}

fn forecast(
    kind: &ProductKind,
    size: PixelSize,
    crop: Option<CropRect>,
) -> (CropRect, Option<PrintForecast>) {
    match kind {
        ProductKind::Digital => (crop.unwrap_or(CropRect::FULL), None),
        ProductKind::Print(spec) => {
            let crop = crop.unwrap_or_else(|| CropRect::centred_for(size, spec.size));
            let dpi = effective_dpi(size, crop, spec.size);
            let quality = PrintQuality::judge(dpi, spec.min_dpi);
            (crop, Some(PrintForecast { effective_dpi: dpi, quality }))
        }
    }
}

fn is_refused(kind: &ProductKind, print: Option<PrintForecast>) -> bool {
    let refuses = kind.print().is_some_and(|spec| spec.below_minimum == BelowMinimum::Refuse);
    refuses && print.is_some_and(|print| print.quality == PrintQuality::TooSmall)
}

fn total(lines: &[OrderItem]) -> Result<Money, OrderingError> {
    let mut sum: Option<Money> = None;
    for (position, line) in lines.iter().enumerate() {
        let field = format!("{}.product_id", at(position));
        sum = Some(match sum {
            None => line.total,
            Some(sum) if sum.currency() != line.total.currency() => {
                let rule = InvalidValue::new("order", "must not mix currencies");
                return Err(InvalidField::new(field, rule).into());
            }
            Some(sum) => sum.plus(line.total).ok_or_else(|| too_dear(&field))?,
        });
    }
    sum.ok_or_else(|| InvalidField::new("items", InvalidValue::new("items", "must not be empty")).into())
}

fn too_dear(field: &str) -> InvalidField {
    InvalidField::new(field, InvalidValue::new("total", "is beyond what can be computed"))
}
