//! The mark of a proof: rasterised once for a size, then blended over any number of pictures.
//!
//! Nothing here can fail into a clean picture: a mark that cannot be drawn, or would be invisible, is an error.

#![expect(
    clippy::inline_always,
    reason = "what is not inlined into a level's entry is compiled without its instructions"
)]

mod cache;
mod ink;
mod layout;
mod logo;
mod planar;
mod soften;
mod stamp;
#[cfg(test)]
mod tests;
mod text;
mod touched;
mod turn;

use std::sync::OnceLock;

use fearless_simd::Simd;
use halftone_core::geometry::PixelSize;
use halftone_core::ports::renderer::RenderError;
use halftone_core::watermark::{Placement, Watermark};

pub(crate) use cache::LazyMark;
pub use cache::MarkCache;
pub use logo::Logo;

use crate::colour::RgbSpace;
use crate::error::watermark as watermark_error;
use crate::jpeg::strip::{Strip, UNIT};
use crate::limits::Limits;
use crate::planes::Planes;
use crate::raster::{Channels, Raster};
use crate::simd::{self, Work};
use ink::Ink;
use layout::Extent;
use planar::PlanarStamp;
use stamp::{Paint, Stamp};
use touched::Touched;
use turn::Turn;

/// A mark for pictures of one size in one colour space.
///
/// ```
/// use halftone_core::geometry::PixelSize;
/// use halftone_core::text::WatermarkText;
/// use halftone_core::watermark::{Colour, Placement, Watermark};
/// use halftone_processing::colour::RgbSpace;
/// use halftone_processing::limits::Limits;
/// use halftone_processing::raster::{Channels, Raster};
/// use halftone_processing::watermark::{Mark, MarkRequest};
///
/// let watermark = Watermark::Text {
///     text: WatermarkText::parse("© Ana Ñandú")?,
///     colour: Colour::WHITE,
///     placement: Placement::default(),
/// };
/// let mark = Mark::prepare(&MarkRequest {
///     watermark: &watermark,
///     logo: None,
///     size: PixelSize::new(300, 200)?,
///     space: &RgbSpace::default(),
///     limits: &Limits::default(),
/// })?;
/// let mut picture = Raster::new(300, 200, Channels::Rgb, vec![90; 300 * 200 * 3]).expect("the size fits");
/// mark.expect("a text was asked for").apply(&mut picture);
/// assert!(picture.data().iter().any(|value| *value != 90));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Mark {
    stamp: Stamp,
    planar: PlanarStamp,
    /// Most galleries have no use for it.
    rgb: OnceLock<Ink>,
    places: Vec<(i64, i64)>,
    touched: Touched,
}

/// What a mark is made from.
#[derive(Debug, Clone, Copy)]
pub struct MarkRequest<'a> {
    /// What the photographer chose.
    pub watermark: &'a Watermark,
    /// The file of the logo, needed if the watermark is an image.
    pub logo: Option<&'a [u8]>,
    /// The size of the pictures.
    pub size: PixelSize,
    /// The colour space of the pictures.
    pub space: &'a RgbSpace,
    /// Bounds on the logo.
    pub limits: &'a Limits,
}

impl Mark {
    /// Rasterises the mark; `None` if the photographer chose none.
    ///
    /// # Errors
    /// `Watermark`: the font lacks a character, nothing of the text is visible, the logo is missing, unreadable or
    /// transparent, or the picture is too small for the mark to show.
    pub fn prepare(request: &MarkRequest<'_>) -> Result<Option<Self>, RenderError> {
        match request.watermark {
            Watermark::None => Ok(None),
            Watermark::Text { text, colour, placement } => {
                let line = text::Line::lay_out(text.as_str())?;
                let height = layout::fitted_height(line.extent_per_pixel(), *placement, request.size);
                let paint = Paint {
                    outline: stamp::outline_for(colour.rgb),
                    opacity: placement.opacity.get(),
                    height_px: height,
                };
                let (letters, extent) = line.rasterise(height, placement.angle, paint.margin())?;
                let stamp = Stamp::of_text(&letters, request.space.adopt(colour.rgb)?, paint);
                Self::place(stamp, extent, *placement, request.size).map(Some)
            }
            Watermark::Image { placement, .. } => {
                let file = request.logo.ok_or_else(|| watermark_error("the logo is missing"))?;
                let mut logo = Logo::parse(file, request.limits).map_err(|cause| unusable(&cause))?;
                let outline = stamp::outline_for(logo.mean_colour());
                logo.adopt(request.space)?;
                let height = layout::fitted_height(logo.extent_per_pixel(), *placement, request.size);
                let scaled = logo.scaled_to(height)?;
                let extent = Extent { width: f64::from(scaled.width()), height: f64::from(scaled.height()) };
                let paint = Paint { outline, opacity: placement.opacity.get(), height_px: height };
                let padded = turn::pad(&scaled, paint.margin());
                let turn = Turn::new(placement.angle, padded.width(), padded.height());
                let stamp = Stamp::of_logo(&turn.picture(padded), paint);
                Self::place(stamp, extent, *placement, request.size).map(Some)
            }
        }
    }

