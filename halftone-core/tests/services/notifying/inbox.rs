//! The list inside the web UI.

use halftone_core::access::Principal;
use halftone_core::event::EventKind;
use halftone_core::id::EventId;
use halftone_core::notification::Reading;
use halftone_core::services::accounts::StudioChange;
use halftone_core::services::inbox::{InboxError, ReadMark};
use halftone_core::services::watching::{Begun, Happening};
use halftone_core::studio::Channel;
use jiff::SignedDuration;

use super::deliver;
use crate::world::{World, first_page};

/// Two galleries of which each has a photo that is ready; ids of their notifications, the latest first.
async fn two_notifications(world: &World, studio: &Principal) -> Vec<EventId> {
    for name in ["Ceremony", "Party"] {
        let gallery = world.gallery(studio, name).await;
        world.photo(studio, gallery, name).await;
        deliver(world).await;
        world.pass(SignedDuration::from_secs(1));
    }
    let listed = world.services.inbox.list(studio, &first_page()).await.unwrap();
    assert_eq!(listed.unread, 2);
    listed.page.items.iter().map(|listed| listed.notification.id()).collect()
}

#[tokio::test]
async fn what_was_read_stays_read_and_the_rest_unread() {
    let world = World::new();
    let studio = world.photographer("ana").await;
    let ids = two_notifications(&world, &studio).await;
    let mark = ReadMark::Ids(vec![ids[1]]);
    assert_eq!(world.services.inbox.mark_read(&studio, &mark).await.unwrap(), 1);
    let items = world.services.inbox.list(&studio, &first_page()).await.unwrap().page.items;
    assert_eq!(
        items.iter().map(|listed| listed.reading).collect::<Vec<_>>(),
        [Reading::Unread, Reading::Read]
    );
    assert_eq!(world.services.inbox.mark_read(&studio, &ReadMark::UpTo(ids[0])).await.unwrap(), 0);
}

#[tokio::test]
async fn nobody_sees_or_marks_what_another_studio_was_told() {
    let world = World::new();
    let studio = world.photographer("ana").await;
    let ids = two_notifications(&world, &studio).await;
    let stranger = world.photographer("ben").await;
    let seen = world.services.inbox.list(&stranger, &first_page()).await.unwrap();
    assert_eq!((seen.page.items.len(), seen.unread), (0, 0));
    world.services.inbox.mark_read(&stranger, &ReadMark::Ids(ids.clone())).await.unwrap();
    let refused = world.services.inbox.mark_read(&stranger, &ReadMark::UpTo(ids[0])).await;
    assert!(matches!(refused, Err(InboxError::Absent(_))));
    assert_eq!(world.services.inbox.list(&studio, &first_page()).await.unwrap().unread, 2);
    assert!(world.services.inbox.list(&Principal::System, &first_page()).await.is_err());
}

#[tokio::test]
async fn what_the_studio_does_not_want_in_the_list_is_not_there() {
    let world = World::new();
    let studio = world.photographer("ana").await;
    let notifications = [(EventKind::PhotoReady, Some(vec![Channel::Topic]))].into_iter().collect();
    let change = StudioChange { notifications, ..StudioChange::default() };
    world.services.accounts.change_studio(&studio, change, None).await.unwrap();
    let gallery = world.gallery(&studio, "Ceremony").await;
    world.photo(&studio, gallery, "one").await;
    deliver(&world).await;
    assert!(world.services.inbox.list(&studio, &first_page()).await.unwrap().page.items.is_empty());
    assert_eq!(world.channel.take().len(), 1);
}

#[tokio::test]
async fn a_watch_tells_of_each_new_notification_once() {
    let world = World::new();
    let studio = world.photographer("ana").await;
    let Begun::At(mut watch) = world.services.watching.begin(&studio, None).await.unwrap() else {
        panic!("there was no mark");
    };
    let ids = two_notifications(&world, &studio).await;
    let look = world.services.watching.look(&studio, &mut watch).await.unwrap();
    let told: Vec<EventId> = look.iter().filter_map(created).collect();
    assert_eq!(told, [ids[1], ids[0]], "oldest first");
    world.pass(SignedDuration::from_secs(2));
    let look = world.services.watching.look(&studio, &mut watch).await.unwrap();
    assert_eq!(look.iter().filter_map(created).count(), 0);
}

fn created(happening: &Happening) -> Option<EventId> {
    match happening {
        Happening::NotificationCreated { notification } => Some(notification.id()),
        _ => None,
    }
}
