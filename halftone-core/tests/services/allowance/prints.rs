//! Included prints: on lines, in quotes, amended and given back.

use halftone_core::access::Principal;
use halftone_core::order::{OrderState, Quantity};
use halftone_core::services::catalogue::Precondition;
use halftone_core::services::ordering::{ItemChange, KeptItem, OrderChange, OrderingError};
use halftone_core::services::sharing::ShareChange;

use super::{bill, included, package};
use crate::ordering::item;
use crate::world::visitor;

#[tokio::test]
async fn lines_are_covered_in_their_order_and_the_rest_is_priced() {
    let package = package(2, None, Some(3)).await;
    let items = vec![
        item(package.photos[0], package.print, 2),
        item(package.photos[1], package.file, 1),
        item(package.photos[1], package.print, 4),
    ];
    let quote = package.world.services.ordering.quote(&package.client, &items, &[], None).await.unwrap();
    let quoted: Vec<u32> = quote.items.iter().map(|line| line.included).collect();
    assert_eq!((quoted, quote.total.amount()), (vec![2, 0, 1], 1_000 + 3 * 250));
    // A quote takes nothing.
    assert_eq!(package.left().await, (None, Some(3)));
    let order = package.order("one", items).await;
    assert_eq!(bill(&order), (vec![2, 0, 1], 1_000 + 3 * 250));
    assert_eq!(order.items[0].total.amount(), 0);
    assert_eq!(package.left().await, (None, Some(0)));
}

#[tokio::test]
async fn all_clients_of_a_share_have_one_meter() {
    let package = package(1, None, Some(3)).await;
    let Principal::Client(pass) = &package.client else { panic!("a client has a pass") };
    let token = package.world.services.sharing.token(&package.studio, pass.share_id()).await.unwrap();
    let other = package.world.services.sharing.open(token.reveal(), visitor()).await.unwrap().principal;
    package.order("one", vec![item(package.photos[0], package.print, 2)]).await;
    let second = package.order_as(&other, "one", vec![item(package.photos[0], package.print, 2)]).await;
    assert_eq!(bill(&second), (vec![1], 250));
}

#[tokio::test]
async fn a_repeated_request_takes_nothing_more() {
    let package = package(1, None, Some(3)).await;
    let items = || vec![item(package.photos[0], package.print, 2)];
    let first = package.order("one", items()).await;
    assert_eq!(package.order("one", items()).await, first);
    assert_eq!(package.left().await, (None, Some(1)));
}

#[tokio::test]
async fn a_cancelled_order_gives_back_what_it_had() {
    let package = package(1, None, Some(3)).await;
    let order = package.order("one", vec![item(package.photos[0], package.print, 5)]).await;
    package.move_to(&order, OrderState::Accepted).await;
    let refused = package
        .world
        .services
        .ordering
        .transition(&package.studio, order.id, OrderState::Completed, None)
        .await;
    assert!(matches!(refused, Err(OrderingError::Transition(_))));
    assert_eq!(package.left().await, (None, Some(0)));
    let cancelled = package.move_to(&order, OrderState::Cancelled).await.value;
    assert_eq!(package.left().await, (None, Some(3)));
    // What was placed stays as it was placed.
    assert_eq!(bill(&cancelled), bill(&order));
}

fn kept(order: &halftone_core::order::Order, quantity: i64) -> OrderChange {
    let kept = KeptItem {
        id: order.items[0].id,
        photo: None,
        product: None,
        quantity: Some(Quantity::parse(quantity).unwrap()),
        crop: None,
        note: None,
    };
    OrderChange { items: Some(vec![ItemChange::Kept(kept)]), ..OrderChange::default() }
}

#[tokio::test]
async fn an_amended_order_has_what_it_had_and_what_is_left() {
    let package = package(1, None, Some(5)).await;
    let ordering = &package.world.services.ordering;
    let other = package.order("other", vec![item(package.photos[0], package.print, 2)]).await;
    let order = package.order("one", vec![item(package.photos[0], package.print, 2)]).await;
    let amend = async |quantity| {
        ordering.amend(&package.client, order.id, &kept(&order, quantity), Precondition::NONE).await.unwrap()
    };
    assert_eq!(bill(&amend(4).await.value), (vec![3], 250));
    assert_eq!(package.left().await, (None, Some(0)));
    assert_eq!(bill(&amend(1).await.value), (vec![1], 0));
    assert_eq!(package.left().await, (None, Some(2)));
    assert_eq!(bill(&other), (vec![2], 0));
}

#[tokio::test]
async fn a_lowered_allowance_takes_nothing_from_an_order_that_has_it() {
    let mut package = package(1, None, Some(3)).await;
    let order = package.order("one", vec![item(package.photos[0], package.print, 3)]).await;
    for lowered in [Some(included(1)), None] {
        package.change(ShareChange { included_prints: Some(lowered), ..ShareChange::default() }).await;
        for (quantity, bill_then) in [(5, (vec![3], 500)), (3, (vec![3], 0))] {
            let ordering = &package.world.services.ordering;
            let change = kept(&order, quantity);
            let amended =
                ordering.amend(&package.client, order.id, &change, Precondition::NONE).await.unwrap();
            assert_eq!(bill(&amended.value), bill_then, "lowered to {lowered:?}");
        }
    }
    let second = package.order("two", vec![item(package.photos[0], package.print, 1)]).await;
    assert_eq!(bill(&second), (vec![0], 250));
}

#[tokio::test]
async fn an_amendment_that_changes_no_line_changes_no_price() {
    let package = package(1, None, Some(2)).await;
    let ordering = &package.world.services.ordering;
    let first = package.order("first", vec![item(package.photos[0], package.print, 2)]).await;
    let order = package.order("one", vec![item(package.photos[0], package.print, 2)]).await;
    assert_eq!(bill(&order), (vec![0], 500));
    package.move_to(&first, OrderState::Cancelled).await;
    let same = kept(&order, 2);
    let amended = ordering.amend(&package.client, order.id, &same, Precondition::NONE).await.unwrap();
    assert_eq!(amended.value, order);
    let more = ordering.amend(&package.client, order.id, &kept(&order, 3), Precondition::NONE).await.unwrap();
    assert_eq!(bill(&more.value), (vec![2], 250));
    // Sent again, because the reply was lost, it is the same order.
    let again =
        ordering.amend(&package.client, order.id, &kept(&order, 3), Precondition::NONE).await.unwrap();
    assert_eq!(again, more);
}

#[tokio::test]
async fn a_quote_for_an_amendment_counts_what_the_order_has() {
    let package = package(1, None, Some(2)).await;
    let ordering = &package.world.services.ordering;
    let items = vec![item(package.photos[0], package.print, 2)];
    let order = package.order("one", items.clone()).await;
    let plain = ordering.quote(&package.client, &items, &[], None).await.unwrap();
    let instead = ordering.quote(&package.client, &items, &[], Some(order.id)).await.unwrap();
    assert_eq!((plain.total.amount(), instead.total.amount()), (500, 0));
    let stranger = package.world.client(&package.studio, package.gallery, super::terms(None, Some(9))).await;
    let theirs = ordering.quote(&stranger, &items, &[], Some(order.id)).await;
    assert!(matches!(theirs, Err(OrderingError::Invalid(invalid)) if invalid.field == "order_id"));
}
