//! Pictures in YCbCr, one plane for each component, as JPEG files hold them.

#![expect(
    clippy::inline_always,
    reason = "what is not inlined into a level's entry is compiled without its instructions"
)]

mod axis;
pub(crate) mod convert;
mod shrink;
mod turn;

use halftone_core::geometry::PixelSize;

pub(crate) use axis::Side;
pub(crate) use shrink::{PlaneShrinker, SURPLUS, shrunk};

/// One component of a picture: 8 bits for each sample, rows from the top, no padding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Plane {
    width: usize,
    height: usize,
    samples: Vec<u8>,
}

impl Plane {
    /// A plane of one value.
    pub(crate) fn filled(width: usize, height: usize, value: u8) -> Self {
        Self { width, height, samples: vec![value; width * height] }
    }

    /// Takes samples, or `None` if their number does not fit the size.
    pub(crate) fn from_samples(width: usize, height: usize, samples: Vec<u8>) -> Option<Self> {
        (samples.len() == width * height).then_some(Self { width, height, samples })
    }

    /// All samples, row by row.
    pub(crate) fn samples(&self) -> &[u8] {
        &self.samples
    }

    pub(crate) const fn width(&self) -> usize {
        self.width
    }

    pub(crate) const fn height(&self) -> usize {
        self.height
    }

    pub(crate) fn row(&self, y: usize) -> &[u8] {
        &self.samples[y * self.width..(y + 1) * self.width]
    }

    pub(crate) fn row_mut(&mut self, y: usize) -> &mut [u8] {
        &mut self.samples[y * self.width..(y + 1) * self.width]
    }
}

/// A picture with its chroma at half the size in both directions: sample `(x, y)` of a chroma plane lies in the middle of the luma
/// samples `(2x, 2y)` to `(2x + 1, 2y + 1)`, as JFIF has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Planes {
    pub(crate) luma: Plane,
    /// Blue, then red.
    pub(crate) chroma: [Plane; 2],
}

impl Planes {
    /// The size of the picture.
    pub(crate) fn size(&self) -> PixelSize {
        let side = |side: usize| u32::try_from(side).expect("a plane was made from a size");
        PixelSize::new(side(self.luma.width), side(self.luma.height)).expect("a plane has samples")
    }
}

/// Sides of the chroma planes that belong to a picture of this size.
pub(crate) const fn chroma_sides(size: PixelSize) -> (usize, usize) {
    ((size.width() as usize).div_ceil(2), (size.height() as usize).div_ceil(2))
}
