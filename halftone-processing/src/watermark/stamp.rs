//! One copy of the mark, turned, coloured and ready to blend.

use halftone_core::watermark::Angle;
use image::{GrayImage, Luma, Pixel, Rgba, RgbaImage};
use imageproc::definitions::{Clamp, Image};
use imageproc::geometric_transformations::{Border, Interpolation, Projection, warp_into};

/// How strongly the outline covers, relative to the mark.
const OUTLINE_STRENGTH: f64 = 0.65;

/// How far the outline reaches, relative to the mark's height.
const OUTLINE_REACH: f64 = 0.018;

/// Premultiplied pixels and, for each row, the part of it that is not empty.
#[derive(Debug, Clone)]
pub(super) struct Stamp {
    width: u32,
    pixels: Vec<[u8; 4]>,
    spans: Vec<(u32, u32)>,
}

/// How a mark is laid on.
#[derive(Debug, Clone, Copy)]
pub(super) struct Paint {
    pub(super) outline: [u8; 3],
    pub(super) opacity: f64,
    /// Height of the line of text, from ascent to descent, or of the logo.
    pub(super) height_px: f64,
}

impl Paint {
    /// How far the outline reaches, in pixels.
    fn reach(self) -> u32 {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a fraction of a picture's side"
        )]
        let reach = (OUTLINE_REACH * self.height_px).round() as u32;
        reach.max(1)
    }
}

/// Black around light marks and white around dark ones: so one of the two shows on any picture.
pub(super) fn outline_for(srgb: [u8; 3]) -> [u8; 3] {
    let [red, green, blue] = srgb.map(u32::from);
    // Luma by ITU-R BT.709, in thousandths.
    let luma = (213 * red + 715 * green + 72 * blue) / 1000;
    if luma >= 110 { [0; 3] } else { [255; 3] }
}

impl Stamp {
    /// Letters of one colour.
    pub(super) fn of_text(coverage: &GrayImage, fill: [u8; 3], angle: Angle, paint: Paint) -> Self {
        let letters = turn(&pad(coverage, 2 * paint.reach() + 2), angle, Interpolation::Bicubic);
        let inks =
            letters.iter().map(|letter| fill.map(|channel| f64::from(channel) * f64::from(*letter) / 255.0));
        Self::outlined(&letters, inks, paint)
    }

    /// A logo in its own colours, which are premultiplied.
    pub(super) fn of_logo(logo: &RgbaImage, angle: Angle, paint: Paint) -> Self {
        // Premultiplied colours must not exceed their alpha, which only the linear filter keeps.
        let turned = turn(&pad(logo, 2 * paint.reach() + 2), angle, Interpolation::Bilinear);
        let mut shape = GrayImage::new(turned.width(), turned.height());
        for (place, pixel) in shape.pixels_mut().zip(turned.pixels()) {
            place.0[0] = pixel.0[3];
        }
        let inks = turned.pixels().map(|pixel| [pixel.0[0], pixel.0[1], pixel.0[2]].map(f64::from));
        Self::outlined(&shape, inks, paint)
    }

    /// Lays premultiplied inks over a soft outline of their shape.
    fn outlined(shape: &GrayImage, inks: impl Iterator<Item = [f64; 3]>, paint: Paint) -> Self {
        let halo = soften(shape, paint.reach());
        let pixels = shape.iter().zip(&halo).zip(inks).map(|((covered, halo), ink)| {
            let covered = f64::from(*covered) / 255.0;
            // Three times the blurred shape is an even outline that fades at its rim.
            let around = (f64::from(*halo) * 3.0 / 255.0).min(1.0) * (1.0 - covered) * OUTLINE_STRENGTH;
            let mix = |index: usize| {
                to_byte((ink[index] + f64::from(paint.outline[index]) * around) * paint.opacity)
            };
            [mix(0), mix(1), mix(2), to_byte((covered + around) * paint.opacity * 255.0)]
        });
        Self::new(shape.width(), pixels.collect())
    }

    fn new(width: u32, pixels: Vec<[u8; 4]>) -> Self {
        let spans = pixels
            .chunks_exact(width as usize)
            .map(|row| {
                let filled = || (0_u32..).zip(row).filter(|(_, pixel)| pixel[3] > 0).map(|(x, _)| x);
                let start = filled().next().unwrap_or(0);
                (start, filled().last().map_or(start, |last| last + 1))
            })
            .collect();
        Self { width, pixels, spans }
    }

    pub(super) const fn width(&self) -> u32 {
        self.width
    }

