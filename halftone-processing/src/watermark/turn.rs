//! Turning a mark.

use halftone_core::watermark::Angle;
use image::{Rgba, RgbaImage, imageops};
use imageproc::geometric_transformations::{Border, Interpolation, Projection, warp_into};

/// A turn clockwise about the middle, onto a canvas that holds all of what is turned.
#[derive(Debug, Clone, Copy)]
pub(super) struct Turn {
    sine: f32,
    cosine: f32,
    from: (u32, u32),
    onto: (u32, u32),
}

impl Turn {
    /// For something as wide and as high as this.
    pub(super) fn new(angle: Angle, width: u32, height: u32) -> Self {
        let from = (width, height);
        // What is straight stays on its pixels, and as sharp as it was drawn.
        if angle.get().abs() < 0.01 {
            return Self { sine: 0.0, cosine: 1.0, from, onto: from };
        }
        #[expect(clippy::cast_possible_truncation, reason = "at most 180 degrees")]
        let (sine, cosine) = (angle.get().to_radians() as f32).sin_cos();
        let (width, height) = (real(width), real(height));
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "positive and bounded by the diagonal"
        )]
        let length = |across: f32, down: f32| (across.abs() + down.abs()).ceil() as u32 + 2;
        let onto = (length(width * cosine, height * sine), length(width * sine, height * cosine));
        Self { sine, cosine, from, onto }
    }

    /// Width and height of the canvas.
    pub(super) const fn canvas(&self) -> (u32, u32) {
        self.onto
    }

    /// Where a point lies on the canvas. Points are distances from the left and the upper edge.
    pub(super) fn point(&self, x: f32, y: f32) -> (f32, f32) {
        let middle = |(width, height): (u32, u32)| (real(width) / 2.0, real(height) / 2.0);
        let (from, onto) = (middle(self.from), middle(self.onto));
        let (x, y) = (x - from.0, y - from.1);
        (x * self.cosine - y * self.sine + onto.0, x * self.sine + y * self.cosine + onto.1)
    }

    /// Turns a picture as large as what the turn was made for.
    pub(super) fn picture(&self, picture: RgbaImage) -> RgbaImage {
        // Only what is straight keeps its size.
        if self.onto == self.from {
            return picture;
        }
        let mut canvas = RgbaImage::new(self.onto.0, self.onto.1);
        // Coordinates name the centres of pixels: the middle of n pixels is (n - 1) / 2.
        let to_middle = |(width, height): (u32, u32)| ((real(width) - 1.0) / 2.0, (real(height) - 1.0) / 2.0);
        let (from, onto) = (to_middle(self.from), to_middle(self.onto));
        let projection = Projection::translate(onto.0, onto.1)
            * Projection::rotate(self.sine.atan2(self.cosine))
            * Projection::translate(-from.0, -from.1);
        // Premultiplied colours must not exceed their alpha, which only the linear filter keeps.
        let empty = Border::Constant(Rgba([0; 4]));
        warp_into(&picture, projection, Interpolation::Bilinear, empty, &mut canvas);
        canvas
    }
}

#[expect(clippy::cast_precision_loss, reason = "sides of pictures, far below 2^24")]
const fn real(side: u32) -> f32 {
    side as f32
}

/// Puts an empty margin around a picture.
pub(super) fn pad(picture: &RgbaImage, margin: u32) -> RgbaImage {
    let mut padded = RgbaImage::new(picture.width() + 2 * margin, picture.height() + 2 * margin);
    imageops::replace(&mut padded, picture, margin.into(), margin.into());
    padded
}

#[cfg(test)]
mod tests {
    use super::*;

    fn turn(degrees: f64) -> Turn {
        Turn::new(Angle::parse(degrees).unwrap(), 40, 10)
    }

    #[test]
    fn a_straight_mark_stays_on_its_pixels() {
        let turn = turn(0.0);
        assert_eq!(turn.canvas(), (40, 10));
        assert_eq!(turn.point(3.25, 7.5), (3.25, 7.5));
    }

    #[test]
    fn a_quarter_turn_goes_clockwise_about_the_middle() {
        let turn = turn(90.0);
        let (width, height) = turn.canvas();
        assert!((12..=13).contains(&width) && (42..=43).contains(&height), "{width} x {height}");
        let (x, y) = turn.point(40.0, 5.0);
        let (middle_x, bottom) = (real(width) / 2.0, real(height) / 2.0 + 20.0);
        assert!((x - middle_x).abs() < 1e-3 && (y - bottom).abs() < 1e-3, "the right end is below: {x}, {y}");
    }

    #[test]
    fn a_picture_goes_where_its_points_go() {
        let mut picture = RgbaImage::new(40, 10);
        for (x, y) in [(34, 2), (35, 2), (34, 3), (35, 3)] {
            picture.put_pixel(x, y, Rgba([255; 4]));
        }
        for degrees in [-150.0, -30.0, 45.0, 120.0] {
            let turn = turn(degrees);
            let (x, y) = turn.point(35.0, 3.0);
            let turned = turn.picture(picture.clone());
            let (mut sum, mut across, mut down) = (0.0, 0.0, 0.0);
            for (column, row, pixel) in turned.enumerate_pixels() {
                let weight = f32::from(pixel.0[3]);
                sum += weight;
                across += weight * (real(column) + 0.5);
                down += weight * (real(row) + 0.5);
            }
            let (across, down) = (across / sum, down / sum);
            assert!(
                (across - x).abs() < 0.1 && (down - y).abs() < 0.1,
                "{degrees}: {across}, {down} and {x}, {y}"
            );
        }
    }
}
