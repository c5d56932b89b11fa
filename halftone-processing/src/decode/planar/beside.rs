//! One picture on two threads: one reads the file's bits, the other makes the wanted picture of what it finds.
//!
//! What goes from one to the other is a few rows of minimum coded units at a time, some tens of kilobytes each: the coefficients of a
//! sequential picture, so that the first thread does nothing but read bits; the samples of a progressive one, whose bits are all
//! read before its first row is there. Reading bits is most of the work, so the second thread does some of it too: whenever no rows are there for it, it
//! reads on in the tail of a sequential picture, which the first one then needs only to give away ([`parts`]). The bytes that come out are those of
//! one thread.

use std::panic::resume_unwind;
use std::sync::OnceLock;
use std::sync::mpsc::{Receiver, Sender, SyncSender, TryRecvError, channel, sync_channel};
use std::thread;

use fearless_simd::Simd;

use crate::jpeg::frame::Frame;
use crate::jpeg::parts::{self, Reading, Split, Tail, TailReader};
use crate::jpeg::samples::{Batch, BlockRow, BlockSink, RowSink, Transformer, UnitRow};
use crate::jpeg::scan;
use crate::simd::{self, Work};

/// Rows of units that go over together: waking the other thread costs some microseconds each time, and it has to be woken
/// whenever it was faster.
const ROWS_TOGETHER: usize = 4;

/// Such groups on their way: enough that neither waits for the other's slower moments.
const GROUPS_AHEAD: usize = 2;

/// Decodes the picture on this thread and another into a sink on the other, which this one makes while the other has begun; see
/// [`scan::decode`]. The data of a sequential picture's scan is `scan_bytes` long.
///
/// # Errors
/// Those of `make`.
pub(super) fn decode<K: RowSink + Send, E>(
    frame: &Frame<'_>,
    sides: &[usize],
    scan_bytes: usize,
    make: impl FnOnce() -> Result<K, E>,
) -> Result<Option<K>, E> {
    let picture = Picture { frame, sides };
    if frame.is_progressive() {
        let take = |coming: Coming<K, UnitRow>| {
            let mut sink = coming.sink(&mut nothing)?;
            coming.give_rows(&mut sink, &mut nothing).map(|()| sink)
        };
        return picture.on_two_threads(make, take, |giver| scan::decode(frame, sides, &mut Rows(giver)));
    }
    let split = Split::of(frame, sides, scan_bytes);
    let tail = OnceLock::new();
    let take = |coming: Coming<K, BlockRow>| {
        let mut reader = split.and_then(|split| TailReader::new(frame, sides, split));
        let mut read = || read_some(&mut reader, &tail);
        let mut sink = coming.sink(&mut read)?;
        coming.give_rows(&mut Transformer::new(frame, sides, &mut sink), &mut read).map(|()| sink)
    };
    picture.on_two_threads(make, take, |giver| {
        let mut blocks = Blocks { row: BlockRow::of_picture(frame, sides), giver };
        match split {
            Some(split) => parts::decode_blocks(frame, sides, split, &tail, &mut blocks),
            None => scan::decode_blocks(frame, sides, &mut blocks),
        }
    })
}

/// Reads some of a tail and tells whether there may be more.
fn read_some(reader: &mut Option<TailReader<'_>>, tail: &OnceLock<Tail>) -> bool {
    match reader.as_mut().map(TailReader::read_some) {
        Some(Reading::Unfinished) => return true,
        Some(Reading::Finished(read)) => tail.set(read).expect("there is one tail"),
        Some(Reading::Failed) | None => {}
    }
    *reader = None;
    false
}

/// Does nothing, of which there is no more.
const fn nothing() -> bool {
    false
}

/// What is decoded, and to how many samples on a side of its blocks.
struct Picture<'a> {
    frame: &'a Frame<'a>,
    sides: &'a [usize],
}

impl Picture<'_> {
    /// Runs `make` and `give` on this thread and `take` on another.
    fn on_two_threads<R: Clone + Send, K: RowSink + Send, E>(
        &self,
        make: impl FnOnce() -> Result<K, E>,
        take: impl FnOnce(Coming<K, R>) -> Option<K> + Send,
        give: impl FnOnce(&mut Giver<R>) -> Option<()>,
    ) -> Result<Option<K>, E> {
        thread::scope(|scope| {
            let (full, rows) = sync_channel(GROUPS_AHEAD);
            let (returned, empty) = channel();
            let (sender, sink) = channel();
            let coming = Coming { sink, rows, returned };
            let builder = thread::Builder::new().name("second-half".to_owned());
            let Ok(other) = builder.spawn_scoped(scope, move || take(coming)) else {
                // The system starts no more threads.
                let mut sink = make()?;
                return Ok(scan::decode(self.frame, self.sides, &mut sink).map(|()| sink));
            };
            // Why ignored: a taker that is gone has panicked, and that comes to light below.
            sender.send(make()?).ok();
            let mut giver = Giver { full, empty, group: Vec::new(), spare: Vec::new() };
            let all = give(&mut giver).and_then(|()| giver.give_group());
            // With the giver gone, the taker ends after the last row.
            drop(giver);
            let sink = other.join().unwrap_or_else(|panic| resume_unwind(panic));
            Ok(all.and(sink))
        })
    }
}

/// What another thread gets for its part, and the way back for rows.
struct Coming<K, R> {
    sink: Receiver<K>,
    rows: Receiver<Vec<R>>,
    returned: Sender<Vec<R>>,
}

impl<K, R> Coming<K, R> {
    /// The sink. `None` if it could not be made.
    fn sink(&self, meanwhile: &mut impl FnMut() -> bool) -> Option<K> {
        next(&self.sink, meanwhile)
    }

    /// Gives all rows to a taker.
    fn give_rows<T: Taker<Row = R>>(
        &self,
        taker: &mut T,
        meanwhile: &mut impl FnMut() -> bool,
    ) -> Option<()> {
        while let Some(mut group) = next(&self.rows, meanwhile) {
            simd::run(Taking { taker, group: &mut group })?;
            // Why ignored: a giver that has given its last row wants none back.
            self.returned.send(group).ok();
        }
        Some(())
    }
}

/// What comes next, if anything does. As long as it is not there and there is something to do, `meanwhile` does some of it.
fn next<T>(coming: &Receiver<T>, meanwhile: &mut impl FnMut() -> bool) -> Option<T> {
    loop {
        match coming.try_recv() {
            Ok(next) => return Some(next),
            Err(TryRecvError::Disconnected) => return None,
            Err(TryRecvError::Empty) if meanwhile() => {}
            Err(TryRecvError::Empty) => return coming.recv().ok(),
        }
    }
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

/// Takes a group of rows.
struct Taking<'a, T: Taker> {
    taker: &'a mut T,
    group: &'a mut [T::Row],
}

impl<T: Taker> Work for Taking<'_, T> {
    type Output = Option<()>;

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) -> Option<()> {
        for row in self.group {
            self.taker.take_row(simd, row)?;
        }
        Some(())
    }
}
