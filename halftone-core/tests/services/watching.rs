//! What a studio is told of changes.

use halftone_core::access::Principal;
use halftone_core::order::OrderState;
use halftone_core::photo::PhotoStateKind;
use halftone_core::product::BelowMinimum;
use halftone_core::services::catalogue::Precondition;
use halftone_core::services::ordering::OrderChange;
use halftone_core::services::watching::{
    Begun, Happening, OrderChangeKind, Watch, WatchingError, WatchingService,
};
use halftone_core::text::{Name, Prose};
use jiff::SignedDuration;

use crate::ordering::{item, key, request, shop};
use crate::world::{World, kind, new_share};

async fn begin(world: &World, studio: &Principal, mark: Option<&str>) -> Watch {
    match world.services.watching.begin(studio, mark).await.unwrap() {
        Begun::At(watch) => watch,
        Begun::Anew(_) => panic!("the mark was not taken"),
    }
}

async fn look(world: &World, studio: &Principal, watch: &mut Watch) -> Vec<Happening> {
    world.services.watching.look(studio, watch).await.unwrap()
}

/// The changes of orders among what happened.
fn changes(found: &[Happening]) -> Vec<(&'static str, &'static str)> {
    let change = |happening: &Happening| match happening {
        Happening::OrderChanged { change, state, .. } => Some((change.as_str(), state.as_str())),
        Happening::GalleryProgress { .. }
        | Happening::SelectionSubmitted { .. }
        | Happening::NotificationCreated { .. } => None,
    };
    found.iter().filter_map(change).collect()
}

#[tokio::test]
async fn every_change_of_an_order_is_told_once() {
    let shop = shop(BelowMinimum::Warn).await;
    let (world, studio) = (&shop.world, &shop.studio);
    let mut watch = begin(world, studio, None).await;
    assert_eq!(look(world, studio, &mut watch).await, []);
    let ordering = &world.services.ordering;
    let wanted = request(vec![item(shop.photo, shop.product, 2)]);
    ordering.place(&shop.client, key("one"), wanted).await.unwrap();
    let placed = look(world, studio, &mut watch).await;
    assert_eq!(changes(&placed), [("placed", "submitted")]);
    let [Happening::OrderChanged { order, change: OrderChangeKind::Placed, .. }] = placed[..] else {
        panic!("{placed:?}");
    };
    // At the same instant, and then between two looks.
    let change =
        OrderChange { special_request: Some(Prose::parse("Borders").unwrap()), ..OrderChange::default() };
    ordering.amend(&shop.client, order, &change, Precondition::NONE).await.unwrap();
    world.pass(SignedDuration::from_secs(5));
    ordering.transition(studio, order, OrderState::Accepted, None).await.unwrap();
    ordering.transition(studio, order, OrderState::InProduction, None).await.unwrap();
    let expected = [("amended", "submitted"), ("transition", "accepted"), ("transition", "in_production")];
    assert_eq!(changes(&look(world, studio, &mut watch).await), expected);
    for _ in 0..5 {
        world.pass(SignedDuration::from_secs(4));
        assert_eq!(look(world, studio, &mut watch).await, []);
    }
    ordering.transition(studio, order, OrderState::Ready, None).await.unwrap();
    assert_eq!(changes(&look(world, studio, &mut watch).await), [("transition", "ready")]);
}

#[tokio::test]
async fn progress_is_told_until_all_photos_are_ready() {
    let world = World::new();
    let studio = world.photographer("ana").await;
    let gallery = world.gallery(&studio, "Ceremony").await;
    let mut watch = begin(&world, &studio, None).await;
    let first = world.send(&studio, gallery, "one").await;
    world.send(&studio, gallery, "two").await;
    let found = look(&world, &studio, &mut watch).await;
    let [Happening::GalleryProgress { gallery: told, photos }] = found[..] else { panic!("{found:?}") };
    assert_eq!((told, photos.uploaded, photos.ready), (gallery, 2, 0));
    world.pass(SignedDuration::from_secs(1));
    world.run_jobs().await;
    assert_eq!(kind(&world.load(&studio, first).await), PhotoStateKind::Ready.as_str());
    let found = look(&world, &studio, &mut watch).await;
    let [Happening::GalleryProgress { photos, .. }] = found[..] else { panic!("{found:?}") };
    assert_eq!((photos.uploaded, photos.processing, photos.ready), (0, 0, 2));
    assert_eq!(look(&world, &studio, &mut watch).await, []);
}

#[tokio::test]
async fn a_submitted_selection_is_told() {
    let world = World::new();
    let studio = world.photographer("ana").await;
    let gallery = world.gallery(&studio, "Ceremony").await;
    let photo = world.photo(&studio, gallery, "a picture").await;
    let client = world.client(&studio, gallery, new_share()).await;
    let selecting = &world.services.selecting;
    let selection = selecting.create(&client, Name::parse("Album").unwrap()).await.unwrap().selection.id;
    selecting.pick(&client, selection, photo, None).await.unwrap();
    world.pass(SignedDuration::from_mins(1));
    let mut watch = begin(&world, &studio, None).await;
    for _ in 0..2 {
        selecting.submit(&client, selection).await.unwrap();
        let found = look(&world, &studio, &mut watch).await;
        assert!(
            matches!(found[..], [Happening::SelectionSubmitted { selection: told, .. }] if told == selection)
        );
        assert_eq!(look(&world, &studio, &mut watch).await, []);
        world.pass(SignedDuration::from_mins(1));
        selecting.reopen(&studio, selection).await.unwrap();
    }
}

#[tokio::test]
async fn a_mark_leads_back_to_where_the_watch_was() {
    let shop = shop(BelowMinimum::Warn).await;
    let (world, studio) = (&shop.world, &shop.studio);
    let mark = begin(world, studio, None).await.mark();
    let ordering = &world.services.ordering;
    let wanted = request(vec![item(shop.photo, shop.product, 2)]);
    ordering.place(&shop.client, key("one"), wanted).await.unwrap();
    world.pass(WatchingService::OLDEST_MARK);
    let mut watch = begin(world, studio, Some(&mark)).await;
    assert_eq!(changes(&look(world, studio, &mut watch).await), [("placed", "submitted")]);
    world.pass(SignedDuration::from_secs(1));
    for strange in [mark.as_str(), "2100-01-01T00:00:00Z", "x"] {
        let begun = world.services.watching.begin(studio, Some(strange)).await.unwrap();
        assert!(matches!(begun, Begun::Anew(_)), "{strange}");
    }
}

#[tokio::test]
async fn nobody_watches_a_studio_but_itself() {
    let shop = shop(BelowMinimum::Warn).await;
    let watching = &shop.world.services.watching;
    assert!(matches!(watching.begin(&shop.client, None).await, Err(WatchingError::Denied(_))));
    let mut watch = begin(&shop.world, &shop.studio, None).await;
    let other = shop.world.photographer("ben").await;
    assert!(matches!(watching.look(&other, &mut watch).await, Err(WatchingError::Denied(_))));
}
