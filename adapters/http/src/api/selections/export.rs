//! `/selections/{id}/export`: a selection for raw converters and spreadsheets.

use halftone_core::export::{Comments, ExportFormat, Marks, Rating};
use halftone_core::id::SelectionId;
use halftone_core::services::error::{FieldExt as _, InvalidField};
use halftone_core::services::selection_exports::SelectionExportService;
use halftone_core::text;
use poem_openapi::OpenApi;
use poem_openapi::param::{Path, Query};

use crate::api::path_id::parse_id;
use crate::api::tag::Tag;
use crate::auth::StudioAuth;
use crate::download::{FileForm, FileReply, FileRequest, stream_object};
use crate::problem::Failure;
use crate::problem::family::SelectingFailure;

/// Serves exports.
#[derive(Debug)]
pub(crate) struct SelectionExportsApi {
    pub(crate) exports: SelectionExportService,
}

#[OpenApi(tag = "Tag::Selections")]
impl SelectionExportsApi {
    /// Exports a selection by the names that the camera gave
    ///
    /// `lightroom` and `capture_one` are lines of names without extension, for the text filter of Lightroom Classic
    /// (separated by commas) and the search of Capture One (separated by spaces). `csv` is a table in UTF-8 whose texts no
    /// spreadsheet takes for formulas: one that begins like a formula gets an apostrophe. `xmp` is an archive with a
    /// sidecar for each photo, to be unpacked beside the raw files; photos with a name that occurs again are in folders
    /// of their own and listed in `same-names.csv`.
    #[oai(path = "/selections/:selection_id/export", method = "get", operation_id = "exportSelection")]
    #[expect(clippy::too_many_arguments, reason = "one for each parameter of the query")]
    async fn export(
        &self,
        auth: StudioAuth,
        request: FileRequest,
        /// Which selection.
        selection_id: Path<String>,
        /// `lightroom`, `capture_one`, `csv` or `xmp`.
        format: Query<Option<String>>,
        /// The stars in sidecars, 1 to 5. If neither stars nor a label is asked for, 5.
        rating: Query<Option<i64>>,
        /// The label in sidecars, such as `Green`: 1 to 60 characters.
        label: Query<Option<String>>,
        /// Whether the client's comments become descriptions in sidecars. They do not if left out.
        comments: Query<Option<bool>>,
    ) -> Result<FileReply, SelectingFailure> {
        let id: SelectionId = parse_id(&selection_id)?;
        let format = ExportFormat::parse(format.0.as_deref().unwrap_or_default()).field("format")?;
        let marks = marks(rating.0, label.0.as_deref(), comments.0.unwrap_or_default())?;
        let file = self.exports.export(&auth.0, id, format, &marks).await?;
        let form = FileForm {
            media_type: file.media_type,
            save_as: Some(&file.filename),
            cache: FileForm::REVALIDATE,
        };
        let read = |range| async { Ok::<_, Failure>(file.read(range)) };
        Ok(stream_object(&request, &file.info, form, read).await?)
    }
}

fn marks(rating: Option<i64>, label: Option<&str>, comments: bool) -> Result<Marks, InvalidField> {
    let label = label.map(text::Tag::parse).transpose().field("label")?;
    let rating = rating.or_else(|| label.is_none().then_some(5));
    Ok(Marks {
        rating: rating.map(Rating::parse).transpose().field("rating")?,
        label,
        comments: if comments { Comments::Described } else { Comments::Left },
    })
}
