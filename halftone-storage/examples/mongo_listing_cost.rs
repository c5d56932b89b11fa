//! Measures what a page costs in a large gallery of the MongoDB backend: the server's plan
//! and the time at the start, in the middle and near the end.
//!
//! ```text
//! cargo run --release -p halftone-storage --features mongodb --example mongo_listing_cost -- 'mongodb://...' 1000000
//! ```
//!
//! The documents are copies of one that the backend stored, with ids, names and places of their own. The database is
//! dropped at the end.

#![expect(clippy::print_stdout, reason = "printing figures is what this program is for")]

use std::error::Error;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use halftone_core::clock::{Clock as _, SystemClock};
use halftone_core::id::{GalleryId, PhotoId, StudioId};
use halftone_core::page::{Cursor, PageLimit, PageRequest};
use halftone_core::photo::{FileSize, Photo, PhotoSort, PhotoState, PhotoStateKind, SourceType};
use halftone_core::ports::photos::{PhotoFilter, PhotoRepository};
use halftone_core::text::{Filename, Line, Prose, Tags};
use halftone_storage::mongo::{MongoBackend, MongoSpec};
use halftone_storage::os_entropy::OsEntropy;
use mongodb::bson::{Bson, Document, doc};
use mongodb::event::EventHandler;
use mongodb::event::command::CommandEvent;
use mongodb::{Client, Collection, Database};
use uuid::Uuid;

const BATCH: u32 = 5_000;
const ROUNDS: usize = 51;
const DATABASE: &str = "halftone_listing_cost";

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

#[tokio::main]
async fn main() -> Outcome<()> {
    let mut arguments = std::env::args().skip(1);
    let address = arguments.next().ok_or("the first argument is the address of the server")?;
    let size: u32 = arguments.next().map_or(Ok(1_000_000), |size| size.parse())?;
    let database = Client::with_uri_str(&address).await?.database(DATABASE);
    database.drop().await?;
    let commands = Arc::new(Mutex::new(Vec::new()));
    let backend = open(&address, &commands).await?;
    let photos = backend.metadata().photos;
    let (studio, gallery) = (new(StudioId::generate), new(GalleryId::generate));
    let photo = photo(studio, gallery)?;
    photos.create_many(std::slice::from_ref(&photo)).await?;
    fill(&database.collection("photos"), size).await?;
    for sort in [PhotoSort::CapturedAt, PhotoSort::Filename, PhotoSort::UploadedAt] {
        for part in [0, size / 2, size - 200] {
            let cursor = (part > 0).then(|| cursor(sort, &photo, part));
            let page = PageRequest::after(PageLimit::parse(100)?, cursor);
            report_page(&*photos, &photo, (sort, part), &page).await?;
        }
        report_plan(&database, &commands).await?;
    }
    let begin = Instant::now();
    let counts = photos.count_by_gallery(studio, gallery).await?;
    println!("counting {} photos over an index: {:?}", counts.arrived(), begin.elapsed());
    database.drop().await?;
    Ok(())
}

/// A backend that remembers the last query.
async fn open(address: &str, commands: &Arc<Mutex<Vec<Document>>>) -> Outcome<MongoBackend> {
    let commands = Arc::clone(commands);
    let observer = EventHandler::callback(move |event| {
        if let (CommandEvent::Started(started), Ok(mut commands)) = (event, commands.lock()) {
            *commands = vec![started.command];
        }
    });
    let spec = MongoSpec::new(address, DATABASE);
    let backend = MongoBackend::connect_observed(spec, Arc::new(SystemClock), observer).await?;
    backend.ensure_indexes().await?;
    Ok(backend)
}

fn new<Id>(generate: impl Fn(jiff::Timestamp, &dyn halftone_core::entropy::Entropy) -> Id) -> Id {
    generate(SystemClock.now(), &OsEntropy)
}

