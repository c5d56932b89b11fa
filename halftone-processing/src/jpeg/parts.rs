//! A sequential scan in two parts that are decoded at the same time: the head from the picture's first unit on, the tail from a place in
//! the data on.
//!
//! Nobody knows which unit lies at that place, nor at which bit it begins. But Huffman codes fall into step by themselves: a reader that begins
//! anywhere soon reads what the data says, and then goes from unit to unit as the one does that began at the beginning (Klein and Wiseman,
//! "Parallel Huffman decoding with applications to JPEG files", 2003). So the reader of the tail notes where its units begin. Where the reader of
//! the head comes upon such a place at the end of one of its own units, both would read the same from there on, and it stops. What it knows and the
//! other could not know are the number of that unit and the predictions of the DC coefficients.
//!
//! If they never meet, or if anything behind the meeting is not as it should be, the reader of the head reads on to the end. What comes out
//! is the same in any case.

use std::mem::{replace, take};
use std::sync::OnceLock;

use fearless_simd::Simd;

use super::entropy::Batch;
use super::frame::Frame;
use super::samples::{BlockRow, BlockSink};
use super::scan::selections;
use super::units::{UnitReader, is_padding};
use super::window::Window;
use crate::simd::{self, Work};

/// What making the picture of one sample takes, as much as of so many bytes of entropy-coded data: some four nanoseconds each.
const BYTES_PER_SAMPLE: f64 = 0.6;

/// A smaller part of the data is not worth the effort.
const SMALLEST_SHARE: f64 = 0.08;

/// Units in a row of a tail: enough that few allocations hold all of them.
const ACROSS: usize = 2048;

/// Units of a tail that are read at once: a tenth of a millisecond.
const UNITS_AT_ONCE: usize = 256;

/// Bytes in which the reader of the tail has to be in step: it is within some hundred, nearly always. Later it takes what it cannot
/// read for damage, or for what pads the end. At most it is a quarter of what is left of the file.
const MOST_BYTES_OUT_OF_STEP: usize = 16 * 1024;

/// Where a scan is split.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Split {
    /// Bytes of the data before the tail.
    place: usize,
    /// Units that the tail may have at most.
    most_units: usize,
    /// Bits in which its reader has to be in step.
    most_out_of_step: usize,
}

impl Split {
    /// Splits a scan of so many bytes for two threads, of which the one with the tail makes the picture too: so that it has read the tail, and
    /// made what there is of the picture, when the other has read the head. `None` if there is nothing to gain, or restart markers are in the
    /// way.
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "part of a number of bytes or units"
    )]
    pub(crate) fn of(frame: &Frame<'_>, sides: &[usize], scan_bytes: usize) -> Option<Self> {
        let scan = frame.data.get(..scan_bytes)?;
        let samples = |(component, side): (usize, &usize)| {
            let (across, down) = frame.padded_blocks(component);
            across * down * side * side
        };
        let samples = sides.iter().enumerate().map(samples).sum::<usize>();
        // What making the picture takes, as part of what reading it takes.
        let making = BYTES_PER_SAMPLE * samples as f64 / scan.len().max(1) as f64;
        let share = (1.0 - making) / (2.0 - making).max(1.0);
        if share < SMALLEST_SHARE {
            return None;
        }
        let (across, down) = frame.units();
        // Bytes are not spread evenly over the units.
        let most_units = (2.0 * share * (across * down) as f64) as usize;
        Self::at(frame, ((1.0 - share) * scan.len() as f64) as usize, most_units)
    }

    /// Splits it so many bytes behind its beginning, or a little before. `None` if restart markers are in the way, or nothing comes before.
    pub(crate) fn at(frame: &Frame<'_>, place: usize, most_units: usize) -> Option<Self> {
        if frame.restart_interval > 0 || frame.is_progressive() {
            return None;
        }
        // A stuffed byte stays with what it was stuffed behind.
        let place = frame.data.get(..place)?.iter().rposition(|byte| *byte != 0xff)? + 1;
        let most_out_of_step = 8 * MOST_BYTES_OUT_OF_STEP.min((frame.data.len() - place) / 4);
        Some(Self { place, most_units, most_out_of_step })
    }

    #[cfg(test)]
    pub(super) const fn place(self) -> usize {
        self.place
    }
}

