//! Selections, from both sides.

use std::sync::Arc;

use halftone_core::access::Principal;
use halftone_core::id::PhotoId;
use halftone_core::selection::SelectionRefusal;
use halftone_core::services::selecting::SelectingError;
use halftone_core::services::sharing::NewShare;
use halftone_core::share::{Limit, Limits, Permission, Permissions};
use halftone_core::text::{Name, Prose};

use crate::world::{World, first_page, new_share};

async fn gallery_with(
    world: &World,
    studio: &Principal,
    photos: usize,
) -> (halftone_core::id::GalleryId, Vec<PhotoId>) {
    let gallery = world.gallery(studio, "Ceremony").await;
    let mut ids = Vec::new();
    for _ in 0..photos {
        ids.push(world.photo(studio, gallery, "a picture").await);
    }
    (gallery, ids)
}

fn limited(number: i64) -> NewShare {
    let limits = Limits { selections: Some(Limit::parse(number).unwrap()), downloads: None };
    NewShare { limits, ..new_share() }
}

fn album() -> Name {
    Name::parse("Album").unwrap()
}

#[tokio::test]
async fn two_tabs_cannot_pick_over_the_limit() {
    let world = Arc::new(World::new());
    let studio = world.photographer("ana").await;
    let (gallery, photos) = gallery_with(&world, &studio, 6).await;
    let client = world.client(&studio, gallery, limited(3)).await;
    let selection = world.services.selecting.create(&client, album()).await.unwrap().selection.id;
    let picks = photos.iter().map(|&photo| {
        let (world, client) = (Arc::clone(&world), client.clone());
        tokio::spawn(async move { world.services.selecting.pick(&client, selection, photo, None).await })
    });
    let mut refused = 0;
    for pick in picks.collect::<Vec<_>>() {
        match pick.await.unwrap() {
            Ok(_) => {}
            Err(SelectingError::Refused(SelectionRefusal::LimitReached { .. })) => refused += 1,
            Err(error) => panic!("{error}"),
        }
    }
    assert_eq!(refused, 3);
    let view = world.services.selecting.get(&client, selection).await.unwrap();
    assert_eq!((view.selection.picks.len(), view.picked), (3, 3));
}

#[tokio::test]
async fn a_submitted_selection_is_locked_until_the_studio_reopens_it() {
    let world = World::new();
    let studio = world.photographer("ana").await;
    let (gallery, photos) = gallery_with(&world, &studio, 2).await;
    let client = world.client(&studio, gallery, new_share()).await;
    let selecting = &world.services.selecting;
    let id = selecting.create(&client, album()).await.unwrap().selection.id;
    assert!(matches!(
        selecting.submit(&client, id).await,
        Err(SelectingError::Refused(SelectionRefusal::Empty))
    ));
    selecting.pick(&client, id, photos[0], Some(Prose::parse("crop it").unwrap())).await.unwrap();
    selecting.submit(&client, id).await.unwrap();
    selecting.submit(&client, id).await.unwrap();
    let locked = selecting.pick(&client, id, photos[1], None).await;
    assert!(matches!(locked, Err(SelectingError::Refused(SelectionRefusal::Locked))));
    let listed = selecting.list_for_studio(&studio, gallery, &first_page()).await.unwrap();
    assert_eq!(listed.items[0].view.selection.picks[0].comment.as_str(), "crop it");
    selecting.reopen(&studio, id).await.unwrap();
    selecting.pick(&client, id, photos[1], None).await.unwrap();
    let submitted =
        world.backend.metadata.outbox.claim(100, jiff::SignedDuration::from_secs(60)).await.unwrap();
    let count = submitted.iter().filter(|event| event.subject.kind().as_str() == "selection_submitted");
    assert_eq!(count.count(), 1, "a repeated submission is no event");
}

#[tokio::test]
async fn a_photo_of_another_gallery_cannot_be_picked() {
    let world = World::new();
    let studio = world.photographer("ana").await;
    let (gallery, _) = gallery_with(&world, &studio, 1).await;
    let (_, hidden) = gallery_with(&world, &studio, 1).await;
    let client = world.client(&studio, gallery, new_share()).await;
    let id = world.services.selecting.create(&client, album()).await.unwrap().selection.id;
    let picked = world.services.selecting.pick(&client, id, hidden[0], None).await;
    assert!(matches!(picked, Err(SelectingError::Absent(_))));
}

