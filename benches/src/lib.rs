//! Inputs for the benches and the comparison of the watermark pipeline, made in code so that everyone measures the same
//! bytes.
//!
//! [`scene`] paints pictures with the statistics of photographs, and [`camera`] saves them as cameras and editors do.

pub mod camera;
pub mod scene;

use halftone_core::rendition::ProcessingOptions;
use halftone_core::text::WatermarkText;
use halftone_core::watermark::{Colour, Placement, Watermark};

/// The sides of a 24-megapixel sensor.
pub const FULL_FRAME: (u32, u32) = (6000, 4000);

/// The sides of a 45-megapixel sensor.
pub const HIGH_RESOLUTION: (u32, u32) = (8256, 5504);

/// What most galleries use: the defaults with a tiled text.
///
/// # Panics
/// Never: the text is a constant.
pub fn usual_options() -> ProcessingOptions {
    ProcessingOptions::with_watermark(Watermark::Text {
        text: WatermarkText::parse("© Studio").expect("a text"),
        colour: Colour::WHITE,
        placement: Placement::default(),
    })
}
