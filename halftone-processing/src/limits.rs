//! What one picture may cost, checked before anything of that size is allocated.

use halftone_core::ports::renderer::RenderError;

use crate::error::{malformed, too_large};

const MEGA: u64 = 1_000_000;
const MEBI: u64 = 1024 * 1024;

/// Upper bounds on files and pictures.
///
/// ```
/// use halftone_processing::limits::Limits;
/// let strict = Limits { max_pixels: 50_000_000, ..Limits::default() };
/// assert!(strict.check_picture(6000, 4000).is_ok());
/// assert!(strict.check_picture(60_000, 60_000).is_err());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Size of an original in bytes. Default 256 MiB: an uncompressed 16-bit TIFF of 45 megapixels.
    pub max_file_bytes: u64,
    /// Number of pixels of an original. Default 150 million: today's largest medium-format sensors.
    pub max_pixels: u64,
    /// Width and height of an original in pixels. Default 30,000: stitched panoramas.
    pub max_side_px: u32,
    /// Memory that rendering one picture may take by [`Source::peak_bytes`](crate::decode::Source::peak_bytes)'s
    /// estimate, the file not counted. Default 768 MiB.
    pub max_working_bytes: u64,
    /// Size of a logo file in bytes. Default 8 MiB.
    pub max_logo_bytes: u64,
    /// Width and height of a logo in pixels. Default 4,096.
    pub max_logo_side_px: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_file_bytes: 256 * MEBI,
            max_pixels: 150 * MEGA,
            max_side_px: 30_000,
            max_working_bytes: 768 * MEBI,
            max_logo_bytes: 8 * MEBI,
            max_logo_side_px: 4_096,
        }
    }
}

impl Limits {
    /// Checks the size of a file.
    ///
    /// # Errors
    /// `Malformed` for an empty file, `TooLarge` for one over the limit.
    pub fn check_file(&self, bytes: usize) -> Result<(), RenderError> {
        let bytes = bytes as u64;
        if bytes == 0 {
            return Err(malformed("the file is empty"));
        }
        if bytes > self.max_file_bytes {
            return Err(too_large(format!(
                "the file has {} and the limit is {}",
                megabytes(bytes),
                megabytes(self.max_file_bytes)
            )));
        }
        Ok(())
    }

    /// Checks the sides that a header announces.
    ///
    /// # Errors
    /// `Malformed` for a side of zero, `TooLarge` for a side or an area over the limit.
    pub fn check_picture(&self, width: u32, height: u32) -> Result<(), RenderError> {
        if width == 0 || height == 0 {
            return Err(malformed(format!("its header announces a picture of {width} x {height} pixels")));
        }
        let longest = width.max(height);
        if longest > self.max_side_px {
            return Err(too_large(format!(
                "it has {width} x {height} pixels and the longest side may have {}",
                self.max_side_px
            )));
        }
        let pixels = u64::from(width) * u64::from(height);
        if pixels > self.max_pixels {
            return Err(too_large(format!(
                "it has {} megapixels ({width} x {height}) and the limit is {}",
                pixels / MEGA,
                self.max_pixels / MEGA
            )));
        }
        Ok(())
    }

    /// Checks the memory that rendering would take.
    ///
    /// # Errors
    /// `TooLarge` over the limit.
    pub fn check_working(&self, bytes: u64) -> Result<(), RenderError> {
        if bytes > self.max_working_bytes {
            return Err(too_large(format!(
                "opening it in this file format takes {} of memory and the limit is {}; a JPEG of it will do",
                megabytes(bytes),
                megabytes(self.max_working_bytes)
            )));
        }
        Ok(())
    }
}

fn megabytes(bytes: u64) -> String {
    format!("{} MB", bytes.div_ceil(MEGA))
}
