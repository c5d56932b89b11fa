//! `CredentialRepository`.

use halftone_core::id::UserId;
use halftone_core::page::{Version, Versioned};
use halftone_core::ports::error::StorageErrorKind;
use halftone_core::ports::identity::{Credential, StoredRefreshToken, TokenUse};
use jiff::{SignedDuration, Timestamp};

use crate::fixtures::clients::{credential, credential_with_codes, refresh_token};
use crate::fixtures::{email, time, token_hash};
use crate::world::{RACERS, World, assert_kind, assert_one_winner, cases, race};

cases![
    what_was_created_is_found,
    a_missing_credential_is_none,
    an_id_can_be_created_once,
    an_address_can_be_created_once,
    of_concurrent_registrations_of_one_address_exactly_one_succeeds,
    look_alike_addresses_stay_apart,
    an_update_replaces_the_credential_and_counts_its_version,
    a_changed_address_is_found_and_the_old_one_is_not,
    an_update_of_a_missing_credential_is_not_found,
    of_concurrent_updates_exactly_one_succeeds,
    a_deleted_credential_is_gone_with_its_tokens,
    a_deleted_address_can_register_again,
    an_unknown_token_is_none,
    a_token_comes_back_as_it_was_before_its_use,
    of_concurrent_uses_exactly_one_sees_an_unused_token,
    a_deleted_family_takes_its_tokens_only,
    a_token_that_is_added_again_stays_as_it_is,
    all_tokens_of_a_user_go_at_once,
    expired_tokens_go_and_others_stay,
];

async fn create(world: &World, address: &str) -> Credential {
    let credential = credential(world, address);
    world.metadata.credentials.create(&credential).await.unwrap();
    credential
}

async fn add(world: &World, token: StoredRefreshToken) -> StoredRefreshToken {
    world.metadata.credentials.add_refresh_token(&token).await.unwrap();
    token
}

/// Uses the token and gives it as it was before.
async fn spend(world: &World, token: &StoredRefreshToken) -> Option<StoredRefreshToken> {
    let used = TokenUse { at: world.now(), successor: None };
    world.metadata.credentials.use_refresh_token(&token.hash, used).await.unwrap()
}

async fn what_was_created_is_found(world: World) {
    let credentials = &world.metadata.credentials;
    for credential in
        [credential(&world, "ana@example.com"), credential_with_codes(&world, "zoë@exämple.com")]
    {
        credentials.create(&credential).await.unwrap();
        let stored = Some(Versioned::new(credential.clone(), Version::FIRST));
        assert_eq!(credentials.find(credential.user).await.unwrap(), stored);
        assert_eq!(credentials.find_by_email(&credential.email).await.unwrap(), stored);
    }
}

async fn a_missing_credential_is_none(world: World) {
    create(&world, "ana@example.com").await;
    let credentials = &world.metadata.credentials;
    assert_eq!(credentials.find(world.id(UserId::generate)).await.unwrap(), None);
    assert_eq!(credentials.find_by_email(&email("bea@example.com")).await.unwrap(), None);
}

async fn an_id_can_be_created_once(world: World) {
    let taken = create(&world, "ana@example.com").await;
    let same_id = Credential { user: taken.user, ..credential(&world, "bea@example.com") };
    assert_kind(world.metadata.credentials.create(&same_id).await, StorageErrorKind::AlreadyExists);
    assert_eq!(world.metadata.credentials.find_by_email(&same_id.email).await.unwrap(), None);
}

async fn an_address_can_be_created_once(world: World) {
    create(&world, "ana@example.com").await;
    let same_address = credential(&world, "ana@example.com");
    assert_kind(world.metadata.credentials.create(&same_address).await, StorageErrorKind::AlreadyExists);
    assert_eq!(world.metadata.credentials.find(same_address.user).await.unwrap(), None);
}

