//! Walks a picture from its first block to its last and hands on rows of samples.

use fearless_simd::Simd;

use super::entropy::{Batch, BitReader, LANES, Selection, Tables, decode_block};
use super::frame::{Component, Frame};
use super::progressive;
pub(crate) use super::transform::SIDES;
use super::transform::{Inverse, Samples, mean};
use super::window::Window;
use crate::simd::{self, Work};

/// Bytes between the last coefficient and the next marker that are taken for padding. More of them, and blocks were lost.
const MOST_PADDING_BYTES: usize = 64;

/// The samples of a row of minimum coded units.
#[derive(Debug, Clone)]
pub(crate) struct UnitRow {
    pub(crate) components: Vec<ComponentRows>,
}

/// A component's samples of a row of minimum coded units. Samples beyond the picture's edges may follow.
#[derive(Debug, Clone)]
pub(crate) struct ComponentRows {
    samples: Vec<u8>,
    row_length: usize,
    means: Vec<u8>,
    means_length: usize,
}

impl ComponentRows {
    /// Rows of the component at its scale, from the top.
    #[inline(always)]
    pub(crate) fn rows(&self) -> impl Iterator<Item = &[u8]> {
        self.samples.chunks_exact(self.row_length)
    }

    /// Rows of the means of the component's blocks: the component at one eighth of its size.
    #[inline(always)]
    pub(crate) fn means(&self) -> impl Iterator<Item = &[u8]> {
        self.means.chunks_exact(self.means_length)
    }
}

/// Takes a picture from the top.
pub(crate) trait RowSink {
    /// Takes the next row of units, and may leave any other of this picture in its place. `None` ends the decoding.
    fn take<S: Simd>(&mut self, simd: S, row: &mut UnitRow) -> Option<()>;
}

/// Decodes the scan, or the scans, into `sink`, each component with as many samples on a side of its blocks as `sides` says, each one of
/// [`SIDES`].
///
/// `None` if anything is not as it should be; what the sink got is then worth nothing.
pub(crate) fn decode<K: RowSink>(frame: &Frame<'_>, sides: &[usize], sink: &mut K) -> Option<()> {
    match &frame.progressive {
        Some(segments) => progressive::decode(frame, segments, sides, sink),
        None => simd::run(Scan { frame, sides, sink }),
    }
}

/// Entropy-coded bytes from which on a second thread is worth its start: some milliseconds of decoding.
const LONG_BYTES: usize = 256 * 1024;

impl Frame<'_> {
    /// Whether the scan takes long enough to share the work on it.
    pub(crate) const fn is_long(&self) -> bool {
        self.data.len() >= LONG_BYTES
    }

    /// Components, 1 or 3.
    pub(crate) fn components(&self) -> usize {
        self.components.len()
    }

    /// Whether two components have equally many samples.
    pub(crate) fn are_alike(&self, one: usize, other: usize) -> bool {
        let (one, other) = (&self.components[one], &self.components[other]);
        one.across == other.across && one.down == other.down
    }

    /// How much of the full size a component covers, in its own samples, across and down. Whole numbers only where the subsampling divides
    /// the sides.
    #[expect(clippy::cast_precision_loss, reason = "sides of at most 65,535")]
    pub(crate) fn extent(&self, component: usize) -> (f64, f64) {
        let (most_across, most_down) = self.most();
        let component = &self.components[component];
        (
            self.width as f64 * component.across as f64 / most_across as f64,
            self.height as f64 * component.down as f64 / most_down as f64,
        )
    }

    /// Samples of a component at `side` eighths of its size, across and down.
    pub(crate) fn samples(&self, component: usize, side: usize) -> (usize, usize) {
        let (most_across, most_down) = self.most();
        let component = &self.components[component];
        let scaled =
            |length: usize, factor: usize, most: usize| ((length * factor).div_ceil(most) * side).div_ceil(8);
        (scaled(self.width, component.across, most_across), scaled(self.height, component.down, most_down))
    }

    /// Minimum coded units of the picture, across and down.
    pub(super) fn units(&self) -> (usize, usize) {
        let (most_across, most_down) = self.most();
        (self.width.div_ceil(8 * most_across), self.height.div_ceil(8 * most_down))
    }

    /// Blocks of a component in all units, across and down.
    pub(super) fn padded_blocks(&self, component: usize) -> (usize, usize) {
        let (across, down) = self.units();
        let component = &self.components[component];
        (across * component.across, down * component.down)
    }

    fn most(&self) -> (usize, usize) {
        let most = |factor: fn(&super::frame::Component) -> usize| {
            self.components.iter().map(factor).max().unwrap_or(1)
        };
        (most(|component| component.across), most(|component| component.down))
    }
}

/// What the decoding of one component needs at hand.
struct Channel<'a> {
    tables: Tables<'a>,
    selection: Selection,
    inverse: Inverse,
    step: u16,
    across: usize,
    down: usize,
    prediction: i32,
    /// One for each row of blocks in a unit.
    batches: Vec<Box<Batch>>,
}

struct Scan<'a, K> {
    frame: &'a Frame<'a>,
    sides: &'a [usize],
    sink: &'a mut K,
}

