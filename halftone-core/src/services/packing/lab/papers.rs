//! The papers of a lab pack: manifests and job ticket.

use bytes::Bytes;
use serde::Serialize;

use super::{LabLine, LabPlan, Paper, language_of, plan_of};
use crate::object_key::RenditionKey;
use crate::order::Order;
use crate::pack::{Pack, PackEntry, PackOwner};
use crate::photo::{Photo, PhotoState, Sha256Hash};
use crate::ports::documents::{DocumentError, JobTicket, TicketLine};
use crate::ports::error::{StorageError, StorageErrorKind};
use crate::rendition::ClientRendition;
use crate::services::Dependencies;
use crate::text::{Filename, Name};

/// The most bytes of a thumb that a ticket shows.
const MOST_THUMB_BYTES: u64 = 2 * 1024 * 1024;

/// Why a paper cannot be written.
pub(in crate::services::packing) enum PaperError {
    /// The order asks for something else by now, or is gone.
    Changed,
    /// The store failed.
    Storage(StorageError),
    /// The document failed.
    Document(DocumentError),
}

impl From<StorageError> for PaperError {
    fn from(error: StorageError) -> Self {
        Self::Storage(error)
    }
}

/// Writes one of the papers of a pack whose other files, as far as the paper tells of them, are sealed.
pub(in crate::services::packing) async fn write_paper(
    world: &Dependencies,
    pack: &Pack,
    number: u16,
) -> Result<Bytes, PaperError> {
    let (PackOwner::Order(order), Some(paper)) = (pack.owner, Paper::find(number)) else {
        return Err(PaperError::Changed);
    };
    let Some((order, plan)) = plan_of(world, pack.studio, order, pack).await? else {
        return Err(PaperError::Changed);
    };
    let studio = world.metadata().studios.find(pack.studio).await?.ok_or(PaperError::Changed)?.value.name;
    match paper {
        Paper::Csv => Ok(table(&order, &plan, pack)),
        Paper::Json => Ok(manifest(&order, &plan, pack, &studio)),
        Paper::Ticket => {
            let ticket = ticket(world, order, &plan, pack, studio).await?;
            world.documents.job_ticket(ticket).await.map_err(PaperError::Document)
        }
    }
}

/// What a manifest tells of a print.
#[derive(Serialize)]
struct PrintRecord<'a> {
    file: &'a str,
    sha256: Option<String>,
    size_bytes: u64,
    line: u32,
    camera_filename: &'a str,
    photo_id: String,
    product: &'a str,
    width_mm: f64,
    height_mm: f64,
    finish: &'a str,
    quantity: u32,
    width_px: u32,
    height_px: u32,
    dpi: u16,
    crop_x: f64,
    crop_y: f64,
    crop_width: f64,
    crop_height: f64,
    note: &'a str,
}

/// What the JSON manifest tells of the pack.
#[derive(Serialize)]
struct Manifest<'a> {
    /// Grows with every change that a reader has to know of.
    version: u32,
    studio: &'a str,
    order_id: String,
    placed_at: String,
    client: &'a str,
    special_request: &'a str,
    prints: Vec<PrintRecord<'a>>,
    /// The other files of the pack.
    documents: Vec<DocumentRecord<'a>>,
    /// Lines whose photos were deleted after the order: nothing in the pack.
    missing: Vec<MissingRecord<'a>>,
}

#[derive(Serialize)]
struct DocumentRecord<'a> {
    file: &'a str,
    sha256: Option<String>,
    size_bytes: u64,
}

#[derive(Serialize)]
struct MissingRecord<'a> {
    line: u32,
    camera_filename: &'a str,
    product: &'a str,
    quantity: u32,
}

fn records<'a>(plan: &'a LabPlan, pack: &'a Pack) -> impl Iterator<Item = PrintRecord<'a>> {
    plan.lines.iter().filter_map(|line| {
        let (photo, layout) = line.print.as_ref()?;
        let entry = pack.entries.as_slice().iter().find(|entry| entry.name == line.name)?;
        Some(PrintRecord {
            file: entry.name.as_str(),
            sha256: sha256_of(entry),
            size_bytes: entry.seal.map_or(0, |seal| seal.size_bytes),
            line: line.number,
            camera_filename: line.item.filename.as_str(),
            photo_id: photo.id.to_string(),
            product: line.item.product.name.as_str(),
            width_mm: line.spec.size.width_mm(),
            height_mm: line.spec.size.height_mm(),
            finish: line.spec.finish.as_str(),
            quantity: line.item.quantity.get(),
            width_px: layout.size.width(),
            height_px: layout.size.height(),
            dpi: layout.dpi,
            crop_x: layout.crop.x(),
            crop_y: layout.crop.y(),
            crop_width: layout.crop.width(),
            crop_height: layout.crop.height(),
            note: line.item.note.as_str(),
        })
    })
}

