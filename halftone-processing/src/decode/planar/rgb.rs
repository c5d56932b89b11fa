//! Pictures that leave YCbCr: they become pixels as soon as their rows are resized, so that no plane is held as a whole.

use fearless_simd::Simd;

use super::{Grid, push_all};
use crate::jpeg::frame::Frame;
use crate::jpeg::scan::{RowSink, UnitRow};
use crate::planes::{Plane, PlaneShrinker, convert};
use crate::raster::{Channels, Raster};

/// Rows of each plane that are held. A row of units becomes 32 rows of the picture at most, of every plane, and a plane is ahead of another by
/// its kernel's reach: three or four rows of samples, which are up to 16 rows of the picture where chroma is sampled by four.
const KEPT_ROWS: usize = 64;

/// Shrinks every component as it is decoded, and makes pixels of what is there of all.
pub(super) struct Shrinkers {
    picture: Vec<PlaneShrinker>,
    thumb: Vec<PlaneShrinker>,
    sides: (usize, usize),
    pixels: Vec<u8>,
    /// Rows of pixels that are there.
    made: usize,
}

impl Shrinkers {
    /// For a picture with three components, and maybe its thumb.
    pub(super) fn new(frame: &Frame<'_>, sides: &[usize], picture: Grid, thumb: Option<Grid>) -> Self {
        let (width, height) = picture.samples(0);
        let shrinkers = picture.shrinkers(frame, sides).into_iter();
        Self {
            picture: shrinkers.map(|shrinker| shrinker.keeping(KEPT_ROWS)).collect(),
            thumb: thumb.map_or_else(Vec::new, |thumb| thumb.shrinkers(frame, &[1; 3])),
            sides: (width, height),
            pixels: vec![0; 3 * width * height],
            made: 0,
        }
    }

    /// The picture and its thumb, once every row was taken.
    pub(super) fn pictures(self) -> Option<(Raster, Option<Raster>)> {
        let (width, height) = self.sides;
        let side = |side: usize| u32::try_from(side).ok();
        let picture = Raster::new(side(width)?, side(height)?, Channels::Rgb, self.pixels)?;
        let thumb = match <[PlaneShrinker; 3]>::try_from(self.thumb) {
            Ok(shrinkers) => {
                let planes: Option<Vec<Plane>> = shrinkers.into_iter().map(PlaneShrinker::finish).collect();
                let [luma, blue, red] = planes?.try_into().ok()?;
                Some(convert::rgb_of(&luma, [&blue, &red])?)
            }
            Err(_) => None,
        };
        (self.made == height).then_some((picture, thumb))
    }
}

impl RowSink for Shrinkers {
    #[inline(always)]
    fn take<S: Simd>(&mut self, simd: S, row: &mut UnitRow) -> Option<()> {
        push_all(simd, &mut self.picture, &mut self.thumb, row);
        let [luma, blue, red] = self.picture.first_chunk()?;
        let (least, most) = [luma, blue, red]
            .iter()
            .fold((usize::MAX, 0), |(least, most), plane| (least.min(plane.made()), most.max(plane.made())));
        if most - self.made > KEPT_ROWS {
            // Rows are lost that were not pixels yet.
            return None;
        }
        let row_bytes = 3 * self.sides.0;
        for number in self.made..least {
            let pixels = &mut self.pixels[number * row_bytes..][..row_bytes];
            convert::fill_with_rgb(pixels, luma.row(number), [blue.row(number), red.row(number)]);
        }
        self.made = least;
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use halftone_core::geometry::PixelSize;
    use jpeg_encoder::{ColorType, Encoder, SamplingFactor};

    use super::super::{Chroma, Nobody};
    use super::*;
    use crate::jpeg::scan;
    use crate::orient::Orientation;

    fn file(sampling: SamplingFactor, (width, height): (u16, u16)) -> Vec<u8> {
        let value = |at: usize| u8::try_from((at * at / 7 + at / 3) % 251).unwrap();
        let pixels: Vec<u8> = (0..usize::from(width) * usize::from(height) * 3).map(value).collect();
        let mut file = Vec::new();
        let mut encoder = Encoder::new(&mut file, 90);
        encoder.set_sampling_factor(sampling);
        encoder.encode(&pixels, width, height, ColorType::Rgb).unwrap();
        file
    }

    /// The same of planes that are held as a whole.
    fn of_whole_planes(frame: &Frame<'_>, sides: &[usize], grid: Grid) -> Raster {
        let mut sink = super::super::Shrinkers::<Nobody> {
            picture: grid.shrinkers(frame, sides),
            thumb: Vec::new(),
            finish: None,
        };
        scan::decode(frame, sides, &mut sink).unwrap();
        let planes: Vec<Plane> = sink.picture.into_iter().map(|one| one.finish().unwrap()).collect();
        convert::rgb_of(&planes[0], [&planes[1], &planes[2]]).unwrap()
    }

    #[test]
    fn no_row_is_lost_whatever_is_sampled_and_however_much_is_shrunk() {
        let samplings = [
            SamplingFactor::F_1_1,
            SamplingFactor::F_2_1,
            SamplingFactor::F_1_2,
            SamplingFactor::F_2_2,
            SamplingFactor::F_4_1,
            SamplingFactor::F_1_4,
            SamplingFactor::F_4_2,
            SamplingFactor::F_2_4,
        ];
        let mut decoded = 0;
        for sampling in samplings {
            let file = file(sampling, (331, 517));
            // Sampled by four it comes in scans of their own, or is left to others for having too many blocks.
            let Some(frame) = Frame::read(&file) else { continue };
            for target in [517, 500, 400, 300, 258, 200, 150, 90, 17, 3] {
                let size = PixelSize::new(331, 517).unwrap().shrunk_to(target);
                let grid = Grid { size, chroma: Chroma::Full, orientation: Orientation::Upright };
                let sides = grid.sides(&frame);
                let mut sink = Shrinkers::new(&frame, &sides, grid, None);
                scan::decode(&frame, &sides, &mut sink).unwrap();
                let (picture, thumb) = sink.pictures().unwrap();
                assert!(thumb.is_none());
                assert!(picture == of_whole_planes(&frame, &sides, grid), "{sampling:?} to {target}");
                decoded += 1;
            }
        }
        assert!(decoded >= 40, "{decoded}");
    }
}
