//! Documents that were stored before there was a search.

use halftone_core::id::{GalleryId, StudioId};
use halftone_core::page::{PageLimit, PageRequest};
use halftone_core::photo::Photo;
use halftone_core::search::SearchText;
use halftone_core::text::Filename;
use mongodb::bson::{Document, doc};

use crate::samples::{id, photo};
use crate::server::{Observed, address};

#[tokio::test]
#[ignore = "needs the peers that `cargo xtask services` starts"]
async fn what_was_stored_before_there_was_a_search_is_found_after_the_next_start() {
    let observed = Observed::open().await;
    let (studio, gallery) = (id(StudioId::generate), id(GalleryId::generate));
    let photos = observed.backend.metadata().photos;
    let named = |number| {
        let filename = Filename::parse(&format!("DSC_{number}.JPG")).unwrap();
        Photo { filename, ..photo(studio, gallery) }
    };
    let stored: Vec<Photo> = (0..3).map(named).collect();
    photos.create_many(&stored).await.unwrap();
    let database = mongodb::Client::with_uri_str(address()).await.unwrap().database(observed.database());
    let collection = database.collection::<Document>("photos");
    let forget = doc! { "$unset": { "terms": "", "grams": "" } };
    collection.update_many(doc! {}, forget).await.unwrap();
    database.collection::<Document>("migrations").delete_many(doc! {}).await.unwrap();
    // One of them is damaged, which keeps nobody from starting.
    let damage = doc! { "$set": { "body.filename": "" } };
    collection.update_one(doc! { "body.filename": "DSC_1.JPG" }, damage).await.unwrap();

    let text = SearchText::parse("dsc").unwrap();
    let page = PageRequest::first(PageLimit::DEFAULT);
    assert_eq!(photos.search(studio, &text, &page).await.unwrap().items, []);
    observed.backend.ensure_indexes().await.unwrap();
    let found = photos.search(studio, &text, &page).await.unwrap().items;
    let mut filenames: Vec<String> = found.iter().map(|photo| photo.value.filename.to_string()).collect();
    filenames.sort();
    assert_eq!(filenames, ["DSC_0.JPG", "DSC_2.JPG"]);
    assert!(found.iter().all(|photo| photo.version.get() == 1), "nobody's version is taken away");
    observed.close().await;
}