fn sha256_of(entry: &PackEntry) -> Option<String> {
    entry.seal.and_then(|seal| seal.sha256).as_ref().map(Sha256Hash::to_string)
}

/// The prints as a table: RFC 4180, UTF-8.
fn table(order: &Order, plan: &LabPlan, pack: &Pack) -> Bytes {
    const COLUMNS: [&str; 20] = [
        "file",
        "order_id",
        "line",
        "camera_filename",
        "product",
        "width_mm",
        "height_mm",
        "finish",
        "quantity",
        "width_px",
        "height_px",
        "dpi",
        "crop_x",
        "crop_y",
        "crop_width",
        "crop_height",
        "note",
        "photo_id",
        "size_bytes",
        "sha256",
    ];
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    let order = order.id.to_string();
    let rows = records(plan, pack).map(|record| {
        [
            inert(record.file),
            order.clone(),
            record.line.to_string(),
            inert(record.camera_filename),
            inert(record.product),
            record.width_mm.to_string(),
            record.height_mm.to_string(),
            inert(record.finish),
            record.quantity.to_string(),
            record.width_px.to_string(),
            record.height_px.to_string(),
            record.dpi.to_string(),
            record.crop_x.to_string(),
            record.crop_y.to_string(),
            record.crop_width.to_string(),
            record.crop_height.to_string(),
            inert(record.note),
            record.photo_id,
            record.size_bytes.to_string(),
            record.sha256.unwrap_or_default(),
        ]
    });
    let header = std::iter::once(COLUMNS.map(str::to_owned));
    for row in header.chain(rows) {
        writer.write_record(&row).expect("rows of one length into memory");
    }
    writer.into_inner().expect("memory takes everything").into()
}

/// A text that no spreadsheet takes for a formula: an apostrophe before the characters that begin one
/// (OWASP, "CSV injection").
fn inert(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

fn manifest(order: &Order, plan: &LabPlan, pack: &Pack, studio: &Name) -> Bytes {
    let documents = pack.entries.as_slice().iter().filter(|entry| entry.file.photo().is_none());
    let told = documents.filter(|entry| entry.name != Paper::Json.name());
    let missing = plan.lines.iter().filter(|line| line.print.is_none()).map(|line| MissingRecord {
        line: line.number,
        camera_filename: line.item.filename.as_str(),
        product: line.item.product.name.as_str(),
        quantity: line.item.quantity.get(),
    });
    let manifest = Manifest {
        version: 1,
        studio: studio.as_str(),
        order_id: order.id.to_string(),
        placed_at: order.created_at.to_string(),
        client: order.contact.name.as_str(),
        special_request: order.special_request.as_str(),
        prints: records(plan, pack).collect(),
        documents: told
            .map(|entry| DocumentRecord {
                file: entry.name.as_str(),
                sha256: sha256_of(entry),
                size_bytes: entry.seal.map_or(0, |seal| seal.size_bytes),
            })
            .collect(),
        missing: missing.collect(),
    };
    serde_json::to_vec_pretty(&manifest).expect("texts and finite numbers are JSON").into()
}

async fn ticket(
    world: &Dependencies,
    order: Order,
    plan: &LabPlan,
    pack: &Pack,
    studio: Name,
) -> Result<JobTicket, StorageError> {
    let mut lines = Vec::with_capacity(plan.lines.len());
    for line in &plan.lines {
        lines.push(ticket_line(world, line).await?);
    }
    Ok(JobTicket {
        language: language_of(pack),
        studio,
        order: order.id,
        placed_at: order.created_at,
        contact: order.contact,
        special_request: order.special_request,
        lines,
    })
}

async fn ticket_line(world: &Dependencies, line: &LabLine) -> Result<TicketLine, StorageError> {
    let thumb = match &line.print {
        Some((photo, _)) => thumb(world, photo).await?,
        None => None,
    };
    Ok(TicketLine {
        number: line.number,
        filename: Filename::parse(line.name.as_str()).unwrap_or_else(|_| line.item.filename.clone()),
        item: line.item.clone(),
        size: line.print.as_ref().map(|(_, layout)| layout.size),
        thumb,
    })
}

/// The photo's thumb, if there is one. A ticket without a picture is still a ticket.
async fn thumb(world: &Dependencies, photo: &Photo) -> Result<Option<Bytes>, StorageError> {
    let PhotoState::Ready { renditions, .. } = &photo.state else { return Ok(None) };
    let key = RenditionKey {
        studio: photo.studio,
        photo: photo.id,
        rendition: ClientRendition::Thumb,
        fingerprint: renditions.fingerprint,
        format: renditions.format,
    };
    let read = match world.backend.objects.store.get(key.into(), None).await {
        Ok(body) => body.read(MOST_THUMB_BYTES).await,
        Err(error) => Err(error),
    };
    match read {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if matches!(error.kind(), StorageErrorKind::NotFound | StorageErrorKind::Mismatch) => {
            Ok(None)
        }
        Err(error) => Err(error),
    }
}
