//! Files for the tests, and what our decoder makes of them.

use jpeg_encoder::{ColorType, Encoder, QuantizationTableType, SamplingFactor};
use proptest::prelude::*;

use crate::jpeg::frame::Frame;
use crate::jpeg::scan::{self, RowSink, UnitRow};

/// What to encode.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sample {
    pub(super) size: (u16, u16),
    pub(super) quality: u8,
    /// The step of all frequencies, in place of those that the quality has.
    pub(super) step: Option<u16>,
    pub(super) sampling: SamplingFactor,
    pub(super) restart_interval: u16,
    pub(super) is_grey: bool,
    pub(super) is_progressive: bool,
    pub(super) seed: u32,
}

/// Those that the encoder writes into one scan.
const SAMPLINGS: [SamplingFactor; 4] =
    [SamplingFactor::F_1_1, SamplingFactor::F_2_1, SamplingFactor::F_1_2, SamplingFactor::F_2_2];

impl Sample {
    /// A picture of slopes, edges and noise.
    pub(super) fn pixels(self) -> Vec<u8> {
        let channels = if self.is_grey { 1 } else { 3 };
        let (width, height) = (u32::from(self.size.0), u32::from(self.size.1));
        let mut state = self.seed | 1;
        let mut pixels = Vec::new();
        for y in 0..height {
            for x in 0..width {
                for channel in 0..channels {
                    state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    let noise = (state >> 24) % (1 + self.seed % 120);
                    let edge = if (x / 13 + y / 9 + channel) % 3 == 0 { 90 } else { 0 };
                    pixels.push(u8::try_from((x * 2 + y + noise + edge) % 256).unwrap());
                }
            }
        }
        pixels
    }

    pub(super) fn file(self) -> Vec<u8> {
        self.file_of(&self.pixels())
    }

    /// The file of other pixels than its own.
    pub(super) fn file_of(self, pixels: &[u8]) -> Vec<u8> {
        let mut file = Vec::new();
        let mut encoder = Encoder::new(&mut file, self.quality);
        encoder.set_sampling_factor(self.sampling);
        encoder.set_progressive(self.is_progressive);
        if let Some(step) = self.step {
            let steps = || QuantizationTableType::Custom(Box::new([step; 64]));
            encoder.set_quantization_tables(steps(), steps());
        }
        if self.restart_interval > 0 {
            encoder.set_restart_interval(self.restart_interval);
        }
        let colours = if self.is_grey { ColorType::Luma } else { ColorType::Rgb };
        encoder.encode(pixels, self.size.0, self.size.1, colours).unwrap();
        file
    }
}

pub(super) fn samples() -> impl Strategy<Value = Sample> {
    let sides = prop_oneof![1_u16..40, 1_u16..300];
    ((sides.clone(), sides, 1_u8..=100, 0_usize..4, 0_u16..9), (any::<bool>(), any::<u32>())).prop_map(
        |((width, height, quality, sampling, restart_interval), (is_grey, seed))| Sample {
            size: (width, height),
            quality,
            step: None,
            sampling: SAMPLINGS[sampling],
            restart_interval,
            is_grey: is_grey && seed % 4 == 0,
            is_progressive: false,
            seed,
        },
    )
}

pub(super) fn usual() -> Sample {
    Sample {
        size: (320, 200),
        quality: 92,
        step: None,
        sampling: SamplingFactor::F_2_2,
        restart_interval: 0,
        is_grey: false,
        is_progressive: false,
        seed: 77,
    }
}

/// Samples and means of each component, row by row, with what lies beyond the picture.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Rows {
    pub(super) rows: [Vec<Vec<u8>>; 3],
    pub(super) means: [Vec<Vec<u8>>; 3],
}

impl RowSink for Rows {
    #[inline(always)]
    fn take<S: fearless_simd::Simd>(&mut self, _simd: S, row: &mut UnitRow) -> Option<()> {
        for (number, component) in row.components.iter().enumerate() {
            self.rows[number].extend(component.rows().map(<[u8]>::to_vec));
            self.means[number].extend(component.means().map(<[u8]>::to_vec));
        }
        Some(())
    }
}

impl Rows {
    /// Without what lies beyond the picture.
    pub(super) fn inside(mut self, frame: &Frame<'_>, side: usize) -> Self {
        for component in 0..frame.components() {
            let (width, height) = frame.samples(component, side);
            cut(&mut self.rows[component], width, height);
            cut(&mut self.means[component], width.div_ceil(side), height.div_ceil(side));
        }
        self
    }
}

fn cut(rows: &mut Vec<Vec<u8>>, width: usize, height: usize) {
    rows.truncate(height);
    for row in rows {
        row.truncate(width);
    }
}

pub(super) fn decoded(file: &[u8], side: usize) -> Option<Rows> {
    let frame = Frame::read(file)?;
    let mut rows = Rows::default();
    scan::decode(&frame, &vec![side; frame.components()], &mut rows)?;
    Some(rows)
}
