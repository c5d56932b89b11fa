//! Walks a picture from its first block to its last and hands on coefficients, or rows of samples.

use fearless_simd::Simd;

use super::entropy::{Batch, BitReader, LANES, Selection, Tables, decode_block};
use super::frame::Frame;
use super::progressive;
use super::samples::Transformer;
pub(crate) use super::samples::{BlockSink, RowSink, UnitRow};
pub(super) use super::samples::{ComponentRows, rows_for};
pub(crate) use super::transform::SIDES;
use super::window::Window;
use crate::simd::{self, Work};

/// Bytes between the last coefficient and the next marker that are taken for padding. More of them, and blocks were lost.
const MOST_PADDING_BYTES: usize = 64;

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
    let channels = channels(frame, sides.iter().map(|side| Selection::new(*side)))?;
    simd::run(Scan { frame, channels, sink })
}

/// Decodes the scan of a sequential picture into `sink`, with all frequencies. Its batches hold one block after the other, each with
/// its columns as rows.
pub(crate) fn decode_quantised<B: BlockSink>(frame: &Frame<'_>, sink: &mut B) -> Option<()> {
    let channels = channels(frame, frame.components.iter().map(|_| Selection::whole_blocks()))?;
    simd::run(Scan { frame, channels, sink })
}

/// Entropy-coded bytes from which on a second thread is worth its start: some milliseconds of decoding.
const LONG_BYTES: usize = 256 * 1024;

impl Frame<'_> {
    /// Whether the scan takes long enough to share the work on it.
    pub(crate) const fn is_long(&self) -> bool {
        self.data.len() >= LONG_BYTES
    }

    /// Whether it comes in several scans.
    pub(crate) const fn is_progressive(&self) -> bool {
        self.progressive.is_some()
    }

    /// Whether its blocks are those of the files that this crate writes: three components with half-size chroma, in one scan.
    pub(crate) fn has_half_chroma(&self) -> bool {
        let sampling = self.components.iter().map(|component| (component.across, component.down));
        self.progressive.is_none() && sampling.eq([(2, 2), (1, 1), (1, 1)])
    }

    /// Bytes from the scan's data to the end of the file.
    pub(crate) const fn scan_bytes(&self) -> usize {
        self.data.len()
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
    across: usize,
    prediction: i32,
    /// One for each row of blocks in a unit.
    batches: Vec<Box<Batch>>,
}

struct Scan<'a, B> {
    frame: &'a Frame<'a>,
    channels: Vec<Channel<'a>>,
    sink: &'a mut B,
}

impl<B: BlockSink> Work for Scan<'_, B> {
    type Output = Option<()>;

    #[inline(always)]
    #[expect(clippy::cast_possible_truncation, reason = "a prediction beyond 16 bits is of damaged data")]
    fn run<S: Simd>(self, simd: S) -> Option<()> {
        let (frame, mut channels) = (self.frame, self.channels);
        let (units_across, units_down) = frame.units();
        let mut window = Window::new(frame.data);
        let mut reader = BitReader::new();
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
                for (component, channel) in channels.iter_mut().enumerate() {
                    // Factors of 1, 2 and 4 divide the lanes: the blocks of a unit lie side by side in one batch.
                    let first = channel.selection.lane(unit * channel.across);
                    for batch in &mut channel.batches {
                        for across in 0..channel.across {
                            let lane = first + channel.selection.lane(across);
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
                            batch[lane % 2048] = channel.prediction as i16;
                        }
                    }
                    let blocks = (unit + 1) * channel.across;
                    if blocks.is_multiple_of(LANES) || unit + 1 == units_across {
                        channel.flush(simd, component, (blocks - 1) / LANES * LANES, self.sink);
                    }
                }
            }
            self.sink.end_row(simd)?;
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

fn channels<'a>(
    frame: &'a Frame<'_>,
    selections: impl Iterator<Item = Selection>,
) -> Option<Vec<Channel<'a>>> {
    let mut channels = Vec::new();
    for (component, selection) in frame.components.iter().zip(selections) {
        let tables = Tables {
            dc: frame.dc_tables[component.dc].as_ref()?,
            ac: frame.ac_tables[component.ac].as_ref()?,
        };
        channels.push(Channel {
            tables,
            selection,
            across: component.across,
            prediction: 0,
            batches: (0..component.down).map(|_| Box::new([0; 2048])).collect(),
        });
    }
    Some(channels)
}

impl Channel<'_> {
    /// Gives the batches away, which begin with block `first` of their rows, and clears them.
    #[inline(always)]
    fn flush<S: Simd, B: BlockSink>(&mut self, simd: S, component: usize, first: usize, sink: &mut B) {
        for (down, batch) in self.batches.iter_mut().enumerate() {
            sink.take_batch(simd, component, (down, first), batch);
            batch[..self.selection.used()].fill(0);
        }
    }
}
