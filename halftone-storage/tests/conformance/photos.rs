//! `PhotoRepository`: single photos, counts and deletion. Lists are in `photo_lists.rs`.

use halftone_core::id::{GalleryId, PhotoId, StudioId};
use halftone_core::page::{Version, Versioned};
use halftone_core::photo::Photo;
use halftone_core::ports::error::StorageErrorKind;
use halftone_core::ports::photos::{PhotoCounts, PhotoFilter};

use crate::fixtures::line;
use crate::fixtures::photos::{photo, photo_variants, states};
use crate::pages::{assert_walks, first};
use crate::world::{World, assert_kind, assert_one_winner, cases, race};

cases![
    what_was_created_is_found,
    get_of_a_missing_photo_is_none,
    a_foreign_studio_finds_and_changes_nothing,
    creating_none_succeeds,
    creating_all_or_none_when_an_id_is_taken,
    creating_all_or_none_when_an_id_occurs_twice,
    five_hundred_photos_are_created_at_once,
    of_concurrent_creations_of_one_photo_exactly_one_succeeds,
    many_photos_are_found_in_the_order_asked_for,
    an_update_replaces_the_photo_and_counts_its_version,
    an_update_of_a_missing_or_deleted_photo_is_not_found,
    an_update_with_an_old_version_is_a_conflict,
    of_concurrent_updates_exactly_one_succeeds,
    counts_go_by_state,
    counts_follow_updates,
    counts_survive_concurrent_changes,
    a_deleted_photo_is_hidden_and_not_counted,
    deleted_photos_of_all_studios_are_listed_by_id,
    a_purge_can_be_repeated,
    a_purged_photo_that_was_not_marked_leaves_the_counts,
    a_purged_id_can_be_created_again,
];

/// A gallery of a new studio.
fn place(world: &World) -> (StudioId, GalleryId) {
    (world.id(StudioId::generate), world.id(GalleryId::generate))
}

async fn create(world: &World, (studio, gallery): (StudioId, GalleryId)) -> Photo {
    let photo = photo(world, studio, gallery, "IMG_0412.JPG");
    world.metadata.photos.create_many(std::slice::from_ref(&photo)).await.unwrap();
    photo
}

async fn counts(world: &World, (studio, gallery): (StudioId, GalleryId)) -> PhotoCounts {
    world.metadata.photos.count_by_gallery(studio, gallery).await.unwrap()
}

fn uploaded(uploaded: u64) -> PhotoCounts {
    PhotoCounts { uploaded, ..PhotoCounts::default() }
}

async fn what_was_created_is_found(world: World) {
    let (studio, gallery) = place(&world);
    let photos = photo_variants(&world, studio, gallery);
    world.metadata.photos.create_many(&photos).await.unwrap();
    for photo in photos {
        let stored = world.metadata.photos.find(studio, photo.id).await.unwrap();
        assert_eq!(stored, Some(Versioned::new(photo, Version::FIRST)));
    }
}

async fn get_of_a_missing_photo_is_none(world: World) {
    let place = place(&world);
    create(&world, place).await;
    let missing = world.id(PhotoId::generate);
    assert_eq!(world.metadata.photos.find(place.0, missing).await.unwrap(), None);
}

async fn a_foreign_studio_finds_and_changes_nothing(world: World) {
    let (studio, gallery) = place(&world);
    let stranger = world.id(StudioId::generate);
    let photo = create(&world, (studio, gallery)).await;
    let photos = &world.metadata.photos;
    assert_eq!(photos.find(stranger, photo.id).await.unwrap(), None);
    assert_eq!(photos.find_many(stranger, &[photo.id]).await.unwrap(), []);
    let page = photos.list(stranger, gallery, &PhotoFilter::default(), &first(10)).await.unwrap();
    assert_eq!(page.items, []);
    assert_eq!(photos.list_ids(stranger, gallery, &first(10)).await.unwrap().items, []);
    assert_eq!(counts(&world, (stranger, gallery)).await, PhotoCounts::default());
    let stolen = Photo { studio: stranger, ..photo.clone() };
    assert_kind(photos.update(&stolen, Version::FIRST, &[]).await, StorageErrorKind::NotFound);
    photos.mark_deleted(stranger, photo.id, world.now()).await.unwrap();
    photos.purge(stranger, photo.id).await.unwrap();
    assert_eq!(counts(&world, (studio, gallery)).await, uploaded(1));
    let stored = photos.find(studio, photo.id).await.unwrap();
    assert_eq!(stored, Some(Versioned::new(photo, Version::FIRST)));
}