impl<K: RowSink> Work for Scan<'_, K> {
    type Output = Option<()>;

    #[inline(always)]
    #[expect(clippy::cast_possible_truncation, reason = "a prediction beyond 16 bits is of damaged data")]
    fn run<S: Simd>(self, simd: S) -> Option<()> {
        let frame = self.frame;
        let (units_across, units_down) = frame.units();
        let mut channels = channels(frame, self.sides)?;
        let components = frame.components.iter().zip(self.sides);
        let mut row = UnitRow {
            components: components.map(|(one, side)| rows_for(one, *side, units_across)).collect(),
        };
        let mut window = Window::new(frame.data);
        let mut reader = BitReader::new();
        let mut samples: Samples = [[0; LANES]; 64];
        let (mut until_restart, mut restarts) = (frame.restart_interval, 0_u8);
        for _ in 0..units_down {
            for unit in 0..units_across {
                if frame.restart_interval > 0 {
                    if until_restart == 0 {
                        end_of_data(&window, reader)?;
                        window.restart(restarts)?;
                        restarts = restarts.wrapping_add(1);
                        reader = BitReader::new();
                        for channel in &mut channels {
                            channel.prediction = 0;
                        }
                        until_restart = frame.restart_interval;
                    }
                    until_restart -= 1;
                }
                reader.keep_up(&mut window);
                for (channel, rows) in channels.iter_mut().zip(&mut row.components) {
                    for down in 0..channel.down {
                        for across in 0..channel.across {
                            let lane = (unit * channel.across + across) % LANES;
                            let batch = &mut channel.batches[down];
                            let difference = decode_block(
                                &mut reader,
                                window.bytes(),
                                &channel.tables,
                                &channel.selection,
                                batch,
                                lane,
                            )
                            .ok()?;
                            channel.prediction = channel.prediction.wrapping_add(difference);
                            batch[lane] = channel.prediction as i16;
                        }
                    }
                    let blocks = (unit + 1) * channel.across;
                    if blocks.is_multiple_of(LANES) || unit + 1 == units_across {
                        channel.flush(simd, (blocks - 1) / LANES * LANES, &mut samples, rows);
                    }
                }
            }
            self.sink.take(simd, &mut row)?;
        }
        end_of_data(&window, reader)?;
        // A further scan would replace what is here; it is left to those who know it.
        let rest = window.rest()?;
        let fill = rest.iter().take_while(|byte| **byte == 0xff).count();
        (rest.get(fill) == Some(&0xd9)).then_some(())
    }
}

/// All data up to the next marker was used, and no more than that.
pub(super) fn end_of_data(window: &Window<'_>, reader: BitReader) -> Option<()> {
    window.rest()?;
    let unused = window.filled().checked_sub(reader.byte_position())?;
    (unused <= MOST_PADDING_BYTES).then_some(())
}

fn channels<'a>(frame: &'a Frame<'_>, sides: &[usize]) -> Option<Vec<Channel<'a>>> {
    let mut channels = Vec::new();
    for (component, side) in frame.components.iter().zip(sides) {
        let tables = Tables {
            dc: frame.dc_tables[component.dc].as_ref()?,
            ac: frame.ac_tables[component.ac].as_ref()?,
        };
        channels.push(Channel {
            tables,
            selection: Selection::new(*side),
            inverse: Inverse::new(*side, &component.steps),
            step: component.steps[0],
            across: component.across,
            down: component.down,
            prediction: 0,
            batches: (0..component.down).map(|_| Box::new([0; 2048])).collect(),
        });
    }
    Some(channels)
}

impl Channel<'_> {
    /// Makes samples of the batches, which begin with block `first` of their rows, and clears them.
    #[inline(always)]
    fn flush<S: Simd>(&mut self, simd: S, first: usize, samples: &mut Samples, rows: &mut ComponentRows) {
        for (down, batch) in self.batches.iter_mut().enumerate() {
            rows.fill(simd, &self.inverse, self.step, batch, (down, first), samples);
            batch[..self.selection.used()].fill(0);
        }
    }
}

/// Room for a component's samples of a row of units.
pub(super) fn rows_for(component: &Component, side: usize, units_across: usize) -> ComponentRows {
    let blocks = (units_across * component.across).next_multiple_of(LANES);
    ComponentRows {
        samples: vec![0; blocks * side * component.down * side],
        row_length: blocks * side,
        means: vec![0; blocks * component.down],
        means_length: blocks,
    }
}

impl ComponentRows {
    /// Makes samples and means of a batch, which is that of row `down` of the unit's blocks and begins with block `first` of it.
    #[inline(always)]
    pub(super) fn fill<S: Simd>(
        &mut self,
        simd: S,
        inverse: &Inverse,
        step: u16,
        batch: &Batch,
        (down, first): (usize, usize),
        samples: &mut Samples,
    ) {
        let means = &mut self.means[down * self.means_length + first..][..LANES];
        for (place, dc) in means.iter_mut().zip(&batch[..LANES]) {
            *place = mean(*dc, step);
        }
        inverse.apply(simd, batch, samples);
        let (side, length) = (inverse.side(), self.row_length);
        let rows = &mut self.samples[down * side * length..][..side * length];
        match side {
            1 => scatter::<1>(samples, rows, length, first),
            2 => scatter::<2>(samples, rows, length, first),
            3 => scatter::<3>(samples, rows, length, first),
            4 => scatter::<4>(samples, rows, length, first),
            _ => scatter::<8>(samples, rows, length, first),
        }
    }
}

/// Lays the samples of a batch side by side into rows, from block `first` on.
#[inline(always)]
fn scatter<const SIDE: usize>(samples: &Samples, rows: &mut [u8], row_length: usize, first: usize) {
    for (row, lines) in rows.chunks_exact_mut(row_length).zip(samples.chunks_exact(SIDE)) {
        let lines: &[[u8; LANES]; SIDE] = lines.first_chunk().expect("chunks of that length");
        let (blocks, _) = row[first * SIDE..(first + LANES) * SIDE].as_chunks_mut::<SIDE>();
        let blocks: &mut [[u8; SIDE]; LANES] = blocks.first_chunk_mut().expect("a batch of blocks");
        for lane in 0..LANES {
            for column in 0..SIDE {
                blocks[lane][column] = lines[column][lane];
            }
        }
    }
}
