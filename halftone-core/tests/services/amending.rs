//! Orders that their clients amend.

use std::sync::Arc;

use halftone_core::event::EventKind;
use halftone_core::geometry::{CropRect, PrintQuality};
use halftone_core::id::{OrderId, OrderItemId, PhotoId, ProductId};
use halftone_core::money::{Currency, Money};
use halftone_core::order::{NotAmendable, Order, OrderState, Quantity};
use halftone_core::page::Versioned;
use halftone_core::product::BelowMinimum;
use halftone_core::services::catalogue::Precondition;
use halftone_core::services::ordering::{
    ContactChange, ItemChange, ItemRequest, KeptItem, OrderChange, OrderingError, Placed,
};
use halftone_core::services::pricing::{PriceListChange, ProductDraft};
use halftone_core::services::sharing::NewShare;
use halftone_core::share::{Permission, Permissions};
use halftone_core::text::{Name, Prose};
use jiff::SignedDuration;

use crate::ordering::{Shop, item, key, request, shop};
use crate::world::{first_page, new_share};

/// A shop whose client has ordered two prints.
struct Ordered {
    shop: Shop,
    order: Versioned<Order>,
}

async fn ordered(below_minimum: BelowMinimum) -> Ordered {
    let shop = shop(below_minimum).await;
    let wanted = request(vec![item(shop.photo, shop.product, 2)]);
    let placed = shop.world.services.ordering.place(&shop.client, key("one"), wanted).await.unwrap();
    let Placed::Now(order) = placed else { panic!("a first order is placed now") };
    Ordered { shop, order }
}

impl Ordered {
    fn id(&self) -> OrderId {
        self.order.value.id
    }

    fn line(&self) -> OrderItemId {
        self.order.value.items[0].id
    }

    async fn amend(&self, change: &OrderChange) -> Result<Versioned<Order>, OrderingError> {
        self.amend_at(change, Precondition::NONE).await
    }

    async fn amend_at(
        &self,
        change: &OrderChange,
        precondition: Precondition,
    ) -> Result<Versioned<Order>, OrderingError> {
        self.shop.world.services.ordering.amend(&self.shop.client, self.id(), change, precondition).await
    }

    async fn stored(&self) -> Versioned<Order> {
        self.shop.world.services.ordering.get(&self.shop.studio, self.id()).await.unwrap()
    }

    fn new_line(&self, quantity: i64) -> ItemChange {
        ItemChange::New(item(self.shop.photo, self.shop.product, quantity))
    }

    /// From now on, a print costs three euros.
    async fn raise_price(&self) {
        let pricing = &self.shop.world.services.pricing;
        let list = pricing.list(&self.shop.studio, &first_page()).await.unwrap().items.remove(0).value;
        let products = list.products.as_slice().iter().map(|product| ProductDraft {
            id: Some(product.id),
            name: product.name.clone(),
            kind: product.kind.clone(),
            price: Money::parse(300, Currency::EUR).unwrap(),
        });
        let change = PriceListChange { products: Some(products.collect()), ..PriceListChange::default() };
        pricing.change(&self.shop.studio, list.id, change, Precondition::NONE).await.unwrap();
    }

    /// The kinds of the events that wait, without those of photos.
    async fn outbox(&self) -> Vec<EventKind> {
        let outbox = &self.shop.world.backend.metadata.outbox;
        let events = outbox.claim(100, SignedDuration::from_secs(1)).await.unwrap();
        let kinds = events.into_iter().map(|event| event.subject.kind());
        kinds.filter(|kind| !matches!(kind, EventKind::PhotoReady | EventKind::ShareOpened)).collect()
    }
}

fn kept(id: OrderItemId) -> KeptItem {
    KeptItem { id, photo: None, product: None, quantity: None, crop: None, note: None }
}

fn quantity(number: i64) -> Quantity {
    Quantity::parse(number).unwrap()
}

fn lines(items: Vec<ItemChange>) -> OrderChange {
    OrderChange { items: Some(items), ..OrderChange::default() }
}

fn wish(text: &str) -> OrderChange {
    OrderChange { special_request: Some(Prose::parse(text).unwrap()), ..OrderChange::default() }
}

fn kinds(order: &Order) -> Vec<&'static str> {
    order.events.iter().map(|event| event.kind.as_str()).collect()
}

#[tokio::test]
async fn a_kept_line_keeps_its_price_and_a_new_one_takes_todays() {
    let ordered = ordered(BelowMinimum::Warn).await;
    ordered.raise_price().await;
    let more = KeptItem { quantity: Some(quantity(3)), ..kept(ordered.line()) };
    let change = lines(vec![ItemChange::Kept(more), ordered.new_line(1)]);
    let amended = ordered.amend(&change).await.unwrap().value;
    let totals: Vec<_> = amended.items.iter().map(|line| line.total.amount()).collect();
    assert_eq!((totals, amended.total.amount()), (vec![750, 300], 1_050));
    assert_eq!(amended.items[0].id, ordered.line());
    assert_eq!(ordered.stored().await.value, amended);
}

