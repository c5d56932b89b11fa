//! Scans in two parts, against the same in one.

use std::sync::OnceLock;

use fearless_simd::Simd;
use jpeg_encoder::SamplingFactor;
use proptest::prelude::*;

use super::inputs::{Sample, samples, usual};
use crate::jpeg::entropy::Selection;
use crate::jpeg::frame::Frame;
use crate::jpeg::parts::{self, Split, Tail, TailReader};
use crate::jpeg::samples::{Batch, BlockRow, BlockSink};
use crate::jpeg::scan::{self, SIDES};
use crate::jpeg::units::UnitReader;
use crate::jpeg::window::Window;
use crate::simd::{self, Work};

/// All rows of a picture.
struct Kept {
    row: BlockRow,
    rows: Vec<BlockRow>,
}

impl Kept {
    fn new(frame: &Frame<'_>, sides: &[usize]) -> Self {
        Self { row: BlockRow::of_picture(frame, sides), rows: Vec::new() }
    }
}

impl BlockSink for Kept {
    #[inline(always)]
    fn take_batch<S: Simd>(&mut self, _simd: S, component: usize, place: (usize, usize), batch: &Batch) {
        self.row.put(component, place, batch);
    }

    #[inline(always)]
    fn end_row<S: Simd>(&mut self, _simd: S) -> Option<()> {
        self.rows.push(self.row.clone());
        Some(())
    }
}

fn in_one(frame: &Frame<'_>, sides: &[usize]) -> Option<Vec<BlockRow>> {
    let mut kept = Kept::new(frame, sides);
    scan::decode_blocks(frame, sides, &mut kept)?;
    Some(kept.rows)
}

fn tail_of(frame: &Frame<'_>, sides: &[usize], split: Split) -> Option<Tail> {
    TailReader::new(frame, sides, split)?.read()
}

fn in_two(frame: &Frame<'_>, sides: &[usize], split: Split, tail: Option<Tail>) -> Option<Vec<BlockRow>> {
    let found = OnceLock::new();
    if let Some(tail) = tail {
        found.set(tail).unwrap();
    }
    let mut kept = Kept::new(frame, sides);
    parts::decode_blocks(frame, sides, split, &found, &mut kept)?;
    Some(kept.rows)
}

/// Bytes of the frame's scan, if it has no restart markers.
fn scan_of<'a>(frame: &Frame<'a>) -> &'a [u8] {
    let is_marker = |pair: &[u8]| pair[0] == 0xff && pair[1] != 0;
    &frame.data[..frame.data.windows(2).position(is_marker).unwrap()]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn a_scan_in_two_parts_has_the_coefficients_of_one(
        sample in samples(), side in 0_usize..5, place in any::<proptest::sample::Index>(),
    ) {
        let file = Sample { restart_interval: 0, ..sample }.file();
        let frame = Frame::read(&file).unwrap();
        let sides = vec![SIDES[side]; frame.components()];
        let scan = scan_of(&frame);
        if let Some(split) = Split::at(&frame, place.index(scan.len()), usize::MAX) {
            let tail = tail_of(&frame, &sides, split);
            prop_assert_eq!(in_two(&frame, &sides, split, tail), in_one(&frame, &sides));
        }
    }

    #[test]
    fn a_damaged_scan_is_refused_in_two_parts_too_or_gives_the_same(
        sample in samples(),
        changes in proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>()), 1..4),
        cut in any::<proptest::sample::Index>(), is_cut in any::<bool>(),
        place in any::<proptest::sample::Index>(),
    ) {
        let mut file = Sample { restart_interval: 0, ..sample }.file();
        let header = file.len() - Frame::read(&file).unwrap().data.len();
        for (at, value) in changes {
            let at = header + at.index(file.len() - header);
            file[at] = value;
        }
        if is_cut {
            file.truncate(header + cut.index(file.len() - header));
        }
        let frame = Frame::read(&file).unwrap();
        let sides = vec![3; frame.components()];
        if let Some(split) = Split::at(&frame, place.index(frame.data.len().max(1)), usize::MAX) {
            let tail = tail_of(&frame, &sides, split);
            prop_assert_eq!(in_two(&frame, &sides, split, tail), in_one(&frame, &sides));
        }
    }
}

#[test]
fn the_head_is_not_read_beyond_the_meeting() {
    for sampling in [SamplingFactor::F_2_2, SamplingFactor::F_2_1, SamplingFactor::F_1_1] {
        for seed in 0..4 {
            let file = Sample { sampling, seed, ..usual() }.file();
            let frame = Frame::read(&file).unwrap();
            let scan = scan_of(&frame);
            let expected = in_one(&frame, &[4, 4, 4]);
            assert!(expected.is_some());
            for eighth in 2..6 {
                let split = Split::at(&frame, scan.len() * eighth / 8, usize::MAX).unwrap();
                let tail = tail_of(&frame, &[4, 4, 4], split);
                // Nothing but zeros from an eighth behind the place on.
                let mut damaged = file.clone();
                damaged[file.len() - frame.data.len() + scan.len() * (eighth + 1) / 8..].fill(0);
                let damaged = Frame::read(&damaged).unwrap();
                assert_eq!(in_two(&damaged, &[4, 4, 4], split, None), None);
                assert!(
                    in_two(&damaged, &[4, 4, 4], split, tail) == expected,
                    "{eighth} eighths of {sampling:?}, {} bytes",
                    scan.len()
                );
            }
        }
    }
}

