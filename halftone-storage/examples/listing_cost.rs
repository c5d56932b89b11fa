//! Measures what lists and restarts of the embedded backend cost: a page of 100 photos in a gallery of 100 and
//! in one of 100,000, in every order, at both ends, and opening the directory with all of them in it.
//!
//! ```text
//! cargo run --release -p halftone-storage --example listing_cost
//! ```

#![expect(clippy::print_stdout, reason = "printing figures is what this program is for")]

use std::error::Error;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use halftone_core::clock::{Clock as _, SystemClock};
use halftone_core::geometry::PixelSize;
use halftone_core::id::{GalleryId, PhotoId, StudioId};
use halftone_core::page::{PageLimit, PageRequest};
use halftone_core::photo::{
    FileSize, Photo, PhotoSort, PhotoState, PhotoStateKind, Replacements, Sha256Hash, SourceType, StoredFacts,
};
use halftone_core::ports::error::StorageError;
use halftone_core::ports::photos::{PhotoFilter, PhotoRepository};
use halftone_core::rendition::{Fingerprint, Placeholder, RenditionFormat, Renditions, StoredRendition};
use halftone_core::text::{Filename, Line, Prose, Tags};
use halftone_storage::embedded::EmbeddedBackend;
use halftone_storage::os_entropy::OsEntropy;
use jiff::SignedDuration;

const SIZES: [u32; 2] = [100, 100_000];
const BATCH: u32 = 500;
const ROUNDS: u32 = 200;
/// Parallel callers of the write measurement.
const CALLERS: u32 = 64;

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

#[tokio::main]
async fn main() -> Outcome<()> {
    let directory = tempfile::tempdir()?;
    let studio = StudioId::generate(SystemClock.now(), &OsEntropy);
    let galleries = SIZES.map(|size| (size, GalleryId::generate(SystemClock.now(), &OsEntropy)));
    {
        let photos = open(directory.path())?.ports().metadata.photos;
        for (size, gallery) in galleries {
            fill(&*photos, studio, gallery, size).await?;
        }
    }
    let begin = Instant::now();
    let backend = open(directory.path())?;
    println!("reopening a directory with 100,100 photos: {:?}", begin.elapsed());
    let photos = backend.ports().metadata.photos;
    for sort in [PhotoSort::CapturedAt, PhotoSort::Filename, PhotoSort::UploadedAt] {
        for states in [vec![], vec![PhotoStateKind::Ready]] {
            for (size, gallery) in galleries {
                let filter = PhotoFilter { sort, states: states.clone(), ..PhotoFilter::default() };
                report_pages(&*photos, studio, (size, gallery), &filter).await?;
            }
        }
    }
    for (size, gallery) in galleries {
        let count = median(async || photos.count_by_gallery(studio, gallery).await.map(drop)).await?;
        println!("counts by state of {size:>6} photos: {count:?}");
    }
    report_writes(photos, studio).await
}

fn open(directory: &Path) -> Result<EmbeddedBackend, StorageError> {
    EmbeddedBackend::open(directory, Arc::new(SystemClock), Arc::new(OsEntropy))
}

async fn fill(photos: &dyn PhotoRepository, studio: StudioId, gallery: GalleryId, size: u32) -> Outcome<()> {
    let begin = Instant::now();
    for first in (0..size).step_by(BATCH as usize) {
        let numbers = first..size.min(first + BATCH);
        let batch: Outcome<Vec<Photo>> = numbers.map(|number| photo(studio, gallery, number)).collect();
        photos.create_many(&batch?).await?;
    }
    println!("storing {size} photos in batches of {BATCH}: {:?}", begin.elapsed());
    Ok(())
}

