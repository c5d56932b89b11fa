//! Measures what a page costs in a large gallery of the MongoDB backend, and in a studio with many orders: the server's
//! plan, and the time at the start, in the middle and near the end.
//!
//! ```text
//! cargo run --release -p halftone-storage --features mongodb --example mongo_listing_cost -- 'mongodb://...' 1000000 100000
//! ```
//!
//! The numbers are those of photos and of orders; without the second there are as many orders as photos.
//!
//! The documents are copies of one that the backend stored, with ids, names and places of their own. The database is
//! dropped at the end.

#![expect(clippy::print_stdout, reason = "printing figures is what this program is for")]

use std::error::Error;
use std::future::IntoFuture as _;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use halftone_core::clock::{Clock as _, SystemClock};
use halftone_core::geometry::CropRect;
use halftone_core::id::{ClientId, GalleryId, OrderId, OrderItemId, PhotoId, ProductId, ShareId, StudioId};
use halftone_core::invoice::InvoiceState;
use halftone_core::money::{Currency, Money};
use halftone_core::order::{
    Contact, Idempotency, IdempotencyKey, Order, OrderItem, OrderState, ProductSnapshot, Quantity,
};
use halftone_core::page::{Cursor, PageLimit, PageRequest};
use halftone_core::photo::{
    FileSize, Photo, PhotoSort, PhotoState, PhotoStateKind, Replacements, Sha256Hash, SourceType,
};
use halftone_core::ports::orders::OrderFilter;
use halftone_core::ports::photos::{PhotoFilter, PhotoRepository};
use halftone_core::product::ProductKind;
use halftone_core::text::{Email, Filename, Line, Name, Prose, Tags};
use halftone_storage::mongo::{MongoBackend, MongoSpec};
use halftone_storage::os_entropy::OsEntropy;
use mongodb::bson::{Bson, Document, doc};
use mongodb::event::EventHandler;
use mongodb::event::command::CommandEvent;
use mongodb::{Client, Collection, Database};
use uuid::Uuid;

const BATCH: u32 = 5_000;
const ROUNDS: usize = 21;
/// After this time no further rounds are made.
const MOST_TIME: Duration = Duration::from_secs(5);
/// The figures of an explained query are waited for as long as this: some servers run the query without its limit for them.
const PATIENCE: Duration = Duration::from_mins(1);
/// One order in so many is in the rare state and in the rare gallery.
const RARE: u32 = 20;
const DATABASE: &str = "halftone_listing_cost";

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

#[tokio::main]
async fn main() -> Outcome<()> {
    let mut arguments = std::env::args().skip(1);
    let address = arguments.next().ok_or("the first argument is the address of the server")?;
    let size: u32 = arguments.next().map_or(Ok(1_000_000), |size| size.parse())?;
    let orders: u32 = arguments.next().map_or(Ok(size), |orders| orders.parse())?;
    let database = Client::with_uri_str(&address).await?.database(DATABASE);
    database.drop().await?;
    let commands = Arc::new(Mutex::new(Vec::new()));
    let backend = open(&address, &commands).await?;
    measure_photos(&backend, &database, &commands, size).await?;
    measure_orders(&backend, &database, &commands, orders).await?;
    database.drop().await?;
    Ok(())
}

async fn measure_photos(
    backend: &MongoBackend,
    database: &Database,
    commands: &Mutex<Vec<Document>>,
    size: u32,
) -> Outcome<()> {
    let photos = backend.metadata().photos;
    let (studio, gallery) = (new(StudioId::generate), new(GalleryId::generate));
    let photo = photo(studio, gallery)?;
    photos.create_many(std::slice::from_ref(&photo)).await?;
    fill(&database.collection("photos"), "photos", size, copy).await?;
    for sort in [PhotoSort::CapturedAt, PhotoSort::Filename, PhotoSort::UploadedAt] {
        for part in [0, size / 2, size - 200] {
            let cursor = (part > 0).then(|| cursor(sort, &photo, part));
            let page = PageRequest::after(PageLimit::parse(100)?, cursor);
            report_page(&*photos, &photo, (sort, part), &page).await?;
        }
        report_plan(database, commands).await?;
    }
    let begin = Instant::now();
    let counts = photos.count_by_gallery(studio, gallery).await?;
    println!("counting {} photos over an index: {:?}", counts.arrived(), begin.elapsed());
    Ok(())
}

async fn measure_orders(
    backend: &MongoBackend,
    database: &Database,
    commands: &Mutex<Vec<Document>>,
    size: u32,
) -> Outcome<()> {
    let orders = backend.metadata().orders;
    let order = order(new(StudioId::generate))?;
    orders.create(&order, &[]).await?;
    fill(&database.collection("orders"), "orders", size, copy_of_order).await?;
    let filters = [
        ("studio", OrderFilter::default()),
        ("state", OrderFilter { state: Some(OrderState::Submitted), ..OrderFilter::default() }),
        ("gallery", OrderFilter { gallery: Some(order.gallery), ..OrderFilter::default() }),
    ];
    for (name, filter) in filters {
        // Newest first: the highest number is at the start.
        for before in [size, size / 2, 150 * RARE] {
            let cursor = Cursor::new("", Uuid::from_u128(u128::from(before)));
            let page = PageRequest::after(PageLimit::parse(100)?, Some(cursor));
            let median = median_of(async || Ok(orders.list(order.studio, &filter, &page).await?.items.len()));
            println!("page of 100 orders by {name:<7} before {before:>7}: {:?}", median.await?);
        }
        report_plan(database, commands).await?;
    }
    Ok(())
}

