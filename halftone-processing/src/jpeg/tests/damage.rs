//! Damaged files: refused, or decoded to something, and never more than that.

use proptest::prelude::*;

use super::inputs::{Sample, decoded, samples, usual};
use crate::jpeg::frame::Frame;
use crate::jpeg::scan::SIDES;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

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
