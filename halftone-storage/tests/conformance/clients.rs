//! `ClientRepository`.

use halftone_core::id::{ClientId, GalleryId, StudioId};
use halftone_core::page::{Version, Versioned};
use halftone_core::ports::error::StorageErrorKind;
use halftone_core::share::{Client, Share, ShareTarget};

use crate::fixtures::clients::{client, share};
use crate::fixtures::{LOOK_ALIKES, email, line, token_hash};
use crate::world::{World, assert_kind, assert_one_winner, cases, race};

cases![
    what_was_created_is_found,
    a_missing_client_is_none,
    a_client_of_another_share_is_none,
    an_id_can_be_created_once,
    a_key_can_be_created_once,
    of_concurrent_creations_with_one_key_exactly_one_succeeds,
    an_update_replaces_the_client_and_counts_its_version,
    an_update_of_a_missing_client_is_not_found,
    of_concurrent_updates_exactly_one_succeeds,
];

async fn new_share(world: &World) -> Share {
    let target = ShareTarget::Gallery(world.id(GalleryId::generate));
    let share = share(world, world.id(StudioId::generate), target);
    world.metadata.shares.create(&share).await.unwrap();
    share
}

async fn create(world: &World, share: &Share) -> Client {
    let client = client(world, share);
    world.metadata.clients.create(&client).await.unwrap();
    client
}

async fn what_was_created_is_found(world: World) {
    let share = new_share(&world).await;
    let named = |text: &&str| Client {
        name: line(text),
        email: Some(email("zoë@exämple.com")),
        downloads: u32::MAX,
        ..client(&world, &share)
    };
    let mut clients: Vec<Client> = LOOK_ALIKES.iter().map(named).collect();
    clients.push(client(&world, &share));
    for client in clients {
        assert_eq!(world.metadata.clients.create(&client).await.unwrap(), Version::FIRST);
        let stored = Some(Versioned::new(client.clone(), Version::FIRST));
        assert_eq!(world.metadata.clients.find(share.id, client.id).await.unwrap(), stored);
        assert_eq!(world.metadata.clients.find_by_key(share.id, &client.key_hash).await.unwrap(), stored);
    }
}

async fn a_missing_client_is_none(world: World) {
    let share = new_share(&world).await;
    create(&world, &share).await;
    let missing = world.id(ClientId::generate);
    assert_eq!(world.metadata.clients.find(share.id, missing).await.unwrap(), None);
    assert_eq!(world.metadata.clients.find_by_key(share.id, &token_hash(&world)).await.unwrap(), None);
}

async fn a_client_of_another_share_is_none(world: World) {
    let (share, other) = (new_share(&world).await, new_share(&world).await);
    let client = create(&world, &share).await;
    assert_eq!(world.metadata.clients.find(other.id, client.id).await.unwrap(), None);
    assert_eq!(world.metadata.clients.find_by_key(other.id, &client.key_hash).await.unwrap(), None);
}

async fn an_id_can_be_created_once(world: World) {
    let share = new_share(&world).await;
    let taken = create(&world, &share).await;
    let same_id = Client { id: taken.id, ..client(&world, &share) };
    assert_kind(world.metadata.clients.create(&same_id).await, StorageErrorKind::AlreadyExists);
    let stored = world.metadata.clients.find(share.id, taken.id).await.unwrap();
    assert_eq!(stored, Some(Versioned::new(taken, Version::FIRST)));
}

async fn a_key_can_be_created_once(world: World) {
    let share = new_share(&world).await;
    let taken = create(&world, &share).await;
    let same_key = Client { key_hash: taken.key_hash, ..client(&world, &share) };
    assert_kind(world.metadata.clients.create(&same_key).await, StorageErrorKind::AlreadyExists);
    assert_eq!(world.metadata.clients.find(share.id, same_key.id).await.unwrap(), None);
}

async fn of_concurrent_creations_with_one_key_exactly_one_succeeds(world: World) {
    let share = new_share(&world).await;
    let key_hash = token_hash(&world);
    let results = race(|_| {
        let (world, client) = (world.clone(), Client { key_hash, ..client(&world, &share) });
        async move { world.metadata.clients.create(&client).await }
    });
    assert_one_winner(&results.await, StorageErrorKind::AlreadyExists);
}

async fn an_update_replaces_the_client_and_counts_its_version(world: World) {
    let share = new_share(&world).await;
    let before = create(&world, &share).await;
    let named =
        Client { name: line("Ana"), email: Some(email("ana@example.com")), downloads: 3, ..before.clone() };
    let unnamed = Client { email: None, ..named.clone() };
    let mut seen = Version::FIRST;
    for changed in [named, unnamed] {
        assert_eq!(world.metadata.clients.update(&changed, seen).await.unwrap(), seen.next());
        seen = seen.next();
        let stored = world.metadata.clients.find(share.id, before.id).await.unwrap();
        assert_eq!(stored, Some(Versioned::new(changed, seen)));
    }
}

async fn an_update_of_a_missing_client_is_not_found(world: World) {
    let missing = client(&world, &new_share(&world).await);
    assert_kind(world.metadata.clients.update(&missing, Version::FIRST).await, StorageErrorKind::NotFound);
}

async fn of_concurrent_updates_exactly_one_succeeds(world: World) {
    let client = create(&world, &new_share(&world).await).await;
    let results = race(|_| {
        let (world, changed) = (world.clone(), Client { downloads: client.downloads + 1, ..client.clone() });
        async move { world.metadata.clients.update(&changed, Version::FIRST).await }
    });
    assert_one_winner(&results.await, StorageErrorKind::Conflict);
}