#[tokio::test]
async fn one_client_does_not_see_the_selections_of_another() {
    let world = World::new();
    let studio = world.photographer("ana").await;
    let (gallery, photos) = gallery_with(&world, &studio, 1).await;
    let first = world.client(&studio, gallery, new_share()).await;
    let second = world.client(&studio, gallery, new_share()).await;
    let id = world.services.selecting.create(&first, album()).await.unwrap().selection.id;
    assert!(world.services.selecting.get(&second, id).await.is_err());
    assert!(world.services.selecting.pick(&second, id, photos[0], None).await.is_err());
    assert!(world.services.selecting.list(&second).await.unwrap().is_empty());
}

#[tokio::test]
async fn permissions_are_asked() {
    let world = World::new();
    let studio = world.photographer("ana").await;
    let (gallery, photos) = gallery_with(&world, &studio, 1).await;
    let with = |select, comment| NewShare {
        permissions: Permissions { select, comment, ..Permissions::default() },
        ..new_share()
    };
    let looker = world.client(&studio, gallery, with(Permission::Denied, Permission::Granted)).await;
    assert!(matches!(
        world.services.selecting.create(&looker, album()).await,
        Err(SelectingError::Denied(_))
    ));
    let mute = world.client(&studio, gallery, with(Permission::Granted, Permission::Denied)).await;
    let id = world.services.selecting.create(&mute, album()).await.unwrap().selection.id;
    let comment = Some(Prose::parse("hello").unwrap());
    assert!(world.services.selecting.pick(&mute, id, photos[0], comment).await.is_err());
    assert!(world.services.selecting.pick(&mute, id, photos[0], None).await.is_ok());
}

#[tokio::test]
async fn a_deleted_photo_leaves_every_selection() {
    let world = World::new();
    let studio = world.photographer("ana").await;
    let (gallery, photos) = gallery_with(&world, &studio, 2).await;
    let client = world.client(&studio, gallery, new_share()).await;
    let id = world.services.selecting.create(&client, album()).await.unwrap().selection.id;
    for &photo in &photos {
        world.services.selecting.pick(&client, id, photo, None).await.unwrap();
    }
    world.services.photos.delete(&studio, photos[0]).await.unwrap();
    world.run_jobs().await;
    let view = world.services.selecting.get(&client, id).await.unwrap();
    assert_eq!((view.selection.picks.len(), view.picked), (1, 1));
}

#[tokio::test]
async fn a_deleted_gallery_leaves_the_selections_of_its_collection() {
    let world = World::new();
    let studio = world.photographer("ana").await;
    let new = halftone_core::services::collections::NewCollection {
        name: Name::parse("Wedding").unwrap(),
        client_name: halftone_core::text::Line::empty(),
        event_date: None,
        tags: halftone_core::text::Tags::default(),
    };
    let collection = world.services.collections.create(&studio, new).await.unwrap().collection.value.id;
    let (gallery, photos) = gallery_with(&world, &studio, 1).await;
    let change = halftone_core::services::galleries::GalleryChange {
        collection: Some(Some(collection)),
        ..Default::default()
    };
    let none = halftone_core::services::catalogue::Precondition::NONE;
    world.services.galleries.change(&studio, gallery, change, none).await.unwrap();
    let (_, token) = world.services.sharing.share_collection(&studio, collection, new_share()).await.unwrap();
    let client =
        world.services.sharing.open(token.reveal(), crate::world::visitor()).await.unwrap().principal;
    let id = world.services.selecting.create(&client, album()).await.unwrap().selection.id;
    world.services.selecting.pick(&client, id, photos[0], None).await.unwrap();
    world.services.galleries.delete(&studio, gallery).await.unwrap();
    world.run_jobs().await;
    assert_eq!(world.services.selecting.get(&client, id).await.unwrap().picked, 0);
}
