//! Orders: what a client wants, at the prices of that moment.

use jiff::Timestamp;

use crate::geometry::{CropRect, PrintQuality};
use crate::id::{ClientId, GalleryId, OrderId, OrderItemId, PhotoId, ProductId, ShareId, StudioId};
use crate::invoice::InvoiceState;
use crate::money::Money;
use crate::photo::Sha256Hash;
use crate::product::ProductKind;
use crate::text::{Email, Filename, InvalidValue, Name, Phone, Prose};

/// What a client ordered.
#[derive(Debug, Clone, PartialEq)]
pub struct Order {
    /// Its id.
    pub id: OrderId,
    /// To whom the order goes.
    pub studio: StudioId,
    /// The gallery of its first line.
    pub gallery: GalleryId,
    /// Through which share it came.
    pub share: ShareId,
    /// Whose order it is.
    pub client: ClientId,
    /// What makes a repeated request the same order.
    pub idempotency: Idempotency,
    /// How far it is.
    pub state: OrderState,
    /// Whom to ask and where to send it.
    pub contact: Contact,
    /// Its lines; at least one.
    pub items: Vec<OrderItem>,
    /// The sum of the lines.
    pub total: Money,
    /// How far its payment is.
    pub invoice: InvoiceState,
    /// What the client wishes for the whole order; may be empty.
    pub special_request: Prose,
    /// Until when the client may amend it, if it is not accepted before.
    pub amendable_until: Timestamp,
    /// What happened to it, oldest first; the first entry is its submission.
    pub events: Vec<OrderEvent>,
    /// When it was placed.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// What makes a repeated request the same order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Idempotency {
    /// The key that the client chose.
    pub key: IdempotencyKey,
    /// SHA-256 of the request in its canonical form.
    pub request: Sha256Hash,
}

/// A key that a client chooses: 1 to 200 visible ASCII characters.
///
/// ```
/// use halftone_core::order::IdempotencyKey;
/// assert!(IdempotencyKey::parse("0f8fad5b-d9cb-469f-a165-70867728950e").is_ok());
/// assert!(IdempotencyKey::parse("").is_err());
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IdempotencyKey(String);

impl IdempotencyKey {
    /// Checks the form.
    ///
    /// # Errors
    /// The text is empty, longer than 200 characters, or holds other characters.
    pub fn parse(text: &str) -> Result<Self, InvalidValue> {
        if (1..=200).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic()) {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidValue::new("idempotency key", "must be 1 to 200 visible ASCII characters"))
        }
    }

    /// The key.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Whom to ask about an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contact {
    /// Who orders.
    pub name: Name,
    /// Where the confirmation goes.
    pub email: Email,
    /// For questions.
    pub phone: Option<Phone>,
}

/// One line of an order.
#[derive(Debug, Clone, PartialEq)]
pub struct OrderItem {
    /// Its id.
    pub id: OrderItemId,
    /// Which photo.
    pub photo: PhotoId,
    /// The photo's camera filename at that moment.
    pub filename: Filename,
    /// The product as it was at that moment.
    pub product: ProductSnapshot,
    /// How many.
    pub quantity: Quantity,
    /// Which part of the upright original.
    pub crop: CropRect,
    /// What the client wishes for this line; may be empty.
    pub note: Prose,
    /// How it will print; `None` for files.
    pub print: Option<PrintForecast>,
    /// How many of its pieces the share's allowance covers; at most the quantity.
    pub included: u32,
    /// The price of the pieces that are not included.
    pub total: Money,
}

impl OrderItem {
    /// Says how many pieces are included; the others are what the line costs.
    pub fn include(&mut self, included: u32) {
        let included = included.min(self.quantity.get());
        // Fewer pieces than the whole line, whose price was computed when it was composed.
        if let Some(total) = self.product.unit_price.times(self.quantity.get() - included) {
            self.included = included;
            self.total = total;
        }
    }
}

/// A product as it was when it was ordered.
#[derive(Debug, Clone, PartialEq)]
pub struct ProductSnapshot {
    /// The product's id.
    pub id: ProductId,
    /// Its name.
    pub name: Name,
    /// Its kind, with size and finish.
    pub kind: ProductKind,
    /// What one cost.
    pub unit_price: Money,
}

/// How a line will print.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PrintForecast {
    /// Dots per inch on the weaker axis.
    pub effective_dpi: f64,
    /// The judgement against the product's minimum.
    pub quality: PrintQuality,
}

