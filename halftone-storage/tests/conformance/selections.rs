//! `SelectionRepository`.

use halftone_core::id::{ClientId, CollectionId, GalleryId, SelectionId, ShareId, StudioId};
use halftone_core::page::{PageLimit, Version, Versioned};
use halftone_core::ports::error::StorageErrorKind;
use halftone_core::selection::{ClientSelections, Selection, SelectionState};
use halftone_core::share::{Share, ShareTarget};

use crate::fixtures::clients::{pick, selection, selection_variants, selections, share};
use crate::pages::{assert_walks, first};
use crate::world::{World, assert_kind, assert_one_winner, cases, race};

cases![
    what_was_created_is_found,
    missing_selections_are_none,
    a_foreign_studio_finds_and_changes_nothing,
    a_client_has_one_document,
    of_concurrent_creations_for_one_client_exactly_one_succeeds,
    an_update_replaces_the_document_and_counts_its_version,
    added_and_removed_lists_are_found_accordingly,
    an_update_of_a_missing_document_is_not_found,
    of_concurrent_updates_exactly_one_succeeds,
    two_thousand_picks_come_back_in_order,
    a_list_holds_the_given_targets_with_the_newest_first,
    a_list_of_no_target_is_empty,
    submitted_documents_come_by_their_latest_submission,
    a_purge_takes_one_share_only,
];

fn new_share(world: &World) -> Share {
    share(world, world.id(StudioId::generate), ShareTarget::Gallery(world.id(GalleryId::generate)))
}

async fn create(world: &World, share: &Share) -> ClientSelections {
    let selections = selections(world, share);
    world.metadata.selections.create(&selections).await.unwrap();
    selections
}

async fn what_was_created_is_found(world: World) {
    let share = new_share(&world);
    let repository = &world.metadata.selections;
    for lists in selection_variants(&world, &share) {
        assert_eq!(repository.create(&lists).await.unwrap(), Version::FIRST);
        let stored = Some(Versioned::new(lists.clone(), Version::FIRST));
        assert_eq!(repository.find_by_client(share.studio, lists.client).await.unwrap(), stored);
        for selection in &lists.selections {
            assert_eq!(repository.find_by_selection(share.studio, selection.id).await.unwrap(), stored);
        }
    }
}

async fn missing_selections_are_none(world: World) {
    let share = new_share(&world);
    create(&world, &share).await;
    let repository = &world.metadata.selections;
    assert_eq!(repository.find_by_client(share.studio, world.id(ClientId::generate)).await.unwrap(), None);
    assert_eq!(
        repository.find_by_selection(share.studio, world.id(SelectionId::generate)).await.unwrap(),
        None
    );
}

async fn a_foreign_studio_finds_and_changes_nothing(world: World) {
    let share = new_share(&world);
    let lists = create(&world, &share).await;
    let stranger = world.id(StudioId::generate);
    let repository = &world.metadata.selections;
    assert_eq!(repository.find_by_client(stranger, lists.client).await.unwrap(), None);
    assert_eq!(repository.find_by_selection(stranger, lists.selections[0].id).await.unwrap(), None);
    assert_eq!(repository.list(stranger, &[share.target], &first(10)).await.unwrap().items, []);
    let stolen = ClientSelections { studio: stranger, ..lists.clone() };
    assert_kind(repository.update(&stolen, Version::FIRST, &[]).await, StorageErrorKind::NotFound);
    repository.purge_by_share(stranger, share.id).await.unwrap();
    let stored = repository.find_by_client(share.studio, lists.client).await.unwrap();
    assert_eq!(stored, Some(Versioned::new(lists, Version::FIRST)));
}

async fn a_client_has_one_document(world: World) {
    let share = new_share(&world);
    let lists = create(&world, &share).await;
    let second = ClientSelections { client: lists.client, ..selections(&world, &share) };
    assert_kind(world.metadata.selections.create(&second).await, StorageErrorKind::AlreadyExists);
    let lost = second.selections[0].id;
    assert_eq!(world.metadata.selections.find_by_selection(share.studio, lost).await.unwrap(), None);
}

async fn of_concurrent_creations_for_one_client_exactly_one_succeeds(world: World) {
    let share = new_share(&world);
    let client = world.id(ClientId::generate);
    let results = race(|_| {
        let (world, lists) = (world.clone(), ClientSelections { client, ..selections(&world, &share) });
        async move { world.metadata.selections.create(&lists).await }
    });
    assert_one_winner(&results.await, StorageErrorKind::AlreadyExists);
}

async fn an_update_replaces_the_document_and_counts_its_version(world: World) {
    let share = new_share(&world);
    let before = create(&world, &share).await;
    let repository = &world.metadata.selections;
    for (count, variant) in selection_variants(&world, &share).into_iter().enumerate() {
        let changed = ClientSelections { client: before.client, ..variant };
        let seen = Version::restore(count as u64 + 1);
        assert_eq!(repository.update(&changed, seen, &[]).await.unwrap(), seen.next());
        let stored = repository.find_by_client(share.studio, before.client).await.unwrap();
        assert_eq!(stored, Some(Versioned::new(changed, seen.next())));
    }
}

async fn added_and_removed_lists_are_found_accordingly(world: World) {
    let share = new_share(&world);
    let before = create(&world, &share).await;
    let (removed, added) = (before.selections[0].id, selection(&world, "Album"));
    let changed = ClientSelections { selections: vec![added.clone()], ..before };
    let repository = &world.metadata.selections;
    repository.update(&changed, Version::FIRST, &[]).await.unwrap();
    assert_eq!(repository.find_by_selection(share.studio, removed).await.unwrap(), None);
    let found = repository.find_by_selection(share.studio, added.id).await.unwrap();
    assert_eq!(found.unwrap().value, changed);
}

