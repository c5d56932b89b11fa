//! Rectangles inside documents.

use halftone_core::geometry::CropRect;
use halftone_core::text::InvalidValue;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
pub(super) struct CropDocument {
    x: f64,
    y: f64,
    width: f64,
    height: f64,
}

impl From<CropRect> for CropDocument {
    fn from(crop: CropRect) -> Self {
        Self { x: crop.x(), y: crop.y(), width: crop.width(), height: crop.height() }
    }
}

impl TryFrom<CropDocument> for CropRect {
    type Error = InvalidValue;

    fn try_from(document: CropDocument) -> Result<Self, InvalidValue> {
        Self::parse(document.x, document.y, document.width, document.height)
    }
}
