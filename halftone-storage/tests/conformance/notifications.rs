//! `NotificationRepository`.

use halftone_core::event::EventSubject;
use halftone_core::id::{ClientId, EventId, GalleryId, OrderId, PhotoId, SelectionId, ShareId, StudioId};
use halftone_core::money::{Currency, Money};
use halftone_core::notification::{ListedNotification, Listing, Notification, Reading};
use halftone_core::page::PageLimit;
use halftone_core::ports::error::StorageErrorKind;
use halftone_core::ports::notifier::Notice;
use halftone_core::ports::urls::LinkTarget;
use jiff::SignedDuration;

use crate::fixtures::{LOOK_ALIKES, name};
use crate::pages::{assert_walks, first};
use crate::world::{World, assert_kind, assert_one_winner, cases, race};

cases![
    what_was_created_is_found_as_it_was,
    an_absent_one_and_one_of_another_studio_are_none,
    many_are_found_at_once_and_absent_and_foreign_ones_left_out,
    an_id_can_be_created_once_and_the_first_stays,
    of_concurrent_creations_of_one_event_exactly_one_succeeds,
    a_list_has_the_latest_made_first_on_pages_of_any_length,
    hidden_ones_are_in_no_list,
    what_was_made_since_an_instant_is_listed_by_that_instant,
    only_those_named_become_read,
    what_stands_below_a_notification_becomes_read_with_it,
    what_is_too_old_is_forgotten_up_to_a_bound,
    a_purge_takes_one_studio_only,
];

fn notification(world: &World, studio: StudioId) -> Notification {
    let event = world.id(EventId::generate);
    Notification {
        notice: Notice {
            event,
            studio,
            subject: Some(EventSubject::OrderPlaced { order: world.id(OrderId::generate) }),
            at: world.now(),
            title: "New order from Zo\u{eb}: 12 prints, 84.00 EUR".to_owned(),
            text: "With a special request.".to_owned(),
            gallery: Some(name("Ceremony")),
            total: Some(Money::parse(8_400, Currency::EUR).unwrap()),
            link: Some(LinkTarget("/orders/1".to_owned())),
        },
        through: event,
        listing: Listing::Listed,
        created_at: world.now(),
    }
}

async fn create(world: &World, studio: StudioId) -> Notification {
    let created = notification(world, studio);
    world.metadata.notifications.create(&created).await.unwrap();
    created
}

fn unread(notification: &Notification) -> ListedNotification {
    ListedNotification { notification: notification.clone(), reading: Reading::Unread }
}

async fn unread_ids(world: &World, studio: StudioId) -> Vec<EventId> {
    let listed = world.metadata.notifications.list(studio, &first(500)).await.unwrap().items;
    let unread = listed.iter().filter(|listed| listed.reading == Reading::Unread);
    let ids: Vec<EventId> = unread.map(|listed| listed.notification.id()).collect();
    assert_eq!(world.metadata.notifications.count_unread(studio).await.unwrap(), ids.len() as u64);
    ids
}

async fn what_was_created_is_found_as_it_was(world: World) {
    let studio = world.id(StudioId::generate);
    let subjects = [
        None,
        Some(EventSubject::OrderAmended { order: world.id(OrderId::generate) }),
        Some(EventSubject::OrderMoved { order: world.id(OrderId::generate) }),
        Some(EventSubject::SelectionSubmitted {
            selection: world.id(SelectionId::generate),
            client: world.id(ClientId::generate),
        }),
        Some(EventSubject::ShareOpened { share: world.id(ShareId::generate) }),
        Some(EventSubject::PhotoReady {
            photo: world.id(PhotoId::generate),
            gallery: world.id(GalleryId::generate),
        }),
        Some(EventSubject::PhotoFailed {
            photo: world.id(PhotoId::generate),
            gallery: world.id(GalleryId::generate),
        }),
    ];
    for subject in subjects {
        let whole = notification(&world, studio);
        let created = Notification { notice: Notice { subject, ..whole.notice.clone() }, ..whole };
        world.metadata.notifications.create(&created).await.unwrap();
        assert_eq!(world.metadata.notifications.find(studio, created.id()).await.unwrap(), Some(created));
    }
    for text in LOOK_ALIKES {
        let bare = notification(&world, studio);
        let notice = Notice { title: text.to_owned(), gallery: None, total: None, link: None, ..bare.notice };
        let created =
            Notification { notice, through: world.id(EventId::generate), listing: Listing::Hidden, ..bare };
        world.metadata.notifications.create(&created).await.unwrap();
        assert_eq!(world.metadata.notifications.find(studio, created.id()).await.unwrap(), Some(created));
    }
}

