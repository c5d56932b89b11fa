//! Archives that are expanded into photos.

use std::io::{Cursor, Write as _};

use bytes::Bytes;
use halftone_core::access::Principal;
use halftone_core::archive::{Archive, ArchiveState, EntryOutcome};
use halftone_core::id::{ArchiveId, GalleryId};
use halftone_core::job::Job;
use halftone_core::object_key::ObjectPrefix;
use halftone_core::ports::objects::stream_of;
use halftone_core::ports::photos::PhotoFilter;
use halftone_core::self_served::SelfServedUrls;
use halftone_core::services::sweeping::SweepDepth;
use halftone_core::services::uploads::{Ticket, UploadError};
use jiff::SignedDuration;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use crate::world::{World, first_page};

const JPEG: &[u8] = b"\xff\xd8\xff a picture of the bride";

fn packed(files: &[(&str, &[u8])]) -> Vec<u8> {
    packed_with(files, SimpleFileOptions::default().compression_method(CompressionMethod::Deflated))
}

fn packed_with(files: &[(&str, &[u8])], options: SimpleFileOptions) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in files {
        writer.start_file(*name, options).unwrap();
        writer.write_all(content).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

async fn request(world: &World, studio: &Principal, gallery: GalleryId, size: usize) -> (ArchiveId, Ticket) {
    let uploads = &world.services.uploads;
    uploads.request_archive(studio, gallery, "Wedding.zip", size as u64).await.unwrap()
}

async fn send(world: &World, ticket: &Ticket, bytes: Vec<u8>) -> Result<(), UploadError> {
    let signed = ticket.link.url.0.strip_prefix(SelfServedUrls::UPLOADS).unwrap();
    world.services.uploads.receive(signed, None, stream_of(Bytes::from(bytes))).await.map(drop)
}

/// Uploads an archive; its job waits.
async fn upload(world: &World, studio: &Principal, gallery: GalleryId, bytes: Vec<u8>) -> ArchiveId {
    let (archive, ticket) = request(world, studio, gallery, bytes.len()).await;
    send(world, &ticket, bytes).await.unwrap();
    world.services.uploads.complete(studio, ticket.upload, None).await.unwrap();
    archive
}

/// Expands an archive and gives its report.
async fn expanded(world: &World, studio: &Principal, gallery: GalleryId, bytes: Vec<u8>) -> Archive {
    let archive = upload(world, studio, gallery, bytes).await;
    world.run_jobs().await;
    world.services.expanding.get(studio, archive).await.unwrap()
}

fn reasons(archive: &Archive) -> Vec<(&str, &str)> {
    let reason = |outcome: &'_ EntryOutcome| match outcome {
        EntryOutcome::Photo(_) => "",
        EntryOutcome::Refused(reason) => reason.kind.as_str(),
    };
    archive.entries.iter().map(|entry| (entry.name.as_str(), reason(&entry.outcome))).collect()
}

async fn filenames(world: &World, studio: &Principal, gallery: GalleryId) -> Vec<String> {
    let photos =
        world.services.photos.list(studio, gallery, &PhotoFilter::default(), &first_page()).await.unwrap();
    let mut names: Vec<String> =
        photos.items.iter().map(|view| view.photo.value.filename.to_string()).collect();
    names.sort();
    names
}

fn failure(archive: &Archive) -> &str {
    match &archive.state {
        ArchiveState::Failed { reason, .. } => reason.sentence.as_str(),
        other => panic!("the archive is {}", other.as_str()),
    }
}

async fn studio_and_gallery(world: &World) -> (Principal, GalleryId) {
    let studio = world.photographer("ana").await;
    let gallery = world.gallery(&studio, "Ceremony").await;
    (studio, gallery)
}

