//! The thumb of a line with the crop drawn on it.

use halftone_core::geometry::CropRect;

use crate::look::{FINE, HAIRLINE, INK, THIN};
use crate::paper::{Align, Area, Mark, Paper};
use crate::picture::Picture;
use crate::words::Words;

/// The most that a thumb may be high, in points.
pub(super) const HEIGHT: f32 = 54.0;

/// Draws the thumb as large as the place allows, what is cut off dimmed, and what is printed framed. Without a thumb the
/// place is an empty frame.
pub(super) fn draw(
    paper: &mut Paper<'_>,
    words: &Words,
    place: Area,
    picture: Option<Picture>,
    crop: CropRect,
    pictures: &mut Vec<Picture>,
) {
    let Some(picture) = picture else {
        paper.mark(Mark::Frame { area: place, ink: HAIRLINE, thickness: THIN });
        let middle = place.y + place.height / 2.0 + FINE.size / 3.0;
        paper.write(words.no_picture, FINE, (place.x + 4.0, middle), Align::Left, place.width - 8.0);
        return;
    };
    let area = fitted(&picture, place);
    paper.mark(Mark::Picture { picture: pictures.len(), area });
    pictures.push(picture);
    let kept = kept(area, crop);
    for veil in around(area, kept) {
        paper.mark(Mark::Veil { area: veil });
    }
    paper.mark(Mark::Frame { area: kept, ink: INK, thickness: 0.9 });
}

/// The largest area of the picture's shape at the top left of the place.
#[expect(clippy::cast_precision_loss, reason = "a picture in a document has at most 256 pixels a side")]
fn fitted(picture: &Picture, place: Area) -> Area {
    let (width, height) = (picture.size.width() as f32, picture.size.height() as f32);
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

/// What is cut off: above, below, left and right of what is kept, where there is anything.
fn around(all: Area, kept: Area) -> impl Iterator<Item = Area> {
    /// Less is nothing: a hundredth of a point.
    const NOTHING: f32 = 0.01;
    [
        Area { height: kept.y - all.y, ..all },
        Area { y: kept.bottom(), height: all.bottom() - kept.bottom(), ..all },
        Area { y: kept.y, height: kept.height, width: kept.x - all.x, ..all },
        Area { x: kept.right(), y: kept.y, width: all.right() - kept.right(), height: kept.height },
    ]
    .into_iter()
    .filter(|area| area.width > NOTHING && area.height > NOTHING)
}

#[cfg(test)]
mod tests {
    use halftone_core::geometry::CropRect;

    use super::{Area, around, kept};

    const ALL: Area = Area { x: 10.0, y: 20.0, width: 60.0, height: 40.0 };

    #[test]
    fn the_whole_photo_has_nothing_cut_off() {
        assert_eq!(around(ALL, kept(ALL, CropRect::FULL)).count(), 0);
    }

    #[test]
    fn what_is_kept_and_what_is_cut_off_are_the_photo() {
        let kept = kept(ALL, CropRect::parse(0.25, 0.1, 0.5, 0.6).unwrap());
        let parts: f32 = around(ALL, kept).map(|area| area.width * area.height).sum();
        assert!((parts + kept.width * kept.height - ALL.width * ALL.height).abs() < 0.01);
        assert!((kept.x - 25.0).abs() < 1e-4 && (kept.y - 24.0).abs() < 1e-4, "{kept:?}");
    }
}
