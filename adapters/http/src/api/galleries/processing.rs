//! Processing options in JSON.

use halftone_core::processing_draft::{ProcessingDraft, WatermarkDraft, WatermarkKind};
use halftone_core::rendition::{
    ColourPolicy, ProcessingOptions, ProofEdge, Quality, RenditionFormat, ThumbEdge,
};
use halftone_core::services::error::{FieldExt as _, InvalidField};
use halftone_core::text::{InvalidValue, WatermarkText};
use halftone_core::watermark::{Angle, Colour, Layout, Opacity, Placement, Scale, Watermark};
use poem_openapi::Object;

use crate::api::studio::body::parse_image;

/// How a gallery's renditions are made.
#[derive(Debug, Object)]
#[oai(rename = "Processing")]
pub(crate) struct ProcessingObject {
    /// Longest side of proofs in pixels.
    proof_long_edge: u32,
    /// Quality of proofs.
    proof_quality: u8,
    /// Longest side of thumbs in pixels.
    thumb_long_edge: u32,
    /// Format of both: `jpeg` or `webp`.
    format: String,
    /// What happens to colour profiles: `keep` carries them into the renditions, `srgb` converts the pixels.
    colour_space: String,
    /// The mark of the proofs.
    watermark: WatermarkObject,
}

/// The mark of the proofs.
#[derive(Debug, Default, Object)]
#[oai(rename = "Watermark", skip_serializing_if_is_none)]
pub(crate) struct WatermarkObject {
    /// `none`, `text` or `image`.
    kind: String,
    /// What a text says.
    text: Option<String>,
    /// The logo.
    image_id: Option<String>,
    /// `tiled`, `centre`, or a corner: `top_left`, `top_right`, `bottom_left`, `bottom_right`.
    layout: Option<String>,
    /// How much of the picture the mark covers up, 0.05 to 1.
    opacity: Option<f64>,
    /// Height of the text or logo relative to the proof's short edge, 0.02 to 1.
    scale: Option<f64>,
    /// Turn in degrees, positive clockwise.
    angle: Option<f64>,
    /// Colour of a text: `#ffffff`.
    colour: Option<String>,
}

/// Processing options of which some are given.
#[derive(Debug, Default, Object)]
#[oai(rename = "ProcessingDraft")]
pub(crate) struct ProcessingBody {
    /// Longest side of proofs in pixels: 256 to 8192, 2048 by default.
    pub(crate) proof_long_edge: Option<i64>,
    /// Quality of proofs: 30 to 100, 82 by default.
    pub(crate) proof_quality: Option<i64>,
    /// Longest side of thumbs in pixels: 64 to 800, 400 by default.
    pub(crate) thumb_long_edge: Option<i64>,
    /// `jpeg`, the default, or `webp`.
    pub(crate) format: Option<String>,
    /// `keep`, the default, or `srgb`.
    pub(crate) colour_space: Option<String>,
    /// The mark of the proofs.
    pub(crate) watermark: Option<WatermarkBody>,
}

/// A watermark of which some fields are given.
#[derive(Debug, Default, Object)]
#[oai(rename = "WatermarkDraft")]
pub(crate) struct WatermarkBody {
    /// `none`, `text` or `image`. A new gallery is marked with the studio's name.
    pub(crate) kind: Option<String>,
    /// What a text says, 1 to 120 characters.
    pub(crate) text: Option<String>,
    /// The logo, if the kind is `image`.
    pub(crate) image_id: Option<String>,
    /// `tiled`, the default, `centre`, `top_left`, `top_right`, `bottom_left` or `bottom_right`.
    pub(crate) layout: Option<String>,
    /// How much of the picture the mark covers up: 0.05 to 1, 0.35 by default.
    pub(crate) opacity: Option<f64>,
    /// Height of the text or logo relative to the proof's short edge: 0.02 to 1, 0.12 by default.
    pub(crate) scale: Option<f64>,
    /// Turn in degrees, positive clockwise: -180 to 180, -30 by default.
    pub(crate) angle: Option<f64>,
    /// Colour of a text: `#ffffff` by default.
    pub(crate) colour: Option<String>,
}