/// A file whose data ends with other bits than those that pad its last byte.
fn padded_with(file: &[u8], padding: &str) -> Vec<u8> {
    let frame = Frame::read(file).unwrap();
    let (header, scan) = (file.len() - frame.data.len(), scan_of(&frame));
    let mut data = Vec::new();
    for (at, byte) in scan.iter().enumerate() {
        if *byte != 0 || at == 0 || scan[at - 1] != 0xff {
            data.push(*byte);
        }
    }
    let mut bits: String = data.iter().map(|byte| format!("{byte:08b}")).collect::<Vec<_>>().concat();
    bits.truncate(end_of_last_unit(&frame));
    bits.push_str(padding);
    let mut padded = file[..header].to_vec();
    for byte in bits.as_bytes().chunks(8) {
        let byte = u8::from_str_radix(&format!("{:1<8}", str::from_utf8(byte).unwrap()), 2).unwrap();
        padded.push(byte);
        if byte == 0xff {
            padded.push(0);
        }
    }
    padded.extend([0xff, 0xd9]);
    padded
}

/// In bits of the data.
fn end_of_last_unit(frame: &Frame<'_>) -> usize {
    let selections = frame.components.iter().map(|_| Selection::new(1));
    simd::run(ToTheEnd(UnitReader::new(frame, selections, Window::new(frame.data)).unwrap()))
}

/// Reads all units and tells where the last one ends.
struct ToTheEnd<'a>(UnitReader<'a>);

impl Work for ToTheEnd<'_> {
    type Output = usize;

    #[inline(always)]
    fn run<S: Simd>(mut self, simd: S) -> usize {
        let (across, down) = self.0.frame().units();
        let mut kept = Kept::new(self.0.frame(), &[1; 3]);
        for unit in 0..across * down {
            self.0.decode(simd, unit % across, &mut kept).unwrap();
        }
        self.0.position()
    }
}

#[test]
fn what_pads_the_last_byte_may_be_anything() {
    // Units of the standard's codes with nothing but zeros, and one whose luma can be read and whose chroma cannot.
    let (luma, chroma) = ("001010".repeat(4), "0000".repeat(2));
    let file = usual().file();
    for units in 0..8 {
        let padding = format!("{}{luma}{}", format!("{luma}{chroma}").repeat(units), "1".repeat(16));
        let file = padded_with(&file, &padding);
        let frame = Frame::read(&file).unwrap();
        let sides = [4, 4, 4];
        let split = Split::at(&frame, scan_of(&frame).len() / 2, usize::MAX).unwrap();
        let tail = tail_of(&frame, &sides, split);
        assert!(tail.is_some());
        let expected = in_one(&frame, &sides);
        assert!(
            expected.is_some() && in_two(&frame, &sides, split, tail) == expected,
            "behind {units} units"
        );
    }
}

#[test]
fn a_tail_of_too_many_units_is_left_to_the_head() {
    let file = usual().file();
    let frame = Frame::read(&file).unwrap();
    let scan = scan_of(&frame);
    let sides = [4, 4, 4];
    let all = Split::at(&frame, scan.len() / 2, usize::MAX).unwrap();
    assert!(tail_of(&frame, &sides, all).is_some());
    let few = Split::at(&frame, scan.len() / 2, 40).unwrap();
    assert!(tail_of(&frame, &sides, few).is_none());
    assert_eq!(in_two(&frame, &sides, few, None), in_one(&frame, &sides));
}

#[test]
fn a_place_is_never_between_two_bytes_that_belong_together() {
    let file = usual().file();
    let frame = Frame::read(&file).unwrap();
    let scan = scan_of(&frame);
    let mut moved = 0;
    for place in 1..scan.len() {
        let split = Split::at(&frame, place, 1);
        if scan[place - 1] == 0xff {
            assert_eq!(split, Split::at(&frame, place - 1, 1));
            moved += 1;
        } else {
            assert_ne!(split, Split::at(&frame, place - 1, 1));
        }
    }
    assert!(moved > 0 && Split::at(&frame, 0, 1).is_none());
}

#[test]
fn a_scan_is_split_where_the_second_thread_has_time_for_it() {
    let file = usual().file();
    let frame = Frame::read(&file).unwrap();
    let length = scan_of(&frame).len();
    let of_all = |side| Split::of(&frame, &[side; 3], length);
    // The more is made of the coefficients, the smaller is the tail.
    let (one, two) = (of_all(1).unwrap(), of_all(2).unwrap());
    assert!(one.place() > length / 2 && one.place() < two.place() && two.place() < length);
    assert_eq!(of_all(8), None);
    // A scan that hardly has any bytes is read at once.
    assert_eq!(Split::of(&frame, &[1; 3], 200), None);
    assert_eq!(Split::of(&frame, &[1; 3], 0), None);
    let restarting = Sample { restart_interval: 4, ..usual() }.file();
    assert_eq!(Split::of(&Frame::read(&restarting).unwrap(), &[1; 3], length), None);
    let progressive = Sample { is_progressive: true, ..usual() }.file();
    assert_eq!(Split::of(&Frame::read(&progressive).unwrap(), &[1; 3], length), None);
}