async fn of_concurrent_registrations_of_one_address_exactly_one_succeeds(world: World) {
    let results = race(|_| {
        let (world, credential) = (world.clone(), credential(&world, "ana@example.com"));
        async move { world.metadata.credentials.create(&credential).await }
    });
    assert_one_winner(&results.await, StorageErrorKind::AlreadyExists);
}

async fn look_alike_addresses_stay_apart(world: World) {
    // The third begins with a Cyrillic letter.
    for address in ["ana@example.com", "an_@example.com", "\u{430}na@example.com", "an%@example.com"] {
        let credential = create(&world, address).await;
        let found = world.metadata.credentials.find_by_email(&credential.email).await.unwrap();
        assert_eq!(found.unwrap().value.user, credential.user);
    }
}

async fn an_update_replaces_the_credential_and_counts_its_version(world: World) {
    let before = create(&world, "ana@example.com").await;
    let mut seen = Version::FIRST;
    let rich = credential_with_codes(&world, "ana@example.com");
    let rich = Credential { user: before.user, ..rich };
    let plain = Credential { password_hash: "$argon2id$other".to_owned(), ..before.clone() };
    for changed in [rich, plain] {
        let version = world.metadata.credentials.update(&changed, seen).await.unwrap();
        assert_eq!(version, seen.next());
        let stored = world.metadata.credentials.find(before.user).await.unwrap();
        assert_eq!(stored, Some(Versioned::new(changed, version)));
        seen = version;
    }
}

async fn a_changed_address_is_found_and_the_old_one_is_not(world: World) {
    let before = create(&world, "ana@example.com").await;
    let changed = Credential { email: email("ana.maria@example.com"), ..before.clone() };
    let credentials = &world.metadata.credentials;
    credentials.update(&changed, Version::FIRST).await.unwrap();
    assert_eq!(credentials.find_by_email(&before.email).await.unwrap(), None);
    assert_eq!(credentials.find_by_email(&changed.email).await.unwrap().unwrap().value, changed);
}

async fn an_update_of_a_missing_credential_is_not_found(world: World) {
    let missing = credential(&world, "ana@example.com");
    let result = world.metadata.credentials.update(&missing, Version::FIRST).await;
    assert_kind(result, StorageErrorKind::NotFound);
}

async fn of_concurrent_updates_exactly_one_succeeds(world: World) {
    let before = create(&world, "ana@example.com").await;
    let results = race(|number| {
        let changed = Credential { password_hash: number.to_string(), ..before.clone() };
        let world = world.clone();
        async move { world.metadata.credentials.update(&changed, Version::FIRST).await }
    });
    assert_one_winner(&results.await, StorageErrorKind::Conflict);
}

async fn a_deleted_credential_is_gone_with_its_tokens(world: World) {
    let (gone, kept) = (create(&world, "ana@example.com").await, create(&world, "bea@example.com").await);
    let lost = add(&world, refresh_token(&world, gone.user)).await;
    let staying = add(&world, refresh_token(&world, kept.user)).await;
    let credentials = &world.metadata.credentials;
    for _ in 0..2 {
        credentials.delete(gone.user).await.unwrap();
        assert_eq!(credentials.find(gone.user).await.unwrap(), None);
        assert_eq!(credentials.find_by_email(&gone.email).await.unwrap(), None);
        assert_eq!(spend(&world, &lost).await, None);
    }
    assert!(credentials.find(kept.user).await.unwrap().is_some());
    assert_eq!(spend(&world, &staying).await, Some(staying));
}

async fn a_deleted_address_can_register_again(world: World) {
    let gone = create(&world, "ana@example.com").await;
    world.metadata.credentials.delete(gone.user).await.unwrap();
    create(&world, "ana@example.com").await;
}

async fn an_unknown_token_is_none(world: World) {
    let user = create(&world, "ana@example.com").await.user;
    add(&world, refresh_token(&world, user)).await;
    assert_eq!(spend(&world, &refresh_token(&world, user)).await, None);
}

