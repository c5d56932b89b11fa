//! What a share includes: taken once, given back, and never twice.

use std::sync::Arc;

use halftone_core::access::Principal;
use halftone_core::allowance::{Allowance, Included};
use halftone_core::id::{GalleryId, PhotoId, ProductId};
use halftone_core::order::{Order, OrderState};
use halftone_core::page::Versioned;
use halftone_core::product::BelowMinimum;
use halftone_core::services::catalogue::Precondition;
use halftone_core::services::delivering::{DeliveryError, DownloadSize};
use halftone_core::services::galleries::GalleryChange;
use halftone_core::services::ordering::{ItemRequest, Placed};
use halftone_core::services::pricing::{PriceListChange, ProductDraft};
use halftone_core::services::sharing::{NewShare, ShareChange, ShareView};
use halftone_core::share::{DownloadPermission, Permissions};
use halftone_core::text::Name;

use crate::ordering::{key, request};
use crate::world::{World, first_page, new_share};

mod files;
mod prints;
mod races;

/// A share that includes something, and what can be had through it.
pub(crate) struct Package {
    pub(crate) world: Arc<World>,
    pub(crate) studio: Principal,
    pub(crate) client: Principal,
    token: String,
    pub(crate) gallery: GalleryId,
    pub(crate) photos: Vec<PhotoId>,
    /// 2.50 EUR.
    pub(crate) print: ProductId,
    /// 10.00 EUR.
    pub(crate) file: ProductId,
}

fn included(number: i64) -> Included {
    Included::parse(number).unwrap()
}

/// A share's terms: so many files and prints are included, and originals may be downloaded.
pub(crate) fn terms(files: Option<i64>, prints: Option<i64>) -> NewShare {
    let permissions = Permissions { download: DownloadPermission::Original, ..Permissions::default() };
    let allowance = Allowance { files: files.map(included), prints: prints.map(included) };
    NewShare { permissions, allowance, ..new_share() }
}

/// Adds a file for 10.00 EUR to the one price list.
async fn sell_files(world: &World, studio: &Principal) -> (ProductId, ProductId) {
    let list = world.services.pricing.list(studio, &first_page()).await.unwrap().items.remove(0).value;
    let print = list.products.as_slice()[0].clone();
    let draft = |id, name: &str, kind, amount| ProductDraft {
        id,
        name: Name::parse(name).unwrap(),
        kind,
        price: halftone_core::money::Money::parse(amount, list.currency).unwrap(),
    };
    let products = vec![
        draft(Some(print.id), "10 x 15", print.kind, 250),
        draft(None, "File", halftone_core::product::ProductKind::Digital, 1_000),
    ];
    let change = PriceListChange { products: Some(products), ..PriceListChange::default() };
    let list =
        world.services.pricing.change(studio, list.id, change, Precondition::NONE).await.unwrap().value;
    let products = list.products.as_slice();
    (products[0].id, products[1].id)
}

pub(crate) async fn package_in(world: World, photos: usize, new: NewShare) -> Package {
    let studio = world.photographer("ana").await;
    let (gallery, _) = world.shop(&studio, BelowMinimum::Warn).await;
    let (print, file) = sell_files(&world, &studio).await;
    let mut ids = Vec::new();
    for number in 0..photos {
        ids.push(world.photo(&studio, gallery, &format!("picture {number}")).await);
    }
    let opened = world.visit(&studio, gallery, new).await;
    let (client, token) = (opened.principal, opened.access_token);
    Package { world: Arc::new(world), studio, client, token, gallery, photos: ids, print, file }
}

pub(crate) async fn package(photos: usize, files: Option<i64>, prints: Option<i64>) -> Package {
    package_in(World::new(), photos, terms(files, prints)).await
}

impl Package {
    /// Changes the share; the client's next request finds it changed.
    pub(crate) async fn change(&mut self, change: ShareChange) -> ShareView {
        let Principal::Client(pass) = &self.client else { panic!("a client has a pass") };
        let sharing = &self.world.services.sharing;
        let changed =
            sharing.change(&self.studio, pass.share_id(), change, Precondition::NONE).await.unwrap();
        self.client = sharing.admit(&self.token).await.unwrap();
        changed
    }

    /// How many files and prints are left, as the client reads it.
    pub(crate) async fn left(&self) -> (Option<u32>, Option<u32>) {
        let left = self.world.services.visiting.gallery(&self.client).await.unwrap().left;
        (left.files.map(|files| files.left), left.prints.map(|prints| prints.left))
    }

