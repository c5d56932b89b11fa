//! The flags of `halftone process`, and the processing options that they stand for.

use std::fs;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::str::FromStr;

use anyhow::Context as _;
use bytes::Bytes;
use clap::Args;
use halftone_core::clock::{Clock as _, SystemClock};
use halftone_core::id::ImageId;
use halftone_core::rendition::{
    ColourPolicy, ProcessingOptions, ProofEdge, Quality, RenditionFormat, ThumbEdge,
};
use halftone_core::text::{InvalidValue, WatermarkText};
use halftone_core::watermark::{Angle, Colour, Layout, Opacity, Placement, Scale, Watermark};
use halftone_processing::renderer::RendererSpec;
use halftone_storage::os_entropy::OsEntropy;

/// What `halftone process` takes.
#[derive(Debug, Args)]
pub(crate) struct ProcessArgs {
    /// Pictures, and folders of pictures (JPEG, PNG, WebP, TIFF; with everything below them).
    #[arg(required = true, value_name = "IN")]
    pub(crate) inputs: Vec<PathBuf>,
    /// Where the proofs and thumbs go; made if it is not there.
    #[arg(long, value_name = "DIR")]
    pub(crate) out: PathBuf,
    #[command(flatten)]
    mark: MarkArgs,
    /// Longest side of the proofs in pixels, 256 to 8192.
    #[arg(long, value_name = "PX", default_value = "2048", value_parser = number(ProofEdge::parse))]
    long_edge: ProofEdge,
    /// Quality of the proofs, 30 to 100.
    #[arg(long, default_value = "82", value_parser = number(Quality::parse))]
    quality: Quality,
    /// Longest side of the thumbs in pixels, 64 to 800.
    #[arg(long, value_name = "PX", default_value = "400", value_parser = number(ThumbEdge::parse))]
    thumb: ThumbEdge,
    /// File format of both: jpeg or webp.
    #[arg(long, default_value = "jpeg", value_parser = RenditionFormat::parse)]
    format: RenditionFormat,
    /// Convert the colours to sRGB instead of keeping each picture's profile.
    #[arg(long)]
    srgb: bool,
    /// How many pictures are rendered at once [default: the number of cores].
    #[arg(long, value_name = "COUNT")]
    threads: Option<NonZeroUsize>,
}

/// The mark and how it is placed.
#[derive(Debug, Args)]
struct MarkArgs {
    #[command(flatten)]
    kind: MarkKindArgs,
    /// Where the mark goes: tiled, centre, or a corner such as bottom-right.
    #[arg(long, default_value = "tiled", value_parser = layout)]
    layout: Layout,
    /// How much of the picture the mark covers up, 0.05 to 1.
    #[arg(long, default_value_t = Opacity::DEFAULT.get(), value_parser = number_within(Opacity::parse))]
    opacity: f64,
    /// Height of the text or logo relative to the short edge.
    #[arg(long, default_value_t = Scale::DEFAULT.get(), value_parser = number_within(Scale::parse))]
    scale: f64,
    /// Turn of the mark in degrees, positive clockwise.
    #[arg(long, default_value_t = Angle::DEFAULT.get(), allow_negative_numbers = true,
          value_parser = number_within(Angle::parse))]
    angle: f64,
    /// Colour of a text, as #rrggbb.
    #[arg(long, default_value = "#ffffff", value_parser = Colour::parse)]
    colour: Colour,
}

/// The mark: a text, a logo, or explicitly none.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct MarkKindArgs {
    /// Mark the proofs with this text.
    #[arg(long, value_name = "TEXT", value_parser = WatermarkText::parse)]
    watermark: Option<WatermarkText>,
    /// Mark the proofs with this PNG.
    #[arg(long, value_name = "PNG")]
    logo: Option<PathBuf>,
    /// Make proofs without a mark.
    #[arg(long)]
    no_watermark: bool,
}

/// A layout in the words of the API; on a command line people write hyphens.
fn layout(text: &str) -> Result<Layout, InvalidValue> {
    Layout::parse(&text.replace('-', "_"))
}

/// A whole number with a rule.
fn number<N, T>(
    parse: fn(N) -> Result<T, InvalidValue>,
) -> impl Fn(&str) -> Result<T, String> + Clone + Send + Sync + 'static
where
    N: FromStr + 'static,
    T: 'static,
{
    move |text| {
        let number = text.parse().map_err(|_| "must be a whole number".to_owned())?;
        parse(number).map_err(|error| error.to_string())
    }
}

/// A number with a rule that is kept as a number, so that the help can show its default.
fn number_within<T: 'static>(
    parse: fn(f64) -> Result<T, InvalidValue>,
) -> impl Fn(&str) -> Result<f64, String> + Clone + Send + Sync + 'static {
    move |text| {
        let number = text.parse().map_err(|_| "must be a number".to_owned())?;
        parse(number).map(|_| number).map_err(|error| error.to_string())
    }
}

/// What to do with each picture.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    /// How to render.
    pub(crate) options: ProcessingOptions,
    /// The logo's bytes, if the mark is one.
    pub(crate) logo: Option<Bytes>,
    /// How many at once.
    pub(crate) spec: RendererSpec,
}

impl ProcessArgs {
    /// What the flags ask for.
    ///
    /// # Errors
    /// The logo cannot be read.
    pub(crate) fn request(&self) -> anyhow::Result<Request> {
        let logo = self.mark.kind.logo.as_ref().map(|path| {
            let bytes = fs::read(path).with_context(|| format!("cannot read the logo {}", path.display()));
            bytes.map(Bytes::from)
        });
        let mut options = ProcessingOptions::with_watermark(self.mark.watermark()?);
        options.proof_long_edge = self.long_edge;
        options.proof_quality = self.quality;
        options.thumb_long_edge = self.thumb;
        options.format = self.format;
        options.colour = if self.srgb { ColourPolicy::Srgb } else { ColourPolicy::Keep };
        let spec = self.threads.map_or_else(RendererSpec::default, RendererSpec::with_threads);
        Ok(Request { options, logo: logo.transpose()?, spec })
    }
}

impl MarkArgs {
    fn watermark(&self) -> Result<Watermark, InvalidValue> {
        let placement = Placement {
            layout: self.layout,
            opacity: Opacity::parse(self.opacity)?,
            scale: Scale::parse(self.scale)?,
            angle: Angle::parse(self.angle)?,
        };
        Ok(match (&self.kind.watermark, &self.kind.logo) {
            (Some(text), _) => Watermark::Text { text: text.clone(), colour: self.colour, placement },
            // Here the logo comes with the request; the id only tells one mark from another.
            (None, Some(_)) => {
                Watermark::Image { image: ImageId::generate(SystemClock.now(), &OsEntropy), placement }
            }
            (None, None) => Watermark::None,
        })
    }
}