#[tokio::test]
async fn pictures_become_photos_and_everything_else_is_reported() {
    let world = World::new();
    let (studio, gallery) = studio_and_gallery(&world).await;
    let nested = packed(&[("x.jpg", JPEG)]);
    let archive = expanded(
        &world,
        &studio,
        gallery,
        packed(&[
            ("Ceremony/IMG_1.JPG", JPEG),
            ("../../IMG_2.JPG", JPEG),
            ("Party/IMG_1.JPG", b"\xff\xd8\xff another one"),
            ("notes.jpg", b"I am no picture at all"),
            ("more.zip", &nested),
            ("empty.jpg", b""),
            ("__MACOSX/._IMG_1.JPG", JPEG),
            ("Ceremony/.DS_Store", b"settings"),
        ]),
    )
    .await;
    assert!(matches!(archive.state, ArchiveState::Expanded { .. }));
    assert_eq!(
        reasons(&archive),
        [
            ("Ceremony/IMG_1.JPG", ""),
            ("../../IMG_2.JPG", ""),
            ("Party/IMG_1.JPG", ""),
            ("notes.jpg", "no_picture"),
            ("more.zip", "nested_archive"),
            ("empty.jpg", "empty"),
        ]
    );
    assert_eq!(filenames(&world, &studio, gallery).await, ["IMG_1.JPG", "IMG_1.JPG", "IMG_2.JPG"]);
    let EntryOutcome::Photo(first) = archive.entries[0].outcome else { panic!("it is a picture") };
    let photo = world.load(&studio, first).await;
    let body = world.backend.objects.store.get(photo.original_key().into(), None).await.unwrap();
    assert_eq!(body.read(1_000).await.unwrap(), JPEG);
    assert_eq!(photo.state.kind().as_str(), "ready");
    // The archive itself is gone.
    assert_eq!(world.backend.objects.store.head(archive.key().into()).await.unwrap(), None);
}

#[tokio::test]
async fn bombs_and_giants_are_refused_one_by_one() {
    let world = World::new();
    let (studio, gallery) = studio_and_gallery(&world).await;
    let bomb = [b"\xff\xd8\xff".as_slice(), &vec![0; 5 << 20]].concat();
    let archive =
        expanded(&world, &studio, gallery, packed(&[("bomb.jpg", &bomb), ("IMG_1.JPG", JPEG)])).await;
    assert_eq!(reasons(&archive), [("bomb.jpg", "overcompressed"), ("IMG_1.JPG", "")]);
    // An entry that says it has ten gigabytes.
    let mut giant = packed(&[("giant.jpg", JPEG)]);
    let central = giant.windows(4).position(|window| window == b"PK\x01\x02").unwrap();
    giant[central + 24..central + 28].copy_from_slice(&[0xfe; 4]);
    let archive = expanded(&world, &studio, gallery, giant).await;
    assert_eq!(reasons(&archive), [("giant.jpg", "too_large")]);
    assert_eq!(filenames(&world, &studio, gallery).await, ["IMG_1.JPG"]);
}

#[tokio::test]
async fn too_many_entries_and_damaged_archives_are_refused_as_a_whole() {
    let world = World::new();
    let (studio, gallery) = studio_and_gallery(&world).await;
    let names: Vec<String> = (0..100_000).map(|number| format!("{number}.jpg")).collect();
    let many: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), b"x".as_slice())).collect();
    let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    let archive = expanded(&world, &studio, gallery, packed_with(&many, stored)).await;
    assert!(failure(&archive).contains("more than 10000 entries"), "{}", failure(&archive));
    let mut cut = packed(&[("IMG_1.JPG", JPEG)]);
    cut.truncate(cut.len() - 10);
    let archive = expanded(&world, &studio, gallery, cut).await;
    assert!(failure(&archive).contains("its end is missing"), "{}", failure(&archive));
    assert!(filenames(&world, &studio, gallery).await.is_empty());
    let left = world.backend.objects.store.list(ObjectPrefix::All, &first_page()).await.unwrap();
    assert!(left.items.is_empty(), "{:?}", left.items);
}

#[tokio::test]
async fn a_damaged_entry_leaves_nothing_and_spares_the_others() {
    let world = World::new();
    let (studio, gallery) = studio_and_gallery(&world).await;
    let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    let mut bytes = packed_with(&[("bad.jpg", JPEG), ("IMG_1.JPG", JPEG)], stored);
    let place = bytes.windows(5).position(|window| window == b"bride").unwrap();
    bytes[place] = b'B';
    let archive = expanded(&world, &studio, gallery, bytes).await;
    assert_eq!(reasons(&archive), [("bad.jpg", "damaged"), ("IMG_1.JPG", "")]);
    assert_eq!(filenames(&world, &studio, gallery).await, ["IMG_1.JPG"]);
    let counts = world.services.galleries.get(&studio, gallery).await.unwrap().photos;
    assert_eq!(counts.pending, 0);
}

