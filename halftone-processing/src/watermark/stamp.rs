//! One copy of the mark, turned, coloured and ready to blend.

use image::{GrayImage, RgbaImage};

use super::soften::{MOST_REACH, soften};

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
        reach.clamp(1, MOST_REACH)
    }

    /// How far around a mark its outline needs room.
    pub(super) fn margin(self) -> u32 {
        2 * self.reach() + 2
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
    /// Letters of one colour, turned and with room for their outline.
    pub(super) fn of_text(letters: &GrayImage, fill: [u8; 3], paint: Paint) -> Self {
        let inks =
            letters.iter().map(|letter| fill.map(|channel| f64::from(channel) * f64::from(*letter) / 255.0));
        Self::outlined(letters, inks, paint)
    }

    /// A logo in its own colours, which are premultiplied, turned and with room for its outline.
    pub(super) fn of_logo(logo: &RgbaImage, paint: Paint) -> Self {
        let mut shape = GrayImage::new(logo.width(), logo.height());
        for (place, pixel) in shape.pixels_mut().zip(logo.pixels()) {
            place.0[0] = pixel.0[3];
        }
        let inks = logo.pixels().map(|pixel| [pixel.0[0], pixel.0[1], pixel.0[2]].map(f64::from));
        Self::outlined(&shape, inks, paint)
    }

    /// Lays premultiplied inks over a soft outline of their shape.
    fn outlined(shape: &GrayImage, inks: impl Iterator<Item = [f64; 3]>, paint: Paint) -> Self {
        let halo = soften(shape, paint.reach());
        let pixels = shape.iter().zip(&halo).zip(inks).map(|((covered, halo), ink)| {
            // Most of a turned mark is empty.
            if *covered == 0 && *halo == 0 {
                return [0; 4];
            }
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

/// Rounds a value that is not negative.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the cast clamps to 0..=255")]
const fn to_byte(value: f64) -> u8 {
    (value + 0.5) as u8
}
