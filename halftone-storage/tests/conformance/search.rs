//! What is found by words: the same things in the same order on every backend.

use halftone_core::collection::Collection;
use halftone_core::gallery::{Gallery, GalleryState};
use halftone_core::id::{GalleryId, StudioId};
use halftone_core::order::{Contact, Order};
use halftone_core::page::{Page, PageRequest, Version, Versioned};
use halftone_core::photo::{Photo, StoredFacts};
use halftone_core::ports::collections::CollectionFilter;
use halftone_core::ports::error::StorageError;
use halftone_core::ports::galleries::GalleryFilter;
use halftone_core::search::{COUNT_MOST, SearchKind, SearchText, WALK_MOST};
use halftone_core::share::{Client, ShareTarget};
use halftone_core::text::{Phone, Tags};
use uuid::Uuid;

use crate::fixtures::clients::{client, share};
use crate::fixtures::orders::order;
use crate::fixtures::photos::{captured, photo, states};
use crate::fixtures::{self, asked, email, line, name, prose};
use crate::pages::{after, assert_walks, first};
use crate::world::{World, cases};

cases![
    every_kind_is_found_by_each_of_its_fields,
    words_are_found_by_their_beginnings_without_case_and_accents,
    every_word_must_be_found,
    words_longer_than_a_gram_are_told_apart,
    the_newest_come_first_in_pages_of_any_length,
    what_was_changed_is_found_by_its_new_words_alone,
    what_is_deleted_is_not_found,
    what_is_purged_is_not_found,
    another_studios_things_are_not_found,
    a_pending_photo_is_not_found_until_it_arrives,
    filters_narrow_a_search,
    a_word_that_nothing_has_finds_nothing,
    a_page_looks_at_no_more_than_it_may,
    the_rarest_word_is_walked,
];

/// The ids of a page of what is found.
async fn page_of(
    world: &World,
    studio: StudioId,
    kind: SearchKind,
    text: &SearchText,
    page: PageRequest,
) -> Result<Page<Uuid>, StorageError> {
    let metadata = &world.metadata;
    Ok(match kind {
        SearchKind::Collection => {
            let filter = CollectionFilter { text: Some(text.clone()) };
            metadata.collections.list(studio, &filter, &page).await?.map(|item| item.value.id.as_uuid())
        }
        SearchKind::Gallery => {
            let filter = GalleryFilter { text: Some(text.clone()), ..GalleryFilter::default() };
            metadata.galleries.list(studio, &filter, &page).await?.map(|item| item.value.id.as_uuid())
        }
        SearchKind::Client => {
            metadata.clients.search(studio, text, &page).await?.map(|item| item.value.id.as_uuid())
        }
        SearchKind::Order => {
            metadata.orders.search(studio, text, &page).await?.map(|item| item.value.id.as_uuid())
        }
        SearchKind::Photo => {
            metadata.photos.search(studio, text, &page).await?.map(|item| item.value.id.as_uuid())
        }
    })
}

async fn found(world: &World, studio: StudioId, kind: SearchKind, text: &str) -> Vec<Uuid> {
    page_of(world, studio, kind, &asked(text), first(50)).await.unwrap().items
}

async fn galleries(world: &World, studio: StudioId, text: &str) -> Vec<Uuid> {
    found(world, studio, SearchKind::Gallery, text).await
}

async fn named(world: &World, studio: StudioId, text: &str) -> Gallery {
    let gallery = Gallery { name: name(text), ..fixtures::gallery(world, studio) };
    world.metadata.galleries.create(&gallery).await.unwrap();
    world.advance_secs(1);
    gallery
}