async fn creating_none_succeeds(world: World) {
    world.metadata.photos.create_many(&[]).await.unwrap();
}

async fn creating_all_or_none_when_an_id_is_taken(world: World) {
    let (studio, gallery) = place(&world);
    let taken = create(&world, (studio, gallery)).await;
    let fresh = photo(&world, studio, gallery, "IMG_0413.JPG");
    let refused = world.metadata.photos.create_many(&[fresh.clone(), taken]).await;
    assert_kind(refused, StorageErrorKind::AlreadyExists);
    assert_eq!(world.metadata.photos.find(studio, fresh.id).await.unwrap(), None);
    assert_eq!(counts(&world, (studio, gallery)).await, uploaded(1));
}

async fn creating_all_or_none_when_an_id_occurs_twice(world: World) {
    let (studio, gallery) = place(&world);
    let photo = photo(&world, studio, gallery, "IMG_0413.JPG");
    let refused = world.metadata.photos.create_many(&[photo.clone(), photo.clone()]).await;
    assert_kind(refused, StorageErrorKind::AlreadyExists);
    assert_eq!(world.metadata.photos.find(studio, photo.id).await.unwrap(), None);
    assert_eq!(counts(&world, (studio, gallery)).await, PhotoCounts::default());
}

async fn five_hundred_photos_are_created_at_once(world: World) {
    let (studio, gallery) = place(&world);
    let photos: Vec<Photo> =
        (0..500).map(|number| photo(&world, studio, gallery, &format!("IMG_{number:04}.JPG"))).collect();
    world.metadata.photos.create_many(&photos).await.unwrap();
    let ids: Vec<PhotoId> = photos.iter().map(|photo| photo.id).collect();
    let found = world.metadata.photos.find_many(studio, &ids).await.unwrap();
    let found: Vec<PhotoId> = found.into_iter().map(|photo| photo.value.id).collect();
    assert_eq!(found, ids);
    assert_eq!(counts(&world, (studio, gallery)).await, uploaded(500));
}

async fn of_concurrent_creations_of_one_photo_exactly_one_succeeds(world: World) {
    let (studio, gallery) = place(&world);
    let contested = photo(&world, studio, gallery, "IMG_0001.JPG");
    let results = race(|number| {
        let world = world.clone();
        let own = photo(&world, studio, gallery, &format!("IMG_1{number}.JPG"));
        let photos = [own, contested.clone()];
        async move { world.metadata.photos.create_many(&photos).await }
    });
    assert_one_winner(&results.await, StorageErrorKind::AlreadyExists);
    assert_eq!(counts(&world, (studio, gallery)).await, uploaded(2));
}

async fn many_photos_are_found_in_the_order_asked_for(world: World) {
    let place = place(&world);
    let mut ids = Vec::new();
    for _ in 0..4 {
        ids.push(create(&world, place).await.id);
    }
    let deleted = create(&world, place).await.id;
    world.metadata.photos.mark_deleted(place.0, deleted, world.now()).await.unwrap();
    let asked = [ids[2], world.id(PhotoId::generate), ids[0], deleted, ids[3]];
    let found = world.metadata.photos.find_many(place.0, &asked).await.unwrap();
    let found: Vec<PhotoId> = found.into_iter().map(|photo| photo.value.id).collect();
    assert_eq!(found, [ids[2], ids[0], ids[3]]);
    assert_eq!(world.metadata.photos.find_many(place.0, &[]).await.unwrap(), []);
}

