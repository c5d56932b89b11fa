//! Halftone on AWS Lambda: two functions over the same core as the server.
//!
//! # Where to start
//! - The worker: [`event`] turns a batch of SQS messages into deliveries, [`handler`] makes `Done`, `Retry` or `Reject` of
//!   each, [`queue`] leaves to the platform what is the platform's. [`turn`] is what a schedule asks of it.
//! - The API: [`api`] puts the Poem application of `halftone-http` behind API Gateway, a load balancer or a function URL.
//! - The programs `halftone-worker` and `halftone-api` open a home, call these, and are nothing else.
//!
//! # What it is not
//! No rule of the domain lives here, and no HTTP route. What a job does, when it is tried again and when it is given up
//! is decided in `halftone-core`, the same for every deployment.

pub mod api;
pub mod event;
pub mod handler;
pub mod queue;
pub mod start;
pub mod turn;
