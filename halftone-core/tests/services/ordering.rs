//! Quotes and orders.

use std::sync::Arc;

use halftone_core::access::Principal;
use halftone_core::geometry::{CropRect, PrintQuality};
use halftone_core::id::{PhotoId, ProductId, SelectionId};
use halftone_core::order::{Contact, IdempotencyKey, OrderState, Quantity};
use halftone_core::ports::orders::OrderFilter;
use halftone_core::product::BelowMinimum;
use halftone_core::services::catalogue::Precondition;
use halftone_core::services::ordering::{ItemRequest, OrderRequest, OrderingError, Placed, SelectionRequest};
use halftone_core::services::pricing::PriceListChange;
use halftone_core::services::sharing::NewShare;
use halftone_core::share::{Permission, Permissions};
use halftone_core::text::{Email, Name, Prose};

use crate::world::{World, first_page, new_share};

pub(crate) fn item(photo: PhotoId, product: ProductId, quantity: i64) -> ItemRequest {
    let quantity = Quantity::parse(quantity).unwrap();
    ItemRequest { photo, product, quantity, crop: None, note: Prose::empty() }
}

pub(crate) fn request(items: Vec<ItemRequest>) -> OrderRequest {
    OrderRequest {
        contact: Contact {
            name: Name::parse("Ana").unwrap(),
            email: Email::parse("ana@example.com").unwrap(),
            phone: None,
        },
        items,
        selections: Vec::new(),
        special_request: Prose::parse("No borders").unwrap(),
    }
}

pub(crate) fn key(text: &str) -> IdempotencyKey {
    IdempotencyKey::parse(text).unwrap()
}

pub(crate) struct Shop {
    pub(crate) world: Arc<World>,
    pub(crate) studio: Principal,
    pub(crate) client: Principal,
    pub(crate) photo: PhotoId,
    pub(crate) product: ProductId,
}

pub(crate) async fn shop(below_minimum: BelowMinimum) -> Shop {
    let world = Arc::new(World::new());
    let studio = world.photographer("ana").await;
    let (gallery, product) = world.shop(&studio, below_minimum).await;
    let photo = world.photo(&studio, gallery, "a picture").await;
    let client = world.client(&studio, gallery, new_share()).await;
    Shop { world, studio, client, photo, product }
}

#[tokio::test]
async fn a_quote_crops_to_the_paper_judges_and_adds_up() {
    let shop = shop(BelowMinimum::Warn).await;
    let small = CropRect::parse(0.1, 0.1, 0.1, 0.1).unwrap();
    let items = [
        item(shop.photo, shop.product, 3),
        ItemRequest { crop: Some(small), ..item(shop.photo, shop.product, 1) },
    ];
    let quote = shop.world.services.ordering.quote(&shop.client, &items, &[], None).await.unwrap();
    assert_eq!(quote.total.amount(), 1_000);
    assert_eq!(quote.items[0].print.unwrap().quality, PrintQuality::Good);
    // 600 x 400 pixels on 150 x 100 mm.
    let dpi = quote.items[1].print.unwrap().effective_dpi;
    assert!((dpi - 101.6).abs() < 0.01, "{dpi}");
    assert_eq!(quote.items[1].print.unwrap().quality, PrintQuality::TooSmall);
}

#[tokio::test]
async fn a_product_may_refuse_a_crop_that_is_too_small() {
    let shop = shop(BelowMinimum::Refuse).await;
    let small = Some(CropRect::parse(0.1, 0.1, 0.1, 0.1).unwrap());
    let items = [ItemRequest { crop: small, ..item(shop.photo, shop.product, 1) }];
    let Err(OrderingError::Invalid(invalid)) =
        shop.world.services.ordering.quote(&shop.client, &items, &[], None).await
    else {
        panic!("the line was taken");
    };
    assert_eq!(invalid.field, "items[0].crop");
}