impl From<&ProcessingOptions> for ProcessingObject {
    fn from(options: &ProcessingOptions) -> Self {
        Self {
            proof_long_edge: options.proof_long_edge.get(),
            proof_quality: options.proof_quality.get(),
            thumb_long_edge: options.thumb_long_edge.get(),
            format: options.format.as_str().to_owned(),
            colour_space: options.colour.as_str().to_owned(),
            watermark: (&options.watermark).into(),
        }
    }
}

impl From<&Watermark> for WatermarkObject {
    fn from(watermark: &Watermark) -> Self {
        let kind = WatermarkKind::of(watermark).as_str().to_owned();
        match watermark {
            Watermark::None => Self { kind, ..Self::default() },
            Watermark::Text { text, colour, placement } => Self {
                kind,
                text: Some(text.to_string()),
                colour: Some(colour.to_string()),
                ..Self::placed(*placement)
            },
            Watermark::Image { image, placement } => {
                Self { kind, image_id: Some(image.to_string()), ..Self::placed(*placement) }
            }
        }
    }
}

impl WatermarkObject {
    fn placed(placement: Placement) -> Self {
        Self {
            layout: Some(placement.layout.as_str().to_owned()),
            opacity: Some(placement.opacity.get()),
            scale: Some(placement.scale.get()),
            angle: Some(placement.angle.get()),
            ..Self::default()
        }
    }
}

impl TryFrom<ProcessingBody> for ProcessingDraft {
    type Error = InvalidField;

    fn try_from(body: ProcessingBody) -> Result<Self, InvalidField> {
        let watermark = body.watermark.map(WatermarkDraft::try_from).transpose()?;
        Ok(Self {
            proof_long_edge: number(body.proof_long_edge, ProofEdge::parse, "proof_long_edge")?,
            proof_quality: number(body.proof_quality, Quality::parse, "proof_quality")?,
            thumb_long_edge: number(body.thumb_long_edge, ThumbEdge::parse, "thumb_long_edge")?,
            format: read(body.format.as_deref(), RenditionFormat::parse, "format")?,
            colour: read(body.colour_space.as_deref(), ColourPolicy::parse, "colour_space")?,
            watermark: watermark.unwrap_or_default(),
        })
    }
}

impl TryFrom<WatermarkBody> for WatermarkDraft {
    type Error = InvalidField;

    fn try_from(body: WatermarkBody) -> Result<Self, InvalidField> {
        let image = body.image_id.as_deref().map(|id| parse_image(id, "processing.watermark.image_id"));
        Ok(Self {
            kind: read(body.kind.as_deref(), WatermarkKind::parse, "watermark.kind")?,
            text: read(body.text.as_deref(), WatermarkText::parse, "watermark.text")?,
            colour: read(body.colour.as_deref(), Colour::parse, "watermark.colour")?,
            image: image.transpose()?,
            layout: read(body.layout.as_deref(), Layout::parse, "watermark.layout")?,
            opacity: read(body.opacity, Opacity::parse, "watermark.opacity")?,
            scale: read(body.scale, Scale::parse, "watermark.scale")?,
            angle: read(body.angle, Angle::parse, "watermark.angle")?,
        })
    }
}

fn read<Sent, Read>(
    value: Option<Sent>,
    parse: impl FnOnce(Sent) -> Result<Read, InvalidValue>,
    field: &str,
) -> Result<Option<Read>, InvalidField> {
    value.map(parse).transpose().field(&format!("processing.{field}"))
}

fn number<Read>(
    value: Option<i64>,
    parse: impl FnOnce(u32) -> Result<Read, InvalidValue>,
    field: &str,
) -> Result<Option<Read>, InvalidField> {
    // A number that is not one of the type is out of range as well.
    read(value.map(|value| u32::try_from(value).unwrap_or(0)), parse, field)
}
