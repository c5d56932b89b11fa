//! Leaving: what a studio takes away, and that nothing of it stays.

use std::collections::BTreeSet;
use std::io::{Cursor, Read as _};
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::TryStreamExt as _;
use halftone_core::access::Principal;
use halftone_core::listener::{DeviceAddress, PushAddress, TargetUrl};
use halftone_core::photo::ShapeRule;
use halftone_core::ports::objects::{PartNumber, stream_of};
use halftone_core::ports::queue::QueueDepth;
use halftone_core::product::BelowMinimum;
use halftone_core::secret::Password;
use halftone_core::self_served::SelfServedUrls;
use halftone_core::services::catalogue::Precondition;
use halftone_core::services::collections::NewCollection;
use halftone_core::services::exporting::{ExportRecord, RecordWriter};
use halftone_core::services::galleries::GalleryChange;
use halftone_core::services::listening::{NewDevice, NewWebhook};
use halftone_core::services::packing::PackPhotos;
use halftone_core::services::sweeping::SweepDepth;
use halftone_core::services::uploads::AnnouncedFile;
use halftone_core::text::{Email, Line, Name, Tags};
use jiff::SignedDuration;

use self::stores::{Stores, embedded, in_memory};
use crate::ordering::{item, key, request};
use crate::world::{World, new_share, visitor};

mod stores;

/// Prints what the core gives it.
#[derive(Debug)]
struct Plain;

impl RecordWriter for Plain {
    fn write(&self, record: ExportRecord) -> Vec<u8> {
        format!("{:?}", format!("{record:?}")).into_bytes()
    }
}

/// Every UUID in what stores hold: in a document, in a key or in a job.
fn ids(text: &str) -> BTreeSet<String> {
    let is_id = |word: &&str| uuid::Uuid::try_parse(word).is_ok() && word.len() == 36;
    text.split(|character: char| !character.is_ascii_hexdigit() && character != '-')
        .filter(is_id)
        .map(str::to_owned)
        .collect()
}

fn file(content: &str) -> AnnouncedFile {
    AnnouncedFile {
        filename: "IMG_0412-Edit.jpg".to_owned(),
        size: content.len() as u64,
        content_type: Some("image/jpeg".to_owned()),
        sha256: None,
    }
}