#[tokio::test]
async fn one_key_is_one_order_however_concurrently_it_comes() {
    let shop = shop(BelowMinimum::Warn).await;
    let calls: Vec<_> = (0..16)
        .map(|_| {
            let (world, client) = (Arc::clone(&shop.world), shop.client.clone());
            let request = request(vec![item(shop.photo, shop.product, 2)]);
            tokio::spawn(async move { world.services.ordering.place(&client, key("one"), request).await })
        })
        .collect();
    let mut ids = Vec::new();
    let mut placed_now = 0;
    for call in calls {
        match call.await.unwrap().unwrap() {
            Placed::Now(order) => {
                placed_now += 1;
                ids.push(order.value.id);
            }
            Placed::Before(order) => ids.push(order.value.id),
        }
    }
    ids.dedup();
    assert_eq!((placed_now, ids.len()), (1, 1));
    let listed =
        shop.world.services.ordering.list(&shop.studio, &OrderFilter::default(), &first_page()).await;
    assert_eq!(listed.unwrap().items.len(), 1);
}

#[tokio::test]
async fn a_key_is_not_reused_for_another_request() {
    let shop = shop(BelowMinimum::Warn).await;
    let ordering = &shop.world.services.ordering;
    ordering.place(&shop.client, key("one"), request(vec![item(shop.photo, shop.product, 2)])).await.unwrap();
    let other = request(vec![item(shop.photo, shop.product, 3)]);
    assert!(matches!(ordering.place(&shop.client, key("one"), other).await, Err(OrderingError::KeyReused)));
}

#[tokio::test]
async fn a_placed_order_keeps_its_prices_when_the_list_changes_or_goes() {
    let shop = shop(BelowMinimum::Warn).await;
    let services = &shop.world.services;
    let wanted = || request(vec![item(shop.photo, shop.product, 2)]);
    let Placed::Now(order) = services.ordering.place(&shop.client, key("one"), wanted()).await.unwrap()
    else {
        panic!("a first order is placed now");
    };
    let list = services.pricing.list(&shop.studio, &first_page()).await.unwrap().items.remove(0).value;
    let change = PriceListChange { products: Some(Vec::new()), ..PriceListChange::default() };
    services.pricing.change(&shop.studio, list.id, change, Precondition::NONE).await.unwrap();
    services.pricing.delete(&shop.studio, list.id).await.unwrap();
    let kept = services.ordering.get(&shop.studio, order.value.id).await.unwrap().value;
    assert_eq!((kept.total.amount(), kept.items[0].product.name.as_str()), (500, "10 x 15"));
    // The same request again is still the same order, though nothing is for sale any more.
    let again = services.ordering.place(&shop.client, key("one"), wanted()).await.unwrap();
    assert!(matches!(again, Placed::Before(earlier) if earlier.value.id == order.value.id));
}

#[tokio::test]
async fn unknown_photos_and_products_are_named() {
    let shop = shop(BelowMinimum::Warn).await;
    let nobody = PhotoId::from_uuid(uuid::Uuid::nil());
    let nothing = ProductId::from_uuid(uuid::Uuid::nil());
    for (items, field) in [
        (vec![], "items"),
        (vec![item(shop.photo, shop.product, 1), item(nobody, shop.product, 1)], "items[1].photo_id"),
        (vec![item(shop.photo, nothing, 1)], "items[0].product_id"),
    ] {
        let Err(OrderingError::Invalid(invalid)) =
            shop.world.services.ordering.place(&shop.client, key("one"), request(items)).await
        else {
            panic!("the order was taken");
        };
        assert_eq!(invalid.field, field);
    }
}

#[tokio::test]
async fn an_order_moves_along_the_designed_ways_and_records_each_step() {
    let shop = shop(BelowMinimum::Warn).await;
    let ordering = &shop.world.services.ordering;
    let placed =
        ordering.place(&shop.client, key("one"), request(vec![item(shop.photo, shop.product, 1)])).await;
    let Placed::Now(order) = placed.unwrap() else { panic!("a first order is placed now") };
    let id = order.value.id;
    ordering.transition(&shop.studio, id, OrderState::Accepted, None).await.unwrap();
    let illegal = ordering.transition(&shop.studio, id, OrderState::Completed, None).await;
    assert!(matches!(illegal, Err(OrderingError::Transition(_))));
    let reason = Some(Prose::parse("client rang").unwrap());
    let moved = ordering.transition(&shop.studio, id, OrderState::Cancelled, reason).await.unwrap().value;
    let kinds: Vec<_> = moved.events.iter().map(|event| event.kind.as_str()).collect();
    assert_eq!(kinds, ["submitted", "accepted", "cancelled"]);
    let own = ordering.get_own(&shop.client, id).await.unwrap().value;
    assert_eq!(own.state, OrderState::Cancelled);
}

