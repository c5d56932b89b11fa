//! Pictures with the statistics of photographs: things in front of each other, textures, and sensor noise.
//!
//! The things are discs of all sizes that hide one another ("dead leaves": A. B. Lee, D. Mumford, J. Huang, "Occlusion
//! Models for Natural Images", 2001), which gives the edges and the falling spectrum of natural pictures. A lens softens
//! them, and a sensor adds noise that grows with the light and is correlated between neighbours, as demosaicing leaves it.

use halftone_processing::raster::{Channels, Raster};

/// A repeatable source of noise: the 64-bit linear congruential generator of Knuth's MMIX.
#[derive(Debug, Clone)]
struct Noise(u64);

impl Noise {
    /// Evenly spread over 0 to 1.
    fn uniform(&mut self) -> f32 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        #[expect(clippy::cast_precision_loss, reason = "24 bits fit a float")]
        let uniform = (self.0 >> 40) as u32 as f32 / 16_777_216.0;
        uniform
    }

    /// Roughly bell-shaped around zero with a standard deviation of one.
    fn bell(&mut self) -> f32 {
        let sum: f32 = (0..3).map(|_| self.uniform()).sum();
        (sum - 1.5) * 2.0
    }
}

/// Discs of a picture: enough that hardly a place is left uncovered.
const LEAVES: u32 = 20_000;

/// A disc with a slope of brightness and a fine texture.
struct Leaf {
    centre: [f32; 2],
    radius: f32,
    colour: [f32; 3],
    slope: [f32; 2],
    texture: f32,
    wave: [f32; 2],
}

impl Leaf {
    fn new(noise: &mut Noise, width: f32, height: f32) -> Self {
        // Radii by the inverse cube between a three-hundredth and a quarter of the height.
        let (smallest, largest) = (height / 300.0, height / 4.0);
        let spread = smallest.powi(-2) - largest.powi(-2);
        let radius = (smallest.powi(-2) - noise.uniform() * spread).powf(-0.5);
        let light = 20.0 + 200.0 * noise.uniform();
        let colour = [(); 3].map(|()| light + 34.0 * noise.bell());
        Self {
            centre: [noise.uniform() * width, noise.uniform() * height],
            radius,
            colour,
            slope: [(); 2].map(|()| noise.bell() * 12.0 / radius),
            texture: 3.0 + 9.0 * noise.uniform().powi(2),
            wave: [(); 2].map(|()| noise.bell() * 0.35),
        }
    }

    fn at(&self, across: f32, down: f32) -> [f32; 3] {
        let [x, y] = [across - self.centre[0], down - self.centre[1]];
        let shade = x * self.slope[0] + y * self.slope[1];
        let texture = (x * self.wave[0] + y * self.wave[1]).sin() * self.texture;
        self.colour.map(|channel| channel + shade + texture)
    }
}

/// A picture of a size, always the same for a seed.
///
/// # Panics
/// A side is zero.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "sides of pictures"
)]
pub fn photograph(width: u32, height: u32, seed: u64) -> Raster {
    let mut noise = Noise(seed);
    let mut pixels = vec![[128.0_f32; 3]; width as usize * height as usize];
    for _ in 0..LEAVES {
        let leaf = Leaf::new(&mut noise, width as f32, height as f32);
        let rows = (leaf.centre[1] - leaf.radius).max(0.0) as u32
            ..height.min((leaf.centre[1] + leaf.radius) as u32 + 1);
        for y in rows {
            let down = y as f32;
            let reach = (leaf.radius.powi(2) - (down - leaf.centre[1]).powi(2)).max(0.0).sqrt();
            let columns =
                (leaf.centre[0] - reach).max(0.0) as u32..width.min((leaf.centre[0] + reach) as u32);
            for x in columns {
                pixels[(y * width + x) as usize] = leaf.at(x as f32, down);
            }
        }
    }
    soften(&mut pixels, width as usize);
    Raster::new(width, height, Channels::Rgb, expose(&pixels, &mut noise))
        .expect("as many pixels as the size has")
}

/// The lens: a weighted mean of three pixels each way.
fn soften(pixels: &mut [[f32; 3]], width: usize) {
    let mean = |before: [f32; 3], here: [f32; 3], after: [f32; 3]| {
        std::array::from_fn(|channel| before[channel] * 0.25 + here[channel] * 0.5 + after[channel] * 0.25)
    };
    for row in pixels.chunks_exact_mut(width) {
        let mut before = row[0];
        for x in 0..width {
            let here = row[x];
            row[x] = mean(before, here, row[(x + 1).min(width - 1)]);
            before = here;
        }
    }
    let mut before = pixels[..width].to_vec();
    for start in (0..pixels.len()).step_by(width) {
        let below = if start + width < pixels.len() { start + width } else { start };
        for x in 0..width {
            let here = pixels[start + x];
            pixels[start + x] = mean(before[x], here, pixels[below + x]);
            before[x] = here;
        }
    }
}

/// How much light and reading add to a sensor's noise: chosen such that 24 megapixels at quality 92 take 9 to 10 MB, as files of cameras
/// do at the sensitivities of weddings.
const SENSITIVITY: f32 = 3.2;

/// The sensor: noise of light and of reading, the same in the three channels for the most part.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped")]
fn expose(pixels: &[[f32; 3]], noise: &mut Noise) -> Vec<u8> {
    let mut data = Vec::with_capacity(pixels.len() * 3);
    let mut shared_before = 0.0;
    for pixel in pixels {
        let deviation = (2.5 + 0.03 * pixel[1].max(0.0)).sqrt() * SENSITIVITY;
        let shared = noise.bell() * deviation;
        // Neighbours share a third of their noise.
        let grain = 0.85 * shared + 0.4 * shared_before;
        shared_before = shared;
        for channel in pixel {
            data.push((channel + grain + noise.bell() * deviation * 0.45).clamp(0.0, 255.0) as u8);
        }
    }
    data
}