#[tokio::test]
async fn each_change_is_an_event_of_the_order_and_one_in_the_outbox() {
    let ordered = ordered(BelowMinimum::Warn).await;
    ordered.shop.world.pass(SignedDuration::from_secs(60));
    let name = Some(Name::parse("Zoë").unwrap());
    let contact = ContactChange { name, phone: Some(None), ..ContactChange::default() };
    let amended = ordered.amend(&OrderChange { contact, ..wish("Borders") }).await.unwrap().value;
    assert_eq!(kinds(&amended), ["submitted", "amended"]);
    assert_eq!((amended.events[1].actor.as_str(), amended.events[1].at), ("client", amended.updated_at));
    assert_eq!((amended.contact.name.as_str(), amended.special_request.as_str()), ("Zoë", "Borders"));
    assert_eq!(amended.contact.email, ordered.order.value.contact.email);
    assert_eq!(ordered.outbox().await, [EventKind::OrderPlaced, EventKind::OrderAmended]);
}

#[tokio::test]
async fn a_repeated_change_records_nothing() {
    let ordered = ordered(BelowMinimum::Warn).await;
    let seen = Precondition(Some(ordered.order.version));
    let more = KeptItem { quantity: Some(quantity(3)), ..kept(ordered.line()) };
    let items = vec![ordered.new_line(1), ItemChange::Kept(more), ordered.new_line(1)];
    let change = OrderChange { items: Some(items), ..wish("Borders") };
    let first = ordered.amend_at(&change, seen).await.unwrap();
    ordered.shop.world.pass(SignedDuration::from_secs(60));
    assert_eq!(ordered.amend_at(&change, seen).await.unwrap(), first);
    assert_eq!(ordered.amend(&OrderChange::default()).await.unwrap(), first);
    assert_eq!(kinds(&first.value), ["submitted", "amended"]);
    assert_eq!(ordered.stored().await, first);
}

#[tokio::test]
async fn a_change_of_another_version_is_not_made() {
    let ordered = ordered(BelowMinimum::Warn).await;
    let seen = Precondition(Some(ordered.order.version));
    let second = ordered.amend_at(&wish("Borders"), seen).await.unwrap();
    assert!(matches!(ordered.amend_at(&wish("None"), seen).await, Err(OrderingError::Changed)));
    // The line went meanwhile; that is a change in between and no mistake of the caller.
    let gone = lines(vec![ItemChange::Kept(kept(OrderItemId::from_uuid(uuid::Uuid::nil())))]);
    assert!(matches!(ordered.amend_at(&gone, seen).await, Err(OrderingError::Changed)));
    assert_eq!(ordered.stored().await, second);
}

#[tokio::test]
async fn an_accepted_order_is_not_amended() {
    let ordered = ordered(BelowMinimum::Warn).await;
    let ordering = &ordered.shop.world.services.ordering;
    ordering.transition(&ordered.shop.studio, ordered.id(), OrderState::Accepted, None).await.unwrap();
    let refused = ordered.amend(&wish("Borders")).await;
    let Err(OrderingError::NotAmendable(reason)) = refused else { panic!("the order was amended") };
    assert_eq!(reason, NotAmendable::State { state: OrderState::Accepted });
}

#[tokio::test]
async fn the_window_ends_at_its_instant() {
    let ordered = ordered(BelowMinimum::Warn).await;
    let until = ordered.order.value.amendable_until;
    let window = until.duration_since(ordered.order.value.created_at);
    ordered.shop.world.pass(window - SignedDuration::from_millis(1));
    ordered.amend(&wish("Borders")).await.unwrap();
    ordered.shop.world.pass(SignedDuration::from_millis(1));
    let refused = ordered.amend(&wish("None")).await;
    let Err(OrderingError::NotAmendable(reason)) = refused else { panic!("the order was amended") };
    assert_eq!(reason, NotAmendable::TooLate { until });
}

#[tokio::test]
async fn an_order_is_not_amended_for_ever() {
    let ordered = ordered(BelowMinimum::Warn).await;
    for number in 0..Order::MOST_AMENDMENTS {
        ordered.amend(&wish(&number.to_string())).await.unwrap();
    }
    let refused = ordered.amend(&wish("once more")).await;
    assert!(matches!(refused, Err(OrderingError::NotAmendable(NotAmendable::TooOften))));
}

#[tokio::test]
async fn what_is_wrong_with_a_line_is_named() {
    let ordered = ordered(BelowMinimum::Refuse).await;
    let nobody = PhotoId::from_uuid(uuid::Uuid::nil());
    let nothing = ProductId::from_uuid(uuid::Uuid::nil());
    let small = CropRect::parse(0.1, 0.1, 0.1, 0.1).unwrap();
    let stranger = kept(OrderItemId::from_uuid(uuid::Uuid::nil()));
    let line = || kept(ordered.line());
    for (items, field) in [
        (vec![], "items"),
        (vec![ordered.new_line(1); Order::MOST_ITEMS + 1], "items"),
        (vec![ItemChange::Kept(stranger)], "items[0].id"),
        (vec![ItemChange::Kept(line()), ItemChange::Kept(line())], "items[1].id"),
        (vec![ItemChange::Kept(KeptItem { photo: Some(nobody), ..line() })], "items[0].photo_id"),
        (vec![ItemChange::Kept(KeptItem { product: Some(nothing), ..line() })], "items[0].product_id"),
        (vec![ItemChange::Kept(KeptItem { crop: Some(Some(small)), ..line() })], "items[0].crop"),
        (
            vec![ordered.new_line(1), ItemChange::New(item(nobody, ordered.shop.product, 1))],
            "items[1].photo_id",
        ),
    ] {
        let Err(OrderingError::Invalid(invalid)) = ordered.amend(&lines(items)).await else {
            panic!("{field} was taken");
        };
        assert_eq!(invalid.field, field);
    }
    assert_eq!(ordered.stored().await, ordered.order);
}