/// How many of something: 1 to 10,000.
///
/// ```
/// use halftone_core::order::Quantity;
/// assert!(Quantity::parse(2).is_ok());
/// assert!(Quantity::parse(0).is_err());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Quantity(u32);

impl Quantity {
    /// Checks the range.
    ///
    /// # Errors
    /// The number is not from 1 to 10,000.
    pub fn parse(number: i64) -> Result<Self, InvalidValue> {
        match u32::try_from(number) {
            Ok(number @ 1..=10_000) => Ok(Self(number)),
            _ => Err(InvalidValue::new("quantity", "must be from 1 to 10000")),
        }
    }

    /// The number.
    pub const fn get(self) -> u32 {
        self.0
    }
}

/// How far an order is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OrderState {
    /// The client placed it.
    Submitted,
    /// The studio took it on; the client can no longer amend it.
    Accepted,
    /// It is being made.
    InProduction,
    /// It can be fetched or is on its way.
    Ready,
    /// It is done.
    Completed,
    /// It will not be made.
    Cancelled,
}

/// An order cannot go from one state to the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an order that is {} cannot become {}", from.as_str(), to.as_str())]
pub struct InvalidOrderTransition {
    /// Where it is.
    pub from: OrderState,
    /// Where it was to go.
    pub to: OrderState,
}

impl OrderState {
    /// Every state.
    pub const ALL: [Self; 6] =
        [Self::Submitted, Self::Accepted, Self::InProduction, Self::Ready, Self::Completed, Self::Cancelled];

    /// The word of the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Submitted => "submitted",
            Self::Accepted => "accepted",
            Self::InProduction => "in_production",
            Self::Ready => "ready",
            Self::Completed => "completed",
            Self::Cancelled => "cancelled",
        }
    }

    /// Reads the word of the API.
    ///
    /// # Errors
    /// The word names no state.
    pub fn parse(word: &str) -> Result<Self, InvalidValue> {
        Self::ALL.into_iter().find(|state| state.as_str() == word).ok_or_else(|| {
            InvalidValue::new(
                "order state",
                "must be submitted, accepted, in_production, ready, completed or cancelled",
            )
        })
    }

    /// The next state, if the way exists.
    ///
    /// # Errors
    /// `submitted -> accepted -> in_production -> ready -> completed`, and `cancelled` from the first three,
    /// are the only ways.
    pub const fn transition(self, to: Self) -> Result<Self, InvalidOrderTransition> {
        match (self, to) {
            (Self::Submitted, Self::Accepted | Self::Cancelled)
            | (Self::Accepted, Self::InProduction | Self::Cancelled)
            | (Self::InProduction, Self::Ready | Self::Cancelled)
            | (Self::Ready, Self::Completed) => Ok(to),
            (from, to) => Err(InvalidOrderTransition { from, to }),
        }
    }
}

/// Something that happened to an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderEvent {
    /// When.
    pub at: Timestamp,
    /// Who did it.
    pub actor: Actor,
    /// What became of the order.
    pub kind: OrderEventKind,
    /// Why, if somebody said so.
    pub reason: Option<Prose>,
}

/// What became of an order.
///
/// ```
/// use halftone_core::order::{OrderEventKind, OrderState};
/// assert_eq!(OrderEventKind::parse("accepted"), Ok(OrderEventKind::Reached(OrderState::Accepted)));
/// assert!(OrderEventKind::parse("lost").is_err());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OrderEventKind {
    /// It came into this state.
    Reached(OrderState),
    /// Its client changed what it asks for; its state stayed.
    Amended,
    /// Its payment came so far.
    Invoice(InvoiceState),
}

impl OrderEventKind {
    /// The word of the API: that of the state, `amended`, or `invoice_open`, `invoiced`, `paid` or `waived`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Reached(state) => state.as_str(),
            Self::Amended => "amended",
            Self::Invoice(InvoiceState::Open) => "invoice_open",
            Self::Invoice(state) => state.as_str(),
        }
    }

    /// Reads the word of the API.
    ///
    /// # Errors
    /// The word names no kind.
    pub fn parse(word: &str) -> Result<Self, InvalidValue> {
        let others = InvoiceState::ALL.into_iter().map(Self::Invoice).chain([Self::Amended]);
        match others.into_iter().find(|kind| kind.as_str() == word) {
            Some(kind) => Ok(kind),
            None => OrderState::parse(word).map(Self::Reached),
        }
    }
}