/// What was read of a tail.
#[derive(Debug)]
pub(crate) struct Tail {
    /// Its units, [`ACROSS`] in each row: where the picture's rows begin is not known.
    rows: Vec<BlockRow>,
    /// Where each unit begins, in bits of data behind the place of the split; behind them where the last one ends.
    begins: Vec<usize>,
    /// Where the data ends, in bytes, if the picture ends there too.
    end: Option<usize>,
}

impl Tail {
    /// Whether the picture ends so many units behind one of them.
    fn ends_after(&self, first: usize, units: usize) -> bool {
        let end = self.begins.get(first + units).zip(self.end);
        // A byte that was begun is used up.
        end.is_some_and(|(last, end)| is_padding(end.checked_sub(last.div_ceil(8))))
    }

    /// The row of a unit, and its column there.
    fn place(&self, unit: usize) -> (&BlockRow, usize) {
        (&self.rows[unit / ACROSS], unit % ACROSS)
    }

    /// What the first coefficients of a unit are differences to, by component.
    fn predictions(&self, unit: usize, components: usize) -> Vec<i16> {
        let known = |component| {
            // Before the first one the reader began with nothing.
            unit.checked_sub(1).map_or(0, |before| {
                let (row, column) = self.place(before);
                row.last_dc(component, column)
            })
        };
        (0..components).map(known).collect()
    }
}

/// Reads a tail, a piece at a time.
pub(crate) struct TailReader<'a> {
    units: UnitReader<'a>,
    rows: KeptRows<'a>,
    begins: Vec<usize>,
    split: Split,
}

/// How far the reading of a tail has come.
pub(crate) enum Reading {
    Unfinished,
    Finished(Tail),
    /// It does not come into step, or has more units than it may.
    Failed,
}

impl<'a> TailReader<'a> {
    /// Begins at the place of a split. `None` if a table is missing.
    pub(crate) fn new(frame: &'a Frame<'a>, sides: &'a [usize], split: Split) -> Option<Self> {
        let window = Window::new(&frame.data[split.place..]);
        Some(Self {
            units: UnitReader::new(frame, selections(sides), window)?.in_rows_of(ACROSS),
            rows: KeptRows { frame, sides, row: BlockRow::new(frame, sides, ACROSS), kept: Vec::new() },
            begins: Vec::new(),
            split,
        })
    }

    /// Reads all of it. `None` if that fails.
    #[cfg(any(test, fuzzing))]
    pub(crate) fn read(mut self) -> Option<Tail> {
        loop {
            match self.read_some() {
                Reading::Unfinished => {}
                Reading::Finished(tail) => return Some(tail),
                Reading::Failed => return None,
            }
        }
    }

    /// Reads [`UNITS_AT_ONCE`] more units at most. Not to be called again once it does not answer that it is unfinished.
    pub(crate) fn read_some(&mut self) -> Reading {
        simd::run(self)
    }

    #[inline(always)]
    fn finish<S: Simd>(&mut self, simd: S) -> Reading {
        self.units.flush(simd, (self.begins.len() - 1) % ACROSS, &mut self.rows);
        self.rows.keep();
        Reading::Finished(Tail {
            rows: take(&mut self.rows.kept),
            begins: take(&mut self.begins),
            end: self.units.end_of_picture(),
        })
    }
}

impl Work for &mut TailReader<'_> {
    type Output = Reading;

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) -> Reading {
        for _ in 0..UNITS_AT_ONCE {
            let begin = self.units.position();
            let count = self.begins.len();
            self.begins.push(begin);
            if self.units.is_beyond_data() {
                return self.finish(simd);
            }
            if self.units.decode(simd, count % ACROSS, &mut self.rows).is_some() {
                if (count + 1).is_multiple_of(ACROSS) {
                    self.rows.keep();
                }
                if count == self.split.most_units {
                    return Reading::Failed;
                }
            } else if begin > self.split.most_out_of_step {
                // It was in step: what pads the end may be anything, and damage is for the reader of the head to find.
                return self.finish(simd);
            } else {
                self.begins.clear();
                self.rows.kept.clear();
                if self.units.begin_a_bit_later().is_none() {
                    return Reading::Failed;
                }
            }
        }
        Reading::Unfinished
    }
}

