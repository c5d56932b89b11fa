//! Where a mark goes and how large it may be.

use halftone_core::geometry::PixelSize;
use halftone_core::watermark::{Layout, Placement};

/// The extent of a mark before it is turned, in pixels or for each pixel of height.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Extent {
    pub(super) width: f64,
    pub(super) height: f64,
}

impl Extent {
    /// The upright box around the mark once it is turned.
    fn turned(self, radians: f64) -> Self {
        let (sin, cos) = (radians.sin().abs(), radians.cos().abs());
        Self { width: self.width * cos + self.height * sin, height: self.width * sin + self.height * cos }
    }
}

/// The margin of a mark in a corner or in the middle, relative to the short edge.
const MARGIN: f64 = 0.03;

/// The highest ink of a tiled mark, relative to the short edge: larger letters would enclose empty parts of the
/// picture.
const HIGHEST_TILE: f64 = 0.3;

/// The longest tiled mark, relative to the way across the picture along it: a longer one could be read nowhere.
const LONGEST_TILE: f64 = 0.8;

/// Letters lower than this many pixels from ascent to descent are a grey line.
const LOWEST_LINE_PX: f64 = 9.0;

/// Ink of a tiled mark lower than this, for example of a lone dot, would drown in the picture's noise.
const LOWEST_INK_PX: f64 = 4.0;

/// The height at which to draw a mark: the one asked for, less if it would not fit.
///
/// `per_pixel` is the extent of the ink for each pixel of height.
pub(super) fn fitted_height(per_pixel: Extent, placement: Placement, picture: PixelSize) -> f64 {
    let radians = placement.angle.get().to_radians();
    let short_edge = f64::from(picture.short_edge());
    let asked = placement.scale.get() * short_edge;
    let (width, height) = (f64::from(picture.width()), f64::from(picture.height()));
    match placement.layout {
        Layout::Tiled => {
            let across = (width / radians.cos().abs()).min(height / radians.sin().abs());
            let highest = HIGHEST_TILE * short_edge / per_pixel.height;
            let longest = LONGEST_TILE * across / per_pixel.width;
            asked.min(highest).min(longest).max(LOWEST_LINE_PX).max(LOWEST_INK_PX / per_pixel.height)
        }
        Layout::Centre | Layout::TopLeft | Layout::TopRight | Layout::BottomLeft | Layout::BottomRight => {
            let turned = per_pixel.turned(radians);
            let free = 1.0 - 2.0 * MARGIN;
            let room = (width - (1.0 - free) * short_edge).max(1.0) / turned.width;
            let headroom = (height - (1.0 - free) * short_edge).max(1.0) / turned.height;
            asked.max(LOWEST_LINE_PX).min(room).min(headroom)
        }
    }
}

/// The top left corners of the stamps, which are already turned; those of a tiled mark may lie outside.
///
/// `ink` is the extent before turning, `stamp` the size of what is blended.
pub(super) fn places(
    placement: Placement,
    picture: PixelSize,
    ink: Extent,
    stamp: (u32, u32),
) -> Vec<(i64, i64)> {
    let (width, height) = (i64::from(picture.width()), i64::from(picture.height()));
    let (stamp_width, stamp_height) = (i64::from(stamp.0), i64::from(stamp.1));
    let margin = whole(MARGIN * f64::from(picture.short_edge()));
    let (left, top) = (margin, margin);
    let (right, bottom) = (width - stamp_width - margin, height - stamp_height - margin);
    match placement.layout {
        Layout::Tiled => lattice(placement.angle.get().to_radians(), picture, ink)
            .into_iter()
            .map(|(x, y)| (x - stamp_width / 2, y - stamp_height / 2))
            .filter(|(x, y)| (-stamp_width..width).contains(x) && (-stamp_height..height).contains(y))
            .collect(),
        Layout::Centre => vec![((width - stamp_width) / 2, (height - stamp_height) / 2)],
        Layout::TopLeft => vec![(left, top)],
        Layout::TopRight => vec![(right, top)],
        Layout::BottomLeft => vec![(left, bottom)],
        Layout::BottomRight => vec![(right, bottom)],
    }
}

/// The centres of a tiled mark: rows along the turned text, every other row shifted by half a step, as bricks lie.
fn lattice(radians: f64, picture: PixelSize, ink: Extent) -> Vec<(i64, i64)> {
    let short_edge = f64::from(picture.short_edge());
    // In proportion to the letters where that looks good, and never so wide that a sixteenth of the picture stays
    // clean, nor so narrow that small letters hide it.
    let gap = |wish: f64| wish.clamp(0.09 * short_edge, 0.15 * short_edge).max(4.0);
    let step_along = ink.width + gap(1.2 * ink.height);
    let step_across = ink.height + gap(1.4 * ink.height);
    let (width, height) = (f64::from(picture.width()), f64::from(picture.height()));
    let reach = width.hypot(height) / 2.0 + ink.width.hypot(ink.height);
    let (sin, cos) = radians.sin_cos();
    let mut centres = Vec::new();
    let (rows, columns) = (whole(reach / step_across) + 1, whole(reach / step_along) + 1);
    for row in -rows..=rows {
        let shift = if row % 2 == 0 { 0.0 } else { 0.5 };
        for column in -columns..=columns {
            let along = (real(column) + shift) * step_along;
            let across = real(row) * step_across;
            let x = width / 2.0 + along * cos - across * sin;
            let y = height / 2.0 + along * sin + across * cos;
            centres.push((whole(x), whole(y)));
        }
    }
    centres
}

#[expect(clippy::cast_precision_loss, reason = "counts of stamps, far below 2^52")]
const fn real(count: i64) -> f64 {
    count as f64
}

#[expect(clippy::cast_possible_truncation, reason = "lengths in pixels")]
fn whole(length: f64) -> i64 {
    length.round() as i64
}

#[cfg(test)]
mod tests {
    use halftone_core::watermark::{Angle, Opacity, Scale};
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn single_marks_fit_inside_the_picture(
            width in 40_u32..4000, height in 40_u32..4000, angle in -180.0..180.0_f64,
            scale in 0.02..1.0_f64, ratio in 0.1..60.0_f64, corner in 0_usize..5,
        ) {
            let layout = [Layout::Centre, Layout::TopLeft, Layout::TopRight, Layout::BottomLeft, Layout::BottomRight][corner];
            let placement = Placement {
                layout, opacity: Opacity::DEFAULT, scale: Scale::parse(scale).unwrap(), angle: Angle::parse(angle).unwrap(),
            };
            let picture = PixelSize::new(width, height).unwrap();
            let mark_height = fitted_height(Extent { width: ratio, height: 1.0 }, placement, picture);
            let turned = Extent { width: ratio * mark_height, height: mark_height }.turned(angle.to_radians());
            prop_assert!(turned.width <= f64::from(width) && turned.height <= f64::from(height));
        }
    }

    #[test]
    fn a_tiled_mark_has_one_stamp_in_the_middle() {
        let picture = PixelSize::new(1000, 700).unwrap();
        let centres = lattice(-0.5, picture, Extent { width: 200.0, height: 50.0 });
        assert!(centres.contains(&(500, 350)));
    }
}
