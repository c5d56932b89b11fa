//! Lays a stamp over a picture.

use super::stamp::Stamp;
use crate::raster::Raster;

/// Blends the stamp with its top left corner at `place`; what lies outside is cut off.
pub(super) fn blend(stamp: &Stamp, place: (i64, i64), picture: &mut Raster) {
    let (left, top) = place;
    let (picture_width, picture_height) = (i64::from(picture.width()), i64::from(picture.height()));
    let row_bytes = picture.row_bytes();
    let first = (-top).max(0);
    let last = i64::from(stamp.height()).min(picture_height - top);
    for stamp_y in first..last {
        let (Ok(stamp_row), Ok(picture_row)) = (usize::try_from(stamp_y), usize::try_from(top + stamp_y))
        else {
            continue;
        };
        let (start, ink) = stamp.row(stamp_row);
        let from = left + i64::from(start);
        // Cut the row to the picture.
        let skipped = usize::try_from((-from).max(0)).unwrap_or(usize::MAX).min(ink.len());
        let room = usize::try_from(picture_width - from.max(0)).unwrap_or(0);
        let ink = &ink[skipped..];
        let ink = &ink[..ink.len().min(room)];
        let Ok(x) = usize::try_from(from.max(0)) else {
            continue;
        };
        let begin = picture_row * row_bytes + x * 3;
        if !ink.is_empty() {
            blend_row(ink, &mut picture.data_mut()[begin..begin + ink.len() * 3]);
        }
    }
}

/// Each pixel becomes `ink + picture x (1 - alpha)`; the ink is premultiplied.
fn blend_row(ink: &[[u8; 4]], row: &mut [u8]) {
    let (pixels, _) = row.as_chunks_mut::<3>();
    for (pixel, ink) in pixels.iter_mut().zip(ink) {
        // Between the letters there is nothing.
        if *ink == [0; 4] {
            continue;
        }
        let [red, green, blue, alpha] = ink;
        let keep = 255 - u32::from(*alpha);
        for (channel, ink) in pixel.iter_mut().zip([red, green, blue]) {
            let mixed = u32::from(*ink) + (u32::from(*channel) * keep + 127) / 255;
            *channel = u8::try_from(mixed).unwrap_or(u8::MAX);
        }
    }
}
