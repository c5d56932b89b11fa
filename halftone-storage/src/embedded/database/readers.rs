//! The threads that read.

use std::path::Path;
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

use rusqlite::Connection;

use super::super::error::Fault;
use super::connection;

/// What a reader is asked to do; it sends its own answer.
pub(super) type Read = Box<dyn FnOnce(&Connection) + Send + 'static>;

/// The most readers. Reads are short and mostly served from memory, so more threads than cores only wait.
const MOST_READERS: usize = 8;

/// A few threads with a connection each, which take from one queue.
pub(super) struct Readers {
    queue: Option<Sender<Read>>,
    threads: Vec<JoinHandle<()>>,
}

impl Readers {
    pub(super) fn start(path: &Path) -> Result<Self, Fault> {
        let (queue, reads) = mpsc::channel();
        let reads = Arc::new(Mutex::new(reads));
        let mut readers = Self { queue: Some(queue), threads: Vec::new() };
        let cores = thread::available_parallelism().map_or(2, usize::from);
        for _ in 0..cores.clamp(2, MOST_READERS) {
            let connection = connection::open_for_reading(path)?;
            let reads = Arc::clone(&reads);
            let thread = thread::Builder::new().name("halftone-read".to_owned());
            readers.threads.push(thread.spawn(move || serve(&connection, &reads))?);
        }
        Ok(readers)
    }

    /// Queues a read. If every reader has ended, the read is dropped, which its caller notices.
    pub(super) fn submit(&self, read: Read) {
        if let Some(queue) = &self.queue {
            drop(queue.send(read));
        }
    }
}

/// Works until the queue is closed.
fn serve(connection: &Connection, reads: &Mutex<Receiver<Read>>) {
    loop {
        // The lock is held while waiting: one idle reader waits for work and the others for the lock.
        let next = reads.lock().unwrap_or_else(PoisonError::into_inner).recv();
        match next {
            Ok(read) => read(connection),
            Err(mpsc::RecvError) => return,
        }
    }
}

impl Drop for Readers {
    fn drop(&mut self) {
        self.queue = None;
        for thread in self.threads.drain(..) {
            if thread.join().is_err() {
                tracing::error!("a reader of the database had panicked");
            }
        }
    }
}
