//! `OrderRepository`.

use halftone_core::id::{ClientId, GalleryId, OrderId, StudioId};
use halftone_core::order::{Idempotency, IdempotencyKey, Order, OrderState};
use halftone_core::page::{PageLimit, Version, Versioned};
use halftone_core::ports::error::StorageErrorKind;
use halftone_core::ports::orders::OrderFilter;

use crate::fixtures::orders::{order, order_variants};
use crate::fixtures::prose;
use crate::pages::{after, assert_walks, first};
use crate::world::{World, assert_kind, assert_one_winner, cases, race};

cases![
    what_was_created_is_found,
    a_missing_order_is_none,
    a_foreign_studio_finds_and_changes_nothing,
    an_id_can_be_created_once,
    a_client_orders_once_with_one_key,
    clients_may_choose_the_same_key,
    keys_that_look_alike_are_different,
    of_concurrent_orders_with_one_key_exactly_one_succeeds,
    an_update_replaces_the_order_and_counts_its_version,
    an_update_of_a_missing_order_is_not_found,
    of_concurrent_updates_exactly_one_succeeds,
    a_thousand_lines_come_back,
    a_list_has_the_newest_first_on_pages_of_any_length,
    a_cursor_stays_where_it_is_while_others_insert,
    filters_narrow_a_list_together,
    a_filtered_list_has_pages_of_any_length,
    an_order_follows_its_state_into_the_filters,
    changed_orders_come_by_their_last_change,
    a_purge_takes_one_studio_only,
];

async fn store(world: &World, order: Order) -> Order {
    world.metadata.orders.create(&order, &[]).await.unwrap();
    order
}

async fn create(world: &World, studio: StudioId) -> Order {
    store(world, order(world, studio, world.id(ClientId::generate))).await
}

fn with_key(order: Order, key: &str) -> Order {
    let idempotency = Idempotency { key: IdempotencyKey::parse(key).unwrap(), ..order.idempotency };
    Order { idempotency, ..order }
}

async fn ids_with(world: &World, studio: StudioId, filter: OrderFilter) -> Vec<OrderId> {
    let page = world.metadata.orders.list(studio, &filter, &first(50)).await.unwrap();
    page.items.into_iter().map(|item| item.value.id).collect()
}

async fn what_was_created_is_found(world: World) {
    let studio = world.id(StudioId::generate);
    let orders = &world.metadata.orders;
    for order in order_variants(&world, studio) {
        assert_eq!(orders.create(&order, &[]).await.unwrap(), Version::FIRST);
        let stored = Some(Versioned::new(order.clone(), Version::FIRST));
        assert_eq!(orders.find(studio, order.id).await.unwrap(), stored);
        let by_key = orders.find_by_key(studio, order.client, &order.idempotency.key).await.unwrap();
        assert_eq!(by_key, stored);
    }
}

async fn a_missing_order_is_none(world: World) {
    let order = create(&world, world.id(StudioId::generate)).await;
    let orders = &world.metadata.orders;
    assert_eq!(orders.find(order.studio, world.id(OrderId::generate)).await.unwrap(), None);
    let key = IdempotencyKey::parse("another").unwrap();
    assert_eq!(orders.find_by_key(order.studio, order.client, &key).await.unwrap(), None);
    let client = world.id(ClientId::generate);
    assert_eq!(orders.find_by_key(order.studio, client, &order.idempotency.key).await.unwrap(), None);
}

async fn a_foreign_studio_finds_and_changes_nothing(world: World) {
    let order = create(&world, world.id(StudioId::generate)).await;
    let stranger = world.id(StudioId::generate);
    let orders = &world.metadata.orders;
    assert_eq!(orders.find(stranger, order.id).await.unwrap(), None);
    assert_eq!(orders.find_by_key(stranger, order.client, &order.idempotency.key).await.unwrap(), None);
    assert_eq!(ids_with(&world, stranger, OrderFilter::default()).await, []);
    let stolen = Order { studio: stranger, ..order.clone() };
    assert_kind(orders.update(&stolen, Version::FIRST, &[]).await, StorageErrorKind::NotFound);
    orders.purge_by_studio(stranger).await.unwrap();
    let stored = orders.find(order.studio, order.id).await.unwrap();
    assert_eq!(stored, Some(Versioned::new(order, Version::FIRST)));
}

async fn an_id_can_be_created_once(world: World) {
    let taken = create(&world, world.id(StudioId::generate)).await;
    let same_id = Order { id: taken.id, ..order(&world, taken.studio, world.id(ClientId::generate)) };
    assert_kind(world.metadata.orders.create(&same_id, &[]).await, StorageErrorKind::AlreadyExists);
    let stored = world.metadata.orders.find(taken.studio, taken.id).await.unwrap();
    assert_eq!(stored, Some(Versioned::new(taken, Version::FIRST)));
}

