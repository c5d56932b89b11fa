//! `ApiKeyRepository`.

use halftone_core::id::{ApiKeyId, StudioId};
use halftone_core::ports::error::StorageErrorKind;
use halftone_core::studio::ApiKey;

use crate::fixtures::{LOOK_ALIKES, api_key, name, token_hash};
use crate::pages::{assert_walks, first};
use crate::world::{World, assert_kind, assert_one_winner, cases, race};

cases![
    what_was_created_is_found_by_its_hash,
    an_unknown_hash_is_none,
    an_id_can_be_created_once,
    a_hash_can_be_created_once,
    of_concurrent_creations_with_one_hash_exactly_one_succeeds,
    a_list_has_the_newest_first_on_pages_of_any_length,
    a_deleted_key_is_gone,
    a_foreign_studio_deletes_nothing,
    a_purge_takes_one_studio_only,
];

async fn create(world: &World, studio: StudioId) -> ApiKey {
    let key = api_key(world, studio);
    world.metadata.api_keys.create(&key).await.unwrap();
    key
}

async fn what_was_created_is_found_by_its_hash(world: World) {
    for text in LOOK_ALIKES {
        let key = ApiKey { name: name(text), ..api_key(&world, world.id(StudioId::generate)) };
        world.metadata.api_keys.create(&key).await.unwrap();
        assert_eq!(world.metadata.api_keys.find_by_hash(&key.hash).await.unwrap(), Some(key));
    }
}

async fn an_unknown_hash_is_none(world: World) {
    create(&world, world.id(StudioId::generate)).await;
    assert_eq!(world.metadata.api_keys.find_by_hash(&token_hash(&world)).await.unwrap(), None);
}

async fn an_id_can_be_created_once(world: World) {
    let key = create(&world, world.id(StudioId::generate)).await;
    let same_id = ApiKey { hash: token_hash(&world), ..key.clone() };
    assert_kind(world.metadata.api_keys.create(&same_id).await, StorageErrorKind::AlreadyExists);
    assert_eq!(world.metadata.api_keys.find_by_hash(&same_id.hash).await.unwrap(), None);
}

async fn a_hash_can_be_created_once(world: World) {
    let key = create(&world, world.id(StudioId::generate)).await;
    let same_hash = ApiKey { hash: key.hash, ..api_key(&world, world.id(StudioId::generate)) };
    assert_kind(world.metadata.api_keys.create(&same_hash).await, StorageErrorKind::AlreadyExists);
    assert_eq!(world.metadata.api_keys.find_by_hash(&key.hash).await.unwrap(), Some(key));
}

async fn of_concurrent_creations_with_one_hash_exactly_one_succeeds(world: World) {
    let hash = token_hash(&world);
    let results = race(|_| {
        let key = ApiKey { hash, ..api_key(&world, world.id(StudioId::generate)) };
        let world = world.clone();
        async move { world.metadata.api_keys.create(&key).await }
    });
    assert_one_winner(&results.await, StorageErrorKind::AlreadyExists);
}

async fn a_list_has_the_newest_first_on_pages_of_any_length(world: World) {
    let studio = world.id(StudioId::generate);
    let mut expected = Vec::new();
    for _ in 0..6 {
        create(&world, world.id(StudioId::generate)).await;
        expected.push(create(&world, studio).await);
        world.advance_secs(1);
    }
    expected.reverse();
    assert_walks(&expected, |page| {
        let keys = &world.metadata.api_keys;
        async move { keys.list(studio, &page).await }
    })
    .await;
}

async fn a_deleted_key_is_gone(world: World) {
    let studio = world.id(StudioId::generate);
    let (gone, kept) = (create(&world, studio).await, create(&world, studio).await);
    world.metadata.api_keys.delete(studio, gone.id).await.unwrap();
    world.metadata.api_keys.delete(studio, gone.id).await.unwrap();
    world.metadata.api_keys.delete(studio, world.id(ApiKeyId::generate)).await.unwrap();
    assert_eq!(world.metadata.api_keys.find_by_hash(&gone.hash).await.unwrap(), None);
    assert_eq!(world.metadata.api_keys.list(studio, &first(10)).await.unwrap().items, [kept]);
}

async fn a_foreign_studio_deletes_nothing(world: World) {
    let key = create(&world, world.id(StudioId::generate)).await;
    world.metadata.api_keys.delete(world.id(StudioId::generate), key.id).await.unwrap();
    assert_eq!(world.metadata.api_keys.find_by_hash(&key.hash).await.unwrap(), Some(key));
}

async fn a_purge_takes_one_studio_only(world: World) {
    let studio = world.id(StudioId::generate);
    let gone = [create(&world, studio).await, create(&world, studio).await];
    let kept = create(&world, world.id(StudioId::generate)).await;
    world.metadata.api_keys.purge_by_studio(studio).await.unwrap();
    world.metadata.api_keys.purge_by_studio(studio).await.unwrap();
    for key in gone {
        assert_eq!(world.metadata.api_keys.find_by_hash(&key.hash).await.unwrap(), None);
    }
    assert_eq!(world.metadata.api_keys.find_by_hash(&kept.hash).await.unwrap(), Some(kept));
}
