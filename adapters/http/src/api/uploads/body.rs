//! Tickets for uploads, and what is sent to ask for and to complete them.

use std::collections::BTreeMap;

use halftone_core::ports::objects::{PartNumber, UploadedPart};
use halftone_core::ports::urls::UploadLink;
use halftone_core::services::error::{FieldExt as _, InvalidField};
use halftone_core::services::uploads::{AnnouncedFile, Completed, Ticket, UploadError};
use halftone_core::text::InvalidValue;
use poem_openapi::{Object, Union};

use crate::api::archives::body::ArchiveObject;
use crate::api::photos::body::PhotoObject;
use crate::api::studio::body::ImageObject;
use crate::api::time::Time;
use crate::links::Links;
use crate::problem::Problem;

/// The files that are to be uploaded.
#[derive(Debug, Object)]
pub(crate) struct UploadsRequest {
    /// The files, 1 to 500.
    pub(crate) files: Vec<FileAnnouncement>,
}

/// A file that is to be uploaded.
#[derive(Debug, Object)]
pub(crate) struct FileAnnouncement {
    /// The camera filename.
    filename: String,
    /// Size in bytes.
    size: i64,
    /// The media type; where it says nothing, the filename's extension decides.
    content_type: Option<String>,
    /// SHA-256 in hexadecimal, if it is known.
    sha256: Option<String>,
}

/// One entry for each file, in the order of the request.
#[derive(Debug, Object)]
pub(crate) struct UploadsReply {
    /// The tickets and refusals.
    uploads: Vec<UploadEntry>,
}

/// A ticket; or, with `error`, why there is none for this file.
#[derive(Debug, Default, Object)]
#[oai(skip_serializing_if_is_none)]
pub(crate) struct UploadEntry {
    /// The file's name.
    filename: String,
    /// Names the upload in `complete`.
    upload_id: Option<String>,
    /// The photo that it becomes.
    photo_id: Option<String>,
    /// How the bytes are sent: `PUT`.
    method: Option<String>,
    /// Where they are sent.
    url: Option<String>,
    /// Headers that must be sent with them.
    headers: Option<BTreeMap<String, String>>,
    /// When the ticket ends.
    expires_at: Option<Time>,
    /// Why the file is refused.
    error: Option<Problem>,
}

/// The parts for which URLs are wanted.
#[derive(Debug, Object)]
pub(crate) struct PartsRequest {
    /// Their numbers, 1 to 10,000, at most 1,000 at a time.
    part_numbers: Vec<i64>,
}

/// Where the parts are sent.
#[derive(Debug, Object)]
pub(crate) struct PartsReply {
    /// One entry for each number.
    parts: Vec<PartLink>,
}

/// Where one part is sent. The reply to it carries the `ETag` that `complete` asks for.
#[derive(Debug, Object)]
pub(crate) struct PartLink {
    /// Which part.
    part_number: u16,
    /// How the bytes are sent: `PUT`.
    method: String,
    /// Where they are sent.
    url: String,
    /// Headers that must be sent with them.
    headers: BTreeMap<String, String>,
}

/// Completes an upload.
#[derive(Debug, Object)]
pub(crate) struct Completion {
    /// For a file that was sent in parts: all of them.
    parts: Option<Vec<SentPart>>,
}

/// A part that was sent.
#[derive(Debug, Object)]
pub(crate) struct SentPart {
    /// Which part.
    part_number: i64,
    /// The `ETag` of the reply to it, with or without quotes.
    etag: String,
}

impl From<FileAnnouncement> for AnnouncedFile {
    fn from(file: FileAnnouncement) -> Self {
        Self {
            filename: file.filename,
            // A negative size is refused like an empty file, in its own entry.
            size: u64::try_from(file.size).unwrap_or(0),
            content_type: file.content_type,
            sha256: file.sha256,
        }
    }
}

impl UploadsReply {
    /// Joins the outcomes with the names of their files.
    pub(crate) fn new(
        filenames: Vec<String>,
        outcomes: Vec<Result<Ticket, UploadError>>,
        links: &Links,
    ) -> Self {
        let entries = filenames.into_iter().zip(outcomes);
        let uploads = entries.map(|(filename, outcome)| UploadEntry::new(filename, outcome, links));
        Self { uploads: uploads.collect() }
    }
}

impl UploadEntry {
    /// Shows a ticket, or why there is none.
    pub(crate) fn new(filename: String, outcome: Result<Ticket, UploadError>, links: &Links) -> Self {
        match outcome {
            Ok(ticket) => Self {
                filename,
                upload_id: Some(ticket.upload.to_string()),
                photo_id: Some(ticket.upload.as_photo().to_string()),
                method: Some("PUT".to_owned()),
                url: Some(links.absolute(&ticket.link.url)),
                headers: Some(ticket.link.headers.into_iter().collect()),
                expires_at: Some(ticket.expires_at.into()),
                error: None,
            },
            Err(error) => Self { filename, error: Some(Problem::of(error)), ..Self::default() },
        }
    }
}

impl PartsRequest {
    /// The most URLs of one call.
    const MOST: usize = 1_000;

    /// The numbers.
    pub(crate) fn parse(&self) -> Result<Vec<PartNumber>, InvalidField> {
        if self.part_numbers.is_empty() || self.part_numbers.len() > Self::MOST {
            let rule = InvalidValue::new("part numbers", format!("must be 1 to {}", Self::MOST));
            return Err(InvalidField::new("part_numbers", rule));
        }
        let parse = |(position, number): (usize, &i64)| {
            PartNumber::parse(*number).field(&format!("part_numbers[{position}]"))
        };
        self.part_numbers.iter().enumerate().map(parse).collect()
    }
}

impl PartsReply {
    /// Shows where the parts are sent.
    pub(crate) fn new(parts: Vec<(PartNumber, UploadLink)>, links: &Links) -> Self {
        let parts = parts.into_iter().map(|(number, link)| PartLink {
            part_number: number.get(),
            method: "PUT".to_owned(),
            url: links.absolute(&link.url),
            headers: link.headers.into_iter().collect(),
        });
        Self { parts: parts.collect() }
    }
}

impl Completion {
    /// The parts that were sent, if the file came in parts.
    pub(crate) fn parse(&self) -> Result<Option<Vec<UploadedPart>>, InvalidField> {
        let Some(parts) = &self.parts else {
            return Ok(None);
        };
        let parse = |(position, part): (usize, &SentPart)| {
            let number = PartNumber::parse(part.part_number);
            Ok(UploadedPart {
                number: number.field(&format!("parts[{position}].part_number"))?,
                etag: part.etag.trim().trim_matches('"').to_owned(),
            })
        };
        parts.iter().enumerate().map(parse).collect::<Result<_, _>>().map(Some)
    }
}

/// What an upload became: a photo, a studio's image, or an archive.
#[derive(Debug, Union)]
#[oai(rename = "CompletedUpload")]
pub(crate) enum CompletedObject {
    /// A photo.
    Photo(Box<PhotoObject>),
    /// A studio's image.
    Image(ImageObject),
    /// An archive, whose photos are still to come.
    Archive(Box<ArchiveObject>),
}

impl CompletedObject {
    /// Shows what an upload became.
    pub(crate) fn new(completed: Completed, links: &Links) -> Self {
        match completed {
            Completed::Photo(view) => Self::Photo(Box::new(PhotoObject::new(&view, links))),
            Completed::Image(image) => Self::Image((&image).into()),
            Completed::Archive(archive) => Self::Archive(Box::new((&*archive).into())),
        }
    }
}
