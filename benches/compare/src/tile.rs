//! The mark of the contenders that have none of their own: one tile of turned text, repeated over the picture.

use std::path::Path;

use ab_glyph::FontRef;
use anyhow::Context as _;
use image::{Rgba, RgbaImage};
use imageproc::drawing::draw_text_mut;
use imageproc::geometric_transformations::{Border, Interpolation, rotate_about_center};

const FONT: &[u8] = include_bytes!("../../../halftone-processing/assets/OpenSans-Semibold.ttf");

/// About as large as the stamps that Halftone lays over a proof of 2048 pixels.
const SIDES: (u32, u32) = (560, 480);

/// White at 35 %.
const INK: Rgba<u8> = Rgba([255, 255, 255, 89]);

/// A tile of straight alpha.
pub(crate) struct Tile(RgbaImage);

impl Tile {
    /// Draws it anew.
    pub(crate) fn draw() -> Self {
        let font = FontRef::try_from_slice(FONT).expect("the font is sound");
        let mut straight = RgbaImage::from_pixel(SIDES.0, SIDES.1, Rgba([255, 255, 255, 0]));
        draw_text_mut(&mut straight, INK, 40, 170, 120.0, &font, "© Studio");
        let outside = Border::Constant(Rgba([255, 255, 255, 0]));
        Self(rotate_about_center(&straight, -0.52, Interpolation::Bicubic, outside))
    }

    pub(crate) fn picture(&self) -> &RgbaImage {
        &self.0
    }

    pub(crate) fn save(&self, path: &Path) -> anyhow::Result<()> {
        self.0.save(path).with_context(|| path.display().to_string())
    }

    /// Lays the tile over RGB rows, again and again.
    pub(crate) fn blend(&self, pixels: &mut [u8], width: usize) {
        let tile = self.0.as_raw();
        for (y, row) in pixels.chunks_exact_mut(width * 3).enumerate() {
            let start = y % SIDES.1 as usize * SIDES.0 as usize * 4;
            let inks = tile[start..start + SIDES.0 as usize * 4].chunks_exact(4).cycle();
            for (pixel, ink) in row.chunks_exact_mut(3).zip(inks) {
                let alpha = u32::from(ink[3]);
                if alpha > 0 {
                    for (channel, ink) in pixel.iter_mut().zip(ink) {
                        let mixed =
                            (u32::from(*ink) * alpha + u32::from(*channel) * (255 - alpha) + 127) / 255;
                        *channel = u8::try_from(mixed).expect("a mean of bytes");
                    }
                }
            }
        }
    }
}
