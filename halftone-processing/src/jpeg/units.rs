//! Minimum coded units, one after the other as they lie in a scan.

use fearless_simd::Simd;

use super::bits::BitReader;
use super::entropy::{Batch, LANES, Selection, Tables, decode_block};
use super::frame::Frame;
use super::samples::{BlockRow, BlockSink};
use super::window::Window;

/// Bytes between the last coefficient and the next marker that are taken for padding. More of them, and blocks were lost.
const MOST_PADDING_BYTES: usize = 64;

/// Decodes the units of a sequential scan.
pub(super) struct UnitReader<'a> {
    frame: &'a Frame<'a>,
    /// Units in a row.
    across: usize,
    channels: Vec<Channel<'a>>,
    window: Window<'a>,
    reader: BitReader,
    until_restart: usize,
    restarts: u8,
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

impl<'a> UnitReader<'a> {
    /// Begins where a window does. `None` if a table is missing.
    pub(super) fn new(
        frame: &'a Frame<'a>,
        selections: impl Iterator<Item = Selection>,
        window: Window<'a>,
    ) -> Option<Self> {
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
        Some(Self {
            frame,
            across: frame.units().0,
            channels,
            window,
            reader: BitReader::new(),
            until_restart: frame.restart_interval,
            restarts: 0,
        })
    }

    /// The same in rows of another length than the picture's.
    pub(super) fn in_rows_of(self, across: usize) -> Self {
        Self { across, ..self }
    }

    pub(super) const fn frame(&self) -> &'a Frame<'a> {
        self.frame
    }

