//! One picture on two threads: one makes samples of the file's bits, the other makes the wanted picture of the samples.
//!
//! The two halves take about as long, and what goes from one to the other is a row of minimum coded units at a time, a few
//! kilobytes. The bytes that come out are those of one thread.

use std::io;
use std::panic::resume_unwind;
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::thread;

use fearless_simd::Simd;

use crate::jpeg::frame::Frame;
use crate::jpeg::scan::{self, RowSink, UnitRow};
use crate::simd::{self, Work};

/// Rows of units on their way: enough that neither waits for the other's slower moments.
const ROWS_AHEAD: usize = 8;

/// Decodes the scan on this thread into a sink on another; see [`scan::decode`].
///
/// # Errors
/// The system starts no more threads; nothing was done then.
pub(super) fn decode<K: RowSink + Send>(
    frame: &Frame<'_>,
    sides: &[usize],
    sink: &mut K,
) -> io::Result<Option<()>> {
    let (full, rows) = sync_channel(ROWS_AHEAD);
    let (returned, empty) = channel();
    thread::scope(|scope| {
        let taker = thread::Builder::new()
            .name("second-half".to_owned())
            .spawn_scoped(scope, move || simd::run(Taker { sink, rows, returned }))?;
        let decoded = scan::decode(frame, sides, &mut Giver { full, empty });
        // The giver is gone, so the taker ends after the last row.
        let made = taker.join().unwrap_or_else(|panic| resume_unwind(panic));
        Ok(decoded.and(made))
    })
}

/// Gives rows away and goes on with one that came back.
struct Giver {
    full: SyncSender<UnitRow>,
    empty: Receiver<UnitRow>,
}

impl RowSink for Giver {
    #[inline(always)]
    fn take<S: Simd>(&mut self, _simd: S, row: &mut UnitRow) -> Option<()> {
        let next = self.empty.try_recv().unwrap_or_else(|_| row.clone());
        self.full.send(std::mem::replace(row, next)).ok()
    }
}

/// Takes rows until there are no more.
struct Taker<'a, K> {
    sink: &'a mut K,
    rows: Receiver<UnitRow>,
    returned: Sender<UnitRow>,
}

impl<K: RowSink> Work for Taker<'_, K> {
    type Output = Option<()>;

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) -> Option<()> {
        for mut row in &self.rows {
            self.sink.take(simd, &mut row)?;
            // Why ignored: a giver that has given its last row wants none back.
            self.returned.send(row).ok();
        }
        Some(())
    }
}
