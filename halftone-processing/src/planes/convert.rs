//! Between YCbCr and RGB: JFIF 1.02, which uses ITU-R BT.601 with the full range.

use fearless_simd::Simd;

use super::{Plane, Planes, chroma_sides};
use crate::raster::{Channels, Raster};
use crate::simd::{self, Work};

/// Fractional bits of the factors.
const BITS: u32 = 16;
const HALF: i32 = 1 << (BITS - 1);

/// A factor in fixed point.
#[expect(clippy::cast_possible_truncation, reason = "factors below 2")]
const fn fixed(factor: f64) -> i32 {
    (factor * 65_536.0 + 0.5) as i32
}

/// Makes planes of an RGB picture; the chroma of four pixels is their mean, as libjpeg has it.
pub(crate) fn planes_of(picture: &Raster) -> Planes {
    debug_assert_eq!(picture.channels(), Channels::Rgb);
    simd::run(ToPlanes { picture })
}

struct ToPlanes<'a> {
    picture: &'a Raster,
}

impl Work for ToPlanes<'_> {
    type Output = Planes;

    #[inline(always)]
    fn run<S: Simd>(self, _simd: S) -> Planes {
        let (width, height) = (self.picture.width() as usize, self.picture.height() as usize);
        let (pixels, _) = self.picture.data().as_chunks::<3>();
        let mut luma = Plane::filled(width, height, 0);
        for (place, pixel) in luma.samples.iter_mut().zip(pixels) {
            *place = luma_of(*pixel);
        }
        let (chroma_width, chroma_height) = (width.div_ceil(2), height.div_ceil(2));
        let mut chroma = [(); 2].map(|()| Plane::filled(chroma_width, chroma_height, 0));
        for row in 0..chroma_height {
            // Pixels beyond an odd edge repeat the last.
            let upper = &pixels[2 * row * width..][..width];
            let lower = &pixels[(2 * row + 1).min(height - 1) * width..][..width];
            let [blue, red] = &mut chroma;
            let places = blue.row_mut(row).iter_mut().zip(red.row_mut(row));
            for ((blue, red), (upper, lower)) in places.zip(upper.chunks(2).zip(lower.chunks(2))) {
                let [first, second] = [upper[0], upper[upper.len() - 1]];
                let [third, fourth] = [lower[0], lower[lower.len() - 1]];
                let sum: [i32; 3] = std::array::from_fn(|channel| {
                    [first, second, third, fourth].iter().map(|pixel| i32::from(pixel[channel])).sum()
                });
                (*blue, *red) = chroma_of_four(sum);
            }
        }
        Planes { luma, chroma }
    }
}

/// The luma of a pixel.
#[inline(always)]
#[expect(
    clippy::cast_sign_loss,
    clippy::cast_possible_truncation,
    reason = "weights of sum one keep the range"
)]
pub(crate) const fn luma_of([red, green, blue]: [u8; 3]) -> u8 {
    const RED: i32 = fixed(0.299);
    const BLUE: i32 = fixed(0.114);
    const GREEN: i32 = (1 << BITS) - RED - BLUE;
    ((RED * red as i32 + GREEN * green as i32 + BLUE * blue as i32 + HALF) >> BITS) as u8
}

/// Blue and red chroma of the sum of four pixels.
#[inline(always)]
#[expect(clippy::cast_sign_loss, reason = "clamped")]
fn chroma_of_four([red, green, blue]: [i32; 3]) -> (u8, u8) {
    const MAIN: i32 = 1 << (BITS - 1);
    const BLUE_OF_RED: i32 = fixed(0.168_735_892);
    const RED_OF_BLUE: i32 = fixed(0.081_312_411);
    const MIDDLE: i32 = (128 << (BITS + 2)) + (1 << (BITS + 1));
    let blue_chroma = MAIN * blue - BLUE_OF_RED * red - (MAIN - BLUE_OF_RED) * green + MIDDLE;
    let red_chroma = MAIN * red - RED_OF_BLUE * blue - (MAIN - RED_OF_BLUE) * green + MIDDLE;
    let level = |sum: i32| (sum >> (BITS + 2)).clamp(0, 255) as u8;
    (level(blue_chroma), level(red_chroma))
}

/// Makes an RGB picture of planes that all have its size.
pub(crate) fn rgb_of(luma: &Plane, [blue, red]: [&Plane; 2]) -> Option<Raster> {
    let pixels = simd::run(ToRgb { luma, blue, red });
    let side = |side: usize| u32::try_from(side).ok();
    Raster::new(side(luma.width)?, side(luma.height)?, Channels::Rgb, pixels)
}