/// One document of each kind that says something in every field, and one that says nothing of it.
async fn rich(world: &World, studio: StudioId) -> [(SearchKind, Uuid); 5] {
    let metadata = &world.metadata;
    let gallery = Gallery {
        name: name("Ceremony"),
        description: prose("At the lake\nin the evening"),
        tags: Tags::parse(&["outdoors"]).unwrap(),
        ..fixtures::gallery(world, studio)
    };
    let collection = Collection {
        name: name("Wedding"),
        client_name: line("Ana Nováková"),
        event_date: Some("2026-05-14".parse().unwrap()),
        tags: Tags::parse(&["spring"]).unwrap(),
        ..fixtures::collection(world, studio)
    };
    let plain = photo(world, studio, gallery.id, "DSC_0412.JPG");
    let taken = captured(plain, "2025-12-31T23:30:00Z");
    let facts = taken.facts.as_ref().map(|facts| StoredFacts {
        camera: Some(line("NIKON Z 8")),
        lens: Some(line("NIKKOR 85mm f/1.8")),
        ..facts.clone()
    });
    let photo = Photo {
        facts,
        title: line("First kiss"),
        description: prose("behind the old mill"),
        tags: Tags::parse(&["golden hour"]).unwrap(),
        ..taken
    };
    let share = share(world, studio, ShareTarget::Gallery(gallery.id));
    let visitor = Client {
        name: line("Ben Visitor"),
        email: Some(email("ben@visits.example")),
        ..client(world, &share)
    };
    let contact = Contact {
        name: name("Carla Customer"),
        email: email("carla@orders.example"),
        phone: Some(Phone::parse("+49 30 901820").unwrap()),
    };
    let mut order =
        Order { contact, special_request: prose("gift wrap"), ..order(world, studio, visitor.id) };
    order.items[0].note = prose("no border");
    metadata.galleries.create(&gallery).await.unwrap();
    metadata.collections.create(&collection).await.unwrap();
    metadata.photos.create_many(std::slice::from_ref(&photo)).await.unwrap();
    metadata.clients.create(&visitor).await.unwrap();
    metadata.orders.create(&order, &[]).await.unwrap();
    [
        (SearchKind::Collection, collection.id.as_uuid()),
        (SearchKind::Gallery, gallery.id.as_uuid()),
        (SearchKind::Client, visitor.id.as_uuid()),
        (SearchKind::Order, order.id.as_uuid()),
        (SearchKind::Photo, photo.id.as_uuid()),
    ]
}

async fn every_kind_is_found_by_each_of_its_fields(world: World) {
    let studio = world.id(StudioId::generate);
    let stored = rich(&world, studio).await;
    let number = stored[3].1.simple().to_string().split_off(26);
    for (kind, texts) in [
        (SearchKind::Collection, vec!["wedd", "novakova", "spring", "2026-05-14", "2026"]),
        (SearchKind::Gallery, vec!["ceremony", "lake evening", "outdoors"]),
        (SearchKind::Client, vec!["ben", "visitor ben", "ben@visits.example"]),
        (
            SearchKind::Order,
            vec!["carla", "carla@orders.example", "901820", "gift", "border", number.as_str()],
        ),
        (
            SearchKind::Photo,
            vec![
                "DSC_0412",
                "412",
                "kiss",
                "golden",
                "2025",
                "2025-12",
                "2025-12-31",
                "nikon z",
                "nikkor 85",
                "mill",
            ],
        ),
    ] {
        for text in texts {
            for (candidate, id) in stored {
                let found = found(&world, studio, candidate, text).await;
                if candidate == kind {
                    assert_eq!(found, [id], "{kind} by {text}");
                }
            }
        }
    }
    assert_eq!(found(&world, studio, SearchKind::Photo, "2026").await, Vec::<uuid::Uuid>::new());
}

async fn words_are_found_by_their_beginnings_without_case_and_accents(world: World) {
    let studio = world.id(StudioId::generate);
    for (stored, text) in [
        ("ÉTÉ à Łódź", "ete LODZ"),
        ("Straße", "STRASS"),
        ("ΖΩΉΣ", "ζωης"),
        ("Ёлка", "елк"),
        ("İzmir", "izm"),
        ("O'Brien", "obri"),
        ("Zoe\u{308}", "Zo\u{eb}"),
        ("\u{7d50}\u{5a5a}\u{7167}\u{7247}", "\u{7167}\u{7247}"),
        ("a_b 100%", "A_B 100%"),
    ] {
        let wanted = named(&world, studio, stored).await.id.as_uuid();
        named(&world, studio, "somewhere else").await;
        assert_eq!(galleries(&world, studio, text).await, [wanted], "{text}");
    }
    assert_eq!(galleries(&world, studio, "\u{410}nna").await, Vec::<uuid::Uuid>::new());
    assert_eq!(galleries(&world, studio, "trasse").await, Vec::<uuid::Uuid>::new());
}

async fn every_word_must_be_found(world: World) {
    let studio = world.id(StudioId::generate);
    let both = named(&world, studio, "Ana and Ben").await.id.as_uuid();
    named(&world, studio, "Ana").await;
    named(&world, studio, "Ben").await;
    for text in ["ana ben", "BEN ana", "be an a b"] {
        assert_eq!(galleries(&world, studio, text).await, [both], "{text}");
    }
    assert_eq!(galleries(&world, studio, "ana ben carla").await, Vec::<uuid::Uuid>::new());
}

async fn words_longer_than_a_gram_are_told_apart(world: World) {
    let studio = world.id(StudioId::generate);
    let one = named(&world, studio, "Photographers").await.id.as_uuid();
    let other = named(&world, studio, "Photographie").await.id.as_uuid();
    assert_eq!(galleries(&world, studio, "photographers").await, [one]);
    assert_eq!(galleries(&world, studio, "photographi").await, [other]);
    assert_eq!(galleries(&world, studio, "photograph").await, [other, one]);
    let long = "y".repeat(190);
    let cut = named(&world, studio, &long).await.id.as_uuid();
    assert_eq!(galleries(&world, studio, &long).await, [cut]);
}

