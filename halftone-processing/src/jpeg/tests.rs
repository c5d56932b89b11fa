//! The decoder against the letter of the standard, and against an established decoder.

use jpeg_encoder::{ColorType, Encoder, SamplingFactor};
use proptest::prelude::*;

use super::ZIGZAG;
use super::entropy::{Batch, BitReader, LANES, Selection, Tables, decode_block};
use super::frame::Frame;
use super::scan::{self, RowSink, SIDES, UnitRow};
use super::window::Window;
use crate::simd;

/// What to encode.
#[derive(Debug, Clone, Copy)]
struct Sample {
    size: (u16, u16),
    quality: u8,
    sampling: SamplingFactor,
    restart_interval: u16,
    is_grey: bool,
    is_progressive: bool,
    seed: u32,
}

/// Those that the encoder writes into one scan.
const SAMPLINGS: [SamplingFactor; 4] =
    [SamplingFactor::F_1_1, SamplingFactor::F_2_1, SamplingFactor::F_1_2, SamplingFactor::F_2_2];

impl Sample {
    /// A picture of slopes, edges and noise.
    fn pixels(self) -> Vec<u8> {
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

    fn file(self) -> Vec<u8> {
        let mut file = Vec::new();
        let mut encoder = Encoder::new(&mut file, self.quality);
        encoder.set_sampling_factor(self.sampling);
        encoder.set_progressive(self.is_progressive);
        if self.restart_interval > 0 {
            encoder.set_restart_interval(self.restart_interval);
        }
        let colours = if self.is_grey { ColorType::Luma } else { ColorType::Rgb };
        encoder.encode(&self.pixels(), self.size.0, self.size.1, colours).unwrap();
        file
    }
}

fn samples() -> impl Strategy<Value = Sample> {
    let sides = prop_oneof![1_u16..40, 1_u16..300];
    ((sides.clone(), sides, 1_u8..=100, 0_usize..4, 0_u16..9), (any::<bool>(), any::<u32>())).prop_map(
        |((width, height, quality, sampling, restart_interval), (is_grey, seed))| Sample {
            size: (width, height),
            quality,
            sampling: SAMPLINGS[sampling],
            restart_interval,
            is_grey: is_grey && seed % 4 == 0,
            is_progressive: false,
            seed,
        },
    )
}

/// One bit after the other, as ITU-T T.81, annex F, describes it.
struct PlainBits<'a> {
    data: &'a [u8],
    byte: u8,
    left: u32,
}

