//! Lab packs: the prints of an order as a lab takes them, with a manifest and a job ticket.

mod papers;

use std::collections::HashMap;

use jiff::SignedDuration;
use sha2::{Digest, Sha256};
use uuid::Builder;

use super::{PackView, PackingService, ServedPack};
use crate::access::{AccessDenied, Principal};
use crate::id::{OrderId, PackId, PhotoId, StudioId};
use crate::order::{Order, OrderItem, OrderState};
use crate::pack::{Pack, PackEntries, PackEntry, PackFile, PackOwner, PackState};
use crate::page::PageLimit;
use crate::photo::Photo;
use crate::ports::documents::Language;
use crate::ports::error::StorageError;
use crate::print::PrintLayout;
use crate::product::PrintSpec;
use crate::rendition::Fingerprint;
use crate::services::Dependencies;
use crate::services::delivering::DeliveryError;
use crate::services::error::{Absent, Resource};
use crate::text::{Filename, Prose};
use crate::zip::{EntryName, EntryNames};

pub(super) use papers::{PaperError, write_paper};

/// Changes whenever the papers of a pack, or the names of its files, become others.
const PAPERS_VERSION: u32 = 1;

/// How long a lab pack can be taken.
const LIFETIME: SignedDuration = SignedDuration::from_hours(30 * 24);

