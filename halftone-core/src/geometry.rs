//! Sizes in pixels and millimetres, crop rectangles, and how well a crop prints.

use crate::text::InvalidValue;

/// The size of an upright picture in pixels; both sides are at least 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PixelSize {
    width: u32,
    height: u32,
}

impl PixelSize {
    /// Checks that neither side is zero.
    ///
    /// # Errors
    /// A side is zero.
    pub fn new(width: u32, height: u32) -> Result<Self, InvalidValue> {
        if width == 0 || height == 0 {
            return Err(InvalidValue::new("picture size", "must not be zero"));
        }
        Ok(Self { width, height })
    }

    /// Width in pixels.
    pub const fn width(self) -> u32 {
        self.width
    }

    /// Height in pixels.
    pub const fn height(self) -> u32 {
        self.height
    }

    /// Number of pixels.
    pub const fn area(self) -> u64 {
        self.width as u64 * self.height as u64
    }

    /// The longer side.
    pub const fn long_edge(self) -> u32 {
        if self.width > self.height { self.width } else { self.height }
    }

    /// The shorter side.
    pub const fn short_edge(self) -> u32 {
        if self.width > self.height { self.height } else { self.width }
    }

    /// The same picture turned by a quarter.
    #[must_use]
    pub const fn turned(self) -> Self {
        Self { width: self.height, height: self.width }
    }

    /// The size after shrinking the long edge to `long_edge_px`, with the aspect ratio kept to the nearest
    /// pixel. A smaller picture keeps its size: nothing is ever enlarged.
    ///
    /// ```
    /// use halftone_core::geometry::PixelSize;
    /// let size = PixelSize::new(6000, 4000)?;
    /// assert_eq!(size.shrunk_to(2048), PixelSize::new(2048, 1365)?);
    /// assert_eq!(size.shrunk_to(9000), size);
    /// # Ok::<(), halftone_core::text::InvalidValue>(())
    /// ```
    #[must_use]
    pub fn shrunk_to(self, long_edge_px: u32) -> Self {
        let long_edge = self.long_edge();
        if long_edge <= long_edge_px {
            return self;
        }
        let scale = |side: u32| {
            let exact = u64::from(side) * u64::from(long_edge_px);
            let rounded = (exact + u64::from(long_edge) / 2) / u64::from(long_edge);
            u32::try_from(rounded).unwrap_or(long_edge_px).max(1)
        };
        Self { width: scale(self.width), height: scale(self.height) }
    }
}

/// A rectangle inside the upright original, each coordinate a fraction of the picture's width or height.
///
/// Invariants: all four are finite, `x` and `y` are at least 0, `width` and `height` are over 0, and the
/// rectangle ends at 1 at the latest (with a tolerance of a millionth, which is then clipped).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CropRect {
    x: f64,
    y: f64,
    width: f64,
    height: f64,
}

impl CropRect {
    /// Binary fractions such as 0.1 + 0.9 may end this far beyond 1.
    const TOLERANCE: f64 = 1e-6;

    /// Less than a pixel of the largest picture that can be read.
    const SMALLEST: f64 = 1e-5;

    /// The whole picture.
    pub const FULL: Self = Self { x: 0.0, y: 0.0, width: 1.0, height: 1.0 };

    /// Checks the rectangle.
    ///
    /// # Errors
    /// It is not inside the picture, or has no area.
    ///
    /// ```
    /// use halftone_core::geometry::CropRect;
    /// assert!(CropRect::parse(0.1, 0.1, 0.9, 0.6).is_ok());
    /// assert!(CropRect::parse(0.5, 0.0, 0.6, 1.0).is_err());
    /// ```
    pub fn parse(x: f64, y: f64, width: f64, height: f64) -> Result<Self, InvalidValue> {
        if ![x, y, width, height].iter().all(|value| value.is_finite()) {
            return Err(InvalidValue::new("crop", "must be made of finite numbers"));
        }
        let end = 1.0 + Self::TOLERANCE;
        if x < 0.0 || y < 0.0 || x + width > end || y + height > end {
            return Err(InvalidValue::new("crop", "must lie inside the picture, from 0 to 1"));
        }
        let (width, height) = (width.min(1.0 - x), height.min(1.0 - y));
        if width < Self::SMALLEST || height < Self::SMALLEST {
            return Err(InvalidValue::new("crop", "must have an area"));
        }
        Ok(Self { x, y, width, height })
    }