#[tokio::test]
async fn another_client_of_the_same_share_does_not_see_the_order() {
    let shop = shop(BelowMinimum::Warn).await;
    let ordering = &shop.world.services.ordering;
    let placed =
        ordering.place(&shop.client, key("one"), request(vec![item(shop.photo, shop.product, 1)])).await;
    let Placed::Now(order) = placed.unwrap() else { panic!("a first order is placed now") };
    let gallery = order.value.gallery;
    let other = shop.world.client(&shop.studio, gallery, new_share()).await;
    assert!(ordering.get_own(&other, order.value.id).await.is_err());
    // The same key of another client is another order.
    let theirs = ordering.place(&other, key("one"), request(vec![item(shop.photo, shop.product, 1)])).await;
    assert!(matches!(theirs.unwrap(), Placed::Now(_)));
}

#[tokio::test]
async fn a_share_without_the_permission_sells_nothing() {
    let shop = shop(BelowMinimum::Warn).await;
    let gallery = shop.world.load(&shop.studio, shop.photo).await.gallery;
    let permissions = Permissions { order: Permission::Denied, ..Permissions::default() };
    let looker = shop.world.client(&shop.studio, gallery, NewShare { permissions, ..new_share() }).await;
    let quote =
        shop.world.services.ordering.quote(&looker, &[item(shop.photo, shop.product, 1)], &[], None).await;
    assert!(matches!(quote, Err(OrderingError::Denied(_))));
    let seen = shop.world.services.visiting.gallery(&looker).await.unwrap();
    assert!(seen.galleries[0].products.is_empty());
}

#[tokio::test]
async fn a_whole_selection_becomes_lines_in_one_call() {
    let shop = shop(BelowMinimum::Warn).await;
    let (world, studio) = (&shop.world, &shop.studio);
    let gallery = world.load(studio, shop.photo).await.gallery;
    let others = [world.photo(studio, gallery, "two").await, world.photo(studio, gallery, "three").await];
    let selecting = &world.services.selecting;
    let album = selecting.create(&shop.client, Name::parse("Album").unwrap()).await.unwrap();
    let album = album.selection.id;
    for photo in [others[0], shop.photo, others[1]] {
        selecting.pick(&shop.client, album, photo, None).await.unwrap();
    }
    world.services.photos.delete(studio, others[1]).await.unwrap();
    let whole = SelectionRequest {
        selection: album,
        product: shop.product,
        quantity: Quantity::parse(2).unwrap(),
        note: Prose::parse("glossy").unwrap(),
    };
    let ordering = &world.services.ordering;
    let wanted = OrderRequest { selections: vec![whole.clone()], ..request(Vec::new()) };
    let Placed::Now(order) = ordering.place(&shop.client, key("whole"), wanted.clone()).await.unwrap() else {
        panic!("it was placed before");
    };
    let photos: Vec<PhotoId> = order.value.items.iter().map(|line| line.photo).collect();
    assert_eq!(photos, [others[0], shop.photo]);
    assert_eq!((order.value.total.amount(), order.value.items[1].note.as_str()), (1_000, "glossy"));
    // The same request is the same order, though the selection is another one by now.
    selecting.unpick(&shop.client, album, shop.photo).await.unwrap();
    let again = ordering.place(&shop.client, key("whole"), wanted).await.unwrap();
    assert!(matches!(again, Placed::Before(before) if before.value.id == order.value.id));

    selecting.unpick(&shop.client, album, others[0]).await.unwrap();
    let items = [item(shop.photo, shop.product, 1)];
    for (selection, field) in [
        (album, "selections[0].selection_id"),
        (SelectionId::from_uuid(uuid::Uuid::from_u128(7)), "selections[0].selection_id"),
    ] {
        let wanted = [SelectionRequest { selection, ..whole.clone() }];
        let Err(OrderingError::Invalid(invalid)) = ordering.quote(&shop.client, &items, &wanted, None).await
        else {
            panic!("there is nothing to order");
        };
        assert_eq!(invalid.field, field);
    }
}
