//! Processing options and renditions inside documents.

use halftone_core::geometry::PixelSize;
use halftone_core::id::ImageId;
use halftone_core::rendition::{
    ColourPolicy, Fingerprint, Placeholder, ProcessingOptions, ProofEdge, Quality, RenditionFormat,
    Renditions, StoredRendition, ThumbEdge,
};
use halftone_core::text::{InvalidValue, WatermarkText};
use halftone_core::watermark::{Angle, Colour, Layout, Opacity, Placement, Scale, Watermark};
use serde::{Deserialize, Serialize};

use super::DamagedDocument;
use super::encoding::{bytes_of, text_of};

#[derive(Serialize, Deserialize)]
pub(super) struct ProcessingDocument {
    proof_long_edge_px: u32,
    proof_quality: u8,
    thumb_long_edge_px: u32,
    format: String,
    colour: String,
    watermark: WatermarkDocument,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum WatermarkDocument {
    None,
    Text { text: String, colour: String, placement: PlacementDocument },
    Image { image: ImageId, placement: PlacementDocument },
}

#[derive(Serialize, Deserialize)]
struct PlacementDocument {
    layout: String,
    opacity: f64,
    scale: f64,
    angle: f64,
}

#[derive(Serialize, Deserialize)]
pub(super) struct RenditionsDocument {
    fingerprint: String,
    format: String,
    proof: RenditionDocument,
    thumb: RenditionDocument,
    placeholder: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    base: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct RenditionDocument {
    width: u32,
    height: u32,
    bytes: u64,
}

impl From<&ProcessingOptions> for ProcessingDocument {
    fn from(options: &ProcessingOptions) -> Self {
        Self {
            proof_long_edge_px: options.proof_long_edge.get(),
            proof_quality: options.proof_quality.get(),
            thumb_long_edge_px: options.thumb_long_edge.get(),
            format: options.format.as_str().to_owned(),
            colour: options.colour.as_str().to_owned(),
            watermark: WatermarkDocument::from(&options.watermark),
        }
    }
}

impl TryFrom<ProcessingDocument> for ProcessingOptions {
    type Error = InvalidValue;

    fn try_from(document: ProcessingDocument) -> Result<Self, InvalidValue> {
        Ok(Self {
            proof_long_edge: ProofEdge::parse(document.proof_long_edge_px)?,
            proof_quality: Quality::parse(u32::from(document.proof_quality))?,
            thumb_long_edge: ThumbEdge::parse(document.thumb_long_edge_px)?,
            format: RenditionFormat::parse(&document.format)?,
            colour: ColourPolicy::parse(&document.colour)?,
            watermark: document.watermark.try_into()?,
        })
    }
}

impl From<&Watermark> for WatermarkDocument {
    fn from(watermark: &Watermark) -> Self {
        match watermark {
            Watermark::None => Self::None,
            Watermark::Text { text, colour, placement } => Self::Text {
                text: text.to_string(),
                colour: colour.to_string(),
                placement: PlacementDocument::from(*placement),
            },
            Watermark::Image { image, placement } => {
                Self::Image { image: *image, placement: PlacementDocument::from(*placement) }
            }
        }
    }
}

impl TryFrom<WatermarkDocument> for Watermark {
    type Error = InvalidValue;

    fn try_from(document: WatermarkDocument) -> Result<Self, InvalidValue> {
        Ok(match document {
            WatermarkDocument::None => Self::None,
            WatermarkDocument::Text { text, colour, placement } => Self::Text {
                text: WatermarkText::parse(&text)?,
                colour: Colour::parse(&colour)?,
                placement: placement.try_into()?,
            },
            WatermarkDocument::Image { image, placement } => {
                Self::Image { image, placement: placement.try_into()? }
            }
        })
    }
}

impl From<Placement> for PlacementDocument {
    fn from(placement: Placement) -> Self {
        Self {
            layout: placement.layout.as_str().to_owned(),
            opacity: placement.opacity.get(),
            scale: placement.scale.get(),
            angle: placement.angle.get(),
        }
    }
}

impl TryFrom<PlacementDocument> for Placement {
    type Error = InvalidValue;

    fn try_from(document: PlacementDocument) -> Result<Self, InvalidValue> {
        Ok(Self {
            layout: Layout::parse(&document.layout)?,
            opacity: Opacity::parse(document.opacity)?,
            scale: Scale::parse(document.scale)?,
            angle: Angle::parse(document.angle)?,
        })
    }
}

impl From<&Renditions> for RenditionsDocument {
    fn from(renditions: &Renditions) -> Self {
        Self {
            fingerprint: renditions.fingerprint.to_string(),
            format: renditions.format.as_str().to_owned(),
            proof: RenditionDocument::from(renditions.proof),
            thumb: RenditionDocument::from(renditions.thumb),
            placeholder: text_of(renditions.placeholder.as_bytes()),
            base: renditions.base.map(|base| base.to_string()),
        }
    }
}

impl TryFrom<RenditionsDocument> for Renditions {
    type Error = DamagedDocument;

    fn try_from(document: RenditionsDocument) -> Result<Self, DamagedDocument> {
        Ok(Self {
            fingerprint: Fingerprint::parse(&document.fingerprint)?,
            format: RenditionFormat::parse(&document.format)?,
            proof: document.proof.try_into()?,
            thumb: document.thumb.try_into()?,
            placeholder: Placeholder::parse(bytes_of(&document.placeholder)?)?,
            base: document.base.as_deref().map(Fingerprint::parse).transpose()?,
        })
    }
}

impl From<StoredRendition> for RenditionDocument {
    fn from(rendition: StoredRendition) -> Self {
        Self { width: rendition.size.width(), height: rendition.size.height(), bytes: rendition.bytes }
    }
}

impl TryFrom<RenditionDocument> for StoredRendition {
    type Error = InvalidValue;

    fn try_from(document: RenditionDocument) -> Result<Self, InvalidValue> {
        Ok(Self { size: PixelSize::new(document.width, document.height)?, bytes: document.bytes })
    }
}