#[tokio::test]
async fn an_encrypted_entry_is_reported() {
    let world = World::new();
    let (studio, gallery) = studio_and_gallery(&world).await;
    let mut bytes = packed(&[("IMG_1.JPG", JPEG)]);
    // The flag of encryption, in the local header and in the directory.
    let central = bytes.windows(4).position(|window| window == b"PK\x01\x02").unwrap();
    bytes[6] |= 1;
    bytes[central + 8] |= 1;
    let archive = expanded(&world, &studio, gallery, bytes).await;
    assert_eq!(reasons(&archive), [("IMG_1.JPG", "encrypted")]);
}

#[tokio::test]
async fn a_large_archive_takes_several_runs_and_a_repeated_run_doubles_nothing() {
    let world = World::new();
    let (studio, gallery) = studio_and_gallery(&world).await;
    let names: Vec<String> = (0..450).map(|number| format!("IMG_{number:04}.JPG")).collect();
    let files: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), JPEG)).collect();
    let id = upload(&world, &studio, gallery, packed(&files)).await;
    let job = Job::ExpandArchive { studio: studio.manage().unwrap(), archive: id };
    world.services.working.perform(&job).await.unwrap();
    let halfway = world.services.expanding.get(&studio, id).await.unwrap();
    assert_eq!(halfway.looked_at, 200);
    // As after a crash before the note: the same entries again.
    let found = world.backend.metadata.archives.find(halfway.studio, id).await.unwrap().unwrap();
    let forgetful = Archive { looked_at: 150, entries: halfway.entries[..150].to_vec(), ..found.value };
    world.backend.metadata.archives.update(&forgetful, found.version).await.unwrap();
    world.run_jobs().await;
    let archive = world.services.expanding.get(&studio, id).await.unwrap();
    assert_eq!((archive.entries.len(), archive.looked_at), (450, 450));
    assert_eq!(filenames(&world, &studio, gallery).await, names);
}

#[tokio::test]
async fn an_archive_that_nobody_completed_is_taken_and_an_unused_ticket_leaves_nothing() {
    let world = World::new();
    let (studio, gallery) = studio_and_gallery(&world).await;
    let bytes = packed(&[("IMG_1.JPG", JPEG)]);
    let (sent, ticket) = request(&world, &studio, gallery, bytes.len()).await;
    send(&world, &ticket, bytes).await.unwrap();
    let (unused, _) = request(&world, &studio, gallery, 1_000).await;
    world.pass(SignedDuration::from_hours(49));
    world.services.sweeping.sweep(&Principal::System, SweepDepth::Usual).await.unwrap();
    world.run_jobs().await;
    assert_eq!(filenames(&world, &studio, gallery).await, ["IMG_1.JPG"]);
    assert!(world.services.expanding.get(&studio, unused).await.is_err());
    // The report ends too.
    assert!(world.services.expanding.get(&studio, sent).await.is_ok());
    for _ in 0..2 {
        world.pass(SignedDuration::from_hours(31 * 24));
        world.services.sweeping.sweep(&Principal::System, SweepDepth::Usual).await.unwrap();
    }
    assert!(world.services.expanding.get(&studio, sent).await.is_err());
}

#[tokio::test]
async fn a_strangers_archive_is_absent_and_one_of_a_deleted_gallery_becomes_nothing() {
    let world = World::new();
    let (studio, gallery) = studio_and_gallery(&world).await;
    let id = upload(&world, &studio, gallery, packed(&[("IMG_1.JPG", JPEG)])).await;
    let stranger = world.photographer("eva").await;
    assert!(world.services.expanding.get(&stranger, id).await.is_err());
    world.services.galleries.delete(&studio, gallery).await.unwrap();
    world.run_jobs().await;
    assert!(failure(&world.services.expanding.get(&studio, id).await.unwrap()).contains("deleted"));
    let left = world.backend.objects.store.list(ObjectPrefix::All, &first_page()).await.unwrap();
    assert!(left.items.is_empty(), "{:?}", left.items);
}
