//! Our own files, back to their coefficients and their samples.

use fearless_simd::Simd;
use halftone_core::geometry::PixelSize;
use proptest::collection::vec;
use proptest::prelude::*;

use super::inputs::decoded;
use crate::jpeg::encoder::{self, Payloads, StripWriter};
use crate::jpeg::frame::Frame;
use crate::jpeg::samples::{Batch, BlockSink};
use crate::jpeg::scan;
use crate::jpeg::strip::{Strip, Unit};
use crate::planes::{Plane, Planes, chroma_sides};

/// Slopes with noise, up to what has the largest coefficients.
fn planes() -> impl Strategy<Value = Planes> {
    (1_usize..90, 1_usize..70, 0_u8..=255, any::<u32>()).prop_map(|(width, height, noise, seed)| {
        let mut state = seed;
        let mut plane = |width: usize, height: usize| {
            let samples = (0..width * height).map(|at| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                let slope = u8::try_from((at % width * 2 + at / width) % 256).unwrap();
                if noise == 255 {
                    if state >> 31 == 0 { 0 } else { 255 }
                } else {
                    slope ^ (state.to_be_bytes()[0] & noise)
                }
            });
            Plane::from_samples(width, height, samples.collect()).unwrap()
        };
        let size = PixelSize::new(u32::try_from(width).unwrap(), u32::try_from(height).unwrap()).unwrap();
        let (half_width, half_height) = chroma_sides(size);
        Planes { luma: plane(width, height), chroma: [(); 2].map(|()| plane(half_width, half_height)) }
    })
}

/// Works on the strips of a file.
struct Strips<F> {
    writer: StripWriter,
    work: F,
}

impl<F: FnMut(&mut Strip)> BlockSink for Strips<F> {
    #[inline(always)]
    fn take_batch<S: Simd>(&mut self, simd: S, component: usize, place: (usize, usize), batch: &Batch) {
        self.writer.strip_mut().0.put(simd, component, place, batch);
    }

    #[inline(always)]
    fn end_row<S: Simd>(&mut self, simd: S) -> Option<()> {
        let all = vec![0b11_1111; self.writer.strip().units().len()];
        let (strip, _) = self.writer.strip_mut();
        strip.restore(simd, &all);
        (self.work)(strip);
        self.writer.write(simd);
        Some(())
    }
}

/// Reads a file, shows its restored strips to `work`, and writes it again.
fn rewritten(file: &[u8], size: PixelSize, quality: u8, work: impl FnMut(&mut Strip)) -> Vec<u8> {
    let frame = Frame::read(file).unwrap();
    let header = &file[..file.len() - frame.bytes_to_end()];
    let mut strips = Strips { writer: StripWriter::resume(header, size, quality).unwrap(), work };
    scan::decode_quantised(&frame, &mut strips).unwrap();
    strips.writer.finish()
}

proptest! {
    #[test]
    fn a_file_is_read_and_written_again_to_the_byte(planes in planes(), quality in 1_u8..=100) {
        let file = encoder::encode(&planes, quality, &Payloads::default());
        prop_assert!(rewritten(&file, planes.size(), quality, |_| ()) == file);
    }

    #[test]
    fn restored_samples_are_those_that_the_decoder_makes(planes in planes(), quality in 1_u8..=100) {
        let file = encoder::encode(&planes, quality, &Payloads::default());
        let mut rows: [Vec<Vec<u8>>; 3] = Default::default();
        rewritten(&file, planes.size(), quality, |strip| {
            for (rows, plane) in rows.iter_mut().zip(strip.planes_mut()) {
                rows.extend((0..plane.height()).map(|y| plane.row(y).to_vec()));
            }
        });
        let expected = decoded(&file, 8).unwrap().rows;
        for (found, expected) in rows.iter().flatten().zip(expected.iter().flatten()) {
            prop_assert!(*found == expected[..found.len()]);
        }
        prop_assert_eq!(rows.map(|rows| rows.len()), expected.map(|rows| rows.len()));
    }

    #[test]
    fn blocks_that_are_not_chosen_stay(planes in planes(), chosen in vec(0_u8..64, 6)) {
        struct Choosing<'a>(StripWriter, &'a Planes, &'a [u8]);

        impl crate::simd::Work for Choosing<'_> {
            type Output = [Vec<Unit>; 2];

            #[inline(always)]
            fn run<S: Simd>(mut self, simd: S) -> [Vec<Unit>; 2] {
                let Planes { luma, chroma: [blue, red] } = self.1;
                self.0.take(simd, [luma, blue, red]);
                let before = self.0.strip().units().to_vec();
                let (strip, _) = self.0.strip_mut();
                strip.restore(simd, self.2);
                for plane in strip.planes_mut() {
                    *plane = Plane::filled(plane.width(), plane.height(), 200);
                }
                strip.quantise(simd, self.2);
                [before, strip.units().to_vec()]
            }
        }

        let chosen = &chosen[..planes.luma.width().div_ceil(16)];
        let writer = StripWriter::new(planes.size(), 90, &Payloads::default());
        let [before, after] = crate::simd::run(Choosing(writer, &planes, chosen));
        for (unit, chosen) in chosen.iter().enumerate() {
            for block in 0..6 {
                // What is chosen is plain now.
                let is_plain = after[unit][block].filled & !1 == 0 && after[unit][block].values[0] != 0;
                let is_as_it_was = before[unit][block] == after[unit][block];
                let is_chosen = chosen >> block & 1 == 1;
                prop_assert!((is_chosen || is_as_it_was) && (!is_chosen || is_plain));
            }
        }
    }
}