fn photo(studio: StudioId, gallery: GalleryId) -> Outcome<Photo> {
    let now = SystemClock.now();
    Ok(Photo {
        id: PhotoId::from_uuid(Uuid::from_u128(0)),
        studio,
        gallery,
        filename: Filename::parse("IMG_00000000.JPG")?,
        size_bytes: FileSize::parse(8 << 20)?,
        content_type: SourceType::Jpeg,
        sha256: None,
        state: PhotoState::Uploaded { at: now },
        facts: None,
        title: Line::parse("A title of usual length")?,
        description: Prose::parse("")?,
        tags: Tags::parse(&["wedding", "ceremony"])?,
        section: None,
        created_at: now,
        updated_at: now,
    })
}

/// The key of photo `number` in an order: that of the first one, with another name or its place among equals.
fn key(sort: PhotoSort, photo: &Photo, number: u32) -> String {
    sort.key(photo).replace("IMG_00000000", &format!("IMG_{number:08}"))
}

fn cursor(sort: PhotoSort, photo: &Photo, number: u32) -> Cursor {
    Cursor::new(key(sort, photo, number), Uuid::from_u128(u128::from(number)))
}

/// Stores copies of the one document that is there, numbers 1 to `size`.
async fn fill(photos: &Collection<Document>, size: u32) -> Outcome<()> {
    let first = photos.find_one(doc! {}).await?.ok_or("the first photo is not there")?;
    let begin = Instant::now();
    for batch in (1..size).step_by(BATCH as usize) {
        let copies = (batch..size.min(batch + BATCH)).map(|number| copy(&first, number));
        photos.insert_many(copies.collect::<Vec<_>>()).ordered(false).await?;
    }
    println!("storing {size} photos in batches of {BATCH}: {:?}", begin.elapsed());
    Ok(())
}

fn copy(first: &Document, number: u32) -> Document {
    let id = Uuid::from_u128(u128::from(number));
    let mut copy = first.clone();
    copy.insert("_id", mongodb::bson::Uuid::from_bytes(*id.as_bytes()));
    for field in ["by_capture", "by_filename", "by_upload"] {
        if let Some(Bson::String(place)) = copy.get_mut(field) {
            *place = place
                .replace("IMG_00000000", &format!("IMG_{number:08}"))
                .replace(&Uuid::nil().to_string(), &id.to_string());
        }
    }
    copy
}

async fn report_page(
    photos: &dyn PhotoRepository,
    photo: &Photo,
    (sort, part): (PhotoSort, u32),
    page: &PageRequest,
) -> Outcome<()> {
    let filter = PhotoFilter { sort, states: vec![PhotoStateKind::Uploaded], ..PhotoFilter::default() };
    let mut times: Vec<Duration> = Vec::new();
    for _ in 0..ROUNDS {
        let begin = Instant::now();
        let found = photos.list(photo.studio, photo.gallery, &filter, page).await?;
        times.push(begin.elapsed());
        if found.items.len() != 100 {
            return Err(format!("a page of {} photos", found.items.len()).into());
        }
    }
    times.sort();
    println!("page of 100 by {:<11} after {part:>7}: {:?}", sort.as_str(), times[ROUNDS / 2]);
    Ok(())
}

/// The plan of the last query.
async fn report_plan(database: &Database, commands: &Mutex<Vec<Document>>) -> Outcome<()> {
    let last = commands.lock().map_err(|_| "a recorder panicked")?.first().cloned();
    let mut query = last.ok_or("nothing was asked")?;
    for field in ["$db", "$clusterTime", "$readPreference", "lsid", "readConcern"] {
        query.remove(field);
    }
    let explain = doc! { "explain": query, "verbosity": "executionStats" };
    let plan = database.run_command(explain).await?;
    println!("  plan: {}", plan.get_document("queryPlanner")?.get_document("winningPlan")?);
    let statistics = plan.get_document("executionStats")?;
    for figure in ["nReturned", "totalKeysExamined", "totalDocsExamined"] {
        println!("  {figure}: {}", statistics.get(figure).unwrap_or(&Bson::Null));
    }
    Ok(())
}