    /// Decodes the next unit, which is that of a column, and gives away what batches it fills. A unit that cannot be read gives away
    /// nothing, but nothing can be read behind it.
    #[inline(always)]
    #[expect(clippy::cast_possible_truncation, reason = "a prediction beyond 16 bits is of damaged data")]
    pub(super) fn decode<S: Simd, B: BlockSink>(
        &mut self,
        simd: S,
        column: usize,
        sink: &mut B,
    ) -> Option<()> {
        if self.frame.restart_interval > 0 {
            self.restart_where_due()?;
        }
        self.reader.keep_up(&mut self.window);
        let mut reader = self.reader;
        for channel in &mut self.channels {
            // Factors of 1, 2 and 4 divide the lanes: the blocks of a unit lie side by side in one batch.
            let first = channel.selection.lane(column * channel.across);
            for batch in &mut channel.batches {
                for across in 0..channel.across {
                    let lane = first + channel.selection.lane(across);
                    let difference = decode_block(
                        &mut reader,
                        self.window.bytes(),
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
        }
        // Not before all of the unit was read: what is given away is gone.
        for (component, channel) in self.channels.iter_mut().enumerate() {
            channel.flush_filled(simd, component, (column, self.across), sink);
        }
        self.reader = reader;
        Some(())
    }

    /// Takes a unit from elsewhere in place of the next one: the one of a column of `row`, with something added to the first coefficients of
    /// each component. Not for whole blocks.
    #[inline(always)]
    pub(super) fn copy<S: Simd, B: BlockSink>(
        &mut self,
        simd: S,
        column: usize,
        (row, from): (&BlockRow, usize),
        offsets: &[i16],
        sink: &mut B,
    ) {
        for (component, (channel, offset)) in self.channels.iter_mut().zip(offsets).enumerate() {
            for (down, batch) in channel.batches.iter_mut().enumerate() {
                for across in 0..channel.across {
                    let lane = channel.selection.lane(column * channel.across + across);
                    let block = row.block(component, (down, from * channel.across + across));
                    for (place, coefficient) in batch[lane..].iter_mut().step_by(LANES).zip(block) {
                        *place = coefficient;
                    }
                    batch[lane] = batch[lane].wrapping_add(*offset);
                }
            }
            channel.flush_filled(simd, component, (column, self.across), sink);
        }
    }

    /// Gives away what the batches hold of a row of which no unit from a column on was decoded.
    #[inline(always)]
    pub(super) fn flush<S: Simd, B: BlockSink>(&mut self, simd: S, column: usize, sink: &mut B) {
        for (component, channel) in self.channels.iter_mut().enumerate() {
            let blocks = column * channel.across;
            if !blocks.is_multiple_of(LANES) {
                channel.flush(simd, component, blocks / LANES * LANES, sink);
            }
        }
    }

    /// Where the next unit begins, in bits of the data.
    #[inline(always)]
    pub(super) const fn position(&self) -> usize {
        8 * self.window.begin() + self.reader.bit_position()
    }

    /// The same behind the place that the window watches for. `None` before it.
    #[inline(always)]
    pub(super) fn position_behind_joint(&self) -> Option<usize> {
        self.position().checked_sub(8 * self.window.joint()?)
    }

    /// What the next unit's DC coefficients are differences to, by component.
    #[expect(clippy::cast_possible_truncation, reason = "as the coefficients themselves")]
    pub(super) fn predictions(&self) -> Vec<i16> {
        self.channels.iter().map(|channel| channel.prediction as i16).collect()
    }

    /// Forgets all units, the last of which could not be read, and begins anew a bit behind where that began. `None` where nothing is left,
    /// which is behind all data; see [`UnitReader::is_beyond_data`].
    pub(super) fn begin_a_bit_later(&mut self) -> Option<()> {
        self.reader.refill(self.window.bytes()).ok()?;
        self.reader.take(1);
        for channel in &mut self.channels {
            channel.prediction = 0;
            for batch in &mut channel.batches {
                batch.fill(0);
            }
        }
        Some(())
    }

    /// Whether the data ended before the next unit.
    #[inline(always)]
    pub(super) fn is_beyond_data(&self) -> bool {
        self.window.rest().is_some() && self.reader.byte_position() > self.window.filled()
    }

    /// Where the data ends, in bytes, if the picture ends there too.
    pub(super) fn end_of_picture(&self) -> Option<usize> {
        self.window.is_end_of_picture().then(|| self.window.begin() + self.window.filled())
    }

    fn restart_where_due(&mut self) -> Option<()> {
        if self.until_restart == 0 {
            end_of_data(&self.window, self.reader)?;
            self.window.restart(self.restarts)?;
            self.restarts = self.restarts.wrapping_add(1);
            self.reader = BitReader::new();
            for channel in &mut self.channels {
                channel.prediction = 0;
            }
            self.until_restart = self.frame.restart_interval;
        }
        self.until_restart -= 1;
        Some(())
    }

    /// Nothing follows but the picture's end. A further scan would replace what is here; it is left to those who know it.
    pub(super) fn end(&self) -> Option<()> {
        end_of_data(&self.window, self.reader)?;
        self.window.is_end_of_picture().then_some(())
    }
}

/// All data up to the next marker was used, and no more than that.
pub(super) fn end_of_data(window: &Window<'_>, reader: BitReader) -> Option<()> {
    window.rest()?;
    is_padding(window.filled().checked_sub(reader.byte_position())).then_some(())
}

/// Whether it is padding what was left of the data. `None` if more was read than there is.
pub(super) fn is_padding(unused_bytes: Option<usize>) -> bool {
    unused_bytes.is_some_and(|unused| unused <= MOST_PADDING_BYTES)
}

impl Channel<'_> {
    /// Gives the batches away if they end with the unit of this column of so many.
    #[inline(always)]
    fn flush_filled<S: Simd, B: BlockSink>(
        &mut self,
        simd: S,
        component: usize,
        (column, columns): (usize, usize),
        sink: &mut B,
    ) {
        let blocks = (column + 1) * self.across;
        if blocks.is_multiple_of(LANES) || column + 1 == columns {
            self.flush(simd, component, (blocks - 1) / LANES * LANES, sink);
        }
    }

    /// Gives the batches away, which begin with block `first` of their rows, and clears them.
    #[inline(always)]
    fn flush<S: Simd, B: BlockSink>(&mut self, simd: S, component: usize, first: usize, sink: &mut B) {
        for (down, batch) in self.batches.iter_mut().enumerate() {
            sink.take_batch(simd, component, (down, first), batch);
            batch[..self.selection.used()].fill(0);
        }
    }
}