async fn a_client_orders_once_with_one_key(world: World) {
    let placed = create(&world, world.id(StudioId::generate)).await;
    let key = placed.idempotency.key.as_str();
    let again = with_key(order(&world, placed.studio, placed.client), key);
    assert_kind(world.metadata.orders.create(&again, &[]).await, StorageErrorKind::AlreadyExists);
    assert_eq!(world.metadata.orders.find(placed.studio, again.id).await.unwrap(), None);
    assert_eq!(ids_with(&world, placed.studio, OrderFilter::default()).await, [placed.id]);
}

async fn clients_may_choose_the_same_key(world: World) {
    let studio = world.id(StudioId::generate);
    for _ in 0..2 {
        let client = world.id(ClientId::generate);
        let order = store(&world, with_key(order(&world, studio, client), "1")).await;
        let found = world.metadata.orders.find_by_key(studio, client, &order.idempotency.key).await.unwrap();
        assert_eq!(found.unwrap().value, order);
    }
}

async fn keys_that_look_alike_are_different(world: World) {
    let (studio, client) = (world.id(StudioId::generate), world.id(ClientId::generate));
    let long = "k".repeat(200);
    for key in ["key", "KEY", "key%", "key_", "k", &long, &long[1..], "'", "\"", "$where", "{}"] {
        let order = store(&world, with_key(order(&world, studio, client), key)).await;
        let found = world.metadata.orders.find_by_key(studio, client, &order.idempotency.key).await.unwrap();
        assert_eq!(found.unwrap().value.id, order.id, "{key}");
    }
}

async fn of_concurrent_orders_with_one_key_exactly_one_succeeds(world: World) {
    let (studio, client) = (world.id(StudioId::generate), world.id(ClientId::generate));
    let results = race(|_| {
        let (world, order) = (world.clone(), with_key(order(&world, studio, client), "one"));
        async move { world.metadata.orders.create(&order, &[]).await }
    });
    assert_one_winner(&results.await, StorageErrorKind::AlreadyExists);
    assert_eq!(ids_with(&world, studio, OrderFilter::default()).await.len(), 1);
}

async fn an_update_replaces_the_order_and_counts_its_version(world: World) {
    let before = create(&world, world.id(StudioId::generate)).await;
    for (count, variant) in order_variants(&world, before.studio).into_iter().enumerate() {
        let (client, idempotency) = (before.client, before.idempotency.clone());
        let changed = Order { id: before.id, client, idempotency, ..variant };
        let seen = Version::restore(count as u64 + 1);
        assert_eq!(world.metadata.orders.update(&changed, seen, &[]).await.unwrap(), seen.next());
        let stored = world.metadata.orders.find(before.studio, before.id).await.unwrap();
        assert_eq!(stored, Some(Versioned::new(changed, seen.next())));
    }
}

async fn an_update_of_a_missing_order_is_not_found(world: World) {
    let missing = order(&world, world.id(StudioId::generate), world.id(ClientId::generate));
    let result = world.metadata.orders.update(&missing, Version::FIRST, &[]).await;
    assert_kind(result, StorageErrorKind::NotFound);
}

async fn of_concurrent_updates_exactly_one_succeeds(world: World) {
    let order = create(&world, world.id(StudioId::generate)).await;
    let results = race(|number| {
        let world = world.clone();
        let changed = Order { special_request: prose(&format!("Racer {number}")), ..order.clone() };
        async move { world.metadata.orders.update(&changed, Version::FIRST, &[]).await.map(|_| changed) }
    })
    .await;
    assert_one_winner(&results, StorageErrorKind::Conflict);
    let winner = results.into_iter().find_map(Result::ok).unwrap();
    let stored = world.metadata.orders.find(order.studio, order.id).await.unwrap();
    assert_eq!(stored, Some(Versioned::new(winner, Version::FIRST.next())));
}

async fn a_thousand_lines_come_back(world: World) {
    let rich = order_variants(&world, world.id(StudioId::generate)).pop().unwrap();
    let items = rich.items.iter().cycle().take(Order::MOST_ITEMS).cloned().collect();
    let order = store(&world, Order { items, ..rich }).await;
    let stored = world.metadata.orders.find(order.studio, order.id).await.unwrap();
    assert!(stored == Some(Versioned::new(order, Version::FIRST)), "the lines differ");
}

async fn a_list_has_the_newest_first_on_pages_of_any_length(world: World) {
    let studio = world.id(StudioId::generate);
    let mut expected = Vec::new();
    for _ in 0..6 {
        create(&world, world.id(StudioId::generate)).await;
        expected.push(Versioned::new(create(&world, studio).await, Version::FIRST));
        world.advance_secs(1);
    }
    expected.reverse();
    assert_lists(&world, studio, &OrderFilter::default(), &expected).await;
}

async fn assert_lists(world: &World, studio: StudioId, filter: &OrderFilter, expected: &[Versioned<Order>]) {
    let list = |page| {
        let orders = &world.metadata.orders;
        async move { orders.list(studio, filter, &page).await }
    };
    assert_walks(expected, list).await;
}