#[tokio::test]
async fn a_crop_is_kept_changed_or_made_anew() {
    let ordered = ordered(BelowMinimum::Warn).await;
    let whole = ordered.order.value.items[0].crop;
    let small = CropRect::parse(0.1, 0.1, 0.1, 0.1).unwrap();
    let with =
        |crop, quantity| lines(vec![ItemChange::Kept(KeptItem { crop, quantity, ..kept(ordered.line()) })]);
    for (crop, number, expected, quality) in [
        (Some(Some(small)), 2, small, PrintQuality::TooSmall),
        (None, 5, small, PrintQuality::TooSmall),
        (Some(None), 5, whole, PrintQuality::Good),
    ] {
        let amended = ordered.amend(&with(crop, Some(quantity(number)))).await.unwrap().value;
        let line = &amended.items[0];
        assert_eq!((line.crop, line.print.unwrap().quality), (expected, quality));
    }
}

#[tokio::test]
async fn a_line_that_does_not_change_outlives_its_photo_and_product() {
    let ordered = ordered(BelowMinimum::Warn).await;
    let services = &ordered.shop.world.services;
    let gallery = ordered.order.value.gallery;
    let other = ordered.shop.world.photo(&ordered.shop.studio, gallery, "another picture").await;
    services.photos.delete(&ordered.shop.studio, ordered.shop.photo).await.unwrap();
    let new = ItemChange::New(ItemRequest { photo: other, ..item(other, ordered.shop.product, 1) });
    let change = lines(vec![ItemChange::Kept(kept(ordered.line())), new]);
    let amended = ordered.amend(&change).await.unwrap().value;
    assert_eq!(amended.items[0], ordered.order.value.items[0]);
    assert_eq!((amended.items.len(), amended.gallery), (2, gallery));
    let more = KeptItem { quantity: Some(quantity(9)), ..kept(ordered.line()) };
    let refused = ordered.amend(&lines(vec![ItemChange::Kept(more)])).await;
    assert!(matches!(refused, Err(OrderingError::Invalid(invalid)) if invalid.field == "items[0].photo_id"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn racing_changes_are_all_recorded() {
    let ordered = Arc::new(ordered(BelowMinimum::Warn).await);
    let calls: Vec<_> = (0..6)
        .map(|number| {
            let ordered = Arc::clone(&ordered);
            tokio::spawn(async move { ordered.amend(&wish(&format!("Racer {number}"))).await.map(drop) })
        })
        .collect();
    for call in calls {
        call.await.unwrap().unwrap();
    }
    assert_eq!(kinds(&ordered.stored().await.value), [&["submitted"][..], &["amended"; 6]].concat());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_racing_changes_of_one_version_one_is_made() {
    let ordered = Arc::new(ordered(BelowMinimum::Warn).await);
    let seen = Precondition(Some(ordered.order.version));
    let calls: Vec<_> = (0..6)
        .map(|number| {
            let ordered = Arc::clone(&ordered);
            tokio::spawn(async move { ordered.amend_at(&wish(&format!("Racer {number}")), seen).await })
        })
        .collect();
    let mut made = 0;
    for call in calls {
        match call.await.unwrap() {
            Ok(_) => made += 1,
            Err(error) => assert!(matches!(error, OrderingError::Changed), "{error}"),
        }
    }
    assert_eq!((made, kinds(&ordered.stored().await.value)), (1, vec!["submitted", "amended"]));
}

#[tokio::test]
async fn only_the_client_whose_order_it_is_amends_it() {
    let ordered = ordered(BelowMinimum::Warn).await;
    let world = &ordered.shop.world;
    let other = world.client(&ordered.shop.studio, ordered.order.value.gallery, new_share()).await;
    let permissions = Permissions { order: Permission::Denied, ..Permissions::default() };
    let terms = NewShare { permissions, ..new_share() };
    let looker = world.client(&ordered.shop.studio, ordered.order.value.gallery, terms).await;
    let amend = async |who| {
        let change = wish("Borders");
        world.services.ordering.amend(who, ordered.id(), &change, Precondition::NONE).await
    };
    assert!(matches!(amend(&other).await, Err(OrderingError::Absent(_))));
    assert!(matches!(amend(&looker).await, Err(OrderingError::Denied(_))));
    assert!(matches!(amend(&ordered.shop.studio).await, Err(OrderingError::Denied(_))));
    assert_eq!(ordered.stored().await, ordered.order);
}
