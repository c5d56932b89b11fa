//! Inputs for the benches of the watermark pipeline, made in code so that everyone measures the same bytes.
//!
//! The pictures imitate a camera's: soft shapes of several sizes, edges, and sensor noise, so that a 24-megapixel
//! JPEG at quality 92 has about the 8 to 10 MB of a real one. They are no measure of quality.

use halftone_core::rendition::{ProcessingOptions, Quality, RenditionFormat};
use halftone_core::text::WatermarkText;
use halftone_core::watermark::{Colour, Placement, Watermark};
use halftone_processing::encode::{Attachments, encode};
use halftone_processing::raster::{Channels, Raster};

/// The sides of a 24-megapixel sensor.
pub const FULL_FRAME: (u32, u32) = (6000, 4000);

/// A repeatable source of noise: the 64-bit linear congruential generator of Knuth's MMIX.
#[derive(Debug, Clone)]
struct Noise(u64);

impl Noise {
    /// Roughly bell-shaped around zero, within `amplitude`.
    fn next(&mut self, amplitude: f32) -> f32 {
        let sum: f32 = (0..3).map(|_| self.uniform()).sum();
        (sum / 1.5 - 1.0) * amplitude
    }

    fn uniform(&mut self) -> f32 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        #[expect(clippy::cast_precision_loss, reason = "24 bits fit a float")]
        let uniform = (self.0 >> 40) as u32 as f32 / 16_777_216.0;
        uniform
    }
}

/// A picture of a size, always the same for a seed.
///
/// # Panics
/// A side is zero.
pub fn photograph(width: u32, height: u32, seed: u64) -> Raster {
    let mut noise = Noise(seed);
    let mut data = Vec::with_capacity(width as usize * height as usize * 3);
    for y in 0..height {
        for x in 0..width {
            let [red, green, blue] = scene(x, y);
            let grain = noise.next(19.0);
            for channel in [red, green, blue] {
                #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped")]
                data.push((channel + grain + noise.next(5.0)).clamp(0.0, 255.0) as u8);
            }
        }
    }
    Raster::new(width, height, Channels::Rgb, data).expect("as many pixels as the size has")
}

/// Waves of several lengths for soft shapes and texture, and a checkerboard for edges.
fn scene(x: u32, y: u32) -> [f32; 3] {
    #[expect(clippy::cast_precision_loss, reason = "sides of pictures")]
    let (across, down) = (x as f32, y as f32);
    let soft = (across / 310.0).sin() * (down / 270.0).cos() * 60.0;
    let texture = (across / 7.0 + down / 11.0).sin() * 9.0 + (across / 3.1 - down / 4.3).sin() * 5.0;
    let edge = if (x / 480 + y / 360).is_multiple_of(2) { 22.0 } else { -22.0 };
    let base = 128.0 + soft + texture + edge;
    [base + (down / 500.0).sin() * 30.0, base, base - (across / 700.0).cos() * 30.0]
}

/// A picture as a camera would save it.
///
/// # Panics
/// A side is zero or over 65,535.
pub fn camera_jpeg(width: u32, height: u32, seed: u64) -> Vec<u8> {
    let quality = Quality::parse(92).expect("a quality");
    encode(&photograph(width, height, seed), RenditionFormat::Jpeg, quality, Attachments::default())
        .expect("a picture of constants encodes")
        .to_vec()
}

/// What most galleries use: the defaults with a tiled text.
///
/// # Panics
/// Never: the text is a constant.
pub fn usual_options() -> ProcessingOptions {
    ProcessingOptions::with_watermark(Watermark::Text {
        text: WatermarkText::parse("© Studio").expect("a text"),
        colour: Colour::WHITE,
        placement: Placement::default(),
    })
}
