//! The HTTP API behind everything that can stand in front of a function.

mod application;
mod conversion;
mod gateway;
mod replies;
