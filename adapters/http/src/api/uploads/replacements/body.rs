//! Folders of edited files, and which photos they belong to.

use halftone_core::services::error::{FieldExt as _, InvalidField};
use halftone_core::services::uploads::{AnnouncedFile, MatchRequest, Matched, UploadError};
use poem_openapi::Object;

use crate::api::time::parse_time;
use crate::api::uploads::body::UploadEntry;
use crate::links::Links;
use crate::problem::Problem;

/// Edited files whose photos are wanted.
#[derive(Debug, Object)]
pub(crate) struct MatchesRequest {
    /// The files, 1 to 500.
    files: Vec<EditedFile>,
}

/// An edited file.
#[derive(Debug, Object)]
pub(crate) struct EditedFile {
    /// What it is called.
    filename: String,
    /// Size in bytes.
    size: i64,
    /// The media type; where it says nothing, the filename's extension decides.
    content_type: Option<String>,
    /// SHA-256 in hexadecimal, if it is known. Bytes that are there already need not be sent.
    sha256: Option<String>,
    /// When its picture was taken, if it tells; compared to the second. A time without an offset is the camera's clock
    /// written as `Z`.
    captured_at: Option<String>,
}

/// One entry for each file, in the order of the request.
#[derive(Debug, Object)]
pub(crate) struct MatchesReply {
    /// What was found.
    files: Vec<MatchEntry>,
}

/// To which photo a file belongs; or, with `error`, why it cannot be taken.
#[derive(Debug, Default, Object)]
#[oai(skip_serializing_if_is_none)]
pub(crate) struct MatchEntry {
    /// The file's name.
    filename: String,
    /// `matched` with the photo and a ticket, `unchanged` with the photo that has the very same bytes, `ambiguous` with
    /// candidates, or `unmatched`.
    outcome: Option<String>,
    /// The photo, if it is certain.
    photo_id: Option<String>,
    /// Where to send the file, if its photo is certain.
    upload: Option<UploadEntry>,
    /// The photos that it may belong to, at most twenty.
    candidates: Option<Vec<String>>,
    /// Why the file is refused.
    error: Option<Problem>,
}

impl MatchesRequest {
    /// The files, as they were announced.
    pub(crate) fn parse(self) -> Result<Vec<MatchRequest>, InvalidField> {
        let parse = |(position, file): (usize, EditedFile)| {
            let captured_at = file.captured_at.as_deref().map(parse_time).transpose();
            Ok(MatchRequest {
                captured_at: captured_at.field(&format!("files[{position}].captured_at"))?,
                file: AnnouncedFile {
                    filename: file.filename,
                    // A negative size is refused like an empty file, in its own entry.
                    size: u64::try_from(file.size).unwrap_or(0),
                    content_type: file.content_type,
                    sha256: file.sha256,
                },
            })
        };
        self.files.into_iter().enumerate().map(parse).collect()
    }
}

impl MatchesReply {
    /// Joins the outcomes with the names of their files.
    pub(crate) fn new(
        filenames: Vec<String>,
        outcomes: Vec<Result<Matched, UploadError>>,
        links: &Links,
    ) -> Self {
        let entries = filenames.into_iter().zip(outcomes);
        Self { files: entries.map(|(filename, outcome)| MatchEntry::new(filename, outcome, links)).collect() }
    }
}

impl MatchEntry {
    fn new(filename: String, outcome: Result<Matched, UploadError>, links: &Links) -> Self {
        let found = |word: &str| Some(word.to_owned());
        match outcome {
            Ok(Matched::Matched { photo, ticket }) => Self {
                outcome: found("matched"),
                photo_id: Some(photo.to_string()),
                upload: Some(UploadEntry::new(filename.clone(), Ok(ticket), links)),
                filename,
                ..Self::default()
            },
            Ok(Matched::Unchanged { photo }) => Self {
                filename,
                outcome: found("unchanged"),
                photo_id: Some(photo.to_string()),
                ..Self::default()
            },
            Ok(Matched::Ambiguous { candidates }) => Self {
                filename,
                outcome: found("ambiguous"),
                candidates: Some(candidates.iter().map(ToString::to_string).collect()),
                ..Self::default()
            },
            Ok(Matched::Unmatched) => Self { filename, outcome: found("unmatched"), ..Self::default() },
            Err(error) => Self { filename, error: Some(Problem::of(error)), ..Self::default() },
        }
    }
}
