//! `PhotoRepository`: lists, their orders and filters.

use halftone_core::id::{GalleryId, PhotoId, SectionId, StudioId};
use halftone_core::page::{PageLimit, Version, Versioned};
use halftone_core::photo::{Photo, PhotoSort, PhotoStateKind};
use halftone_core::ports::photos::{PhotoChange, PhotoFilter};
use halftone_core::text::{Tag, Tags};

use crate::fixtures::photos::{captured, photo, states};
use crate::fixtures::{LOOK_ALIKES, asked, line, time};
use crate::pages::{after, assert_walks, first, walk};
use crate::world::{World, cases};

cases![
    an_empty_gallery_has_an_empty_page,
    photos_without_capture_time_come_last,
    equal_capture_times_go_by_filename_and_then_by_id,
    filenames_are_sorted_byte_by_byte,
    upload_times_are_sorted_to_the_nanosecond,
    a_list_holds_one_gallery_only,
    a_new_capture_time_moves_a_photo,
    a_cursor_stays_where_it_is_while_others_insert,
    a_cursor_goes_on_after_its_photo_was_deleted,
    pending_photos_are_left_out_unless_asked_for,
    states_can_be_combined,
    filters_narrow_a_list_together,
    a_filtered_list_has_pages_of_any_length,
    look_alike_tags_stay_apart,
    a_text_is_found_in_filename_and_title_in_any_case,
    ids_are_listed_by_id_with_deleted_ones,
    stalled_photos_of_all_studios_come_oldest_first,
    changed_photos_of_a_studio_come_oldest_first,
    a_long_list_is_walked_once,
];

async fn store(world: &World, photos: &[Photo]) {
    world.metadata.photos.create_many(photos).await.unwrap();
}

/// A gallery of a new studio, and a maker of photos in it.
fn gallery(world: &World) -> (StudioId, GalleryId, impl Fn(&str) -> Photo) {
    let (studio, gallery) = (world.id(StudioId::generate), world.id(GalleryId::generate));
    (studio, gallery, move |filename: &str| photo(world, studio, gallery, filename))
}

fn by(sort: PhotoSort) -> PhotoFilter {
    PhotoFilter { sort, ..PhotoFilter::default() }
}

/// Checks that the gallery of `expected` lists exactly these photos on pages of any length.
async fn assert_lists(world: &World, filter: &PhotoFilter, expected: &[Photo]) {
    let (studio, gallery) = (expected[0].studio, expected[0].gallery);
    let expected: Vec<Versioned<Photo>> =
        expected.iter().map(|photo| Versioned::new(photo.clone(), Version::FIRST)).collect();
    let list = |page| {
        let photos = &world.metadata.photos;
        async move { photos.list(studio, gallery, filter, &page).await }
    };
    assert_walks(&expected, list).await;
}

async fn names(world: &World, studio: StudioId, gallery: GalleryId, filter: &PhotoFilter) -> Vec<String> {
    let page = world.metadata.photos.list(studio, gallery, filter, &first(100)).await.unwrap();
    page.items.into_iter().map(|item| item.value.filename.to_string()).collect()
}

async fn an_empty_gallery_has_an_empty_page(world: World) {
    let (studio, gallery, _) = gallery(&world);
    for sort in [PhotoSort::CapturedAt, PhotoSort::Filename, PhotoSort::UploadedAt] {
        let page = world.metadata.photos.list(studio, gallery, &by(sort), &first(1)).await.unwrap();
        assert_eq!((page.items, page.next), (Vec::new(), None));
    }
}

async fn photos_without_capture_time_come_last(world: World) {
    let (_, _, photo) = gallery(&world);
    let expected = [
        captured(photo("z.jpg"), "1969-07-20T20:17:40Z"),
        captured(photo("y.jpg"), "2026-05-14T10:00:00Z"),
        captured(photo("x.jpg"), "2026-05-14T10:00:00.000000001Z"),
        captured(photo("w.jpg"), "9999-01-01T00:00:00Z"),
        photo("a.jpg"),
        photo("b.jpg"),
    ];
    let [first, second, third, fourth, fifth, sixth] = expected.clone();
    store(&world, &[fifth, third, sixth, first, fourth, second]).await;
    assert_lists(&world, &PhotoFilter::default(), &expected).await;
}

