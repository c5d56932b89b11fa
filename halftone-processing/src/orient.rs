//! The eight orientations of EXIF.

use halftone_core::geometry::PixelSize;

use crate::raster::Raster;

/// How the stored rows lie in the upright picture: EXIF 2.32, tag `0x0112`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Orientation {
    /// 1: as stored.
    #[default]
    Upright,
    /// 2: mirrored left to right.
    Mirrored,
    /// 3: turned by 180 degrees.
    HalfTurn,
    /// 4: mirrored top to bottom.
    Flipped,
    /// 5: mirrored along the falling diagonal.
    Transposed,
    /// 6: to be turned clockwise by 90 degrees.
    Clockwise,
    /// 7: mirrored along the rising diagonal.
    Transversed,
    /// 8: to be turned anticlockwise by 90 degrees.
    Anticlockwise,
}

impl Orientation {
    /// Reads the number of the EXIF tag; anything outside 1 to 8 is none.
    ///
    /// ```
    /// use halftone_processing::orient::Orientation;
    /// assert_eq!(Orientation::find(6), Some(Orientation::Clockwise));
    /// assert_eq!(Orientation::find(0), None);
    /// ```
    pub const fn find(number: u32) -> Option<Self> {
        Some(match number {
            1 => Self::Upright,
            2 => Self::Mirrored,
            3 => Self::HalfTurn,
            4 => Self::Flipped,
            5 => Self::Transposed,
            6 => Self::Clockwise,
            7 => Self::Transversed,
            8 => Self::Anticlockwise,
            _ => return None,
        })
    }

    /// Whether width and height change places.
    pub const fn turns(self) -> bool {
        matches!(self, Self::Transposed | Self::Clockwise | Self::Transversed | Self::Anticlockwise)
    }

    /// The size of the stored picture once upright, or the other way round.
    #[must_use]
    pub const fn size(self, size: PixelSize) -> PixelSize {
        if self.turns() { size.turned() } else { size }
    }

    /// Whether the upright picture begins where the stored rows, and where the stored columns, end.
    pub(crate) const fn reverses(self) -> (bool, bool) {
        match self {
            Self::Upright | Self::Transposed => (false, false),
            Self::Mirrored | Self::Anticlockwise => (true, false),
            Self::Flipped | Self::Clockwise => (false, true),
            Self::HalfTurn | Self::Transversed => (true, true),
        }
    }

    /// Turns the stored picture upright.
    #[must_use]
    pub fn apply(self, stored: Raster) -> Raster {
        if self == Self::Upright {
            return stored;
        }
        match stored.channels().count() {
            1 => self.move_pixels::<1>(&stored),
            3 => self.move_pixels::<3>(&stored),
            _ => self.move_pixels::<4>(&stored),
        }
    }

    fn move_pixels<const N: usize>(self, stored: &Raster) -> Raster {
        let (width, height) = (stored.width() as usize, stored.height() as usize);
        let (pixels, _) = stored.data().as_chunks::<N>();
        let mut moved = Vec::with_capacity(stored.data().len());
        let (out_width, out_height) = if self.turns() { (height, width) } else { (width, height) };
        for y in 0..out_height {
            for x in 0..out_width {
                // For each place in the upright picture: where it lies in the stored one.
                let (from_x, from_y) = match self {
                    Self::Upright => (x, y),
                    Self::Mirrored => (width - 1 - x, y),
                    Self::HalfTurn => (width - 1 - x, height - 1 - y),
                    Self::Flipped => (x, height - 1 - y),
                    Self::Transposed => (y, x),
                    Self::Clockwise => (y, height - 1 - x),
                    Self::Transversed => (width - 1 - y, height - 1 - x),
                    Self::Anticlockwise => (width - 1 - y, x),
                };
                moved.extend_from_slice(&pixels[from_y * width + from_x]);
            }
        }
        let (out_width, out_height) =
            if self.turns() { (stored.height(), stored.width()) } else { (stored.width(), stored.height()) };
        Raster::new(out_width, out_height, stored.channels(), moved).expect("every pixel moved once")
    }
}
