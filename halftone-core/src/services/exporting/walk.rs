//! The way through everything that a studio has, step by step.

use std::collections::VecDeque;
use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::TryStreamExt as _;

use super::RecordWriter;
use super::records::{Kind, PerGallery, Reader};
use crate::access::{DownloadWish, Principal, WishedFile, grant_download};
use crate::gallery::Gallery;
use crate::id::StudioId;
use crate::page::{Cursor, PageLimit, PageRequest};
use crate::photo::{Photo, PhotoSort, PhotoStateKind};
use crate::ports::error::{StorageError, StorageErrorKind};
use crate::ports::galleries::GalleryFilter;
use crate::ports::objects::ObjectStream;
use crate::ports::photos::PhotoFilter;
use crate::services::Shared;
use crate::zip::EntryNames;
use crate::zip::streaming::ZipStream;

/// What is to be done next.
enum Step {
    /// Begin the file of a kind of documents.
    Open(Kind),
    /// A page of documents.
    Page(Kind, Option<Cursor>),
    /// A page of galleries, for what is found by gallery.
    Galleries(PerGallery, Option<Cursor>),
    /// A page of what is found in one gallery.
    InGallery(PerGallery, Arc<Place>, Option<Cursor>),
    /// End the file of documents.
    Close,
    /// An original.
    Original(Box<Photo>, Arc<Place>),
    /// What was missing, and the end.
    Finish,
}

/// Where the photos of a gallery go.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) gallery: Gallery,
    collection: Option<String>,
}

/// An export under way.
pub(super) struct Walk {
    reader: Reader,
    principal: Principal,
    writer: Arc<dyn RecordWriter>,
    zip: ZipStream,
    names: EntryNames,
    steps: VecDeque<Step>,
    /// The original that is being sent.
    reading: Option<ObjectStream>,
    /// Whether the open file of documents has any yet.
    has_records: bool,
    missing: Vec<String>,
}

impl fmt::Debug for Walk {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Walk").field("studio", &self.reader.studio).finish_non_exhaustive()
    }
}

impl Walk {
    pub(super) fn new(
        world: Shared,
        principal: Principal,
        studio: StudioId,
        writer: Arc<dyn RecordWriter>,
    ) -> Self {
        let mut steps = VecDeque::new();
        for kind in Kind::ALL {
            let first = match kind.per_gallery() {
                Some(kind) => Step::Galleries(kind, None),
                None => Step::Page(kind, None),
            };
            steps.extend([Step::Open(kind)]);
            steps.extend(kind.before_galleries().map(|kind| Step::Page(kind, None)));
            steps.extend([first, Step::Close]);
        }
        steps.extend([Step::Galleries(PerGallery::Originals, None), Step::Finish]);
        let (zip, names) = (ZipStream::new(), EntryNames::default());
        Self {
            reader: Reader { world, studio },
            principal,
            writer,
            zip,
            names,
            steps,
            reading: None,
            has_records: false,
            missing: Vec::new(),
        }
    }

    /// The next bytes of the export, or `None` at its end.
    pub(super) async fn next(&mut self) -> Result<Option<Bytes>, StorageError> {
        loop {
            let bytes = match self.reading.take() {
                Some(content) => self.read_on(content).await?,
                None => match self.steps.pop_front() {
                    Some(step) => self.run(step).await?,
                    None => return Ok(None),
                },
            };
            if !bytes.is_empty() {
                return Ok(Some(bytes));
            }
        }
    }

    async fn run(&mut self, step: Step) -> Result<Bytes, StorageError> {
        match step {
            Step::Open(kind) => Ok(self.open_records(kind.filename())),
            Step::Page(kind, after) => {
                let (records, next) = self.reader.records(kind, after).await?;
                self.go_on(next.map(|next| Step::Page(kind, Some(next))));
                Ok(self.put(records))
            }
            Step::Galleries(kind, after) => {
                self.visit_galleries(kind, after).await?;
                Ok(Bytes::new())
            }
            Step::InGallery(kind, place, after) => self.run_in_gallery(kind, place, after).await,
            Step::Close => Ok(self.close_records()),
            Step::Original(photo, place) => self.open_original(&photo, &place).await,
            Step::Finish => Ok(self.finish()),
        }
    }

    /// Does a step before all others.
    fn go_on(&mut self, step: Option<Step>) {
        if let Some(step) = step {
            self.steps.push_front(step);
        }
    }

    fn open_records(&mut self, filename: &str) -> Bytes {
        self.has_records = false;
        let name = self.names.claim("", filename);
        let header = self.zip.open(name, self.reader.world.clock.now());
        self.zip.content(b"[");
        joined(&[&header, b"["])
    }

    fn close_records(&mut self) -> Bytes {
        self.zip.content(b"\n]\n");
        joined(&[b"\n]\n", &self.zip.close()])
    }

