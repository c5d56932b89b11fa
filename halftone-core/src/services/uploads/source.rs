//! What kind of file is announced.

use std::path::Path;

use crate::photo::SourceType;
use crate::services::uploads::UploadError;
use crate::text::{Filename, InvalidValue};

/// What kind of file is announced: by its media type or, where that says nothing, by its extension.
pub(super) fn source_type(
    content_type: Option<&str>,
    filename: &Filename,
) -> Result<SourceType, UploadError> {
    match content_type.map(str::trim) {
        Some(text) if !text.is_empty() && !text.eq_ignore_ascii_case("application/octet-stream") => {
            SourceType::parse(text).map_err(UploadError::UnsupportedType)
        }
        _ => by_extension(filename),
    }
}

fn by_extension(filename: &Filename) -> Result<SourceType, UploadError> {
    let extension = Path::new(filename.as_str()).extension().and_then(|extension| extension.to_str());
    match extension.unwrap_or_default().to_ascii_lowercase().as_str() {
        "jpg" | "jpeg" | "jpe" => Ok(SourceType::Jpeg),
        "png" => Ok(SourceType::Png),
        "webp" => Ok(SourceType::WebP),
        "tif" | "tiff" => Ok(SourceType::Tiff),
        _ => {
            let rule = "must be JPEG, PNG, WebP or TIFF";
            Err(UploadError::UnsupportedType(InvalidValue::new("file type", rule)))
        }
    }
}