/// Keeps all rows.
struct KeptRows<'a> {
    frame: &'a Frame<'a>,
    sides: &'a [usize],
    row: BlockRow,
    kept: Vec<BlockRow>,
}

impl KeptRows<'_> {
    fn keep(&mut self) {
        let next = BlockRow::new(self.frame, self.sides, ACROSS);
        self.kept.push(replace(&mut self.row, next));
    }
}

impl BlockSink for KeptRows<'_> {
    #[inline(always)]
    fn take_batch<S: Simd>(&mut self, _simd: S, component: usize, place: (usize, usize), batch: &Batch) {
        self.row.put(component, place, batch);
    }

    #[inline(always)]
    fn end_row<S: Simd>(&mut self, _simd: S) -> Option<()> {
        Some(())
    }
}

/// Reads the head of a scan into `sink`, and then what was read of its tail, or if it does not come upon that, all the rest.
///
/// `None` if anything is not as it should be; what the sink got is then worth nothing.
pub(crate) fn decode_blocks<B: BlockSink>(
    frame: &Frame<'_>,
    sides: &[usize],
    split: Split,
    tail: &OnceLock<Tail>,
    sink: &mut B,
) -> Option<()> {
    let window = Window::watching(frame.data, split.place);
    let units = UnitReader::new(frame, selections(sides), window)?;
    simd::run(HeadWork { units, tail, passed: 0, size: frame.units(), sink })
}

struct HeadWork<'a, B> {
    units: UnitReader<'a>,
    tail: &'a OnceLock<Tail>,
    /// Units of the tail that lie behind the reader.
    passed: usize,
    /// Units of the picture, across and down.
    size: (usize, usize),
    sink: &'a mut B,
}

impl<B: BlockSink> Work for HeadWork<'_, B> {
    type Output = Option<()>;

    #[inline(always)]
    fn run<S: Simd>(mut self, simd: S) -> Option<()> {
        let (across, down) = self.size;
        for row in 0..down {
            for column in 0..across {
                if let Some(tail) = self.meet((down - row) * across - column) {
                    return self.copy(simd, tail, (row, column));
                }
                self.units.decode(simd, column, self.sink)?;
            }
            self.sink.end_row(simd)?;
        }
        self.units.end()
    }
}

impl<'a, B: BlockSink> HeadWork<'a, B> {
    /// The tail, if the next unit is the one of its units behind those that were passed, and the picture ends `left` units from there on.
    #[inline(always)]
    fn meet(&mut self, left: usize) -> Option<&'a Tail> {
        let position = self.units.position_behind_joint()?;
        let tail = self.tail.get()?;
        while *tail.begins.get(self.passed)? < position {
            self.passed += 1;
        }
        let is_met = tail.begins[self.passed] == position && tail.ends_after(self.passed, left);
        is_met.then_some(tail)
    }

    /// Copies the units from the meeting on.
    #[inline(always)]
    fn copy<S: Simd>(self, simd: S, tail: &Tail, from: (usize, usize)) -> Option<()> {
        let Self { mut units, passed, size: (across, down), sink, .. } = self;
        let mut offsets = units.predictions();
        let predictions = tail.predictions(passed, offsets.len());
        for (offset, prediction) in offsets.iter_mut().zip(predictions) {
            *offset = offset.wrapping_sub(prediction);
        }
        let (mut unit, mut first) = (passed, from.1);
        for _ in from.0..down {
            for column in first..across {
                units.copy(simd, column, tail.place(unit), &offsets, sink);
                unit += 1;
            }
            first = 0;
            sink.end_row(simd)?;
        }
        Some(())
    }
}