async fn a_token_comes_back_as_it_was_before_its_use(world: World) {
    let user = create(&world, "ana@example.com").await.user;
    let credentials = &world.metadata.credentials;
    for successor in [None, Some(token_hash(&world))] {
        let token = add(&world, refresh_token(&world, user)).await;
        let first = TokenUse { at: world.now(), successor };
        assert_eq!(credentials.use_refresh_token(&token.hash, first).await.unwrap(), Some(token.clone()));
        world.advance_secs(5);
        let later = TokenUse { at: world.now(), successor: Some(token_hash(&world)) };
        let spent = StoredRefreshToken { used: Some(first), ..token.clone() };
        for _ in 0..2 {
            assert_eq!(credentials.use_refresh_token(&token.hash, later).await.unwrap(), Some(spent.clone()));
        }
    }
}

async fn a_token_that_is_added_again_stays_as_it_is(world: World) {
    let user = create(&world, "ana@example.com").await.user;
    let token = add(&world, refresh_token(&world, user)).await;
    spend(&world, &token).await.unwrap();
    add(&world, token.clone()).await;
    assert!(spend(&world, &token).await.unwrap().used.is_some());
}

async fn of_concurrent_uses_exactly_one_sees_an_unused_token(world: World) {
    let user = create(&world, "ana@example.com").await.user;
    let token = add(&world, refresh_token(&world, user)).await;
    let presented = race(|_| {
        let (world, token) = (world.clone(), token.clone());
        async move { spend(&world, &token).await }
    });
    let seen: Vec<StoredRefreshToken> = presented.await.into_iter().flatten().collect();
    assert_eq!(seen.len(), RACERS);
    assert_eq!(seen.iter().filter(|before| before.used.is_none()).count(), 1);
}

async fn a_deleted_family_takes_its_tokens_only(world: World) {
    let user = create(&world, "ana@example.com").await.user;
    let first = add(&world, refresh_token(&world, user)).await;
    let second = StoredRefreshToken { hash: token_hash(&world), ..first.clone() };
    let second = add(&world, second).await;
    let other = add(&world, refresh_token(&world, user)).await;
    for _ in 0..2 {
        world.metadata.credentials.delete_family(&first.family).await.unwrap();
    }
    assert_eq!(spend(&world, &first).await, None);
    assert_eq!(spend(&world, &second).await, None);
    assert_eq!(spend(&world, &other).await, Some(other));
}

async fn all_tokens_of_a_user_go_at_once(world: World) {
    let (ana, bea) = (create(&world, "ana@example.com").await, create(&world, "bea@example.com").await);
    let gone = [
        add(&world, refresh_token(&world, ana.user)).await,
        add(&world, refresh_token(&world, ana.user)).await,
    ];
    let kept = add(&world, refresh_token(&world, bea.user)).await;
    world.metadata.credentials.delete_refresh_tokens(ana.user).await.unwrap();
    for token in gone {
        assert_eq!(spend(&world, &token).await, None);
    }
    assert_eq!(spend(&world, &kept).await, Some(kept));
    assert!(world.metadata.credentials.find(ana.user).await.unwrap().is_some());
}

async fn expired_tokens_go_and_others_stay(world: World) {
    let user = create(&world, "ana@example.com").await.user;
    let before: Timestamp = time("2026-06-01T00:00:00Z");
    let ending = |expires_at| StoredRefreshToken { expires_at, ..refresh_token(&world, user) };
    let instant = SignedDuration::from_nanos(1);
    let ended = add(&world, ending(before - instant)).await;
    let at_the_end = add(&world, ending(before)).await;
    let living = add(&world, ending(before + instant)).await;
    world.metadata.credentials.delete_expired_tokens(before).await.unwrap();
    assert_eq!(spend(&world, &ended).await, None);
    assert_eq!(spend(&world, &at_the_end).await, Some(at_the_end));
    assert_eq!(spend(&world, &living).await, Some(living));
}