async fn an_absent_one_and_one_of_another_studio_are_none(world: World) {
    let created = create(&world, world.id(StudioId::generate)).await;
    let found = world.metadata.notifications.find(world.id(StudioId::generate), created.id()).await;
    assert_eq!(found.unwrap(), None);
    let absent = world.id(EventId::generate);
    assert_eq!(world.metadata.notifications.find(created.notice.studio, absent).await.unwrap(), None);
}

async fn many_are_found_at_once_and_absent_and_foreign_ones_left_out(world: World) {
    let studio = world.id(StudioId::generate);
    let mut own = vec![create(&world, studio).await, create(&world, studio).await];
    create(&world, studio).await;
    let foreign = create(&world, world.id(StudioId::generate)).await;
    let ids = [own[1].id(), foreign.id(), world.id(EventId::generate), own[0].id()];
    let mut found = world.metadata.notifications.find_many(studio, &ids).await.unwrap();
    found.sort_by_key(Notification::id);
    own.sort_by_key(Notification::id);
    assert_eq!(found, own);
    assert!(world.metadata.notifications.find_many(studio, &[]).await.unwrap().is_empty());
}

async fn an_id_can_be_created_once_and_the_first_stays(world: World) {
    let studio = world.id(StudioId::generate);
    let created = create(&world, studio).await;
    let mut other = created.clone();
    other.notice.title = "Another".to_owned();
    assert_kind(world.metadata.notifications.create(&other).await, StorageErrorKind::AlreadyExists);
    assert_eq!(world.metadata.notifications.find(studio, created.id()).await.unwrap(), Some(created));
}

async fn of_concurrent_creations_of_one_event_exactly_one_succeeds(world: World) {
    let notification = notification(&world, world.id(StudioId::generate));
    let results = race(|_| {
        let (world, notification) = (world.clone(), notification.clone());
        async move { world.metadata.notifications.create(&notification).await }
    });
    assert_one_winner(&results.await, StorageErrorKind::AlreadyExists);
}

async fn a_list_has_the_latest_made_first_on_pages_of_any_length(world: World) {
    let studio = world.id(StudioId::generate);
    // Its event is the oldest, but it is told last.
    let early = notification(&world, studio);
    let mut expected = Vec::new();
    for number in 0..6 {
        create(&world, world.id(StudioId::generate)).await;
        expected.push(create(&world, studio).await);
        // Two of one instant, and then others.
        if number % 2 == 1 {
            world.advance_secs(1);
        }
    }
    let late = Notification { created_at: world.now(), ..early };
    world.metadata.notifications.create(&late).await.unwrap();
    expected.push(late);
    expected.sort_by_key(|notification| (notification.created_at, notification.id()));
    expected.reverse();
    let expected: Vec<ListedNotification> = expected.iter().map(unread).collect();
    assert_walks(&expected, |page| {
        let notifications = &world.metadata.notifications;
        async move { notifications.list(studio, &page).await }
    })
    .await;
}

async fn hidden_ones_are_in_no_list(world: World) {
    let studio = world.id(StudioId::generate);
    let hidden = Notification { listing: Listing::Hidden, ..notification(&world, studio) };
    world.metadata.notifications.create(&hidden).await.unwrap();
    let (notifications, limit) = (&world.metadata.notifications, PageLimit::MOST);
    assert!(notifications.list(studio, &first(10)).await.unwrap().items.is_empty());
    assert!(notifications.list_created(studio, hidden.created_at, limit).await.unwrap().is_empty());
    assert_eq!(notifications.count_unread(studio).await.unwrap(), 0);
    assert_eq!(notifications.find(studio, hidden.id()).await.unwrap(), Some(hidden));
}

