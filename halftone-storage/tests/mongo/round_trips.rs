//! How often the server is asked.

use halftone_core::id::{GalleryId, StudioId};
use halftone_core::page::{PageLimit, PageRequest};
use halftone_core::photo::PhotoStateKind;
use halftone_core::ports::photos::PhotoFilter;

use crate::samples::{id, photo, share};
use crate::server::Observed;

/// `GET /client/photos` looks up the visit and lists the photos that are ready.
#[tokio::test]
#[ignore = "needs the peers that `cargo xtask services` starts"]
async fn a_clients_page_of_photos_costs_two_commands() {
    let observed = Observed::open().await;
    let metadata = observed.backend.metadata();
    let (studio, gallery) = (id(StudioId::generate), id(GalleryId::generate));
    let share = share(studio, gallery);
    metadata.shares.create(&share).await.unwrap();
    observed.take_commands();
    metadata.shares.find_visit(share.id).await.unwrap().unwrap();
    let ready = PhotoFilter { states: vec![PhotoStateKind::Ready], ..PhotoFilter::default() };
    let page = PageRequest::first(PageLimit::MOST);
    metadata.photos.list(studio, gallery, &ready, &page).await.unwrap();
    assert_eq!(observed.take_commands(), ["aggregate", "find"]);
    observed.close().await;
}

#[tokio::test]
#[ignore = "needs the peers that `cargo xtask services` starts"]
async fn the_longest_page_comes_in_one_reply() {
    let observed = Observed::open().await;
    let metadata = observed.backend.metadata();
    let (studio, gallery) = (id(StudioId::generate), id(GalleryId::generate));
    for _ in 0..2 {
        let photos: Vec<_> = (0..300).map(|_| photo(studio, gallery)).collect();
        metadata.photos.create_many(&photos).await.unwrap();
    }
    let uploaded = PhotoFilter { states: vec![PhotoStateKind::Uploaded], ..PhotoFilter::default() };
    observed.take_commands();
    let page = PageRequest::first(PageLimit::MOST);
    let page = metadata.photos.list(studio, gallery, &uploaded, &page).await.unwrap();
    assert_eq!((page.items.len(), page.next.is_some()), (500, true));
    assert_eq!(observed.take_commands(), ["find"]);
    observed.close().await;
}

#[tokio::test]
#[ignore = "needs the peers that `cargo xtask services` starts"]
async fn creating_the_indexes_again_does_nothing() {
    let observed = Observed::open().await;
    observed.backend.ping().await.unwrap();
    observed.backend.ensure_indexes().await.unwrap();
    observed.close().await;
}
