//! Walks a picture from its first block to its last and hands on coefficients, or rows of samples.

use fearless_simd::Simd;

use super::entropy::Selection;
use super::frame::Frame;
use super::progressive;
use super::samples::Transformer;
pub(crate) use super::samples::{BlockSink, RowSink, UnitRow};
pub(super) use super::samples::{ComponentRows, rows_for};
pub(crate) use super::transform::SIDES;
use super::units::UnitReader;
use super::window::Window;
use crate::simd::{self, Work};

/// Decodes the scan, or the scans, into `sink`, each component with as many samples on a side of its blocks as `sides` says, each one of
/// [`SIDES`].
///
/// `None` if anything is not as it should be; what the sink got is then worth nothing.
pub(crate) fn decode<K: RowSink>(frame: &Frame<'_>, sides: &[usize], sink: &mut K) -> Option<()> {
    match &frame.progressive {
        Some(segments) => progressive::decode(frame, segments, sides, sink),
        None => decode_blocks(frame, sides, &mut Transformer::new(frame, sides, sink)),
    }
}

/// Decodes the scan of a sequential picture into `sink` and leaves the transform to it; see [`decode`].
pub(crate) fn decode_blocks<B: BlockSink>(frame: &Frame<'_>, sides: &[usize], sink: &mut B) -> Option<()> {
    let units = UnitReader::new(frame, selections(sides), Window::new(frame.data))?;
    simd::run(Scan { units, sink })
}

/// Decodes the scan of a sequential picture into `sink`, with all frequencies. Its batches hold one block after the other, each with
/// its columns as rows.
pub(crate) fn decode_quantised<B: BlockSink>(frame: &Frame<'_>, sink: &mut B) -> Option<()> {
    let whole = frame.components.iter().map(|_| Selection::whole_blocks());
    let units = UnitReader::new(frame, whole, Window::new(frame.data))?;
    simd::run(Scan { units, sink })
}

/// What is needed of blocks that become `sides` samples wide and high.
pub(super) fn selections(sides: &[usize]) -> impl Iterator<Item = Selection> {
    sides.iter().map(|side| Selection::new(*side))
}

struct Scan<'a, B> {
    units: UnitReader<'a>,
    sink: &'a mut B,
}

impl<B: BlockSink> Work for Scan<'_, B> {
    type Output = Option<()>;

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) -> Option<()> {
        let Self { mut units, sink } = self;
        let (across, down) = units.frame().units();
        for _ in 0..down {
            for column in 0..across {
                units.decode(simd, column, sink)?;
            }
            sink.end_row(simd)?;
        }
        units.end()
    }
}
