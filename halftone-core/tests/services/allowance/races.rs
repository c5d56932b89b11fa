//! Two tabs, and more: what is left is taken once.

use std::sync::Arc;

use halftone_core::access::Principal;
use halftone_core::id::PhotoId;
use halftone_core::order::Order;
use halftone_core::services::delivering::DownloadSize;
use halftone_core::services::ordering::Placed;

use super::package;
use crate::ordering::{item, key, request};
use crate::world::World;

const RACERS: usize = 12;

async fn place(
    world: Arc<World>,
    client: Principal,
    name: String,
    items: Vec<halftone_core::services::ordering::ItemRequest>,
) -> Order {
    match world.services.ordering.place(&client, key(&name), request(items)).await.unwrap() {
        Placed::Now(order) | Placed::Before(order) => order.value,
    }
}

async fn all<T: Send + 'static>(calls: Vec<tokio::task::JoinHandle<T>>) -> Vec<T> {
    let mut results = Vec::new();
    for call in calls {
        results.push(call.await.unwrap());
    }
    results
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_orders_for_the_last_print_exactly_one_gets_it() {
    let package = package(1, None, Some(1)).await;
    let calls = (0..RACERS).map(|number| {
        let items = vec![item(package.photos[0], package.print, 1)];
        let (world, client) = (Arc::clone(&package.world), package.client.clone());
        tokio::spawn(place(world, client, format!("order-{number}"), items))
    });
    let orders = all(calls.collect()).await;
    let free = orders.iter().filter(|order| order.total.amount() == 0).count();
    let priced = orders.iter().filter(|order| order.total.amount() == 250).count();
    assert_eq!((free, priced), (1, RACERS - 1));
    assert_eq!(package.left().await, (None, Some(0)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_key_takes_once_however_concurrently_it_comes() {
    let package = package(1, None, Some(20)).await;
    let calls = (0..RACERS).map(|_| {
        let items = vec![item(package.photos[0], package.print, 3)];
        let (world, client) = (Arc::clone(&package.world), package.client.clone());
        tokio::spawn(place(world, client, "one".to_owned(), items))
    });
    let orders = all(calls.collect()).await;
    assert!(orders.iter().all(|order| *order == orders[0] && order.items[0].included == 3));
    assert_eq!(package.left().await, (None, Some(17)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn downloads_of_different_photos_cannot_overdraw() {
    let package = package(RACERS, Some(4), None).await;
    let calls = package.photos.iter().map(|&photo: &PhotoId| {
        let (world, client) = (Arc::clone(&package.world), package.client.clone());
        tokio::spawn(async move {
            let size = Some(DownloadSize::Full);
            world.services.delivering.for_client(&client, photo, size).await.is_ok()
        })
    });
    let taken = all(calls.collect()).await.into_iter().filter(|taken| *taken).count();
    assert_eq!((taken, package.left().await), (4, (Some(0), None)));
}