/// Makes an RGB picture of planes with half-size chroma, each chroma sample for four pixels. Good enough for
/// what is shrunk afterwards.
pub(crate) fn rgb_of_planes(planes: &Planes) -> Option<Raster> {
    let (width, height) = (planes.luma.width, planes.luma.height);
    debug_assert_eq!((planes.chroma[0].width, planes.chroma[0].height), chroma_sides(planes.size()));
    let spread = |plane: &Plane| {
        let mut out = Plane::filled(width, height, 0);
        for row in 0..height {
            for (places, sample) in out.row_mut(row).chunks_mut(2).zip(plane.row(row / 2)) {
                places.fill(*sample);
            }
        }
        out
    };
    let [blue, red] = [spread(&planes.chroma[0]), spread(&planes.chroma[1])];
    rgb_of(&planes.luma, [&blue, &red])
}

struct ToRgb<'a> {
    luma: &'a Plane,
    blue: &'a Plane,
    red: &'a Plane,
}

impl Work for ToRgb<'_> {
    type Output = Vec<u8>;

    #[inline(always)]
    fn run<S: Simd>(self, _simd: S) -> Vec<u8> {
        let mut pixels = vec![0; self.luma.samples.len() * 3];
        fill_with_rgb(&mut pixels, &self.luma.samples, [&self.blue.samples, &self.red.samples]);
        pixels
    }
}

/// Pixels that are made at once: their channels one after the other, and then side by side, which are two loops over vectors in place of
/// one over bytes.
const AT_ONCE: usize = 32;

/// Makes pixels of equally many samples of luma and of blue and red chroma.
#[inline(always)]
pub(crate) fn fill_with_rgb(pixels: &mut [u8], luma: &[u8], [blue, red]: [&[u8]; 2]) {
    let (pixels, _) = pixels.as_chunks_mut::<3>();
    let (groups, rest) = pixels.as_chunks_mut::<AT_ONCE>();
    let (lumas, last_luma) = luma.as_chunks();
    let (blues, last_blue) = blue.as_chunks();
    let (reds, last_red) = red.as_chunks();
    for (group, (luma, (blue, red))) in groups.iter_mut().zip(lumas.iter().zip(blues.iter().zip(reds))) {
        fill_group(group, luma, [blue, red]);
    }
    let mut group = [[0; 3]; AT_ONCE];
    let filled = |samples: &[u8]| {
        let mut all = [0; AT_ONCE];
        all[..samples.len()].copy_from_slice(samples);
        all
    };
    fill_group(&mut group, &filled(last_luma), [&filled(last_blue), &filled(last_red)]);
    rest.copy_from_slice(&group[..rest.len()]);
}

#[inline(always)]
#[expect(clippy::cast_sign_loss, reason = "clamped")]
fn fill_group(group: &mut [[u8; 3]; AT_ONCE], luma: &[u8; AT_ONCE], [blue, red]: [&[u8; AT_ONCE]; 2]) {
    const RED: i32 = fixed(1.402);
    const BLUE: i32 = fixed(1.772);
    const GREEN_OF_BLUE: i32 = fixed(0.344_136_286);
    const GREEN_OF_RED: i32 = fixed(0.714_136_286);
    let mut channels = [[0_u8; AT_ONCE]; 3];
    for place in 0..AT_ONCE {
        let luma = (i32::from(luma[place]) << BITS) + HALF;
        let (blue, red) = (i32::from(blue[place]) - 128, i32::from(red[place]) - 128);
        channels[0][place] = ((luma + RED * red) >> BITS).clamp(0, 255) as u8;
        channels[1][place] = ((luma - GREEN_OF_BLUE * blue - GREEN_OF_RED * red) >> BITS).clamp(0, 255) as u8;
        channels[2][place] = ((luma + BLUE * blue) >> BITS).clamp(0, 255) as u8;
    }
    for (place, pixel) in group.iter_mut().enumerate() {
        *pixel = [channels[0][place], channels[1][place], channels[2][place]];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_survive_the_way_there_and_back() {
        for red in (0..=255).step_by(15) {
            for green in (0..=255).step_by(15) {
                for blue in (0..=255).step_by(15) {
                    let colour = [red, green, blue].map(|value: u32| u8::try_from(value).unwrap());
                    let picture = Raster::new(2, 2, Channels::Rgb, colour.repeat(4)).unwrap();
                    let back = rgb_of_planes(&planes_of(&picture)).unwrap();
                    for (one, other) in back.data().iter().zip(picture.data()) {
                        assert!(one.abs_diff(*other) <= 2, "{colour:?} became {:?}", &back.data()[..3]);
                    }
                }
            }
        }
    }

    #[test]
    fn an_odd_edge_takes_the_chroma_of_its_own_pixels() {
        let mut pixels = [[200, 30, 30]; 9];
        pixels[2] = [30, 30, 200];
        let picture = Raster::new(3, 3, Channels::Rgb, pixels.as_flattened().to_vec()).unwrap();
        let planes = planes_of(&picture);
        assert_eq!((planes.chroma[0].width(), planes.chroma[0].height()), (2, 2));
        assert!(planes.chroma[0].row(0)[1] > planes.chroma[0].row(0)[0] + 30);
    }
}
