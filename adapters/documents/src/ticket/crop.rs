//! The thumb of a line with the crop drawn on it.

use halftone_core::geometry::{CropRect, PixelSize};

use crate::look::{FINE, HAIRLINE, INK, THIN};
use crate::paper::{Align, Area, Mark, Paper};
use crate::words::Words;

/// The most that a thumb may be high, in points.
pub(super) const HEIGHT: f32 = 42.0;

/// Draws the thumb as large as the place allows, what is cut off dimmed, and what is printed framed. Without a thumb the
/// place is an empty frame.
pub(super) fn draw(
    paper: &mut Paper<'_>,
    words: &Words,
    place: Area,
    picture: Option<(usize, PixelSize)>,
    crop: CropRect,
) {
    let Some((picture, size)) = picture else {
        paper.mark(Mark::Frame { area: place, ink: HAIRLINE, thickness: THIN });
        let middle = place.y + place.height / 2.0 + FINE.size / 3.0;
        paper.write(words.no_picture, FINE, (place.x + 4.0, middle), Align::Left, place.width - 8.0);
        return;
    };
    let area = fitted(size, place);
    paper.mark(Mark::Picture { picture, area });
    let kept = kept(area, crop);
    if crop != CropRect::FULL {
        paper.mark(Mark::Veil { area: grown(area), hole: kept });
    }
    paper.mark(Mark::Frame { area: kept, ink: INK, thickness: 0.9 });
}

/// The largest area of the picture's shape at the top left of the place.
#[expect(clippy::cast_precision_loss, reason = "a picture in a document has at most 256 pixels a side")]
fn fitted(size: PixelSize, place: Area) -> Area {
    let (width, height) = (size.width() as f32, size.height() as f32);
    let scale = (place.width / width).min(place.height / height);
    Area { width: width * scale, height: height * scale, ..place }
}

#[expect(clippy::cast_possible_truncation, reason = "fractions of less than a page")]
fn kept(area: Area, crop: CropRect) -> Area {
    Area {
        x: area.x + area.width * crop.x() as f32,
        y: area.y + area.height * crop.y() as f32,
        width: area.width * crop.width() as f32,
        height: area.height * crop.height() as f32,
    }
}

/// The area and the pixels of paper on which its edges may lie.
fn grown(area: Area) -> Area {
    const EDGE: f32 = 0.4;
    Area {
        x: area.x - EDGE,
        y: area.y - EDGE,
        width: area.width + 2.0 * EDGE,
        height: area.height + 2.0 * EDGE,
    }
}

#[cfg(test)]
mod tests {
    use halftone_core::geometry::CropRect;

    use super::{Area, kept};

    #[test]
    fn what_is_kept_lies_in_the_thumb_as_in_the_photo() {
        let thumb = Area { x: 10.0, y: 20.0, width: 60.0, height: 40.0 };
        let kept = kept(thumb, CropRect::parse(0.25, 0.1, 0.5, 0.6).unwrap());
        assert!((kept.x - 25.0).abs() < 1e-4 && (kept.y - 24.0).abs() < 1e-4, "{kept:?}");
        assert!((kept.right() - 55.0).abs() < 1e-4 && (kept.bottom() - 48.0).abs() < 1e-4, "{kept:?}");
    }
}
