//! The image worker.

mod batches;
mod events;
mod failures;
mod timing;
mod turns;