/// Gives a studio something of every kind.
async fn live(world: &World, studio: &Principal) {
    let services = &world.services;
    let new = NewCollection {
        name: Name::parse("Wedding").unwrap(),
        client_name: Line::empty(),
        event_date: None,
        tags: Tags::default(),
    };
    let collection = services.collections.create(studio, new).await.unwrap().collection.value.id;
    let (gallery, product) = world.shop(studio, BelowMinimum::Warn).await;
    let change = GalleryChange { collection: Some(Some(collection)), ..GalleryChange::default() };
    services.galleries.change(studio, gallery, change, Precondition::NONE).await.unwrap();
    let photo = world.photo(studio, gallery, "a picture").await;
    world.photo(studio, gallery, "another picture").await;
    let loose = world.gallery(studio, "Loose").await;
    world.photo(studio, loose, "a picture without a collection").await;
    let hidden = world.gallery(studio, "Deleted before").await;
    world.photo(studio, hidden, "a picture").await;
    services.galleries.delete(studio, hidden).await.unwrap();

    let client = world.client(studio, gallery, new_share()).await;
    let (_, token) = services.sharing.share_collection(studio, collection, new_share()).await.unwrap();
    services.sharing.open(token.reveal(), visitor()).await.unwrap();
    let album = Name::parse("Album").unwrap();
    let selection = services.selecting.create(&client, album).await.unwrap().selection.id;
    services.selecting.pick(&client, selection, photo, None).await.unwrap();
    services.ordering.place(&client, key("one"), request(vec![item(photo, product, 2)])).await.unwrap();
    services.packing.request(studio, &PackPhotos::Gallery(gallery), None).await.unwrap();

    services.accounts.create_api_key(studio, Name::parse("Lightroom").unwrap()).await.unwrap();
    let url = |text: &str| TargetUrl::parse(text).unwrap();
    let hook = NewWebhook { url: url("https://example.com/hook"), label: Line::empty(), events: Vec::new() };
    services.listening.create_webhook(studio, hook).await.unwrap();
    let mut p256dh = [1; 65];
    p256dh[0] = 4;
    let endpoint = url("https://push.example.com/1");
    let address = DeviceAddress::WebPush(PushAddress { endpoint, p256dh, auth: [1; 16] });
    services.listening.keep_device(studio, NewDevice { address, label: Line::empty() }).await.unwrap();
    services.notifying.deliver(&Principal::System).await.unwrap();
    services.accounts.forgot_password(&Email::parse("ana@example.com").unwrap()).await.unwrap();

    // What is under way: an upload in parts, a replacement, an archive, a logo, an event that was not told yet.
    let ticket =
        services.uploads.request(studio, gallery, &[file("in parts")]).await.unwrap().remove(0).unwrap();
    let parts = [PartNumber::parse(1).unwrap()];
    let links = services.uploads.request_parts(studio, ticket.upload, &parts).await.unwrap();
    send(world, &links[0].1.url.0, "in ").await;
    let replacement =
        services.uploads.replace(studio, photo, &file("an edit"), ShapeRule::Same).await.unwrap();
    send(world, &replacement.link.url.0, "an edit").await;
    let (_, archive) = services.uploads.request_archive(studio, gallery, "Wedding.zip", 7).await.unwrap();
    send(world, &archive.link.url.0, "no zip!").await;
    services.uploads.complete(studio, archive.upload, None).await.unwrap();
    services.uploads.request_archive(studio, gallery, "Unused.zip", 7).await.unwrap();
    services.uploads.request_image(studio, 100).await.unwrap();
    world.send(studio, gallery, "not processed yet").await;
}

async fn send(world: &World, url: &str, content: &str) {
    let signed = url.strip_prefix(SelfServedUrls::UPLOADS).unwrap();
    let content = stream_of(Bytes::copy_from_slice(content.as_bytes()));
    world.services.uploads.receive(signed, None, content).await.unwrap();
}

/// Two studios live, one after the other leaves.
async fn leave(stores: Stores) {
    let Stores { world, read, hidden } = &stores;
    let stays = world.photographer("ben").await;
    let other = world.gallery(&stays, "Other").await;
    world.photo(&stays, other, "another picture").await;
    let studio = world.photographer("ana").await;
    let id = studio.manage().unwrap().to_string();
    live(world, &studio).await;
    let text = read();
    let before = ids(&text);
    assert!(before.contains(&id) && before.len() > 40, "there is something to purge: {}", before.len());
    let is_overlooked = |word: &&str| !text.contains(word) && !hidden.contains(word);
    assert_eq!(TRACES.into_iter().find(is_overlooked), None, "the stores are read");

    world.services.accounts.delete(&studio, &Password::attempt("correct horse")).await.unwrap();
    world.run_jobs().await;
    // Jobs that were put off until nobody can use a ticket any more.
    for _ in 0..4 {
        world.pass(SignedDuration::from_hours(24));
        world.services.sweeping.sweep(&Principal::System, SweepDepth::WithPurges).await.unwrap();
        world.services.notifying.deliver(&Principal::System).await.unwrap();
        world.run_jobs().await;
    }
    assert_eq!(world.backend.queue.jobs.depth().await.unwrap(), QueueDepth::default());
    let text = read();
    assert!(!ids(&text).contains(&id));
    for word in TRACES {
        assert!(!text.contains(word), "{word} is left");
    }
    // What is left belongs to the other studio: without it, nothing is.
    world.services.accounts.delete(&stays, &Password::attempt("correct horse")).await.unwrap();
    for _ in 0..3 {
        world.run_jobs().await;
        world.pass(SignedDuration::from_hours(24));
    }
    let text = read();
    let around = |id: &String| {
        let place = text.find(id.as_str()).unwrap_or_default();
        text.chars().skip(place.saturating_sub(200)).take(600).collect::<String>()
    };
    assert_eq!(ids(&text).first().map(around), None, "of neither studio anything is left");
}

