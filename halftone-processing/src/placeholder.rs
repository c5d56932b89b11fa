//! The blurred placeholder: Evan Wallace's `ThumbHash`.

use halftone_core::geometry::PixelSize;
use halftone_core::ports::renderer::RenderError;
use halftone_core::rendition::Placeholder;

use crate::colour::RgbSpace;
use crate::error::internal;
use crate::raster::Raster;
use crate::resize::resize;

/// The algorithm takes up to 100 and keeps seven waves on each side: it needs no more than this for them, and a quarter of the time.
const LONG_EDGE_PX: u32 = 50;

/// Hashes an RGB picture; the hash is in sRGB, as the page that shows it is.
pub(crate) fn placeholder(picture: &Raster, space: &RgbSpace) -> Result<Placeholder, RenderError> {
    let size =
        PixelSize::new(picture.width(), picture.height()).map_err(|cause| internal(cause.to_string()))?;
    let small = space.to_srgb(resize(picture, size.shrunk_to(LONG_EDGE_PX))?)?;
    let (pixels, _) = small.data().as_chunks::<3>();
    let rgba: Vec<u8> = pixels.iter().flat_map(|[red, green, blue]| [*red, *green, *blue, 255]).collect();
    let hash = thumbhash::rgba_to_thumb_hash(small.width() as usize, small.height() as usize, &rgba);
    Placeholder::parse(hash).map_err(|cause| internal(format!("the placeholder is unusable: {cause}")))
}
