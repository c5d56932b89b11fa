//! Full-size samples, against the established decoder.
//!
//! That decoder does not show its coefficients. But the transform keeps energy: a coefficient that is off by one moves some sample of its
//! block by at least an eighth of its step. Where every step is 24 that is three levels, and rounding accounts for one. So samples
//! that agree within one come from coefficients that agree to the bit.

use jpeg_decoder::{ColorTransform, Decoder, PixelFormat};
use proptest::prelude::*;

use super::inputs::{Rows, Sample, decoded, samples};
use crate::jpeg::frame::Frame;

/// A step with which a wrong coefficient cannot hide behind rounding.
const REVEALING_STEP: u16 = 24;

/// What the established decoder makes of a file, without leaving YCbCr: components side by side, pixel by pixel.
fn established(file: &[u8]) -> (Vec<u8>, usize) {
    let mut decoder = Decoder::new(file);
    decoder.read_info().unwrap();
    let is_grey = decoder.info().unwrap().pixel_format == PixelFormat::L8;
    if !is_grey {
        // "These are colours already" leaves the numbers as they are.
        decoder.set_color_transform(ColorTransform::RGB);
    }
    (decoder.decode().unwrap(), if is_grey { 1 } else { 3 })
}

/// Compares every component that has the picture's size: others are enlarged on their way out of the established decoder.
fn assert_alike(file: &[u8], own: &Rows) -> Result<(), TestCaseError> {
    let frame = Frame::read(file).unwrap();
    let (width, height) = (frame.width, frame.height);
    let (expected, components) = established(file);
    for component in (0..components).filter(|number| frame.samples(*number, 8) == (width, height)) {
        for (y, row) in own.rows[component].iter().take(height).enumerate() {
            for (x, sample) in row.iter().take(width).enumerate() {
                let expected = expected[(y * width + x) * components + component];
                prop_assert!(
                    sample.abs_diff(expected) <= 1,
                    "component {component} at {x},{y}: {sample} for {expected}"
                );
            }
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn full_size_samples_are_those_of_the_established_decoder_within_one(
        sample in samples(), is_progressive in any::<bool>(),
    ) {
        // At the lowest qualities, where coefficients leave the range of any picture, the established decoder's 16-bit
        // arithmetic saturates.
        let sample = Sample { quality: sample.quality.max(50), is_progressive, ..sample };
        let file = sample.file();
        assert_alike(&file, &decoded(&file, 8).unwrap())?;
    }

    #[test]
    fn coefficients_are_those_of_the_established_decoder_to_the_bit(
        sample in samples(), is_progressive in any::<bool>(),
    ) {
        let sample = Sample { step: Some(REVEALING_STEP), is_progressive, ..sample };
        // Half of the contrast, because a sample that is cut off at black or white hides what made it.
        let pixels: Vec<u8> = sample.pixels().iter().map(|value| 64 + value / 2).collect();
        let file = sample.file_of(&pixels);
        let own = decoded(&file, 8).unwrap();
        let is_cut_off = |sample: &u8| matches!(sample, 0 | 255);
        prop_assert!(!own.rows.iter().flatten().flatten().any(is_cut_off));
        assert_alike(&file, &own)?;
    }
}
