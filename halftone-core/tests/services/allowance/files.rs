//! Included files: a photo counts once, however it is taken.

use halftone_core::order::OrderState;
use halftone_core::services::delivering::{DeliveryError, DownloadSize};
use halftone_core::services::packing::PackPhotos;

use super::{bill, is_spent, package};
use crate::ordering::item;

#[tokio::test]
async fn a_photo_counts_once_over_selections_downloads_and_orders() {
    let package = package(4, Some(3), None).await;
    let photos = &package.photos;
    package.submit(&photos[..2]).await;
    assert_eq!(package.left().await, (Some(1), None));
    package.download(photos[0]).await.unwrap();
    package.download(photos[0]).await.unwrap();
    assert_eq!(package.left().await, (Some(1), None));
    let lines = [0, 1, 2, 3].map(|number| item(photos[number], package.file, 1)).to_vec();
    let order = package.order("one", lines).await;
    assert_eq!(bill(&order), (vec![1, 1, 1, 0], 1_000));
    assert_eq!(package.left().await, (Some(0), None));
}

#[tokio::test]
async fn a_second_copy_of_an_included_file_is_priced() {
    let package = package(1, Some(3), None).await;
    let order = package.order("one", vec![item(package.photos[0], package.file, 3)]).await;
    assert_eq!(bill(&order), (vec![1], 2_000));
    assert_eq!(package.left().await, (Some(2), None));
}

#[tokio::test]
async fn clean_files_beyond_the_allowance_are_refused_and_proofs_are_not() {
    let package = package(2, Some(1), None).await;
    let photos = &package.photos;
    package.download(photos[0]).await.unwrap();
    let refused = package.download(photos[1]).await;
    let Err(DeliveryError::AllowanceSpent { included, left, wanted }) = refused else {
        panic!("there was one file");
    };
    assert_eq!((included, left, wanted), (1, 0, 1));
    let delivering = &package.world.services.delivering;
    for _ in 0..2 {
        delivering.for_client(&package.client, photos[1], Some(DownloadSize::Proof)).await.unwrap();
        delivering.for_client(&package.client, photos[0], Some(DownloadSize::Sized)).await.unwrap();
    }
    assert_eq!(package.left().await, (Some(0), None));
}

#[tokio::test]
async fn an_archive_is_taken_whole_or_not_at_all() {
    let package = package(3, Some(2), None).await;
    let (packing, photos) = (&package.world.services.packing, &package.photos);
    let ask = async |photos: &[halftone_core::id::PhotoId], size| {
        let photos = PackPhotos::These(photos.to_vec());
        packing.request_for_client(&package.client, &photos, Some(size)).await
    };
    let refused = ask(photos, DownloadSize::Full).await;
    assert!(matches!(refused, Err(DeliveryError::AllowanceSpent { left: 2, wanted: 3, .. })));
    assert_eq!(package.left().await, (Some(2), None));
    ask(photos, DownloadSize::Proof).await.unwrap();
    for _ in 0..2 {
        ask(&photos[..2], DownloadSize::Full).await.unwrap();
    }
    assert_eq!(package.left().await, (Some(0), None));
    let refused = ask(photos, DownloadSize::Sized).await;
    assert!(matches!(refused, Err(DeliveryError::AllowanceSpent { left: 0, wanted: 1, .. })));
    ask(&photos[..1], DownloadSize::Sized).await.unwrap();
}

#[tokio::test]
async fn a_bought_file_can_be_downloaded_when_the_order_is_accepted() {
    let package = package(2, Some(0), None).await;
    let photo = package.photos[0];
    let order = package.order("one", vec![item(photo, package.file, 1)]).await;
    assert_eq!(bill(&order), (vec![0], 1_000));
    assert!(is_spent(&package.download(photo).await));
    package.move_to(&order, OrderState::Accepted).await;
    package.download(photo).await.unwrap();
    assert!(is_spent(&package.download(package.photos[1]).await));
    package.move_to(&order, OrderState::Cancelled).await;
    assert!(is_spent(&package.download(photo).await));
}

#[tokio::test]
async fn a_selection_takes_what_is_left_in_the_order_of_its_picks() {
    let package = package(3, Some(2), None).await;
    let photos = [package.photos[2], package.photos[0], package.photos[1]];
    package.submit(&photos).await;
    assert_eq!(package.left().await, (Some(0), None));
    package.download(photos[0]).await.unwrap();
    package.download(photos[1]).await.unwrap();
    assert!(is_spent(&package.download(photos[2]).await));
}

#[tokio::test]
async fn a_reopened_selection_gives_back_what_only_it_took() {
    let package = package(3, Some(3), None).await;
    let photos = &package.photos;
    let album = package.submit(photos).await;
    package.download(photos[0]).await.unwrap();
    package.order("one", vec![item(photos[1], package.file, 1)]).await;
    assert_eq!(package.left().await, (Some(0), None));
    package.world.services.selecting.reopen(&package.studio, album).await.unwrap();
    assert_eq!(package.left().await, (Some(1), None));
    package.world.services.selecting.submit(&package.client, album).await.unwrap();
    assert_eq!(package.left().await, (Some(0), None));
}

#[tokio::test]
async fn a_cancelled_order_gives_back_files_that_nobody_else_took() {
    let package = package(2, Some(2), None).await;
    let photos = &package.photos;
    package.submit(&photos[..1]).await;
    let lines = [0, 1].map(|number| item(photos[number], package.file, 1)).to_vec();
    let order = package.order("one", lines).await;
    assert_eq!(bill(&order), (vec![1, 1], 0));
    package.move_to(&order, OrderState::Cancelled).await;
    assert_eq!(package.left().await, (Some(1), None));
}

#[tokio::test]
async fn a_deleted_photo_is_given_back_by_the_selection_that_took_it() {
    let package = package(2, Some(2), None).await;
    package.submit(&package.photos).await;
    package.world.services.photos.delete(&package.studio, package.photos[0]).await.unwrap();
    package.world.run_jobs().await;
    assert_eq!(package.left().await, (Some(1), None));
}