async fn equal_capture_times_go_by_filename_and_then_by_id(world: World) {
    let (_, _, photo) = gallery(&world);
    let at = "2026-05-14T10:00:00Z";
    let mut twins = [captured(photo("IMG_1.JPG"), at), captured(photo("IMG_1.JPG"), at)];
    twins.sort_by_key(|photo| photo.id);
    let [elder, younger] = twins;
    let expected = [captured(photo("IMG_0.JPG"), at), elder, younger, captured(photo("IMG_10.JPG"), at)];
    let mut shuffled = expected.clone();
    shuffled.reverse();
    store(&world, &shuffled).await;
    // "IMG_1.JPG" precedes "IMG_10.JPG", because "." is lower than "0".
    assert_lists(&world, &PhotoFilter::default(), &expected).await;
}

async fn filenames_are_sorted_byte_by_byte(world: World) {
    let (_, _, photo) = gallery(&world);
    let mut names: Vec<&str> = LOOK_ALIKES.iter().filter(|name| !name.contains('\\')).copied().collect();
    names.extend(["IMG_0001.JPG", "IMG_00010.JPG", "img_0001.jpg", "\u{e000}.jpg", "\u{1f600}.jpg"]);
    let mut expected: Vec<Photo> = names.into_iter().map(photo).collect();
    store(&world, &expected).await;
    expected.sort_by(|left, right| left.filename.as_str().as_bytes().cmp(right.filename.as_str().as_bytes()));
    assert_lists(&world, &by(PhotoSort::Filename), &expected).await;
}

async fn upload_times_are_sorted_to_the_nanosecond(world: World) {
    let (_, _, photo) = gallery(&world);
    let uploaded = |at| Photo { created_at: time(at), ..photo("same.jpg") };
    let expected = [
        uploaded("2026-05-14T10:00:00Z"),
        uploaded("2026-05-14T10:00:00.000000001Z"),
        uploaded("2026-05-14T10:00:00.5Z"),
        uploaded("2026-05-14T10:00:01Z"),
    ];
    let mut shuffled = expected.clone();
    shuffled.reverse();
    store(&world, &shuffled).await;
    assert_lists(&world, &by(PhotoSort::UploadedAt), &expected).await;
}

async fn a_list_holds_one_gallery_only(world: World) {
    let (_, _, own) = gallery(&world);
    let (_, _, foreign) = gallery(&world);
    let expected = [own("a.jpg"), own("b.jpg")];
    store(&world, &expected).await;
    store(&world, &[foreign("a.jpg")]).await;
    store(&world, &[Photo { gallery: world.id(GalleryId::generate), ..own("a.jpg") }]).await;
    assert_lists(&world, &PhotoFilter::default(), &expected).await;
}

async fn a_new_capture_time_moves_a_photo(world: World) {
    let (studio, gallery, photo) = gallery(&world);
    let early = captured(photo("b.jpg"), "2026-05-14T10:00:00Z");
    let late = photo("a.jpg");
    store(&world, &[early, late.clone()]).await;
    assert_eq!(names(&world, studio, gallery, &PhotoFilter::default()).await, ["b.jpg", "a.jpg"]);
    let first = captured(late, "2026-05-14T09:00:00Z");
    world.metadata.photos.update(&first, Version::FIRST, &[]).await.unwrap();
    assert_eq!(names(&world, studio, gallery, &PhotoFilter::default()).await, ["a.jpg", "b.jpg"]);
}