    pub(crate) async fn order(&self, name: &str, items: Vec<ItemRequest>) -> Order {
        self.order_as(&self.client, name, items).await
    }

    pub(crate) async fn order_as(&self, client: &Principal, name: &str, items: Vec<ItemRequest>) -> Order {
        match self.world.services.ordering.place(client, key(name), request(items)).await.unwrap() {
            Placed::Now(order) | Placed::Before(order) => order.value,
        }
    }

    pub(crate) async fn move_to(&self, order: &Order, to: OrderState) -> Versioned<Order> {
        self.world.services.ordering.transition(&self.studio, order.id, to, None).await.unwrap()
    }

    pub(crate) async fn download(&self, photo: PhotoId) -> Result<(), DeliveryError> {
        let size = Some(DownloadSize::Full);
        self.world.services.delivering.for_client(&self.client, photo, size).await.map(drop)
    }

    /// Submits a new selection of these photos.
    pub(crate) async fn submit(&self, photos: &[PhotoId]) -> halftone_core::id::SelectionId {
        let selecting = &self.world.services.selecting;
        let album = selecting.create(&self.client, Name::parse("Album").unwrap()).await.unwrap();
        let album = album.selection.id;
        for photo in photos {
            selecting.pick(&self.client, album, *photo, None).await.unwrap();
        }
        selecting.submit(&self.client, album).await.unwrap();
        album
    }
}

/// The included pieces of each line, and what the order costs.
pub(crate) fn bill(order: &Order) -> (Vec<u32>, i64) {
    (order.items.iter().map(|line| line.included).collect(), order.total.amount())
}

pub(crate) fn is_spent(result: &Result<(), DeliveryError>) -> bool {
    matches!(result, Err(DeliveryError::AllowanceSpent { .. }))
}

#[tokio::test]
async fn a_share_without_an_allowance_includes_nothing_and_refuses_nothing() {
    let package = package(1, None, None).await;
    let photo = package.photos[0];
    let order = package.order("one", vec![crate::ordering::item(photo, package.print, 2)]).await;
    assert_eq!(bill(&order), (vec![0], 500));
    package.download(photo).await.unwrap();
    assert_eq!(package.left().await, (None, None));
    let share = order.share;
    let studio = package.studio.manage().unwrap();
    assert_eq!(package.world.backend.metadata.meters.find(studio, share).await.unwrap(), None);
}

#[tokio::test]
async fn the_studio_changes_an_allowance_and_sees_what_is_left() {
    let mut package = package(2, Some(2), None).await;
    package.download(package.photos[0]).await.unwrap();
    let change = ShareChange {
        included_files: Some(Some(included(5))),
        included_prints: Some(Some(included(0))),
        ..ShareChange::default()
    };
    let view = package.change(change).await;
    let (files, prints) = (view.left.files.unwrap(), view.left.prints.unwrap());
    assert_eq!((files.included, files.left, prints.included, prints.left), (5, 4, 0, 0));
}

#[tokio::test]
async fn the_meter_goes_with_its_gallery() {
    let package = package(1, Some(1), None).await;
    package.download(package.photos[0]).await.unwrap();
    let Principal::Client(pass) = &package.client else { panic!("a client has a pass") };
    let meters = &package.world.backend.metadata.meters;
    assert!(meters.find(pass.studio(), pass.share_id()).await.unwrap().is_some());
    package.world.services.galleries.delete(&package.studio, package.gallery).await.unwrap();
    package.world.run_jobs().await;
    assert_eq!(meters.find(pass.studio(), pass.share_id()).await.unwrap(), None);
}

#[tokio::test]
async fn an_archived_gallery_still_gives_back_what_a_cancelled_order_had() {
    let package = package(1, None, Some(3)).await;
    let order = package.order("one", vec![crate::ordering::item(package.photos[0], package.print, 2)]).await;
    let state = Some(halftone_core::gallery::GalleryState::Archived);
    let change = |state| GalleryChange { state, ..GalleryChange::default() };
    let galleries = &package.world.services.galleries;
    galleries.change(&package.studio, package.gallery, change(state), Precondition::NONE).await.unwrap();
    package.move_to(&order, OrderState::Cancelled).await;
    let live = Some(halftone_core::gallery::GalleryState::Live);
    galleries.change(&package.studio, package.gallery, change(live), Precondition::NONE).await.unwrap();
    assert_eq!(package.left().await, (None, Some(3)));
}