    /// The largest centred rectangle with the aspect ratio of `print`, which is turned to fit the picture.
    #[must_use]
    pub fn centred_for(picture: PixelSize, print: PrintSize) -> Self {
        let print_ratio = print.long_mm() / print.short_mm();
        let picture_ratio = f64::from(picture.long_edge()) / f64::from(picture.short_edge());
        // Along which axis the picture is too long for the paper decides which side is cut.
        let (along_long, along_short) = if picture_ratio > print_ratio {
            (print_ratio / picture_ratio, 1.0)
        } else {
            (1.0, picture_ratio / print_ratio)
        };
        let (width, height) = if picture.width() >= picture.height() {
            (along_long, along_short)
        } else {
            (along_short, along_long)
        };
        Self { x: (1.0 - width) / 2.0, y: (1.0 - height) / 2.0, width, height }
    }

    /// The largest part of the rectangle with an aspect ratio (width over height in pixels), in its middle. `own` is the
    /// rectangle's own, which depends on the picture.
    #[must_use]
    pub(crate) fn shrunk_to_aspect(self, own: f64, aspect: f64) -> Self {
        let (width, height) = if own > aspect {
            (self.width * (aspect / own), self.height)
        } else {
            (self.width, self.height * (own / aspect))
        };
        let (x, y) = (self.x + (self.width - width) / 2.0, self.y + (self.height - height) / 2.0);
        Self { x, y, width, height }
    }

    /// Distance of the left edge from the picture's, as a fraction of its width.
    pub const fn x(self) -> f64 {
        self.x
    }

    /// Distance of the top edge from the picture's, as a fraction of its height.
    pub const fn y(self) -> f64 {
        self.y
    }

    /// Width as a fraction of the picture's width.
    pub const fn width(self) -> f64 {
        self.width
    }

    /// Height as a fraction of the picture's height.
    pub const fn height(self) -> f64 {
        self.height
    }
}

/// The size of a print on paper, in tenths of a millimetre inside, so that sizes compare exactly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PrintSize {
    width_tenths: u32,
    height_tenths: u32,
}

impl PrintSize {
    /// The largest side that a product may have, in millimetres.
    pub const LARGEST_MM: f64 = 5_000.0;

    /// Reads width and height in millimetres, rounded to a tenth.
    ///
    /// # Errors
    /// A side is not between 1 and [`Self::LARGEST_MM`].
    ///
    /// ```
    /// use halftone_core::geometry::PrintSize;
    /// assert!(PrintSize::parse(101.6, 152.4).is_ok());
    /// assert!(PrintSize::parse(0.0, 152.4).is_err());
    /// ```
    pub fn parse(width_mm: f64, height_mm: f64) -> Result<Self, InvalidValue> {
        let tenths = |side: f64| {
            if (1.0..=Self::LARGEST_MM).contains(&side) {
                #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "at most 50,000")]
                Ok((side * 10.0).round() as u32)
            } else {
                Err(InvalidValue::new("print size", "must be from 1 to 5000 millimetres"))
            }
        };
        Ok(Self { width_tenths: tenths(width_mm)?, height_tenths: tenths(height_mm)? })
    }

    /// Width in millimetres.
    pub fn width_mm(self) -> f64 {
        f64::from(self.width_tenths) / 10.0
    }

    /// Height in millimetres.
    pub fn height_mm(self) -> f64 {
        f64::from(self.height_tenths) / 10.0
    }

    /// The longer side in millimetres.
    pub fn long_mm(self) -> f64 {
        self.width_mm().max(self.height_mm())
    }

    /// The shorter side in millimetres.
    pub fn short_mm(self) -> f64 {
        self.width_mm().min(self.height_mm())
    }
}

/// The lowest resolution at which a product still looks good, in dots per inch: 36 to 1200.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MinDpi(u32);

impl MinDpi {
    /// What a product asks when nothing is said: 150 dpi, half of the 300 dpi that labs print at, is the
    /// resolution below which prints held in the hand look soft.
    pub const DEFAULT: Self = Self(150);

    /// Checks the range.
    ///
    /// # Errors
    /// The number is not from 36 to 1200.
    ///
    /// ```
    /// use halftone_core::geometry::MinDpi;
    /// assert!(MinDpi::parse(200).is_ok());
    /// assert!(MinDpi::parse(0).is_err());
    /// ```
    pub fn parse(dpi: u32) -> Result<Self, InvalidValue> {
        if (36..=1200).contains(&dpi) {
            Ok(Self(dpi))
        } else {
            Err(InvalidValue::new("minimum resolution", "must be from 36 to 1200 dpi"))
        }
    }