async fn an_update_replaces_the_photo_and_counts_its_version(world: World) {
    let (studio, gallery) = place(&world);
    let before = create(&world, (studio, gallery)).await;
    for (count, variant) in photo_variants(&world, studio, gallery).into_iter().enumerate() {
        let changed = Photo { id: before.id, ..variant };
        let seen = Version::restore(count as u64 + 1);
        assert_eq!(world.metadata.photos.update(&changed, seen, &[]).await.unwrap(), seen.next());
        let stored = world.metadata.photos.find(studio, before.id).await.unwrap();
        assert_eq!(stored, Some(Versioned::new(changed, seen.next())));
    }
}

async fn an_update_of_a_missing_or_deleted_photo_is_not_found(world: World) {
    let (studio, gallery) = place(&world);
    let photos = &world.metadata.photos;
    let missing = photo(&world, studio, gallery, "IMG_0413.JPG");
    assert_kind(photos.update(&missing, Version::FIRST, &[]).await, StorageErrorKind::NotFound);
    let deleted = create(&world, (studio, gallery)).await;
    photos.mark_deleted(studio, deleted.id, world.now()).await.unwrap();
    assert_kind(photos.update(&deleted, Version::FIRST, &[]).await, StorageErrorKind::NotFound);
    assert_eq!(counts(&world, (studio, gallery)).await, PhotoCounts::default());
}

async fn an_update_with_an_old_version_is_a_conflict(world: World) {
    let place = place(&world);
    let photo = create(&world, place).await;
    let photos = &world.metadata.photos;
    let second = photos.update(&photo, Version::FIRST, &[]).await.unwrap();
    let late = Photo { title: line("Too late"), ..photo.clone() };
    for wrong in [Version::FIRST, second.next()] {
        assert_kind(photos.update(&late, wrong, &[]).await, StorageErrorKind::Conflict);
    }
    assert_eq!(photos.find(place.0, photo.id).await.unwrap(), Some(Versioned::new(photo, second)));
}

async fn of_concurrent_updates_exactly_one_succeeds(world: World) {
    let place = place(&world);
    let photo = create(&world, place).await;
    let results = race(|number| {
        let world = world.clone();
        let changed = Photo { title: line(&format!("Racer {number}")), ..photo.clone() };
        async move { world.metadata.photos.update(&changed, Version::FIRST, &[]).await.map(|_| changed) }
    })
    .await;
    assert_one_winner(&results, StorageErrorKind::Conflict);
    let winner = results.into_iter().find_map(Result::ok).unwrap();
    let stored = world.metadata.photos.find(place.0, photo.id).await.unwrap();
    assert_eq!(stored, Some(Versioned::new(winner, Version::FIRST.next())));
}

async fn counts_go_by_state(world: World) {
    let (studio, gallery) = place(&world);
    assert_eq!(counts(&world, (studio, gallery)).await, PhotoCounts::default());
    for (state, copies) in states(world.now()).into_iter().zip(1..) {
        for _ in 0..copies {
            let photo = Photo { state: state.clone(), ..photo(&world, studio, gallery, "IMG_1.JPG") };
            world.metadata.photos.create_many(&[photo]).await.unwrap();
        }
    }
    create(&world, (studio, world.id(GalleryId::generate))).await;
    let expected = PhotoCounts { pending: 1, uploaded: 2, processing: 3, ready: 4, failed: 5 };
    assert_eq!(counts(&world, (studio, gallery)).await, expected);
}

async fn counts_follow_updates(world: World) {
    let place = place(&world);
    let photo = create(&world, place).await;
    let mut version = Version::FIRST;
    let one = |number: usize| PhotoCounts {
        pending: u64::from(number == 0),
        uploaded: u64::from(number == 1),
        processing: u64::from(number == 2),
        ready: u64::from(number == 3),
        failed: u64::from(number == 4),
    };
    for (number, state) in states(world.now()).into_iter().enumerate() {
        let changed = Photo { state, ..photo.clone() };
        version = world.metadata.photos.update(&changed, version, &[]).await.unwrap();
        assert_eq!(counts(&world, place).await, one(number));
        assert_kind(
            world.metadata.photos.update(&photo, Version::FIRST, &[]).await,
            StorageErrorKind::Conflict,
        );
        assert_eq!(counts(&world, place).await, one(number), "after a refused update");
    }
}