async fn the_newest_come_first_in_pages_of_any_length(world: World) {
    let studio = world.id(StudioId::generate);
    let mut expected = Vec::new();
    for number in 0..7 {
        let stored = photo(&world, studio, world.id(GalleryId::generate), &format!("IMG_{number} canon.JPG"));
        world.metadata.photos.create_many(std::slice::from_ref(&stored)).await.unwrap();
        expected.insert(0, Versioned::new(stored, Version::FIRST));
        world.advance_secs(1);
        let other = photo(&world, studio, world.id(GalleryId::generate), "IMG other.JPG");
        world.metadata.photos.create_many(&[other]).await.unwrap();
        world.advance_secs(1);
    }
    let text = &asked("img canon");
    assert_walks(&expected, |page| {
        let photos = &world.metadata.photos;
        async move { photos.search(studio, text, &page).await }
    })
    .await;
}

async fn what_was_changed_is_found_by_its_new_words_alone(world: World) {
    let studio = world.id(StudioId::generate);
    let before = named(&world, studio, "Draft of Zürich").await;
    let changed = Gallery { name: name("Party in Zürich"), ..before.clone() };
    world.metadata.galleries.update(&changed, Version::FIRST).await.unwrap();
    assert_eq!(galleries(&world, studio, "draft").await, Vec::<uuid::Uuid>::new());
    for text in ["party", "zurich", "party zurich"] {
        assert_eq!(galleries(&world, studio, text).await, [before.id.as_uuid()], "{text}");
    }
    let lost = world.metadata.galleries.update(&before, Version::FIRST).await;
    assert!(lost.is_err());
    assert_eq!(galleries(&world, studio, "draft").await, Vec::<uuid::Uuid>::new());
}

async fn what_is_deleted_is_not_found(world: World) {
    let studio = world.id(StudioId::generate);
    let stored = rich(&world, studio).await;
    let (metadata, now) = (&world.metadata, world.now());
    let id = |index: usize| stored[index].1;
    metadata.collections.mark_deleted(studio, uuid_as(id(0)), now).await.unwrap();
    metadata.galleries.mark_deleted(studio, uuid_as(id(1)), now).await.unwrap();
    metadata.photos.mark_deleted(studio, uuid_as(id(4)), now).await.unwrap();
    for (kind, text) in [
        (SearchKind::Collection, "wedding"),
        (SearchKind::Gallery, "ceremony"),
        (SearchKind::Photo, "kiss old"),
    ] {
        assert_eq!(found(&world, studio, kind, text).await, Vec::<uuid::Uuid>::new(), "{kind}");
    }
}

fn uuid_as<Id: std::str::FromStr>(uuid: Uuid) -> Id
where
    Id::Err: std::fmt::Debug,
{
    uuid.to_string().parse().unwrap()
}

async fn what_is_purged_is_not_found(world: World) {
    let studio = world.id(StudioId::generate);
    let share = share(&world, studio, ShareTarget::Gallery(world.id(GalleryId::generate)));
    let visitor = Client { name: line("Ben"), ..client(&world, &share) };
    world.metadata.shares.create(&share).await.unwrap();
    world.metadata.clients.create(&visitor).await.unwrap();
    let bought = order(&world, studio, visitor.id);
    world.metadata.orders.create(&bought, &[]).await.unwrap();
    let gallery = named(&world, studio, "Ben").await;
    for kind in [SearchKind::Client, SearchKind::Gallery] {
        assert_eq!(found(&world, studio, kind, "ben").await.len(), 1, "{kind}");
    }
    assert_eq!(found(&world, studio, SearchKind::Order, "ana").await, [bought.id.as_uuid()]);
    world.metadata.shares.purge(studio, share.id).await.unwrap();
    world.metadata.orders.purge_by_studio(studio).await.unwrap();
    world.metadata.galleries.purge(studio, gallery.id).await.unwrap();
    for (kind, text) in
        [(SearchKind::Client, "ben"), (SearchKind::Gallery, "ben"), (SearchKind::Order, "ana")]
    {
        assert_eq!(found(&world, studio, kind, text).await, Vec::<uuid::Uuid>::new(), "{kind}");
    }
}

async fn another_studios_things_are_not_found(world: World) {
    let (studio, other) = (world.id(StudioId::generate), world.id(StudioId::generate));
    rich(&world, studio).await;
    for (kind, text) in [
        (SearchKind::Collection, "wedding"),
        (SearchKind::Gallery, "ceremony"),
        (SearchKind::Client, "ben"),
        (SearchKind::Order, "carla"),
        (SearchKind::Photo, "kiss"),
    ] {
        assert_eq!(found(&world, other, kind, text).await, Vec::<uuid::Uuid>::new(), "{kind}");
        assert_eq!(found(&world, studio, kind, text).await.len(), 1, "{kind}");
    }
}

