//! A studio's logo: a PNG with alpha.

use fast_image_resize::pixels::U8x4;
use halftone_core::geometry::PixelSize;
use halftone_core::ports::renderer::RenderError;
use image::RgbaImage;

use super::layout::Extent;
use crate::colour::RgbSpace;
use crate::decode::png_rgba;
use crate::error::{internal, malformed, too_large, unsupported};
use crate::limits::Limits;
use crate::resize::resize_pixels;
use crate::sniff::SourceFormat;

/// Alpha under this is a stray pixel of the drawing program and no part of the logo.
const FAINTEST_ALPHA: u8 = 16;

/// A logo, cut to what can be seen of it.
#[derive(Debug, Clone)]
pub struct Logo {
    file_size: PixelSize,
    width: u32,
    height: u32,
    rgba: Vec<u8>,
}

impl Logo {
    /// Reads a PNG within the limits and cuts off its transparent margins.
    ///
    /// # Errors
    /// `Unsupported` for another format, `TooLarge` over a limit, `Malformed` for a broken file or one in which nothing
    /// is visible.
    pub fn parse(file: &[u8], limits: &Limits) -> Result<Self, RenderError> {
        if file.len() as u64 > limits.max_logo_bytes {
            return Err(too_large(format!(
                "a logo may have {} bytes and this one has {}",
                limits.max_logo_bytes,
                file.len()
            )));
        }
        if SourceFormat::sniff(file)? != SourceFormat::Png {
            return Err(unsupported("a logo must be a PNG, which can be transparent"));
        }
        let (file_size, rgba) = png_rgba(file, limits)?;
        let (left, top, width, height) =
            visible_part(file_size, &rgba).ok_or_else(|| malformed("nothing is visible in it"))?;
        let file_row = file_size.width() as usize * 4;
        let rgba = rgba
            .chunks_exact(file_row)
            .skip(top as usize)
            .take(height as usize)
            .flat_map(|row| &row[left as usize * 4..(left + width) as usize * 4])
            .copied()
            .collect();
        Ok(Self { file_size, width, height, rgba })
    }

    /// The size of the file's picture, margins included.
    pub const fn file_size(&self) -> PixelSize {
        self.file_size
    }

    /// Width and height for each pixel of height.
    pub(super) fn extent_per_pixel(&self) -> Extent {
        Extent { width: f64::from(self.width) / f64::from(self.height), height: 1.0 }
    }

    /// The mean sRGB colour of what is visible.
    pub(super) fn mean_colour(&self) -> [u8; 3] {
        let (pixels, _) = self.rgba.as_chunks::<4>();
        let mut sums = [0_u64; 3];
        let mut weight = 0_u64;
        for [red, green, blue, alpha] in pixels {
            let alpha = u64::from(*alpha);
            weight += alpha;
            for (sum, channel) in sums.iter_mut().zip([red, green, blue]) {
                *sum += u64::from(*channel) * alpha;
            }
        }
        sums.map(|sum| u8::try_from(sum / weight.max(1)).unwrap_or(u8::MAX))
    }

    /// Converts the colours from sRGB into the picture's space.
    pub(super) fn adopt(&mut self, space: &RgbSpace) -> Result<(), RenderError> {
        let (pixels, _) = self.rgba.as_chunks_mut::<4>();
        let mut colours: Vec<u8> =
            pixels.iter().flat_map(|[red, green, blue, _]| [*red, *green, *blue]).collect();
        space.adopt_all(&mut colours)?;
        let (colours, _) = colours.as_chunks::<3>();
        for (pixel, colour) in pixels.iter_mut().zip(colours) {
            pixel[..3].copy_from_slice(colour);
        }
        Ok(())
    }

    /// The logo at a height, colours multiplied with alpha so that transparent pixels do not bleed.
    pub(super) fn scaled_to(&self, height_px: f64) -> Result<RgbaImage, RenderError> {
        let mut premultiplied = self.rgba.clone();
        let (pixels, _) = premultiplied.as_chunks_mut::<4>();
        for [red, green, blue, alpha] in pixels {
            for channel in [red, green, blue] {
                let product = (u32::from(*channel) * u32::from(*alpha) + 127) / 255;
                *channel = u8::try_from(product).unwrap_or(u8::MAX);
            }
        }
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "bounded by the picture's sides"
        )]
        let side = |length: f64| (length.round() as u32).max(1);
        let (width, height) = (side(height_px * self.extent_per_pixel().width), side(height_px));
        let scaled_size = PixelSize::new(width, height).map_err(|cause| internal(cause.to_string()))?;
        let scaled = resize_pixels::<U8x4>((self.width, self.height), &premultiplied, scaled_size)?;
        RgbaImage::from_raw(width, height, scaled).ok_or_else(|| internal("the logo lost pixels"))
    }
}

/// Left, top, width and height of what is not transparent.
fn visible_part(size: PixelSize, rgba: &[u8]) -> Option<(u32, u32, u32, u32)> {
    let (pixels, _) = rgba.as_chunks::<4>();
    let mut bounds: Option<(u32, u32, u32, u32)> = None;
    for (y, row) in (0..).zip(pixels.chunks_exact(size.width() as usize)) {
        for (x, _) in (0..).zip(row).filter(|(_, pixel)| pixel[3] >= FAINTEST_ALPHA) {
            let (left, top, right, bottom) = bounds.unwrap_or((x, y, x, y));
            bounds = Some((left.min(x), top.min(y), right.max(x), bottom.max(y)));
        }
    }
    bounds.map(|(left, top, right, bottom)| (left, top, right - left + 1, bottom - top + 1))
}
