//! Nothing may be logged as an error in a test, unless the test says so.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Metadata, Subscriber};

static HAPPENED: AtomicBool = AtomicBool::new(false);
static SPANS: AtomicU64 = AtomicU64::new(1);

/// Listens from now on, in the whole process.
pub(crate) fn begin() {
    // Why the result is dropped: every application of the process asks, and the first one is heard.
    drop(tracing::subscriber::set_global_default(Watch));
}

/// Fails if something was logged as an error.
pub(crate) fn check() {
    assert!(!HAPPENED.load(Ordering::Acquire), "something was logged as an error; it is printed above");
}

struct Watch;

impl Subscriber for Watch {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        *metadata.level() == Level::ERROR
    }

    fn new_span(&self, _span: &Attributes<'_>) -> Id {
        Id::from_u64(SPANS.fetch_add(1, Ordering::Relaxed))
    }

    fn record(&self, _span: &Id, _values: &Record<'_>) {}

    fn record_follows_from(&self, _span: &Id, _follows: &Id) {}

    fn event(&self, event: &Event<'_>) {
        event.record(&mut Printer);
        HAPPENED.store(true, Ordering::Release);
    }

    fn enter(&self, _span: &Id) {}

    fn exit(&self, _span: &Id) {}
}

struct Printer;

impl Visit for Printer {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        eprintln!("logged as an error: {field} = {value:?}");
    }
}
