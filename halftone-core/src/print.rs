//! Prints: which part of a picture goes on paper, and how many pixels it gets there.

use crate::geometry::{CropRect, PixelSize, PrintSize};
use crate::text::InvalidValue;

const MILLIMETRES_PER_INCH: f64 = 25.4;

/// The resolution in which a product's files are made, in dots per inch: 72 to 600.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PrintDpi(u16);

impl PrintDpi {
    /// What a product's files are made in when nothing is said: the resolution of photographic paper, which labs print at.
    pub const DEFAULT: Self = Self(300);

    /// Checks the range.
    ///
    /// # Errors
    /// The number is not from 72 to 600.
    ///
    /// ```
    /// use halftone_core::print::PrintDpi;
    /// assert!(PrintDpi::parse(254).is_ok());
    /// assert!(PrintDpi::parse(10_000).is_err());
    /// ```
    pub fn parse(dpi: u32) -> Result<Self, InvalidValue> {
        match u16::try_from(dpi) {
            Ok(dpi @ 72..=600) => Ok(Self(dpi)),
            _ => Err(InvalidValue::new("print resolution", "must be from 72 to 600 dpi")),
        }
    }

    /// Dots per inch.
    pub const fn get(self) -> u16 {
        self.0
    }
}

/// One print as a file.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PrintLayout {
    /// Which part of the upright picture it shows: what was asked for, less what the paper's aspect ratio cuts off.
    pub crop: CropRect,
    /// Its size, turned to fit the crop.
    pub size: PixelSize,
    /// Its resolution in dots per inch: the one asked for, or as much of it as [`PrintLayout::MOST_PIXELS`] leaves to a
    /// poster.
    pub dpi: u16,
}

impl PrintLayout {
    /// The most pixels of a print: 100 million, 50 x 75 cm at 395 dpi or 150 x 200 cm at 147 dpi. Larger paper is looked at
    /// from farther away.
    pub const MOST_PIXELS: u64 = 100_000_000;

    /// The longest side that a JPEG can have, in pixels (ITU-T T.81, B.2.2).
    const LONGEST_SIDE_PX: u32 = 65_535;

    /// Lays a crop of a picture on paper. Nothing is distorted and no margin is left: a crop of another aspect ratio loses
    /// what is too much, half on each side. The longer side of the paper runs along the longer side of the crop.
    ///
    /// ```
    /// use halftone_core::geometry::{CropRect, PixelSize, PrintSize};
    /// use halftone_core::print::{PrintDpi, PrintLayout};
    /// let (picture, paper) = (PixelSize::new(6000, 4000)?, PrintSize::parse(100.0, 150.0)?);
    /// let layout = PrintLayout::new(picture, CropRect::FULL, paper, PrintDpi::DEFAULT);
    /// assert_eq!(layout.size, PixelSize::new(1772, 1181)?);
    /// # Ok::<(), halftone_core::text::InvalidValue>(())
    /// ```
    pub fn new(picture: PixelSize, crop: CropRect, paper: PrintSize, dpi: PrintDpi) -> Self {
        let across = f64::from(picture.width()) * crop.width();
        let down = f64::from(picture.height()) * crop.height();
        let (width_mm, height_mm) = if across >= down {
            (paper.long_mm(), paper.short_mm())
        } else {
            (paper.short_mm(), paper.long_mm())
        };
        let dpi = u16::try_from(
            (1..=u32::from(dpi.get())).rev().find(|dpi| fits(width_mm, height_mm, *dpi)).unwrap_or(1),
        )
        .unwrap_or(u16::MAX);
        let size = PixelSize::new(pixels(width_mm, dpi.into()), pixels(height_mm, dpi.into()));
        let aspect = width_mm / height_mm;
        Self {
            crop: crop.shrunk_to_aspect(across / down, aspect),
            size: size.expect("at least one pixel"),
            dpi,
        }
    }
}

fn fits(width_mm: f64, height_mm: f64, dpi: u32) -> bool {
    let (width, height) = (pixels(width_mm, dpi), pixels(height_mm, dpi));
    u64::from(width) * u64::from(height) <= PrintLayout::MOST_PIXELS
        && width.max(height) <= PrintLayout::LONGEST_SIDE_PX
}

/// A side in pixels, to the nearest; at least one.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "at most 5,000 mm at 600 dpi")]
fn pixels(side_mm: f64, dpi: u32) -> u32 {
    ((side_mm / MILLIMETRES_PER_INCH * f64::from(dpi)).round() as u32).max(1)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn paper(width: f64, height: f64) -> PrintSize {
        PrintSize::parse(width, height).unwrap()
    }

    #[test]
    fn usual_papers_have_the_pixels_that_labs_name() {
        let picture = PixelSize::new(4000, 6000).unwrap();
        for (width, height, dpi, pixels) in [
            (100.0, 150.0, 300, (1181, 1772)),
            (101.6, 152.4, 300, (1200, 1800)),
            (203.2, 254.0, 300, (2400, 3000)),
            (100.0, 150.0, 254, (1000, 1500)),
        ] {
            let dpi = PrintDpi::parse(dpi).unwrap();
            let layout = PrintLayout::new(picture, CropRect::FULL, paper(width, height), dpi);
            assert_eq!((layout.size.width(), layout.size.height()), pixels);
            assert_eq!(layout.dpi, dpi.get());
        }
    }

    #[test]
    fn a_poster_gets_fewer_dots_rather_than_too_many_pixels() {
        let picture = PixelSize::new(6000, 4000).unwrap();
        let layout = PrintLayout::new(picture, CropRect::FULL, paper(2_000.0, 1_500.0), PrintDpi::DEFAULT);
        assert_eq!(layout.dpi, 146);
        assert!(layout.size.area() <= PrintLayout::MOST_PIXELS);
        let ribbon =
            PrintLayout::new(picture, CropRect::FULL, paper(5_000.0, 1.0), PrintDpi::parse(600).unwrap());
        assert!(ribbon.size.long_edge() <= 65_535);
    }

    proptest! {
        #[test]
        fn the_crop_stays_inside_what_was_asked_for_and_gets_the_aspect_of_the_paper(
            width in 10_u32..9_000, height in 10_u32..9_000, long in 50_u32..900, short in 50_u32..900,
            x in 0.0_f64..0.9, y in 0.0_f64..0.9, across in 0.05_f64..1.0, down in 0.05_f64..1.0,
        ) {
            let picture = PixelSize::new(width, height).unwrap();
            let asked = CropRect::parse(x, y, across.min(1.0 - x), down.min(1.0 - y)).unwrap();
            let layout = PrintLayout::new(picture, asked, paper(long.into(), short.into()), PrintDpi::DEFAULT);
            let crop = layout.crop;
            let slack = 1e-9;
            prop_assert!(crop.x() >= asked.x() - slack && crop.y() >= asked.y() - slack);
            prop_assert!(crop.x() + crop.width() <= asked.x() + asked.width() + slack);
            prop_assert!(crop.y() + crop.height() <= asked.y() + asked.height() + slack);
            // One of the sides is kept.
            let kept = (crop.width() - asked.width()).abs().min((crop.height() - asked.height()).abs());
            prop_assert!(kept < slack);
            let aspect = crop.width() * f64::from(width) / (crop.height() * f64::from(height));
            let (long, short) = (f64::from(long.max(short)), f64::from(long.min(short)));
            let wanted = if layout.size.width() >= layout.size.height() { long / short } else { short / long };
            prop_assert!((aspect / wanted - 1.0).abs() < 1e-6);
        }
    }
}