    pub(super) fn height(&self) -> u32 {
        u32::try_from(self.spans.len()).expect("as high as an image")
    }

    /// Whether anything would be seen: some pixel covers at least a fiftieth.
    pub(super) fn is_visible(&self) -> bool {
        self.pixels.iter().any(|pixel| pixel[3] >= 5)
    }

    /// The filled part of a row: where it begins, and its pixels.
    pub(super) fn row(&self, y: usize) -> (u32, &[[u8; 4]]) {
        let (start, end) = self.spans[y];
        let row = y * self.width as usize;
        (start, &self.pixels[row + start as usize..row + end as usize])
    }

    pub(super) fn bytes(&self) -> usize {
        self.pixels.len() * 4 + self.spans.len() * 8
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to 0..=255")]
fn to_byte(value: f64) -> u8 {
    value.round().clamp(0.0, 255.0) as u8
}

fn pad<P>(picture: &Image<P>, margin: u32) -> Image<P>
where
    P: Pixel,
{
    let mut padded = Image::new(picture.width() + 2 * margin, picture.height() + 2 * margin);
    for (x, y, pixel) in picture.enumerate_pixels() {
        padded.put_pixel(x + margin, y + margin, *pixel);
    }
    padded
}

/// Turns clockwise about the middle onto a canvas that holds all of it.
fn turn<P>(picture: &Image<P>, angle: Angle, interpolation: Interpolation) -> Image<P>
where
    P: Pixel<Subpixel = u8> + Blank + Send + Sync,
    u8: Clamp<f32>,
{
    // Straight text stays as sharp as the font draws it.
    if angle.get().abs() < 0.01 {
        return picture.clone();
    }
    #[expect(clippy::cast_possible_truncation, reason = "at most 180 degrees")]
    let radians = angle.get().to_radians() as f32;
    let (sin, cos) = (radians.sin().abs(), radians.cos().abs());
    #[expect(clippy::cast_precision_loss, reason = "sides of pictures, far below 2^24")]
    let (width, height) = (picture.width() as f32, picture.height() as f32);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "positive and bounded by the diagonal"
    )]
    let side = |length: f32| length.ceil() as u32 + 2;
    let mut canvas = Image::new(side(width * cos + height * sin), side(width * sin + height * cos));
    #[expect(clippy::cast_precision_loss, reason = "sides of pictures, far below 2^24")]
    let (canvas_width, canvas_height) = (canvas.width() as f32, canvas.height() as f32);
    // Coordinates name the centres of pixels: the middle of n pixels is (n - 1) / 2.
    let projection = Projection::translate((canvas_width - 1.0) / 2.0, (canvas_height - 1.0) / 2.0)
        * Projection::rotate(radians)
        * Projection::translate(-(width - 1.0) / 2.0, -(height - 1.0) / 2.0);
    warp_into(picture, projection, interpolation, Border::Constant(P::BLANK), &mut canvas);
    canvas
}

/// The pixel of an empty canvas.
trait Blank {
    const BLANK: Self;
}

impl Blank for Luma<u8> {
    const BLANK: Self = Self([0]);
}

impl Blank for Rgba<u8> {
    const BLANK: Self = Self([0; 4]);
}

/// Two box blurs each way: near enough to a Gaussian, and its cost does not grow with its reach.
fn soften(letters: &GrayImage, reach: u32) -> Vec<u8> {
    let (width, height) = (letters.width() as usize, letters.height() as usize);
    let mut pixels = letters.as_raw().clone();
    for _ in 0..2 {
        for row in pixels.chunks_exact_mut(width) {
            blur_line(row, 1, width, reach as usize);
        }
        for column in 0..width {
            blur_line(&mut pixels[column..], width, height, reach as usize);
        }
    }
    pixels
}

/// Replaces each of `count` pixels, `step` apart, by the mean of those within `reach`.
fn blur_line(pixels: &mut [u8], step: usize, count: usize, reach: usize) {
    let line: Vec<u8> = pixels.iter().step_by(step).take(count).copied().collect();
    let window = u32::try_from(2 * reach + 1).expect("a few pixels");
    let mut sum: u32 = line.iter().take(reach).map(|value| u32::from(*value)).sum();
    for index in 0..count {
        sum += line.get(index + reach).map_or(0, |value| u32::from(*value));
        if let Some(leaving) = index.checked_sub(reach + 1) {
            sum -= u32::from(line[leaving]);
        }
        pixels[index * step] = u8::try_from(sum / window).unwrap_or(u8::MAX);
    }
}
