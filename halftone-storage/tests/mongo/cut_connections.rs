//! What the ports say when the connection to a real server breaks.

use std::sync::Arc;

use halftone_core::clock::SystemClock;
use halftone_core::id::StudioId;
use halftone_core::page::{PageLimit, PageRequest};
use halftone_core::ports::error::StorageErrorKind;
use halftone_core::ports::orders::OrderFilter;
use halftone_storage::mongo::{MongoBackend, MongoSpec};

use crate::proxy::Proxy;
use crate::samples::{id, order, photo};
use crate::server::{address, drop_database, new_database};

/// The host and port of an address with user and password: `mongodb://user:password@host:port/?options`.
fn server_of(address: &str) -> &str {
    let (_, rest) = address.split_once('@').unwrap();
    rest.split(['/', '?']).next().unwrap()
}

/// A backend that reaches the server through a proxy.
async fn behind_proxy() -> (MongoBackend, Proxy, String) {
    let direct = address();
    let server = server_of(&direct);
    let proxy = Proxy::start(server.to_owned()).await;
    let database = new_database();
    let address = direct.replace(server, &proxy.address().to_string());
    let spec = MongoSpec::new(address, database.clone());
    let backend = MongoBackend::connect(spec, Arc::new(SystemClock)).await.unwrap();
    backend.ensure_indexes().await.unwrap();
    (backend, proxy, database)
}

#[tokio::test]
#[ignore = "needs the peers that `cargo xtask services` starts"]
async fn an_order_whose_reply_is_lost_is_placed_once() {
    let (backend, proxy, database) = behind_proxy().await;
    let orders = backend.metadata().orders;
    let order = order(id(StudioId::generate));
    proxy.cut_replies();
    let lost = orders.create(&order, &[]).await.unwrap_err();
    assert_eq!(lost.kind(), StorageErrorKind::Unavailable, "{lost:?}");
    proxy.heal();
    let again = orders.create(&order, &[]).await.unwrap_err();
    assert_eq!(again.kind(), StorageErrorKind::AlreadyExists, "{again:?}");
    let found = orders.find_by_key(order.studio, order.client, &order.idempotency.key).await.unwrap();
    assert_eq!(found.unwrap().value, order);
    let page = PageRequest::first(PageLimit::MOST);
    let placed = orders.list(order.studio, &OrderFilter::default(), &page).await.unwrap();
    assert_eq!(placed.items.len(), 1);
    drop_database(&database).await;
}

#[tokio::test]
#[ignore = "needs the peers that `cargo xtask services` starts"]
async fn reads_go_on_after_the_connections_broke() {
    let (backend, proxy, database) = behind_proxy().await;
    let photos = backend.metadata().photos;
    let photo = photo(id(StudioId::generate), id(halftone_core::id::GalleryId::generate));
    photos.create_many(std::slice::from_ref(&photo)).await.unwrap();
    proxy.cut_replies();
    let lost = photos.find(photo.studio, photo.id).await.unwrap_err();
    assert_eq!(lost.kind(), StorageErrorKind::Unavailable, "{lost:?}");
    proxy.heal();
    assert_eq!(photos.find(photo.studio, photo.id).await.unwrap().unwrap().value, photo);
    drop_database(&database).await;
}