/// What only the studio that leaves has.
const TRACES: [&str; 6] =
    ["ana@example.com", "Lightroom", "Wedding", "example.com/hook", "push.example.com", "IMG_0412-Edit"];

#[tokio::test]
async fn after_a_cancelled_account_no_store_in_memory_knows_anything_of_it() {
    leave(in_memory()).await;
}

#[tokio::test]
async fn after_a_cancelled_account_the_data_directory_knows_nothing_of_it() {
    leave(embedded()).await;
}

#[tokio::test]
async fn an_export_holds_every_kind_of_document_and_every_original() {
    let world = World::new();
    let studio = world.photographer("ana").await;
    live(&world, &studio).await;
    world.run_jobs().await;
    let export = world.services.exporting.export(&studio, Arc::new(Plain)).await.unwrap();
    assert_eq!(export.filename.as_str(), "ana.zip");
    let pieces: Vec<Bytes> = export.content.try_collect().await.unwrap();
    let mut archive = zip::ZipArchive::new(Cursor::new(pieces.concat())).unwrap();
    let names: BTreeSet<String> = archive.file_names().map(|name| name.unwrap().into_owned()).collect();
    for name in [
        "studio.json",
        "collections.json",
        "galleries.json",
        "photos.json",
        "shares.json",
        "selections.json",
        "price-lists.json",
        "orders.json",
        "notifications.json",
        "api-keys.json",
        "devices.json",
        "webhooks.json",
        "Wedding/Shop/IMG_0412.JPG",
        "Wedding/Shop/IMG_0412 (2).JPG",
        "Wedding/Shop/IMG_0412 (3).JPG",
        "Loose/IMG_0412.JPG",
    ] {
        assert!(names.contains(name), "{name} is missing: {names:?}");
    }
    assert_eq!(names.len(), 16, "{names:?}");
    for name in names {
        let mut content = String::new();
        archive.by_name(&name).unwrap().read_to_string(&mut content).unwrap();
        if Path::new(&name).extension().is_some_and(|kind| kind == "json") {
            let records: Vec<String> = serde_json::from_str(&content).unwrap();
            assert!(!records.is_empty(), "{name}");
        } else {
            assert!(content.contains("picture") || content.contains("not processed"), "{content}");
        }
    }
}

#[tokio::test]
async fn a_file_that_is_missing_is_named_and_keeps_nothing_back() {
    let world = World::new();
    let studio = world.photographer("ana").await;
    let gallery = world.gallery(&studio, "Ceremony").await;
    let lost = world.photo(&studio, gallery, "a lost picture").await;
    world.photo(&studio, gallery, "a picture").await;
    let key = world.load(&studio, lost).await.original_key();
    world.backend.objects.store.delete_many(&[key.into()]).await;
    let export = world.services.exporting.export(&studio, Arc::new(Plain)).await.unwrap();
    let pieces: Vec<Bytes> = export.content.try_collect().await.unwrap();
    let mut archive = zip::ZipArchive::new(Cursor::new(pieces.concat())).unwrap();
    let mut missing = String::new();
    archive.by_name("missing.json").unwrap().read_to_string(&mut missing).unwrap();
    assert_eq!(missing, format!("[\"{lost}\"]"));
    assert!(archive.by_name("Ceremony/IMG_0412.JPG").is_ok());
}

#[tokio::test]
async fn a_client_exports_nothing() {
    let world = World::new();
    let studio = world.photographer("ana").await;
    let gallery = world.gallery(&studio, "Ceremony").await;
    let client = world.client(&studio, gallery, new_share()).await;
    assert!(world.services.exporting.export(&client, Arc::new(Plain)).await.is_err());
}
