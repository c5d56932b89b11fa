//! A stranger finds nothing.

use halftone_core::access::Principal;
use halftone_core::product::BelowMinimum;
use halftone_core::services::catalogue::{CatalogueError, Precondition};
use halftone_core::services::galleries::GalleryChange;
use halftone_core::services::sweeping::SweepDepth;
use halftone_core::text::Name;

use crate::world::{World, new_share};

#[tokio::test]
async fn another_studio_finds_nothing_of_mine() {
    let world = World::new();
    let mine = world.photographer("ana").await;
    let theirs = world.photographer("ben").await;
    let (gallery, _) = world.shop(&mine, BelowMinimum::Warn).await;
    let photo = world.photo(&mine, gallery, "a picture").await;
    let (share, _) = world.services.sharing.share_gallery(&mine, gallery, new_share()).await.unwrap();
    let services = &world.services;
    let absent = |error: CatalogueError| matches!(error, CatalogueError::Absent(_));
    assert!(absent(services.galleries.get(&theirs, gallery).await.unwrap_err()));
    assert!(absent(services.galleries.delete(&theirs, gallery).await.unwrap_err()));
    assert!(absent(services.photos.get(&theirs, photo).await.unwrap_err()));
    assert!(absent(services.photos.delete(&theirs, photo).await.unwrap_err()));
    assert!(absent(services.sharing.get(&theirs, share.share.value.id).await.unwrap_err()));
    assert!(absent(services.sharing.revoke(&theirs, share.share.value.id).await.unwrap_err()));
    assert!(services.delivering.original(&theirs, photo).await.is_err());
    assert!(services.uploads.request(&theirs, gallery, &[]).await.is_err());
}

#[tokio::test]
async fn a_client_cannot_act_for_the_studio_nor_the_studio_for_the_system() {
    let world = World::new();
    let studio = world.photographer("ana").await;
    let gallery = world.gallery(&studio, "Ceremony").await;
    let photo = world.photo(&studio, gallery, "a picture").await;
    let client = world.client(&studio, gallery, new_share()).await;
    assert!(matches!(world.services.galleries.get(&client, gallery).await, Err(CatalogueError::Denied(_))));
    assert!(world.services.delivering.original(&client, photo).await.is_err());
    assert!(world.services.visiting.gallery(&studio).await.is_err());
    assert!(world.services.sweeping.sweep(&studio, SweepDepth::Usual).await.is_err());
    assert!(world.services.visiting.gallery(&Principal::System).await.is_err());
}

#[tokio::test]
async fn a_change_that_insists_on_an_old_version_is_refused() {
    let world = World::new();
    let studio = world.photographer("ana").await;
    let gallery = world.gallery(&studio, "Ceremony").await;
    let seen = world.services.galleries.get(&studio, gallery).await.unwrap().gallery.version;
    let rename = |name: &str| GalleryChange { name: Some(Name::parse(name).unwrap()), ..Default::default() };
    let insisting = Precondition(Some(seen));
    world.services.galleries.change(&studio, gallery, rename("First"), insisting).await.unwrap();
    let late = world.services.galleries.change(&studio, gallery, rename("Second"), insisting).await;
    assert!(matches!(late, Err(CatalogueError::Changed)));
}
