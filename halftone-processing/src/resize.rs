//! High-quality downscaling.
//!
//! Lanczos with three lobes over gamma-encoded values, as every other tool that photographers know does it:
//! a linear-light resize would differ visibly from the previews they are used to.

use fast_image_resize::images::{Image, ImageRef};
use fast_image_resize::{PixelType, ResizeOptions, Resizer};
use halftone_core::geometry::PixelSize;
use halftone_core::ports::renderer::RenderError;

use crate::error::internal;
use crate::raster::{Channels, Raster};

/// Scales a picture to exactly `size`. The same size is returned as it is.
///
/// # Errors
/// `Internal` if the resizer refuses, which a [`Raster`] gives it no reason for.
pub fn resize(picture: &Raster, size: PixelSize) -> Result<Raster, RenderError> {
    if (picture.width(), picture.height()) == (size.width(), size.height()) {
        return Ok(picture.clone());
    }
    let pixel_type = match picture.channels() {
        Channels::Grey => PixelType::U8,
        Channels::Rgb => PixelType::U8x3,
        Channels::Cmyk => PixelType::U8x4,
    };
    let source = ImageRef::new(picture.width(), picture.height(), picture.data(), pixel_type)
        .map_err(|cause| internal(format!("the resizer refused its input: {cause}")))?;
    let mut target = Image::new(size.width(), size.height(), pixel_type);
    // The fourth channel of CMYK is black ink, not alpha.
    let options = ResizeOptions::new().use_alpha(false);
    Resizer::new()
        .resize(&source, &mut target, &options)
        .map_err(|cause| internal(format!("the resizer failed: {cause}")))?;
    Raster::new(size.width(), size.height(), picture.channels(), target.into_vec())
        .ok_or_else(|| internal("the resizer returned another size"))
}

/// Like [`resize`], and gives the memory of a picture that already has the size straight back.
///
/// # Errors
/// As [`resize`].
pub fn resize_owned(picture: Raster, size: PixelSize) -> Result<Raster, RenderError> {
    if (picture.width(), picture.height()) == (size.width(), size.height()) {
        return Ok(picture);
    }
    resize(&picture, size)
}