async fn a_cursor_stays_where_it_is_while_others_insert(world: World) {
    let (studio, gallery, photo) = gallery(&world);
    store(&world, &["b.jpg", "d.jpg", "f.jpg"].map(&photo)).await;
    let filter = by(PhotoSort::Filename);
    let photos = &world.metadata.photos;
    let page = photos.list(studio, gallery, &filter, &first(2)).await.unwrap();
    store(&world, &["a.jpg", "c.jpg", "e.jpg"].map(&photo)).await;
    let rest = photos.list(studio, gallery, &filter, &after(10, &page.next.unwrap())).await.unwrap();
    let rest: Vec<String> = rest.items.into_iter().map(|item| item.value.filename.to_string()).collect();
    assert_eq!(rest, ["e.jpg", "f.jpg"]);
}

async fn a_cursor_goes_on_after_its_photo_was_deleted(world: World) {
    let (studio, gallery, photo) = gallery(&world);
    let stored = ["a.jpg", "b.jpg", "c.jpg"].map(&photo);
    store(&world, &stored).await;
    let filter = by(PhotoSort::Filename);
    let photos = &world.metadata.photos;
    let page = photos.list(studio, gallery, &filter, &first(2)).await.unwrap();
    photos.mark_deleted(studio, stored[1].id, world.now()).await.unwrap();
    photos.purge(studio, stored[1].id).await.unwrap();
    let rest = photos.list(studio, gallery, &filter, &after(10, &page.next.unwrap())).await.unwrap();
    assert_eq!(rest.items, [Versioned::new(stored[2].clone(), Version::FIRST)]);
}

/// One photo of every state, named after it.
async fn one_of_every_state(world: &World) -> (StudioId, GalleryId) {
    let (studio, gallery, photo) = gallery(world);
    let photos: Vec<Photo> = states(world.now())
        .into_iter()
        .map(|state| Photo { state: state.clone(), ..photo(state.kind().as_str()) })
        .collect();
    store(world, &photos).await;
    (studio, gallery)
}

async fn pending_photos_are_left_out_unless_asked_for(world: World) {
    let (studio, gallery) = one_of_every_state(&world).await;
    let all_but_pending = names(&world, studio, gallery, &by(PhotoSort::Filename)).await;
    assert_eq!(all_but_pending, ["failed", "processing", "ready", "uploaded"]);
    let pending = PhotoFilter { states: vec![PhotoStateKind::Pending], ..PhotoFilter::default() };
    assert_eq!(names(&world, studio, gallery, &pending).await, ["pending"]);
}

async fn states_can_be_combined(world: World) {
    let (studio, gallery) = one_of_every_state(&world).await;
    for kind in PhotoStateKind::ALL {
        let one = PhotoFilter { states: vec![kind], ..PhotoFilter::default() };
        assert_eq!(names(&world, studio, gallery, &one).await, [kind.as_str()]);
    }
    let two = vec![PhotoStateKind::Ready, PhotoStateKind::Failed];
    let two = PhotoFilter { states: two, ..by(PhotoSort::Filename) };
    assert_eq!(names(&world, studio, gallery, &two).await, ["failed", "ready"]);
}

async fn filters_narrow_a_list_together(world: World) {
    let (studio, gallery, photo) = gallery(&world);
    let section = Some(world.id(SectionId::generate));
    let tagged = |photo: Photo| Photo { tags: Tags::parse(&["best", "couple"]).unwrap(), ..photo };
    let inside = |photo: Photo| Photo { section, ..photo };
    let elsewhere = Photo { section: Some(world.id(SectionId::generate)), ..tagged(photo("kiss 4.jpg")) };
    let photos = [
        tagged(inside(photo("kiss 1.jpg"))),
        inside(photo("kiss 2.jpg")),
        tagged(photo("kiss 3.jpg")),
        elsewhere,
        tagged(inside(photo("cake.jpg"))),
    ];
    store(&world, &photos).await;
    let tag = Some(Tag::parse("couple").unwrap());
    let all = PhotoFilter { tag, section, text: Some(asked("KISS")), ..by(PhotoSort::Filename) };
    assert_eq!(names(&world, studio, gallery, &all).await, ["kiss 1.jpg"]);
    let by_tag = PhotoFilter { section: None, text: None, ..all.clone() };
    let expected = ["cake.jpg", "kiss 1.jpg", "kiss 3.jpg", "kiss 4.jpg"];
    assert_eq!(names(&world, studio, gallery, &by_tag).await, expected);
    let by_section = PhotoFilter { tag: None, text: None, ..all.clone() };
    assert_eq!(names(&world, studio, gallery, &by_section).await, ["cake.jpg", "kiss 1.jpg", "kiss 2.jpg"]);
    let failed = PhotoFilter { states: vec![PhotoStateKind::Failed], ..all };
    assert_eq!(names(&world, studio, gallery, &failed).await, Vec::<String>::new());
}