/// Why a lab pack cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum LabPackError {
    /// The caller may not.
    #[error(transparent)]
    Denied(#[from] AccessDenied),
    /// There is no such order, or nobody asked for its pack.
    #[error(transparent)]
    Absent(#[from] Absent),
    /// The order was cancelled.
    #[error("the order was cancelled")]
    Cancelled,
    /// The order has no prints, or none of their photos is left.
    #[error("the order has no prints whose photos are still there")]
    NothingToPrint,
    /// It is being made.
    #[error("{done} of {count} files are there")]
    NotReady {
        /// How many files are there.
        done: usize,
        /// How many there will be.
        count: usize,
    },
    /// It could not be made; asking for it again tries anew.
    #[error("{reason}")]
    Failed {
        /// Why, in a sentence for the photographer.
        reason: Prose,
    },
    /// The store failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl PackingService {
    /// Asks for the lab pack of an order; its ticket is in this language. Asking again gives the same pack as long as the order
    /// asks for the same.
    pub async fn request_lab_pack(
        &self,
        principal: &Principal,
        order: OrderId,
        language: Language,
    ) -> Result<PackView, LabPackError> {
        let order = self.order(principal, order).await?;
        if order.state == OrderState::Cancelled {
            return Err(LabPackError::Cancelled);
        }
        let plan = LabPlan::of(self.world(), &order, language).await?;
        if plan.files().next().is_none() {
            return Err(LabPackError::NothingToPrint);
        }
        let (pack, is_new) = self.store(self.pack_of(&order, &plan)).await?;
        if is_new {
            self.enqueue(&pack).await?;
        }
        Ok(self.view(pack))
    }

    /// Opens the lab pack of an order as the order is now, for sending.
    pub async fn open_lab_pack(
        &self,
        principal: &Principal,
        order: OrderId,
        language: Language,
    ) -> Result<ServedPack, LabPackError> {
        let absent = || LabPackError::from(Absent::new(Resource::LabPack));
        let order = self.order(principal, order).await?;
        let plan = LabPlan::of(self.world(), &order, language).await?;
        let found = self.world().metadata().packs.find(order.studio, plan.pack).await?;
        let now = self.world().clock.now();
        let pack = found.map(|found| found.value).filter(|pack| now < pack.expires_at).ok_or_else(absent)?;
        match &pack.state {
            PackState::Ready { .. } => {}
            PackState::Building => {
                let count = pack.entries.as_slice().len();
                return Err(LabPackError::NotReady { done: pack.sealed(), count });
            }
            PackState::Failed { reason, .. } => {
                return Err(LabPackError::Failed { reason: reason.sentence.clone() });
            }
        }
        match self.serve(principal, pack).await {
            Ok(served) => Ok(served),
            Err(DeliveryError::Denied(denied)) => Err(denied.into()),
            Err(DeliveryError::Storage(error)) => Err(error.into()),
            Err(_) => Err(absent()),
        }
    }

    async fn order(&self, principal: &Principal, order: OrderId) -> Result<Order, LabPackError> {
        let studio = principal.manage()?;
        let found = self.world().metadata().orders.find(studio, order).await?;
        Ok(found.ok_or(Absent::new(Resource::Order))?.value)
    }

    fn pack_of(&self, order: &Order, plan: &LabPlan) -> Pack {
        let now = self.world().clock.now();
        let prints = plan.files().map(|(line, file)| (line.name.clone(), file));
        let papers = Paper::ALL
            .iter()
            .map(|paper| (paper.name(), PackFile::Document { number: paper.number(plan.language) }));
        let entries = prints
            .chain(papers)
            .map(|(name, file)| PackEntry { name, file, modified_at: order.created_at, seal: None })
            .collect();
        Pack {
            id: plan.pack,
            studio: order.studio,
            owner: PackOwner::Order(order.id),
            filename: archive_name(order),
            entries: PackEntries::new(entries).expect("as many as an order has lines, and the papers"),
            delivery: self.world().settings.archives.into(),
            state: PackState::Building,
            expires_at: now + LIFETIME,
            due_at: self.stalled_at(now),
            created_at: now,
            updated_at: now,
        }
    }
}

/// What goes to the lab for an order: a function of the order and of its photos.
struct LabPlan {
    pack: PackId,
    language: Language,
    lines: Vec<LabLine>,
}

/// One line of prints.
struct LabLine {
    /// Its place in the order, from 1.
    number: u32,
    item: OrderItem,
    spec: PrintSpec,
    name: EntryName,
    /// Its photo and how it is printed; `None` if the photo was deleted.
    print: Option<(Photo, PrintLayout)>,
}

impl LabPlan {
    async fn of(world: &Dependencies, order: &Order, language: Language) -> Result<Self, StorageError> {
        let photos = photos_of(world, order).await?;
        let mut names = EntryNames::default();
        // Their names are theirs, whatever a line is called.
        for paper in Paper::ALL {
            names.claim("", paper.file_name());
        }
        let mut lines = Vec::new();
        for (number, item) in (1..).zip(&order.items) {
            let Some(spec) = item.product.kind.print() else { continue };
            let photo = photos.get(&item.photo);
            let print = photo.and_then(|photo| {
                let size = photo.facts.as_ref()?.size;
                Some((photo.clone(), PrintLayout::new(size, item.crop, spec.size, spec.print_dpi)))
            });
            let name = names.claim("", &print_name(number, item, spec));
            lines.push(LabLine { number, item: item.clone(), spec: spec.clone(), name, print });
        }
        let pack = pack_id(order, &lines, language, world.renderer.version());
        Ok(Self { pack, language, lines })
    }

    /// The lines that can be printed, with their files.
    fn files(&self) -> impl Iterator<Item = (&LabLine, PackFile)> {
        self.lines.iter().filter_map(|line| {
            let (photo, layout) = line.print.as_ref()?;
            let fingerprint = self.fingerprint(line.number);
            Some((line, PackFile::Print { photo: photo.id, layout: *layout, fingerprint }))
        })
    }

    /// Names the file of a line. No other pack has the same, so it can go with its pack.
    fn fingerprint(&self, number: u32) -> Fingerprint {
        let mut hasher = Sha256::new();
        hasher.update(self.pack.as_uuid());
        hasher.update(number.to_be_bytes());
        Fingerprint::from_digest(&hasher.finalize().into())
    }
}

async fn photos_of(world: &Dependencies, order: &Order) -> Result<HashMap<PhotoId, Photo>, StorageError> {
    let prints = order.items.iter().filter(|item| item.product.kind.print().is_some());
    let mut wanted: Vec<PhotoId> = prints.map(|item| item.photo).collect();
    wanted.sort_unstable();
    wanted.dedup();
    let mut photos = HashMap::new();
    for part in wanted.chunks(PageLimit::MOST.get()) {
        let found = world.metadata().photos.find_many(order.studio, part).await?;
        photos.extend(found.into_iter().map(|photo| (photo.value.id, photo.value)));
    }
    Ok(photos)
}

/// Equal prints of one order have one id, so that a request that is sent twice makes one pack, and an order that was amended
/// another one.
fn pack_id(order: &Order, lines: &[LabLine], language: Language, renderer: u32) -> PackId {
    let mut hasher = Sha256::new();
    // A length before each part keeps parts from running into each other.
    let mut add = |part: &[u8]| {
        hasher.update((part.len() as u64).to_be_bytes());
        hasher.update(part);
    };
    add(format!("lab pack {PAPERS_VERSION} {renderer} {}", language.as_str()).as_bytes());
    add(order.id.as_uuid().as_bytes());
    add(order.special_request.as_str().as_bytes());
    add(format!("{:?}", order.contact).as_bytes());
    for line in lines {
        add(line.name.as_str().as_bytes());
        add(line.item.note.as_str().as_bytes());
        add(line.item.product.name.as_str().as_bytes());
        if let Some((photo, layout)) = &line.print {
            add(photo.id.as_uuid().as_bytes());
            add(photo.sha256.map_or_else(String::new, |sha256| sha256.to_string()).as_bytes());
            add(format!("{layout:?}").as_bytes());
        }
    }
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hasher.finalize()[..16]);
    PackId::from_uuid(Builder::from_custom_bytes(bytes).into_uuid())
}

