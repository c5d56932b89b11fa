//! What a contender is asked for.

use clap::ValueEnum;
use halftone_core::rendition::{ColourPolicy, ProcessingOptions, ProofEdge, Quality, RenditionFormat};
use halftone_core::watermark::Watermark;

/// The kind of proof; a thumb comes with each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Kind {
    /// 2048 pixels, as a JPEG.
    Proof,
    /// As large as the original.
    FullSize,
    /// 2048 pixels, as a WebP.
    Webp,
    /// 2048 pixels, converted to sRGB.
    Srgb,
}

/// The longest proof that Halftone makes.
const FULL_SIZE_PX: u32 = 8192;

/// The quality of a full-size proof.
pub(crate) const FULL_SIZE_QUALITY: u8 = 90;

impl Kind {
    /// How Halftone is asked for it.
    pub(crate) fn options(self, is_marked: bool) -> anyhow::Result<ProcessingOptions> {
        let mut options = halftone_benches::usual_options();
        if !is_marked {
            options.watermark = Watermark::None;
        }
        match self {
            Self::Proof => {}
            Self::FullSize => {
                options.proof_long_edge = ProofEdge::parse(FULL_SIZE_PX)?;
                options.proof_quality = Quality::parse(FULL_SIZE_QUALITY.into())?;
            }
            Self::Webp => options.format = RenditionFormat::WebP,
            Self::Srgb => options.colour = ColourPolicy::Srgb,
        }
        Ok(options)
    }

    /// How its files end.
    pub(crate) const fn extension(self) -> &'static str {
        match self {
            Self::Webp => "webp",
            Self::Proof | Self::FullSize | Self::Srgb => "jpg",
        }
    }
}