/// Why an order cannot be amended any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotAmendable {
    /// The studio took it on, or it was cancelled.
    #[error("an order that is {} cannot be amended", state.as_str())]
    State {
        /// How far it is.
        state: OrderState,
    },
    /// The time for amending is over.
    #[error("the time to amend this order ended at {until}")]
    TooLate {
        /// When it ended.
        until: Timestamp,
    },
    /// It was amended too often.
    #[error("an order can be amended {} times", Order::MOST_AMENDMENTS)]
    TooOften,
}

/// Who did something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Actor {
    /// The client whose order it is.
    Client,
    /// A member of the studio.
    Studio,
    /// Halftone itself.
    System,
}

impl Actor {
    /// Every actor.
    pub const ALL: [Self; 3] = [Self::Client, Self::Studio, Self::System];

    /// The word of the API: `client`, `studio` or `system`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Client => "client",
            Self::Studio => "studio",
            Self::System => "system",
        }
    }
}

impl Order {
    /// The most lines of one order.
    pub const MOST_ITEMS: usize = 1_000;

    /// How often an order can be amended. Each time stays in its events, which every reader of the order gets.
    pub const MOST_AMENDMENTS: usize = 200;

    /// Whether any of its pieces is included in the share's allowance.
    pub fn has_included(&self) -> bool {
        self.items.iter().any(|line| line.included > 0)
    }

    /// Whether the client may amend the order at `now`.
    ///
    /// # Errors
    /// It was accepted or cancelled, the window is over, or it was amended too often.
    pub fn check_amendable(&self, now: Timestamp) -> Result<(), NotAmendable> {
        if self.state != OrderState::Submitted {
            return Err(NotAmendable::State { state: self.state });
        }
        if now >= self.amendable_until {
            return Err(NotAmendable::TooLate { until: self.amendable_until });
        }
        let amendments = self.events.iter().filter(|event| event.kind == OrderEventKind::Amended).count();
        if amendments >= Self::MOST_AMENDMENTS { Err(NotAmendable::TooOften) } else { Ok(()) }
    }

    /// Records that the client amended the order.
    pub fn record_amendment(&mut self, at: Timestamp) {
        let kind = OrderEventKind::Amended;
        self.events.push(OrderEvent { at, actor: Actor::Client, kind, reason: None });
        self.updated_at = at;
    }

    /// Records how far the payment is.
    pub fn record_invoice(&mut self, to: InvoiceState, at: Timestamp) {
        self.invoice = to;
        let kind = OrderEventKind::Invoice(to);
        self.events.push(OrderEvent { at, actor: Actor::Studio, kind, reason: None });
        self.updated_at = at;
    }

    /// Moves the order on and records it.
    ///
    /// # Errors
    /// There is no such way; the order stays as it was.
    pub fn transition(
        &mut self,
        to: OrderState,
        actor: Actor,
        reason: Option<Prose>,
        at: Timestamp,
    ) -> Result<(), InvalidOrderTransition> {
        self.state = self.state.transition(to)?;
        self.events.push(OrderEvent { at, actor, kind: OrderEventKind::Reached(to), reason });
        self.updated_at = at;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exactly_the_designed_ways_exist() {
        use OrderState::{Accepted, Cancelled, Completed, InProduction, Ready, Submitted};
        let ways = [
            (Submitted, Accepted),
            (Accepted, InProduction),
            (InProduction, Ready),
            (Ready, Completed),
            (Submitted, Cancelled),
            (Accepted, Cancelled),
            (InProduction, Cancelled),
        ];
        for from in OrderState::ALL {
            for to in OrderState::ALL {
                assert_eq!(from.transition(to).is_ok(), ways.contains(&(from, to)), "{from:?} -> {to:?}");
            }
        }
    }

    #[test]
    fn states_round_trip() {
        for state in OrderState::ALL {
            assert_eq!(OrderState::parse(state.as_str()), Ok(state));
        }
    }

    #[test]
    fn kinds_of_events_round_trip() {
        let reached = OrderState::ALL.map(OrderEventKind::Reached);
        let invoiced = InvoiceState::ALL.map(OrderEventKind::Invoice);
        for kind in reached.into_iter().chain(invoiced).chain([OrderEventKind::Amended]) {
            assert_eq!(OrderEventKind::parse(kind.as_str()), Ok(kind));
        }
    }
}
