//! A fixed number of threads that take jobs from one queue.

use std::fmt;
use std::io;
use std::num::NonZeroUsize;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

pub(super) type Job = Box<dyn FnOnce() + Send>;

/// Dropping it closes the queue: running jobs end, waiting ones are dropped, the threads go.
pub(super) struct Pool {
    queue: Sender<Job>,
    // Held so that a thread that drops the last job of a closing pool can tell; see `next_job`.
    alive: Arc<()>,
    threads: NonZeroUsize,
}

impl Pool {
    pub(super) fn start(threads: NonZeroUsize) -> io::Result<Self> {
        let (queue, jobs) = channel();
        let jobs = Arc::new(Mutex::new(jobs));
        let alive = Arc::new(());
        for number in 0..threads.get() {
            let jobs = Arc::clone(&jobs);
            let pool = Arc::downgrade(&alive);
            thread::Builder::new().name(format!("renderer-{number}")).spawn(move || {
                while let Some(job) = next_job(&jobs) {
                    if pool.strong_count() == 0 {
                        // The pool is gone: what waits is dropped, and its callers are told by their channels.
                        continue;
                    }
                    // Jobs catch the panics of decoders themselves; whatever still gets here must not cost a thread.
                    if catch_unwind(AssertUnwindSafe(job)).is_err() {
                        tracing::error!("a rendering job panicked");
                    }
                }
            })?;
        }
        Ok(Self { queue, alive, threads })
    }

    /// Puts a job into the queue. A job that is never run is dropped.
    pub(super) fn submit(&self, job: Job) {
        debug_assert_eq!(Arc::strong_count(&self.alive), 1);
        // The queue closes with the pool, which is borrowed here, and threads outlive their jobs' panics.
        if self.queue.send(job).is_err() {
            tracing::error!("no rendering thread is left");
        }
    }
}

impl fmt::Debug for Pool {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Pool").field("threads", &self.threads).finish_non_exhaustive()
    }
}

/// The next job, or `None` once the pool is gone and the queue empty.
fn next_job(jobs: &Mutex<Receiver<Job>>) -> Option<Job> {
    jobs.lock().unwrap_or_else(PoisonError::into_inner).recv().ok()
}
