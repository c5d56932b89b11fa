//! Pixels in memory: 8 bits per channel, rows from the top, no padding.

use std::fmt;

/// What the channels of a [`Raster`] mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Channels {
    /// One channel, 255 is white.
    Grey,
    /// Red, green, blue.
    Rgb,
    /// Cyan, magenta, yellow, black; 255 is full ink.
    Cmyk,
}

impl Channels {
    /// Bytes per pixel.
    pub const fn count(self) -> usize {
        match self {
            Self::Grey => 1,
            Self::Rgb => 3,
            Self::Cmyk => 4,
        }
    }
}

/// An uncompressed picture. Invariant: the data has exactly `width x height x channels` bytes.
#[derive(Clone, PartialEq, Eq)]
pub struct Raster {
    width: u32,
    height: u32,
    channels: Channels,
    data: Vec<u8>,
}

impl Raster {
    /// Takes the pixels, or `None` if their number does not fit the size or a side is zero.
    ///
    /// ```
    /// use halftone_processing::raster::{Channels, Raster};
    /// assert!(Raster::new(2, 1, Channels::Rgb, vec![0; 6]).is_some());
    /// assert!(Raster::new(2, 2, Channels::Rgb, vec![0; 6]).is_none());
    /// ```
    pub fn new(width: u32, height: u32, channels: Channels, data: Vec<u8>) -> Option<Self> {
        let expected = (width as usize).checked_mul(height as usize)?.checked_mul(channels.count())?;
        (expected > 0 && data.len() == expected).then_some(Self { width, height, channels, data })
    }

    /// Width in pixels.
    pub const fn width(&self) -> u32 {
        self.width
    }

    /// Height in pixels.
    pub const fn height(&self) -> u32 {
        self.height
    }

    /// What the channels mean.
    pub const fn channels(&self) -> Channels {
        self.channels
    }

    /// The pixels, row by row from the top.
    pub fn data(&self) -> &[u8] {
        &self.data
    }

    /// The pixels, to be changed in place.
    pub fn data_mut(&mut self) -> &mut [u8] {
        &mut self.data
    }

    /// Bytes in one row.
    pub const fn row_bytes(&self) -> usize {
        self.width as usize * self.channels.count()
    }

    /// The pixels by value.
    pub fn into_data(self) -> Vec<u8> {
        self.data
    }

    /// The same size with other channels, each pixel through `convert`.
    pub(crate) fn map<const FROM: usize, const TO: usize>(
        &self,
        channels: Channels,
        convert: impl Fn([u8; FROM]) -> [u8; TO],
    ) -> Self {
        debug_assert_eq!((self.channels.count(), channels.count()), (FROM, TO));
        let mut data = Vec::with_capacity(self.data.len() / FROM * TO);
        let (pixels, _) = self.data.as_chunks::<FROM>();
        for pixel in pixels {
            data.extend_from_slice(&convert(*pixel));
        }
        Self { width: self.width, height: self.height, channels, data }
    }
}

impl fmt::Debug for Raster {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Raster")
            .field("width", &self.width)
            .field("height", &self.height)
            .field("channels", &self.channels)
            .finish_non_exhaustive()
    }
}
