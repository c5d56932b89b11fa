//! The eight orientations, plane by plane.

use super::{Plane, Planes};
use crate::orient::Orientation;

/// Samples of a square that is turned at once: its rows and columns both stay in the nearest cache.
const SQUARE: usize = 32;

impl Planes {
    /// Turns the stored picture upright.
    pub(crate) fn upright(self, orientation: Orientation) -> Self {
        if orientation == Orientation::Upright {
            return self;
        }
        let [blue, red] = &self.chroma;
        Self {
            luma: turned(&self.luma, orientation),
            chroma: [turned(blue, orientation), turned(red, orientation)],
        }
    }
}

fn turned(plane: &Plane, orientation: Orientation) -> Plane {
    match orientation {
        Orientation::Upright => plane.clone(),
        Orientation::Mirrored => by_rows(plane, |row, out| mirror(plane.row(row), out)),
        Orientation::HalfTurn => by_rows(plane, |row, out| mirror(plane.row(plane.height() - 1 - row), out)),
        Orientation::Flipped => {
            by_rows(plane, |row, out| out.copy_from_slice(plane.row(plane.height() - 1 - row)))
        }
        Orientation::Transposed => transposed(plane, |x, y| (x, y)),
        Orientation::Clockwise => transposed(plane, |x, y| (plane.height() - 1 - x, y)),
        Orientation::Transversed => transposed(plane, |x, y| (plane.height() - 1 - x, plane.width() - 1 - y)),
        Orientation::Anticlockwise => transposed(plane, |x, y| (x, plane.width() - 1 - y)),
    }
}

fn by_rows(plane: &Plane, fill: impl Fn(usize, &mut [u8])) -> Plane {
    let mut out = Plane::filled(plane.width(), plane.height(), 0);
    for row in 0..plane.height() {
        fill(row, out.row_mut(row));
    }
    out
}

fn mirror(row: &[u8], out: &mut [u8]) {
    for (place, sample) in out.iter_mut().zip(row.iter().rev()) {
        *place = *sample;
    }
}

/// For each place of the result, `from` tells the row and the column of the source.
#[inline(always)]
fn transposed(plane: &Plane, from: impl Fn(usize, usize) -> (usize, usize)) -> Plane {
    let (width, height) = (plane.height(), plane.width());
    let mut out = Plane::filled(width, height, 0);
    for top in (0..height).step_by(SQUARE) {
        for left in (0..width).step_by(SQUARE) {
            for y in top..height.min(top + SQUARE) {
                let right = width.min(left + SQUARE);
                let places = &mut out.samples[y * width + left..y * width + right];
                for (x, place) in (left..).zip(places) {
                    let (row, column) = from(x, y);
                    *place = plane.samples[row * plane.width + column];
                }
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::raster::{Channels, Raster};

    #[test]
    fn planes_turn_as_pictures_do() {
        let (width, height) = (67_u32, 41_u32);
        let samples: Vec<u8> = (0..width * height).map(|at| u8::try_from(at * 31 % 251).unwrap()).collect();
        let plane = Plane { width: width as usize, height: height as usize, samples: samples.clone() };
        for number in 1..=8 {
            let orientation = Orientation::find(number).unwrap();
            let picture = Raster::new(width, height, Channels::Grey, samples.clone()).unwrap();
            assert!(
                turned(&plane, orientation).samples == orientation.apply(picture).into_data(),
                "{number}"
            );
        }
    }
}
