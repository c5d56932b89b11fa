//! Files that say the same in another way, and kinds that are left to others.

use proptest::prelude::*;

use super::inputs::{Sample, decoded, samples, usual};
use crate::jpeg::frame::Frame;
use crate::jpeg::scan::SIDES;
use crate::simd;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

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
    fn every_level_of_instructions_gives_the_same_samples(sample in samples(), side in 0_usize..5) {
        let side = SIDES[side];
        let file = sample.file();
        simd::force_portable(true);
        let portable = decoded(&file, side);
        simd::force_portable(false);
        prop_assert!(portable == decoded(&file, side));
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