    /// Dots per inch.
    pub const fn get(self) -> u32 {
        self.0
    }
}

/// How a crop will look on paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PrintQuality {
    /// At least one and a half times the product's minimum.
    Good,
    /// From the minimum up to one and a half times it.
    Marginal,
    /// Under the minimum.
    TooSmall,
}

impl PrintQuality {
    /// Judges a resolution against a product's minimum.
    pub fn judge(effective_dpi: f64, minimum: MinDpi) -> Self {
        let minimum = f64::from(minimum.get());
        if effective_dpi < minimum {
            Self::TooSmall
        } else if effective_dpi < 1.5 * minimum {
            Self::Marginal
        } else {
            Self::Good
        }
    }

    /// The word of the API: `good`, `marginal` or `too_small`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Marginal => "marginal",
            Self::TooSmall => "too_small",
        }
    }
}

/// The resolution at which `crop` of `picture` comes out on paper, in dots per inch, on its weaker axis.
///
/// The print is turned to fit the crop: the longer side of the crop runs along the longer side of the paper.
///
/// ```
/// use halftone_core::geometry::{CropRect, PixelSize, PrintSize, effective_dpi};
/// let picture = PixelSize::new(6000, 4000)?;
/// let dpi = effective_dpi(picture, CropRect::FULL, PrintSize::parse(100.0, 150.0)?);
/// assert!((dpi - 1016.0).abs() < 0.01);
/// # Ok::<(), halftone_core::text::InvalidValue>(())
/// ```
pub fn effective_dpi(picture: PixelSize, crop: CropRect, print: PrintSize) -> f64 {
    const MILLIMETRES_PER_INCH: f64 = 25.4;
    let across = f64::from(picture.width()) * crop.width();
    let down = f64::from(picture.height()) * crop.height();
    let along_long = across.max(down) / (print.long_mm() / MILLIMETRES_PER_INCH);
    let along_short = across.min(down) / (print.short_mm() / MILLIMETRES_PER_INCH);
    along_long.min(along_short)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn shrinking_keeps_the_aspect_within_a_pixel_and_never_enlarges(
            width in 1_u32..20_000, height in 1_u32..20_000, long_edge in 1_u32..5_000,
        ) {
            let size = PixelSize::new(width, height).unwrap();
            let shrunk = size.shrunk_to(long_edge);
            prop_assert!(shrunk.width() <= width && shrunk.height() <= height);
            prop_assert!(shrunk.long_edge() <= long_edge.max(1) || shrunk == size);
            let ideal = f64::from(shrunk.width()) * f64::from(height) / f64::from(width);
            let slack = 1.0 + f64::from(height) / f64::from(width);
            prop_assert!((ideal - f64::from(shrunk.height())).abs() <= slack);
        }

        #[test]
        fn a_centred_crop_is_inside_and_has_the_aspect_of_the_paper(
            width in 10_u32..9_000, height in 10_u32..9_000, paper in 50_u32..900, other in 50_u32..900,
        ) {
            let picture = PixelSize::new(width, height).unwrap();
            let print = PrintSize::parse(f64::from(paper), f64::from(other)).unwrap();
            let crop = CropRect::centred_for(picture, print);
            prop_assert!(CropRect::parse(crop.x(), crop.y(), crop.width(), crop.height()).is_ok());
            let across = crop.width() * f64::from(width);
            let down = crop.height() * f64::from(height);
            let ratio = across.max(down) / across.min(down);
            prop_assert!((ratio - print.long_mm() / print.short_mm()).abs() < 1e-6);
        }
    }

    #[test]
    fn the_weaker_axis_decides() {
        let picture = PixelSize::new(3000, 1000).unwrap();
        let print = PrintSize::parse(254.0, 254.0).unwrap();
        assert!((effective_dpi(picture, CropRect::FULL, print) - 100.0).abs() < 1e-9);
    }

    #[test]
    fn quality_changes_at_the_minimum_and_at_one_and_a_half_times_it() {
        let minimum = MinDpi::parse(200).unwrap();
        assert_eq!(PrintQuality::judge(199.9, minimum), PrintQuality::TooSmall);
        assert_eq!(PrintQuality::judge(200.0, minimum), PrintQuality::Marginal);
        assert_eq!(PrintQuality::judge(300.0, minimum), PrintQuality::Good);
    }
}