async fn an_update_of_a_missing_document_is_not_found(world: World) {
    let missing = selections(&world, &new_share(&world));
    let result = world.metadata.selections.update(&missing, Version::FIRST, &[]).await;
    assert_kind(result, StorageErrorKind::NotFound);
}

async fn of_concurrent_updates_exactly_one_succeeds(world: World) {
    let lists = create(&world, &new_share(&world)).await;
    let results = race(|_| {
        let mut changed = lists.clone();
        changed.selections[0].picks.push(pick(&world, ""));
        let world = world.clone();
        async move { world.metadata.selections.update(&changed, Version::FIRST, &[]).await.map(|_| changed) }
    })
    .await;
    assert_one_winner(&results, StorageErrorKind::Conflict);
    let winner = results.into_iter().find_map(Result::ok).unwrap();
    let stored = world.metadata.selections.find_by_client(lists.studio, lists.client).await.unwrap();
    assert_eq!(stored, Some(Versioned::new(winner, Version::FIRST.next())));
}

async fn two_thousand_picks_come_back_in_order(world: World) {
    let plain = selections(&world, &new_share(&world));
    let picks = (0..2_000).map(|number| pick(&world, &format!("{number}: less sky, please"))).collect();
    let lists =
        ClientSelections { selections: vec![Selection { picks, ..selection(&world, "All") }], ..plain };
    world.metadata.selections.create(&lists).await.unwrap();
    let stored = world.metadata.selections.find_by_client(lists.studio, lists.client).await.unwrap();
    assert!(stored == Some(Versioned::new(lists, Version::FIRST)), "the picks differ");
}

async fn a_list_holds_the_given_targets_with_the_newest_first(world: World) {
    let studio = world.id(StudioId::generate);
    let gallery = world.id(GalleryId::generate);
    let targets = [ShareTarget::Gallery(gallery), ShareTarget::Collection(world.id(CollectionId::generate))];
    // A collection whose UUID is that of the gallery is another target.
    let look_alike = ShareTarget::Collection(CollectionId::from_uuid(gallery.as_uuid()));
    let mut expected = Vec::new();
    for number in 0..6 {
        let wanted = create(&world, &share(&world, studio, targets[number % 2])).await;
        expected.push(Versioned::new(wanted, Version::FIRST));
        create(&world, &share(&world, studio, look_alike)).await;
        create(&world, &share(&world, world.id(StudioId::generate), targets[0])).await;
        world.advance_secs(1);
    }
    expected.reverse();
    let list = |page| {
        let repository = &world.metadata.selections;
        async move { repository.list(studio, &targets, &page).await }
    };
    assert_walks(&expected, list).await;
    let one = world.metadata.selections.list(studio, &targets[..1], &first(10)).await.unwrap();
    assert_eq!(one.items.len(), 3);
}

async fn a_list_of_no_target_is_empty(world: World) {
    let share = new_share(&world);
    create(&world, &share).await;
    let page = world.metadata.selections.list(share.studio, &[], &first(10)).await.unwrap();
    assert_eq!((page.items, page.next), (Vec::new(), None));
}

async fn submitted_documents_come_by_their_latest_submission(world: World) {
    let share = new_share(&world);
    let repository = &world.metadata.selections;
    let submitted = |list: &ClientSelections, state| {
        let selections = list.selections.iter().cloned();
        let selections = selections.map(|selection| Selection { state, ..selection }).collect();
        ClientSelections { selections, ..list.clone() }
    };
    let (first, second) = (create(&world, &share).await, create(&world, &share).await);
    create(&world, &share).await;
    let began = world.now();
    let mut stored = Vec::new();
    for list in [&second, &first] {
        world.advance_secs(1);
        let changed = submitted(list, SelectionState::Submitted { at: world.now() });
        let version = repository.update(&changed, Version::FIRST, &[]).await.unwrap();
        stored.push(Versioned::new(changed, version));
    }
    let list = |since, limit| repository.list_submitted(share.studio, since, limit);
    let one = PageLimit::parse(1).unwrap();
    assert_eq!(list(began, PageLimit::MOST).await.unwrap(), stored);
    assert_eq!(list(began, one).await.unwrap(), stored[..1]);
    assert_eq!(list(world.now(), PageLimit::MOST).await.unwrap(), stored[1..]);
    let stranger = world.id(StudioId::generate);
    assert_eq!(repository.list_submitted(stranger, began, PageLimit::MOST).await.unwrap(), []);
    let reopened = submitted(&first, SelectionState::Reopened { at: world.now() });
    repository.update(&reopened, Version::FIRST.next(), &[]).await.unwrap();
    assert_eq!(list(began, PageLimit::MOST).await.unwrap(), stored[..1]);
}

async fn a_purge_takes_one_share_only(world: World) {
    let share = new_share(&world);
    let sibling = Share { id: world.id(ShareId::generate), ..share.clone() };
    let gone = [create(&world, &share).await, create(&world, &share).await];
    let kept = create(&world, &sibling).await;
    let repository = &world.metadata.selections;
    for _ in 0..2 {
        repository.purge_by_share(share.studio, share.id).await.unwrap();
        for lists in &gone {
            assert_eq!(repository.find_by_client(share.studio, lists.client).await.unwrap(), None);
            let list = lists.selections[0].id;
            assert_eq!(repository.find_by_selection(share.studio, list).await.unwrap(), None);
        }
    }
    let rest = repository.list(share.studio, &[share.target], &first(10)).await.unwrap();
    assert_eq!(rest.items, [Versioned::new(kept, Version::FIRST)]);
}