async fn a_filtered_list_has_pages_of_any_length(world: World) {
    let (_, _, photo) = gallery(&world);
    let tags = Tags::parse(&["best"]).unwrap();
    let mut expected = Vec::new();
    for number in 0..12 {
        let plain = photo(&format!("IMG_{number:02}.JPG"));
        let stored = if number % 2 == 0 { plain } else { Photo { tags: tags.clone(), ..plain } };
        store(&world, std::slice::from_ref(&stored)).await;
        expected.extend((number % 2 == 1).then_some(stored));
    }
    let tag = Some(Tag::parse("best").unwrap());
    for sort in [PhotoSort::CapturedAt, PhotoSort::Filename] {
        assert_lists(&world, &PhotoFilter { tag: tag.clone(), ..by(sort) }, &expected).await;
    }
}

async fn look_alike_tags_stay_apart(world: World) {
    let (studio, gallery, photo) = gallery(&world);
    let named = |(number, tag): (usize, &&str)| Photo {
        tags: Tags::parse(&[tag]).unwrap(),
        ..photo(&number.to_string())
    };
    let photos: Vec<Photo> = LOOK_ALIKES.iter().enumerate().map(named).collect();
    store(&world, &photos).await;
    for (number, tag) in LOOK_ALIKES.iter().enumerate() {
        let filter = PhotoFilter { tag: Some(Tag::parse(tag).unwrap()), ..PhotoFilter::default() };
        assert_eq!(names(&world, studio, gallery, &filter).await, [number.to_string()], "{tag}");
    }
    let part = PhotoFilter { tag: Some(Tag::parse("nna").unwrap()), ..PhotoFilter::default() };
    assert_eq!(names(&world, studio, gallery, &part).await, Vec::<String>::new());
}

async fn a_text_is_found_in_filename_and_title_in_any_case(world: World) {
    let (studio, gallery, photo) = gallery(&world);
    let titled = Photo { title: line("Der KÜSS"), ..photo("b.jpg") };
    store(&world, &[photo("a KÜss.jpg"), titled, photo("ukuss.jpg"), photo("100%_.jpg"), photo("1x00.jpg")])
        .await;
    for (text, expected) in [
        ("küSS", vec!["a KÜss.jpg", "b.jpg"]),
        ("100", vec!["100%_.jpg"]),
        ("jpg %_ kuss", vec!["a KÜss.jpg", "b.jpg"]),
        ("kuss 100", vec![]),
    ] {
        let filter = PhotoFilter { text: Some(asked(text)), ..by(PhotoSort::Filename) };
        assert_eq!(names(&world, studio, gallery, &filter).await, expected, "{text}");
    }
}