    fn put(&mut self, records: Vec<super::ExportRecord>) -> Bytes {
        let mut content = Vec::new();
        for record in records {
            content.extend_from_slice(if self.has_records { b",\n" } else { b"\n" });
            content.extend(self.writer.write(record));
            self.has_records = true;
        }
        self.zip.content(&content);
        content.into()
    }

    async fn visit_galleries(&mut self, kind: PerGallery, after: Option<Cursor>) -> Result<(), StorageError> {
        let page = PageRequest::after(PageLimit::MOST, after);
        let found = self
            .reader
            .world
            .metadata()
            .galleries
            .list(self.reader.studio, &GalleryFilter::default(), &page)
            .await?;
        self.go_on(found.next.map(|next| Step::Galleries(kind, Some(next))));
        for gallery in found.items.into_iter().rev() {
            let collection = match gallery.value.collection {
                Some(id) => self.reader.world.metadata().collections.find(self.reader.studio, id).await?,
                None => None,
            };
            let collection = collection.map(|collection| collection.value.name.to_string());
            let place = Arc::new(Place { gallery: gallery.value, collection });
            self.go_on(Some(Step::InGallery(kind, place, None)));
        }
        Ok(())
    }

    async fn run_in_gallery(
        &mut self,
        kind: PerGallery,
        place: Arc<Place>,
        after: Option<Cursor>,
    ) -> Result<Bytes, StorageError> {
        if kind == PerGallery::Originals {
            self.plan_originals(place, after).await?;
            return Ok(Bytes::new());
        }
        let (records, next) = self.reader.records_in(kind, &place.gallery, after).await?;
        self.go_on(next.map(|next| Step::InGallery(kind, place, Some(next))));
        Ok(self.put(records))
    }

    async fn plan_originals(&mut self, place: Arc<Place>, after: Option<Cursor>) -> Result<(), StorageError> {
        let page = PageRequest::after(PageLimit::MOST, after);
        let filter = PhotoFilter {
            sort: PhotoSort::UploadedAt,
            states: PhotoStateKind::WITH_BYTES.to_vec(),
            ..PhotoFilter::default()
        };
        let found = self
            .reader
            .world
            .metadata()
            .photos
            .list(self.reader.studio, place.gallery.id, &filter, &page)
            .await?;
        let next =
            found.next.map(|next| Step::InGallery(PerGallery::Originals, Arc::clone(&place), Some(next)));
        self.go_on(next);
        for photo in found.items.into_iter().rev() {
            self.go_on(Some(Step::Original(Box::new(photo.value), Arc::clone(&place))));
        }
        Ok(())
    }

    /// Begins to send an original, behind a grant as every clean file.
    async fn open_original(&mut self, photo: &Photo, place: &Place) -> Result<Bytes, StorageError> {
        let wish = DownloadWish {
            file: WishedFile::Original(photo.id, photo.replacements.current_id()),
            filename: photo.filename.clone(),
            media_type: photo.content_type.as_str().to_owned(),
        };
        let grant = grant_download(&self.principal, wish).map_err(|error| {
            StorageError::new(StorageErrorKind::Unexpected, "export original of", photo.id).with_source(error)
        })?;
        let body = match self.reader.world.backend.objects.store.get(grant.key(), None).await {
            // Deleted or replaced a moment ago, or lost.
            Err(error) if error.kind() == StorageErrorKind::NotFound => {
                self.missing.push(photo.id.to_string());
                return Ok(Bytes::new());
            }
            body => body?,
        };
        let gallery = place.gallery.name.to_string();
        let folders: Vec<&str> = place.collection.as_deref().into_iter().chain([gallery.as_str()]).collect();
        let name = self.names.claim_in(&folders, photo.filename.as_str());
        let taken_at = photo.facts.as_ref().and_then(|facts| facts.captured_at);
        self.reading = Some(body.stream);
        Ok(self.zip.open(name, taken_at.unwrap_or(photo.created_at)))
    }

    async fn read_on(&mut self, mut content: ObjectStream) -> Result<Bytes, StorageError> {
        let Some(piece) = content.try_next().await? else { return Ok(self.zip.close()) };
        self.zip.content(&piece);
        self.reading = Some(content);
        Ok(piece)
    }

    fn finish(&mut self) -> Bytes {
        if self.missing.is_empty() {
            return self.zip.finish();
        }
        let missing = serde_json::to_vec(&self.missing).expect("a list of ids");
        let header = self.zip.open(self.names.claim("", "missing.json"), self.reader.world.clock.now());
        self.zip.content(&missing);
        joined(&[&header, &missing, &self.zip.close(), &self.zip.finish()])
    }
}

fn joined(parts: &[&[u8]]) -> Bytes {
    parts.concat().into()
}