async fn a_cursor_stays_where_it_is_while_others_insert(world: World) {
    let studio = world.id(StudioId::generate);
    let mut ids = Vec::new();
    for _ in 0..4 {
        ids.push(create(&world, studio).await.id);
        world.advance_secs(1);
    }
    let filter = OrderFilter::default();
    let page = world.metadata.orders.list(studio, &filter, &first(2)).await.unwrap();
    create(&world, studio).await;
    let rest = world.metadata.orders.list(studio, &filter, &after(2, &page.next.unwrap())).await.unwrap();
    let rest: Vec<OrderId> = rest.items.into_iter().map(|item| item.value.id).collect();
    assert_eq!(rest, [ids[1], ids[0]]);
}

async fn filters_narrow_a_list_together(world: World) {
    let studio = world.id(StudioId::generate);
    let (client, gallery) = (world.id(ClientId::generate), world.id(GalleryId::generate));
    let state = OrderState::Accepted;
    let wanted = store(&world, Order { gallery, state, ..order(&world, studio, client) }).await.id;
    let other_client = world.id(ClientId::generate);
    let by_other = store(&world, Order { gallery, state, ..order(&world, studio, other_client) }).await.id;
    store(&world, Order { state, ..order(&world, studio, client) }).await;
    store(&world, Order { gallery, ..order(&world, studio, client) }).await;
    let all = OrderFilter { state: Some(state), gallery: Some(gallery), client: Some(client) };
    assert_eq!(ids_with(&world, studio, all.clone()).await, [wanted]);
    let mut of_two = ids_with(&world, studio, OrderFilter { client: None, ..all.clone() }).await;
    of_two.sort_unstable();
    let mut expected = [wanted, by_other];
    expected.sort_unstable();
    assert_eq!(of_two, expected);
    let cancelled = OrderFilter { state: Some(OrderState::Cancelled), ..all };
    assert_eq!(ids_with(&world, studio, cancelled).await, []);
}

async fn a_filtered_list_has_pages_of_any_length(world: World) {
    let (studio, client) = (world.id(StudioId::generate), world.id(ClientId::generate));
    let mut expected = Vec::new();
    for _ in 0..6 {
        let placed = store(&world, order(&world, studio, client)).await;
        expected.push(Versioned::new(placed, Version::FIRST));
        world.advance_secs(1);
        create(&world, studio).await;
        world.advance_secs(1);
    }
    expected.reverse();
    let filter = OrderFilter { client: Some(client), ..OrderFilter::default() };
    assert_lists(&world, studio, &filter, &expected).await;
}

async fn an_order_follows_its_state_into_the_filters(world: World) {
    let order = create(&world, world.id(StudioId::generate)).await;
    let mut version = Version::FIRST;
    for state in OrderState::ALL {
        let changed = Order { state, ..order.clone() };
        version = world.metadata.orders.update(&changed, version, &[]).await.unwrap();
        for filter in OrderState::ALL {
            let found =
                ids_with(&world, order.studio, OrderFilter { state: Some(filter), ..OrderFilter::default() })
                    .await;
            assert_eq!(found.len(), usize::from(filter == state));
        }
    }
}

async fn changed_orders_come_by_their_last_change(world: World) {
    let studio = world.id(StudioId::generate);
    let first = create(&world, studio).await;
    world.advance_secs(1);
    let second = create(&world, studio).await;
    create(&world, world.id(StudioId::generate)).await;
    world.advance_secs(1);
    let changed = Order { updated_at: world.now(), ..first.clone() };
    world.metadata.orders.update(&changed, Version::FIRST, &[]).await.unwrap();
    let list = |since, limit| world.metadata.orders.list_changed(studio, since, limit);
    let second = Versioned::new(second, Version::FIRST);
    let changed = Versioned::new(changed, Version::FIRST.next());
    let one = PageLimit::parse(1).unwrap();
    assert_eq!(
        list(second.value.updated_at, PageLimit::MOST).await.unwrap(),
        [second.clone(), changed.clone()]
    );
    assert_eq!(list(first.updated_at, one).await.unwrap(), [second]);
    assert_eq!(list(world.now(), PageLimit::MOST).await.unwrap(), [changed]);
    world.advance_secs(1);
    assert_eq!(list(world.now(), PageLimit::MOST).await.unwrap(), []);
}

async fn a_purge_takes_one_studio_only(world: World) {
    let studio = world.id(StudioId::generate);
    let gone = [create(&world, studio).await, create(&world, studio).await];
    let kept = create(&world, world.id(StudioId::generate)).await;
    let orders = &world.metadata.orders;
    for _ in 0..2 {
        orders.purge_by_studio(studio).await.unwrap();
        for order in &gone {
            assert_eq!(orders.find(studio, order.id).await.unwrap(), None);
            let by_key = orders.find_by_key(studio, order.client, &order.idempotency.key).await.unwrap();
            assert_eq!(by_key, None);
        }
    }
    assert!(orders.find(kept.studio, kept.id).await.unwrap().is_some());
}