async fn ids_are_listed_by_id_with_deleted_ones(world: World) {
    let (studio, gallery, photo) = gallery(&world);
    let mut stored: Vec<Photo> = (0..6).map(|number| photo(&number.to_string())).collect();
    stored[0].state = states(world.now()).remove(0);
    store(&world, &stored).await;
    store(&world, &[Photo { gallery: world.id(GalleryId::generate), ..photo("elsewhere") }]).await;
    world.metadata.photos.mark_deleted(studio, stored[3].id, world.now()).await.unwrap();
    let mut expected: Vec<PhotoId> = stored.iter().map(|photo| photo.id).collect();
    expected.sort_unstable();
    let list = |page| {
        let photos = &world.metadata.photos;
        async move { photos.list_ids(studio, gallery, &page).await }
    };
    assert_walks(&expected, list).await;
}

async fn stalled_photos_of_all_studios_come_oldest_first(world: World) {
    let before = time("2026-05-14T12:00:00Z");
    let changed = |at, kind: usize| {
        let (_, _, photo) = gallery(&world);
        Photo { updated_at: time(at), state: states(world.now()).remove(kind), ..photo("a.jpg") }
    };
    let (uploaded, processing) = (1, 2);
    let oldest = changed("2026-05-14T11:00:00Z", uploaded);
    let older = changed("2026-05-14T11:59:59.999999999Z", uploaded);
    let deleted = changed("2026-05-14T10:00:00Z", uploaded);
    let others = [
        changed("2026-05-14T12:00:00Z", uploaded),
        changed("2026-05-14T12:00:00.000000001Z", uploaded),
        changed("2026-05-14T11:00:00Z", processing),
        deleted.clone(),
    ];
    store(&world, &[older.clone(), oldest.clone()]).await;
    store(&world, &others).await;
    world.metadata.photos.mark_deleted(deleted.studio, deleted.id, world.now()).await.unwrap();
    let stalled = |limit| world.metadata.photos.list_stalled(PhotoStateKind::Uploaded, before, limit);
    let [oldest, older] = [oldest, older].map(|photo| Versioned::new(photo, Version::FIRST));
    assert_eq!(stalled(PageLimit::MOST).await.unwrap(), [oldest.clone(), older]);
    assert_eq!(stalled(PageLimit::parse(1).unwrap()).await.unwrap(), [oldest]);
}

async fn changed_photos_of_a_studio_come_oldest_first(world: World) {
    let (studio, gallery, photo) = gallery(&world);
    let changed = |at: &str| Photo { updated_at: time(at), ..photo("a.jpg") };
    let late = changed("2026-05-14T12:00:00.000000002Z");
    let early = changed("2026-05-14T12:00:00.000000001Z");
    let before = changed("2026-05-14T12:00:00Z");
    let deleted = changed("2026-05-14T13:00:00Z");
    store(&world, &[late.clone(), early.clone(), before, deleted.clone()]).await;
    world.metadata.photos.mark_deleted(studio, deleted.id, world.now()).await.unwrap();
    let list = |studio, limit| world.metadata.photos.list_changed(studio, early.updated_at, limit);
    let [early, late] =
        [&early, &late].map(|photo| PhotoChange { photo: photo.id, gallery, at: photo.updated_at });
    assert_eq!(list(studio, PageLimit::MOST).await.unwrap(), [early, late]);
    assert_eq!(list(studio, PageLimit::parse(1).unwrap()).await.unwrap(), [early]);
    assert_eq!(list(world.id(StudioId::generate), PageLimit::MOST).await.unwrap(), []);
}

async fn a_long_list_is_walked_once(world: World) {
    let (studio, gallery, photo) = gallery(&world);
    let mut expected = Vec::new();
    for batch in 0..4 {
        let photos: Vec<Photo> =
            (0..300).map(|number| photo(&format!("IMG_{:04}.JPG", batch * 300 + number))).collect();
        store(&world, &photos).await;
        expected.extend(photos.into_iter().map(|photo| photo.id));
    }
    let filter = &by(PhotoSort::Filename);
    let walked = walk(101, |page| {
        let photos = &world.metadata.photos;
        async move { photos.list(studio, gallery, filter, &page).await }
    });
    let walked: Vec<PhotoId> = walked.await.into_iter().map(|item| item.value.id).collect();
    assert_eq!(walked, expected);
}