async fn what_was_made_since_an_instant_is_listed_by_that_instant(world: World) {
    let studio = world.id(StudioId::generate);
    let before = create(&world, studio).await;
    world.clock.advance(SignedDuration::from_nanos(1));
    let since = world.now();
    let first = create(&world, studio).await;
    create(&world, world.id(StudioId::generate)).await;
    world.advance_secs(1);
    let second = create(&world, studio).await;
    let notifications = &world.metadata.notifications;
    let list = |since, limit| notifications.list_created(studio, since, PageLimit::parse(limit).unwrap());
    assert_eq!(list(since, 10).await.unwrap(), [first.clone(), second.clone()]);
    assert_eq!(list(since, 1).await.unwrap(), [first.clone()]);
    assert_eq!(list(before.created_at, 10).await.unwrap(), [before, first, second]);
}

async fn only_those_named_become_read(world: World) {
    let studio = world.id(StudioId::generate);
    let (read, kept) = (create(&world, studio).await, create(&world, studio).await);
    let foreign = create(&world, world.id(StudioId::generate)).await;
    let ids = [read.id(), foreign.id(), world.id(EventId::generate)];
    for _ in 0..2 {
        world.metadata.notifications.mark_read(studio, &ids).await.unwrap();
    }
    world.metadata.notifications.mark_read(studio, &[]).await.unwrap();
    assert_eq!(unread_ids(&world, studio).await, [kept.id()]);
    assert_eq!(unread_ids(&world, foreign.notice.studio).await, [foreign.id()]);
    assert_eq!(world.metadata.notifications.find(studio, read.id()).await.unwrap(), Some(read));
}

async fn what_stands_below_a_notification_becomes_read_with_it(world: World) {
    let studio = world.id(StudioId::generate);
    let early = notification(&world, studio);
    create(&world, studio).await;
    let last = create(&world, studio).await;
    let foreign = create(&world, world.id(StudioId::generate)).await;
    world.advance_secs(1);
    let above = create(&world, studio).await;
    // Its event is older than all, but it came to the list after them.
    let late = Notification { created_at: world.now(), ..early };
    world.metadata.notifications.create(&late).await.unwrap();
    world.metadata.notifications.mark_read_up_to(studio, &last).await.unwrap();
    let mut left = unread_ids(&world, studio).await;
    left.sort();
    assert_eq!(left, [late.id(), above.id()]);
    assert_eq!(unread_ids(&world, foreign.notice.studio).await.len(), 1);
}

async fn what_is_too_old_is_forgotten_up_to_a_bound(world: World) {
    let studio = world.id(StudioId::generate);
    for _ in 0..3 {
        create(&world, studio).await;
    }
    world.advance_secs(10);
    let kept = create(&world, studio).await;
    let forget =
        |most| world.metadata.notifications.forget_before(world.now(), PageLimit::parse(most).unwrap());
    assert_eq!(forget(2).await.unwrap(), 2);
    assert_eq!(forget(2).await.unwrap(), 1);
    assert_eq!(forget(2).await.unwrap(), 0);
    assert_eq!(unread_ids(&world, studio).await, [kept.id()]);
}

async fn a_purge_takes_one_studio_only(world: World) {
    let studio = world.id(StudioId::generate);
    let gone = create(&world, studio).await;
    let kept = create(&world, world.id(StudioId::generate)).await;
    for _ in 0..2 {
        world.metadata.notifications.purge_by_studio(studio).await.unwrap();
    }
    assert_eq!(world.metadata.notifications.find(studio, gone.id()).await.unwrap(), None);
    assert_eq!(unread_ids(&world, kept.notice.studio).await, [kept.id()]);
}