async fn a_pending_photo_is_not_found_until_it_arrives(world: World) {
    let studio = world.id(StudioId::generate);
    for state in states(world.now()) {
        let is_pending = state.kind() == halftone_core::photo::PhotoStateKind::Pending;
        let kind = state.kind().as_str();
        let filename = format!("{kind}.jpg");
        let stored = Photo { state, ..photo(&world, studio, world.id(GalleryId::generate), &filename) };
        world.metadata.photos.create_many(std::slice::from_ref(&stored)).await.unwrap();
        let expected = if is_pending { vec![] } else { vec![stored.id.as_uuid()] };
        assert_eq!(found(&world, studio, SearchKind::Photo, kind).await, expected, "{kind}");
        if is_pending {
            let arrived = Photo { state: states(world.now()).remove(1), ..stored };
            world.metadata.photos.update(&arrived, Version::FIRST, &[]).await.unwrap();
            assert_eq!(found(&world, studio, SearchKind::Photo, kind).await, [arrived.id.as_uuid()]);
        }
    }
}

async fn filters_narrow_a_search(world: World) {
    let studio = world.id(StudioId::generate);
    let live = Gallery { state: GalleryState::Live, name: name("Ana"), ..fixtures::gallery(&world, studio) };
    world.metadata.galleries.create(&live).await.unwrap();
    named(&world, studio, "Ana").await;
    let filter = GalleryFilter {
        state: Some(GalleryState::Live),
        text: Some(asked("ana")),
        ..GalleryFilter::default()
    };
    let page = world.metadata.galleries.list(studio, &filter, &first(5)).await.unwrap();
    let found: Vec<GalleryId> = page.items.into_iter().map(|item| item.value.id).collect();
    assert_eq!((found, page.next), (vec![live.id], None));
}

async fn a_word_that_nothing_has_finds_nothing(world: World) {
    let studio = world.id(StudioId::generate);
    for kind in SearchKind::ALL {
        let page = page_of(&world, studio, kind, &asked("nothing at all"), first(1)).await.unwrap();
        assert_eq!(page, Page { items: vec![], next: None }, "{kind}");
    }
}

/// Stores photos with these titles, oldest first, and gives their ids.
async fn titled(world: &World, studio: StudioId, titles: &[String]) -> Vec<Uuid> {
    let gallery = world.id(GalleryId::generate);
    let mut ids = Vec::new();
    for part in titles.chunks(500) {
        world.advance_secs(1);
        let one = |title: &String| Photo { title: line(title), ..photo(world, studio, gallery, "a.jpg") };
        let mut photos: Vec<Photo> = part.iter().map(one).collect();
        // Ids of one instant are in no order.
        photos.sort_by_key(|photo| photo.id);
        let mut texts = part.iter();
        for photo in &mut photos {
            photo.title = line(texts.next().unwrap());
        }
        world.metadata.photos.create_many(&photos).await.unwrap();
        ids.extend(photos.iter().map(|photo| photo.id.as_uuid()));
    }
    ids
}

async fn a_page_looks_at_no_more_than_it_may(world: World) {
    let studio = world.id(StudioId::generate);
    // The oldest alone has both words, and each of them is frequent.
    let titles: Vec<String> = (0..2 * WALK_MOST + 2)
        .map(|number| match number {
            0 => "ana ben".to_owned(),
            number if number % 2 == 0 || number > COUNT_MOST * 2 + 10 => "ana".to_owned(),
            _ => "ben".to_owned(),
        })
        .collect();
    let ids = titled(&world, studio, &titles).await;
    let text = asked("ana ben");
    let page = page_of(&world, studio, SearchKind::Photo, &text, first(5)).await.unwrap();
    assert_eq!(page.items, Vec::<Uuid>::new());
    let with_ana: Vec<Uuid> = ids
        .iter()
        .zip(&titles)
        .rev()
        .filter(|(_, title)| title.starts_with("ana"))
        .map(|(id, _)| *id)
        .collect();
    let end = page.next.unwrap();
    assert_eq!(end.id(), with_ana[WALK_MOST - 1]);
    let page = page_of(&world, studio, SearchKind::Photo, &text, after(5, &end)).await.unwrap();
    assert_eq!((page.items, page.next), (vec![ids[0]], None));
}

async fn the_rarest_word_is_walked(world: World) {
    let studio = world.id(StudioId::generate);
    let mut titles = vec!["ana".to_owned(); WALK_MOST + 10];
    "ana zoe".clone_into(&mut titles[0]);
    let ids = titled(&world, studio, &titles).await;
    let page = page_of(&world, studio, SearchKind::Photo, &asked("ana zoe"), first(5)).await.unwrap();
    assert_eq!((page.items, page.next), (vec![ids[0]], None));
}
