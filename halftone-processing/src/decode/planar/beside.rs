//! One picture on two threads: one reads the file's bits, the other makes the wanted picture of what it finds.
//!
//! What goes from one to the other is a row of minimum coded units at a time, some tens of kilobytes: the coefficients of a
//! sequential picture, so that the first thread does nothing but read bits; the samples of a progressive one, whose bits are all
//! read before its first row is there. The bytes that come out are those of one thread.

use std::io;
use std::panic::resume_unwind;
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::thread;

use fearless_simd::Simd;

use crate::jpeg::frame::Frame;
use crate::jpeg::samples::{Batch, BlockRow, BlockSink, RowSink, Transformer, UnitRow};
use crate::jpeg::scan;
use crate::simd::{self, Work};

/// Rows of units on their way: enough that neither waits for the other's slower moments.
const ROWS_AHEAD: usize = 8;

/// Decodes the picture on this thread into a sink on another; see [`scan::decode`].
///
/// # Errors
/// The system starts no more threads; nothing was done then.
pub(super) fn decode<K: RowSink + Send>(
    frame: &Frame<'_>,
    sides: &[usize],
    sink: &mut K,
) -> io::Result<Option<()>> {
    if frame.is_progressive() {
        return on_two_threads(sink, |giver| scan::decode(frame, sides, &mut Rows(giver)));
    }
    let mut transformer = Transformer::new(frame, sides, sink);
    on_two_threads(&mut transformer, |giver| {
        let row = BlockRow::new(frame, sides);
        scan::decode_blocks(frame, sides, &mut Blocks { row, giver })
    })
}

/// Runs `give` on this thread and `taker` on another.
fn on_two_threads<T: Taker>(
    taker: &mut T,
    give: impl FnOnce(Giver<T::Row>) -> Option<()>,
) -> io::Result<Option<()>> {
    let (full, rows) = sync_channel(ROWS_AHEAD);
    let (returned, empty) = channel();
    thread::scope(|scope| {
        let other = thread::Builder::new()
            .name("second-half".to_owned())
            .spawn_scoped(scope, move || simd::run(Taking { taker, rows, returned }))?;
        let given = give(Giver { full, empty });
        // The giver is gone, so the taker ends after the last row.
        let made = other.join().unwrap_or_else(|panic| resume_unwind(panic));
        Ok(given.and(made))
    })
}

/// Gives rows away and goes on with one that came back.
struct Giver<R> {
    full: SyncSender<R>,
    empty: Receiver<R>,
}

impl<R: Clone> Giver<R> {
    fn give(&self, row: &mut R) -> Option<()> {
        let next = self.empty.try_recv().unwrap_or_else(|_| row.clone());
        self.full.send(std::mem::replace(row, next)).ok()
    }
}

/// Gives rows of samples.
struct Rows(Giver<UnitRow>);

impl RowSink for Rows {
    #[inline(always)]
    fn take<S: Simd>(&mut self, _simd: S, row: &mut UnitRow) -> Option<()> {
        self.0.give(row)
    }
}

/// Gives rows of coefficients.
struct Blocks {
    row: BlockRow,
    giver: Giver<BlockRow>,
}

impl BlockSink for Blocks {
    #[inline(always)]
    fn take_batch<S: Simd>(&mut self, _simd: S, component: usize, place: (usize, usize), batch: &Batch) {
        self.row.put(component, place, batch);
    }

    #[inline(always)]
    fn end_row<S: Simd>(&mut self, _simd: S) -> Option<()> {
        self.giver.give(&mut self.row)
    }
}

/// Works on rows that come from elsewhere.
trait Taker: Send {
    type Row: Clone + Send;

    /// `None` ends the decoding.
    fn take_row<S: Simd>(&mut self, simd: S, row: &mut Self::Row) -> Option<()>;
}

impl<K: RowSink + Send> Taker for K {
    type Row = UnitRow;

    #[inline(always)]
    fn take_row<S: Simd>(&mut self, simd: S, row: &mut UnitRow) -> Option<()> {
        self.take(simd, row)
    }
}

impl<K: RowSink + Send> Taker for Transformer<'_, K> {
    type Row = BlockRow;

    #[inline(always)]
    fn take_row<S: Simd>(&mut self, simd: S, row: &mut BlockRow) -> Option<()> {
        self.take_blocks(simd, row)
    }
}

/// Takes rows until there are no more.
struct Taking<'a, T: Taker> {
    taker: &'a mut T,
    rows: Receiver<T::Row>,
    returned: Sender<T::Row>,
}

impl<T: Taker> Work for Taking<'_, T> {
    type Output = Option<()>;

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) -> Option<()> {
        for mut row in &self.rows {
            self.taker.take_row(simd, &mut row)?;
            // Why ignored: a giver that has given its last row wants none back.
            self.returned.send(row).ok();
        }
        Some(())
    }
}