async fn counts_survive_concurrent_changes(world: World) {
    let (studio, gallery) = place(&world);
    let ready = states(world.now()).remove(3);
    race(|number| {
        let (world, ready) = (world.clone(), ready.clone());
        async move {
            let photo = create(&world, (studio, gallery)).await;
            let changed = Photo { state: ready, ..photo };
            world.metadata.photos.update(&changed, Version::FIRST, &[]).await.unwrap();
            if number % 4 == 0 {
                world.metadata.photos.mark_deleted(studio, changed.id, world.now()).await.unwrap();
            }
            if number % 8 == 0 {
                world.metadata.photos.purge(studio, changed.id).await.unwrap();
            }
        }
    })
    .await;
    assert_eq!(counts(&world, (studio, gallery)).await, PhotoCounts { ready: 12, ..PhotoCounts::default() });
}

async fn a_deleted_photo_is_hidden_and_not_counted(world: World) {
    let (studio, gallery) = place(&world);
    let gone = create(&world, (studio, gallery)).await;
    let kept = create(&world, (studio, gallery)).await;
    let photos = &world.metadata.photos;
    for _ in 0..2 {
        photos.mark_deleted(studio, gone.id, world.now()).await.unwrap();
        assert_eq!(photos.find(studio, gone.id).await.unwrap(), None);
        let page = photos.list(studio, gallery, &PhotoFilter::default(), &first(10)).await.unwrap();
        assert_eq!(page.items, [Versioned::new(kept.clone(), Version::FIRST)]);
        assert_eq!(counts(&world, (studio, gallery)).await, uploaded(1));
    }
    photos.mark_deleted(studio, world.id(PhotoId::generate), world.now()).await.unwrap();
    assert_eq!(photos.list_ids(studio, gallery, &first(10)).await.unwrap().items.len(), 2);
}

async fn deleted_photos_of_all_studios_are_listed_by_id(world: World) {
    let mut deleted = Vec::new();
    for _ in 0..5 {
        let place = place(&world);
        create(&world, place).await;
        let photo = create(&world, place).await;
        world.metadata.photos.mark_deleted(place.0, photo.id, world.now()).await.unwrap();
        deleted.push((place.0, photo.id));
    }
    deleted.sort_unstable_by_key(|(_, photo)| *photo);
    assert_walks(&deleted, |page| {
        let photos = &world.metadata.photos;
        async move { photos.list_deleted(&page).await }
    })
    .await;
}

async fn a_purge_can_be_repeated(world: World) {
    let (studio, gallery) = place(&world);
    let gone = create(&world, (studio, gallery)).await;
    let kept = create(&world, (studio, gallery)).await;
    let photos = &world.metadata.photos;
    photos.mark_deleted(studio, gone.id, world.now()).await.unwrap();
    for _ in 0..2 {
        photos.purge(studio, gone.id).await.unwrap();
        assert_eq!(photos.find(studio, gone.id).await.unwrap(), None);
        assert_eq!(photos.list_deleted(&first(10)).await.unwrap().items, []);
        assert_eq!(photos.list_ids(studio, gallery, &first(10)).await.unwrap().items, [kept.id]);
        assert_eq!(counts(&world, (studio, gallery)).await, uploaded(1));
    }
}

async fn a_purged_photo_that_was_not_marked_leaves_the_counts(world: World) {
    let place = place(&world);
    let photo = create(&world, place).await;
    world.metadata.photos.purge(place.0, photo.id).await.unwrap();
    assert_eq!(counts(&world, place).await, PhotoCounts::default());
}

async fn a_purged_id_can_be_created_again(world: World) {
    let place = place(&world);
    let photo = create(&world, place).await;
    world.metadata.photos.mark_deleted(place.0, photo.id, world.now()).await.unwrap();
    let refused = world.metadata.photos.create_many(std::slice::from_ref(&photo)).await;
    assert_kind(refused, StorageErrorKind::AlreadyExists);
    world.metadata.photos.purge(place.0, photo.id).await.unwrap();
    world.metadata.photos.create_many(std::slice::from_ref(&photo)).await.unwrap();
    assert_eq!(counts(&world, place).await, uploaded(1));
}
