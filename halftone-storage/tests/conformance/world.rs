//! What a case has at hand.

use std::fmt;
use std::future::{Future, ready};
use std::ops::Deref;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use halftone_core::clock::{Clock, ManualClock};
use halftone_core::entropy::{Entropy, SeededEntropy};
use halftone_core::ports::Backend;
use halftone_core::ports::error::{StorageError, StorageErrorKind};
use jiff::{SignedDuration, Timestamp};
use tempfile::TempDir;

use crate::backends::Capabilities;

/// One case of a port.
pub(crate) struct Case {
    /// A fact.
    pub(crate) name: &'static str,
    /// Panics if it is none.
    pub(crate) run: fn(World) -> BoxFuture<'static, ()>,
}

/// The table of a module's cases. A function that is missing here is dead code, and fails the lint.
macro_rules! cases {
    [$($name:ident),* $(,)?] => {
        /// The cases of this port.
        pub(crate) const CASES: &[$crate::world::Case] = &[$(
            $crate::world::Case { name: stringify!($name), run: |world| Box::pin($name(world)) }
        ),*];
    };
}
pub(crate) use cases;

/// What a backend needs for as long as its case runs, and looks at when the case is over.
pub(crate) trait Companion: fmt::Debug + Send + Sync {
    /// Panics if the backend did something that it must not do.
    fn check(&self) -> BoxFuture<'_, ()> {
        ready(()).boxed()
    }
}

/// For backends that need nothing.
impl Companion for () {}

/// Removed after the case.
impl Companion for TempDir {}

/// A fresh backend with its clock and its source of ids. It derefs to the ports.
#[derive(Debug, Clone)]
pub(crate) struct World {
    pub(crate) ports: Backend,
    pub(crate) capabilities: Capabilities,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) entropy: Arc<dyn Entropy>,
    /// Goes with the last clone.
    pub(crate) companion: Arc<dyn Companion>,
}

/// What a backend is opened with.
#[derive(Debug)]
pub(crate) struct Surroundings {
    clock: Arc<ManualClock>,
    entropy: Arc<dyn Entropy>,
}

impl Surroundings {
    /// A clock that stands still and an entropy that no other case has.
    pub(crate) fn new() -> Self {
        static SEED: AtomicU64 = AtomicU64::new(1);
        let clock = Arc::new(ManualClock::new("2026-05-14T09:30:00.123456789Z".parse().unwrap()));
        let entropy = Arc::new(SeededEntropy::new(SEED.fetch_add(1, Ordering::Relaxed)));
        Self { clock, entropy }
    }

    pub(crate) fn clock(&self) -> Arc<dyn Clock> {
        Arc::<ManualClock>::clone(&self.clock)
    }

    pub(crate) fn entropy(&self) -> Arc<dyn Entropy> {
        Arc::clone(&self.entropy)
    }
}

impl Deref for World {
    type Target = Backend;

    fn deref(&self) -> &Backend {
        &self.ports
    }
}

impl World {
    /// Puts a backend into the surroundings with which it was opened.
    pub(crate) fn new(
        capabilities: Capabilities,
        surroundings: Surroundings,
        ports: Backend,
        companion: impl Companion + 'static,
    ) -> Self {
        let Surroundings { clock, entropy } = surroundings;
        Self { ports, capabilities, clock, entropy, companion: Arc::new(companion) }
    }

    /// The present instant.
    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Moves the clock.
    pub(crate) fn advance_secs(&self, seconds: i64) {
        self.clock.advance(SignedDuration::from_secs(seconds));
    }

    /// A new id: `world.id(PhotoId::generate)`.
    pub(crate) fn id<Id>(&self, generate: impl Fn(Timestamp, &dyn Entropy) -> Id) -> Id {
        generate(self.now(), &*self.entropy)
    }

    /// New random bytes.
    pub(crate) fn bytes<const LENGTH: usize>(&self) -> [u8; LENGTH] {
        let mut bytes = [0; LENGTH];
        self.entropy.fill(&mut bytes);
        bytes
    }
}

/// How many tasks run against each other where a case asks for a race.
pub(crate) const RACERS: usize = 16;

/// Runs `task` [`RACERS`] times at once and gives what each returned.
pub(crate) async fn race<T, Task>(task: impl Fn(usize) -> Task) -> Vec<T>
where
    T: Send + 'static,
    Task: Future<Output = T> + Send + 'static,
{
    let start = Arc::new(tokio::sync::Barrier::new(RACERS));
    let racer = |number| {
        let (start, task) = (Arc::clone(&start), task(number));
        tokio::spawn(async move {
            start.wait().await;
            task.await
        })
    };
    let running: Vec<_> = (0..RACERS).map(racer).collect();
    let mut results = Vec::with_capacity(RACERS);
    for task in running {
        results.push(task.await.unwrap());
    }
    results
}

/// Checks that exactly one racer won and that all others lost in the same way.
pub(crate) fn assert_one_winner<T>(results: &[Result<T, StorageError>], defeat: StorageErrorKind) {
    let winners = results.iter().filter(|result| result.is_ok()).count();
    assert_eq!(winners, 1, "of {} racers", results.len());
    for result in results {
        if let Err(error) = result {
            assert_eq!(error.kind(), defeat, "{error}");
        }
    }
}

/// Checks that a call failed with this kind.
#[track_caller]
pub(crate) fn assert_kind<T>(result: Result<T, StorageError>, kind: StorageErrorKind) {
    match result {
        Ok(_) => panic!("succeeded, where {kind:?} was due"),
        Err(error) => assert_eq!(error.kind(), kind, "{error}"),
    }
}