/// The name of a print, which tells a lab all that it needs: `014_10x15_x2_matte_IMG_0412.jpg`. The size is in centimetres.
fn print_name(number: u32, item: &OrderItem, spec: &PrintSpec) -> String {
    let filename = item.filename.as_str();
    let stem = filename.rsplit_once('.').map_or(filename, |(stem, _)| stem);
    let (width, height) = (spec.size.width_mm() / 10.0, spec.size.height_mm() / 10.0);
    let quantity = item.quantity.get();
    let finish = slug(spec.finish.as_str());
    let finish = if finish.is_empty() { finish } else { format!("{finish}_") };
    format!("{number:03}_{width}x{height}_x{quantity}_{finish}{stem}.jpg")
}

/// Letters and digits with single hyphens between them.
fn slug(text: &str) -> String {
    let words = text.split(|character: char| !character.is_alphanumeric()).filter(|word| !word.is_empty());
    // A finish can be a whole sentence; a name must not.
    words.collect::<Vec<_>>().join("-").chars().take(40).collect()
}

fn archive_name(order: &Order) -> Filename {
    let date = order.created_at.strftime("%Y-%m-%d");
    let clean = EntryNames::default().claim("", &format!("{date} {}.zip", order.contact.name));
    Filename::parse(clean.as_str()).unwrap_or_else(|_| Filename::parse("lab-pack.zip").expect("a plain name"))
}

/// What lies beside the prints.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Paper {
    /// A table of the prints for programs that read tables.
    Csv,
    /// One page for the people at the lab.
    Ticket,
    /// Everything, with the hash of every other file; written last.
    Json,
}

impl Paper {
    const ALL: [Self; 3] = [Self::Csv, Self::Ticket, Self::Json];

    const fn file_name(self) -> &'static str {
        match self {
            Self::Csv => "manifest.csv",
            Self::Ticket => "job-ticket.pdf",
            Self::Json => "manifest.json",
        }
    }

    fn name(self) -> EntryName {
        EntryNames::default().claim("", self.file_name())
    }

    /// The number under which the pack lists it; it tells the ticket's language too.
    const fn number(self, language: Language) -> u16 {
        match (self, language) {
            (Self::Csv, _) => 0,
            (Self::Json, _) => 1,
            (Self::Ticket, Language::English) => 2,
            (Self::Ticket, Language::German) => 3,
        }
    }

    const fn find(number: u16) -> Option<Self> {
        match number {
            0 => Some(Self::Csv),
            1 => Some(Self::Json),
            2 | 3 => Some(Self::Ticket),
            _ => None,
        }
    }
}

/// In which order the files of a pack are sealed: prints, then what tells of them, then what tells of everything.
pub(super) fn stage(file: PackFile) -> u8 {
    match file {
        PackFile::Document { number } if number == Paper::Json.number(Language::English) => 2,
        PackFile::Document { .. } => 1,
        PackFile::Original { .. }
        | PackFile::Sized { .. }
        | PackFile::Proof { .. }
        | PackFile::Print { .. } => 0,
    }
}

/// The language of a pack's ticket.
fn language_of(pack: &Pack) -> Language {
    let has =
        |number| pack.entries.as_slice().iter().any(|entry| entry.file == PackFile::Document { number });
    let spoken = Language::ALL.into_iter().find(|language| has(Paper::Ticket.number(*language)));
    spoken.unwrap_or_default()
}

/// The plan behind a pack that is being built, with its order, if it still is the same.
async fn plan_of(
    world: &Dependencies,
    studio: StudioId,
    order: OrderId,
    pack: &Pack,
) -> Result<Option<(Order, LabPlan)>, StorageError> {
    let Some(order) = world.metadata().orders.find(studio, order).await? else { return Ok(None) };
    let plan = LabPlan::of(world, &order.value, language_of(pack)).await?;
    Ok((plan.pack == pack.id).then_some((order.value, plan)))
}