    fn place(stamp: Stamp, ink: Extent, placement: Placement, size: PixelSize) -> Result<Self, RenderError> {
        if !stamp.is_visible() {
            return Err(watermark_error("nothing of it would be visible on a picture of this size"));
        }
        let places = layout::places(placement, size, ink, (stamp.width(), stamp.height()));
        let planar = PlanarStamp::new(&stamp);
        let touched = Touched::new(&planar, &places, size);
        Ok(Self { stamp, planar, rgb: OnceLock::new(), places, touched })
    }

    /// Blends the mark over an RGB picture. Parts outside the picture are cut off.
    pub fn apply(&self, picture: &mut Raster) {
        debug_assert_eq!(picture.channels(), Channels::Rgb);
        let ink = self.rgb.get_or_init(|| Ink::of_rgb(&self.stamp));
        simd::run(OverPixels { ink, places: &self.places, picture });
    }

    /// Blends the mark over planes; see [`Mark::apply`].
    pub(crate) fn apply_to_planes(&self, picture: &mut Planes) {
        simd::run(OverPlanes { mark: self, picture });
    }

    /// Blends the mark into the strip of this number of a quantised picture. Blocks that it does not touch stay as they are; each of the
    /// others is decoded, marked and quantised again. So what comes out depends on the quantised picture alone, which a file keeps.
    #[inline(always)]
    pub(crate) fn apply_to_strip<S: Simd>(&self, simd: S, (strip, number): (&mut Strip, usize)) {
        let touched = self.touched.of_strip(number);
        if touched.iter().all(|blocks| *blocks == 0) {
            return;
        }
        strip.restore(simd, touched);
        let top_of_strip = i64::try_from(number * UNIT).expect("inside a picture");
        for (left, top) in &self.places {
            let place = (*left, top - top_of_strip);
            // Samples beyond the picture's edges are marked like those inside, as if it went on.
            self.planar.blend(simd, place, strip.planes_mut(), 0..UNIT);
        }
        strip.quantise(simd, touched);
    }

    /// Memory that the mark takes, or will once it lay over pixels: three channels, each of which has as much ink as luma.
    pub(crate) fn bytes(&self) -> usize {
        self.stamp.bytes()
            + self.planar.bytes()
            + 3 * self.planar.luma().bytes()
            + self.places.len() * size_of::<(i64, i64)>()
            + self.touched.bytes()
    }
}

struct OverPixels<'a> {
    ink: &'a Ink,
    places: &'a [(i64, i64)],
    picture: &'a mut Raster,
}

impl Work for OverPixels<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        for place in self.places {
            self.ink.blend_rgb(simd, *place, self.picture);
        }
    }
}

struct OverPlanes<'a> {
    mark: &'a Mark,
    picture: &'a mut Planes,
}

impl Work for OverPlanes<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Planes { luma, chroma: [blue, red] } = self.picture;
        let height = luma.height();
        for place in &self.mark.places {
            self.mark.planar.blend(simd, *place, [&mut *luma, &mut *blue, &mut *red], 0..height);
        }
    }
}

/// Whatever is wrong with a logo, it is the watermark that cannot be applied.
fn unusable(cause: &RenderError) -> RenderError {
    watermark_error(format!("the logo cannot be used: {cause}"))
}