fn photo(studio: StudioId, gallery: GalleryId, number: u32) -> Outcome<Photo> {
    let now = SystemClock.now();
    let size = PixelSize::new(6000, 4000)?;
    let rendition = |edge: u32| StoredRendition { size: size.shrunk_to(edge), bytes: 100_000 };
    let renditions = Renditions {
        fingerprint: Fingerprint::parse("00ff00ff00ff00ff")?,
        format: RenditionFormat::Jpeg,
        proof: rendition(2048),
        thumb: rendition(400),
        placeholder: Placeholder::parse(vec![7; 25])?,
        base: None,
    };
    // Neither capture times nor names come in the order of storing.
    let scattered = number.wrapping_mul(2_654_435_761) % 1_000_000;
    Ok(Photo {
        id: PhotoId::generate(now, &OsEntropy),
        studio,
        gallery,
        filename: Filename::parse(&format!("IMG_{scattered:06}.JPG"))?,
        size_bytes: FileSize::parse(8 << 20)?,
        content_type: SourceType::Jpeg,
        sha256: Some(Sha256Hash::from_bytes([7; 32])),
        state: PhotoState::Ready { renditions, at: now },
        replacements: Replacements::default(),
        facts: Some(StoredFacts {
            size,
            captured_at: now.checked_sub(SignedDuration::from_secs(i64::from(scattered))).ok(),
            camera: Some(Line::parse("NIKON D5300")?),
            lens: Some(Line::parse("35mm f/1.8")?),
        }),
        title: Line::parse("A title of usual length")?,
        description: Prose::parse("")?,
        tags: Tags::parse(&["wedding", "ceremony"])?,
        section: None,
        created_at: now,
        updated_at: now,
    })
}

async fn report_pages(
    photos: &dyn PhotoRepository,
    studio: StudioId,
    (size, gallery): (u32, GalleryId),
    filter: &PhotoFilter,
) -> Outcome<()> {
    let limit = PageLimit::parse(100)?;
    let first = PageRequest::first(limit);
    let at_the_start = median(async || photos.list(studio, gallery, filter, &first).await.map(drop)).await?;
    // A place near the end, found by walking.
    let mut page = PageRequest::first(PageLimit::MOST);
    let mut near_the_end = first.clone();
    while let Some(next) = photos.list(studio, gallery, filter, &page).await?.next {
        near_the_end.after.clone_from(&page.after);
        page.after = Some(next);
    }
    let at_the_end =
        median(async || photos.list(studio, gallery, filter, &near_the_end).await.map(drop)).await?;
    let states = if filter.states.is_empty() { "all but pending" } else { "ready" };
    println!(
        "page of 100 of {size:>6} photos by {:<11} ({states:<15}): {at_the_start:?} at the start, {at_the_end:?} near the end",
        filter.sort.as_str()
    );
    Ok(())
}

async fn median(work: impl AsyncFn() -> Result<(), StorageError>) -> Outcome<Duration> {
    let mut times = Vec::new();
    for _ in 0..ROUNDS {
        let begin = Instant::now();
        work().await?;
        times.push(begin.elapsed());
    }
    times.sort();
    Ok(times[times.len() / 2])
}

/// Single durable writes: by one caller after the other, and by many at once.
async fn report_writes(photos: Arc<dyn PhotoRepository>, studio: StudioId) -> Outcome<()> {
    let gallery = GalleryId::generate(SystemClock.now(), &OsEntropy);
    let begin = Instant::now();
    for number in 0..1_000 {
        photos.create_many(&[photo(studio, gallery, number)?]).await?;
    }
    println!("durable writes by one caller: {:.0} a second", 1_000.0 / begin.elapsed().as_secs_f64());
    let begin = Instant::now();
    let mut callers = Vec::new();
    for _ in 0..CALLERS {
        let photos = Arc::clone(&photos);
        let batch: Outcome<Vec<Photo>> = (0..100).map(|number| photo(studio, gallery, number)).collect();
        let batch = batch?;
        callers.push(tokio::spawn(async move {
            for photo in &batch {
                photos.create_many(std::slice::from_ref(photo)).await?;
            }
            Ok::<(), StorageError>(())
        }));
    }
    for caller in callers {
        caller.await??;
    }
    let rate = f64::from(CALLERS * 100) / begin.elapsed().as_secs_f64();
    println!("durable writes by {CALLERS} callers: {rate:.0} a second");
    Ok(())
}
