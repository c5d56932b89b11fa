//! One picture on two threads: one reads the file's bits, the other makes the wanted picture of what it finds.
//!
//! What goes from one to the other is a few rows of minimum coded units at a time, some tens of kilobytes each: the coefficients of a
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

/// Rows of units that go over together: waking the other thread costs some microseconds each time, and it has to be woken
/// whenever it was faster.
const ROWS_TOGETHER: usize = 4;

/// Such groups on their way: enough that neither waits for the other's slower moments.
const GROUPS_AHEAD: usize = 2;

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
    give: impl FnOnce(&mut Giver<T::Row>) -> Option<()>,
) -> io::Result<Option<()>> {
    let (full, rows) = sync_channel(GROUPS_AHEAD);
    let (returned, empty) = channel();
    thread::scope(|scope| {
        let other = thread::Builder::new()
            .name("second-half".to_owned())
            .spawn_scoped(scope, move || simd::run(Taking { taker, rows, returned }))?;
        let mut giver = Giver { full, empty, group: Vec::new(), spare: Vec::new() };
        let all = give(&mut giver).and_then(|()| giver.give_group());
        // With the giver gone, the taker ends after the last row.
        drop(giver);
        let made = other.join().unwrap_or_else(|panic| resume_unwind(panic));
        Ok(all.and(made))
    })
}

/// Gives rows away and goes on with some that came back.
struct Giver<R> {
    full: SyncSender<Vec<R>>,
    empty: Receiver<Vec<R>>,
    /// Rows that wait for others.
    group: Vec<R>,
    /// Rows that came back.
    spare: Vec<R>,
}

impl<R: Clone> Giver<R> {
    fn give(&mut self, row: &mut R) -> Option<()> {
        if self.spare.is_empty() {
            self.spare = self.empty.try_recv().unwrap_or_default();
        }
        let next = self.spare.pop().unwrap_or_else(|| row.clone());
        self.group.push(std::mem::replace(row, next));
        if self.group.len() < ROWS_TOGETHER { Some(()) } else { self.give_group() }
    }

    /// Gives away what there is.
    fn give_group(&mut self) -> Option<()> {
        self.full.send(std::mem::take(&mut self.group)).ok()
    }
}

/// Gives rows of samples.
struct Rows<'a>(&'a mut Giver<UnitRow>);

impl RowSink for Rows<'_> {
    #[inline(always)]
    fn take<S: Simd>(&mut self, _simd: S, row: &mut UnitRow) -> Option<()> {
        self.0.give(row)
    }
}

/// Gives rows of coefficients.
struct Blocks<'a> {
    row: BlockRow,
    giver: &'a mut Giver<BlockRow>,
}

impl BlockSink for Blocks<'_> {
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
    rows: Receiver<Vec<T::Row>>,
    returned: Sender<Vec<T::Row>>,
}

impl<T: Taker> Work for Taking<'_, T> {
    type Output = Option<()>;

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) -> Option<()> {
        for mut group in &self.rows {
            for row in &mut group {
                self.taker.take_row(simd, row)?;
            }
            // Why ignored: a giver that has given its last row wants none back.
            self.returned.send(group).ok();
        }
        Some(())
    }
}