impl PlainBits<'_> {
    fn bit(&mut self) -> u32 {
        if self.left == 0 {
            self.byte = self.data[0];
            self.data = if self.data.starts_with(&[0xff, 0]) { &self.data[2..] } else { &self.data[1..] };
            self.left = 8;
        }
        self.left -= 1;
        u32::from(self.byte >> self.left & 1)
    }

    fn receive_and_extend(&mut self, size: u32) -> i32 {
        let value = (0..size).fold(0_i32, |value, _| value << 1 | self.bit().cast_signed());
        if size > 0 && value < 1 << (size - 1) { value - (1 << size) + 1 } else { value }
    }

    fn symbol(&mut self, code: &super::huffman::Code) -> u8 {
        let mut bits = 0;
        for length in 1..=16 {
            bits = bits << 1 | self.bit();
            if let Some((symbol, found)) = code.find(bits << (16 - length))
                && found == length
            {
                return symbol;
            }
        }
        panic!("no code of sixteen bits");
    }

    fn block(&mut self, tables: &Tables<'_>) -> [i16; 64] {
        let mut block = [0; 64];
        let size = self.symbol(&tables.dc.code);
        block[0] = i16::try_from(self.receive_and_extend(u32::from(size))).unwrap();
        let mut position = 1;
        while position < 64 {
            let symbol = self.symbol(&tables.ac.symbols.code);
            match symbol {
                0 => break,
                0xf0 => position += 16,
                _ => {
                    position += usize::from(symbol >> 4);
                    let value = self.receive_and_extend(u32::from(symbol & 15));
                    block[usize::from(ZIGZAG[position])] = i16::try_from(value).unwrap();
                    position += 1;
                }
            }
        }
        block
    }

    /// Skips what is left of the byte and the restart marker.
    fn restart(&mut self) {
        assert!(matches!(self.data, [0xff, 0xd0..=0xd7, ..]));
        self.data = &self.data[2..];
        self.left = 0;
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn coefficients_are_those_of_the_standard_to_the_bit(sample in samples()) {
        let file = sample.file();
        let frame = Frame::read(&file).unwrap();
        let mut plain = PlainBits { data: frame.data, byte: 0, left: 0 };
        let mut window = Window::new(frame.data);
        let mut reader = BitReader::new();
        let selections = SIDES.map(Selection::new);
        let most = |factor: fn(&super::frame::Component) -> usize| frame.components.iter().map(factor).max().unwrap();
        let units = frame.width.div_ceil(8 * most(|component| component.across))
            * frame.height.div_ceil(8 * most(|component| component.down));
        for unit in 0..units {
            if frame.restart_interval > 0 && unit > 0 && unit % frame.restart_interval == 0 {
                plain.restart();
                window.restart(u8::try_from((unit / frame.restart_interval - 1) % 8).unwrap()).unwrap();
                reader = BitReader::new();
            }
            reader.keep_up(&mut window);
            for component in &frame.components {
                let tables = Tables {
                    dc: frame.dc_tables[component.dc].as_ref().unwrap(),
                    ac: frame.ac_tables[component.ac].as_ref().unwrap(),
                };
                for _ in 0..component.across * component.down {
                    let expected = plain.block(&tables);
                    let begin = reader;
                    for (selection, side) in selections.iter().zip(SIDES) {
                        reader = begin;
                        let mut batch: Batch = [0; 2048];
                        let difference =
                            decode_block(&mut reader, window.bytes(), &tables, selection, &mut batch, 5).unwrap();
                        prop_assert_eq!(difference, i32::from(expected[0]));
                        for place in 1..side * side {
                            let wanted = expected[place / side * 8 + place % side];
                            prop_assert_eq!(batch[place * LANES + 5], wanted, "place {} of side {}", place, side);
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn full_size_samples_are_those_of_the_established_decoder_within_one(sample in samples()) {
        // One component, between which and its samples neither upsampling nor colour comes.
        // At the lowest qualities, where coefficients leave the range of any picture, the established decoder's 16-bit
        // arithmetic saturates.
        let sample = Sample { is_grey: true, quality: sample.quality.max(50), ..sample };
        let file = sample.file();
        let rows = decoded(&file, 8).unwrap();
        let established = jpeg_decoder::Decoder::new(file.as_slice()).decode().unwrap();
        let width = usize::from(sample.size.0);
        for (y, (row, expected)) in rows.rows[0].iter().zip(established.chunks_exact(width)).enumerate() {
            for (x, (sample, expected)) in row.iter().zip(expected).enumerate() {
                prop_assert!(sample.abs_diff(*expected) <= 1, "{x},{y}: {sample} for {expected}");
            }
        }
    }

    #[test]
    fn a_progressive_file_gives_the_samples_of_the_sequential_one(sample in samples(), side in 0_usize..5) {
        let side = SIDES[side];
        let progressive = Sample { is_progressive: true, ..sample }.file();
        prop_assert!(Frame::read(&progressive).unwrap().progressive.is_some());
        // Beyond the picture, what fills the last unit is in one of them only.
        let inside = |file: &[u8]| decoded(file, side).map(|rows| rows.inside(&Frame::read(file).unwrap(), side));
        prop_assert!(inside(&progressive) == inside(&sample.file()));
    }

    #[test]
    fn scaled_samples_are_means_where_the_picture_is_smooth(side in 0_usize..5, quality in 90_u8..=100) {
        let side = SIDES[side];
        let pixels: Vec<u8> = (0..64 * 64).map(|at: usize| u8::try_from(60 + at % 64 + at / 64).unwrap()).collect();
        let mut file = Vec::new();
        Encoder::new(&mut file, quality).encode(&pixels, 64, 64, ColorType::Luma).unwrap();
        let rows = decoded(&file, side).unwrap();
        for (y, row) in rows.rows[0].iter().take(8 * side).enumerate() {
            for (x, sample) in row.iter().take(8 * side).enumerate() {
                let [across, down, scale] = [x, y, side].map(|count| f64::from(u8::try_from(count).unwrap()));
                let expected = 59.0 + (across + down + 1.0) * 8.0 / scale;
                prop_assert!((f64::from(*sample) - expected).abs() < 3.0, "{x},{y} of {side}: {sample} for {expected}");
            }
        }
    }

    #[test]
    fn every_level_of_instructions_gives_the_same_samples(sample in samples(), side in 0_usize..5) {
        let side = SIDES[side];
        let file = sample.file();
        simd::force_portable(true);
        let portable = decoded(&file, side);
        simd::force_portable(false);
        prop_assert!(portable == decoded(&file, side));
    }

    #[test]
    fn damaged_data_is_refused_or_decoded_and_never_more(
        sample in samples(),
        changes in proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>()), 0..6),
        cut in any::<proptest::sample::Index>(), is_cut in any::<bool>(), side in 0_usize..5,
        is_progressive in any::<bool>(),
    ) {
        let side = SIDES[side];
        let mut file = Sample { is_progressive, ..sample }.file();
        for (place, value) in changes {
            let at = place.index(file.len());
            file[at] = value;
        }
        if is_cut {
            file.truncate(cut.index(file.len()));
        }
        // A change of the frame's header may announce far more than there is.
        if Frame::read(&file).is_some_and(|frame| frame.width * frame.height < 4_000_000) {
            let rows = decoded(&file, side);
            prop_assert!(rows.is_none_or(|rows| !rows.rows[0].is_empty()));
        }
    }
}

#[derive(Debug, Default, PartialEq, Eq)]
struct Rows {
    rows: [Vec<Vec<u8>>; 3],
    means: [Vec<Vec<u8>>; 3],
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
    fn inside(mut self, frame: &Frame<'_>, side: usize) -> Self {
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

fn decoded(file: &[u8], side: usize) -> Option<Rows> {
    let frame = Frame::read(file)?;
    let mut rows = Rows::default();
    scan::decode(&frame, &vec![side; frame.components()], &mut rows)?;
    Some(rows)
}

fn usual() -> Sample {
    Sample {
        size: (320, 200),
        quality: 92,
        sampling: SamplingFactor::F_2_2,
        restart_interval: 0,
        is_grey: false,
        is_progressive: false,
        seed: 77,
    }
}

#[test]
fn a_scan_that_ends_early_is_refused_wherever_it_ends() {
    let file = usual().file();
    let begin = file.len() - Frame::read(&file).unwrap().data.len();
    for length in (begin..file.len() - 2).step_by(97) {
        assert!(decoded(&file[..length], 4).is_none(), "{length} of {}", file.len());
        // The end of the picture right behind what is left does not make it whole.
        let closed = [&file[..length], &[0xff, 0xd9]].concat();
        assert!(decoded(&closed, 4).is_none(), "{length} of {}", file.len());
    }
}

#[test]
fn a_progressive_picture_without_its_last_scan_is_refused() {
    let file = Sample { is_progressive: true, ..usual() }.file();
    assert!(decoded(&file, 3).is_some());
    let scans: Vec<usize> =
        file.windows(2).enumerate().filter(|(_, pair)| *pair == [0xff, 0xda]).map(|(at, _)| at).collect();
    assert!(scans.len() > 3);
    for at in &scans[1..] {
        let closed = [&file[..*at], &[0xff, 0xd9]].concat();
        assert!(decoded(&closed, 3).is_none());
    }
    // Twice the same, and more of them than anyone writes.
    let last = scans[scans.len() - 1];
    let body = &file[last..file.len() - 2];
    let doubled = [&file[..file.len() - 2], body, &[0xff, 0xd9]].concat();
    assert!(decoded(&doubled, 3).is_none());
}

#[test]
fn restart_markers_that_are_missing_doubled_or_out_of_turn_are_refused() {
    let file = Sample { restart_interval: 4, ..usual() }.file();
    assert!(decoded(&file, 4).is_some());
    let markers: Vec<usize> = file
        .windows(2)
        .enumerate()
        .filter(|(_, pair)| pair[0] == 0xff && (0xd0..=0xd7).contains(&pair[1]))
        .map(|(at, _)| at)
        .collect();
    assert!(markers.len() > 20);
    for at in [markers[0], markers[9]] {
        let missing = [&file[..at], &file[at + 2..]].concat();
        let doubled = [&file[..at], &file[at..at + 2], &file[at..]].concat();
        let mut out_of_turn = file.clone();
        out_of_turn[at + 1] = 0xd0 + (out_of_turn[at + 1] - 0xd0 + 3) % 8;
        for broken in [missing, doubled, out_of_turn] {
            assert!(decoded(&broken, 4).is_none());
        }
    }
}

#[test]
fn the_rare_kinds_are_left_to_others() {
    let file = usual().file();
    let frame = file.windows(2).position(|pair| pair == [0xff, 0xc0]).unwrap();
    for marker in [0xc3, 0xc5, 0xc9, 0xca] {
        let mut rare = file.clone();
        rare[frame + 1] = marker;
        assert!(Frame::read(&rare).is_none(), "{marker:x}");
    }
    // A sequential scan is none of a progressive picture.
    let mut mixed = file.clone();
    mixed[frame + 1] = 0xc2;
    assert!(decoded(&mixed, 4).is_none());
    // Twelve bits; no components; sides of zero; sampling of three.
    for (offset, value) in [(4, 12), (9, 0), (11, 0x31), (11, 0x03), (12, 9)] {
        let mut rare = file.clone();
        rare[frame + offset] = value;
        assert!(Frame::read(&rare).is_none(), "{offset} {value}");
    }
    let mut flat = file.clone();
    flat[frame + 5..frame + 7].fill(0);
    assert!(Frame::read(&flat).is_none());
    assert!(Frame::read(&file).is_some());
}

#[test]
fn wrong_lengths_of_segments_are_refused() {
    let file = usual().file();
    for marker in [0xc0, 0xc4, 0xdb, 0xda] {
        let at = file.windows(2).position(|pair| pair == [0xff, marker]).unwrap();
        for length in [0_u16, 1, 2, 5, 0xffff] {
            let mut broken = file.clone();
            broken[at + 2..at + 4].copy_from_slice(&length.to_be_bytes());
            assert!(Frame::read(&broken).and_then(|_| decoded(&broken, 4)).is_none(), "{marker:x} {length}");
        }
    }
}