/// The usual time of a page of 100. Pages that take seconds are not asked for often: some servers collect all keys between
/// the bounds before they apply the limit, so that the first page of a large gallery costs the most.
async fn median_of(page: impl AsyncFn() -> Outcome<usize>) -> Outcome<Duration> {
    let mut times: Vec<Duration> = Vec::new();
    for _ in 0..ROUNDS {
        let begin = Instant::now();
        let found = page().await?;
        times.push(begin.elapsed());
        if found != 100 {
            return Err(format!("a page of {found}").into());
        }
        if times.iter().sum::<Duration>() > MOST_TIME {
            break;
        }
    }
    times.sort();
    Ok(times[times.len() / 2])
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
        replacements: Replacements::default(),
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
async fn fill(
    collection: &Collection<Document>,
    what: &str,
    size: u32,
    copy: fn(&Document, u32) -> Document,
) -> Outcome<()> {
    let first = collection.find_one(doc! {}).await?.ok_or("the first one is not there")?;
    let begin = Instant::now();
    for batch in (1..size).step_by(BATCH as usize) {
        let copies = (batch..size.min(batch + BATCH)).map(|number| copy(&first, number));
        collection.insert_many(copies.collect::<Vec<_>>()).ordered(false).await?;
    }
    println!("storing {size} {what} in batches of {BATCH}: {:?}", begin.elapsed());
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

/// A copy of the first order, of another client. One in [`RARE`] is of the same gallery and state.
fn copy_of_order(first: &Document, number: u32) -> Document {
    let mut copy = first.clone();
    let id = |number: u32| mongodb::bson::Uuid::from_bytes(*Uuid::from_u128(u128::from(number)).as_bytes());
    copy.insert("_id", id(number));
    copy.insert("client", id(number));
    copy.insert("idempotency_key", number.to_string());
    if !number.is_multiple_of(RARE) {
        copy.insert("gallery", id(number % 1_000));
        copy.insert("state", "completed");
    }
    copy
}

/// A submitted order for one file, the oldest of all.
fn order(studio: StudioId) -> Outcome<Order> {
    let now = SystemClock.now();
    let price = Money::parse(1_290, Currency::EUR)?;
    let item = OrderItem {
        id: new(OrderItemId::generate),
        photo: new(PhotoId::generate),
        filename: Filename::parse("IMG_00000000.JPG")?,
        product: ProductSnapshot {
            id: new(ProductId::generate),
            name: Name::parse("Digital file")?,
            kind: ProductKind::Digital,
            unit_price: price,
        },
        quantity: Quantity::parse(1)?,
        crop: CropRect::FULL,
        note: Prose::parse("")?,
        print: None,
        included: 0,
        total: price,
    };
    Ok(Order {
        id: OrderId::from_uuid(Uuid::from_u128(0)),
        studio,
        gallery: new(GalleryId::generate),
        share: new(ShareId::generate),
        client: new(ClientId::generate),
        idempotency: Idempotency {
            key: IdempotencyKey::parse("the-first-order")?,
            request: Sha256Hash::from_bytes([7; 32]),
        },
        state: OrderState::Submitted,
        contact: Contact { name: Name::parse("Ana")?, email: Email::parse("ana@example.com")?, phone: None },
        items: vec![item],
        total: price,
        invoice: InvoiceState::Open,
        special_request: Prose::parse("")?,
        amendable_until: now,
        events: Vec::new(),
        created_at: now,
        updated_at: now,
    })
}

async fn report_page(
    photos: &dyn PhotoRepository,
    photo: &Photo,
    (sort, part): (PhotoSort, u32),
    page: &PageRequest,
) -> Outcome<()> {
    let filter = PhotoFilter { sort, states: vec![PhotoStateKind::Uploaded], ..PhotoFilter::default() };
    let list = async || Ok(photos.list(photo.studio, photo.gallery, &filter, page).await?.items.len());
    let median = median_of(list).await?;
    println!("page of 100 photos by {:<11} after {part:>7}: {median:?}", sort.as_str());
    Ok(())
}

/// The plan of the last query.
async fn report_plan(database: &Database, commands: &Mutex<Vec<Document>>) -> Outcome<()> {
    let last = commands.lock().map_err(|_| "a recorder panicked")?.first().cloned();
    let mut query = last.ok_or("nothing was asked")?;
    for field in ["$db", "$clusterTime", "$readPreference", "lsid", "readConcern"] {
        query.remove(field);
    }
    let explain =
        |verbosity: &str| database.run_command(doc! { "explain": query.clone(), "verbosity": verbosity });
    let plan = explain("queryPlanner").await?;
    println!("  plan: {}", plan.get_document("queryPlanner")?.get_document("winningPlan")?);
    let begin = Instant::now();
    let Ok(plan) = tokio::time::timeout(PATIENCE, explain("executionStats").into_future()).await else {
        println!("  no figures of its execution within {PATIENCE:?}");
        return Ok(());
    };
    let plan = plan?;
    let statistics = plan.get_document("executionStats")?;
    println!("  figures of its execution after {:?}:", begin.elapsed());
    for figure in ["nReturned", "totalKeysExamined", "totalDocsExamined"] {
        println!("  {figure}: {}", statistics.get(figure).unwrap_or(&Bson::Null));
    }
    Ok(())
}
