//! High-quality downscaling.
//!
//! Lanczos with three lobes over gamma-encoded values, as every other tool that photographers know does it:
//! a linear-light resize would differ visibly from the previews they are used to.

use fast_image_resize::images::{TypedImage, TypedImageRef};
use fast_image_resize::pixels::{U8, U8x3, U8x4};
use fast_image_resize::{PixelTrait, ResizeOptions, Resizer};
use halftone_core::geometry::PixelSize;
use halftone_core::ports::renderer::RenderError;

use crate::error::internal;
use crate::planes::Plane;
use crate::raster::{Channels, Raster};

/// Scales a picture to exactly `size`. The same size is returned as it is.
///
/// # Errors
/// `Internal` if the resizer refuses, which a [`Raster`] gives it no reason for.
pub fn resize(picture: &Raster, size: PixelSize) -> Result<Raster, RenderError> {
    if (picture.width(), picture.height()) == (size.width(), size.height()) {
        return Ok(picture.clone());
    }
    let (from, data) = ((picture.width(), picture.height()), picture.data());
    let resized = match picture.channels() {
        Channels::Grey => resize_pixels::<U8>(from, data, size),
        Channels::Rgb => resize_pixels::<U8x3>(from, data, size),
        Channels::Cmyk => resize_pixels::<U8x4>(from, data, size),
    }?;
    Raster::new(size.width(), size.height(), picture.channels(), resized)
        .ok_or_else(|| internal("the resizer returned another size"))
}

/// Resizes pixels of one kind, all of whose channels are treated alike: the fourth of CMYK is black ink, not alpha.
///
/// With the kinds named, the resizer is compiled for these alone; the twenty that it chooses from at run time take minutes.
pub(crate) fn resize_pixels<P: PixelTrait>(
    from: (u32, u32),
    data: &[u8],
    size: PixelSize,
) -> Result<Vec<u8>, RenderError> {
    resize_with::<P>(from, data, size, &ResizeOptions::new().use_alpha(false))
}

fn resize_with<P: PixelTrait>(
    (width, height): (u32, u32),
    data: &[u8],
    size: PixelSize,
    options: &ResizeOptions,
) -> Result<Vec<u8>, RenderError> {
    let source = TypedImageRef::<P>::from_buffer(width, height, data)
        .map_err(|cause| internal(format!("the resizer refused its input: {cause}")))?;
    let mut resized = vec![0; size.width() as usize * size.height() as usize * P::size()];
    let mut target = TypedImage::<P>::from_buffer(size.width(), size.height(), &mut resized)
        .map_err(|cause| internal(format!("the resizer refused its output: {cause}")))?;
    Resizer::new()
        .resize_typed(&source, &mut target, options)
        .map_err(|cause| internal(format!("the resizer failed: {cause}")))?;
    Ok(resized)
}

/// Scales a part of a plane to exactly `size`; see [`resize_part`].
///
/// # Errors
/// As [`resize_part`].
pub(crate) fn resize_plane_part(
    plane: &Plane,
    part: [f64; 4],
    size: PixelSize,
) -> Result<Plane, RenderError> {
    let [left, top, width, height] = part;
    let options = ResizeOptions::new().use_alpha(false).crop(left, top, width, height);
    let checked =
        |side: usize| u32::try_from(side).map_err(|_| internal("a plane is too large to be resized"));
    let from = (checked(plane.width())?, checked(plane.height())?);
    let resized = resize_with::<U8>(from, plane.samples(), size, &options)?;
    Plane::from_samples(size.width() as usize, size.height() as usize, resized)
        .ok_or_else(|| internal("the resizer returned another size"))
}

/// Scales a part of a picture to exactly `size`, up or down. The part is a rectangle `[left, top, width, height]` in pixels,
/// which need not lie on their borders.
///
/// # Errors
/// `Internal` if the resizer refuses: the part is not inside the picture.
pub(crate) fn resize_part(picture: &Raster, part: [f64; 4], size: PixelSize) -> Result<Raster, RenderError> {
    let [left, top, width, height] = part;
    let options = ResizeOptions::new().use_alpha(false).crop(left, top, width, height);
    let from = (picture.width(), picture.height());
    let resized = match picture.channels() {
        Channels::Grey => resize_with::<U8>(from, picture.data(), size, &options),
        Channels::Rgb => resize_with::<U8x3>(from, picture.data(), size, &options),
        Channels::Cmyk => resize_with::<U8x4>(from, picture.data(), size, &options),
    }?;
    Raster::new(size.width(), size.height(), picture.channels(), resized)
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
